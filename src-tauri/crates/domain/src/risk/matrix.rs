//! `matrix-5x5`: likelihood against impact, from the same answers. Beside the model in force for comparison; it decides
//! nothing, and no stamp carries it.
use serde::{Deserialize, Serialize};
use specta::Type;

use super::assessment::{Assessment, worst_of};
use super::{Category, RiskLevel};

/// The name people read.
pub const MATRIX: &str = "matrix-5x5/1";

/// Where a change stands in the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Matrix {
    /// 1 to 5: how likely it goes wrong and stays wrong.
    pub likelihood: u32,
    /// 1 to 5: what happens then.
    pub impact: u32,
    /// Likelihood times impact, 1 to 25.
    pub cell: u32,
    /// 1–4 low, 5–9 medium, 10–16 high, 17–25 critical. No floors: it is the matrix alone.
    pub level: RiskLevel,
}

/// Which fifth of `most` these points lie in, from 1; the most itself belongs to the fifth.
fn fifth(points: u32, most: u32) -> u32 {
    1 + (points * 5).checked_div(most).unwrap_or(0).min(4)
}

fn level(cell: u32) -> RiskLevel {
    match cell {
        0..=4 => RiskLevel::Low,
        5..=9 => RiskLevel::Medium,
        10..=16 => RiskLevel::High,
        _ => RiskLevel::Critical,
    }
}

impl Assessment {
    /// The same answers in a matrix, open questions at their worst as when deciding. Impact is the fifth in which the points
    /// of the impact questions (I1–I4) lie of the most they can give; likelihood the fifth of all the others' (complexity,
    /// recoverability, exposure): that something fails, and that it is not taken back before it hurts. Points rise with every
    /// worse answer, so neither axis ever falls.
    #[must_use]
    pub fn matrix(&self) -> Matrix {
        let (mut hurt, mut chance) = ((0, 0), (0, 0));
        for (question, at) in self.model().questions.iter().zip(self.chosen(worst_of)) {
            let axis = if question.category == Category::Impact { &mut hurt } else { &mut chance };
            axis.0 += question.answers.get(at).map_or(0, |choice| choice.points);
            axis.1 += question.most();
        }
        let (likelihood, impact) = (fifth(chance.0, chance.1), fifth(hurt.0, hurt.1));
        let cell = likelihood * impact;
        Matrix { likelihood, impact, cell, level: level(cell) }
    }
}
