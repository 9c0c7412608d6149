//! Connections to ticketing systems: where, which project, how fields map. Credentials are in the vault.
use chrono::{DateTime, Utc};
use domain::ids::ConnectionId;
use sqlx::FromRow;

use crate::error::{Result, StoreError};
use crate::value::{parsed, time, time_text};
use crate::{Append, Store};

/// A connection. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Identity.
    pub id: ConnectionId,
    /// Prefix of the keys of its changes, unique on the board.
    pub prefix: String,
    /// Which adapter, for example `redmine`.
    pub kind: String,
    /// Base address.
    pub url: String,
    /// The project there, in the remote's words.
    pub project: String,
    /// The field mapping, as JSON of whoever reads it.
    pub mapping: String,
    /// What a person agreed to for it (http on a private network, an own CA), as JSON.
    pub consents: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    prefix: String,
    kind: String,
    url: String,
    project: String,
    mapping: String,
    consents: String,
    created_at: String,
}

impl TryFrom<Row> for Connection {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: parsed("connection id", &row.id)?,
            prefix: row.prefix,
            kind: row.kind,
            url: row.url,
            project: row.project,
            mapping: row.mapping,
            consents: row.consents,
            created_at: time("connection's time", &row.created_at)?,
        })
    }
}

impl Append {
    /// Keeps a connection, or changes what may change: address, project, mapping, consents. The prefix
    /// stays, for it is in the keys of changes.
    ///
    /// # Errors
    /// [`StoreError::Different`] if the prefix belongs to another connection or would change.
    pub async fn put_connection(&mut self, connection: &Connection) -> Result<()> {
        let clash: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM connection WHERE (prefix = ?1 AND id <> ?2) OR (id = ?2 AND prefix <> ?1))",
        )
        .bind(&connection.prefix)
        .bind(connection.id.to_string())
        .fetch_one(self.connection())
        .await?;
        if clash {
            return Err(StoreError::Different { what: format!("connection with the prefix {}", connection.prefix) });
        }
        sqlx::query(
            "INSERT INTO connection (id, prefix, kind, url, project, mapping, consents, created_at) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, \
             url = excluded.url, project = excluded.project, mapping = excluded.mapping, consents = excluded.consents",
        )
        .bind(connection.id.to_string())
        .bind(&connection.prefix)
        .bind(&connection.kind)
        .bind(&connection.url)
        .bind(&connection.project)
        .bind(&connection.mapping)
        .bind(&connection.consents)
        .bind(time_text(connection.created_at))
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

impl Store {
    /// All connections, by prefix. The one under which the changes of a copy stand that was made from evidence leads nowhere,
    /// and is none of them.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn connections(&self) -> Result<Vec<Connection>> {
        let rows: Vec<Row> = sqlx::query_as("SELECT * FROM connection WHERE kind <> 'evidence' ORDER BY prefix")
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.into_iter().map(Connection::try_from).collect()
    }

    /// One connection.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn connection(&self, id: ConnectionId) -> Result<Option<Connection>> {
        let row: Option<Row> = sqlx::query_as("SELECT * FROM connection WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.map(Connection::try_from).transpose()
    }
}
