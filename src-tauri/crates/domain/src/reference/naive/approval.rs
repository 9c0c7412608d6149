//! What was decided, what it still waits for, and whether an authority's word holds.
use std::collections::{BTreeMap, BTreeSet};

use super::super::generate::{EDITED, project};
use super::super::windows;
use super::{Decided, Naive};
use crate::entry::{ActKind, ActRef, Attestation, Body, Predicate, Verdict};
use crate::ids::{ChangeKey, ConditionId, Digest, EntryId, MemberId};
use crate::meeting::{Basis, ConditionTime, Decision, DecisionKind};
use crate::policy::Strength;
use crate::risk::RiskLevel;
use crate::roster::Role;
use crate::ruling::RulingBody;

/// A sign-off as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    pub entry: EntryId,
    pub known: Attestation,
    pub withdrawn: bool,
    pub stale: &'static str,
    /// The decision in force was made without it, and it without the decision.
    pub late: bool,
    /// It is current for no other reason than that a shift of the window is tolerated.
    pub by_shift: bool,
}

impl<'h> Naive<'h> {
    /// Decisions that took effect, in a room or in writing.
    pub(super) fn decided(&self) -> Vec<Decided<'h>> {
        let mut all = self.decided_in_rooms();
        all.extend(self.written.iter().copied());
        all.sort_by_key(|(at, number, _, _, _)| (*at, *number));
        all
    }

    /// Those of a meeting: the chair's, about the item's own change, with the quorum they name, which there was.
    pub(super) fn decided_in_rooms(&self) -> Vec<Decided<'h>> {
        let mut all = Vec::new();
        for meeting in self.meetings() {
            let chair = self.agenda(meeting).map(|(_, agenda)| agenda.chair).expect("a meeting");
            for said in self.said(meeting) {
                let ActKind::Decided { decision } = &said.act.what else { continue };
                let items = self.items(meeting, (said.at, said.number));
                let on_the_agenda = items.contains(&(decision.item, decision.change.clone()));
                let quorum =
                    decision.quorum.present >= decision.quorum.required && decision.quorum.missing_mandatory.is_empty();
                let (_, present, required, missing) =
                    self.quorum_before(meeting, decision.item, (said.at, said.number));
                let quorum = quorum && present >= required && missing.is_empty();
                let skipped = decision.kind == DecisionKind::NoDecision;
                let here = decision.basis != Basis::CircularResolution;
                if said.act.actor == chair && on_the_agenda && here && (quorum || skipped) {
                    all.push((said.at, said.number, said.entry, meeting, decision.as_ref()));
                }
            }
        }
        all
    }

    /// The decision in force: of each meeting its last word; of those the newest that is a decision.
    pub fn decision(&self, on: &ChangeKey) -> Option<(EntryId, &'h Decision)> {
        let mut newest = None;
        let decided = self.decided();
        for (place, (_, _, entry, meeting, decision)) in decided.iter().enumerate() {
            let last_word = !decided[place + 1..].iter().any(|(_, _, _, m, d)| m == meeting && d.change == *on);
            if decision.change == *on && last_word && decision.kind != DecisionKind::NoDecision {
                newest = Some((*entry, *decision));
            }
        }
        newest
    }

    /// Conditions that block: of decisions nobody superseded, to be met before, and not met.
    pub fn open_before(&self, on: &ChangeKey) -> BTreeSet<ConditionId> {
        let mut open = BTreeSet::new();
        let decided = self.decided();
        for (place, (at, _, _, meeting, decision)) in decided.iter().enumerate() {
            if decision.change != *on {
                continue;
            }
            for condition in decision.conditions.iter().filter(|c| c.when == ConditionTime::Before) {
                let met_at = self.entries().find_map(|(when, _, predicate)| {
                    let Body::ConditionMet { condition: which, .. } = &predicate.body else { return None };
                    (*which == condition.id && when > *at).then_some(when)
                });
                let superseded = decided[place + 1..].iter().any(|(when, _, _, m, d)| {
                    let takes_back = d.kind != DecisionKind::NoDecision || m == meeting;
                    d.change == *on && takes_back && met_at.is_none_or(|met| *when < met)
                });
                if met_at.is_none() && !superseded {
                    open.insert(condition.id);
                }
            }
        }
        open
    }

    /// The edits of a change on which somebody ruled, in order: before, after.
    pub fn rulings(&self, on: &ChangeKey) -> Vec<(Digest, Digest)> {
        let said = self.entries().filter_map(|(_, _, predicate)| {
            let Body::RuledImmaterial(body) = &predicate.body else { return None };
            (body.change == *on).then_some((body.from, body.to))
        });
        said.collect()
    }

    /// Whether the edit is immaterial: in the word of the chair and of somebody else who says the same, and neither of
    /// them took it back.
    pub fn ruled(&self, on: &ChangeKey, from: Digest, to: Digest) -> bool {
        let mut said: Vec<(&Predicate, &RulingBody)> = Vec::new();
        for (at, entry, predicate) in self.entries() {
            let Body::RuledImmaterial(body) = &predicate.body else { continue };
            let taken_back = self.entries().any(|(later, _, word)| {
                let about = matches!(&word.body, Body::Withdrawal { entry: target, .. } if *target == entry);
                later > at && word.actor == predicate.actor && about
            });
            if body.change == *on && body.from == from && body.to == to && !taken_back {
                said.push((predicate, body));
            }
        }
        said.iter().any(|(chair, what)| {
            let seconded = said.iter().any(|(other, same)| other.actor != chair.actor && same.fields == what.fields);
            chair.role == Some(Role::Chair) && seconded
        })
    }

    /// Whether the two contents differ in a section of the plan alone, and not in one on which the role depends.
    fn spared(&self, role: Option<Role>, said: Digest, now: Digest) -> bool {
        let Some(role) = role else { return false };
        let Some(sections) = self.history.policy.sections.get(&role) else { return false };
        let both = [windows::said(said), windows::said(now)];
        let in_the_plan = both == [1, 2] || both == [2, 1];
        in_the_plan && windows::number(said) == windows::number(now) && !sections.contains(&EDITED)
    }

    /// All sign-offs on a change, in order.
    pub fn sign_offs(&self, on: &ChangeKey) -> Vec<Signed> {
        let (content, level) = self.now(on);
        let in_force = self.decision(on).map(|(entry, _)| self.predicate(entry));
        let mut all = Vec::new();
        for (at, entry, predicate) in self.entries() {
            let Body::SignOff(body) = &predicate.body else { continue };
            if body.change != *on {
                continue;
            }
            let (mut known, mut withdrawn) = (predicate.attestation, false);
            for (later, _, word) in self.entries() {
                if later < at || word.actor != predicate.actor {
                    continue;
                }
                if let Body::Withdrawal { entry: target, .. } = &word.body
                    && *target == entry
                {
                    withdrawn = true;
                }
                let act = ActRef { entry, act: None };
                if let Body::Affirmation { confirmed, contested, .. } = &word.body
                    && !withdrawn
                    && known < Attestation::Confirmed
                {
                    if confirmed.contains(&act) {
                        known = Attestation::Confirmed;
                    } else if contested.iter().any(|contest| contest.act == act) {
                        withdrawn = true;
                    }
                }
            }
            let spared = self.spared(predicate.role, body.content, content);
            let without_shift = body.content == content || spared || self.ruled(on, body.content, content);
            let moved = || self.moved(on).is_some_and(|(from, _, _)| from == body.content);
            let stale = if !without_shift && !moved() {
                "content"
            } else if level > body.risk.level {
                "risk"
            } else {
                "current"
            };
            let late = in_force.is_some_and(|decided| self.without_each_other(decided, predicate));
            let by_shift = stale == "current" && !without_shift;
            all.push(Signed { entry, known, withdrawn, stale, late, by_shift });
        }
        all
    }

    /// The least with which an authority's word counts (`record.md`, *Who acts*).
    pub(super) fn least(&self, level: RiskLevel) -> Attestation {
        match (self.history.policy.strength, level) {
            (Strength::Observe, _) => Attestation::Recorded,
            (Strength::Starter, _) | (Strength::Full, RiskLevel::Low | RiskLevel::Medium) => Attestation::Written,
            (Strength::Full, RiskLevel::High | RiskLevel::Critical) => Attestation::Confirmed,
        }
    }

    /// Whether a member decides on the project of a change: on each, or on those that the roster names.
    fn in_scope(&self, who: MemberId, on: &ChangeKey) -> bool {
        let member = self.history.roster.members.iter().find(|member| member.id == who);
        let named = |scope: &[String]| scope.iter().any(|own| own.to_lowercase() == project(on));
        member.is_none_or(|member| member.scope.is_empty() || named(&member.scope))
    }

    /// Where a change stands, in the words people read.
    pub fn standing(&self, on: &ChangeKey) -> &'static str {
        let Some((_, decision)) = self.decision(on) else { return self.without_the_board(on) };
        match decision.kind {
            DecisionKind::Approved | DecisionKind::ApprovedWithConditions => {}
            DecisionKind::Rejected => return "Rejected",
            DecisionKind::Deferred => return "Deferred",
            DecisionKind::MoreInformation => return "More information",
            DecisionKind::Withdrawn => return "Withdrawn",
            DecisionKind::NoDecision => return "Undecided",
        }
        let (content, level) = self.now(on);
        // As much as the board wanted when it approved, or more where the risk rose since; never less.
        let then = self.least(decision.risk.level);
        let today = self.least(level);
        let wanted = if today > then { today } else { then };
        let high = level >= RiskLevel::High || decision.risk.level >= RiskLevel::High;
        let word = self.authorities(on, wanted, None, high && self.history.policy.chain_binds);
        if word == "Rejected" {
            return "Rejected";
        }
        let (enough, stale) = (word == "Holds", word == "Stale");
        let decided = decision.content == content
            || self.spared(Some(Role::Chair), decision.content, content)
            || self.ruled(on, decision.content, content)
            || self.moved(on).is_some();
        if (!enough && stale) || !decided {
            return "Stale";
        }
        if !enough {
            return "Awaiting sign-off";
        }
        if self.open_before(on).is_empty() { "Approved" } else { "Awaiting conditions" }
    }

    /// What authorities say of a change, as far as it is known well enough: "Rejected", "Holds", "Stale" or "Missing". `most`:
    /// who approved it at a higher level said it to the board; `cto_only`: no lead is an authority.
    pub(super) fn authorities(
        &self,
        on: &ChangeKey,
        wanted: Attestation,
        most: Option<RiskLevel>,
        cto_only: bool,
    ) -> &'static str {
        let mut newest: BTreeMap<MemberId, (&Predicate, Signed)> = BTreeMap::new();
        for signed in self.sign_offs(on) {
            let predicate = self.predicate(signed.entry);
            let Body::SignOff(body) = &predicate.body else { continue };
            let to_the_board = body.verdict == Verdict::Approve && most.is_some_and(|most| body.risk.level > most);
            if !signed.withdrawn && !signed.late && signed.known >= wanted && !to_the_board {
                newest.insert(predicate.actor, (predicate, signed));
            }
        }
        let (mut approvers, mut stale) = (Vec::new(), false);
        for (predicate, signed) in newest.values() {
            let Body::SignOff(body) = &predicate.body else { continue };
            if !self.is_authority(predicate, on, cto_only) {
                continue;
            }
            match (signed.stale, body.verdict) {
                ("current", Verdict::Reject) => return "Rejected",
                ("current", Verdict::Approve) => approvers.push(predicate.actor),
                _ => stale = true,
            }
        }
        // Whoever deploys is never the only approver; who has no account might be the deployer.
        let deployer = Self::named(self.involved(on).deployer.as_ref());
        let enough = match deployer {
            None => !approvers.is_empty(),
            Some(deployer) => approvers.iter().any(|who| self.own(*who).is_some_and(|account| account != deployer)),
        };
        match (enough, stale) {
            (true, _) => "Holds",
            (false, true) => "Stale",
            (false, false) => "Missing",
        }
    }

    /// Whether it is the CTO's word, or a lead's on a project of theirs.
    pub(super) fn is_authority(&self, said: &Predicate, on: &ChangeKey, cto_only: bool) -> bool {
        let lead = said.role == Some(Role::TechnicalLead) && !cto_only && self.in_scope(said.actor, on);
        said.role == Some(Role::Cto) || lead
    }
}
