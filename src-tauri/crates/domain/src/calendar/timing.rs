//! What the calendar knows of the model's question E3, *When is it rolled out?*
use chrono::TimeDelta;

use super::conflict::Conflict;
use super::freeze::{Freeze, hits};
use super::hours::{HoursError, WorkingHours};
use crate::change::Window;

/// A freeze this near makes a window one *next to freeze*, in hours.
const NEAR: i64 = 24;

/// When a window lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timing {
    /// In no business hour, near no freeze, beside no other change.
    Quiet,
    /// At least partly in business hours.
    BusinessHours,
    /// Next to a freeze, in one, or overlapping another change.
    Crowded,
}

impl Timing {
    /// The answer's id in the default model.
    #[must_use]
    pub fn choice(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::BusinessHours => "business_hours",
            Self::Crowded => "crowded",
        }
    }
}

/// The answer that the calendar suggests; it never answers by itself.
///
/// # Errors
/// [`HoursError`] where the business hours cannot be reckoned with.
pub fn timing_of(
    window: &Window,
    place: (&str, &str),
    conflicts: &[Conflict],
    freezes: &[Freeze],
    business: &WorkingHours,
) -> Result<Timing, HoursError> {
    let near = TimeDelta::hours(NEAR);
    let around = Window { start: window.start - near, end: window.end + near, zone: window.zone.clone() };
    if !conflicts.is_empty() || !hits(freezes, &[], None, place, &around).is_empty() {
        return Ok(Timing::Crowded);
    }
    let worked = business.between(window.start, window.end)?;
    Ok(if worked > 0 { Timing::BusinessHours } else { Timing::Quiet })
}
