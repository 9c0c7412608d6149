//! What waivers make of the outcomes.
use super::{DEPARTMENTS, GateOutcome, GateResult, quoted};
use crate::policy::Policy;

/// A waiver in force, with the names of its two people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The gate's stable id.
    pub gate: String,
    /// Its clause.
    pub clause: String,
    /// Who waived it.
    pub by: String,
    /// Who seconded it.
    pub second: String,
    /// Why.
    pub reason: String,
}

/// The outcomes with what waivers cover: a gate that fails or cannot be judged, and that the policy lets two people waive,
/// is waived, and says by whom and why. Everything else stays as it is; a hard gate always does, and so does that of the
/// departments, whose slots are waived one by one ([`waive_slots`](super::waive_slots)).
#[must_use]
pub fn waive(outcomes: Vec<GateOutcome>, waivers: &[Waiver], policy: &Policy) -> Vec<GateOutcome> {
    outcomes.into_iter().map(|outcome| waived(outcome, waivers, policy)).collect()
}

fn waived(outcome: GateOutcome, waivers: &[Waiver], policy: &Policy) -> GateOutcome {
    if !can_be_waived(&outcome, policy) || outcome.gate.id == DEPARTMENTS {
        return outcome;
    }
    let covers = |w: &&Waiver| w.gate == outcome.gate.id && w.clause == outcome.gate.clause;
    let Some(waiver) = waivers.iter().find(covers) else { return outcome };
    let why = format!(
        "{}; waived by {}, seconded by {} (R69): {}",
        outcome.why,
        waiver.by,
        waiver.second,
        quoted(&waiver.reason)
    );
    GateOutcome { result: GateResult::Waived, blocks: false, why, satisfied_by: String::new(), ..outcome }
}

/// Whether a waiver could do anything: the gate blocks, and the policy lets two people waive it.
#[must_use]
pub fn can_be_waived(outcome: &GateOutcome, policy: &Policy) -> bool {
    let broken = match outcome.result {
        GateResult::Failed | GateResult::NoEvidence => outcome.blocks,
        GateResult::Passed | GateResult::Waived | GateResult::Warned | GateResult::NotApplicable => false,
    };
    broken && policy.may_waive(&outcome.gate.clause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::{Gate, HARD_CLAUSES};
    use crate::policy::Strength;

    fn outcome(clause: &str, result: GateResult) -> GateOutcome {
        let blocks = matches!(result, GateResult::Failed | GateResult::NoEvidence);
        GateOutcome {
            gate: Gate::new("backout", clause, "Plan: Backout plan"),
            result,
            blocks,
            control: String::new(),
            looked_at: "0 characters".to_owned(),
            why: "missing".to_owned(),
            satisfied_by: if blocks { "write it".to_owned() } else { String::new() },
        }
    }

    fn waiver(gate: &str, clause: &str) -> Waiver {
        Waiver {
            gate: gate.to_owned(),
            clause: clause.to_owned(),
            by: "Ada".to_owned(),
            second: "Grace".to_owned(),
            reason: "A regulator's deadline".to_owned(),
        }
    }

    fn waived_by(policy: &Policy, outcome: GateOutcome, waiver: Waiver) -> GateOutcome {
        waive(vec![outcome], &[waiver], policy).remove(0)
    }

    #[test]
    fn a_broken_gate_that_the_policy_lets_two_waive_is_waived_and_nothing_else_is() {
        use GateResult as G;
        let policy = Policy { waivable: vec!["R23".to_owned()], ..Policy::built_in(Strength::Full) };
        for (result, gate, clause, then) in [
            (G::Failed, "backout", "R23", G::Waived),
            (G::NoEvidence, "backout", "R23", G::Waived),
            (G::Passed, "backout", "R23", G::Passed),
            (G::Warned, "backout", "R23", G::Warned),
            (G::NotApplicable, "backout", "R23", G::NotApplicable),
            // Another gate's, or another clause's.
            (G::Failed, "testing", "R23", G::Failed),
            (G::Failed, "backout", "R24", G::Failed),
        ] {
            let found = waived_by(&policy, outcome("R23", result), waiver(gate, clause));
            assert_eq!(found.result, then, "{result:?} {gate} {clause}");
            assert_eq!(found.blocks, matches!(then, G::Failed | G::NoEvidence));
        }
        let found = waived_by(&policy, outcome("R23", G::Failed), waiver("backout", "R23"));
        assert_eq!(found.why, "missing; waived by Ada, seconded by Grace (R69): “A regulator's deadline”");
        assert!(found.satisfied_by.is_empty(), "nothing is left to be done");
        let other = outcome("R24", G::Failed);
        assert_eq!(waived_by(&policy, other.clone(), waiver("backout", "R24")), other, "the policy does not list it");
    }

    #[test]
    fn no_policy_and_no_waiver_sets_a_hard_gate_aside() {
        for clause in HARD_CLAUSES.into_iter().chain(["R113", "R77"]) {
            for strength in [Strength::Observe, Strength::Starter, Strength::Full] {
                let policy = Policy { waivable: vec![clause.to_owned()], ..Policy::built_in(strength) };
                assert!(policy.check().is_err(), "{clause} {strength:?}");
                let broken = outcome(clause, GateResult::Failed);
                assert_eq!(waived_by(&policy, broken.clone(), waiver("backout", clause)), broken, "{clause}");
            }
        }
    }

    #[test]
    fn what_starter_and_full_never_waive_a_board_that_observes_may() {
        let with = |strength| Policy { waivable: vec!["R39".to_owned()], ..Policy::built_in(strength) };
        assert!(with(Strength::Observe).check().is_ok() && with(Strength::Observe).may_waive("R39"));
        for strength in [Strength::Starter, Strength::Full] {
            let policy = with(strength);
            let error = policy.check().expect_err("never waived").to_string();
            assert_eq!(error, "R39 is never waived in starter and full; leave it out");
            assert!(!policy.may_waive("R39"));
        }
    }
}
