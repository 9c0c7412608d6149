//! A version of the model that a policy carries.
use proptest::prelude::*;

use super::tests::{assessment, build, sets};
use super::*;

fn rules(levels: &[(RiskLevel, u32)], points: &[(&str, &[(&str, u32)])]) -> RiskRules {
    let answers = |of: &[(&str, u32)]| of.iter().map(|(id, points)| ((*id).to_owned(), *points)).collect();
    RiskRules {
        name: "ours/2".to_owned(),
        levels: levels.iter().copied().collect(),
        points: points.iter().map(|(id, of)| ((*id).to_owned(), answers(of))).collect(),
        ..RiskRules::default()
    }
}

#[test]
fn where_nothing_is_said_the_model_is_the_one_that_is_built_in() {
    assert_eq!(RiskRules::default().model(), Ok(points_100()));
    let named = rules(&[], &[]).model().unwrap();
    assert_eq!(named.name(), "ours/2");
    assert_eq!(
        Model { id: "points-100".to_owned(), version: 1, ..named },
        points_100(),
        "another name and nothing else"
    );
}

#[test]
fn what_is_said_is_set_and_everything_else_is_as_before() {
    let said = rules(&[(RiskLevel::High, 40)], &[("I1", &[("low", 4), ("mission_critical", 20)])]);
    let model = said.model().unwrap();
    assert_eq!(model.levels.iter().map(|bound| bound.from).collect::<Vec<_>>(), [0, 25, 40, 75]);
    let points: Vec<u32> = model.question("I1").unwrap().answers.iter().map(|choice| choice.points).collect();
    assert_eq!(points, [0, 4, 6, 9, 20]);
    assert_eq!((model.max(), model.floors), (108, points_100().floors), "floors are nobody's to lower");
    assert_eq!(model.questions[1..], points_100().questions[1..]);
}

#[test]
fn a_model_that_contradicts_itself_is_refused_with_its_place_and_the_mend() {
    use RiskLevel::{Critical, High, Low, Medium};
    let named = |name: &str| RiskRules { name: name.to_owned(), ..rules(&[(High, 40)], &[]) };
    let cases = [
        (named(""), "name", "has no number as its version"),
        (named("ours"), "name", "has no number as its version"),
        (named("ours/0"), "name", "has no number as its version"),
        (named("ours/01"), "name", "has no number as its version"),
        (named("ours/new"), "name", "has no number as its version"),
        (named("Points-100/2"), "name", "is built in"),
        (rules(&[(Low, 1)], &[]), "levels.low", "begins at 0"),
        (rules(&[(Medium, 0)], &[]), "levels", "do not rise"),
        (rules(&[(Medium, 50)], &[]), "levels", "do not rise"),
        (rules(&[(Critical, 101)], &[]), "levels.critical", "100 points are the most"),
        (rules(&[], &[("Z9", &[("none", 1)])]), "points.Z9", "no such question"),
        (rules(&[], &[("I1", &[])]), "points.I1", "names no answer"),
        (rules(&[], &[("I1", &[("enormous", 20)])]), "points.I1", "it has: none, low"),
        (rules(&[], &[("I1", &[("low", 6)])]), "points.I1", "a worse answer counts more"),
        (rules(&[], &[("I1", &[("mission_critical", 9)])]), "points.I1", "a worse answer counts more"),
        (rules(&[], &[("I1", &[("mission_critical", 1_001)])]), "points.I1", "1000 are the most"),
        (rules(&[], &[("I1", &[("low", u32::MAX), ("mission_critical", u32::MAX)])]), "points.I1", "1000 are the most"),
    ];
    for (said, path, what) in cases {
        let fault = said.model().unwrap_err();
        assert_eq!(fault.path, path, "{said:?}");
        assert!(fault.what.contains(what), "{said:?}: {}", fault.what);
    }
}

#[test]
fn a_stamp_of_an_adopted_model_names_it() {
    let model = rules(&[(RiskLevel::Medium, 5)], &[]).model().unwrap();
    let routine = assessment(&super::tests::but(&[("I1", "medium"), ("I2", "one_team")]), Facts::default());
    let again = Assessment::new(model, routine.answers().clone(), *routine.facts()).unwrap().decide();
    assert_eq!((again.score, again.level), (8, RiskLevel::Medium));
    assert_eq!(again.stamp(Digest([7; 32]), Digest([8; 32])).model, "ours/2");
    assert_eq!(routine.decide().level, RiskLevel::Low);
}

proptest! {
    /// Whatever a policy says, a worse answer never lowers what counts.
    #[test]
    fn under_an_adopted_model_a_worse_answer_never_lowers_score_or_level(
        (set, facts) in sets(),
        which in 0..15_usize,
        bounds in prop::collection::btree_set(1..100_u32, 3),
        steps in prop::collection::vec(1..9_u32, 5),
    ) {
        let built_in = points_100();
        let mut points = 0;
        let answers: std::collections::BTreeMap<String, u32> = built_in.questions[which]
            .answers
            .iter()
            .zip(&steps)
            .map(|(choice, step)| {
                points += step;
                (choice.id.clone(), points)
            })
            .collect();
        let levels = [RiskLevel::Medium, RiskLevel::High, RiskLevel::Critical].into_iter().zip(bounds).collect();
        let points = [(built_in.questions[which].id.clone(), answers)].into();
        // Where the last level lies above every score the rules are refused, and nothing counts by them.
        let said = RiskRules { name: "ours/1".to_owned(), levels, points, ..RiskRules::default() };
        let Ok(model) = said.model() else { return Ok(()) };
        let under = |set: &[Option<(usize, bool)>]| {
            let of = build(set, facts);
            Assessment::new(model.clone(), of.answers().clone(), *of.facts()).unwrap().decide()
        };
        let before = under(&set);
        let most = built_in.questions[which].answers.len() - 1;
        let mut worse = set.clone();
        worse[which] = worse[which].map(|(at, synced)| ((at + 1).min(most), synced));
        let after = under(&worse);
        prop_assert!(after.score >= before.score && after.level >= before.level);
    }
}
