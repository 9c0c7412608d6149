//! Changes as synced: the remote owns their content, nothing remote deletes them here.
use chrono::{DateTime, Utc};
use domain::change::ChangeRequest;
use domain::ids::{ChangeKey, ConnectionId, Digest};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use sqlx::sqlite::SqliteConnection;

use crate::error::{Result, StoreError};
use crate::payloads::RawPayload;
use crate::value::{from_json, json, parsed, time, time_text, word};
use crate::{Append, Store};

/// Why a change is no longer where it was. What the board decided about it stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case", deny_unknown_fields)]
pub enum Tombstone {
    /// The remote says it is gone.
    Deleted,
    /// The remote no longer shows it to our account.
    AccessLost,
    /// It is in another project or has another tracker now.
    MovedOut {
        /// Where to, in the remote's words.
        to: String,
    },
}

/// A change as the sync brought it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncedChange {
    /// Its normalised content.
    pub change: ChangeRequest,
    /// Digest of the row as the list gave it; `None` leaves what is kept (a direct read has no such row).
    pub remote_hash: Option<Digest>,
    /// `Some`: `change` carries its details (journals, relations, attachments), and this is their digest.
    /// `None`: a mere row of the list; older details are kept until new ones arrive, which are now due.
    pub details: Option<Digest>,
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

/// A change as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredChange {
    /// Its normalised content. `sha256` of its attachments is filled in once they were downloaded.
    pub change: ChangeRequest,
    /// Digest of the row as the list gave it last.
    pub remote_hash: Digest,
    /// Digest of its details as they arrived last.
    pub details_hash: Option<Digest>,
    /// Whether newer details are due.
    pub details_due: bool,
    /// When it was first synced.
    pub first_seen: DateTime<Utc>,
    /// When it was last synced.
    pub last_synced: DateTime<Utc>,
    /// If it is no longer where it was.
    pub tombstone: Option<Tombstone>,
    /// Since when.
    pub tombstoned_at: Option<DateTime<Utc>>,
}

#[derive(FromRow)]
struct Row {
    remote_hash: String,
    details_hash: Option<String>,
    details_due: bool,
    first_seen: String,
    last_synced: String,
    tombstone: Option<String>,
    tombstoned_at: Option<String>,
    json: String,
}

impl TryFrom<Row> for StoredChange {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            change: from_json("change", &row.json)?,
            remote_hash: parsed("remote hash", &row.remote_hash)?,
            details_hash: row.details_hash.map(|h| parsed("details hash", &h)).transpose()?,
            details_due: row.details_due,
            first_seen: time("first seen", &row.first_seen)?,
            last_synced: time("last synced", &row.last_synced)?,
            tombstone: row.tombstone.map(|t| from_json("tombstone", &t)).transpose()?,
            tombstoned_at: row.tombstoned_at.map(|t| time("tombstoned at", &t)).transpose()?,
        })
    }
}

