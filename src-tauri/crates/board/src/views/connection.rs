//! Views: connection.
use serde::{Deserialize, Serialize};
use specta::Type;

#[allow(unused_imports)]
use super::*;

/// A word of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TicketingSystemKind {
    Redmine,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ConnectionView {
    pub id: String,
    pub system: TicketingSystemKind,
    pub url: String,
    pub project: String,
    pub prefix: String,
    pub account: String,
    pub changes: u32,
    pub last_synced_at: Option<String>,
    /// 401 stops the connection at once; the words say what to do.
    pub stopped: Option<String>,
    pub mapping: Vec<MappingRow>,
    pub capabilities: Vec<Capability>,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Capability {
    pub name: String,
    pub state: CapabilityState,
    pub note: String,
}

/// Part of the view around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CapabilityState {
    Available,
    Missing,
    Unknown,
}

/// A view.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TestConnectionRequest {
    pub system: TicketingSystemKind,
    pub url: String,
    /// Null: use the key already in the keyring (when changing an existing connection).
    pub api_key: Option<String>,
    /// Explicit consent to http on a private network. Loopback needs none.
    pub allow_http: bool,
}

/// Hand-written: a request may be printed in a log, and the API key must not be.
impl std::fmt::Debug for TestConnectionRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestConnectionRequest")
            .field("system", &self.system)
            .field("url", &self.url)
            .field("allow_http", &self.allow_http)
            .finish_non_exhaustive()
    }
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RemoteProject {
    pub id: String,
    pub name: String,
    /// How many changes (issues) it holds.
    pub changes: u32,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ConnectionTest {
    /// The program keeps address and key under this id until the connection is saved.
    pub draft: String,
    pub server: String,
    pub account: String,
    pub projects: Vec<RemoteProject>,
    pub capabilities: Vec<Capability>,
    /// Things to know, such as a clock that differs.
    pub warnings: Vec<String>,
}

/// A word of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum MappingType {
    Text,
    Choice,
    DateTime,
    Person,
    Number,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RemoteField {
    /// `core:description`, `core:tracker`, `cf:12`, `section:Backout plan`.
    pub id: String,
    pub name: String,
    pub r#type: MappingType,
    /// The values the server offers, for a choice.
    pub values: Vec<String>,
    /// A value seen on a recent change.
    pub example: Option<String>,
}

/// A field of ours that wants a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MappingTarget {
    pub target: String,
    pub label: String,
    pub clause: Option<String>,
    pub required: bool,
    pub r#type: MappingType,
    pub choices: Vec<MappingTargetChoices>,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MappingTargetChoices {
    pub value: String,
    pub label: String,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MappingRow {
    pub target: String,
    /// Null: not mapped.
    pub source: Option<String>,
    /// For choices: each remote value and ours; ours null = unmapped, shown as an error.
    pub values: Vec<MappingRowValues>,
    /// IANA zone for times without one.
    pub zone: Option<String>,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MappingRowValues {
    pub remote: String,
    pub ours: Option<String>,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MappingProposal {
    pub draft: String,
    pub project: String,
    pub suggested_prefix: String,
    pub fields: Vec<RemoteField>,
    pub targets: Vec<MappingTarget>,
    pub mapping: Vec<MappingRow>,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DryRunRow {
    pub key: String,
    pub title: String,
    pub cells: Vec<DryRunRowCells>,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DryRunRowCells {
    pub target: String,
    pub value: Option<String>,
    pub problem: Option<String>,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DryRun {
    pub rows: Vec<DryRunRow>,
    /// Values no rule maps: an error on the screen, not a guess.
    pub unmapped: Vec<DryRunUnmapped>,
    pub problems: u32,
    pub ready: bool,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DryRunUnmapped {
    pub target: String,
    pub remote: String,
    pub count: u32,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SaveConnectionRequest {
    pub draft: String,
    pub project: String,
    pub prefix: String,
    pub mapping: Vec<MappingRow>,
}
