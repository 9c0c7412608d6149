//! What another model would have done to the changes of the last days. Changes nothing.
use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use domain::ids::ChangeKey;
use domain::ledger::Submitted;
use domain::risk::{AnsweredAssessment, Assessment, Model, Past, RiskError, Simulation, Unscored, simulate};
use serde::Serialize;

use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};
use crate::state::BoardState;

/// Which bounds, on which changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SimulateRiskRequest {
    /// Where Medium, High and Critical would begin, in points.
    pub bounds: [u32; 3],
    /// Assessments of the last so many days.
    pub days: u32,
}

/// What would have been.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RiskSimulation {
    /// The model in force.
    pub model: String,
    /// Where its levels begin: Medium, High, Critical.
    pub bounds: Vec<u32>,
    /// Where they would.
    pub proposed: [u32; 3],
    /// Of the last so many days.
    pub days: u32,
    /// How many changes were assessed in them.
    pub changes: u32,
    /// Who would move, and where to.
    pub outcome: Simulation,
}

impl Cabinet {
    /// Scores the newest assessment of each change anew, with the levels beginning elsewhere: those that were submitted, and
    /// the answers that went into the record with a decision or a sign-off.
    ///
    /// # Errors
    /// Bounds that do not rise or that no score reaches.
    pub async fn simulate_risk(&self, request: SimulateRiskRequest) -> Answer<RiskSimulation> {
        let board = self.board()?;
        let state = board.state().await?;
        let model = &state.model.model;
        let wrong = |error: RiskError| BoardError::invalid("bounds", error.to_string());
        let proposed = model.with_bounds(request.bounds).map_err(wrong)?;
        let (changes, outcome) = past_scores(&state, since(self.now(), request.days), &proposed).map_err(wrong)?;
        Ok(RiskSimulation {
            model: model.name(),
            bounds: model.levels.iter().skip(1).map(|level| level.from).collect(),
            proposed: request.bounds,
            days: request.days,
            changes,
            outcome,
        })
    }
}

/// So many days before; `None` before all time, where there is nothing to leave out.
pub(crate) fn since(now: DateTime<Utc>, days: u32) -> Option<DateTime<Utc>> {
    now.checked_sub_signed(Duration::days(i64::from(days)))
}

/// The newest assessment of each change since then, by the model in force and by another: how many there are, and whose
/// level would be another.
///
/// # Errors
/// A model that contradicts itself.
pub(crate) fn past_scores(
    state: &BoardState,
    since: Option<DateTime<Utc>>,
    proposed: &Model,
) -> Result<(u32, Simulation), RiskError> {
    let mut newest: BTreeMap<&ChangeKey, &AnsweredAssessment> = BTreeMap::new();
    for (change, all) in &state.ledger.assessments {
        let counts = |a: &&Submitted<AnsweredAssessment>| !a.late && since.is_none_or(|since| a.claimed >= since);
        if let Some(submitted) = all.iter().rev().find(counts) {
            newest.insert(change, &submitted.what);
        }
    }
    let mut past: Vec<Past> = Vec::new();
    let mut unscored: Vec<Unscored> = Vec::new();
    for (change, answered) in &newest {
        let change: ChangeKey = (*change).clone();
        match Assessment::new(state.model.model.clone(), answered.answers.clone(), answered.stamp.facts) {
            Ok(assessment) => past.push(Past { change, assessment }),
            Err(error) => unscored.push(Unscored { change, why: error.to_string() }),
        }
    }
    let mut outcome = simulate(&past, proposed)?;
    outcome.unscored.extend(unscored);
    Ok((u32::try_from(newest.len()).unwrap_or(u32::MAX), outcome))
}
