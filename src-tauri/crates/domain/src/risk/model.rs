//! A risk model as data: the board may adopt another, never silently.
use serde::{Deserialize, Serialize};
use specta::Type;

use super::floors::Floor;
use super::{RiskError, RiskLevel};

/// What a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Who and what is hurt.
    Impact,
    /// How many parts move.
    Complexity,
    /// How one gets back.
    Recoverability,
    /// How much is open to it, and when.
    Exposure,
}

impl Category {
    /// The word people read.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Impact => "Impact",
            Self::Complexity => "Complexity",
            Self::Recoverability => "Recoverability",
            Self::Exposure => "Exposure",
        }
    }
}

/// A possible answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Stable id within the question, for example `regulated`.
    pub id: String,
    /// The words people read and tickets carry.
    pub words: String,
    /// Points.
    pub points: u32,
    /// What one does to get here from a worse answer; empty when it is not in anyone's hands.
    pub act: String,
}

/// A question of the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Stable id, for example `I3`.
    pub id: String,
    /// The question.
    pub text: String,
    /// What it is about.
    pub category: Category,
    /// Possible answers, best first: points rise strictly.
    pub answers: Vec<Choice>,
}

impl Question {
    /// The answer with this id.
    #[must_use]
    pub fn choice(&self, id: &str) -> Option<&Choice> {
        self.answers.iter().find(|c| c.id == id)
    }
    /// The best answer's points.
    #[must_use]
    pub fn least(&self) -> u32 {
        self.answers.first().map_or(0, |c| c.points)
    }
    /// The worst answer's points: the question's weight.
    #[must_use]
    pub fn most(&self) -> u32 {
        self.answers.last().map_or(0, |c| c.points)
    }
}

/// Where a level begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct LevelBound {
    /// The level.
    pub level: RiskLevel,
    /// Its least score.
    pub from: u32,
}

/// A risk model: questions, levels and floors. Canonical JSON of this is what stamps digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Stable id, `points-100`.
    pub id: String,
    /// Starts at 1.
    pub version: u32,
    /// Questions in the order of the walk.
    pub questions: Vec<Question>,
    /// Levels, lowest first; the first begins at 0.
    pub levels: Vec<LevelBound>,
    /// Facts and answers that no score can outweigh.
    pub floors: Vec<Floor>,
}

impl Model {
    /// Id and version, `points-100/1`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}/{}", self.id, self.version)
    }
    /// The question with this id.
    #[must_use]
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|q| q.id == id)
    }
    /// The highest score.
    #[must_use]
    pub fn max(&self) -> u32 {
        self.questions.iter().map(Question::most).sum()
    }
    /// The level by score alone, before floors.
    #[must_use]
    pub fn level_of(&self, score: u32) -> RiskLevel {
        self.levels.iter().rev().find(|b| score >= b.from).map_or(RiskLevel::Low, |b| b.level)
    }

    /// Checks what the types cannot say: ids once each, points that rise strictly (so that a worse
    /// answer never lowers a score), levels in order, floors that name real answers and are kept by
    /// every worse answer.
    ///
    /// # Errors
    /// The first thing wrong, with where it stands.
    pub fn check(&self) -> Result<(), RiskError> {
        let bad = |what: String| Err(RiskError::Model { what });
        if self.questions.is_empty() {
            return bad("it has no questions".to_owned());
        }
        // Sums must stay far inside u32, and a screen must stay readable.
        if self.questions.len() > 100 || self.questions.iter().any(|q| q.answers.len() > 20 || q.most() > 10_000) {
            return bad("more than 100 questions, 20 answers or 10,000 points".to_owned());
        }
        for (i, question) in self.questions.iter().enumerate() {
            if self.questions[..i].iter().any(|q| q.id == question.id) {
                return bad(format!("question {} stands twice", question.id));
            }
            if question.answers.is_empty() {
                return bad(format!("question {} has no answers", question.id));
            }
            if question.answers.windows(2).any(|w| w[0].points >= w[1].points) {
                return bad(format!("points of question {} do not rise", question.id));
            }
            for (j, choice) in question.answers.iter().enumerate() {
                if question.answers[..j].iter().any(|c| c.id == choice.id) {
                    return bad(format!("answer {} of question {} stands twice", choice.id, question.id));
                }
            }
        }
        let rising = self.levels.windows(2).all(|w| w[0].from < w[1].from && w[0].level < w[1].level);
        if self.levels.first().is_none_or(|b| b.from != 0) || !rising {
            return bad("levels do not begin at 0 or do not rise".to_owned());
        }
        self.floors.iter().try_for_each(|f| f.check(self))
    }
}
