//! What emergencies and rollbacks say of a change.
use std::collections::{BTreeMap, BTreeSet};

use domain::change::{ChangeKind, ChangeRequest};
use domain::emergency::{Owed, owed};
use domain::gate::{self, GateOutcome, GateResult};
use domain::ids::ChangeKey;

use super::rules;
use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::Answer;
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

    /// What is overdue since an emergency, by the change's ticket: the next agenda begins with it (R53).
    pub(crate) async fn overdue(
        &self,
        board: &OpenBoard,
        state: &BoardState,
    ) -> Answer<BTreeMap<ChangeKey, Vec<String>>> {
        let mut late: BTreeMap<ChangeKey, Vec<String>> = BTreeMap::new();
        for one in state.ledger.emergencies.values() {
            let Some(key) = one.ticket() else { continue };
            let owed = self.owed_of(board, state, one).await?;
            let now = self.now();
            for open in owed.iter().filter(|o| o.overdue(now)) {
                late.entry(key.clone()).or_default().push(open.what.clone());
            }
        }
        Ok(late)
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
        if !declared.is_empty() {
            outcomes.push(gate::owed_gate(&due, self.now()));
        }
        let rollbacks = state.ledger.rollbacks_of(&change.key);
        if !rollbacks.is_empty() {
            outcomes.push(gate::redeployment_gate(&rollbacks));
        }
        outcomes
    }
}
