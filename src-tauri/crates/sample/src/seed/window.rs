//! Implementation windows: written as weekdays around `now`, stored as wall time in a zone.
use chrono::{
    DateTime, Datelike, Days, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike, Utc, Weekday,
};
use chrono_tz::Tz;

use super::source::Block;
use crate::error::SampleError;

/// A window in wall time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) start: NaiveDateTime,
    pub(crate) end: NaiveDateTime,
    pub(crate) zone: Tz,
}

impl Window {
    /// The first instant.
    pub(crate) fn opens(&self) -> DateTime<Utc> {
        let local = self.zone.from_local_datetime(&self.start);
        // A wall time that the clocks skip is read as if they had not.
        local.earliest().map_or_else(|| self.start.and_utc(), |time| time.with_timezone(&Utc))
    }

    /// Wall time `minutes` after the start.
    pub(crate) fn at(&self, minutes: i64) -> String {
        (self.start + Duration::minutes(minutes)).format("%H:%M").to_string()
    }

    pub(crate) fn minutes(&self) -> i64 {
        (self.end - self.start).num_minutes()
    }
}

fn weekday(name: &str) -> Option<Weekday> {
    name.parse().ok()
}

/// The last Sunday of the next March or October: when Europe's clocks change.
pub(crate) fn next_clock_change(today: NaiveDate) -> NaiveDate {
    let last_sunday = |year: i32, month: u32| {
        let end = NaiveDate::from_ymd_opt(year, month, 31)?;
        end.checked_sub_days(Days::new(u64::from(end.weekday().num_days_from_sunday())))
    };
    (today.year()..=today.year() + 1)
        .flat_map(|year| [last_sunday(year, 3), last_sunday(year, 10)])
        .flatten()
        .find(|day| *day > today)
        .unwrap_or(today)
}

/// Reads `tue+1 22:00 90 [zone]`: the Tuesday a week after the next one, 22:00, for 90 minutes; `-2` lies in the
/// past; `clocks` is the next change of Europe's clocks; `now +04:00 60` begins in four hours.
pub(crate) fn read(block: &Block, text: &str, now: DateTime<Utc>) -> Result<Window, SampleError> {
    let wrong = || block.wrong(format!("window {text:?}"));
    let mut words = text.split_whitespace();
    let mut word = || words.next().ok_or_else(wrong);
    let (day, time, minutes) = (word()?, word()?, word()?);
    let zone: Tz = match word() {
        Ok(zone) => zone.parse().map_err(|_| wrong())?,
        Err(_) => chrono_tz::Europe::Berlin,
    };
    let minutes: i64 = minutes.parse().map_err(|_| wrong())?;
    let today = now.with_timezone(&zone).date_naive();
    if day == "now" {
        let (sign, away) = time.split_at_checked(1).ok_or_else(wrong)?;
        let away = NaiveTime::parse_from_str(away, "%H:%M").map_err(|_| wrong())? - NaiveTime::MIN;
        let at = if sign == "-" { now - away } else { now + away };
        let at = at.with_timezone(&zone).naive_local();
        let start = at - Duration::seconds(i64::from(at.num_seconds_from_midnight() % 300));
        return Ok(Window { start, end: start + Duration::minutes(minutes), zone });
    }
    let date = if day == "clocks" {
        next_clock_change(today)
    } else {
        let at = day.find(['+', '-']).unwrap_or(day.len());
        let (name, weeks) = day.split_at(at);
        let weeks: i64 = if weeks.is_empty() { 0 } else { weeks.parse().map_err(|_| wrong())? };
        let wanted = weekday(name).ok_or_else(wrong)?;
        let ahead =
            (7 + i64::from(wanted.num_days_from_monday()) - i64::from(today.weekday().num_days_from_monday())) % 7;
        let ahead = if ahead == 0 { 7 } else { ahead };
        today.checked_add_signed(Duration::days(ahead + 7 * weeks)).ok_or_else(wrong)?
    };
    let start = date.and_time(NaiveTime::parse_from_str(time, "%H:%M").map_err(|_| wrong())?);
    Ok(Window { start, end: start + Duration::minutes(minutes), zone })
}
