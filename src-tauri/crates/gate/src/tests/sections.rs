//! Sign-offs that depend on some sections of the plan.
use domain::entry::Verdict;
use domain::meeting::DecisionKind;
use domain::plan::PlanSection;
use domain::policy::{Policy, Strength};
use domain::roster::Role;
use record::testing::{CTO, Desk};

use super::Case;
use crate::Reason;
use crate::testing::{Handed, Story, fields, with};

/// A policy under which the words of chair and CTO depend on these sections.
fn policy(sections: &[PlanSection]) -> Policy {
    let mut policy = Policy::built_in(Strength::Starter);
    for role in [Role::Chair, Role::Cto] {
        policy.sections.insert(role, sections.to_vec());
    }
    policy
}

/// Decided and signed, then exported as it says now, naming these fields as edited.
fn edited(policy: &Policy, now: &std::collections::BTreeMap<String, Vec<u8>>, names: &[&str]) -> Case {
    let mut story = Story::of(Desk::open(), policy);
    story.decide(DecisionKind::Approved);
    story.sign(CTO, Verdict::Approve);
    story.export_edited(now, names);
    Case::of(&story)
}

#[test]
fn an_edit_of_a_section_on_which_nobody_depends_passes_and_every_other_is_stale() {
    let backout = with("plan.backout", "Restore it twice");
    let title = with("title", "Upgrade MariaDB");
    let both = {
        let mut both = backout.clone();
        both.insert("title".to_owned(), b"Other".to_vec());
        both
    };
    let others = policy(&[PlanSection::Method]);
    let whole = Policy::built_in(Strength::Starter);
    for (policy, now, names, codes, why) in [
        (&others, &backout, vec!["plan.backout"], vec![], "nobody depends on the backout plan"),
        (&whole, &backout, vec!["plan.backout"], vec![Reason::Stale], "the built-in policy depends on the whole plan"),
        (&others, &backout, vec![], vec![Reason::Stale], "the file does not show what was edited"),
        (&others, &title, vec![], vec![Reason::Stale], "the title is no section"),
        (&others, &title, vec!["title"], vec![Reason::Stale], "nor does naming it make it one"),
        (&others, &both, vec!["plan.backout"], vec![Reason::Stale], "more than the section was edited"),
        (&policy(&[PlanSection::Backout]), &backout, vec!["plan.backout"], vec![Reason::Stale], "they depend on it"),
    ] {
        let verdict = edited(policy, now, &names).judge();
        assert_eq!(verdict.codes(), codes, "{why}: {}", verdict.text(false));
    }
    let text = edited(&others, &backout, &["plan.backout"]).judge().text(false);
    assert!(text.contains("Edited since, and nothing on which this sign-off depends: Backout plan"), "{text}");
}

#[test]
fn a_decision_and_a_sign_off_may_depend_on_different_sections() {
    let backout = with("plan.backout", "Restore it twice");
    for role in [Role::Chair, Role::Cto] {
        let mut policy = policy(&[PlanSection::Method]);
        policy.sections.insert(role, vec![PlanSection::Backout]);
        assert_eq!(edited(&policy, &backout, &["plan.backout"]).codes(), [Reason::Stale], "{role:?}");
    }
}

#[test]
fn what_was_signed_must_be_all_there_to_tell_what_was_edited() {
    let backout = with("plan.backout", "Restore it twice");
    let mut story = Story::of(Desk::open(), &policy(&[PlanSection::Method]));
    story.decide(DecisionKind::Approved);
    story.sign(CTO, Verdict::Approve);
    story.export_edited(&backout, &["plan.backout"]);
    let title = story.manifests[0].lines().iter().find(|l| l.field == "title").expect("a title").sha256;
    story.blobs.remove(&title);
    assert_eq!(Case::of(&story).codes(), [Reason::Stale]);
}

#[test]
fn a_newer_export_with_such_an_edit_renews_the_approval() {
    let backout = with("plan.backout", "Restore it twice");
    for (depends, codes) in [(PlanSection::Method, vec![]), (PlanSection::Backout, vec![Reason::FreshContent])] {
        let mut story = Story::of(Desk::open(), &policy(&[depends]));
        story.decide(DecisionKind::Approved);
        story.sign(CTO, Verdict::Approve);
        story.export(Handed::of(&fields()));
        let approval = Case::of(&story).approval;
        story.export_edited(&backout, &["plan.backout"]);
        let verdict = Case { approval, ..Case::of(&story) }.fresh(&story).judge();
        assert_eq!(verdict.codes(), codes, "{}", verdict.text(false));
    }
}
