//! What travels inside a sealed document: the entries it is made from, their rosters and policies, and
//! what was shown to those who signed.
use std::collections::{BTreeMap, BTreeSet};

use domain::entry::{Act, ActKind, Body};
use domain::ids::{ChangeKey, Digest, EntryId, MeetingId};
use domain::ledger::Ledger;
use record::bundle::{Bundle, Checkpoint, Scope};
use record::entry::Entry;
use record::manifest::{Blob, Manifest};

use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::{Answer, BoardError};
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
        let keep = |entry: &Entry| {
            let Some(predicate) = entry.predicate() else { return false };
            match &predicate.body {
                Body::Roster { .. } | Body::Policy { .. } => true,
                Body::MinutesSealed { .. } | Body::ExtractsSealed { .. } | Body::AnnexSealed { .. } => false,
                Body::Assessment { change: c, .. } | Body::PlanReview { change: c, .. } => c == change,
                Body::SignOff(body) => body.change == *change,
                Body::Attested(body) => body.change == *change,
                Body::RuledImmaterial(body) => body.change == *change,
                Body::Waived(body) => body.change == *change,
                Body::Overridden(body) => body.change == *change,
                Body::Excepted(body) => body.change == *change,
                Body::Seconded(body) => body.change == *change,
                Body::PlanApproved(body) => body.change == *change,
                // Else what is missing would look withheld. One that is about no change may name this one's fields.
                Body::Disposed(body) => body.change.as_ref().is_none_or(|about| about == change),
                Body::WrittenBack { .. }
                | Body::Rescheduled(_)
                | Body::ApprovalExported { .. }
                | Body::StandingApproved(_)
                | Body::StandingUsed(_)
                | Body::StandingSuspended { .. }
                | Body::ObligationOpened(_)
                | Body::ObligationMet { .. } => false,
                Body::EmergencyDeclared(body) => body.change == *change,
                Body::EmergencyBound { change: c, .. } | Body::RolledBack { change: c, .. } => c == change,
                Body::EmergencyMet { declaration, .. } => {
                    state.ledger.emergencies.get(declaration).is_some_and(|e| e.about() == change)
                }
                Body::Revalidated { rollback, .. } => {
                    state.ledger.rollbacks.get(rollback).is_some_and(|r| r.change == *change)
                }
                // Of what members say was recorded in their names, what is about the change's sign-offs.
                Body::Affirmation { confirmed, contested, .. } => {
                    let mut acts = confirmed.iter().chain(contested.iter().map(|c| &c.act)).filter(|a| a.act.is_none());
                    let signed = state.ledger.sign_offs.get(change);
                    acts.any(|act| signed.is_some_and(|all| all.iter().any(|s| s.entry == act.entry)))
                }
                // Which entries count, and who sat for whom, follows from these.
                Body::ForkSettled { .. } | Body::Recovered { .. } | Body::Delegation { .. } => true,
                // Running records that concern neither the change nor attendance stay out. What remains still
                // shows the agenda's titles and whatever stands in the same batch: said in `docs/record.md`.
                Body::Running { acts } => {
                    predicate.meeting.as_ref().is_some_and(|m| m.id == meeting)
                        && acts.iter().any(|act| concerns(act, number))
                }
                Body::Vote { item, .. } => {
                    predicate.meeting.as_ref().is_some_and(|m| m.id == meeting) && Some(*item) == number
                }
                Body::ConditionMet { condition, .. } => {
                    state.ledger.conditions.get(condition).is_some_and(|c| c.change == *change)
                }
                Body::Withdrawal { entry: target, .. } => {
                    let signed = state.ledger.sign_offs.get(change);
                    signed.is_some_and(|s| s.iter().any(|s| s.entry == *target))
                        || state.ledger.rulings.get(change).is_some_and(|r| r.iter().any(|r| r.entry == *target))
                        || state.ledger.dispensations.get(change).is_some_and(|all| {
                            all.iter().any(|d| d.entry == *target || d.seconds.iter().any(|s| s.entry == *target))
                        })
                        || state.ledger.delegations.contains_key(target)
                }
                Body::CircularOpened(_)
                | Body::AgendaFrozen { .. }
                | Body::Witness { .. }
                | Body::MeetingClosed { .. } => predicate.meeting.as_ref().is_none_or(|m| m.id == meeting),
            }
        };
        self.bundle(board, state, scope, keep, &BTreeSet::from([change.clone()])).await
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
        Ok(EvidenceFile { bytes, entries: count, ledger, called_under })
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

/// Whether an act is about the item, or about who was there.
fn concerns(act: &Act, number: Option<u32>) -> bool {
    match &act.what {
        ActKind::Arrived { .. } | ActKind::Left {} => true,
        ActKind::Recused { item, .. } | ActKind::ConsentAsked { item, .. } | ActKind::Voted { item, .. } => {
            Some(*item) == number
        }
        ActKind::Decided { decision } => Some(decision.item) == number,
        ActKind::LateAdmitted { item } => Some(item.number) == number,
        ActKind::Noted { item, .. } => item.is_some() && *item == number,
        ActKind::ActionAssigned { .. } => false,
    }
}
