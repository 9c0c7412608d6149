//! Views: the record's members, their devices, and what travels between them.
//!
//! Words for people who never heard of keys; what only an auditor asks for stands in [`RecordDetails`].
use serde::{Deserialize, Serialize};
use specta::Type;

#[allow(unused_imports)]
use super::*;

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RecordView {
    pub members: Vec<RecordMember>,
    /// One keyholder only: said on each document until there is a second.
    pub provisional: bool,
    pub waiting: Vec<WaitingMember>,
    /// A new version of the roster that waits for another who holds root.
    pub proposal: Option<ProposedRoster>,
    pub relays: Vec<RelayRow>,
    pub last_exchange: Option<ExchangeAnswer>,
    /// Parcels that are not part of the record.
    pub held: Vec<HeldParcel>,
    /// What two histories of one device mean for people, in words.
    pub disputes: Vec<String>,
    pub older_copy: Option<OlderCopy>,
    /// Entries of this device came back to it: an older copy was put back, and nobody has to do anything.
    pub came_back: Option<CameBack>,
    /// What came after the decision: kept, and not counted.
    pub late: Vec<LateAct>,
    /// Where an invitation file is put unless the person says otherwise.
    pub invitation_folder: String,
    pub details: RecordDetails,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RecordMember {
    pub member: MemberRef,
    pub seat: String,
    pub voting: bool,
    pub has_key: bool,
    /// Devices with a key of this member.
    pub devices: u32,
    pub holds_root: bool,
    /// Has chair or security, who may hold root.
    pub may_hold_root: bool,
    /// With which they sign documents, where the roster names one of their company.
    pub certificate: Option<MemberCertificate>,
}

/// A member's corporate certificate, as its authority wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MemberCertificate {
    /// To whom it was issued.
    pub subject: String,
    /// By whom.
    pub issuer: String,
    /// Until when it is valid.
    pub until: String,
}

/// Somebody who has made keys and waits for the board's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WaitingMember {
    pub enrolment: String,
    pub member: String,
    pub name: String,
    pub seat: String,
    /// Six words that both sides see.
    pub words: Vec<String>,
    pub may_hold_root: bool,
    pub holds_root: bool,
    /// These keys replace earlier ones of the same member.
    pub replaces: bool,
    /// False: nobody at this device invited them, and the roster does not name them either.
    pub expected: bool,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ProposedRoster {
    pub version: u32,
    /// What it changes, in words.
    pub changes: Vec<String>,
    pub signed_by: Vec<String>,
    /// How many signatures of root holders it needs.
    pub needed: u32,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RelayRow {
    pub name: String,
    /// Where the folder is on this device; null: it is no folder, and is set up with `cab exchange`.
    pub folder: Option<String>,
}

/// What the last exchange did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ExchangeAnswer {
    pub at: String,
    pub came: u32,
    pub went: u32,
    pub waiting: u32,
    /// Sealed parcels, met for the first time, that no key of this device opens.
    pub not_ours: u32,
    pub refused: u32,
    /// What was refused, and what is gone from a relay, each in words.
    pub told: Vec<String>,
    /// Which relays could not be reached, and why.
    pub unreachable: Vec<String>,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct HeldParcel {
    /// For people: what it is.
    pub what: String,
    /// For people: why it is held.
    pub plainly: String,
    pub waits: bool,
    pub came: String,
    /// For auditors.
    pub digest: String,
    pub code: String,
    pub why: String,
}

/// Entries of this device came back from where it had sent them: an older copy of its folder was put back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CameBack {
    pub at: String,
    /// What it means, in words.
    pub told: String,
}

/// This folder is behind what its own keys know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct OlderCopy {
    /// Entries that are known and not here.
    pub missing: u32,
    /// Whose own signatures are among them: they say so with their PIN; null where only this device's notes are.
    pub signer: Option<MemberRef>,
    /// Each log, in an auditor's words.
    pub logs: Vec<String>,
}

