//! The running record: what the chair or the secretary tells of a meeting, who vouches for it, and what is sealed of it.
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::ballots::Ballot;
use super::{Ledger, Meeting, Touched, Verified, spoken};
use crate::delegation::Delegation;
use crate::entry::{Act, ActKind, ActRef, Attestation};
use crate::ids::{EntryId, MeetingId, MemberId};
use crate::meeting::Agenda;

/// An entry of the running record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// How it is known.
    pub attestation: Attestation,
    /// Whose word it is: another must vouch for it.
    pub keeper: MemberId,
    /// Who was in the room while it was kept: only they can.
    pub present: BTreeSet<MemberId>,
}

impl Running {
    /// Whether this member can be its second witness (`record.md`, *witnessed*).
    #[must_use]
    pub fn vouched_by(&self, member: MemberId) -> bool {
        member != self.keeper && self.present.contains(&member)
    }
}

impl Ledger {
    pub(super) fn freeze(&mut self, entry: Verified<'_>, agenda: &Agenda) -> Vec<Touched> {
        let id = agenda.meeting;
        if self.meetings.contains_key(&id) {
            return Vec::new();
        }
        self.meetings.insert(id, Meeting::called(agenda.clone(), entry.subject));
        vec![Touched::Meeting(id)]
    }

    pub(super) fn run(&mut self, entry: Verified<'_>, id: MeetingId, acts: &[Act]) -> Vec<Touched> {
        let Some(meeting) = self.meetings.get_mut(&id) else { return Vec::new() };
        if meeting.closed.is_some() {
            return Vec::new();
        }
        // The running record is the chair's or the secretary's to keep.
        let keeper = entry.predicate.actor;
        if !meeting.kept_by(keeper) {
            return Vec::new();
        }
        let mut present: BTreeSet<MemberId> = crate::meeting::present(&meeting.attendance).into_iter().collect();
        let arrived = acts.iter().filter(|act| matches!(act.what, ActKind::Arrived { .. }));
        present.extend(arrived.map(|act| act.actor));
        // What it tells of others is on its keeper's word, whatever key signed it, until somebody vouches for it.
        let running = Running { attestation: Attestation::Recorded, keeper, present };
        meeting.running.insert(entry.id, running);
        let mut touched = vec![Touched::Meeting(id)];
        let mut decided = Vec::new();
        let agreed = meeting.actions.len();
        for (number, act) in (0u32..).zip(acts) {
            // Whatever key signed it: another person's act is on the recorder's word.
            let own = act.actor == keeper;
            let attestation = if own { entry.predicate.attestation } else { Attestation::Recorded };
            let before = spoken::sits_for(meeting, act, act.actor, entry.rules);
            decided.extend(meeting.perform(&seated(&self.delegations, id, act), attestation, entry.id, entry.rules));
            let at = ActRef { entry: entry.id, act: Some(number) };
            let now = &*meeting;
            let seat = |who: MemberId| {
                before.filter(|_| who == act.actor).or_else(|| spoken::sits_for(now, act, who, entry.rules))
            };
            touched.extend(spoken::hear(&mut self.spoken, at, (id, keeper), act, seat));
        }
        let before = before_the_board(acts);
        for action in meeting.actions.iter_mut().skip(agreed) {
            action.item = before;
        }
        if !decided.is_empty() {
            meeting.recount(&self.places);
        }
        for recorded in decided {
            touched.extend(self.decide(recorded));
        }
        touched
    }

    /// The meeting as it would stand after acts that are not in the record yet.
    #[must_use]
    pub fn preview(&self, id: MeetingId, acts: &[Act]) -> Option<Meeting> {
        let mut meeting = self.meetings.get(&id)?.clone();
        for act in acts {
            meeting.perform(&seated(&self.delegations, id, act), Attestation::Recorded, EntryId([0; 32]), None);
        }
        meeting.recount(&self.places);
        Some(meeting)
    }

    pub(super) fn witness(&mut self, actor: MemberId, entries: &[EntryId], meeting: Option<MeetingId>) -> Vec<Touched> {
        let Some(meeting) = meeting.and_then(|id| self.meetings.get_mut(&id)) else { return Vec::new() };
        // Only another keyholder who was in the room can vouch (`record.md`, *Who acts*).
        for id in entries {
            let Some(running) = meeting.running.get_mut(id).filter(|running| running.vouched_by(actor)) else {
                continue;
            };
            running.attestation = running.attestation.max(Attestation::Witnessed);
            meeting.ballot(Ballot::Witnessed { entry: *id });
        }
        vec![Touched::Meeting(meeting.agenda.meeting)]
    }

    pub(super) fn seal(
        &mut self,
        checkpoint: EntryId,
        id: Option<MeetingId>,
        put: impl FnOnce(&mut Meeting),
    ) -> Vec<Touched> {
        match id.and_then(|id| self.meetings.get_mut(&id)) {
            Some(meeting) if meeting.closed == Some(checkpoint) => {
                put(meeting);
                vec![Touched::Meeting(meeting.agenda.meeting)]
            }
            Some(_) | None => Vec::new(),
        }
    }
}

/// The one item on which an entry of the running record tells of a question, a vote, a decision or a remark: moving on to
/// the next item ends the entry. `None` where there is none, or several were taken together.
fn before_the_board(acts: &[Act]) -> Option<u32> {
    let item_of = |act: &Act| match &act.what {
        ActKind::ConsentAsked { item, .. } | ActKind::Voted { item, .. } => Some(*item),
        ActKind::Decided { decision } => Some(decision.item),
        ActKind::Noted { item, .. } => *item,
        // Who steps aside may say so of every item at once, and a late item is taken onto the agenda for later.
        ActKind::Recused { .. }
        | ActKind::LateAdmitted { .. }
        | ActKind::Arrived { .. }
        | ActKind::Left {}
        | ActKind::ActionAssigned { .. } => None,
    };
    let items: BTreeSet<u32> = acts.iter().filter_map(item_of).collect();
    items.first().copied().filter(|_| items.len() == 1)
}

/// The act without a seat that nobody delegated: the recorder's word gives no seat away (R72).
fn seated<'a>(delegations: &BTreeMap<EntryId, Delegation>, meeting: MeetingId, act: &'a Act) -> Cow<'a, Act> {
    match &act.what {
        ActKind::Arrived { delegate_for: Some(seat) }
            if !delegations.values().any(|d| d.covers(*seat, act.actor, meeting, act.at)) =>
        {
            Cow::Owned(Act { what: ActKind::Arrived { delegate_for: None }, ..act.clone() })
        }
        ActKind::Arrived { .. }
        | ActKind::Left {}
        | ActKind::Recused { .. }
        | ActKind::ConsentAsked { .. }
        | ActKind::Voted { .. }
        | ActKind::Decided { .. }
        | ActKind::ActionAssigned { .. }
        | ActKind::LateAdmitted { .. }
        | ActKind::Noted { .. } => Cow::Borrowed(act),
    }
}
