//! Failed PINs: counted, delayed and logged.
//!
//! The count lives in the vault beside the key, not in the data folder: putting back an older copy of
//! the folder must not give more guesses. It is written *before* a PIN is tried, so that ending the
//! program in between does not save the attempt. Whoever can write the vault can also reset the
//! count; against that stands the cost of deriving the key, not the delay.
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Failures in a row that cost nothing: people mistype.
pub const FREE: u32 = 2;
/// The first delay, in seconds; each further failure triples it.
pub const FIRST_DELAY: u32 = 5;
/// The greatest delay, in seconds.
pub const GREATEST_DELAY: u32 = 900;

/// How long to wait after so many failures in a row, in seconds.
#[must_use]
pub fn delay_after(failed: u32) -> u32 {
    match failed.checked_sub(FREE + 1) {
        None => 0,
        Some(further) => 3u32.saturating_pow(further).saturating_mul(FIRST_DELAY).min(GREATEST_DELAY),
    }
}

/// The count as kept in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attempts {
    pub(crate) v: u32,
    pub(crate) failed: u32,
    pub(crate) last: Option<DateTime<Utc>>,
}

impl Attempts {
    /// From when the next attempt may be made; `None` where it may be made now.
    pub(crate) fn delayed_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let delay = TimeDelta::seconds(i64::from(delay_after(self.failed)));
        // Counted from now where the clock was set back, so that nobody waits for years.
        let from = self.last?.min(now);
        let until = from + delay;
        (until > now).then_some(until)
    }

    pub(crate) fn one_more(&self, now: DateTime<Utc>) -> Self {
        Self { v: 1, failed: self.failed.saturating_add(1), last: Some(now) }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        Utc.timestamp_opt(1_800_000_000 + second, 0).single().expect("valid")
    }

    #[test]
    fn the_delay_grows_from_the_third_failure_to_a_quarter_of_an_hour() {
        let delays: Vec<u32> = (0..10).map(delay_after).collect();
        assert_eq!(delays, [0, 0, 0, 5, 15, 45, 135, 405, 900, 900]);
        assert_eq!(delay_after(u32::MAX), GREATEST_DELAY);
    }

    #[test]
    fn a_clock_set_back_neither_skips_nor_stretches_the_delay() {
        let attempts = Attempts { v: 1, failed: 3, last: Some(at(100)) };
        assert_eq!(attempts.delayed_until(at(101)), Some(at(105)));
        assert_eq!(attempts.delayed_until(at(105)), None);
        assert_eq!(attempts.delayed_until(at(-1_000_000)), Some(at(-1_000_000 + 5)));
    }
}
