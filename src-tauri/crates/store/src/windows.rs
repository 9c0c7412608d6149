//! Implementation windows of changes, for the calendar: from the rows of the list, so that nothing else is read.
use chrono::{DateTime, Utc};
use domain::change::Deployment;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow as _, QueryBuilder, Row as _, Sqlite};

use crate::Store;
use crate::change_index::{COLUMNS, IndexRow, Row};
use crate::error::Result;
use crate::value::time_text;

/// A change with a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedChange {
    /// Its row of the list; `search` is empty.
    pub row: IndexRow,
    /// Who deploys it and who works on it, by the ticket.
    pub people: Vec<String>,
    /// The team, where the ticket says so.
    pub team: String,
    /// The services on which its own depends, where the ticket says so.
    pub depends_on: String,
    /// What the ticket tells of its deployment last.
    pub deployment: Option<Deployment>,
}

fn planned(row: &SqliteRow) -> Result<PlannedChange> {
    let deployer: Option<String> = row.try_get("deployer")?;
    let assignee: Option<String> = row.try_get("assignee")?;
    let people = deployer.into_iter().chain(assignee).collect();
    let text = |column: &str| -> Result<String> { Ok(row.try_get::<Option<String>, _>(column)?.unwrap_or_default()) };
    // Empty where the ticket tells of none.
    let deployment = serde_json::from_str(&text("deployment")?).ok();
    let (team, depends_on) = (text("team")?, text("depends_on")?);
    Ok(PlannedChange { row: Row::from_row(row)?.try_into()?, people, team, depends_on, deployment })
}

impl Store {
    /// The changes whose window has some time in common with a span, the earliest first; at most `limit`. Those that are no
    /// longer where they were are left out.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn windows_between(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<PlannedChange>> {
        let mut ask: QueryBuilder<Sqlite> = QueryBuilder::new("SELECT ");
        ask.push(COLUMNS);
        ask.push(
            ", json_extract(c.json, '$.deployer.name') AS deployer, json_extract(c.json, '$.assignee.name') AS assignee, \
             json_extract(c.json, '$.team') AS team, json_extract(c.json, '$.depends_on') AS depends_on, \
             json_extract(c.json, '$.deployments[#-1]') AS deployment \
             FROM change_index i LEFT JOIN change c ON c.key = i.key \
             WHERE i.tombstone IS NULL AND i.window_start < ",
        );
        ask.push_bind(time_text(until)).push(" AND i.window_end > ").push_bind(time_text(from));
        ask.push(" ORDER BY i.window_start, i.prefix, i.number LIMIT ").push_bind(i64::from(limit));
        let rows = ask.build().fetch_all(&mut *self.reader().await?).await?;
        rows.iter().map(planned).collect()
    }
}
