//! When an approval holds and when a sign-off is stale (R30, R31; `record.md`, *Staleness*).
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::entry::{Attestation, SignOffBody, Verdict};
use crate::ids::{Digest, EntryId, MemberId};
use crate::risk::RiskLevel;
use crate::roster::{Role, Roster};

/// A sign-off as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOff {
    /// Its entry.
    pub entry: EntryId,
    /// Whose act.
    pub actor: MemberId,
    /// In which role.
    pub role: Option<Role>,
    /// How it is known.
    pub attestation: Attestation,
    /// Manifest that was shown (the entry's subject).
    pub manifest: Digest,
    /// The sentence the signer saw.
    pub meaning: String,
    /// As claimed.
    pub claimed: chrono::DateTime<chrono::Utc>,
    /// What was signed.
    pub body: SignOffBody,
    /// Taken back by this entry.
    pub withdrawn: Option<EntryId>,
    /// Came after the decision in force, which was made without it: kept, and not counted.
    pub late: bool,
}

/// Why a sign-off no longer speaks for the change as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Staleness {
    /// It still does.
    Current,
    /// Material content differs from what was signed.
    ContentChanged,
    /// The risk level rose since.
    RiskRose,
}

impl SignOff {
    /// Whether it still speaks for a change with this content and level.
    #[must_use]
    pub fn staleness(&self, content: Digest, level: RiskLevel) -> Staleness {
        if self.body.content != content {
            Staleness::ContentChanged
        } else if level > self.body.risk.level {
            Staleness::RiskRose
        } else {
            Staleness::Current
        }
    }
}

/// Where a change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// No decision yet.
    Undecided,
    /// Decided in favour; required sign-offs are missing.
    AwaitingSignOff,
    /// Decided and signed; a condition `before` is open.
    AwaitingConditions,
    /// Decision, sign-offs and conditions hold.
    Approved,
    /// Was approved; a sign-off is stale.
    Stale,
    /// Rejected by the board or by the approver.
    Rejected,
    /// Deferred.
    Deferred,
    /// Sent back with a question.
    MoreInformation,
    /// Withdrawn.
    Withdrawn,
}

impl Standing {
    /// The words people read.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Undecided => "Undecided",
            Self::AwaitingSignOff => "Awaiting sign-off",
            Self::AwaitingConditions => "Awaiting conditions",
            Self::Approved => "Approved",
            Self::Stale => "Stale",
            Self::Rejected => "Rejected",
            Self::Deferred => "Deferred",
            Self::MoreInformation => "More information",
            Self::Withdrawn => "Withdrawn",
        }
    }
}

/// Whether some valid sign-off approves: by the TDL or the CTO (R31), at the least attestation,
/// current, not withdrawn, and none of the authorities' current sign-offs rejects. Whoever deploys the
/// change is never its only approver (R89): then the authority is still missing.
#[must_use]
pub fn authority_holds(
    roster: &Roster,
    sign_offs: &[SignOff],
    least: Attestation,
    content: Digest,
    level: RiskLevel,
) -> Authority {
    let mut stale = false;
    for sign_off in latest_per_actor(sign_offs, least).into_iter().filter(|s| is_authority(s)) {
        match (sign_off.staleness(content, level), sign_off.body.verdict) {
            (Staleness::Current, Verdict::Reject) => return Authority::Rejected,
            (Staleness::Current, Verdict::Approve) => {}
            (Staleness::ContentChanged | Staleness::RiskRose, _) => stale = true,
        }
    }
    let approving = carrying(sign_offs, least, content, level);
    let approvers: Vec<MemberId> = approving.iter().map(|s| s.actor).collect();
    let beside_the_deployer = approving.iter().all(|s| {
        crate::duties::not_only_deployer(roster, &approvers, s.body.change.prefix(), &s.body.involved).is_ok()
    });
    if !approving.is_empty() && beside_the_deployer {
        Authority::Holds
    } else if stale {
        Authority::Stale
    } else {
        Authority::Missing
    }
}

/// Whether a sign-off is an authority's (R31).
fn is_authority(sign_off: &SignOff) -> bool {
    matches!(sign_off.role, Some(Role::Cto | Role::TechnicalLead))
}

/// The sign-offs that carry an approval: each authority's newest, if it approves and is current. Whether they are enough
/// is what [`authority_holds`] says.
#[must_use]
pub fn carrying(sign_offs: &[SignOff], least: Attestation, content: Digest, level: RiskLevel) -> Vec<&SignOff> {
    let current = |s: &SignOff| s.staleness(content, level) == Staleness::Current;
    let mut latest = latest_per_actor(sign_offs, least);
    latest.retain(|s| is_authority(s) && current(s) && s.body.verdict == Verdict::Approve);
    latest
}

/// The newest standing sign-off of each actor, given in causal order. What is known too weakly to count, or came after
/// the decision, does not displace what counts: nobody's word takes back what a person signed.
fn latest_per_actor(sign_offs: &[SignOff], least: Attestation) -> Vec<&SignOff> {
    let mut latest = std::collections::BTreeMap::new();
    for sign_off in sign_offs.iter().filter(|s| s.withdrawn.is_none() && !s.late && s.attestation >= least) {
        latest.insert(sign_off.actor, sign_off);
    }
    latest.into_values().collect()
}

/// The answer of [`authority_holds`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// An authority approves, and none rejects.
    Holds,
    /// An authority signed something that has changed since.
    Stale,
    /// An authority rejects.
    Rejected,
    /// No authority has signed.
    Missing,
}

#[cfg(test)]
mod tests;
