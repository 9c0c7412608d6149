//! Lists: keyset paging on (updated, id), with every row checked against what was asked.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, SecondsFormat, SubsecRound as _, Utc};

use super::client::{Redmine, SYSTEM};
use super::wire::{IssueList, RowHead};
use crate::cursor::Position;
use crate::errors::TicketingError;
use crate::http::{Call, Http};
use crate::mapping::Scope;
use crate::storage::RawPayload;
use crate::system::{Page, RawRow};

/// Redmine clamps to this silently.
pub const PAGE: u32 = 100;

/// With `Z`: without it Redmine reads the account's zone. Whole seconds: fractions are refused with 422.
fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn scoped(scope: &Scope) -> Vec<(&'static str, String)> {
    vec![
        ("project_id", scope.project_id.to_string()),
        // Tickets of subprojects belong to other boards.
        ("subproject_id", "!*".into()),
        ("tracker_id", scope.tracker_id.to_string()),
        // Without this only open ones come.
        ("status_id", "*".into()),
        ("limit", PAGE.to_string()),
    ]
}

struct Row {
    head: RowHead,
    raw: RawRow,
}

struct Listed {
    rows: Vec<Row>,
    total: Option<u32>,
    limit: u32,
    what: String,
}

async fn fetch(http: &Http, query: Vec<(&str, String)>, now: DateTime<Utc>) -> Result<Listed, TicketingError> {
    let reply = http.send(Call::get("issues.json", query)).await?;
    let list: IssueList<'_> = http.json(&reply)?;
    let mut rows = Vec::with_capacity(list.issues.len());
    let mut seen = BTreeSet::new();
    for raw in &list.issues {
        let head: RowHead = serde_json::from_str(raw.get())
            .map_err(|e| Redmine::protocol(&reply.what, format!("a row cannot be read: {e}")))?;
        if !seen.insert(head.id) {
            return Err(Redmine::protocol(&reply.what, format!("ticket {} stands twice on one page", head.id)));
        }
        let payload = RawPayload::new(raw.get().as_bytes().to_vec(), now, reply.what.clone());
        let raw = RawRow { remote_id: head.id.to_string(), updated: head.updated_on, payload };
        rows.push(Row { head, raw });
    }
    let limit = list.limit.unwrap_or(PAGE).clamp(1, PAGE);
    Ok(Listed { rows, total: list.total_count, limit, what: reply.what })
}

impl Listed {
    /// Filters fail open (an unknown one returns everything): a row that was not asked for ends the run.
    fn check(&self, holds: impl Fn(&RowHead) -> Result<(), String>) -> Result<(), TicketingError> {
        for row in &self.rows {
            holds(&row.head).map_err(|why| TicketingError::Protocol {
                system: SYSTEM,
                what: self.what.clone(),
                why: format!("a filter was ignored: {why}"),
            })?;
        }
        Ok(())
    }

    fn check_order<K: Ord + Copy>(&self, key: impl Fn(&RowHead) -> K) -> Result<(), TicketingError> {
        if self.rows.windows(2).any(|pair| key(&pair[0].head) > key(&pair[1].head)) {
            return Err(Redmine::protocol(&self.what, "the order that was asked for was ignored"));
        }
        Ok(())
    }

    /// Whether rows remain beyond this page. A page may be short for other reasons than the end.
    fn more(&self) -> bool {
        let count = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        self.total.map_or(count >= self.limit, |total| count < total)
    }
}

fn in_scope(scope: &Scope, row: &RowHead) -> Result<(), String> {
    if row.project.id != scope.project_id {
        return Err(format!("ticket {} is in project {}, not in {}", row.id, row.project.name, scope.project));
    }
    if row.tracker.id != scope.tracker_id {
        return Err(format!("ticket {} is a {}, not a {}", row.id, row.tracker.name, scope.tracker));
    }
    Ok(())
}

/// One page at a position.
pub async fn page(http: &Http, scope: &Scope, at: &Position, now: DateTime<Utc>) -> Result<Page, TicketingError> {
    match at {
        // Whole seconds, as they are asked for and told.
        Position::From { bound } => from(http, scope, bound.map(|b| b.trunc_subsecs(0)), now).await,
        Position::Second { at, after } => second(http, scope, at.trunc_subsecs(0), *after, now).await,
        Position::Census { after } => census(http, scope, *after, now).await,
    }
}

fn finish(listed: Listed, next: Option<Position>) -> Page {
    Page { rows: listed.rows.into_iter().map(|r| r.raw).collect(), total: listed.total, next }
}

/// Redmine asks its database for "later than the second before", so rows of the second before the bound may
/// come along when the server stores fractions.
const SLACK: Duration = Duration::seconds(1);

