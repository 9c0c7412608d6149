//! `matrix-5x5`: likelihood against impact, from the same answers. Beside the model in force for comparison; there it decides
//! nothing, and no stamp carries it. A policy may adopt a model of that kind.
use serde::{Deserialize, Serialize};
use specta::Type;

use super::RiskLevel;
use super::assessment::{Assessment, points_of, worst_of};

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

/// Likelihood and impact, from the points and the most points of each.
pub(super) fn cell_of((chance, most_chance): (u32, u32), (hurt, most_hurt): (u32, u32)) -> (u32, u32) {
    (fifth(chance, most_chance), fifth(hurt, most_hurt))
}

/// The level of a cell.
pub(super) fn level_of_cell(cell: u32) -> RiskLevel {
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
        let model = self.model();
        let (likelihood, impact) = model.axes(&points_of(model, &self.chosen(worst_of)));
        let cell = likelihood * impact;
        Matrix { likelihood, impact, cell, level: level_of_cell(cell) }
    }
}
