//! When an approval holds and when a sign-off is stale (R30, R31; `record.md`, *Staleness*).
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::chain::{ReleaseType, Route, decides_for, is_named, route};
use crate::entry::{Attestation, SignOffBody, Verdict};
use crate::ids::{Digest, EntryId, KeyId, MemberId};
use crate::ledger::{AfterCare, Answer};
use crate::meeting::Decision;
use crate::plan::PlanSection;
use crate::policy::Policy;
use crate::risk::RiskLevel;
use crate::roster::{Role, Roster};
use crate::shift::Moved;

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
    /// Whose key recorded it, where it is not the actor's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorder: Option<KeyId>,
    /// What the actor says of a sign-off that was recorded for them; `None` while silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// Came after the decision in force, which was made without it: kept, and not counted.
    pub late: bool,
    /// The projects on which a Technical Development Lead decided by the roster of then; empty: every one (R31).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<String>,
    /// The account in the change's ticketing system that was a Technical Development Lead's by the roster of then (R31).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// What is owed after the deployment where it approves by itself, by the policy that it names (R85).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub care: Option<AfterCare>,
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

/// What a change says now, beside which what was signed is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// Digest of the material content.
    pub content: Digest,
    /// The risk level.
    pub level: RiskLevel,
    /// Contents before edits to this one that were ruled immaterial.
    pub ruled: BTreeSet<Digest>,
    /// Other contents that differ from this one in sections of the plan and in nothing else, and in which.
    pub edited: BTreeMap<Digest, BTreeSet<PlanSection>>,
    /// The sections on which what somebody says in a role depends. A role that is not here depends on all of them.
    pub depends: BTreeMap<Role, Vec<PlanSection>>,
    /// The content that was decided, where only the window was moved since and the policy tolerates that. What was signed
    /// over that content speaks with the decision: all of one decision agree on what they are about.
    pub moved: Option<Moved>,
    /// The project it is of, by its repository; empty where it names none. No edit of that leaves a sign-off standing, so it
    /// is also what was signed. `None` where nobody looked: then a lead's scope is not judged.
    pub project: Option<String>,
    /// The account of the lead whom the ticket names, where the policy lets no other sign as lead (`named_lead`, R31). `None`
    /// where it does, where the ticket names nobody, and where nobody looked.
    pub lead: Option<String>,
    /// Whether the policy's chain binds, and no sign-off but the CTO's is an authority's at the level that binds (R61).
    pub cto_only: bool,
    /// Whether the policy's chain binds, and delegates the decision to an authority: where the board has not decided, the
    /// sign-off does (R61).
    pub delegated: bool,
}

impl Present {
    /// A change on whose edits nobody ruled.
    #[must_use]
    pub fn of(content: Digest, level: RiskLevel) -> Self {
        let (ruled, edited, depends) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
        Self {
            content,
            level,
            ruled,
            edited,
            depends,
            moved: None,
            project: None,
            lead: None,
            cto_only: false,
            delegated: false,
        }
    }

    /// Under a policy, which says what a role's word depends on. `edited` as [`Present::edited`].
    #[must_use]
    pub fn under(self, policy: &Policy, edited: BTreeMap<Digest, BTreeSet<PlanSection>>) -> Self {
        Self { depends: policy.sections.clone(), edited, ..self }
    }

    /// Where the policy's chain binds (R61): by the type of release (`None`: nobody can tell, and nothing is delegated), and the
    /// level that binds, [`binding_level`].
    #[must_use]
    pub fn bound(self, policy: &Policy, release: Option<ReleaseType>, binding: RiskLevel) -> Self {
        let delegates = |release| route(&policy.chains, release, self.level) == Route::Delegated;
        let delegated = policy.chain_binds && self.level < RiskLevel::High && release.is_some_and(delegates);
        Self { cto_only: policy.chain_binds && binding >= RiskLevel::High, delegated, ..self }
    }

    /// Whether what was said of this content in that role still speaks of the change: it is what stands there, the edit
    /// since was ruled immaterial, it moved the window within the policy's tolerance, or it touched nothing on which that
    /// role's word depends.
    #[must_use]
    pub fn speaks(&self, said: Digest, role: Option<Role>) -> bool {
        let moved = self.moved.is_some_and(|moved| moved.from == said);
        said == self.content || self.ruled.contains(&said) || moved || self.spares(said, role).is_some()
    }

