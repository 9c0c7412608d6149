//! Views: what goes back to requesters.
use domain::change::TextFormat;
use serde::{Deserialize, Serialize};
use specta::Type;

/// A view: the templates in one markup, to be pasted on a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Templates {
    pub format: TextFormat,
    /// The thirteen sections of a plan.
    pub plan: String,
    /// The risk answers.
    pub answers: String,
}

/// A view: what returning a change writes on its ticket, or why nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReturnRow {
    pub change: String,
    pub title: String,
    /// Who is asked.
    pub to: Option<String>,
    /// The comment, in the ticket's markup; null where nothing is asked.
    pub text: Option<String>,
    /// How many things are missing.
    pub missing: u32,
    /// Why nothing is asked, in words.
    pub none: Option<String>,
}
