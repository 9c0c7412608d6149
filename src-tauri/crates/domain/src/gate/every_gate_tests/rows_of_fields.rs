//! The gates that look at the ticket: its fields, its links and its files.
use super::{Blocks, HARD, Row, Waiving, Without, fails, passes, unclear};
use crate::change::{ChangeRequest, IssueKind, Severity};
use crate::gate::fixture::{change, issue};
use crate::gate::{GateOutcome, evaluate};
use crate::policy::Policy;
use crate::risk::RiskLevel;

/// What a gate says of a complete change of High risk to which this is done.
pub(super) fn judged(policy: &Policy, id: &str, spoil: fn(&mut ChangeRequest)) -> GateOutcome {
    let mut change = change();
    spoil(&mut change);
    let outcomes = evaluate(&change, Some(RiskLevel::High), policy, false, &["backout.md".to_owned()]);
    outcomes.into_iter().find(|outcome| outcome.gate.id == id).expect("a gate of every change")
}

/// Nothing.
pub(super) fn whole(_: &mut ChangeRequest) {}

/// Why a field has no outcome without evidence.
const EMPTY: Without = Without::Never("the ticket is all there is to look at, and a field that is empty is missing");

pub(super) const ROWS: &[Row] = &[
    Row {
        id: "ticket",
        clause: "R11",
        passes: passes(|p| judged(p, "ticket", whole), "the change has a ticket"),
        breaks: fails(
            |p| judged(p, "ticket", |c| c.remote_id.clear()),
            "the change has no ticket",
            "enter the change in the ticketing system, then sync",
        ),
        without: Without::Never("without a ticket there is no change, which is what it asks"),
        blocks: Blocks::Always,
        waiver: HARD,
    },
    Row {
        id: "open-defects",
        clause: "R32",
        passes: passes(|p| judged(p, "open-defects", whole), "none is an open critical or high defect"),
        breaks: fails(
            |p| {
                judged(p, "open-defects", |c| {
                    c.linked_issues.push(issue("200", Some(IssueKind::Bug), Some(Severity::High), Some(true)));
                })
            },
            "open critical or high: #200 “Issue 200”",
            "close the defects, or unlink what is none of this change's",
        ),
        without: Without::Shown(unclear(
            |p| judged(p, "open-defects", |c| c.details_synced = false),
            "the linked issues have not arrived yet",
            "sync the change's details",
        )),
        blocks: Blocks::Always,
        waiver: HARD,
    },
    Row {
        id: "description",
        clause: "R36",
        passes: passes(|p| judged(p, "description", whole), "filled"),
        breaks: fails(
            |p| judged(p, "description", |c| c.description.text.clear()),
            "missing: description",
            "fill in on the ticket: description; write “none” where there is none",
        ),
        without: EMPTY,
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::InObserve,
    },
    Row {
        id: "reason",
        clause: "R37",
        passes: passes(|p| judged(p, "reason", whole), "filled"),
        breaks: fails(
            |p| judged(p, "reason", |c| c.reason.clear()),
            "missing: reason",
            "fill in on the ticket: reason; write “none” where there is none",
        ),
        without: EMPTY,
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::InObserve,
    },
    Row {
        id: "affected",
        clause: "R38",
        passes: passes(|p| judged(p, "affected", whole), "filled"),
        breaks: fails(
            |p| {
                judged(p, "affected", |c| {
                    c.affected_systems.clear();
                    c.affected_data.clear();
                })
            },
            "missing: systems, data",
            "fill in on the ticket: systems, data; write “none” where there is none",
        ),
        without: EMPTY,
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::InObserve,
    },
    Row {
        id: "version",
        clause: "R39",
        passes: passes(|p| judged(p, "version", whole), "filled"),
        breaks: fails(
            |p| judged(p, "version", |c| c.version.clear()),
            "missing: version",
            "fill in on the ticket: version; write “none” where there is none",
        ),
        without: EMPTY,
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::InObserve,
    },
    Row {
        id: "security-scan",
        clause: "R40",
        passes: passes(|p| judged(p, "security-scan", whole), "filled"),
        breaks: fails(
            |p| judged(p, "security-scan", |c| c.security_scan_results.clear()),
            "missing: results",
            "fill in on the ticket: results; write “none” where there is none",
        ),
        without: EMPTY,
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::InObserve,
    },
    Row {
        id: "environment",
        clause: "R41",
        passes: passes(|p| judged(p, "environment", whole), "matches “prod*”"),
        breaks: fails(
            |p| judged(p, "environment", |c| c.environment = "staging".to_owned()),
            "does not match “prod*”",
            "name an environment that matches “prod*”",
        ),
        without: EMPTY,
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::InObserve,
    },
    Row {
        id: "branch",
        clause: "R42",
        passes: passes(|p| judged(p, "branch", whole), "it is “main”"),
        breaks: fails(
            |p| judged(p, "branch", |c| c.source_branch = "develop".to_owned()),
            "it is not “main”",
            "merge to “main” and promote from “main”",
        ),
        without: EMPTY,
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::InObserve,
    },
    Row {
        id: "rollback-evidence",
        clause: "R84",
        passes: passes(|p| judged(p, "rollback-evidence", whole), "it says that the test succeeded, in staging"),
        breaks: fails(
            |p| judged(p, "rollback-evidence", |c| c.rollback_evidence = "It succeeded in the lab.".to_owned()),
            "it does not say that the test was in staging, and asked above Medium (risk: High)",
            "test the rollback in staging, and link the evidence on the ticket with its result, for example “Rolled \
             back in staging on 3 May, succeeded in 6 minutes”",
        ),
        without: EMPTY,
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::InObserve,
    },
    Row {
        id: "attachments",
        clause: "R113",
        passes: passes(|p| judged(p, "attachments", whole), "all are here"),
        // A file that is not here is never judged to be wrong: nobody can show what was signed.
        breaks: unclear(
            |p| judged(p, "attachments", |c| c.attachments.clear()),
            "no longer on the ticket: “backout.md”",
            "attach them again, then sync",
        ),
        without: Without::Shown(unclear(
            |p| judged(p, "attachments", |c| c.details_synced = false),
            "the list of attachments has not arrived yet",
            "sync the change's details",
        )),
        blocks: Blocks::Always,
        waiver: HARD,
    },
];
