use chrono::NaiveDateTime;
use chrono_tz::Tz;
use proptest::prelude::*;

use super::*;

const BERLIN: Tz = Tz::Europe__Berlin;

fn at(text: &str) -> DateTime<Utc> {
    local(text).and_utc()
}

fn local(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").expect("a time")
}

fn event() -> Event {
    Event {
        uid: "CHG-17@board".to_owned(),
        start: at("2026-11-25T21:00"),
        end: at("2026-11-25T23:00"),
        zone: "Europe/Berlin".to_owned(),
        summary: "CHG-17 Move payments, part 1; carefully".to_owned(),
        location: "production".to_owned(),
        description: "Risk: High\nSee C:\\plans".to_owned(),
        status: EventStatus::Confirmed,
        category: Category::Change,
    }
}

/// A calendar of one event with these lines.
fn calendar(lines: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\n{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        lines.replace('\n', "\r\n")
    )
}

fn one(lines: &str) -> Result<Vec<ReadEvent>, IcsError> {
    read(calendar(lines).as_bytes(), BERLIN)
}

#[test]
fn an_event_goes_out_with_its_times_in_utc_its_zone_and_its_texts_escaped() {
    let file = write(&[event()], "Changes", at("2026-11-01T08:00"));
    let wanted = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Cabinet//Calendar//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Changes",
        "BEGIN:VEVENT",
        "UID:CHG-17@board",
        "DTSTAMP:20261101T080000Z",
        "DTSTART:20261125T210000Z",
        "DTEND:20261125T230000Z",
        "SUMMARY:CHG-17 Move payments\\, part 1\\; carefully",
        "LOCATION:production",
        "DESCRIPTION:Risk: High\\nSee C:\\\\plans",
        "CATEGORIES:CHANGE",
        "STATUS:CONFIRMED",
        "X-CABINET-ZONE:Europe/Berlin",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ];
    assert_eq!(file.split("\r\n").collect::<Vec<_>>(), wanted);
}

#[test]
fn a_file_that_was_made_later_says_the_same_until_an_event_differs() {
    let (early, late) = (at("2026-11-01T08:00"), at("2026-11-02T08:00"));
    let release = Event { uid: "release-1@board".to_owned(), category: Category::Release, ..event() };
    let file = write(&[event(), release.clone()], "Changes", early);
    assert!(file.contains("\r\nCATEGORIES:RELEASE\r\n") && is_ours(&file), "{file}");
    assert!(says_the_same(&file, &write(&[event(), release], "Changes", late)));
    assert!(!says_the_same(&file, &write(&[event()], "Changes", early)), "an event fewer");
    let moved = Event { start: at("2026-11-25T20:00"), ..event() };
    assert!(!says_the_same(&write(&[event()], "Changes", early), &write(&[moved], "Changes", early)));
    // What a ticket says is no time of making, however its line is broken.
    let summary = |text: &str| Event { summary: format!("{}\nDTSTAMP:{text}", "x".repeat(64)), ..event() };
    assert!(!says_the_same(&write(&[summary("1")], "a", early), &write(&[summary("2")], "a", early)));
    let other = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Other//EN\r\nEND:VCALENDAR\r\n";
    assert!(!is_ours(other) && !is_ours("") && !is_ours("[cabinet]\nnotes = 1\n"));
}

#[test]
fn a_text_cannot_end_its_line() {
    let summary = "x\r\nEND:VEVENT\nATTACH:http://evil\u{2028}y\u{7}".to_owned();
    let file = write(&[Event { summary, ..event() }], "a\nb", at("2026-11-01T08:00"));
    assert!(file.contains("SUMMARY:x\\nEND:VEVENT\\nATTACH:http://evil\\ny\r\n"), "{file}");
    assert_eq!(file.matches("\r\nEND:VEVENT\r\n").count(), 1);
    assert!(file.contains("X-WR-CALNAME:a\\nb\r\n"));
}

#[test]
fn an_event_that_ends_before_it_begins_is_written_as_a_moment() {
    let file = write(&[Event { end: at("2026-11-25T20:00"), ..event() }], "Changes", at("2026-11-01T08:00"));
    assert!(file.contains("DTSTART:20261125T210000Z") && !file.contains("DTEND"), "{file}");
}

