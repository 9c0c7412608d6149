//! The rules that read the plan: its owner, runbook, way back, roll-out, support, method of deployment, and how its window
//! is watched.
//!
//! A section that is not there is *no evidence*; what its text leaves out is broken. Both block only where the policy names
//! the clause.
use crate::change::ChangeRequest;
use crate::plan::PlanSection;
use crate::policy::{Policy, RecoveryOf};
use crate::risk::RiskLevel;
use crate::runbook::{Canary, Finding, RollOut, Runbook, Watch, names_pipeline};

use super::checks::level_words;
use super::{Gate, GateOutcome, GateResult, Look, quoted};

#[cfg(test)]
mod tests;

/// Every rule of this module, always in the same order. `level` is `None` while unassessed, and counts as the highest.
pub(super) fn outcomes(change: &ChangeRequest, level: Option<RiskLevel>, policy: &Policy) -> Vec<GateOutcome> {
    let runbook = Runbook::read(change);
    vec![
        owner(change, policy),
        steps(&runbook, policy),
        duration(change, &runbook, policy),
        triggers(&runbook, policy),
        roll_out(&runbook, policy),
        canary(&runbook, level, policy),
        support(&runbook, policy),
        playbook(change, &runbook, policy),
        method(change, &runbook, policy),
        watch(&runbook, policy),
    ]
}

/// Nothing to judge by: blocks as the policy says.
fn silent(look: Look, policy: &Policy, why: impl Into<String>, by: impl Into<String>) -> GateOutcome {
    let blocks = policy.blocks(&look.gate.clause);
    look.says(GateResult::NoEvidence, blocks, why, by)
}

fn no_backout(look: Look, policy: &Policy) -> GateOutcome {
    let by = format!("write the section “{}” of the plan", PlanSection::Backout.title());
    silent(look, policy, "the plan has no backout plan", by)
}

/// Passed where nothing is missing, else broken by all of it.
fn parts(look: Look, policy: &Policy, parts: &[(&str, bool)], passed: &str, by: &str) -> GateOutcome {
    let missing: Vec<&str> = parts.iter().filter(|(_, there)| !there).map(|(name, _)| *name).collect();
    if missing.is_empty() {
        look.passed(passed)
    } else {
        look.broken(policy, format!("not said: {}", missing.join(", ")), by)
    }
}

/// R15: the plan has an owner.
fn owner(change: &ChangeRequest, policy: &Policy) -> GateOutcome {
    let gate = Gate::new("plan-owner", "R15", "The plan has its Release Manager");
    let name = change.release_manager.as_ref().map_or("", |account| account.name.as_str());
    let look = Look::at(gate, format!("release manager: {}", quoted(name)));
    if change.release_manager.is_some() {
        look.passed("named")
    } else {
        look.broken(policy, "missing: release manager", "name the Release Manager on the ticket")
    }
}

/// R82: the runbook has its checks, dependencies and mitigations, and its steps are verified, in order, with hold points
/// and a point of no return (R26).
fn steps(runbook: &Runbook, policy: &Policy) -> GateOutcome {
    use PlanSection::{Method, Prerequisites, Timing};
    let gate = Gate::new("runbook", "R82", "The runbook is complete");
    let look = Look::at(gate, format!("{} steps in their order", runbook.steps()));
    if ![Prerequisites, Method, Timing].into_iter().any(|section| runbook.has(section)) {
        let by = "write the sections “Prerequisites”, “Method of deployment” and “Timing and timescales” of the plan";
        return silent(look, policy, "the plan has no runbook", by);
    }
    let found = runbook.findings();
    if found.is_empty() {
        return look.passed("checks, dependencies, mitigations, hold points and the point of no return are there");
    }
    let why: Vec<String> = found.iter().take(6).map(Finding::to_string).collect();
    let more = found.len().saturating_sub(why.len());
    let mut why = why.join("; ");
    if more > 0 {
        why.push_str(&format!("; and {more} more"));
    }
    let mut mends: Vec<&str> = Vec::new();
    for finding in found.iter().take(6) {
        if !mends.contains(&finding.mend) {
            mends.push(finding.mend);
        }
    }
    look.broken(policy, why, mends.join("; "))
}

