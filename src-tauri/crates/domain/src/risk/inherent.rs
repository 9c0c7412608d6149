//! Inherent and residual risk: the change as it is, and what is left once it is guarded.
use serde::{Deserialize, Serialize};
use specta::Type;

use super::assessment::{Assessment, points_of, weigh, worst_of};
use super::{Model, Question, RiskLevel};

/// The questions that ask what is *done about* the risk: how one rolls back and how fast, what was tested, how it is rolled
/// out. All others ask what the change *is*: nobody tests a service less critical. B3 is among those: that no schema changes
/// is no precaution. The model's canonical form has no place for this without becoming another model, so it stands here.
const GUARDS: [&str; 4] = ["B1", "B2", "E1", "E2"];

/// The score without its guards beside the score with them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Inherent {
    /// The score with every guard at its worst answer: no rollback, no tests, all at once.
    pub score: u32,
    /// The level at that score, and at least the residual one. Floors apply as the answers are: "no rollback" is a fact
    /// about a change that has none, and supposed of every change it would make all of them High.
    pub level: RiskLevel,
    /// The residual score: the one that counts.
    pub residual: u32,
    /// The residual level.
    pub residual_level: RiskLevel,
    /// The questions whose answers lower the score, with what each is worth, in the model's order.
    pub guards: Vec<Guard>,
}

/// What is done about the risk, and what it is worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Guard {
    /// Question id.
    pub question: String,
    /// The answer in words.
    pub words: String,
    /// Points below the worst answer.
    pub worth: u32,
}

fn is_guard(question: &Question) -> bool {
    GUARDS.contains(&question.id.as_str())
}

impl Model {
    /// Whether it asks what is done about the risk at all: without such a question inherent and residual risk are the same.
    #[must_use]
    pub fn has_guards(&self) -> bool {
        self.questions.iter().any(is_guard)
    }
}

impl Assessment {
    /// Inherent and residual risk, open questions at their worst as when deciding: an unanswered guard guards nothing.
    #[must_use]
    pub fn inherent(&self) -> Inherent {
        let model: &Model = self.model();
        let chosen = self.chosen(worst_of);
        let (residual, _, _, residual_level) = weigh(model, &chosen, self.facts());
        let mut points = points_of(model, &chosen);
        let mut guards = Vec::new();
        let each = model.questions.iter().zip(&chosen).zip(&mut points);
        for ((question, at), points) in each.filter(|((question, _), _)| is_guard(question)) {
            let Some(choice) = question.answers.get(*at) else { continue };
            let worth = question.most() - choice.points;
            if worth > 0 {
                guards.push(Guard { question: question.id.clone(), words: choice.words.clone(), worth });
                *points = question.most();
            }
        }
        let score = model.score(&points);
        Inherent { score, level: model.level_of(score).max(residual_level), residual, residual_level, guards }
    }
}
