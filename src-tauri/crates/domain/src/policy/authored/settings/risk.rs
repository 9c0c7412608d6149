//! The settings of the risk model that a policy carries.
use super::{Kind, Line, Setting, may_set, set};

/// The levels whose beginning can be set; Low begins at 0.
const ABOVE_LOW: &[&str] = &["medium", "high", "critical"];

const POINTS: Kind = Kind::Number { least: 0, most: 1000, wrong: "points are too many; give 0 to 1000" };

const fn question(key: &'static str, says: &'static str, answers: &'static [&'static str]) -> Setting {
    may_set(key, "", says, Kind::Each { noun: "answer", keys: answers, of: &POINTS })
}

/// The questions of the built-in model, with the words of their answers, the best first.
pub(in crate::policy::authored) const QUESTIONS: &[Setting] = &[
    question("I1", "The most critical affected service.", &["none", "low", "medium", "high", "mission_critical"]),
    question("I2", "Who is hurt if it fails.", &["nobody", "one_team", "department", "many", "all"]),
    question("I3", "Data and security.", &["none", "internal", "confidential", "regulated"]),
    question("I4", "The planned outage.", &["none", "degraded", "up_to_30_min", "over_30_min"]),
    question("C1", "Components and teams touched.", &["one", "two_to_three", "four_to_six", "over_six"]),
    question("C2", "Sign-offs of dependencies.", &["none_needed", "all_signed", "pending", "unknown"]),
    question("C3", "Novelty.", &["routine", "done_well", "rarely", "first_time", "failed_before"]),
    question("C4", "Manual steps.", &["automated", "few", "mixed", "mostly_manual"]),
    question(
        "B1",
        "The rollback.",
        &["automated_tested", "manual_tested", "written_untested", "restore", "impossible"],
    ),
    question("B2", "The rollback's time beside its objective.", &["quarter", "within", "over_or_unknown"]),
    question("B3", "The schema.", &["none", "backward_compatible", "tested_migration", "irreversible"]),
    question("E1", "Evidence of tests.", &["all_green", "partial", "none"]),
    question("E2", "The roll-out.", &["canary", "rolling", "all_at_once"]),
    question("E3", "The time.", &["quiet", "business_hours", "crowded"]),
    question("E4", "The record of 90 days.", &["good", "fair_or_unknown", "poor"]),
];

/// The ids of the questions of the built-in model.
const IDS: &[&str] = &["I1", "I2", "I3", "I4", "C1", "C2", "C3", "C4", "B1", "B2", "B3", "E1", "E2", "E3", "E4"];

const WEIGHT: Kind = Kind::Number { least: 1, most: 100, wrong: "is no weight; give 1 to 100" };

/// How a score follows.
const KINDS: &[&str] = &["sum", "matrix", "mean"];

/// What a question is about.
const CATEGORIES: &[&str] = &["impact", "complexity", "recoverability", "exposure"];

/// What an answer to a question of one's own says, in the order of its fields.
const ANSWER: &[Setting] = &[
    set("id", "", "Small letters, digits and _.", "id = \"one_team\"", Kind::Text(Line::Any)),
    set("words", "", "The words people read and tickets carry.", "words = \"one team\"", Kind::Text(Line::Any)),
    set("points", "", "What it counts; a worse answer counts more.", "points = 2", POINTS),
    may_set("act", "", "What one does to get here from a worse answer.", Kind::Text(Line::Any)),
];

/// What a question of one's own says, in the order of its fields.
const QUESTION: &[Setting] = &[
    set("id", "", "Capital letters and a number.", "id = \"Q1\"", Kind::Text(Line::Any)),
    set("text", "", "The question.", "text = \"Who is hurt if it fails?\"", Kind::Text(Line::Any)),
    set("category", "", "What it is about.", "category = \"impact\"", Kind::Word(CATEGORIES)),
    may_set("weight", "", "Of a mean: how much it says.", WEIGHT),
    set(
        "answers",
        "",
        "Its answers, the best first.",
        "answers = [{ id = \"nobody\", words = \"nobody\", points = 1 }]",
        Kind::Rows(ANSWER),
    ),
];

/// What a policy says of the risk model.
pub(super) const RISK: &[Setting] = &[
    set(
        "name",
        "R97",
        "Name and version of the model, which every score names; another model needs another.",
        "name = \"ours/1\"",
        Kind::Text(Line::NameAndVersion),
    ),
    may_set(
        "kind",
        "R97",
        "How the score follows: \"sum\" (points added; left out, it is that), \"matrix\" (likelihood times impact, 1 to 25)\n\
         or \"mean\" (each question's share of its most points, weighted, 0 to 100).",
        Kind::Word(KINDS),
    ),
    may_set(
        "levels",
        "R102",
        "Where levels begin, by score; what is not named begins at 25 (medium), 50 (high) and 75 (critical), in a matrix at\n\
         5, 10 and 17.",
        Kind::Each { noun: "level above Low", keys: ABOVE_LOW, of: &POINTS },
    ),
    may_set(
        "points",
        "R97",
        "Points of answers, by question; what is not named counts as in the built-in model. A worse answer counts more.",
        Kind::Table(QUESTIONS),
    ),
    may_set(
        "weights",
        "R97",
        "Of a mean: what each question weighs, 1 to 100; what is not named weighs 1.",
        Kind::Each { noun: "question", keys: IDS, of: &WEIGHT },
    ),
    may_set(
        "questions",
        "R97",
        "Questions in the place of the built-in ones, as rows. Floors that name others no longer apply: the simulation says which.",
        Kind::Rows(QUESTION),
    ),
];
