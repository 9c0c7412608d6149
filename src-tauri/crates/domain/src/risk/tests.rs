use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

pub(super) fn assessment(answers: &[(&str, &str)], facts: Facts) -> Assessment {
    let answers = answers.iter().map(|(q, c)| ((*q).to_owned(), attested(c))).collect();
    Assessment::new(points_100(), answers, facts).unwrap()
}

fn attested(choice: &str) -> Answer {
    Answer { choice: choice.to_owned(), provenance: Provenance::Attested }
}

const BEST: [(&str, &str); 15] = [
    ("I1", "none"),
    ("I2", "nobody"),
    ("I3", "none"),
    ("I4", "none"),
    ("C1", "one"),
    ("C2", "none_needed"),
    ("C3", "routine"),
    ("C4", "automated"),
    ("B1", "automated_tested"),
    ("B2", "quarter"),
    ("B3", "none"),
    ("E1", "all_green"),
    ("E2", "canary"),
    ("E3", "quiet"),
    ("E4", "good"),
];

/// The best answers, but for these.
pub(super) fn but(changed: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    BEST.iter().map(|(q, c)| *changed.iter().find(|(id, _)| id == q).unwrap_or(&(q, c))).collect()
}

/// The payments schema migration of the worked example.
pub(super) const PAYMENTS: [(&str, &str); 15] = [
    ("I1", "mission_critical"),
    ("I2", "all"),
    ("I3", "regulated"),
    ("I4", "over_30_min"),
    ("C1", "four_to_six"),
    ("C2", "pending"),
    ("C3", "rarely"),
    ("C4", "mixed"),
    ("B1", "written_untested"),
    ("B2", "over_or_unknown"),
    ("B3", "irreversible"),
    ("E1", "partial"),
    ("E2", "all_at_once"),
    ("E3", "quiet"),
    ("E4", "fair_or_unknown"),
];

#[test]
fn the_model_sums_to_one_hundred_as_designed() {
    let model = points_100();
    model.check().unwrap();
    assert_eq!(model.name(), "points-100/1");
    assert_eq!(model.max(), 100);
    let most = |c| model.questions.iter().filter(|q| q.category == c).map(Question::most).sum::<u32>();
    assert_eq!(most(Category::Impact), 34);
    assert_eq!(most(Category::Complexity), 26);
    assert_eq!(most(Category::Recoverability), 22);
    assert_eq!(most(Category::Exposure), 18);
    assert!(model.questions.iter().all(|q| q.least() == 0));
}

#[test]
fn the_points_are_those_of_the_design() {
    let expected: [(&str, &[u32]); 15] = [
        ("I1", &[0, 3, 6, 9, 12]),
        ("I2", &[0, 2, 4, 7, 10]),
        ("I3", &[0, 2, 5, 8]),
        ("I4", &[0, 1, 2, 4]),
        ("C1", &[0, 2, 5, 8]),
        ("C2", &[0, 1, 4, 6]),
        ("C3", &[0, 2, 4, 6, 8]),
        ("C4", &[0, 1, 2, 4]),
        ("B1", &[0, 3, 7, 10, 12]),
        ("B2", &[0, 3, 6]),
        ("B3", &[0, 1, 2, 4]),
        ("E1", &[0, 3, 6]),
        ("E2", &[0, 1, 3]),
        ("E3", &[0, 2, 4]),
        ("E4", &[0, 2, 5]),
    ];
    let points: Vec<(String, Vec<u32>)> =
        points_100().questions.iter().map(|q| (q.id.clone(), q.answers.iter().map(|a| a.points).collect())).collect();
    let expected: Vec<(String, Vec<u32>)> = expected.iter().map(|(q, p)| ((*q).to_owned(), p.to_vec())).collect();
    assert_eq!(points, expected);
}

#[test]
fn a_routine_patch_scores_eight_and_is_low() {
    let decided = assessment(&but(&[("I1", "medium"), ("I2", "one_team")]), Facts::default()).decide();
    assert_eq!((decided.score, decided.level, decided.confidence, decided.assumed), (8, RiskLevel::Low, 100, 0));
    assert!(decided.floors.is_empty());
}

#[test]
fn a_payments_migration_scores_seventy_four_and_is_lifted_to_critical() {
    let decided = assessment(&PAYMENTS, Facts::default()).decide();
    assert_eq!((decided.score, decided.level_by_score, decided.level), (74, RiskLevel::High, RiskLevel::Critical));
    let lifting: Vec<&str> = decided.floors.iter().filter(|f| f.lifts).map(|f| f.clause.as_str()).collect();
    assert_eq!(lifting, ["R96"]);
    assert_eq!(decided.lines.last().unwrap().total, 74);
    let heaviest: Vec<&str> = decided.heaviest(3).iter().map(|l| l.question.as_str()).collect();
    assert_eq!(heaviest, ["I1", "I2", "I3"]);
}

