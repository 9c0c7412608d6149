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
        "levels",
        "R102",
        "Where levels begin, in points; what is not named begins at 25 (medium), 50 (high) and 75 (critical).",
        Kind::Each { noun: "level above Low", keys: ABOVE_LOW, of: &POINTS },
    ),
    may_set(
        "points",
        "R97",
        "Points of answers, by question; what is not named counts as in the built-in model. A worse answer counts more.",
        Kind::Table(QUESTIONS),
    ),
];
