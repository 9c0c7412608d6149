//! Policies that were adopted: the canonical form that entries name, and the TOML it came from.
use domain::ids::Digest;

use crate::error::Result;
use crate::value::parsed;
use crate::{Append, Store};

/// A policy as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPolicy {
    /// SHA-256 of `bytes`.
    pub digest: Digest,
    /// Canonical JSON.
    pub bytes: Vec<u8>,
    /// The authored `policy.toml`, byte for byte; `None` for a built-in policy.
    pub source: Option<Vec<u8>>,
}

type Row = (String, Vec<u8>, Option<Vec<u8>>);

fn from_row((digest, bytes, source): Row) -> Result<StoredPolicy> {
    Ok(StoredPolicy { digest: parsed("policy digest", &digest)?, bytes, source })
}

impl Append {
    /// Keeps a policy; keeping the same bytes again does nothing.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn put_policy(&mut self, bytes: &[u8], source: Option<&[u8]>) -> Result<Digest> {
        let digest = Digest::of(bytes);
        sqlx::query(
            "INSERT INTO policy (digest, bytes, source) SELECT ?1, ?2, ?3 \
             WHERE NOT EXISTS (SELECT 1 FROM policy WHERE digest = ?1)",
        )
        .bind(digest.to_string())
        .bind(bytes)
        .bind(source)
        .execute(self.connection())
        .await?;
        Ok(digest)
    }
}

impl Append {
    /// All policies, by digest, with those that were put in here.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn policies(&mut self) -> Result<Vec<StoredPolicy>> {
        let rows: Vec<Row> = sqlx::query_as("SELECT digest, bytes, source FROM policy ORDER BY digest")
            .fetch_all(self.connection())
            .await?;
        rows.into_iter().map(from_row).collect()
    }
}

impl Store {
    /// The policy with this digest.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn policy(&self, digest: Digest) -> Result<Option<StoredPolicy>> {
        sqlx::query_as("SELECT digest, bytes, source FROM policy WHERE digest = ?")
            .bind(digest.to_string())
            .fetch_optional(&mut *self.reader().await?)
            .await?
            .map(from_row)
            .transpose()
    }

    /// All policies, by digest.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn policies(&self) -> Result<Vec<StoredPolicy>> {
        let rows: Vec<Row> = sqlx::query_as("SELECT digest, bytes, source FROM policy ORDER BY digest")
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.into_iter().map(from_row).collect()
    }
}
