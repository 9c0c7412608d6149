//! Changes as synced: the remote owns their content, nothing remote deletes them here.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::change::ChangeRequest;
use domain::ids::{ChangeKey, ConnectionId, Digest};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use sqlx::sqlite::SqliteConnection;

use crate::error::{Result, StoreError};
use crate::payloads::RawPayload;
use crate::value::{from_word, parsed, time, time_text, word};
use crate::{Append, Store};

/// Why a change is no longer where it was. What the board decided about it stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tombstone {
    /// The remote says it is gone.
    Deleted,
    /// Moved out of the project.
    Moved,
    /// We may not read it any more.
    LostAccess,
}

/// A change as the sync brought it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncedChange {
    /// Its normalised content.
    pub change: ChangeRequest,
    /// Digest of the row as the list gave it: with `updated`, tells whether details must be fetched.
    pub remote_hash: Digest,
    /// What the server sent for it.
    pub payloads: Vec<RawPayload>,
}

/// A page of the list, committed together with the cursor after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncedPage {
    /// The connection.
    pub connection: ConnectionId,
    /// Changes of the page.
    pub changes: Vec<SyncedChange>,
    /// The cursor after the page, JSON of the sync engine; `None` leaves it (details, census).
    pub cursor: Option<String>,
}

/// What the sync engine compares a listed row with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The key here.
    pub key: ChangeKey,
    /// The remote's `updated` as synced.
    pub updated: DateTime<Utc>,
    /// Digest of the listed row as synced.
    pub remote_hash: Digest,
    /// Whether details have arrived for it.
    pub details_synced: bool,
    /// If it is no longer where it was.
    pub tombstone: Option<Tombstone>,
}

/// A change as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredChange {
    /// Its normalised content.
    pub change: ChangeRequest,
    /// Digest of the row as the list gave it.
    pub remote_hash: Digest,
    /// When it was first synced.
    pub first_seen: DateTime<Utc>,
    /// When it was last synced.
    pub last_synced: DateTime<Utc>,
    /// If it is no longer where it was.
    pub tombstone: Option<Tombstone>,
}

#[derive(FromRow)]
struct Row {
    remote_hash: String,
    first_seen: String,
    last_synced: String,
    tombstone: Option<String>,
    json: String,
}

const COLUMNS: &str = "SELECT remote_hash, first_seen, last_synced, tombstone, json FROM change WHERE key = ?";

impl TryFrom<Row> for StoredChange {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            change: serde_json::from_str(&row.json).map_err(|e| StoreError::stored("change", e))?,
            remote_hash: parsed("remote hash", &row.remote_hash)?,
            first_seen: time("first seen", &row.first_seen)?,
            last_synced: time("last synced", &row.last_synced)?,
            tombstone: row.tombstone.map(|t| from_word("tombstone", &t)).transpose()?,
        })
    }
}

async fn one(connection: &mut SqliteConnection, key: &ChangeKey) -> Result<Option<StoredChange>> {
    let row: Option<Row> = sqlx::query_as(COLUMNS).bind(key.as_str()).fetch_optional(connection).await?;
    row.map(StoredChange::try_from).transpose()
}

