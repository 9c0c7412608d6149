//! Views: errors, events.
use serde::{Deserialize, Serialize};
use specta::Type;

#[allow(unused_imports)]
use super::*;

/// A business rule said no. It explains itself: which rule, which clause, what would satisfy it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Refusal {
    /// Stable word, for example `quorum_short`, `own_change`, `recused`, `stale`, `hard_block`, `wrong_pin`.
    pub code: String,
    /// One sentence: which rule refuses, with its data.
    pub rule: String,
    /// The clause it enforces, for example `R31`; null if it comes from the board's own rules.
    pub clause: Option<String>,
    /// One sentence: what would satisfy it.
    pub remedy: String,
    pub facts: Vec<Fact>,
}

/// A word of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum WorkKind {
    Sync,
    Reconcile,
    DryRun,
    Sample,
    Compose,
    Seal,
    Verify,
    Push,
    Exchange,
    Pack,
    Simulate,
}

/// Progress of something long. `total` null: not known yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Progress {
    pub work: String,
    pub kind: WorkKind,
    pub state: ProgressState,
    pub done: u32,
    pub total: Option<u32>,
    /// What it is doing now, in words.
    pub step: String,
    pub cancellable: bool,
}

/// Part of the view around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ProgressState {
    Running,
    Done,
    Cancelled,
    Failed,
}

/// Something happened that a screen may want to know: what changed, as nouns, never a cache key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CabinetEvent {
    /// These nouns changed; `ids` names them where it helps.
    Changed { nouns: Vec<Noun>, ids: Vec<String> },
    /// Long work moved on.
    Progress { progress: Progress },
    /// A deep link was opened; it only navigates.
    Navigate { to: String },
    /// The desktop's preference changed.
    ColorScheme { dark: bool },
}

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Noun {
    Board,
    Connection,
    Changes,
    Risk,
    Plan,
    Meetings,
    Agenda,
    Attendance,
    Votes,
    Decisions,
    SignOffs,
    Minutes,
    Outbox,
    Session,
    Preferences,
}
