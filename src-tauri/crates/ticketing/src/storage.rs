//! The port to the local store. Adapters never touch SQL; the engine talks to this.
use std::collections::BTreeMap;
use std::future::Future;

use chrono::{DateTime, Utc};
use domain::change::ChangeRequest;
use domain::ids::Digest;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::cursor::Cursor;
use crate::errors::StorageError;

/// Bytes as they came over the wire, kept as evidence of what the board saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawPayload {
    /// Byte for byte.
    pub bytes: Vec<u8>,
    /// Of `bytes`.
    pub sha256: Digest,
    /// When we had read them, by our clock.
    pub fetched_at: DateTime<Utc>,
    /// Method and address without credentials, for example `GET /issues/17.json?include=journals`.
    pub request: String,
}

impl RawPayload {
    /// Wraps bytes with their digest.
    #[must_use]
    pub fn new(bytes: Vec<u8>, fetched_at: DateTime<Utc>, request: String) -> Self {
        Self { sha256: Digest::of(&bytes), bytes, fetched_at, request }
    }
}

/// A row of the list, mapped; `change.details_synced` is false.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncedRow {
    /// As mapped.
    pub change: ChangeRequest,
    /// The row's own bytes, cut from its page.
    pub payload: RawPayload,
}

/// A change with comments, relations and attachments; `change.details_synced` is true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncedDetails {
    /// As mapped.
    pub change: ChangeRequest,
    /// The reply to the direct read.
    pub payload: RawPayload,
    /// The rows of linked issues that `change.linked_issues` was read from.
    pub linked: Vec<RawPayload>,
    /// Over payload and linked rows: equal digests mean nothing changed.
    pub digest: Digest,
}

/// What the store knows of a change, to skip what has not changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRow {
    /// Of the last row committed.
    pub updated: DateTime<Utc>,
    /// Of the last row's bytes.
    pub row_sha256: Digest,
    /// [`SyncedDetails::digest`], once details arrived.
    pub details: Option<Digest>,
    /// Whether the change was tombstoned; a row that comes back is committed again.
    pub tombstoned: bool,
}

/// Why a change is no longer in reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Vanished {
    /// The server says there is no such ticket.
    Deleted,
    /// The server no longer shows it to our account: moved out of sight, or access lost.
    AccessLost,
    /// It is in another project or has another tracker now.
    MovedOut {
        /// Where to, in the remote's words.
        to: String,
    },
}

/// The local store as the engine needs it. Implemented by the use cases over SQLite.
///
/// Nothing here deletes a local decision: a tombstone only marks.
pub trait SyncStore: Send + Sync {
    /// The high-water mark of the last committed page.
    fn cursor(&self) -> impl Future<Output = Result<Option<Cursor>, StorageError>> + Send;

    /// What is known of these ids; unknown ids are absent from the answer.
    fn known(&self, ids: &[String]) -> impl Future<Output = Result<BTreeMap<String, KnownRow>, StorageError>> + Send;

    /// Saves rows and cursor in one transaction. A row replaces what the list knew of the change, keeps its
    /// older details until new ones arrive, marks its details as due and removes a tombstone.
    /// `cursor` is `None` when the mark stays (a census).
    fn commit_page(
        &self,
        rows: Vec<SyncedRow>,
        cursor: Option<&Cursor>,
    ) -> impl Future<Output = Result<(), StorageError>> + Send;

    /// Ids whose details are due, those of agenda items and open changes first.
    fn details_due(&self) -> impl Future<Output = Result<Vec<String>, StorageError>> + Send;

    /// Saves details and clears their being due.
    fn put_details(&self, details: Vec<SyncedDetails>) -> impl Future<Output = Result<(), StorageError>> + Send;

    /// Ids whose details the reconcile reads again although "updated" did not move: agenda items and open changes.
    fn details_to_recheck(&self) -> impl Future<Output = Result<Vec<String>, StorageError>> + Send;

    /// All ids without a tombstone.
    fn census_ids(&self) -> impl Future<Output = Result<Vec<String>, StorageError>> + Send;

    /// Marks a change as out of reach. Nothing local is removed.
    fn tombstone(
        &self,
        remote_id: &str,
        why: &Vanished,
        at: DateTime<Utc>,
    ) -> impl Future<Output = Result<(), StorageError>> + Send;

    /// Saves an attachment's content under its digest.
    fn put_attachment_content(
        &self,
        remote_id: &str,
        attachment_id: &str,
        sha256: Digest,
        bytes: &[u8],
    ) -> impl Future<Output = Result<(), StorageError>> + Send;
}
