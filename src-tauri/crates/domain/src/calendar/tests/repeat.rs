use chrono::TimeDelta;

use super::*;

/// A weekly night of patches, Saturday 22:00 to Sunday 02:00 in Berlin.
fn patches() -> Freeze {
    Freeze {
        id: "patches".to_owned(),
        name: "Patches".to_owned(),
        start: wall("2026-11-28T22:00"),
        end: wall("2026-11-29T02:00"),
        repeats: "FREQ=WEEKLY".to_owned(),
        ..year_end()
    }
}

#[test]
fn a_rule_names_its_days_and_no_others() {
    for (rule, first, named, not) in [
        ("FREQ=YEARLY", "2026-12-18", "2027-12-18", "2027-12-19"),
        ("FREQ=YEARLY", "2028-02-29", "2032-02-29", "2029-02-28"),
        ("FREQ=YEARLY;INTERVAL=2", "2026-12-18", "2028-12-18", "2027-12-18"),
        ("FREQ=YEARLY;BYMONTH=3,6", "2026-03-29", "2027-06-29", "2027-07-29"),
        ("FREQ=MONTHLY", "2026-11-30", "2026-12-30", "2027-03-02"),
        ("FREQ=MONTHLY;INTERVAL=3", "2026-12-29", "2027-03-29", "2027-01-29"),
        // The third day before the end of each quarter.
        ("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-3", "2026-12-29", "2027-06-28", "2027-06-29"),
        ("FREQ=MONTHLY;BYDAY=2TU", "2026-12-08", "2027-01-12", "2027-01-05"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2026-12-25", "2027-01-29", "2027-01-22"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "2026-11-13", "2027-08-13", "2027-08-20"),
        ("FREQ=WEEKLY", "2026-11-28", "2026-12-05", "2026-12-06"),
        ("freq=weekly;byday=sa,su", "2026-11-28", "2026-12-06", "2026-12-07"),
        ("FREQ=WEEKLY;INTERVAL=2", "2026-11-28", "2026-12-12", "2026-12-05"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU", "2026-11-29", "2026-12-07", "2026-11-30"),
        ("FREQ=DAILY;INTERVAL=10", "2026-11-28", "2026-12-08", "2026-12-07"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "2026-11-27", "2026-11-30", "2026-11-29"),
        ("FREQ=WEEKLY;UNTIL=20261212", "2026-11-28", "2026-12-12", "2026-12-19"),
        ("FREQ=DAILY", "2026-11-28", "2026-11-28", "2026-11-27"),
    ] {
        let read = Rule::read(rule).unwrap_or_else(|why| panic!("{rule}: {why}"));
        assert!(read.names(day(named), day(first)), "{rule} names {named}");
        assert!(!read.names(day(not), day(first)), "{rule} does not name {not}");
    }
}

#[test]
fn a_rule_that_cannot_be_followed_says_what_to_write() {
    let long = format!("FREQ=WEEKLY;BYDAY={}", "SA,".repeat(80));
    for (rule, says) in [
        ("", "\"\" is no part of it"),
        ("weekly", "\"WEEKLY\" is no part of it"),
        ("FREQ=WEEKLY;COUNT=3", "\"COUNT=3\" is no part of it"),
        ("BYDAY=SA", "add FREQ=YEARLY"),
        ("FREQ=HOURLY", "FREQ is \"HOURLY\"; give DAILY"),
        ("FREQ=DAILY;FREQ=DAILY", "FREQ stands in it twice"),
        ("FREQ=YEARLY;INTERVAL=5", "INTERVAL is \"5\"; give a number from 1 to 4"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL is \"0\""),
        ("FREQ=DAILY;INTERVAL=99999999999999999999", "INTERVAL is"),
        ("FREQ=YEARLY;BYMONTH=13", "BYMONTH is \"13\"; give months from 1 to 12"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY is \"0\""),
        ("FREQ=MONTHLY;BYDAY=6MO", "BYDAY is \"6MO\"; give days as SA"),
        ("FREQ=WEEKLY;BYDAY=Ä", "BYDAY is \"Ä\""),
        ("FREQ=WEEKLY;BYDAY=2SA", "leave the number before the day out"),
        ("FREQ=WEEKLY;BYMONTHDAY=2", "write FREQ=MONTHLY"),
        ("FREQ=YEARLY;BYMONTHDAY=2", "say in which months"),
        ("FREQ=YEARLY;BYDAY=MO", "say in which months"),
        ("FREQ=YEARLY;UNTIL=2030-12-31", "UNTIL is \"2030-12-31\"; give the last day, as 20301231"),
        ("FREQ=YEARLY;UNTIL=20300231", "UNTIL is"),
        (long.as_str(), "more than 200 characters"),
    ] {
        let why = Rule::read(rule).expect_err(rule).to_string();
        assert!(why.contains(says), "{rule}: {why}");
    }
}

#[test]
fn a_rule_is_said_in_words() {
    for (rule, words) in [
        ("FREQ=YEARLY", "every year"),
        ("FREQ=MONTHLY;INTERVAL=3", "every 3 months"),
        ("FREQ=WEEKLY;BYDAY=SU,SA", "every week on Saturday, Sunday"),
        ("FREQ=MONTHLY;BYDAY=2TU;UNTIL=20301231", "every month on the 2nd Tuesday until 2030-12-31"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday"),
        ("FREQ=MONTHLY;BYMONTH=3,12;BYMONTHDAY=-3", "every month on the 3rd to last day of March, December"),
        ("FREQ=YEARLY;BYMONTH=6", "every year in June"),
    ] {
        assert_eq!(Rule::read(rule).expect(rule).words(), words);
    }
}

/// Local times, so that the instants follow the clocks.
#[test]
fn a_freeze_that_repeats_keeps_its_local_hours_over_shifts_of_the_clocks() {
    for (from, until, found) in [
        ("2026-12-05T00:00Z", "2026-12-07T00:00Z", vec![("2026-12-05T21:00Z", "2026-12-06T01:00Z")]),
        ("2027-06-05T00:00Z", "2027-06-07T00:00Z", vec![("2027-06-05T20:00Z", "2027-06-06T00:00Z")]),
        // The clocks go forward at 02:00, in which it is over, and back at 03:00.
        ("2027-03-27T00:00Z", "2027-03-29T00:00Z", vec![("2027-03-27T21:00Z", "2027-03-28T01:00Z")]),
        ("2027-10-30T00:00Z", "2027-11-01T00:00Z", vec![("2027-10-30T20:00Z", "2027-10-31T01:00Z")]),
        ("2026-11-29T01:00Z", "2026-12-05T21:00Z", vec![]),
        ("2026-11-21T00:00Z", "2026-11-28T21:00Z", vec![]),
    ] {
        let wanted: Vec<_> = found.iter().map(|(start, end)| (at(start), at(end))).collect();
        assert_eq!(patches().within(at(from), at(until)), Ok(wanted), "{from} {until}");
    }
    let next = |now: &str| patches().comes_next(at(now)).expect("followed").map(|(start, _)| start);
    assert_eq!(next("2026-01-01T00:00Z"), Some(at("2026-11-28T21:00Z")));
    assert_eq!(next("2026-12-06T00:30Z"), Some(at("2026-12-05T21:00Z")), "it runs");
    assert_eq!(next("2026-12-06T01:00Z"), Some(at("2026-12-12T21:00Z")));
    let ended = Freeze { repeats: "FREQ=WEEKLY;UNTIL=20261205".to_owned(), ..patches() };
    assert_eq!(ended.comes_next(at("2026-12-06T01:00Z")), Ok(None));
    assert_eq!(year_end().comes_next(at("2030-01-01T00:00Z")), Ok(year_end().instants().ok()));
}

#[test]
fn the_times_of_a_span_are_those_that_a_naive_search_finds() {
    for (repeats, start, end) in [
        ("FREQ=YEARLY", "2026-12-18T18:00", "2027-01-04T06:00"),
        ("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-3", "2026-12-29T00:00", "2027-01-03T00:00"),
        ("FREQ=MONTHLY;BYDAY=2TU", "2026-12-08T23:30", "2026-12-09T00:30"),
        ("FREQ=WEEKLY;BYDAY=SA,WE", "2026-11-28T02:30", "2026-11-28T02:31"),
        ("FREQ=DAILY;INTERVAL=3", "2026-11-28T00:00", "2026-12-03T00:00"),
    ] {
        for zone in ["Europe/Berlin", "Pacific/Apia", "America/New_York"] {
            let freeze = Freeze {
                start: wall(start),
                end: wall(end),
                repeats: repeats.to_owned(),
                zone: zone.to_owned(),
                ..year_end()
            };
            assert_eq!(freeze.check(), Ok(()), "{repeats}");
            let (rule, first) = (Rule::read(repeats).expect("a rule"), freeze.start.date());
            let all: Vec<_> = first
                .iter_days()
                .take(800)
                .filter(|date| rule.names(*date, first))
                .map(|date| {
                    let later = date.signed_duration_since(first);
                    let once = Freeze { repeats: String::new(), ..freeze.clone() };
                    let once = Freeze { start: once.start + later, end: once.end + later, ..once };
                    once.instants().expect("a time")
                })
                .collect();
            for step in 0..120 {
                let from = at("2026-11-01T00:00Z") + TimeDelta::hours(step * 97);
                let until = from + TimeDelta::hours(1 + step % 50 * 7);
                let naive: Vec<_> = all.iter().copied().filter(|(a, b)| *a < until && from < *b).collect();
                assert_eq!(freeze.within(from, until), Ok(naive), "{repeats} in {zone}, {from}");
            }
        }
    }
}

#[test]
fn every_time_of_a_freeze_that_repeats_keeps_changes_out_and_an_exception_is_for_the_window_it_covers() {
    let freezes = [patches()];
    let place = ("production", "payments");
    let (change, other) = (ChangeKey::new("CHG", 17), ChangeKey::new("CHG", 18));
    let exceptions = [Exception {
        freeze: "patches".to_owned(),
        change: change.clone(),
        who: crate::ids::MemberId(uuid::Uuid::from_u128(7)),
        reason: "The regulator's deadline".to_owned(),
        expires: at("2026-12-06T01:00Z"),
    }];
    for (key, start, end, blocks) in [
        (&change, "2026-12-05T20:00Z", "2026-12-05T21:00Z", vec![]),
        (&change, "2026-12-05T22:00Z", "2026-12-05T23:00Z", vec![false]),
        (&other, "2026-12-05T22:00Z", "2026-12-05T23:00Z", vec![true]),
        (&change, "2026-12-12T22:00Z", "2026-12-12T23:00Z", vec![true]),
        (&other, "2026-12-05T22:00Z", "2026-12-12T22:00Z", vec![true, true]),
    ] {
        let found = hits(&freezes, &exceptions, Some(key), place, &window(start, end));
        assert_eq!(found.iter().map(FreezeHit::blocks).collect::<Vec<_>>(), blocks, "{key} {start}");
    }
    let wanted = Wanted {
        item: item(18, "payments", "2026-12-05T21:30Z", "2026-12-05T22:00Z"),
        minutes: 30,
        hours: WorkingHours::daily(zone("Europe/Berlin"), hours("00:00", "00:00")),
        after: at("2026-12-05T21:30Z"),
    };
    let (items, none): ([Item; 0], _) = ([], Dependencies::default());
    let slot = next_free(&wanted, &Conflicts::among(&items, &none), &freezes, &[]).expect("after the patches");
    assert_eq!(slot.window.start, at("2026-12-06T01:00Z"));
}

#[test]
fn a_freeze_whose_rule_is_none_or_names_another_day_is_refused() {
    for (repeats, end, says) in [
        ("FREQ=SOMETIMES", "2026-11-29T02:00", "FREQ is \"SOMETIMES\""),
        ("FREQ=WEEKLY;BYDAY=MO", "2026-11-29T02:00", "does not name the freeze's own first day, 2026-11-28"),
        ("FREQ=WEEKLY;UNTIL=20261127", "2026-11-29T02:00", "does not name the freeze's own first day"),
        ("FREQ=YEARLY", "2027-03-01T02:00", "lasts 92 days at most"),
    ] {
        let freeze = Freeze { repeats: repeats.to_owned(), end: wall(end), ..patches() };
        let why = freeze.check().expect_err(repeats).to_string();
        assert!(why.contains(says), "{repeats}: {why}");
    }
    let unread = Freeze { repeats: "FREQ=SOMETIMES".to_owned(), ..patches() };
    let window = window("2026-11-28T22:00Z", "2026-11-28T23:00Z");
    assert!(hits(&[unread], &[], None, ("production", ""), &window).is_empty(), "no policy has one");
}
