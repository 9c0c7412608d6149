//! Working hours over both shifts of the clocks, the time that is left, and the ladder.
use super::*;
use crate::calendar::{HoursError, WeekDay};

fn hours(zone: &str) -> Hours {
    Hours { zone: zone.to_owned(), ..Hours::default() }
}

/// Monday to Friday, 09:00 to 17:00 by the clock on the wall: 480 real minutes on each day, whatever the night before did.
#[test]
fn a_working_day_has_its_hours_on_either_side_of_a_shift() {
    for (zone, asked, until, now, used) in [
        // Berlin, 29 March 2026, +1 to +2. Friday 15:00 CET; two hours, then fourteen: Monday whole, Tuesday until 15:00.
        ("Europe/Berlin", "2026-03-27T14:00:00Z", "2026-03-31T13:00:00Z", "2026-03-30T07:00:00Z", 120),
        // Berlin, 25 October 2026, +2 to +1.
        ("Europe/Berlin", "2026-10-23T13:00:00Z", "2026-10-27T14:00:00Z", "2026-10-26T09:00:00Z", 180),
        // New York, 8 March 2026, -5 to -4, and 1 November 2026, -4 to -5.
        ("America/New_York", "2026-03-06T20:00:00Z", "2026-03-10T19:00:00Z", "2026-03-09T13:00:00Z", 120),
        ("America/New_York", "2026-10-30T19:00:00Z", "2026-11-03T20:00:00Z", "2026-11-02T15:00:00Z", 180),
        // Lord Howe, half an hour: 5 April 2026, +11 to +10:30, and 4 October 2026, +10:30 to +11.
        ("Australia/Lord_Howe", "2026-04-03T04:00:00Z", "2026-04-07T04:30:00Z", "2026-04-05T22:30:00Z", 120),
        ("Australia/Lord_Howe", "2026-10-02T04:30:00Z", "2026-10-06T04:00:00Z", "2026-10-04T23:00:00Z", 180),
    ] {
        let working = hours(zone).working().expect("hours");
        let found = due(time(asked), time(now), &working, &Ladder::default()).expect("reckoned");
        assert_eq!(found.until, time(until), "{zone} {asked}");
        assert_eq!((found.used, found.left, found.breached), (used, 960 - used, false), "{zone} {asked}");
    }
}

