//! The gates that look at the plan: its sections, and what they must say.
use std::collections::BTreeMap;

use super::rows_of_fields::{judged, whole};
use super::{Blocks, Judge, Row, Waiving, Without, fails, passes, unclear, warns};
use crate::change::{ChangeRequest, RawText, TextFormat};
use crate::gate::fixture::{at, board, change, id};
use crate::gate::{GateOutcome, plan_approval_gate};
use crate::ids::{Digest, EntryId};
use crate::plan::{PlanApproval, PlanApprovalBody, PlanSection as S};
use crate::policy::{Policy, RecoveryOf};
use crate::roster::Role;

fn write(change: &mut ChangeRequest, section: S, text: &str) {
    change.plan.insert(section, RawText { format: TextFormat::Plain, text: text.to_owned() });
}

/// The plan's section of this number, written.
fn written<const N: usize>(policy: &Policy) -> GateOutcome {
    judged(policy, &format!("plan-{}", S::ALL[N].clause().to_lowercase()), whole)
}

/// The same, missing.
fn missing<const N: usize>(policy: &Policy) -> GateOutcome {
    judged(policy, &format!("plan-{}", S::ALL[N].clause().to_lowercase()), |c| drop(c.plan.remove(&S::ALL[N])))
}

/// A section that is only missed.
const fn missed(
    (id, clause): (&'static str, &'static str),
    (written, missing): (Judge, Judge),
    by: &'static str,
) -> Row {
    Row {
        id,
        clause,
        passes: passes(written, "written"),
        breaks: warns(missing, "missing", by),
        without: SECTION,
        blocks: Blocks::Never,
        waiver: Waiving::NothingToWaive("three sections are mandatory (R23 to R25), and this is none of them"),
    }
}

/// A section that is mandatory above Low risk.
const fn mandatory(
    (id, clause): (&'static str, &'static str),
    (written, missing): (Judge, Judge),
    by: &'static str,
) -> Row {
    Row {
        id,
        clause,
        passes: passes(written, "written"),
        breaks: fails(missing, "missing, and mandatory above Low (risk: High)", by),
        without: SECTION,
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::ByTwo,
    }
}

/// Why a section has no outcome without evidence.
const SECTION: Without = Without::Never("a section that is not there is missing, and there is nothing else to look at");

/// Neither the ticket nor the plan says how.
fn no_method(change: &mut ChangeRequest) {
    change.deployment_method.clear();
    change.plan.remove(&S::Method);
}

/// Under a policy with an objective for the rollback.
fn timed(policy: &Policy, spoil: fn(&mut ChangeRequest)) -> GateOutcome {
    let rto = BTreeMap::from([(RecoveryOf::Normal, 30)]);
    judged(&Policy { rto, ..policy.clone() }, "rollback-duration", spoil)
}

/// A roll-out in steps that says all.
const RAMP: &str = "Ramp behind the flag x: 1 %, 50 %. Hold each for 1 h. Stop if errors rise. Owner: Dora.";
/// A canary that says all.
const CANARY: &str =
    "A canary. Metrics: latency. Baseline: today. Promote it if latency is at most 200 ms, else reject it.";

fn sections(text: &str) -> BTreeMap<S, Digest> {
    BTreeMap::from([(S::Backout, Digest::of(text.as_bytes()))])
}

/// Whether the plan as it is now is approved, of which these texts were.
fn approved(policy: &Policy, texts: &[&str]) -> GateOutcome {
    let approval = |text: &&str| PlanApproval {
        entry: EntryId([3; 32]),
        actor: id(3),
        role: Some(Role::TechnicalLead),
        claimed: at(3),
        body: PlanApprovalBody { change: change().key, reason: String::new(), sections: sections(text) },
        withdrawn: None,
    };
    let approvals: Vec<PlanApproval> = texts.iter().map(approval).collect();
    let policy = Policy { plan_approval: vec![Role::TechnicalLead], ..policy.clone() };
    plan_approval_gate(&change(), &sections("now"), &approvals, &board(6), &policy)
}

