//! The strict reader: single events with their times, and a refusal with its line for everything that would have to be guessed.
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use chrono_tz::Tz;

use crate::calendar::local::{Local, LocalError, instant, zone_named};

/// Bytes of a file at most.
pub const LONGEST_FILE: usize = 1 << 20;
/// Events of a file at most.
const MOST_EVENTS: usize = 5_000;
/// Components within each other at most: a calendar, an event, its alarm; one more to spare.
const DEEPEST: usize = 4;

/// Why a file is not read. Each that lies in a line names it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IcsError {
    /// Too large.
    #[error("the file has more than 1 MiB; export fewer years")]
    TooLarge,
    /// Too many events.
    #[error("the file has more than 5,000 events; export fewer years")]
    TooMany,
    /// Bytes that are no text.
    #[error("the file is not UTF-8 text; export it as iCalendar (.ics) in UTF-8")]
    NoText,
    /// Not what RFC 5545 says.
    #[error("line {line}: {why}")]
    Line {
        /// From 1.
        line: usize,
        /// What is wrong, and what to write.
        why: String,
    },
    /// An event repeats.
    #[error(
        "line {line}: {property} makes the event repeat; export its single dates, or write each as an event of its own"
    )]
    Repeats {
        /// From 1.
        line: usize,
        /// `RRULE`, `RDATE` and so on.
        property: String,
    },
    /// A time that is none in its zone.
    #[error("line {line}: {why}")]
    Time {
        /// From 1.
        line: usize,
        /// Why.
        why: LocalError,
    },
}

/// An event that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadEvent {
    /// Its id in the file; empty where it has none.
    pub uid: String,
    /// One line.
    pub summary: String,
    /// More lines.
    pub description: String,
    /// First local time.
    pub start: NaiveDateTime,
    /// The local time at which it is over.
    pub end: NaiveDateTime,
    /// The zone of both.
    pub zone: Tz,
    /// The line in which it begins.
    pub line: usize,
}

/// A content line.
struct Property<'t> {
    line: usize,
    name: String,
    parameters: Vec<(String, &'t str)>,
    value: &'t str,
}

impl Property<'_> {
    fn wrong(&self, why: impl Into<String>) -> IcsError {
        IcsError::Line { line: self.line, why: why.into() }
    }
    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(n, _)| n == name).map(|(_, v)| *v)
    }
}

/// Reads the events of a file, in its order. `zone` is that of the organisation: whole days and times without a zone are its.
/// Cancelled events are left out; time zones that the file describes are not used, since IANA's are known.
///
/// # Errors
/// [`IcsError`].
pub fn read(bytes: &[u8], zone: Tz) -> Result<Vec<ReadEvent>, IcsError> {
    if bytes.len() > LONGEST_FILE {
        return Err(IcsError::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| IcsError::NoText)?;
    let lines = unfolded(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut within: Vec<String> = Vec::new();
    let mut open: Option<Draft> = None;
    let mut events = Vec::new();
    let mut last = 1;
    for (line, content) in &lines {
        last = *line;
        let property = parsed(*line, content)?;
        let component = property.value.trim().to_ascii_uppercase();
        match (property.name.as_str(), within.last().map(String::as_str)) {
            ("BEGIN", None) if component == "VCALENDAR" => within.push(component),
            (_, None) => return Err(property.wrong("an iCalendar file begins with BEGIN:VCALENDAR")),
            ("BEGIN", Some(_)) => {
                if within.len() >= DEEPEST {
                    return Err(property.wrong("components lie too deep within each other"));
                }
                if component == "VEVENT" {
                    if within.len() != 1 {
                        return Err(property.wrong("an event lies in the calendar itself, in no other component"));
                    }
                    open = Some(Draft::at(*line));
                }
                within.push(component);
            }
            ("END", Some(inner)) => {
                if component != inner {
                    return Err(property.wrong(format!("END:{inner} is missing before this line")));
                }
                within.pop();
                if component == "VEVENT"
                    && let Some(draft) = open.take()
                {
                    events.extend(draft.finished(zone)?);
                    if events.len() > MOST_EVENTS {
                        return Err(IcsError::TooMany);
                    }
                }
            }
            (_, Some("VEVENT")) => {
                if let Some(draft) = &mut open {
                    draft.take(&property)?;
                }
            }
            (_, Some(_)) => {}
        }
    }
    match within.last() {
        None if lines.is_empty() => Err(IcsError::Line { line: 1, why: "the file is empty".to_owned() }),
        None => Ok(events),
        Some(inner) => Err(IcsError::Line { line: last, why: format!("the file ends before END:{inner}") }),
    }
}

/// Lines put together again, each with the number of its first.
fn unfolded(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (number, line) in (1..).zip(text.split('\n')) {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if let Some(rest) = line.strip_prefix([' ', '\t'])
            && let Some((_, before)) = lines.last_mut()
        {
            before.push_str(rest);
        } else if !line.trim().is_empty() {
            lines.push((number, line.to_owned()));
        }
    }
    lines
}

/// `NAME;PARAMETER=value;OTHER="quoted: value":value`.
fn parsed(line: usize, content: &str) -> Result<Property<'_>, IcsError> {
    let wrong = |why: &str| IcsError::Line { line, why: why.to_owned() };
    let no_value = || wrong("a line reads NAME:value; this one has no colon");
    let end = content.find([';', ':']).ok_or_else(no_value)?;
    let (name, mut rest) = content.split_at(end);
    let named = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !named(name) {
        return Err(wrong("the name of a property has letters, digits and hyphens only"));
    }
    let mut parameters = Vec::new();
    while let Some(after) = rest.strip_prefix(';') {
        let (key, value) = after.split_once('=').ok_or_else(|| wrong("a parameter reads NAME=value"))?;
        if !named(key) {
            return Err(wrong("the name of a parameter has letters, digits and hyphens only"));
        }
        let (value, left) = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or_else(|| wrong("a quoted parameter has no second quote"))?,
            None => value.split_at(value.find([';', ':']).ok_or_else(no_value)?),
        };
        parameters.push((key.to_ascii_uppercase(), value));
        rest = left;
    }
    let value = rest.strip_prefix(':').ok_or_else(no_value)?;
    Ok(Property { line, name: name.to_ascii_uppercase(), parameters, value })
}