#[test]
fn floors_apply_when_and_only_when_their_rule_holds() {
    let none = Facts::default();
    let emergency = Facts { emergency: true, ..none };
    let freeze = Facts { inside_freeze: true, ..none };
    let spent = Facts { error_budget_spent: true, ..none };
    let spent_fix = Facts { error_budget_spent: true, is_fix: true, ..none };
    // answers that differ from the best · facts · floors · level
    type Case<'a> = (&'a [(&'static str, &'static str)], Facts, &'a [&'a str], RiskLevel);
    let cases: [Case<'_>; 12] = [
        (&[], none, &[], RiskLevel::Low),
        (&[("B1", "restore")], none, &[], RiskLevel::Low),
        (&[("B1", "impossible")], none, &["no_rollback"], RiskLevel::High),
        (&[("I1", "mission_critical"), ("B1", "manual_tested")], none, &[], RiskLevel::Low),
        (
            &[("I1", "mission_critical"), ("B1", "written_untested")],
            none,
            &["mission_critical_untested"],
            RiskLevel::High,
        ),
        (&[("I1", "high"), ("B1", "written_untested")], none, &[], RiskLevel::Low),
        (&[("I3", "regulated"), ("B3", "irreversible")], none, &["regulated_irreversible"], RiskLevel::Critical),
        (&[("I3", "regulated"), ("B3", "tested_migration")], none, &[], RiskLevel::Low),
        (&[], emergency, &["emergency"], RiskLevel::Low),
        (&[], freeze, &["inside_freeze"], RiskLevel::High),
        (&[], spent, &["error_budget"], RiskLevel::High),
        (&[], spent_fix, &[], RiskLevel::Low),
    ];
    for (answers, facts, floors, level) in cases {
        let decided = assessment(&but(answers), facts).decide();
        let hit: Vec<&str> = decided.floors.iter().map(|f| f.id.as_str()).collect();
        assert_eq!((hit.as_slice(), decided.level), (floors, level), "{answers:?} {facts:?}");
        assert!(decided.floors.iter().all(|f| f.clause.starts_with('R')));
    }
}

#[test]
fn an_emergency_and_a_freeze_say_what_they_owe() {
    let facts = Facts { emergency: true, inside_freeze: true, ..Facts::default() };
    let owed: Vec<String> = assessment(&BEST, facts).decide().floors.into_iter().map(|f| f.owes).collect();
    assert!(owed[0].contains("eCAB") && owed[0].contains("post-implementation review"));
    assert!(owed[1].contains("freeze exception"));
}

#[test]
fn levels_begin_where_the_design_says() {
    let model = points_100();
    let cases = [
        (0, RiskLevel::Low),
        (24, RiskLevel::Low),
        (25, RiskLevel::Medium),
        (49, RiskLevel::Medium),
        (50, RiskLevel::High),
        (74, RiskLevel::High),
        (75, RiskLevel::Critical),
        (100, RiskLevel::Critical),
    ];
    for (score, level) in cases {
        assert_eq!(model.level_of(score), level, "{score}");
    }
}

#[test]
fn open_questions_give_a_range_and_count_as_worst_when_deciding() {
    // Nine questions known with 8 points; open: I4, C1, C2, B2, E3, E4 = 4+8+6+6+4+5.
    let known: Vec<_> = but(&[("I1", "medium"), ("I2", "one_team")])
        .into_iter()
        .filter(|(q, _)| !["I4", "C1", "C2", "B2", "E3", "E4"].contains(q))
        .collect();
    let assessment = assessment(&known, Facts::default());
    let range = assessment.range();
    assert_eq!((range.min, range.max, range.open), (8, 41, 6));
    assert_eq!(range.words(), "8–41, 6 open");
    assert_eq!((range.lowest, range.highest), (RiskLevel::Low, RiskLevel::Medium));
    let decided = assessment.decide();
    assert_eq!((decided.score, decided.assumed, decided.confidence), (41, 6, 100 - 33));
    let assumed: Vec<&str> =
        decided.lines.iter().filter(|l| l.provenance == Provenance::Assumed).map(|l| l.question.as_str()).collect();
    assert_eq!(assumed, ["I4", "C1", "C2", "B2", "E3", "E4"]);
    let impact = assessment.shares()[0];
    assert_eq!((impact.category, impact.min, impact.max, impact.of), (Category::Impact, 8, 12, 34));
}

