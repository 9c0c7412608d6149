use proptest::prelude::*;

use super::*;

fn office(place: &str) -> WorkingHours {
    WorkingHours::weekdays(zone(place), hours("09:00", "17:00"))
}

#[test]
fn working_minutes_pass_in_the_hours_of_the_zone_alone() {
    // (from, minutes, the end) in UTC; Berlin is an hour ahead in winter, two in summer.
    for (from, minutes, until) in [
        ("2026-11-25T09:00Z", 60, "2026-11-25T10:00Z"),
        // 16:30 there: half an hour today, half an hour tomorrow.
        ("2026-11-25T15:30Z", 60, "2026-11-26T08:30Z"),
        // Exactly at the close of business, and exactly the whole day.
        ("2026-11-25T15:00Z", 60, "2026-11-25T16:00Z"),
        ("2026-11-25T08:00Z", 480, "2026-11-25T16:00Z"),
        ("2026-11-25T08:00Z", 481, "2026-11-26T08:01Z"),
        // Before and after hours, and nothing to do.
        ("2026-11-25T05:00Z", 0, "2026-11-25T08:00Z"),
        ("2026-11-25T16:00Z", 0, "2026-11-26T08:00Z"),
        ("2026-11-25T12:34Z", 0, "2026-11-25T12:34Z"),
        // Friday evening is Monday morning, and the clocks went forward on Sunday: 09:00 is an hour earlier in UTC.
        ("2026-03-27T15:00Z", 120, "2026-03-30T08:00Z"),
        // And back in October.
        ("2026-10-23T14:00Z", 120, "2026-10-26T09:00Z"),
    ] {
        assert_eq!(office("Europe/Berlin").add(at(from), minutes), Ok(at(until)), "{from} and {minutes}");
    }
}

#[test]
fn holidays_have_no_hours() {
    let mut hours = office("Europe/Berlin");
    hours.holidays.extend([day("2026-12-25"), day("2027-01-01")]);
    // Thursday, 16:00 there, an hour left; Friday is Christmas Day.
    assert_eq!(hours.add(at("2026-12-24T15:00Z"), 90), Ok(at("2026-12-28T08:30Z")));
    assert_eq!(hours.on(day("2026-12-25")), Ok(Vec::new()));
    assert_eq!(hours.between(at("2026-12-24T15:00Z"), at("2026-12-28T09:00Z")), Ok(120));
}

#[test]
fn a_shift_over_the_change_of_clocks_has_its_real_minutes() {
    for (place, date, real) in [
        ("Europe/Berlin", "2026-03-28", 7 * 60),
        ("Europe/Berlin", "2026-10-24", 9 * 60),
        ("America/New_York", "2026-03-07", 7 * 60),
        ("America/New_York", "2026-10-31", 9 * 60),
        ("Australia/Lord_Howe", "2026-10-03", 7 * 60 + 30),
        ("Australia/Lord_Howe", "2026-04-04", 8 * 60 + 30),
        ("Asia/Almaty", "2024-02-29", 9 * 60),
        ("Asia/Almaty", "2024-03-01", 8 * 60),
    ] {
        let night = WorkingHours::daily(zone(place), hours("22:00", "06:00"));
        let spans = night.on(day(date)).unwrap();
        let [(start, end)] = spans[..] else { panic!("one night: {spans:?}") };
        assert_eq!(end.signed_duration_since(start).num_minutes(), real, "{place} {date}");
        assert_eq!(night.add(start, u32::try_from(real).unwrap()), Ok(end));
        assert_eq!(night.between(start, end), Ok(real));
    }
}

#[test]
fn the_whole_day_is_the_whole_day_and_hours_that_overlap_count_once() {
    let all = WorkingHours::daily(zone("Europe/Berlin"), hours("00:00", "00:00"));
    let (from, until) = (at("2026-03-28T12:34Z"), at("2026-04-02T07:00Z"));
    let real = until.signed_duration_since(from).num_minutes();
    assert_eq!(all.between(from, until), Ok(real));
    assert_eq!(all.add(from, u32::try_from(real).unwrap()), Ok(until));
    let mut twice = office("Europe/Berlin");
    twice.weekly[2] = vec![hours("12:00", "18:00"), hours("09:00", "17:00")];
    assert_eq!(twice.between(at("2026-11-25T00:00Z"), at("2026-11-26T00:00Z")), Ok(9 * 60));
}

#[test]
fn without_hours_no_time_ever_passes_and_that_is_said() {
    let mut none = office("Europe/Berlin");
    none.weekly = Default::default();
    assert_eq!(none.add(at("2026-11-25T09:00Z"), 1), Err(HoursError::Closed));
    let few = WorkingHours::weekdays(zone("Europe/Berlin"), hours("09:00", "09:01"));
    assert_eq!(few.add(at("2026-11-25T09:00Z"), 4_000), Err(HoursError::TooFar));
}

proptest! {
    #[test]
    fn what_was_added_lies_between(
        start in 1_700_000_000i64..1_850_000_000,
        minutes in 1u32..6_000,
        place in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Almaty"]),
        overnight in any::<bool>(),
    ) {
        let shift = if overnight { hours("21:30", "05:15") } else { hours("09:00", "17:00") };
        let hours = WorkingHours::weekdays(zone(place), shift);
        let from = DateTime::<Utc>::from_timestamp(start, 0).expect("an instant");
        let until = hours.add(from, minutes).expect("an end");
        prop_assert!(until > from);
        prop_assert_eq!(hours.between(from, until), Ok(i64::from(minutes)));
        // Nothing is left over: one minute less ends earlier.
        prop_assert!(hours.add(from, minutes - 1).expect("an end") < until);
    }
}
