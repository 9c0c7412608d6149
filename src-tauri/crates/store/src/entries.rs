//! The entries of the record.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::entry::Head;
use domain::ids::{ChangeKey, Digest, EntryId, LogId, MeetingId};
use sqlx::sqlite::SqliteConnection;
use sqlx::{FromRow, QueryBuilder, Sqlite};

use crate::error::{Result, StoreError};
use crate::value::{parsed, small, time, time_text};
use crate::{Append, Store};

/// An entry to be inserted: signed by the caller over the head it read in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// The log.
    pub log: LogId,
    /// Position in it: the head's plus one, or 1.
    pub seq: u32,
    /// The head it follows; `None` exactly when `seq` is 1.
    pub prev: Option<EntryId>,
    /// SHA-256(0x00 ‖ payload), as the envelope's payload has it.
    pub id: EntryId,
    /// Kind of the entry, as in its predicate type.
    pub kind: String,
    /// Digest of its (first) subject.
    pub subject: Digest,
    /// The change it is about, if one.
    pub change: Option<ChangeKey>,
    /// The meeting it belongs to, if any.
    pub meeting: Option<MeetingId>,
    /// Claimed time.
    pub claimed: DateTime<Utc>,
    /// The DSSE envelope, exactly as it travels.
    pub envelope: Vec<u8>,
}

/// An entry as it is kept. Whoever uses its content verifies the envelope first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// Order of arrival in this folder, from 1; larger is later.
    pub position: u32,
    /// The log.
    pub log: LogId,
    /// Position in it.
    pub seq: u32,
    /// Id.
    pub id: EntryId,
    /// Kind.
    pub kind: String,
    /// Digest of its subject.
    pub subject: Digest,
    /// The change it is about.
    pub change: Option<ChangeKey>,
    /// The meeting.
    pub meeting: Option<MeetingId>,
    /// Claimed time.
    pub claimed: DateTime<Utc>,
    /// The DSSE envelope, exactly as it was inserted.
    pub envelope: Vec<u8>,
    /// Whether another entry held its position before it came.
    pub rival: bool,
}

/// What became of an entry that came by a relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It was here already.
    Known,
    /// It is here now.
    New,
    /// It is here now, beside another at its position.
    Rival,
}

/// Entries that one statement carries.
const ROWS: usize = 100;

/// What is there already.
#[derive(Default)]
struct Occupied {
    ids: BTreeSet<EntryId>,
    places: BTreeSet<(LogId, u32)>,
}

#[derive(FromRow)]
struct Row {
    position: i64,
    log: String,
    seq: i64,
    id: String,
    kind: String,
    subject: String,
    change_key: Option<String>,
    meeting: Option<String>,
    claimed: String,
    envelope: Vec<u8>,
    rival: i64,
}

impl TryFrom<Row> for StoredEntry {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            position: small("entry position", row.position)?,
            log: parsed("log id", &row.log)?,
            seq: small("entry seq", row.seq)?,
            id: parsed("entry id", &row.id)?,
            kind: row.kind,
            subject: parsed("entry subject", &row.subject)?,
            change: row.change_key.map(|k| parsed("entry's change", &k)).transpose()?,
            meeting: row.meeting.map(|m| parsed("entry's meeting", &m)).transpose()?,
            claimed: time("claimed time", &row.claimed)?,
            envelope: row.envelope,
            rival: row.rival != 0,
        })
    }
}

fn all(rows: Vec<Row>) -> Result<Vec<StoredEntry>> {
    rows.into_iter().map(StoredEntry::try_from).collect()
}

async fn head(connection: &mut SqliteConnection, log: LogId) -> Result<Option<Head>> {
    let row: Option<(i64, String)> =
        sqlx::query_as("SELECT seq, id FROM entry WHERE log = ? AND rival = 0 ORDER BY seq DESC LIMIT 1")
            .bind(log.to_string())
            .fetch_optional(connection)
            .await?;
    row.map(|(seq, id)| Ok(Head { seq: small("entry seq", seq)?, id: parsed("entry id", &id)? })).transpose()
}

