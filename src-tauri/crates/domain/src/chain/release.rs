//! Types of release (R56), and whether the board is asked (R61).
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::change::{ChangeKind, ChangeRequest};
use crate::risk::RiskLevel;

/// What kind of release a change is (R56).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseType {
    /// The first of a new series.
    Major,
    /// What is neither of the others.
    Minor,
    /// A standard change: repeated, and approved before.
    Patch,
    /// Declared as an emergency.
    Emergency,
}

impl ReleaseType {
    /// All four, in order.
    pub const ALL: [Self; 4] = [Self::Major, Self::Minor, Self::Patch, Self::Emergency];

    /// The word people read.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Major => "major",
            Self::Minor => "minor",
            Self::Patch => "patch",
            Self::Emergency => "emergency",
        }
    }

    /// By the change's kind. Its version only ever makes it a larger one: whoever writes a ticket cannot choose a shorter
    /// chain with a number.
    #[must_use]
    pub fn of(change: &ChangeRequest) -> Self {
        Self::by(change.kind, &change.version)
    }

    /// As [`ReleaseType::of`], by what was signed.
    #[must_use]
    pub fn by(kind: Option<ChangeKind>, version: &str) -> Self {
        match kind {
            Some(ChangeKind::Emergency) => Self::Emergency,
            Some(ChangeKind::Standard) => Self::Patch,
            Some(ChangeKind::Normal) | None if begins_a_series(version) => Self::Major,
            Some(ChangeKind::Normal) | None => Self::Minor,
        }
    }
}

/// Whether the version is `5.0`, `v5.0.0` or an image's `payments:5.0.0`: a first number, and nothing but zeros after it.
fn begins_a_series(version: &str) -> bool {
    let word = version.split_whitespace().next().unwrap_or_default();
    let named = word.split('@').next().unwrap_or_default();
    let tag = named.rsplit(':').next().unwrap_or_default();
    let mut parts = tag.strip_prefix(['v', 'V']).unwrap_or(tag).split('.');
    let first = parts.next().and_then(|part| part.parse::<u32>().ok());
    let rest: Vec<&str> = parts.collect();
    first.is_some_and(|number| number > 0) && !rest.is_empty() && rest.iter().all(|part| *part == "0")
}

/// Who takes a change up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// An authority alone; the board is told.
    Delegated,
    /// The board advises, and an authority decides.
    Board,
}

impl Route {
    /// The words people read.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Delegated => "delegated to an authority",
            Self::Board => "for the board",
        }
    }
}

/// The routes that a policy says; what it does not say is [`route`]'s.
pub type Chains = BTreeMap<ReleaseType, BTreeMap<RiskLevel, Route>>;

/// The route of a release at a level: as the policy says, else delegated for Low and the board for everything else (R61).
#[must_use]
pub fn route(chains: &Chains, release: ReleaseType, level: RiskLevel) -> Route {
    let usual = if level == RiskLevel::Low { Route::Delegated } else { Route::Board };
    chains.get(&release).and_then(|levels| levels.get(&level)).copied().unwrap_or(usual)
}
