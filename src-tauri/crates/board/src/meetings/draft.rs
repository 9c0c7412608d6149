//! What is local to this device while a meeting is prepared or runs: never part of the record until
//! the chair moves on from an item.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::entry::{Act, ActKind};
use domain::ids::{ChangeKey, MeetingId, MemberId};
use serde::{Deserialize, Serialize};

/// An item before the agenda is frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftItem {
    /// The change.
    pub change: ChangeKey,
    /// Minutes planned.
    pub minutes: u32,
    /// Whether the circulated edition of the minutes withholds it.
    #[serde(default)]
    pub restricted: bool,
}

/// A meeting before it is called to order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingDraft {
    /// Identity, kept when it is called to order.
    pub id: MeetingId,
    /// Title.
    pub title: String,
    /// When it is to begin.
    pub starts_at: DateTime<Utc>,
    /// IANA zone.
    pub zone: String,
    /// Place or call.
    pub place: String,
    /// Who will chair.
    pub chair: MemberId,
    /// Who keeps the record beside the chair; the chair where nobody was named.
    #[serde(default)]
    pub secretary: Option<MemberId>,
    /// The rule the items were taken by, if any.
    pub rule: Option<String>,
    /// Items in order.
    pub items: Vec<DraftItem>,
    /// Last saved.
    pub saved_at: DateTime<Utc>,
}

/// A timer: soft, local, never recorded.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TimerDraft {
    /// When it was last started; `None` while paused.
    pub started_at: Option<DateTime<Utc>>,
    /// Seconds counted before.
    pub spent_seconds: u32,
    /// Minutes granted beyond the plan.
    pub added_minutes: u32,
}

/// A running meeting's unsaved part: survives a killed window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// The meeting.
    pub meeting: MeetingId,
    /// The item in front of the board.
    pub current: Option<u32>,
    /// Acts that become one entry when the chair moves on.
    pub acts: Vec<Act>,
    /// Remarks per item, not yet in the record.
    pub notes: BTreeMap<u32, String>,
    /// Timers per item.
    pub timers: BTreeMap<u32, TimerDraft>,
    /// Last saved.
    pub saved_at: DateTime<Utc>,
}

impl Running {
    /// A meeting that has just been called to order.
    #[must_use]
    pub fn new(meeting: MeetingId, now: DateTime<Utc>) -> Self {
        Self {
            meeting,
            current: None,
            acts: Vec::new(),
            notes: BTreeMap::new(),
            timers: BTreeMap::new(),
            saved_at: now,
        }
    }

    /// Takes back acts that are not in the record yet; says whether there were any.
    pub fn take_back(&mut self, which: impl Fn(&Act) -> bool) -> bool {
        let before = self.acts.len();
        self.acts.retain(|a| !which(a));
        before != self.acts.len()
    }

    /// Puts an act in the place of an earlier one about the same thing.
    pub fn put(&mut self, act: Act, same: impl Fn(&Act) -> bool) {
        self.acts.retain(|a| !same(a));
        self.acts.push(act);
    }
}

/// Whether the act is `who`'s vote on `item`.
#[must_use]
pub fn is_vote(act: &Act, who: MemberId, item: u32) -> bool {
    act.actor == who && matches!(&act.what, ActKind::Voted { item: i, .. } if *i == item)
}

/// Whether the act is `who`'s recusal on `item`.
#[must_use]
pub fn is_recusal(act: &Act, who: MemberId, item: u32) -> bool {
    act.actor == who && matches!(&act.what, ActKind::Recused { item: i, .. } if *i == item)
}

/// Whether the act is the decision on `item`.
#[must_use]
pub fn is_decision(act: &Act, item: u32) -> bool {
    matches!(&act.what, ActKind::Decided { decision } if decision.item == item)
}
