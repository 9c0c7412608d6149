//! R40 and R81: what static analysis and scans for vulnerabilities found.
use super::at_hand::{AtHand, Found};
use super::{Gate, GateOutcome, Look, quoted};
use crate::evidence::{Finding, Findings, Level};

fn errors(found: &Found<'_, Findings>) -> u64 {
    found.says.iter().map(|findings| u64::from(findings.errors)).sum()
}

/// How many errors there are, and the first of them.
fn told(found: &Found<'_, Findings>) -> String {
    let severe = |finding: &&Finding| match finding.level {
        Level::Error => true,
        Level::Warning | Level::Note | Level::None => false,
    };
    let first = found.says.iter().flat_map(|findings| &findings.first).filter(severe).take(3);
    let named: Vec<String> = first.map(|finding| format!("{} {}", finding.rule, quoted(&finding.message))).collect();
    format!("{} errors: {}", errors(found), named.join(", "))
}

/// R40: what the ticket says of the scan is what the findings say. The fields themselves are another gate's; what
/// contradicts them warns, whatever the policy says.
pub(super) fn agreement(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let (found, status) = (hand.findings(), hand.change.security_scan_status.trim());
    let look = Look::at(gate, format!("status: {}; {}", quoted(status), found.shown_or("no file")));
    if found.files.is_empty() {
        return look.not_applicable(format!("no findings are at hand to lay beside the ticket{}", hand.unread()));
    }
    let passed = status.to_lowercase().starts_with("pass");
    if passed && errors(&found) > 0 {
        return look.warned(
            format!("the ticket says that the scan passed; the findings say {}", told(&found)),
            "correct the status on the ticket, or resolve the findings and scan again",
        );
    }
    look.passed("the findings do not contradict the ticket")
}

/// R81: an analysis ran to its end, and found no error.
pub(super) fn results(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let found = hand.findings();
    let look = Look::at(gate, found.shown_or("no file"));
    if found.files.is_empty() {
        return look.no_evidence(
            hand.policy,
            format!("no results of an analysis or a scan are at hand{}", hand.unread()),
            "put them into the evidence folder or on the ticket, as SARIF",
        );
    }
    if errors(&found) > 0 {
        return look.broken(
            hand.policy,
            told(&found),
            "resolve the findings, or suppress each with its reason, and scan again",
        );
    }
    if found.says.iter().any(|findings| findings.unsuccessful > 0 || findings.runs == 0) {
        return look.no_evidence(
            hand.policy,
            "an analysis did not come to its end, so what it did not find says nothing",
            "scan again, and bring the results of a run that succeeds",
        );
    }
    look.passed("no error was found")
}
