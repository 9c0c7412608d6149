//! Views: sign-offs in writing.
use serde::{Deserialize, Serialize};
use specta::Type;

#[allow(unused_imports)]
use super::*;

/// A comment on the ticket that says the line which was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WrittenOffer {
    /// The number the ticket shows at it.
    pub comment: u32,
    /// Who wrote it.
    pub member: MemberRef,
    pub at: String,
    /// The line.
    pub quote: String,
    pub verdict: domain::entry::Verdict,
    /// Why it cannot be recorded here; null: it can.
    pub refusal: Option<Refusal>,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WrittenView {
    /// Who would record it.
    pub recorder: MemberRef,
    /// Who can be asked.
    pub authorities: Vec<MemberRef>,
    /// What the line speaks for; empty where nobody was asked.
    pub facts: Vec<Fact>,
    pub offers: Vec<WrittenOffer>,
    /// Whether a sign-off in writing is enough at this risk.
    pub counts: bool,
    /// Why what was asked no longer speaks for the change; null: it does, or nobody was asked.
    pub refusal: Option<Refusal>,
}
