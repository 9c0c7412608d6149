//! The rules that look at the change alone.
use std::collections::BTreeMap;

use crate::change::{ChangeRequest, IssueKind, LinkedIssue, Severity};
use crate::plan::{PlanSection, lacking};
use crate::policy::Policy;
use crate::risk::RiskLevel;
use crate::runbook::RollbackTest;

use super::{Gate, GateOutcome, Look, quoted};

/// R11: there is a ticket.
pub(super) fn ticket(change: &ChangeRequest, tombstoned: bool) -> GateOutcome {
    let gate = Gate::new("ticket", "R11", "The ticket exists");
    let look = Look::at(gate, format!("{}, remote id {}", change.key, quoted(&change.remote_id)));
    if tombstoned {
        look.failed(
            "the ticket is gone from the ticketing system, or we may no longer read it",
            "restore the ticket or our access to it, then sync",
        )
    } else if change.remote_id.trim().is_empty() || change.key.number() == 0 {
        look.failed("the change has no ticket", "enter the change in the ticketing system, then sync")
    } else {
        look.passed("the change has a ticket")
    }
}

/// What a linked issue is to R32.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Defect {
    /// An open critical or high defect.
    Blocks,
    /// It might be one.
    Unclear,
    /// It is none.
    Harmless,
}

/// An issue is harmless as soon as one fact rules it out, and blocks when all speak against it.
fn judge(issue: &LinkedIssue) -> Defect {
    let defect = issue.kind.map(|k| match k {
        IssueKind::Bug | IssueKind::SecurityDefect => true,
        IssueKind::Feature | IssueKind::Change | IssueKind::Other | IssueKind::KnownError | IssueKind::Problem => false,
    });
    let severe = issue.severity.map(|s| match s {
        Severity::Critical | Severity::High => true,
        Severity::Medium | Severity::Low => false,
    });
    let facts = [defect, issue.open, severe];
    if facts.contains(&Some(false)) {
        Defect::Harmless
    } else if facts.contains(&None) {
        Defect::Unclear
    } else {
        Defect::Blocks
    }
}

/// R32: no open critical or high defect among the linked issues; unreadable ones block.
pub(super) fn open_defects(change: &ChangeRequest) -> GateOutcome {
    let gate = Gate::new("open-defects", "R32", "No open critical or high defect");
    if !change.details_synced {
        return Look::at(gate, "linked issues, not yet synced")
            .unclear("the linked issues have not arrived yet", "sync the change's details");
    }
    let list = |wanted: Defect| {
        let named: Vec<String> = change
            .linked_issues
            .iter()
            .filter(|i| judge(i) == wanted)
            .take(20)
            .map(|i| format!("#{} {}", i.remote_id, quoted(&i.title)))
            .collect();
        named.join(", ")
    };
    let count = |wanted: Defect| change.linked_issues.iter().filter(|i| judge(i) == wanted).count();
    let look = Look::at(gate, format!("{} linked issues", change.linked_issues.len()));
    if count(Defect::Blocks) > 0 {
        look.failed(
            format!("open critical or high: {}", list(Defect::Blocks)),
            "close the defects, or unlink what is none of this change's",
        )
    } else if count(Defect::Unclear) > 0 {
        look.unclear(
            format!("cannot tell whether these are open critical or high defects: {}", list(Defect::Unclear)),
            "give Cabinet's account the right to read them and state each defect's severity, then sync",
        )
    } else {
        look.passed("none is an open critical or high defect")
    }
}

/// R36 to R40: the required fields.
pub(super) fn required_fields(change: &ChangeRequest, policy: &Policy) -> Vec<GateOutcome> {
    let c = change;
    let affected = [
        ("systems", c.affected_systems.as_str()),
        ("applications", c.affected_applications.as_str()),
        ("data", c.affected_data.as_str()),
    ];
    let scan = [("status", c.security_scan_status.as_str()), ("results", c.security_scan_results.as_str())];
    vec![
        fields(policy, Gate::new("description", "R36", "Description"), &[("description", &c.description.text)]),
        fields(policy, Gate::new("reason", "R37", "Change reason"), &[("reason", &c.reason)]),
        fields(policy, Gate::new("affected", "R38", "Affected systems, applications and data"), &affected),
        fields(policy, Gate::new("version", "R39", "Version"), &[("version", &c.version)]),
        security_scan(policy, &scan),
    ]
}