pub(super) const ROWS: &[Row] = &[
    missed(("plan-r17", "R17"), (written::<0>, missing::<0>), "write the section “Approach” of the plan"),
    missed(("plan-r18", "R18"), (written::<1>, missing::<1>), "write the section “Prerequisites” of the plan"),
    missed(("plan-r19", "R19"), (written::<2>, missing::<2>), "write the section “Method of deployment” of the plan"),
    missed(("plan-r20", "R20"), (written::<3>, missing::<3>), "write the section “Configuration items” of the plan"),
    missed(("plan-r21", "R21"), (written::<4>, missing::<4>), "write the section “Training” of the plan"),
    missed(
        ("plan-r22", "R22"),
        (written::<5>, missing::<5>),
        "write the section “Roles and responsibilities” of the plan",
    ),
    mandatory(("plan-r23", "R23"), (written::<6>, missing::<6>), "write the section “Backout plan” of the plan"),
    mandatory(("plan-r24", "R24"), (written::<7>, missing::<7>), "write the section “Testing” of the plan"),
    mandatory(("plan-r25", "R25"), (written::<8>, missing::<8>), "write the section “Communication” of the plan"),
    missed(("plan-r26", "R26"), (written::<9>, missing::<9>), "write the section “Timing and timescales” of the plan"),
    missed(("plan-r27", "R27"), (written::<10>, missing::<10>), "write the section “Risk management” of the plan"),
    missed(("plan-r28", "R28"), (written::<11>, missing::<11>), "write the section “Documentation” of the plan"),
    missed(
        ("plan-r29", "R29"),
        (written::<12>, missing::<12>),
        "write the section “Related changes, known errors and problems” of the plan",
    ),
    Row {
        id: "plan-owner",
        clause: "R15",
        passes: passes(|p| judged(p, "plan-owner", whole), "named"),
        breaks: fails(
            |p| judged(p, "plan-owner", |c| c.release_manager = None),
            "missing: release manager",
            "name the Release Manager on the ticket",
        ),
        without: Without::Never("the ticket is all there is to look at, and a name that is not there is missing"),
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::ByTwo,
    },
    Row {
        id: "runbook",
        clause: "R82",
        passes: passes(
            |p| judged(p, "runbook", whole),
            "checks, dependencies, mitigations, hold points and the point of no return are there",
        ),
        breaks: fails(
            |p| judged(p, "runbook", |c| write(c, S::RiskManagement, "None")),
            "Related changes, known errors and problems: no word on known issues",
            "list the known issues, each with its mitigation, or write “no known issues”",
        ),
        without: Without::Shown(unclear(
            |p| judged(p, "runbook", |c| c.plan.clear()),
            "the plan has no runbook",
            "write the sections “Prerequisites”, “Method of deployment” and “Timing and timescales” of the plan",
        )),
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::ByTwo,
    },
    Row {
        id: "rollback-duration",
        clause: "R92",
        passes: passes(|p| timed(p, whole), "within the objective"),
        breaks: fails(
            |p| timed(p, |c| write(c, S::Backout, "It takes 1 hour.")),
            "it takes 30 minutes longer than the objective",
            "shorten the rollback, or have the board agree to another objective in its policy",
        ),
        without: Without::Shown(unclear(
            |p| timed(p, |c| write(c, S::Backout, "Run the job.")),
            "the backout plan does not say how long it takes",
            "say in the backout plan how long it takes, for example “takes 20 minutes”",
        )),
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::ByTwo,
    },
    Row {
        id: "rollback-triggers",
        clause: "R94",
        passes: passes(|p| judged(p, "rollback-triggers", whole), "both are said"),
        breaks: fails(
            |p| judged(p, "rollback-triggers", |c| write(c, S::Backout, "Dora decides.")),
            "not said: what triggers it",
            "name health checks, thresholds or the signal that trigger it, and who decides",
        ),
        without: Without::Shown(unclear(
            |p| judged(p, "rollback-triggers", |c| drop(c.plan.remove(&S::Backout))),
            "the plan has no backout plan",
            "write the section “Backout plan” of the plan",
        )),
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::ByTwo,
    },
    Row {
        id: "roll-out",
        clause: "R46",
        passes: passes(
            |p| judged(p, "roll-out", |c| write(c, S::Approach, RAMP)),
            "flag, steps, hold, criterion and owner are said",
        ),
        breaks: fails(
            |p| judged(p, "roll-out", |c| write(c, S::Approach, "Ramp: 50 %, then 5 %.")),
            "the steps do not rise",
            "write the steps in their order, each more than the one before",
        ),
        without: Without::Never("a plan that speaks of no roll-out in steps has none to judge: it is not applicable"),
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::ByTwo,
    },
    Row {
        id: "canary",
        clause: "R47",
        passes: passes(
            |p| judged(p, "canary", |c| write(c, S::Approach, CANARY)),
            "metrics, baseline, threshold and verdict are said",
        ),
        breaks: fails(
            |p| judged(p, "canary", |c| write(c, S::Approach, "A canary. Metrics: latency. Baseline: today.")),
            "not said: a threshold in numbers, when it is promoted or rejected",
            "say in the plan the metrics, the baseline, the threshold, and when the canary is promoted or rejected",
        ),
        without: Without::Never("without a canary it breaks where the policy asks for one; else it is not applicable"),
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::ByTwo,
    },
    Row {
        id: "support-readiness",
        clause: "R109",
        passes: passes(|p| judged(p, "support-readiness", whole), "release notes and known issues are said"),
        breaks: fails(
            |p| judged(p, "support-readiness", |c| write(c, S::Documentation, "The wiki.")),
            "not said: where the release notes are",
            "say in the plan where the release notes are, and list the known issues or write “no known issues”",
        ),
        without: Without::Shown(unclear(
            |p| judged(p, "support-readiness", |c| c.plan.clear()),
            "the plan has nothing for support",
            "write the sections “Documentation” and “Communication” of the plan",
        )),
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::ByTwo,
    },
    Row {
        id: "escalation-playbook",
        clause: "R111",
        passes: passes(|p| judged(p, "escalation-playbook", whole), "“backout.md” is here"),
        breaks: fails(
            |p| judged(p, "escalation-playbook", |c| c.attachments.clear()),
            "no escalation playbook is attached",
            "attach the playbook, with “escalation” or “playbook” in its name",
        ),
        without: Without::Shown(unclear(
            |p| judged(p, "escalation-playbook", |c| c.details_synced = false),
            "the list of attachments has not arrived yet",
            "sync the change's details",
        )),
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::ByTwo,
    },
    Row {
        id: "deployment-method",
        clause: "R3",
        passes: passes(|p| judged(p, "deployment-method", whole), "a pipeline or job is named"),
        breaks: fails(
            |p| judged(p, "deployment-method", |c| c.deployment_method = "by hand".to_owned()),
            "no pipeline or job is named",
            "name the pipeline or job that deploys it on the ticket, for example “pipeline payments-deploy”",
        ),
        without: Without::Shown(unclear(
            |p| judged(p, "deployment-method", no_method),
            "nothing says how it is deployed",
            "name the pipeline or job that deploys it on the ticket, for example “pipeline payments-deploy”",
        )),
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::ByTwo,
    },
    Row {
        id: "window-watch",
        clause: "R110",
        passes: passes(|p| judged(p, "window-watch", whole), "monitoring and alerting are named"),
        breaks: fails(
            |p| judged(p, "window-watch", |c| write(c, S::Communication, "Alerting: the pager of payments.")),
            "not said: the monitoring during the window",
            "name in the plan what monitors and what alerts during the window, for example “Monitoring: the dashboard \
             of payments” and “Alerting: the pager of its team”",
        ),
        without: Without::Shown(unclear(
            |p| judged(p, "window-watch", |c| c.plan.clear()),
            "the plan says nothing of how the window is watched",
            "name in the plan what monitors and what alerts during the window, for example “Monitoring: the dashboard \
             of payments” and “Alerting: the pager of its team”",
        )),
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::ByTwo,
    },
    Row {
        id: "plan-approval",
        clause: "R16",
        passes: passes(|p| approved(p, &["now"]), "approved by “Member 3”"),
        breaks: fails(
            |p| approved(p, &["before"]),
            "the plan was edited since “Member 3” approved it",
            "have the plan approved by: Technical Development Lead",
        ),
        without: Without::Shown(unclear(
            |p| approved(p, &[]),
            "nobody whose word counts approved the plan",
            "have the plan approved by: Technical Development Lead",
        )),
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::ByTwo,
    },
];
