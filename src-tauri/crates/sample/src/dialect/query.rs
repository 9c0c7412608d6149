//! `GET /issues.json`: filters, order, pages.
use std::cmp::Ordering;

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use super::{Ask, Reply, leading_number, show};
use crate::world::{Issue, User, World};

/// The end points of a filter on a time.
#[derive(Debug, Clone, Copy, Default)]
struct Span {
    /// Exclusive.
    above: Option<DateTime<Utc>>,
    /// Inclusive.
    until: Option<DateTime<Utc>>,
}

impl Span {
    fn holds(&self, time: DateTime<Utc>) -> bool {
        self.above.is_none_or(|above| time > above) && self.until.is_none_or(|until| time <= until)
    }
}

/// One filter that Redmine knows.
#[derive(Debug, Clone)]
enum Filter {
    /// Open, closed, any, or one of these numbers (`!`: none of them).
    Open,
    Closed,
    Any,
    Number {
        of: Number,
        among: Vec<i64>,
        not: bool,
    },
    Ids {
        low: i64,
        high: i64,
    },
    Time {
        of: Stamp,
        span: Span,
    },
    Subject {
        text: String,
        whole: bool,
        not: bool,
    },
    /// Updated after it was made, or never.
    Touched(bool),
    Custom {
        field: u32,
        among: Vec<String>,
        not: bool,
    },
    Unset {
        field: u32,
        unset: bool,
    },
}

#[derive(Debug, Clone, Copy)]
enum Number {
    Status,
    Tracker,
    Priority,
    Author,
    Assignee,
    Parent,
    Issue,
    Project,
}

#[derive(Debug, Clone, Copy)]
enum Stamp {
    Updated,
    Created,
    Closed,
}

impl Filter {
    fn holds(&self, world: &World, issue: &Issue) -> bool {
        let closed = world.statuses.get(&issue.status).is_some_and(|status| status.closed);
        match self {
            Self::Open => !closed,
            Self::Closed => closed,
            Self::Any => true,
            Self::Number { of, among, not } => {
                let value = match of {
                    Number::Status => Some(issue.status),
                    Number::Tracker => Some(issue.tracker),
                    Number::Priority => Some(issue.priority),
                    Number::Author => Some(issue.author),
                    Number::Assignee => issue.assignee,
                    Number::Parent => issue.parent,
                    Number::Issue => Some(issue.id),
                    Number::Project => Some(issue.project),
                };
                value.is_some_and(|value| among.contains(&i64::from(value))) != *not
            }
            Self::Ids { low, high } => (*low..=*high).contains(&i64::from(issue.id)),
            Self::Time { of, span } => match of {
                Stamp::Updated => span.holds(issue.updated_on),
                Stamp::Created => span.holds(issue.created_on),
                Stamp::Closed => issue.closed_on.is_some_and(|time| span.holds(time)),
            },
            Self::Subject { text, whole: true, not } => (issue.subject == *text) != *not,
            Self::Subject { text, whole: false, not } => {
                issue.subject.to_lowercase().contains(&text.to_lowercase()) != *not
            }
            Self::Touched(yes) => (issue.updated_on > issue.created_on) == *yes,
            Self::Custom { field, among, not } => {
                issue.custom.get(field).is_some_and(|value| among.iter().any(|one| one == value)) != *not
            }
            Self::Unset { field, unset } => issue.custom.get(field).is_none_or(String::is_empty) == *unset,
        }
    }
}

/// The operator at the front of `updated_on=>=2026-01-01`, and the values behind it.
fn operator(text: &str) -> (&str, Vec<&str>) {
    const KNOWN: [&str; 10] = ["!~", "!*", "><", ">=", "<=", "~", "!", "=", "*", "o"];
    let op = KNOWN.iter().find(|op| text.starts_with(**op) && (**op != "o" || text == "o"));
    let (op, rest) = op.map_or(("=", text), |op| (*op, &text[op.len()..]));
    (op, if rest.is_empty() { Vec::new() } else { rest.split('|').collect() })
}

