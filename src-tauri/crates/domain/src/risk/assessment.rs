//! Answers, their range before a decision, and the score that counts when deciding.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::floors::{self, Facts, FloorHit};
use super::improve::{self, Improvement};
use super::model::{Category, Choice, Model, ModelKind, Question};
use super::{Answer, AnsweredAssessment, Provenance, RiskLevel, RiskStamp, points_100};
use crate::ids::Digest;

/// Why an assessment or a model cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RiskError {
    /// The model has no such question.
    #[error("the model {model} has no question {question:?}")]
    UnknownQuestion {
        /// Model and version.
        model: String,
        /// As given, cut to 80 characters.
        question: String,
    },
    /// The question has no such answer.
    #[error("question {question} has no answer {choice:?}; it has: {known}")]
    UnknownAnswer {
        /// Which.
        question: String,
        /// As given, cut to 80 characters.
        choice: String,
        /// Ids it has.
        known: String,
    },
    /// "Assumed" is what follows from silence; nobody can give it.
    #[error("question {question}: an assumed answer cannot be given; leave the question open")]
    GivenAsAssumed {
        /// Which.
        question: String,
    },
    /// The model contradicts itself.
    #[error("the risk model is unusable: {what}")]
    Model {
        /// What is wrong.
        what: String,
    },
}

/// Answers to a model's questions, checked against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    model: Model,
    answers: BTreeMap<String, Answer>,
    facts: Facts,
}

/// What the score can still be: shown until freeze or decision, "8–71, 6 open".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Range {
    /// With the best answer to every open question.
    pub min: u32,
    /// With the worst.
    pub max: u32,
    /// How many questions are open.
    pub open: u32,
    /// The level at `min`, floors included.
    pub lowest: RiskLevel,
    /// The level at `max`, floors included.
    pub highest: RiskLevel,
}

impl Range {
    /// The words people read: "8–71, 6 open", or "8" when nothing is open.
    #[must_use]
    pub fn words(&self) -> String {
        if self.open == 0 { self.min.to_string() } else { format!("{}–{}, {} open", self.min, self.max, self.open) }
    }
}

/// What a category can still contribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Share {
    /// The category.
    pub category: Category,
    /// Points with the best answer to every open question.
    pub min: u32,
    /// Points with the worst.
    pub max: u32,
    /// The most it can give at all.
    pub of: u32,
}

/// A line of the waterfall: one question, and the total so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Line {
    /// Question id.
    pub question: String,
    /// The question.
    pub text: String,
    /// What it is about.
    pub category: Category,
    /// Answer id.
    pub choice: String,
    /// The answer in words.
    pub words: String,
    /// Its points.
    pub points: u32,
    /// The question's highest points.
    pub of: u32,
    /// Where the answer comes from.
    pub provenance: Provenance,
    /// Points up to and including this line: the score of the last one where points are added.
    pub total: u32,
}

/// What counts when deciding: unanswered questions at their worst.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Decided {
    /// Facts beside the answers.
    pub facts: Facts,
    /// Model and version, `points-100/1`.
    pub model: String,
    /// How the score follows from the answers.
    pub kind: ModelKind,
    /// The score: points, a cell of the matrix, or a mean.
    pub score: u32,
    /// The highest score of the model.
    pub of: u32,
    /// How the score follows where points are not just added, in words one can reckon after.
    pub follows: Option<String>,
    /// The level by score alone.
    pub level_by_score: RiskLevel,
    /// The level: the highest of the score's and the floors'.
    pub level: RiskLevel,
    /// Floors that apply.
    pub floors: Vec<FloorHit>,
    /// What the questions say whose answer is synced or attested, in percent of all, rounded down: by their most points, in a
    /// mean by their weights.
    pub confidence: u32,
    /// How many answers were assumed.
    pub assumed: u32,
    /// The arithmetic, line by line.
    pub lines: Vec<Line>,
    /// The three cheapest improvements.
    pub improvements: Vec<Improvement>,
}

impl Decided {
    /// The score in words, "12 of 25 in the matrix".
    #[must_use]
    pub fn scored(&self) -> String {
        self.kind.scored(self.score, self.of)
    }

    /// What goes into signed payloads, with the digests the record made of the model's and the
    /// answers' canonical bytes.
    #[must_use]
    pub fn stamp(&self, model_digest: Digest, answers: Digest) -> RiskStamp {
        RiskStamp {
            facts: self.facts,
            model: self.model.clone(),
            model_digest,
            answers,
            score: self.score,
            level: self.level,
            assumed: self.assumed,
        }
    }

