//! The settings about who is asked, and when: chains, the RACI matrix, hours, the ladder and departments.
use super::words::{DAYS, FIELDS, LETTERS, LEVELS, ROLES, ROUTES};
use super::{Kind, Line, Setting, may_set, set};

pub(super) const EACH_ROUTE: Kind = Kind::Each { noun: "level of risk", keys: LEVELS, of: &Kind::Word(ROUTES) };

pub(super) const EACH_LETTER: Kind =
    Kind::Each { noun: "letter", keys: LETTERS, of: &Kind::List { of: &Kind::Word(ROLES), some: false } };

pub(super) const HOURS: &[Setting] = &[
    set("zone", "", "The zone.", "zone = \"Europe/Berlin\"", Kind::Text(Line::Any)),
    set(
        "days",
        "",
        "Working days.",
        "days = [\"monday\", \"tuesday\"]",
        Kind::List { of: &Kind::Word(DAYS), some: true },
    ),
    set("from", "", "The first local time.", "from = \"09:00\"", Kind::Text(Line::Any)),
    set(
        "until",
        "",
        "The local time in which the day is over; 00:00 to 00:00 is the whole day.",
        "until = \"17:00\"",
        Kind::Text(Line::Any),
    ),
    may_set(
        "holidays",
        "",
        "Days without hours, as \"2026-12-25\".",
        Kind::List { of: &Kind::Text(Line::Any), some: false },
    ),
];

const HOUR_COUNT: Kind = Kind::Number { least: 0, most: 1000, wrong: "working hours are too many; give 0 to 1000" };

pub(super) const LADDER: &[Setting] = &[
    set("answer", "", "Within how many an answer is expected; later is a breach.", "answer = 16", HOUR_COUNT),
    set("remind", "", "After how many whoever was asked is reminded.", "remind = 8", HOUR_COUNT),
    set("deputy", "", "After how many the deputy is asked.", "deputy = 16", HOUR_COUNT),
    set("chair", "", "After how many the chair is told.", "chair = 24", HOUR_COUNT),
];

/// What involves a department, in the order of its fields.
pub(super) const DEPARTMENT: &[Setting] = &[
    set("name", "", "As members speak for it in the roster.", "name = \"Payments\"", Kind::Text(Line::Any)),
    may_set("field", "", "Where the ticket says so.", Kind::Word(FIELDS)),
    may_set(
        "says",
        "",
        "What it says; * is any run of characters, ? is one.",
        Kind::List { of: &Kind::Text(Line::Any), some: true },
    ),
    may_set("level", "R85", "From which level of risk on, whatever the ticket says.", Kind::Word(LEVELS)),
];
