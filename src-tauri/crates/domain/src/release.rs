//! A release: the changes that a ticketing system puts under one version, seen together (R15, R80, R108, R119).
//!
//! Which changes belong to it the tickets say, so it is the same on every device. Nothing is decided for a release:
//! each of its changes keeps its own gates, its own decision and its own sign-offs.
use std::collections::BTreeMap;

use crate::attested::{AttestedAnswer, Question};
use crate::ids::{ChangeKey, Digest};
use crate::risk::RiskLevel;

#[cfg(test)]
mod tests;

/// Characters of a release's name at most; Redmine allows 60.
pub const LONGEST_NAME: usize = 200;

/// The name of a release as it is compared: on one line, each gap one space. `None` where nothing is written.
#[must_use]
pub fn name(text: &str) -> Option<String> {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!words.is_empty()).then(|| words.chars().take(LONGEST_NAME).collect())
}

/// An answer that can be given for a whole release, and the level below which the release then cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Its word, in the record and on the command line.
    pub word: &'static str,
    /// As people read it.
    pub words: &'static str,
    /// The release has this level at least.
    pub least: RiskLevel,
}

const fn choice(word: &'static str, words: &'static str, least: RiskLevel) -> Choice {
    Choice { word, words, least }
}

const IMPACT: [Choice; 4] = [
    choice("low", "hardly anybody notices", RiskLevel::Low),
    choice("medium", "some work around it", RiskLevel::Medium),
    choice("high", "many are kept from their work", RiskLevel::High),
    choice("critical", "the business or its customers stand still", RiskLevel::Critical),
];

const COMPLEXITY: [Choice; 3] = [
    choice("independent", "each change can go by itself", RiskLevel::Low),
    choice("ordered", "the changes go one after the other, in one order", RiskLevel::Medium),
    choice("together", "all go at once, or none", RiskLevel::High),
];

/// Without a way back it is High at least, as for a change.
const ROLLBACK: [Choice; 3] = [
    choice("each", "each change can be taken back by itself", RiskLevel::Low),
    choice("whole", "it can only be taken back as a whole", RiskLevel::Medium),
    choice("impossible", "some of it cannot be taken back", RiskLevel::High),
];

/// The answers to a question that is asked of a release, best first; none to any other question.
#[must_use]
pub fn choices(question: Question) -> &'static [Choice] {
    match question {
        Question::ReleaseImpact => &IMPACT,
        Question::ReleaseComplexity => &COMPLEXITY,
        Question::ReleaseRollback => &ROLLBACK,
        Question::Infrastructure
        | Question::WorkBranch
        | Question::TestDataSet
        | Question::PreproductionRun
        | Question::LastKnownGood
        | Question::NewComponents
        | Question::ComponentBenefit
        | Question::ComponentLicence
        | Question::NoEquivalent
        | Question::MainProtected
        | Question::MergeRequests
        | Question::PeerReview
        | Question::HighTraffic
        | Question::RollbackApproved
        | Question::SchemaRollback
        | Question::ErrorBudget => &[],
    }
}

/// What stands between the answer's word and the reason. The name stands as a JSON string, so that none can be read as
/// another.
fn of_release(release: &str) -> String {
    format!(" for release {}: ", serde_json::Value::from(release))
}

/// An answer as it is attested of each of the release's changes. It names the release, so that a change that moves to
/// another does not take the answer along.
#[must_use]
pub fn attested(release: &str, choice: &Choice, reason: &str, evidence: Option<Digest>) -> AttestedAnswer {
    AttestedAnswer { evidence, value: format!("{}{}{reason}", choice.word, of_release(release)) }
}

/// Which answer an attested text gives for this release; `None` where it speaks of another, or gives none.
#[must_use]
pub fn given(question: Question, release: &str, value: &str) -> Option<&'static Choice> {
    let of = of_release(release);
    choices(question).iter().find(|choice| value.strip_prefix(choice.word).is_some_and(|rest| rest.starts_with(&of)))
}

/// One change of a release, as far as the release's risk depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The change.
    pub change: ChangeKey,
    /// Its level if every open question gets its best answer.
    pub lowest: RiskLevel,
    /// Its level if every open question gets its worst answer.
    pub highest: RiskLevel,
    /// What was attested of it for its release, by the question's word in the record.
    pub answers: BTreeMap<Question, String>,
}

/// One of the release's own questions, answered or open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// The question.
    pub question: Question,
    /// The worst answer given for the release; `None` while nobody gave one.
    pub answer: Option<&'static Choice>,
    /// The changes of which it was not given: with one of them, the answer was given for another set of changes.
    pub open: Vec<ChangeKey>,
}

impl Own {
    fn lowest(&self) -> RiskLevel {
        self.answer.map_or(RiskLevel::Low, |answer| answer.least)
    }

