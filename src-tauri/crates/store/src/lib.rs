//! The data folder of a board: what was signed, what follows from it, and what is only local.
//!
//! | kind | tables | rule |
//! |---|---|---|
//! | record | `entry`, `roster`, `policy`, `blob`, `disposed` | append-only by trigger |
//! | projection | `projection`, `change_index` | thrown away and made again; its digest is an ordered dump |
//! | local | the rest | sync marks, synced content, drafts, the outbox; never rebuilt, never a secret |
//!
//! Reads are methods of [`Store`]. Writes are methods of [`Append`], one `BEGIN IMMEDIATE` transaction in which
//! the head of a log is read, the caller signs, and the entry is inserted: two programs on one folder
//! wait for each other instead of forking the log. Nothing is acknowledged before COMMIT with
//! `synchronous=FULL`; blobs are durable before it, a plain copy of each entry is written after it.
//!
//! The only crate that may name sqlx's SQLite. One file per noun; rows are private.
mod append;
mod attachments;
mod backups;
mod blobs;
mod candidates;
mod change_index;
mod change_list;
mod changes;
mod changes_known;
mod connections;
mod copies;
mod cursors;
mod database;
mod disposals;
mod drafts;
mod entries;
mod error;
mod exchange;
mod export;
mod folder;
mod making;
mod outbox;
mod payloads;
mod pin_failures;
mod policies;
mod projections;
mod releases;
mod restores;
mod rosters;
mod sealed;
mod seen;
mod settings;
mod value;
mod windows;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use sqlx::Sqlite;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::SqlitePool;

pub use append::{Append, Committed};
pub use attachments::DownloadedAttachment;
pub use backups::{BackupReport, Manifest, ManifestFile};
pub use blobs::{BlobInfo, BlobWriter, StagedBlob};
pub use candidates::AgendaCandidate;
pub use change_index::IndexRow;
pub use change_list::{ChangesQuery, ListedChange, ListedPage, MAX_LIMIT, SortColumn, View, ViewCounts};
pub use changes::{StoredChange, SyncedChange, SyncedPage, Tombstone};
pub use changes_known::Known;
pub use connections::Connection;
pub use copies::{StrayCopy, plain_copies};
pub use database::data_version;
pub use drafts::Draft;
pub use entries::{NewEntry, StoredEntry, Taken};
pub use error::{Result, StoreError};
pub use exchange::{QuarantineKind, Quarantined, RelayMark};
pub use export::{ExportReport, csv_cell, csv_line};
pub use folder::{Folder, FolderLock};
pub use making::Making;
pub use outbox::{NewOperation, Operation, OutboxState, PASSED_OVER, PASSED_OVER_ONCE_FAILED, Transition};
pub use payloads::{RawPayload, StoredPayload};
pub use pin_failures::PinFailures;
pub use policies::StoredPolicy;
pub use projections::ProjectionRow;
pub use releases::ReleasedChange;
pub use restores::{restore, verify_backup};
pub use rosters::StoredRoster;
pub use sealed::SealedParcel;
pub use seen::Seen;
pub use windows::PlannedChange;

/// The open data folder. Cheap to clone; all clones share one writing connection.
#[derive(Debug, Clone)]
pub struct Store {
    folder: Folder,
    writer: SqlitePool,
    readers: SqlitePool,
    foreign: Arc<AtomicI64>,
}

