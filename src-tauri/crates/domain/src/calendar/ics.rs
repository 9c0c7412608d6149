//! iCalendar (RFC 5545), out and in: the windows of changes for people's own calendars, and an organisation's holidays and
//! maintenance as freezes.
//!
//! What goes out has UTC times, which every reader understands alike, and the zone of planning beside them in a property of
//! our own. What comes in is read by a strict reader of single events (`docs/decisions/0027-calendar.md`).
use chrono::{DateTime, Utc};

mod read;
#[cfg(test)]
mod tests;

pub use read::{IcsError, LONGEST_FILE, ReadEvent, read};

/// Octets of a line at most, without its end.
const LONGEST_LINE: usize = 75;
/// Who made the file.
const PRODUCT: &str = "PRODID:-//Cabinet//Calendar//EN";

/// How sure an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventStatus {
    /// Not decided yet.
    Tentative,
    /// Approved.
    Confirmed,
    /// Rejected, or withdrawn.
    Cancelled,
}

impl EventStatus {
    fn word(self) -> &'static str {
        match self {
            Self::Tentative => "TENTATIVE",
            Self::Confirmed => "CONFIRMED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// An event that goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The same for the same change in every file, so that a calendar moves the event instead of adding one.
    pub uid: String,
    /// First instant.
    pub start: DateTime<Utc>,
    /// Last instant.
    pub end: DateTime<Utc>,
    /// The zone in which it was planned.
    pub zone: String,
    /// One line.
    pub summary: String,
    /// Where: the environment.
    pub location: String,
    /// More lines.
    pub description: String,
    /// How sure.
    pub status: EventStatus,
    /// What is planned.
    pub category: Category,
}

/// What an event is about, so that a calendar can tell the two apart, or show one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// A change in its window.
    Change,
    /// A release, from the first window of its changes until the last (R73).
    Release,
}

impl Category {
    fn word(self) -> &'static str {
        match self {
            Self::Change => "CHANGE",
            Self::Release => "RELEASE",
        }
    }
}

/// Whether two files of ours say the same; when they were made does not count.
#[must_use]
pub fn says_the_same(one: &str, other: &str) -> bool {
    // A line that goes on from the one before begins with a space, so no text begins one of these.
    fn said(file: &str) -> impl Iterator<Item = &str> {
        file.split("\r\n").filter(|line| !line.starts_with("DTSTAMP:"))
    }
    said(one).eq(said(other))
}

/// Whether this is a file of ours, of whatever board.
#[must_use]
pub fn is_ours(file: &str) -> bool {
    file.split("\r\n").take(3).eq(["BEGIN:VCALENDAR", "VERSION:2.0", PRODUCT])
}

/// The file. `stamp` is when it was made.
#[must_use]
pub fn write(events: &[Event], name: &str, stamp: DateTime<Utc>) -> String {
    let mut file = String::new();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", PRODUCT, "CALSCALE:GREGORIAN", "METHOD:PUBLISH"] {
        fold(&mut file, line);
    }
    fold(&mut file, &format!("X-WR-CALNAME:{}", escaped(name)));
    for event in events {
        fold(&mut file, "BEGIN:VEVENT");
        fold(&mut file, &format!("UID:{}", escaped(&event.uid)));
        fold(&mut file, &format!("DTSTAMP:{}", time(stamp)));
        fold(&mut file, &format!("DTSTART:{}", time(event.start)));
        // Without an end the event is a moment; one before its start would make the file invalid.
        if event.start < event.end {
            fold(&mut file, &format!("DTEND:{}", time(event.end)));
        }
        fold(&mut file, &format!("SUMMARY:{}", escaped(&event.summary)));
        for (property, text) in [("LOCATION", &event.location), ("DESCRIPTION", &event.description)] {
            if !text.is_empty() {
                fold(&mut file, &format!("{property}:{}", escaped(text)));
            }
        }
        fold(&mut file, &format!("CATEGORIES:{}", event.category.word()));
        fold(&mut file, &format!("STATUS:{}", event.status.word()));
        fold(&mut file, &format!("X-CABINET-ZONE:{}", escaped(&event.zone)));
        fold(&mut file, "END:VEVENT");
    }
    fold(&mut file, "END:VCALENDAR");
    file
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as a value: nothing in it can end its line or its value.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => out.push_str("\\n"),
            '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Writes a line, broken between characters where it is too long.
fn fold(file: &mut String, line: &str) {
    let mut left = LONGEST_LINE;
    for c in line.chars() {
        if c.len_utf8() > left {
            file.push_str("\r\n ");
            left = LONGEST_LINE - 1;
        }
        left -= c.len_utf8();
        file.push(c);
    }
    file.push_str("\r\n");
}