    /// The sections that were edited since, where they and nothing else were and the role depends on none of them.
    #[must_use]
    pub fn spares(&self, said: Digest, role: Option<Role>) -> Option<&BTreeSet<PlanSection>> {
        let depends = self.depends.get(&role?)?;
        let edited = self.edited.get(&said)?;
        edited.iter().all(|section| !depends.contains(section)).then_some(edited)
    }
}

impl SignOff {
    /// Whether it was recorded for the actor, who has not said yet whether it was so.
    #[must_use]
    pub fn unanswered(&self) -> bool {
        self.attestation < Attestation::Confirmed && self.withdrawn.is_none() && self.answer.is_none()
    }

    /// Whether it still speaks for the change as it is.
    #[must_use]
    pub fn staleness(&self, now: &Present) -> Staleness {
        if !now.speaks(self.body.content, self.role) {
            Staleness::ContentChanged
        } else if now.level > self.body.risk.level {
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

/// The level that decides how a sign-off must be known to count: the higher of the one at which the board approved and the
/// newest. What is assessed after a decision takes back nothing of what was asked for then: that takes a new decision.
#[must_use]
pub fn binding_level(decided: Option<&Decision>, newest: RiskLevel) -> RiskLevel {
    decided.filter(|decision| decision.kind.approves()).map_or(newest, |decision| decision.risk.level.max(newest))
}

/// Whether some valid sign-off approves: by the project's TDL or the CTO (R31), at the least attestation,
/// current, not withdrawn, and none of the authorities' current sign-offs rejects. Whoever deploys the
/// change is never its only approver (R89): then the authority is still missing.
#[must_use]
pub fn authority_holds(roster: &Roster, sign_offs: &[SignOff], least: Attestation, now: &Present) -> Authority {
    let mut stale = false;
    for sign_off in latest_per_actor(sign_offs, least).into_iter().filter(|s| is_authority(s, now)) {
        match (sign_off.staleness(now), sign_off.body.verdict) {
            (Staleness::Current, Verdict::Reject) => return Authority::Rejected,
            (Staleness::Current, Verdict::Approve) => {}
            (Staleness::ContentChanged | Staleness::RiskRose, _) => stale = true,
        }
    }
    let approving = carrying(sign_offs, least, now);
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

/// Whether a sign-off is an authority's (R31): the CTO's, or that of a lead whose scope has the project, and whom the ticket
/// names where the policy asks that; where the chain binds, from High on the CTO's alone (R61).
pub(crate) fn is_authority(sign_off: &SignOff, now: &Present) -> bool {
    match sign_off.role {
        Some(Role::Cto) => true,
        Some(Role::TechnicalLead) => {
            !now.cto_only
                && now.project.as_deref().is_none_or(|project| decides_for(&sign_off.scope, project))
                && is_named(now.lead.as_deref(), sign_off.account.as_deref())
        }
        Some(
            Role::Chair
            | Role::ReleaseManager
            | Role::ServiceManager
            | Role::Security
            | Role::BoardMember
            | Role::Auditor,
        )
        | None => false,
    }
}

/// The sign-offs that carry an approval: each authority's newest, if it approves and is current. Whether they are enough
/// is what [`authority_holds`] says.
#[must_use]
pub fn carrying<'s>(sign_offs: &'s [SignOff], least: Attestation, now: &Present) -> Vec<&'s SignOff> {
    let current = |s: &SignOff| s.staleness(now) == Staleness::Current;
    let mut latest = latest_per_actor(sign_offs, least);
    latest.retain(|s| is_authority(s, now) && current(s) && s.body.verdict == Verdict::Approve);
    latest
}

/// The newest standing sign-off of each actor, given in causal order. What is known too weakly to count, or came after
/// the decision, does not displace what counts: nobody's word takes back what a person signed.
pub(crate) fn latest_per_actor(sign_offs: &[SignOff], least: Attestation) -> Vec<&SignOff> {
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
