//! The rules of emergencies: what was declared, what may wait, what is overdue, and what was taken back.
use chrono::{DateTime, Utc};

use super::{Gate, GateOutcome, GateResult, Look, quoted};
use crate::change::{ChangeKind, ChangeRequest, Deployment};
use crate::emergency::{Emergency, Owed, Rollback};
use crate::policy::Policy;

/// R49, R51 and R65: an emergency is declared by the Service Manager, with its three facts, its incident and whoever was
/// consulted; where the ticket names an incident, it is the same one.
#[must_use]
pub fn declaration_gate(change: &ChangeRequest, declared: Option<&Emergency>, policy: &Policy) -> GateOutcome {
    let gate = Gate::new("emergency", "R49", "The emergency is declared");
    match (declared, change.kind == Some(ChangeKind::Emergency)) {
        (Some(emergency), _) => {
            let body = &emergency.body;
            let seen = format!("incident: {}; consulted: {}", quoted(&body.incident), quoted(&body.consulted));
            let look = Look::at(gate, seen);
            if names(&change.incident, &body.incident) {
                look.passed("declared: it corrects an error, in the current release, with major impact")
            } else {
                let (declared, ticket) = (quoted(&body.incident), quoted(&change.incident));
                look.broken(
                    policy,
                    format!("it was declared for incident {declared}, and the ticket names {ticket} (R65)"),
                    "name the incident of the declaration on the ticket, or declare it again for the ticket's",
                )
            }
        }
        (None, true) => Look::at(gate, "declarations: none").broken(
            policy,
            "the ticket says emergency, and the Service Manager has not declared one",
            "the Service Manager declares it: `cab emergency declare`",
        ),
        (None, false) => Look::at(gate, "the kind of the change").not_applicable("the change is no emergency"),
    }
}

/// Whether what a ticket's field says names this incident, if it names any: it alone, or among other words.
fn names(field: &str, incident: &str) -> bool {
    let tidy = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let (field, incident) = (tidy(field), tidy(incident));
    let part_of_a_key = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let whole = |at: usize| {
        let (before, after) = (&field[..at], &field[at + incident.len()..]);
        !before.ends_with(part_of_a_key) && !after.starts_with(part_of_a_key)
    };
    field.is_empty() || field.match_indices(incident.as_str()).any(|(at, _)| whole(at))
}

/// R50: what the policy lets wait no longer blocks: it is owed by its date. Whatever is not owed stays as it was judged,
/// and so do the required fields and the hard blocks, which nothing lets wait.
#[must_use]
pub fn deferred(outcomes: Vec<GateOutcome>, owed: &[Owed]) -> Vec<GateOutcome> {
    let defer = |outcome: GateOutcome| {
        let blocked = matches!(outcome.result, GateResult::Failed | GateResult::NoEvidence) && outcome.blocks;
        let waits = owed.iter().find(|one| one.met.is_none() && one.id == outcome.gate.clause);
        match waits.filter(|_| blocked && !outcome.gate.hard) {
            Some(one) => GateOutcome {
                result: GateResult::Warned,
                blocks: false,
                why: format!("{}; it waits until {}, by the emergency (R50)", outcome.why, day(one.due)),
                ..outcome
            },
            None => outcome,
        }
    };
    outcomes.into_iter().map(defer).collect()
}

/// R53: while something that an emergency or a broken glass owes is overdue, the change is not closed, and nothing more is
/// approved of it. Nobody keeps a ticket from being closed in its own system: `closed` says that it was, which is a breach.
#[must_use]
pub fn owed_gate(owed: &[Owed], closed: bool, now: DateTime<Utc>) -> GateOutcome {
    let gate = Gate::new("emergency-owed", "R53", "Nothing that is owed is overdue");
    let open = owed.iter().filter(|one| one.met.is_none()).count();
    let look = Look::at(gate, format!("{open} of {} obligations open", owed.len()));
    let late: Vec<String> =
        owed.iter().filter(|o| o.overdue(now)).map(|o| format!("{} (due {})", o.what, day(o.due))).collect();
    if late.is_empty() {
        look.passed("nothing is overdue")
    } else if closed {
        let by = "open the ticket again, or do it and say so: `cab emergency review`, `cab obligation met`; the next agenda \
                  begins with it";
        look.failed(format!("the ticket was closed while this was overdue: {}", late.join(", ")), by)
    } else {
        let by = "do it and say so: `cab emergency review`, `cab obligation met`; the next agenda begins with it";
        look.failed(format!("overdue: {}", late.join(", ")), by)
    }
}

