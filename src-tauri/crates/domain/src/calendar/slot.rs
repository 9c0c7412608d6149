//! The next free slot: the first window of a length within the allowed hours in which nothing is in the way.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use super::conflict::{Conflicts, Item};
use super::freeze::{Exception, Freeze, hits};
use super::hours::{Between, WorkingHours};
use super::local::LocalError;
use crate::change::Window;
use crate::ids::ChangeKey;

/// How far ahead is looked, in days.
const FURTHEST: usize = 366;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The change with its environment, service, team and people; its own window does not matter.
    pub item: Item,
    /// How long, in real minutes.
    pub minutes: u32,
    /// When it may be, in the zone in which it is planned.
    pub hours: WorkingHours,
    /// Not before.
    pub after: DateTime<Utc>,
}

/// Why a day will not do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum DayRefusal {
    /// It has no allowed hours, or they are over.
    Closed,
    /// What is left of the allowed hours is too short.
    Short,
    /// Another change is in the way.
    Conflict(ChangeKey),
    /// A freeze is, by its name.
    Freeze(String),
}

impl DayRefusal {
    /// The words people read.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Closed => "no allowed hours".to_owned(),
            Self::Short => "too little of the allowed hours is left".to_owned(),
            Self::Conflict(key) => format!("conflict with {key}"),
            Self::Freeze(name) => format!("freeze “{name}”"),
        }
    }
}

/// A day that was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The local date.
    pub date: NaiveDate,
    /// Why, each reason once.
    pub refusals: Vec<DayRefusal>,
}

/// The days that were looked at before the slot, the earliest first.
pub type Looked = Vec<Day>;

/// The first free slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The window.
    pub window: Window,
    /// What was passed over; the day of the slot itself where something was in the way earlier that day.
    pub passed: Looked,
}

/// Why there is no slot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SlotError {
    /// A window must take some time.
    #[error("a slot has one minute at least")]
    Nothing,
    /// Nothing within a year.
    #[error("nothing is free within a year; shorten the window or allow more hours")]
    Full {
        /// What was passed over.
        passed: Looked,
    },
    /// Beyond the years that can be reckoned with.
    #[error(transparent)]
    Local(#[from] LocalError),
}

/// The first window at or after [`Wanted::after`] that lies within the allowed hours, and in which there is no conflict and
/// no freeze that blocks or warns, but for those that an exception of this change covers.
///
/// # Errors
/// [`SlotError`].
pub fn next_free(
    wanted: &Wanted,
    conflicts: &Conflicts<'_>,
    freezes: &[Freeze],
    exceptions: &[Exception],
) -> Result<Slot, SlotError> {
    if wanted.minutes == 0 {
        return Err(SlotError::Nothing);
    }
    let zone = wanted.hours.zone;
    let length = TimeDelta::minutes(i64::from(wanted.minutes));
    let mut refused = Refused::from(wanted.after, zone);
    for (opens, closes) in open(&wanted.hours, wanted.after)? {
        let mut start = opens.max(wanted.after);
        while start < closes {
            let Some(end) = start.checked_add_signed(length).filter(|end| *end <= closes) else {
                refused.day(start, DayRefusal::Short);
                break;
            };
            let window = Window { start, end, zone: zone.name().to_owned() };
            let blockers = in_the_way(wanted, &window, conflicts, freezes, exceptions);
            // Whatever begins before the end of the latest of them overlaps it as well.
            let Some(next) = blockers.iter().map(|(until, _)| *until).max() else {
                return Ok(Slot { window, passed: refused.before(Some(start)) });
            };
            for (until, why) in &blockers {
                refused.until(start, *until, why);
            }
            start = next;
        }
    }
    Err(SlotError::Full { passed: refused.before(None) })
}

/// What is in the way of a window, and until when. Each ends after the window's start.
fn in_the_way(
    wanted: &Wanted,
    window: &Window,
    conflicts: &Conflicts<'_>,
    freezes: &[Freeze],
    exceptions: &[Exception],
) -> Vec<(DateTime<Utc>, DayRefusal)> {
    let item = Item { start: window.start, end: window.end, ..wanted.item.clone() };
    let items = conflicts.items();
    let others = conflicts.with(&item).into_iter().map(|c| {
        let other = &items[c.other];
        (other.end, DayRefusal::Conflict(other.change.clone()))
    });
    let place = (item.environment.as_str(), item.service.as_str());
    let frozen = hits(freezes, exceptions, Some(&item.change), place, window);
    let frozen = frozen.into_iter().filter(|hit| hit.exception.is_none());
    others.chain(frozen.map(|hit| (hit.end, DayRefusal::Freeze(hit.freeze.name.clone())))).collect()
}

/// The allowed hours of a year, those that touch as one.
fn open(hours: &WorkingHours, after: DateTime<Utc>) -> Result<Vec<Between>, LocalError> {
    let mut merged: Vec<Between> = Vec::new();
    for date in hours.first_date(after).iter_days().take(FURTHEST) {
        for (start, end) in hours.on(date)? {
            match merged.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                Some(_) | None => merged.push((start, end)),
            }
        }
    }
    merged.retain(|(_, end)| *end > after);
    Ok(merged)
}

/// The days that were refused until the last one, with why.
#[derive(Debug)]
struct Refused {
    zone: Tz,
    first: NaiveDate,
    last: NaiveDate,
    days: BTreeMap<NaiveDate, BTreeSet<DayRefusal>>,
}

impl Refused {
    fn from(after: DateTime<Utc>, zone: Tz) -> Self {
        let first = after.with_timezone(&zone).date_naive();
        let last = first.checked_add_days(Days::new(FURTHEST as u64)).unwrap_or(first);
        Self { zone, first, last, days: BTreeMap::new() }
    }

    fn date(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    fn day(&mut self, at: DateTime<Utc>, why: DayRefusal) {
        let date = self.date(at);
        self.days.entry(date).or_default().insert(why);
    }

    /// What is in the way on every day until it is over.
    fn until(&mut self, from: DateTime<Utc>, until: DateTime<Utc>, why: &DayRefusal) {
        let last = self.date(until - TimeDelta::seconds(1)).min(self.last);
        for date in self.date(from).iter_days().take_while(|date| *date <= last) {
            self.days.entry(date).or_default().insert(why.clone());
        }
    }

    /// Every day before the slot's, and that one if something was in the way on it.
    fn before(mut self, slot: Option<DateTime<Utc>>) -> Looked {
        let last = slot.map_or(self.last, |at| self.date(at));
        let mut passed = Vec::new();
        for date in self.first.iter_days().take_while(|date| *date <= last) {
            let refusals = self.days.remove(&date).unwrap_or_default();
            if !refusals.is_empty() {
                passed.push(Day { date, refusals: refusals.into_iter().collect() });
            } else if slot.is_none() || date < last {
                passed.push(Day { date, refusals: vec![DayRefusal::Closed] });
            }
        }
        passed
    }
}
