//! What a waiver makes of the real outcome of each row (R69).
use super::*;

/// The gates that have rows here.
pub(in crate::gate) fn ids() -> BTreeSet<String> {
    ROWS.iter().chain(MORE).map(|(gate, ..)| (*gate).to_owned()).collect()
}

fn waiver(gate: &str, clause: &str) -> Waiver {
    Waiver {
        gate: gate.to_owned(),
        clause: clause.to_owned(),
        by: "Ann".to_owned(),
        second: "Ben".to_owned(),
        reason: "once".to_owned(),
    }
}

#[test]
fn a_waiver_sets_the_real_broken_outcome_of_every_row_aside_and_nothing_that_does_not_block() {
    let mut waived: BTreeSet<String> = BTreeSet::new();
    for (n, (gate, at_hand, ..)) in ROWS.iter().chain(MORE).enumerate() {
        let mut story = Story::new();
        let clause = story.outcome(gate).gate.clause;
        story.policy.blocking = vec![clause.clone()];
        at_hand(&mut story);
        let found = story.outcome(gate);
        for strength in [Strength::Observe, Strength::Starter, Strength::Full] {
            let of = format!("row {n}, {gate} {strength:?}");
            let silent = Policy::built_in(strength);
            let listing = Policy { waivable: vec![clause.clone()], ..silent.clone() };
            let under = |gate: &str, clause: &str, policy: &Policy| {
                waive(vec![found.clone()], &[waiver(gate, clause)], policy).remove(0)
            };
            // Where no policy lists it, and by the waiver of another gate or clause, it stays as it is.
            assert_eq!(under(gate, &clause, &silent), found, "{of}");
            assert_eq!(under("another", &clause, &listing), found, "{of}");
            assert_eq!(under(gate, "R0", &listing), found, "{of}");
            let left = under(gate, &clause, &listing);
            if !found.blocks {
                assert_eq!(left, found, "{of}: what passes or only advises leaves nothing to waive");
                continue;
            }
            listing.check().expect("two may waive it");
            assert_eq!((left.result, left.blocks), (Waived, false), "{of}");
            assert_eq!(left.why, format!("{}; waived by Ann, seconded by Ben (R69): “once”", found.why), "{of}");
            assert_eq!((&left.looked_at, left.satisfied_by.as_str()), (&found.looked_at, ""), "{of}");
            waived.insert(found.gate.id.clone());
        }
    }
    // A branch's name only advises (R6), and so do findings that contradict the ticket's word: its fields are R40's.
    let advise: Vec<String> =
        catalogue().into_iter().map(|gate| gate.id).filter(|gate| !waived.contains(gate)).collect();
    assert_eq!(advise, ["work-branch", "scan-findings"]);
}
