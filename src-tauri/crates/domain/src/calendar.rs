//! The calendar (R73 to R79): windows in their zones, freezes, conflicts, the next free slot, and working hours.
//!
//! An instant is UTC; people plan in local time. Between the two stands an IANA zone, whose clocks jump and whose rules
//! change: a local time that does not occur, or occurs twice, is named and never guessed away.
mod conflict;
mod coverage;
mod freeze;
mod hours;
pub mod ics;
mod local;
mod repeat;
mod service;
mod slot;
mod timing;

pub use conflict::{Conflict, Conflicts, Dependencies, Item, Reason};
pub use coverage::{Coverage, CoverageError, Covered, WeekDay, covered};
pub use freeze::{Exception, Freeze, FreezeError, FreezeHit, Hardness, Scope, hits};
pub use hours::{Between, DayHours, HoursError, WorkingHours};
pub use local::{Local, LocalError, Reckoned, Twice, instant, reckoned, span, zone_named};
pub use repeat::{Rule, RuleError};
pub use service::{Service, dependencies_of, dependencies_told, services_beside, team_of};
pub use slot::{Day, DayRefusal, Looked, Slot, SlotError, Wanted, next_free};
pub use timing::{Timing, timing_of};

#[cfg(test)]
mod tests;
