//! What is printed: one JSON object for scripts, calm text for people.
use std::io::Write as _;

use serde::Serialize;
use serde_json::{Value, json};

use crate::exit::CabError;

/// The schema of everything printed under `--json`.
pub const SCHEMA: &str = "urn:x-cabinet:cab:1";

/// The answer of a verb, in both forms.
#[derive(Debug, Clone)]
pub struct Reply {
    /// For scripts.
    pub result: Value,
    /// For people.
    pub text: String,
}

impl Reply {
    /// An answer whose result is `value`.
    pub fn of(value: &impl Serialize, text: impl Into<String>) -> Self {
        // Views are plain values; one that is none would be a fault of ours, shown as null.
        Self { result: serde_json::to_value(value).unwrap_or(Value::Null), text: text.into() }
    }
}

/// The whole of stdout under `--json`.
pub fn document(outcome: &Result<Reply, CabError>) -> Value {
    match outcome {
        Ok(reply) => json!({ "schema": SCHEMA, "ok": true, "result": reply.result }),
        Err(error) => json!({ "schema": SCHEMA, "ok": false, "refusal": error.to_json() }),
    }
}

/// Prints an outcome. A reader that went away early is no fault of anybody.
pub fn print(outcome: &Result<Reply, CabError>, json: bool) {
    if json {
        raw(std::io::stdout().lock(), &document(outcome));
        return;
    }
    match outcome {
        Ok(reply) => say(&reply.text),
        Err(error) => complain(&format!("cab: {}", error.to_text())),
    }
}

/// An object as one line, exactly: scripts get what the ticket says, and JSON escapes what a terminal would obey.
fn raw(mut to: impl std::io::Write, value: &Value) {
    let _ = writeln!(to, "{value}");
}

/// One line of NDJSON on stderr.
pub fn event(kind: &str, value: &impl Serialize) {
    raw(std::io::stderr().lock(), &json!({ "schema": SCHEMA, kind: value }));
}

/// A line (or several) on stdout. Text from tickets may hold control characters: they are shown, never obeyed.
pub fn say(text: &str) {
    let text = text.trim_end();
    if !text.is_empty() {
        let _ = writeln!(std::io::stdout().lock(), "{}", board::mark_invisible(text));
    }
}

/// The same on stderr.
pub fn complain(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", board::mark_invisible(text.trim_end()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use board::BoardError;

    #[test]
    fn an_answer_is_one_object_with_schema_ok_and_result() {
        let document = document(&Ok(Reply::of(&json!({"total": 2}), "two")));
        assert_eq!(document, json!({"schema": SCHEMA, "ok": true, "result": {"total": 2}}));
        assert!(!document.to_string().contains('\n'), "one line, so that line readers can use it");
    }

    #[test]
    fn a_refusal_is_one_object_with_schema_not_ok_and_refusal() {
        let document = document(&Err(BoardError::not_found("change", "CHG-9").into()));
        assert_eq!(document["ok"], false);
        assert_eq!(document["refusal"]["exit"], 3);
        assert_eq!(document["refusal"]["detail"]["id"], "CHG-9");
        assert!(document.get("result").is_none(), "never both");
    }
}
