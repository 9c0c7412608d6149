//! Failed PINs, counted across restarts so that the delay cannot be shaken off by closing the window.
use chrono::{DateTime, Utc};
use domain::ids::KeyId;

use crate::Store;
use crate::error::Result;
use crate::value::{small, time, time_text};

/// Failures since the last success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinFailures {
    /// How many.
    pub count: u32,
    /// The last one.
    pub last: DateTime<Utc>,
}

impl Store {
    /// Failures for a key; `None` after a success.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn pin_failures(&self, key: KeyId) -> Result<Option<PinFailures>> {
        let row: Option<(i64, String)> = sqlx::query_as("SELECT count, last FROM pin_failure WHERE key = ?")
            .bind(key.to_string())
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.map(|(count, last)| {
            Ok(PinFailures { count: small("PIN failures", count)?, last: time("PIN failure", &last)? })
        })
        .transpose()
    }

    /// Counts one more, durable when this returns.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn count_pin_failure(&self, key: KeyId, now: DateTime<Utc>) -> Result<PinFailures> {
        let mut append = self.begin_immediate().await?;
        let count: i64 = sqlx::query_scalar(
            "INSERT INTO pin_failure (key, count, last) VALUES (?, 1, ?) \
             ON CONFLICT (key) DO UPDATE SET count = count + 1, last = excluded.last RETURNING count",
        )
        .bind(key.to_string())
        .bind(time_text(now))
        .fetch_one(append.connection())
        .await?;
        append.commit().await?;
        Ok(PinFailures { count: small("PIN failures", count)?, last: now })
    }

    /// The PIN was right.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn clear_pin_failures(&self, key: KeyId) -> Result<()> {
        let mut append = self.begin_immediate().await?;
        sqlx::query("DELETE FROM pin_failure WHERE key = ?").bind(key.to_string()).execute(append.connection()).await?;
        append.commit().await.map(drop)
    }
}
