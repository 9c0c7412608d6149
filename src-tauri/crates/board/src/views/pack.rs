//! Views: review packs.
use serde::{Deserialize, Serialize};
use specta::Type;

#[allow(unused_imports)]
use super::*;

/// What came after the decision: kept, and not counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LateAct {
    pub change: String,
    pub who: String,
    /// In words: `signed off`.
    pub what: String,
    /// As claimed; null where the record keeps no time of its own for it.
    pub said_at: Option<String>,
    pub decided_at: Option<String>,
}

/// Making packs, and the one that was opened here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PacksView {
    /// Why no pack can be made here yet; null: one can.
    pub refusal: Option<Refusal>,
    pub recipients: Vec<PackRecipient>,
    pub candidates: Vec<PackCandidate>,
    /// Where files are put unless the person says otherwise.
    pub folder: String,
    pub opened: Option<OpenedPack>,
    /// What came after the decision, newest first.
    pub late: Vec<LateAct>,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PackRecipient {
    pub member: MemberRef,
    pub seat: String,
    /// A pack is sealed to a key that the member's own Cabinet made.
    pub can_open: bool,
    /// Their keys are on this very device: a pack is of no use to them.
    pub here: bool,
}

/// A change that a pack may hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PackCandidate {
    pub key: String,
    pub title: String,
    pub level: Option<domain::risk::RiskLevel>,
    /// Why it is proposed, in words.
    pub why: String,
    /// Files on the ticket that are not on this device: they would be left out.
    pub missing: Vec<String>,
}

/// Asks for a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MakePackRequest {
    pub to: String,
    pub changes: Vec<String>,
    /// For how many hours it is worth acting on.
    pub hours: u32,
    /// Where the file is written.
    pub path: String,
}

/// A pack that was written to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PackFile {
    pub path: String,
    pub to: String,
    pub bytes: u32,
    pub changes: Vec<String>,
    /// What is not in it.
    pub omissions: Vec<String>,
    pub good_until: Option<String>,
}

/// A pack to be opened: by its path, or by its bytes as the window read them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct OpenPackRequest {
    /// Blank: see `content`.
    pub path: String,
    /// Base64; blank: see `path`.
    pub content: String,
}

/// Which way a pack went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PackPurpose {
    Review,
    Reply,
}

/// The first page of a pack that was opened here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct OpenedPack {
    pub purpose: PackPurpose,
    pub from: String,
    pub to: String,
    pub as_of: String,
    pub good_until: Option<String>,
    /// Its maker would ask by now whether anything has changed.
    pub past: bool,
    /// What is not in it: to be read first.
    pub omissions: Vec<String>,
    pub changes: Vec<PackChange>,
    /// Entries that came with it.
    pub came: u32,
    pub refused: Vec<String>,
    /// What came after the decision, of what this pack brought.
    pub late: Vec<LateAct>,
    /// The PDF on this device; null: the pack has none.
    pub pdf: Option<String>,
    pub policy: String,
    pub roster_version: u32,
    /// What this device's member has signed of it so far, of how many.
    pub signed: u32,
    /// Where the answer is put unless the person says otherwise; blank: nothing is to be answered.
    pub answer_file: String,
}

/// A change of a pack that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PackChange {
    pub key: String,
    pub title: String,
    pub level: Option<domain::risk::RiskLevel>,
    pub assessed: bool,
    pub plan_ticked: u32,
    pub plan_total: u32,
    /// The member of this device has signed it as it is.
    pub signed: bool,
    /// This device had it newer than the pack.
    pub newer_here: bool,
}