    /// The lines with the most points, heaviest first, at most `n`; lines without points are none.
    #[must_use]
    pub fn heaviest(&self, n: usize) -> Vec<&Line> {
        let mut lines: Vec<&Line> = self.lines.iter().filter(|l| l.points > 0).collect();
        lines.sort_by_key(|l| std::cmp::Reverse(l.points));
        lines.truncate(n);
        lines
    }
}

impl Assessment {
    /// Answers to the questions of `model`; questions without one are open.
    ///
    /// # Errors
    /// An unknown question or answer, or one given as assumed.
    pub fn new(model: Model, answers: BTreeMap<String, Answer>, facts: Facts) -> Result<Self, RiskError> {
        model.check()?;
        for (id, answer) in &answers {
            let cut = |s: &str| s.chars().take(80).collect::<String>();
            let question = model
                .question(id)
                .ok_or_else(|| RiskError::UnknownQuestion { model: model.name(), question: cut(id) })?;
            if question.choice(&answer.choice).is_none() {
                let known = question.answers.iter().map(|c| c.id.as_str()).collect::<Vec<_>>().join(", ");
                return Err(RiskError::UnknownAnswer { question: id.clone(), choice: cut(&answer.choice), known });
            }
            if answer.provenance == Provenance::Assumed {
                return Err(RiskError::GivenAsAssumed { question: id.clone() });
            }
        }
        Ok(Self { model, answers, facts })
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }
    /// The answers given.
    #[must_use]
    pub fn answers(&self) -> &BTreeMap<String, Answer> {
        &self.answers
    }
    /// The facts beside the answers.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Per question, in the model's order, the index of its answer; open ones by `open`.
    pub(super) fn chosen(&self, open: impl Fn(&Question) -> usize) -> Vec<usize> {
        let given = |q: &Question| {
            let answer = self.answers.get(&q.id)?;
            q.answers.iter().position(|c| c.id == answer.choice)
        };
        self.model.questions.iter().map(|q| given(q).unwrap_or_else(|| open(q))).collect()
    }

    /// What the score can still be. Only for showing: when deciding, the worst counts.
    #[must_use]
    pub fn range(&self) -> Range {
        let best = self.chosen(|_| 0);
        let worst = self.chosen(worst_of);
        let (min, _, _, lowest) = weigh(&self.model, &best, &self.facts);
        let (max, _, _, highest) = weigh(&self.model, &worst, &self.facts);
        let open = self.model.questions.len() - self.answers.len();
        Range { min, max, open: u32::try_from(open).unwrap_or(u32::MAX), lowest, highest }
    }

    /// What each category contributes, in the order of the questions.
    #[must_use]
    pub fn shares(&self) -> Vec<Share> {
        let mut shares: Vec<Share> = Vec::new();
        for question in &self.model.questions {
            let given = self.answers.get(&question.id).and_then(|a| question.choice(&a.choice)).map(|c| c.points);
            let category = question.category;
            let place = shares.iter().position(|s| s.category == category).unwrap_or_else(|| {
                shares.push(Share { category, min: 0, max: 0, of: 0 });
                shares.len() - 1
            });
            shares[place].min += given.unwrap_or_else(|| question.least());
            shares[place].max += given.unwrap_or_else(|| question.most());
            shares[place].of += question.most();
        }
        shares
    }

    /// The score that counts: unanswered questions at their worst, marked assumed.
    #[must_use]
    pub fn decide(&self) -> Decided {
        let chosen = self.chosen(worst_of);
        let (score, level_by_score, floors, level) = weigh(&self.model, &chosen, &self.facts);
        let (mut total, mut known, mut all) = (0, 0, 0);
        let mut lines = Vec::with_capacity(chosen.len());
        for (question, at) in self.model.questions.iter().zip(&chosen) {
            let Some(choice) = question.answers.get(*at) else { continue };
            let provenance = self.answers.get(&question.id).map_or(Provenance::Assumed, |a| a.provenance);
            total += choice.points;
            all += self.model.says(question);
            if provenance != Provenance::Assumed {
                known += self.model.says(question);
            }
            lines.push(line(question, choice, provenance, total));
        }
        let assumed = lines.iter().filter(|l| l.provenance == Provenance::Assumed).count();
        Decided {
            facts: self.facts,
            model: self.model.name(),
            kind: self.model.kind,
            score,
            of: self.model.max(),
            follows: self.model.follows(&points_of(&self.model, &chosen)),
            level_by_score,
            level,
            floors,
            confidence: (known * 100).checked_div(all).unwrap_or(0),
            assumed: u32::try_from(assumed).unwrap_or(u32::MAX),
            lines,
            improvements: improve::cheapest(self, &chosen, score, level),
        }
    }

