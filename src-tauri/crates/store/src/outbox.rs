//! The outbox: what is to be written back to tickets, one operation after the other per change (R118).
use chrono::{DateTime, Utc};
use domain::ids::{ChangeKey, OperationId};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use sqlx::sqlite::SqliteConnection;

use crate::error::{Result, StoreError};
use crate::value::{from_word, parsed, small, time, time_text, word};
use crate::{Append, Store};

/// The kind of operation that is a comment and nothing else: one that is stuck holds back nothing behind it.
pub const PASSED_OVER: &str = "hand_off";
/// The kind of operation that is superseded by what comes behind it: one that failed waits for a person and holds nothing back.
/// Tried again it is looked for on its ticket, and whoever sends it judges then whether it still says what holds.
pub const PASSED_OVER_ONCE_FAILED: &str = "delegated";

/// How far an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    /// Waits for its time.
    Queued,
    /// Is on its way.
    Sending,
    /// The answer was lost: look for the marker before anything else.
    Unknown,
    /// Read back and found. Final.
    Verified,
    /// The remote refused; a person decides.
    Failed,
    /// The ticket was edited in a way the board has not seen; a person decides.
    Blocked,
    /// Given up by a person. Final.
    Cancelled,
}

impl OutboxState {
    /// Whether an operation in this state may go on to `next`. What was verified or cancelled stays so, until the same is
    /// queued again ([`Append::enqueue_again`]); what may have reached the ticket is never cancelled.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Queued => matches!(next, Self::Sending | Self::Failed | Self::Blocked | Self::Cancelled),
            Self::Sending => {
                matches!(next, Self::Queued | Self::Unknown | Self::Verified | Self::Failed | Self::Blocked)
            }
            Self::Unknown => {
                matches!(
                    next,
                    Self::Unknown | Self::Sending | Self::Queued | Self::Verified | Self::Failed | Self::Blocked
                )
            }
            Self::Failed | Self::Blocked => {
                matches!(next, Self::Queued | Self::Unknown | Self::Verified | Self::Cancelled)
            }
            Self::Verified | Self::Cancelled => false,
        }
    }
}

/// An operation to be queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOperation {
    /// Identity.
    pub id: OperationId,
    /// The change it writes to.
    pub change: ChangeKey,
    /// Which operation, for example `write_back`.
    pub kind: String,
    /// What is to be written, JSON.
    pub payload: String,
    /// What the ticket was like when this was decided, JSON: an edit since then blocks it.
    pub base: String,
    /// What is looked for on the ticket after a lost answer; unique.
    pub marker: String,
    /// Not before this instant.
    pub not_before: DateTime<Utc>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
}

/// An operation as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Order of queueing, from 1.
    pub seq: u32,
    /// Identity.
    pub id: OperationId,
    /// The change.
    pub change: ChangeKey,
    /// Which operation.
    pub kind: String,
    /// What is to be written, JSON.
    pub payload: String,
    /// What the ticket was like, JSON.
    pub base: String,
    /// What is looked for on the ticket.
    pub marker: String,
    /// The remote's token of an upload already made (Redmine).
    pub upload_token: Option<String>,
    /// How far it is.
    pub state: OutboxState,
    /// How often it was tried.
    pub attempts: u32,
    /// Not before this instant.
    pub not_before: DateTime<Utc>,
    /// What went wrong last, in words.
    pub last_error: Option<String>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// When its state last changed.
    pub changed_at: DateTime<Utc>,
}

/// What changes with the state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transition {
    /// Counts as one more attempt.
    pub attempted: bool,
    /// New earliest instant; `None` keeps it.
    pub not_before: Option<DateTime<Utc>>,
    /// What went wrong; `None` clears it.
    pub error: Option<String>,
    /// Token of an upload made; `None` keeps it.
    pub upload_token: Option<String>,
    /// New base, after a person saw the edit; `None` keeps it.
    pub base: Option<String>,
}

#[derive(FromRow)]
struct Row {
    seq: i64,
    id: String,
    change: String,
    kind: String,
    payload: String,
    base: String,
    marker: String,
    upload_token: Option<String>,
    state: String,
    attempts: i64,
    not_before: String,
    last_error: Option<String>,
    created_at: String,
    changed_at: String,
}

impl TryFrom<Row> for Operation {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            seq: small("operation seq", row.seq)?,
            id: parsed("operation id", &row.id)?,
            change: parsed("operation's change", &row.change)?,
            kind: row.kind,
            payload: row.payload,
            base: row.base,
            marker: row.marker,
            upload_token: row.upload_token,
            state: from_word("outbox state", &row.state)?,
            attempts: small("attempts", row.attempts)?,
            not_before: time("not before", &row.not_before)?,
            last_error: row.last_error,
            created_at: time("queued at", &row.created_at)?,
            changed_at: time("changed at", &row.changed_at)?,
        })
    }
}

async fn one(connection: &mut SqliteConnection, id: OperationId) -> Result<Option<Operation>> {
    let row: Option<Row> =
        sqlx::query_as("SELECT * FROM outbox WHERE id = ?").bind(id.to_string()).fetch_optional(connection).await?;
    row.map(Operation::try_from).transpose()
}

