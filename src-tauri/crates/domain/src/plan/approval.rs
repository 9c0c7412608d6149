//! The word of the project or programme board on a plan (R16): a decision of its own, apart from the change's approval.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::PlanSection;
use crate::ids::{ChangeKey, Digest, EntryId, MemberId};
use crate::roster::Role;

/// One person's approval of a plan, as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanApprovalBody {
    /// The change whose plan it is.
    pub change: ChangeKey,
    /// What is to be said with it, in words; may be empty.
    pub reason: String,
    /// Per section the digest of the text that was read; of one that the ticket lacks, of no bytes.
    pub sections: BTreeMap<PlanSection, Digest>,
}

impl PlanApprovalBody {
    /// Whether it approves anything at all.
    #[must_use]
    pub fn names_sections(&self) -> bool {
        !self.sections.is_empty()
    }
}

/// An approval of a plan as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanApproval {
    /// Its entry.
    pub entry: EntryId,
    /// Whose word.
    pub actor: MemberId,
    /// In which role.
    pub role: Option<Role>,
    /// As claimed.
    pub claimed: DateTime<Utc>,
    /// What was approved.
    pub body: PlanApprovalBody,
    /// Taken back by this entry.
    pub withdrawn: Option<EntryId>,
}

impl PlanApproval {
    /// Whether it speaks for the plan with these texts: an edit of any section makes it stale.
    #[must_use]
    pub fn speaks_for(&self, sections: &BTreeMap<PlanSection, Digest>) -> bool {
        self.body.sections == *sections
    }
}
