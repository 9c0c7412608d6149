//! One row per change for the long list: made by the use cases from the change and the ledger, never by hand.
use chrono::{DateTime, Utc};
use domain::change::{ChangeKind, StatusCategory, Window};
use domain::ids::{ChangeKey, ConnectionId, Digest};
use domain::meeting::DecisionKind;
use domain::risk::RiskLevel;
use domain::sign_off::Standing;
use sqlx::FromRow;

use crate::Append;
use crate::error::{Result, StoreError};
use crate::value::{folded, from_word, level, parsed, rank, small, time, time_text, word};

/// What the list of changes shows, sorts by and filters by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexRow {
    /// Key.
    pub key: ChangeKey,
    /// Where it came from.
    pub connection: ConnectionId,
    /// The remote's id.
    pub remote_id: String,
    /// Title.
    pub title: String,
    /// Standard, normal, emergency; `None` when missing or unmapped.
    pub kind: Option<ChangeKind>,
    /// The remote's status in its words.
    pub status: String,
    /// And in ours.
    pub category: Option<StatusCategory>,
    /// Who asked for it; empty when not known.
    pub requester: String,
    /// Who wrote it; empty when not known.
    pub author: String,
    /// The service.
    pub service: String,
    /// Affected systems.
    pub systems: String,
    /// The environment.
    pub environment: String,
    /// The implementation window.
    pub window: Option<Window>,
    /// The remote's time of the last update.
    pub updated: DateTime<Utc>,
    /// Digest of the material content now: differs from what a member saw when it changed since.
    pub content: Digest,
    /// Whether a risk assessment was submitted.
    pub assessed: bool,
    /// The level; `None` while questions are open.
    pub level: Option<RiskLevel>,
    /// The level if every open question gets its best answer.
    pub level_low: RiskLevel,
    /// The level if every open question gets its worst answer.
    pub level_high: RiskLevel,
    /// Points with the best answers.
    pub score_low: u32,
    /// Points with the worst answers.
    pub score_high: u32,
    /// Open questions.
    pub open_questions: u32,
    /// Where it stands.
    pub standing: Standing,
    /// The decision in force.
    pub decision: Option<DecisionKind>,
    /// Gates that failed.
    pub gates_failed: u32,
    /// Of these, hard blocks.
    pub gates_blocking: u32,
    /// Gates that warn.
    pub gates_warned: u32,
    /// Plan sections ticked.
    pub plan_ticked: u32,
    /// Plan sections in all.
    pub plan_total: u32,
    /// Whether a sign-off is stale.
    pub stale: bool,
    /// Whether somebody should look at it, apart from edits since a member's last look.
    pub attention: bool,
    /// The release it belongs to; empty: to none.
    pub release: String,
    /// Text that is searched besides key, title, people, service, systems and environment: an excerpt
    /// of the description. Not read back.
    pub search: String,
}

/// Columns of the table as read, in the order of the struct.
#[derive(FromRow)]
pub(crate) struct Row {
    key: String,
    connection: String,
    remote_id: String,
    title: String,
    kind: Option<String>,
    status: String,
    category: Option<String>,
    requester: String,
    author: String,
    service: String,
    systems: String,
    environment: String,
    window_start: Option<String>,
    window_end: Option<String>,
    window_zone: Option<String>,
    updated: String,
    content: String,
    assessed: bool,
    level: Option<i64>,
    level_low: i64,
    level_high: i64,
    score_low: i64,
    score_high: i64,
    open_questions: i64,
    standing: String,
    decision: Option<String>,
    gates_failed: i64,
    gates_blocking: i64,
    gates_warned: i64,
    plan_ticked: i64,
    plan_total: i64,
    stale: bool,
    attention: bool,
    release_name: String,
}

/// The columns of [`Row`], for a table called `i`.
pub(crate) const COLUMNS: &str = "i.key, i.connection, i.remote_id, i.title, i.kind, i.status, i.category, i.requester, \
    i.author, i.service, i.systems, i.environment, i.window_start, i.window_end, i.window_zone, i.updated, i.content, \
    i.assessed, i.level, i.level_low, i.level_high, i.score_low, i.score_high, i.open_questions, i.standing, i.decision, \
    i.gates_failed, i.gates_blocking, i.gates_warned, i.plan_ticked, i.plan_total, i.stale, i.attention, \
    i.release_name";

