//! Policies that were replaced, and what goes on under them.
use domain::entry::{Auth, Body};
use domain::ids::Digest;

use super::Vector;
use super::build::{bundle, sealed, statement, vector, with};
use super::files::having_adopted;
use crate::bundle::Bundle;
use crate::statement::Subject;
use crate::testing::{CHAIR, CTO, Desk, LEAD, POLICY, sign_off, vote};

const SECOND: &[u8] = b"{\"name\":\"full\"}";

/// Who wrote the change that is signed off.
const AUTHOR: &str = "CHG:7";

/// What is refused.
pub fn refused() -> Vec<Vector> {
    let mut after = having_adopted("full", SECOND);
    after.write(LEAD, vote());
    vec![
        vector("policy-backwards--after-the-adoption-of-a-newer-one", &whole(&after)),
        vector("policy-backwards--adopted-once-more", &whole(&adopted_again())),
        vector("duties--author-with-an-account-that-the-policy-calls-shared", &sharing(AUTHOR)),
    ]
}

/// A shared account of another ticketing system is nobody's here.
pub fn shared_elsewhere() -> Vector {
    vector("author-whose-account-is-shared-in-another-system", &sharing("JSM:7"))
}

/// One more sign-off, under a policy that calls this account shared.
fn sharing(account: &str) -> Bundle {
    let policy = format!("{{\"name\":\"full\",\"shared_accounts\":[\"{account}\"]}}").into_bytes();
    let mut desk = having_adopted("full", &policy);
    let (subjects, mut predicate) = desk.prepare(CTO, sign_off(18));
    predicate.policy = Digest::of(&policy);
    let mut bundle = if account == AUTHOR {
        with(&desk, [sealed(&statement(subjects, predicate), &desk.cto)])
    } else {
        desk.push(CTO, subjects, predicate);
        bundle(&desk)
    };
    bundle.policies.push(policy);
    bundle
}

/// The older policy, for whoever has not seen that it was replaced.
pub fn unseen() -> Vector {
    let mut desk = having_adopted("full", SECOND);
    let known = desk.entries[..desk.entries.len() - 1].to_vec();
    desk.write_after(&known, LEAD, vote());
    vector("older-policy-where-the-newer-was-not-seen", &whole(&desk))
}

/// The chair, under the second policy, adopts the first again: nobody could tell under which of the two an entry was made.
fn adopted_again() -> Desk {
    let mut desk = having_adopted("full", SECOND);
    let (_, mut predicate) = desk.prepare(CHAIR, Body::Policy { name: "starter".to_owned() });
    (predicate.auth, predicate.policy) = (Auth::Pin, Digest::of(SECOND));
    desk.push(CHAIR, vec![Subject { name: "starter".to_owned(), sha256: Digest::of(POLICY) }], predicate);
    desk
}

fn whole(desk: &Desk) -> Bundle {
    let mut bundle = bundle(desk);
    bundle.policies.push(SECOND.to_vec());
    bundle
}
