//! Coverage of support (R75, R110): in which hours of which region somebody is on call for a service, and what of a window
//! lies outside of them.
use std::collections::BTreeSet;

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use super::hours::{Between, DayHours, WorkingHours};
use super::local::{LocalError, zone_named};
use crate::change::Window;

/// Days of a window that are looked at; what lies beyond is not covered.
const FURTHEST: usize = 400;

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeekDay {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl WeekDay {
    /// All of them, Monday first.
    pub const ALL: [Self; 7] =
        [Self::Monday, Self::Tuesday, Self::Wednesday, Self::Thursday, Self::Friday, Self::Saturday, Self::Sunday];
}

/// The hours in which a region has somebody on call, as the policy has them: local times of its zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// The name people read: `Berlin, office hours`.
    pub name: String,
    /// Services by name, case ignored; none: every service.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// IANA zone.
    pub zone: String,
    /// The local days on which the hours begin.
    pub days: Vec<WeekDay>,
    /// First local time, `08:00`.
    pub from: String,
    /// The local time in which it is over; one that is not after the first lies on the next day.
    pub until: String,
    /// Who is on call, by name.
    pub on_call: Vec<String>,
}

/// Why coverage cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoverageError {
    /// A field must say something.
    #[error("its {field} is empty")]
    Empty {
        /// Which.
        field: &'static str,
    },
    /// No time of the day.
    #[error("its {field} is no time of the day; write it as 08:00")]
    Clock {
        /// Which.
        field: &'static str,
    },
    /// Its zone.
    #[error(transparent)]
    Local(#[from] LocalError),
}

/// `08:00`, with both zeros: one time has one writing.
fn clock(field: &'static str, text: &str) -> Result<NaiveTime, CoverageError> {
    let time = NaiveTime::parse_from_str(text, "%H:%M").ok();
    time.filter(|time| time.format("%H:%M").to_string() == text).ok_or(CoverageError::Clock { field })
}

impl Coverage {
    /// Whether it is for a service. A change that names none is covered only by what is for every service.
    #[must_use]
    pub fn concerns(&self, service: &str) -> bool {
        let service = service.trim().to_lowercase();
        self.services.is_empty() || self.services.iter().any(|s| s.trim().to_lowercase() == service)
    }

    /// Its hours, day by day.
    ///
    /// # Errors
    /// [`CoverageError`] of its zone and times.
    pub fn hours(&self) -> Result<WorkingHours, CoverageError> {
        let zone = zone_named(&self.zone)?;
        let hours = DayHours { from: clock("from", &self.from)?, until: clock("until", &self.until)? };
        let weekly = WeekDay::ALL.map(|day| if self.days.contains(&day) { vec![hours] } else { Vec::new() });
        Ok(WorkingHours { zone, weekly, holidays: BTreeSet::new() })
    }

    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// The first thing that cannot be followed.
    pub fn check(&self) -> Result<(), CoverageError> {
        let blank = |texts: &[String]| texts.iter().any(|text| text.trim().is_empty());
        let fields = [
            ("name", self.name.trim().is_empty()),
            ("services", blank(&self.services)),
            ("days", self.days.is_empty()),
            ("on_call", self.on_call.is_empty() || blank(&self.on_call)),
        ];
        if let Some((field, _)) = fields.into_iter().find(|(_, empty)| *empty) {
            return Err(CoverageError::Empty { field });
        }
        self.hours().map(drop)
    }
}

/// What of a window is covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered<'c> {
    /// What covers some of it, in the order of the policy.
    pub by: Vec<&'c Coverage>,
    /// What nothing covers, the earliest first.
    pub gaps: Vec<Between>,
}

/// What of a window lies in the hours of a service's coverage, of however many regions. Coverage that cannot be followed
/// covers nothing: no policy with one is adopted.
#[must_use]
pub fn covered<'c>(all: &'c [Coverage], service: &str, window: &Window) -> Covered<'c> {
    let mut by = Vec::new();
    let mut spans: Vec<Between> = Vec::new();
    for coverage in all.iter().filter(|coverage| coverage.concerns(service)) {
        let found = within(coverage, window);
        if !found.is_empty() {
            by.push(coverage);
            spans.extend(found);
        }
    }
    spans.sort_unstable();
    let mut gaps = Vec::new();
    let mut reached = window.start;
    for (start, end) in spans {
        if start > reached {
            gaps.push((reached, start));
        }
        reached = reached.max(end);
    }
    if reached < window.end {
        gaps.push((reached, window.end));
    }
    Covered { by, gaps }
}

/// The spans of a coverage that lie in a window, cut to it.
fn within(coverage: &Coverage, window: &Window) -> Vec<Between> {
    let Ok(hours) = coverage.hours() else { return Vec::new() };
    let last = window.end.with_timezone(&hours.zone).date_naive();
    let dates = hours.first_date(window.start).iter_days().take_while(|date| *date <= last).take(FURTHEST);
    let cut = |(start, end): Between| -> Option<Between> {
        let (start, end) = (start.max(window.start), end.min(window.end));
        (start < end).then_some((start, end))
    };
    dates.filter_map(|date| hours.on(date).ok()).flatten().filter_map(cut).collect()
}
