//! Views: first run.
use serde::{Deserialize, Serialize};
use specta::Type;

#[allow(unused_imports)]
use super::*;

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EnrolmentTerms {
    /// The sentence the member accepts: that using the PIN equals a handwritten signature.
    pub sentence: String,
    pub pin_rule: String,
    pub least_pin_length: u32,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MemberDraft {
    pub name: String,
    pub roles: Vec<domain::roster::Role>,
    pub seat: String,
    pub voting: bool,
    pub mandatory: bool,
    /// Login in the ticketing system: a signer without one is refused (R89).
    pub account: Option<String>,
}

/// A view.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CreateBoardRequest {
    pub board_name: String,
    /// The person at this device: becomes the chair and first root holder.
    pub chair: MemberDraft,
    pub others: Vec<MemberDraft>,
    pub pin: String,
    /// The sentence of `EnrolmentTerms`, as accepted.
    pub accepted_sentence: String,
    /// Every signature takes the PIN (21 CFR 11.200).
    pub part_11: bool,
    /// Entries are sealed to the members before they go to a relay.
    pub sealed_relays: bool,
}

/// Hand-written: a request may be printed in a log, and the PIN must not be.
impl std::fmt::Debug for CreateBoardRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreateBoardRequest")
            .field("board_name", &self.board_name)
            .field("chair", &self.chair)
            .field("others", &self.others)
            .field("accepted_sentence", &self.accepted_sentence)
            .field("part_11", &self.part_11)
            .field("sealed_relays", &self.sealed_relays)
            .finish_non_exhaustive()
    }
}
