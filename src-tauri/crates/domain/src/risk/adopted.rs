//! A version of the risk model that a policy carries: what it does not say is as in the built-in model (R97).
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::model::MOST_WEIGHT;
use super::own::{self, OwnQuestion};
use super::{Model, ModelKind, RiskLevel, points_100};

/// The most points of an answer.
pub const MOST_POINTS: u32 = 1_000;

/// What a policy says of the risk model. Where it says nothing, the built-in model is in force.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskRules {
    /// Name and version of the model, `ours/2`: what every score names.
    pub name: String,
    /// How the score follows; left out: points are added.
    #[serde(default, skip_serializing_if = "ModelKind::is_sum")]
    pub kind: ModelKind,
    /// Where levels begin, by score; one that is not named begins where it does in the built-in model, in a matrix at 5, 10
    /// and 17. A sum of questions of one's own names all three.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub levels: BTreeMap<RiskLevel, u32>,
    /// Points by question and answer; an answer that is not named has those of the built-in model.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub points: BTreeMap<String, BTreeMap<String, u32>>,
    /// Of a mean: what each question of the built-in model weighs; one that is not named weighs 1.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub weights: BTreeMap<String, u32>,
    /// Questions in the place of those of the built-in model. Its floors that name a question or an answer which is not among
    /// them fall away; those on facts alone stay.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<OwnQuestion>,
}

/// What is wrong with the risk model of a policy, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct RulesFault {
    /// The setting within the model's table, `levels.critical`.
    pub path: String,
    /// What is wrong, and the mend.
    pub what: String,
}

/// What is wrong, at its place.
pub(super) fn fault(path: impl Into<String>, what: impl Into<String>) -> RulesFault {
    RulesFault { path: path.into(), what: what.into() }
}

/// What somebody wrote, for a message.
pub(super) fn cut(text: &str) -> String {
    text.chars().take(80).collect()
}

