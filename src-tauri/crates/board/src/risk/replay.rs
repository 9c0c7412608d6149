//! The answers behind a score that is signed, and the scores of an evidence file made again from them.
use std::collections::{BTreeMap, BTreeSet};

use domain::dispensation::{Dispensation, Grant};
use domain::entry::{ActKind, Attestation, Body};
use domain::ids::{ChangeKey, Digest};
use domain::policy::Policy;
use domain::risk::{
    Answer as RiskAnswer, AnsweredAssessment, Assessment, Model, RiskLevel, RiskStamp, answers_document,
};
use domain::text::mark_invisible;
use record::statement::Subject;
use serde::Serialize;

use super::RiskModel;
use crate::cabinet::OpenBoard;
use crate::content::Content;
use crate::error::Answer;
use crate::state::BoardState;
use crate::writer::Act as Write;

/// The answers behind a score that is about to be signed, as an entry to go before it; `None` where an assessment in the
/// record says them already, as one that was submitted does. A score names its answers by their digest only: without this
/// entry nobody could make it again from the evidence. It is the word of this device, in its owner's name.
pub(crate) fn answers_behind(
    board: &OpenBoard,
    state: &BoardState,
    (change, content): (&ChangeKey, &Content),
    answered: &AnsweredAssessment,
) -> Answer<Option<Write>> {
    let mut said = state.ledger.assessments.get(change).into_iter().flatten();
    if said.any(|submitted| submitted.what.answers == answered.answers) {
        return Ok(None);
    }
    let Ok(owner) = state.rosters.current().key(board.device).map(|(owner, _)| owner.id) else { return Ok(None) };
    let stamp = &answered.stamp;
    Ok(Some(Write {
        actor: owner,
        attestation: Attestation::Recorded,
        role: None,
        meaning: format!(
            "The answers on {change} as they stand at the desk where its score is signed: {}, {} risk; {}.",
            state.model.model.kind.scored(stamp.score, state.model.model.max()),
            crate::words::level(stamp.level).to_lowercase(),
            super::open_words(stamp.assumed)
        ),
        meeting: None,
        subjects: vec![Subject { name: change.to_string(), sha256: content.digest }],
        body: Body::Assessment { change: change.clone(), assessment: answered.clone() },
        blobs: vec![crate::changes::document(content)?],
    }))
}

/// A score that was signed, in words: how many points, and of a matrix or a mean of how much, where its model is known here.
pub(crate) fn scored(state: &BoardState, stamp: &RiskStamp) -> String {
    let others = state.policies.values().filter(|policy| !policy.risk.kind.is_sum());
    let mut models = others.filter_map(|policy| RiskModel::of(policy).ok());
    match models.find(|known| known.digest == stamp.model_digest) {
        Some(known) => known.model.kind.scored(stamp.score, known.model.max()),
        None => format!("{} points", stamp.score),
    }
}

/// The scores that were signed, made again from the answers in the same file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ScoresAgain {
    /// Scores in its entries: of assessments, sign-offs and decisions.
    pub signed: u32,
    /// Of these, how many were made again from the answers of an assessment in it, with the same outcome.
    pub again: u32,
    /// The changes with a score whose answers stand in no assessment in it, or whose model is not known here.
    pub without_answers: BTreeSet<String>,
    /// What does not follow from its answers, in words.
    pub wrong: Vec<String>,
}

/// What entries say of scores.
fn stamps(body: &Body) -> Vec<(&ChangeKey, &RiskStamp)> {
    if let Body::Assessment { change, assessment } = body {
        return vec![(change, &assessment.stamp)];
    }
    if let Body::SignOff(sign_off) = body {
        return vec![(&sign_off.change, &sign_off.risk)];
    }
    let Body::Running { acts } = body else { return Vec::new() };
    let decided = acts.iter().filter_map(|act| {
        let ActKind::Decided { decision } = &act.what else { return None };
        Some((&decision.change, &decision.risk))
    });
    decided.collect()
}

