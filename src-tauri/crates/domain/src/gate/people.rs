//! The rules about people, for showing: they are enforced where decisions and sign-offs are made.
use crate::change::ChangeRequest;
use crate::duties::{self, Duty};
use crate::entry::Involved;
use crate::ids::MemberId;
use crate::meeting::DecisionKind;
use crate::policy::Policy;
use crate::roster::{Member, Roster};
use crate::sign_off::Authority;

use super::{Gate, GateOutcome, Look};

/// R30 and R31: a decision in favour and the sign-off of the TDL or the CTO.
#[must_use]
pub fn decision_gate(decision: Option<DecisionKind>, authority: Authority) -> GateOutcome {
    let gate = Gate::new("decision", "R30", "A valid decision");
    let words = decision.map_or("no decision yet", DecisionKind::words);
    let look = Look::at(gate, words);
    let sign = "the Technical Development Lead or the CTO signs it off (R31)";
    let Some(kind) = decision else {
        return look.unclear("the board has not decided", "decide it in a meeting");
    };
    if !kind.approves() {
        return look.failed(format!("the decision is: {}", kind.words()), "decide it again in a meeting");
    }
    match authority {
        Authority::Holds => look.passed("decided in favour and signed off"),
        Authority::Missing => look.unclear("decided in favour, not signed off", sign),
        Authority::Stale => look.failed("the change differs from what was signed off", format!("{sign} again")),
        Authority::Rejected => look.failed("an authority rejects it", sign),
    }
}

/// R30 where the policy's chain delegates the decision, and the board has made none (R61).
#[must_use]
pub fn delegation_gate(authority: Authority) -> GateOutcome {
    let look = Look::at(Gate::new("decision", "R30", "A valid decision"), "delegated to an authority; no decision yet");
    let sign = "the authority whom the chain names signs it off (R61), or the board decides it in a meeting";
    match authority {
        Authority::Holds => look.passed("delegated, and an authority signed it off (R61)"),
        Authority::Missing => look.unclear("delegated, not signed off", sign),
        Authority::Stale => look.failed("the change differs from what was signed off", sign),
        Authority::Rejected => look.failed("an authority rejects it", sign),
    }
}

/// R89: whether anybody could show not to be the change's author, and how far it is told who committed its code. Behind
/// an account that nobody on the roster has may be a member all the same: that warns, and keeps nobody from signing.
#[must_use]
pub fn duties_gate(change: &ChangeRequest, roster: &Roster, policy: &Policy) -> GateOutcome {
    let gate = Gate::new("duties", "R89", "Segregation of duties");
    let person = |a: &Option<crate::change::Account>| a.as_ref().map_or("nobody", |a| a.name.as_str()).to_owned();
    let involved = duties::involved(change);
    let committers = committers(roster, &involved);
    let mut looked_at = format!(
        "author: {}; requester: {}; deployer: {}",
        person(&change.author),
        person(&change.requester),
        person(&change.deployer)
    );
    if !committers.is_empty() {
        looked_at.push_str("; committed by: ");
        looked_at.push_str(&names(&committers));
    }
    let look = Look::at(gate, looked_at);
    let told = told_of_commits(change.unknown_committers);
    match duties::identified_author(roster, policy, change.key.prefix(), &involved) {
        Err(duty @ Duty::AuthorMissing) => look.unclear(duty.to_string(), duty.satisfied_by()),
        Err(duty) => look.failed(duty.to_string(), duty.satisfied_by()),
        Ok(_) if change.author.as_ref().is_some_and(duties::looks_shared) => look.warned(
            format!("the author's account looks shared{told}"),
            "if it is, list it in the policy's shared accounts; if not, nothing is to be done",
        ),
        Ok(_) => {
            let barred = if committers.is_empty() { "author" } else { "author, committers" };
            let barred = format!("{barred} and requester may not vote or sign");
            let why = format!("the author is one identified account; {barred}{told}");
            if change.unknown_committers.is_none_or(|unknown| unknown == 0) {
                return look.passed(why);
            }
            let by = "if a member is behind one, have the roster say so (`cab member change NAME --git …`); if not, \
                      nothing is to be done";
            look.warned(why, by)
        }
    }
}

/// What merge requests leave open of who committed, behind what the gate says of the author.
fn told_of_commits(unknown: Option<u32>) -> String {
    match unknown {
        None => "; who committed is not told by any merge request".to_owned(),
        Some(0) => String::new(),
        Some(1) => "; 1 account or mail address that committed is nobody's on the roster".to_owned(),
        Some(n) => format!("; {n} accounts and mail addresses that committed are nobody's on the roster"),
    }
}

/// The id of [`own_code_gate`].
pub const OWN_CODE: &str = "own-code";

/// R89: whether somebody carries the approval who neither committed the code nor deploys it alone. Merge requests may tell
/// only after a signature who committed. `signers`: the authorities whose sign-offs carry it. `None` where none of them
/// committed.
#[must_use]
pub fn own_code_gate(change: &ChangeRequest, roster: &Roster, signers: &[MemberId]) -> Option<GateOutcome> {
    let involved = duties::involved(change);
    let own: Vec<&Member> = committers(roster, &involved).into_iter().filter(|m| signers.contains(&m.id)).collect();
    if own.is_empty() {
        return None;
    }
    let gate = Gate::new(OWN_CODE, "R89", "Signed off by others than who committed");
    let look = Look::at(gate, format!("signed off and committed by: {}", names(&own)));
    let by = "another authority signs it off as well";
    Some(match duties::not_only_committers(roster, signers, change.key.prefix(), &involved) {
        Ok(()) => look.passed("an authority who committed none of its code signed it off"),
        Err(Duty::OnlyDeployer) => {
            look.failed("only whoever deploys it signed it off beside who committed its code (R89)", by)
        }
        Err(_) => look.failed("nobody signed it off who did not commit its code (R89)", by),
    })
}

fn committers<'r>(roster: &'r Roster, involved: &Involved) -> Vec<&'r Member> {
    roster.members.iter().filter(|m| duties::has_committed(m, involved)).collect()
}

fn names(members: &[&Member]) -> String {
    members.iter().map(|m| m.name.as_str()).collect::<Vec<_>>().join(", ")
}
