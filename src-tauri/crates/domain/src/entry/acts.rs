//! The acts of a meeting, as its running record holds them.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::MemberId;
use crate::meeting::{AgendaItem, Decision, Position};

/// One act of the running record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// Whose act.
    pub actor: MemberId,
    /// When, as claimed.
    pub at: DateTime<Utc>,
    /// What.
    pub what: ActKind,
}

/// The acts of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ActKind {
    /// The actor came in.
    Arrived {
        /// The member for whom the actor sits as delegate, besides the own seat: by that member's own delegation, or
        /// it says nothing (R72).
        delegate_for: Option<MemberId>,
    },
    /// The actor left.
    Left {},
    /// The actor steps aside on an item.
    Recused {
        /// Item number.
        item: u32,
        /// Why, in words.
        reason: String,
    },
    /// "Anyone against?": never votes for (`meeting.md`, *Consent*).
    ConsentAsked {
        /// Item number.
        item: u32,
        /// Who was present and not recused.
        present: Vec<MemberId>,
        /// Who objected.
        objections: Vec<MemberId>,
    },
    /// The actor's spoken vote.
    Voted {
        /// Item number.
        item: u32,
        /// The vote.
        position: Position,
    },
    /// The chair's decision on an item.
    Decided {
        /// The decision with its basis.
        decision: Box<Decision>,
    },
    /// An action somebody takes away.
    ActionAssigned {
        /// What.
        action: String,
        /// Who.
        owner: MemberId,
        /// Until, `YYYY-MM-DD`; empty when open.
        due: String,
    },
    /// The chair takes a late item onto the frozen agenda.
    LateAdmitted {
        /// The item, numbered after the last.
        item: Box<AgendaItem>,
    },
    /// A remark for the minutes.
    Noted {
        /// Item number; `None` for the meeting as a whole.
        item: Option<u32>,
        /// The remark.
        text: String,
    },
}