/// The models by which scores may be signed under these policies, by their digests: theirs, and the one that is built in.
pub(crate) fn models_of<'p>(policies: impl IntoIterator<Item = &'p Policy>) -> BTreeMap<Digest, Model> {
    let adopted = policies.into_iter().filter_map(|policy| RiskModel::of(policy).ok());
    let all = std::iter::once(RiskModel::built_in()).chain(adopted);
    all.map(|known| (known.digest, known.model.clone())).collect()
}

/// Makes every score again that stands in these entries, each by the model it names; of an extract the scores of the change
/// it is `about`: of others it may hold a decision that stands in the same batch, and nothing more. A level may be that of
/// an override which the entries hold.
pub(crate) fn scores_again<'b>(
    bodies: impl Iterator<Item = &'b Body>,
    models: &BTreeMap<Digest, Model>,
    about: Option<&ChangeKey>,
    said: &BTreeMap<ChangeKey, Vec<Dispensation>>,
) -> ScoresAgain {
    let bodies: Vec<&Body> = bodies.collect();
    let mut held: BTreeMap<Digest, &BTreeMap<String, RiskAnswer>> = BTreeMap::new();
    for body in &bodies {
        // What the answers are, and not what their entry says of them.
        if let Body::Assessment { assessment, .. } = body
            && let Ok(bytes) = record::canonical::to_bytes(&answers_document(&assessment.answers))
        {
            held.insert(Digest::of(&bytes), &assessment.answers);
        }
    }
    let mut scores = ScoresAgain::default();
    let stamps = bodies.iter().copied().flat_map(stamps);
    for (change, stamp) in stamps.filter(|(change, _)| about.is_none_or(|about| about == *change)) {
        scores.signed = scores.signed.saturating_add(1);
        match held.get(&stamp.answers).zip(models.get(&stamp.model_digest)) {
            None => {
                scores.without_answers.insert(change.to_string());
            }
            Some((answers, model)) => {
                let said = said.get(change).map_or(&[][..], Vec::as_slice);
                match differs((stamp, model), answers, said) {
                    None => scores.again = scores.again.saturating_add(1),
                    Some(why) => scores.wrong.push(format!("{change}: {why}")),
                }
            }
        }
    }
    scores
}

/// How a score differs from what follows from its answers and facts.
fn differs(
    (stamp, model): (&RiskStamp, &Model),
    answers: &BTreeMap<String, RiskAnswer>,
    said: &[Dispensation],
) -> Option<String> {
    if stamp.model != model.name() {
        return Some(format!("signed by a model called {}, which is {}", mark_invisible(&stamp.model), model.name()));
    }
    let decided = match Assessment::new(model.clone(), answers.clone(), stamp.facts) {
        Ok(assessment) => assessment.decide(),
        Err(error) => return Some(error.to_string()),
    };
    let floor = decided.floors.iter().filter_map(|floor| floor.least).max().unwrap_or(RiskLevel::Low);
    let level =
        if said.iter().any(|d| sets(d, (decided.level, floor), stamp.level)) { stamp.level } else { decided.level };
    let follows = (decided.score, level, decided.assumed);
    (follows != (stamp.score, stamp.level, stamp.assumed)).then(|| {
        format!(
            "signed as {}, {}, {} assumed; its answers give {}, {}, {} assumed",
            model.kind.scored(stamp.score, model.max()),
            stamp.level.word(),
            stamp.assumed,
            decided.scored(),
            decided.level.word(),
            decided.assumed
        )
    })
}

/// Whether an override makes this level of that by score and floors; lowered, only where another seconded it.
fn sets(dispensation: &Dispensation, (level, floor): (RiskLevel, RiskLevel), to: RiskLevel) -> bool {
    let Grant::Override(body) = &dispensation.grant else { return false };
    if body.to > body.from {
        return level.max(body.to) == to;
    }
    body.from == level && body.to.max(floor) == to && !dispensation.seconds.is_empty()
}

