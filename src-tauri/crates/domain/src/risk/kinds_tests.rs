//! A matrix, a mean, and questions of one's own.
use std::collections::BTreeMap;

use proptest::prelude::*;

use super::tests::{PAYMENTS, assessment, build, but, sets};
use super::*;

fn kind(kind: ModelKind) -> RiskRules {
    RiskRules { name: "ours/1".to_owned(), kind, ..RiskRules::default() }
}

fn weighted() -> RiskRules {
    let weights = [("I1", 3), ("B1", 3), ("E1", 2)].map(|(id, weight)| (id.to_owned(), weight));
    RiskRules { weights: weights.into_iter().collect(), ..kind(ModelKind::Mean) }
}

fn own(id: &str, category: Category, points: &[u32]) -> OwnQuestion {
    let answers = points.iter().map(|points| OwnAnswer {
        id: format!("a{points}"),
        words: format!("answer {points}"),
        points: *points,
        act: String::new(),
    });
    let (id, text) = (id.to_owned(), format!("Question {id}?"));
    OwnQuestion { id, text, category, weight: 1, answers: answers.collect() }
}

/// Five questions with 1, 2 and 4 points.
fn five() -> RiskRules {
    let of = [Category::Impact, Category::Impact, Category::Complexity, Category::Recoverability, Category::Exposure];
    let questions = (1..).zip(of).map(|(n, category)| own(&format!("Q{n}"), category, &[1, 2, 4])).collect();
    let levels = [(RiskLevel::Medium, 8), (RiskLevel::High, 12), (RiskLevel::Critical, 16)].into_iter().collect();
    RiskRules { questions, levels, ..kind(ModelKind::Sum) }
}

fn under(model: &Model, answers: &[(&str, &str)]) -> Decided {
    let of = assessment(answers, Facts::default());
    Assessment::new(model.clone(), of.answers().clone(), *of.facts()).unwrap().decide()
}

#[test]
fn the_canonical_form_of_the_built_in_model_says_nothing_of_kinds_and_weights() {
    let document = model_document();
    assert_eq!(document.get("kind"), None);
    assert!(document["questions"].as_array().unwrap().iter().all(|question| question.get("weight").is_none()));
}

#[test]
fn a_matrix_scores_its_cell_and_says_how() {
    let model = kind(ModelKind::Matrix).model().unwrap();
    assert_eq!(model.levels.iter().map(|bound| bound.from).collect::<Vec<_>>(), [0, 5, 10, 17]);
    let payments = under(&model, &PAYMENTS);
    assert_eq!((payments.score, payments.of, payments.level_by_score), (20, 25, RiskLevel::Critical));
    assert_eq!(payments.follows.as_deref(), Some("likelihood 4 × impact 5 = 20 of 25"));
    assert_eq!(payments.scored(), "20 of 25 in the matrix");
    assert_eq!(payments.lines.last().unwrap().total, 74, "the lines show the points");
    let no_rollback = under(&model, &but(&[("B1", "impossible")]));
    assert_eq!((no_rollback.level_by_score, no_rollback.level), (RiskLevel::Low, RiskLevel::High), "floors hold");
}

#[test]
fn a_mean_weighs_the_shares_and_rounds_a_half_up() {
    let model = weighted().model().unwrap();
    let patch = under(&model, &but(&[("I1", "medium"), ("I2", "one_team")]));
    // 3 × 50 % + 1 × 20 % = 170, of a weight of 20: 8.5.
    assert_eq!((patch.score, patch.of, patch.confidence), (9, 100, 100));
    let how = patch.follows.unwrap();
    assert!(how.starts_with("(I1 3×50 % + I2 1×20 % + ") && how.ends_with("= 170; 170 ÷ 20 = 9 of 100"), "{how}");
    let half = under(&model, &[("I1", "none"), ("B1", "impossible")]);
    assert_eq!(half.confidence, 30, "weights of 6 of 20 are known");
}

#[test]
fn questions_of_ones_own_keep_the_floors_on_facts_alone() {
    let model = five().model().unwrap();
    assert_eq!((model.max(), model.questions.len()), (20, 5));
    let kept: Vec<&str> = model.floors.iter().map(|floor| floor.id.as_str()).collect();
    assert_eq!(kept, ["emergency", "inside_freeze", "error_budget"]);
    let gone: Vec<String> = points_100().floors_gone(&model).iter().map(|floor| floor.id.clone()).collect();
    assert_eq!(gone, ["no_rollback", "mission_critical_untested", "regulated_irreversible"]);
    assert_eq!(points_100().questions_gone(&model).len(), 15);
    let frozen = Facts { inside_freeze: true, ..Facts::default() };
    let best = (1..=5).map(|n| {
        let answer = Answer { choice: "a1".to_owned(), provenance: Provenance::Attested };
        (format!("Q{n}"), answer)
    });
    let decided = Assessment::new(model, best.collect(), frozen).unwrap().decide();
    assert_eq!((decided.score, decided.level_by_score, decided.level), (5, RiskLevel::Low, RiskLevel::High));
}

