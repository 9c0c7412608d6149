//! Delegation of a seat (R72): by the member's own signature, dated, perhaps for one meeting, and never passed on. The delegate
//! counts for the seat (see [`crate::quorum`]) and votes once, as one person.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{EntryId, MeetingId, MemberId};
use crate::roster::{Role, Roster};

#[cfg(test)]
mod tests;

/// A delegation as the record tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// The entry that says so.
    pub entry: EntryId,
    /// Whose seat.
    pub seat: MemberId,
    /// Who sits in it.
    pub to: MemberId,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// For this meeting alone.
    pub meeting: Option<MeetingId>,
    /// Why.
    pub reason: String,
    /// Taken back by this entry.
    pub withdrawn: Option<EntryId>,
}

impl Delegation {
    /// Whether by it `to` may sit for `seat` in this meeting at this time.
    #[must_use]
    pub fn covers(&self, seat: MemberId, to: MemberId, meeting: MeetingId, at: DateTime<Utc>) -> bool {
        self.withdrawn.is_none()
            && self.seat == seat
            && self.to == to
            && self.meeting.is_none_or(|only| only == meeting)
            && self.from <= at
            && at <= self.until
    }
}

/// Why a seat cannot be delegated so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoDelegation {
    /// The seat has no vote.
    #[error("whoever has no voting seat has none to delegate (R72)")]
    NoSeat,
    /// Not a member.
    #[error("a delegate is a member of the board (R72)")]
    NotAMember,
    /// To oneself.
    #[error("nobody is their own delegate (R72)")]
    Oneself,
    /// An auditor.
    #[error("an auditor decides nothing, in nobody's seat (R72)")]
    Auditor,
    /// Not dated.
    #[error("a delegation ends after it begins (R72)")]
    Undated,
}

impl NoDelegation {
    /// A stable code for refusals.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoSeat => "delegation-no-seat",
            Self::NotAMember => "delegation-not-a-member",
            Self::Oneself => "delegation-oneself",
            Self::Auditor => "delegation-auditor",
            Self::Undated => "delegation-undated",
        }
    }
}

/// Whether the member may delegate their seat so. The verifier asks the same from the signed entry.
///
/// # Errors
/// The first rule that forbids it.
pub fn check(
    roster: &Roster,
    seat: MemberId,
    to: MemberId,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), NoDelegation> {
    if !roster.member(seat).is_some_and(|m| m.voting) {
        return Err(NoDelegation::NoSeat);
    }
    let delegate = roster.member(to).ok_or(NoDelegation::NotAMember)?;
    if to == seat {
        return Err(NoDelegation::Oneself);
    }
    if delegate.has(Role::Auditor) {
        return Err(NoDelegation::Auditor);
    }
    if from < until { Ok(()) } else { Err(NoDelegation::Undated) }
}
