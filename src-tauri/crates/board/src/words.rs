//! Words and small readings shared by the use cases.
use chrono::{DateTime, SecondsFormat, Utc};
use domain::ids::{ChangeKey, MemberId};
use domain::risk::RiskLevel;

use crate::error::{Answer, BoardError};

/// Bytes of a text that goes into an entry at most.
const LONGEST_TEXT: usize = 2_000;

/// A text that goes into an entry; `missing` says what to write where there is none.
pub(crate) fn text(field: &str, typed: &str, missing: &str) -> Answer<String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(BoardError::invalid(field, missing));
    }
    if typed.len() > LONGEST_TEXT {
        return Err(BoardError::invalid(field, "It has at most 2,000 bytes; put the rest on the ticket."));
    }
    Ok(typed.to_owned())
}

/// A time as it crosses to the window.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A risk level as people read it.
pub(crate) fn level(level: RiskLevel) -> &'static str {
    match level {
        RiskLevel::Low => "Low",
        RiskLevel::Medium => "Medium",
        RiskLevel::High => "High",
        RiskLevel::Critical => "Critical",
    }
}

/// An IANA zone.
pub(crate) fn zone(name: &str) -> Answer<chrono_tz::Tz> {
    name.parse()
        .map_err(|_| BoardError::invalid("zone", format!("{name:?} is not an IANA time zone such as Europe/Berlin.")))
}

/// A change key.
pub(crate) fn change_key(text: &str) -> Answer<ChangeKey> {
    text.parse().map_err(|_| BoardError::not_found("change", text))
}

/// A member id.
pub(crate) fn member_id(text: &str) -> Answer<MemberId> {
    text.parse().map_err(|_| BoardError::not_found("member", text))
}

/// A time in a zone for people: `25 Nov 2026, 22:00 CET`.
pub(crate) fn local(at: DateTime<Utc>, zone: chrono_tz::Tz) -> String {
    at.with_timezone(&zone).format("%-d %b %Y, %H:%M %Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_says_something_and_has_an_end() {
        assert_eq!(text("note", "  See ticket 4 \n", "Write it."), Ok("See ticket 4".into()));
        assert_eq!(text("note", " \n\t", "Write it."), Err(BoardError::invalid("note", "Write it.")));
        assert!(text("note", &"x".repeat(LONGEST_TEXT), "Write it.").is_ok());
        let long = text("note", &"x".repeat(LONGEST_TEXT + 1), "Write it.");
        assert!(matches!(&long, Err(BoardError::Invalid { field, .. }) if field == "note"), "{long:?}");
    }
}
