//! Where a synchronisation stands: the high-water mark of rows *committed*, never our clock.
use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

/// The newest committed row. Saved in the same transaction as the page it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// "Updated" of the row, as the remote says.
    pub updated: DateTime<Utc>,
    /// Its remote id.
    pub remote_id: String,
    /// Changes whose details were read while the second of their last edit may not have been over, and when: a
    /// further comment in that second would move nothing in the list. They are read once more.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unsettled: BTreeMap<String, DateTime<Utc>>,
}

impl Cursor {
    /// Whether a row lies beyond the mark.
    #[must_use]
    pub fn is_before(&self, updated: DateTime<Utc>, remote_id: &str) -> bool {
        (self.updated, numeric(&self.remote_id), self.remote_id.as_str()) < (updated, numeric(remote_id), remote_id)
    }

    /// Where the next run begins: the mark less an overlap, so that a row which reached the mark's
    /// own second after we had read it is found. There is never an upper bound.
    #[must_use]
    pub fn lower_bound(&self, overlap: Duration) -> DateTime<Utc> {
        self.updated.checked_sub_signed(overlap).unwrap_or(self.updated)
    }
}

/// Ids that are numbers sort as numbers.
fn numeric(id: &str) -> u64 {
    id.parse().unwrap_or(u64::MAX)
}

/// Where to read the list next. The engine hands it back to the adapter unseen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Position {
    /// Rows updated at or after the bound (all rows: `None`), oldest first.
    From {
        /// Inclusive.
        bound: Option<DateTime<Utc>>,
    },
    /// Rows of one second that fills a whole page (a bulk edit), by id. Rows can leave a past
    /// second but never enter it, so this loses none.
    Second {
        /// The second.
        at: DateTime<Utc>,
        /// Ids greater than this.
        after: u32,
    },
    /// Every row by id, for the census.
    Census {
        /// Ids greater than this.
        after: u32,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_are_numbers_are_compared_as_numbers() {
        let at = DateTime::UNIX_EPOCH;
        let mark = Cursor { updated: at, remote_id: "9".into(), unsettled: BTreeMap::new() };
        assert!(mark.is_before(at, "10"));
        assert!(!mark.is_before(at, "9"));
        assert!(mark.is_before(at + Duration::seconds(1), "1"));
        assert_eq!(mark.lower_bound(Duration::seconds(1)), at - Duration::seconds(1));
    }
}
