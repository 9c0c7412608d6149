//! Views: risk.
use serde::{Deserialize, Serialize};
use specta::Type;

#[allow(unused_imports)]
use super::*;

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RiskOption {
    pub label: String,
    pub points: u32,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RiskQuestion {
    /// `I1` … `E4`, or that of a question of the policy's own.
    pub id: String,
    pub factor: RiskFactor,
    pub prompt: String,
    /// What the answer is about, where to look; null if the prompt says it all.
    pub help: Option<String>,
    pub options: Vec<RiskOption>,
    /// Index into `options`; null: open.
    pub answer: Option<u32>,
    pub provenance: Option<domain::risk::Provenance>,
    /// Where a synced answer came from, in words.
    pub evidence: Option<String>,
    pub note: String,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RiskFloor {
    pub label: String,
    pub clause: Option<String>,
    pub level: domain::risk::RiskLevel,
    pub applies: bool,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WaterfallStep {
    pub question: String,
    pub factor: RiskFactor,
    pub label: String,
    pub answer: Option<String>,
    pub points: u32,
    /// The most this question can give.
    pub most: u32,
    pub provenance: Option<domain::risk::Provenance>,
    /// Sum up to and including this step.
    pub sum: u32,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Improvement {
    pub question: String,
    /// For example: "Test the written rollback by hand".
    pub text: String,
    pub saves: u32,
    pub new_score: u32,
    pub new_level: domain::risk::RiskLevel,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RiskOutcome {
    pub model: String,
    pub model_version: u32,
    pub summary: RiskSummary,
    /// Level by score alone, before floors.
    pub score_level: Option<domain::risk::RiskLevel>,
    pub floors: Vec<RiskFloor>,
    pub factors: Vec<RiskOutcomeFactors>,
    /// Null where the model asks nothing of rollback, tests and roll-out.
    pub inherent: Option<RiskInherent>,
    /// The answers in a matrix, for comparison; null where the model in force is one, or its questions have no two axes.
    pub matrix: Option<RiskMatrix>,
    /// The answers by the built-in model, for comparison; null where points are added, or it has other questions.
    pub points: Option<RiskPoints>,
    pub waterfall: Vec<WaterfallStep>,
    pub improvements: Vec<Improvement>,
    /// What the answers say that are synced or attested, in percent of all.
    pub confidence: u32,
    pub answers_digest: String,
    pub submitted_at: Option<String>,
    pub submitted_by: Option<String>,
    /// How the score follows from the points.
    pub kind: RiskModelKind,
    /// How it follows where points are not just added, open questions at their worst: "likelihood 3 × impact 4 = 12 of 25".
    pub follows: Option<String>,
    /// The highest score of the model.
    pub of: u32,
    /// Where Medium, High and Critical begin, by score.
    pub bounds: Vec<u32>,
    /// The model under which it was submitted, where another is in force by now and scores its answers anew.
    pub older_model: Option<String>,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RiskOutcomeFactors {
    pub factor: RiskFactor,
    pub low: u32,
    pub high: u32,
    pub most: u32,
}

/// Part of the view around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RiskInherent {
    /// Points without rollback, tests and roll-out in steps, open questions at their worst.
    pub score: u32,
    pub level: domain::risk::RiskLevel,
}

/// How a score follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RiskModelKind {
    Sum,
    Matrix,
    Mean,
}

/// Part of the view around it: for comparison, it decides nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RiskPoints {
    pub model: String,
    /// Points, open questions at their worst.
    pub score: u32,
    pub of: u32,
    /// By score alone.
    pub level: domain::risk::RiskLevel,
}

/// Part of the view around it: for comparison, it decides nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RiskMatrix {
    pub model: String,
    /// 1 to 5, open questions at their worst.
    pub likelihood: u32,
    /// 1 to 5, open questions at their worst.
    pub impact: u32,
    pub level: domain::risk::RiskLevel,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RiskWalk {
    pub change: ChangeRow,
    pub questions: Vec<RiskQuestion>,
    pub outcome: RiskOutcome,
    /// Draft answers not yet submitted.
    pub unsubmitted: u32,
    pub saved_at: Option<String>,
}
