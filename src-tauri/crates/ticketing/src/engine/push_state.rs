//! An operation of the outbox and the states it goes through.
use std::collections::BTreeMap;
use std::future::Future;

use chrono::{DateTime, Utc};
use domain::change::ChangeRequest;
use domain::ids::{Digest, OperationId};
use serde::{Deserialize, Serialize};

use super::content::content_digest;
use crate::errors::StorageError;
use crate::mapping::NamedId;
use crate::note::Note;

/// One write to one ticket, as the outbox keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushOperation {
    /// Its marker on the ticket comes from this; see [`crate::marker`].
    pub id: OperationId,
    /// The ticket.
    pub remote_id: String,
    /// The comment. The marker is added as its last line.
    pub note: Note,
    /// The status to set, if any.
    pub status: Option<NamedId>,
    /// Our own fields: remote id (`cf:43`) → value.
    pub fields: BTreeMap<String, String>,
    /// The file to attach, if any; its bytes are handed to [`crate::push`].
    pub file: Option<PushFile>,
    /// What the board had seen when it decided.
    pub base: BaseSeen,
}

/// A file to attach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushFile {
    /// Its name on the ticket.
    pub name: String,
    /// `application/pdf`.
    pub content_type: String,
    /// Of its bytes; also written beside it on the ticket.
    pub sha256: Digest,
}

/// What the board had seen when it decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseSeen {
    /// The status the ticket had.
    pub status: NamedId,
    /// [`content_digest`] of the change.
    pub content: Digest,
}

/// Whether a ticket still says what was decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// It does.
    Same,
    /// It does not; in words what differs, as far as known.
    Different(Vec<String>),
}

/// Judges by [`content_digest`] against the operation's base. Use cases that know the policy's material fields
/// judge by those instead.
pub fn by_content(base: &BaseSeen) -> impl Fn(&ChangeRequest) -> Judgement + Sync + use<> {
    let content = base.content;
    move |change| if content_digest(change) == content { Judgement::Same } else { Judgement::Different(Vec::new()) }
}

/// Where an operation stands. The outbox persists each state before the next step is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum PushState {
    /// Nothing was sent, or what was sent certainly had no effect.
    Planned {
        /// A file already uploaded but not attached.
        upload: Option<String>,
    },
    /// The write is under way. Found after a restart, it means the same as `Unknown`.
    Sending {
        /// The upload's handle; it can be attached once.
        upload: Option<String>,
    },
    /// The answer was lost: look for the marker before sending again.
    Unknown {
        /// The upload's handle; it can be attached once.
        upload: Option<String>,
        /// What happened.
        why: String,
    },
    /// Read back and found complete.
    Verified {
        /// What stands on the ticket.
        receipt: PushReceipt,
    },
    /// Refused, or only partly carried out; a person must look.
    Failed {
        /// In words.
        reason: String,
    },
    /// Not sent: the ticket says something else than what was decided on.
    Blocked {
        /// In words.
        reason: String,
    },
}

impl PushState {
    /// Whether nothing further happens by itself.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        match self {
            Self::Verified { .. } | Self::Failed { .. } | Self::Blocked { .. } => true,
            Self::Planned { .. } | Self::Sending { .. } | Self::Unknown { .. } => false,
        }
    }
}

/// What stands on the ticket after a verified write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushReceipt {
    /// The comment's remote id.
    pub note_id: String,
    /// When the server says it was written: an outside witness of the time.
    pub at: DateTime<Utc>,
    /// The file's remote id.
    pub file_id: Option<String>,
    /// How often our comment stands there; more than once is reported, never repaired silently.
    pub copies: u32,
    /// Whether somebody else had already set the status.
    pub status_by_other: bool,
    /// What somebody edited between our last look and our write, in words.
    pub slipped_edit: Option<String>,
}

/// Persists the states of operations.
pub trait PushJournal: Send + Sync {
    /// Saves a state durably before returning.
    fn save(&self, operation: &OperationId, state: &PushState)
    -> impl Future<Output = Result<(), StorageError>> + Send;
}
