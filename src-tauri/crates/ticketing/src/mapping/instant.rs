//! Instants as people type them into tickets, and zones (R75).
use chrono::{DateTime, LocalResult, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;

/// The IANA zone with this name.
#[must_use]
pub fn zone(name: &str) -> Option<Tz> {
    name.trim().parse().ok()
}

/// Reads `2026-11-28T20:00:00Z`, `…+01:00`, `…+0100`, or local time `2026-11-28T20:00` (a space may stand for
/// `T`) in the given zone.
///
/// # Errors
/// In words: unreadable, only a date, or a local time that a daylight-saving shift skips or repeats.
pub fn instant(text: &str, zone: Tz) -> Result<DateTime<Utc>, String> {
    let text = text.trim();
    let normal = if text.as_bytes().get(10) == Some(&b' ') { text.replacen(' ', "T", 1) } else { text.to_owned() };
    if let Ok(at) = DateTime::parse_from_rfc3339(&normal) {
        return Ok(at.with_timezone(&Utc));
    }
    for form in ["%Y-%m-%dT%H:%M%:z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"] {
        if let Ok(at) = DateTime::parse_from_str(&normal, form) {
            return Ok(at.with_timezone(&Utc));
        }
    }
    if let Some(at) = normal.strip_suffix('Z').and_then(|t| NaiveDateTime::parse_from_str(t, "%Y-%m-%dT%H:%M").ok()) {
        return Ok(at.and_utc());
    }
    for form in ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"] {
        if let Ok(local) = NaiveDateTime::parse_from_str(&normal, form) {
            return match zone.from_local_datetime(&local) {
                LocalResult::Single(at) => Ok(at.with_timezone(&Utc)),
                LocalResult::Ambiguous(..) => {
                    Err(format!("this local time occurs twice in {zone}; add the offset, for example +01:00"))
                }
                LocalResult::None => Err(format!("this local time does not occur in {zone} (clocks go forward)")),
            };
        }
    }
    if NaiveDate::parse_from_str(&normal, "%Y-%m-%d").is_ok() {
        return Err("a date without a time; write for example 2026-11-28T20:00".into());
    }
    Err("not an instant; write for example 2026-11-28T20:00+01:00".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn any_text_is_an_instant_or_a_reason(text in "\\PC{0,40}|[0-9]{1,6}-[0-9]{2}-[0-9]{2}[T ][0-9:+Z.-]{0,20}") {
            if let Err(why) = instant(&text, zone("Europe/Berlin").expect("zone")) {
                proptest::prop_assert!(!why.is_empty());
            }
        }
    }

    #[test]
    fn c13_instants_are_read_with_offset_in_utc_or_in_their_zone_and_never_guessed() {
        let berlin = zone("Europe/Berlin").expect("zone");
        for (text, expected) in [
            ("2026-11-28T20:00:00Z", Some("2026-11-28T20:00:00Z")),
            ("2026-11-28T20:00Z", Some("2026-11-28T20:00:00Z")),
            ("2026-11-28T20:00:00+01:00", Some("2026-11-28T19:00:00Z")),
            ("2026-11-28T20:00:00+0100", Some("2026-11-28T19:00:00Z")),
            ("2026-11-28T20:00+01:00", Some("2026-11-28T19:00:00Z")),
            ("2026-11-28T20:00", Some("2026-11-28T19:00:00Z")),
            (" 2026-11-28 20:00:30 ", Some("2026-11-28T19:00:30Z")),
            ("2026-07-28T20:00", Some("2026-07-28T18:00:00Z")),
            ("2026-10-25T02:30", None),
            ("2026-10-25T02:30+02:00", Some("2026-10-25T00:30:00Z")),
            ("2026-03-29T02:30", None),
            ("2026-11-28", None),
            ("28.11.2026 20:00", None),
            ("tonight", None),
            ("", None),
            ("9999999-11-28T20:00", None),
        ] {
            let read = instant(text, berlin).ok().map(|at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string());
            assert_eq!(read.as_deref(), expected, "{text:?}");
        }
    }
}
