//! Views: meeting, agenda.
use serde::{Deserialize, Serialize};
use specta::Type;

#[allow(unused_imports)]
use super::*;

/// A word of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum MeetingState {
    Draft,
    InSession,
    Closed,
    Sealed,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MeetingHead {
    pub id: String,
    pub title: String,
    pub state: MeetingState,
    pub starts_at: String,
    pub zone: String,
    pub place: String,
    pub chair: String,
    pub items: u32,
    pub decided: u32,
    pub called_to_order_at: Option<String>,
    pub closed_at: Option<String>,
    pub agenda_digest: Option<String>,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CreateMeetingRequest {
    pub title: String,
    pub starts_at: String,
    pub zone: String,
    pub place: String,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AgendaRule {
    pub id: String,
    pub label: String,
    /// What it takes and in which order.
    pub explanation: String,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AgendaItemRow {
    pub id: String,
    pub number: u32,
    pub change: ChangeRow,
    /// Why it is here: "carried over from 14 November", "new, high risk".
    pub reason: String,
    pub minutes: u32,
    /// True: the circulated edition of the minutes will withhold what it says.
    pub restricted: bool,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AgendaView {
    pub meeting: MeetingHead,
    pub rules: Vec<AgendaRule>,
    pub rule: Option<String>,
    pub items: Vec<AgendaItemRow>,
    /// Changes that could be added, best first (at most 200).
    pub candidates: Vec<AgendaViewCandidates>,
    /// What members say was recorded wrongly since the last meeting: it heads the agenda.
    pub contested: Vec<SpokenRow>,
    /// What is overdue of emergencies and broken glasses that have no ticket here: it heads the agenda, too.
    pub overdue: Vec<String>,
    pub minutes_total: u32,
    pub roster: Vec<MemberRow>,
    pub quorum_rule: String,
    /// Why it cannot be called to order yet; null: it can.
    pub call_refusal: Option<Refusal>,
    pub saved_at: Option<String>,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AgendaViewCandidates {
    pub change: ChangeRow,
    pub reason: String,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Quorum {
    pub met: bool,
    pub present: u32,
    pub required: u32,
    pub short_by: u32,
    /// "floor(5 / 2) + 1 = 3 of 5 voting seats; 1 recused on this item".
    pub arithmetic: String,
    /// Who would make it, by name.
    pub missing: Vec<String>,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Tally {
    pub approve: u32,
    pub reject: u32,
    pub abstain: u32,
    pub absent: u32,
    pub recused: u32,
    /// What the votes advise; null: none or a tie.
    pub advice: Option<TallyAdvice>,
    pub arithmetic: String,
}

/// Part of the view around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TallyAdvice {
    Approve,
    Reject,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Seat {
    pub member: MemberRef,
    pub seat: String,
    pub voting: bool,
    pub mandatory: bool,
    pub has_key: bool,
    pub attendance: SeatAttendance,
    pub since: Option<String>,
}

/// Part of the view around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SeatAttendance {
    Present,
    Absent,
    Left,
    NotRecorded,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Timer {
    pub running: bool,
    /// When it was last started; null when paused.
    pub started_at: Option<String>,
    /// Counted before `started_at`.
    pub spent_seconds: u32,
    pub planned_seconds: u32,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ConsoleItemRow {
    pub id: String,
    pub number: u32,
    pub change_id: String,
    pub key: String,
    pub title: String,
    pub state: ConsoleItemRowState,
    pub decision: Option<domain::meeting::DecisionKind>,
    pub level: Option<domain::risk::RiskLevel>,
    pub minutes: u32,
    pub late: bool,
    /// The release it belonged to when the agenda was frozen; null: to none.
    pub release: Option<String>,
}

/// Part of the view around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ConsoleItemRowState {
    Open,
    Current,
    Decided,
    NoDecision,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Vote {
    pub member: MemberRef,
    pub seat: String,
    pub position: Option<VotePosition>,
    pub attestation: Option<domain::entry::Attestation>,
    /// Recused on this item: reason with clause.
    pub recused: Option<String>,
}

/// An act the chair could take on the item now, or why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DecisionOption {
    pub kind: domain::meeting::DecisionKind,
    pub refusal: Option<Refusal>,
    /// A reason must be given (rejecting, deferring, deviating from the votes).
    pub needs_reason: bool,
    /// What the policy asks for after the deployment at this level: conditions, added where they are left out.
    pub after_care: Vec<String>,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ConsoleItem {
    pub id: String,
    pub change: ChangeView,
    pub reason: String,
    pub quorum: Quorum,
    pub votes: Vec<Vote>,
    pub tally: Tally,
    /// Asked, no objection: who was present; null: not asked.
    pub consent: Option<ConsoleItemConsent>,
    pub options: Vec<DecisionOption>,
    pub decision: Option<Decision>,
    /// The minute note of this item: a draft until the chair moves on.
    pub note: String,
    pub timer: Timer,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ConsoleItemConsent {
    pub present: Vec<String>,
    pub at: String,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MeetingView {
    pub meeting: MeetingHead,
    pub items: Vec<ConsoleItemRow>,
    pub current: Option<String>,
    pub late: Vec<MeetingViewLate>,
    /// What people take away.
    pub actions: Vec<MeetingAction>,
    pub seats: Vec<Seat>,
    pub quorum: Quorum,
    pub saved_at: Option<String>,
}

/// An action somebody takes away from a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MeetingAction {
    pub text: String,
    pub owner: String,
    pub due_on: Option<String>,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MeetingViewLate {
    pub change: ChangeRow,
    pub reason: String,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DecideRequest {
    pub meeting: String,
    pub item: String,
    pub kind: domain::meeting::DecisionKind,
    pub basis: domain::meeting::Basis,
    pub rationale: String,
    pub conditions: Vec<DecideRequestConditions>,
    /// For a deferral: a date (local), or null for the next meeting.
    pub deferred_to: Option<String>,
}

/// Part of the view around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DecideRequestConditionsWhen {
    Before,
    After,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DecideRequestConditions {
    pub text: String,
    pub owner: String,
    pub due_on: Option<String>,
    pub when: DecideRequestConditionsWhen,
}
