//! Why a window is moved (R79). *When* is the ticket's, and arrives by sync; *why* is said here, and stays.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::change::Window;
use crate::ids::{ChangeKey, Digest, EntryId, MemberId};

/// Somebody's word that a window is moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReschedulingBody {
    /// The change.
    pub change: ChangeKey,
    /// Digest of the material content before the move.
    pub content: Digest,
    /// Where the window was; `None`: it had none.
    pub from: Option<Window>,
    /// Where it is to be.
    pub to: Window,
    /// Why.
    pub reason: String,
}

/// A move of a window, with whose word it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rescheduling {
    /// The entry that says so.
    pub entry: EntryId,
    /// Whose word it is.
    pub actor: MemberId,
    /// When, as claimed.
    pub claimed: DateTime<Utc>,
    /// What it says.
    pub body: ReschedulingBody,
}
