//! What is asked of a change by its type of release (R56): the thresholds of its tests, and its lead time. What a type does
//! not say is asked of it as of every other. Who takes it up is said in `chains`, how long its rollback may take in `rto`.
use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::check::twice;
use super::{MaterialField, Policy, PolicyError, RecoveryOf};
use crate::chain::ReleaseType;

#[cfg(test)]
mod tests;

/// The clauses of tests that a policy may make blocks for one type of release.
pub const TESTS: &[&str] = &["R7", "R8", "R9", "R10", "R62", "R81", "R83"];

/// The longest lead time in days.
pub const MOST_LEAD_TIME: u32 = 366;

/// What a policy asks of one type of release. What is left out is asked of it as of every other.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeRules {
    /// How many of a hundred lines tests must reach (R62); 0: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage_percent: Option<u32>,
    /// How many accounts other than its author's must approve each merge request (R62); 0 is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_approvals: Option<u32>,
    /// How many days of 24 hours lie between the ticket and the start of its window; 0: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_time_days: Option<u32>,
    /// Which of [`TESTS`] block for this type, besides what blocks for every change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<String>,
}

/// What a policy asks by type of release.
pub type Types = BTreeMap<ReleaseType, TypeRules>;

/// A threshold of a change, and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// The number.
    pub number: u32,
    /// The type of release that has it as its own; `None` where it is that of every change.
    pub of: Option<ReleaseType>,
}

impl Threshold {
    /// What a gate says by it, with for which type it is: `for a major release: …`.
    #[must_use]
    pub fn said(self, words: &str) -> String {
        self.of.map_or_else(|| words.to_owned(), |release| format!("for {}: {words}", article(release)))
    }
}

/// `a major release`.
pub(crate) fn article(release: ReleaseType) -> &'static str {
    RecoveryOf::from(release).words()
}

impl Policy {
    /// How many of a hundred lines the tests of a release must reach (R62); 0: none.
    #[must_use]
    pub fn coverage_of(&self, release: ReleaseType) -> Threshold {
        self.by_type(release, self.coverage_percent, |rules| rules.coverage_percent)
    }

    /// How many accounts other than its author's must approve each merge request of a release (R62); one at least.
    #[must_use]
    pub fn approvals_of(&self, release: ReleaseType) -> Threshold {
        let asked = self.by_type(release, self.review_approvals, |rules| rules.review_approvals);
        Threshold { number: asked.number.max(1), ..asked }
    }

    /// How many days lie between the ticket of a release and the start of its window (R56); 0: none. Only a type has a lead
    /// time, so an emergency has none but its own.
    #[must_use]
    pub fn lead_time_of(&self, release: ReleaseType) -> Threshold {
        let asked = self.by_type(release, 0, |rules| rules.lead_time_days);
        Threshold { number: asked.number.min(MOST_LEAD_TIME), ..asked }
    }

    /// Whether any type of release has a lead time.
    #[must_use]
    pub fn asks_lead_time(&self) -> bool {
        ReleaseType::ALL.into_iter().any(|release| self.lead_time_of(release).number > 0)
    }

    /// Whether the tests of this clause block for a release, and not for every change.
    #[must_use]
    pub fn takes_test(&self, clause: &str, release: ReleaseType) -> bool {
        let named = self.types.get(&release).is_some_and(|rules| rules.tests.iter().any(|test| test == clause));
        named && TESTS.contains(&clause) && !self.blocks(clause)
    }

    /// The rules by which the tests of a release are judged: those of every change, where what its type takes blocks as well.
    #[must_use]
    pub fn of_release(&self, release: ReleaseType) -> Cow<'_, Self> {
        let taken: Vec<&str> = TESTS.iter().copied().filter(|clause| self.takes_test(clause, release)).collect();
        if taken.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut strict = self.clone();
        strict.blocking.extend(taken.into_iter().map(str::to_owned));
        Cow::Owned(strict)
    }

    fn by_type(&self, release: ReleaseType, general: u32, own: fn(&TypeRules) -> Option<u32>) -> Threshold {
        match self.types.get(&release).and_then(own) {
            Some(number) => Threshold { number, of: Some(release) },
            None => Threshold { number: general, of: None },
        }
    }

    /// Checks what is asked by type of release.
    pub(super) fn check_types(&self) -> Result<(), PolicyError> {
        for (release, rules) in &self.types {
            if *rules == TypeRules::default() {
                return Err(PolicyError::Empty { field: "types" });
            }
            if let Some(percent) = rules.coverage_percent.filter(|percent| *percent > 100) {
                return Err(PolicyError::Percent { field: "types", percent });
            }
            if rules.lead_time_days.is_some_and(|days| days > MOST_LEAD_TIME) {
                return Err(PolicyError::LeadTime { release: *release });
            }
            if let Some(clause) = rules.tests.iter().find(|clause| !TESTS.contains(&clause.as_str())) {
                return Err(PolicyError::NoTest { clause: clause.chars().take(80).collect() });
            }
            twice("types", rules.tests.iter().cloned())?;
        }
        // A type follows from what was signed: an edit of it must not go unnoticed.
        for field in [MaterialField::Kind, MaterialField::Version] {
            if !self.types.is_empty() && !self.material.contains(&field) {
                return Err(PolicyError::NotMaterial { setting: "types", field: field.name() });
            }
        }
        Ok(())
    }
}
