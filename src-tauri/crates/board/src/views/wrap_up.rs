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
    /// Whether corrections were asked for or answered, or the minutes approved, since the draft was composed.
    pub outdated: bool,
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
    /// When and where the board meets next, as the meeting settled it; null: nothing was said of it.
    pub next_meeting: Option<String>,
    /// Why the close composed no draft, in words; null: it did, or this answers no close.
    pub compose_failed: Option<String>,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WrapUpAttendance {
    pub present: Vec<String>,
    pub absent: Vec<String>,
    pub arithmetic: String,
}

/// A document beside the minutes, sealed.
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

/// A correction of minutes as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CorrectionRow {
    /// The entry that asks.
    pub entry: String,
    /// Its change, or its section.
    pub about: String,
    /// The words that stand there; empty where something is missing.
    pub was: String,
    /// The words asked for.
    pub wording: String,
    /// Why.
    pub reason: String,
    /// Who asks.
    pub asked_by: String,
    /// When, as claimed.
    pub asked_at: String,
    /// Whether it was taken in; null while it is open.
    pub taken: Option<bool>,
    /// The words it was taken in with, or why it was declined.
    pub answer: Option<String>,
}

/// A meeting that was called after another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LaterMeeting {
    pub id: String,
    pub title: String,
}

/// How far the minutes of a meeting are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CorrectionsView {
    /// The policy's rule: `at_once`, `deadline` or `next_meeting`.
    pub rule: domain::policy::MinutesApprovalRule,
    /// Until when corrections may be asked for, where the policy sets a deadline.
    pub deadline: Option<String>,
    /// When the approval was recorded, as claimed, and by whom.
    pub approved: Option<String>,
    /// The same, apart.
    pub approved_at: Option<String>,
    pub approved_by: Option<String>,
    /// What was asked for, in its order.
    pub corrections: Vec<CorrectionRow>,
    /// Why none can be asked for; null: one can.
    pub ask_refusal: Option<Refusal>,
    /// Why none can be answered on this device; null: one can.
    pub answer_refusal: Option<Refusal>,
    /// Why the approval cannot be recorded on this device now; null: it can.
    pub approve_refusal: Option<Refusal>,
    /// The meetings that could have approved the minutes, where the policy asks for one.
    pub later: Vec<LaterMeeting>,
}

/// An item of which the circulated edition says its number and change alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WithheldItem {
    pub number: u32,
    pub key: String,
}

/// The circulated edition of minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CirculatedView {
    /// The items that were restricted when the agenda was frozen.
    pub restricted: Vec<WithheldItem>,
    /// How many fields of these items are withheld.
    pub fields: u32,
    /// Null: it is not sealed.
    pub sealed: Option<AnnexRow>,
    /// Why it cannot be sealed on this device now; null: it can.
    pub refusal: Option<Refusal>,
}

/// What was said to be wrong in sealed minutes, and what is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ErratumRow {
    pub wrong: String,
    pub right: String,
}

/// The errata to minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ErrataView {
    pub sealed: Vec<AnnexRow>,
    /// What was said, and no sealed document tells yet: a try that did not come to its end.
    pub untold: Vec<ErratumRow>,
    /// Why none can be sealed on this device now; null: one can.
    pub refusal: Option<Refusal>,
}

/// What is sealed beside minutes, but for annexes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BesideView {
    pub circulated: CirculatedView,
    pub errata: ErrataView,
}

/// A file that was handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct HandedOutFile {
    /// Its name in the folder.
    pub file: String,
    pub sha256: String,
    /// True: it was there already, byte for byte the same.
    pub already: bool,
}

/// Which minutes of a meeting are handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HandedEdition {
    /// The sealed minutes, with all that is sealed beside them.
    Full,
    /// The edition in which restricted items are withheld, with nothing that tells of them.
    Circulated,
    /// The draft, while its words can still be corrected.
    Draft,
}

/// What was handed out of a meeting: its minutes first, the draft of the mail last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MinutesHandedOut {
    pub folder: String,
    pub files: Vec<HandedOutFile>,
    /// To whom the mail is addressed.
    pub to: Vec<String>,
    /// Members of whom the roster has no address.
    pub without_address: Vec<String>,
    /// Files that were sealed on another device and are not here.
    pub not_here: Vec<String>,
    /// Files that are left out because they tell of restricted items.
    pub left_out: Vec<String>,
}

/// A change of a list, and its extract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ExtractLine {
    /// The change's key, as it was asked for.
    pub key: String,
    /// Its title; blank where nothing tells.
    pub title: String,
    /// The file in the folder; blank: there is none.
    pub file: String,
    /// Why there is none; blank where there is one.
    pub why: String,
}

/// The extracts that were written by a list of changes, with their index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ExtractsWritten {
    pub folder: String,
    /// A line for each change, in the order in which they were asked for.
    pub lines: Vec<ExtractLine>,
}

/// An agenda that was written to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AgendaWritten {
    pub path: String,
    /// How many items there are.
    pub items: u32,
    /// The changes whose pages to be read are in it.
    pub read: Vec<String>,
    /// Those of restricted items: what they say is not in it.
    pub restricted: Vec<String>,
}

/// Who signs minutes after the chair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SignatoriesView {
    /// By turn; who shares one signs in any order.
    pub turns: Vec<Vec<MemberRef>>,
    /// Everybody who could.
    pub able: Vec<MemberRef>,
    /// Why nobody can be chosen any more; null: they can.
    pub refusal: Option<Refusal>,
}