impl RiskRules {
    /// Whether nothing is said, so that the built-in model is in force.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        *self == Self::default()
    }

    /// The model that follows, checked by the model's own rules (R97).
    ///
    /// # Errors
    /// The first thing wrong: a name without a number as its version, or that of the built-in model; a question or an answer
    /// that is not there; a worse answer that would count no more than a better one; levels that do not rise, or that no
    /// score reaches; weights where nothing is weighed; a matrix that lacks an axis.
    pub fn model(&self) -> Result<Model, RulesFault> {
        let mut model = points_100();
        if self.is_built_in() {
            return Ok(model);
        }
        (model.id, model.version) = self.id_and_version(&model.id)?;
        model.kind = self.kind;
        self.refuse_mixed()?;
        if !self.questions.is_empty() {
            model.questions = own::questions(&self.questions)?;
            let floors = std::mem::take(&mut model.floors);
            model.floors = floors.into_iter().filter(|floor| floor.check(&model).is_ok()).collect();
        }
        for (question, points) in &self.points {
            weigh_anew(&mut model, question, points)?;
        }
        for (id, weight) in &self.weights {
            let path = format!("weights.{}", cut(id));
            let Some(question) = model.questions.iter_mut().find(|question| question.id == *id) else {
                return Err(fault(path, "the model has no such question; leave it out"));
            };
            if !(1..=MOST_WEIGHT).contains(weight) {
                return Err(fault(path, format!("{weight} is no weight; give 1 to {MOST_WEIGHT}")));
            }
            question.weight = *weight;
        }
        if self.kind == ModelKind::Matrix && !model.has_axes() {
            let what = "a matrix needs a question of impact, and one of another category; ask both";
            return Err(fault("questions", what));
        }
        let bounds = self.bounds(&model)?;
        model.with_bounds(bounds).map_err(|error| fault("", error.to_string()))
    }

    /// Refuses what speaks of other questions or of another kind than the model has.
    fn refuse_mixed(&self) -> Result<(), RulesFault> {
        let own = !self.questions.is_empty();
        if own && !self.points.is_empty() {
            return Err(fault(
                "points",
                "speaks of the built-in questions; give points in `questions`, or leave them out",
            ));
        }
        if own && !self.weights.is_empty() {
            return Err(fault("weights", "speaks of the built-in questions; give each its `weight` in `questions`"));
        }
        if self.kind != ModelKind::Mean && !self.weights.is_empty() {
            return Err(fault("weights", "nothing is weighed but in a mean; write kind = \"mean\", or leave them out"));
        }
        let weighed = |question: &OwnQuestion| question.weight != 1;
        if let Some(at) = self.questions.iter().position(weighed).filter(|_| self.kind != ModelKind::Mean) {
            let what = "nothing is weighed but in a mean; write kind = \"mean\", or leave it out";
            return Err(fault(format!("questions[{}].weight", at + 1), what));
        }
        Ok(())
    }

    fn id_and_version(&self, built_in: &str) -> Result<(String, u32), RulesFault> {
        let name = cut(&self.name);
        let parts = self.name.rsplit_once('/').and_then(|(id, version)| Some((id, version.parse::<u32>().ok()?)));
        // One name has one writing: no blanks, no leading zeros.
        let whole = parts.filter(|(id, version)| {
            *version > 0 && !id.is_empty() && id.trim() == *id && format!("{id}/{version}") == self.name
        });
        let Some((id, version)) = whole else {
            let what = format!("`{name}` has no number as its version; write a name and a number, as \"ours/1\"");
            return Err(fault("name", what));
        };
        if id.eq_ignore_ascii_case(built_in) {
            let what = format!("{built_in} is the model that is built in, which never changes; give another name");
            return Err(fault("name", what));
        }
        Ok((id.to_owned(), version))
    }

    /// Where Medium, High and Critical begin.
    fn bounds(&self, model: &Model) -> Result<[u32; 3], RulesFault> {
        if self.levels.contains_key(&RiskLevel::Low) {
            return Err(fault("levels.low", "Low begins at 0; leave it out"));
        }
        let own = !self.questions.is_empty();
        let from = |level: RiskLevel| self.levels.get(&level).copied().or_else(|| model.usual_bound(level, own));
        let [Some(medium), Some(high), Some(critical)] =
            [RiskLevel::Medium, RiskLevel::High, RiskLevel::Critical].map(from)
        else {
            let what = format!(
                "say where Medium, High and Critical begin: the questions are your own, and {} points are the most",
                model.max()
            );
            return Err(fault("levels", what));
        };
        if medium == 0 || medium >= high || high >= critical {
            let what = format!(
                "Medium from {medium}, High from {high} and Critical from {critical} do not rise; let each begin above \
                 the one before"
            );
            return Err(fault("levels", what));
        }
        if critical > model.max() {
            let what = format!(
                "Critical begins at {critical}, and {}{} the most; let it begin there or lower",
                model.max(),
                if model.kind.is_sum() { " points are" } else { " is" }
            );
            return Err(fault("levels.critical", what));
        }
        Ok([medium, high, critical])
    }
}

/// Gives answers of a question other points.
fn weigh_anew(model: &mut Model, id: &str, points: &BTreeMap<String, u32>) -> Result<(), RulesFault> {
    let path = format!("points.{}", cut(id));
    let Some(question) = model.questions.iter_mut().find(|question| question.id == id) else {
        return Err(fault(path, "the model has no such question; leave it out"));
    };
    if points.is_empty() {
        return Err(fault(path, "names no answer; give one its points, or leave the question out"));
    }
    for (answer, points) in points {
        let Some(at) = question.answers.iter().position(|choice| choice.id == *answer) else {
            let known: Vec<&str> = question.answers.iter().map(|choice| choice.id.as_str()).collect();
            let what = format!("has no answer `{}`; it has: {}", cut(answer), known.join(", "));
            return Err(fault(path, what));
        };
        if *points > MOST_POINTS {
            return Err(fault(path, format!("{} counts {points}; {MOST_POINTS} are the most", cut(answer))));
        }
        question.answers[at].points = *points;
    }
    let falls = question.answers.windows(2).find(|pair| pair[0].points >= pair[1].points);
    if let Some(pair) = falls {
        let what = format!(
            "{} counts {} and the worse answer {} counts {}; a worse answer counts more",
            pair[0].id, pair[0].points, pair[1].id, pair[1].points
        );
        return Err(fault(path, what));
    }
    Ok(())
}