/// Nights are worked through here: what the clocks skip is no working time, and what they show twice is, both times.
#[test]
fn real_minutes_are_counted_where_the_clocks_shift_at_work() {
    let round = |zone: &str| Hours {
        days: WeekDay::ALL.to_vec(),
        from: "00:00".to_owned(),
        until: "00:00".to_owned(),
        ..hours(zone)
    };
    for (zone, from, until, minutes) in [
        ("Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23 * 60),
        ("Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25 * 60),
        ("America/New_York", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z", 23 * 60),
        ("America/New_York", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", 25 * 60),
        ("Australia/Lord_Howe", "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z", 24 * 60 + 30),
        ("Australia/Lord_Howe", "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z", 24 * 60 - 30),
    ] {
        let working = round(zone).working().expect("hours");
        let found = due(time(from), time(until), &working, &Ladder::default()).expect("reckoned");
        assert_eq!(found.used, minutes, "{zone} {from}: a whole local day");
    }
}

#[test]
fn weekends_and_holidays_take_nothing() {
    let berlin = Hours { holidays: vec!["2026-12-25".to_owned(), "2027-01-01".to_owned()], ..hours("Europe/Berlin") };
    let working = berlin.working().expect("hours");
    // Thursday, 24 December, 16:00 in Berlin: one hour that day, then Monday and Tuesday.
    let asked = time("2026-12-24T15:00:00Z");
    for (now, used, breached, rung) in [
        ("2026-12-24T15:00:00Z", 0, false, Rung::Asked),
        ("2026-12-24T16:00:00Z", 60, false, Rung::Asked),
        ("2026-12-28T08:00:00Z", 60, false, Rung::Asked),
        ("2026-12-28T14:59:00Z", 479, false, Rung::Asked),
        ("2026-12-28T15:00:00Z", 480, false, Rung::Remind),
        ("2026-12-29T15:00:00Z", 960, false, Rung::Deputy),
        ("2026-12-29T15:01:00Z", 961, true, Rung::Deputy),
        ("2026-12-30T15:00:00Z", 1440, true, Rung::Chair),
    ] {
        let found = due(asked, time(now), &working, &Ladder::default()).expect("reckoned");
        assert_eq!((found.used, found.breached, found.rung), (used, breached, rung), "{now}");
        assert_eq!(found.until, time("2026-12-29T15:00:00Z"));
    }
}

#[test]
fn hours_and_ladders_that_lead_nowhere_are_refused_with_the_mend() {
    let text = |t: &str| t.to_owned();
    for (spoiled, says) in [
        (hours("Mars/Olympus"), "\"Mars/Olympus\" is not an IANA time zone such as Europe/Berlin"),
        (Hours { days: Vec::new(), ..Hours::default() }, "days is empty; name one working day at least"),
        (
            Hours { days: vec![WeekDay::Monday, WeekDay::Monday], ..Hours::default() },
            "days names a day twice; once is enough",
        ),
        (
            Hours { from: text("9:00"), ..Hours::default() },
            "from is \"9:00\", which is no time of day; write it as \"09:00\"",
        ),
        (
            Hours { until: text("25:00"), ..Hours::default() },
            "until is \"25:00\", which is no time of day; write it as \"09:00\"",
        ),
        (
            Hours { holidays: vec![text("25.12.2026")], ..Hours::default() },
            "holidays names \"25.12.2026\", which is no day; write it as \"2026-12-25\"",
        ),
    ] {
        assert_eq!(spoiled.working().expect_err(says).to_string(), says);
    }
    assert_eq!(Ladder { answer: 0, ..Ladder::default() }.check(), Err(LadderFault::NoTime));
    assert_eq!(Ladder { remind: 17, ..Ladder::default() }.check(), Err(LadderFault::Order));
    assert_eq!(Ladder { chair: 8, ..Ladder::default() }.check(), Err(LadderFault::Order));
    assert_eq!(Ladder { answer: 40, ..Ladder::default() }.check(), Ok(()), "a breach may come after the last rung");
    // No day of the week has hours.
    let closed = Hours { days: vec![WeekDay::Monday], ..Hours::default() }.working().expect("hours");
    let never = crate::calendar::WorkingHours { weekly: Default::default(), ..closed };
    assert_eq!(
        due(time("2026-03-02T09:00:00Z"), time("2026-03-02T09:00:00Z"), &never, &Ladder::default()),
        Err(HoursError::Closed)
    );
}

#[test]
fn people_were_asked_when_the_record_says_so() {
    let (one, two, three) = (time("2026-03-02T09:00:00Z"), time("2026-03-03T09:00:00Z"), time("2026-03-04T09:00:00Z"));
    for (reviews, agendas, ended, wanted) in [
        (vec![], vec![], None, None),
        (vec![two], vec![three], None, Some(two)),
        (vec![three], vec![two], None, Some(two)),
        (vec![], vec![three], None, Some(three)),
        (vec![one], vec![two], Some(two), None),
        (vec![one], vec![two, three], Some(two), Some(three)),
    ] {
        assert_eq!(asked_at(&reviews, &agendas, ended), wanted, "{reviews:?} {agendas:?} {ended:?}");
    }
}

#[test]
fn a_question_is_late_until_it_is_answered_or_the_board_decides_anew() {
    let working = hours("Etc/UTC").working().expect("hours");
    // Monday, 23 November 2026, 10:00: sixteen working hours are over on Wednesday at 10:00.
    let asked = time("2026-11-23T10:00:00Z");
    let (in_time, wednesday, thursday) = ("2026-11-25T10:00:00Z", "2026-11-25T11:00:00Z", "2026-11-26T11:00:00Z");
    for (answered, over, now, wanted) in [
        (Some(in_time), None, thursday, None),
        (Some(wednesday), None, thursday, Some((Ended::Answered(time(wednesday)), 60))),
        (Some(thursday), Some(wednesday), thursday, Some((Ended::Over(time(wednesday)), 60))),
        (Some(wednesday), Some(thursday), thursday, Some((Ended::Answered(time(wednesday)), 60))),
        (None, Some(in_time), thursday, None),
        (None, Some(wednesday), thursday, Some((Ended::Over(time(wednesday)), 60))),
        (None, None, in_time, None),
        (None, None, thursday, Some((Ended::Open, 9 * 60))),
    ] {
        let ends = (answered.map(time), over.map(time));
        let found = late(asked, ends, time(now), &working, &Ladder::default()).expect("reckoned");
        assert_eq!(found.map(|late| (late.ended, late.minutes)), wanted, "{answered:?} {over:?} {now}");
        assert!(found.is_none_or(|late| late.until == time(in_time) && late.asked == asked));
    }
}

#[test]
fn business_hours_are_those_of_the_region_and_elsewhere_monday_to_friday_from_8_to_18() {
    let region = |name: &str, zone: &str, from: &str| Region {
        name: name.to_owned(),
        zone: zone.to_owned(),
        days: vec![WeekDay::Sunday, WeekDay::Monday],
        from: from.to_owned(),
        until: "16:00".to_owned(),
        holidays: vec!["2026-03-01".to_owned()],
    };
    let regions = [region("Dubai", "Asia/Dubai", "07:00"), region("Night shift", "Asia/Dubai", "22:00")];
    // Sunday, 1 March 2026, is a holiday, and the 8th is none. Four hours before UTC.
    let dubai = business_hours(&regions, chrono_tz::Tz::Asia__Dubai);
    let minutes = |hours: &crate::calendar::WorkingHours, day: &str| {
        let (from, until) = (time(&format!("{day}T00:00:00Z")), time(&format!("{day}T18:00:00Z")));
        hours.between(from, until).expect("reckoned")
    };
    for (day, in_dubai, elsewhere) in [("2026-03-01", 0, 0), ("2026-03-08", 540, 0), ("2026-03-10", 0, 600)] {
        assert_eq!(minutes(&dubai, day), in_dubai, "{day}");
        assert_eq!(minutes(&business_hours(&regions, chrono_tz::Tz::UTC), day), elsewhere, "{day}");
    }
    assert!(regions[1].is(" night SHIFT ") && !regions[1].is("Dubai"));
}
