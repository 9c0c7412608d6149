//! What the policy's chain delegates to an authority: by which sign-off it is approved without the board (R61), and what is
//! owed after its deployment then (R85).
use std::collections::{BTreeMap, BTreeSet, btree_map};

use serde::{Deserialize, Serialize};

use super::{ConditionState, Ledger, Touched, Verified};
use crate::chain::{ReleaseType, Route, route};
use crate::entry::{Attestation, SignOffBody, Verdict};
use crate::ids::{ChangeKey, ConditionId, Digest, MemberId};
use crate::meeting::{Condition, ConditionTime, DecisionKind};
use crate::risk::RiskLevel;
use crate::roster::{Member, Role, Roster};
use crate::sign_off::{
    Authority, Present, SignOff, Standing, authority_holds, carrying, is_authority, latest_per_actor,
};

/// What is owed after a deployment that an authority approves by itself, by the policy and the roster that its sign-off
/// names (R85).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AfterCare {
    /// What the policy asks for at the level that was signed.
    pub asked: Vec<String>,
    /// Who owes it: the member who deploys, else the one who signed.
    pub owner: String,
    /// The types of release that the policy's chain delegates at that level. Which of them the change is no entry says: its
    /// ticket does.
    pub releases: BTreeSet<ReleaseType>,
}

impl AfterCare {
    /// What a sign-off carries; `None` where it approves nothing by itself, or nothing is asked.
    pub(super) fn of(entry: Verified<'_>, body: &SignOffBody) -> Option<Self> {
        let rules = entry.rules?;
        let (policy, level) = (rules.policy, body.risk.level);
        let authority = matches!(entry.predicate.role, Some(Role::Cto | Role::TechnicalLead));
        if !authority || body.verdict != Verdict::Approve || !policy.chain_binds || level >= RiskLevel::High {
            return None;
        }
        let asked: Vec<String> = policy.after_care(level).iter().map(|text| text.trim().to_owned()).collect();
        let delegates = |release: &ReleaseType| route(&policy.chains, *release, level) == Route::Delegated;
        let releases: BTreeSet<ReleaseType> = ReleaseType::ALL.into_iter().filter(delegates).collect();
        if asked.is_empty() || releases.is_empty() {
            return None;
        }
        // As everywhere without white space at both ends; an account that two members claim names nobody.
        let deployer = body.involved.deployer.as_deref().map(str::trim).filter(|account| !account.is_empty());
        let account = |member: &Member| member.accounts.get(body.change.prefix()).map(|own| own.trim().to_owned());
        let deploys = |member: &&Member| deployer.is_some() && account(member).as_deref() == deployer;
        let mut named = rules.roster.members.iter().filter(deploys);
        let deployer = named.next().filter(|_| named.next().is_none());
        let owner = deployer.or_else(|| rules.roster.member(entry.predicate.actor));
        let owner = owner.map_or_else(|| format!("member {}", entry.predicate.actor), |member| member.name.clone());
        Some(Self { asked, owner, releases })
    }
}

/// One content of one change owes a thing once, whoever signs it and however often.
fn condition_id(change: &ChangeKey, content: Digest, text: &str) -> ConditionId {
    let named = format!("after-care\n{change}\n{content}\n{text}");
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&Digest::of(named.as_bytes()).0[..16]);
    ConditionId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

impl Ledger {
    /// Whether a meeting or a circular decided on a change: then that counts, and nothing that was delegated.
    #[must_use]
    pub fn is_decided(&self, change: &ChangeKey) -> bool {
        self.decision(change).is_some_and(|recorded| recorded.decision.kind != DecisionKind::NoDecision)
    }

    /// Where a change stands on which the board has not decided: an authority does where the policy's chain delegates it and
    /// binds (R61), in writing at least, since nobody else was there.
    pub(super) fn delegated(&self, roster: &Roster, change: &ChangeKey, now: &Present, least: Attestation) -> Standing {
        if !now.delegated {
            return Standing::Undecided;
        }
        let signed = self.delegated_sign_offs(change, now.level);
        match authority_holds(roster, &signed, least.max(Attestation::Written), now) {
            Authority::Holds => Standing::Approved,
            Authority::Stale => Standing::Stale,
            Authority::Rejected => Standing::Rejected,
            Authority::Missing => Standing::Undecided,
        }
    }

    /// The sign-offs that can approve a change by themselves where the chain delegates it. What an authority signed at a higher
    /// level was signed for the board, and becomes no approval because somebody assessed the risk lower since.
    #[must_use]
    pub fn delegated_sign_offs(&self, change: &ChangeKey, level: RiskLevel) -> Vec<SignOff> {
        let own = |s: &&SignOff| s.body.verdict == Verdict::Reject || s.body.risk.level <= level;
        self.sign_offs.get(change).into_iter().flatten().filter(own).cloned().collect()
    }

    /// The sign-off by which a change is approved that the chain delegates, while the board has not decided on it (R61): the
    /// first of those that carry the approval, so that another authority's, or the same one's again, is no second approval.
    #[must_use]
    pub fn delegated_approval(
        &self,
        roster: &Roster,
        change: &ChangeKey,
        now: &Present,
        least: Attestation,
    ) -> Option<&SignOff> {
        if self.is_decided(change) || self.delegated(roster, change, now, least) != Standing::Approved {
            return None;
        }
        let least = least.max(Attestation::Written);
        let carries =
            |s: &&SignOff| s.body.risk.level <= now.level && !carrying(std::slice::from_ref(*s), least, now).is_empty();
        self.sign_offs.get(change)?.iter().find(carries)
    }

