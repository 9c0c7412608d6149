//! Policies that were replaced, and what goes on under them.
use domain::entry::{Auth, Body};
use domain::ids::Digest;

use super::Vector;
use super::build::{bundle, vector};
use super::files::having_adopted;
use crate::bundle::Bundle;
use crate::statement::Subject;
use crate::testing::{CHAIR, Desk, LEAD, POLICY, vote};

const SECOND: &[u8] = b"{\"name\":\"full\"}";

/// What is refused.
pub fn refused() -> Vec<Vector> {
    let mut after = having_adopted("full", SECOND);
    after.write(LEAD, vote());
    vec![
        vector("policy-backwards--after-the-adoption-of-a-newer-one", &whole(&after)),
        vector("policy-backwards--adopted-once-more", &whole(&adopted_again())),
    ]
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
