//! What the minutes say of waivers, overrides and exceptions (R69): with the change, if it is on the agenda, else among
//! those since the last meeting. Every one, whether in force or not; and again where one of the two took their word back.
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::dispensation::Dispensation;
use domain::ids::ChangeKey;
use domain::ledger::Meeting;

use super::compile::Source;
use crate::dispensations::back;

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
        let zone = self.ledger.meetings.get(&self.meeting).map_or(Tz::UTC, Self::zone);
        self.words().dispensation(dispensation, self.ledger, zone, &|id| self.name(id))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::TimeZone as _;
    use domain::dispensation::{Grant, Second, WaiverBody};
    use domain::entry::Involved;
    use domain::ids::{BoardId, Digest, EntryId, MeetingId, MemberId};
    use domain::ledger::{Ledger, RecordedDecision, TakenBack};
    use domain::meeting::{Agenda, AgendaGroup, AgendaItem, Basis, Brief, Decision, DecisionKind, QuorumStamp};
    use domain::policy::{Policy, Strength};
    use domain::risk::{Facts, RiskLevel, RiskStamp};
    use domain::roster::{Member, Role, Roster};

    use super::*;

    fn at(hour: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 21, hour, 0, 0).single().expect("a time")
    }

    fn who(n: u128) -> MemberId {
        MemberId(uuid::Uuid::from_u128(n))
    }

    fn key(n: u32) -> ChangeKey {
        ChangeKey::new("CHG", n)
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
            members: vec![member(1, "Ada", Role::Chair), member(2, "Grace", Role::Cto)],
            root_holders: Vec::new(),
            threshold: 1,
            certificate_root: String::new(),
        }
    }

    /// A meeting of an hour on CHG-1, which the chair approves against the votes.
    fn meeting(n: u128, hour: u32) -> Meeting {
        let item = AgendaItem {
            number: 1,
            change: key(1),
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
            items: vec![item],
        };
        let decision = Decision {
            item: 1,
            change: key(1),
            kind: DecisionKind::Approved,
            basis: Basis::Vote,
            rationale: "The contract ends on Friday".to_owned(),
            conditions: Vec::new(),
            deferred_to: String::new(),
            quorum: QuorumStamp {
                formula: "strict majority".to_owned(),
                seats: 2,
                present: 2,
                required: 2,
                missing_mandatory: Vec::new(),
            },
            tally: None,
            content: Digest([1; 32]),
            risk: RiskStamp {
                facts: Facts::default(),
                model: "points-100/1".to_owned(),
                model_digest: Digest([2; 32]),
                answers: Digest([3; 32]),
                score: 42,
                level: RiskLevel::Medium,
                assumed: 0,
            },
            brief: Brief {
                kind: None,
                window: None,
                heaviest: Vec::new(),
                floors: Vec::new(),
                gates: Vec::new(),
                gates_passed: 0,
                plan_review: String::new(),
            },
        };
        let mut meeting = Meeting::called(agenda, Digest([0; 32]));
        let of = meeting.agenda.meeting;
        let recorded = RecordedDecision { entry: EntryId([4; 32]), meeting: of, at: at(hour), decision };
        meeting.decisions.insert(1, recorded);
        meeting.closed_at = Some(at(hour + 1));
        meeting
    }

    /// A waiver by both at nine, taken back by the second at noon or not.
    fn waive(ledger: &mut Ledger, change: u32, back: bool) {
        let by = EntryId([9; 32]);
        let said = Dispensation {
            entry: EntryId([1; 32]),
            actor: who(1),
            role: Some(Role::Chair),
            claimed: at(9),
            grant: Grant::Waiver(WaiverBody {
                change: key(change),
                clause: "R39".to_owned(),
                content: Digest([1; 32]),
                gate: "version".to_owned(),
                involved: Involved::default(),
                reason: "On the day".to_owned(),
                until: None,
            }),
            seconds: vec![Second {
                entry: EntryId([2; 32]),
                actor: who(2),
                role: Some(Role::Cto),
                claimed: at(9),
                reason: String::new(),
                withdrawn: back.then_some(by),
            }],
            withdrawn: None,
        };
        ledger.dispensations.insert(key(change), vec![said]);
        if back {
            ledger.taken_back.insert(by, TakenBack { claimed: at(12), reason: "It is known".to_owned() });
        }
    }

    #[test]
    fn the_minutes_print_why_the_chair_departs_from_the_votes_and_every_word_that_was_taken_back() {
        let (roster, policy) = (roster(), Policy::built_in(Strength::Starter));
        let mut ledger = Ledger::default();
        for held in [meeting(50, 9), meeting(51, 14)] {
            ledger.meetings.insert(held.agenda.meeting, held);
        }
        waive(&mut ledger, 1, true);
        waive(&mut ledger, 2, true);
        waive(&mut ledger, 3, false);
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
        let waiver = "Waiver of gate version (R39) by Ada";
        let back = format!("{waiver}, not seconded and so not in force: On the day; taken back by Grace: It is known");
        let extract = source(50).extract(&key(1), "evidence.json").expect("it is on the agenda");
        assert_eq!(extract.item.rationale.as_deref(), Some("The contract ends on Friday"));
        assert_eq!(extract.item.dispensations, std::slice::from_ref(&back));
        let since = |n: u128| source(n).dispensations_since(&ledger.meetings[&MeetingId(uuid::Uuid::from_u128(n))]);
        let stands = format!("CHG-3: {waiver}, seconded by Grace: On the day");
        assert_eq!(since(50), [format!("CHG-2: {back}"), stands]);
        assert_eq!(since(51), [format!("CHG-2: {back}")], "said before, and taken back since");
    }
}