impl Store {
    /// Makes a data folder and opens it. An existing board is opened as [`Store::open`] does.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn create(folder: &Folder, now: DateTime<Utc>) -> Result<Self> {
        folder.create()?;
        database::create_file(folder)?;
        Self::open(folder, now).await
    }

    /// Opens a board: checks the settings, looks for damage, upgrades an older folder (after a copy into
    /// `backups/`), writes again whatever plain copies of entries are missing, and removes whatever was disposed of.
    ///
    /// # Errors
    /// [`StoreError::NoBoard`], [`StoreError::NewerFolder`], [`StoreError::Corrupt`], [`StoreError::Setting`],
    /// [`StoreError::Busy`], [`StoreError::DiskFull`], [`StoreError::Io`].
    pub async fn open(folder: &Folder, now: DateTime<Utc>) -> Result<Self> {
        if !folder.holds_board() {
            return Err(StoreError::NoBoard { path: folder.path().to_owned() });
        }
        let waiting = folder.clone();
        // Held until the board is open; the operating system lets go of it if we are killed.
        let _opening = folder::off_thread(move || waiting.wait_to_open()).await?;
        let named = |error: StoreError| error.in_file(&folder.database());
        let (writer, readers) = database::open_pools(folder).await.map_err(named)?;
        let store = Self { folder: folder.clone(), writer, readers, foreign: Arc::new(AtomicI64::new(0)) };
        match store.start(now).await.map_err(named) {
            Ok(()) => Ok(store),
            Err(error) => {
                store.close().await;
                Err(error)
            }
        }
    }

    async fn start(&self, now: DateTime<Utc>) -> Result<()> {
        {
            let mut connection = self.writer.acquire().await?;
            // Before anything is written: an upgrade of a damaged file would spread the damage.
            database::quick_check(&mut connection).await?;
        }
        database::upgrade(&self.folder, &self.writer, now).await?;
        let healed = self.heal_copies().await?;
        if healed > 0 {
            tracing::info!(healed, "wrote missing plain copies of entries");
        }
        // A crash between an entry and the removal of what it disposed of is finished here. A file that cannot be removed
        // keeps nobody from reading the board.
        match self.remove_disposed().await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "removed bytes that were disposed of"),
            Err(error) => tracing::warn!(%error, "bytes that were disposed of are still here"),
        }
        self.others_wrote().await.map(drop)
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Closes all connections; what was committed stays. Other clones get errors afterwards.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Begins writing: from here to [`Append::commit`] nobody else writes to this board. Dropping the
    /// handle takes everything back.
    ///
    /// # Errors
    /// [`StoreError::Busy`] after 5 s of somebody else's writing.
    pub async fn begin_immediate(&self) -> Result<Append> {
        let begun = match self.writer.begin_with("BEGIN IMMEDIATE").await {
            // SQLite undid a transaction by itself (a full disk does that), the library's ROLLBACK then had nothing to undo,
            // and it takes the connection to be within it for ever. Another connection is in none.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                self.writer.acquire().await?.close().await?;
                self.writer.begin_with("BEGIN IMMEDIATE").await
            }
            begun => begun,
        };
        Ok(Append::new(begun?, self.folder.clone()))
    }

    /// Whether another *process* committed since the last time this was asked (`cab` beside the window):
    /// our own writing does not count, since `data_version` of the writing connection moves only for others.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn others_wrote(&self) -> Result<bool> {
        let mut connection = self.writer.acquire().await?;
        let version: i64 = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut *connection).await?;
        Ok(self.foreign.swap(version, Ordering::SeqCst) != version)
    }

    /// Looks at every page and index; slower than the look at the start.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] with what was found.
    pub async fn integrity_check(&self) -> Result<()> {
        let mut connection = self.reader().await?;
        let answer: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(20)").fetch_all(&mut *connection).await?;
        if answer.len() == 1 && answer[0] == "ok" { Ok(()) } else { Err(StoreError::found(&answer)) }
    }

    /// SQLite's own version, such as `3.51.3`.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn sqlite_version(&self) -> Result<String> {
        Ok(sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut *self.reader().await?).await?)
    }

    pub(crate) async fn reader(&self) -> Result<PoolConnection<Sqlite>> {
        Ok(self.readers.acquire().await?)
    }

    pub(crate) async fn writer(&self) -> Result<PoolConnection<Sqlite>> {
        Ok(self.writer.acquire().await?)
    }
}
