//! Reading the values of a text by what each setting may say.
use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use serde_json::{Map, Value as Json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::settings::words::SECTIONS;
use super::settings::{ALWAYS, BLOCKABLE, Kind, Line, PERCENT, Setting};
use super::{LONGEST_LINE, Report};
use crate::text::mark_invisible;

/// How a local time is written.
const MINUTE: &str = "%Y-%m-%dT%H:%M";

/// What a parser of TOML says, as a sentence about this text.
pub(super) fn syntax(message: &str) -> String {
    format!("this is no TOML: {}", shown(message))
}

/// A table by its settings; `None` where something in it is wrong.
pub(super) fn table(
    found: &DeTable<'_>,
    at: usize,
    path: &str,
    settings: &[Setting],
    report: &mut Report<'_>,
) -> Option<Json> {
    let keys: Vec<&str> = settings.iter().map(|setting| setting.key).collect();
    let mut object = Map::new();
    let mut whole = true;
    // What was meant by a misspelt name is not missing as well.
    let mut meant: BTreeSet<&str> = BTreeSet::new();
    for (key, value) in found {
        let name: &str = key.get_ref();
        let Some(setting) = settings.iter().find(|setting| setting.key == name) else {
            meant.extend(unknown(key.span().start, path, ("setting", name), &keys, report));
            whole = false;
            continue;
        };
        match read(value, &join(path, name), &setting.kind, report) {
            Some(json) => drop(object.insert(name.to_owned(), json)),
            None => whole = false,
        }
    }
    for setting in settings.iter().filter(|setting| !setting.optional && !found.contains_key(setting.key)) {
        whole = false;
        if !meant.contains(setting.key) {
            let what = format!("is missing; add it, for example `{}`", setting.example);
            report.at(at, &join(path, setting.key), what);
        }
    }
    whole.then_some(Json::Object(object))
}

/// A value by what its setting may say; `None` where something in it is wrong.
pub(super) fn read(found: &Spanned<DeValue<'_>>, path: &str, kind: &Kind, report: &mut Report<'_>) -> Option<Json> {
    let (at, value) = (found.span().start, found.get_ref());
    let read = match kind {
        Kind::Flag => value.as_bool().map(Json::Bool).ok_or_else(|| wrong(value, "true or false")),
        Kind::Number { least, most, wrong } => number(value, (*least, *most), wrong),
        Kind::Text(line) => string(value, "a text in quotes").and_then(|text| self::line(text, *line)),
        Kind::Word(words) => string(value, "a word in quotes").and_then(|text| word(text, words)),
        Kind::Clause => string(value, "a clause in quotes").and_then(clause),
        Kind::Formula(words) => match value.as_table() {
            Some(percentage) => return table(percentage, at, path, PERCENT, report),
            None => string(value, "a word in quotes, or { at_least_percent = { percent = 60 } }")
                .and_then(|text| word(text, words)),
        },
        Kind::List { of, some } => match value.as_array() {
            Some(items) => return list(items, (at, path), (*of, *some), report),
            None => Err(wrong(value, "a list, [\"…\", \"…\"]")),
        },
        Kind::Table(settings) => match value.as_table() {
            Some(inner) => return table(inner, at, path, settings, report),
            None => Err(wrong(value, &format!("a table, [{}]", header(path)))),
        },
        Kind::Each { noun, keys, of } => match value.as_table() {
            Some(inner) => return each(inner, path, (*noun, *keys, *of), report),
            None => Err(wrong(value, &format!("a table, [{path}]"))),
        },
        Kind::LocalTime => local_time(value),
        Kind::Rows(settings) => match value.as_array() {
            Some(items) => return rows(items, path, settings, report),
            None => Err(wrong(value, &format!("tables, each under its own [[{path}]]"))),
        },
    };
    match read {
        Ok(json) => Some(json),
        Err(what) => {
            report.at(at, path, what);
            None
        }
    }
}

fn list(
    items: &[Spanned<DeValue<'_>>],
    (at, path): (usize, &str),
    (of, some): (&Kind, bool),
    report: &mut Report<'_>,
) -> Option<Json> {
    if some && items.is_empty() {
        report.at(at, path, "is empty; name one at least");
        return None;
    }
    let mut seen = BTreeSet::new();
    let mut list = Vec::with_capacity(items.len());
    for item in items {
        let Some(json) = read(item, path, of, report) else { continue };
        if seen.insert(json.to_string()) {
            list.push(json);
        } else {
            report.at(item.span().start, path, format!("names {json} twice; once is enough"));
        }
    }
    (list.len() == items.len()).then_some(Json::Array(list))
}

fn rows(items: &[Spanned<DeValue<'_>>], path: &str, settings: &[Setting], report: &mut Report<'_>) -> Option<Json> {
    let mut list = Vec::with_capacity(items.len());
    for (number, item) in (1_usize..).zip(items) {
        let (at, value) = (item.span().start, item.get_ref());
        let place = row(path, number);
        match value.as_table() {
            Some(found) => list.extend(table(found, at, &place, settings, report)),
            None => report.at(at, &place, wrong(value, &format!("a table, [[{path}]]"))),
        }
    }
    (list.len() == items.len()).then_some(Json::Array(list))
}

/// The path of a row; the first is 1, as its line is.
pub(super) fn row(path: &str, number: usize) -> String {
    format!("{path}[{number}]")
}

/// The header under which a table of this path stands; in a row that is always the row above it.
fn header(path: &str) -> String {
    path.split('.').filter_map(|part| part.split('[').next()).collect::<Vec<_>>().join(".")
}

fn each(
    found: &DeTable<'_>,
    path: &str,
    (noun, keys, of): (&str, &[&'static str], &Kind),
    report: &mut Report<'_>,
) -> Option<Json> {
    let mut object = Map::new();
    for (key, value) in found {
        let name: &str = key.get_ref();
        if !keys.contains(&name) {
            unknown(key.span().start, path, (noun, name), keys, report);
        } else if let Some(json) = read(value, &join(path, name), of, report) {
            object.insert(name.to_owned(), json);
        }
    }
    (object.len() == found.len()).then_some(Json::Object(object))
}

/// Tells that a name is none of these, and which was meant.
fn unknown<'k>(
    at: usize,
    path: &str,
    (noun, name): (&str, &str),
    keys: &[&'k str],
    report: &mut Report<'_>,
) -> Option<&'k str> {
    let meant = nearest(name, keys);
    let name = shown(name);
    let what = match meant {
        Some(meant) => format!("`{name}` is no {noun}; did you mean `{meant}`?"),
        None => format!("`{name}` is no {noun}; remove it, or give one of: {}", keys.join(", ")),
    };
    report.at(at, path, what);
    meant
}

fn string<'v>(value: &'v DeValue<'_>, wanted: &str) -> Result<&'v str, String> {
    value.as_str().ok_or_else(|| wrong(value, wanted))
}

fn wrong(value: &DeValue<'_>, wanted: &str) -> String {
    let kind = match value.type_str() {
        "integer" => "a number",
        "float" => "a number with a fraction",
        "boolean" => "true or false",
        "datetime" => "a date",
        "array" => "a list",
        "table" => "a table",
        _ => "a text",
    };
    format!("is {kind}; give {wanted}")
}

fn number(value: &DeValue<'_>, (least, most): (u32, u32), wrong_number: &str) -> Result<Json, String> {
    let Some(integer) = value.as_integer() else { return Err(wrong(value, "a whole number")) };
    let number = u32::from_str_radix(integer.as_str(), integer.radix()).ok();
    match number.filter(|number| (least..=most).contains(number)) {
        Some(number) => Ok(Json::from(number)),
        None => Err(format!("{} {wrong_number}", shown(&integer.to_string()))),
    }
}

fn line(text: &str, line: Line) -> Result<Json, String> {
    if text.trim().is_empty() {
        return Err("is empty; it must say something".to_owned());
    }
    if text.trim() != text {
        return Err("begins or ends with a blank; remove it".to_owned());
    }
    if mark_invisible(text) != text || text.contains(['\n', '\t']) {
        return Err(format!("has a character that nobody sees: `{}`; remove it", shown(text)));
    }
    if text.chars().count() > LONGEST_LINE {
        return Err(format!("has more than {LONGEST_LINE} characters; shorten it"));
    }
    let halves =
        |between: char| text.split_once(between).is_some_and(|(a, b)| !a.trim().is_empty() && !b.trim().is_empty());
    match line {
        Line::NameAndVersion if !halves('/') => {
            Err(format!("`{}` has no version; write a name and a version, as \"ours/1\"", shown(text)))
        }
        Line::Account if !halves(':') => Err(format!(
            "`{}` names no ticketing system; write its prefix and the account, as \"CHG:build-bot\"",
            shown(text)
        )),
        Line::Any | Line::NameAndVersion | Line::Account => Ok(Json::from(text)),
    }
}

/// A text, or a local date-time of TOML; the seconds may be said, and are none.
fn local_time(value: &DeValue<'_>) -> Result<Json, String> {
    let text = match value.as_datetime() {
        Some(time) => time.to_string(),
        None => string(value, "a local time, as \"2026-12-20T00:00\"")?.to_owned(),
    };
    let minute: &str = if text.len() == 19 { text.strip_suffix(":00").unwrap_or(&text) } else { &text };
    let time = NaiveDateTime::parse_from_str(minute, MINUTE).ok();
    // The parser forgives blanks and missing zeros; one time has one writing here.
    match time.filter(|time| minute.len() == 16 && time.format(MINUTE).to_string() == minute) {
        Some(time) => Ok(Json::from(time.format("%Y-%m-%dT%H:%M:%S").to_string())),
        None => Err(format!(
            "`{}` is no local time to the minute; write it as \"2026-12-20T00:00\", with no offset",
            shown(&text)
        )),
    }
}

fn word(text: &str, words: &[&str]) -> Result<Json, String> {
    if words.contains(&text) {
        return Ok(Json::from(text));
    }
    let given = shown(text);
    Err(match nearest(text, words) {
        Some(meant) => format!("`{given}` is not known; did you mean `{meant}`?"),
        None => format!("`{given}` is not known; give one of: {}", words.join(", ")),
    })
}

fn clause(text: &str) -> Result<Json, String> {
    let clauses: Vec<&str> = BLOCKABLE.iter().map(|(clause, _)| *clause).collect();
    if clauses.contains(&text) {
        return Ok(Json::from(text));
    }
    let given = shown(text);
    if ALWAYS.contains(&text) {
        return Err(format!("{given} blocks in every policy; leave it out"));
    }
    // The plan's sections are R17 to R29, in their order.
    let of_plan = text.strip_prefix('R').and_then(|n| n.parse::<usize>().ok());
    if of_plan.is_some_and(|n| (17..17 + SECTIONS.len()).contains(&n)) {
        return Err(format!("{given} only advises; of the plan's sections R23, R24 and R25 can block"));
    }
    Err(format!("`{given}` has no gate that could block; give of: {}", clauses.join(", ")))
}

pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// What somebody wrote, for a message: on one line, nothing hidden, cut to 60 characters.
pub(super) fn shown(text: &str) -> String {
    let line: String = text.chars().take(61).map(|c| if c == '\n' || c == '\t' { ' ' } else { c }).collect();
    let marked = mark_invisible(&line);
    if line.chars().count() > 60 { format!("{}…", marked.chars().take(60).collect::<String>()) } else { marked }
}

/// The word that was probably meant.
pub(super) fn nearest<'k>(name: &str, words: &[&'k str]) -> Option<&'k str> {
    let length = name.chars().count();
    if length > 40 {
        return None;
    }
    let name = name.to_lowercase();
    let far = |word: &&str| distance(&name, word);
    let (best, word) = words.iter().map(|word| (far(word), *word)).min()?;
    (best <= 2 && best * 2 < length.max(2)).then_some(word)
}

/// How many characters to add, remove or replace to get from one to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, x) in from.chars().enumerate() {
        let (mut diagonal, mut left) = (i, i + 1);
        let mut next = vec![left];
        for (y, above) in to.iter().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(x != *y)).min(above + 1).min(left + 1);
            next.push(left);
            diagonal = *above;
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