#[test]
fn an_unassessed_change_is_all_assumed() {
    let assessment = assessment(&[], Facts::default());
    let decided = assessment.decide();
    assert_eq!(assessment.range().words(), "0–100, 15 open");
    assert_eq!((decided.score, decided.level, decided.confidence), (100, RiskLevel::Critical, 0));
    assert_eq!(decided.assumed, 15);
}

#[test]
fn the_written_rollback_is_worth_testing() {
    let decided = assessment(&but(&[("B1", "written_untested"), ("C4", "few")]), Facts::default()).decide();
    let words: Vec<String> = decided.improvements.iter().map(Improvement::words).collect();
    assert_eq!(words, ["test the written rollback by hand: −4", "automate the remaining steps: −1"]);
}

#[test]
fn improvements_that_reach_a_lower_level_come_first() {
    // 25 points: any one of these makes it Low; the freest saving comes first among equals.
    let answers = but(&[
        ("I1", "mission_critical"),
        ("I2", "department"),
        ("E1", "partial"),
        ("C4", "few"),
        ("C1", "four_to_six"),
    ]);
    let decided = assessment(&answers, Facts::default()).decide();
    assert_eq!((decided.score, decided.level), (25, RiskLevel::Medium));
    let found: Vec<(&str, u32, bool)> =
        decided.improvements.iter().map(|i| (i.question.as_str(), i.saves, i.lowers_level)).collect();
    assert_eq!(found, [("C1", 3, true), ("E1", 3, true), ("C4", 1, true)]);
    assert!(decided.improvements.iter().all(|i| i.score == decided.score - i.saves));
}

#[test]
fn an_improvement_takes_the_steps_a_lower_level_needs_even_against_a_floor() {
    let decided = assessment(&but(&[("B1", "impossible")]), Facts::default()).decide();
    let first = &decided.improvements[0];
    assert_eq!((first.question.as_str(), first.to.as_str(), first.level), ("B1", "restore", RiskLevel::Low));
}

#[test]
fn what_is_in_nobodys_hands_is_not_proposed() {
    let decided = assessment(&but(&[("I1", "mission_critical"), ("I3", "regulated")]), Facts::default()).decide();
    assert!(decided.improvements.is_empty());
}

#[test]
fn an_assumed_answer_is_improved_by_answering() {
    let known: Vec<_> = BEST.into_iter().filter(|(q, _)| *q != "E1").collect();
    let improvement = assessment(&known, Facts::default()).decide().improvements.remove(0);
    assert_eq!(improvement.words(), "answer E1, assumed to be “none”: up to −6");
}

#[test]
fn strangers_and_assumptions_are_refused_by_name() {
    let try_one = |question: &str, choice: &str, provenance| {
        let answers = BTreeMap::from([(question.to_owned(), Answer { choice: choice.to_owned(), provenance })]);
        Assessment::new(points_100(), answers, Facts::default()).unwrap_err().to_string()
    };
    assert!(try_one("Z9", "none", Provenance::Attested).contains("Z9"));
    let unknown = try_one("E1", "sometimes", Provenance::Attested);
    assert!(unknown.contains("sometimes") && unknown.contains("all_green"));
    assert!(try_one("E1", "none", Provenance::Assumed).contains("leave the question open"));
    assert!(try_one(&"x".repeat(5000), "none", Provenance::Synced).len() < 200);
}

#[test]
fn a_model_that_contradicts_itself_is_refused() {
    type Case = (&'static str, fn(&mut Model));
    let broken: [Case; 8] = [
        ("no questions", |m| m.questions.clear()),
        ("stands twice", |m| m.questions[1].id = m.questions[0].id.clone()),
        ("no answers", |m| m.questions[0].answers.clear()),
        ("do not rise", |m| m.questions[0].answers.reverse()),
        ("stands twice", |m| m.questions[0].answers[1].id = "none".to_owned()),
        ("levels", |m| m.levels[0].from = 1),
        ("levels", |m| m.levels.swap(1, 2)),
        ("not there", |m| m.questions[8].answers[4].id = "renamed".to_owned()),
    ];
    for (why, spoil) in broken {
        let mut model = points_100();
        spoil(&mut model);
        let error = model.check().unwrap_err().to_string();
        assert!(error.contains(why), "{why}: {error}");
    }
}

#[test]
fn the_model_survives_json_and_refuses_unknown_fields() {
    let document = model_document();
    assert_eq!(serde_json::from_value::<Model>(document.clone()).unwrap(), points_100());
    assert!(!document.to_string().contains('.') || !has_float(&document));
    let mut extra = document;
    extra["surprise"] = serde_json::json!(1);
    assert!(serde_json::from_value::<Model>(extra).is_err());
}

fn has_float(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Number(n) => n.is_f64(),
        serde_json::Value::Array(items) => items.iter().any(has_float),
        serde_json::Value::Object(map) => map.values().any(has_float),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::String(_) => false,
    }
}