/// What only an auditor asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RecordDetails {
    pub roster_version: u32,
    pub roster_root: String,
    pub roster_words: Vec<String>,
    pub root_holders: Vec<String>,
    pub threshold: u32,
    pub entries: u32,
    pub logs: Vec<LogRow>,
    pub forks: Vec<ForkRow>,
    /// What does not verify, in words.
    pub problems: Vec<String>,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LogRow {
    pub key: String,
    pub epoch: u32,
    pub owner: String,
    /// Of a device, or of the member.
    pub recording: bool,
    pub length: u32,
    pub head: String,
    /// Given up when an older copy was put back.
    pub given_up: bool,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ForkRow {
    pub owner: String,
    pub key: String,
    pub epoch: u32,
    pub seq: u32,
    pub entries: Vec<ForkEntry>,
    /// Somebody who may has said which stands.
    pub settled: bool,
    /// Who may say so: whoever wrote both, then those who hold root.
    pub deciders: Vec<MemberRef>,
    /// How many of those who hold root must say the same.
    pub holders_needed: u32,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ForkEntry {
    pub id: String,
    /// The sentence that was signed.
    pub meaning: String,
    /// When, as claimed; blank: written by a newer Cabinet.
    pub at: String,
    pub counts: bool,
    /// What follows if this one stands, in words.
    pub outcome: String,
}

/// Asks for an invitation file: for a member of the roster, or for a new seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct InvitationRequest {
    pub member: Option<String>,
    pub seat: Option<MemberDraft>,
    /// Where the file is written.
    pub path: String,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct InvitationMade {
    pub name: String,
    pub path: String,
    /// Read out on the call, so that the member knows it is this board.
    pub roster_words: Vec<String>,
}

/// What an invitation says before anything is made from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct InvitationView {
    pub board: String,
    pub name: String,
    pub seat: String,
    pub roster_words: Vec<String>,
    /// Folders in which entries travel, as the chair's device reaches them.
    pub folders: Vec<String>,
    /// The member has keys already: a forgotten PIN, a lost device, or one more device.
    pub has_key: bool,
}

/// Joins a board from an invitation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JoinBoardRequest {
    /// The invitation's text, as read from its file.
    pub invitation: String,
    /// Where this device reaches the board's folder; blank: nowhere yet.
    pub folder: String,
    /// The new keys replace the member's earlier ones.
    pub replace: bool,
    pub pin: String,
    /// The sentence of `EnrolmentTerms`, as accepted.
    pub accepted_sentence: String,
}

/// Hand-written: a request may be printed in a log, and the PIN must not be.
impl std::fmt::Debug for JoinBoardRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JoinBoardRequest")
            .field("folder", &self.folder)
            .field("replace", &self.replace)
            .field("accepted_sentence", &self.accepted_sentence)
            .finish_non_exhaustive()
    }
}

/// This device waits to be admitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JoiningView {
    pub board: String,
    pub name: String,
    /// Six words that the chair must see, too.
    pub words: Vec<String>,
    pub roster_words: Vec<String>,
    pub folders: Vec<String>,
    pub last_exchange: Option<ExchangeAnswer>,
    /// Where the enrolment is put as a file unless the person says otherwise.
    pub file: String,
}

/// Something that was recorded in a member's name on somebody else's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SpokenRow {
    pub act: String,
    /// Whose act it is said to be.
    pub member: MemberRef,
    pub meeting: String,
    /// When the meeting was called to order, as claimed.
    pub called: String,
    /// The change's key and title, where it is about an item.
    pub item: Option<String>,
    /// What was recorded, in words.
    pub what: String,
    /// On whose word.
    pub recorder: String,
    pub answer: SpokenAnswer,
    /// What the member says was so instead.
    pub reason: Option<String>,
}

/// A word of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SpokenAnswer {
    Open,
    Confirmed,
    Contested,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SpokenView {
    /// Who is asked.
    pub member: MemberRef,
    pub acts: Vec<SpokenRow>,
    pub open: u32,
    /// Why it cannot be answered here yet; null: it can.
    pub refusal: Option<Refusal>,
}

/// An act that was not so, with what was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ContestedAct {
    pub act: String,
    pub reason: String,
}

/// A word of the window, in the order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DelegationState {
    InForce,
    Ahead,
    Over,
    TakenBack,
}

/// Who sits in whose seat, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DelegationRow {
    pub entry: String,
    pub seat: String,
    pub to: String,
    pub from: String,
    pub until: String,
    /// The meeting for which alone it is; null: each in that time.
    pub meeting: Option<String>,
    pub reason: String,
    pub state: DelegationState,
    /// The member at this device can take it back.
    pub can_end: bool,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DelegationsView {
    /// Whose seat could be delegated here.
    pub member: MemberRef,
    /// Why it cannot; null: it can.
    pub refusal: Option<Refusal>,
    /// Who may sit in it.
    pub delegates: Vec<MemberRef>,
    pub delegations: Vec<DelegationRow>,
}
