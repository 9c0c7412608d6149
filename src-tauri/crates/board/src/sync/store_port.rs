//! The store as the sync engine needs it. What a page brings, the cursor after it and the rows of the
//! list that follow from it are one transaction.
use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::ids::{ChangeKey, ConnectionId, Digest};
use store::{SyncedChange, SyncedPage, Tombstone};
use ticketing::{Cursor, KnownRow, RawPayload, StorageError, SyncStore, SyncedDetails, SyncedRow, Vanished};

use crate::cabinet::{Cabinet, OpenBoard};
use crate::changes::{as_committed, as_known};
use crate::events::changed;
use crate::views::Noun;

/// One connection's part of the store.
pub(crate) struct BoardStore {
    cabinet: Cabinet,
    board: Arc<OpenBoard>,
    connection: ConnectionId,
    again: bool,
}

type Stored<T> = Result<T, StorageError>;

fn wrap(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StorageError {
    StorageError::new(error)
}

fn payload(payload: RawPayload) -> store::RawPayload {
    store::RawPayload { bytes: payload.bytes, fetched_at: payload.fetched_at, request: payload.request }
}

impl BoardStore {
    pub fn new(cabinet: Cabinet, board: Arc<OpenBoard>, connection: ConnectionId) -> Self {
        Self { cabinet, board, connection, again: false }
    }

    /// As if nothing were known: every row and its details are committed again, by the mapping as it is now.
    pub fn reading_again(self, again: bool) -> Self {
        Self { again, ..self }
    }

    /// Writes changes, the cursor and the list's rows together; tells what differs.
    async fn put(&self, page: SyncedPage) -> Stored<()> {
        let state = self.board.state().await.map_err(wrap)?;
        let mut tx = self.board.store.begin_immediate().await.map_err(wrap)?;
        let changed_keys = tx.put_page(&page, self.cabinet.now()).await.map_err(wrap)?;
        let mut rows = Vec::with_capacity(page.changes.len());
        for synced in &page.changes {
            // As kept: with older details, and the digests of what was downloaded.
            let Some(found) = tx.change(&synced.change.key).await.map_err(wrap)? else { continue };
            let found = as_committed(&self.board, &state, as_known(found));
            rows.push(self.cabinet.index_row(&self.board, &state, &found).map_err(wrap)?);
        }
        tx.put_index(&rows).await.map_err(wrap)?;
        tx.commit().await.map_err(wrap)?;
        self.tell(&changed_keys);
        Ok(())
    }

    fn tell(&self, keys: &[ChangeKey]) {
        if !keys.is_empty() {
            let ids: Vec<&str> = keys.iter().map(ChangeKey::as_str).collect();
            self.cabinet.emit(changed(&[Noun::Changes, Noun::Risk, Noun::Plan], &ids));
        }
    }

    async fn key_of(&self, remote_id: &str) -> Stored<ChangeKey> {
        let key = self.board.store.key_of(self.connection, remote_id).await.map_err(wrap)?;
        key.ok_or_else(|| wrap(format!("no change here has the remote id {remote_id:?}")))
    }
}

impl SyncStore for BoardStore {
    async fn cursor(&self) -> Stored<Option<Cursor>> {
        let found = self.board.store.cursor(self.connection).await.map_err(wrap)?;
        found.map(|(json, _)| serde_json::from_str(&json).map_err(wrap)).transpose()
    }

    async fn known(&self, ids: &[String]) -> Stored<BTreeMap<String, KnownRow>> {
        if self.again {
            return Ok(BTreeMap::new());
        }
        let known = self.board.store.known(self.connection, ids).await.map_err(wrap)?;
        Ok(known
            .into_iter()
            .map(|(id, k)| {
                let row = KnownRow {
                    updated: k.updated,
                    row_sha256: k.remote_hash,
                    details: k.details_hash,
                    tombstoned: k.tombstone.is_some(),
                };
                (id, row)
            })
            .collect())
    }

    async fn commit_page(&self, rows: Vec<SyncedRow>, cursor: Option<&Cursor>) -> Stored<()> {
        let cursor = cursor.map(serde_json::to_string).transpose().map_err(wrap)?;
        let changes = rows
            .into_iter()
            .map(|row| SyncedChange {
                change: row.change,
                remote_hash: Some(row.payload.sha256),
                details: None,
                payloads: vec![payload(row.payload)],
            })
            .collect();
        self.put(SyncedPage { connection: self.connection, changes, cursor }).await
    }

    async fn details_due(&self) -> Stored<Vec<String>> {
        self.board.store.details_due(self.connection).await.map_err(wrap)
    }

    async fn put_details(&self, details: Vec<SyncedDetails>) -> Stored<()> {
        let changes = details
            .into_iter()
            .map(|d| SyncedChange {
                change: d.change,
                remote_hash: None,
                details: Some(d.digest),
                payloads: std::iter::once(d.payload).chain(d.linked).map(payload).collect(),
            })
            .collect();
        self.put(SyncedPage { connection: self.connection, changes, cursor: None }).await
    }

    async fn details_to_recheck(&self) -> Stored<Vec<String>> {
        self.board.store.details_to_recheck(self.connection).await.map_err(wrap)
    }

    async fn census_ids(&self) -> Stored<Vec<String>> {
        self.board.store.census_ids(self.connection).await.map_err(wrap)
    }

    async fn tombstone(&self, remote_id: &str, why: &Vanished, at: DateTime<Utc>) -> Stored<()> {
        let key = self.key_of(remote_id).await?;
        let why = match why {
            Vanished::Deleted => Tombstone::Deleted,
            Vanished::AccessLost => Tombstone::AccessLost,
            Vanished::MovedOut { to } => Tombstone::MovedOut { to: to.clone() },
        };
        let mut tx = self.board.store.begin_immediate().await.map_err(wrap)?;
        tx.put_tombstone(&key, &why, at).await.map_err(wrap)?;
        tx.commit().await.map_err(wrap)?;
        // What R11 says of it follows from this.
        self.cabinet.reindex_changes(&self.board, [key.clone()]).await.map_err(wrap)?;
        self.tell(&[key]);
        Ok(())
    }

    async fn put_attachment_content(
        &self,
        remote_id: &str,
        attachment_id: &str,
        sha256: Digest,
        bytes: &[u8],
    ) -> Stored<()> {
        let key = self.key_of(remote_id).await?;
        let mut writer = self.board.store.blob_writer().map_err(wrap)?;
        let bytes = bytes.to_vec();
        let staged = tokio::task::spawn_blocking(move || {
            writer.write(&bytes)?;
            writer.finish()
        })
        .await
        .map_err(wrap)?
        .map_err(wrap)?;
        if staged.digest != sha256 {
            return Err(wrap("the content is not what its digest says"));
        }
        let mut tx = self.board.store.begin_immediate().await.map_err(wrap)?;
        tx.put_attachment(&key, attachment_id, staged, self.cabinet.now()).await.map_err(wrap)?;
        tx.commit().await.map_err(wrap)?;
        Ok(())
    }
}
