//! The lead whom the ticket names, beside the one who signed (R31).
use domain::entry::Verdict;
use domain::meeting::DecisionKind;
use domain::policy::{Policy, Strength};
use domain::risk::RiskLevel;
use record::testing::{CTO, Desk, LEAD};

use super::Case;
use crate::Reason;
use crate::testing::{Handed, Story, digest_of, fields, with};

#[test]
fn a_lead_whom_the_ticket_does_not_name_approves_nothing_where_the_policy_compares_them() {
    // The lead's account is 3.
    for (compares, signer, named, codes) in [
        (true, LEAD, "3", vec![]),
        (true, LEAD, "", vec![]),
        (true, LEAD, "8", vec![Reason::LeadScope]),
        (true, CTO, "8", vec![]),
        (false, LEAD, "8", vec![]),
    ] {
        let name = "named/1".to_owned();
        let policy = Policy { name, named_lead: compares, ..Policy::built_in(Strength::Starter) };
        let mut story = Story::of(Desk::open(), &policy);
        let fields = with("technical_lead", named);
        story.decide_on(DecisionKind::Approved, digest_of(&fields), Vec::new());
        story.sign_what(signer, Verdict::Approve, &fields, |_| {});
        story.export(Handed::of(&fields));
        let verdict = Case::of(&story).judge();
        assert_eq!(verdict.codes(), codes, "{compares} {signer} {named}: {}", verdict.text(false));
    }
}

#[test]
fn what_the_chain_delegates_needs_no_meeting_and_what_is_high_needs_the_cto_where_it_binds() {
    use RiskLevel::{High, Low, Medium};
    for (binds, level, decided, signer, codes) in [
        (true, Low, false, LEAD, vec![]),
        (true, Low, false, CTO, vec![]),
        (false, Low, false, LEAD, vec![Reason::Undecided]),
        (true, Medium, false, LEAD, vec![Reason::Undecided]),
        (true, High, true, LEAD, vec![Reason::SignOffMissing]),
        (true, High, true, CTO, vec![]),
        (false, High, true, LEAD, vec![]),
    ] {
        let name = "binding/1".to_owned();
        let policy = Policy { name, chain_binds: binds, ..Policy::built_in(Strength::Starter) };
        let mut story = Story::of(Desk::open(), &policy);
        story.level = level;
        let fields = with("kind", "normal");
        if decided {
            story.decide_on(DecisionKind::Approved, digest_of(&fields), Vec::new());
        }
        story.sign_what(signer, Verdict::Approve, &fields, |_| {});
        story.export(Handed::of(&fields));
        let verdict = Case::of(&story).judge();
        assert_eq!(verdict.codes(), codes, "{binds} {level:?} {signer}: {}", verdict.text(false));
    }
    // Where nobody can tell what kind of release it is nothing is delegated.
    let policy = Policy { chain_binds: true, ..Policy::built_in(Strength::Starter) };
    let mut story = Story::of(Desk::open(), &policy);
    story.level = Low;
    story.sign(LEAD, Verdict::Approve);
    story.export(Handed::of(&fields()));
    assert_eq!(Case::of(&story).codes(), [Reason::Undecided]);
}

#[test]
fn what_a_change_is_of_nobody_reads_in_a_manifest_of_which_a_part_is_withheld() {
    // Signed is a content without a kind, without a lead; the manifest beside it says what suits the lead, and whether it
    // comes to that content nobody can tell while a blob is missing.
    let delegated = Policy { chain_binds: true, ..Policy::built_in(Strength::Starter) };
    let named = Policy { named_lead: true, ..Policy::built_in(Strength::Starter) };
    for (policy, field, says, level, withheld) in [
        (&delegated, "kind", "normal", RiskLevel::Low, Reason::Undecided),
        (&named, "technical_lead", "3", RiskLevel::Medium, Reason::LeadScope),
    ] {
        for whole in [true, false] {
            let policy = Policy { name: "whole/1".to_owned(), ..policy.clone() };
            let mut story = Story::of(Desk::open(), &policy);
            story.level = level;
            let shown = with(field, says);
            let signed = if whole { shown.clone() } else { fields() };
            if policy.named_lead {
                story.decide_on(DecisionKind::Approved, digest_of(&signed), Vec::new());
            }
            story.sign_what(LEAD, Verdict::Approve, &shown, |body| body.content = digest_of(&signed));
            story.export(Handed::of(&signed));
            if !whole {
                let title = story.manifests[0].lines().iter().find(|line| line.field == "title").expect("shown").sha256;
                story.blobs.remove(&title);
            }
            let verdict = Case::of(&story).judge();
            let codes = if whole { Vec::new() } else { vec![withheld] };
            assert_eq!(verdict.codes(), codes, "{field}, whole: {whole}: {}", verdict.text(false));
        }
    }
}
