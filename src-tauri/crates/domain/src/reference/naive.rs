//! The board's rules once more, as a person reading the raw record would apply them: for each question one walk over
//! everything from the beginning. Written from `record.md`, `decisions.md` and `meeting.md`; it shares data with the
//! rest of this crate, and no rule.
use std::collections::{BTreeMap, BTreeSet};

use super::generate::{CHANGES, Event, History, change};
use crate::entry::{Act, ActKind, ActRef, Attestation, Body, Predicate};
use crate::ids::{ChangeKey, Digest, EntryId, LogId, MeetingId, MemberId};
use crate::meeting::{Agenda, Decision};
use crate::risk::RiskLevel;

mod approval;
mod delegated;
mod seats;
mod shift;
mod voting;
mod writing;

pub use shift::Shifted;

/// The first events of a history, read by hand.
pub struct Naive<'h> {
    history: &'h History,
    until: usize,
    entries: Vec<(usize, EntryId, &'h Predicate)>,
    places: BTreeMap<(LogId, u32), &'h Predicate>,
    said: BTreeMap<MeetingId, Vec<Said<'h>>>,
    /// What took effect that was decided in writing.
    written: Vec<Decided<'h>>,
}

/// A decision that took effect: where, in which act, by which entry, of which meeting, and what.
type Decided<'h> = (usize, u32, EntryId, MeetingId, &'h Decision);

/// What is said in the room of a meeting, and when.
struct Said<'h> {
    at: usize,
    entry: EntryId,
    number: u32,
    keeper: MemberId,
    known: Attestation,
    act: &'h Act,
}

impl<'h> Naive<'h> {
    pub fn read(history: &'h History, until: usize) -> Self {
        let mut entries = Vec::new();
        for (at, event) in history.events.iter().enumerate().take(until) {
            if let Event::Entry { id, predicate, .. } = event {
                entries.push((at, *id, predicate.as_ref()));
            }
        }
        let places = entries.iter().map(|(_, _, p)| ((p.log.id, p.log.seq), *p)).collect();
        let mut naive = Self { history, until, entries, places, said: BTreeMap::new(), written: Vec::new() };
        for meeting in naive.meetings() {
            let said = naive.heard(meeting);
            naive.said.insert(meeting, said);
        }
        naive.written = naive.decided_in_writing();
        naive
    }

    fn entries(&self) -> impl Iterator<Item = (usize, EntryId, &'h Predicate)> + '_ {
        self.entries.iter().copied()
    }

    fn said(&self, meeting: MeetingId) -> &[Said<'h>] {
        self.said.get(&meeting).map_or(&[], Vec::as_slice)
    }

    /// Whether anything is known of the change yet.
    pub fn known(&self, change: &ChangeKey) -> bool {
        let said = |event: &Event| matches!(event, Event::Now { change: of, .. } if of == change);
        self.history.events.iter().take(self.until).any(said)
    }

    fn now(&self, change: &ChangeKey) -> (Digest, RiskLevel) {
        let mut last = None;
        for event in self.history.events.iter().take(self.until) {
            if let Event::Now { change: of, content, level } = event
                && of == change
            {
                last = Some((*content, *level));
            }
        }
        last.expect("every change begins somewhere")
    }

    pub fn meetings(&self) -> Vec<MeetingId> {
        let mut found = Vec::new();
        for (_, _, predicate) in self.entries() {
            if let Body::AgendaFrozen { agenda } = &predicate.body
                && !found.contains(&agenda.meeting)
            {
                found.push(agenda.meeting);
            }
        }
        found
    }

    fn agenda(&self, meeting: MeetingId) -> Option<(usize, &'h Agenda)> {
        for (at, _, predicate) in self.entries() {
            if let Body::AgendaFrozen { agenda } = &predicate.body
                && agenda.meeting == meeting
            {
                return Some((at, agenda));
            }
        }
        None
    }

    /// Whether who wrote `later` had `earlier`: going back from entry to entry leads there.
    fn had(&self, later: &Predicate, earlier: &Predicate) -> bool {
        let wanted = (earlier.log.id, earlier.log.seq);
        let mut been = BTreeSet::new();
        let mut ahead = vec![(later.log.id, later.log.seq)];
        while let Some((log, seq)) = ahead.pop() {
            if (log, seq) == wanted {
                return true;
            }
            if !been.insert((log, seq)) {
                continue;
            }
            if seq > 1 {
                ahead.push((log, seq - 1));
            }
            if let Some(predicate) = self.places.get(&(log, seq)) {
                ahead.extend(predicate.log.seen.iter().map(|(log, head)| (*log, head.seq)));
            }
        }
        false
    }

    /// Whether two acts were each written without the other.
    fn without_each_other(&self, one: &Predicate, other: &Predicate) -> bool {
        !self.had(one, other) && !self.had(other, one)
    }

    fn predicate(&self, entry: EntryId) -> &'h Predicate {
        self.entries().find(|(_, id, _)| *id == entry).map(|(_, _, predicate)| predicate).expect("it is there")
    }

