//! Versions of the roster, as canonical bytes.
use domain::ids::Digest;
use sqlx::sqlite::SqliteConnection;

use crate::error::{Result, StoreError};
use crate::value::{parsed, small};
use crate::{Append, Store};

/// A version of the roster as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRoster {
    /// Version, from 1.
    pub version: u32,
    /// SHA-256 of `bytes`.
    pub digest: Digest,
    /// Canonical JSON.
    pub bytes: Vec<u8>,
}

type Row = (i64, String, Vec<u8>);

fn from_row((version, digest, bytes): Row) -> Result<StoredRoster> {
    Ok(StoredRoster { version: small("roster version", version)?, digest: parsed("roster digest", &digest)?, bytes })
}

async fn newest(connection: &mut SqliteConnection) -> Result<Option<StoredRoster>> {
    sqlx::query_as("SELECT version, digest, bytes FROM roster ORDER BY version DESC LIMIT 1")
        .fetch_optional(connection)
        .await?
        .map(from_row)
        .transpose()
}

async fn version(connection: &mut SqliteConnection, version: u32) -> Result<Option<StoredRoster>> {
    sqlx::query_as("SELECT version, digest, bytes FROM roster WHERE version = ?")
        .bind(i64::from(version))
        .fetch_optional(connection)
        .await?
        .map(from_row)
        .transpose()
}

impl Append {
    /// The newest version.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn roster(&mut self) -> Result<Option<StoredRoster>> {
        newest(self.connection()).await
    }

    /// Keeps a version; keeping the same bytes again does nothing.
    ///
    /// # Errors
    /// [`StoreError::Different`] if other bytes are kept as this version.
    pub async fn put_roster(&mut self, number: u32, bytes: &[u8]) -> Result<Digest> {
        let digest = Digest::of(bytes);
        if let Some(kept) = version(self.connection(), number).await? {
            if kept.digest == digest {
                return Ok(digest);
            }
            return Err(StoreError::Different { what: format!("roster version {number}") });
        }
        sqlx::query("INSERT INTO roster (version, digest, bytes) VALUES (?, ?, ?)")
            .bind(i64::from(number))
            .bind(digest.to_string())
            .bind(bytes)
            .execute(self.connection())
            .await?;
        Ok(digest)
    }
}

impl Store {
    /// The newest version.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn roster(&self) -> Result<Option<StoredRoster>> {
        newest(&mut *self.reader().await?).await
    }

    /// One version.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn roster_version(&self, number: u32) -> Result<Option<StoredRoster>> {
        version(&mut *self.reader().await?, number).await
    }

    /// All versions, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn rosters(&self) -> Result<Vec<StoredRoster>> {
        let rows: Vec<Row> = sqlx::query_as("SELECT version, digest, bytes FROM roster ORDER BY version")
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.into_iter().map(from_row).collect()
    }
}
