//! The settings of a type of release.
use super::{Kind, Setting, may_set};
use crate::policy::{MOST_LEAD_TIME, TESTS};

/// What is asked of a type of release, in the order of its fields.
pub(super) const TYPE: &[Setting] = &[
    may_set(
        "coverage_percent",
        "R62",
        "How many of a hundred lines tests must reach, in each file of coverage; 0: none.",
        Kind::Number { least: 0, most: 100, wrong: "% can never be reached; give 0 to 100" },
    ),
    may_set(
        "review_approvals",
        "R62",
        "How many accounts other than its author's must approve each merge request; 0 is one.",
        Kind::Number { least: 0, most: 20, wrong: "approvals are too many; give 0 to 20" },
    ),
    may_set(
        "lead_time_days",
        "R56",
        "How many days of 24 hours lie between the ticket and the start of its window; 0: none.",
        Kind::Number { least: 0, most: MOST_LEAD_TIME, wrong: "days are too many; give 0 to 366" },
    ),
    may_set(
        "tests",
        "R7, R8, R9, R10, R62, R81, R83",
        "The clauses of tests that block for this type besides those of `blocking`.",
        Kind::List { of: &Kind::Word(TESTS), some: false },
    ),
];