#[test]
fn a_question_with_the_id_and_the_answer_of_a_built_in_one_keeps_its_floor() {
    let mut rules = five();
    rules.questions[3] = own("B1", Category::Recoverability, &[1, 2]);
    rules.questions[3].answers[1].id = "impossible".to_owned();
    let model = rules.model().unwrap();
    assert!(model.floors.iter().any(|floor| floor.id == "no_rollback"));
}

#[test]
fn what_contradicts_itself_is_refused_at_its_place() {
    let with = |change: fn(&mut RiskRules)| {
        let mut rules = five();
        change(&mut rules);
        rules.model().unwrap_err()
    };
    fn one_axis(rules: &mut RiskRules) {
        rules.kind = ModelKind::Matrix;
        rules.questions.truncate(2);
    }
    let cases: [(RulesFault, &str, &str); 10] = [
        (with(|r| r.levels.clear()), "levels", "20 points are the most"),
        (with(|r| r.questions[1].id = "q2".to_owned()), "questions[2].id", "capital letters"),
        (with(|r| r.questions[1].id = "Q1".to_owned()), "questions[2].id", "stands twice"),
        (with(|r| r.questions[1].answers.truncate(1)), "questions[2].answers", "give 2 to 20"),
        (with(|r| r.questions[1].answers[2].points = 2), "questions[2].answers[3].points", "counts more"),
        (with(|r| r.questions[1].answers[2].id = "a1".to_owned()), "questions[2].answers[3]", "of its own"),
        (with(|r| r.questions[1].weight = 2), "questions[2].weight", "kind = \"mean\""),
        (with(|r| r.points = [("I1".to_owned(), BTreeMap::new())].into()), "points", "leave them out"),
        (with(|r| r.weights = [("I1".to_owned(), 2)].into()), "weights", "built-in questions"),
        (with(one_axis), "questions", "ask both"),
    ];
    for (fault, path, what) in cases {
        assert_eq!(fault.path, path, "{}", fault.what);
        assert!(fault.what.contains(what), "{path}: {}", fault.what);
    }
    let beyond = RiskRules { levels: [(RiskLevel::Critical, 26)].into(), ..kind(ModelKind::Matrix) };
    assert!(beyond.model().unwrap_err().what.contains("25 is the most"));
}

#[test]
fn the_built_in_model_stands_beside_where_it_has_the_same_questions() {
    let of = assessment(&PAYMENTS, Facts::default());
    let model = kind(ModelKind::Matrix).model().unwrap();
    let matrix = Assessment::new(model, of.answers().clone(), Facts::default()).unwrap();
    assert_eq!(matrix.by_points().map(|points| points.score), Some(74));
    let five = Assessment::new(five().model().unwrap(), BTreeMap::new(), Facts::default()).unwrap();
    assert_eq!(five.by_points(), None);
    assert!(!five.model().has_guards() && five.model().has_axes());
}

#[test]
fn a_proposal_that_asks_what_nobody_was_asked_scores_nothing() {
    let change = crate::ids::ChangeKey::new("CHG", 1);
    let past = [Past { change, assessment: assessment(&PAYMENTS, Facts::default()) }];
    let told = simulate(&past, &five().model().unwrap()).unwrap();
    assert_eq!((told.stay, told.unscored.len()), (0, 1));
    assert!(told.unscored[0].why.contains("asks Q1, Q2, Q3, Q4, Q5"), "{}", told.unscored[0].why);
}

proptest! {
    #[test]
    fn in_every_kind_a_worse_answer_never_lowers_score_or_level((set, facts) in sets(), which in 0..15_usize) {
        let most = points_100().questions[which].answers.len() - 1;
        let mut worse = set.clone();
        worse[which] = worse[which].map(|(at, synced)| ((at + 1).min(most), synced));
        for rules in [kind(ModelKind::Sum), kind(ModelKind::Matrix), weighted()] {
            let model = rules.model().unwrap();
            let decided = |set: &[Option<(usize, bool)>]| {
                let of = build(set, facts);
                Assessment::new(model.clone(), of.answers().clone(), *of.facts()).unwrap()
            };
            let (before, after) = (decided(&set), decided(&worse));
            let range = before.range();
            prop_assert!(before.inherent().score >= before.decide().score);
            let (before, after) = (before.decide(), after.decide());
            prop_assert!(after.score >= before.score && after.level >= before.level);
            prop_assert!(range.min <= range.max && before.score == range.max && before.score <= before.of);
        }
    }
}