/// Every named field says something.
fn fields(policy: &Policy, gate: Gate, values: &[(&str, &str)]) -> GateOutcome {
    let shown: Vec<String> = values.iter().map(|(name, value)| format!("{name}: {}", quoted(value))).collect();
    let missing: Vec<&str> = values.iter().filter(|(_, v)| v.trim().is_empty()).map(|(n, _)| *n).collect();
    let look = Look::at(gate, shown.join("; "));
    if missing.is_empty() {
        look.passed("filled")
    } else {
        let missing = missing.join(", ");
        let by = format!("fill in on the ticket: {missing}; write “none” where there is none");
        look.broken(policy, format!("missing: {missing}"), by)
    }
}

/// R40 asks for status and results; a status that says *failed* is worth a warning besides.
fn security_scan(policy: &Policy, scan: &[(&str, &str)]) -> GateOutcome {
    let gate = Gate::new("security-scan", "R40", "Security scan status and results");
    let outcome = fields(policy, gate.clone(), scan);
    let failed = scan.first().is_some_and(|(_, status)| status.trim().to_lowercase().starts_with("fail"));
    if outcome.blocks || !outcome.satisfied_by.is_empty() || !failed {
        return outcome;
    }
    Look::at(gate, outcome.looked_at).warned("the scan failed, by the ticket", "resolve the findings and scan again")
}

/// R41: the environment is one of production.
pub(super) fn environment(change: &ChangeRequest, policy: &Policy) -> GateOutcome {
    let gate = Gate::new("environment", "R41", "Production environment");
    let look = Look::at(gate, format!("environment: {}", quoted(&change.environment)));
    if change.environment.trim().is_empty() {
        look.broken(policy, "missing: environment", "name the production environment on the ticket")
    } else if policy.is_production(&change.environment) {
        look.passed(format!("matches “{}”", policy.environment))
    } else {
        let by = format!("name an environment that matches “{}”", policy.environment);
        look.broken(policy, format!("does not match “{}”", policy.environment), by)
    }
}

/// R42: only `main` is promoted; a missing branch is not `main`.
pub(super) fn branch(change: &ChangeRequest, policy: &Policy) -> GateOutcome {
    let gate = Gate::new("branch", "R42", "Only the main branch is promoted");
    let look = Look::at(gate, format!("source branch: {}", quoted(&change.source_branch)));
    let by = format!("merge to “{0}” and promote from “{0}”", policy.branch);
    if change.source_branch.trim() == policy.branch {
        look.passed(format!("it is “{}”", policy.branch))
    } else if change.source_branch.trim().is_empty() {
        look.broken(policy, "missing: source branch", by)
    } else {
        look.broken(policy, format!("it is not “{}”", policy.branch), by)
    }
}

/// Whether the level lies above `bound`; an unassessed change counts as above.
fn above(level: Option<RiskLevel>, bound: RiskLevel) -> bool {
    level.is_none_or(|l| l > bound)
}

/// How the level reads in a reason.
pub(super) fn level_words(level: Option<RiskLevel>) -> &'static str {
    level.map_or("not assessed, so it counts as critical", RiskLevel::word)
}

