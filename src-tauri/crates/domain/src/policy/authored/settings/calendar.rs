//! The settings of rows about the calendar: freezes, services, coverage and regions.
use super::words::{DAYS, HARDNESS};
use super::{Kind, Line, Setting, may_set, set};

const SCOPE: &[Setting] = &[
    set(
        "environment",
        "",
        "Environments by name: * is any run of characters, ? is one; case does not matter.",
        "environment = \"prod*\"",
        Kind::Text(Line::Any),
    ),
    may_set(
        "services",
        "",
        "Services by name; left out: every service.",
        Kind::List { of: &Kind::Text(Line::Any), some: false },
    ),
];

/// What a freeze says, in the order of its fields.
pub(in crate::policy::authored) const FREEZE: &[Setting] = &[
    set("id", "", "What exceptions name.", "id = \"year-end-2026\"", Kind::Text(Line::Any)),
    set("name", "", "The name people read.", "name = \"Year end\"", Kind::Text(Line::Any)),
    set("hardness", "", "Whether it blocks or only warns.", "hardness = \"hard\"", Kind::Word(HARDNESS)),
    set("scope", "", "What it is about.", "scope = { environment = \"prod*\" }", Kind::Table(SCOPE)),
    set("start", "", "Its first minute.", "start = \"2026-12-20T00:00\"", Kind::LocalTime),
    set("end", "", "The minute in which it is over.", "end = \"2027-01-04T06:00\"", Kind::LocalTime),
    set("zone", "", "The zone of both.", "zone = \"Europe/Berlin\"", Kind::Text(Line::Any)),
    set("reason", "", "Why.", "reason = \"Closing of the books\"", Kind::Text(Line::Any)),
    may_set(
        "repeats",
        "",
        "By which rule it comes again, as iCalendar has it: \"FREQ=YEARLY\", \"FREQ=WEEKLY;BYDAY=SA;UNTIL=20301231\".",
        Kind::Text(Line::Any),
    ),
];

/// What is known of a service, in the order of its fields.
pub(in crate::policy::authored) const SERVICE: &[Setting] = &[
    set("name", "", "Its name, as tickets say it.", "name = \"payments\"", Kind::Text(Line::Any)),
    may_set("team", "", "The team whose it is.", Kind::Text(Line::Any)),
    may_set(
        "depends_on",
        "",
        "The services that it depends on.",
        Kind::List { of: &Kind::Text(Line::Any), some: false },
    ),
    may_set(
        "owner",
        "R76",
        "The department that owns it, as members speak for it in the roster: it signs when a service beside it changes.",
        Kind::Text(Line::Any),
    ),
];

/// What coverage says, in the order of its fields.
pub(in crate::policy::authored) const COVERAGE: &[Setting] = &[
    set("name", "", "The name people read.", "name = \"Berlin, office hours\"", Kind::Text(Line::Any)),
    may_set(
        "services",
        "",
        "Services by name; left out: every service.",
        Kind::List { of: &Kind::Text(Line::Any), some: false },
    ),
    set("zone", "", "The zone of its hours.", "zone = \"Europe/Berlin\"", Kind::Text(Line::Any)),
    set(
        "days",
        "",
        "The local days on which they begin.",
        "days = [\"monday\", \"friday\"]",
        Kind::List { of: &Kind::Word(DAYS), some: true },
    ),
    set("from", "", "The first local time.", "from = \"08:00\"", Kind::Text(Line::Any)),
    set("until", "", "The local time in which it is over.", "until = \"18:00\"", Kind::Text(Line::Any)),
    set(
        "on_call",
        "",
        "Who is on call, by name.",
        "on_call = [\"Service desk Berlin\"]",
        Kind::List { of: &Kind::Text(Line::Any), some: true },
    ),
];

/// What a region says, in the order of its fields.
pub(in crate::policy::authored) const REGION: &[Setting] = &[
    set("name", "", "The name people read.", "name = \"Berlin\"", Kind::Text(Line::Any)),
    set("zone", "", "The zone of its hours.", "zone = \"Europe/Berlin\"", Kind::Text(Line::Any)),
    set(
        "days",
        "",
        "Business days.",
        "days = [\"monday\", \"tuesday\"]",
        Kind::List { of: &Kind::Word(DAYS), some: true },
    ),
    set("from", "", "The first local time.", "from = \"08:00\"", Kind::Text(Line::Any)),
    set("until", "", "The local time in which the day is over.", "until = \"18:00\"", Kind::Text(Line::Any)),
    may_set(
        "holidays",
        "",
        "Days without hours, as \"2026-12-25\".",
        Kind::List { of: &Kind::Text(Line::Any), some: false },
    ),
];