/// A date or a time as Redmine's expression accepts it: whole seconds only, and a time without `Z` is read in the
/// account's zone.
fn time_bound(text: &str, zone: Tz, end_of_day: bool) -> Option<DateTime<Utc>> {
    let local = |naive: NaiveDateTime| zone.from_local_datetime(&naive).earliest().map(|time| time.with_timezone(&Utc));
    let Some((date, time)) = text.split_once('T') else {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        let day = if end_of_day { date } else { date.pred_opt()? };
        return local(day.and_time(NaiveTime::from_hms_nano_opt(23, 59, 59, 999_999_999)?));
    };
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?;
    let (time, utc) = time.strip_suffix('Z').map_or((time, false), |time| (time, true));
    let time = ["%H:%M:%S", "%H%M%S", "%H:%M"].iter().find_map(|form| NaiveTime::parse_from_str(time, form).ok())?;
    let naive = date.and_time(time);
    let at = if utc { naive.and_utc() } else { local(naive)? };
    // Redmine asks for "later than the second before", so a row of T-0.4 s comes with `>=T`.
    Some(if end_of_day { at } else { at - Duration::seconds(1) })
}

fn time_filter(of: Stamp, label: &str, text: &str, zone: Tz) -> Result<Filter, String> {
    let (op, values) = operator(text);
    let invalid = || format!("{label} is invalid");
    let first = *values.first().unwrap_or(&"");
    let bound = |value: &str, end| time_bound(value, zone, end).ok_or_else(invalid);
    let span = match op {
        "*" | "!*" => return Ok(Filter::Touched(op == "*")),
        ">=" | "<=" | "><" | "=" if first.is_empty() => return Err(format!("{label} cannot be blank")),
        ">=" => Span { above: Some(bound(first, false)?), until: None },
        "<=" => Span { above: None, until: Some(bound(first, true)?) },
        "><" => Span {
            above: Some(bound(first, false)?),
            until: values.get(1).map(|value| bound(value, true)).transpose()?,
        },
        "=" => Span { above: Some(bound(first, false)?), until: Some(bound(first, true)?) },
        _ => return Err(invalid()),
    };
    Ok(Filter::Time { of, span })
}

fn numbers(of: Number, text: &str, me: u32) -> Filter {
    let (op, values) = operator(text);
    let number = |value: &&str| if *value == "me" { i64::from(me) } else { leading_number(value) };
    Filter::Number { of, among: values.iter().map(number).collect(), not: op.starts_with('!') }
}

fn ids(text: &str) -> Result<Filter, String> {
    let (op, values) = operator(text);
    let number = |at: usize| values.get(at).map(|value| leading_number(value));
    if values.iter().any(|value| !value.chars().all(|c| c.is_ascii_digit() || "+-,".contains(c))) {
        return Err("Issue is invalid".to_owned());
    }
    Ok(match op {
        ">=" => Filter::Ids { low: number(0).unwrap_or(0), high: i64::MAX },
        "<=" => Filter::Ids { low: 0, high: number(0).unwrap_or(0) },
        "><" => Filter::Ids { low: number(0).unwrap_or(0), high: number(1).unwrap_or(i64::MAX) },
        "*" => Filter::Any,
        _ => {
            let list = values.first().copied().unwrap_or_default();
            let among =
                list.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).map(leading_number).collect();
            Filter::Number { of: Number::Issue, among, not: false }
        }
    })
}

/// The filters as names and expressions: either `updated_on=>=…`, or `f[]`, `op[…]` and `v[…][]`, which clear the
/// default of open issues.
fn expressions(ask: &Ask) -> (Vec<(String, String)>, bool) {
    let long: Vec<&str> = ask.query.iter().filter(|(key, _)| key == "f[]").map(|(_, name)| name.as_str()).collect();
    if long.is_empty() {
        return (ask.query.clone(), true);
    }
    let expression = |name: &&str| {
        let values = format!("v[{name}][]");
        let values: Vec<&str> = ask.query.iter().filter(|(key, _)| *key == values).map(|(_, v)| v.as_str()).collect();
        ((*name).to_owned(), format!("{}{}", ask.param(&format!("op[{name}]")).unwrap_or("="), values.join("|")))
    };
    (long.iter().map(expression).collect(), false)
}

