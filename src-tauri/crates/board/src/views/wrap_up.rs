//! Views: wrap-up.
use serde::{Deserialize, Serialize};
use specta::Type;

#[allow(unused_imports)]
use super::*;

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WrapUpItem {
    pub id: String,
    pub number: u32,
    pub change_id: String,
    pub key: String,
    pub title: String,
    pub level: Option<domain::risk::RiskLevel>,
    pub decision: Option<Decision>,
    pub conditions: Vec<Condition>,
    pub required_sign_offs: Vec<RequiredSignOff>,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MinutesState {
    pub state: MinutesStateState,
    pub path: Option<String>,
    pub pages: Option<u32>,
    pub sha256: Option<String>,
    pub composed_at: Option<String>,
    pub sealed_at: Option<String>,
    pub sealer: Option<String>,
    /// Everybody who signs the minutes: those who did, in order, then the others, in turn; empty where it is the chair alone.
    pub signers: Vec<MinutesSigner>,
}

/// Somebody who signs the minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MinutesSigner {
    pub member: MemberRef,
    pub state: MinutesSignerState,
    /// When they signed, as they claim.
    pub signed_at: Option<String>,
    /// Whether their key is on this device.
    pub here: bool,
    /// Who signed the same file at the same time, so that it is to be signed again; null: nobody.
    pub displaced_by: Option<String>,
}

/// Part of the view around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum MinutesSignerState {
    Signed,
    Turn,
    Later,
}

/// Part of the view around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum MinutesStateState {
    None,
    Draft,
    Sealed,
}

/// What verifying the sealed PDF found, line by line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Verification {
    pub verified: bool,
    pub verified_at: String,
    /// In one sentence: "Unmodified since the chair sealed it; signed by the key of Ines Duarte."
    pub verdict: String,
    pub checks: Vec<VerificationChecks>,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct VerificationChecks {
    pub label: String,
    pub result: domain::gate::GateResult,
    pub detail: String,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WrapUp {
    pub meeting: MeetingHead,
    pub items: Vec<WrapUpItem>,
    pub undecided: u32,
    pub attendance: WrapUpAttendance,
    /// Why the meeting cannot be closed; null: it can.
    pub close_refusal: Option<Refusal>,
    pub seal_refusal: Option<Refusal>,
    pub sign_offs_missing: u32,
    pub minutes: MinutesState,
    pub verification: Option<Verification>,
    pub queued: u32,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WrapUpAttendance {
    pub present: Vec<String>,
    pub absent: Vec<String>,
    pub arithmetic: String,
}

/// An annex to the minutes, sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AnnexRow {
    pub number: u32,
    pub sealed_at: String,
    pub sha256: String,
}

/// What a member said of something that was recorded in their name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AnnexAnswer {
    pub member: String,
    /// The change, where it is about one.
    pub item: Option<String>,
    /// What was recorded, in words.
    pub recorded: String,
    /// What was so instead; null: it was so.
    pub instead: Option<String>,
    /// When they said so, in words with zone.
    pub time: String,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AnnexesView {
    pub sealed: Vec<AnnexRow>,
    /// What neither the minutes nor an annex tells yet.
    pub waiting: Vec<AnnexAnswer>,
    /// Why none can be sealed here; null: it can, once something waits.
    pub refusal: Option<Refusal>,
}
