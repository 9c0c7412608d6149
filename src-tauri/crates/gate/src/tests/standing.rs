//! Standing approvals, and the glass that is broken.
use chrono::{Duration, TimeZone as _, Utc};
use domain::entry::Verdict;
use domain::ids::{Digest, EntryId};
use domain::meeting::DecisionKind;
use domain::policy::{Policy, Strength};
use domain::standing::Outcome;
use record::testing::{CTO, Desk, LEAD};

use super::Case;
use crate::asked::Repeated;
use crate::reason::{Kind, Reason};
use crate::testing::{Handed, Story, artifact, at, digest_of, with};
use crate::verdict::BROKEN;

/// How often the story's standing approval may be used.
const USES: u32 = 3;

/// A standard change that was decided, signed off by the CTO, and is told of in a snapshot, with a standing approval.
fn told(policy: &Policy, kind: &str, signer: u128) -> (Story, EntryId) {
    let signed = with("kind", kind);
    let mut story = Story::of(Desk::open(), policy);
    story.decide_on(DecisionKind::Approved, digest_of(&signed), Vec::new());
    story.sign_what(CTO, Verdict::Approve, &signed, |_| {});
    let standing = story.stand(signer, USES, &signed);
    story.export(Handed { artifacts: Vec::new(), ..Handed::of(&signed) });
    (story, standing.id())
}

fn policy() -> Policy {
    Policy::built_in(Strength::Starter)
}

fn ask(case: &mut Case) {
    case.asked.repeated = Some(Repeated { service: "pay".to_owned(), pipeline: "deploy-pay".to_owned() });
    // Another artifact each time: nobody signed this one.
    case.asked.artifacts = vec![artifact('e')];
}

/// What the pipeline says it repeats.
pub(super) fn of(case: &mut Case) -> &mut Repeated {
    case.asked.repeated.as_mut().expect("asked")
}

fn fresh(story: &mut Story) {
    let signed = with("kind", "standard");
    let handed = Handed { artifacts: Vec::new(), claimed: at(20, 15), ..Handed::of(&signed) };
    story.export(handed);
}

/// With a newer snapshot, asked for as `edit` has it.
pub(super) fn repeated(edit: impl FnOnce(&mut Case)) -> Case {
    let mut case = since(|_, _| {});
    edit(&mut case);
    case
}

/// As [`repeated`], the change signed off as another kind.
pub(super) fn repeated_as(kind: &str) -> Case {
    let (story, _) = told(&policy(), kind, CTO);
    let mut case = Case::of(&story).fresh(&story);
    ask(&mut case);
    case
}

/// With what was written since the standing approval, and a newer snapshot that knows of it.
pub(super) fn since(tell: impl FnOnce(&mut Story, EntryId)) -> Case {
    let (mut story, standing) = told(&policy(), "standard", CTO);
    let case = Case::of(&story);
    tell(&mut story, standing);
    fresh(&mut story);
    let mut case = case.fresh(&story);
    ask(&mut case);
    case
}

/// Brings `n` receipts back, each twice.
pub(super) fn uses(story: &mut Story, standing: EntryId, n: u8) {
    for receipt in (1..=n).chain(1..=n) {
        story.used(standing, receipt, Outcome::Succeeded);
    }
}

/// So many milliseconds before the standing approval ends.
pub(super) fn at_the_end(before: i64) -> Case {
    let end = Utc.with_ymd_and_hms(2026, 11, 30, 0, 0, 0).single().expect("a time");
    let signed = with("kind", "standard");
    let (mut story, _) = told(&policy(), "standard", CTO);
    let claimed = end - Duration::hours(1);
    let fresh_until = end + Duration::hours(1);
    story.export(Handed { artifacts: Vec::new(), claimed, fresh_until, ..Handed::of(&signed) });
    let mut case = Case::of(&story).fresh(&story);
    ask(&mut case);
    case.now = end - Duration::milliseconds(before);
    case
}

/// Without a newer file, under a policy that does or does not mind.
pub(super) fn uncounted(allowed: bool) -> Case {
    let (story, _) = told(&Policy { standing_uncounted: allowed, ..policy() }, "standard", CTO);
    let mut case = Case::of(&story);
    ask(&mut case);
    case
}

#[test]
fn a_standing_approval_lets_any_artifact_run_outside_the_window_and_says_how_often_it_did() {
    let mut case = since(|story, standing| uses(story, standing, 2));
    case.now = at(23, 30);
    let verdict = case.judge();
    assert!(verdict.passed(), "{}", verdict.text(false));
    let line =
        "Standing approval: pay by deploy-pay, 2 of 3 uses counted, until 2026-11-30T00:00:00Z, signed by Grace (CTO)";
    assert!(verdict.text(false).contains(line), "{}", verdict.text(false));
    assert_eq!(verdict.receipt(false)["shown"]["standing"]["counted"], 2);
    let verdict = uncounted(true).judge();
    assert!(verdict.text(false).contains("uses not counted, at most 3"), "{}", verdict.text(false));
    assert!(verdict.receipt(false)["shown"]["standing"]["counted"].is_null());
}

