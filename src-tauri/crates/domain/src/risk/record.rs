//! How a team's or a service's changes went: counted, bounded, and never a raw percentage of three.
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

/// How far back a record reaches.
pub const RECORD_DAYS: i64 = 90;

/// From how many changes on the raw rate is taken for E4.
pub const RECORD_LEAST: u32 = 20;

/// The square of the 97.5 % quantile of the normal distribution, 1.959964², in millionths.
const Z_SQUARED: u128 = 3_841_459;

/// How a change went. Whether it did is not in a ticket's status as Cabinet maps it ("closed" is also what was rejected or
/// cancelled): it is given by whoever asks, from a source that tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The service or the team it belongs to.
    pub of: String,
    /// When it ended.
    pub ended: DateTime<Utc>,
    /// Whether it went well; `None` where nobody says, which counts neither way.
    pub went_well: Option<bool>,
}

/// The record of a team or a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TeamRecord {
    went_well: u32,
    n: u32,
}

impl TeamRecord {
    /// Of `n` changes with a known outcome so many went well; `None` for more than there were.
    #[must_use]
    pub fn new(went_well: u32, n: u32) -> Option<Self> {
        (went_well <= n).then_some(Self { went_well, n })
    }

    /// The record of one team or service in the 90 days before `now`, that day included and the future left out.
    #[must_use]
    pub fn of<'o>(name: &str, outcomes: impl IntoIterator<Item = &'o Outcome>, now: DateTime<Utc>) -> Self {
        let since = now - Duration::days(RECORD_DAYS);
        let mut record = Self { went_well: 0, n: 0 };
        for outcome in outcomes {
            if outcome.of != name || outcome.ended < since || outcome.ended > now {
                continue;
            }
            if let Some(well) = outcome.went_well {
                record.n = record.n.saturating_add(1);
                record.went_well = record.went_well.saturating_add(u32::from(well)).min(record.n);
            }
        }
        record
    }

    /// How many went well.
    #[must_use]
    pub fn went_well(self) -> u32 {
        self.went_well
    }

    /// Of how many.
    #[must_use]
    pub fn n(self) -> u32 {
        self.n
    }

    /// The lower end of Wilson's 95 % interval in per mille, rounded down; `None` of nothing.
    ///
    /// It is the largest `m` whose rate `m/1000` is not above the observed one and lies within z standard errors *of its
    /// own* from it: (k/n − m/1000)² ≥ z² · m/1000 · (1 − m/1000) / n. Multiplied out there is no root and no fraction.
    #[must_use]
    pub fn bound_per_mille(self) -> Option<u32> {
        if self.n == 0 {
            return None;
        }
        let (k, n) = (u128::from(self.went_well), u128::from(self.n));
        let outside = |m: u32| {
            let m = u128::from(m);
            // In thousandths of a change; all of it stays far inside 128 bits.
            let Some(away) = (1_000 * k).checked_sub(m * n) else { return false };
            away * away * 1_000_000 >= Z_SQUARED * m * (1_000 - m) * n
        };
        // It holds up to the bound, and not again below the observed rate; the bound is never all of them.
        (0..1_000).take_while(|m| outside(*m)).last()
    }

    /// The answer to E4 that follows: by the raw rate from 20 changes on, else unknown.
    #[must_use]
    pub fn answer(self) -> &'static str {
        let (k, n) = (u64::from(self.went_well) * 100, u64::from(self.n));
        if self.n < RECORD_LEAST {
            "fair_or_unknown"
        } else if k >= 95 * n {
            "good"
        } else if k >= 85 * n {
            "fair_or_unknown"
        } else {
            "poor"
        }
    }

    /// The words people read: always with n.
    #[must_use]
    pub fn words(self) -> String {
        let Some(bound) = self.bound_per_mille() else {
            return "no change with a known outcome in 90 days (n = 0)".to_owned();
        };
        // To the nearest hundredth.
        let hundredths = (bound + 5) / 10;
        let few = if self.n < RECORD_LEAST { "; too few to tell" } else { "" };
        format!(
            "{} of {} went well in 90 days (n = {}): with 95 % confidence at least {}.{:02}{few}",
            self.went_well,
            self.n,
            self.n,
            hundredths / 100,
            hundredths % 100
        )
    }
}
