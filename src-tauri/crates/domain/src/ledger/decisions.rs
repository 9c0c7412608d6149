//! Decisions and their conditions: which are in force, and what a later one makes void.
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Ledger, RecordedDecision, Touched};
use crate::chain::ReleaseType;
use crate::entry::Attestation;
use crate::ids::{ChangeKey, EntryId};
use crate::meeting::{Condition, ConditionTime, DecisionKind};
use crate::policy::{Policy, Slot};
use crate::risk::RiskLevel;
use crate::sign_off::binding_level;

/// A condition and whether it is met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionState {
    /// The condition.
    pub condition: Condition,
    /// On which change.
    pub change: ChangeKey,
    /// The decision's entry that opened it.
    pub opened: EntryId,
    /// The entry that says it is met, and what shows it.
    pub met: Option<(EntryId, String)>,
    /// A superseding decision made it void; or, of after-care that follows from a sign-off, that approval has ended.
    pub void: bool,
    /// Of after-care that follows from a sign-off alone: the types of release of which the chain delegates the approval
    /// (R61, R85). Empty: a decision opened it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub releases: BTreeSet<ReleaseType>,
}

impl ConditionState {
    /// Whether it stands, of a change that is such a release.
    #[must_use]
    pub fn stands(&self, release: ReleaseType) -> bool {
        !self.void && (self.releases.is_empty() || self.releases.contains(&release))
    }

    /// Whether somebody can say so that it is met: after-care that follows from a sign-off while it is owed, and with what
    /// shows it (R85).
    pub(super) fn can_be_met(&self, note: &str) -> bool {
        self.met.is_none() && (self.releases.is_empty() || !(self.void || note.trim().is_empty()))
    }
}

impl Ledger {
    pub(super) fn decide(&mut self, recorded: RecordedDecision) -> Vec<Touched> {
        let change = recorded.decision.change.clone();
        let mut touched = vec![Touched::Decisions(change.clone())];
        // A skipped item decides nothing: it takes back only what the same meeting had decided.
        let decisions = self.decisions.entry(change.clone()).or_default();
        let same_meeting = |opened: EntryId| {
            decisions.iter().any(|before| before.entry == opened && before.meeting == recorded.meeting)
        };
        let decides = recorded.decision.kind != DecisionKind::NoDecision;
        for (id, state) in &mut self.conditions {
            // After-care that follows from a sign-off is judged below.
            let superseded = state.releases.is_empty() && (decides || same_meeting(state.opened));
            if state.change == change && !state.void && state.met.is_none() && superseded {
                state.void = true;
                touched.push(Touched::Condition(*id));
            }
        }
        for condition in &recorded.decision.conditions {
            self.conditions.insert(
                condition.id,
                ConditionState {
                    condition: condition.clone(),
                    change: change.clone(),
                    opened: recorded.entry,
                    met: None,
                    void: false,
                    releases: BTreeSet::new(),
                },
            );
            touched.push(Touched::Condition(condition.id));
        }
        self.decisions.entry(change.clone()).or_default().push(recorded);
        touched.extend(self.mark_late(&change));
        touched.extend(self.owe_after_care(&change));
        touched
    }

    /// The decision in force on a change: the last word of the newest meeting that decided. One that skipped the item
    /// (*no decision*) leaves in force what an earlier one had decided.
    #[must_use]
    pub fn decision(&self, change: &ChangeKey) -> Option<&RecordedDecision> {
        let mut skipped = BTreeSet::new();
        for recorded in self.decisions.get(change)?.iter().rev() {
            if recorded.decision.kind == DecisionKind::NoDecision {
                skipped.insert(recorded.meeting);
            } else if !skipped.contains(&recorded.meeting) {
                return Some(recorded);
            }
        }
        self.decisions.get(change)?.last()
    }

    /// The level that decides how a sign-off on a change must be known: see [`binding_level`].
    #[must_use]
    pub fn binding_level(&self, change: &ChangeKey, newest: RiskLevel) -> RiskLevel {
        binding_level(self.decision(change).map(|recorded| &recorded.decision), newest)
    }

    /// The least attestation with which a sign-off on a change counts, whose newest risk is of this level.
    #[must_use]
    pub fn least(&self, policy: &Policy, change: &ChangeKey, newest: RiskLevel) -> Attestation {
        policy.least(Slot::SignOff, self.binding_level(change, newest))
    }

    /// Conditions `before` that are still open on a change.
    #[must_use]
    pub fn open_before(&self, change: &ChangeKey) -> Vec<&ConditionState> {
        self.conditions
            .values()
            .filter(|s| s.change == *change && !s.void && s.met.is_none() && s.condition.when == ConditionTime::Before)
            .collect()
    }
}