#[test]
fn days_and_times_are_read_in_the_zone_they_are_said_in() {
    for (lines, start, end, zone) in [
        ("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261227", "2026-12-25T00:00", "2026-12-27T00:00", BERLIN),
        ("DTSTART;VALUE=DATE:20261225", "2026-12-25T00:00", "2026-12-26T00:00", BERLIN),
        ("DTSTART;VALUE=DATE:20261225\nDURATION:P1W", "2026-12-25T00:00", "2027-01-01T00:00", BERLIN),
        ("DTSTART:20261218T180000\nDTEND:20261218T200000", "2026-12-18T18:00", "2026-12-18T20:00", BERLIN),
        ("DTSTART:20261218T180000Z\nDTEND:20261218T200000Z", "2026-12-18T19:00", "2026-12-18T21:00", BERLIN),
        (
            "DTSTART;TZID=\"America/New_York\":20261218T180000\nDURATION:PT1H30M",
            "2026-12-18T18:00",
            "2026-12-18T19:30",
            Tz::America__New_York,
        ),
        (
            "DTSTART;TZID=America/New_York:20261218T180000\nDTEND;X-A=\"b:c\";TZID=Europe/Berlin:20261219T013000",
            "2026-12-18T18:00",
            "2026-12-18T19:30",
            Tz::America__New_York,
        ),
        ("dtstart:20261218T1800\n 00\ndtend:20261218T200000", "2026-12-18T18:00", "2026-12-18T20:00", BERLIN),
    ] {
        let events = one(lines).unwrap_or_else(|e| panic!("{lines}: {e}"));
        let found: Vec<_> = events.iter().map(|e| (e.start, e.end, e.zone)).collect();
        assert_eq!(found, [(local(start), local(end), zone)], "{lines}");
    }
}

#[test]
fn texts_are_read_as_they_were_meant() {
    let event = one("DTSTART;VALUE=DATE:20261225\nSUMMARY:Christmas\\, first\n  day\nDESCRIPTION:a\\nb\\\\c").unwrap();
    let found = event.first().map(|e| (e.summary.as_str(), e.description.as_str(), e.uid.as_str(), e.line));
    assert_eq!(found, Some(("Christmas, first day", "a\nb\\c", "1", 3)));
}

#[test]
fn zones_and_alarms_are_passed_over_and_cancelled_events_left_out() {
    let file = "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:DAYLIGHT\nDTSTART:19700329T020000\n\
        RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nEND:DAYLIGHT\nEND:VTIMEZONE\n\
        BEGIN:VEVENT\nDTSTART:20261218T180000\nDURATION:PT1H\nBEGIN:VALARM\nTRIGGER:-PT15M\nDURATION:PT5M\nEND:VALARM\nEND:VEVENT\n\
        BEGIN:VEVENT\nSTATUS:CANCELLED\nDTSTART:20261218T180000\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR\n";
    let events = read(file.as_bytes(), BERLIN).unwrap();
    assert_eq!(events.iter().map(|e| e.end).collect::<Vec<_>>(), [local("2026-12-18T19:00")]);
}

