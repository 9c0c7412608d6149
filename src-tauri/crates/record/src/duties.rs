//! Segregation of duties (R89) as a [`DutyRule`](crate::verify::DutyRule) of the verifier: judged from signed data alone, by
//! the board, by whoever checks its documents, and by a pipeline's gate.
use domain::entry::{Body, Involved, Predicate};
use domain::ids::ChangeKey;
use domain::policy::{Policy, Strength};
use domain::roster::Roster;

use crate::entry::Entry;
use crate::refusal::{Code, Refusal};
use crate::verify::Policies;

/// As [`judge`], with the shared accounts of the policy that the entry names, as far as it is at hand: what else a policy
/// says has no part in it.
///
/// # Errors
/// As [`judge`].
pub fn judge_duties(
    entry: &Entry,
    predicate: &Predicate,
    roster: &Roster,
    policies: Option<&Policies>,
) -> Result<(), Refusal> {
    if !is_judged(&predicate.body) {
        return Ok(());
    }
    let shared_accounts = policies.map_or(&[][..], |all| all.shared_accounts(&predicate.policy)).to_vec();
    judge(&Policy { shared_accounts, ..Policy::built_in(Strength::Starter) }, entry, predicate, roster)
}

/// Whether duties are asked of an entry of this kind.
#[must_use]
pub fn is_judged(body: &Body) -> bool {
    matches!(body, Body::SignOff(_)) || ruled_on(body).is_some()
}

/// The change and its people, where the entry is a ruling on an edit, a waiver, an override, an exception, or seconds one.
fn ruled_on(body: &Body) -> Option<(&ChangeKey, &Involved)> {
    if let Body::RuledImmaterial(body) = body {
        Some((&body.change, &body.involved))
    } else if let Body::Waived(body) = body {
        Some((&body.change, &body.involved))
    } else if let Body::Overridden(body) = body {
        Some((&body.change, &body.involved))
    } else if let Body::Excepted(body) = body {
        Some((&body.change, &body.involved))
    } else if let Body::Seconded(body) = body {
        Some((&body.change, &body.involved))
    } else {
        None
    }
}

/// Whether the actor of a sign-off may sign that change, by their own key or in writing, and that of a ruling, a waiver, an
/// override, an exception, or of what seconds one, say so of it; every other entry passes.
///
/// # Errors
/// [`Code::Attestation`], [`Code::WrittenRecorder`], [`Code::WrittenAccount`], [`Code::WrittenQuote`] or
/// [`Code::Duties`].
pub fn judge(policy: &Policy, entry: &Entry, predicate: &Predicate, roster: &Roster) -> Result<(), Refusal> {
    let refused = |duty: domain::duties::Duty| Refusal::new(Code::Duties, duty.to_string(), "predicate.body");
    if let Some((change, involved)) = ruled_on(&predicate.body) {
        return domain::duties::may_rule(roster, policy, predicate.actor, change.prefix(), involved).map_err(refused);
    }
    let Body::SignOff(body) = &predicate.body else { return Ok(()) };
    crate::written::judge(policy, entry, predicate, body, roster)?;
    domain::duties::may_sign(roster, policy, predicate.actor, body.change.prefix(), &body.involved).map_err(refused)
}