async fn heads(connection: &mut SqliteConnection) -> Result<BTreeMap<LogId, Head>> {
    // SQLite: a bare column beside max() comes from the row that has the maximum.
    let rows: Vec<(String, i64, String)> =
        sqlx::query_as("SELECT log, max(seq), id FROM entry WHERE rival = 0 GROUP BY log")
            .fetch_all(connection)
            .await?;
    rows.into_iter()
        .map(|(log, seq, id)| {
            Ok((parsed("log id", &log)?, Head { seq: small("entry seq", seq)?, id: parsed("entry id", &id)? }))
        })
        .collect()
}

impl Append {
    /// The newest entry of a log; `None` for an empty one.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn head(&mut self, log: LogId) -> Result<Option<Head>> {
        head(self.connection(), log).await
    }

    /// The newest entry of every log.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn heads(&mut self) -> Result<BTreeMap<LogId, Head>> {
        heads(self.connection()).await
    }

    /// Inserts an entry at the end of its log.
    ///
    /// # Errors
    /// [`StoreError::OutOfPlace`] unless it continues the log; [`StoreError::AppendOnly`] if its id is
    /// already there.
    pub async fn insert_entry(&mut self, entry: NewEntry) -> Result<()> {
        let head = self.head(entry.log).await?;
        let expected = head.map_or(1, |h| h.seq.saturating_add(1));
        if entry.seq != expected || entry.prev != head.map(|h| h.id) {
            return Err(StoreError::OutOfPlace { log: entry.log, seq: entry.seq, expected });
        }
        self.insert(vec![(entry, false)]).await
    }

    /// Takes an entry that another device wrote, wherever it stands in its log: entries arrive in any order. Where
    /// another stands at its position already, both are kept. An entry that is here already changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn take_entry(&mut self, entry: NewEntry) -> Result<Taken> {
        let taken = self.take_entries(vec![entry]).await?;
        Ok(taken.first().copied().unwrap_or(Taken::Known))
    }

    /// As [`Append::take_entry`], one after the other; answers in their order.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn take_entries(&mut self, entries: Vec<NewEntry>) -> Result<Vec<Taken>> {
        let mut known = self.known_of(&entries).await?;
        let mut taken = Vec::with_capacity(entries.len());
        let mut rows = Vec::new();
        for entry in entries {
            if !known.ids.insert(entry.id) {
                taken.push(Taken::Known);
                continue;
            }
            let rival = !known.places.insert((entry.log, entry.seq));
            taken.push(if rival { Taken::Rival } else { Taken::New });
            rows.push((entry, rival));
        }
        self.insert(rows).await?;
        Ok(taken)
    }

    /// Which of these ids and places are taken.
    async fn known_of(&mut self, entries: &[NewEntry]) -> Result<Occupied> {
        let mut known = Occupied::default();
        for some in entries.chunks(ROWS) {
            let mut asked = QueryBuilder::<Sqlite>::new("SELECT log, seq, id, rival FROM entry WHERE id IN (");
            let mut ids = asked.separated(", ");
            for entry in some {
                ids.push_bind(entry.id.to_string());
            }
            asked.push(") UNION SELECT log, seq, id, rival FROM entry WHERE rival = 0 AND (log, seq) IN (VALUES ");
            let mut places = asked.separated(", ");
            for entry in some {
                places.push("(");
                places.push_bind_unseparated(entry.log.to_string());
                places.push_unseparated(", ");
                places.push_bind_unseparated(i64::from(entry.seq));
                places.push_unseparated(")");
            }
            asked.push(")");
            let rows: Vec<(String, i64, String, i64)> = asked.build_query_as().fetch_all(self.connection()).await?;
            for (log, seq, id, rival) in rows {
                known.ids.insert(parsed("entry id", &id)?);
                if rival == 0 {
                    known.places.insert((parsed("log id", &log)?, small("entry seq", seq)?));
                }
            }
        }
        Ok(known)
    }

    async fn insert(&mut self, rows: Vec<(NewEntry, bool)>) -> Result<()> {
        for some in rows.chunks(ROWS) {
            let mut insert = QueryBuilder::<Sqlite>::new(
                "INSERT INTO entry (log, seq, id, kind, subject, change_key, meeting, claimed, envelope, rival) ",
            );
            insert.push_values(some, |mut row, (entry, rival)| {
                row.push_bind(entry.log.to_string())
                    .push_bind(i64::from(entry.seq))
                    .push_bind(entry.id.to_string())
                    .push_bind(entry.kind.as_str())
                    .push_bind(entry.subject.to_string())
                    .push_bind(entry.change.as_ref().map(ChangeKey::as_str))
                    .push_bind(entry.meeting.map(|m| m.to_string()))
                    .push_bind(time_text(entry.claimed))
                    .push_bind(entry.envelope.as_slice())
                    .push_bind(i64::from(*rival));
            });
            insert.build().execute(self.connection()).await?;
        }
        for (entry, rival) in rows {
            self.copy_after_commit(entry.log, entry.seq, entry.id, rival, entry.envelope);
        }
        Ok(())
    }

    /// Up to `limit` entries that arrived after `position` (0 for all), including those inserted here.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn entries_after(&mut self, position: u32, limit: u32) -> Result<Vec<StoredEntry>> {
        after(self.connection(), position, limit).await
    }
}