/// A time as a line has it.
#[derive(Debug, Clone, Copy)]
enum When {
    /// A whole day.
    Day(NaiveDate),
    /// A clock time; `None` where no zone is said.
    Clock(NaiveDateTime, Option<Tz>),
}

/// An event being read.
#[derive(Debug)]
struct Draft {
    line: usize,
    uid: String,
    summary: String,
    description: String,
    start: Option<(usize, When)>,
    end: Option<(usize, When)>,
    duration: Option<TimeDelta>,
    cancelled: bool,
}

impl Draft {
    fn at(line: usize) -> Self {
        Self {
            line,
            uid: String::new(),
            summary: String::new(),
            description: String::new(),
            start: None,
            end: None,
            duration: None,
            cancelled: false,
        }
    }

    fn take(&mut self, property: &Property<'_>) -> Result<(), IcsError> {
        let twice = || property.wrong(format!("the event has {} twice", property.name));
        match property.name.as_str() {
            "UID" => self.uid = unescaped(property.value),
            "SUMMARY" => self.summary = unescaped(property.value),
            "DESCRIPTION" => self.description = unescaped(property.value),
            "STATUS" => self.cancelled = property.value.trim().eq_ignore_ascii_case("CANCELLED"),
            "DTSTART" if self.start.is_some() => return Err(twice()),
            "DTSTART" => self.start = Some((property.line, when(property)?)),
            "DTEND" if self.end.is_some() => return Err(twice()),
            "DTEND" => self.end = Some((property.line, when(property)?)),
            "DURATION" if self.duration.is_some() => return Err(twice()),
            "DURATION" => self.duration = Some(duration(property)?),
            "RRULE" | "RDATE" | "EXDATE" | "EXRULE" | "RECURRENCE-ID" => {
                return Err(IcsError::Repeats { line: property.line, property: property.name.clone() });
            }
            _ => {}
        }
        Ok(())
    }

