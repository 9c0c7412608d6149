//! A risk model as data: the board may adopt another, never silently.
use serde::{Deserialize, Serialize};
use specta::Type;

use super::floors::Floor;
use super::{RiskError, RiskLevel};

/// How a score follows from the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// The points added.
    #[default]
    Sum,
    /// Likelihood times impact, 1 to 25: the fifth in which the points of the impact questions lie of the most they can
    /// give, times the fifth of all the others'.
    Matrix,
    /// 0 to 100: each question's points as a share of its most in percent, their mean weighted by the questions' weights;
    /// both are rounded to the nearest, a half up.
    Mean,
}

impl ModelKind {
    /// Whether points are added: canonical forms leave it out.
    #[must_use]
    pub fn is_sum(&self) -> bool {
        *self == Self::Sum
    }

    /// A score as people read it: "12 of 20 points", "12 of 25 in the matrix", "42 of 100 in the mean".
    #[must_use]
    pub fn scored(self, score: u32, of: u32) -> String {
        match self {
            Self::Sum => format!("{score} of {of} points"),
            Self::Matrix => format!("{score} of {of} in the matrix"),
            Self::Mean => format!("{score} of {of} in the mean"),
        }
    }
}

/// The most that a question weighs in a mean.
pub const MOST_WEIGHT: u32 = 100;

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

/// The weight of a question of which nobody says one.
pub(super) fn one() -> u32 {
    1
}

/// Whether a weight need not be said.
pub(super) fn is_one(weight: &u32) -> bool {
    *weight == 1
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
    /// How much it says in a weighted mean; 1 where nobody says otherwise, and of no account in the other kinds.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub weight: u32,
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
    /// How the score follows; left out where points are added, as in the built-in model.
    #[serde(default, skip_serializing_if = "ModelKind::is_sum")]
    pub kind: ModelKind,
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
        self.score(&self.questions.iter().map(Question::most).collect::<Vec<_>>())
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
        if self.questions.iter().any(|q| q.weight == 0 || q.weight > MOST_WEIGHT) {
            return bad(format!("a weight that is not 1 to {MOST_WEIGHT}"));
        }
        if self.kind == ModelKind::Matrix && !self.has_axes() {
            return bad("a matrix without a question of impact, or without one of another category".to_owned());
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
