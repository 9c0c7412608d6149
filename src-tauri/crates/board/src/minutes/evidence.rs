//! What travels inside a sealed document: the entries it is made from, their rosters and policies, and
//! what was shown to those who signed.
use std::collections::{BTreeMap, BTreeSet};

use domain::entry::{Act, ActKind, ActRef, Body};
use domain::ids::{ChangeKey, Digest, EntryId, MeetingId};
use domain::ledger::Ledger;
use domain::meeting::AgendaItem;
use domain::sign_off::SignOff;
use record::bundle::{Bundle, Checkpoint, Scope};
use record::entry::Entry;
use record::manifest::{Blob, Manifest};

use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::{Answer, BoardError};
use crate::meetings::restricted::{is_marked, is_on_restricted, item_of, was_restricted};
use crate::state::BoardState;

/// An evidence file.
pub(crate) struct EvidenceFile {
    /// `evidence.json`.
    pub bytes: Vec<u8>,
    /// How many entries it holds.
    pub entries: usize,
    /// What follows from these entries alone: documents are made from this, so that whoever has the
    /// evidence can make them again.
    pub ledger: Ledger,
    /// The policy under which the meeting was called.
    pub called_under: Option<Digest>,
    /// See [`inside`].
    pub checkpoint: Option<Digest>,
}

/// SHA-256 over the heads with which evidence ends. They are heads of the record, and cover all that it held when the
/// document was made, where no entry is left out; else `None`.
pub(super) fn inside(scope: &Scope, checkpoint: &Checkpoint) -> Option<Digest> {
    scope.complete.then(|| Digest::of(&record::canonical::to_bytes(&checkpoint.heads).unwrap_or_default()))
}

/// The policy that the entry names which called a meeting to order.
pub(crate) fn called_under<'e>(entries: impl IntoIterator<Item = &'e Entry>, meeting: MeetingId) -> Option<Digest> {
    entries.into_iter().find_map(|entry| {
        let predicate = entry.predicate()?;
        (record::verify::called(&predicate.body)?.meeting == meeting).then_some(predicate.policy)
    })
}

impl Cabinet {
    /// The evidence of a meeting: every entry of the record as it stands, with the blobs of the
    /// meeting's own changes.
    pub(crate) async fn evidence_of_meeting(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        meeting: MeetingId,
    ) -> Answer<EvidenceFile> {
        let keys: BTreeSet<ChangeKey> = state
            .ledger
            .meetings
            .get(&meeting)
            .map(|m| m.agenda.items.iter().map(|i| i.change.clone()).collect())
            .unwrap_or_default();
        let scope = Scope { complete: true, change: None, meeting: Some(meeting) };
        self.bundle(board, state, scope, |_| true, &keys).await
    }

    /// The evidence of one change: the meeting's entries and the change's own; others are left out, and
    /// what they are about is not shown.
    pub(crate) async fn evidence_of_change(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        meeting: MeetingId,
        change: &ChangeKey,
    ) -> Answer<EvidenceFile> {
        let scope = Scope { complete: false, change: Some(change.clone()), meeting: Some(meeting) };
        let number = state
            .ledger
            .meetings
            .get(&meeting)
            .and_then(|m| m.agenda.items.iter().find(|i| i.change == *change))
            .map(|i| i.number);
        let changes = BTreeSet::from([change.clone()]);
        let cut = Cut { meeting, changes: &changes, numbers: number.into_iter().collect(), circulated: false };
        self.bundle(board, state, scope, |entry| cut.keeps(&state.ledger, entry), &changes).await
    }

