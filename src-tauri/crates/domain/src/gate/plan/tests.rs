use std::collections::BTreeMap;

use super::*;
use crate::change::{ChangeKind, RawText, TextFormat};
use crate::gate::fixture::{change, file};
use crate::policy::{AskedFrom, Strength};

fn policy(blocking: &[&str]) -> Policy {
    let rto = BTreeMap::from([(RecoveryOf::Normal, 30), (RecoveryOf::Major, 10)]);
    let mut policy = Policy { rto, ..Policy::built_in(Strength::Starter) };
    policy.blocking.extend(blocking.iter().map(|clause| (*clause).to_owned()));
    policy
}

fn one(change: &ChangeRequest, clause: &str, policy: &Policy) -> GateOutcome {
    let mut all = outcomes(change, Some(RiskLevel::High), policy).into_iter();
    all.find(|o| o.gate.clause == clause).expect("each clause has its gate")
}

fn write(change: &mut ChangeRequest, section: PlanSection, text: &str) {
    change.plan.insert(section, RawText { format: TextFormat::Plain, text: text.to_owned() });
}

/// A clause, what is done to a complete change, and what its gate then says and why.
type Case = (&'static str, fn(&mut ChangeRequest), GateResult, &'static str);

const CASES: &[Case] = &[
    ("R15", |_| {}, GateResult::Passed, "named"),
    ("R15", |c| c.release_manager = None, GateResult::Warned, "missing: release manager"),
    (
        "R82",
        |_| {},
        GateResult::Passed,
        "checks, dependencies, mitigations, hold points and the point of no return are there",
    ),
    (
        "R82",
        |c| write(c, PlanSection::RiskManagement, "None"),
        GateResult::Warned,
        "Related changes, known errors and problems: no word on known issues",
    ),
    ("R82", |c| c.plan.clear(), GateResult::NoEvidence, "the plan has no runbook"),
    ("R92", |_| {}, GateResult::Passed, "within the objective"),
    (
        "R92",
        |c| write(c, PlanSection::Backout, "It takes 1 hour."),
        GateResult::Warned,
        "it takes 30 minutes longer than the objective",
    ),
    (
        "R92",
        |c| write(c, PlanSection::Backout, "Run the job."),
        GateResult::NoEvidence,
        "the backout plan does not say how long it takes",
    ),
    ("R92", |c| drop(c.plan.remove(&PlanSection::Backout)), GateResult::NoEvidence, "the plan has no backout plan"),
    (
        "R92",
        |c| c.kind = Some(ChangeKind::Emergency),
        GateResult::NotApplicable,
        "the policy has no objective for an emergency",
    ),
    ("R92", |c| c.kind = None, GateResult::Warned, "it takes 10 minutes longer than the objective"),
    ("R92", |c| c.version = "5.0.0".to_owned(), GateResult::Warned, "it takes 10 minutes longer than the objective"),
    ("R94", |_| {}, GateResult::Passed, "both are said"),
    (
        "R94",
        |c| write(c, PlanSection::Backout, "A failing health check triggers it."),
        GateResult::Warned,
        "not said: who decides",
    ),
    ("R94", |c| write(c, PlanSection::Backout, "Dora decides."), GateResult::Warned, "not said: what triggers it"),
    ("R94", |c| drop(c.plan.remove(&PlanSection::Backout)), GateResult::NoEvidence, "the plan has no backout plan"),
    ("R46", |_| {}, GateResult::NotApplicable, "the plan speaks of no roll-out in steps"),
    (
        "R46",
        |c| {
            write(
                c,
                PlanSection::Approach,
                "Ramp behind the flag x: 1 %, 50 %. Hold each for 1 h. Stop if errors rise. Owner: Dora.",
            );
        },
        GateResult::Passed,
        "flag, steps, hold, criterion and owner are said",
    ),
    ("R46", |c| write(c, PlanSection::Approach, "Ramp: 50 %, then 5 %."), GateResult::Warned, "the steps do not rise"),
    (
        "R46",
        |c| write(c, PlanSection::Approach, "Ramp: 5 %, then 50 %."),
        GateResult::Warned,
        "not said: the flag, how long a step is held, when to go on or to stop, the owner",
    ),
    ("R47", |_| {}, GateResult::NotApplicable, "the plan speaks of no canary"),
    (
        "R47",
        |c| write(c, PlanSection::Approach, "A canary. Metrics: latency. Baseline: today."),
        GateResult::Warned,
        "not said: a threshold in numbers, when it is promoted or rejected",
    ),
    (
        "R47",
        |c| {
            write(
                c,
                PlanSection::Approach,
                "A canary. Metrics: latency. Baseline: today. Promote it if latency is at most 200 ms, else reject it.",
            );
        },
        GateResult::Passed,
        "metrics, baseline, threshold and verdict are said",
    ),
    ("R109", |_| {}, GateResult::Passed, "release notes and known issues are said"),
    (
        "R109",
        |c| write(c, PlanSection::Documentation, "The wiki."),
        GateResult::Warned,
        "not said: where the release notes are",
    ),
    ("R109", |c| c.plan.clear(), GateResult::NoEvidence, "the plan has nothing for support"),
    ("R111", |_| {}, GateResult::Passed, "“backout.md” is here"),
    ("R111", |c| c.attachments.clear(), GateResult::Warned, "no escalation playbook is attached"),
    ("R3", |_| {}, GateResult::Passed, "a pipeline or job is named"),
    ("R3", |c| drop(c.plan.remove(&PlanSection::Method)), GateResult::Passed, "a pipeline or job is named"),
    (
        "R3",
        |c| {
            c.deployment_method.clear();
            write(c, PlanSection::Method, "Job deploy-prod of the pipeline, started by Dora.");
        },
        GateResult::Passed,
        "a pipeline or job is named",
    ),
    ("R3", |c| c.deployment_method = "by hand".to_owned(), GateResult::Warned, "no pipeline or job is named"),
    (
        "R3",
        |c| {
            c.deployment_method.clear();
            c.plan.remove(&PlanSection::Method);
        },
        GateResult::NoEvidence,
        "nothing says how it is deployed",
    ),
    ("R110", |_| {}, GateResult::Passed, "monitoring and alerting are named"),
    (
        "R110",
        |c| write(c, PlanSection::Communication, "Alerting: the pager of payments."),
        GateResult::Warned,
        "not said: the monitoring during the window",
    ),
    (
        "R110",
        |c| write(c, PlanSection::Communication, "Monitoring: dashboard 12. Alerts are silenced."),
        GateResult::Warned,
        "not said: the alerting during the window",
    ),
    (
        "R110",
        |c| write(c, PlanSection::Communication, "Monitoring:\nAlerting:"),
        GateResult::Warned,
        "not said: the monitoring during the window, the alerting during the window",
    ),
    ("R110", |c| c.plan.clear(), GateResult::NoEvidence, "the plan says nothing of how the window is watched"),
];

