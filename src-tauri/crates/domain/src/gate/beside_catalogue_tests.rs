//! Gates that no catalogue lists, and waivers: the lead time (R56), how the window is watched (R110), and whether others
//! than who committed carry an approval (R89).
use super::fixture::{account, board, change, id};
use super::*;
use crate::chain::ReleaseType;
use crate::policy::{Strength, TypeRules};

fn waiver(gate: &str, clause: &str) -> Waiver {
    Waiver {
        gate: gate.to_owned(),
        clause: clause.to_owned(),
        by: "Ann".to_owned(),
        second: "Ben".to_owned(),
        reason: "once".to_owned(),
    }
}

/// A policy that blocks these clauses and lists them as such that two may waive. It asks a major release for a lead time.
fn policy(strength: Strength, clauses: &[&str]) -> Policy {
    let mut policy = Policy::built_in(strength);
    policy.types.insert(ReleaseType::Major, TypeRules { lead_time_days: Some(5), ..TypeRules::default() });
    policy.blocking.extend(clauses.iter().map(|clause| (*clause).to_owned()));
    policy.waivable = clauses.iter().map(|clause| (*clause).to_owned()).collect();
    policy
}

/// A major release whose window begins on the day of its ticket, and whose plan says nothing of how it is watched.
fn hurried() -> ChangeRequest {
    let mut change = ChangeRequest { version: "5.0.0".to_owned(), ..change() };
    change.plan.clear();
    change
}

fn window_watch(change: &ChangeRequest, policy: &Policy) -> GateOutcome {
    let outcomes = evaluate(change, None, policy, false, &[]);
    outcomes.into_iter().find(|outcome| outcome.gate.id == "window-watch").expect("a gate of the plan")
}

#[test]
fn lead_time_and_the_watch_of_the_window_are_waived_where_the_policy_lists_them_and_by_their_own_waiver() {
    type Judge = fn(&ChangeRequest, &Policy) -> GateOutcome;
    let cases: [(&str, &str, Judge, GateResult, &str); 2] = [
        (
            "lead-time",
            "R56",
            lead_time_gate,
            GateResult::Failed,
            "for a major release: the window begins 19 hours after the ticket was made, and the policy asks for 5 days",
        ),
        (
            "window-watch",
            "R110",
            window_watch,
            GateResult::NoEvidence,
            "the plan says nothing of how the window is watched",
        ),
    ];
    for (gate, clause, judge, result, why) in cases {
        for strength in [Strength::Observe, Strength::Starter, Strength::Full] {
            let listing = policy(strength, &[clause]);
            let broken = judge(&hurried(), &listing);
            let told = (broken.result, broken.blocks, broken.gate.hard, broken.why.as_str());
            assert_eq!(told, (result, true, false, why), "{gate} {strength:?}");
            let by = |waiver: Waiver, policy: &Policy| waive(vec![broken.clone()], &[waiver], policy).remove(0);
            let waived = by(waiver(gate, clause), &listing);
            assert_eq!((waived.result, waived.blocks), (GateResult::Waived, false), "{gate} {strength:?}");
            assert_eq!(waived.why, format!("{why}; waived by Ann, seconded by Ben (R69): “once”"));
            assert_eq!((waived.looked_at, waived.satisfied_by), (broken.looked_at.clone(), String::new()), "{gate}");
            // Neither another gate's waiver sets it aside, nor one that the policy does not list.
            let silent = Policy { waivable: Vec::new(), ..listing.clone() };
            assert_eq!(by(waiver("coverage", clause), &listing), broken, "{gate} {strength:?}");
            assert_eq!(by(waiver(gate, "R23"), &listing), broken, "{gate} {strength:?}");
            assert_eq!(by(waiver(gate, clause), &silent), broken, "{gate} {strength:?}");
        }
        // What only advises has nothing to waive.
        let advising = Policy { waivable: vec![clause.to_owned()], ..policy(Strength::Starter, &[]) };
        let advised = judge(&hurried(), &advising);
        assert_eq!(waive(vec![advised.clone()], &[waiver(gate, clause)], &advising), [advised], "{gate}");
    }
}

#[test]
fn own_code_says_whose_it_is_and_what_is_missing_and_no_waiver_sets_it_aside() {
    let mut roster = board(4);
    for (member, git) in roster.members.iter_mut().zip(["one@example.org", "two@example.org"]) {
        member.git = vec![git.to_owned()];
    }
    let mut change = change();
    change.committers = vec!["one@example.org".to_owned(), "two@example.org".to_owned()];
    change.deployer = Some(account("3", "Member 3"));
    let another = "another authority signs it off as well";
    let cases: [(&[u8], &str, &str, &str); 4] = [
        (
            &[2],
            "signed off and committed by: Member 2",
            "nobody signed it off who did not commit its code (R89)",
            another,
        ),
        (
            &[2, 1],
            "signed off and committed by: Member 1, Member 2",
            "nobody signed it off who did not commit its code (R89)",
            another,
        ),
        (
            &[1, 3],
            "signed off and committed by: Member 1",
            "only whoever deploys it signed it off beside who committed its code (R89)",
            another,
        ),
        (
            &[1, 4],
            "signed off and committed by: Member 1",
            "an authority who committed none of its code signed it off",
            "",
        ),
    ];
    for (signers, looked_at, why, by) in cases {
        let signers: Vec<_> = signers.iter().map(|n| id(*n)).collect();
        let outcome = own_code_gate(&change, &roster, &signers).expect("one of them committed");
        assert_eq!((outcome.gate.id.as_str(), outcome.gate.hard), (OWN_CODE, true));
        let told = (outcome.looked_at.as_str(), outcome.why.as_str(), outcome.satisfied_by.as_str());
        assert_eq!(told, (looked_at, why, by), "{signers:?}");
        let result = if by.is_empty() { GateResult::Passed } else { GateResult::Failed };
        assert_eq!((outcome.result, outcome.blocks), (result, !by.is_empty()), "{signers:?}");
        for strength in [Strength::Observe, Strength::Starter, Strength::Full] {
            let listing = policy(strength, &["R89"]);
            assert!(listing.check().is_err() && !can_be_waived(&outcome, &listing), "{strength:?}");
            let left = waive(vec![outcome.clone()], &[waiver(OWN_CODE, "R89")], &listing);
            assert_eq!(left, std::slice::from_ref(&outcome), "{strength:?} {signers:?}");
        }
    }
}
