//! What a sign-off says.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::ids::{ChangeKey, Digest};
use crate::plan::PlanSection;
use crate::risk::RiskStamp;

/// What an approver says of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// May be done.
    Approve,
    /// May not be done.
    Reject,
}

/// A sign-off over the manifest of what was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignOffBody {
    /// The change.
    pub change: ChangeKey,
    /// Item of the meeting it belongs to, if any.
    pub item: Option<u32>,
    /// Approve or reject.
    pub verdict: Verdict,
    /// In the signer's words; mandatory when rejecting.
    pub reason: String,
    /// Per plan section the digest that was shown.
    pub sections: BTreeMap<PlanSection, Digest>,
    /// Digest of the material fields without salts: equal content, equal digest.
    pub content: Digest,
    /// Accounts whose own change this is (R89), as the snapshot names them.
    pub involved: Involved,
    /// Score, level, model and answers' digest.
    pub risk: RiskStamp,
    /// For *written*: where the actor's own words stand. `None` for a signature.
    pub written: Option<Box<Written>>,
}

/// The actor's own account elsewhere, as evidence of what they said (`record.md`, *written*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// What it is.
    pub source: WrittenSource,
    /// The account (or address) that wrote it: one of the actor's own in the roster.
    pub account: String,
    /// SHA-256 of the raw bytes with their salt, kept as a blob: the comment as synced, or the mail as received.
    pub raw: Digest,
    /// The line in which the change's key and the short digest of the manifest are quoted.
    pub quote: String,
}

/// Where a member wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum WrittenSource {
    /// A comment on the ticket.
    Comment,
    /// A mail.
    Mail,
}

/// The accounts on a change that may not sign it alone (R89), as in the snapshot that was signed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Involved {
    /// Who wrote the ticket; `None` fails closed.
    pub author: Option<String>,
    /// Who asked.
    pub requester: Option<String>,
    /// Who deploys.
    pub deployer: Option<String>,
    /// Who committed its code: accounts and mail addresses in git that the roster knows, sorted; left out where nobody did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub committers: Vec<String>,
}