#[test]
fn each_gate_passes_warns_or_has_no_evidence_and_says_why() {
    let policy = policy(&[]);
    for &(clause, spoil, result, why) in CASES {
        let mut change = change();
        spoil(&mut change);
        let outcome = one(&change, clause, &policy);
        assert_eq!((outcome.result, outcome.why.as_str()), (result, why), "{clause}");
        assert!(!outcome.blocks, "{clause} only advises");
        let open = matches!(result, GateResult::Warned | GateResult::NoEvidence);
        assert_eq!(!outcome.satisfied_by.is_empty(), open, "{outcome:?}");
    }
}

#[test]
fn from_the_level_of_the_policy_on_the_plan_must_have_a_canary() {
    use GateResult::{NotApplicable, Passed, Warned};
    let canary =
        "A canary. Metrics: latency. Baseline: today. Promote it if latency is at most 200 ms, else reject it.";
    let (mut with, mut none) = (change(), change());
    write(&mut with, PlanSection::Approach, canary);
    write(&mut none, PlanSection::Approach, "There is no canary.");
    let asked = Policy { canary_from: AskedFrom::High, ..policy(&[]) };
    let never = Policy { canary_from: AskedFrom::Never, ..policy(&[]) };
    let (high, low) = (Some(RiskLevel::High), Some(RiskLevel::Medium));
    for (change, level, policy, result) in [
        (&none, low, &asked, NotApplicable),
        (&none, high, &asked, Warned),
        (&none, Some(RiskLevel::Critical), &asked, Warned),
        (&none, None, &asked, Warned),
        (&with, high, &asked, Passed),
        (&none, None, &never, NotApplicable),
    ] {
        let found = outcomes(change, level, policy).into_iter().find(|o| o.gate.clause == "R47").expect("a gate");
        assert_eq!((found.result, found.blocks), (result, false), "{level:?}: {}", found.why);
        assert_eq!(found.satisfied_by.is_empty(), result != Warned);
    }
    let blocking = Policy { canary_from: AskedFrom::High, ..policy(&["R47"]) };
    let found = one(&none, "R47", &blocking);
    assert_eq!((found.result, found.blocks), (GateResult::Failed, true));
    assert_eq!(found.why, "the plan speaks of no canary, asked from High on (R85; risk: High)");
    assert!(found.satisfied_by.starts_with("roll out to a canary first, and say in the plan the metrics"), "{found:?}");
}