    fn of(predicate: &Predicate, meeting: MeetingId) -> bool {
        predicate.meeting.as_ref().is_some_and(|reference| reference.id == meeting)
    }

    /// When the meeting was closed, by who keeps its record; a number beyond all if it is not.
    pub fn closed(&self, meeting: MeetingId) -> usize {
        let Some((frozen, agenda)) = self.agenda(meeting) else { return 0 };
        for (at, _, predicate) in self.entries() {
            let keeps = predicate.actor == agenda.chair || predicate.actor == agenda.secretary;
            if at > frozen
                && matches!(predicate.body, Body::MeetingClosed { .. })
                && Self::of(predicate, meeting)
                && keeps
            {
                return at;
            }
        }
        usize::MAX
    }

    /// The running record: what chair or secretary wrote between call to order and close.
    fn heard(&self, meeting: MeetingId) -> Vec<Said<'h>> {
        let mut all = Vec::new();
        let Some((frozen, agenda)) = self.agenda(meeting) else { return all };
        let closed = self.closed(meeting);
        for (at, entry, predicate) in self.entries() {
            let Body::Running { acts } = &predicate.body else { continue };
            let keeper = predicate.actor;
            if at < frozen || at > closed || !Self::of(predicate, meeting) {
                continue;
            }
            if keeper != agenda.chair && keeper != agenda.secretary {
                continue;
            }
            for (number, act) in acts.iter().enumerate() {
                let number = u32::try_from(number).expect("few");
                all.push(Said { at, entry, number, keeper, known: predicate.attestation, act });
            }
        }
        all
    }

    /// Item number and change of what stands on the agenda before the act at this place, late items included.
    fn items(&self, meeting: MeetingId, before: (usize, u32)) -> Vec<(u32, ChangeKey)> {
        let Some((_, agenda)) = self.agenda(meeting) else { return Vec::new() };
        let mut items: Vec<(u32, ChangeKey)> = agenda.items.iter().map(|i| (i.number, i.change.clone())).collect();
        for said in self.said(meeting) {
            if (said.at, said.number) >= before {
                break;
            }
            if let ActKind::LateAdmitted { item } = &said.act.what
                && said.act.actor == agenda.chair
                && !items.iter().any(|(number, _)| *number == item.number)
            {
                items.push((item.number, item.change.clone()));
            }
        }
        items
    }

    pub fn agenda_now(&self, meeting: MeetingId) -> Vec<(u32, ChangeKey)> {
        self.items(meeting, (usize::MAX, 0))
    }

    /// Whether the member of the seat had let whoever arrives sit for them, in this meeting, then, and not taken it back.
    fn delegated(&self, seat: MemberId, arrival: &Said<'_>, in_meeting: MeetingId) -> bool {
        let mut standing = BTreeSet::new();
        for (at, entry, predicate) in self.entries() {
            if at >= arrival.at || predicate.actor != seat {
                continue;
            }
            if let Body::Delegation { to, from, until, meeting, .. } = &predicate.body {
                let then = arrival.act.at;
                let here = meeting.is_none() || *meeting == Some(in_meeting);
                if *to == arrival.act.actor && here && then >= *from && then <= *until {
                    standing.insert(entry);
                }
            }
            if let Body::Withdrawal { entry: target, .. } = &predicate.body {
                standing.remove(target);
            }
        }
        !standing.is_empty()
    }

    /// Who is in the room before the act at this place, each with the member for whom they also sit.
    fn room(&self, meeting: MeetingId, before: (usize, u32)) -> BTreeMap<MemberId, Option<MemberId>> {
        let mut room = BTreeMap::new();
        for said in self.said(meeting) {
            if (said.at, said.number) >= before {
                break;
            }
            if let ActKind::Arrived { delegate_for } = &said.act.what {
                let seat = delegate_for.filter(|seat| self.delegated(*seat, said, meeting));
                room.entry(said.act.actor).or_insert(seat);
            }
            if let ActKind::Left {} = said.act.what {
                room.remove(&said.act.actor);
            }
        }
        room
    }

    fn aside(&self, meeting: MeetingId, item: u32) -> BTreeSet<MemberId> {
        self.aside_before(meeting, item, (usize::MAX, 0))
    }

    /// Who stepped aside on an item before the act at this place.
    fn aside_before(&self, meeting: MeetingId, item: u32, before: (usize, u32)) -> BTreeSet<MemberId> {
        let mut aside = BTreeSet::new();
        for said in self.said(meeting) {
            if (said.at, said.number) >= before {
                break;
            }
            if let ActKind::Recused { item: on, .. } = &said.act.what
                && *on == item
            {
                aside.insert(said.act.actor);
            }
        }
        aside
    }

    /// Who were there while an entry of the running record was kept, and whose word it is.
    fn around(&self, meeting: MeetingId, entry: EntryId) -> Option<(MemberId, BTreeSet<MemberId>)> {
        let (frozen, agenda) = self.agenda(meeting)?;
        for (at, id, predicate) in self.entries() {
            let Body::Running { acts } = &predicate.body else { continue };
            let keeps = predicate.actor == agenda.chair || predicate.actor == agenda.secretary;
            if id != entry || at < frozen || at > self.closed(meeting) || !Self::of(predicate, meeting) || !keeps {
                continue;
            }
            let mut there: BTreeSet<MemberId> = self.room(meeting, (at, 0)).into_keys().collect();
            for act in acts {
                if let ActKind::Arrived { .. } = act.what {
                    there.insert(act.actor);
                }
            }
            return Some((predicate.actor, there));
        }
        None
    }

    /// How an entry of the running record is known: witnessed once another who was there vouched for it.
    pub fn running(&self, meeting: MeetingId) -> BTreeMap<EntryId, Attestation> {
        let mut known = BTreeMap::new();
        for (_, entry, predicate) in self.entries() {
            let Body::Running { .. } = predicate.body else { continue };
            let Some((keeper, there)) = self.around(meeting, entry) else { continue };
            let mut level = Attestation::Recorded;
            for (_, _, later) in self.entries() {
                if let Body::Witness { entries } = &later.body
                    && entries.contains(&entry)
                    && self.vouches(later, meeting, keeper, &there)
                    && level < Attestation::Witnessed
                {
                    level = Attestation::Witnessed;
                }
            }
            known.insert(entry, level);
        }
        known
    }

    fn vouches(&self, witness: &Predicate, of: MeetingId, keeper: MemberId, there: &BTreeSet<MemberId>) -> bool {
        Self::of(witness, of) && witness.actor != keeper && there.contains(&witness.actor)
    }

    /// The first answer of a member to an act: whether it was so.
    fn answer(&self, who: MemberId, act: ActRef) -> Option<(usize, bool)> {
        for (at, _, predicate) in self.entries() {
            let Body::Affirmation { confirmed, contested, .. } = &predicate.body else { continue };
            if predicate.actor != who {
                continue;
            }
            if confirmed.contains(&act) {
                return Some((at, true));
            }
            if contested.iter().any(|contest| contest.act == act) {
                return Some((at, false));
            }
        }
        None
    }

    pub fn changes() -> Vec<ChangeKey> {
        (1..=CHANGES).map(change).collect()
    }
}