impl Append {
    /// A change.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn change(&mut self, key: &ChangeKey) -> Result<Option<StoredChange>> {
        one(self.connection(), key).await
    }

    /// Keeps a synced change, or what has become of it; a tombstone is lifted, since it was just seen.
    /// Answers whether its content differs from what was kept. The content is replaced as a whole:
    /// whoever brings a mere list row for a change with details merges them first.
    ///
    /// # Errors
    /// [`StoreError::Different`] if the key belongs to another ticket, or the ticket to another key.
    pub async fn put_change(&mut self, synced: &SyncedChange, now: DateTime<Utc>) -> Result<bool> {
        let change = &synced.change;
        let key = change.key.as_str();
        let clash: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM change WHERE key = ?1 AND (connection <> ?2 OR remote_id <> ?3)) \
                 OR EXISTS (SELECT 1 FROM change WHERE connection = ?2 AND remote_id = ?3 AND key <> ?1)",
        )
        .bind(key)
        .bind(change.connection.to_string())
        .bind(&change.remote_id)
        .fetch_one(self.connection())
        .await?;
        if clash {
            return Err(StoreError::Different { what: format!("ticket under the key {key}") });
        }
        let json = serde_json::to_string(change).map_err(|e| StoreError::unstorable("change", e))?;
        let before: Option<String> = sqlx::query_scalar("SELECT json FROM change WHERE key = ?")
            .bind(key)
            .fetch_optional(self.connection())
            .await?;
        sqlx::query(
            "INSERT INTO change (key, connection, remote_id, updated, remote_hash, details_synced, first_seen, \
             last_synced, tombstone, json) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, NULL, ?8) \
             ON CONFLICT (key) DO UPDATE SET updated = excluded.updated, remote_hash = excluded.remote_hash, \
             details_synced = excluded.details_synced, last_synced = excluded.last_synced, tombstone = NULL, \
             json = excluded.json",
        )
        .bind(key)
        .bind(change.connection.to_string())
        .bind(&change.remote_id)
        .bind(time_text(change.updated))
        .bind(synced.remote_hash.to_string())
        .bind(change.details_synced)
        .bind(time_text(now))
        .bind(&json)
        .execute(self.connection())
        .await?;
        sqlx::query("UPDATE change_index SET tombstone = NULL WHERE key = ? AND tombstone IS NOT NULL")
            .bind(key)
            .execute(self.connection())
            .await?;
        for payload in &synced.payloads {
            self.put_payload(&change.key, payload).await?;
        }
        Ok(before.as_deref() != Some(json.as_str()))
    }

    /// Keeps a page and the cursor after it, in this one transaction. Answers the changes whose content
    /// differs from what was kept.
    ///
    /// # Errors
    /// As [`Append::put_change`].
    pub async fn put_page(&mut self, page: &SyncedPage, now: DateTime<Utc>) -> Result<Vec<ChangeKey>> {
        let mut changed = Vec::new();
        for synced in &page.changes {
            if self.put_change(synced, now).await? {
                changed.push(synced.change.key.clone());
            }
        }
        if let Some(cursor) = &page.cursor {
            self.put_cursor(page.connection, cursor, now).await?;
        }
        Ok(changed)
    }

    /// Notes that a change is no longer where it was, or is again. Its content and all decisions stay.
    ///
    /// # Errors
    /// [`StoreError::UnknownChange`].
    pub async fn set_tombstone(&mut self, key: &ChangeKey, tombstone: Option<Tombstone>) -> Result<()> {
        let text = tombstone.map(|t| word("tombstone", &t)).transpose()?;
        let done = sqlx::query("UPDATE change SET tombstone = ? WHERE key = ?")
            .bind(&text)
            .bind(key.as_str())
            .execute(self.connection())
            .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::UnknownChange(key.clone()));
        }
        sqlx::query("UPDATE change_index SET tombstone = ? WHERE key = ?")
            .bind(&text)
            .bind(key.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }
}

impl Store {
    /// A change.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn change(&self, key: &ChangeKey) -> Result<Option<StoredChange>> {
        one(&mut *self.reader().await?, key).await
    }

    /// Keys of all changes, tombstoned ones included, in order of prefix and number.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn change_keys(&self) -> Result<Vec<ChangeKey>> {
        let rows: Vec<String> =
            sqlx::query_scalar("SELECT key FROM change").fetch_all(&mut *self.reader().await?).await?;
        let mut keys: Vec<ChangeKey> = rows.iter().map(|k| parsed("change key", k)).collect::<Result<_>>()?;
        keys.sort_by(|a, b| (a.prefix(), a.number()).cmp(&(b.prefix(), b.number())));
        Ok(keys)
    }

    /// Up to `limit` changes after a key (in the text order of keys), for rebuilding and exporting.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn changes_after(&self, key: Option<&ChangeKey>, limit: u32) -> Result<Vec<StoredChange>> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT remote_hash, first_seen, last_synced, tombstone, json FROM change WHERE key > ? ORDER BY key LIMIT ?",
        )
        .bind(key.map_or("", ChangeKey::as_str))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.reader().await?)
        .await?;
        rows.into_iter().map(StoredChange::try_from).collect()
    }

    /// What is known of a connection's changes, by remote id: for skipping what has not moved, and for the census.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn known(&self, connection: ConnectionId) -> Result<BTreeMap<String, Known>> {
        type Row = (String, String, String, String, bool, Option<String>);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT remote_id, key, updated, remote_hash, details_synced, tombstone FROM change WHERE connection = ?",
        )
        .bind(connection.to_string())
        .fetch_all(&mut *self.reader().await?)
        .await?;
        rows.into_iter()
            .map(|(remote_id, key, updated, hash, details_synced, tombstone)| {
                let known = Known {
                    key: parsed("change key", &key)?,
                    updated: time("updated", &updated)?,
                    remote_hash: parsed("remote hash", &hash)?,
                    details_synced,
                    tombstone: tombstone.map(|t| from_word("tombstone", &t)).transpose()?,
                };
                Ok((remote_id, known))
            })
            .collect()
    }

    /// Keeps a page and its cursor in a transaction of its own. Where rows of the list of changes follow
    /// from it, use [`Append::put_page`] and write them in the same transaction.
    ///
    /// # Errors
    /// As [`Append::put_change`].
    pub async fn commit_page(&self, page: &SyncedPage, now: DateTime<Utc>) -> Result<Vec<ChangeKey>> {
        let mut append = self.begin_immediate().await?;
        let changed = append.put_page(page, now).await?;
        append.commit().await?;
        Ok(changed)
    }
}