#[test]
fn where_the_policy_names_the_clause_it_blocks() {
    for &(clause, spoil, result, why) in CASES {
        let mut change = change();
        spoil(&mut change);
        let outcome = one(&change, clause, &policy(&[clause]));
        let (result, blocks) = match result {
            GateResult::Warned => (GateResult::Failed, true),
            GateResult::NoEvidence => (GateResult::NoEvidence, true),
            GateResult::Passed | GateResult::Failed | GateResult::Waived | GateResult::NotApplicable => (result, false),
        };
        assert_eq!((outcome.result, outcome.blocks, outcome.why.as_str()), (result, blocks, why), "{clause}");
    }
}

#[test]
fn what_was_looked_at_is_said() {
    let change = change();
    let policy = policy(&[]);
    for (clause, looked_at) in [
        ("R15", "release manager: “Ria Maas”"),
        ("R82", "6 steps in their order"),
        ("R92", "the plan: 20 minutes; objective for a normal change: 30 minutes"),
        ("R94", "trigger: “It is triggered by an error rate above 2 %.”; decides: “Dora decides.”"),
        ("R3", "deployment method: “pipeline payments-deploy”; plan: nothing"),
        ("R110", "monitoring: “Monitoring: the dashboard of payments.”; alerting: “Alerting: the pager of its team.”"),
    ] {
        assert_eq!(one(&change, clause, &policy).looked_at, looked_at);
    }
}

#[test]
fn a_playbook_that_is_not_here_is_no_evidence() {
    let policy = policy(&["R111"]);
    let mut change = change();
    change.attachments = vec![file("escalation.pdf", None)];
    let outcome = one(&change, "R111", &policy);
    assert_eq!((outcome.result, outcome.blocks), (GateResult::NoEvidence, true));
    assert_eq!(outcome.why, "not yet downloaded: “escalation.pdf”");
    change.details_synced = false;
    let outcome = one(&change, "R111", &policy);
    assert_eq!(outcome.why, "the list of attachments has not arrived yet");
}

#[test]
fn many_findings_are_told_in_part_and_counted() {
    let mut change = change();
    let steps: Vec<String> = (1..=9).map(|n| format!("{n}. Restart host {n}")).collect();
    write(&mut change, PlanSection::Method, &steps.join("\n"));
    let outcome = one(&change, "R82", &policy(&[]));
    assert!(outcome.why.starts_with("Method of deployment, step 1: nothing verifies it (“1. Restart host 1”)"));
    assert!(outcome.why.ends_with("; and 3 more"), "{}", outcome.why);
    assert_eq!(outcome.satisfied_by, "add a step that checks its result", "a mend is said once");
}
