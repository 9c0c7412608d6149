//! What the minutes say of edits that were ruled immaterial: with the change, if it is on the agenda, else among those
//! since the last meeting.
use domain::ids::{ChangeKey, Digest};
use domain::ledger::Meeting;
use domain::ruling::Ruled;

use super::compile::Source;

impl Source<'_> {
    /// The rulings in force on a change, in words.
    pub(super) fn rulings(&self, change: &ChangeKey) -> Vec<String> {
        self.ledger.ruled(change).iter().map(|ruled| self.in_words(ruled)).collect()
    }

    /// The rulings on changes that are not on the agenda, from the close of the meeting before to the close of this one.
    pub(super) fn rulings_since(&self, meeting: &Meeting) -> Vec<String> {
        let held = self.ledger.meetings.values().filter(|m| m.circular.is_none());
        let earlier = held.filter(|m| m.agenda.called < meeting.agenda.called);
        let since = earlier.filter_map(|m| m.closed_at).max();
        let until = meeting.closed_at.unwrap_or(self.made_at);
        let on_the_agenda = |change: &ChangeKey| meeting.agenda.items.iter().any(|item| item.change == *change);
        let mut lines = Vec::new();
        for change in self.ledger.rulings.keys().filter(|change| !on_the_agenda(change)) {
            for ruled in self.ledger.ruled(change) {
                if since.is_none_or(|since| ruled.claimed() > since) && ruled.claimed() <= until {
                    lines.push(format!("{change}: {}", self.in_words(&ruled)));
                }
            }
        }
        lines
    }

    /// Whether what was said of one content speaks of the other, whichever was first.
    pub(super) fn speak_alike(&self, change: &ChangeKey, one: Digest, other: Digest) -> bool {
        self.ledger.speaks(change, one, other) || self.ledger.speaks(change, other, one)
    }

    fn in_words(&self, ruled: &Ruled<'_>) -> String {
        self.words().ruling(ruled, &|id| self.name(id))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::{DateTime, TimeZone as _, Utc};
    use domain::entry::Involved;
    use domain::ids::{BoardId, EntryId, MeetingId, MemberId};
    use domain::ledger::Ledger;
    use domain::meeting::{Agenda, AgendaGroup, AgendaItem};
    use domain::policy::{Policy, Strength};
    use domain::roster::{Member, Role, Roster};
    use domain::ruling::{Ruling, RulingBody};

    use super::*;

    fn at(hour: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 21, hour, 0, 0).single().expect("a time of the day")
    }

    fn who(n: u128) -> MemberId {
        MemberId(uuid::Uuid::from_u128(n))
    }

    fn roster() -> Roster {
        let member = |n: u128, name: &str, role: Role| Member {
            id: who(n),
            name: name.to_owned(),
            accounts: BTreeMap::new(),
            roles: vec![role],
            scope: Vec::new(),
            voting: true,
            mandatory: false,
            git: Vec::new(),
            departments: Vec::new(),
            sealed_to: None,
            certificate: None,
            keys: Vec::new(),
        };
        Roster {
            schema: Roster::SCHEMA.to_owned(),
            board: BoardId(uuid::Uuid::from_u128(9)),
            name: "Board".to_owned(),
            version: 1,
            created: at(8),
            members: vec![member(1, "Ada", Role::Chair), member(2, "Grace", Role::Security)],
            root_holders: Vec::new(),
            threshold: 1,
            certificate_root: String::new(),
        }
    }

    /// A meeting of an hour on these changes.
    fn meeting(n: u128, hour: u32, changes: &[u32]) -> Meeting {
        let item = |change: &u32| AgendaItem {
            number: *change,
            change: ChangeKey::new("CHG", *change),
            title: String::new(),
            group: AgendaGroup::Medium,
            level: None,
            minutes: 3,
            content: Digest([1; 32]),
            material_attachments: Vec::new(),
            release: None,
            restricted: None,
        };
        let agenda = Agenda {
            meeting: MeetingId(uuid::Uuid::from_u128(n)),
            title: String::new(),
            place: String::new(),
            zone: "UTC".to_owned(),
            called: at(hour),
            chair: who(1),
            secretary: who(1),
            items: changes.iter().map(item).collect(),
        };
        let mut meeting = Meeting::called(agenda, Digest([0; 32]));
        meeting.closed_at = Some(at(hour + 1));
        meeting
    }

    /// Both words on an edit of a change, at this hour.
    fn rule(ledger: &mut Ledger, change: u32, hour: u32, second: &str) {
        let word = |n: u8, role: Role, reason: &str| Ruling {
            entry: EntryId([n; 32]),
            actor: who(n.into()),
            role: Some(role),
            claimed: at(hour),
            body: RulingBody {
                change: ChangeKey::new("CHG", change),
                fields: vec!["plan.backout".to_owned(), "title".to_owned()],
                from: Digest([1; 32]),
                involved: Involved::default(),
                reason: reason.to_owned(),
                to: Digest([2; 32]),
            },
            withdrawn: None,
        };
        let words = vec![word(1, Role::Chair, "a typo"), word(2, Role::Security, second)];
        ledger.rulings.insert(ChangeKey::new("CHG", change), words);
    }

    #[test]
    fn a_ruling_stands_once_with_its_change_or_in_the_minutes_after_it() {
        let (roster, policy) = (roster(), Policy::built_in(Strength::Starter));
        let mut ledger = Ledger::default();
        for held in [meeting(50, 9, &[1]), meeting(51, 14, &[2])] {
            ledger.meetings.insert(held.agenda.meeting, held);
        }
        rule(&mut ledger, 1, 9, "a typo");
        rule(&mut ledger, 2, 12, "a typo");
        rule(&mut ledger, 3, 12, "nothing depends on it");
        rule(&mut ledger, 4, 20, "a typo");
        let source = |n: u128| Source {
            roster: &roster,
            policy: &policy,
            policy_digest: Digest([0; 32]),
            rules: &policy,
            ledger: &ledger,
            meeting: MeetingId(uuid::Uuid::from_u128(n)),
            made_at: at(22),
            evidence: Digest([0; 32]),
            certificate_root: None,
        };
        let since = |n: u128| source(n).rulings_since(&ledger.meetings[&MeetingId(uuid::Uuid::from_u128(n))]);
        assert_eq!(since(50), Vec::<String>::new(), "that of CHG-1 stands with its item, the others came later");
        let third = "CHG-3: The edit of Plan: Backout plan, Title after it was signed was ruled immaterial by Ada (chair) \
                     and Grace: a typo / nothing depends on it";
        assert_eq!(since(51), [third], "not CHG-2, which is on the agenda, nor CHG-4, which came after the close");
        let of = |n: u32| source(51).rulings(&ChangeKey::new("CHG", n));
        assert_eq!(of(2).len(), 1);
        assert!(of(2)[0].ends_with("ruled immaterial by Ada (chair) and Grace: a typo"), "{:?}", of(2));
        assert!(of(9).is_empty());
    }
}
