//! Freezes: times in which nothing, or only what is excepted, goes into an environment (R58, R77).
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Timelike as _, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::hours::Between;
use super::local::{LocalError, Twice, reckoned, zone_named};
use super::repeat::{Rule, RuleError};
use crate::change::Window;
use crate::ids::{ChangeKey, MemberId};
use crate::policy::matches;

/// Days that are looked at for a freeze that repeats: ten years, and whatever lies further is not asked about.
const FURTHEST: usize = 3_660;
/// Times of one freeze at most: every day of a calendar of a year.
const MOST_TIMES: usize = 400;
/// How long a freeze that repeats may last, in days: a quarter.
const LONGEST: i64 = 92;

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
    /// The [`Rule`] by which it comes again, from its own start on: `FREQ=YEARLY`; blank: it comes once.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub repeats: String,
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
    /// Its rule.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// The rule leaves out the day that the freeze itself names.
    #[error("it does not name the freeze's own first day, {first}; move the start, or mend the rule")]
    First {
        /// The local day on which it starts.
        first: NaiveDate,
    },
    /// Longer than what repeats may last.
    #[error("a freeze that repeats lasts 92 days at most; shorten it")]
    Long,
}

impl Freeze {
    /// The rule by which it repeats; `None` where it comes once.
    ///
    /// # Errors
    /// [`RuleError`].
    pub fn rule(&self) -> Result<Option<Rule>, RuleError> {
        if self.repeats.is_empty() { Ok(None) } else { Rule::read(&self.repeats).map(Some) }
    }

    /// When it is in force within a span, the earliest first: once, or as often as its rule says. Of a span of more than ten
    /// years, the first ten are looked at.
    ///
    /// # Errors
    /// [`FreezeError`] of its zone and its rule.
    pub fn within(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<Vec<Between>, FreezeError> {
        self.times((from, until), MOST_TIMES)
    }

    /// When it is in force now, or the next time: one that comes once, its time, whenever that is; `None` where its rule is over.
    ///
    /// # Errors
    /// [`FreezeError`] of its zone and its rule.
    pub fn comes_next(&self, now: DateTime<Utc>) -> Result<Option<Between>, FreezeError> {
        let own = self.instants()?;
        if self.repeats.is_empty() {
            return Ok(Some(own));
        }
        // What lies wholly ahead is found from its own first day on.
        let now = now.max(own.0);
        let far = now.checked_add_signed(TimeDelta::days(FURTHEST as i64)).unwrap_or(DateTime::<Utc>::MAX_UTC);
        Ok(self.times((now, far), 1)?.first().copied())
    }

    fn times(&self, (from, until): Between, most: usize) -> Result<Vec<Between>, FreezeError> {
        let touches = |(start, end): &Between| *start < until && from < *end;
        let Some(rule) = self.rule()? else {
            return Ok(std::iter::once(self.instants()?).filter(touches).collect());
        };
        let (zone, own) = (zone_named(&self.zone)?, self.start.date());
        let date = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
        // One that began before may run into the span, a part of a day counts as one, and clocks that jump move a time by a
        // day at most.
        let early = self.end.signed_duration_since(self.start) + TimeDelta::days(2);
        let first = date(from).checked_sub_signed(early).map_or(own, |early| early.max(own));
        let last = date(until).succ_opt().unwrap_or(NaiveDate::MAX);
        let dates = first.iter_days().take_while(|date| *date <= last).take(FURTHEST);
        let times = dates.filter(|date| rule.names(*date, own)).filter_map(|date| self.on(date, zone).ok());
        Ok(times.filter(touches).take(most).collect())
    }

    /// First and last instant of the time that begins on a local date.
    fn on(&self, date: NaiveDate, zone: Tz) -> Result<Between, LocalError> {
        let start = date.and_time(self.start.time());
        let end = start.checked_add_signed(self.end.signed_duration_since(self.start));
        let end = end.ok_or(LocalError::Range { local: start, zone })?;
        Ok((reckoned(start, zone, Twice::Earlier)?.at, reckoned(end, zone, Twice::Later)?.at))
    }

    /// First instant and the instant in which it is over, the first time. Where its clocks go back in that hour, it lasts for both.
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
        if start >= end {
            return Err(FreezeError::Order);
        }
        let Some(rule) = self.rule()? else { return Ok(()) };
        if self.end.signed_duration_since(self.start) > TimeDelta::days(LONGEST) {
            return Err(FreezeError::Long);
        }
        let first = self.start.date();
        if rule.names(first, first) { Ok(()) } else { Err(FreezeError::First { first }) }
    }
}

/// A freeze that a window touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreezeHit<'f> {
    /// The freeze.
    pub freeze: &'f Freeze,
    /// Its first instant, of a freeze that repeats that of this time.
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

/// The freezes that a window touches, the earliest first, each as often as it does. A freeze whose zone or rule nobody can
/// follow touches nothing: no policy with one is adopted.
#[must_use]
pub fn hits<'f>(
    freezes: &'f [Freeze],
    exceptions: &'f [Exception],
    change: Option<&ChangeKey>,
    place: (&str, &str),
    window: &Window,
) -> Vec<FreezeHit<'f>> {
    let (environment, service) = place;
    let mut hits: Vec<FreezeHit<'f>> = Vec::new();
    for freeze in freezes.iter().filter(|freeze| freeze.scope.concerns(environment, service)) {
        let covers = |e: &&Exception| e.freeze == freeze.id && Some(&e.change) == change && window.end <= e.expires;
        let exception = exceptions.iter().find(covers);
        let times = freeze.within(window.start, window.end).unwrap_or_default();
        hits.extend(times.into_iter().map(|(start, end)| FreezeHit {
            freeze,
            start,
            end,
            whole: start <= window.start && window.end <= end,
            exception,
        }));
    }
    hits.sort_by(|a, b| (a.start, &a.freeze.id).cmp(&(b.start, &b.freeze.id)));
    hits
}