    /// The event; nothing where it was cancelled.
    fn finished(self, zone: Tz) -> Result<Option<ReadEvent>, IcsError> {
        if self.cancelled {
            return Ok(None);
        }
        let wrong = |line: usize, why: &str| IcsError::Line { line, why: why.to_owned() };
        let Some((line, begins)) = self.start else { return Err(wrong(self.line, "the event has no DTSTART")) };
        if self.end.is_some() && self.duration.is_some() {
            return Err(wrong(self.line, "the event has both DTEND and DURATION; it may have one"));
        }
        let out_of_range = || wrong(line, "the event lies beyond the years that can be reckoned with");
        let (start, own) = match begins {
            When::Day(date) => (date.and_time(NaiveTime::MIN), zone),
            When::Clock(time, None) => (time, zone),
            // UTC is nobody's clock on the wall.
            When::Clock(time, Some(Tz::UTC)) => (time.and_utc().with_timezone(&zone).naive_local(), zone),
            When::Clock(time, Some(own)) => (time, own),
        };
        let end = match (begins, self.end, self.duration) {
            (When::Day(_), Some((_, When::Day(date))), _) => date.and_time(NaiveTime::MIN),
            (When::Clock(..), Some((line, When::Clock(time, other))), _) => {
                let other = other.unwrap_or(zone);
                if other == own {
                    time
                } else {
                    let at = instant(Local { time, offset: None }, other);
                    at.map_err(|why| IcsError::Time { line, why })?.with_timezone(&own).naive_local()
                }
            }
            (_, Some((line, _)), _) => return Err(wrong(line, "DTSTART and DTEND are both days, or both times")),
            (_, None, Some(length)) => start.checked_add_signed(length).ok_or_else(out_of_range)?,
            (When::Day(date), None, None) => {
                date.checked_add_days(Days::new(1)).ok_or_else(out_of_range)?.and_time(NaiveTime::MIN)
            }
            (When::Clock(..), None, None) => start,
        };
        if end <= start {
            return Err(wrong(self.line, "the event is over before it begins, or lasts no time"));
        }
        let Self { line, uid, summary, description, .. } = self;
        Ok(Some(ReadEvent { uid, summary, description, start, end, zone: own, line }))
    }
}

/// Reads a day or a time.
fn when(property: &Property<'_>) -> Result<When, IcsError> {
    let value = property.value.trim();
    let date = |text: &str| {
        let digits = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| NaiveDate::parse_from_str(text, "%Y%m%d").ok()).flatten()
    };
    let wrong =
        || property.wrong("a time reads 20261218T180000, with Z or TZID where it has a zone, and a day 20261218");
    let Some((day, clock)) = value.split_once('T') else {
        return date(value).map(When::Day).ok_or_else(wrong);
    };
    let (clock, utc) = match clock.strip_suffix('Z') {
        Some(clock) => (clock, true),
        None => (clock, false),
    };
    let digits = clock.len() == 6 && clock.bytes().all(|b| b.is_ascii_digit());
    let time = digits.then(|| NaiveTime::parse_from_str(clock, "%H%M%S").ok()).flatten();
    let (Some(day), Some(time)) = (date(day), time) else { return Err(wrong()) };
    let zone = match property.parameter("TZID") {
        Some(_) if utc => return Err(property.wrong("a time has Z or a TZID, never both")),
        Some(name) => Some(zone_named(name).map_err(|why| IcsError::Time { line: property.line, why })?),
        None => utc.then_some(Tz::UTC),
    };
    Ok(When::Clock(day.and_time(time), zone))
}

/// Reads `P1W`, `P2D`, `PT90M` or `P1DT2H30M`.
fn duration(property: &Property<'_>) -> Result<TimeDelta, IcsError> {
    let wrong = || property.wrong("a duration reads P2D, PT90M or P1DT2H30M, and is not negative");
    let value = property.value.trim();
    let mut rest = value.strip_prefix('+').unwrap_or(value).strip_prefix('P').ok_or_else(wrong)?;
    let (mut seconds, mut clock, mut parts) = (0i64, false, 0);
    while !rest.is_empty() {
        if let (false, Some(after)) = (clock, rest.strip_prefix('T')) {
            (clock, rest) = (true, after);
            continue;
        }
        let end = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (count, unit) = rest.split_at(end);
        let count: u32 = count.parse().map_err(|_| wrong())?;
        let each = match (unit.chars().next(), clock) {
            (Some('W'), false) => 7 * 86_400,
            (Some('D'), false) => 86_400,
            (Some('H'), true) => 3_600,
            (Some('M'), true) => 60,
            (Some('S'), true) => 1,
            (Some(_) | None, _) => return Err(wrong()),
        };
        seconds = seconds.saturating_add(i64::from(count) * each);
        parts += 1;
        rest = unit.get(1..).unwrap_or_default();
    }
    let length = TimeDelta::try_seconds(seconds).ok_or_else(wrong)?;
    if parts == 0 { Err(wrong()) } else { Ok(length) }
}

/// A value as text; what RFC 5545 does not escape stays as it is.
fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n' | 'N') => out.push('\n'),
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    out
}
