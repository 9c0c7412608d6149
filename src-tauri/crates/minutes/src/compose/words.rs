//! One word for each thing, with its shape.

use crate::document::{Mark, Span};
use crate::model::{Attestation, Basis, Decision, GateResult, Position, Presence, RiskLevel};

/// A digest in groups of eight, so that people can compare it and lines can break in it.
pub(super) fn grouped(digest: &str) -> String {
    let characters: Vec<char> = digest.chars().collect();
    characters.chunks(8).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

pub(super) fn decision(decision: Decision) -> Span {
    let word = match decision {
        Decision::Approved => "Approved",
        Decision::ApprovedWithConditions => "Approved with conditions",
        Decision::Rejected => "Rejected",
        Decision::Deferred => "Deferred",
        Decision::MoreInformation => "More information",
        Decision::Withdrawn => "Withdrawn",
        Decision::NoDecision => "No decision",
    };
    Span::strong(word).with_mark(Mark::Decision(decision))
}

pub(super) fn risk(level: RiskLevel) -> Span {
    let word = match level {
        RiskLevel::Low => "Low",
        RiskLevel::Medium => "Medium",
        RiskLevel::High => "High",
        RiskLevel::Critical => "Critical",
    };
    Span::strong(word).with_mark(Mark::Risk(level))
}

pub(super) fn gate(result: GateResult) -> Span {
    let word = match result {
        GateResult::Passed => "Passed",
        GateResult::Failed => "Failed",
        GateResult::Waived => "Waived",
        GateResult::Warned => "Warned",
        GateResult::NotApplicable => "Not applicable",
        GateResult::NoEvidence => "No evidence",
    };
    Span::strong(word).with_mark(Mark::Gate(result))
}

pub(super) fn position(position: Position) -> Span {
    let word = match position {
        Position::Approve => "Approve",
        Position::Reject => "Reject",
        Position::Abstain => "Abstain",
        Position::Recused => "Recused",
        Position::NoObjection => "No objection",
    };
    Span::strong(word).with_mark(Mark::Position(position))
}

pub(super) fn presence(presence: Presence) -> Span {
    match presence {
        Presence::Present => Span::plain("Present"),
        Presence::Absent => Span::strong("Absent"),
        Presence::ByDelegate => Span::plain("By delegate"),
        Presence::Guest => Span::plain("Guest, no vote"),
    }
}

pub(super) const fn attestation(attestation: Attestation) -> &'static str {
    match attestation {
        Attestation::Signed => "signed",
        Attestation::Confirmed => "confirmed",
        Attestation::Written => "written",
        Attestation::Witnessed => "witnessed",
        Attestation::Recorded => "recorded",
    }
}

pub(super) const fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Consent => "Consent.",
        Basis::CountedVote => "Counted vote.",
        Basis::ChairsRuling => "Chair's ruling.",
        Basis::CircularResolution => "Circular resolution.",
    }
}
