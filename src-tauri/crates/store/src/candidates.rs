//! Changes put forward for the next agenda.
use chrono::{DateTime, Utc};
use domain::ids::ChangeKey;
use sqlx::sqlite::SqliteConnection;

use crate::error::Result;
use crate::value::{parsed, small, time, time_text};
use crate::{Append, Store};

/// A change put forward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgendaCandidate {
    /// The change.
    pub change: ChangeKey,
    /// The chair's order, if moved by hand.
    pub rank: Option<u32>,
    /// When it was put forward.
    pub added_at: DateTime<Utc>,
}

async fn list(connection: &mut SqliteConnection) -> Result<Vec<AgendaCandidate>> {
    let rows: Vec<(String, Option<i64>, String)> =
        sqlx::query_as("SELECT change, rank, added_at FROM candidate ORDER BY rank IS NULL, rank, added_at, change")
            .fetch_all(connection)
            .await?;
    rows.into_iter()
        .map(|(change, rank, at)| {
            Ok(AgendaCandidate {
                change: parsed("candidate", &change)?,
                rank: rank.map(|r| small("candidate's rank", r)).transpose()?,
                added_at: time("candidate's time", &at)?,
            })
        })
        .collect()
}

impl Append {
    /// Candidates, ranked ones first, then by when they were put forward.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn candidates(&mut self) -> Result<Vec<AgendaCandidate>> {
        list(self.connection()).await
    }

    /// Puts a change forward, or changes its rank; when it was first put forward stays.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database; the change must be known.
    pub async fn put_candidate(&mut self, candidate: &AgendaCandidate) -> Result<()> {
        sqlx::query(
            "INSERT INTO candidate (change, rank, added_at) VALUES (?, ?, ?) \
             ON CONFLICT (change) DO UPDATE SET rank = excluded.rank",
        )
        .bind(candidate.change.as_str())
        .bind(candidate.rank.map(i64::from))
        .bind(time_text(candidate.added_at))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Takes a change off; answers whether it was there.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn remove_candidate(&mut self, change: &ChangeKey) -> Result<bool> {
        let done = sqlx::query("DELETE FROM candidate WHERE change = ?")
            .bind(change.as_str())
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected() > 0)
    }
}

impl Store {
    /// Candidates, ranked ones first, then by when they were put forward.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn candidates(&self) -> Result<Vec<AgendaCandidate>> {
        list(&mut *self.reader().await?).await
    }
}
