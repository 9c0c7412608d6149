//! A proposed model on past changes: whose level would have been another.
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Assessment, LevelBound, Model, Question, RiskError, RiskLevel};
use crate::ids::ChangeKey;

/// A change as it was assessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The change.
    pub change: ChangeKey,
    /// Its answers, under the model of then.
    pub assessment: Assessment,
}

/// A change whose level would be another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Moved {
    /// The change.
    pub change: ChangeKey,
    /// The score as it is.
    pub score: u32,
    /// The level as it is.
    pub level: RiskLevel,
    /// The score under the proposal.
    pub new_score: u32,
    /// The level under the proposal.
    pub new_level: RiskLevel,
}

/// A change that the proposal cannot score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Unscored {
    /// The change.
    pub change: ChangeKey,
    /// Why not.
    pub why: String,
}

/// What a proposed model would have done.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
pub struct Simulation {
    /// Changes that would stand at a higher level.
    pub rise: u32,
    /// At a lower one.
    pub fall: u32,
    /// At the same.
    pub stay: u32,
    /// Those that rise or fall, in the order given.
    pub moved: Vec<Moved>,
    /// Those who were not asked what the proposal asks, or whose answers it does not know: they are told, never guessed.
    pub unscored: Vec<Unscored>,
}

impl Model {
    /// The same model with its levels beginning elsewhere: Medium, High and Critical, by score.
    ///
    /// # Errors
    /// Bounds that do not rise, or that no score reaches.
    pub fn with_bounds(&self, bounds: [u32; 3]) -> Result<Self, RiskError> {
        let [medium, high, critical] = bounds;
        if critical > self.max() {
            let what = format!("Critical begins at {critical}, and {} is the most", self.max());
            return Err(RiskError::Model { what });
        }
        let levels = [
            (RiskLevel::Low, 0),
            (RiskLevel::Medium, medium),
            (RiskLevel::High, high),
            (RiskLevel::Critical, critical),
        ];
        let levels = levels.into_iter().map(|(level, from)| LevelBound { level, from }).collect();
        let proposed = Self { levels, ..self.clone() };
        proposed.check()?;
        Ok(proposed)
    }
}

/// Scores past changes by a proposed model, open questions at their worst under both.
///
/// # Errors
/// A proposal that contradicts itself.
pub fn simulate<'p>(past: impl IntoIterator<Item = &'p Past>, proposed: &Model) -> Result<Simulation, RiskError> {
    proposed.check()?;
    let mut simulation = Simulation::default();
    for Past { change, assessment } in past {
        let now = assessment.decide();
        let then = match again(assessment, proposed) {
            Ok(again) => again.decide(),
            Err(why) => {
                simulation.unscored.push(Unscored { change: change.clone(), why });
                continue;
            }
        };
        let count = match then.level.cmp(&now.level) {
            std::cmp::Ordering::Greater => &mut simulation.rise,
            std::cmp::Ordering::Less => &mut simulation.fall,
            std::cmp::Ordering::Equal => &mut simulation.stay,
        };
        *count = count.saturating_add(1);
        if then.level != now.level {
            simulation.moved.push(Moved {
                change: change.clone(),
                score: now.score,
                level: now.level,
                new_score: then.score,
                new_level: then.level,
            });
        }
    }
    Ok(simulation)
}

/// The answers as they were given, under a proposal. What it no longer asks counts for nothing; what nobody could answer then
/// is told, and not guessed.
fn again(assessment: &Assessment, proposed: &Model) -> Result<Assessment, String> {
    let asked_anew = |question: &&Question| assessment.model().question(&question.id).is_none();
    let new: Vec<&str> = proposed.questions.iter().filter(asked_anew).map(|question| question.id.as_str()).collect();
    if !new.is_empty() {
        return Err(format!("the proposal asks {}, which nobody was asked then", new.join(", ")));
    }
    let kept = assessment.answers().iter().filter(|(id, _)| proposed.question(id).is_some());
    let answers = kept.map(|(id, answer)| (id.clone(), answer.clone())).collect();
    Assessment::new(proposed.clone(), answers, *assessment.facts()).map_err(|error| error.to_string())
}
