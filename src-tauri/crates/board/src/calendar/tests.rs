use domain::calendar::{Coverage, WeekDay};
use domain::policy::authored::{pack, parse};
use domain::policy::{Policy, Strength};

use super::testing::{planned, window, year_end};
use super::*;

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-25T23:30:00Z").expect("a time").with_timezone(&Utc)
}

fn request(from: Option<&str>, to: Option<&str>, zone: Option<&str>) -> CalendarRequest {
    let text = |t: Option<&str>| t.map(str::to_owned);
    CalendarRequest { from: text(from), to: text(to), zone: text(zone) }
}

fn december() -> Span {
    Span::of(&request(Some("2026-12-01"), Some("2026-12-31"), Some("Europe/Berlin")), now()).expect("a month")
}

#[test]
fn the_days_of_a_calendar_are_those_of_its_zone() {
    let span = december();
    assert_eq!(crate::words::time(span.from), "2026-11-30T23:00:00Z");
    assert_eq!(crate::words::time(span.until), "2026-12-31T23:00:00Z");
    // 00:30 on the 26th in Berlin.
    let today = Span::of(&request(None, None, Some("Europe/Berlin")), now()).expect("a month");
    assert_eq!((today.first.to_string(), today.last.to_string()), ("2026-11-26".to_owned(), "2026-12-26".to_owned()));
    let utc = Span::of(&request(None, None, None), now()).expect("a month");
    assert_eq!(utc.first.to_string(), "2026-11-25");
}

#[test]
fn days_that_are_none_and_spans_without_an_end_are_refused() {
    for (from, to, zone, field) in [
        (Some("25.11.2026"), None, None, "from"),
        (None, Some("soon"), None, "to"),
        (Some("2026-11-25"), Some("2026-11-24"), None, "to"),
        (Some("2026-11-25"), Some("2028-11-24"), None, "to"),
        (None, None, Some("Berlin"), "zone"),
    ] {
        let refused = Span::of(&request(from, to, zone), now());
        assert!(matches!(&refused, Err(BoardError::Invalid { field: f, .. }) if f == field), "{refused:?}");
    }
}

/// Frozen over the year's end, and with somebody on call every day until 22:00 in Berlin.
fn frozen() -> Policy {
    let coverage = Coverage {
        name: "Berlin".to_owned(),
        services: vec!["payments".to_owned()],
        zone: "Europe/Berlin".to_owned(),
        days: WeekDay::ALL.to_vec(),
        from: "06:00".to_owned(),
        until: "22:00".to_owned(),
        on_call: vec!["Ada".to_owned()],
    };
    Policy { freezes: vec![year_end()], coverage: vec![coverage], ..Policy::built_in(Strength::Starter) }
}

#[test]
fn the_calendar_shows_changes_freezes_and_what_is_in_whose_way() {
    let one = planned(1, "payments", window("2026-12-20T20:00:00Z", "2026-12-20T22:00:00Z"));
    let mut other = planned(2, "ledger", window("2026-12-20T21:00:00Z", "2026-12-20T23:00:00Z"));
    other.people.clear();
    let mut rejected = planned(3, "payments", window("2026-12-20T20:00:00Z", "2026-12-20T22:00:00Z"));
    rejected.row.decision = Some(DecisionKind::Rejected);
    let early = planned(4, "payments", window("2026-12-10T20:00:00Z", "2026-12-10T22:00:00Z"));
    let view = view(&december(), &[early, one, rejected, other], &frozen(), &Excepted::new());
    let items: Vec<_> = view.items.iter().map(|i| (i.key.as_str(), i.conflicts, i.freezes.len(), i.over)).collect();
    assert_eq!(items, [("CHG-4", 0, 0, false), ("CHG-1", 1, 1, false), ("CHG-3", 0, 0, true), ("CHG-2", 1, 1, false)]);
    assert_eq!(view.items[1].local, "20 Dec 2026, 21:00 CET to 20 Dec 2026, 23:00 CET");
    let pairs: Vec<_> =
        view.conflicts.iter().map(|c| (c.one.as_str(), c.other.as_str(), c.reasons.join("; "))).collect();
    assert_eq!(pairs, [("CHG-1", "CHG-2", "same environment production".to_owned())]);
    let bands: Vec<_> = view.freezes.iter().map(|f| (f.name.as_str(), f.hard, f.local.as_str())).collect();
    assert_eq!(bands, [("Year end", true, "18 Dec 2026, 18:00 CET to 4 Jan 2027, 06:00 CET")]);
    assert!(!view.more);
    // From 21:00 to 23:00, and what is over is asked nothing.
    let covered: Vec<_> = view.items.iter().map(|item| item.covered).collect();
    assert_eq!(covered, [Some(false), Some(false), None, Some(false)]);
    let all_day = Coverage { until: "06:00".to_owned(), ..frozen().coverage[0].clone() };
    let calm = planned(5, "payments", window("2026-12-10T20:00:00Z", "2026-12-10T22:00:00Z"));
    let view = super::view(&december(), &[calm], &Policy { coverage: vec![all_day], ..frozen() }, &Excepted::new());
    assert_eq!(view.items[0].covered, Some(true));
}

