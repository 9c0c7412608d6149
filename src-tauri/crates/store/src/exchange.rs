//! What came by relays and is not part of the record yet, and how far each relay was read. Local, never rebuilt.
use chrono::{DateTime, Utc};
use domain::ids::Digest;
use sqlx::FromRow;
use sqlx::sqlite::SqliteConnection;

use crate::error::Result;
use crate::value::{parsed, small, time, time_text};
use crate::{Append, Store};

/// What a parcel in quarantine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum QuarantineKind {
    /// An envelope.
    Entry,
    /// A roster that too few have signed, an enrolment, or what nobody knows.
    Document,
}

impl QuarantineKind {
    fn word(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Document => "document",
        }
    }
}

/// A parcel that is not part of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// SHA-256 of the bytes.
    pub digest: Digest,
    /// What it is.
    pub kind: QuarantineKind,
    /// As it came.
    pub bytes: Vec<u8>,
    /// Whether something that has not come yet could make it hold.
    pub waits: bool,
    /// The refusal's stable code.
    pub code: String,
    /// In words.
    pub why: String,
    /// When it came.
    pub came: DateTime<Utc>,
}

#[derive(FromRow)]
struct Row {
    digest: String,
    kind: String,
    bytes: Vec<u8>,
    waits: i64,
    code: String,
    why: String,
    came: String,
}

impl TryFrom<Row> for Quarantined {
    type Error = crate::StoreError;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            digest: parsed("parcel digest", &row.digest)?,
            kind: if row.kind == "entry" { QuarantineKind::Entry } else { QuarantineKind::Document },
            bytes: row.bytes,
            waits: row.waits != 0,
            code: row.code,
            why: row.why,
            came: time("time of arrival", &row.came)?,
        })
    }
}

/// How far a relay was read and filled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RelayMark {
    /// The relay's own cursor; empty before the first reading.
    pub cursor: String,
    /// Entries up to this position lie there.
    pub offered: u32,
}

async fn all(connection: &mut SqliteConnection) -> Result<Vec<Quarantined>> {
    let rows: Vec<Row> = sqlx::query_as("SELECT * FROM quarantine ORDER BY came, digest").fetch_all(connection).await?;
    rows.into_iter().map(Quarantined::try_from).collect()
}

async fn mark(connection: &mut SqliteConnection, relay: &str) -> Result<RelayMark> {
    let row: Option<(String, i64)> = sqlx::query_as("SELECT cursor, offered FROM relay_mark WHERE relay = ?")
        .bind(relay)
        .fetch_optional(connection)
        .await?;
    row.map_or_else(
        || Ok(RelayMark::default()),
        |(cursor, offered)| Ok(RelayMark { cursor, offered: small("entry position", offered)? }),
    )
}

impl Append {
    /// Everything in quarantine, oldest first.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn quarantine(&mut self) -> Result<Vec<Quarantined>> {
        all(self.connection()).await
    }

    /// Puts a parcel into quarantine, or renews its reason.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn put_quarantine(&mut self, parcel: &Quarantined) -> Result<()> {
        sqlx::query(
            "INSERT INTO quarantine (digest, kind, bytes, waits, code, why, came) VALUES (?, ?, ?, ?, ?, ?, ?) \
             ON CONFLICT (digest) DO UPDATE SET waits = excluded.waits, code = excluded.code, why = excluded.why",
        )
        .bind(parcel.digest.to_string())
        .bind(parcel.kind.word())
        .bind(parcel.bytes.as_slice())
        .bind(i64::from(parcel.waits))
        .bind(&parcel.code)
        .bind(&parcel.why)
        .bind(time_text(parcel.came))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Takes a parcel out: it has become part of the record, or what it asked for is done.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn release(&mut self, digest: Digest) -> Result<()> {
        sqlx::query("DELETE FROM quarantine WHERE digest = ?")
            .bind(digest.to_string())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Keeps how far a relay was read and filled, together with what was read.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn put_relay_mark(&mut self, relay: &str, mark: &RelayMark, now: DateTime<Utc>) -> Result<()> {
        sqlx::query(
            "INSERT INTO relay_mark (relay, cursor, offered, saved_at) VALUES (?, ?, ?, ?) ON CONFLICT (relay) \
             DO UPDATE SET cursor = excluded.cursor, offered = excluded.offered, saved_at = excluded.saved_at",
        )
        .bind(relay)
        .bind(&mark.cursor)
        .bind(i64::from(mark.offered))
        .bind(time_text(now))
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

impl Store {
    /// Everything in quarantine, oldest first.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn quarantine(&self) -> Result<Vec<Quarantined>> {
        all(&mut *self.reader().await?).await
    }

    /// How far a relay was read and filled.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn relay_mark(&self, relay: &str) -> Result<RelayMark> {
        mark(&mut *self.reader().await?, relay).await
    }
}
