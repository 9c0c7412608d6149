//! Drafts: ticks, answers, notes and votes before they are submitted. They survive a killed window.
use chrono::{DateTime, Utc};
use domain::ids::MemberId;
use sqlx::sqlite::SqliteConnection;

use crate::error::Result;
use crate::value::{parsed, time, time_text};
use crate::{Append, Store};

/// Something half done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What it will become, for example `assessment`, `plan_review`, `meeting`.
    pub kind: String,
    /// About what: a change's key, a meeting's id.
    pub key: String,
    /// Whose.
    pub member: MemberId,
    /// Its content, JSON of whoever reads it.
    pub json: String,
    /// When it was last saved.
    pub saved_at: DateTime<Utc>,
}

type Row = (String, String, String, String, String);

fn from_row((kind, key, member, json, saved_at): Row) -> Result<Draft> {
    Ok(Draft {
        kind,
        key,
        member: parsed("draft's member", &member)?,
        json,
        saved_at: time("draft's time", &saved_at)?,
    })
}

async fn one(connection: &mut SqliteConnection, kind: &str, key: &str, member: MemberId) -> Result<Option<Draft>> {
    sqlx::query_as("SELECT kind, key, member, json, saved_at FROM draft WHERE kind = ? AND key = ? AND member = ?")
        .bind(kind)
        .bind(key)
        .bind(member.to_string())
        .fetch_optional(connection)
        .await?
        .map(from_row)
        .transpose()
}

impl Append {
    /// A draft.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn draft(&mut self, kind: &str, key: &str, member: MemberId) -> Result<Option<Draft>> {
        one(self.connection(), kind, key, member).await
    }

    /// Saves a draft over the one before.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database; JSON that is none is refused.
    pub async fn save_draft(&mut self, draft: &Draft) -> Result<()> {
        sqlx::query(
            "INSERT INTO draft (kind, key, member, json, saved_at) VALUES (?, ?, ?, ?, ?) \
             ON CONFLICT (kind, key, member) DO UPDATE SET json = excluded.json, saved_at = excluded.saved_at",
        )
        .bind(&draft.kind)
        .bind(&draft.key)
        .bind(draft.member.to_string())
        .bind(&draft.json)
        .bind(time_text(draft.saved_at))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Discards a draft: it was submitted, or given up.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn discard_draft(&mut self, kind: &str, key: &str, member: MemberId) -> Result<()> {
        sqlx::query("DELETE FROM draft WHERE kind = ? AND key = ? AND member = ?")
            .bind(kind)
            .bind(key)
            .bind(member.to_string())
            .execute(self.connection())
            .await?;
        Ok(())
    }
}

impl Store {
    /// A draft.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn draft(&self, kind: &str, key: &str, member: MemberId) -> Result<Option<Draft>> {
        one(&mut *self.reader().await?, kind, key, member).await
    }

    /// All drafts of a kind, of every member, by key and member.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn drafts(&self, kind: &str) -> Result<Vec<Draft>> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT kind, key, member, json, saved_at FROM draft WHERE kind = ? ORDER BY key, member")
                .bind(kind)
                .fetch_all(&mut *self.reader().await?)
                .await?;
        rows.into_iter().map(from_row).collect()
    }

    /// [`Append::save_draft`] in a transaction of its own.
    ///
    /// # Errors
    /// As [`Append::save_draft`].
    pub async fn save_draft(&self, draft: &Draft) -> Result<()> {
        let mut append = self.begin_immediate().await?;
        append.save_draft(draft).await?;
        append.commit().await.map(drop)
    }

    /// [`Append::discard_draft`] in a transaction of its own.
    ///
    /// # Errors
    /// As [`Append::discard_draft`].
    pub async fn discard_draft(&self, kind: &str, key: &str, member: MemberId) -> Result<()> {
        let mut append = self.begin_immediate().await?;
        append.discard_draft(kind, key, member).await?;
        append.commit().await.map(drop)
    }
}