async fn one(connection: &mut SqliteConnection, key: &ChangeKey) -> Result<Option<StoredChange>> {
    let row: Option<Row> =
        sqlx::query_as("SELECT * FROM change WHERE key = ?").bind(key.as_str()).fetch_optional(connection).await?;
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

    /// Keeps a synced change; a tombstone is lifted, since it was just seen. Digests of attachments that
    /// were downloaded are filled in. Answers whether its content differs from what was kept.
    ///
    /// # Errors
    /// [`StoreError::Different`] if the key belongs to another ticket, or the ticket to another key.
    pub async fn put_change(&mut self, synced: &SyncedChange, now: DateTime<Utc>) -> Result<bool> {
        let mut change = synced.change.clone();
        self.refuse_other_ticket(&change).await?;
        let before = self.change(&change.key).await?;
        if let (None, Some(before)) = (synced.details, &before) {
            // A row of the list knows nothing of these: they are older, not gone.
            change.journals.clone_from(&before.change.journals);
            change.linked_issues.clone_from(&before.change.linked_issues);
            change.attachments.clone_from(&before.change.attachments);
            change.details_synced = before.change.details_synced;
            // And so is what its comments filled in.
            domain::template::fill(&mut change);
        }
        for downloaded in self.attachments(&change.key).await? {
            for attachment in &mut change.attachments {
                if attachment.remote_id == downloaded.remote_id && attachment.size == downloaded.size {
                    attachment.sha256.get_or_insert(downloaded.digest);
                }
            }
        }
        let remote_hash = synced
            .remote_hash
            .or(before.as_ref().map(|b| b.remote_hash))
            // Details of a change no list has shown yet: any listed row will differ from this.
            .unwrap_or(Digest([0; 32]));
        sqlx::query(
            "INSERT INTO change (key, connection, remote_id, updated, category, remote_hash, details_hash, details_due, \
             first_seen, last_synced, tombstone, tombstoned_at, json) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, NULL, NULL, ?10) \
             ON CONFLICT (key) DO UPDATE SET updated = excluded.updated, category = excluded.category, \
             remote_hash = excluded.remote_hash, details_hash = coalesce(excluded.details_hash, details_hash), \
             details_due = excluded.details_due, last_synced = excluded.last_synced, tombstone = NULL, \
             tombstoned_at = NULL, json = excluded.json",
        )
        .bind(change.key.as_str())
        .bind(change.connection.to_string())
        .bind(&change.remote_id)
        .bind(time_text(change.updated))
        .bind(change.status.category.map(|c| word("status category", &c)).transpose()?)
        .bind(remote_hash.to_string())
        .bind(synced.details.map(|d| d.to_string()))
        .bind(synced.details.is_none())
        .bind(time_text(now))
        .bind(json("change", &change)?)
        .execute(self.connection())
        .await?;
        sqlx::query("UPDATE change_index SET tombstone = NULL WHERE key = ? AND tombstone IS NOT NULL")
            .bind(change.key.as_str())
            .execute(self.connection())
            .await?;
        for payload in &synced.payloads {
            self.put_payload(&change.key, payload).await?;
        }
        Ok(before.is_none_or(|b| b.change != change || b.tombstone.is_some()))
    }

    async fn refuse_other_ticket(&mut self, change: &ChangeRequest) -> Result<()> {
        let clash: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM change WHERE key = ?1 AND (connection <> ?2 OR remote_id <> ?3)) \
                 OR EXISTS (SELECT 1 FROM change WHERE connection = ?2 AND remote_id = ?3 AND key <> ?1)",
        )
        .bind(change.key.as_str())
        .bind(change.connection.to_string())
        .bind(&change.remote_id)
        .fetch_one(self.connection())
        .await?;
        if clash { Err(StoreError::Different { what: format!("ticket under the key {}", change.key) }) } else { Ok(()) }
    }

    /// Writes a change's content again, without counting as a sync.
    pub(crate) async fn rewrite_change(&mut self, change: &ChangeRequest) -> Result<()> {
        sqlx::query("UPDATE change SET json = ? WHERE key = ?")
            .bind(json("change", change)?)
            .bind(change.key.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
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

    /// Notes that a change is no longer where it was. Its content and all decisions stay; the note goes when
    /// the change is synced again.
    ///
    /// # Errors
    /// [`StoreError::UnknownChange`].
    pub async fn put_tombstone(&mut self, key: &ChangeKey, why: &Tombstone, at: DateTime<Utc>) -> Result<()> {
        let why = json("tombstone", why)?;
        let done = sqlx::query("UPDATE change SET tombstone = ?, tombstoned_at = ? WHERE key = ?")
            .bind(&why)
            .bind(time_text(at))
            .bind(key.as_str())
            .execute(self.connection())
            .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::UnknownChange(key.clone()));
        }
        sqlx::query("UPDATE change_index SET tombstone = ? WHERE key = ?")
            .bind(&why)
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
        let rows: Vec<Row> = sqlx::query_as("SELECT * FROM change WHERE key > ? ORDER BY key LIMIT ?")
            .bind(key.map_or("", ChangeKey::as_str))
            .bind(i64::from(limit))
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.into_iter().map(StoredChange::try_from).collect()
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