    fn highest(&self) -> RiskLevel {
        let worst = choices(self.question).iter().map(|choice| choice.least).max().unwrap_or(RiskLevel::Critical);
        if self.open.is_empty() { self.lowest() } else { worst }
    }
}

/// The risk of a release (R80): the worst of its changes, and its own three answers as floors under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseRisk {
    /// Its own three questions, in their order.
    pub own: Vec<Own>,
    /// The level if what is open turns out well.
    pub lowest: RiskLevel,
    /// The level that counts when deciding: what is open counts at its worst.
    pub highest: RiskLevel,
    /// The changes whose own level is the release's highest; none where its own answers lift it above all of them.
    pub worst: Vec<ChangeKey>,
}

impl ReleaseRisk {
    /// The level, once nothing that is open can change it.
    #[must_use]
    pub fn settled(&self) -> Option<RiskLevel> {
        (self.lowest == self.highest).then_some(self.highest)
    }

    /// In a few words: `High`, or `Low to Critical, 3 open`.
    #[must_use]
    pub fn words(&self) -> String {
        let open = self.own.iter().filter(|own| !own.open.is_empty()).count();
        match self.settled() {
            Some(level) => level.word().to_owned(),
            None if open > 0 => format!("{} to {}, {open} open", self.lowest.word(), self.highest.word()),
            None => format!("{} to {}", self.lowest.word(), self.highest.word()),
        }
    }
}

/// The risk of the release with these changes.
#[must_use]
pub fn risk(release: &str, parts: &[Part]) -> ReleaseRisk {
    let own: Vec<Own> = Question::OF_A_RELEASE
        .into_iter()
        .map(|question| {
            let said = |part: &Part| part.answers.get(&question).and_then(|value| given(question, release, value));
            let answer = parts.iter().filter_map(said).max_by_key(|choice| choice.least);
            let open = parts.iter().filter(|part| said(part).is_none()).map(|part| part.change.clone()).collect();
            Own { question, answer, open }
        })
        .collect();
    let lowest = parts.iter().map(|part| part.lowest).chain(own.iter().map(Own::lowest)).max();
    let highest = parts.iter().map(|part| part.highest).chain(own.iter().map(Own::highest)).max();
    let highest = highest.unwrap_or(RiskLevel::Low);
    let worst = parts.iter().filter(|part| part.highest == highest).map(|part| part.change.clone()).collect();
    ReleaseRisk { own, lowest: lowest.unwrap_or(RiskLevel::Low), highest, worst }
}

/// What the tickets of a release say of one thing that they should say alike: its Release Manager (R15), its milestone
/// (R108).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// What is said, and by which changes.
    pub values: BTreeMap<String, Vec<ChangeKey>>,
    /// The changes that say nothing.
    pub silent: Vec<ChangeKey>,
}

impl Said {
    /// From what each change says.
    #[must_use]
    pub fn of(said: impl IntoIterator<Item = (ChangeKey, String)>) -> Self {
        let mut all = Self::default();
        for (change, value) in said {
            match name(&value) {
                Some(value) => all.values.entry(value).or_default().push(change),
                None => all.silent.push(change),
            }
        }
        all
    }

    /// The one value, where nobody says another; who says nothing does not contradict.
    #[must_use]
    pub fn one(&self) -> Option<&str> {
        let mut values = self.values.keys();
        match (values.next(), values.next()) {
            (Some(one), None) => Some(one),
            (Some(_) | None, _) => None,
        }
    }

    /// What the tickets should say alike and do not, in a sentence; `None` where one value stands, or nobody says any.
    #[must_use]
    pub fn disagree(&self, what: &str) -> Option<String> {
        if self.values.len() < 2 {
            return None;
        }
        let each = self.values.iter().map(|(value, changes)| format!("{value} ({})", keys(changes)));
        Some(format!("The tickets disagree about the {what}: {}.", each.collect::<Vec<_>>().join("; ")))
    }
}

/// Keys with commas between.
#[must_use]
pub fn keys(changes: &[ChangeKey]) -> String {
    changes.iter().map(ChangeKey::as_str).collect::<Vec<_>>().join(", ")
}

/// Puts what belongs to one release side by side, at the place of its first; everything else keeps its order.
#[must_use]
pub fn side_by_side<T>(items: Vec<T>, release: impl Fn(&T) -> Option<String>) -> Vec<T> {
    let mut groups: Vec<Vec<T>> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for item in items {
        match release(&item) {
            Some(name) => {
                let place = *places.entry(name).or_insert(groups.len());
                match groups.get_mut(place) {
                    Some(group) => group.push(item),
                    None => groups.push(vec![item]),
                }
            }
            None => groups.push(vec![item]),
        }
    }
    groups.into_iter().flatten().collect()
}
