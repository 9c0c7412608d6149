//! How our values look in columns.
use chrono::{DateTime, SecondsFormat, TimeZone as _, Utc};
use domain::risk::RiskLevel;
use serde::Serialize;
use serde::de::DeserializeOwned;
use unicode_normalization::UnicodeNormalization as _;

use crate::error::{Result, StoreError};

/// RFC 3339 in UTC with microseconds: fixed width, so that text order is time order. Instants outside
/// the years 0–9999 (a hostile ticket) are moved to the nearest one inside; the change itself keeps them.
pub(crate) fn time_text(time: DateTime<Utc>) -> String {
    let first = Utc.timestamp_opt(-62_167_219_200, 0).single().unwrap_or(DateTime::<Utc>::MIN_UTC);
    let last = Utc.timestamp_opt(253_402_300_799, 0).single().unwrap_or(DateTime::<Utc>::MAX_UTC);
    time.clamp(first, last).to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Reads what [`time_text`] wrote.
pub(crate) fn time(what: &str, text: &str) -> Result<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).map(|t| t.with_timezone(&Utc)).map_err(|e| StoreError::stored(what, e))
}

/// Reads an id, digest or key from its column.
pub(crate) fn parsed<T>(what: &str, text: &str) -> Result<T>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|e: T::Err| StoreError::stored(what, e))
}

/// A count or number of ours from SQLite's 64-bit integer.
pub(crate) fn small(what: &str, n: i64) -> Result<u32> {
    u32::try_from(n).map_err(|e| StoreError::stored(what, e))
}

/// The snake_case word of an enum of the domain.
pub(crate) fn word<T: Serialize>(what: &str, value: &T) -> Result<String> {
    let value = serde_json::to_value(value).map_err(|e| StoreError::unstorable(what, e))?;
    value.as_str().map(str::to_owned).ok_or_else(|| StoreError::unstorable(what, "not a word"))
}

/// Reads what [`word`] wrote.
pub(crate) fn from_word<T: DeserializeOwned>(what: &str, word: &str) -> Result<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).map_err(|e| StoreError::stored(what, e))
}

/// A value as JSON text.
pub(crate) fn json<T: Serialize>(what: &str, value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| StoreError::unstorable(what, e))
}

/// Reads what [`json`] wrote.
pub(crate) fn from_json<T: DeserializeOwned>(what: &str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| StoreError::stored(what, e))
}

pub(crate) fn rank(level: RiskLevel) -> i64 {
    match level {
        RiskLevel::Low => 0,
        RiskLevel::Medium => 1,
        RiskLevel::High => 2,
        RiskLevel::Critical => 3,
    }
}

pub(crate) fn level(n: i64) -> Result<RiskLevel> {
    match n {
        0 => Ok(RiskLevel::Low),
        1 => Ok(RiskLevel::Medium),
        2 => Ok(RiskLevel::High),
        3 => Ok(RiskLevel::Critical),
        other => Err(StoreError::stored("risk level", other)),
    }
}

/// The form in which text is compared: NFC, lower case.
pub(crate) fn folded(text: &str) -> String {
    text.nfc().collect::<String>().to_lowercase()
}

/// Compresses what is kept whole and seldom read.
pub(crate) fn compressed(what: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    zstd::bulk::compress(bytes, 3).map_err(|e| StoreError::unstorable(what, e))
}

/// Reads what [`compressed`] wrote; never more than `size` bytes.
pub(crate) fn expanded(what: &str, bytes: &[u8], size: usize) -> Result<Vec<u8>> {
    zstd::bulk::decompress(bytes, size).map_err(|e| StoreError::stored(what, e))
}
