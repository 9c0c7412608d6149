//! R5 and R6: a change is about issues, and the branch of the work says which.
use super::at_hand::{AtHand, attest};
use super::{Gate, GateOutcome, Look, quoted};
use crate::attested::Question;
use crate::change::{IssueKind, LinkedIssue};

/// Whether an issue is a feature, an enhancement or a bug; `None` where nobody can tell.
fn tracked(issue: &LinkedIssue) -> Option<bool> {
    issue.kind.map(|kind| match kind {
        IssueKind::Feature | IssueKind::Bug | IssueKind::SecurityDefect => true,
        IssueKind::Change | IssueKind::Other | IssueKind::KnownError | IssueKind::Problem => false,
    })
}

/// R5: at least one feature, enhancement or bug is linked.
pub(super) fn tracked_issue(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let change = hand.change;
    if !change.details_synced {
        return Look::at(gate, "linked issues, not yet synced").no_evidence(
            hand.policy,
            "the linked issues have not arrived yet",
            "sync the change's details",
        );
    }
    let look = Look::at(gate, format!("{} linked issues", change.linked_issues.len()));
    if let Some(issue) = change.linked_issues.iter().find(|issue| tracked(issue) == Some(true)) {
        return look.passed(format!("#{} {} is one", issue.remote_id, quoted(&issue.title)));
    }
    if change.linked_issues.iter().any(|issue| tracked(issue).is_none()) {
        return look.no_evidence(
            hand.policy,
            "none can be told to be a feature, an enhancement or a bug",
            "give Cabinet's account the right to read the linked issues, then sync",
        );
    }
    look.broken(
        hand.policy,
        "no feature, enhancement or bug is linked",
        "link the issue that the change is for, then sync",
    )
}

/// The words of a text, in lower case.
fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a branch is named after an issue: its number is a word of the name, and so is one of the title's.
fn named_after(branch: &str, issue: &LinkedIssue) -> bool {
    let branch = words(branch);
    let number = issue.remote_id.to_lowercase();
    branch.contains(&number) && words(&issue.title).iter().any(|word| *word != number && branch.contains(word))
}

/// R6: the branch of the work is named after the issue's number and title. Never more than a warning.
pub(super) fn work_branch(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let change = hand.change;
    let attested = hand.answer(Question::WorkBranch);
    // What is promoted is the main branch (R42); only a branch of another name is the work's.
    let promoted =
        Some(change.source_branch.trim()).filter(|branch| !branch.is_empty() && *branch != hand.policy.branch);
    let Some(branch) = attested.map(|attested| attested.answer.value.trim()).or(promoted) else {
        let shown = format!("source branch: {}; {}", quoted(&change.source_branch), hand.shown(Question::WorkBranch));
        return Look::at(gate, shown).says(
            super::GateResult::NoEvidence,
            false,
            "nobody says on which branch the work was done",
            attest(Question::WorkBranch),
        );
    };
    let shown = match attested {
        Some(_) => hand.shown(Question::WorkBranch),
        None => format!("source branch: {}", quoted(branch)),
    };
    let look = Look::at(gate, format!("{shown}; {} linked issues", change.linked_issues.len()));
    match change.linked_issues.iter().find(|issue| named_after(branch, issue)) {
        Some(issue) => look.passed(format!("it is named after #{} {}", issue.remote_id, quoted(&issue.title))),
        None => look.warned(
            "it is named after no linked issue",
            "name branches after the number and title of their issue, as “100-instant-payments”",
        ),
    }
}
