//! The list of changes: searched, filtered, sorted and paged in the database, so that ten thousand answer at once.
use domain::change::{ChangeKind, StatusCategory};
use domain::ids::{ChangeKey, MemberId};
use domain::risk::RiskLevel;
use domain::sign_off::Standing;
use sqlx::{Connection as _, FromRow as _, QueryBuilder, Row as _, Sqlite};

use crate::Store;
use crate::change_index::{COLUMNS, IndexRow, Row};
use crate::changes::Tombstone;
use crate::error::Result;
use crate::value::{folded, from_json, parsed, rank, small, word};

/// The most rows a page has.
pub const MAX_LIMIT: u32 = 500;
/// Of what is typed, the first words and characters count; nobody types more, and each word costs a pass.
const MAX_TERMS: usize = 8;
const MAX_TEXT: usize = 200;

/// A column to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortColumn {
    /// Prefix, then number.
    #[default]
    Key,
    /// Title, without regard to case.
    Title,
    /// Kind, by its word.
    Kind,
    /// The upper level, then the upper score.
    Risk,
    /// The decision, by its word; undecided last.
    Decision,
    /// Start of the window; those without last.
    Window,
    /// The remote's last update.
    Updated,
}

/// A ready-made cut through the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// Everything.
    #[default]
    All,
    /// No decision yet.
    Open,
    /// Flagged by a gate or staleness, or edited since the member looked.
    Attention,
    /// With a decision.
    Decided,
}

/// A question to the list. Empty lists do not filter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChangesQuery {
    /// Words typed; each must occur somewhere, as it stands: `%` and `_` are no wildcards.
    pub text: String,
    /// Any of these kinds.
    pub kinds: Vec<ChangeKind>,
    /// Any of these levels: the level, or while questions are open the upper one.
    pub levels: Vec<RiskLevel>,
    /// Any of these standings.
    pub standings: Vec<Standing>,
    /// Any of these categories of the remote's status.
    pub categories: Vec<StatusCategory>,
    /// The cut.
    pub view: View,
    /// Only those put forward for the next agenda.
    pub only_candidates: bool,
    /// Also those that are no longer where they were.
    pub with_tombstones: bool,
    /// Whose last looks count for "edited since".
    pub member: Option<MemberId>,
    /// Sorted by this, then by prefix and number.
    pub sort: SortColumn,
    /// Largest first. What has no value is last either way.
    pub descending: bool,
    /// Rows to skip.
    pub offset: u32,
    /// Rows to give, at most [`MAX_LIMIT`].
    pub limit: u32,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedChange {
    /// The row as it was written; `search` is empty.
    pub row: IndexRow,
    /// Whether it is put forward for the next agenda.
    pub candidate: bool,
    /// Whether its material content differs from what the member last saw; `false` if they never looked.
    pub changed_since_looked: bool,
    /// If it is no longer where it was.
    pub tombstone: Option<Tombstone>,
}

/// How many rows each view has, under the same search and filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ViewCounts {
    /// [`View::All`].
    pub all: u32,
    /// [`View::Open`].
    pub open: u32,
    /// [`View::Attention`].
    pub attention: u32,
    /// [`View::Decided`].
    pub decided: u32,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPage {
    /// Rows that answer the question, beyond this page too.
    pub total: u32,
    /// The same by view.
    pub counts: ViewCounts,
    /// This page.
    pub rows: Vec<ListedChange>,
}

const CHANGED: &str = "(s.content IS NOT NULL AND s.content <> i.content)";

/// The words of a search, folded as the searched text is.
pub(crate) fn terms(text: &str) -> Vec<String> {
    let text: String = text.chars().take(MAX_TEXT).collect();
    folded(&text).split_whitespace().take(MAX_TERMS).map(str::to_owned).collect()
}

fn push_in<T>(
    builder: &mut QueryBuilder<Sqlite>,
    column: &'static str,
    values: &[T],
    bind: impl Fn(&T) -> Result<String>,
) -> Result<()> {
    if values.is_empty() {
        return Ok(());
    }
    builder.push(" AND ").push(column).push(" IN (");
    for (n, value) in values.iter().enumerate() {
        builder.push(if n == 0 { "" } else { ", " }).push_bind(bind(value)?);
    }
    builder.push(")");
    Ok(())
}

/// FROM and WHERE, without the view.
fn push_source(builder: &mut QueryBuilder<Sqlite>, query: &ChangesQuery) -> Result<()> {
    builder.push(" FROM change_index i LEFT JOIN candidate c ON c.change = i.key LEFT JOIN seen s ON s.change = i.key AND s.member = ");
    builder.push_bind(query.member.map_or(String::new(), |m| m.to_string()));
    builder.push(" WHERE 1 = 1");
    if !query.with_tombstones {
        builder.push(" AND i.tombstone IS NULL");
    }
    if query.only_candidates {
        builder.push(" AND c.change IS NOT NULL");
    }
    push_in(builder, "i.kind", &query.kinds, |k| word("change kind", k))?;
    push_in(builder, "i.category", &query.categories, |c| word("status category", c))?;
    push_in(builder, "i.standing", &query.standings, |s| word("standing", s))?;
    if !query.levels.is_empty() {
        builder.push(" AND coalesce(i.level, i.level_high) IN (");
        for (n, level) in query.levels.iter().enumerate() {
            builder.push(if n == 0 { "" } else { ", " }).push_bind(rank(*level));
        }
        builder.push(")");
    }
    for term in terms(&query.text) {
        // instr, not LIKE: nothing typed is a wildcard, and case was folded beyond ASCII on both sides.
        builder.push(" AND instr(i.search, ").push_bind(term).push(") > 0");
    }
    Ok(())
}

