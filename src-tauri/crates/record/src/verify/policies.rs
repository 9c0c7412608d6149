//! The policies that are at hand, as far as the verifier asks about them: which there are, and which have no sessions.
use std::collections::BTreeMap;

use domain::ids::Digest;
use domain::policy::Policy;

use crate::canonical;
use crate::json::{Limits, Value};

/// Policies by their digests, and of each whether every act needs the PIN.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policies {
    pin_every_act: BTreeMap<Digest, bool>,
}

impl Policies {
    /// Of these documents. One that a newer Cabinet wrote is read as far as this rule goes; one that says nothing of it
    /// has sessions.
    #[must_use]
    pub fn of<'b>(documents: impl IntoIterator<Item = &'b [u8]>) -> Self {
        let asks = |bytes: &[u8]| {
            let document = canonical::parse(bytes, Limits::ENTRY).ok();
            document.is_some_and(|document| document.get("pin_every_act") == Some(&Value::Bool(true)))
        };
        Self { pin_every_act: documents.into_iter().map(|bytes| (Digest::of(bytes), asks(bytes))).collect() }
    }

    /// The one that is in force, where nothing else may be named.
    #[must_use]
    pub fn in_force(digest: Digest, policy: &Policy) -> Self {
        Self { pin_every_act: BTreeMap::from([(digest, policy.pin_every_act)]) }
    }

    /// Whether the policy is at hand.
    #[must_use]
    pub fn contains(&self, digest: &Digest) -> bool {
        self.pin_every_act.contains_key(digest)
    }

    /// Whether the policy is at hand and has no sessions.
    #[must_use]
    pub fn pin_every_act(&self, digest: &Digest) -> bool {
        self.pin_every_act.get(digest).copied().unwrap_or(false)
    }
}