impl Append {
    /// Queues an operation, in the transaction of the entry that causes it.
    ///
    /// # Errors
    /// [`StoreError`] of the database: the change must be known, id and marker unused.
    pub async fn enqueue(&mut self, operation: &NewOperation) -> Result<()> {
        sqlx::query(
            "INSERT INTO outbox (id, change, kind, payload, base, marker, state, not_before, created_at, changed_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'queued', ?7, ?8, ?8)",
        )
        .bind(operation.id.to_string())
        .bind(operation.change.as_str())
        .bind(&operation.kind)
        .bind(&operation.payload)
        .bind(&operation.base)
        .bind(&operation.marker)
        .bind(time_text(operation.not_before))
        .bind(time_text(operation.created_at))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// [`Append::enqueue`] of an operation whose id and marker follow from what it tells: one of the same id that was cancelled
    /// makes room for it, so that its marker stays the one that is looked for on the ticket. It is queued behind all others.
    ///
    /// # Errors
    /// As [`Append::enqueue`]: one of the same id in any other state stays.
    pub async fn enqueue_again(&mut self, operation: &NewOperation) -> Result<()> {
        sqlx::query("DELETE FROM outbox WHERE id = ? AND state = 'cancelled'")
            .bind(operation.id.to_string())
            .execute(self.connection())
            .await?;
        self.enqueue(operation).await
    }

    /// An operation.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn operation(&mut self, id: OperationId) -> Result<Option<Operation>> {
        one(self.connection(), id).await
    }

    /// Moves an operation from one state to the next, if it still is in `from`; answers whether it was.
    ///
    /// # Errors
    /// [`StoreError::Unstorable`] for a step that [`OutboxState::may_become`] excludes.
    pub async fn transition(
        &mut self,
        id: OperationId,
        from: OutboxState,
        to: OutboxState,
        with: &Transition,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        if !from.may_become(to) {
            return Err(StoreError::unstorable("outbox step", format!("{from:?} never becomes {to:?}")));
        }
        let done = sqlx::query(
            "UPDATE outbox SET state = ?3, attempts = attempts + ?4, not_before = coalesce(?5, not_before), \
             last_error = ?6, upload_token = coalesce(?7, upload_token), base = coalesce(?8, base), changed_at = ?9 \
             WHERE id = ?1 AND state = ?2",
        )
        .bind(id.to_string())
        .bind(word("outbox state", &from)?)
        .bind(word("outbox state", &to)?)
        .bind(i64::from(with.attempted))
        .bind(with.not_before.map(time_text))
        .bind(&with.error)
        .bind(&with.upload_token)
        .bind(&with.base)
        .bind(time_text(now))
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() > 0)
    }
}

impl Store {
    /// Operations that may be tried now: of each change only the oldest that is neither verified nor cancelled,
    /// and only if it is queued or its answer was lost. A failed or blocked one holds back those behind it,
    /// unless it is [`PASSED_OVER`]; a failed one that is [`PASSED_OVER_ONCE_FAILED`] holds back nothing either.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn next_due(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<Operation>> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT o.* FROM outbox o WHERE o.seq IN (SELECT min(seq) FROM outbox \
               WHERE state NOT IN ('verified', 'cancelled') \
                 AND NOT (kind = ? AND state IN ('failed', 'blocked')) \
                 AND NOT (kind = ? AND state = 'failed') GROUP BY change) \
             AND o.state IN ('queued', 'unknown') AND o.not_before <= ? ORDER BY o.seq LIMIT ?",
        )
        .bind(PASSED_OVER)
        .bind(PASSED_OVER_ONCE_FAILED)
        .bind(time_text(now))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.reader().await?)
        .await?;
        rows.into_iter().map(Operation::try_from).collect()
    }

    /// An operation.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn operation(&self, id: OperationId) -> Result<Option<Operation>> {
        one(&mut *self.reader().await?, id).await
    }

    /// The whole outbox, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn operations(&self) -> Result<Vec<Operation>> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT * FROM outbox ORDER BY seq").fetch_all(&mut *self.reader().await?).await?;
        rows.into_iter().map(Operation::try_from).collect()
    }

    /// [`Append::transition`] in a transaction of its own.
    ///
    /// # Errors
    /// As [`Append::transition`].
    pub async fn transition(
        &self,
        id: OperationId,
        from: OutboxState,
        to: OutboxState,
        with: &Transition,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let mut append = self.begin_immediate().await?;
        let moved = append.transition(id, from, to, with, now).await?;
        append.commit().await?;
        Ok(moved)
    }

    /// After a crash: whatever was being sent may or may not have arrived. For the holder of the folder's lock
    /// alone, at its start; answers how many.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn recover_outbox(&self, now: DateTime<Utc>) -> Result<u32> {
        let mut append = self.begin_immediate().await?;
        let done = sqlx::query("UPDATE outbox SET state = 'unknown', changed_at = ? WHERE state = 'sending'")
            .bind(time_text(now))
            .execute(append.connection())
            .await?;
        append.commit().await?;
        Ok(u32::try_from(done.rows_affected()).unwrap_or(u32::MAX))
    }
}
