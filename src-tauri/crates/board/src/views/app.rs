//! Views: words, text, application.
use serde::{Deserialize, Serialize};
use specta::Type;

#[allow(unused_imports)]
use super::*;

/// A word of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RiskFactor {
    Impact,
    Complexity,
    Recoverability,
    Exposure,
}

/// A word of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum VotePosition {
    Approve,
    Reject,
    Abstain,
    Absent,
}

/// Whether a decision has become an approval: its required sign-offs all hold, or not yet, or no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    NotApplicable,
    AwaitingSignOff,
    Holds,
    Stale,
}

/// A word of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum KeySourceKind {
    Keyring,
    PassphraseFile,
    Sample,
    Memory,
}

/// A word of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum VaultState {
    Available,
    Locked,
    Absent,
    Lost,
    Ambiguous,
    Corrupt,
}

/// A label with a plain value: for statements, refusals and details.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Fact {
    pub label: String,
    pub value: String,
}

/// One line of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DiffLine {
    pub kind: DiffLineKind,
    pub text: String,
}

/// Part of the view around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DiffLineKind {
    Same,
    Added,
    Removed,
}

/// What differs in one field between two moments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Difference {
    pub field: String,
    pub label: String,
    /// A material difference makes sign-offs stale; any other does not.
    pub material: bool,
    pub lines: Vec<DiffLine>,
    /// The same in two columns.
    pub rows: Vec<DiffRow>,
}

/// A line of a difference in two columns; a side that has none is blank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DiffRow {
    pub kind: DiffRowKind,
    pub before: String,
    pub after: String,
}

/// Part of the view around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DiffRowKind {
    Same,
    /// One line stands in the place of another.
    Changed,
    Added,
    Removed,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AppStatus {
    pub version: String,
    /// Null: nothing here yet, show First run.
    pub board: Option<BoardSummary>,
    pub me: Option<MemberRef>,
    pub link: LinkStatus,
    pub keystore: AppStatusKeystore,
    pub session: Option<SessionView>,
    /// A meeting in session, so that a killed window can come back to it.
    pub meeting_in_session: Option<String>,
    /// What waits for the person at this device, besides tickets.
    pub record: RecordNews,
    /// Whether the desktop prefers dark (portal); null: not known.
    pub system_dark: Option<bool>,
}

/// Part of the view around it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RecordNews {
    /// Acts that were recorded in this member's name and are not answered.
    pub spoken: u32,
    /// Members who wait to be admitted, by somebody at this device who may.
    pub admissions: u32,
    /// A roster waits for this member's signature.
    pub proposal: bool,
    /// The board has not admitted this device yet.
    pub joining: bool,
    /// The folder is an older copy: it reads, and writes nothing.
    pub older_copy: bool,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AppStatusKeystore {
    pub source: KeySourceKind,
    pub state: VaultState,
    pub label: String,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BoardSummary {
    pub id: String,
    pub name: String,
    /// The sample board shows a banner everywhere.
    pub sample: bool,
    pub sample_pin: Option<String>,
    /// One keyholder only: said on each document.
    pub provisional: bool,
    pub roster_version: u32,
    pub policy_label: String,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LinkStatus {
    pub state: LinkStatusState,
    pub queued: u32,
    pub last_synced_at: Option<String>,
    /// Why offline or in conflict, in words.
    pub reason: Option<String>,
}

/// Part of the view around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LinkStatusState {
    Online,
    Offline,
    Conflict,
    NotConnected,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MemberRef {
    pub id: String,
    pub name: String,
    pub roles: Vec<domain::roster::Role>,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MemberRow {
    pub member: MemberRef,
    pub seat: String,
    pub voting: bool,
    /// A mandatory seat: without it there is no quorum.
    pub mandatory: bool,
    pub has_key: bool,
    pub account: Option<String>,
}

/// An unlocked signing session: no PIN until it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SessionView {
    pub member: MemberRef,
    /// What it was opened for, for example `CAB 21 November 2026`.
    pub purpose: String,
    pub ends_at: String,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Preferences {
    pub theme: PreferencesTheme,
    /// Text and control size, 80 to 250.
    pub scale_percent: u32,
    /// Single-key shortcuts can be switched off (WCAG 2.1.4).
    pub single_keys: bool,
}

/// Part of the view around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PreferencesTheme {
    System,
    Light,
    Dark,
    HighContrast,
}
