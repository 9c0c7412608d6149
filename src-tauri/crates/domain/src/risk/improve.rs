//! The cheapest answers to improve: what one could do to lower the score.
use std::cmp::Reverse;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::assessment::{Assessment, weigh};
use super::{Provenance, RiskLevel};

/// How many improvements are shown.
const SHOWN: usize = 3;

/// A better answer within reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Improvement {
    /// Question id.
    pub question: String,
    /// The answer as it is, or as it was assumed.
    pub from: String,
    /// The better answer.
    pub to: String,
    /// What one does, for example "test the written rollback by hand".
    pub act: String,
    /// How much lower the score is.
    pub saves: u32,
    /// The score that follows.
    pub score: u32,
    /// Whether the saving depends on what the answer will be ("up to").
    pub at_most: bool,
    /// The level that follows, floors included.
    pub level: RiskLevel,
    /// Whether that level is lower than now.
    pub lowers_level: bool,
}

impl Improvement {
    /// The words people read: "test the written rollback by hand: −4".
    #[must_use]
    pub fn words(&self) -> String {
        let up_to = if self.at_most { "up to " } else { "" };
        format!("{}: {up_to}−{}", self.act, self.saves)
    }
}

/// The three cheapest improvements: those that reach a lower level first, then those that save
/// most; ties in the order of the questions. One per question: the fewest steps that reach a lower
/// level, or else one step. An open question is improved by answering it.
pub(super) fn cheapest(assessment: &Assessment, chosen: &[usize], score: u32, level: RiskLevel) -> Vec<Improvement> {
    let model = assessment.model();
    let mut found: Vec<(Improvement, usize)> = Vec::new();
    for (i, question) in model.questions.iter().enumerate() {
        let now = chosen[i];
        let given = assessment.answers().get(&question.id).map(|a| a.provenance);
        let open = given.is_none_or(|p| p == Provenance::Assumed);
        let reach = |to: usize| {
            let mut better = chosen.to_vec();
            better[i] = to;
            let (after, _, _, reached) = weigh(model, &better, assessment.facts());
            let act = if open {
                format!("answer {}, assumed to be “{}”", question.id, question.answers[now].words)
            } else {
                question.answers[to].act.clone()
            };
            let improvement = Improvement {
                question: question.id.clone(),
                from: question.answers[now].id.clone(),
                to: question.answers[to].id.clone(),
                act,
                saves: score - after,
                score: after,
                at_most: open,
                level: reached,
                lowers_level: reached < level,
            };
            // Answering is one step, whatever the answer.
            (improvement, if open { 1 } else { now - to })
        };
        let within_reach: Vec<usize> = if open {
            // Nobody knows the answer yet: at best it is the best one.
            (0..now).take(1).collect()
        } else {
            // Acts build on each other: one stops where the next is in nobody's hands.
            (0..now).rev().take_while(|to| !question.answers[*to].act.is_empty()).collect()
        };
        let steps: Vec<_> = within_reach.into_iter().map(reach).collect();
        // Where points are added every step saves some; in a matrix it may take two to leave the cell.
        let best = steps.iter().find(|(s, _)| s.lowers_level).or_else(|| steps.iter().find(|(s, _)| s.saves > 0));
        found.extend(best.cloned());
    }
    // Stable: equal ones stay in the order of the questions.
    found
        .sort_by_key(|(i, steps)| (Reverse(i.lowers_level), if i.lowers_level { *steps } else { 0 }, Reverse(i.saves)));
    found.into_iter().take(SHOWN).map(|(i, _)| i).collect()
}
