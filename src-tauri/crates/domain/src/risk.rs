//! The risk assessment (R80): integers only, every answer visible, replayable by hand.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::ids::Digest;

mod adopted;
#[cfg(test)]
mod adopted_tests;
mod assessment;
#[cfg(test)]
mod beside_tests;
mod floors;
mod improve;
mod inherent;
mod kinds;
#[cfg(test)]
mod kinds_tests;
mod matrix;
mod model;
mod own;
mod points;
mod record;
mod simulate;
#[cfg(test)]
mod tests;

pub use adopted::{RiskRules, RulesFault};
pub use assessment::{
    Assessment, Decided, Line, Range, RiskError, Share, Synced, UnknownWord, answer_by_words, answers_document,
};
pub use floors::{Fact, Facts, Floor, FloorHit, Requirement};
pub use improve::Improvement;
pub use inherent::{Guard, Inherent};
pub use matrix::{MATRIX, Matrix};
pub use model::{Category, Choice, LevelBound, Model, ModelKind, Question};
pub use own::{OwnAnswer, OwnQuestion};
pub use points::{model_document, points_100};
pub use record::{Outcome, RECORD_DAYS, RECORD_LEAST, TeamRecord};
pub use simulate::{Moved, Past, Simulation, Unscored, simulate};

/// Low, medium, high or critical.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RiskLevel {
    /// 0–24 points.
    Low,
    /// 25–49 points.
    Medium,
    /// 50–74 points.
    High,
    /// 75–100 points.
    Critical,
}

impl RiskLevel {
    /// The word people read.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
            Self::Critical => "Critical",
        }
    }
}

/// Where an answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// The ticket carries it.
    Synced,
    /// A member gave it.
    Attested,
    /// Nobody gave it: the worst answer counts when deciding.
    Assumed,
}

impl Provenance {
    /// The word people read.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Synced => "synced",
            Self::Attested => "attested",
            Self::Assumed => "assumed",
        }
    }
}

/// An answer to a question of the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The answer's id in the model, for example `regulated`.
    pub choice: String,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A submitted assessment: question id → answer, with the score that followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnsweredAssessment {
    /// Answers; a question without one is open.
    pub answers: BTreeMap<String, Answer>,
    /// What followed, unanswered questions at their worst.
    pub stamp: RiskStamp,
}

/// What goes into signed payloads: enough to replay the score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskStamp {
    /// Model id and version, `points-100/1`.
    pub model: String,
    /// Digest of the model's canonical form.
    pub model_digest: Digest,
    /// Digest of the canonical answers.
    pub answers: Digest,
    /// The score, unanswered questions at their worst.
    pub score: u32,
    /// Level after floors.
    pub level: RiskLevel,
    /// Facts beside the answers, so that floors replay as well.
    pub facts: Facts,
    /// How many questions were assumed.
    pub assumed: u32,
}
