//! Of which run a report is: commit, kind, environment and data set (R7–R10, R83).
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::Digest;

/// Of which kind tests are (R7–R10, R83).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Unit and functional tests.
    Unit,
    /// Regression and end-to-end tests.
    Regression,
    /// Performance tests.
    Performance,
    /// Load tests.
    Load,
    /// Security tests.
    Security,
    /// A run in pre-production.
    PreProduction,
}

impl Stage {
    /// The words that a report or a list of runs may say.
    pub const WORDS: &'static str = "unit, functional, regression, e2e, performance, load, security, preproduction";

    /// The kind of this word; case, hyphens and the like do not matter.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        match plain(word).as_str() {
            "unit" | "functional" => Some(Self::Unit),
            "regression" | "e2e" | "endtoend" => Some(Self::Regression),
            "performance" | "perf" => Some(Self::Performance),
            "load" => Some(Self::Load),
            "security" => Some(Self::Security),
            "preprod" | "preproduction" | "staging" => Some(Self::PreProduction),
            _ => None,
        }
    }
}

/// Letters and digits in lower case.
fn plain(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// An environment before production (R8, R9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// Where it is developed.
    Development,
    /// Where it is tested.
    Test,
}

impl Environment {
    /// The word that people read.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Test => "test",
        }
    }

    /// Whether a report that names this environment means it.
    #[must_use]
    pub fn is_named(self, said: &str) -> bool {
        let said = plain(said);
        match self {
            Self::Development => matches!(said.as_str(), "development" | "dev"),
            Self::Test => matches!(said.as_str(), "test" | "testing" | "testenvironment"),
        }
    }
}

/// Of which run a report is: by its own word, or by that of a list beside it. What nobody says is blank.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Run {
    /// The commit, as Git names it, whole or cut.
    pub commit: String,
    /// Which kind of tests, in one of [`Stage::WORDS`].
    pub kind: String,
    /// In which environment.
    pub environment: String,
    /// With which data set.
    pub dataset: String,
}

impl Run {
    /// Whether two names are of one commit: the same, or the first digits of the other, six at least.
    #[must_use]
    pub fn same_commit(one: &str, other: &str) -> bool {
        let (one, other) = (one.trim().to_lowercase(), other.trim().to_lowercase());
        let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
        let digits = short.len() >= 6 && short.bytes().all(|b| b.is_ascii_hexdigit());
        !short.is_empty() && (short == long || (digits && long.starts_with(&short)))
    }
}

/// What a list of runs says of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FileRun {
    /// Of which run it is.
    pub run: Run,
    /// The bytes that are meant; `None`: whichever have the name.
    pub sha256: Option<Digest>,
}

/// A list of runs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Runs {
    /// What holds for every file beside it.
    pub all: Run,
    /// What holds for single files, by name.
    pub files: BTreeMap<String, FileRun>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_the_same_by_its_first_digits_and_by_nothing_else() {
        let whole = "5f0c3a9b1d2e3f405162738495a6b7c8d9e0f102";
        let cases = [
            (whole, whole, true),
            ("5f0c3a", whole, true),
            (whole, " 5F0C3A9 ", true),
            ("5f0c3", whole, false),
            ("release", "release-2", false),
            ("v1.2", "v1.2", true),
            ("5f0c3b", whole, false),
            ("", "", false),
            ("", whole, false),
        ];
        for (one, other, same) in cases {
            assert_eq!(Run::same_commit(one, other), same, "{one:?} and {other:?}");
        }
    }

    #[test]
    fn kinds_and_environments_are_known_by_their_words() {
        for word in Stage::WORDS.split(", ") {
            assert!(Stage::of_word(word).is_some(), "{word}");
        }
        assert_eq!(Stage::of_word("End-to-End"), Some(Stage::Regression));
        assert_eq!(Stage::of_word("smoke"), None);
        assert!(Environment::Test.is_named("Test environment") && Environment::Development.is_named("dev"));
        assert!(!Environment::Test.is_named("production") && !Environment::Development.is_named(""));
        assert!(Environment::Test.is_named(Environment::Test.word()));
    }
}
