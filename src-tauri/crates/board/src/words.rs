//! Words and small readings shared by the use cases.
use chrono::{DateTime, SecondsFormat, Utc};
use domain::ids::{ChangeKey, MemberId};
use domain::risk::RiskLevel;

use crate::error::{Answer, BoardError};

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