#[test]
fn what_would_have_to_be_guessed_is_refused_with_its_line() {
    for (lines, says) in [
        ("DTSTART:20261218T180000\nRRULE:FREQ=YEARLY", "line 6: RRULE makes the event repeat"),
        ("DTSTART:20261218T180000\nRDATE:20271218T180000", "line 6: RDATE makes the event repeat"),
        ("SUMMARY:x", "line 3: the event has no DTSTART"),
        ("DTSTART:20261218T180000", "line 3: the event is over before it begins, or lasts no time"),
        ("DTSTART:20261218T180000\nDTEND:20261218T170000", "line 3: the event is over before it begins"),
        ("DTSTART:20261218T180000\nDTSTART:20261218T180000", "line 6: the event has DTSTART twice"),
        (
            "DTSTART:20261218T180000\nDTEND:20261218T190000\nDURATION:PT1H",
            "line 3: the event has both DTEND and DURATION",
        ),
        (
            "DTSTART;VALUE=DATE:20261218\nDTEND:20261218T190000",
            "line 6: DTSTART and DTEND are both days, or both times",
        ),
        ("DTSTART:2026-12-18", "line 5: a time reads 20261218T180000"),
        ("DTSTART:20261332", "line 5: a time reads 20261218T180000"),
        (
            "DTSTART;TZID=W. Europe Standard Time:20261218T180000",
            "line 5: \"W. Europe Standard Time\" is not an IANA time zone",
        ),
        ("DTSTART;TZID=Europe/Berlin:20261218T180000Z", "line 5: a time has Z or a TZID, never both"),
        ("DTSTART;VALUE=DATE:20261218\nDURATION:-P1D", "line 6: a duration reads"),
        ("DTSTART;VALUE=DATE:20261218\nDURATION:P", "line 6: a duration reads"),
        ("DTSTART;VALUE=DATE:20261218\nDURATION:P99999999999D", "line 6: a duration reads"),
        ("DTSTART;VALUE=DATE:20261218\nDURATION:P4294967295W", "line 5: the event lies beyond the years"),
        ("no colon", "line 5: a line reads NAME:value"),
        ("A=B:c", "line 5: the name of a property has letters"),
        ("A;B:c", "line 5: a parameter reads NAME=value"),
        ("A;B=\"c:d", "line 5: a quoted parameter has no second quote"),
        ("END:VCALENDAR", "line 5: END:VEVENT is missing before this line"),
        ("BEGIN:VEVENT", "line 5: an event lies in the calendar itself"),
        ("BEGIN:A\nBEGIN:B\nBEGIN:C", "line 7: components lie too deep within each other"),
        // Berlin's clocks skip this one; only a conversion has to know.
        (
            "DTSTART;TZID=America/New_York:20260328T180000\nDTEND;TZID=Europe/Berlin:20260329T023000",
            "line 6: 2026-03-29 02:30 does not occur in Europe/Berlin",
        ),
    ] {
        let refused = one(lines).expect_err(lines).to_string();
        assert!(refused.starts_with(says), "{lines:?} says {refused:?}");
    }
}

#[test]
fn a_file_that_is_no_calendar_is_refused() {
    for (file, says) in [
        (&b""[..], "line 1: the file is empty"),
        (&b"\xff\xfe"[..], "the file is not UTF-8 text"),
        (&b"SUMMARY:x"[..], "line 1: an iCalendar file begins with BEGIN:VCALENDAR"),
        (&b"BEGIN:VCARD"[..], "line 1: an iCalendar file begins with BEGIN:VCALENDAR"),
        (&b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n"[..], "line 2: the file ends before END:VEVENT"),
        (&b"BEGIN:VCALENDAR\nEND:VCALENDAR\nEND:VCALENDAR"[..], "line 3: an iCalendar file begins"),
    ] {
        let refused = read(file, BERLIN).expect_err("refused").to_string();
        assert!(refused.starts_with(says), "{refused:?}");
    }
    assert_eq!(read(&vec![b'\n'; LONGEST_FILE + 1], BERLIN), Err(IcsError::TooLarge));
    let many = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\nEND:VEVENT\n".repeat(5_001);
    assert_eq!(read(format!("BEGIN:VCALENDAR\n{many}END:VCALENDAR").as_bytes(), BERLIN), Err(IcsError::TooMany));
}

proptest! {
    #[test]
    fn what_was_written_is_read_again(summary in "\\PC{0,200}", description in "[ -~äé漢\n]{0,300}", minutes in 1i64..10_000) {
        let event = Event {
            end: event().start + chrono::TimeDelta::minutes(minutes),
            summary: format!("x{summary}"),
            description: format!("y{description}"),
            ..event()
        };
        let file = write(std::slice::from_ref(&event), "Changes", at("2026-11-01T08:00"));
        prop_assert!(file.split("\r\n").all(|line| line.len() <= 75), "no line has more than 75 octets");
        let found = read(file.as_bytes(), BERLIN).expect("readable");
        prop_assert_eq!(found.len(), 1);
        let start = event.start.with_timezone(&BERLIN).naive_local();
        let end = event.end.with_timezone(&BERLIN).naive_local();
        prop_assert_eq!((found[0].start, found[0].end), (start, end));
        let folded = event.summary.replace(['\u{2028}', '\u{2029}'], "\n");
        prop_assert_eq!(&found[0].summary, &folded);
        prop_assert_eq!(&found[0].description, &event.description);
    }

    #[test]
    fn any_bytes_are_events_or_a_reason(bytes in prop::collection::vec(any::<u8>(), 0..200), lines in "([A-Z;:=\"\\\\P0-9TZ \n]{0,30}\n){0,10}") {
        for file in [bytes, lines.clone().into_bytes(), calendar(&lines).into_bytes()] {
            if let Err(why) = read(&file, BERLIN) {
                prop_assert!(!why.to_string().is_empty());
            }
        }
    }
}
