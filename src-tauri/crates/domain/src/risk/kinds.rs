//! The arithmetic of each kind of model: integers only, each step such that a worse answer never lowers it (R97).
use super::matrix::{cell_of, level_of_cell};
use super::model::{Category, Model, ModelKind, Question};
use super::{Floor, RiskLevel};

/// Points as a share of the most, in percent, to the nearest, a half up.
fn share(points: u32, most: u32) -> u32 {
    (200 * points + most).checked_div(2 * most).unwrap_or(0)
}

impl Model {
    /// The score of these points, one for each question in the model's order.
    #[must_use]
    pub fn score(&self, points: &[u32]) -> u32 {
        match self.kind {
            ModelKind::Sum => points.iter().sum(),
            ModelKind::Matrix => {
                let (likelihood, impact) = self.axes(points);
                likelihood * impact
            }
            ModelKind::Mean => {
                let (shares, weights) = self.shares_and_weights(points);
                (2 * shares + weights).checked_div(2 * weights).unwrap_or(0)
            }
        }
    }

    /// How the score of these points follows, in words one can reckon after; `None` where the points are added.
    #[must_use]
    pub fn follows(&self, points: &[u32]) -> Option<String> {
        let (score, of) = (self.score(points), self.max());
        match self.kind {
            ModelKind::Sum => None,
            ModelKind::Matrix => {
                let (likelihood, impact) = self.axes(points);
                Some(format!("likelihood {likelihood} \u{d7} impact {impact} = {score} of {of}"))
            }
            ModelKind::Mean => {
                let (shares, weights) = self.shares_and_weights(points);
                let each = self.questions.iter().zip(points);
                let each = each.map(|(q, points)| format!("{} {}\u{d7}{} %", q.id, q.weight, share(*points, q.most())));
                let each = each.collect::<Vec<_>>().join(" + ");
                Some(format!("({each}) = {shares}; {shares} \u{f7} {weights} = {score} of {of}"))
            }
        }
    }

    /// The weighted shares of these points added, and the weights added.
    fn shares_and_weights(&self, points: &[u32]) -> (u32, u32) {
        let each = self.questions.iter().zip(points);
        each.fold((0, 0), |(shares, weights), (question, points)| {
            (shares + question.weight * share(*points, question.most()), weights + question.weight)
        })
    }

    /// Likelihood and impact of these points, 1 to 5 each.
    pub(super) fn axes(&self, points: &[u32]) -> (u32, u32) {
        let (mut hurt, mut chance) = ((0, 0), (0, 0));
        for (question, points) in self.questions.iter().zip(points) {
            let axis = if question.category == Category::Impact { &mut hurt } else { &mut chance };
            axis.0 += points;
            axis.1 += question.most();
        }
        cell_of(chance, hurt)
    }

    /// Whether there are questions of impact and others, so that likelihood can stand against impact.
    #[must_use]
    pub fn has_axes(&self) -> bool {
        let impact = self.questions.iter().filter(|question| question.category == Category::Impact).count();
        impact > 0 && impact < self.questions.len()
    }

    /// How much a question says in the confidence: its weight in a mean, its most points in the other kinds.
    pub(super) fn says(&self, question: &Question) -> u32 {
        match self.kind {
            ModelKind::Sum | ModelKind::Matrix => question.most(),
            ModelKind::Mean => question.weight,
        }
    }

    /// Where Medium, High and Critical begin where nobody says otherwise; `None` where that follows from nothing: of a sum of
    /// questions of one's own.
    pub(super) fn usual_bound(&self, level: RiskLevel, own: bool) -> Option<u32> {
        match self.kind {
            ModelKind::Matrix => (1..=25).find(|cell| level_of_cell(*cell) == level),
            ModelKind::Sum if own => None,
            ModelKind::Sum | ModelKind::Mean => {
                self.levels.iter().find(|bound| bound.level == level).map(|bound| bound.from)
            }
        }
    }

    /// The floors of this model that another has not, in words: they would no longer apply.
    pub fn floors_gone<'m>(&'m self, other: &Model) -> Vec<&'m Floor> {
        self.floors.iter().filter(|floor| other.floors.iter().all(|kept| kept.id != floor.id)).collect()
    }

    /// The questions of this model that another does not ask.
    pub fn questions_gone<'m>(&'m self, other: &Model) -> Vec<&'m Question> {
        self.questions.iter().filter(|question| other.question(&question.id).is_none()).collect()
    }
}
