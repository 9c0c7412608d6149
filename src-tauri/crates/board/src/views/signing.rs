//! Views: signing.
use serde::{Deserialize, Serialize};
use specta::Type;

#[allow(unused_imports)]
use super::*;

/// A statement in plain words. No ticket markup is ever in here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Statement {
    pub id: String,
    pub title: String,
    /// The sentence that is signed.
    pub meaning: String,
    pub facts: Vec<Fact>,
    /// Fingerprint of what was shown, and its parts.
    pub digest: String,
    pub manifest: Vec<Fact>,
    pub state: StatementState,
    pub refusal: Option<Refusal>,
    pub signed_at: Option<String>,
    /// How the sentence begins that would be signed against it, the reason following; null where nobody can.
    pub rejection: Option<String>,
    /// Where an earlier sign-off is given again: why, as it is prefilled. It follows the sentence.
    pub reaffirmation: Option<String>,
    /// Sign-offs on the change that are stale, each with what differs since.
    pub stale: Vec<StaleSignOff>,
    /// Where a policy is adopted: what differs from the one in force, setting by setting.
    pub differences: Vec<Difference>,
    /// True: the facts are the lines of a list, and each has to be ticked before one signature covers them all.
    pub tick_each: bool,
}

/// A sign-off that no longer speaks for the change, and what differs since, in plain lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StaleSignOff {
    pub id: String,
    /// Whose it is.
    pub member: String,
    pub signer: String,
    pub signed_at: String,
    pub differences: Vec<Difference>,
    /// Names of what was signed and is not kept here.
    pub not_kept: Vec<String>,
}

/// Part of the view around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum StatementState {
    Ready,
    Signed,
    Refused,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Signer {
    pub member: MemberRef,
    /// The role in which they would sign.
    pub capacity: domain::roster::Role,
    pub key_source: KeySourceKind,
    pub key_label: String,
    pub key_fingerprint: String,
    pub vault: VaultState,
    pub session: Option<SessionView>,
    /// True: this act always asks for the PIN, session or not.
    pub pin_always: bool,
    /// True: this signature takes the signer's name as well, typed.
    pub name_asked: bool,
    /// Attempts before the next delay, and when the next is allowed.
    pub attempts_left: u32,
    pub wait_until: Option<String>,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SigningView {
    pub purpose: String,
    pub signers: Vec<Signer>,
    pub statements: Vec<Statement>,
}

/// A view.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SignRequest {
    pub statement: String,
    pub member: String,
    /// Null: under the unlocked session.
    pub pin: Option<String>,
    /// Keep unlocked for this meeting or queue, within the limits of the policy.
    pub keep_unlocked: bool,
    /// For, or against.
    pub verdict: domain::entry::Verdict,
    /// Why; blank for an approval, unless it gives an earlier sign-off again.
    pub reason: String,
    /// The signer's name or account, as typed; blank where it is not asked for.
    pub named: String,
    /// Which lines of the list were ticked, from 0; none where nothing is to be ticked.
    pub ticked: Vec<u32>,
}

/// Hand-written: a request may be printed in a log, and the PIN must not be.
impl std::fmt::Debug for SignRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignRequest")
            .field("statement", &self.statement)
            .field("member", &self.member)
            .field("keep_unlocked", &self.keep_unlocked)
            .field("verdict", &self.verdict)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

/// What the Service Manager declares: ten things, three of them facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EmergencyForm {
    /// The change; blank while the ticketing system is down.
    pub change: String,
    /// It corrects an error.
    pub corrects_error: bool,
    /// The error is in the current release.
    pub current_release: bool,
    /// The impact on the business is major.
    pub major_impact: bool,
    /// The incident.
    pub incident: String,
    /// Who of the business was consulted.
    pub consulted: String,
    /// What is broken: the service.
    pub breaks: String,
    /// What is done.
    pub plan: String,
    /// How it is taken back.
    pub backout: String,
    /// Who deploys.
    pub deployer: String,
    /// From when, RFC 3339.
    pub from: String,
    /// Until when, RFC 3339.
    pub until: String,
    /// The zone in which people read it.
    pub zone: String,
}