#[test]
fn a_tickets_words_become_synced_answers() {
    let words = [
        ("I1", "Mission-Critical", Some("mission_critical")),
        ("I2", "all or customers", Some("all")),
        ("I4", "<=30 MIN", Some("up_to_30_min")),
        ("I4", "≤30 min", Some("up_to_30_min")),
        ("I4", ">30 min", Some("over_30_min")),
        ("C1", "2-3", Some("two_to_three")),
        ("B1", "Written, untested", Some("written_untested")),
        ("B1", "automated + tested", Some("automated_tested")),
        ("B2", "≤ 25 %", Some("quarter")),
        ("E4", "<85", Some("poor")),
        ("E4", "85–95 or unknown", Some("fair_or_unknown")),
        ("E1", "all-green", Some("all_green")),
        ("B1", "tested by luck", None),
        ("Z9", "none", None),
    ];
    for (question, word, expected) in words {
        let synced = points_100().synced(&BTreeMap::from([(question.to_owned(), word.to_owned())]));
        let found = synced.answers.get(question).map(|a| (a.choice.as_str(), a.provenance));
        assert_eq!(found, expected.map(|c| (c, Provenance::Synced)), "{question}: {word}");
        assert_eq!(synced.unknown.is_empty(), expected.is_some(), "{question}: {word}");
    }
    let blank = points_100().synced(&BTreeMap::from([("E1".to_owned(), "  ".to_owned())]));
    assert!(blank.answers.is_empty() && blank.unknown.is_empty());
}

#[test]
fn every_answer_is_known_by_its_own_words_and_no_others() {
    for question in &points_100().questions {
        for choice in &question.answers {
            for word in [&choice.words, &choice.id, &choice.words.to_uppercase()] {
                assert_eq!(answer_by_words(question, word).map(|c| &c.id), Some(&choice.id), "{word}");
            }
        }
    }
}

#[test]
fn the_stamp_carries_what_replays_the_score() {
    let (model, answers) = (Digest::of(b"model"), Digest::of(b"answers"));
    let submitted = assessment(&PAYMENTS[..14], Facts::default()).submit(model, answers);
    let stamp = &submitted.stamp;
    assert_eq!((stamp.model.as_str(), stamp.model_digest, stamp.answers), ("points-100/1", model, answers));
    assert_eq!((stamp.score, stamp.level, stamp.assumed), (77, RiskLevel::Critical, 1));
    let document = answers_document(&submitted.answers);
    assert_eq!(document["B1"], serde_json::json!({"choice": "written_untested", "provenance": "attested"}));
    assert_eq!(document.as_object().unwrap().len(), 14);
}

/// Per question no answer, or an index and a provenance; and the facts.
pub(super) fn sets() -> impl Strategy<Value = (Vec<Option<(usize, bool)>>, [bool; 4])> {
    let per_question: Vec<_> = points_100()
        .questions
        .iter()
        .map(|q| proptest::option::weighted(0.8, (0..q.answers.len(), any::<bool>())))
        .collect();
    (per_question, any::<[bool; 4]>())
}

pub(super) fn build(set: &[Option<(usize, bool)>], facts: [bool; 4]) -> Assessment {
    let model = points_100();
    let answers = model
        .questions
        .iter()
        .zip(set)
        .filter_map(|(q, given)| {
            let (at, synced) = (*given)?;
            let provenance = if synced { Provenance::Synced } else { Provenance::Attested };
            Some((q.id.clone(), Answer { choice: q.answers[at].id.clone(), provenance }))
        })
        .collect();
    let [emergency, inside_freeze, error_budget_spent, is_fix] = facts;
    Assessment::new(model, answers, Facts { emergency, inside_freeze, error_budget_spent, is_fix }).unwrap()
}