#[test]
fn an_organisations_calendar_becomes_freezes_with_ids_of_their_own() {
    let file = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Christmas & Boxing Day\nDTSTART;VALUE=DATE:20261225\n\
        DTEND;VALUE=DATE:20261227\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:Christmas  (Boxing) Day\nDESCRIPTION:Closed\n\
        DTSTART;VALUE=DATE:20261225\nEND:VEVENT\nEND:VCALENDAR\n";
    let freezes = freezes_of_calendar(file.as_bytes(), "Europe/Berlin", "prod*", false).expect("readable");
    let found: Vec<_> = freezes.iter().map(|f| (f.id.as_str(), f.reason.as_str(), f.end.to_string())).collect();
    assert_eq!(
        found,
        [
            ("christmas-boxing-day-2026-12-25", "Christmas & Boxing Day", "2026-12-27 00:00:00".to_owned()),
            ("christmas-boxing-day-2026-12-25-2", "Closed", "2026-12-26 00:00:00".to_owned()),
        ]
    );
    assert!(freezes.iter().all(|f| f.hardness == Hardness::Soft && f.scope.environment == "prod*"));
    let repeats = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nRRULE:FREQ=YEARLY\nEND:VEVENT\nEND:VCALENDAR\n";
    let refused = freezes_of_calendar(repeats.as_bytes(), "Europe/Berlin", "prod*", true);
    assert!(
        matches!(&refused, Err(BoardError::Invalid { why, .. }) if why.starts_with("line 3: RRULE")),
        "{refused:?}"
    );
    let nameless = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\nEND:VEVENT\nEND:VCALENDAR\n";
    let refused = freezes_of_calendar(nameless.as_bytes(), "Europe/Berlin", "prod*", true);
    assert!(
        matches!(&refused, Err(BoardError::Invalid { why, .. }) if why == "line 2: the event cannot be a freeze: its name is empty"),
        "{refused:?}"
    );
}

/// What people paste is read as the same freezes, also where a calendar says more than a line.
#[test]
fn an_organisations_calendar_is_printed_as_rows_that_a_policy_has() {
    let long = "x".repeat(300);
    let file = format!(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Christmas \"Day\"\nDESCRIPTION:Closed\\nas every year\nDTSTART;VALUE=DATE:20261225\n\
         END:VEVENT\nBEGIN:VEVENT\nSUMMARY:Net\u{200B}work\nDESCRIPTION:{long}\nDTSTART:20261230T200000Z\nDTEND:20261230T220000Z\n\
         END:VEVENT\nEND:VCALENDAR\n"
    );
    let freezes = freezes_of_calendar(file.as_bytes(), "Europe/Berlin", " prod* ", true).expect("readable");
    let found: Vec<_> = freezes.iter().map(|f| (f.name.as_str(), f.reason.chars().count())).collect();
    assert_eq!(found, [("Christmas \"Day\"", "Closed as every year".len()), ("Net⟦U+200B⟧work", 200)]);
    let text = format!("{}\n{}", pack(Strength::Starter), freezes_as_toml(&freezes));
    let policy = parse(&text).unwrap_or_else(|problems| panic!("{problems:?}"));
    assert_eq!(policy, Policy { freezes, ..Policy::built_in(Strength::Starter) });
}
