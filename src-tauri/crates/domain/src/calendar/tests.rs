//! What the tables share.
use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;

use super::*;
use crate::change::Window;
use crate::ids::ChangeKey;

mod conflict;
mod coverage;
mod freeze;
mod hours;
mod local;
mod repeat;
mod slot;

/// An instant: `2026-03-29T01:00Z`.
fn at(text: &str) -> DateTime<Utc> {
    let text = text.strip_suffix('Z').expect("UTC");
    wall(text).and_utc()
}

/// A local time: `2026-03-29T02:30`.
fn wall(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").expect("a local time")
}

fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").expect("a date")
}

fn hours(from: &str, until: &str) -> DayHours {
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").expect("a time");
    DayHours { from: time(from), until: time(until) }
}

fn zone(name: &str) -> Tz {
    zone_named(name).expect("a zone")
}

fn offset(text: &str) -> FixedOffset {
    text.parse().expect("an offset")
}

fn window(start: &str, end: &str) -> Window {
    Window { start: at(start), end: at(end), zone: "Europe/Berlin".to_owned() }
}

/// A change that is known by its number, in production, on a service.
fn item(number: u32, service: &str, start: &str, end: &str) -> Item {
    Item {
        change: ChangeKey::new("CHG", number),
        start: at(start),
        end: at(end),
        environment: "production".to_owned(),
        service: service.to_owned(),
        team: String::new(),
        people: BTreeSet::new(),
    }
}

/// The year's end, in Berlin, for everything in production.
fn year_end() -> Freeze {
    Freeze {
        id: "year-end-2026".to_owned(),
        name: "Year end".to_owned(),
        hardness: Hardness::Hard,
        scope: Scope { environment: "prod*".to_owned(), services: Vec::new() },
        start: wall("2026-12-18T18:00"),
        end: wall("2027-01-04T06:00"),
        zone: "Europe/Berlin".to_owned(),
        reason: "Closing of the books".to_owned(),
        repeats: String::new(),
    }
}
