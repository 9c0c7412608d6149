use proptest::prelude::*;

use super::*;
use crate::policy::Strength;

fn starter() -> Policy {
    Policy::built_in(Strength::Starter)
}

/// A policy that asks for 80 % and two approvals, and differs for these types.
fn differing(types: &[(ReleaseType, TypeRules)]) -> Policy {
    Policy { coverage_percent: 80, review_approvals: 2, types: types.iter().cloned().collect(), ..starter() }
}

#[test]
fn each_threshold_is_that_of_the_type_or_else_that_of_every_change() {
    use ReleaseType::{Emergency, Major, Minor, Patch};
    let policy = differing(&[
        (Major, TypeRules { coverage_percent: Some(90), lead_time_days: Some(10), ..TypeRules::default() }),
        (Minor, TypeRules { review_approvals: Some(3), ..TypeRules::default() }),
        (Patch, TypeRules { coverage_percent: Some(0), review_approvals: Some(0), ..TypeRules::default() }),
    ]);
    let every = |number| Threshold { number, of: None };
    let own = |release, number| Threshold { number, of: Some(release) };
    for (release, coverage, approvals, lead_time) in [
        (Major, own(Major, 90), every(2), own(Major, 10)),
        (Minor, every(80), own(Minor, 3), every(0)),
        (Patch, own(Patch, 0), own(Patch, 1), every(0)),
        (Emergency, every(80), every(2), every(0)),
    ] {
        let found = (policy.coverage_of(release), policy.approvals_of(release), policy.lead_time_of(release));
        assert_eq!(found, (coverage, approvals, lead_time), "{release:?}");
    }
    assert!(policy.asks_lead_time() && !starter().asks_lead_time());
    assert_eq!(own(Major, 90).said("it is 90 %"), "for a major release: it is 90 %");
    assert_eq!(every(80).said("it is 80 %"), "it is 80 %");
}

#[test]
fn what_a_type_takes_blocks_for_it_alone_and_only_tests_can() {
    let tests = ["R8", "R62", "R36", "R30"].map(str::to_owned).to_vec();
    let mut policy = differing(&[(ReleaseType::Major, TypeRules { tests, ..TypeRules::default() })]);
    policy.blocking = vec!["R62".to_owned()];
    for release in ReleaseType::ALL {
        let judged = policy.of_release(release);
        let blocks = ["R8", "R62", "R36", "R7"].map(|clause| judged.blocks(clause));
        assert_eq!(blocks, [release == ReleaseType::Major, true, false, false], "{release:?}");
        let taken = ["R8", "R62", "R36", "R30"].map(|clause| policy.takes_test(clause, release));
        assert_eq!(taken, [release == ReleaseType::Major, false, false, false], "{release:?}");
    }
}

#[test]
fn types_that_cannot_be_followed_are_refused_by_what_is_wrong() {
    let tests = |of: &[&str]| TypeRules { tests: of.iter().map(|test| (*test).to_owned()).collect(), ..sound() };
    for (rules, says) in [
        (TypeRules::default(), "types is empty"),
        (TypeRules { coverage_percent: Some(101), ..sound() }, "types: 101 % can never be reached; give 0 to 100"),
        (TypeRules { lead_time_days: Some(367), ..sound() }, "types: major: a lead time is 366 days at most"),
        (tests(&["R7", "R36"]), "types: R36 is no clause of tests; give of R7, R8, R9, R10, R62, R81, R83"),
        (tests(&["R7", "R7"]), "types names R7 twice"),
    ] {
        let policy = differing(&[(ReleaseType::Major, rules)]);
        assert_eq!(policy.check().map_err(|error| error.to_string()), Err(says.to_owned()));
    }
    let mut policy = differing(&[(ReleaseType::Major, sound())]);
    assert_eq!(policy.check(), Ok(()));
    policy.material.retain(|field| *field != MaterialField::Version);
    let refused = policy.check().map_err(|error| error.to_string());
    assert_eq!(refused, Err("types looks at version, which is not in material; name it there".to_owned()));
}

fn sound() -> TypeRules {
    TypeRules { lead_time_days: Some(5), ..TypeRules::default() }
}

#[test]
fn the_bytes_of_policies_without_types_stay_what_they_were() {
    let plain = serde_json::to_string(&starter()).expect("a policy is data");
    assert!(!plain.contains("types"), "{plain}");
    let policy = differing(&[(ReleaseType::Major, sound())]);
    let json = serde_json::to_value(&policy).expect("a policy is data");
    assert_eq!(json["types"], serde_json::json!({"major": {"lead_time_days": 5}}));
    assert_eq!(serde_json::from_value::<Policy>(json).ok(), Some(policy));
    let unknown = serde_json::json!({"coverage": 5});
    assert!(serde_json::from_value::<TypeRules>(unknown).is_err());
}

proptest! {
    #[test]
    fn without_types_every_release_is_asked_the_same(
        coverage_percent in 0..=100_u32,
        review_approvals in 0..=20_u32,
        release in prop::sample::select(ReleaseType::ALL.to_vec()),
        other in prop::sample::select(ReleaseType::ALL.to_vec()),
    ) {
        let plain = Policy { coverage_percent, review_approvals, ..starter() };
        let strict = TypeRules {
            coverage_percent: Some(100),
            review_approvals: Some(20),
            lead_time_days: Some(9),
            tests: TESTS.iter().map(|test| (*test).to_owned()).collect(),
        };
        let differs = Policy { types: [(other, strict)].into(), ..plain.clone() };
        let asked = |policy: &Policy| {
            let thresholds = [policy.coverage_of(release), policy.approvals_of(release), policy.lead_time_of(release)];
            (thresholds, policy.of_release(release).blocking.clone())
        };
        let every = |number| Threshold { number, of: None };
        let general = ([every(coverage_percent), every(review_approvals.max(1)), every(0)], plain.blocking.clone());
        prop_assert_eq!(&asked(&plain), &general);
        // What a type is asked is no other's concern.
        prop_assert_eq!(asked(&differs) == general, other != release);
    }
}