async fn after(connection: &mut SqliteConnection, position: u32, limit: u32) -> Result<Vec<StoredEntry>> {
    all(sqlx::query_as("SELECT * FROM entry WHERE position > ? ORDER BY position LIMIT ?")
        .bind(i64::from(position))
        .bind(i64::from(limit))
        .fetch_all(connection)
        .await?)
}

impl Store {
    /// The newest entry of a log; `None` for an empty one.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn head(&self, log: LogId) -> Result<Option<Head>> {
        head(&mut *self.reader().await?, log).await
    }

    /// The newest entry of every log.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn heads(&self) -> Result<BTreeMap<LogId, Head>> {
        heads(&mut *self.reader().await?).await
    }

    /// How many entries there are.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn entry_count(&self) -> Result<u32> {
        let n: i64 = sqlx::query_scalar("SELECT count(*) FROM entry").fetch_one(&mut *self.reader().await?).await?;
        small("count of entries", n)
    }

    /// The position of the newest arrival; 0 when there is none. Cheap: for noticing what another
    /// program appended, followed by [`Store::entries_after`].
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn last_position(&self) -> Result<u32> {
        let n: i64 = sqlx::query_scalar("SELECT coalesce(max(position), 0) FROM entry")
            .fetch_one(&mut *self.reader().await?)
            .await?;
        small("entry position", n)
    }

    /// Up to `limit` entries that arrived after `position` (0 for all), in the order of arrival.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn entries_after(&self, position: u32, limit: u32) -> Result<Vec<StoredEntry>> {
        after(&mut *self.reader().await?, position, limit).await
    }

    /// All entries in the order of arrival. For long records, page with [`Store::entries_after`].
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn all_entries(&self) -> Result<Vec<StoredEntry>> {
        self.entries_after(0, u32::MAX).await
    }

    /// Up to `limit` entries of a log after `seq` (0 for all), in the log's order.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn entries_of(&self, log: LogId, seq: u32, limit: u32) -> Result<Vec<StoredEntry>> {
        all(sqlx::query_as("SELECT * FROM entry WHERE log = ? AND seq > ? ORDER BY seq LIMIT ?")
            .bind(log.to_string())
            .bind(i64::from(seq))
            .bind(i64::from(limit))
            .fetch_all(&mut *self.reader().await?)
            .await?)
    }

    /// All entries about one change, in the order of arrival.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn entries_about(&self, change: &ChangeKey) -> Result<Vec<StoredEntry>> {
        all(sqlx::query_as("SELECT * FROM entry WHERE change_key = ? ORDER BY position")
            .bind(change.as_str())
            .fetch_all(&mut *self.reader().await?)
            .await?)
    }

    /// All entries of one meeting, in the order of arrival.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn entries_of_meeting(&self, meeting: MeetingId) -> Result<Vec<StoredEntry>> {
        all(sqlx::query_as("SELECT * FROM entry WHERE meeting = ? ORDER BY position")
            .bind(meeting.to_string())
            .fetch_all(&mut *self.reader().await?)
            .await?)
    }

    /// The entry with this id.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn entry(&self, id: EntryId) -> Result<Option<StoredEntry>> {
        let row: Option<Row> = sqlx::query_as("SELECT * FROM entry WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.map(StoredEntry::try_from).transpose()
    }
}
