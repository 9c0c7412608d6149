//! Questions of a policy's own, in the place of those of the built-in model (R97).
use serde::{Deserialize, Serialize};

use super::adopted::{MOST_POINTS, RulesFault, cut, fault};
use super::model::{MOST_WEIGHT, is_one, one};
use super::{Category, Choice, Question};

/// The most questions: a walk that nobody finishes tells nothing.
const MOST_QUESTIONS: usize = 50;
/// The most answers of a question.
const MOST_ANSWERS: usize = 20;
/// The longest id of a question or an answer, in characters.
const LONGEST_ID: usize = 20;

/// A question of a policy's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnQuestion {
    /// Capital letters and a number, `Q1`: as templates and mappings of tickets write it. One of the built-in model keeps
    /// what is known of it: its field of the ticket, and the floors on its answers.
    pub id: String,
    /// The question.
    pub text: String,
    /// What it is about.
    pub category: Category,
    /// How much it says in a mean, 1 to 100.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub weight: u32,
    /// Its answers, the best first.
    pub answers: Vec<OwnAnswer>,
}

/// An answer to a question of a policy's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnAnswer {
    /// Small letters, digits and _: `more_than_one`.
    pub id: String,
    /// The words people read and tickets carry.
    pub words: String,
    /// What it counts; a worse answer counts more.
    pub points: u32,
    /// What one does to get here from a worse answer; empty when it is not in anyone's hands.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub act: String,
}

/// Capital letters, then digits: what a template of answers is read by.
fn is_question_id(id: &str) -> bool {
    let letters = id.bytes().take_while(u8::is_ascii_uppercase).count();
    let digits = id.bytes().skip(letters).take_while(u8::is_ascii_digit).count();
    letters > 0 && digits > 0 && letters + digits == id.len() && id.len() <= LONGEST_ID
}

fn is_answer_id(id: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(fits)
}

/// The questions as a model has them.
///
/// # Errors
/// The first thing wrong, with its place.
pub(super) fn questions(own: &[OwnQuestion]) -> Result<Vec<Question>, RulesFault> {
    if own.len() > MOST_QUESTIONS {
        return Err(fault("questions", format!("are {}; ask {MOST_QUESTIONS} at most", own.len())));
    }
    let mut questions: Vec<Question> = Vec::with_capacity(own.len());
    for (number, one) in (1_usize..).zip(own) {
        let at = format!("questions[{number}]");
        if !is_question_id(&one.id) {
            let what =
                format!("`{}` is no id of a question; write capital letters and a number, as \"Q1\"", cut(&one.id));
            return Err(fault(format!("{at}.id"), what));
        }
        if questions.iter().any(|before| before.id == one.id) {
            return Err(fault(format!("{at}.id"), format!("{} stands twice; give one of them another id", one.id)));
        }
        if !(1..=MOST_WEIGHT).contains(&one.weight) {
            return Err(fault(format!("{at}.weight"), format!("{} is no weight; give 1 to {MOST_WEIGHT}", one.weight)));
        }
        let (id, text) = (one.id.clone(), one.text.clone());
        let (category, weight) = (one.category, one.weight);
        questions.push(Question { id, text, category, weight, answers: answers(&at, &one.answers)? });
    }
    Ok(questions)
}

fn answers(question: &str, own: &[OwnAnswer]) -> Result<Vec<Choice>, RulesFault> {
    if !(2..=MOST_ANSWERS).contains(&own.len()) {
        let what = format!("are {}; give 2 to {MOST_ANSWERS}, the best first", own.len());
        return Err(fault(format!("{question}.answers"), what));
    }
    let mut answers: Vec<Choice> = Vec::with_capacity(own.len());
    for (number, one) in (1_usize..).zip(own) {
        let at = format!("{question}.answers[{number}]");
        if !is_answer_id(&one.id) {
            let what = format!("`{}` is no id of an answer; write small letters, digits and _", cut(&one.id));
            return Err(fault(format!("{at}.id"), what));
        }
        // A ticket's word means one answer.
        let same = |before: &Choice| before.id == one.id || before.words == one.words;
        if answers.iter().any(same) {
            let what = format!("{} is said by an answer before it; give it an id and words of its own", one.id);
            return Err(fault(at, what));
        }
        if one.points > MOST_POINTS {
            return Err(fault(
                format!("{at}.points"),
                format!("{} are too many; {MOST_POINTS} are the most", one.points),
            ));
        }
        if let Some(before) = answers.last().filter(|before| before.points >= one.points) {
            let what = format!(
                "{} counts {} and the worse answer {} counts {}; a worse answer counts more",
                before.id, before.points, one.id, one.points
            );
            return Err(fault(format!("{at}.points"), what));
        }
        let (id, words, act) = (one.id.clone(), one.words.clone(), one.act.clone());
        answers.push(Choice { id, words, points: one.points, act });
    }
    Ok(answers)
}