    /// The same answers by the built-in model, for comparison; `None` where the model in force has not all of its questions
    /// with the same answers.
    #[must_use]
    pub fn by_points(&self) -> Option<Decided> {
        let built_in = points_100();
        let ids = |question: &Question| question.answers.iter().map(|c| c.id.clone()).collect::<Vec<_>>();
        let same = |question: &Question| self.model.question(&question.id).is_some_and(|own| ids(own) == ids(question));
        if !built_in.questions.iter().all(same) {
            return None;
        }
        let known = self.answers.iter().filter(|(id, _)| built_in.question(id).is_some());
        let answers = known.map(|(id, answer)| (id.clone(), answer.clone())).collect();
        Some(Self { model: built_in, answers, facts: self.facts }.decide())
    }

    /// The submitted form: answers and what followed.
    #[must_use]
    pub fn submit(&self, model_digest: Digest, answers_digest: Digest) -> AnsweredAssessment {
        AnsweredAssessment { answers: self.answers.clone(), stamp: self.decide().stamp(model_digest, answers_digest) }
    }
}

pub(super) fn worst_of(question: &Question) -> usize {
    question.answers.len() - 1
}

/// The points of the chosen answers, in the order of the questions.
pub(super) fn points_of(model: &Model, chosen: &[usize]) -> Vec<u32> {
    let each = model.questions.iter().zip(chosen);
    each.map(|(question, at)| question.answers.get(*at).map_or(0, |choice| choice.points)).collect()
}

/// Score, level by score, floors that apply, level.
pub(super) fn weigh(model: &Model, chosen: &[usize], facts: &Facts) -> (u32, RiskLevel, Vec<FloorHit>, RiskLevel) {
    let score = model.score(&points_of(model, chosen));
    let by_score = model.level_of(score);
    let hits = floors::hits(model, chosen, facts, by_score);
    let level = floors::lifted(by_score, &hits);
    (score, by_score, hits, level)
}

fn line(question: &Question, choice: &Choice, provenance: Provenance, total: u32) -> Line {
    Line {
        question: question.id.clone(),
        text: question.text.clone(),
        category: question.category,
        choice: choice.id.clone(),
        words: choice.words.clone(),
        points: choice.points,
        of: question.most(),
        provenance,
        total,
    }
}

/// The answers as JSON: the record makes their canonical bytes and digests them. Choice and
/// provenance per question; open questions are absent.
///
/// # Panics
/// Never: answers are text only.
#[must_use]
pub fn answers_document(answers: &BTreeMap<String, Answer>) -> serde_json::Value {
    serde_json::to_value(answers).expect("text always serialises")
}

/// A word on the ticket that is no answer of the model: shown, never guessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct UnknownWord {
    /// Question id, as the ticket names it.
    pub question: String,
    /// The ticket's word, cut to 200 characters.
    pub word: String,
    /// What would be understood.
    pub known: String,
}

/// The answers a ticket carries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Synced {
    /// Understood answers, with provenance *synced*.
    pub answers: BTreeMap<String, Answer>,
    /// Words that were not understood; their questions stay open.
    pub unknown: Vec<UnknownWord>,
}

impl Model {
    /// Reads the answers a ticket carries: question id → the answer's word. Blank words are open.
    #[must_use]
    pub fn synced(&self, words: &BTreeMap<String, String>) -> Synced {
        let mut synced = Synced::default();
        for (id, word) in words.iter().filter(|(_, w)| !w.trim().is_empty()) {
            let question = self.question(id);
            match question.and_then(|q| answer_by_words(q, word)) {
                Some(choice) => {
                    let answer = Answer { choice: choice.id.clone(), provenance: Provenance::Synced };
                    synced.answers.insert(id.clone(), answer);
                }
                None => synced.unknown.push(UnknownWord {
                    question: id.chars().take(80).collect(),
                    word: word.chars().take(200).collect(),
                    known: question.map_or_else(String::new, |q| {
                        q.answers.iter().map(|c| c.words.as_str()).collect::<Vec<_>>().join(" · ")
                    }),
                }),
            }
        }
        synced
    }
}

/// The answer that a ticket's word means: its id or its words, tolerant of case, spaces and
/// punctuation, never of meaning.
#[must_use]
pub fn answer_by_words<'q>(question: &'q Question, word: &str) -> Option<&'q Choice> {
    let folded = fold(word);
    if folded.is_empty() {
        return None;
    }
    question.answers.iter().find(|c| fold(&c.id) == folded || fold(&c.words) == folded)
}

/// Letters, digits and comparison signs in lower case; `<=` and `≤` are the same.
fn fold(words: &str) -> String {
    words
        .chars()
        .take(200)
        .collect::<String>()
        .replace("<=", "≤")
        .replace(">=", "≥")
        .chars()
        .filter(|c| c.is_alphanumeric() || "<>≤≥%".contains(*c))
        .flat_map(char::to_lowercase)
        .collect()
}
