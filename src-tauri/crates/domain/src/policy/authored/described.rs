//! A policy in words: every setting with its clause, in groups, for people who do not read TOML.
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use specta::Type;

use super::settings::{BLOCKABLE, Kind, SETTINGS, Setting};
use crate::policy::Policy;
use crate::text::mark_invisible;

/// Settings that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SettingsSection {
    /// The table's name in the text; a word of ours for what stands at its top.
    pub key: String,
    /// What it is about.
    pub title: String,
    /// The clauses that ask for it; empty where it is the form's own.
    pub clause: String,
    /// Its settings, in the order of the text.
    pub settings: Vec<SettingInWords>,
}

/// A setting, and what it is set to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SettingInWords {
    /// Its path, `quorum.formula`.
    pub path: String,
    /// What it means.
    pub says: String,
    /// The clauses that ask for it; empty where it is the form's own.
    pub clause: String,
    /// What it is set to, a line each; none where nothing is named.
    pub values: Vec<String>,
}

/// What stands at the top of the text, in groups: their words, their titles, and which settings.
static TOP: [(&str, &str, &[&str]); 4] = [
    ("policy", "The policy itself", &["schema", "name", "strength"]),
    ("gates", "What blocks", &["environment", "branch", "blocking", "shared_accounts", "canary_from"]),
    (
        "sign_offs",
        "What a signature speaks for",
        &["material", "pin_every_act", "window_tolerance_minutes", "named_lead", "chain_binds", "sealed_entries"],
    ),
    ("pipelines", "Pipelines", &["fresh_until_hours", "standing_uncounted", "break_glass"]),
];

/// The group of what is in none of them.
const REST: (&str, &str) = ("other", "Other settings");

/// The policy's settings, in groups; each is there, also where it is left out of the text.
#[must_use]
pub fn describe(policy: &Policy) -> Vec<SettingsSection> {
    let Ok(Json::Object(json)) = serde_json::to_value(policy) else { return Vec::new() };
    let (tables, top): (Vec<&Setting>, Vec<&Setting>) = SETTINGS.iter().partition(|setting| is_table(&setting.kind));
    let mut sections = Vec::new();
    for (key, title) in TOP.iter().map(|(key, title, _)| (*key, *title)).chain([REST]) {
        let of_group = top.iter().filter(|setting| group(setting.key) == key);
        let settings: Vec<SettingInWords> =
            of_group.map(|setting| in_words(setting.key, setting, json.get(setting.key))).collect();
        if !settings.is_empty() {
            sections.push(SettingsSection {
                key: key.to_owned(),
                title: title.to_owned(),
                clause: String::new(),
                settings,
            });
        }
    }
    for setting in tables {
        sections.push(SettingsSection {
            key: setting.key.to_owned(),
            title: one_line(setting.says),
            clause: setting.clause.to_owned(),
            settings: within(setting.key, setting, json.get(setting.key)),
        });
    }
    sections
}

fn group(key: &str) -> &'static str {
    TOP.iter().find(|(_, _, keys)| keys.contains(&key)).map_or(REST.0, |(group, _, _)| *group)
}

fn is_table(kind: &Kind) -> bool {
    matches!(kind, Kind::Table(_) | Kind::Each { .. } | Kind::Rows(_))
}

/// The settings of a table; those of a table within it stand beside them, under their path.
fn within(path: &str, setting: &Setting, json: Option<&Json>) -> Vec<SettingInWords> {
    if let (Kind::Table(settings), Some(Json::Object(inner))) = (&setting.kind, json) {
        let each = settings.iter().flat_map(|one| within(&format!("{path}.{}", one.key), one, inner.get(one.key)));
        return each.collect();
    }
    vec![in_words(path, setting, json)]
}

fn in_words(path: &str, setting: &Setting, json: Option<&Json>) -> SettingInWords {
    SettingInWords {
        path: path.to_owned(),
        says: one_line(setting.says),
        clause: setting.clause.to_owned(),
        values: values(&setting.kind, json).iter().map(|value| mark_invisible(value)).collect(),
    }
}

fn values(kind: &Kind, json: Option<&Json>) -> Vec<String> {
    let Some(json) = json else { return left_out(kind).into_iter().map(ToOwned::to_owned).collect() };
    if let Some(percent) = json.pointer("/at_least_percent/percent").filter(|_| matches!(kind, Kind::Formula(_))) {
        return vec![format!("at least {percent} %, rounded up")];
    }
    if let (Kind::Each { keys, of, .. }, Json::Object(each)) = (kind, json) {
        let line = |key: &&str| each.get(*key).map(|value| format!("{}: {}", spaced(key), said(of, value)));
        return keys.iter().filter_map(line).collect();
    }
    match json {
        Json::Array(items) => items.iter().map(|item| said(kind, item)).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => vec![said(kind, json)],
    }
}

/// What a setting that was left out says.
fn left_out(kind: &Kind) -> Option<&'static str> {
    if matches!(kind, Kind::Number { .. }) {
        return Some("0");
    }
    if let Kind::Word(words) = kind {
        return words.first().copied();
    }
    matches!(kind, Kind::Flag).then_some("no")
}

/// One value on one line.
fn said(kind: &Kind, json: &Json) -> String {
    match json {
        Json::Null => "nothing".to_owned(),
        Json::Bool(true) => "yes".to_owned(),
        Json::Bool(false) => "no".to_owned(),
        Json::Number(number) => number.to_string(),
        Json::String(text) => match BLOCKABLE.iter().find(|(clause, _)| is_clause(kind) && clause == text) {
            Some((clause, asks)) => format!("{clause}, {asks}"),
            None if is_free(kind) => text.clone(),
            None => spaced(text),
        },
        Json::Array(items) => items.iter().map(|item| said(kind, item)).collect::<Vec<_>>().join(", "),
        // Of a row: its own names and its own texts, which are nobody's words.
        Json::Object(pairs) => {
            let pair = |(key, value): (&String, &Json)| format!("{}: {}", spaced(key), said(kind, value));
            pairs.iter().map(pair).collect::<Vec<_>>().join("; ")
        }
    }
}

/// Whether its text is somebody's own, and no word of ours.
fn is_free(kind: &Kind) -> bool {
    if let Kind::List { of, .. } = kind {
        return is_free(of);
    }
    matches!(kind, Kind::Text(_) | Kind::LocalTime | Kind::Clause | Kind::Rows(_) | Kind::Table(_))
}

fn is_clause(kind: &Kind) -> bool {
    matches!(kind, Kind::List { of: Kind::Clause, .. })
}

fn spaced(word: &str) -> String {
    word.replace('_', " ")
}

fn one_line(text: &str) -> String {
    text.replace('\n', " ")
}
