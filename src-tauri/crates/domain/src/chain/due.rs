//! How long somebody has been asked, and who is told when they do not answer (R63, R64).
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::calendar::{HoursError, WorkingHours};

/// How far an answer that does not come has been taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// Asked, and still in time.
    Asked,
    /// To be reminded.
    Remind,
    /// Their deputy is asked beside them.
    Deputy,
    /// The chair is told.
    Chair,
}

impl Rung {
    /// The words people read.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Remind => "remind",
            Self::Deputy => "ask the deputy",
            Self::Chair => "tell the chair",
        }
    }
}

/// After how many working hours what happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    /// Within how many an answer is expected; later is a breach.
    pub answer: u32,
    /// After how many whoever was asked is reminded.
    pub remind: u32,
    /// After how many the deputy is asked.
    pub deputy: u32,
    /// After how many the chair is told.
    pub chair: u32,
}

impl Default for Ladder {
    /// Two working days of eight hours; a reminder after one, the chair after three.
    fn default() -> Self {
        Self { answer: 16, remind: 8, deputy: 16, chair: 24 }
    }
}

/// A ladder that cannot be climbed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LadderFault {
    /// Nobody can answer in no time.
    #[error("answer is 0: nobody can answer in no time; give 1 at least")]
    NoTime,
    /// A rung before the one below it.
    #[error("the rungs are not in order; give remind ≤ deputy ≤ chair")]
    Order,
}

impl Ladder {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// [`LadderFault`].
    pub fn check(&self) -> Result<(), LadderFault> {
        if self.answer == 0 {
            Err(LadderFault::NoTime)
        } else if self.remind > self.deputy || self.deputy > self.chair {
            Err(LadderFault::Order)
        } else {
            Ok(())
        }
    }

    /// The rung after so many working minutes.
    #[must_use]
    pub fn rung(&self, minutes: i64) -> Rung {
        let over = |hours: u32| minutes >= i64::from(hours) * 60;
        if over(self.chair) {
            Rung::Chair
        } else if over(self.deputy) {
            Rung::Deputy
        } else if over(self.remind) {
            Rung::Remind
        } else {
            Rung::Asked
        }
    }
}

/// How a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// When it was asked.
    pub asked: DateTime<Utc>,
    /// Until when it was to be answered.
    pub until: DateTime<Utc>,
    /// Working minutes since it was asked.
    pub used: i64,
    /// Working minutes that are left; fewer than none once it is breached.
    pub left: i64,
    /// Whether the time is over.
    pub breached: bool,
    /// Where on the ladder it is.
    pub rung: Rung,
}

/// How a question that was asked then stands now.
///
/// # Errors
/// [`HoursError`] where the hours lead nowhere.
pub fn due(asked: DateTime<Utc>, now: DateTime<Utc>, hours: &WorkingHours, ladder: &Ladder) -> Result<Due, HoursError> {
    let allowed = ladder.answer.saturating_mul(60);
    let until = hours.add(asked, allowed)?;
    let used = hours.between(asked, now)?;
    let left = i64::from(allowed) - used;
    Ok(Due { asked, until, used, left, breached: now > until, rung: ladder.rung(used) })
}

/// When people were asked about a change, by the record: when its plan was first reviewed or an agenda with it was frozen,
/// whichever was first since it was last sent away (`ended`: a decision that does not approve). `None`: nobody was asked.
#[must_use]
pub fn asked_at(
    reviews: &[DateTime<Utc>],
    agendas: &[DateTime<Utc>],
    ended: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    reviews.iter().chain(agendas).copied().filter(|at| ended.is_none_or(|ended| *at > ended)).min()
}
