//! Views: the policy.
use domain::policy::Strength;
use domain::policy::authored::{Problem, SettingsSection};
use serde::{Deserialize, Serialize};
use specta::Type;

#[allow(unused_imports)]
use super::*;
use crate::policies::PolicyProposal;

/// The policy in force, in words and as a text, and what another could begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyView {
    pub name: String,
    /// SHA-256 of its canonical form, as entries name it.
    pub digest: String,
    pub strength: Strength,
    /// Who adopted it; blank where no entry says so.
    pub adopted_by: String,
    pub adopted_at: Option<String>,
    /// The entry that says so.
    pub entry: Option<String>,
    /// The clauses that block, those that block in every policy first.
    pub blocking: Vec<String>,
    pub sections: Vec<SettingsSection>,
    /// A `policy.toml` of it.
    pub text: String,
    /// Whether that is the text as it was adopted; otherwise it is made from the rules.
    pub as_adopted: bool,
    /// What a draft may begin with, the mildest first.
    pub packs: Vec<PolicyPack>,
    /// Who may adopt another, those whose keys are on this device first.
    pub holders: Vec<MemberRef>,
    /// Why nobody can sign an adoption on this device; null where somebody can.
    pub refusal: Option<Refusal>,
    /// What reviews propose, the open ones first.
    pub proposals: Vec<PolicyProposal>,
}

/// A policy that ships.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyPack {
    pub strength: Strength,
    /// Its `policy.toml`, with its comments.
    pub text: String,
}

/// What a draft is: a policy that could be adopted, one that could not, or none yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyChecked {
    /// Null while the text is no policy.
    pub name: Option<String>,
    pub digest: Option<String>,
    pub strength: Option<Strength>,
    pub in_force: bool,
    /// What is wrong with the text, by line, with the mend.
    pub problems: Vec<Problem>,
    /// Why it cannot be adopted although it is a policy; null where it can.
    pub refusal: Option<Refusal>,
    /// What differs from the policy in force, setting by setting.
    pub differences: Vec<Difference>,
}

/// Looks at what a draft would do to the changes that were updated within so many days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SimulatePolicyRequest {
    pub text: String,
    pub days: u32,
}

/// Looks so many days back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LookBack {
    pub days: u32,
}
