//! Working hours of a zone: for timers that run in them, and for the times at which a change may go out.
use std::collections::BTreeSet;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::local::{LocalError, Twice, reckoned};

/// How far ahead is reckoned, in days: ten years.
const FURTHEST: u32 = 3_660;

/// From one instant until another.
pub type Between = (DateTime<Utc>, DateTime<Utc>);

/// From when until when; an end that is not after the start lies on the next day, so that 00:00 to 00:00 is the whole day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayHours {
    /// First local time.
    pub from: NaiveTime,
    /// The local time in which it is over.
    pub until: NaiveTime,
}

/// Why working hours lead nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// There are none.
    #[error("no day of the week has working hours")]
    Closed,
    /// Not within ten years.
    #[error("the working hours of the next ten years do not suffice")]
    TooFar,
    /// Beyond the years that can be reckoned with.
    #[error(transparent)]
    Local(#[from] LocalError),
}

/// The hours of each day of the week in a zone, and the days on which there are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingHours {
    /// The zone.
    pub zone: Tz,
    /// From Monday; an empty day has none.
    pub weekly: [Vec<DayHours>; 7],
    /// Local dates without hours.
    pub holidays: BTreeSet<NaiveDate>,
}

impl WorkingHours {
    /// The same hours from Monday to Friday.
    #[must_use]
    pub fn weekdays(zone: Tz, hours: DayHours) -> Self {
        let day = || vec![hours];
        Self { zone, weekly: [day(), day(), day(), day(), day(), Vec::new(), Vec::new()], holidays: BTreeSet::new() }
    }

    /// The same hours on every day of the week.
    #[must_use]
    pub fn daily(zone: Tz, hours: DayHours) -> Self {
        Self { weekly: std::array::from_fn(|_| vec![hours]), ..Self::weekdays(zone, hours) }
    }

    /// The spans that begin on this local date, the earliest first. What the clocks skip is no working time; what they
    /// show twice is, both times.
    ///
    /// # Errors
    /// [`LocalError::Range`].
    pub fn on(&self, date: NaiveDate) -> Result<Vec<Between>, LocalError> {
        if self.holidays.contains(&date) {
            return Ok(Vec::new());
        }
        let day = date.weekday().num_days_from_monday() as usize;
        let mut spans = Vec::new();
        for hours in self.weekly.get(day).into_iter().flatten() {
            let last = if hours.until > hours.from { Some(date) } else { date.succ_opt() };
            let last = last.ok_or(LocalError::Range { local: date.and_time(hours.until), zone: self.zone })?;
            let start = reckoned(date.and_time(hours.from), self.zone, Twice::Earlier)?.at;
            let end = reckoned(last.and_time(hours.until), self.zone, Twice::Later)?.at;
            if start < end {
                spans.push((start, end));
            }
        }
        spans.sort_unstable();
        Ok(spans)
    }

    /// The instant at which so many working minutes have passed; with 0, the first instant of working time from there.
    ///
    /// # Errors
    /// [`HoursError`].
    pub fn add(&self, from: DateTime<Utc>, minutes: u32) -> Result<DateTime<Utc>, HoursError> {
        if self.weekly.iter().all(Vec::is_empty) {
            return Err(HoursError::Closed);
        }
        let mut left = TimeDelta::minutes(i64::from(minutes));
        // Hours that run into another day, or overlap, count once.
        let mut reached = from;
        let mut date = self.first_date(from);
        for _ in 0..FURTHEST {
            for (start, end) in self.on(date)? {
                let start = start.max(reached);
                if start >= end {
                    continue;
                }
                let here = end.signed_duration_since(start);
                if left <= here {
                    return Ok(start + left);
                }
                left -= here;
                reached = end;
            }
            date = date.succ_opt().ok_or(HoursError::TooFar)?;
        }
        Err(HoursError::TooFar)
    }

    /// How many whole working minutes lie between two instants; none where the second is not after the first.
    ///
    /// # Errors
    /// [`HoursError`].
    pub fn between(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<i64, HoursError> {
        let mut sum = TimeDelta::zero();
        let mut reached = from;
        let mut date = self.first_date(from);
        for _ in 0..FURTHEST {
            for (start, end) in self.on(date)? {
                let (start, end) = (start.max(reached), end.min(until));
                if start < end {
                    sum += end.signed_duration_since(start);
                    reached = end;
                }
            }
            if date > until.with_timezone(&self.zone).date_naive() {
                return Ok(sum.num_minutes());
            }
            date = date.succ_opt().ok_or(HoursError::TooFar)?;
        }
        Err(HoursError::TooFar)
    }

    /// The day before the local one: its night shift may still run.
    pub(super) fn first_date(&self, from: DateTime<Utc>) -> NaiveDate {
        let date = from.with_timezone(&self.zone).date_naive();
        date.pred_opt().unwrap_or(date)
    }
}