/// The score again, from the table in the design alone: no code of the module.
fn by_hand(set: &[Option<(usize, bool)>], facts: [bool; 4]) -> (u32, u8, u32) {
    const POINTS: [&[u32]; 15] = [
        &[0, 3, 6, 9, 12],
        &[0, 2, 4, 7, 10],
        &[0, 2, 5, 8],
        &[0, 1, 2, 4],
        &[0, 2, 5, 8],
        &[0, 1, 4, 6],
        &[0, 2, 4, 6, 8],
        &[0, 1, 2, 4],
        &[0, 3, 7, 10, 12],
        &[0, 3, 6],
        &[0, 1, 2, 4],
        &[0, 3, 6],
        &[0, 1, 3],
        &[0, 2, 4],
        &[0, 2, 5],
    ];
    let mut points = [0; 15];
    let mut known = 0;
    for i in 0..15 {
        points[i] = match set[i] {
            Some((at, _)) => POINTS[i][at],
            None => *POINTS[i].last().unwrap(),
        };
        if set[i].is_some() {
            known += POINTS[i].last().unwrap();
        }
    }
    let score: u32 = points.iter().sum();
    let mut level = match score {
        0..=24 => 0,
        25..=49 => 1,
        50..=74 => 2,
        _ => 3,
    };
    let (mission_critical, regulated) = (points[0] == 12, points[2] == 8);
    let (untested, impossible, irreversible) = (points[8] >= 7, points[8] == 12, points[10] == 4);
    let [_, freeze, spent, fix] = facts;
    if impossible || (mission_critical && untested) || freeze || (spent && !fix) {
        level = level.max(2);
    }
    if regulated && irreversible {
        level = 3;
    }
    (score, level, known)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn scores_agree_with_an_independent_recomputation((set, facts) in sets()) {
        let assessment = build(&set, facts);
        let decided = assessment.decide();
        prop_assert_eq!((decided.score, decided.level as u8, decided.confidence), by_hand(&set, facts));
        prop_assert_eq!(decided.lines.last().unwrap().total, decided.score);
        let range = assessment.range();
        prop_assert!(range.min <= range.max && range.lowest <= range.highest);
        prop_assert_eq!((range.max, range.highest), (decided.score, decided.level));
        prop_assert!(decided.improvements.len() <= 3);
        for improvement in &decided.improvements {
            prop_assert!(improvement.saves > 0 && improvement.level <= decided.level);
            prop_assert_eq!(improvement.score + improvement.saves, decided.score);
        }
    }

    #[test]
    fn worse_answers_and_facts_never_lower_score_or_level(
        (set, facts) in sets(),
        steps in proptest::collection::vec(0..5_usize, 15),
        worse_facts in any::<[bool; 3]>(),
    ) {
        let before = build(&set, facts).decide();
        let questions = points_100().questions;
        let mut worse = set.clone();
        for ((given, question), steps) in worse.iter_mut().zip(&questions).zip(steps) {
            // What is open counts as the worst already.
            if let Some((at, _)) = given {
                *at = (*at + steps).min(question.answers.len() - 1);
            }
        }
        // A worse fact: an emergency, a freeze, a spent budget; and no fix is worse than a fix.
        let [emergency, freeze, spent] = worse_facts;
        let worse_facts = [facts[0] || emergency, facts[1] || freeze, facts[2] || spent, facts[3] && !spent];
        let after = build(&worse, worse_facts).decide();
        prop_assert!(after.score >= before.score && after.level_by_score >= before.level_by_score);
        prop_assert!(after.level >= before.level);
        let floor = |decided: &Decided| decided.floors.iter().filter_map(|f| f.least).max();
        prop_assert!(floor(&after) >= floor(&before));
        prop_assert!(after.floors.len() >= before.floors.len());
    }

    #[test]
    fn a_worse_answer_never_lowers_score_or_level((set, facts) in sets(), which in 0..15_usize) {
        let before = build(&set, facts).decide();
        let most = points_100().questions[which].answers.len() - 1;
        let mut worse = set.clone();
        worse[which] = match set[which] {
            Some((at, synced)) => Some(((at + 1).min(most), synced)),
            None => Some((most, false)),
        };
        let after = build(&worse, facts).decide();
        prop_assert!(after.score >= before.score && after.level >= before.level);
    }

    #[test]
    fn answering_an_open_question_never_raises_what_counts((set, facts) in sets(), which in 0..15_usize, at in 0..5_usize) {
        let most = points_100().questions[which].answers.len() - 1;
        let (mut open, mut answered) = (set.clone(), set);
        open[which] = None;
        answered[which] = Some((at.min(most), true));
        let (open, answered) = (build(&open, facts), build(&answered, facts));
        prop_assert!(answered.decide().score <= open.decide().score);
        prop_assert!(answered.decide().level <= open.decide().level);
        prop_assert!(answered.range().min >= open.range().min);
    }
}
