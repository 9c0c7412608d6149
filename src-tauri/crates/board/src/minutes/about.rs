//! What a sealed document is, told from the evidence inside it and from nothing else.
use chrono::{DateTime, Utc};
use domain::ledger::Ledger;
use record::bundle::Bundle;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Which of the documents that are sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// Of a whole meeting.
    Minutes,
    /// Of the decision on one change.
    Extract,
    /// Of what members said after the minutes were sealed.
    Annex,
    /// Of a whole meeting but for its restricted items.
    Circulated,
    /// Of what is wrong in the sealed minutes.
    Erratum,
    /// Of an approved change, by a release manager: its plan, and what the gate of the pipeline judges.
    Plan,
}

/// What a sealed document is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct About {
    /// Which document.
    pub document: DocumentKind,
    /// The board's id, by its roster.
    pub board_id: String,
    /// The meeting's title; blank of a plan on which no meeting decided.
    pub meeting: String,
    /// When the meeting was called to order, as claimed; of a plan on which none decided, when it was handed out.
    pub called: DateTime<Utc>,
    /// IANA zone of the meeting.
    pub zone: String,
    /// Of an extract or a plan, its change.
    pub change: Option<String>,
}

impl About {
    /// `None` where the evidence holds no meeting that was called to order.
    pub(super) fn of(bundle: &Bundle, board_id: String, ledger: &Ledger, document: DocumentKind) -> Option<Self> {
        let agenda = &ledger.meetings.get(&bundle.scope.meeting?)?.agenda;
        Some(Self {
            document,
            board_id,
            meeting: agenda.title.clone(),
            called: agenda.called,
            zone: agenda.zone.clone(),
            change: bundle.scope.change.as_ref().map(ToString::to_string),
        })
    }
}
