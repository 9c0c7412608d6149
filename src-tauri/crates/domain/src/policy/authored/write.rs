//! A policy as a `policy.toml` that can be edited: a comment above each setting, its clause beside it.
use std::fmt::Write as _;

use serde_json::{Map, Value as Json};

use super::settings::{BLOCKABLE, FREEZE, Kind, SETTINGS, Setting};
use crate::calendar::Freeze;
use crate::policy::Policy;
use crate::text::invisible::invisible;

/// How long a list may be and stand on one line.
const ONE_LINE: usize = 90;

/// The text of which [`super::parse`] makes this policy.
#[must_use]
pub fn write(policy: &Policy) -> String {
    text(&serde_json::to_value(policy).unwrap_or_default())
}

/// The text of a policy's canonical form, or of what is about to become one.
pub(super) fn text(policy: &Json) -> String {
    let mut out = String::from(
        "# A policy of Cabinet. Edit it, give it a new name, and look at what it would do before it is adopted:\n\
         #   cab policy check policy.toml · cab policy simulate policy.toml · cab policy adopt policy.toml\n\n",
    );
    if let Json::Object(json) = policy {
        table(&mut out, "", SETTINGS, json);
    }
    let end = out.trim_end().len();
    out.truncate(end);
    out.push('\n');
    out
}

/// Freezes as the rows of a `policy.toml`, to be pasted at its end.
#[must_use]
pub fn freeze_rows(freezes: &[Freeze]) -> String {
    let mut out = String::new();
    for freeze in freezes {
        if let Ok(json) = serde_json::to_value(freeze) {
            row(&mut out, "freezes", FREEZE, &json);
        }
    }
    out
}

fn table(out: &mut String, path: &str, settings: &[Setting], json: &Map<String, Json>) {
    let (tables, values): (Vec<&Setting>, Vec<&Setting>) = settings.iter().partition(|setting| is_table(&setting.kind));
    if !path.is_empty() && !values.is_empty() {
        let _ = writeln!(out, "[{path}]");
    }
    for setting in values {
        comment(out, setting);
        let text = match json.get(setting.key) {
            Some(value) if value.is_array() => {
                listed(value, matches!(setting.kind, Kind::List { of: Kind::Clause, .. }))
            }
            Some(value) => inline(value),
            None => off(&setting.kind),
        };
        let _ = writeln!(out, "{} = {text}\n", setting.key);
    }
    for setting in tables {
        let path = if path.is_empty() { setting.key.to_owned() } else { format!("{path}.{}", setting.key) };
        if let Kind::Rows(of) = &setting.kind {
            comment(out, setting);
            rows(out, &path, setting.example, of, json.get(setting.key));
            continue;
        }
        let Some(Json::Object(inner)) = json.get(setting.key) else { continue };
        comment(out, setting);
        match &setting.kind {
            Kind::Table(settings) => table(out, &path, settings, inner),
            Kind::Each { keys, .. } => {
                let _ = writeln!(out, "[{path}]");
                for (key, value) in keys.iter().filter_map(|key| Some((key, inner.get(*key)?))) {
                    let text = if value.is_array() { listed(value, false) } else { inline(value) };
                    let _ = writeln!(out, "{key} = {text}");
                }
                out.push('\n');
            }
            Kind::Flag
            | Kind::Number { .. }
            | Kind::Text(_)
            | Kind::Word(_)
            | Kind::Clause
            | Kind::List { .. }
            | Kind::Formula(_)
            | Kind::LocalTime
            | Kind::Rows(_) => {}
        }
    }
}

/// Each row under a header of its own; where there are none, how one would look.
fn rows(out: &mut String, path: &str, example: &str, of: &[Setting], found: Option<&Json>) {
    let found = found.and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    for json in found {
        row(out, path, of, json);
    }
    if found.is_empty() {
        for line in example.lines() {
            let _ = writeln!(out, "# {line}");
        }
        out.push('\n');
    }
}

fn row(out: &mut String, path: &str, of: &[Setting], json: &Json) {
    let _ = writeln!(out, "[[{path}]]");
    for (setting, value) in of.iter().filter_map(|setting| Some((setting, json.get(setting.key)?))) {
        // No freeze has seconds.
        let time = value.as_str().filter(|_| matches!(setting.kind, Kind::LocalTime));
        let text = match time.and_then(|time| time.strip_suffix(":00")) {
            Some(minute) => quoted(minute),
            None if matches!(setting.kind, Kind::Rows(_)) => listed(value, false),
            None => inline(value),
        };
        let _ = writeln!(out, "{} = {text}", setting.key);
    }
    out.push('\n');
}

fn is_table(kind: &Kind) -> bool {
    matches!(kind, Kind::Table(_) | Kind::Each { .. } | Kind::Rows(_))
}

/// What a setting that was left out says.
fn off(kind: &Kind) -> String {
    match kind {
        Kind::Number { .. } => "0".to_owned(),
        Kind::List { .. } => "[]".to_owned(),
        // The first word is that of a policy that says nothing.
        Kind::Word(words) => quoted(words.first().copied().unwrap_or_default()),
        Kind::Flag
        | Kind::Text(_)
        | Kind::Clause
        | Kind::Formula(_)
        | Kind::Table(_)
        | Kind::Each { .. }
        | Kind::LocalTime
        | Kind::Rows(_) => "false".to_owned(),
    }
}

fn comment(out: &mut String, setting: &Setting) {
    let clause = if setting.clause.is_empty() { String::new() } else { format!(" ({})", setting.clause) };
    for line in format!("{}{clause}", setting.says).lines() {
        let _ = writeln!(out, "# {line}");
    }
}

/// A list: on one line where it fits, else one a line; clauses always so, each with what it asks for.
fn listed(list: &Json, clauses: bool) -> String {
    let short = inline(list);
    let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
    if items.is_empty() || (!clauses && short.len() <= ONE_LINE) {
        return short;
    }
    let mut out = String::from("[\n");
    for item in items {
        let asks = BLOCKABLE.iter().find(|(clause, _)| clauses && item.as_str() == Some(*clause));
        let _ = match asks {
            Some((_, asks)) => writeln!(out, "    {}, # {asks}", inline(item)),
            None => writeln!(out, "    {},", inline(item)),
        };
    }
    out.push(']');
    out
}

fn inline(value: &Json) -> String {
    match value {
        Json::Null => "false".to_owned(),
        Json::Bool(flag) => flag.to_string(),
        Json::Number(number) => number.to_string(),
        Json::String(text) => quoted(text),
        Json::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Json::Object(object) => {
            let pairs: Vec<String> = object.iter().map(|(key, value)| format!("{key} = {}", inline(value))).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
    }
}

/// A text in quotes, with nothing hidden in it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() || invisible(c) => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
