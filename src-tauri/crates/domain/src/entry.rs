//! What an entry of the record says. The bytes, the envelope and the signature belong to the
//! crate `record`; here are the pure forms.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::attested::AttestedBody;
use crate::change::Window;
use crate::circular::CircularBody;
use crate::correction::{CorrectionAnswerBody, CorrectionBody, ErratumBody, ErratumSealedBody, MinutesApprovalBody};
use crate::dispensation::{ExceptionBody, OverrideBody, SecondBody, WaiverBody};
use crate::disposal::DisposalBody;
use crate::emergency::EmergencyBody;
use crate::ids::{BoardId, ChangeKey, ConditionId, Digest, EntryId, KeyId, LogId, MeetingId, MemberId};
use crate::meeting::{Agenda, Position};
use crate::plan::{PlanApprovalBody, PlanReview};
use crate::policy::proposal::Proposal;
use crate::rescheduling::ReschedulingBody;
use crate::risk::AnsweredAssessment;
use crate::roster::Role;
use crate::ruling::RulingBody;
use crate::standing::{ObligationBody, StandingBody, UseBody};

mod acts;
mod sign_off;

pub use acts::{Act, ActKind};
pub use sign_off::{Involved, SignOffBody, Verdict, Written, WrittenSource};

/// How a person's act is known (`record.md`, *Who acts*). Ordered from weakest to strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Attestation {
    /// Spoken; the recorder's word alone.
    Recorded,
    /// Spoken; the recorder and another keyholder who was present.
    Witnessed,
    /// The actor's own account elsewhere; raw bytes kept.
    Written,
    /// Recorded earlier, later affirmed by the actor's key.
    Confirmed,
    /// The actor's own key.
    Signed,
}

impl Attestation {
    /// The word people read.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Witnessed => "witnessed",
            Self::Written => "written",
            Self::Confirmed => "confirmed",
            Self::Signed => "signed",
        }
    }
}

/// What opened the key for this signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Auth {
    /// The device's recording key; no PIN.
    Device,
    /// The PIN was entered for this act.
    Pin,
    /// The n-th act of an unlocked session.
    Session {
        /// Random id of the session.
        id: String,
        /// Starts at 1.
        n: u32,
    },
}

/// The newest entry seen of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Its position, starting at 1.
    pub seq: u32,
    /// Its id.
    pub id: EntryId,
}

/// Where an entry stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogPosition {
    /// The chain.
    pub id: LogId,
    /// Starts at 1.
    pub seq: u32,
    /// The entry before; `None` exactly when `seq` is 1.
    pub prev: Option<EntryId>,
    /// Newest heads its recorder had seen of *other* logs.
    pub seen: BTreeMap<LogId, Head>,
}

/// The roster in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterRef {
    /// Version.
    pub version: u32,
    /// Digest of its canonical bytes.
    pub digest: Digest,
}

/// The meeting and the agenda that were in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeetingRef {
    /// Which.
    pub id: MeetingId,
    /// Digest of the frozen agenda's canonical bytes.
    pub agenda: Digest,
}

/// A time without an outside witness is claimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimedTime {
    /// By the recorder's clock.
    pub claimed: DateTime<Utc>,
}

/// The predicate of every entry: the common part and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Predicate {
    /// The board.
    pub board: BoardId,
    /// Whose act it is.
    pub actor: MemberId,
    /// Whose key signs.
    pub recorder: KeyId,
    /// How the actor's act is known.
    pub attestation: Attestation,
    /// What opened the key.
    pub auth: Auth,
    /// Where the key lives (R114).
    pub keystore: String,
    /// The sentence the signer saw.
    pub meaning: String,
    /// In which role the actor acts.
    pub role: Option<Role>,
    /// Digest of the policy in force (R14).
    pub policy: Digest,
    /// The roster in force.
    pub roster: RosterRef,
    /// The meeting, where one is involved.
    pub meeting: Option<MeetingRef>,
    /// Position.
    pub log: LogPosition,
    /// Time.
    pub time: ClaimedTime,
    /// `cabinet/<version>`.
    pub app: String,
    /// What it says.
    pub body: Body,
}

