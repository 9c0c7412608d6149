//! What a review pack says on paper: pure data, already worded, like [`crate::model`].

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::document::PaperSize;
use crate::language::Language;
use crate::model::{Condition, Gate, RiskLevel};

/// A review pack for a tablet. Its first page is the pack's own cover: as of, good until, what is left out, for whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The board's name.
    pub board: String,
    /// True while the board has a single keyholder.
    pub provisional: bool,
    /// For whom it is, with seat ("Amara Okafor, CTO").
    pub to: String,
    /// Who made it.
    pub from: String,
    /// The state it shows, with zone.
    pub as_of: String,
    /// Until when its maker thinks it worth acting on; `None`: no end was set.
    pub good_until: Option<String>,
    /// When it was made; becomes the PDF's creation date. Claimed time.
    pub made_at: DateTime<Utc>,
    /// The language of the words around what members wrote.
    #[serde(default)]
    pub language: Language,
    /// The paper its pages are drawn for.
    #[serde(default)]
    pub paper: PaperSize,
    /// What belongs to it and is not in it, each with the reason.
    pub left_out: Vec<String>,
    /// The policy's version ("starter 1").
    pub policy_version: String,
    /// SHA-256 of the policy's canonical JSON, hexadecimal.
    pub policy_digest: String,
    /// The roster's version.
    pub roster_version: String,
    /// SHA-256 of the roster root, hexadecimal.
    pub roster_root: String,
    /// The changes to be reviewed.
    pub changes: Vec<ReviewChange>,
}

/// One change as it is to be reviewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewChange {
    /// Ticket key ("CHG-17").
    pub key: String,
    /// The ticket's title.
    pub title: String,
    /// Where it stands with the board ("Awaiting sign-off").
    pub standing: String,
    /// Its facts, label and value: kind, status, window, people, what R36 to R41 ask for.
    pub facts: Vec<(String, String)>,
    /// The description, piece by piece.
    pub description: Vec<ReviewText>,
    /// The score with its arithmetic.
    pub score: ReviewScore,
    /// Gates that do not pass. Passed ones are counted, not listed.
    pub gates: Vec<Gate>,
    /// How many gates passed.
    pub gates_passed: u32,
    /// Conditions of the decision in force.
    pub conditions: Vec<Condition>,
    /// Since when differences are shown, in words; `None`: there was no earlier look.
    pub since: Option<String>,
    /// What differs since.
    pub differences: Vec<ReviewDifference>,
    /// What members asked and remarked.
    pub remarks: Vec<ReviewRemark>,
    /// The plan, section by section.
    pub plan: Vec<ReviewSection>,
    /// Attachments: name, size, and whether the pack has them.
    pub attachments: Vec<(String, String)>,
}

/// A score with its arithmetic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewScore {
    /// The level, where it is settled.
    pub level: Option<RiskLevel>,
    /// In words ("31 of 100 points, Medium" or "8 to 71 points, 6 open").
    pub summary: String,
    /// Model id and version ("points-100 1").
    pub model: String,
    /// How much of it is synced or attested, in words.
    pub confidence: String,
    /// Floors that lift the level, with clause.
    pub floors: Vec<String>,
    /// Question by question.
    pub steps: Vec<ReviewStep>,
}

/// One question's part in a score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewStep {
    /// `I1 most critical affected service`.
    pub question: String,
    /// The answer, or that it is open and counted at its worst.
    pub answer: String,
    /// Where the answer is from: synced, attested, assumed.
    pub provenance: String,
    /// Points given, of how many.
    pub points: String,
    /// Sum up to and including this question.
    pub sum: u32,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewDifference {
    /// Which field.
    pub field: String,
    /// As it was.
    pub before: String,
    /// As it is.
    pub now: String,
}

/// What a member asked or remarked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewRemark {
    /// Who.
    pub who: String,
    /// On which part ("Plan, 7. Backout").
    pub about: String,
    /// The words.
    pub text: String,
}

/// A section of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewSection {
    /// `7. Backout`.
    pub title: String,
    /// Its clause ("R21").
    pub clause: String,
    /// Its text, piece by piece; empty: nothing is written.
    pub text: Vec<ReviewText>,
}

/// A piece of what somebody wrote in the ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewText {
    /// Running text.
    Paragraph(String),
    /// Rows of cells.
    Table(ReviewTable),
}

/// A table as somebody wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewTable {
    /// The head's cells; empty: it has none.
    pub header: Vec<String>,
    /// Rows of cells; they need not be equally long.
    pub rows: Vec<Vec<String>>,
}
