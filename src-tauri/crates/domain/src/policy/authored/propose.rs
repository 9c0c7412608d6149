//! Settings that somebody proposes, put into a policy: read as they would be in its text, so that a misspelt one is told
//! with its mend before anybody signs for it (R97, R102).
use serde_json::{Map, Value as Json};
use toml::de::DeTable;

use super::read::{self, nearest, shown};
use super::settings::{Kind, SETTINGS, Setting};
use super::{Report, write};
use crate::policy::Policy;
use crate::policy::proposal::ProposedSetting;

/// The `policy.toml` of this policy with these settings in the place of its own. Whether the whole is a policy,
/// [`super::parse`] says.
///
/// # Errors
/// A line for each path that is no setting, and each value that its setting cannot have.
pub fn with_settings(policy: &Policy, settings: &[ProposedSetting]) -> Result<String, Vec<String>> {
    let mut json = Map::new();
    if let Ok(Json::Object(whole)) = serde_json::to_value(policy) {
        json = whole;
    }
    let mut wrong = Vec::new();
    for setting in settings {
        match value_of(setting) {
            Ok(value) => {
                said(&mut json, policy, &setting.path);
                put(&mut json, &setting.path, value);
            }
            Err(told) => wrong.extend(told),
        }
    }
    if wrong.is_empty() { Ok(write::text(&Json::Object(json))) } else { Err(wrong) }
}

/// The value as JSON, by what its setting may say.
fn value_of(setting: &ProposedSetting) -> Result<Json, Vec<String>> {
    let path = setting.path.as_str();
    let parts: Vec<&str> = path.split('.').collect();
    let kind = within(SETTINGS, &parts).map_err(|what| vec![format!("{}: {what}", shown(path))])?;
    let text = format!("value = {}", setting.value);
    let mut report = Report::of(&text);
    let (root, errors) = DeTable::parse_recoverable(&text);
    if !errors.is_empty() || root.get_ref().len() != 1 {
        let what = format!("`{}` is no value of a policy.toml; a text stands in quotes", shown(&setting.value));
        return Err(vec![format!("{path}: {what}")]);
    }
    let read = root.get_ref().get("value").and_then(|found| read::read(found, path, kind, &mut report));
    let told: Vec<String> =
        report.told().into_iter().map(|problem| format!("{}: {}", problem.path, problem.what)).collect();
    match read {
        Some(value) if told.is_empty() => Ok(value),
        Some(_) | None => Err(told),
    }
}

/// What the setting of this path may say.
fn within(settings: &'static [Setting], parts: &[&str]) -> Result<&'static Kind, String> {
    let keys: Vec<&str> = settings.iter().map(|setting| setting.key).collect();
    let [first, rest @ ..] = parts else {
        return Err(format!("is a table; propose a setting of it, one of: {}", keys.join(", ")));
    };
    match settings.iter().find(|setting| setting.key == *first) {
        Some(setting) => below(&setting.kind, rest),
        None => Err(unknown("setting", first, &keys)),
    }
}

fn below(kind: &'static Kind, parts: &[&str]) -> Result<&'static Kind, String> {
    match kind {
        Kind::Table(settings) => within(settings, parts),
        Kind::Each { noun, keys, of } => match parts {
            [] => Err(format!("is a table; propose a setting of it, one of: {}", keys.join(", "))),
            [key, rest @ ..] if keys.contains(key) => below(of, rest),
            [key, ..] => Err(unknown(noun, key, keys)),
        },
        Kind::Rows(_) => Err("is made of rows; say in words what is to stand there".to_owned()),
        Kind::Flag
        | Kind::Number { .. }
        | Kind::Text(_)
        | Kind::LocalTime
        | Kind::Word(_)
        | Kind::Clause
        | Kind::List { .. }
        | Kind::Formula(_) => match parts {
            [] => Ok(kind),
            [more, ..] => Err(format!("has no `{}` within it; propose its whole value", shown(more))),
        },
    }
}

fn unknown(noun: &str, name: &str, keys: &[&str]) -> String {
    let given = shown(name);
    match nearest(name, keys) {
        Some(meant) => format!("`{given}` is no {noun}; did you mean `{meant}`?"),
        None => format!("`{given}` is no {noun}; give one of: {}", keys.join(", ")),
    }
}

/// A table that the policy leaves out because it is as built in has all its settings, once one of them is another.
fn said(json: &mut Map<String, Json>, policy: &Policy, path: &str) {
    let (table, whole) = match path.split('.').next() {
        Some(key @ "hours") => (key, serde_json::to_value(&policy.hours)),
        Some(key @ "ladder") => (key, serde_json::to_value(policy.ladder)),
        Some(key @ "emergency") => (key, serde_json::to_value(&policy.emergency)),
        Some(_) | None => return,
    };
    if let Ok(whole) = whole {
        json.entry(table).or_insert(whole);
    }
}

fn put(json: &mut Map<String, Json>, path: &str, value: Json) {
    let Some((table, rest)) = path.split_once('.') else {
        json.insert(path.to_owned(), value);
        return;
    };
    let inner = json.entry(table).or_insert_with(|| Json::Object(Map::new()));
    if let Json::Object(inner) = inner {
        put(inner, rest, value);
    }
}
