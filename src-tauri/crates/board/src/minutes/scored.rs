//! The score of a decision on paper, and how it follows from its answers.
use std::collections::BTreeMap;

use domain::ids::Digest;
use domain::ledger::RecordedDecision;
use domain::risk::{Answer as RiskAnswer, Assessment, Model, RiskStamp, answers_document};
use minutes::model as m;

use super::compile::{Source, level};
use crate::risk::models_of;

impl Source<'_> {
    pub(super) fn risk(&self, decided: &RecordedDecision) -> m::Risk {
        let stamp = &decided.decision.risk;
        let model = models_of([self.policy, self.rules]).remove(&stamp.model_digest);
        let words = self.words();
        let scored = |model: &Model| words.scored(model.kind, stamp.score, model.max());
        let answers = self.ledger.assessments.get(&decided.decision.change).into_iter().flatten();
        let answers = answers.map(|submitted| &submitted.what.answers);
        let follows = model.as_ref().and_then(|model| follows(model, stamp, answers));
        let brief = &decided.decision.brief;
        m::Risk {
            level: level(stamp.level),
            scored: model.as_ref().map_or_else(|| words.score_alone(stamp.score), scored),
            follows: follows.map(|said| words.follows_from(&said)),
            model: stamp.model.replace('/', " v"),
            heaviest: brief.heaviest.iter().map(|answer| words.heaviest(answer)).collect(),
            floors: brief.floors.iter().map(|floor| words.floor(floor)).collect(),
            assumed: (stamp.assumed > 0).then(|| words.assumed(stamp.assumed)),
        }
    }
}

/// How the score follows, where its answers stand in the record; `None` where points are added: the lines say that.
fn follows<'a>(
    model: &Model,
    stamp: &RiskStamp,
    mut submitted: impl Iterator<Item = &'a BTreeMap<String, RiskAnswer>>,
) -> Option<String> {
    if model.kind.is_sum() {
        return None;
    }
    let digest = |answers: &BTreeMap<String, RiskAnswer>| {
        record::canonical::to_bytes(&answers_document(answers)).ok().map(|bytes| Digest::of(&bytes))
    };
    let answers = submitted.find(|answers| digest(answers) == Some(stamp.answers))?;
    Assessment::new(model.clone(), answers.clone(), stamp.facts).ok()?.decide().follows
}
