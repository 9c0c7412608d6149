//! Shifts of the window since the decision, under a policy that tolerates 30 minutes.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::entry::Verdict;
use domain::meeting::DecisionKind;
use domain::policy::{Policy, Strength};
use record::testing::{CTO, Desk};

use super::Case;
use crate::Reason;
use crate::testing::{Handed, Story, at, fields, with};

type Fields = BTreeMap<String, Vec<u8>>;

fn story(tolerance: u32) -> Story {
    let policy = Policy { window_tolerance_minutes: tolerance, ..Policy::built_in(Strength::Starter) };
    let mut story = Story::of(Desk::open(), &policy);
    story.decide(DecisionKind::Approved);
    story.sign(CTO, Verdict::Approve);
    story
}

/// The fields with the window, which was 20:00 to 22:00, somewhere else.
fn window(start: DateTime<Utc>, end: DateTime<Utc>) -> Fields {
    let text = |at: DateTime<Utc>| crate::export::time(at).into_bytes();
    let mut moved = fields();
    moved.insert("window.start".to_owned(), text(start));
    moved.insert("window.end".to_owned(), text(end));
    moved
}

/// Exported as it says now.
fn exported(tolerance: u32, now: &Fields) -> Case {
    let mut story = story(tolerance);
    story.export_edited(now, &[]);
    Case::of(&story)
}

#[test]
fn a_shift_passes_within_the_tolerance_and_nothing_beyond_it_does() {
    let later = window(at(20, 20), at(22, 20));
    let far = window(at(20, 40), at(22, 40));
    let longer = window(at(19, 40), at(22, 20));
    let and_title = {
        let mut both = later.clone();
        both.insert("title".to_owned(), b"Upgrade MariaDB".to_vec());
        both
    };
    for (tolerance, now, codes, why) in [
        (30, &later, vec![], "moved by 20 minutes"),
        (0, &later, vec![Reason::Stale], "as the built-in policies have it"),
        (19, &later, vec![Reason::Stale], "further than the policy tolerates"),
        (30, &far, vec![Reason::Stale], "by 40 minutes"),
        (30, &longer, vec![Reason::Stale], "longer by 40 minutes"),
        (30, &and_title, vec![Reason::Stale], "the title as well"),
    ] {
        let verdict = exported(tolerance, now).judge();
        assert_eq!(verdict.codes(), codes, "{why}: {}", verdict.text(false));
    }
    let text = exported(30, &later).judge().text(false);
    assert!(text.contains("The window was moved to 20 minutes later, within the policy's tolerance."), "{text}");
}

#[test]
fn an_export_after_a_shift_is_good_for_the_window_as_it_is_and_no_longer_for_the_one_that_was_decided() {
    // The grace is 15 minutes on both sides.
    let case = exported(30, &window(at(20, 20), at(22, 20)));
    for (now, codes) in [
        (at(20, 4), vec![Reason::WindowBefore]),
        (at(20, 6), vec![]),
        (at(22, 34), vec![]),
        (at(22, 36), vec![Reason::WindowAfter]),
    ] {
        assert_eq!(Case { now, ..Case::of_file(&case) }.codes(), codes, "{now}");
    }
}

#[test]
fn an_export_that_claims_another_window_than_its_content_has_is_refused() {
    let mut story = story(30);
    let moved = Handed::of(&window(at(20, 20), at(22, 20)));
    story.export(Handed { window: moved.window, ..Handed::of(&fields()) });
    assert_eq!(Case::of(&story).codes(), [Reason::ExportDiffers]);
}

#[test]
fn a_shift_is_only_seen_where_all_that_was_signed_is_there() {
    let mut story = story(30);
    story.export_edited(&window(at(20, 20), at(22, 20)), &[]);
    let start = story.manifests[0].lines().iter().find(|l| l.field == "window.start").expect("a window").sha256;
    story.blobs.remove(&start);
    assert_eq!(Case::of(&story).codes(), [Reason::Stale]);
}

#[test]
fn a_newer_file_says_in_which_window_the_approval_may_be_used() {
    for (start, end, now, codes) in [
        (at(20, 20), at(22, 20), at(20, 30), vec![]),
        (at(20, 20), at(22, 20), at(20, 4), vec![Reason::WindowBefore]),
        (at(20, 20), at(22, 20), at(22, 30), vec![]),
        (at(20, 40), at(22, 40), at(20, 45), vec![Reason::FreshContent]),
    ] {
        let mut story = story(30);
        story.export(Handed::of(&fields()));
        let approval = Case::of(&story).approval;
        story.export_edited(&window(start, end), &[]);
        let verdict = Case { approval, now, ..Case::of(&story) }.fresh(&story).judge();
        assert_eq!(verdict.codes(), codes, "{start} to {end} at {now}: {}", verdict.text(false));
    }
}

#[test]
fn another_edit_than_of_the_window_is_no_shift() {
    assert_eq!(exported(30, &with("environment", "prod-us")).codes(), [Reason::Stale]);
}
