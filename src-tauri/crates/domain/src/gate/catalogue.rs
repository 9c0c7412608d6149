//! The gates that look at evidence and at attested answers, in the order of their clauses.
use super::at_hand::AtHand;
use super::{
    Gate, GateOutcome, GateResult, components, infrastructure, issues, releases, results, review, rollback, scans,
};
use crate::chain::ReleaseType;
use crate::policy::{Policy, article};

/// A gate of the catalogue.
struct Rule {
    id: &'static str,
    clause: &'static str,
    title: &'static str,
    judge: fn(Gate, &AtHand<'_>) -> GateOutcome,
}

impl Rule {
    fn gate(&self) -> Gate {
        Gate::new(self.id, self.clause, self.title)
    }
}

const fn rule(
    id: &'static str,
    clause: &'static str,
    title: &'static str,
    judge: fn(Gate, &AtHand<'_>) -> GateOutcome,
) -> Rule {
    Rule { id, clause, title, judge }
}

static RULES: [Rule; 20] = [
    rule("infrastructure", "R2", "Repository, commit and plan of infrastructure", infrastructure::infrastructure),
    rule("tracked-issue", "R5", "A tracked issue is linked", issues::tracked_issue),
    rule("work-branch", "R6", "The branch is named after its issue", issues::work_branch),
    rule("unit-tests", "R7", "Unit and functional tests", results::unit),
    rule("regression-tests", "R8", "Regression and end-to-end tests", results::regression),
    rule("test-environment", "R9", "Performance and security tests", results::test_environment),
    rule("pre-production", "R10", "A run in pre-production", results::pre_production),
    rule("last-known-good", "R13", "Last known good version", releases::last_known_good),
    rule("component-benefit", "R33", "Benefit of new components", components::benefit),
    rule("component-licence", "R34", "Licences of new components", components::licence),
    rule("component-equivalent", "R35", "No equivalent of new components", components::equivalent),
    rule("scan-findings", "R40", "The scan's findings agree with its status", scans::agreement),
    rule("main-protected", "R43", "The main branch is protected", review::main_protected),
    rule("merge-requests", "R44", "Merge requests approved, builds green", review::merge_requests),
    rule("peer-review", "R62", "Peer review", review::peer_review),
    rule("coverage", "R62", "Coverage by tests", review::coverage),
    rule("scan-results", "R81", "Static analysis and vulnerability scan", scans::results),
    rule("load-tests", "R83", "Load tests for high traffic", results::load),
    rule("rollback-procedure", "R93", "The rollback procedure is stored, approved and tested", rollback::procedure),
    rule("schema-rollback", "R96", "The schema can be taken back", rollback::schema),
];

/// The gates of the catalogue.
#[must_use]
pub fn catalogue() -> Vec<Gate> {
    RULES.iter().map(Rule::gate).collect()
}

/// Judges what is at hand of a change: always the same gates in the same order. The tests that its type of release takes
/// (R56) block as those do that every change takes.
#[must_use]
pub fn evidence_gates(hand: &AtHand<'_>) -> Vec<GateOutcome> {
    let release = ReleaseType::of(hand.change);
    let policy = hand.policy.of_release(release);
    let strict = AtHand { policy: &policy, ..*hand };
    let judged = |rule: &Rule| {
        let outcome = with_lapsed((rule.judge)(rule.gate(), &strict), &strict);
        with_type(outcome, hand.policy, release)
    };
    RULES.iter().map(judged).collect()
}

/// Says where what is broken blocks for its type of release alone.
fn with_type(mut outcome: GateOutcome, policy: &Policy, release: ReleaseType) -> GateOutcome {
    if outcome.blocks && policy.takes_test(&outcome.gate.clause, release) {
        outcome.why.push_str(&format!("; it blocks for {}", article(release)));
    }
    outcome
}

/// Says where evidence is missing because an edit ended what was attested.
fn with_lapsed(mut outcome: GateOutcome, hand: &AtHand<'_>) -> GateOutcome {
    if outcome.result == GateResult::NoEvidence && hand.lapsed(&outcome.gate.clause) {
        outcome.why.push_str("; what was attested before the change was edited does not count");
    }
    outcome
}
