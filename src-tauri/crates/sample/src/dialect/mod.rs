//! Redmine's REST dialect as a pure function: a request and the world in, an answer out.
//!
//! What it does oddly, Redmine 5.0 does oddly; each oddity has a test.
mod files;
pub(crate) use files::{clean_name, content_type, mix};
mod lists;
mod query;
mod show;
pub(crate) mod write;

#[cfg(test)]
mod tests;

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::world::{Reach, User, World};

/// A request, already read.
#[derive(Debug, Clone)]
pub struct Ask {
    /// `GET`, `PUT` or `POST`.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Decoded, in the order of the address.
    pub query: Vec<(String, String)>,
    /// `X-Redmine-API-Key`.
    pub api_key: Option<String>,
    /// `Content-Type`, whole.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
    /// `http://127.0.0.1:port`, for the addresses in answers.
    pub origin: String,
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// The zone in which a time without one is read.
    pub zone: Tz,
}

impl Ask {
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether `include=` names `what`.
    pub(crate) fn includes(&self, what: &str) -> bool {
        self.param("include").is_some_and(|list| list.split(',').any(|word| word.trim() == what))
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Header names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    fn new(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn json(status: u16, value: &Value) -> Self {
        let mut reply = Self::new(status).with("content-type", "application/json; charset=utf-8");
        reply.body = value.to_string().into_bytes();
        reply
    }

    fn errors(messages: &[String]) -> Self {
        Self::json(422, &json!({ "errors": messages }))
    }

    pub(crate) fn html(status: u16, body: &str) -> Self {
        let mut reply = Self::new(status).with("content-type", "text/html; charset=utf-8");
        reply.body = body.as_bytes().to_vec();
        reply
    }
}

/// The login page: what a browser, or a client that follows redirects, ends up with.
pub(crate) const LOGIN_PAGE: &str = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
<title>Ostwind Pay &amp; Freight - sign in</title></head><body><h1>Sign in</h1>\
<p>This is the sample ticketing server inside Cabinet. It has no pages; Cabinet reads it through its API.</p></body></html>\n";

/// How the API prints a time: whole seconds, whatever is stored.
pub(crate) fn stamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Answers one request. Everything it changes is in `world`, at once or not at all.
pub fn answer(world: &mut World, ask: &Ask) -> Reply {
    let path = ask.path.trim_matches('/');
    if path == "login" {
        return Reply::html(200, LOGIN_PAGE);
    }
    let (bare, api) = path.strip_suffix(".json").map_or((path, false), |bare| (bare, true));
    let parts: Vec<&str> = bare.split('/').collect();
    let download = parts.first() == Some(&"attachments") && parts.get(1) == Some(&"download");
    let key = ask.param("key").or(ask.api_key.as_deref());
    let user = key.and_then(|key| world.users.values().find(|user| user.api_key.as_deref() == Some(key))).cloned();
    let Some(user) = user else {
        return stranger(ask, &parts, api && !download);
    };
    if download {
        return files::download(world, ask, &user, path);
    }
    if !api {
        return Reply::html(if path.is_empty() { 200 } else { 404 }, LOGIN_PAGE);
    }
    match (ask.method.as_str(), parts.as_slice()) {
        ("GET", ["issues"]) => query::list(world, ask, &user),
        ("GET", ["issues", id]) => show::issue(world, ask, &user, id),
        ("PUT" | "PATCH", ["issues", id]) => write::update(world, ask, &user, id),
        ("POST", ["uploads"]) => files::upload(world, ask, &user),
        ("GET", ["attachments", id]) => files::metadata(world, ask, &user, id),
        ("GET", ["users", "current"]) => lists::user(&user, &user),
        ("GET", ["users", id]) => lists::user_by_id(world, &user, id),
        ("GET", ["projects"]) => lists::projects(world, ask, &user),
        ("GET", ["projects", id]) => lists::project(world, ask, &user, id),
        ("GET", ["projects", id, "memberships"]) => lists::memberships(world, ask, &user, id),
        ("GET", ["trackers"]) => lists::trackers(world),
        ("GET", ["issue_statuses"]) => lists::statuses(world),
        ("GET", ["enumerations", "issue_priorities"]) => lists::priorities(world),
        ("GET", ["custom_fields"]) if user.reach == Reach::Admin => lists::custom_fields(world),
        ("GET", ["custom_fields"]) => Reply::new(403),
        _ => Reply::json(404, &json!({ "status": 404, "error": "Not Found" })),
    }
}

/// Without a valid key: an API address says 401, a page sends the browser to the login page. A download does one or
/// the other by the end of the file's name, because Rails takes that for the wanted format; who follows the redirect
/// stores the login page as the plan.
fn stranger(ask: &Ask, parts: &[&str], api: bool) -> Reply {
    const NOT_A_PAGE: [&str; 12] =
        ["txt", "png", "jpg", "jpeg", "gif", "svg", "xml", "zip", "gz", "rtf", "yaml", "json"];
    let end = ask.path.rsplit_once('.').map_or("", |(_, end)| end);
    if api {
        Reply::new(401).with("www-authenticate", "Basic realm=\"Redmine API\"")
    } else if parts.len() > 2 && NOT_A_PAGE.contains(&end) {
        Reply::new(401).with("content-type", "text/plain")
    } else {
        Reply::new(302).with("location", format!("{}/login?back_url={}", ask.origin, escape(&ask.path)))
    }
}

fn escape(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// `offset` and `limit` as Redmine reads them: 25 unless said, never more than 100, nonsense is the default.
fn window_of(ask: &Ask) -> (usize, usize) {
    let number = |name: &str| ask.param(name).map(leading_number);
    let limit = match number("limit") {
        Some(n) if n > 100 => 100,
        Some(n) if n >= 1 => n,
        Some(_) | None => 25,
    };
    let offset = number("offset").map(|n| n.max(0)).or_else(|| number("page").map(|page| ((page - 1) * limit).max(0)));
    (usize::try_from(offset.unwrap_or(0)).unwrap_or(usize::MAX), usize::try_from(limit).unwrap_or(25))
}

/// Ruby's `to_i`: the digits at the front, else 0.
fn leading_number(text: &str) -> i64 {
    let text = text.trim_start();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let digits: String = digits.chars().take_while(char::is_ascii_digit).take(12).collect();
    sign * digits.parse::<i64>().unwrap_or(0)
}

fn paged(name: &str, rows: &[Value], ask: &Ask) -> Reply {
    let (offset, limit) = window_of(ask);
    let page: Vec<&Value> = rows.iter().skip(offset).take(limit).collect();
    Reply::json(200, &json!({ name: page, "total_count": rows.len(), "offset": offset, "limit": limit }))
}

fn named(id: u32, name: &str) -> Value {
    json!({ "id": id, "name": name })
}

fn user_ref(world: &World, id: u32) -> Value {
    named(id, &world.user_name(id))
}

/// The issue with this number, or 404 when there is none and 403 when the account may not see it.
fn find_issue(world: &World, user: &User, id: &str) -> Result<u32, Reply> {
    let issue = id.parse().ok().and_then(|id: u32| world.issues.get(&id)).ok_or_else(|| Reply::new(404))?;
    if world.sees(user, issue.project) { Ok(issue.id) } else { Err(Reply::new(403)) }
}