    /// The evidence of a meeting for those to whom it is circulated: the meeting's entries and those of its changes, but for
    /// the restricted ones, of which there is nothing.
    pub(crate) async fn evidence_to_circulate(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        meeting: MeetingId,
    ) -> Answer<EvidenceFile> {
        let scope = Scope { complete: false, change: None, meeting: Some(meeting) };
        let items = state.ledger.meetings.get(&meeting).into_iter().flat_map(|m| &m.agenda.items);
        let (restricted, open): (Vec<&AgendaItem>, Vec<&AgendaItem>) = items.partition(|i| i.restricted.is_some());
        let keys = |items: &[&AgendaItem]| items.iter().map(|i| i.change.clone()).collect::<BTreeSet<ChangeKey>>();
        let changes: BTreeSet<ChangeKey> = keys(&open).difference(&keys(&restricted)).cloned().collect();
        let numbers = open.iter().map(|i| i.number).collect();
        let cut = Cut { meeting, changes: &changes, numbers, circulated: true };
        self.bundle(board, state, scope, |entry| cut.keeps(&state.ledger, entry), &changes).await
    }

    async fn bundle(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        scope: Scope,
        keep: impl Fn(&Entry) -> bool,
        changes: &BTreeSet<ChangeKey>,
    ) -> Answer<EvidenceFile> {
        let stored_bytes = board.stored().await?;
        let mut entries = BTreeMap::new();
        for bytes in &stored_bytes.envelopes {
            let entry = Entry::parse(bytes).map_err(|r| crate::state::refused("the record", &r))?;
            entries.insert(entry.id(), entry);
        }
        // Ordered after leaving out: whoever verifies orders what they hold, and a gap changes the order.
        let all: Vec<record::chain::Link> = entries.values().map(record::verify::link).collect();
        let kept: Vec<record::chain::Link> =
            all.iter().filter(|link| entries.get(&link.id).is_some_and(&keep)).cloned().collect();
        let ordered: Vec<&Entry> = record::chain::causal_order(&kept).iter().filter_map(|id| entries.get(id)).collect();
        let mut manifests = Vec::new();
        let mut blobs: BTreeMap<Digest, Blob> = BTreeMap::new();
        for entry in &ordered {
            let Some(Body::SignOff(body)) = entry.predicate().map(|p| &p.body) else { continue };
            for subject in &entry.statement().subjects {
                let bytes = board.store.blob(subject.sha256).await.map_err(stored)?;
                let manifest = Manifest::parse(&bytes).map_err(|r| crate::state::refused("a manifest", &r))?;
                if changes.contains(&body.change) {
                    for digest in manifest.digests() {
                        let blob = at_hand(board, digest).await?;
                        // What is lost is never passed off as withheld. A copy never had what its evidence withholds.
                        if blob.is_none() && !board.is_copy() && !state.ledger.disposals.contains_key(&digest) {
                            return Err(stored(store::StoreError::BlobMissing(digest)));
                        }
                        blobs.extend(blob.map(|blob| (digest, blob)));
                    }
                }
                manifests.push(manifest);
            }
            if let Some(written) = body.written.as_ref().filter(|_| changes.contains(&body.change))
                && let Some(raw) = at_hand(board, written.raw).await?
            {
                blobs.insert(written.raw, raw);
            }
        }
        // Over the whole record: whoever has more of it finds the same root.
        let ids: BTreeSet<EntryId> = kept.iter().map(|link| link.id).collect();
        let (merkle, proofs) = record::merkle::prove(&record::chain::causal_order(&all), &ids)
            .map_err(|r| crate::state::refused("the record", &r))?;
        let proofs = (!scope.complete).then_some(proofs);
        let heads = record::chain::heads(&kept);
        let closed = scope.meeting.and_then(|m| state.ledger.meetings.get(&m)).and_then(|m| m.closed);
        let closed = closed.filter(|id| ids.contains(id));
        // As the entries name them: devices may have learnt of them in another order.
        let policies = crate::approvals::in_named_order(&stored_bytes.policies, ordered.iter().copied());
        let count = ordered.len();
        let called_under = scope.meeting.and_then(|meeting| called_under(ordered.iter().copied(), meeting));
        let bundle = Bundle {
            board: state.rosters.board(),
            board_name: state.roster().name.clone(),
            scope,
            rosters: stored_bytes.rosters,
            policies,
            entries: ordered.iter().map(|e| e.bytes().to_vec()).collect(),
            manifests,
            blobs,
            checkpoint: Checkpoint { entry: closed, heads },
            merkle: Some(merkle),
            proofs,
        };
        let bytes = bundle.to_bytes().map_err(|e| BoardError::internal(&e))?;
        // As whoever verifies the file folds it.
        let counting = ordered.iter().copied().filter(|entry| !state.disputed.contains(&entry.id()));
        let ledger = crate::evidence::folded(counting, &kept, &state.rosters, &stored_bytes.policies);
        let checkpoint = inside(&bundle.scope, &bundle.checkpoint);
        Ok(EvidenceFile { bytes, entries: count, ledger, called_under, checkpoint })
    }
}

