//! The built-in model `points-100`, version 1: fifteen questions, 0 to 100 points.
use super::RiskLevel;
use super::floors::{Fact, Floor, Requirement};
use super::model::{Category, Choice, LevelBound, Model, ModelKind, Question};

/// An answer's id, words, points and the act that leads to it.
type Row = (&'static str, &'static str, u32, &'static str);

fn question(id: &str, category: Category, text: &str, rows: &[Row]) -> Question {
    let answers = rows
        .iter()
        .map(|(id, words, points, act)| Choice {
            id: (*id).to_owned(),
            words: (*words).to_owned(),
            points: *points,
            act: (*act).to_owned(),
        })
        .collect();
    Question { id: id.to_owned(), text: text.to_owned(), category, weight: 1, answers }
}

/// The model `points-100`, version 1 (R80). Its words and points never change: a change is a new
/// version, or old stamps could not be replayed.
#[must_use]
pub fn points_100() -> Model {
    let mut questions = impact();
    questions.extend(complexity());
    questions.extend(recoverability());
    questions.extend(exposure());
    let (levels, floors) = (levels(), floors());
    Model { id: "points-100".to_owned(), version: 1, kind: ModelKind::Sum, questions, levels, floors }
}

/// The built-in model as JSON: the record makes its canonical bytes and digests them.
///
/// # Panics
/// Never: the model is text and integers only.
#[must_use]
pub fn model_document() -> serde_json::Value {
    serde_json::to_value(points_100()).expect("text and integers always serialise")
}

fn levels() -> Vec<LevelBound> {
    [(RiskLevel::Low, 0), (RiskLevel::Medium, 25), (RiskLevel::High, 50), (RiskLevel::Critical, 75)]
        .into_iter()
        .map(|(level, from)| LevelBound { level, from })
        .collect()
}

fn impact() -> Vec<Question> {
    use Category::Impact as I;
    vec![
        question(
            "I1",
            I,
            "How critical is the most critical affected service?",
            &[
                ("none", "none", 0, ""),
                ("low", "low", 3, ""),
                ("medium", "medium", 6, ""),
                ("high", "high", 9, ""),
                ("mission_critical", "mission-critical", 12, ""),
            ],
        ),
        question(
            "I2",
            I,
            "Who is hurt if it fails?",
            &[
                ("nobody", "nobody", 0, ""),
                ("one_team", "one team", 2, ""),
                ("department", "department or <5 %", 4, ""),
                ("many", "many", 7, ""),
                ("all", "all or customers", 10, ""),
            ],
        ),
        question(
            "I3",
            I,
            "Which data or security functions are exposed?",
            &[
                ("none", "none", 0, ""),
                ("internal", "internal", 2, ""),
                ("confidential", "confidential or auth/crypto", 5, ""),
                ("regulated", "regulated", 8, ""),
            ],
        ),
        question(
            "I4",
            I,
            "How long is the planned outage?",
            &[
                ("none", "none", 0, "deploy without an outage"),
                ("degraded", "degraded", 1, "keep the service up, degraded"),
                ("up_to_30_min", "≤30 min", 2, "shorten the outage to 30 minutes"),
                ("over_30_min", ">30 min", 4, ""),
            ],
        ),
    ]
}

fn complexity() -> Vec<Question> {
    use Category::Complexity as C;
    vec![
        question(
            "C1",
            C,
            "How many components or teams are touched?",
            &[
                ("one", "1", 0, "split the change so that it touches one component"),
                ("two_to_three", "2–3", 2, "split the change so that it touches 2–3 components"),
                ("four_to_six", "4–6", 5, "split the change so that it touches 4–6 components"),
                ("over_six", ">6", 8, ""),
            ],
        ),
        question(
            "C2",
            C,
            "Have the owners of dependencies signed off?",
            &[
                ("none_needed", "none needed", 0, ""),
                ("all_signed", "all signed", 1, "collect the pending dependency sign-offs"),
                ("pending", "pending", 4, "find out which dependency sign-offs are needed"),
                ("unknown", "unknown", 6, ""),
            ],
        ),
        question(
            "C3",
            C,
            "How new is this kind of change?",
            &[
                ("routine", "routine", 0, ""),
                ("done_well", "done well before", 2, ""),
                ("rarely", "rarely", 4, ""),
                ("first_time", "first time", 6, ""),
                ("failed_before", "failed before", 8, ""),
            ],
        ),
        question(
            "C4",
            C,
            "How many steps are manual?",
            &[
                ("automated", "automated", 0, "automate the remaining steps"),
                ("few", "few", 1, "automate all but a few steps"),
                ("mixed", "mixed", 2, "automate about half of the steps"),
                ("mostly_manual", "mostly manual", 4, ""),
            ],
        ),
    ]
}

fn recoverability() -> Vec<Question> {
    use Category::Recoverability as B;
    vec![
        question(
            "B1",
            B,
            "How does one roll back?",
            &[
                ("automated_tested", "automated+tested", 0, "automate the rollback and test it"),
                ("manual_tested", "manual tested", 3, "test the written rollback by hand"),
                ("written_untested", "written, untested", 7, "write down the rollback"),
                ("restore", "restore/forward-fix", 10, "prepare a restore or a forward fix"),
                ("impossible", "impossible", 12, ""),
            ],
        ),
        question(
            "B2",
            B,
            "How long does the rollback take against the recovery-time objective?",
            &[
                ("quarter", "≤25 %", 0, "bring the rollback within a quarter of the objective"),
                ("within", "≤100 %", 3, "measure the rollback and bring it within the objective"),
                ("over_or_unknown", "over or unknown", 6, ""),
            ],
        ),
        question(
            "B3",
            B,
            "What happens to the database schema?",
            &[
                ("none", "none", 0, ""),
                ("backward_compatible", "backward compatible", 1, "make the schema change backward compatible"),
                ("tested_migration", "tested migration", 2, "test the migration and its way back"),
                ("irreversible", "irreversible", 4, ""),
            ],
        ),
    ]
}

fn exposure() -> Vec<Question> {
    use Category::Exposure as E;
    vec![
        question(
            "E1",
            E,
            "What test evidence is there, from unit to performance?",
            &[
                ("all_green", "all green", 0, "run the missing tests and attach the results"),
                ("partial", "partial", 3, "run the first tests and attach the results"),
                ("none", "none", 6, ""),
            ],
        ),
        question(
            "E2",
            E,
            "How is it rolled out?",
            &[
                ("canary", "flag/canary", 0, "roll out behind a flag or to a canary first"),
                ("rolling", "rolling/blue-green", 1, "roll out in steps or blue-green"),
                ("all_at_once", "all at once", 3, ""),
            ],
        ),
        question(
            "E3",
            E,
            "When is it rolled out?",
            &[
                ("quiet", "quiet window", 0, "move the window to a quiet time"),
                ("business_hours", "business hours", 2, "move the window away from freezes and other changes"),
                ("crowded", "next to freeze or overlapping", 4, ""),
            ],
        ),
        question(
            "E4",
            E,
            "How did the team's or service's changes go in the last 90 days?",
            &[("good", "≥95 % ok", 0, ""), ("fair_or_unknown", "85–95 or unknown", 2, ""), ("poor", "<85", 5, "")],
        ),
    ]
}

fn at_least(question: &str, choice: &str) -> Requirement {
    Requirement::AtLeast { question: question.to_owned(), choice: choice.to_owned() }
}

fn is(fact: Fact, value: bool) -> Requirement {
    Requirement::Is { fact, value }
}

fn floors() -> Vec<Floor> {
    let floor = |id: &str, clause: &str, words: &str, least, owes: &str, when| Floor {
        id: id.to_owned(),
        clause: clause.to_owned(),
        words: words.to_owned(),
        least,
        owes: owes.to_owned(),
        when,
    };
    let high = Some(RiskLevel::High);
    vec![
        floor("no_rollback", "R93", "no rollback: at least High", high, "", vec![at_least("B1", "impossible")]),
        floor(
            "mission_critical_untested",
            "R84",
            "mission-critical and the rollback untested: at least High",
            high,
            "",
            vec![at_least("I1", "mission_critical"), at_least("B1", "written_untested")],
        ),
        floor(
            "regulated_irreversible",
            "R96",
            "regulated data and an irreversible schema: Critical",
            Some(RiskLevel::Critical),
            "",
            vec![at_least("I3", "regulated"), at_least("B3", "irreversible")],
        ),
        floor(
            "emergency",
            "R66",
            "emergency: by the emergency board, reviewed afterwards",
            None,
            "a decision of the emergency board (eCAB) and a post-implementation review",
            vec![is(Fact::Emergency, true)],
        ),
        floor(
            "inside_freeze",
            "R77",
            "inside a freeze: at least High",
            high,
            "a freeze exception with approver and expiry",
            vec![is(Fact::InsideFreeze, true)],
        ),
        floor(
            "error_budget",
            "R85",
            "error budget spent and not a fix: at least High",
            high,
            "",
            vec![is(Fact::ErrorBudgetSpent, true), is(Fact::IsFix, false)],
        ),
    ]
}
