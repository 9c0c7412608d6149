//! Answers that a member attests where no file of a machine can say it: a closed list of questions, one at least for each
//! gate that needs one. It is always said who attested.
use std::collections::BTreeMap;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::ids::{ChangeKey, Digest, EntryId, MalformedId, MemberId};
use crate::roster::Role;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// R2.
    Infrastructure,
    /// R6.
    WorkBranch,
    /// R9.
    TestDataSet,
    /// R10.
    PreproductionRun,
    /// R13.
    LastKnownGood,
    /// R33 to R35.
    NewComponents,
    /// R33.
    ComponentBenefit,
    /// R34.
    ComponentLicence,
    /// R35.
    NoEquivalent,
    /// R43.
    MainProtected,
    /// R44.
    MergeRequests,
    /// R62.
    PeerReview,
    /// R83.
    HighTraffic,
    /// R93.
    RollbackApproved,
    /// R96.
    SchemaRollback,
    /// R80: of the whole release.
    ReleaseImpact,
    /// R80: of the whole release.
    ReleaseComplexity,
    /// R80: of the whole release.
    ReleaseRollback,
    /// R85.
    ErrorBudget,
}

impl Question {
    /// All of them, in the order of their clauses.
    pub const ALL: [Self; 19] = [
        Self::Infrastructure,
        Self::WorkBranch,
        Self::TestDataSet,
        Self::PreproductionRun,
        Self::LastKnownGood,
        Self::NewComponents,
        Self::ComponentBenefit,
        Self::ComponentLicence,
        Self::NoEquivalent,
        Self::MainProtected,
        Self::MergeRequests,
        Self::PeerReview,
        Self::HighTraffic,
        Self::RollbackApproved,
        Self::SchemaRollback,
        Self::ReleaseImpact,
        Self::ReleaseComplexity,
        Self::ReleaseRollback,
        Self::ErrorBudget,
    ];

    /// What a release is asked beside its changes; [`crate::release`] says what the answers weigh.
    pub const OF_A_RELEASE: [Self; 3] = [Self::ReleaseImpact, Self::ReleaseComplexity, Self::ReleaseRollback];

    /// Its word, in the record and on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Infrastructure => "infrastructure",
            Self::WorkBranch => "work_branch",
            Self::TestDataSet => "test_data_set",
            Self::PreproductionRun => "preproduction_run",
            Self::LastKnownGood => "last_known_good",
            Self::NewComponents => "new_components",
            Self::ComponentBenefit => "component_benefit",
            Self::ComponentLicence => "component_licence",
            Self::NoEquivalent => "no_equivalent",
            Self::MainProtected => "main_protected",
            Self::MergeRequests => "merge_requests",
            Self::PeerReview => "peer_review",
            Self::HighTraffic => "high_traffic",
            Self::RollbackApproved => "rollback_approved",
            Self::SchemaRollback => "schema_rollback",
            Self::ReleaseImpact => "release_impact",
            Self::ReleaseComplexity => "release_complexity",
            Self::ReleaseRollback => "release_rollback",
            Self::ErrorBudget => "error_budget",
        }
    }

    /// The clause for which it is asked.
    #[must_use]
    pub fn clause(self) -> &'static str {
        match self {
            Self::Infrastructure => "R2",
            Self::WorkBranch => "R6",
            Self::TestDataSet => "R9",
            Self::PreproductionRun => "R10",
            Self::LastKnownGood => "R13",
            Self::NewComponents | Self::ComponentBenefit => "R33",
            Self::ComponentLicence => "R34",
            Self::NoEquivalent => "R35",
            Self::MainProtected => "R43",
            Self::MergeRequests => "R44",
            Self::PeerReview => "R62",
            Self::HighTraffic => "R83",
            Self::RollbackApproved => "R93",
            Self::SchemaRollback => "R96",
            Self::ReleaseImpact | Self::ReleaseComplexity | Self::ReleaseRollback => "R80",
            Self::ErrorBudget => "R85",
        }
    }

    /// The question as people read it.
    #[must_use]
    pub fn asks(self) -> &'static str {
        match self {
            Self::Infrastructure => {
                "Does it change infrastructure? With “yes”, the output of plan or diff is the evidence."
            }
            Self::WorkBranch => "On which branch was the work done?",
            Self::TestDataSet => "With which data set were performance and security tested?",
            Self::PreproductionRun => {
                "Which run in pre-production was of the same artifact? Quote the artifact's digest."
            }
            Self::LastKnownGood => {
                "Which version was the last known good one, and which job restores it? The evidence shows that it works."
            }
            Self::NewComponents => "Which open-source components are new? Their names with commas between, or “none”.",
            Self::ComponentBenefit => {
                "What measurable benefit does each new component bring? Name each, with a number in figures beside it."
            }
            Self::ComponentLicence => "Which new components may be shared commercially and otherwise, by whose word?",
            Self::NoEquivalent => "Which new components have no equivalent already in use? Name each.",
            Self::MainProtected => "Is the main branch protected? The evidence is the branch's rules.",
            Self::MergeRequests => "Are all merge requests approved, and all their builds green?",
            Self::PeerReview => "Was every change of code reviewed by somebody other than its author?",
            Self::HighTraffic => "Does it touch a component with high traffic?",
            Self::RollbackApproved => "Was the rollback procedure approved beforehand, and by whom?",
            Self::SchemaRollback => {
                "Was the schema's rollback tested, and does it succeed? The evidence is the log of the test."
            }
            Self::ReleaseImpact => "How bad is it for the business if the whole release fails?",
            Self::ReleaseComplexity => "How do the changes of the release hang together?",
            Self::ReleaseRollback => "Can the release be taken back?",
            Self::ErrorBudget => "Is the error budget of the service spent, and is this no fix of what spent it?",
        }
    }

    /// Whether the answer begins with yes or no.
    #[must_use]
    pub fn yes_or_no(self) -> bool {
        match self {
            Self::Infrastructure
            | Self::MainProtected
            | Self::MergeRequests
            | Self::PeerReview
            | Self::HighTraffic
            | Self::RollbackApproved
            | Self::SchemaRollback
            | Self::ErrorBudget => true,
            Self::WorkBranch
            | Self::TestDataSet
            | Self::PreproductionRun
            | Self::LastKnownGood
            | Self::NewComponents
            | Self::ComponentBenefit
            | Self::ComponentLicence
            | Self::NoEquivalent
            | Self::ReleaseImpact
            | Self::ReleaseComplexity
            | Self::ReleaseRollback => false,
        }
    }
}