/// A blob as it is kept. Disposed of, or not here yet: then nothing is claimed of its bytes.
async fn at_hand(board: &OpenBoard, digest: Digest) -> Answer<Option<Blob>> {
    match board.store.blob(digest).await {
        Ok(bytes) => {
            Blob::from_stored(&bytes, digest).map(Some).map_err(|r| crate::state::refused("a stored blob", &r))
        }
        Err(store::StoreError::BlobMissing(_)) => Ok(None),
        Err(error) => Err(stored(error)),
    }
}

/// What an edition that leaves entries out is about.
struct Cut<'c> {
    meeting: MeetingId,
    changes: &'c BTreeSet<ChangeKey>,
    /// The numbers of their items.
    numbers: BTreeSet<u32>,
    /// Whether it is the circulated edition: then what is about the meeting and no item is in it as well.
    circulated: bool,
}

impl Cut<'_> {
    /// Whether an entry is in it.
    fn keeps(&self, ledger: &Ledger, entry: &Entry) -> bool {
        let Some(predicate) = entry.predicate() else { return false };
        // What is said on a restricted item, and what was agreed while it was before the board.
        if self.circulated && is_marked(entry) {
            return false;
        }
        let here = predicate.meeting.as_ref().is_some_and(|m| m.id == self.meeting);
        let about = |change: &ChangeKey| self.changes.contains(change);
        let signed = |id: EntryId| {
            let mut given = self.changes.iter().filter_map(|change| ledger.sign_offs.get(change)).flatten();
            given.any(|sign_off| sign_off.entry == id)
        };
        match &predicate.body {
            Body::Roster { .. } | Body::Policy { .. } => true,
            Body::MinutesSealed { .. } | Body::ExtractsSealed { .. } | Body::AnnexSealed { .. } => false,
            // They are about the words of the minutes: an extract has none of these, and one that is circulated would tell by
            // them what it withholds.
            Body::Correction(_)
            | Body::CorrectionAnswered(_)
            | Body::MinutesApproved(_)
            | Body::Erratum(_)
            | Body::ErratumSealed(_) => false,
            Body::Assessment { change, .. } | Body::PlanReview { change, .. } => about(change),
            Body::SignOff(body) => about(&body.change),
            Body::Attested(body) => about(&body.change),
            Body::RuledImmaterial(body) => about(&body.change),
            Body::Waived(body) => about(&body.change),
            Body::Overridden(body) => about(&body.change),
            Body::Excepted(body) => about(&body.change),
            Body::Seconded(body) => about(&body.change),
            Body::PlanApproved(body) => about(&body.change),
            // Else what is missing would look withheld. One that is about no change may name this one's fields.
            Body::Disposed(body) => body.change.as_ref().map_or(!self.circulated, about),
            Body::WrittenBack { .. }
            | Body::Rescheduled(_)
            | Body::ApprovalExported { .. }
            | Body::StandingApproved(_)
            | Body::StandingUsed(_)
            | Body::StandingSuspended { .. }
            | Body::ObligationOpened(_)
            | Body::ObligationMet { .. } => false,
            Body::EmergencyDeclared(body) => about(&body.change),
            Body::EmergencyBound { change, .. } | Body::RolledBack { change, .. } => about(change),
            Body::EmergencyMet { declaration, .. } => {
                ledger.emergencies.get(declaration).is_some_and(|e| about(e.about()))
            }
            Body::Revalidated { rollback, .. } => ledger.rollbacks.get(rollback).is_some_and(|r| about(&r.change)),
            // Of what members say was recorded in their names, what is about the change's sign-offs; where the edition is
            // circulated, what is about nothing else than it shows.
            Body::Affirmation { confirmed, contested, .. } => {
                let mut acts = confirmed.iter().chain(contested.iter().map(|c| &c.act));
                if self.circulated {
                    acts.all(|act| if act.act.is_none() { signed(act.entry) } else { self.shows(ledger, *act) })
                } else {
                    let open = |act: &ActRef| self.concerns_nothing_restricted(ledger, *act);
                    acts.clone().any(|act| act.act.is_none() && signed(act.entry)) && acts.all(open)
                }
            }
            // Which entries count, and who sat for whom, follows from these.
            Body::ForkSettled { .. } | Body::Recovered { .. } | Body::Delegation { .. } => true,
            // Running records that concern neither the change nor attendance stay out. What remains still
            // shows the agenda's titles and whatever stands in the same batch: said in `docs/record.md`.
            Body::Running { acts } if self.circulated => {
                here && acts.iter().all(|act| item_of(&act.what).is_none_or(|item| self.numbers.contains(&item)))
            }
            Body::Running { acts } => here && acts.iter().any(|act| self.concerns(act)),
            Body::Vote { item, .. } => here && self.numbers.contains(item),
            Body::ConditionMet { condition, .. } => ledger.conditions.get(condition).is_some_and(|c| about(&c.change)),
            Body::Withdrawal { entry: target, .. } => {
                signed(*target)
                    || self.changes.iter().any(|change| {
                        ledger.rulings.get(change).is_some_and(|r| r.iter().any(|r| r.entry == *target))
                            || ledger.dispensations.get(change).is_some_and(|all| {
                                all.iter().any(|d| d.entry == *target || d.seconds.iter().any(|s| s.entry == *target))
                            })
                    })
                    || ledger.delegations.contains_key(target)
            }
            Body::CircularOpened(_) | Body::AgendaFrozen { .. } | Body::Witness { .. } | Body::MeetingClosed { .. } => {
                predicate.meeting.as_ref().is_none_or(|m| m.id == self.meeting)
            }
        }
    }

    /// Whether an act that a member answers for is on no restricted item but the extract's own: an extract travels with the
    /// circulated edition, and one entry may answer for several acts, with its reasons in plain text.
    fn concerns_nothing_restricted(&self, ledger: &Ledger, at: ActRef) -> bool {
        if at.act.is_some() {
            return ledger.spoken.iter().filter(|((act, _), _)| *act == at).all(|(_, spoken)| {
                !is_on_restricted(ledger, spoken)
                    || (spoken.meeting == self.meeting
                        && item_of(&spoken.what).is_some_and(|item| self.numbers.contains(&item)))
            });
        }
        let of_it = |given: &Vec<SignOff>| given.iter().any(|sign_off| sign_off.entry == at.entry);
        ledger
            .sign_offs
            .iter()
            .filter(|(_, given)| of_it(given))
            .all(|(change, _)| self.changes.contains(change) || !was_restricted(ledger, change))
    }

    /// Whether this is an act of the running record that a circulated edition shows.
    fn shows(&self, ledger: &Ledger, at: ActRef) -> bool {
        let of_it = ledger.spoken.iter().filter(|((act, _), _)| *act == at).map(|(_, spoken)| spoken);
        let mut shown = of_it.map(|spoken| {
            let on_it = item_of(&spoken.what).is_none_or(|item| self.numbers.contains(&item));
            spoken.meeting == self.meeting && on_it
        });
        shown.next().unwrap_or(false)
    }

    /// Whether an act is about one of the items, or about who was there.
    fn concerns(&self, act: &Act) -> bool {
        matches!(act.what, ActKind::Arrived { .. } | ActKind::Left {})
            || item_of(&act.what).is_some_and(|item| self.numbers.contains(&item))
    }
}