fn view_condition(view: View) -> &'static str {
    match view {
        View::All => "1",
        View::Open => "(i.decision IS NULL)",
        View::Attention => "(i.attention OR (s.content IS NOT NULL AND s.content <> i.content))",
        View::Decided => "(i.decision IS NOT NULL)",
    }
}

fn sort_columns(column: SortColumn) -> &'static [&'static str] {
    match column {
        SortColumn::Key => &["i.prefix", "i.number"],
        SortColumn::Title => &["i.title_folded"],
        SortColumn::Kind => &["i.kind"],
        SortColumn::Risk => &["coalesce(i.level, i.level_high)", "i.score_high"],
        SortColumn::Decision => &["i.decision"],
        SortColumn::Window => &["i.window_start"],
        SortColumn::Updated => &["i.updated"],
    }
}

impl Store {
    /// A page of the list of changes, with the counts of each view; all from one state of the database.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn list_changes(&self, query: &ChangesQuery) -> Result<ListedPage> {
        let mut connection = self.reader().await?;
        let mut snapshot = connection.begin().await?;

        let mut count: QueryBuilder<Sqlite> = QueryBuilder::new("SELECT count(*)");
        for view in [View::Open, View::Attention, View::Decided] {
            count.push(", coalesce(sum(").push(view_condition(view)).push("), 0)");
        }
        push_source(&mut count, query)?;
        let (all, open, attention, decided): (i64, i64, i64, i64) =
            count.build_query_as().fetch_one(&mut *snapshot).await?;
        let counts = ViewCounts {
            all: small("count", all)?,
            open: small("count", open)?,
            attention: small("count", attention)?,
            decided: small("count", decided)?,
        };

        let mut page: QueryBuilder<Sqlite> = QueryBuilder::new("SELECT ");
        page.push(COLUMNS);
        page.push(", i.tombstone AS tombstone, c.change IS NOT NULL AS candidate, ")
            .push(CHANGED)
            .push(" AS changed_since");
        push_source(&mut page, query)?;
        page.push(" AND ").push(view_condition(query.view)).push(" ORDER BY ");
        for column in sort_columns(query.sort) {
            page.push(*column).push(if query.descending { " DESC NULLS LAST, " } else { " ASC NULLS LAST, " });
        }
        page.push("i.prefix, i.number LIMIT ").push_bind(i64::from(query.limit.min(MAX_LIMIT)));
        page.push(" OFFSET ").push_bind(i64::from(query.offset));
        let rows = page.build().fetch_all(&mut *snapshot).await?;
        snapshot.rollback().await?;

        let rows = rows
            .iter()
            .map(|row| {
                let tombstone: Option<String> = row.try_get("tombstone")?;
                Ok(ListedChange {
                    row: Row::from_row(row)?.try_into()?,
                    candidate: row.try_get("candidate")?,
                    changed_since_looked: row.try_get("changed_since")?,
                    tombstone: tombstone.map(|t| from_json("tombstone", &t)).transpose()?,
                })
            })
            .collect::<Result<_>>()?;
        let total = match query.view {
            View::All => counts.all,
            View::Open => counts.open,
            View::Attention => counts.attention,
            View::Decided => counts.decided,
        };
        Ok(ListedPage { total, counts, rows })
    }

    /// Keys of all changes that answer the question, in its order, without pages: for "next undecided" and exports.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn list_keys(&self, query: &ChangesQuery) -> Result<Vec<ChangeKey>> {
        let mut keys: QueryBuilder<Sqlite> = QueryBuilder::new("SELECT i.key");
        push_source(&mut keys, query)?;
        keys.push(" AND ").push(view_condition(query.view)).push(" ORDER BY ");
        for column in sort_columns(query.sort) {
            keys.push(*column).push(if query.descending { " DESC NULLS LAST, " } else { " ASC NULLS LAST, " });
        }
        keys.push("i.prefix, i.number");
        let rows: Vec<String> = keys.build_query_scalar().fetch_all(&mut *self.reader().await?).await?;
        rows.iter().map(|k| parsed("change key", k)).collect()
    }

    /// The row of one change.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn index_row(&self, key: &ChangeKey) -> Result<Option<IndexRow>> {
        let mut one: QueryBuilder<Sqlite> = QueryBuilder::new("SELECT ");
        one.push(COLUMNS).push(" FROM change_index i WHERE i.key = ").push_bind(key.as_str());
        let row: Option<Row> = one.build_query_as().fetch_optional(&mut *self.reader().await?).await?;
        row.map(IndexRow::try_from).transpose()
    }
}
