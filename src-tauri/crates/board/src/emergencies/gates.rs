//! What emergencies and rollbacks say of a change.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::change::{ChangeKind, ChangeRequest, StatusCategory};
use domain::emergency::{Owed, owed, unrecorded};
use domain::gate::{self, GateOutcome, GateResult};
use domain::ids::ChangeKey;

use super::{glass, rules};
use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::Answer;
use crate::minutes::phrases::Words;
use crate::state::BoardState;

/// The clauses that a change satisfies: by each of their gates.
fn satisfied(outcomes: &[GateOutcome]) -> BTreeSet<String> {
    let kept = |outcome: &GateOutcome| match outcome.result {
        GateResult::Passed | GateResult::NotApplicable => true,
        GateResult::Failed | GateResult::Waived | GateResult::Warned | GateResult::NoEvidence => false,
    };
    let clauses = |wanted: bool| -> BTreeSet<String> {
        outcomes.iter().filter(|o| kept(o) == wanted).map(|o| o.gate.clause.clone()).collect()
    };
    let open = clauses(false);
    clauses(true).into_iter().filter(|clause| !open.contains(clause)).collect()
}

/// What is overdue of a change.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Late {
    /// Of what an emergency owes.
    emergency: Vec<String>,
    /// Of what a broken glass owes.
    glass: Vec<String>,
    /// Whether the ticket was closed all the same: a breach.
    closed: bool,
}

impl Late {
    /// Why the agenda begins with it.
    pub(crate) fn words(&self) -> String {
        self.in_words(Words::ENGLISH)
    }

    /// The same, in the language of a document.
    pub(crate) fn in_words(&self, words: Words) -> String {
        words.overdue_since(&self.emergency, &self.glass, self.closed)
    }
}

/// Whether the change's ticket is closed in its own system.
fn is_closed(change: &ChangeRequest) -> bool {
    change.status.category == Some(StatusCategory::Closed)
}

/// What broken glasses owe of a change.
fn glasses_of(state: &BoardState, change: &ChangeKey) -> Vec<Owed> {
    state.ledger.obligations.values().filter(|one| one.body.change == *change).map(|one| glass(state, one)).collect()
}

impl Cabinet {
    /// The clauses that a change satisfies by now, as it was last synced.
    pub(super) fn kept(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        change: &ChangeRequest,
    ) -> Answer<BTreeSet<String>> {
        let level = self.risk_of(state, change)?.decided.level;
        Ok(satisfied(&self.gates_of_the_change(board, state, change, Some(level))))
    }

    /// What is overdue, by the change, or by the provisional key while there is none: the next agenda begins with it (R53).
    pub(crate) async fn overdue(&self, board: &OpenBoard, state: &BoardState) -> Answer<BTreeMap<ChangeKey, Late>> {
        let mut late: BTreeMap<ChangeKey, Late> = BTreeMap::new();
        let now = self.now();
        for one in state.ledger.emergencies.values() {
            for open in self.owed_of(board, state, one).await?.into_iter().filter(|o| o.overdue(now)) {
                late.entry(open.change).or_default().emergency.push(open.what);
            }
        }
        let glasses = state.ledger.obligations.values().map(|one| glass(state, one));
        for open in glasses.filter(|o| o.overdue(now)) {
            late.entry(open.change).or_default().glass.push(open.what);
        }
        for (key, of_it) in &mut late {
            // What has no ticket here is not closed.
            let found = board.store.change(key).await.map_err(stored)?;
            of_it.closed = found.is_some_and(|found| is_closed(&found.change));
        }
        Ok(late)
    }

    /// When the first thing falls due that is still owed of a change: from then on it is blocked (R53), and nothing that
    /// was handed out before says otherwise.
    pub(crate) async fn first_due(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        change: &ChangeKey,
    ) -> Answer<Option<DateTime<Utc>>> {
        let mut owed = glasses_of(state, change);
        for one in state.ledger.emergencies_of(change) {
            owed.extend(self.owed_of(board, state, one).await?);
        }
        Ok(owed.into_iter().filter(|one| one.met.is_none()).map(|one| one.due).min())
    }

    /// The gates of a change once emergencies are looked at: what waits no longer blocks (R50), and R49, R53 and R95 say
    /// what is declared, overdue and taken back, where there is any.
    pub(crate) fn with_emergencies(
        &self,
        state: &BoardState,
        change: &ChangeRequest,
        outcomes: Vec<GateOutcome>,
    ) -> Vec<GateOutcome> {
        let declared = state.ledger.emergencies_of(&change.key);
        let kept = satisfied(&outcomes);
        let follows = |one: &&domain::emergency::Emergency| {
            owed(one, state.ledger.emergencies.values(), rules(state, one), &kept)
        };
        let due: Vec<Owed> = declared.iter().flat_map(follows).collect();
        let mut outcomes = gate::deferred(outcomes, &due);
        if change.kind == Some(ChangeKind::Emergency) || !declared.is_empty() {
            outcomes.push(gate::declaration_gate(change, declared.last().copied(), &state.policy));
        }
        let glasses = glasses_of(state, &change.key);
        if !declared.is_empty() || !glasses.is_empty() {
            let all: Vec<Owed> = due.into_iter().chain(glasses).collect();
            outcomes.push(gate::owed_gate(&all, is_closed(change), self.now()));
        }
        let rollbacks = state.ledger.rollbacks_of(&change.key);
        // A row of the list does not say when its fields were changed; without its details nothing is handed out (R113).
        let known = change.details_synced;
        let told = if known { unrecorded(&change.deployments, &rollbacks, self.now()) } else { Vec::new() };
        if !rollbacks.is_empty() || !told.is_empty() {
            outcomes.push(gate::redeployment_gate(&rollbacks, &told));
        }
        outcomes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_overdue_says_since_what() {
        let all = |what: &[&str]| what.iter().map(|one| (*one).to_owned()).collect();
        let late = |emergency: &[&str], glass: &[&str]| {
            Late { emergency: all(emergency), glass: all(glass), closed: false }.words()
        };
        assert_eq!(late(&["The review after it", "R28"], &[]), "Overdue since the emergency: The review after it, R28");
        assert_eq!(late(&[], &["a review"]), "Overdue since the glass was broken: a review");
        let both = late(&["R28"], &["a review"]);
        assert_eq!(both, "Overdue since the emergency: R28. Overdue since the glass was broken: a review");
        let breach = Late { emergency: all(&["R28"]), glass: Vec::new(), closed: true }.words();
        assert_eq!(breach, "Closed while it was owed. Overdue since the emergency: R28");
    }
}
