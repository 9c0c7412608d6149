//! What an agenda says on paper before the meeting: pure data, already worded, like [`crate::model`]. Nobody signs it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::document::PaperSize;
use crate::language::Language;
use crate::model::RiskLevel;

/// The agenda of a meeting that is to be held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingAgenda {
    /// The board's name.
    pub board: String,
    /// True while the board has a single keyholder.
    pub provisional: bool,
    /// The meeting's title.
    pub meeting: String,
    /// When it begins, with zone ("Wednesday 25 November 2026, 14:00 CET (Europe/Berlin)").
    pub begins: String,
    /// Place or call; empty where none was named.
    pub place: String,
    /// Who chairs it.
    pub chair: String,
    /// Who keeps the record beside the chair, if somebody does.
    pub secretary: Option<String>,
    /// Seats that have to be present, of how many, and the formula.
    pub quorum: QuorumNeeded,
    /// True once the chair has called to order: then it stands as it is.
    pub frozen: bool,
    /// The state it shows, with zone.
    pub as_of: String,
    /// When it was made; becomes the PDF's creation date. Claimed time.
    pub made_at: DateTime<Utc>,
    /// The language of the words around what members wrote.
    pub language: Language,
    /// The paper its pages are drawn for.
    pub paper: PaperSize,
    /// The policy's version ("starter 1").
    pub policy_version: String,
    /// SHA-256 of the policy's canonical JSON, hexadecimal.
    pub policy_digest: String,
    /// The roster's version.
    pub roster_version: String,
    /// What comes before the items, each in a sentence: what is contested, and what is overdue without a ticket.
    pub first: Vec<String>,
    /// The items in order.
    pub items: Vec<AgendaLine>,
}

/// How many seats have to be filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuorumNeeded {
    /// Seats that have to be present.
    pub required: u32,
    /// Filled voting seats.
    pub of: u32,
    /// The formula as the policy names it ("strict majority: floor(7/2)+1 = 4").
    pub formula: String,
    /// Members without whom there is no quorum.
    pub mandatory: Vec<String>,
}

/// An item of the agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgendaLine {
    /// Its number, from 1.
    pub number: u32,
    /// Ticket key ("CHG-17").
    pub key: String,
    /// Minutes planned.
    pub minutes: u32,
    /// What it says; `None` where the item is restricted.
    pub said: Option<AgendaSaid>,
}

/// What an item of the agenda says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgendaSaid {
    /// The ticket's title.
    pub title: String,
    /// Change kind ("normal change").
    pub kind: String,
    /// The release it belongs to, if to one.
    pub release: Option<String>,
    /// Implementation window in its own zone and in the reader's; empty: none is planned.
    pub window: Vec<String>,
    /// The level, where it is settled.
    pub level: Option<RiskLevel>,
    /// Who owns the plan and presents it; empty where the ticket names nobody.
    pub presents: String,
    /// Whose sign-off it needs, a line for each slot ("CTO: Rana Haddad").
    pub approvers: Vec<String>,
}
