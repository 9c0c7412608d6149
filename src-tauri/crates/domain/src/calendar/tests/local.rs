use super::*;

fn read(zone_name: &str, local: &str, with: Option<&str>) -> Result<DateTime<Utc>, LocalError> {
    instant(Local { time: wall(local), offset: with.map(offset) }, zone(zone_name))
}

#[test]
fn local_times_are_instants_on_both_sides_of_each_shift() {
    // (zone, local time, its offset where it occurs twice, the instant).
    for (place, local, with, instant) in [
        ("Europe/Berlin", "2026-03-29T01:59", None, "2026-03-29T00:59Z"),
        ("Europe/Berlin", "2026-03-29T03:00", None, "2026-03-29T01:00Z"),
        ("Europe/Berlin", "2026-10-25T01:59", None, "2026-10-24T23:59Z"),
        ("Europe/Berlin", "2026-10-25T02:30", Some("+02:00"), "2026-10-25T00:30Z"),
        ("Europe/Berlin", "2026-10-25T02:30", Some("+01:00"), "2026-10-25T01:30Z"),
        ("Europe/Berlin", "2026-10-25T03:00", None, "2026-10-25T02:00Z"),
        ("America/New_York", "2026-03-08T01:59", None, "2026-03-08T06:59Z"),
        ("America/New_York", "2026-03-08T03:00", None, "2026-03-08T07:00Z"),
        ("America/New_York", "2026-11-01T00:59", None, "2026-11-01T04:59Z"),
        ("America/New_York", "2026-11-01T01:30", Some("-04:00"), "2026-11-01T05:30Z"),
        ("America/New_York", "2026-11-01T01:30", Some("-05:00"), "2026-11-01T06:30Z"),
        ("America/New_York", "2026-11-01T02:00", None, "2026-11-01T07:00Z"),
        // Half an hour.
        ("Australia/Lord_Howe", "2026-04-05T01:29", None, "2026-04-04T14:29Z"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", Some("+11:00"), "2026-04-04T14:45Z"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", Some("+10:30"), "2026-04-04T15:15Z"),
        ("Australia/Lord_Howe", "2026-04-05T02:00", None, "2026-04-04T15:30Z"),
        ("Australia/Lord_Howe", "2026-10-04T01:59", None, "2026-10-03T15:29Z"),
        ("Australia/Lord_Howe", "2026-10-04T02:30", None, "2026-10-03T15:30Z"),
        // Kazakhstan went from +06 to +05 for good as March 2024 began; there is no daylight saving.
        ("Asia/Almaty", "2024-02-29T22:59", None, "2024-02-29T16:59Z"),
        ("Asia/Almaty", "2024-02-29T23:30", Some("+06:00"), "2024-02-29T17:30Z"),
        ("Asia/Almaty", "2024-02-29T23:30", Some("+05:00"), "2024-02-29T18:30Z"),
        ("Asia/Almaty", "2024-03-01T00:00", None, "2024-02-29T19:00Z"),
        ("Asia/Almaty", "2026-07-01T12:00", None, "2026-07-01T07:00Z"),
    ] {
        assert_eq!(read(place, local, with), Ok(at(instant)), "{place} {local}");
    }
}

#[test]
fn a_time_that_does_not_occur_is_answered_with_the_next_that_does() {
    for (place, local, next) in [
        ("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T03:00"),
        ("Europe/Berlin", "2026-03-29T02:59", "2026-03-29T03:00"),
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T03:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-04T02:30"),
    ] {
        let refused = read(place, local, None);
        assert_eq!(refused, Err(LocalError::Gap { local: wall(local), zone: zone(place), next: wall(next) }));
        assert!(read(place, local, Some("+02:00")).is_err(), "an offset makes no time occur");
        assert_eq!(read(place, next, None).map(|_| ()), Ok(()), "{next}");
    }
    assert_eq!(
        read("Europe/Berlin", "2026-03-29T02:30", None).unwrap_err().to_string(),
        "2026-03-29 02:30 does not occur in Europe/Berlin: the clocks go forward; the next time that does is 2026-03-29 03:00"
    );
}

#[test]
fn a_time_that_occurs_twice_asks_which() {
    for (place, local, earlier, later) in [
        ("Europe/Berlin", "2026-10-25T02:30", "+02:00", "+01:00"),
        ("America/New_York", "2026-11-01T01:00", "-04:00", "-05:00"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "+11:00", "+10:30"),
        ("Asia/Almaty", "2024-02-29T23:30", "+06:00", "+05:00"),
    ] {
        let (earlier, later) = (offset(earlier), offset(later));
        let refused = read(place, local, None);
        assert_eq!(refused, Err(LocalError::Fold { local: wall(local), zone: zone(place), earlier, later }));
    }
    assert_eq!(
        read("Europe/Berlin", "2026-10-25T02:30", None).unwrap_err().to_string(),
        "2026-10-25 02:30 occurs twice in Europe/Berlin: the clocks go back; say which by its offset, +02:00 or +01:00"
    );
}