#[cfg(test)]
mod tests {
    use domain::risk::{Facts, Provenance};
    use serde_json::json;

    use super::*;

    fn answered(choices: &[(&str, &str)]) -> AnsweredAssessment {
        answered_by(&RiskModel::built_in(), choices)
    }

    fn answered_by(by: &RiskModel, choices: &[(&str, &str)]) -> AnsweredAssessment {
        let answers: BTreeMap<String, RiskAnswer> = choices
            .iter()
            .map(|(question, choice)| {
                ((*question).to_owned(), RiskAnswer { choice: (*choice).to_owned(), provenance: Provenance::Synced })
            })
            .collect();
        let bytes = record::canonical::to_bytes(&answers_document(&answers)).expect("text");
        let assessment = Assessment::new(by.model.clone(), answers, Facts::default()).expect("answers of the model");
        assessment.submit(by.digest, Digest::of(&bytes))
    }

    fn entry(assessment: AnsweredAssessment) -> Body {
        Body::Assessment { change: "CHG-7".parse().expect("a key"), assessment }
    }

    fn again(bodies: &[Body]) -> ScoresAgain {
        scores_again(bodies.iter(), &models_of([]), None, &BTreeMap::new())
    }

    #[test]
    fn a_score_follows_from_its_answers() {
        let scores = again(&[entry(answered(&[("I1", "medium")])), entry(answered(&[]))]);
        assert_eq!((scores.signed, scores.again), (2, 2));
        assert!(scores.wrong.is_empty() && scores.without_answers.is_empty());
    }

    #[test]
    fn another_score_level_or_count_of_assumptions_is_named() {
        let right = answered(&[("I1", "medium")]);
        let spoilt: [fn(&mut RiskStamp); 3] = [|s| s.score -= 1, |s| s.level = RiskLevel::Low, |s| s.assumed -= 1];
        for spoil in spoilt {
            let mut wrong = right.clone();
            spoil(&mut wrong.stamp);
            let scores = again(&[entry(wrong)]);
            assert_eq!((scores.signed, scores.again, scores.wrong.len()), (1, 0, 1));
            assert!(scores.wrong[0].starts_with("CHG-7: signed as "), "{:?}", scores.wrong);
        }
    }

    #[test]
    fn what_an_entry_says_of_its_own_answers_is_not_believed() {
        let mut other = answered(&[("I1", "medium")]);
        other.answers = answered(&[("I1", "low")]).answers;
        let scores = again(&[entry(other)]);
        assert_eq!(scores.without_answers, BTreeSet::from(["CHG-7".to_owned()]));
        assert_eq!((scores.signed, scores.again), (1, 0));
    }

    #[test]
    fn an_extract_speaks_of_its_own_change_only() {
        let body = entry(answered(&[("I1", "medium")]));
        let of = |key: &str| {
            let about = key.parse().expect("a key");
            scores_again(std::iter::once(&body), &models_of([]), Some(&about), &BTreeMap::new()).signed
        };
        assert_eq!((of("CHG-7"), of("CHG-8")), (1, 0));
    }

    #[test]
    fn a_score_by_a_model_that_is_not_known_is_not_judged() {
        let mut other = answered(&[("I1", "medium")]);
        other.stamp.model_digest = Digest::of(b"another model");
        other.stamp.score = 3;
        let scores = again(&[entry(other)]);
        assert_eq!((scores.without_answers.len(), scores.wrong.len()), (1, 0));
    }