impl FromStr for Question {
    type Err = MalformedId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|question| question.word() == text);
        found.ok_or_else(|| MalformedId { what: "a question", text: text.chars().take(80).collect() })
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttestedAnswer {
    /// What shows it: the SHA-256 of a file.
    pub evidence: Option<Digest>,
    /// In the words of whoever attests; to a yes-or-no question it begins with one of the two.
    pub value: String,
}

impl AttestedAnswer {
    /// The answer's first word, where that is yes or no.
    #[must_use]
    pub fn yes(&self) -> Option<bool> {
        let first = self.value.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty())?;
        match first.to_lowercase().as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        }
    }
}

/// What a member attests of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttestedBody {
    /// The answers; what was answered before and is not answered anew stays.
    pub answers: BTreeMap<Question, AttestedAnswer>,
    /// The change.
    pub change: ChangeKey,
}

/// Why it attests nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NothingAttested {
    /// No question is answered.
    #[error("it answers no question")]
    NoAnswer,
    /// An answer says nothing.
    #[error("the answer to {} is blank", .0.word())]
    Blank(Question),
}

impl AttestedBody {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// The first rule that does not hold.
    pub fn check(&self) -> Result<(), NothingAttested> {
        if self.answers.is_empty() {
            return Err(NothingAttested::NoAnswer);
        }
        match self.answers.iter().find(|(_, answer)| answer.value.trim().is_empty()) {
            Some((question, _)) => Err(NothingAttested::Blank(*question)),
            None => Ok(()),
        }
    }
}

/// An answer as the ledger keeps it: the newest to its question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attested {
    /// Its entry.
    pub entry: EntryId,
    /// Whose word it is.
    pub actor: MemberId,
    /// In which role.
    pub role: Role,
    /// As claimed.
    pub claimed: DateTime<Utc>,
    /// The material content that it speaks of: the entry's subject. Of another content it says nothing.
    pub content: Digest,
    /// What it says.
    pub answer: AttestedAnswer,
}

impl Attested {
    /// Whether it speaks of the change as it is: an edit of what is material ends it.
    #[must_use]
    pub fn holds(&self, content: Digest) -> bool {
        self.content == content
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(value: &str) -> AttestedAnswer {
        AttestedAnswer { evidence: None, value: value.to_owned() }
    }

    #[test]
    fn every_question_is_read_back_from_its_word_and_the_word_is_the_records() {
        for question in Question::ALL {
            assert_eq!(question.word().parse(), Ok(question));
            assert_eq!(serde_json::json!(question), serde_json::json!(question.word()));
            assert!(question.asks().ends_with(['?', '.', '”']), "{}", question.asks());
        }
        assert_eq!(
            "weather".parse::<Question>().expect_err("no question").to_string(),
            "a question is malformed: \"weather\""
        );
    }

    #[test]
    fn an_answer_begins_with_yes_or_no() {
        let cases = [
            ("yes", Some(true)),
            ("Yes: by the rules of the branch", Some(true)),
            (" no, none", Some(false)),
            ("none", None),
            ("yesterday", None),
            ("", None),
        ];
        for (value, expected) in cases {
            assert_eq!(answer(value).yes(), expected, "{value}");
        }
    }

    #[test]
    fn it_answers_a_question_at_least_and_none_with_a_blank() {
        let body = |answers: &[(Question, &str)]| AttestedBody {
            answers: answers.iter().map(|(question, value)| (*question, answer(value))).collect(),
            change: ChangeKey::new("CHG", 17),
        };
        assert_eq!(body(&[]).check(), Err(NothingAttested::NoAnswer));
        let blank = body(&[(Question::PeerReview, "yes"), (Question::HighTraffic, " \u{2003}\n")]);
        assert_eq!(blank.check(), Err(NothingAttested::Blank(Question::HighTraffic)));
        assert_eq!(body(&[(Question::PeerReview, "yes")]).check(), Ok(()));
    }
}
