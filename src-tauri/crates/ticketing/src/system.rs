//! The one trait that an adapter implements: it knows a system's wire and words, nothing else.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::change::ChangeRequest;
use futures_util::future::BoxFuture;

use crate::capabilities::{Capabilities, ProbeReport};
use crate::cursor::Position;
use crate::errors::TicketingError;
use crate::mapping::{Mapping, NamedId, Schema, Scope};
use crate::note::Note;
use crate::storage::{RawPayload, Vanished};

/// The answer to a question to a server.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, TicketingError>>;

/// A row of a list, unmapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRow {
    /// The remote's stable id.
    pub remote_id: String,
    /// "Updated", as the remote says.
    pub updated: DateTime<Utc>,
    /// The row's own bytes.
    pub payload: RawPayload,
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Page {
    /// Rows in the order of the position.
    pub rows: Vec<RawRow>,
    /// Rows the server still had at this position, if it says.
    pub total: Option<u32>,
    /// Where to go on; `None` at the end.
    pub next: Option<Position>,
}

/// The direct read of a change, unmapped.
#[derive(Debug, Clone)]
pub struct RawDetails {
    /// "Updated", as the remote says.
    pub updated: DateTime<Utc>,
    /// The reply's bytes.
    pub payload: RawPayload,
    /// Ids of linked issues, to be read with [`TicketingSystem::linked`].
    pub linked: BTreeSet<String>,
}

/// Whether a change is still where it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// In scope.
    Here,
    /// No longer.
    Vanished(Vanished),
}

/// Which bytes to map.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// A row of the list.
    Row(&'a RawPayload),
    /// A direct read with the rows of its linked issues.
    Details(&'a RawPayload, &'a BTreeMap<String, RawPayload>),
}

/// What identifies the changes of one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The connection.
    pub connection: domain::ids::ConnectionId,
    /// The prefix of its keys, `CHG`.
    pub prefix: String,
}

/// A ticket read directly, as a write needs it.
#[derive(Debug, Clone)]
pub struct TicketState {
    /// As mapped, without linked issues.
    pub change: ChangeRequest,
    /// The status.
    pub status: NamedId,
    /// Statuses our account may set next; `None` when the server does not say.
    pub allowed: Option<Vec<NamedId>>,
    /// Comments.
    pub notes: Vec<NoteSeen>,
    /// Files.
    pub files: Vec<FileSeen>,
    /// Values of the remote's custom fields by id (`cf:12`).
    pub fields: BTreeMap<String, String>,
    /// The reply's bytes.
    pub payload: RawPayload,
}

/// A comment on a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSeen {
    /// The remote's id.
    pub id: String,
    /// Who wrote it.
    pub author_id: String,
    /// When, as the remote says.
    pub at: DateTime<Utc>,
    /// As stored there.
    pub text: String,
    /// The status id that was set together with it.
    pub status_set: Option<String>,
    /// Custom fields (`cf:43`) that were set together with it, and their new values.
    pub fields_set: Vec<(String, String)>,
}

/// A file on a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSeen {
    /// The remote's id.
    pub id: String,
    /// Who put it there.
    pub author_id: String,
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// The line beside it.
    pub description: String,
}

/// A file to put on a ticket.
#[derive(Debug, Clone, Copy)]
pub struct FileToSend<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its media type.
    pub content_type: &'a str,
    /// The line beside it.
    pub description: &'a str,
    /// Handle from [`TicketingSystem::upload`].
    pub handle: &'a str,
}

/// One write: everything together, as far as the system can.
#[derive(Debug, Clone)]
pub struct Write<'a> {
    /// The comment in the server's markup.
    pub note: String,
    /// The status to set.
    pub status: Option<&'a str>,
    /// Our own fields only: id (`cf:12`) → value.
    pub fields: &'a BTreeMap<String, String>,
    /// The file.
    pub file: Option<FileToSend<'a>>,
}

/// A downloaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Downloaded {
    /// The content.
    pub bytes: Vec<u8>,
    /// Of the content.
    pub sha256: domain::ids::Digest,
}

/// A ticketing system. Every method is one attempt: the engine retries, waits, stores and cancels
/// (by dropping the answer).
pub trait TicketingSystem: Send + Sync {
    /// The name people know it by, for messages: the engine does nothing else with which system it is.
    fn name(&self) -> &'static str;

    /// What it can do, as declared.
    fn capabilities(&self) -> Capabilities;

    /// "Test connection": the account, what it sees, and what the server is.
    fn probe(&self, now: DateTime<Utc>) -> Answer<'_, ProbeReport>;

    /// The schema of a project, as far as the account may see.
    fn discover<'a>(&'a self, project: &'a str) -> Answer<'a, Schema>;

    /// One page of the list. Every row has been checked against scope and position.
    fn list<'a>(&'a self, scope: &'a Scope, at: &'a Position, now: DateTime<Utc>) -> Answer<'a, Page>;

    /// The newest changes of the scope, for a dry run of a mapping.
    fn newest<'a>(&'a self, scope: &'a Scope, count: u32, now: DateTime<Utc>) -> Answer<'a, Vec<RawRow>>;

    /// The direct read of one change.
    fn details<'a>(&'a self, remote_id: &'a str, now: DateTime<Utc>) -> Answer<'a, RawDetails>;

    /// Rows of linked issues; one we may not see is absent.
    fn linked<'a>(&'a self, ids: &'a BTreeSet<String>, now: DateTime<Utc>) -> Answer<'a, BTreeMap<String, RawPayload>>;

    /// Whether a change that the census missed is deleted, hidden, moved, or there after all.
    fn presence<'a>(&'a self, scope: &'a Scope, remote_id: &'a str) -> Answer<'a, Presence>;

    /// Learns the names of accounts that appear in these bytes and are not known yet.
    fn meet<'a>(&'a self, mapping: &'a Mapping, payloads: &'a [&'a RawPayload]) -> Answer<'a, ()>;

    /// Maps stored bytes; needs no network, so that a corrected mapping can be applied to what is stored.
    ///
    /// # Errors
    /// [`TicketingError::Protocol`] when the bytes are not what this system sends.
    fn interpret(
        &self,
        mapping: &Mapping,
        identity: &Identity,
        source: Source<'_>,
    ) -> Result<ChangeRequest, TicketingError>;

    /// A file's content, checked against the size that the ticket states, within the cap.
    fn download<'a>(&'a self, attachment: &'a domain::change::Attachment) -> Answer<'a, Downloaded>;

    /// The ticket as a write needs it.
    fn read_ticket<'a>(
        &'a self,
        mapping: &'a Mapping,
        identity: &'a Identity,
        remote_id: &'a str,
        now: DateTime<Utc>,
    ) -> Answer<'a, TicketState>;

    /// Sends a file's bytes; the answer is a handle that one write can use once.
    fn upload<'a>(&'a self, name: &'a str, bytes: &'a [u8]) -> Answer<'a, String>;

    /// Sends one write. A 2xx proves nothing: read back.
    fn write<'a>(&'a self, remote_id: &'a str, write: &'a Write<'a>) -> Answer<'a, ()>;

    /// A note in the server's markup, every word of it harmless.
    fn render(&self, mapping: &Mapping, note: &Note) -> String;
}
