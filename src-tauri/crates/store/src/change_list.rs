//! The list of changes: searched, filtered, sorted and paged in the database, so that ten thousand answer at once.
use std::collections::BTreeMap;

use domain::change::{ChangeKind, StatusCategory};
use domain::ids::{ChangeKey, MemberId};
use domain::risk::RiskLevel;
use domain::sign_off::Standing;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection as _, FromRow as _, QueryBuilder, Row as _, Sqlite};

use crate::Store;
use crate::change_index::{COLUMNS, IndexRow, Row};
use crate::changes::Tombstone;
use crate::error::Result;
use crate::value::{folded, from_json, json, rank, small, word};

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
        // What the ticket has closed or carried out is not open to the board any more.
        View::Open => "(i.decision IS NULL AND coalesce(i.category, 'awaiting') IN ('draft', 'awaiting'))",
        View::Attention => "(i.attention OR (s.content IS NOT NULL AND s.content <> i.content))",
        View::Decided => "i.decision IS NOT NULL",
    }
}

/// Two columns; what has only one is sorted by it alone.
fn sort_columns(column: SortColumn) -> [&'static str; 2] {
    match column {
        SortColumn::Key => ["i.prefix", "i.number"],
        SortColumn::Title => ["i.title_folded", "NULL"],
        SortColumn::Kind => ["i.kind", "NULL"],
        SortColumn::Risk => ["coalesce(i.level, i.level_high)", "i.score_high"],
        SortColumn::Decision => ["i.decision", "NULL"],
        SortColumn::Window => ["i.window_start", "NULL"],
        SortColumn::Updated => ["i.updated", "NULL"],
    }
}

/// The rows that answer, narrow and once: `found` with their view flags and what they are sorted by.
fn push_found(builder: &mut QueryBuilder<Sqlite>, query: &ChangesQuery) -> Result<()> {
    builder.push(
        "WITH found AS MATERIALIZED (SELECT i.rowid AS id, i.prefix, i.number, c.change IS NOT NULL AS candidate, ",
    );
    builder.push(CHANGED).push(" AS changed");
    for (view, name) in [(View::Open, "open"), (View::Attention, "attention"), (View::Decided, "decided")] {
        builder.push(", ").push(view_condition(view)).push(" AS ").push(name);
    }
    let [first, second] = sort_columns(query.sort);
    builder.push(", ").push(first).push(" AS sort1, ").push(second).push(" AS sort2");
    push_source(builder, query)?;
    builder.push(") ");
    Ok(())
}

fn push_order(builder: &mut QueryBuilder<Sqlite>, query: &ChangesQuery) {
    builder.push(match query.view {
        View::All => "",
        View::Open => " WHERE open",
        View::Attention => " WHERE attention",
        View::Decided => " WHERE decided",
    });
    builder.push(if query.descending {
        " ORDER BY sort1 DESC NULLS LAST, sort2 DESC NULLS LAST, prefix, number"
    } else {
        " ORDER BY sort1 ASC NULLS LAST, sort2 ASC NULLS LAST, prefix, number"
    });
}

fn listed(row: &SqliteRow, flags: &BTreeMap<i64, (bool, bool)>) -> Result<(i64, ListedChange)> {
    let id: i64 = row.try_get("id")?;
    let (candidate, changed_since_looked) = flags.get(&id).copied().unwrap_or_default();
    let tombstone: Option<String> = row.try_get("tombstone")?;
    let tombstone = tombstone.map(|t| from_json("tombstone", &t)).transpose()?;
    Ok((id, ListedChange { row: Row::from_row(row)?.try_into()?, candidate, changed_since_looked, tombstone }))
}

impl Store {
    /// A page of the list of changes, with the counts of each view; all from one state of the database.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn list_changes(&self, query: &ChangesQuery) -> Result<ListedPage> {
        let mut connection = self.reader().await?;
        let mut snapshot = connection.begin().await?;

        // One pass over the search texts answers both: the counts in the first row, then the page's ids.
        let mut ask: QueryBuilder<Sqlite> = QueryBuilder::new("");
        push_found(&mut ask, query)?;
        ask.push(
            "SELECT count(*), coalesce(sum(open), 0), coalesce(sum(attention), 0), coalesce(sum(decided), 0) FROM found \
             UNION ALL SELECT * FROM (SELECT id, candidate, changed, 0 FROM found",
        );
        push_order(&mut ask, query);
        ask.push(" LIMIT ").push_bind(i64::from(query.limit.min(MAX_LIMIT)));
        ask.push(" OFFSET ").push_bind(i64::from(query.offset)).push(")");
        let mut answer: Vec<(i64, i64, i64, i64)> = ask.build_query_as().fetch_all(&mut *snapshot).await?;
        let page = answer.split_off(answer.len().min(1));
        let (all, open, attention, decided) = answer.first().copied().unwrap_or_default();
        let counts = ViewCounts {
            all: small("count", all)?,
            open: small("count", open)?,
            attention: small("count", attention)?,
            decided: small("count", decided)?,
        };
        let order: Vec<i64> = page.iter().map(|(id, ..)| *id).collect();
        let flags = page.into_iter().map(|(id, candidate, changed, _)| (id, (candidate != 0, changed != 0))).collect();

        let mut whole: QueryBuilder<Sqlite> = QueryBuilder::new("SELECT i.rowid AS id, i.tombstone AS tombstone, ");
        whole.push(COLUMNS).push(" FROM change_index i WHERE i.rowid IN (SELECT value FROM json_each(");
        whole.push_bind(json("page", &order)?).push("))");
        let rows = whole.build().fetch_all(&mut *snapshot).await?;
        snapshot.rollback().await?;
        let mut rows = rows.iter().map(|row| listed(row, &flags)).collect::<Result<BTreeMap<_, _>>>()?;

        let total = match query.view {
            View::All => counts.all,
            View::Open => counts.open,
            View::Attention => counts.attention,
            View::Decided => counts.decided,
        };
        Ok(ListedPage { total, counts, rows: order.iter().filter_map(|id| rows.remove(id)).collect() })
    }

    /// Keys of all changes that answer the question, in its order, without pages: for "next undecided" and exports.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn list_keys(&self, query: &ChangesQuery) -> Result<Vec<ChangeKey>> {
        let mut ask: QueryBuilder<Sqlite> = QueryBuilder::new("");
        push_found(&mut ask, query)?;
        ask.push("SELECT prefix, number FROM found");
        push_order(&mut ask, query);
        let rows: Vec<(String, i64)> = ask.build_query_as().fetch_all(&mut *self.reader().await?).await?;
        rows.into_iter().map(|(prefix, n)| Ok(ChangeKey::new(&prefix, small("change number", n)?))).collect()
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