impl TryFrom<Row> for IndexRow {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self> {
        let window = match (row.window_start, row.window_end, row.window_zone) {
            (Some(start), Some(end), Some(zone)) => {
                Some(Window { start: time("window start", &start)?, end: time("window end", &end)?, zone })
            }
            _ => None,
        };
        Ok(Self {
            key: parsed("change key", &row.key)?,
            connection: parsed("connection id", &row.connection)?,
            remote_id: row.remote_id,
            title: row.title,
            kind: row.kind.map(|k| from_word("change kind", &k)).transpose()?,
            status: row.status,
            category: row.category.map(|c| from_word("status category", &c)).transpose()?,
            requester: row.requester,
            author: row.author,
            service: row.service,
            systems: row.systems,
            environment: row.environment,
            window,
            updated: time("updated", &row.updated)?,
            content: parsed("content digest", &row.content)?,
            assessed: row.assessed,
            level: row.level.map(level).transpose()?,
            level_low: level(row.level_low)?,
            level_high: level(row.level_high)?,
            score_low: small("score", row.score_low)?,
            score_high: small("score", row.score_high)?,
            open_questions: small("open questions", row.open_questions)?,
            standing: from_word("standing", &row.standing)?,
            decision: row.decision.map(|d| from_word("decision", &d)).transpose()?,
            gates_failed: small("gates", row.gates_failed)?,
            gates_blocking: small("gates", row.gates_blocking)?,
            gates_warned: small("gates", row.gates_warned)?,
            plan_ticked: small("plan sections", row.plan_ticked)?,
            plan_total: small("plan sections", row.plan_total)?,
            stale: row.stale,
            attention: row.attention,
            release: row.release_name,
            search: String::new(),
        })
    }
}

impl IndexRow {
    /// What is searched, folded; a line break between the parts keeps a term from matching across two.
    pub(crate) fn searchable(&self) -> String {
        folded(
            &[
                self.key.as_str(),
                &self.title,
                &self.requester,
                &self.author,
                &self.service,
                &self.systems,
                &self.environment,
                &self.search,
            ]
            .join("\n"),
        )
    }
}

impl Append {
    /// Writes rows of the list of changes over those before.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn put_index(&mut self, rows: &[IndexRow]) -> Result<()> {
        for row in rows {
            sqlx::query(
                "INSERT OR REPLACE INTO change_index (key, prefix, number, connection, remote_id, title, title_folded, \
                 kind, status, category, requester, author, service, systems, environment, window_start, window_end, \
                 window_zone, updated, content, assessed, level, level_low, level_high, score_low, score_high, \
                 open_questions, standing, decision, gates_failed, gates_blocking, gates_warned, plan_ticked, plan_total, \
                 stale, attention, search, release_name, tombstone) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, \
                 ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38, \
                 (SELECT tombstone FROM change WHERE key = ?1))",
            )
            .bind(row.key.as_str())
            .bind(row.key.prefix())
            .bind(i64::from(row.key.number()))
            .bind(row.connection.to_string())
            .bind(&row.remote_id)
            .bind(&row.title)
            .bind(folded(&row.title))
            .bind(row.kind.map(|k| word("change kind", &k)).transpose()?)
            .bind(&row.status)
            .bind(row.category.map(|c| word("status category", &c)).transpose()?)
            .bind(&row.requester)
            .bind(&row.author)
            .bind(&row.service)
            .bind(&row.systems)
            .bind(&row.environment)
            .bind(row.window.as_ref().map(|w| time_text(w.start)))
            .bind(row.window.as_ref().map(|w| time_text(w.end)))
            .bind(row.window.as_ref().map(|w| w.zone.as_str()))
            .bind(time_text(row.updated))
            .bind(row.content.to_string())
            .bind(row.assessed)
            .bind(row.level.map(rank))
            .bind(rank(row.level_low))
            .bind(rank(row.level_high))
            .bind(i64::from(row.score_low))
            .bind(i64::from(row.score_high))
            .bind(i64::from(row.open_questions))
            .bind(word("standing", &row.standing)?)
            .bind(row.decision.map(|d| word("decision", &d)).transpose()?)
            .bind(i64::from(row.gates_failed))
            .bind(i64::from(row.gates_blocking))
            .bind(i64::from(row.gates_warned))
            .bind(i64::from(row.plan_ticked))
            .bind(i64::from(row.plan_total))
            .bind(row.stale)
            .bind(row.attention)
            .bind(row.searchable())
            .bind(&row.release)
            .execute(self.connection())
            .await?;
        }
        Ok(())
    }
}
