use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::*;

const BEGIN: i64 = 1_800_000_000;
const HOUR: i64 = 60;

/// A window that begins and ends so many minutes after one and the same moment.
fn window(start: i64, end: i64) -> Window {
    let at = |minutes: i64| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::seconds(BEGIN + minutes * 60);
    Window { start: at(start), end: at(end), zone: "Europe/Berlin".to_owned() }
}

fn shift(start: i64, end: i64) -> Shift {
    Shift { start: Duration::minutes(start), end: Duration::minutes(end) }
}

#[test]
fn a_window_may_be_moved_as_far_as_the_policy_tolerates() {
    let before = window(0, 2 * HOUR);
    // (start, end, tolerance, whether it is tolerated), in minutes.
    for (start, end, tolerance, holds) in [
        (0, 0, 30, false), // not moved at all
        (20, 20, 30, true),
        (30, 30, 30, true),
        (31, 31, 30, false),
        (-30, -30, 30, true),
        (-31, -31, 30, false),
        (0, 30, 30, true),
        (0, 31, 30, false),
        (-30, 0, 30, true),
        (-15, 15, 30, true),
        (-16, 15, 30, false), // each end within, and longer by 31
        (-30, 30, 30, false),
        (30, -30, 30, true),
        (1, 1, 0, false), // as the built-in policies have it
        (0, 1, 0, false),
        (90, -90, 90, false), // ends before it begins
    ] {
        let after = window(start, 2 * HOUR + end);
        let found = tolerated(&before, &after, tolerance);
        assert_eq!(found, holds.then_some(shift(start, end)), "{start} {end} under {tolerance}");
    }
}

#[test]
fn another_zone_is_another_plan() {
    let (before, mut after) = (window(0, HOUR), window(5, HOUR + 5));
    assert!(tolerated(&before, &after, 10).is_some());
    after.zone = "Europe/London".to_owned();
    assert_eq!(tolerated(&before, &after, 10), None);
}

#[test]
fn seconds_beyond_the_tolerance_are_beyond_it() {
    let (before, mut after) = (window(0, HOUR), window(10, HOUR + 10));
    after.end += TimeDelta::seconds(1);
    assert_eq!(tolerated(&before, &after, 10), None);
}

#[test]
fn a_shift_is_told_in_words() {
    for (start, end, words) in [
        (20, 20, "The window was moved to 20 minutes later, within the policy's tolerance."),
        (-1, -1, "The window was moved to 1 minute earlier, within the policy's tolerance."),
        (0, 5, "The window was moved within the policy's tolerance: it begins as decided and ends 5 minutes later."),
    ] {
        assert_eq!(shift(start, end).words(), words);
    }
}

#[test]
fn windows_that_only_touch_have_no_time_in_common() {
    for (one, other, wanted) in [
        (window(0, 10), window(10, 20), false),
        (window(0, 11), window(10, 20), true),
        (window(12, 13), window(10, 20), true),
        (window(30, 40), window(10, 20), false),
    ] {
        assert_eq!(overlap(&one, &other), wanted);
        assert_eq!(overlap(&other, &one), wanted);
    }
}

proptest! {
    #[test]
    fn what_is_tolerated_lies_within_the_tolerance_and_nothing_is_without_one(
        length in 0i64..600,
        start in -200i64..200,
        end in -200i64..200,
        tolerance in 0u32..200,
    ) {
        let (before, after) = (window(0, length), window(start, length + end));
        let most = i64::from(tolerance);
        let wanted = (start, end) != (0, 0)
            && start.abs() <= most
            && end.abs() <= most
            && end - start <= most
            && start <= length + end;
        prop_assert_eq!(tolerated(&before, &after, tolerance).is_some(), wanted);
        prop_assert_eq!(tolerated(&before, &after, 0), None);
        // Who tolerates more tolerates that as well.
        if wanted {
            prop_assert!(tolerated(&before, &after, tolerance + 1).is_some());
        }
    }
}