/// What an entry says. The name of the variant is the kind in the predicate type
/// `urn:x-cabinet:entry:<kind>:1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Body {
    /// A version of the roster is adopted; the subject is its document.
    Roster {
        /// Version adopted.
        version: u32,
    },
    /// A policy is adopted; the subject is its canonical form.
    Policy {
        /// Its name and version.
        name: String,
    },
    /// A submitted risk assessment (R80).
    Assessment {
        /// The change.
        change: ChangeKey,
        /// Answers, provenance and what follows.
        assessment: AnsweredAssessment,
    },
    /// A submitted plan review (R17–R29).
    PlanReview {
        /// The change.
        change: ChangeKey,
        /// Ticks and comments.
        review: PlanReview,
    },
    /// The chair called to order: the agenda is frozen; the subject is the agenda.
    AgendaFrozen {
        /// The agenda.
        agenda: Agenda,
    },
    /// The running record of a meeting, batched when the chair moves on.
    Running {
        /// In the order they happened.
        acts: Vec<Act>,
    },
    /// A member's own signed vote on an item.
    Vote {
        /// Item number on the agenda, from 1.
        item: u32,
        /// The vote.
        position: Position,
    },
    /// A sign-off: the subject is the manifest of what was shown.
    SignOff(SignOffBody),
    /// The original actor takes an entry back.
    Withdrawal {
        /// Which entry.
        entry: EntryId,
        /// Why.
        reason: String,
    },
    /// A keyholder who was present vouches for running records.
    Witness {
        /// Which running records.
        entries: Vec<EntryId>,
    },
    /// A member lets another sit in their seat (R72): dated, perhaps for one meeting alone, and never passed on.
    Delegation {
        /// Who sits.
        to: MemberId,
        /// From when.
        from: DateTime<Utc>,
        /// Until when.
        until: DateTime<Utc>,
        /// For this meeting alone; `None` for each in that time.
        meeting: Option<MeetingId>,
        /// Why, in words; may be empty.
        reason: String,
    },
    /// A condition has been met.
    ConditionMet {
        /// Which.
        condition: ConditionId,
        /// What shows it.
        note: String,
    },
    /// The meeting is closed: binds every decision and carries all heads (the checkpoint).
    MeetingClosed {
        /// All heads known to the recorder.
        heads: BTreeMap<LogId, Head>,
    },
    /// The minutes are sealed, or countersigned; the subject is the PDF.
    MinutesSealed {
        /// SHA-256 of the PDF.
        pdf: Digest,
        /// The entry *meeting closed* up to which they speak.
        checkpoint: EntryId,
        /// Which edition it is, where it is not the full one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        edition: Option<Edition>,
        /// Of a countersignature: SHA-256 of the sealed file it was put on, to which the PDF adds one revision.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Digest>,
    },
    /// The meeting's one-change extracts are sealed; the subjects are the PDFs.
    ExtractsSealed {
        /// Per change the SHA-256 of its PDF.
        extracts: BTreeMap<ChangeKey, Digest>,
        /// The entry *meeting closed* up to which they speak.
        checkpoint: EntryId,
    },
    /// An annex to sealed minutes: what members said later of what was recorded in their names. The subject is the
    /// PDF.
    AnnexSealed {
        /// SHA-256 of the minutes it belongs to, which stay as they are.
        minutes: Digest,
        /// SHA-256 of the annex.
        pdf: Digest,
        /// The entries in which members confirm or contest, of which it tells.
        answers: Vec<EntryId>,
        /// The entry *meeting closed* up to which the minutes speak.
        checkpoint: EntryId,
    },
    /// A decision stands on its ticket (R118).
    WrittenBack {
        /// The change.
        change: ChangeKey,
        /// The marker in the ticket's note.
        marker: String,
        /// The remote's own time of the write, its words.
        remote_time: String,
    },
    /// A member affirms or contests what was recorded in their name (`record.md`, *Who acts*).
    Affirmation {
        /// What the actor affirms: from here on it is *confirmed*.
        confirmed: Vec<ActRef>,
        /// What the actor says was not so.
        contested: Vec<Contest>,
        /// In whose seats the actor sat as a delegate (R72): of acts in `confirmed`, in their order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        seats: Vec<InSeat>,
    },
    /// The author of a forked log, or a root holder, says which entry stands.
    ForkSettled {
        /// The log.
        log: LogId,
        /// The position at which two entries stand.
        seq: u32,
        /// The one that stands.
        stands: EntryId,
        /// Why there were two.
        reason: String,
    },
    /// The first entry of a new epoch: the folder was an older copy, and what is missing could not be found.
    Recovered {
        /// The log that is not continued.
        before: LogId,
        /// Its newest entry by the head beside the key.
        known: Head,
        /// Its newest entry that is still here, if any.
        held: Option<Head>,
        /// What happened, in words.
        reason: String,
    },
    /// An edit does not matter, in the word of one of the two people it takes; the subject is the content after it.
    RuledImmaterial(RulingBody),
    /// An approval is handed out for the pipeline (R3, R117). The subject is the manifest that was signed; of a
    /// snapshot, which allows nothing and only tells how the change stands now, the list of what the change says.
    ApprovalExported {
        /// The change.
        change: ChangeKey,
        /// Digest of the material content as it was when it was exported.
        content: Digest,
        /// What may be deployed: `sha256:<64 hex>` or `<project>@<commit>`, from the signed content. Of a
        /// snapshot none.
        artifacts: Vec<String>,
        /// Where to.
        environment: String,
        /// When.
        window: Option<Window>,
        /// Until when it may be used without a newer export.
        fresh_until: DateTime<Utc>,
    },
    /// An authority lets a pipeline repeat a standard change that was approved. The subjects are the manifests that were
    /// signed off.
    StandingApproved(StandingBody),
    /// A deployment under a standing approval, by its receipt. The subject is the receipt.
    StandingUsed(UseBody),
    /// A standing approval lets nothing run any more.
    StandingSuspended {
        /// The entry *standing approved*.
        standing: EntryId,
        /// Why.
        reason: String,
    },
    /// A broken glass leaves something owing. The subject is the receipt.
    ObligationOpened(ObligationBody),
    /// What was owed is done.
    ObligationMet {
        /// The entry *obligation opened*.
        obligation: EntryId,
        /// What shows it.
        note: String,
    },
    /// A plan is approved as it is, apart from the decision on its change (R16). The subject is the manifest of the change.
    PlanApproved(PlanApprovalBody),
    /// What was shown is disposed of: the bytes of these blobs are gone or to go, their digests stay.
    Disposed(DisposalBody),
    /// A member's answers where no file of a machine can say it. The subject is the content they are about.
    Attested(AttestedBody),
    /// A gate is waived, in the word of the first of the two people it takes (R69); the subject is the content.
    Waived(WaiverBody),
    /// A risk level is overridden; the subject is the content.
    Overridden(OverrideBody),
    /// A change is excepted from a freeze (R77); the subject is the content.
    Excepted(ExceptionBody),
    /// The second person's word on one of the three; the subject is the content.
    Seconded(SecondBody),
    /// The window of a change is moved, and why. The subject is the content before.
    Rescheduled(ReschedulingBody),
    /// The Service Manager declares an emergency (R49, R51).
    EmergencyDeclared(EmergencyBody),
    /// A provisional key has its ticket.
    EmergencyBound {
        /// The ticket.
        change: ChangeKey,
        /// The entry *emergency declared*.
        declaration: EntryId,
    },
    /// Something that an emergency owed is done (R52).
    EmergencyMet {
        /// The entry *emergency declared*.
        declaration: EntryId,
        /// What shows it.
        note: String,
        /// What: the id of what was owed.
        owed: String,
        /// What a review proposes for the policy (R97, R102); left out where it proposes nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proposal: Option<Proposal>,
    },
    /// A deployment was taken back: until it is revalidated, the change is not deployed again (R95).
    RolledBack {
        /// When it was taken back.
        at: DateTime<Utc>,
        /// The change.
        change: ChangeKey,
        /// The incident.
        incident: String,
    },
    /// What was taken back may be deployed again.
    Revalidated {
        /// What shows that it works now.
        note: String,
        /// The entry *rolled back*.
        rollback: EntryId,
        /// Why it had to be taken back.
        root_cause: String,
    },
    /// The chair puts a question to all members, to be answered in writing between meetings. The subject is the question
    /// with its closing time; votes and the decision name its digest.
    CircularOpened(CircularBody),
    /// A member asks for other words in the minutes of a closed meeting. What was decided no correction changes.
    Correction(CorrectionBody),
    /// The chair or the secretary takes a correction in, or declines it.
    CorrectionAnswered(CorrectionAnswerBody),
    /// The minutes are approved, by the rule of the policy.
    MinutesApproved(MinutesApprovalBody),
    /// The chair says what is wrong in sealed minutes.
    Erratum(ErratumBody),
    /// A new document tells of errata beside sealed minutes; the subject is the PDF.
    ErratumSealed(ErratumSealedBody),
}

