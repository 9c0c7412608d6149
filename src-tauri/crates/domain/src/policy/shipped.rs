//! What the shipped policies say: what blocks, how an act must be known, and what each role answers for.
use std::collections::BTreeMap;

use super::{AskedFrom, LeastAttestation, Strength};
use crate::entry::Attestation;
use crate::plan::PlanSection;
use crate::risk::RiskLevel;
use crate::roster::Role;

/// Clauses that block in *starter*, besides the hard ones.
pub(super) const STARTER_BLOCKS: [&str; 8] = ["R36", "R37", "R38", "R39", "R40", "R41", "R42", "R84"];

/// The clauses that block, besides the hard ones.
pub(super) fn blocking(strength: Strength) -> Vec<String> {
    let mandatory = PlanSection::ALL.into_iter().filter(|s| s.mandatory_above_low()).map(PlanSection::clause);
    let clauses: Vec<&str> = match strength {
        Strength::Observe => Vec::new(),
        Strength::Starter => STARTER_BLOCKS.to_vec(),
        Strength::Full => mandatory.chain(STARTER_BLOCKS).chain(["R49"]).collect(),
    };
    clauses.into_iter().map(str::to_owned).collect()
}

/// From which level on something is asked (R85): in *observe* nothing is.
pub(super) fn asked_from(strength: Strength, from: AskedFrom) -> AskedFrom {
    match strength {
        Strength::Observe => AskedFrom::Never,
        Strength::Starter | Strength::Full => from,
    }
}

/// What is asked after a deployment, by level of risk (R85): an approval that carries conditions is asked for by *full* alone.
pub(super) fn after_care(strength: Strength) -> BTreeMap<RiskLevel, Vec<String>> {
    let asked = |texts: &[&str]| -> Vec<String> { texts.iter().map(|text| (*text).to_owned()).collect() };
    match strength {
        Strength::Observe | Strength::Starter => BTreeMap::new(),
        Strength::Full => BTreeMap::from([
            (RiskLevel::High, asked(&["Hyper-care for two days"])),
            (RiskLevel::Critical, asked(&["Read out the canary before it is promoted", "Hyper-care for a week"])),
        ]),
    }
}

/// How an act must be known to count.
pub(super) fn least(strength: Strength) -> LeastAttestation {
    let each = |below_high: Attestation, from_high: Attestation| {
        BTreeMap::from([
            (RiskLevel::Low, below_high),
            (RiskLevel::Medium, below_high),
            (RiskLevel::High, from_high),
            (RiskLevel::Critical, from_high),
        ])
    };
    let vote = each(Attestation::Recorded, Attestation::Recorded);
    let sign_off = match strength {
        Strength::Observe => each(Attestation::Recorded, Attestation::Recorded),
        Strength::Starter => each(Attestation::Written, Attestation::Written),
        Strength::Full => each(Attestation::Written, Attestation::Confirmed),
    };
    LeastAttestation { vote, sign_off }
}

/// Authorities answer for the whole plan; the others for what they know.
pub(super) fn sections() -> BTreeMap<Role, Vec<PlanSection>> {
    use PlanSection as S;
    BTreeMap::from([
        (Role::Chair, S::ALL.to_vec()),
        (Role::Cto, S::ALL.to_vec()),
        (Role::TechnicalLead, S::ALL.to_vec()),
        (Role::ReleaseManager, S::ALL.to_vec()),
        (
            Role::ServiceManager,
            vec![S::Approach, S::Training, S::Roles, S::Backout, S::Communication, S::Timing, S::Documentation],
        ),
        (
            Role::Security,
            vec![S::Approach, S::Method, S::ConfigurationItems, S::Backout, S::Testing, S::RiskManagement],
        ),
        (Role::BoardMember, S::ALL.to_vec()),
    ])
}
