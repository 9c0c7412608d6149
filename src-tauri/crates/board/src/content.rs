//! The material content of a change: what a decision and a sign-off speak about.
use std::collections::BTreeMap;

use domain::change::ChangeRequest;
use domain::ids::Digest;
use domain::plan::PlanSection;
use domain::policy::Policy;

use crate::error::{Answer, BoardError};

/// Field → bytes, sorted, and the digest of it without salts: equal content, equal digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// What the manifest will list.
    pub fields: BTreeMap<String, Vec<u8>>,
    /// Digest of the canonical `{field: sha256}`.
    pub digest: Digest,
}

impl Content {
    /// The material content under `policy`, with the attachments that were named at freeze.
    pub fn of(policy: &Policy, change: &ChangeRequest, material_attachments: &[String]) -> Answer<Self> {
        let fields: BTreeMap<String, Vec<u8>> =
            policy.material_fields(change, material_attachments).into_iter().collect();
        let digest = record::manifest::content_digest(fields.iter().map(|(k, v)| (k.as_str(), v.as_slice())))
            .map_err(|e| BoardError::internal(&e))?;
        Ok(Self { digest, fields })
    }
}

/// The digest of each plan section as shown; a section the ticket lacks is digested as empty.
#[must_use]
pub fn section_digests(change: &ChangeRequest) -> BTreeMap<PlanSection, Digest> {
    PlanSection::ALL
        .iter()
        .map(|s| (*s, Digest::of(change.plan.get(s).map_or("", |t| t.text.as_str()).as_bytes())))
        .collect()
}