#[test]
fn it_is_for_one_service_one_pipeline_and_one_environment() {
    for edit in [
        (|c: &mut Case| of(c).service = "shop".to_owned()) as fn(&mut Case),
        |c| of(c).pipeline = "deploy-shop".to_owned(),
        |c| c.asked.environment = "prod-us".to_owned(),
    ] {
        assert_eq!(repeated(edit).codes(), [Reason::StandingMissing]);
    }
}

#[test]
fn whoever_did_not_sign_the_change_off_lets_nothing_be_repeated() {
    let (story, _) = told(&policy(), "standard", LEAD);
    let mut case = Case::of(&story).fresh(&story);
    ask(&mut case);
    assert_eq!(case.codes(), [Reason::StandingMissing]);
}

#[test]
fn a_failure_suspends_it_until_an_authority_signs_another() {
    let failed = |story: &mut Story, standing| drop(story.used(standing, 1, Outcome::Failed));
    assert_eq!(since(failed).codes(), [Reason::StandingSuspended]);
    let again = since(|story, standing| {
        failed(story, standing);
        story.stand(CTO, USES, &with("kind", "standard"));
    });
    assert!(again.judge().passed(), "{}", again.judge().text(false));
}

#[test]
fn when_what_is_repeated_was_edited_nothing_runs() {
    let (mut story, _) = told(&policy(), "standard", CTO);
    let case = Case::of(&story);
    let mut edited = with("kind", "standard");
    edited.insert("plan.backout".to_owned(), b"None".to_vec());
    story.export(Handed { artifacts: Vec::new(), claimed: at(20, 15), ..Handed::of(&edited) });
    let mut case = case.fresh(&story);
    ask(&mut case);
    assert_eq!(case.codes(), [Reason::FreshContent]);
}

#[test]
fn a_standing_approval_is_not_asked_for_unless_the_pipeline_says_so() {
    let mut case = since(|_, _| {});
    case.asked.repeated = None;
    assert_eq!(case.codes(), [Reason::Snapshot], "an approval of these artifacts was asked for");
}

/// The approved story under a policy that allows it or not, with what was asked edited.
fn glass(allowed: bool, edit: impl FnOnce(&mut Case)) -> crate::Verdict {
    let mut story = Story::of(Desk::open(), &Policy { break_glass: allowed, ..policy() });
    story.decide(DecisionKind::Deferred);
    story.sign(CTO, Verdict::Approve);
    story.export(Handed::of(&crate::testing::fields()));
    let mut case = Case::of(&story);
    edit(&mut case);
    case.judge().break_glass("The shop is down")
}

#[test]
fn where_the_policy_allows_it_a_refusal_is_overruled_and_leaves_something_owing() {
    let verdict = glass(true, |_| {});
    assert_eq!((verdict.codes(), verdict.exit(false)), (vec![Reason::Deferred], 0));
    assert!(!verdict.passed(), "it was refused, and stays refused");
    let text = verdict.text(false);
    for line in
        ["GLASS BROKEN, deployed although refused: CHG-17", "deferred: ", "Reason given: The shop is down", "owing"]
    {
        assert!(text.contains(line), "{line:?} in\n{text}");
    }
    let receipt = verdict.receipt(false);
    assert_eq!((receipt["verdict"].as_str(), receipt["exit"].as_u64()), (Some(BROKEN), Some(0)));
    assert_eq!(receipt["broken"]["reason"], "The shop is down");
    assert_eq!(verdict.document(false)["ok"], true);
}

#[test]
fn the_glass_stays_whole_where_the_policy_forbids_it_or_nothing_can_be_known() {
    let verdict = glass(false, |_| {});
    assert_eq!((verdict.codes(), verdict.exit(false)), (vec![Reason::Deferred, Reason::BreakGlass], 1));
    assert!(glass(true, |c| c.approval.push(b' ')).codes().contains(&Reason::BreakGlass), "unreadable");
    let verdict = glass(true, |c| c.asked.roster_root = record::roster::RosterFingerprint(Digest::of(b"another")));
    assert_eq!(
        (verdict.codes(), verdict.kind()),
        (vec![Reason::RosterRoot, Reason::BreakGlass], Some(Kind::Verification))
    );
    assert_eq!(verdict.exit(false), 7);
}

#[test]
fn what_may_be_deployed_breaks_nothing() {
    let verdict = Case::of(&Story::approved()).judge().break_glass("just in case");
    assert!(verdict.passed() && verdict.broken.is_none());
    assert_eq!(verdict.receipt(false)["verdict"], "passed");
}
