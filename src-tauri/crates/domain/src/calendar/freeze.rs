//! Freezes: times in which nothing, or only what is excepted, goes into an environment (R58, R77).
use chrono::{DateTime, NaiveDateTime, Timelike as _, Utc};
use serde::{Deserialize, Serialize};

use super::local::{LocalError, Twice, reckoned, zone_named};
use crate::change::Window;
use crate::ids::{ChangeKey, MemberId};
use crate::policy::matches;

/// Whether a freeze blocks or warns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hardness {
    /// Nothing without an exception.
    Hard,
    /// Said, and no more.
    Soft,
}

impl Hardness {
    /// The word people read.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Soft => "soft",
        }
    }
}

/// What a freeze is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Environments by name: `*` any run, `?` one character, case ignored.
    pub environment: String,
    /// Services by name, case ignored; none: every service.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
}

impl Scope {
    /// Whether it concerns a change of this service in this environment. What the change does not say could be what is
    /// frozen: silence is no way around a freeze.
    #[must_use]
    pub fn concerns(&self, environment: &str, service: &str) -> bool {
        let (environment, service) = (environment.trim(), service.trim().to_lowercase());
        let here = environment.is_empty() || matches(&self.environment, environment);
        let this = service.is_empty() || self.services.is_empty();
        here && (this || self.services.iter().any(|s| s.trim().to_lowercase() == service))
    }
}

/// A freeze, as the policy has it. Start and end are local times of its zone, since that is how people agree on them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// Stable id, which exceptions name: `year-end-2026`.
    pub id: String,
    /// The name people read.
    pub name: String,
    /// Whether it blocks.
    pub hardness: Hardness,
    /// What it is about.
    pub scope: Scope,
    /// First local minute.
    pub start: NaiveDateTime,
    /// The local minute in which it is over.
    pub end: NaiveDateTime,
    /// IANA zone.
    pub zone: String,
    /// Why; people who are kept waiting read it.
    pub reason: String,
}

/// What an authority allowed in spite of a freeze.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The freeze's id.
    pub freeze: String,
    /// The one change it is for.
    pub change: ChangeKey,
    /// Who allowed it.
    pub who: MemberId,
    /// Why.
    pub reason: String,
    /// Until when; a window that ends later is not covered.
    pub expires: DateTime<Utc>,
}

/// Why a freeze cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FreezeError {
    /// A field must say something.
    #[error("its {field} is empty")]
    Empty {
        /// Which.
        field: &'static str,
    },
    /// Nothing lies between the two.
    #[error("it is over before it begins")]
    Order,
    /// Freezes are agreed to the minute.
    #[error("its {field} is not a whole minute")]
    Minute {
        /// Which.
        field: &'static str,
    },
    /// Its zone or its times.
    #[error(transparent)]
    Local(#[from] LocalError),
}

impl Freeze {
    /// First instant and the instant in which it is over. Where its clocks go back in that hour, it lasts for both.
    ///
    /// # Errors
    /// [`LocalError`] of its zone.
    pub fn instants(&self) -> Result<(DateTime<Utc>, DateTime<Utc>), LocalError> {
        let zone = zone_named(&self.zone)?;
        let start = reckoned(self.start, zone, Twice::Earlier)?;
        let end = reckoned(self.end, zone, Twice::Later)?;
        Ok((start.at, end.at))
    }

    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// The first thing that cannot be followed.
    pub fn check(&self) -> Result<(), FreezeError> {
        let texts = [("id", &self.id), ("name", &self.name), ("environment", &self.scope.environment)];
        for (field, text) in texts.into_iter().chain([("reason", &self.reason)]) {
            if text.trim().is_empty() {
                return Err(FreezeError::Empty { field });
            }
        }
        if self.scope.services.iter().any(|s| s.trim().is_empty()) {
            return Err(FreezeError::Empty { field: "service" });
        }
        for (field, time) in [("start", self.start), ("end", self.end)] {
            if time.second() != 0 || time.nanosecond() != 0 {
                return Err(FreezeError::Minute { field });
            }
        }
        let (start, end) = self.instants()?;
        if start < end { Ok(()) } else { Err(FreezeError::Order) }
    }
}

/// A freeze that a window touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreezeHit<'f> {
    /// The freeze.
    pub freeze: &'f Freeze,
    /// Its first instant.
    pub start: DateTime<Utc>,
    /// The instant in which it is over.
    pub end: DateTime<Utc>,
    /// Whether the whole window lies in it, or only a part.
    pub whole: bool,
    /// The exception that covers the change.
    pub exception: Option<&'f Exception>,
}

impl FreezeHit<'_> {
    /// Whether it keeps the change from going ahead.
    #[must_use]
    pub fn blocks(&self) -> bool {
        self.freeze.hardness == Hardness::Hard && self.exception.is_none()
    }
}

/// The freezes that a window touches, the earliest first. A freeze whose zone nobody knows touches nothing: no policy with
/// one is adopted.
#[must_use]
pub fn hits<'f>(
    freezes: &'f [Freeze],
    exceptions: &'f [Exception],
    change: Option<&ChangeKey>,
    place: (&str, &str),
    window: &Window,
) -> Vec<FreezeHit<'f>> {
    let (environment, service) = place;
    let mut hits: Vec<FreezeHit<'f>> = freezes
        .iter()
        .filter(|freeze| freeze.scope.concerns(environment, service))
        .filter_map(|freeze| {
            let (start, end) = freeze.instants().ok()?;
            let touched = window.start < end && start < window.end;
            let covers = |e: &&Exception| e.freeze == freeze.id && Some(&e.change) == change && window.end <= e.expires;
            touched.then(|| FreezeHit {
                freeze,
                start,
                end,
                whole: start <= window.start && window.end <= end,
                exception: exceptions.iter().find(covers),
            })
        })
        .collect();
    hits.sort_by(|a, b| (a.start, &a.freeze.id).cmp(&(b.start, &b.freeze.id)));
    hits
}
