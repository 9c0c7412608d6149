//! Views: changes.
use serde::{Deserialize, Serialize};
use specta::Type;

#[allow(unused_imports)]
use super::*;

/// A word of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ChangeColumn {
    Key,
    Title,
    Kind,
    Risk,
    Decision,
    Window,
    Updated,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChangesQuery {
    /// Search as you type: key, title, people, systems.
    pub text: String,
    pub kinds: Vec<domain::change::ChangeKind>,
    pub levels: Vec<domain::risk::RiskLevel>,
    /// `open`: no decision yet; `decided`; `attention`: gates failed, stale, or changed since I looked.
    pub view: ChangesQueryView,
    pub sort: ChangesQuerySort,
    pub offset: u32,
    pub limit: u32,
}

/// Part of the view around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ChangesQueryView {
    All,
    Open,
    Attention,
    Decided,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChangesQuerySort {
    pub column: ChangeColumn,
    pub descending: bool,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChangesPage {
    pub total: u32,
    pub offset: u32,
    pub rows: Vec<ChangeRow>,
    pub counts: ChangesPageCounts,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChangesPageCounts {
    pub all: u32,
    pub open: u32,
    pub attention: u32,
    pub decided: u32,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ImplementationWindow {
    pub starts_at: String,
    pub ends_at: String,
    /// IANA zone of the implementation.
    pub zone: String,
}

/// Risk in one line. `score` is null while questions are open and nothing was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RiskSummary {
    pub assessed: bool,
    pub score: Option<u32>,
    pub low: u32,
    pub high: u32,
    pub open: u32,
    /// The level after floors; while open, the level of the low and of the high end.
    pub level: Option<domain::risk::RiskLevel>,
    pub low_level: domain::risk::RiskLevel,
    pub high_level: domain::risk::RiskLevel,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChangeRow {
    pub id: String,
    pub key: String,
    pub title: String,
    pub kind: domain::change::ChangeKind,
    /// The ticket's own status, as the server words it.
    pub remote_status: String,
    pub risk: RiskSummary,
    pub decision: Option<domain::meeting::DecisionKind>,
    pub approval: ApprovalState,
    pub window: Option<ImplementationWindow>,
    pub systems: Option<String>,
    pub author: Option<String>,
    pub gates_failed: u32,
    /// Of the failed ones, those that block and can never be waived.
    pub gates_blocking: u32,
    pub plan_ticked: u32,
    pub plan_total: u32,
    /// The release it belongs to; null: to none.
    pub release: Option<String>,
    pub changed_since_looked: bool,
    pub on_agenda: bool,
    pub updated_at: String,
}