/// An edition of minutes that is not the full one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edition {
    /// What restricted items say is withheld in it.
    Circulated,
}

/// An act in the record: of a running record by its number, or an entry as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActRef {
    /// The entry.
    pub entry: EntryId,
    /// Which of its acts, from 0; `None` for an entry that is one act.
    pub act: Option<u32>,
}

impl std::fmt::Display for ActRef {
    /// `<entry>` or `<entry>#<act>`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.act {
            Some(act) => write!(f, "{}#{act}", self.entry),
            None => self.entry.fmt(f),
        }
    }
}

/// What a member says was not so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contest {
    /// Which act.
    pub act: ActRef,
    /// What was so instead, in the member's words.
    pub reason: String,
}

/// In whose seat a delegate sat when they did what they confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InSeat {
    /// Which act.
    pub act: ActRef,
    /// The member whose seat it is.
    pub seat: MemberId,
}

impl Body {
    /// The kind, as in the predicate type.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Roster { .. } => "roster",
            Self::Policy { .. } => "policy",
            Self::Assessment { .. } => "assessment",
            Self::PlanReview { .. } => "plan_review",
            Self::AgendaFrozen { .. } => "agenda_frozen",
            Self::Running { .. } => "running",
            Self::Vote { .. } => "vote",
            Self::SignOff(_) => "sign_off",
            Self::Withdrawal { .. } => "withdrawal",
            Self::Witness { .. } => "witness",
            Self::Delegation { .. } => "delegation",
            Self::ConditionMet { .. } => "condition_met",
            Self::MeetingClosed { .. } => "meeting_closed",
            Self::MinutesSealed { .. } => "minutes_sealed",
            Self::ExtractsSealed { .. } => "extracts_sealed",
            Self::AnnexSealed { .. } => "annex_sealed",
            Self::WrittenBack { .. } => "written_back",
            Self::Affirmation { .. } => "affirmation",
            Self::ForkSettled { .. } => "fork_settled",
            Self::Recovered { .. } => "recovered",
            Self::RuledImmaterial(_) => "ruled_immaterial",
            Self::ApprovalExported { .. } => "approval_exported",
            Self::StandingApproved(_) => "standing_approved",
            Self::StandingUsed(_) => "standing_used",
            Self::StandingSuspended { .. } => "standing_suspended",
            Self::ObligationOpened(_) => "obligation_opened",
            Self::ObligationMet { .. } => "obligation_met",
            Self::PlanApproved(_) => "plan_approved",
            Self::Disposed(_) => "disposed",
            Self::Attested(_) => "attested",
            Self::Waived(_) => "waived",
            Self::Overridden(_) => "overridden",
            Self::Excepted(_) => "excepted",
            Self::Seconded(_) => "seconded",
            Self::Rescheduled(_) => "rescheduled",
            Self::EmergencyDeclared(_) => "emergency_declared",
            Self::EmergencyBound { .. } => "emergency_bound",
            Self::EmergencyMet { .. } => "emergency_met",
            Self::RolledBack { .. } => "rolled_back",
            Self::Revalidated { .. } => "revalidated",
            Self::CircularOpened(_) => "circular_opened",
            Self::Correction(_) => "correction",
            Self::CorrectionAnswered(_) => "correction_answered",
            Self::MinutesApproved(_) => "minutes_approved",
            Self::Erratum(_) => "erratum",
            Self::ErratumSealed(_) => "erratum_sealed",
        }
    }
    /// Whether only a member's signature key may sign it (`record.md`, *Two keys*).
    #[must_use]
    pub fn binds_a_person(&self) -> bool {
        match self {
            Self::Roster { .. }
            | Self::Policy { .. }
            | Self::Vote { .. }
            | Self::SignOff(_)
            | Self::Withdrawal { .. }
            | Self::Witness { .. }
            | Self::Delegation { .. }
            | Self::MinutesSealed { .. }
            | Self::ExtractsSealed { .. }
            | Self::AnnexSealed { .. }
            | Self::Affirmation { .. }
            | Self::ForkSettled { .. }
            | Self::StandingApproved(_)
            | Self::PlanApproved(_)
            | Self::Disposed(_)
            | Self::Waived(_)
            | Self::Overridden(_)
            | Self::Excepted(_)
            | Self::Seconded(_)
            | Self::EmergencyDeclared(_)
            | Self::EmergencyBound { .. }
            | Self::Revalidated { .. }
            | Self::CircularOpened(_)
            | Self::Correction(_)
            | Self::CorrectionAnswered(_)
            | Self::MinutesApproved(_)
            | Self::Erratum(_)
            | Self::ErratumSealed(_)
            | Self::RuledImmaterial(_) => true,
            Self::Assessment { .. }
            | Self::PlanReview { .. }
            | Self::AgendaFrozen { .. }
            | Self::Running { .. }
            | Self::ConditionMet { .. }
            | Self::MeetingClosed { .. }
            | Self::WrittenBack { .. }
            | Self::Recovered { .. }
            | Self::ApprovalExported { .. }
            | Self::StandingUsed(_)
            | Self::StandingSuspended { .. }
            | Self::ObligationOpened(_)
            | Self::ObligationMet { .. }
            | Self::Attested(_)
            | Self::Rescheduled(_)
            | Self::EmergencyMet { .. }
            | Self::RolledBack { .. } => false,
        }
    }
}
