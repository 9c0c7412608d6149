//! What stands beside the score: inherent risk, the matrix, the team's record, a proposal on past changes.
use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;

use super::tests::{PAYMENTS, assessment, build, but, sets};
use super::*;

type Inherently = (&'static [(&'static str, &'static str)], u32, &'static [(&'static str, u32)]);

#[test]
fn the_inherent_score_is_without_rollback_tests_and_steps() {
    let facts = Facts::default();
    let cases: [Inherently; 3] = [
        // All guards at their best: 12 + 6 + 6 + 3.
        (&[("I1", "medium"), ("I2", "one_team")], 8 + 27, &[("B1", 12), ("B2", 6), ("E1", 6), ("E2", 3)]),
        // B3 is what the change is, and no guard.
        (&[("B3", "irreversible"), ("E2", "all_at_once")], 7 + 24, &[("B1", 12), ("B2", 6), ("E1", 6)]),
        (&[("B1", "impossible"), ("B2", "over_or_unknown"), ("E1", "none"), ("E2", "all_at_once")], 27, &[]),
    ];
    for (answers, score, worth) in cases {
        let inherent = assessment(&but(answers), facts).inherent();
        let guards: Vec<(&str, u32)> = inherent.guards.iter().map(|g| (g.question.as_str(), g.worth)).collect();
        assert_eq!((inherent.score, guards.as_slice()), (score, worth), "{answers:?}");
    }
}

#[test]
fn a_guard_that_nobody_answered_guards_nothing() {
    let open = assessment(&[], Facts::default()).inherent();
    assert_eq!((open.score, open.residual, open.guards.len()), (100, 100, 0));
}

#[test]
fn the_inherent_level_keeps_the_floors_of_the_answers_as_they_are() {
    let patch = assessment(&but(&[("I1", "medium"), ("I2", "one_team")]), Facts::default()).inherent();
    assert_eq!((patch.level, patch.residual_level), (RiskLevel::Medium, RiskLevel::Low), "it has a rollback");
    let payments = assessment(&PAYMENTS, Facts::default()).inherent();
    assert_eq!((payments.residual, payments.residual_level), (74, RiskLevel::Critical));
    assert_eq!((payments.score, payments.level), (74 + 5 + 3, RiskLevel::Critical));
}

#[test]
fn the_matrix_multiplies_the_fifths_of_impact_and_of_everything_else() {
    let of = |answers: &[(&str, &str)]| {
        let matrix = assessment(answers, Facts::default()).matrix();
        (matrix.likelihood, matrix.impact, matrix.cell, matrix.level)
    };
    assert_eq!(of(&but(&[])), (1, 1, 1, RiskLevel::Low));
    assert_eq!(of(&[]), (5, 5, 25, RiskLevel::Critical));
    // Impact 8 of 34 lies in the second fifth.
    assert_eq!(of(&but(&[("I1", "medium"), ("I2", "one_team")])), (1, 2, 2, RiskLevel::Low));
    // Impact 34 of 34; the others 40 of 66 lie in the fourth fifth.
    assert_eq!(of(&PAYMENTS), (4, 5, 20, RiskLevel::Critical));
}

#[test]
fn wilsons_bound_is_that_of_the_usual_formula_rounded_down() {
    let cases = [
        (3, 3, 438, "0.44"),
        (19, 20, 763, "0.76"),
        (95, 100, 888, "0.89"),
        (0, 1, 0, "0.00"),
        (0, 5, 0, "0.00"),
        (1, 1, 206, "0.21"),
        (17, 20, 639, "0.64"),
        (20, 20, 838, "0.84"),
        (1_000, 1_000, 996, "1.00"),
        (u32::MAX, u32::MAX, 999, "1.00"),
    ];
    for (well, n, bound, shown) in cases {
        let record = TeamRecord::new(well, n).unwrap();
        assert_eq!(record.bound_per_mille(), Some(bound), "{well} of {n}");
        let words = record.words();
        assert!(words.contains(&format!("(n = {n})")) && words.contains(shown), "{words}");
    }
    assert_eq!(TeamRecord::new(0, 0).unwrap().bound_per_mille(), None);
    assert!(TeamRecord::new(0, 0).unwrap().words().contains("n = 0"));
    assert_eq!(TeamRecord::new(4, 3), None);
}

#[test]
fn the_raw_rate_answers_from_twenty_changes_on() {
    let cases = [
        (19, 19, "fair_or_unknown"),
        (0, 19, "fair_or_unknown"),
        (20, 20, "good"),
        (19, 20, "good"),
        (18, 20, "fair_or_unknown"),
        (17, 20, "fair_or_unknown"),
        (16, 20, "poor"),
        (94, 100, "fair_or_unknown"),
        (84, 100, "poor"),
        (0, 0, "fair_or_unknown"),
    ];
    let model = points_100();
    for (well, n, answer) in cases {
        let record = TeamRecord::new(well, n).unwrap();
        assert_eq!(record.answer(), answer, "{well} of {n}");
        assert!(model.question("E4").unwrap().choice(record.answer()).is_some());
    }
}

#[test]
fn a_record_counts_ninety_days_of_one_name_and_known_outcomes_only() {
    let now = DateTime::<Utc>::from_timestamp(1_780_000_000, 0).unwrap();
    let ended =
        |of: &str, days: i64, went_well| Outcome { of: of.to_owned(), ended: now - Duration::days(days), went_well };
    let outcomes = [
        ended("payments", 0, Some(true)),
        ended("payments", 90, Some(false)),
        ended("payments", 91, Some(false)),
        ended("payments", -1, Some(false)),
        ended("payments", 5, None),
        ended("search", 5, Some(false)),
    ];
    let record = TeamRecord::of("payments", &outcomes, now);
    assert_eq!((record.went_well(), record.n()), (1, 2));
    assert_eq!(TeamRecord::of("nobody", &outcomes, now).n(), 0);
}

fn past(number: u32, answers: &[(&str, &str)]) -> Past {
    Past { change: crate::ids::ChangeKey::new("CHG", number), assessment: assessment(answers, Facts::default()) }
}

#[test]
fn a_proposal_tells_which_past_changes_would_move() {
    // 8, 24 and 74 points; the last is Critical by a floor, whatever the bounds.
    let changes = [
        past(1, &but(&[("I1", "medium"), ("I2", "one_team")])),
        past(2, &but(&[("I1", "mission_critical"), ("I2", "all"), ("I3", "internal")])),
        past(3, &PAYMENTS),
    ];
    let proposed = points_100().with_bounds([20, 45, 70]).unwrap();
    let told = simulate(&changes, &proposed).unwrap();
    assert_eq!((told.rise, told.fall, told.stay), (1, 0, 2));
    let moved = &told.moved[0];
    assert_eq!((moved.change.to_string().as_str(), moved.score, moved.new_score), ("CHG-2", 24, 24));
    assert_eq!((moved.level, moved.new_level), (RiskLevel::Low, RiskLevel::Medium));
    let same = simulate(&changes, &points_100()).unwrap();
    assert_eq!((same.rise, same.fall, same.stay, same.moved.len()), (0, 0, 3, 0));
    let looser = points_100().with_bounds([25, 90, 100]).unwrap();
    assert_eq!(simulate(&changes, &looser).unwrap().fall, 0, "floors do not move with the bounds");
}

#[test]
fn what_a_proposal_no_longer_asks_counts_for_nothing_and_answers_it_does_not_know_are_told() {
    let mut proposed = points_100();
    proposed.questions.retain(|q| q.id != "E4");
    let told = simulate(&[past(1, &but(&[]))], &proposed).unwrap();
    assert_eq!((told.unscored.len(), told.stay), (0, 1));
    proposed.questions[0].answers.remove(0);
    let told = simulate(&[past(1, &but(&[]))], &proposed).unwrap();
    assert_eq!((told.unscored.len(), told.stay), (1, 0));
    assert!(told.unscored[0].why.contains("I1"), "{}", told.unscored[0].why);
}

#[test]
fn bounds_that_no_score_reaches_or_that_do_not_rise_are_refused() {
    for bounds in [[0, 50, 75], [50, 50, 75], [25, 80, 75], [25, 50, 101]] {
        assert!(points_100().with_bounds(bounds).is_err(), "{bounds:?}");
    }
}

proptest! {
    #[test]
    fn inherent_is_never_below_residual_and_residual_is_what_counts((set, facts) in sets()) {
        let assessment = build(&set, facts);
        let (inherent, decided) = (assessment.inherent(), assessment.decide());
        prop_assert_eq!((inherent.residual, inherent.residual_level), (decided.score, decided.level));
        prop_assert!(inherent.score >= inherent.residual && inherent.score <= 100);
        prop_assert!(inherent.level >= inherent.residual_level);
    }

    #[test]
    fn a_worse_answer_never_lowers_the_matrix((set, facts) in sets(), which in 0..15_usize) {
        let before = build(&set, facts).matrix();
        let most = points_100().questions[which].answers.len() - 1;
        let mut worse = set;
        worse[which] = worse[which].map(|(at, synced)| ((at + 1).min(most), synced));
        let after = build(&worse, facts).matrix();
        prop_assert!(after.likelihood >= before.likelihood && after.impact >= before.impact);
        prop_assert!(after.level >= before.level && (1..=25).contains(&after.cell));
    }

    #[test]
    fn wilsons_bound_is_no_higher_than_the_rate_and_rises_with_success(n in 1..500_u32, well in 0..500_u32) {
        let well = well.min(n);
        let bound = TeamRecord::new(well, n).unwrap().bound_per_mille().unwrap();
        prop_assert!(u64::from(bound) * u64::from(n) <= 1_000 * u64::from(well));
        if well < n {
            prop_assert!(TeamRecord::new(well + 1, n).unwrap().bound_per_mille().unwrap() >= bound);
        }
    }
}
