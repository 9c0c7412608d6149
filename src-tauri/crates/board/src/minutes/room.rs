//! Who was in the room when: a quorum is counted at a moment, never of everybody who came at some time.
use chrono::{DateTime, Duration, Utc};
use domain::ledger::{Meeting, RecordedDecision};
use domain::meeting::{DecisionKind, QuorumStamp, Stay};
use domain::quorum::{Room, quorum};
use minutes::model as m;

use super::compile::Source;

/// For how many minutes after the call to order the roll is taken, at most. People are ticked one after the other.
const ROLL: i64 = 5;

/// Who was in the room in a stay that this holds of.
fn room(meeting: &Meeting, there: impl Fn(&Stay) -> bool) -> Room {
    let mut room = Room::default();
    for (member, stays) in &meeting.attendance {
        let Some(stay) = stays.iter().find(|stay| there(stay)) else { continue };
        room.present.insert(*member);
        room.delegates.extend(stay.delegate_for.map(|seat| (*member, seat)));
    }
    room
}

/// Who was there once all had come and gone who did so at this moment.
fn after(meeting: &Meeting, at: DateTime<Utc>) -> Room {
    room(meeting, |stay| stay.arrived <= at && stay.left.is_none_or(|left| left > at))
}

/// From when to when the board decided, the first question included; `None` where it decided nothing.
fn deciding(meeting: &Meeting) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let decided = || meeting.decisions.values().filter(|one| one.decision.kind != DecisionKind::NoDecision);
    let last = decided().map(|one| one.at).max()?;
    let asked = meeting.consents.values().map(|consent| consent.at);
    Some((decided().map(|one| one.at).chain(asked).min()?, last))
}

/// When the roll was complete: with the last who came within minutes of the call to order, and before anybody left and
/// anything was asked.
fn roll(meeting: &Meeting) -> DateTime<Utc> {
    let called = meeting.agenda.called;
    let stays = || meeting.attendance.values().flatten();
    let left = stays().filter_map(|stay| stay.left).min();
    let asked = deciding(meeting).map(|(first, _)| first);
    let until = [left, asked].into_iter().flatten().fold(called + Duration::minutes(ROLL), Ord::min);
    stays().map(|stay| stay.arrived).filter(|at| *at <= until).fold(called, Ord::max)
}

impl Source<'_> {
    /// The quorum at the call to order, the least of it while the board decided, and that of every item whose numbers were
    /// others.
    pub(super) fn quorums(&self, meeting: &Meeting) -> Vec<m::Quorum> {
        // Nobody was in a room where all was in writing: then there is the quorum of those who answered alone.
        if meeting.circular.is_some() {
            return meeting.decisions.values().map(|decided| self.quorum_of(meeting, decided)).collect();
        }
        let numbers = |stamp: &QuorumStamp| (stamp.present, stamp.required, stamp.seats, stamp.met());
        let words = self.words();
        let called = roll(meeting);
        let opening = self.counted(&after(meeting, called));
        let others = |stamp: &QuorumStamp| numbers(stamp) != numbers(&opening);
        let mut all = vec![self.quorum(words.meeting(), &opening, words.at_the_call(&Self::clock(meeting, called)))];
        if let Some((at, least)) = self.fewest(meeting).filter(|(_, least)| others(least)) {
            all.push(self.quorum(words.meeting(), &least, words.fewest(&Self::clock(meeting, at))));
        }
        let differing = meeting.decisions.values().filter(|decided| others(&decided.decision.quorum));
        all.extend(differing.map(|decided| self.quorum_of(meeting, decided)));
        all
    }

    /// The quorum of a decision, as its entry carries it.
    pub(super) fn quorum_of(&self, meeting: &Meeting, decided: &RecordedDecision) -> m::Quorum {
        let decision = &decided.decision;
        let moment = match meeting.circular {
            Some(_) => String::new(),
            None => self.words().when_decided(&Self::clock(meeting, decided.at)),
        };
        self.quorum(decision.change.as_str(), &decision.quorum, moment)
    }

    /// When the fewest were there while the board decided, and how many. Whoever left in the moment of the first question
    /// was still there for it.
    fn fewest(&self, meeting: &Meeting) -> Option<(DateTime<Utc>, QuorumStamp)> {
        let (first, last) = deciding(meeting)?;
        let at_first = room(meeting, |stay| stay.arrived <= first && stay.left.is_none_or(|left| left >= first));
        let mut counted = vec![(first, self.counted(&at_first))];
        let left = meeting.attendance.values().flatten().filter_map(|stay| stay.left);
        let between = left.filter(|at| *at > first && *at < last);
        counted.extend(between.map(|at| (at, self.counted(&after(meeting, at)))));
        counted.into_iter().min_by_key(|(at, stamp)| (stamp.present, stamp.met(), *at))
    }

    fn counted(&self, room: &Room) -> QuorumStamp {
        quorum(&self.rules.quorum, self.roster, room).stamp
    }

    fn clock(meeting: &Meeting, at: DateTime<Utc>) -> String {
        at.with_timezone(&Self::zone(meeting)).format("%H:%M").to_string()
    }

    fn quorum(&self, scope: &str, stamp: &QuorumStamp, moment: String) -> m::Quorum {
        m::Quorum {
            scope: scope.to_owned(),
            present: stamp.present,
            required: stamp.required,
            of: stamp.seats,
            met: stamp.met(),
            formula: self.words().quorum(stamp),
            missing_seats: stamp.missing_mandatory.iter().map(|id| self.name(*id)).collect(),
            moment,
        }
    }
}

#[cfg(test)]
mod tests;
