//! What is asked to be put right in minutes, by whose word it is, and how minutes are approved.
//!
//! A correction is about the words of the minutes alone: what was decided stands as it was recorded, and only a new decision
//! changes it.
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{Digest, EntryId, MeetingId, MemberId};
use crate::ledger::Sealed;
use crate::policy::{MinutesApprovalRule, MinutesRules};

/// A part of the minutes that is no item of the agenda.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MinutesSection {
    /// Who was there, and when.
    Attendance,
    /// Quorum.
    Quorum,
    /// Actions, with owners and dates.
    Actions,
    /// Anything else.
    Other,
}

impl MinutesSection {
    /// Every section, in the order of the pages.
    pub const ALL: [Self; 4] = [Self::Attendance, Self::Quorum, Self::Actions, Self::Other];

    /// The word in entries and on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Attendance => "attendance",
            Self::Quorum => "quorum",
            Self::Actions => "actions",
            Self::Other => "other",
        }
    }
}

/// A member asks for other words in the minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrectionBody {
    /// The item whose minutes are wrong; `None` where `section` is given.
    pub item: Option<u32>,
    /// Why.
    pub reason: String,
    /// The section that is wrong; `None` where `item` is given.
    pub section: Option<MinutesSection>,
    /// The words that stand there; empty where something is missing.
    pub was: String,
    /// The words asked for.
    pub wording: String,
}

/// What the chair or the secretary answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrectionAnswerBody {
    /// The entry that asks.
    pub correction: EntryId,
    /// Why it is declined; may be empty where it is taken in.
    pub reason: String,
    /// Whether it is taken in.
    pub taken: bool,
    /// The words it is taken in with; empty where it is declined.
    pub wording: String,
}

/// The minutes are approved: by a meeting, or because nothing was open at the deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinutesApprovalBody {
    /// The entry *meeting closed* up to which the minutes speak.
    pub checkpoint: EntryId,
    /// The deadline that passed with no correction open; `None` where a meeting approves.
    pub deadline: Option<DateTime<Utc>>,
    /// The meeting that approves; `None` where the deadline does.
    pub meeting: Option<MeetingId>,
}

/// The chair says what is wrong in sealed minutes, and what is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErratumBody {
    /// SHA-256 of the minutes, which stay as they are.
    pub minutes: Digest,
    /// What is right.
    pub right: String,
    /// What is wrong.
    pub wrong: String,
}

/// A new document beside sealed minutes that tells of errata. The subject is the PDF.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErratumSealedBody {
    /// The entry *meeting closed* up to which the minutes speak.
    pub checkpoint: EntryId,
    /// The errata of which it tells.
    pub errata: Vec<EntryId>,
    /// SHA-256 of the minutes it belongs to.
    pub minutes: Digest,
    /// SHA-256 of the document.
    pub pdf: Digest,
}

/// Why such a word says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoCorrection {
    /// A text that must say something is blank.
    #[error("`{0}` says nothing")]
    Blank(&'static str),
    /// It is about nothing, or about two things.
    #[error("it names an item or a section, and not both")]
    About,
    /// What stands and what is asked for are the same.
    #[error("what is wrong and what is right are the same words")]
    Same,
    /// Declined, and yet with words.
    #[error("what is declined is taken in with no words")]
    Declined,
    /// Approved by nothing, or by two rules.
    #[error("minutes are approved by a meeting or at a deadline, and not both")]
    Rule,
    /// It tells of no erratum.
    #[error("it tells of no erratum")]
    NoErratum,
}

fn said(field: &'static str, text: &str) -> Result<(), NoCorrection> {
    if text.trim().is_empty() { Err(NoCorrection::Blank(field)) } else { Ok(()) }
}

impl CorrectionBody {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// [`NoCorrection`] where it asks for nothing.
    pub fn check(&self) -> Result<(), NoCorrection> {
        said("reason", &self.reason)?;
        said("wording", &self.wording)?;
        if self.was == self.wording {
            return Err(NoCorrection::Same);
        }
        if self.item.is_some() == self.section.is_some() { Err(NoCorrection::About) } else { Ok(()) }
    }
}

impl CorrectionAnswerBody {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// [`NoCorrection`] where it takes in no words, or declines without a reason.
    pub fn check(&self) -> Result<(), NoCorrection> {
        if self.taken {
            return said("wording", &self.wording);
        }
        said("reason", &self.reason)?;
        if self.wording.is_empty() { Ok(()) } else { Err(NoCorrection::Declined) }
    }
}

impl MinutesApprovalBody {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// [`NoCorrection`] where it names no rule, or two.
    pub fn check(&self) -> Result<(), NoCorrection> {
        if self.deadline.is_some() == self.meeting.is_some() { Err(NoCorrection::Rule) } else { Ok(()) }
    }
}

impl ErratumBody {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// [`NoCorrection`] where it puts nothing right.
    pub fn check(&self) -> Result<(), NoCorrection> {
        said("wrong", &self.wrong)?;
        said("right", &self.right)?;
        if self.wrong == self.right { Err(NoCorrection::Same) } else { Ok(()) }
    }
}

impl ErratumSealedBody {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// [`NoCorrection`] where it tells of nothing.
    pub fn check(&self) -> Result<(), NoCorrection> {
        if self.errata.is_empty() { Err(NoCorrection::NoErratum) } else { Ok(()) }
    }
}

/// A correction that was asked for, as the record tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// The entry that asks.
    pub entry: EntryId,
    /// Who asks.
    pub actor: MemberId,
    /// When, as claimed.
    pub claimed: DateTime<Utc>,
    /// What is asked for.
    pub body: CorrectionBody,
    /// What was answered; the first answer counts.
    pub answer: Option<CorrectionAnswer>,
}

/// The answer to a correction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionAnswer {
    /// The entry that says so.
    pub entry: EntryId,
    /// Who answered.
    pub actor: MemberId,
    /// When, as claimed.
    pub claimed: DateTime<Utc>,
    /// The words it is taken in with; `None` where it is declined.
    pub taken: Option<String>,
    /// Why.
    pub reason: String,
}

/// The approval of a meeting's minutes, as the record tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MinutesApproval {
    /// The entry that says so.
    pub entry: EntryId,
    /// Who says so.
    pub actor: MemberId,
    /// When, as claimed.
    pub claimed: DateTime<Utc>,
    /// By what.
    pub body: MinutesApprovalBody,
}

/// What the chair says is wrong in sealed minutes, as the record tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erratum {
    /// The entry that says so.
    pub entry: EntryId,
    /// Who says so.
    pub actor: MemberId,
    /// When, as claimed.
    pub claimed: DateTime<Utc>,
    /// What.
    pub body: ErratumBody,
}

/// A sealed document that tells of errata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedErratum {
    /// SHA-256 of the minutes it belongs to.
    pub minutes: Digest,
    /// The errata of which it tells.
    pub errata: Vec<EntryId>,
    /// The document itself.
    pub sealed: Sealed,
}

/// Until when corrections may be asked for where the policy sets a deadline, by the close of the meeting: days are of 24 hours.
#[must_use]
pub fn deadline(rules: &MinutesRules, closed_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let by_deadline = rules.approval == MinutesApprovalRule::Deadline;
    let days = TimeDelta::try_days(i64::from(rules.days_for_corrections()))?;
    if by_deadline { closed_at.checked_add_signed(days) } else { None }
}

#[cfg(test)]
mod tests;
