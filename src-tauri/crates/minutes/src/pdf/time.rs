//! Times as PDF writes them (ISO 32000-1, 7.9.4): local time and its offset from UTC.

use chrono::{DateTime, FixedOffset, NaiveDate, TimeZone as _};

/// "D:20261118153000+01'00'". PDF has no offsets finer than a minute: such a one is cut, the moment stays the same.
pub(crate) fn written(at: DateTime<FixedOffset>) -> String {
    let east = at.offset().local_minus_utc() / 60;
    let at = FixedOffset::east_opt(east * 60).map_or(at, |offset| at.with_timezone(&offset));
    let sign = if east < 0 { '-' } else { '+' };
    let minutes = east.unsigned_abs();
    format!("{}{sign}{:02}'{:02}'", at.format("D:%Y%m%d%H%M%S"), minutes / 60, minutes % 60)
}

/// The time in a text exactly as [`written`] writes it; any other spelling is none of ours.
pub(crate) fn read(text: &str) -> Option<DateTime<FixedOffset>> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i32>().ok();
    let part = |from: usize, to: usize| number(from, to).and_then(|number| u32::try_from(number).ok());
    let date = NaiveDate::from_ymd_opt(number(2, 6)?, part(6, 8)?, part(8, 10)?)?;
    let local = date.and_hms_opt(part(10, 12)?, part(12, 14)?, part(14, 16)?)?;
    let seconds = (number(17, 19)? * 60 + number(20, 22)?) * 60;
    let east = if text.get(16..17)? == "-" { -seconds } else { seconds };
    let at = FixedOffset::east_opt(east)?.from_local_datetime(&local).single()?;
    (written(at) == text).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_with_its_offset() {
        for (text, moment) in [
            ("D:20261118153000+01'00'", "2026-11-18T14:30:00Z"),
            ("D:20261118143000+00'00'", "2026-11-18T14:30:00Z"),
            ("D:20261118200000+05'30'", "2026-11-18T14:30:00Z"),
            ("D:20261118100000-04'30'", "2026-11-18T14:30:00Z"),
            ("D:20261118140000-00'30'", "2026-11-18T14:30:00Z"),
            ("D:20261119142900+23'59'", "2026-11-18T14:30:00Z"),
            ("D:20261117143100-23'59'", "2026-11-18T14:30:00Z"),
            ("D:20280229235959+00'00'", "2028-02-29T23:59:59Z"),
        ] {
            let at = read(text).expect(text);
            assert_eq!(at, DateTime::parse_from_rfc3339(moment).expect("a moment"), "{text}");
            assert_eq!(written(at), text);
        }
    }

    #[test]
    fn any_other_spelling_is_refused() {
        for text in [
            "",
            "D:",
            "D:20261118153000",
            "D:20261118153000Z",
            "D:20261118153000Z00'00'",
            "D:20261118153000+01",
            "D:20261118153000+01'00",
            "D:20261118153000+0100",
            "D:20261118153000+01:00'",
            "D:20261118153000+01'00' ",
            " D:20261118153000+01'00'",
            "d:20261118153000+01'00'",
            "20261118153000+01'00'",
            "D:20261118153000-00'00'",
            "D:20261118153000+24'00'",
            "D:20261118153000-24'00'",
            "D:20261118153000+99'99'",
            "D:20261118153000+01'60'",
            "D:20261118153000+-1'00'",
            "D:20261118153000++1'00'",
            "D:20261118153000*01'00'",
            "D:20261318153000+01'00'",
            "D:20260229153000+01'00'",
            "D:20261118240000+01'00'",
            "D:20261118156000+01'00'",
            "D:20261118235960+00'00'",
            "D:-2261118153000+01'00'",
            "D:+2261118153000+01'00'",
            "D:2026111815300é+01'00'",
            "D:２０26118153000+01'00'",
            "D:99999999999999+99'99'",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_ends_of_the_calendar_are_read_without_a_panic() {
        for text in ["D:00000101000000+23'59'", "D:99991231235959-23'59'"] {
            assert!(read(text).is_some(), "{text}");
        }
    }

    #[test]
    fn an_offset_finer_than_a_minute_is_cut_and_the_moment_kept() {
        let moment = DateTime::parse_from_rfc3339("2026-11-18T14:30:00Z").expect("a moment");
        let local = FixedOffset::east_opt(3_208).expect("Berlin before 1893");
        let text = written(moment.with_timezone(&local));
        assert_eq!(text, "D:20261118152300+00'53'");
        assert_eq!(read(&text), Some(moment));
    }
}
