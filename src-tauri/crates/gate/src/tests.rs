//! The gate on real signed entries.
mod circulars;
mod departments;
mod disposed;
mod leads;
mod overrides;
mod own_code;
mod refusals;
mod rulings;
mod sections;
mod shifts;
mod standing;
mod told;
mod written;

use chrono::{DateTime, Utc};

use crate::testing::{Story, at};
use crate::{Asked, Reason, Verdict, check};

/// What is put before the gate.
struct Case {
    approval: Vec<u8>,
    fresh: Option<Vec<u8>>,
    asked: Asked,
    now: DateTime<Utc>,
}

impl Case {
    /// The story's approval, asked for as it was approved.
    fn of(story: &Story) -> Self {
        Self { approval: story.file(), fresh: None, asked: story.asked(), now: at(20, 30) }
    }

    /// The same files and question again.
    fn of_file(other: &Self) -> Self {
        Self {
            approval: other.approval.clone(),
            fresh: other.fresh.clone(),
            asked: other.asked.clone(),
            now: other.now,
        }
    }

    /// With a newer file.
    fn fresh(mut self, story: &Story) -> Self {
        self.fresh = Some(story.file());
        self
    }

    fn judge(&self) -> Verdict {
        check(&self.approval, self.fresh.as_deref(), &self.asked, self.now)
    }

    fn codes(&self) -> Vec<Reason> {
        self.judge().codes()
    }
}