/// What is said of minutes, or sealed beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum MinutesWord {
    /// A member asks for other words: of an item, by its number or change, or of a section; blank `was`: something is missing.
    Correct { about: String, was: String, wording: String, reason: String },
    /// A correction is taken in, blank `wording`: with the words asked for, or declined.
    Answer { correction: String, taken: bool, wording: String, reason: String },
    /// The minutes are approved by the policy's rule: by a later meeting; blank: at the deadline.
    Approve { by: String },
    /// What is wrong in sealed minutes, and what is right; both blank: what was said before and no document tells.
    Erratum { wrong: String, right: String },
    /// The edition in which restricted items are withheld.
    Circulated,
}

/// What the person asks to sign; the program alone makes the statement from its own state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SigningSubject {
    /// A sign-off on one change.
    Change { change: String },
    /// A stale sign-off is given again, over what the change says now.
    Reaffirm { sign_off: String },
    /// That the edit since a sign-off is immaterial: one of the two words it takes.
    Immaterial { change: String, reason: String },
    /// Every sign-off of a meeting that waits for somebody at this device.
    Queue { meeting: String },
    /// The minutes of a meeting, with its extracts.
    Minutes { meeting: String },
    /// Sealed minutes, in one's turn after the chair.
    Countersign { meeting: String },
    /// A member's admission: how identity was checked becomes part of the sentence.
    Admission { enrolment: String, checked: String, hold_root: bool },
    /// The roster that another root holder proposed.
    RosterProposal,
    /// What the member at this device says of what was recorded in their name.
    SpokenActs { confirmed: Vec<String>, contested: Vec<ContestedAct> },
    /// That this folder was an older copy and what is missing is gone.
    Recovery { reason: String },
    /// Which entry stands where two do, and why there were two.
    Fork { stands: String, reason: String },
    /// That a member's keys are taken away, why, and since when they are gone; blank: from now on.
    Revocation { member: String, reason: domain::roster::RevocationReason, from: String },
    /// That another sits in a member's seat; blank: in each meeting, from now on.
    Delegation { member: String, to: String, meeting: String, from: String, until: String, reason: String },
    /// That a delegation is taken back.
    EndDelegation { delegation: String, reason: String },
    /// That a pipeline may repeat a standard change: which service, how often, and until when (RFC 3339).
    Standing { change: String, service: String, pipeline: String, uses: u32, expires: String },
    /// That a member's comment on the ticket, by its number there, is their sign-off in writing.
    Written { change: String, member: String, comment: u32 },
    /// That a mail, as it was received and in Base64, is a member's sign-off in writing.
    WrittenMail { change: String, member: String, content: String },
    /// An annex to sealed minutes: what members said since.
    Annex { meeting: String },
    /// That a policy is in force from now on: its text.
    Policy { text: String },
    /// That a change is an emergency.
    Emergency { form: EmergencyForm },
    /// That a gate is waived, the first of two words: until when (RFC 3339); blank: as long as the change is not edited.
    Waiver { change: String, gate: String, reason: String, until: String },
    /// That another level of risk counts; lowering it is the first of two words.
    Override { change: String, to: domain::risk::RiskLevel, reason: String },
    /// That the change is excepted from a freeze, the first of two words: until when (RFC 3339).
    Exception { change: String, freeze: String, reason: String, until: String },
    /// The second word on what another said, by its entry; the reason may be blank.
    Second { change: String, entry: String, reason: String },
    /// That the member at this device takes their own word back, by its entry, and why.
    TakeBack { change: String, entry: String, reason: String },
    /// That the plan of a change is approved as it is; the reason may be blank.
    PlanApproval { change: String, reason: String },
    /// A question about a change, put to all members in writing until it closes (RFC 3339).
    Circular { change: String, question: String, closes: String },
    /// A member's vote in writing.
    CircularVote { circular: String, position: domain::meeting::Position },
    /// That a member steps aside on such a question, and why.
    CircularRecusal { circular: String, reason: String },
    /// A word on the minutes of a meeting, after it closed.
    OfMinutes { meeting: String, word: MinutesWord },
    /// The approved plan of a change, sealed into a new file.
    ApprovedPlan { change: String, path: String },
}
