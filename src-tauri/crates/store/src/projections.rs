//! The projection of the record: rows of canonical JSON by noun and id.
use domain::ids::Digest;
use sha2::Digest as _;
use sqlx::sqlite::SqliteConnection;

use crate::error::Result;
use crate::{Append, Store};

/// A row of the projection.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProjectionRow {
    /// What it is, for example `meeting`.
    pub noun: String,
    /// Its identity within the noun.
    pub id: String,
    /// Canonical JSON; `None` takes the row away.
    pub json: Option<String>,
}

async fn digest(connection: &mut SqliteConnection) -> Result<Digest> {
    let rows: Vec<(String, String, String)> =
        sqlx::query_as("SELECT noun, id, json FROM projection ORDER BY noun, id").fetch_all(connection).await?;
    let mut hash = sha2::Sha256::new();
    for (noun, id, json) in rows {
        for part in [noun, id, json] {
            // Lengths first, so that no two different dumps have the same bytes.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    Ok(Digest(hash.finalize().into()))
}

async fn one(connection: &mut SqliteConnection, noun: &str, id: &str) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("SELECT json FROM projection WHERE noun = ? AND id = ?")
        .bind(noun)
        .bind(id)
        .fetch_optional(connection)
        .await?)
}

impl Append {
    /// Writes rows of the projection, or takes them away.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database; JSON that is none is refused.
    pub async fn project(&mut self, rows: &[ProjectionRow]) -> Result<()> {
        for row in rows {
            match &row.json {
                Some(json) => {
                    sqlx::query(
                        "INSERT INTO projection (noun, id, json) VALUES (?, ?, ?) \
                         ON CONFLICT (noun, id) DO UPDATE SET json = excluded.json",
                    )
                    .bind(&row.noun)
                    .bind(&row.id)
                    .bind(json)
                    .execute(self.connection())
                    .await?;
                }
                None => {
                    sqlx::query("DELETE FROM projection WHERE noun = ? AND id = ?")
                        .bind(&row.noun)
                        .bind(&row.id)
                        .execute(self.connection())
                        .await?;
                }
            }
        }
        Ok(())
    }

    /// Throws the projection and the list of changes away, to be made again in the same transaction.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn clear_projection(&mut self) -> Result<()> {
        sqlx::query("DELETE FROM projection").execute(self.connection()).await?;
        sqlx::query("DELETE FROM change_index").execute(self.connection()).await?;
        Ok(())
    }

    /// As [`Store::projection_digest`], with what was written here.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn projection_digest(&mut self) -> Result<Digest> {
        digest(self.connection()).await
    }

    /// One row's JSON.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn projection(&mut self, noun: &str, id: &str) -> Result<Option<String>> {
        one(self.connection(), noun, id).await
    }
}

impl Store {
    /// SHA-256 over the projection in order: the same after every rebuild from the same record.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn projection_digest(&self) -> Result<Digest> {
        digest(&mut *self.reader().await?).await
    }

    /// One row's JSON.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn projection(&self, noun: &str, id: &str) -> Result<Option<String>> {
        one(&mut *self.reader().await?, noun, id).await
    }

    /// All rows of a noun, by id.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn projections(&self, noun: &str) -> Result<Vec<ProjectionRow>> {
        let rows: Vec<(String, String)> = sqlx::query_as("SELECT id, json FROM projection WHERE noun = ? ORDER BY id")
            .bind(noun)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        Ok(rows.into_iter().map(|(id, json)| ProjectionRow { noun: noun.to_owned(), id, json: Some(json) }).collect())
    }
}
