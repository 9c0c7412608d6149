//! Floors: what no score can outweigh. The level is the highest of the score's and the floors'.
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Model, RiskError, RiskLevel};

/// Facts about a change that stand beside the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The change is an emergency (R49).
    pub emergency: bool,
    /// Its window lies inside a freeze (R77).
    pub inside_freeze: bool,
    /// The service's error budget is spent, attested on the change.
    pub error_budget_spent: bool,
    /// The change is a fix, attested on the change.
    pub is_fix: bool,
}

/// One of the [`Facts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// See [`Facts::emergency`].
    Emergency,
    /// See [`Facts::inside_freeze`].
    InsideFreeze,
    /// See [`Facts::error_budget_spent`].
    ErrorBudgetSpent,
    /// See [`Facts::is_fix`].
    IsFix,
}

impl Facts {
    /// The fact's value.
    #[must_use]
    pub fn get(&self, fact: Fact) -> bool {
        match fact {
            Fact::Emergency => self.emergency,
            Fact::InsideFreeze => self.inside_freeze,
            Fact::ErrorBudgetSpent => self.error_budget_spent,
            Fact::IsFix => self.is_fix,
        }
    }
}

/// What a floor asks for; all of a floor's requirements must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Requirement {
    /// The question's answer is this one or a worse one.
    AtLeast {
        /// Question id.
        question: String,
        /// Answer id.
        choice: String,
    },
    /// The fact has this value.
    Is {
        /// Which.
        fact: Fact,
        /// Its value.
        value: bool,
    },
}

/// A floor of the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// Stable id, for example `no_rollback`.
    pub id: String,
    /// The clause it enforces, for example `R93`.
    pub clause: String,
    /// The rule in words.
    pub words: String,
    /// The least level; `None` when the floor only obliges.
    pub least: Option<RiskLevel>,
    /// What is owed besides; empty when nothing.
    pub owes: String,
    /// When it applies: all must hold.
    pub when: Vec<Requirement>,
}

/// A floor that applies to an assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FloorHit {
    /// The floor's id.
    pub id: String,
    /// The clause.
    pub clause: String,
    /// The rule in words.
    pub words: String,
    /// The least level; `None` when it only obliges.
    pub least: Option<RiskLevel>,
    /// What is owed besides; empty when nothing.
    pub owes: String,
    /// Whether it lifts the level above the score's.
    pub lifts: bool,
}

impl Floor {
    /// Whether it applies: `chosen` gives per question (in the model's order) the answer's index.
    pub(super) fn applies(&self, model: &Model, chosen: &[usize], facts: &Facts) -> bool {
        self.when.iter().all(|r| match r {
            Requirement::Is { fact, value } => facts.get(*fact) == *value,
            Requirement::AtLeast { question, choice } => model
                .questions
                .iter()
                .zip(chosen)
                .find(|(q, _)| q.id == *question)
                .and_then(|(q, at)| q.answers.iter().position(|c| c.id == *choice).map(|least| *at >= least))
                // A floor that names an unknown answer cannot be ruled out.
                .unwrap_or(true),
        })
    }

    /// Checks that every requirement names a question and an answer of the model.
    pub(super) fn check(&self, model: &Model) -> Result<(), RiskError> {
        for requirement in &self.when {
            match requirement {
                Requirement::Is { .. } => {}
                Requirement::AtLeast { question, choice } => {
                    if model.question(question).and_then(|q| q.choice(choice)).is_none() {
                        let what = format!("floor {} names {question}: {choice}, which is not there", self.id);
                        return Err(RiskError::Model { what });
                    }
                }
            }
        }
        Ok(())
    }
}

/// The floors that apply, in the model's order, against the level by score alone.
pub(super) fn hits(model: &Model, chosen: &[usize], facts: &Facts, by_score: RiskLevel) -> Vec<FloorHit> {
    model
        .floors
        .iter()
        .filter(|f| f.applies(model, chosen, facts))
        .map(|f| FloorHit {
            id: f.id.clone(),
            clause: f.clause.clone(),
            words: f.words.clone(),
            least: f.least,
            owes: f.owes.clone(),
            lifts: f.least.is_some_and(|l| l > by_score),
        })
        .collect()
}

/// The level by score lifted to the highest floor.
pub(super) fn lifted(by_score: RiskLevel, hits: &[FloorHit]) -> RiskLevel {
    hits.iter().filter_map(|h| h.least).fold(by_score, RiskLevel::max)
}
