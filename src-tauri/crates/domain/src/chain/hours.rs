//! The working hours of a board as its policy says them (R64).
use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::calendar::{DayHours, LocalError, WeekDay, WorkingHours, zone_named};

/// When the board works: the same hours on each working day, in one zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// IANA zone.
    pub zone: String,
    /// Working days.
    pub days: Vec<WeekDay>,
    /// First local time, `09:00`.
    pub from: String,
    /// The local time in which the day is over, `17:00`; not after `from` it is the next day's, so that 00:00 to 00:00 is the
    /// whole day.
    pub until: String,
    /// Days without hours, `2026-12-25`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<String>,
}

impl Default for Hours {
    /// Monday to Friday, 09:00 to 17:00 UTC.
    fn default() -> Self {
        let [monday, tuesday, wednesday, thursday, friday, _, _] = WeekDay::ALL;
        Self {
            zone: "Etc/UTC".to_owned(),
            days: vec![monday, tuesday, wednesday, thursday, friday],
            from: "09:00".to_owned(),
            until: "17:00".to_owned(),
            holidays: Vec::new(),
        }
    }
}

/// Why hours cannot be reckoned with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoursFault {
    /// The zone.
    #[error(transparent)]
    Zone(#[from] LocalError),
    /// No working day.
    #[error("days is empty; name one working day at least")]
    NoDay,
    /// A day twice.
    #[error("days names a day twice; once is enough")]
    DayTwice,
    /// No time of day.
    #[error("{field} is {given:?}, which is no time of day; write it as \"09:00\"")]
    Time {
        /// Which setting.
        field: &'static str,
        /// As given.
        given: String,
    },
    /// No date.
    #[error("holidays names {given:?}, which is no day; write it as \"2026-12-25\"")]
    Holiday {
        /// As given.
        given: String,
    },
}

impl Hours {
    /// As the calendar reckons with them: in real time, whatever the clocks do.
    ///
    /// # Errors
    /// The first setting that cannot be followed.
    pub fn working(&self) -> Result<WorkingHours, HoursFault> {
        let zone = zone_named(&self.zone)?;
        let hours = DayHours { from: time("from", &self.from)?, until: time("until", &self.until)? };
        if self.days.is_empty() {
            return Err(HoursFault::NoDay);
        }
        if self.days.iter().collect::<BTreeSet<_>>().len() < self.days.len() {
            return Err(HoursFault::DayTwice);
        }
        let weekly = WeekDay::ALL.map(|day| if self.days.contains(&day) { vec![hours] } else { Vec::new() });
        let holidays = self.holidays.iter().map(|text| holiday(text)).collect::<Result<_, _>>()?;
        Ok(WorkingHours { zone, weekly, holidays })
    }
}

/// The business hours of a region (R75): when a free slot is looked for in business hours, and when a roll-out is one in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// The name people read: `Berlin`.
    pub name: String,
    /// IANA zone.
    pub zone: String,
    /// Business days.
    pub days: Vec<WeekDay>,
    /// First local time, `08:00`.
    pub from: String,
    /// The local time in which the day is over, as in [`Hours`].
    pub until: String,
    /// Days without hours, `2026-12-25`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<String>,
}

impl Region {
    /// Its hours, as the calendar reckons with them.
    ///
    /// # Errors
    /// The first setting that cannot be followed.
    pub fn working(&self) -> Result<WorkingHours, HoursFault> {
        let Self { zone, days, from, until, holidays, .. } = self.clone();
        Hours { zone, days, from, until, holidays }.working()
    }

    /// Whether people mean it by this name; case ignored.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.trim().to_lowercase() == name.trim().to_lowercase()
    }
}

/// Business hours in a zone: those of the first region in it, else Monday to Friday, 08:00 to 18:00.
#[must_use]
pub fn business_hours(regions: &[Region], zone: Tz) -> WorkingHours {
    let mut of_zone = regions.iter().filter(|region| zone_named(&region.zone) == Ok(zone));
    let clock = |hour: u32| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(NaiveTime::MIN);
    let others = || WorkingHours::weekdays(zone, DayHours { from: clock(8), until: clock(18) });
    of_zone.find_map(|region| region.working().ok()).unwrap_or_else(others)
}

/// One time has one writing.
fn time(field: &'static str, text: &str) -> Result<NaiveTime, HoursFault> {
    let read = NaiveTime::parse_from_str(text, "%H:%M").ok();
    read.filter(|time| time.format("%H:%M").to_string() == text)
        .ok_or_else(|| HoursFault::Time { field, given: text.chars().take(40).collect() })
}

fn holiday(text: &str) -> Result<NaiveDate, HoursFault> {
    let read = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    read.filter(|date| date.format("%Y-%m-%d").to_string() == text)
        .ok_or_else(|| HoursFault::Holiday { given: text.chars().take(40).collect() })
}
