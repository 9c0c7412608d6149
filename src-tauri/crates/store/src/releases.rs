//! Releases: the rows of the list that name one, so that nothing else is read.
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow as _, QueryBuilder, Row as _, Sqlite};

use crate::Store;
use crate::change_index::{COLUMNS, IndexRow, Row};
use crate::error::Result;

/// A change that belongs to a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleasedChange {
    /// Its row of the list; `search` is empty.
    pub row: IndexRow,
    /// The roadmap's milestone by the ticket; empty: none.
    pub milestone: String,
    /// The Release Manager by the ticket; empty: nobody.
    pub manager: String,
}

fn released(row: &SqliteRow) -> Result<ReleasedChange> {
    let milestone: Option<String> = row.try_get("milestone")?;
    let manager: Option<String> = row.try_get("manager")?;
    Ok(ReleasedChange {
        row: Row::from_row(row)?.try_into()?,
        milestone: milestone.unwrap_or_default(),
        manager: manager.unwrap_or_default(),
    })
}

impl Store {
    /// The changes that belong to a release, or to one by its name: by release, then by window; at most `limit`. Those
    /// that are no longer where they were are left out.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn released(&self, of: Option<&str>, limit: u32) -> Result<Vec<ReleasedChange>> {
        let mut ask: QueryBuilder<Sqlite> = QueryBuilder::new("SELECT ");
        ask.push(COLUMNS);
        ask.push(
            ", json_extract(c.json, '$.milestone') AS milestone, \
             json_extract(c.json, '$.release_manager.name') AS manager \
             FROM change_index i LEFT JOIN change c ON c.key = i.key \
             WHERE i.tombstone IS NULL AND i.release_name <> ''",
        );
        if let Some(of) = of {
            ask.push(" AND i.release_name = ").push_bind(of.to_owned());
        }
        ask.push(" ORDER BY i.release_name, i.window_start IS NULL, i.window_start, i.prefix, i.number LIMIT ");
        ask.push_bind(i64::from(limit));
        let rows = ask.build().fetch_all(&mut *self.reader().await?).await?;
        rows.iter().map(released).collect()
    }
}
