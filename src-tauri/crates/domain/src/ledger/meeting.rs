//! A meeting as the record tells it, act by act.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ballots::Ballot;
use super::{Countersigned, Rules, Running};
use crate::circular::Circular;
use crate::correction::{Correction, Erratum, MinutesApproval, SealedErratum};
use crate::entry::{Act, ActKind, Attestation, Head};
use crate::ids::{ChangeKey, Digest, EntryId, KeyId, LogId, MeetingId, MemberId};
use crate::meeting::{Agenda, Attendance, Basis, Decision, DecisionKind, Position, Stay};
use crate::quorum::{Room, quorum};

/// A member's vote on an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CastVote {
    /// The vote.
    pub position: Position,
    /// How it is known.
    pub attestation: Attestation,
    /// The entry that says so.
    pub entry: EntryId,
}

/// "Anyone against?" on an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// The entry of the running record that tells of it.
    pub entry: EntryId,
    /// Who was present and not recused.
    pub present: Vec<MemberId>,
    /// Who objected.
    pub objections: Vec<MemberId>,
    /// When it was asked, as claimed.
    pub at: DateTime<Utc>,
    /// Who has said since, by their own key, that it was so.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub confirmed: BTreeSet<MemberId>,
}

/// A decision with its entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedDecision {
    /// The running record that carries it.
    pub entry: EntryId,
    /// The meeting.
    pub meeting: MeetingId,
    /// When, as claimed.
    pub at: DateTime<Utc>,
    /// The decision.
    pub decision: Decision,
}

/// An action somebody took away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// What.
    pub action: String,
    /// Who.
    pub owner: MemberId,
    /// Until; empty when open.
    pub due: String,
    /// The item that was before the board, where what stands in the same entry tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
}

/// A remark for the minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Item, or the meeting as a whole.
    pub item: Option<u32>,
    /// Words.
    pub text: String,
}

/// A sealed document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The entry that says so.
    pub entry: EntryId,
    /// SHA-256 of the PDF.
    pub pdf: Digest,
    /// When, as claimed.
    pub claimed: DateTime<Utc>,
    /// Who sealed.
    pub actor: MemberId,
}

/// What members said of sealed minutes later, sealed beside them: the minutes themselves stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annex {
    /// SHA-256 of the minutes it belongs to.
    pub minutes: Digest,
    /// The entries in which members confirm or contest, of which it tells.
    pub answers: Vec<EntryId>,
    /// The annex itself.
    pub sealed: Sealed,
}

/// A meeting as the record tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// The frozen agenda; late items stand at its end.
    pub agenda: Agenda,
    /// Numbers of the items that came in late, by the chair's act.
    pub late: Vec<u32>,
    /// Digest of the agenda's canonical bytes.
    pub agenda_digest: Digest,
    /// Who came and went.
    pub attendance: Attendance,
    /// Item → who stepped aside, and why.
    pub recusals: BTreeMap<u32, BTreeMap<MemberId, String>>,
    /// Item → consent asked.
    pub consents: BTreeMap<u32, Consent>,
    /// Item → votes.
    pub votes: BTreeMap<u32, BTreeMap<MemberId, CastVote>>,
    /// Item → votes without which it was decided or the meeting closed: kept, and not counted.
    pub late_votes: BTreeMap<u32, BTreeMap<MemberId, CastVote>>,
    /// What made the votes as they are, in order.
    #[serde(skip)]
    pub(super) ballots: Vec<Ballot>,
    /// Item → decision in force; earlier ones are superseded, never erased.
    pub decisions: BTreeMap<u32, RecordedDecision>,
    /// Decisions that were superseded, in order.
    pub superseded: Vec<RecordedDecision>,
    /// Actions.
    pub actions: Vec<Action>,
    /// Notes.
    pub notes: Vec<Note>,
    /// Entries of the running record, with how they are known.
    pub running: BTreeMap<EntryId, Running>,
    /// Entry of the close.
    pub closed: Option<EntryId>,
    /// The recording key of the device that closed it: the one that writes back.
    pub closed_by: Option<KeyId>,
    /// When it was closed, as claimed.
    pub closed_at: Option<DateTime<Utc>>,
    /// All heads at the close: the checkpoint.
    pub heads: BTreeMap<LogId, Head>,
    /// Sealed minutes, newest last.
    pub minutes: Vec<Sealed>,
    /// Sealed circulated editions of the minutes, newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub circulated: Vec<Sealed>,
    /// Sealed extracts per change.
    pub extracts: BTreeMap<ChangeKey, Sealed>,
    /// Sealed annexes to the minutes, newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub annexes: Vec<Annex>,
    /// What was put on sealed minutes by those who sign after the chair, in the order of the record: all of it, also what
    /// did not come to stand. Which stand is [`Meeting::in_turn`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub countersigned: Vec<Countersigned>,
    /// Held in writing, between meetings: there is no room, and only signed votes count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub circular: Option<Circular>,
    /// Corrections of the minutes that were asked for, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
    /// The approval of the minutes; the first counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<MinutesApproval>,
    /// What the chair said is wrong in the sealed minutes, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errata: Vec<Erratum>,
    /// Sealed documents that tell of errata, newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errata_sealed: Vec<SealedErratum>,
}

