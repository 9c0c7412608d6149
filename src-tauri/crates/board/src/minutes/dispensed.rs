//! What the minutes say of waivers, overrides and exceptions (R69): with the change, if it is on the agenda, else among
//! those since the last meeting. Every one, whether in force or not; and again where one of the two took their word back.
use chrono::{DateTime, Utc};
use domain::dispensation::Dispensation;
use domain::ids::ChangeKey;
use domain::ledger::Meeting;

use super::compile::Source;
use crate::dispensations::{back, in_words};

impl Source<'_> {
    /// Every waiver, override and exception of a change, in words.
    pub(super) fn dispensations(&self, change: &ChangeKey) -> Vec<String> {
        let all = self.ledger.dispensations.get(change).into_iter().flatten();
        all.map(|dispensation| self.dispensed(dispensation)).collect()
    }

    /// Those of changes that are not on the agenda, from the close of the meeting before to the close of this one.
    pub(super) fn dispensations_since(&self, meeting: &Meeting) -> Vec<String> {
        let held = self.ledger.meetings.values().filter(|m| m.circular.is_none());
        let earlier = held.filter(|m| m.agenda.called < meeting.agenda.called);
        let since = earlier.filter_map(|m| m.closed_at).max();
        let until = meeting.closed_at.unwrap_or(self.made_at);
        let on_the_agenda = |change: &ChangeKey| meeting.agenda.items.iter().any(|item| item.change == *change);
        let others = self.ledger.dispensations.iter().filter(|(change, _)| !on_the_agenda(change));
        let mut lines = Vec::new();
        for (change, dispensation) in others.flat_map(|(change, all)| all.iter().map(move |one| (change, one))) {
            let seconded = dispensation.seconds.iter().map(|second| second.claimed).max();
            let claimed = seconded.map_or(dispensation.claimed, |at| at.max(dispensation.claimed));
            let within = |at: DateTime<Utc>| since.is_none_or(|since| at > since) && at <= until;
            let backs = back(dispensation).filter_map(|(_, by)| self.ledger.taken_back.get(&by));
            if within(claimed) || backs.map(|back| back.claimed).any(within) {
                lines.push(format!("{change}: {}", self.dispensed(dispensation)));
            }
        }
        lines
    }

    fn dispensed(&self, dispensation: &Dispensation) -> String {
        in_words(dispensation, self.ledger, |id| self.name(id))
    }
}
