//! How long a rollback may take (R92): by type of release, or by kind of change.
use serde::{Deserialize, Serialize};

use super::Policy;
use crate::chain::ReleaseType;
use crate::change::{ChangeKind, ChangeRequest};

/// What an objective is for: a kind of change, or a type of release. An emergency is both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecoveryOf {
    /// Standard changes.
    Standard,
    /// Normal changes.
    Normal,
    /// Emergencies.
    Emergency,
    /// Major releases.
    Major,
    /// Minor releases.
    Minor,
    /// Patches.
    Patch,
}

impl RecoveryOf {
    /// All of them: kinds of change, then types of release.
    pub const ALL: [Self; 6] = [Self::Standard, Self::Normal, Self::Emergency, Self::Major, Self::Minor, Self::Patch];

    /// The words people read, with their article.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Standard => "a standard change",
            Self::Normal => "a normal change",
            Self::Emergency => "an emergency",
            Self::Major => "a major release",
            Self::Minor => "a minor release",
            Self::Patch => "a patch",
        }
    }
}

impl From<ChangeKind> for RecoveryOf {
    fn from(kind: ChangeKind) -> Self {
        match kind {
            ChangeKind::Standard => Self::Standard,
            ChangeKind::Normal => Self::Normal,
            ChangeKind::Emergency => Self::Emergency,
        }
    }
}

impl From<ReleaseType> for RecoveryOf {
    fn from(release: ReleaseType) -> Self {
        match release {
            ReleaseType::Major => Self::Major,
            ReleaseType::Minor => Self::Minor,
            ReleaseType::Patch => Self::Patch,
            ReleaseType::Emergency => Self::Emergency,
        }
    }
}

impl Policy {
    /// How many minutes the rollback of a change may take, and for what that is said (R92): its type of release where the
    /// policy names it, else its kind; of an unknown kind the shortest of all.
    #[must_use]
    pub fn recovery(&self, change: &ChangeRequest) -> Option<(RecoveryOf, u32)> {
        let named = |of: RecoveryOf| self.rto.get(&of).map(|minutes| (of, *minutes));
        match change.kind {
            Some(kind) => named(ReleaseType::of(change).into()).or_else(|| named(kind.into())),
            None => self.rto.iter().min_by_key(|(_, minutes)| **minutes).map(|(of, minutes)| (*of, *minutes)),
        }
    }
}
