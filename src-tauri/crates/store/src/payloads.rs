//! What a ticketing system sent, byte for byte: evidence of what was synced. Content-addressed, append-only.
use chrono::{DateTime, Utc};
use domain::ids::{ChangeKey, Digest};

use crate::error::{Result, StoreError};
use crate::value::{compressed, expanded, parsed, small, time, time_text};
use crate::{Append, Store};

/// A response's body to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawPayload {
    /// The body, decoded from its transfer but not otherwise touched.
    pub bytes: Vec<u8>,
    /// When it came.
    pub fetched_at: DateTime<Utc>,
    /// Method and address, without credentials, for example `GET /issues/17.json?include=journals`.
    pub request: String,
}

/// A payload as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPayload {
    /// SHA-256 of `bytes`.
    pub digest: Digest,
    /// The body.
    pub bytes: Vec<u8>,
    /// When these bytes came first.
    pub fetched_at: DateTime<Utc>,
    /// The request that brought them first.
    pub request: String,
}

impl Append {
    /// Keeps a payload and links it to a change; the same bytes are kept once.
    ///
    /// # Errors
    /// [`StoreError`] of the database; the change must be known.
    pub async fn put_payload(&mut self, change: &ChangeKey, payload: &RawPayload) -> Result<Digest> {
        let digest = Digest::of(&payload.bytes);
        let size =
            u32::try_from(payload.bytes.len()).map_err(|_| StoreError::unstorable("payload", "4 GiB or more"))?;
        let known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM raw_payload WHERE digest = ?)")
            .bind(digest.to_string())
            .fetch_one(self.connection())
            .await?;
        if !known {
            sqlx::query("INSERT INTO raw_payload (digest, bytes, size, fetched_at, request) VALUES (?, ?, ?, ?, ?)")
                .bind(digest.to_string())
                .bind(compressed("payload", &payload.bytes)?)
                .bind(i64::from(size))
                .bind(time_text(payload.fetched_at))
                .bind(&payload.request)
                .execute(self.connection())
                .await?;
        }
        sqlx::query("INSERT INTO change_payload (change, digest, fetched_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
            .bind(change.as_str())
            .bind(digest.to_string())
            .bind(time_text(payload.fetched_at))
            .execute(self.connection())
            .await?;
        Ok(digest)
    }
}

impl Store {
    /// Digests of a change's payloads, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn payloads_of(&self, change: &ChangeKey) -> Result<Vec<Digest>> {
        let rows: Vec<String> =
            sqlx::query_scalar("SELECT digest FROM change_payload WHERE change = ? ORDER BY fetched_at, digest")
                .bind(change.as_str())
                .fetch_all(&mut *self.reader().await?)
                .await?;
        rows.iter().map(|d| parsed("payload digest", d)).collect()
    }

    /// A payload, compared with its digest.
    ///
    /// # Errors
    /// [`StoreError::BlobDamaged`] if the bytes are not the ones that were kept.
    pub async fn payload(&self, digest: Digest) -> Result<Option<StoredPayload>> {
        let row: Option<(Vec<u8>, i64, String, String)> =
            sqlx::query_as("SELECT bytes, size, fetched_at, request FROM raw_payload WHERE digest = ?")
                .bind(digest.to_string())
                .fetch_optional(&mut *self.reader().await?)
                .await?;
        let Some((bytes, size, at, request)) = row else { return Ok(None) };
        let bytes = expanded("payload", &bytes, small("payload size", size)? as usize)?;
        if Digest::of(&bytes) != digest {
            return Err(StoreError::BlobDamaged(digest));
        }
        Ok(Some(StoredPayload { digest, bytes, fetched_at: time("payload's time", &at)?, request }))
    }
}