/// R95: what was taken back is not deployed again until it is revalidated, whether somebody recorded it or only the ticket
/// tells of it. Taking it back is never kept from anybody.
#[must_use]
pub fn redeployment_gate(rollbacks: &[&Rollback], told: &[&Deployment]) -> GateOutcome {
    let gate = Gate::new("rolled-back", "R95", "What was taken back is revalidated");
    let look = Look::at(gate, format!("{} taken back, {} told by the ticket alone", rollbacks.len(), told.len()));
    let open = rollbacks.iter().find(|one| one.revalidated.is_none());
    match (open, told.last()) {
        (Some(open), _) => look.failed(
            format!("taken back on {}, incident {}", day(open.at), quoted(&open.incident)),
            "find the root cause, show that it works, and say so: `cab emergency revalidate`",
        ),
        (None, Some(told)) => look.failed(
            format!(
                "the ticket says that the deployment was rolled back ({}, field {}), and nobody named the incident",
                day(told.at),
                quoted(&told.source)
            ),
            "name the incident: `cab emergency rolled-back`; then find the root cause, show that it works, and say so: \
             `cab emergency revalidate`",
        ),
        (None, None) => look.passed("each was revalidated"),
    }
}

/// `2026-03-09 22:00 UTC`.
fn day(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::Duration;

    use super::*;
    use crate::emergency::tests::declared;
    use crate::emergency::{EmergencyRules, Revalidation, owed, unrecorded};
    use crate::gate::fixture::{at, change, id};
    use crate::gate::{blocking, evaluate};
    use crate::ids::EntryId;
    use crate::plan::PlanSection;
    use crate::policy::Strength;
    use crate::risk::RiskLevel;

    #[test]
    fn an_emergency_that_nobody_declared_warns_or_blocks_as_the_policy_says() {
        let emergency = declared(1, change().key, at(22));
        let urgent = ChangeRequest { kind: Some(ChangeKind::Emergency), ..change() };
        let mut strict = Policy::built_in(Strength::Starter);
        strict.blocking.push("R49".to_owned());
        let mild = Policy::built_in(Strength::Starter);
        for (change, declared, policy, result, blocks) in [
            (&urgent, None, &mild, GateResult::Warned, false),
            (&urgent, None, &strict, GateResult::Failed, true),
            (&urgent, Some(&emergency), &strict, GateResult::Passed, false),
            (&change(), Some(&emergency), &strict, GateResult::Passed, false),
            (&change(), None, &strict, GateResult::NotApplicable, false),
        ] {
            let outcome = declaration_gate(change, declared, policy);
            assert_eq!((outcome.result, outcome.blocks), (result, blocks), "{outcome:?}");
        }
    }

    #[test]
    fn the_incident_of_the_declaration_is_the_one_that_the_ticket_names_if_it_names_any() {
        let emergency = declared(1, change().key, at(22));
        let mut strict = Policy::built_in(Strength::Starter);
        strict.blocking.push("R49".to_owned());
        let mild = Policy::built_in(Strength::Starter);
        for (field, same) in [
            ("", true),
            ("INC-7", true),
            (" inc-7\n", true),
            ("INC-7: the shop is down", true),
            ("https://tickets.example/INC-7", true),
            ("INC-4, INC-7", true),
            ("INC-77", false),
            ("INC-7-B", false),
            ("XINC-7", false),
            ("INC-8", false),
        ] {
            let ticket = ChangeRequest { incident: field.to_owned(), ..change() };
            let (under, over) = (
                declaration_gate(&ticket, Some(&emergency), &mild),
                declaration_gate(&ticket, Some(&emergency), &strict),
            );
            let expected = if same { GateResult::Passed } else { GateResult::Warned };
            assert_eq!((under.result, over.blocks), (expected, !same), "{field:?}: {}", over.why);
        }
    }

    /// A change that lacks everything, judged above Medium under the strictest policy.
    fn bare() -> Vec<GateOutcome> {
        let mut bare = change();
        bare.plan.clear();
        bare.description.text.clear();
        bare.reason.clear();
        bare.affected_systems.clear();
        bare.version.clear();
        bare.security_scan_status.clear();
        bare.environment.clear();
        bare.source_branch.clear();
        bare.rollback_evidence.clear();
        bare.remote_id.clear();
        bare.details_synced = false;
        evaluate(&bare, Some(RiskLevel::High), &Policy::built_in(Strength::Full), false, &[])
    }

    fn blocked(outcomes: &[GateOutcome]) -> BTreeSet<String> {
        blocking(outcomes).map(|o| o.gate.clause.clone()).collect()
    }

    #[test]
    fn only_what_the_policy_calls_deferrable_waits_and_never_a_required_field_or_a_hard_block() {
        let before = blocked(&bare());
        let mandatory = PlanSection::ALL.into_iter().filter(|s| s.mandatory_above_low()).map(PlanSection::clause);
        let sections: BTreeSet<String> = mandatory.map(str::to_owned).collect();
        let emergency = declared(1, change().key, at(22));
        let after = |deferrable: &[&str]| {
            let deferrable = deferrable.iter().map(|clause| (*clause).to_owned()).collect();
            let rules = EmergencyRules { deferrable, ..EmergencyRules::default() };
            blocked(&deferred(bare(), &owed(&emergency, [&emergency], &rules, &BTreeSet::new())))
        };
        assert_eq!(after(&[]), before, "nothing waits by itself");
        let all: Vec<&str> = before.iter().map(String::as_str).collect();
        let left: BTreeSet<String> = before.difference(&sections).cloned().collect();
        assert_eq!(after(&all), left, "a policy that calls everything deferrable lets the plan wait, and no more");
        for clause in ["R11", "R32", "R36", "R37", "R38", "R39", "R40", "R41", "R42", "R84"] {
            assert!(left.contains(clause), "{clause}");
        }
        assert_eq!(before.difference(&after(&["R25"])).collect::<Vec<_>>(), ["R25"]);
    }

    #[test]
    fn what_waits_says_until_when_and_blocks_again_once_it_is_said_to_be_done() {
        let mut emergency = declared(1, change().key, at(22));
        let rules = EmergencyRules::default();
        let judged = |emergency: &Emergency| {
            let owed = owed(emergency, [emergency], &rules, &BTreeSet::new());
            deferred(bare(), &owed).into_iter().find(|o| o.gate.clause == "R25").expect("a section")
        };
        let waits = judged(&emergency);
        assert_eq!((waits.result, waits.blocks), (GateResult::Warned, false));
        assert!(waits.why.ends_with("it waits until 2026-03-09 22:00 UTC, by the emergency (R50)"), "{}", waits.why);
        emergency.met.insert("R25".to_owned(), (EntryId([9; 32]), "On the ticket".to_owned()));
        assert!(judged(&emergency).blocks, "then it stands on the ticket, or is not done");
    }

    #[test]
    fn what_is_overdue_keeps_the_change_open() {
        let emergency = declared(1, change().key, at(22));
        let rules = EmergencyRules { deferrable: Vec::new(), ..EmergencyRules::default() };
        let mut all = owed(&emergency, [&emergency], &rules, &BTreeSet::new());
        let due = all.first().expect("the review").due;
        for closed in [false, true] {
            assert_eq!(owed_gate(&all, closed, due).result, GateResult::Passed, "owed and not late is no breach");
        }
        for (closed, says) in [(false, "overdue"), (true, "the ticket was closed while this was overdue")] {
            let late = owed_gate(&all, closed, due + Duration::seconds(1));
            assert_eq!((late.result, late.blocks), (GateResult::Failed, true));
            assert_eq!(late.why, format!("{says}: The review after it (due 2026-03-11 23:00 UTC)"));
            assert_eq!(late.satisfied_by.starts_with("open the ticket again"), closed, "{}", late.satisfied_by);
        }
        for one in &mut all {
            one.met = Some("Held".to_owned());
        }
        assert_eq!(owed_gate(&all, true, due + Duration::days(9)).result, GateResult::Passed);
    }

    #[test]
    fn nothing_is_deployed_again_until_each_rollback_is_revalidated() {
        let mut told = Rollback {
            entry: EntryId([1; 32]),
            actor: id(1),
            change: change().key,
            incident: "INC-8".to_owned(),
            at: at(23),
            revalidated: None,
        };
        let open = redeployment_gate(&[&told], &[]);
        assert_eq!((open.result, open.blocks), (GateResult::Failed, true));
        assert_eq!(open.why, "taken back on 2026-03-04 23:00 UTC, incident “INC-8”");
        let again = told.clone();
        told.revalidated = Some(Revalidation {
            entry: EntryId([2; 32]),
            actor: id(1),
            claimed: at(23),
            root_cause: "A missing index".to_owned(),
            note: "Run 9 was green".to_owned(),
        });
        assert_eq!(redeployment_gate(&[&told], &[]).result, GateResult::Passed);
        assert!(redeployment_gate(&[&told, &again], &[]).blocks, "the second time it is taken back as well");
    }

    #[test]
    fn what_the_ticket_says_was_rolled_back_is_not_deployed_again_though_nobody_recorded_it() {
        use crate::change::DeploymentState::{Failed, Finished, RolledBack, Started};
        let event = |state, hour: u32| Deployment {
            state,
            at: at(hour),
            by: "Tom".to_owned(),
            source: "Deployment".to_owned(),
        };
        let recorded = |revalidated: Option<u32>| Rollback {
            entry: EntryId([1; 32]),
            actor: id(1),
            change: change().key,
            incident: "INC-8".to_owned(),
            at: at(9),
            revalidated: revalidated.map(|hour| Revalidation {
                entry: EntryId([2; 32]),
                actor: id(1),
                claimed: at(hour),
                root_cause: "A missing index".to_owned(),
                note: "Run 9 was green".to_owned(),
            }),
        };
        for (told, known, left) in [
            (vec![], vec![], 0),
            (vec![event(Started, 8), event(Finished, 9)], vec![], 0),
            (vec![event(Failed, 9)], vec![], 0),
            (vec![event(Started, 8), event(RolledBack, 9)], vec![], 1),
            // Redeployed in between by whoever asked nobody: it is demanded all the same.
            (vec![event(RolledBack, 9), event(Finished, 10)], vec![], 1),
            // Recorded, and open: it answers for what the ticket tells, and blocks by itself.
            (vec![event(RolledBack, 9)], vec![recorded(None)], 0),
            (vec![event(RolledBack, 9)], vec![recorded(Some(11))], 0),
            (vec![event(RolledBack, 11)], vec![recorded(Some(11))], 0),
            // Taken back once more after it was revalidated.
            (vec![event(RolledBack, 9), event(RolledBack, 12)], vec![recorded(Some(11))], 1),
            (vec![event(RolledBack, 9), event(RolledBack, 12)], vec![recorded(Some(11)), recorded(Some(14))], 0),
            // By a clock that is ahead: of what is still to come nothing was revalidated.
            (vec![event(RolledBack, 16)], vec![recorded(Some(23))], 1),
        ] {
            let known: Vec<&Rollback> = known.iter().collect();
            let found = unrecorded(&told, &known, at(15));
            assert_eq!(found.len(), left, "{told:?}, {known:?}");
            let outcome = redeployment_gate(&known, &found);
            let open = left > 0 || known.iter().any(|one| one.revalidated.is_none());
            assert_eq!((outcome.result == GateResult::Failed, outcome.blocks), (open, open), "{outcome:?}");
        }
        let told = event(RolledBack, 9);
        let why = redeployment_gate(&[], &[&told]).why;
        assert!(why.contains("2026-03-04 09:00 UTC, field “Deployment”), and nobody named the incident"), "{why}");
    }
}
