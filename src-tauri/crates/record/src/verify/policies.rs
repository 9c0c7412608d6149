//! The policies that are at hand, as far as the verifier asks about them: which there are, which have no sessions, and which
//! accounts they call shared.
use std::collections::BTreeMap;

use domain::ids::Digest;
use domain::policy::Policy;

use crate::canonical;
use crate::json::{Limits, Value};

/// Policies by their digests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policies {
    known: BTreeMap<Digest, Asked>,
}

/// What the verifier asks of a policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Asked {
    /// Whether every act needs the PIN.
    pin_every_act: bool,
    /// Accounts that several people or programs use (R89), as `<prefix>:<account id>`.
    shared_accounts: Vec<String>,
}

impl Asked {
    fn of(bytes: &[u8]) -> Self {
        let Ok(document) = canonical::parse(bytes, Limits::ENTRY) else { return Self::default() };
        let shared = document.get("shared_accounts").and_then(Value::as_list).unwrap_or_default();
        Self {
            pin_every_act: document.get("pin_every_act") == Some(&Value::Bool(true)),
            shared_accounts: shared.iter().filter_map(Value::as_text).map(str::to_owned).collect(),
        }
    }
}

impl Policies {
    /// Of these documents. One that a newer Cabinet wrote is read as far as these rules go; one that says nothing of them
    /// has sessions, and calls no account shared.
    #[must_use]
    pub fn of<'b>(documents: impl IntoIterator<Item = &'b [u8]>) -> Self {
        Self { known: documents.into_iter().map(|bytes| (Digest::of(bytes), Asked::of(bytes))).collect() }
    }

    /// The one that is in force, where nothing else may be named.
    #[must_use]
    pub fn in_force(digest: Digest, policy: &Policy) -> Self {
        let asked = Asked { pin_every_act: policy.pin_every_act, shared_accounts: policy.shared_accounts.clone() };
        Self { known: BTreeMap::from([(digest, asked)]) }
    }

    /// Whether the policy is at hand.
    #[must_use]
    pub fn contains(&self, digest: &Digest) -> bool {
        self.known.contains_key(digest)
    }

    /// Whether the policy is at hand and has no sessions.
    #[must_use]
    pub fn pin_every_act(&self, digest: &Digest) -> bool {
        self.known.get(digest).is_some_and(|asked| asked.pin_every_act)
    }

    /// The accounts that the policy calls shared; none where it is not at hand.
    #[must_use]
    pub fn shared_accounts(&self, digest: &Digest) -> &[String] {
        self.known.get(digest).map_or(&[], |asked| &asked.shared_accounts)
    }
}
