//! Views: a window that is to be moved, and what follows from it.
use serde::{Deserialize, Serialize};
use specta::Type;

#[allow(unused_imports)]
use super::*;

/// Where a window is to be moved, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RescheduleRequest {
    pub change: String,
    /// Local time, `2026-11-25T22:00`; where the clocks show it twice with its offset, `2026-10-25T02:30+01:00`.
    pub start: String,
    /// As the start.
    pub end: String,
    /// IANA zone of both; left out: that in which the window is planned.
    pub zone: Option<String>,
    /// Why; whoever signed reads it.
    pub reason: String,
}

/// What follows from moving a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RescheduleView {
    pub change: String,
    pub window: ImplementationWindow,
    /// Where it is now, in words, in its zone; null where there is none yet.
    pub from: Option<String>,
    /// Where it is to be, in words, in its zone.
    pub to: String,
    /// Real minutes.
    pub minutes: u32,
    pub conflicts: Vec<ScheduleConflict>,
    pub freezes: Vec<ScheduleFreeze>,
    /// Who is on call then; null where the policy names no hours of support.
    pub coverage: Option<ScheduleCoverage>,
    /// Where the change stands, and where it will.
    pub standing: String,
    pub standing_then: String,
    pub sign_offs: Vec<RescheduledSignOff>,
    /// The notice to send, ready to be copied.
    pub notice: String,
}

/// What becomes of a sign-off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RescheduledSignOff {
    pub signer: String,
    pub role: domain::roster::Role,
    /// It does not speak for the change with the new window.
    pub stale: bool,
    pub why: String,
}
