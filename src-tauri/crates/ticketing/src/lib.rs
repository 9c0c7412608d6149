//! Ticketing systems: one trait, one engine, one folder per system.
//!
//! An adapter ([`TicketingSystem`]) knows a system's wire and words: probe, discover, list, read, write. It touches
//! no storage and no timers. The engine owns retries, waiting, cancelling, storage ([`SyncStore`], [`PushJournal`])
//! and progress, so that every system behaves alike:
//!
//! - [`sync`] brings the list first, then details; a run without changes is one request.
//! - [`reconcile`] finds what an incremental run cannot see: silent edits, deletes, moves.
//! - [`push`] writes once, reads back, and finds its own marker after a lost answer.
//! - [`fetch_attachment`] brings a file's content on demand.
//!
//! What real servers were seen to do stands beside the code that answers it.
mod address;
mod capabilities;
mod cursor;
mod engine;
mod errors;
mod http;
mod json_depth;
pub mod mapping;
mod note;
mod redmine;
mod storage;
mod system;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod timestamp;

pub use address::acceptable;
pub use capabilities::{Capabilities, Deletions, Idempotency, ProbeReport, ProjectSeen, SystemKind};
pub use cursor::{Cursor, Position};
pub use engine::{
    BaseSeen, Gone, Judge, Judgement, ON_THE_TICKET, Progress, PushFile, PushJournal, PushOperation, PushReceipt,
    PushState, ReconcileReport, Run, SyncReport, by_content, content_digest, dry_run, fetch_attachment, push,
    reconcile, recover, sync,
};
pub use errors::{Effect, ErrorClass, StorageError, TicketingError, classify};
pub use http::{Endpoint, Limits, retry_after};
pub use mapping::{Mapping, RemoteField, Schema, suggest};
pub use note::{Note, NoteBlock, carries_marker, marker};
pub use redmine::Redmine;
pub use storage::{KnownRow, RawPayload, SyncStore, SyncedDetails, SyncedRow, Vanished};
pub use system::{
    Answer, Downloaded, FileSeen, FileToSend, Identity, NoteSeen, Page, Presence, RawDetails, RawRow, Source,
    TicketState, TicketingSystem, Write,
};
pub use timestamp::{TimestampService, acceptable_service};

#[cfg(test)]
mod conformance;
