//! Edits after the signature that two people ruled immaterial.
use std::collections::BTreeMap;

use domain::ids::Digest;
use record::testing::{CHAIR, CTO, LEAD};

use super::Case;
use crate::Reason;
use crate::testing::{Handed, Story, artifact, digest_of, fields, with};

type Fields = BTreeMap<String, Vec<u8>>;

fn edited() -> Fields {
    with("title", "Upgrade PostgreSQL to 17")
}

/// Decided and signed, ruled on by these people, and exported as it says then.
fn exported(ruled: &[(u128, Digest, Digest)], now: &Fields) -> Case {
    let mut story = Story::signed();
    for (signer, from, to) in ruled {
        story.rule(*signer, *from, *to);
    }
    story.export(Handed::of(now));
    Case::of(&story)
}

#[test]
fn an_edit_after_the_signature_passes_when_the_chair_and_another_ruled_it_immaterial() {
    let (signed, now) = (digest_of(&fields()), digest_of(&edited()));
    let further = with("title", "Upgrade MariaDB");
    for (ruled, export, codes, why) in [
        (vec![], edited(), vec![Reason::Stale], "nobody ruled"),
        (vec![(CHAIR, signed, now)], edited(), vec![Reason::Stale], "the chair alone"),
        (vec![(CTO, signed, now), (LEAD, signed, now)], edited(), vec![Reason::Stale], "two, and not the chair"),
        (vec![(CHAIR, signed, now), (LEAD, signed, now)], edited(), vec![], "both"),
        (vec![(CHAIR, signed, now), (LEAD, signed, now)], further, vec![Reason::Stale], "a further edit"),
        (vec![(CHAIR, now, signed), (LEAD, now, signed)], edited(), vec![Reason::Stale], "the other way round"),
    ] {
        let verdict = exported(&ruled, &export).judge();
        assert_eq!(verdict.codes(), codes, "{why}: {}", verdict.text(false));
    }
}

#[test]
fn the_verdict_says_what_was_edited_who_ruled_and_why() {
    let (signed, now) = (digest_of(&fields()), digest_of(&edited()));
    let verdict = exported(&[(CHAIR, signed, now), (LEAD, signed, now)], &edited()).judge();
    let text = verdict.text(false);
    let line = "Edited since, ruled immaterial: title; by Ada (chair) and Edsger: A typing error";
    assert!(text.contains(line), "{text}");
    let receipt = verdict.receipt(false);
    assert_eq!(receipt["shown"]["rulings"][0]["second"], "Edsger");
    assert_eq!(receipt["shown"]["rulings"][0]["entries"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_ruling_lets_nothing_be_deployed_that_was_not_signed() {
    let swapped = with("version", &format!("4.2.0 registry.example/pay@{}", artifact('e')));
    let elsewhere = with("environment", "prod-us");
    let later = with("window.end", "2026-11-21T23:00:00Z");
    for now in [swapped, elsewhere, later] {
        let (signed, to) = (digest_of(&fields()), digest_of(&now));
        // Both say that only the title was edited.
        let verdict = exported(&[(CHAIR, signed, to), (LEAD, signed, to)], &now).judge();
        assert_eq!(verdict.codes(), [Reason::ExportDiffers], "{}", verdict.text(false));
    }
}

#[test]
fn a_newer_file_with_such_an_edit_renews_the_approval_and_any_other_stops_it() {
    let (signed, now) = (digest_of(&fields()), digest_of(&edited()));
    let elsewhere = with("environment", "prod-us");
    for (ruled, snapshot, codes) in [
        (vec![], edited(), vec![Reason::FreshContent]),
        (vec![CHAIR], edited(), vec![Reason::FreshContent]),
        (vec![CHAIR, LEAD], edited(), vec![]),
        (vec![CHAIR, LEAD], with("title", "Upgrade MariaDB"), vec![Reason::FreshContent]),
        (vec![CHAIR, LEAD], elsewhere.clone(), vec![Reason::FreshContent]),
    ] {
        let mut story = Story::approved();
        let approval = Case::of(&story).approval;
        let to = if snapshot == elsewhere { digest_of(&elsewhere) } else { now };
        for signer in ruled {
            story.rule(signer, signed, to);
        }
        story.snapshot(&snapshot);
        let verdict = Case { approval, ..Case::of(&story) }.fresh(&story).judge();
        assert_eq!(verdict.codes(), codes, "{}", verdict.text(false));
    }
}
