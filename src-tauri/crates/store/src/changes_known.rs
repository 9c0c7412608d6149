//! What the sync engine asks before it fetches: what is known, what is due, what must be looked at again.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::ids::{ChangeKey, ConnectionId, Digest};
use sqlx::FromRow;

use crate::Store;
use crate::changes::Tombstone;
use crate::error::Result;
use crate::value::{from_json, json, parsed, time};

/// What the sync engine compares a listed row with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The key here.
    pub key: ChangeKey,
    /// The remote's `updated` as synced.
    pub updated: DateTime<Utc>,
    /// Digest of the listed row as synced.
    pub remote_hash: Digest,
    /// Digest of the details, once they arrived.
    pub details_hash: Option<Digest>,
    /// Whether newer details are due.
    pub details_due: bool,
    /// If it is no longer where it was.
    pub tombstone: Option<Tombstone>,
}

#[derive(FromRow)]
struct Row {
    remote_id: String,
    key: String,
    updated: String,
    remote_hash: String,
    details_hash: Option<String>,
    details_due: bool,
    tombstone: Option<String>,
}

fn from_row(row: Row) -> Result<(String, Known)> {
    let known = Known {
        key: parsed("change key", &row.key)?,
        updated: time("updated", &row.updated)?,
        remote_hash: parsed("remote hash", &row.remote_hash)?,
        details_hash: row.details_hash.map(|h| parsed("details hash", &h)).transpose()?,
        details_due: row.details_due,
        tombstone: row.tombstone.map(|t| from_json("tombstone", &t)).transpose()?,
    };
    Ok((row.remote_id, known))
}

impl Store {
    /// What is known of these remote ids; those that are not are absent from the answer.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn known(&self, connection: ConnectionId, remote_ids: &[String]) -> Result<BTreeMap<String, Known>> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT remote_id, key, updated, remote_hash, details_hash, details_due, tombstone FROM change \
             WHERE connection = ? AND remote_id IN (SELECT value FROM json_each(?))",
        )
        .bind(connection.to_string())
        .bind(json("remote ids", &remote_ids)?)
        .fetch_all(&mut *self.reader().await?)
        .await?;
        rows.into_iter().map(from_row).collect()
    }

    /// Remote ids of all changes of a connection that are where they were: what a census compares with.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn census_ids(&self, connection: ConnectionId) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar(
            "SELECT remote_id FROM change WHERE connection = ? AND tombstone IS NULL ORDER BY length(remote_id), remote_id",
        )
        .bind(connection.to_string())
        .fetch_all(&mut *self.reader().await?)
        .await?)
    }

    /// Remote ids whose details are due: candidates for the agenda first, then those not closed, newest first.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn details_due(&self, connection: ConnectionId) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar(
            "SELECT c.remote_id FROM change c LEFT JOIN candidate a ON a.change = c.key \
             WHERE c.connection = ? AND c.details_due AND c.tombstone IS NULL \
             ORDER BY a.change IS NULL, c.category IS 'closed', c.updated DESC, c.remote_id",
        )
        .bind(connection.to_string())
        .fetch_all(&mut *self.reader().await?)
        .await?)
    }

    /// Remote ids whose details are read again although "updated" did not move: candidates for the agenda, and
    /// all that are not closed.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn details_to_recheck(&self, connection: ConnectionId) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar(
            "SELECT c.remote_id FROM change c LEFT JOIN candidate a ON a.change = c.key \
             WHERE c.connection = ? AND c.tombstone IS NULL AND (a.change IS NOT NULL OR c.category IS NOT 'closed') \
             ORDER BY a.change IS NULL, c.updated DESC, c.remote_id",
        )
        .bind(connection.to_string())
        .fetch_all(&mut *self.reader().await?)
        .await?)
    }

    /// The key of the change with this remote id.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn key_of(&self, connection: ConnectionId, remote_id: &str) -> Result<Option<ChangeKey>> {
        let key: Option<String> = sqlx::query_scalar("SELECT key FROM change WHERE connection = ? AND remote_id = ?")
            .bind(connection.to_string())
            .bind(remote_id)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        key.map(|k| parsed("change key", &k)).transpose()
    }
}