async fn from(
    http: &Http,
    scope: &Scope,
    bound: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Page, TicketingError> {
    let mut query = scoped(scope);
    query.push(("sort", "updated_on,id".into()));
    if let Some(bound) = bound {
        query.push(("updated_on", format!(">={}", stamp(bound))));
    }
    let listed = fetch(http, query, now).await?;
    listed.check(|row| {
        in_scope(scope, row)?;
        match bound {
            Some(bound) if row.updated_on < bound - SLACK => Err(format!(
                "ticket {} was updated {}, but {} or later was asked for",
                row.id,
                stamp(row.updated_on),
                stamp(bound)
            )),
            _ => Ok(()),
        }
    })?;
    listed.check_order(|row| row.updated_on)?;
    if !listed.more() {
        return Ok(finish(listed, None));
    }
    let Some(last) = listed.rows.last().map(|row| row.head.updated_on) else {
        return Err(Redmine::protocol(&listed.what, "an empty page although rows remain"));
    };
    let next = match bound {
        // No progress: this second (with what shares its fraction) fills the page.
        Some(bound) if last <= bound => Position::Second { at: bound, after: 0 },
        _ => Position::From { bound: Some(last) },
    };
    Ok(finish(listed, Some(next)))
}

async fn second(
    http: &Http,
    scope: &Scope,
    at: DateTime<Utc>,
    after: u32,
    now: DateTime<Utc>,
) -> Result<Page, TicketingError> {
    let until = at + Duration::seconds(1);
    let mut query = scoped(scope);
    query.push(("sort", "id".into()));
    // Inclusive on both sides, on stored fractions: the second after is needed to catch all of this one.
    query.push(("updated_on", format!("><{}|{}", stamp(at), stamp(until))));
    query.push(("issue_id", format!(">={}", after.saturating_add(1))));
    let listed = fetch(http, query, now).await?;
    listed.check(|row| {
        in_scope(scope, row)?;
        if row.id <= after || row.updated_on < at - SLACK || row.updated_on > until {
            return Err(format!(
                "ticket {} of {} came, but those after {after} of {} were asked for",
                row.id,
                stamp(row.updated_on),
                stamp(at)
            ));
        }
        Ok(())
    })?;
    listed.check_order(|row| row.id)?;
    let next = match listed.rows.last() {
        Some(last) if listed.more() => Position::Second { at, after: last.head.id },
        _ => Position::From { bound: Some(until) },
    };
    Ok(finish(listed, Some(next)))
}

async fn census(http: &Http, scope: &Scope, after: u32, now: DateTime<Utc>) -> Result<Page, TicketingError> {
    let mut query = scoped(scope);
    query.push(("sort", "id".into()));
    query.push(("issue_id", format!(">={}", after.saturating_add(1))));
    let listed = fetch(http, query, now).await?;
    listed.check(|row| {
        in_scope(scope, row)?;
        if row.id <= after {
            return Err(format!("ticket {} came, but those after {after} were asked for", row.id));
        }
        Ok(())
    })?;
    listed.check_order(|row| row.id)?;
    let next = match listed.rows.last() {
        Some(last) if listed.more() => Some(Position::Census { after: last.head.id }),
        None if listed.more() => {
            return Err(Redmine::protocol(&listed.what, "an empty page although rows remain"));
        }
        _ => None,
    };
    Ok(finish(listed, next))
}

/// The newest changes, for a dry run.
pub async fn newest(http: &Http, scope: &Scope, count: u32, now: DateTime<Utc>) -> Result<Vec<RawRow>, TicketingError> {
    let mut query = scoped(scope);
    query.retain(|(name, _)| *name != "limit");
    query.push(("limit", count.clamp(1, PAGE).to_string()));
    query.push(("sort", "updated_on:desc,id:desc".into()));
    let listed = fetch(http, query, now).await?;
    listed.check(|row| in_scope(scope, row))?;
    Ok(listed.rows.into_iter().map(|r| r.raw).collect())
}

/// Rows of the given ids; those our account may not see are absent.
pub async fn by_ids(
    http: &Http,
    ids: &BTreeSet<String>,
    now: DateTime<Utc>,
) -> Result<BTreeMap<String, RawPayload>, TicketingError> {
    let mut found = BTreeMap::new();
    let all: Vec<&String> = ids.iter().filter(|id| id.parse::<u32>().is_ok()).collect();
    for some in all.chunks(PAGE as usize) {
        let wanted = some.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(",");
        let query =
            vec![("issue_id", wanted), ("status_id", "*".into()), ("sort", "id".into()), ("limit", PAGE.to_string())];
        let listed = fetch(http, query, now).await?;
        listed.check(|row| {
            if ids.contains(&row.id.to_string()) { Ok(()) } else { Err(format!("ticket {} was not asked for", row.id)) }
        })?;
        found.extend(listed.rows.into_iter().map(|r| (r.raw.remote_id, r.raw.payload)));
    }
    Ok(found)
}