    /// The same digests stand in `tests/second-verifier/score_check.py`, where they are made by somebody else.
    #[test]
    fn a_matrix_and_questions_of_ones_own_have_the_digest_that_a_second_verifier_makes() {
        let digest = |rules: serde_json::Value| {
            let risk = serde_json::from_value(rules).expect("rules");
            let policy = Policy { risk, ..Policy::built_in(domain::policy::Strength::Starter) };
            RiskModel::of(&policy).expect("a model").digest.to_string()
        };
        assert_eq!(
            digest(json!({"name": "ours-5x5/1", "kind": "matrix"})),
            "3697051a7b896913d1e264bbe66d294f54a753b7eeea27a65f03fbc03bd86fa6"
        );
        let questions = json!([
            {"id": "Q1", "text": "Wer ist betroffen, wenn es nicht gelingt? \u{2013}", "category": "impact", "weight": 2,
             "answers": [{"id": "few", "words": "few", "points": 1},
                         {"id": "all", "words": "all", "points": 4, "act": "narrow it"}]},
            {"id": "B1", "text": "Back?", "category": "recoverability",
             "answers": [{"id": "manual_tested", "words": "tested", "points": 1},
                         {"id": "impossible", "words": "no", "points": 2}]},
        ]);
        assert_eq!(
            digest(json!({"name": "ours-five/1", "kind": "mean", "levels": {"high": 60}, "questions": questions})),
            "1df3f4f3fbaae4813f86e8a75ef3e737c4a7e839ffb25165f460c6267b972e0d"
        );
    }

    /// A policy with a model of its own, in which Medium begins at 5 points.
    fn stricter() -> Policy {
        let mut policy = Policy::built_in(domain::policy::Strength::Starter);
        policy.risk.name = "ours/1".to_owned();
        policy.risk.levels.insert(RiskLevel::Medium, 5);
        policy
    }

    #[test]
    fn a_score_by_an_adopted_model_is_made_again_where_the_policy_with_it_is_at_hand() {
        let policy = stricter();
        let by = RiskModel::of(&policy).expect("a model");
        let best = [
            ("I1", "medium"),
            ("I2", "nobody"),
            ("I3", "none"),
            ("I4", "none"),
            ("C1", "one"),
            ("C2", "none_needed"),
            ("C3", "routine"),
            ("C4", "automated"),
            ("B1", "automated_tested"),
            ("B2", "quarter"),
            ("B3", "none"),
            ("E1", "all_green"),
            ("E2", "canary"),
            ("E3", "quiet"),
            ("E4", "good"),
        ];
        let scored = answered_by(&by, &best);
        assert_eq!(scored.stamp.model, "ours/1");
        assert_eq!((scored.stamp.score, scored.stamp.level), (6, RiskLevel::Medium));
        let bodies = [entry(scored.clone())];
        let with = |models: &BTreeMap<Digest, Model>| scores_again(bodies.iter(), models, None, &BTreeMap::new());
        let known = with(&models_of([&policy]));
        assert_eq!((known.signed, known.again, known.wrong.len()), (1, 1, 0));
        assert_eq!(with(&models_of([])).without_answers.len(), 1, "without its policy nobody can tell");

        let mut spoilt = scored.clone();
        spoilt.stamp.level = RiskLevel::Low;
        let low = scores_again([entry(spoilt)].iter(), &models_of([&policy]), None, &BTreeMap::new());
        assert_eq!(low.wrong.len(), 1, "Low it was under the model before");
        let mut renamed = scored;
        renamed.stamp.model = "points-100/1".to_owned();
        let renamed = scores_again([entry(renamed)].iter(), &models_of([&policy]), None, &BTreeMap::new());
        assert_eq!(renamed.wrong, ["CHG-7: signed by a model called points-100/1, which is ours/1"]);
    }

    #[test]
    fn a_policy_whose_model_contradicts_itself_brings_none() {
        let mut broken = stricter();
        broken.risk.levels.insert(RiskLevel::High, 5);
        assert!(RiskModel::of(&broken).is_err());
        assert_eq!(models_of([&broken]).len(), 1, "the one that is built in");
        assert_eq!(RiskModel::counting(&broken), RiskModel::built_in());
    }
}
