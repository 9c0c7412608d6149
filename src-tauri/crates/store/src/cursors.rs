//! How far a sync has come: committed together with what it brought ([`Append::put_page`]).
use chrono::{DateTime, Utc};
use domain::ids::ConnectionId;
use sqlx::sqlite::SqliteConnection;

use crate::error::Result;
use crate::value::{time, time_text};
use crate::{Append, Store};

async fn read(connection: &mut SqliteConnection, id: ConnectionId) -> Result<Option<(String, DateTime<Utc>)>> {
    let row: Option<(String, String)> = sqlx::query_as("SELECT cursor, saved_at FROM sync_cursor WHERE connection = ?")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|(cursor, at)| Ok((cursor, time("cursor's time", &at)?))).transpose()
}

impl Append {
    /// The cursor of a connection.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn cursor(&mut self, connection: ConnectionId) -> Result<Option<String>> {
        Ok(read(self.connection(), connection).await?.map(|(cursor, _)| cursor))
    }

    /// Sets the cursor of a connection (JSON of the sync engine).
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn put_cursor(&mut self, connection: ConnectionId, cursor: &str, now: DateTime<Utc>) -> Result<()> {
        sqlx::query(
            "INSERT INTO sync_cursor (connection, cursor, saved_at) VALUES (?, ?, ?) \
             ON CONFLICT (connection) DO UPDATE SET cursor = excluded.cursor, saved_at = excluded.saved_at",
        )
        .bind(connection.to_string())
        .bind(cursor)
        .bind(time_text(now))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Forgets the cursor, so that the next sync lists everything; nothing synced is lost.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn clear_cursor(&mut self, connection: ConnectionId) -> Result<()> {
        sqlx::query("DELETE FROM sync_cursor WHERE connection = ?")
            .bind(connection.to_string())
            .execute(self.connection())
            .await?;
        Ok(())
    }
}

impl Store {
    /// The cursor of a connection and when it was saved.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn cursor(&self, connection: ConnectionId) -> Result<Option<(String, DateTime<Utc>)>> {
        read(&mut *self.reader().await?, connection).await
    }
}