/// R92: the rollback takes no longer than the policy's objective for this type of release, or this kind of change.
fn duration(change: &ChangeRequest, runbook: &Runbook, policy: &Policy) -> GateOutcome {
    let gate = Gate::new("rollback-duration", "R92", "The rollback is within the recovery-time objective");
    let kind = change.kind.map_or("a change of unknown kind", |kind| RecoveryOf::from(kind).words());
    let Some((of, objective)) = policy.recovery(change) else {
        return Look::at(gate, "objective: nothing").not_applicable(format!("the policy has no objective for {kind}"));
    };
    let kind = if change.kind.is_some() { of.words() } else { kind };
    let read = runbook.backout();
    let minutes = read.as_ref().and_then(|backout| backout.minutes);
    let says = minutes.map_or_else(|| "nothing".to_owned(), |minutes| format!("{minutes} minutes"));
    let look = Look::at(gate, format!("the plan: {says}; objective for {kind}: {objective} minutes"));
    if read.is_none() {
        return no_backout(look, policy);
    }
    let by = "say in the backout plan how long it takes, for example “takes 20 minutes”";
    match minutes {
        None => silent(look, policy, "the backout plan does not say how long it takes", by),
        Some(minutes) if minutes > u64::from(objective) => look.broken(
            policy,
            format!("it takes {} minutes longer than the objective", minutes - u64::from(objective)),
            "shorten the rollback, or have the board agree to another objective in its policy",
        ),
        Some(_) => look.passed("within the objective"),
    }
}

/// R94: what triggers a rollback, and who decides.
fn triggers(runbook: &Runbook, policy: &Policy) -> GateOutcome {
    let gate = Gate::new("rollback-triggers", "R94", "What triggers a rollback, and who decides");
    let Some(read) = runbook.backout() else { return no_backout(Look::at(gate, "backout plan: nothing"), policy) };
    let (trigger, decides) = (read.trigger.as_deref().unwrap_or(""), read.decides.as_deref().unwrap_or(""));
    let look = Look::at(gate, format!("trigger: {}; decides: {}", quoted(trigger), quoted(decides)));
    let named = [("what triggers it", read.trigger.is_some()), ("who decides", read.decides.is_some())];
    let by = "name health checks, thresholds or the signal that trigger it, and who decides";
    parts(look, policy, &named, "both are said", by)
}

/// R46: a roll-out in steps says all that is needed to run it.
fn roll_out(runbook: &Runbook, policy: &Policy) -> GateOutcome {
    let gate = Gate::new("roll-out", "R46", "The roll-out in steps is whole");
    let Some(RollOut { flag, steps, hold, criterion, owner }) = runbook.roll_out() else {
        return Look::at(gate, "the plan").not_applicable("the plan speaks of no roll-out in steps");
    };
    let shown: Vec<String> = steps.iter().take(12).map(|step| percent(*step)).collect();
    let look =
        Look::at(gate, format!("steps: {}", if shown.is_empty() { "nothing".to_owned() } else { shown.join(", ") }));
    if steps.windows(2).any(|pair| matches!(pair, [before, after] if after <= before)) {
        return look.broken(
            policy,
            "the steps do not rise",
            "write the steps in their order, each more than the one before",
        );
    }
    let named = [
        ("the flag", flag.is_some()),
        ("two steps at least", steps.len() > 1),
        ("how long a step is held", hold.is_some()),
        ("when to go on or to stop", criterion.is_some()),
        ("the owner", owner.is_some()),
    ];
    let by =
        "say in the plan the flag, the steps in per cent, how long each is held, when to go on or stop, and the owner";
    parts(look, policy, &named, "flag, steps, hold, criterion and owner are said", by)
}

/// `0.5 %` of hundredths.
fn percent(hundredths: u64) -> String {
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    if rest == 0 { format!("{whole} %") } else { format!("{whole}.{rest:02} %") }
}

/// R47: a canary says what it is judged by. From the level of `canary_from` on there is one (R85).
fn canary(runbook: &Runbook, level: Option<RiskLevel>, policy: &Policy) -> GateOutcome {
    let gate = Gate::new("canary", "R47", "The canary can be judged");
    let by = "say in the plan the metrics, the baseline, the threshold, and when the canary is promoted or rejected";
    let Some(Canary { metrics, baseline, threshold, verdict }) = runbook.canary() else {
        let look = Look::at(gate, "the plan");
        return match policy.canary_from.level().filter(|from| level.is_none_or(|level| level >= *from)) {
            None => look.not_applicable("the plan speaks of no canary"),
            Some(from) => {
                let risk = level_words(level);
                let why = format!("the plan speaks of no canary, asked from {} on (R85; risk: {risk})", from.word());
                look.broken(policy, why, format!("roll out to a canary first, and {by}"))
            }
        };
    };
    let shown = |said: &Option<String>| quoted(said.as_deref().unwrap_or(""));
    let look = Look::at(gate, format!("metrics: {}; threshold: {}", shown(&metrics), shown(&threshold)));
    let named = [
        ("the metrics", metrics.is_some()),
        ("the baseline", baseline.is_some()),
        ("a threshold in numbers", threshold.is_some()),
        ("when it is promoted or rejected", verdict.is_some()),
    ];
    parts(look, policy, &named, "metrics, baseline, threshold and verdict are said", by)
}

