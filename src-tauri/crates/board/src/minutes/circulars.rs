//! What the minutes say of circulars: the question, who was silent, what came of it; and whether a meeting ratifies it.
use std::collections::BTreeSet;

use chrono_tz::Tz;
use domain::circular::{Ratification, resolution};
use domain::ids::MemberId;
use domain::ledger::{Meeting, RecordedDecision};
use domain::meeting::AgendaItem;

use super::compile::Source;
use crate::conditions::one_line;

impl Source<'_> {
    /// In sentences; none where nothing was asked in writing.
    pub(super) fn circulars(&self, meeting: &Meeting, item: &AgendaItem, zone: Tz) -> Vec<String> {
        if let Some(asked) = self.asked(meeting, item, zone) {
            return asked;
        }
        let Some((recorded, then)) = self.ledger.resolved(&item.change) else { return Vec::new() };
        let here = meeting.agenda.meeting;
        let made = match then {
            Ratification::Ratified(by) if by == here => self.words().ratifies().to_owned(),
            Ratification::Awaited => self.words().did_not_decide(&self.follows(then)),
            Ratification::Ratified(_) | Ratification::NotRatified(..) => self.follows(then),
        };
        vec![self.resolved_so(recorded, zone), made]
    }

    /// Resolutions that wait to be ratified, of changes that were not on the agenda.
    pub(super) fn not_taken_up(&self, meeting: &Meeting) -> Vec<String> {
        let zone: Tz = meeting.agenda.zone.parse().unwrap_or(Tz::UTC);
        let waiting = self.ledger.to_be_ratified();
        let left = waiting.into_iter().filter(|key| meeting.agenda.items.iter().all(|item| item.change != **key));
        let resolved = left.filter_map(|key| self.ledger.resolved(key));
        resolved
            .map(|(recorded, then)| {
                let told = self.resolved_so(recorded, zone);
                format!("{}: {told} {}", recorded.decision.change, self.follows(then))
            })
            .collect()
    }

    fn resolved_so(&self, recorded: &RecordedDecision, zone: Tz) -> String {
        let words = self.words();
        let tally = recorded.decision.tally.as_ref().map(|tally| words.tally(tally)).unwrap_or_default();
        words.decided_in_writing(&words.local(recorded.at, zone), &tally)
    }

    fn follows(&self, then: Ratification) -> String {
        self.words().follows(self.ledger, then)
    }

    /// Of the circular itself.
    fn asked(&self, meeting: &Meeting, item: &AgendaItem, zone: Tz) -> Option<Vec<String>> {
        let circular = meeting.circular.as_ref()?;
        let recused: BTreeSet<MemberId> = circular.recused.keys().copied().collect();
        let of = (item.change.prefix(), &circular.involved);
        let found = resolution(self.rules, self.roster, of, &recused, &meeting.answers());
        let names = |ids: &[MemberId]| ids.iter().map(|id| self.name(*id)).collect::<Vec<_>>().join(", ");
        let words = self.words();
        let (at, until) = (words.local(meeting.agenda.called, zone), words.local(circular.closes, zone));
        let by = self.name(meeting.agenda.chair);
        let mut lines = vec![words.asked_in_writing(&by, (&at, &until), &one_line(&circular.question))];
        let silent: Vec<MemberId> = found.silent.iter().copied().collect();
        if !silent.is_empty() {
            lines.push(words.silent(&names(&silent)));
        }
        let seats = |id: &MemberId| self.roster.member(*id).is_some_and(|m| m.voting);
        let barred: Vec<MemberId> = found.barred.keys().copied().filter(seats).collect();
        if !barred.is_empty() {
            lines.push(words.barred(&names(&barred)));
        }
        let decided = meeting.decisions.get(&item.number).filter(|d| d.decision.kind.approves());
        lines.extend(decided.and_then(|d| self.ledger.ratified(d)).map(|then| self.follows(then)));
        Some(lines)
    }
}
