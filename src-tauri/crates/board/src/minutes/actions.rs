//! Actions of earlier meetings that are open, and the item that an action is about. That one is done no entry of its own
//! says: a remark of a meeting does, in a line that begins so and goes on with the action's words.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::ledger::{Action, Meeting};
use domain::text::mark_invisible;
use minutes::model as m;

use super::compile::Source;

/// How a line of a remark begins that says an action is done, in either language of the minutes.
const DONE: [&str; 2] = ["Done:", "Erledigt:"];

/// The change whose item was before the board, or else the one on the agenda that the action's own words name.
pub(super) fn item_of(meeting: &Meeting, action: &Action) -> Option<String> {
    let items = &meeting.agenda.items;
    let before = action.item.and_then(|number| items.iter().find(|item| item.number == number));
    let named = || {
        let mut all = items.iter().filter(|item| names(&action.action, item.change.as_str()));
        let first = all.next()?;
        all.next().is_none().then_some(first)
    };
    before.or_else(named).map(|item| item.change.to_string())
}

/// Whether words name a change by its key.
fn names(words: &str, key: &str) -> bool {
    words.split(|c: char| !c.is_alphanumeric() && c != '-').any(|word| word == key)
}

/// Words without what differs when somebody writes them again.
fn plain(words: &str) -> String {
    let joined = words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    joined.trim_end_matches('.').to_owned()
}

/// What the remarks of a meeting say is done.
fn done(meeting: &Meeting) -> impl Iterator<Item = String> + '_ {
    let lines = meeting.notes.iter().flat_map(|note| note.text.lines());
    lines.filter_map(|line| DONE.iter().find_map(|begins| line.trim().strip_prefix(begins))).map(plain)
}

impl Source<'_> {
    /// Actions that were agreed up to this meeting and are open by what was said up to it, each with its meeting and as it
    /// is printed.
    pub(super) fn open_actions(&self, meeting: &Meeting) -> Vec<(&Meeting, &Action, m::Action)> {
        let until = meeting.agenda.called;
        let mut held: Vec<&Meeting> = self.ledger.meetings.values().filter(|one| one.agenda.called <= until).collect();
        held.sort_by_key(|one| (one.agenda.called, one.agenda.meeting));
        // The last meeting that says so counts: the same words may be agreed again.
        let mut said: BTreeMap<String, DateTime<Utc>> = BTreeMap::new();
        for one in &held {
            said.extend(done(one).map(|words| (words, one.agenda.called)));
        }
        let open =
            |one: &Meeting, action: &Action| said.get(&plain(&action.action)).is_none_or(|at| *at < one.agenda.called);
        let mut found = Vec::new();
        for one in held {
            let printed = one.actions.iter().zip(self.actions(one));
            found.extend(printed.filter(|(action, _)| open(one, action)).map(|(action, told)| (one, action, told)));
        }
        found
    }

    /// Those of earlier meetings, with the meeting of each.
    pub(super) fn carried(&self, meeting: &Meeting) -> Vec<m::Action> {
        let earlier = self.open_actions(meeting).into_iter().filter(|(one, ..)| {
            (one.agenda.called, one.agenda.meeting) < (meeting.agenda.called, meeting.agenda.meeting)
        });
        let from = |one: &Meeting| {
            let called = self.words().local(one.agenda.called, Self::zone(one));
            format!("{}, {called}", mark_invisible(&one.agenda.title))
        };
        earlier.map(|(one, _, told)| m::Action { meeting: Some(from(one)), ..told }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_whole_or_not_at_all() {
        for (words, named) in [
            ("Rehearse CHG-1 again.", true),
            ("(CHG-1)", true),
            ("CHG-1: rehearse", true),
            ("Rehearse CHG-17", false),
            ("XCHG-1", false),
            ("chg-1", false),
        ] {
            assert_eq!(names(words, "CHG-1"), named, "{words}");
        }
    }

    #[test]
    fn words_are_the_same_in_another_case_and_with_other_spaces() {
        assert_eq!(plain(" Order  the second line. "), plain("order the second\nline"));
        assert_ne!(plain("Order the second line"), plain("Order the third line"));
    }
}