/// Reads the filters. A name that Redmine does not know is ignored, so such a filter lets everything through.
fn filters(world: &World, ask: &Ask, user: &User) -> Result<Vec<Filter>, Vec<String>> {
    let mut out = Vec::new();
    let mut wrong = Vec::new();
    let (expressions, short) = expressions(ask);
    let mut status = if short { Filter::Open } else { Filter::Any };
    for (name, value) in &expressions {
        let found = match name.as_str() {
            "status_id" => {
                if value.is_empty() {
                    wrong.push("Status cannot be blank".to_owned());
                }
                status = match value.as_str() {
                    "open" | "o" => Filter::Open,
                    "closed" | "c" => Filter::Closed,
                    "*" => Filter::Any,
                    _ => numbers(Number::Status, value, user.id),
                };
                None
            }
            "tracker_id" => Some(numbers(Number::Tracker, value, user.id)),
            "priority_id" => Some(numbers(Number::Priority, value, user.id)),
            "author_id" => Some(numbers(Number::Author, value, user.id)),
            "assigned_to_id" => Some(numbers(Number::Assignee, value, user.id)),
            "parent_id" => Some(numbers(Number::Parent, value, user.id)),
            "issue_id" => ids(value).map_err(|why| wrong.push(why)).ok(),
            "subject" => {
                let (op, values) = operator(value);
                Some(Filter::Subject { text: values.join("|"), whole: !op.ends_with('~'), not: op.starts_with('!') })
            }
            "updated_on" | "created_on" | "closed_on" => {
                let (of, label) = match name.as_str() {
                    "updated_on" => (Stamp::Updated, "Updated"),
                    "created_on" => (Stamp::Created, "Created"),
                    _ => (Stamp::Closed, "Closed"),
                };
                time_filter(of, label, value, ask.zone).map_err(|why| wrong.push(why)).ok()
            }
            _ => {
                name.strip_prefix("cf_").and_then(|id| id.parse().ok()).filter(|id| world.fields.contains_key(id)).map(
                    |field| match operator(value) {
                        ("*", _) => Filter::Unset { field, unset: false },
                        ("!*", _) => Filter::Unset { field, unset: true },
                        (op, values) => Filter::Custom {
                            field,
                            among: values.iter().map(|v| (*v).to_owned()).collect(),
                            not: op.starts_with('!'),
                        },
                    },
                )
            }
        };
        out.extend(found);
    }
    out.push(status);
    if wrong.is_empty() { Ok(out) } else { Err(wrong) }
}

fn compare(key: &str, a: &Issue, b: &Issue) -> Ordering {
    match key {
        "id" => a.id.cmp(&b.id),
        "updated_on" => a.updated_on.cmp(&b.updated_on),
        "created_on" => a.created_on.cmp(&b.created_on),
        "subject" => a.subject.cmp(&b.subject),
        "status" => a.status.cmp(&b.status),
        "tracker" => a.tracker.cmp(&b.tracker),
        "priority" => a.priority.cmp(&b.priority),
        "project" => a.project.cmp(&b.project),
        // A column that cannot be sorted by is ignored.
        _ => Ordering::Equal,
    }
}

/// `GET /issues.json`
pub(super) fn list(world: &World, ask: &Ask, user: &User) -> Reply {
    let project = match ask.param("project_id") {
        None => None,
        Some(wanted) => match super::lists::find_project(world, user, wanted) {
            Ok(project) => Some(project.id),
            Err(reply) => return reply,
        },
    };
    let mut filters = match filters(world, ask, user) {
        Ok(filters) => filters,
        Err(messages) => return Reply::errors(&messages),
    };
    if let Some(project) = project {
        filters.push(Filter::Number { of: Number::Project, among: vec![i64::from(project)], not: false });
    }
    let mut found: Vec<&Issue> = world
        .issues
        .values()
        .filter(|issue| world.sees(user, issue.project) && filters.iter().all(|filter| filter.holds(world, issue)))
        .collect();
    let order: Vec<(&str, bool)> = ask
        .param("sort")
        .unwrap_or_default()
        .split(',')
        .map(|key| key.split_once(':').map_or((key, false), |(key, way)| (key, way == "desc")))
        .collect();
    found.sort_by(|a, b| {
        let by_keys = order.iter().fold(Ordering::Equal, |so_far, (key, descending)| {
            so_far.then_with(|| if *descending { compare(key, b, a) } else { compare(key, a, b) })
        });
        // Without an order, or within equal rows, the newest number comes first.
        by_keys.then_with(|| b.id.cmp(&a.id))
    });
    let (offset, limit) = super::window_of(ask);
    let total = found.len();
    let page: Vec<Value> =
        found.into_iter().skip(offset).take(limit).map(|issue| show::row(world, ask, user, issue, false)).collect();
    Reply::json(200, &serde_json::json!({ "issues": page, "total_count": total, "offset": offset, "limit": limit }))
}
