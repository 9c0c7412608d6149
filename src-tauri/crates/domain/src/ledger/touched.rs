//! What an entry touched.
use crate::entry::ActRef;
use crate::ids::{ChangeKey, ConditionId, EntryId, MeetingId, MemberId};

/// The nouns whose rows an entry touched.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touched {
    /// A meeting.
    Meeting(MeetingId),
    /// Assessments of a change.
    Assessments(ChangeKey),
    /// Plan reviews of a change.
    PlanReviews(ChangeKey),
    /// Approvals of a change's plan.
    PlanApprovals(ChangeKey),
    /// Sign-offs of a change.
    SignOffs(ChangeKey),
    /// Rulings on edits of a change.
    Rulings(ChangeKey),
    /// Waivers, overrides and exceptions of a change.
    Dispensations(ChangeKey),
    /// Decisions on a change.
    Decisions(ChangeKey),
    /// A condition.
    Condition(ConditionId),
    /// A write-back.
    WrittenBack(ChangeKey),
    /// Approvals handed out for a change.
    Exports(ChangeKey),
    /// A seat that was delegated.
    Delegation(EntryId),
    /// An act recorded in a member's name.
    Spoken(ActRef, MemberId),
    /// A standing approval.
    Standing(EntryId),
    /// What a broken glass left owing.
    Obligation(EntryId),
    /// Attested answers of a change.
    Attested(ChangeKey),
    /// An emergency, by its declaration.
    Emergency(EntryId),
    /// A deployment that was taken back.
    Rollback(EntryId),
    /// An entry this program is too old to read.
    Unknown(EntryId),
}

impl Touched {
    /// The table and row id under which the projection is stored.
    #[must_use]
    pub fn row(&self) -> (&'static str, String) {
        match self {
            Self::Meeting(id) => ("meeting", id.to_string()),
            Self::Assessments(key) => ("assessment", key.to_string()),
            Self::PlanReviews(key) => ("plan_review", key.to_string()),
            Self::PlanApprovals(key) => ("plan_approval", key.to_string()),
            Self::SignOffs(key) => ("sign_off", key.to_string()),
            Self::Rulings(key) => ("ruling", key.to_string()),
            Self::Dispensations(key) => ("dispensation", key.to_string()),
            Self::Decisions(key) => ("decision", key.to_string()),
            Self::Condition(id) => ("condition", id.to_string()),
            Self::WrittenBack(key) => ("written_back", key.to_string()),
            Self::Exports(key) => ("export", key.to_string()),
            Self::Delegation(id) => ("delegation", id.to_string()),
            // Of everybody whom it names, each answers for themselves.
            Self::Spoken(act, member) => ("spoken", format!("{act} {member}")),
            Self::Standing(id) => ("standing_approval", id.to_string()),
            Self::Obligation(id) => ("obligation", id.to_string()),
            Self::Attested(key) => ("attested", key.to_string()),
            Self::Emergency(id) => ("emergency", id.to_string()),
            Self::Rollback(id) => ("rollback", id.to_string()),
            Self::Unknown(id) => ("unknown", id.to_string()),
        }
    }

    /// The change it is about, if one.
    #[must_use]
    pub fn change(&self) -> Option<&ChangeKey> {
        match self {
            Self::Assessments(key)
            | Self::PlanReviews(key)
            | Self::PlanApprovals(key)
            | Self::SignOffs(key)
            | Self::Rulings(key)
            | Self::Dispensations(key)
            | Self::Decisions(key)
            | Self::WrittenBack(key)
            | Self::Attested(key)
            | Self::Exports(key) => Some(key),
            Self::Meeting(_)
            | Self::Condition(_)
            | Self::Delegation(_)
            | Self::Spoken(..)
            | Self::Standing(_)
            | Self::Obligation(_)
            | Self::Emergency(_)
            | Self::Rollback(_)
            | Self::Unknown(_) => None,
        }
    }
}