impl Meeting {
    /// A meeting in session of which nothing is told yet, by its agenda and the agenda's digest.
    #[must_use]
    pub fn called(agenda: Agenda, agenda_digest: Digest) -> Self {
        Self {
            agenda,
            late: Vec::new(),
            agenda_digest,
            attendance: BTreeMap::new(),
            recusals: BTreeMap::new(),
            consents: BTreeMap::new(),
            votes: BTreeMap::new(),
            late_votes: BTreeMap::new(),
            ballots: Vec::new(),
            decisions: BTreeMap::new(),
            superseded: Vec::new(),
            actions: Vec::new(),
            notes: Vec::new(),
            running: BTreeMap::new(),
            closed: None,
            closed_by: None,
            closed_at: None,
            heads: BTreeMap::new(),
            minutes: Vec::new(),
            circulated: Vec::new(),
            extracts: BTreeMap::new(),
            annexes: Vec::new(),
            countersigned: Vec::new(),
            circular: None,
            corrections: Vec::new(),
            approved: None,
            errata: Vec::new(),
            errata_sealed: Vec::new(),
        }
    }

    /// Lets one act take effect; returns the decision if it was one.
    pub(super) fn perform(
        &mut self,
        act: &Act,
        attestation: Attestation,
        entry: EntryId,
        rules: Option<Rules<'_>>,
    ) -> Option<RecordedDecision> {
        match &act.what {
            ActKind::Arrived { delegate_for } => {
                let stays = self.attendance.entry(act.actor).or_default();
                if stays.last().is_none_or(|s| s.left.is_some()) {
                    stays.push(Stay { arrived: act.at, left: None, delegate_for: *delegate_for });
                }
            }
            ActKind::Left {} => {
                if let Some(stay) = self.attendance.get_mut(&act.actor).and_then(|s| s.last_mut()) {
                    stay.left.get_or_insert(act.at);
                }
            }
            ActKind::Recused { item, reason } => {
                self.recusals.entry(*item).or_default().insert(act.actor, reason.clone());
                if let Some(votes) = self.votes.get_mut(item) {
                    votes.remove(&act.actor);
                }
            }
            ActKind::ConsentAsked { item, present, objections } if act.actor == self.agenda.chair => {
                let consent = Consent {
                    entry,
                    present: present.clone(),
                    objections: objections.clone(),
                    at: act.at,
                    confirmed: BTreeSet::new(),
                };
                self.consents.insert(*item, consent);
            }
            ActKind::Voted { item, position } => {
                if self.has_item(*item) {
                    let vote = CastVote { position: *position, attestation, entry };
                    self.ballot(Ballot::Cast { item: *item, who: act.actor, vote, own: false });
                }
            }
            ActKind::Decided { decision } => {
                // Refused by its own terms: not the chair's, about another change, or without quorum (R30), whatever
                // the numbers say that it carries.
                let chairs = act.actor == self.agenda.chair;
                let its_own =
                    self.agenda.items.iter().any(|i| i.number == decision.item && i.change == decision.change);
                let enough = decision.quorum.met() && rules.is_none_or(|rules| self.quorate(decision.item, rules));
                // What was resolved in writing no meeting has voted on.
                let here = decision.basis != Basis::CircularResolution;
                let may = here && (enough || decision.kind == DecisionKind::NoDecision);
                if chairs && its_own && may {
                    let meeting = self.agenda.meeting;
                    let recorded = RecordedDecision { entry, meeting, at: act.at, decision: (**decision).clone() };
                    if let Some(before) = self.decisions.insert(decision.item, recorded.clone()) {
                        self.superseded.push(before);
                    }
                    return Some(recorded);
                }
            }
            ActKind::ConsentAsked { .. } => {}
            ActKind::ActionAssigned { action, owner, due } => {
                self.actions.push(Action { action: action.clone(), owner: *owner, due: due.clone(), item: None });
            }
            ActKind::Noted { item, text } => {
                // One remark per item: a later one replaces it.
                self.notes.retain(|n| item.is_none() || n.item != *item);
                self.notes.push(Note { item: *item, text: text.clone() });
            }
            ActKind::LateAdmitted { item } => {
                let chairs = act.actor == self.agenda.chair;
                match self.agenda.items.iter_mut().find(|shown| shown.number == item.number) {
                    // A restricted item, which the frozen agenda only commits to.
                    Some(shown) if chairs && item.opens(shown) => *shown = (**item).clone(),
                    None if chairs => {
                        self.late.push(item.number);
                        self.agenda.items.push((**item).clone());
                    }
                    Some(_) | None => {}
                }
            }
        }
        None
    }

    /// A member says that what this entry tells of them was so; says whether anything changed.
    pub(super) fn confirmed(&mut self, who: MemberId, entry: EntryId, what: &ActKind) -> bool {
        match what {
            ActKind::Voted { item, position } => {
                self.ballot(Ballot::Confirmed { item: *item, who, entry, position: *position })
            }
            ActKind::ConsentAsked { item, present, objections } => {
                let Some(consent) = self.consents.get_mut(item) else { return false };
                // Where it was asked again, the answer is to the earlier question.
                let same = consent.entry == entry && consent.present == *present && consent.objections == *objections;
                same && consent.confirmed.insert(who)
            }
            ActKind::Arrived { .. }
            | ActKind::Left {}
            | ActKind::Recused { .. }
            | ActKind::Decided { .. }
            | ActKind::ActionAssigned { .. }
            | ActKind::LateAdmitted { .. }
            | ActKind::Noted { .. } => false,
        }
    }

    /// Whether enough of the board is there to decide an item, as attendance and recusals stand.
    fn quorate(&self, item: u32, rules: Rules<'_>) -> bool {
        let recused = self.recusals.get(&item).into_iter().flat_map(|r| r.keys().copied());
        quorum(&rules.policy.quorum, rules.roster, &Room::now(&self.attendance, recused)).met()
    }

    /// Whether the member keeps this meeting's record.
    pub(super) fn kept_by(&self, member: MemberId) -> bool {
        member == self.agenda.chair || member == self.agenda.secretary
    }

    /// Whether the agenda, late items included, has this item.
    #[must_use]
    pub fn has_item(&self, item: u32) -> bool {
        self.agenda.items.iter().any(|i| i.number == item)
    }
}