    /// The sign-off by which a change was approved that the chain delegates, where that is stale now (R61): the newest approval
    /// of an authority that was not withdrawn. `None` where the standing is another, or nobody ever approved.
    #[must_use]
    pub fn delegated_stale(
        &self,
        roster: &Roster,
        change: &ChangeKey,
        now: &Present,
        least: Attestation,
    ) -> Option<&SignOff> {
        if self.is_decided(change) || self.delegated(roster, change, now, least) != Standing::Stale {
            return None;
        }
        let least = least.max(Attestation::Written);
        let approved = |s: &&SignOff| {
            let counts = s.withdrawn.is_none() && !s.late && s.attestation >= least;
            counts && s.body.verdict == Verdict::Approve && s.body.risk.level <= now.level && is_authority(s, now)
        };
        self.sign_offs.get(change)?.iter().rev().find(approved)
    }

    /// What is owed after the deployment of a change that an authority approved by itself, made anew from its sign-offs: it is
    /// void once that approval ends, and not because somebody signs the same content once more (R85).
    pub(super) fn owe_after_care(&mut self, change: &ChangeKey) -> Vec<Touched> {
        if !self.sign_offs.get(change).is_some_and(|all| all.iter().any(|s| s.care.is_some())) {
            return Vec::new();
        }
        let owed = self.after_care(change);
        let mut touched = Vec::new();
        for (id, state) in &mut self.conditions {
            let open = state.change == *change && !state.releases.is_empty() && state.met.is_none();
            let void = !owed.contains_key(id);
            if open && state.void != void {
                state.void = void;
                touched.push(Touched::Condition(*id));
            }
        }
        for (id, state) in owed {
            match self.conditions.entry(id) {
                btree_map::Entry::Vacant(place) => {
                    place.insert(state);
                }
                // Signed again, maybe under another policy, or one of several sign-offs is taken back.
                btree_map::Entry::Occupied(mut kept) => {
                    let kept = kept.get_mut();
                    let same = kept.releases == state.releases && kept.condition.owner == state.condition.owner;
                    if same || kept.met.is_some() || kept.releases.is_empty() {
                        continue;
                    }
                    (kept.releases, kept.condition.owner) = (state.releases, state.condition.owner);
                }
            }
            touched.push(Touched::Condition(id));
        }
        touched
    }

    /// The after-care of every sign-off whose approval stands. Who signs again takes nothing from it: the newest says by whom
    /// it is owed, and it is owed of each type of release of which any of them approves by itself. What the board's own
    /// approval asks for is owed by that.
    fn after_care(&self, change: &ChangeKey) -> BTreeMap<ConditionId, ConditionState> {
        let decided = self.decision(change).map_or(&[][..], |recorded| recorded.decision.conditions.as_slice());
        let is_decided = |text: &str| {
            let same = |c: &Condition| c.text.trim().to_lowercase() == text.to_lowercase();
            decided.iter().any(|condition| condition.when == ConditionTime::After && same(condition))
        };
        let mut owed = BTreeMap::new();
        for (signed, care) in self.standing_care(change) {
            for text in care.asked.iter().filter(|text| !is_decided(text)) {
                let id = condition_id(change, signed.body.content, text);
                let state = owed.entry(id).or_insert_with(|| ConditionState {
                    condition: Condition {
                        id,
                        text: text.clone(),
                        owner: String::new(),
                        due: String::new(),
                        when: ConditionTime::After,
                    },
                    change: change.clone(),
                    opened: signed.entry,
                    met: None,
                    void: false,
                    releases: BTreeSet::new(),
                });
                state.condition.owner.clone_from(&care.owner);
                state.releases.extend(care.releases.iter().copied());
            }
        }
        owed
    }

    /// The sign-offs that approve by themselves and whose approval has not ended: they are over the content that an authority
    /// signed last, the newest word of who gave them approves that content, no authority rejects it, and the board has not
    /// decided, or had them and approves the same content. Whose lead's scope is limited has no word on what others approved:
    /// no entry says of which project a change is.
    fn standing_care(&self, change: &ChangeKey) -> Vec<(&SignOff, &AfterCare)> {
        let signed = self.sign_offs.get(change).map_or(&[][..], Vec::as_slice);
        let Some(newest) = signed.iter().rev().find(|s| counts(s) && in_authority(s)) else { return Vec::new() };
        let content = newest.body.content;
        let board = self.decision(change).filter(|d| d.decision.kind != DecisionKind::NoDecision);
        if board.is_some_and(|d| !d.decision.kind.approves() || d.decision.content != content) {
            return Vec::new();
        }
        let latest = latest_per_actor(signed, Attestation::Written);
        let of_all = |s: &SignOff| s.role == Some(Role::Cto) || s.scope.is_empty();
        let says = |s: &SignOff, verdict: Verdict| s.body.verdict == verdict && s.body.content == content;
        if latest.iter().any(|s| in_authority(s) && says(s, Verdict::Reject) && of_all(s)) {
            return Vec::new();
        }
        let approves = |actor: MemberId| latest.iter().any(|s| s.actor == actor && says(s, Verdict::Approve));
        let before = |s: &SignOff| board.is_none_or(|d| self.places.had(d.entry, s.entry));
        let stands = |s: &&SignOff| counts(s) && s.body.content == content && approves(s.actor) && before(s);
        signed.iter().filter(stands).filter_map(|s| Some((s, s.care.as_ref()?))).collect()
    }
}

/// Whether it is known well enough where nobody else was there, was not taken back, and came in time.
fn counts(sign_off: &SignOff) -> bool {
    sign_off.withdrawn.is_none() && !sign_off.late && sign_off.attestation >= Attestation::Written
}

/// Whether it is given in the role of an authority; of which project the change is nobody asks here.
fn in_authority(sign_off: &SignOff) -> bool {
    matches!(sign_off.role, Some(Role::Cto | Role::TechnicalLead))
}
