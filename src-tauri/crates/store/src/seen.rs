//! What a member last looked at, for "what changed since I last looked".
use chrono::{DateTime, Utc};
use domain::ids::{ChangeKey, Digest, MemberId};
use sqlx::sqlite::SqliteConnection;

use crate::error::{Result, StoreError};
use crate::value::{compressed, expanded, parsed, time, time_text};
use crate::{Append, Store};

/// More than any change may have, and a bound for damaged rows.
const LARGEST_SNAPSHOT: usize = 64 << 20;

/// A look at a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Digest of the material content that was shown.
    pub content: Digest,
    /// The content as it was shown, as given to [`Append::mark_seen`].
    pub snapshot: Vec<u8>,
    /// When.
    pub at: DateTime<Utc>,
}

async fn last(connection: &mut SqliteConnection, member: MemberId, change: &ChangeKey) -> Result<Option<Seen>> {
    let row: Option<(String, Vec<u8>, String)> = sqlx::query_as(
        "SELECT s.content, p.bytes, s.at FROM seen s JOIN snapshot p ON p.digest = s.snapshot \
         WHERE s.member = ? AND s.change = ?",
    )
    .bind(member.to_string())
    .bind(change.as_str())
    .fetch_optional(connection)
    .await?;
    row.map(|(content, bytes, at)| {
        Ok(Seen {
            content: parsed("seen content", &content)?,
            snapshot: expanded("seen snapshot", &bytes, LARGEST_SNAPSHOT)?,
            at: time("seen at", &at)?,
        })
    })
    .transpose()
}

impl Append {
    /// Notes that a member looked at a change with this content. Content nobody's look refers to any more is let go.
    ///
    /// # Errors
    /// [`StoreError`] of the database; the change must be known.
    pub async fn mark_seen(
        &mut self,
        member: MemberId,
        change: &ChangeKey,
        content: Digest,
        snapshot: &[u8],
        now: DateTime<Utc>,
    ) -> Result<()> {
        if snapshot.len() > LARGEST_SNAPSHOT {
            return Err(StoreError::unstorable("seen snapshot", "more than 64 MiB"));
        }
        let digest = Digest::of(snapshot).to_string();
        let before: Option<String> = sqlx::query_scalar("SELECT snapshot FROM seen WHERE member = ? AND change = ?")
            .bind(member.to_string())
            .bind(change.as_str())
            .fetch_optional(self.connection())
            .await?;
        sqlx::query("INSERT INTO snapshot (digest, bytes) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING")
            .bind(&digest)
            .bind(compressed("seen snapshot", snapshot)?)
            .execute(self.connection())
            .await?;
        sqlx::query(
            "INSERT INTO seen (member, change, content, snapshot, at) VALUES (?, ?, ?, ?, ?) \
             ON CONFLICT (member, change) DO UPDATE SET content = excluded.content, snapshot = excluded.snapshot, \
             at = excluded.at",
        )
        .bind(member.to_string())
        .bind(change.as_str())
        .bind(content.to_string())
        .bind(&digest)
        .bind(time_text(now))
        .execute(self.connection())
        .await?;
        if let Some(before) = before.filter(|b| *b != digest) {
            sqlx::query(
                "DELETE FROM snapshot WHERE digest = ?1 AND NOT EXISTS (SELECT 1 FROM seen WHERE snapshot = ?1)",
            )
            .bind(before)
            .execute(self.connection())
            .await?;
        }
        Ok(())
    }
}

impl Store {
    /// A member's last look at a change.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn last_seen(&self, member: MemberId, change: &ChangeKey) -> Result<Option<Seen>> {
        last(&mut *self.reader().await?, member, change).await
    }

    /// [`Append::mark_seen`] in a transaction of its own.
    ///
    /// # Errors
    /// As [`Append::mark_seen`].
    pub async fn mark_seen(
        &self,
        member: MemberId,
        change: &ChangeKey,
        content: Digest,
        snapshot: &[u8],
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut append = self.begin_immediate().await?;
        append.mark_seen(member, change, content, snapshot, now).await?;
        append.commit().await.map(drop)
    }
}
