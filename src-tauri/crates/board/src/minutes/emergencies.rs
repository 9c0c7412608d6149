//! What the minutes say of a change that was an emergency: who declared it, after consulting whom, what it owes by when;
//! and what was taken back (R49 to R53, R66, R67, R95).
use std::collections::BTreeSet;

use chrono_tz::Tz;
use domain::emergency::{Emergency, EmergencyRules, owed};
use domain::ids::{ChangeKey, Digest};
use domain::meeting::Brief;

use super::compile::Source;

impl Source<'_> {
    /// In sentences; none where the change was no emergency and nothing was taken back.
    pub(super) fn emergencies(&self, change: &ChangeKey, brief: Option<&Brief>, zone: Tz) -> Vec<String> {
        let mut lines = Vec::new();
        for one in self.ledger.emergencies_of(change) {
            lines.push(self.words().declared(one, &self.name(one.actor), zone));
            match self.rules_of(one.policy) {
                Some(rules) => lines.extend(self.owing(one, rules, brief, zone)),
                None => lines.push(self.words().owed_by_policy(one.policy)),
            }
        }
        let backs = self.ledger.rollbacks_of(change).into_iter();
        lines.extend(backs.map(|back| self.words().taken_back(back, zone, &|id| self.name(id))));
        lines
    }

    /// Of what the ticket said when it was decided nothing is owed: what did not pass then stands in the brief.
    fn owing(&self, one: &Emergency, rules: &EmergencyRules, brief: Option<&Brief>, zone: Tz) -> Vec<String> {
        let passed = |clause: &&str| brief.is_some_and(|b| b.gates.iter().all(|gate| gate.clause != *clause));
        let kept: BTreeSet<String> = rules.waiting().filter(passed).map(str::to_owned).collect();
        let all = owed(one, self.ledger.emergencies.values(), rules, &kept);
        all.iter().map(|owed| self.words().owed(owed, zone)).collect()
    }

    /// The rules of the policy that an entry names, where it is one of the two that the document is made from.
    pub(super) fn rules_of(&self, named: Digest) -> Option<&EmergencyRules> {
        if named == self.policy_digest {
            return Some(&self.policy.emergency);
        }
        let bytes = record::canonical::to_bytes(self.rules).ok()?;
        (Digest::of(&bytes) == named).then_some(&self.rules.emergency)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::{DateTime, TimeZone as _, Utc};
    use domain::change::Window;
    use domain::emergency::{Asserted, EmergencyBody};
    use domain::ids::{BoardId, EntryId, MeetingId, MemberId};
    use domain::ledger::Ledger;
    use domain::policy::{Policy, Strength};
    use domain::roster::Roster;

    use super::*;

    fn at(hour: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 27, hour, 40, 0).single().expect("a time of the day")
    }

    fn emergency() -> Emergency {
        let text = |s: &str| s.to_owned();
        let body = EmergencyBody {
            backout: text("Deploy 4.1.9 again"),
            breaks: text("payments"),
            change: ChangeKey::new("EMG", 1),
            consulted: text("Head of\nRetail"),
            deployer: text("Dora Lind"),
            facts: Asserted { corrects_error: true, current_release: true, major_impact: true },
            incident: text("INC-7"),
            plan: text("Deploy 4.2.1"),
            window: Window { start: at(22), end: at(23), zone: text("UTC") },
        };
        let change = ChangeKey::new("CHG", 17);
        Emergency {
            entry: EntryId([1; 32]),
            actor: MemberId(uuid::Uuid::from_u128(3)),
            claimed: at(22),
            policy: Digest([0; 32]),
            body,
            bound: Some(domain::emergency::Bound { entry: EntryId([2; 32]), change, claimed: at(23) }),
            met: BTreeMap::from([("R28".to_owned(), (EntryId([3; 32]), "On page 4".to_owned()))]),
            proposed: None,
        }
    }

    #[test]
    fn an_emergency_says_who_declared_it_after_consulting_whom_and_what_it_owes_by_when() {
        let policy = Policy::built_in(Strength::Starter);
        let roster = Roster {
            schema: Roster::SCHEMA.to_owned(),
            board: BoardId(uuid::Uuid::from_u128(9)),
            name: "Board".to_owned(),
            version: 1,
            created: at(8),
            members: Vec::new(),
            root_holders: Vec::new(),
            threshold: 1,
            certificate_root: String::new(),
        };
        let mut ledger = Ledger::default();
        ledger.emergencies.insert(EntryId([1; 32]), emergency());
        let source = Source {
            roster: &roster,
            policy: &policy,
            policy_digest: Digest([0; 32]),
            rules: &policy,
            ledger: &ledger,
            meeting: MeetingId(uuid::Uuid::from_u128(50)),
            made_at: at(22),
            evidence: Digest([0; 32]),
            certificate_root: None,
            checkpoint: None,
        };
        let said = source.emergencies(&ChangeKey::new("CHG", 17), None, Tz::UTC);
        assert!(said[0].starts_with("Declared an emergency as EMG-1 by member "), "{}", said[0]);
        assert!(said[0].contains("incident INC-7. Broken: payments. Consulted: Head of Retail."), "{}", said[0]);
        assert_eq!(said[1], "Owed by 28 Nov 2026, 22:40 UTC: A ticket for EMG-1 (R11): done: bound to CHG-17");
        assert!(
            said.contains(&"Owed by 2 Dec 2026, 22:40 UTC: The plan: Documentation (R28): done: On page 4".to_owned())
        );
        assert_eq!(
            said.last().map(String::as_str),
            Some("Owed by 4 Dec 2026, 23:40 UTC: The review after it (R66): open")
        );
        assert_eq!(source.emergencies(&ChangeKey::new("CHG", 18), None, Tz::UTC), Vec::<String>::new());
        let unknown = Source { policy_digest: Digest([5; 32]), ..source };
        let said = unknown.emergencies(&ChangeKey::new("CHG", 17), None, Tz::UTC);
        assert_eq!(said[1], "What it owes by when policy 00000000 says.");
    }
}