#[test]
fn an_offset_that_the_zone_does_not_have_then_is_refused() {
    for (local, given, known) in [
        ("2026-07-01T12:00", "+01:00", "+02:00"),
        ("2026-12-01T12:00", "+02:00", "+01:00"),
        ("2026-10-25T02:30", "+03:00", "+02:00"),
    ] {
        let (given, known) = (offset(given), offset(known));
        let wanted = LocalError::Offset { local: wall(local), zone: zone("Europe/Berlin"), given, known };
        assert_eq!(instant(Local { time: wall(local), offset: Some(given) }, zone("Europe/Berlin")), Err(wanted));
    }
}

#[test]
fn a_window_over_a_shift_has_its_real_minutes() {
    for (place, start, end, minutes) in [
        ("Europe/Berlin", "2026-03-29T00:00", "2026-03-29T06:00", 5 * 60),
        ("Europe/Berlin", "2026-10-25T00:00", "2026-10-25T06:00", 7 * 60),
        ("America/New_York", "2026-03-08T00:00", "2026-03-08T06:00", 5 * 60),
        ("America/New_York", "2026-11-01T00:00", "2026-11-01T06:00", 7 * 60),
        ("Australia/Lord_Howe", "2026-04-05T00:00", "2026-04-05T06:00", 6 * 60 + 30),
        ("Australia/Lord_Howe", "2026-10-04T00:00", "2026-10-04T06:00", 5 * 60 + 30),
        ("Asia/Almaty", "2024-02-29T20:00", "2024-03-01T02:00", 7 * 60),
        ("Europe/Berlin", "2026-11-25T22:00", "2026-11-25T23:30", 90),
    ] {
        let local = |text: &str| Local { time: wall(text), offset: None };
        let (from, until, length) = span(local(start), local(end), zone(place)).unwrap();
        assert_eq!(length, minutes, "{place} {start}");
        assert_eq!(until.signed_duration_since(from).num_minutes(), minutes);
    }
}

#[test]
fn a_window_that_ends_before_it_begins_is_refused_and_one_within_the_repeated_hour_is_not() {
    let local = |text: &str, with: &str| Local { time: wall(text), offset: Some(offset(with)) };
    let berlin = zone("Europe/Berlin");
    let backwards = span(local("2026-11-25T22:00", "+01:00"), local("2026-11-25T21:00", "+01:00"), berlin);
    assert!(matches!(backwards, Err(LocalError::Order { .. })), "{backwards:?}");
    // The clock shows 02:50, and twenty minutes later 02:10.
    let repeated = span(local("2026-10-25T02:50", "+02:00"), local("2026-10-25T02:10", "+01:00"), berlin);
    assert_eq!(repeated, Ok((at("2026-10-25T00:50Z"), at("2026-10-25T01:10Z"), 20)));
}

#[test]
fn a_rule_decides_what_nobody_can_be_asked_and_says_so() {
    let berlin = zone("Europe/Berlin");
    for (local, twice, instant, note) in [
        ("2026-03-29T02:30", Twice::Earlier, "2026-03-29T01:00Z", "2026-03-29 03:00 counts instead"),
        ("2026-03-29T02:30", Twice::Later, "2026-03-29T01:00Z", "2026-03-29 03:00 counts instead"),
        ("2026-10-25T02:30", Twice::Earlier, "2026-10-25T00:30Z", "the first counts (+02:00)"),
        ("2026-10-25T02:30", Twice::Later, "2026-10-25T01:30Z", "the second counts (+01:00)"),
    ] {
        let found = reckoned(wall(local), berlin, twice).unwrap();
        assert_eq!(found.at, at(instant), "{local} {twice:?}");
        let said = found.note.unwrap_or_default();
        assert!(said.contains(note), "{said}");
    }
    let plain = reckoned(wall("2026-11-25T22:00"), berlin, Twice::Earlier).unwrap();
    assert_eq!(plain, Reckoned { at: at("2026-11-25T21:00Z"), note: None });
}

#[test]
fn a_zone_that_is_none_is_named() {
    assert_eq!(
        zone_named("CEST-ish").unwrap_err().to_string(),
        "\"CEST-ish\" is not an IANA time zone such as Europe/Berlin"
    );
    assert_eq!(zone_named(" Europe/Berlin ").map(|z| z.name()), Ok("Europe/Berlin"));
}

proptest::proptest! {
    #[test]
    fn every_instant_is_found_again_from_its_local_time_and_offset(
        seconds in 1_700_000_000i64..1_900_000_000,
        place in proptest::sample::select(vec!["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Almaty"]),
    ) {
        use chrono::Offset as _;
        let instant_then = DateTime::<Utc>::from_timestamp(seconds, 0).expect("an instant");
        let there = instant_then.with_timezone(&zone(place));
        let local = Local { time: there.naive_local(), offset: Some(there.offset().fix()) };
        proptest::prop_assert_eq!(instant(local, zone(place)), Ok(instant_then));
    }
}
