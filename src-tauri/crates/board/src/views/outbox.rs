//! Views: outbox.
use serde::{Deserialize, Serialize};
use specta::Type;

#[allow(unused_imports)]
use super::*;

/// A word of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    Queued,
    Sending,
    Unknown,
    Verified,
    Failed,
    Blocked,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct OutboxRow {
    pub id: String,
    pub change_id: String,
    pub key: String,
    pub title: String,
    /// "Decision note, status and extract".
    pub what: String,
    pub state: OutboxState,
    pub attempts: u32,
    pub created_at: String,
    pub last_tried_at: Option<String>,
    pub next_try_at: Option<String>,
    /// What went wrong and what to do, in words.
    pub problem: Option<String>,
    pub remedy: Option<String>,
    /// Exactly what will be (or was) written.
    pub preview: Vec<OutboxRowPreview>,
    /// An edit on the ticket that the board has not seen, for a blocked one.
    pub differences: Vec<Difference>,
    pub can_retry: bool,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct OutboxRowPreview {
    pub field: String,
    pub before: Option<String>,
    pub after: String,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Outbox {
    pub link: LinkStatus,
    pub rows: Vec<OutboxRow>,
}
