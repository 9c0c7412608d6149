//! What a review proposes for the policy: in words, and by settings where it can say which (R97, R102).
use serde::{Deserialize, Serialize};

use super::Policy;
use super::authored::{parse, with_settings};

/// The most settings of one proposal.
pub const MOST_SETTINGS: usize = 20;
/// The most characters of its words, and of a value.
pub const LONGEST: usize = 2_000;
/// The most characters of a path.
pub const LONGEST_PATH: usize = 80;

/// A setting of `policy.toml`, and what it is proposed to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposedSetting {
    /// Its path, `risk.levels.high`.
    pub path: String,
    /// Its value, as the text has it: `45`, `"main"`.
    pub value: String,
}

/// What a review proposes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// Settings; none where it is said in words only.
    pub settings: Vec<ProposedSetting>,
    /// What is proposed, and why.
    pub words: String,
}

/// Why a proposal is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoProposal {
    /// Without words nobody knows why.
    #[error("a proposal says in words what is proposed, and why")]
    Blank,
    /// It is longer than anybody reads.
    #[error("a proposal has at most 20 settings, 80 characters in a path and 2,000 in a text")]
    Long,
    /// A line of `policy.toml` is one line.
    #[error("a proposed setting is one line: path = value")]
    Line,
    /// Of two values of one setting nobody could tell which is meant.
    #[error("a proposal names a setting once")]
    Twice,
}

impl ProposedSetting {
    /// A line `path = value`; `None` where it is none.
    #[must_use]
    pub fn of_line(line: &str) -> Option<Self> {
        let (path, value) = line.split_once('=')?;
        let (path, value) = (path.trim(), value.trim());
        (!path.is_empty() && !value.is_empty()).then(|| Self { path: path.to_owned(), value: value.to_owned() })
    }

    /// The line, as the text has it.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{} = {}", self.path, self.value)
    }
}

impl Proposal {
    /// Checks what the types cannot say. Whether its settings are settings, [`with_settings`] says.
    ///
    /// # Errors
    /// The first rule that does not hold.
    pub fn check(&self) -> Result<(), NoProposal> {
        if self.words.trim().is_empty() {
            return Err(NoProposal::Blank);
        }
        let long = |text: &str, most: usize| text.chars().nth(most).is_some();
        let settings = self.settings.as_slice();
        if settings.len() > MOST_SETTINGS
            || long(&self.words, LONGEST)
            || settings.iter().any(|s| long(&s.path, LONGEST_PATH) || long(&s.value, LONGEST))
        {
            return Err(NoProposal::Long);
        }
        let line = |text: &str| !text.trim().is_empty() && !text.chars().any(char::is_control);
        if settings.iter().any(|s| !line(&s.path) || !line(&s.value)) {
            return Err(NoProposal::Line);
        }
        let twice = |(at, s): (usize, &ProposedSetting)| settings.iter().take(at).any(|before| before.path == s.path);
        if settings.iter().enumerate().any(twice) { Err(NoProposal::Twice) } else { Ok(()) }
    }

    /// Whether this policy has every setting that is proposed: put into it, they change nothing. Words alone nobody can
    /// compare.
    #[must_use]
    pub fn is_in(&self, policy: &Policy) -> bool {
        let again = || parse(&with_settings(policy, &self.settings).ok()?).ok();
        !self.settings.is_empty() && again().as_ref() == Some(policy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Strength;

    fn proposal(lines: &[&str]) -> Proposal {
        let settings = lines.iter().map(|line| ProposedSetting::of_line(line).expect("a line")).collect();
        Proposal { settings, words: "Too many were surprised".to_owned() }
    }

    #[test]
    fn a_proposal_is_bounded_says_why_and_names_a_setting_once() {
        assert_eq!(proposal(&["coverage_percent = 80"]).check(), Ok(()));
        assert_eq!(proposal(&[]).check(), Ok(()), "words alone are a proposal");
        let silent = Proposal { words: " \n".to_owned(), ..proposal(&[]) };
        assert_eq!(silent.check(), Err(NoProposal::Blank));
        assert_eq!(Proposal { words: "a".repeat(LONGEST + 1), ..proposal(&[]) }.check(), Err(NoProposal::Long));
        let many: Vec<String> = (0..=MOST_SETTINGS).map(|n| format!("rto.n{n} = 1")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(proposal(&many).check(), Err(NoProposal::Long));
        assert_eq!(proposal(&["branch = \"a\"\nname = \"b/1\""]).check(), Err(NoProposal::Line));
        assert_eq!(proposal(&["branch = \"a\"", "branch = \"b\""]).check(), Err(NoProposal::Twice));
        for none in ["branch", "= 3", "branch ="] {
            assert_eq!(ProposedSetting::of_line(none), None, "{none}");
        }
    }

    #[test]
    fn a_policy_has_what_is_proposed_where_putting_it_in_changes_nothing() {
        let before = Policy::built_in(Strength::Starter);
        let wanted = proposal(&["coverage_percent = 80", "ladder.answer = 20"]);
        assert!(!wanted.is_in(&before));
        let text = with_settings(&before, &wanted.settings).expect("settings");
        let after = parse(&text).expect("a policy");
        assert_eq!((after.coverage_percent, after.ladder.answer, after.ladder.chair), (80, 20, before.ladder.chair));
        assert!(wanted.is_in(&after));
        let off = proposal(&["break_glass = false"]);
        assert!(off.is_in(&before), "what is left out is off");
        assert!(!proposal(&[]).is_in(&after), "words nobody can compare");
        assert!(!proposal(&["risk.levels.high = 45"]).is_in(&before));
    }

    #[test]
    fn what_is_no_setting_or_no_value_of_one_is_told_with_the_mend() {
        let policy = Policy::built_in(Strength::Starter);
        for (path, value, told) in [
            ("coverage_precent", "80", "`coverage_precent` is no setting; did you mean `coverage_percent`?"),
            ("coverage_percent", "800", "800 % can never be reached; give 0 to 100"),
            ("branch", "main", "`main` is no value of a policy.toml; a text stands in quotes"),
            ("branch.name", "1", "has no `name` within it; propose its whole value"),
            ("quorum", "3", "is a table; propose a setting of it, one of: formula, mandatory_seats"),
            ("freezes", "[]", "is made of rows; say in words what is to stand there"),
            ("risk.levels.low", "1", "`low` is no level above Low; give one of: medium, high, critical"),
            ("risk.points.I1.hig", "9", "`hig` is no answer; did you mean `high`?"),
        ] {
            let line = format!("{path} = {value}");
            let found = with_settings(&policy, &proposal(&[&line]).settings).expect_err(path);
            assert_eq!(found, [format!("{path}: {told}")], "{line}");
        }
    }
}
