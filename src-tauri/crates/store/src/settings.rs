//! Settings of this device: JSON by key.
use std::collections::BTreeMap;

use sqlx::sqlite::SqliteConnection;

use crate::error::Result;
use crate::{Append, Store};

async fn one(connection: &mut SqliteConnection, key: &str) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("SELECT json FROM setting WHERE key = ?").bind(key).fetch_optional(connection).await?)
}

impl Append {
    /// A setting's JSON.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn setting(&mut self, key: &str) -> Result<Option<String>> {
        one(self.connection(), key).await
    }

    /// Sets a setting; `None` takes it away.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database; JSON that is none is refused.
    pub async fn put_setting(&mut self, key: &str, json: Option<&str>) -> Result<()> {
        let query = match json {
            Some(json) => sqlx::query(
                "INSERT INTO setting (key, json) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET json = excluded.json",
            )
            .bind(key)
            .bind(json),
            None => sqlx::query("DELETE FROM setting WHERE key = ?").bind(key),
        };
        query.execute(self.connection()).await?;
        Ok(())
    }
}

impl Store {
    /// A setting's JSON.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn setting(&self, key: &str) -> Result<Option<String>> {
        one(&mut *self.reader().await?, key).await
    }

    /// All settings.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn settings(&self) -> Result<BTreeMap<String, String>> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT key, json FROM setting").fetch_all(&mut *self.reader().await?).await?;
        Ok(rows.into_iter().collect())
    }

    /// [`Append::put_setting`] in a transaction of its own.
    ///
    /// # Errors
    /// As [`Append::put_setting`].
    pub async fn put_setting(&self, key: &str, json: Option<&str>) -> Result<()> {
        let mut append = self.begin_immediate().await?;
        append.put_setting(key, json).await?;
        append.commit().await.map(drop)
    }
}