/// R84: evidence of a rollback test that succeeded in staging, asked above Medium.
pub(super) fn rollback_evidence(change: &ChangeRequest, level: Option<RiskLevel>, policy: &Policy) -> GateOutcome {
    let gate = Gate::new("rollback-evidence", "R84", "Evidence of a rollback test");
    let look = Look::at(gate, format!("rollback evidence: {}", quoted(&change.rollback_evidence)));
    let test = RollbackTest::read(&change.rollback_evidence);
    if test.shows() {
        return look.passed("it says that the test succeeded, in staging");
    }
    if !above(level, RiskLevel::Medium) {
        return look.not_applicable(format!("asked above Medium only (risk: {})", level_words(level)));
    }
    let lacking = match (test.succeeded, test.staging) {
        _ if change.rollback_evidence.trim().is_empty() => "missing",
        (false, false) => "it says neither that the test succeeded nor that it was in staging",
        (false, true) => "it does not say that the test succeeded",
        (true, _) => "it does not say that the test was in staging",
    };
    let by = "test the rollback in staging, and link the evidence on the ticket with its result, \
              for example “Rolled back in staging on 3 May, succeeded in 6 minutes”";
    look.broken(policy, format!("{lacking}, and asked above Medium (risk: {})", level_words(level)), by)
}

/// R17 to R29: the plan's sections. Three are mandatory above Low; the others are only missed.
pub(super) fn plan_section(
    change: &ChangeRequest,
    section: PlanSection,
    level: Option<RiskLevel>,
    policy: &Policy,
) -> GateOutcome {
    let title = format!("Plan: {}", section.title());
    let gate = Gate::new(&format!("plan-{}", section.clause().to_lowercase()), section.clause(), &title);
    let text = change.plan.get(&section).map_or("", |t| t.text.trim());
    let mut looked_at = format!("{} characters", text.chars().count());
    if section == PlanSection::RelatedChanges {
        looked_at.push_str(&format!("; {}", links_by_type(change)));
    }
    let look = Look::at(gate, looked_at);
    let by = format!("write the section “{}” of the plan", section.title());
    match lacking(change.plan.get(&section)) {
        None => look.passed("written"),
        Some(lacks) if section.mandatory_above_low() && above(level, RiskLevel::Low) => {
            look.broken(policy, format!("{lacks}, and mandatory above Low (risk: {})", level_words(level)), by)
        }
        Some(lacks) => look.warned(lacks.to_string(), by),
    }
}

/// The ticket's links by what they lead to (R29): `links: 1 change, 2 known error`.
fn links_by_type(change: &ChangeRequest) -> String {
    if !change.details_synced {
        return "links not yet synced".to_owned();
    }
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for issue in &change.linked_issues {
        *counted.entry(issue.kind.map_or("of unknown type", IssueKind::words)).or_default() += 1;
    }
    if counted.is_empty() {
        return "links: none".to_owned();
    }
    let shown: Vec<String> = counted.iter().map(|(what, count)| format!("{count} {what}")).collect();
    format!("links: {}", shown.join(", "))
}

/// Material attachments are here and hashed: otherwise nobody can show what was signed, and the
/// manifest would have a hole. No clause lets that pass, so it blocks in every strength.
pub(super) fn attachments(change: &ChangeRequest, named: &[String]) -> GateOutcome {
    let gate = Gate::new("attachments", "R113", "Material attachments are downloaded and hashed");
    if !change.details_synced {
        return Look::at(gate, "attachments, not yet synced")
            .unclear("the list of attachments has not arrived yet", "sync the change's details");
    }
    let files: Vec<_> = change.attachments.iter().filter(|a| !a.own && named.contains(&a.name)).collect();
    let gone: Vec<String> = named.iter().filter(|n| !files.iter().any(|f| f.name == **n)).map(|n| quoted(n)).collect();
    let open: Vec<String> = files.iter().filter(|f| f.sha256.is_none()).map(|f| quoted(&f.name)).collect();
    let look = Look::at(gate, format!("{} named by the plan", named.len()));
    if !gone.is_empty() {
        look.unclear(format!("no longer on the ticket: {}", gone.join(", ")), "attach them again, then sync")
    } else if !open.is_empty() {
        look.unclear(format!("not yet downloaded: {}", open.join(", ")), "download them while online")
    } else if named.is_empty() {
        look.not_applicable("the plan names no attachment")
    } else {
        look.passed("all are here")
    }
}