/// R109: support has release notes and known issues.
fn support(runbook: &Runbook, policy: &Policy) -> GateOutcome {
    let gate = Gate::new("support-readiness", "R109", "Support is ready");
    let look = Look::at(gate, "documentation, communication and training");
    let Some(read) = runbook.support() else {
        let by = "write the sections “Documentation” and “Communication” of the plan";
        return silent(look, policy, "the plan has nothing for support", by);
    };
    let named = [("where the release notes are", read.release_notes), ("the known issues", read.known_issues)];
    let by = "say in the plan where the release notes are, and list the known issues or write “no known issues”";
    parts(look, policy, &named, "release notes and known issues are said", by)
}

/// R111: the playbook for escalation is attached, and here.
fn playbook(change: &ChangeRequest, runbook: &Runbook, policy: &Policy) -> GateOutcome {
    let gate = Gate::new("escalation-playbook", "R111", "The escalation playbook is here");
    if !change.details_synced {
        let look = Look::at(gate, "attachments, not yet synced");
        return silent(look, policy, "the list of attachments has not arrived yet", "sync the change's details");
    }
    let files = runbook.playbooks(change);
    let look = Look::at(gate, format!("{} attachments", change.attachments.len()));
    let Some(first) = files.first() else {
        let by = "attach the playbook, with “escalation” or “playbook” in its name";
        return look.broken(policy, "no escalation playbook is attached", by);
    };
    match files.iter().find(|file| file.sha256.is_some()) {
        Some(file) => look.passed(format!("{} is here", quoted(&file.name))),
        None => silent(
            look,
            policy,
            format!("not yet downloaded: {}", quoted(&first.name)),
            "name the file in the plan, and download it while online",
        ),
    }
}

/// R3: deployment is by release automation, so the ticket's method, or the plan's, names a pipeline or job.
fn method(change: &ChangeRequest, runbook: &Runbook, policy: &Policy) -> GateOutcome {
    let gate = Gate::new("deployment-method", "R3", "The method names a pipeline or job");
    let by = "name the pipeline or job that deploys it on the ticket, for example “pipeline payments-deploy”";
    let told = change.deployment_method.trim();
    let planned = runbook.pipeline();
    if told.is_empty() && !runbook.has(PlanSection::Method) {
        let look = Look::at(gate, "deployment method: nothing");
        return silent(look, policy, "nothing says how it is deployed", by);
    }
    let look = Look::at(gate, format!("deployment method: {}; plan: {}", quoted(told), quoted(planned.unwrap_or(""))));
    if names_pipeline(told) || planned.is_some() {
        look.passed("a pipeline or job is named")
    } else {
        look.broken(policy, "no pipeline or job is named", by)
    }
}

/// R110: what monitors and what alerts during the window. Who is on call then is a gate of the calendar.
fn watch(runbook: &Runbook, policy: &Policy) -> GateOutcome {
    let gate = Gate::new("window-watch", "R110", "Monitoring and alerting during the window");
    let by = "name in the plan what monitors and what alerts during the window, for example “Monitoring: the dashboard \
              of payments” and “Alerting: the pager of its team”";
    let Some(Watch { monitoring, alerting }) = runbook.watch() else {
        let look = Look::at(gate, "the plan");
        return silent(look, policy, "the plan says nothing of how the window is watched", by);
    };
    let shown = |said: &Option<String>| quoted(said.as_deref().unwrap_or(""));
    let look = Look::at(gate, format!("monitoring: {}; alerting: {}", shown(&monitoring), shown(&alerting)));
    let named = [
        ("the monitoring during the window", monitoring.is_some()),
        ("the alerting during the window", alerting.is_some()),
    ];
    parts(look, policy, &named, "monitoring and alerting are named", by)
}
