//! Views: the calendar and a change's schedule.
use serde::{Deserialize, Serialize};
use specta::Type;

#[allow(unused_imports)]
use super::*;

/// Which part of the calendar: local days of a zone, the last one included. Left out: 31 days from today, in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
pub struct CalendarRequest {
    /// `YYYY-MM-DD`.
    pub from: Option<String>,
    /// `YYYY-MM-DD`.
    pub to: Option<String>,
    /// IANA zone.
    pub zone: Option<String>,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CalendarView {
    /// `YYYY-MM-DD`.
    pub from: String,
    /// `YYYY-MM-DD`, included.
    pub to: String,
    pub zone: String,
    pub items: Vec<CalendarItem>,
    /// The releases that have a window in these days, the first to begin first.
    pub releases: Vec<CalendarRelease>,
    pub freezes: Vec<CalendarFreeze>,
    pub conflicts: Vec<CalendarConflict>,
    /// More changes than are shown: ask for fewer days.
    pub more: bool,
}

/// A change in the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CalendarItem {
    pub key: String,
    pub title: String,
    pub window: ImplementationWindow,
    /// From when until when, in words, in the calendar's zone.
    pub local: String,
    pub environment: String,
    pub service: String,
    /// The ticket's own status.
    pub status: String,
    /// Whether it is over: closed on the ticket, rejected or withdrawn. It is in nobody's way.
    pub over: bool,
    pub level: Option<domain::risk::RiskLevel>,
    pub decision: Option<domain::meeting::DecisionKind>,
    /// How many changes are in its way.
    pub conflicts: u32,
    /// Names of the freezes its window touches, but for those from which it is excepted.
    pub freezes: Vec<String>,
    /// Whether somebody is on call during the whole window; null where the policy names no hours of support.
    pub covered: Option<bool>,
    /// The release it belongs to; null: to none.
    pub release: Option<String>,
    /// What its ticket tells of its deployment last, in words; empty: nothing.
    pub deployment: String,
}

/// A release in the calendar: from the first of its changes' windows until the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CalendarRelease {
    pub name: String,
    pub starts_at: String,
    pub ends_at: String,
    /// From when until when, in words, in the calendar's zone.
    pub local: String,
    /// How many changes go out with it.
    pub changes: u32,
    /// What counts when deciding: what is open counts at its worst.
    pub level: domain::risk::RiskLevel,
    pub milestone: Option<String>,
}

/// A freeze of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CalendarFreeze {
    pub id: String,
    pub name: String,
    pub hard: bool,
    pub environment: String,
    /// None: every service.
    pub services: Vec<String>,
    pub starts_at: String,
    pub ends_at: String,
    /// In words, in the calendar's zone.
    pub local: String,
    pub reason: String,
    /// By which rule it comes again, in words; empty: it comes once.
    pub repeats: String,
}

/// Two changes that are in each other's way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CalendarConflict {
    pub one: String,
    pub other: String,
    pub reasons: Vec<String>,
}

/// Names a change, and the zone in which somebody looks at its schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ScheduleRequest {
    pub change: String,
    /// IANA zone; left out: only that in which it is planned.
    pub zone: Option<String>,
}

/// A change's schedule, in its own zone and in another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ScheduleView {
    pub change: String,
    pub window: Option<ImplementationWindow>,
    /// In words, in the zone in which it is planned.
    pub planned: Option<String>,
    /// The same in the zone that was asked for, where it is another.
    pub elsewhere: Option<String>,
    /// Real minutes.
    pub minutes: Option<u32>,
    pub conflicts: Vec<ScheduleConflict>,
    pub freezes: Vec<ScheduleFreeze>,
    /// Who is on call; null where the policy names no hours of support.
    pub coverage: Option<ScheduleCoverage>,
    /// What the ticket tells of deployments, in words, each with its time and its source, the oldest first.
    pub deployments: Vec<String>,
    /// The next time at which the same hours are free; null where nothing is in the way now.
    pub next: Option<SlotView>,
    /// Why there is no such time.
    pub no_next: Option<String>,
}

/// A change that is in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ScheduleConflict {
    pub key: String,
    pub title: String,
    /// In words, in the zone in which the change is planned.
    pub local: String,
    pub reasons: Vec<String>,
}

/// A freeze that the window touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ScheduleFreeze {
    pub id: String,
    pub name: String,
    pub hard: bool,
    /// The whole window lies in it.
    pub whole: bool,
    /// In words, in the zone in which the change is planned.
    pub local: String,
    pub reason: String,
    /// Until when an exception holds, and why; empty: there is none.
    pub excepted: String,
    /// What it takes to go ahead nevertheless.
    pub needs: String,
}

/// Who is on call during a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ScheduleCoverage {
    /// The hours of support that cover some of it, each with who is on call.
    pub by: Vec<String>,
    /// What nobody covers, in words, in the zone in which the change is planned.
    pub gaps: Vec<String>,
}

/// When a change may go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SlotHours {
    /// At any time.
    #[default]
    Any,
    /// In the business hours of the region or zone; where the policy names none, from Monday to Friday, 08:00 to 18:00.
    Business,
    /// Every night, 20:00 to 06:00.
    Quiet,
}

/// Asks for the next free slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SlotRequest {
    pub minutes: u32,
    pub environment: String,
    pub service: String,
    /// Not before (RFC 3339); left out: now.
    pub after: Option<String>,
    /// IANA zone of the hours; left out: UTC.
    pub zone: Option<String>,
    /// A region of the policy instead, by its name: its hours in its zone.
    pub region: Option<String>,
    pub hours: SlotHours,
}

/// A free slot, and what was passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SlotView {
    pub window: ImplementationWindow,
    /// In words, in its zone.
    pub local: String,
    pub passed: Vec<SlotDay>,
}

/// A day that was passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SlotDay {
    /// `YYYY-MM-DD`.
    pub date: String,
    pub why: Vec<String>,
}

/// The calendar as an iCalendar file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CalendarFile {
    pub text: String,
    pub events: u32,
}
