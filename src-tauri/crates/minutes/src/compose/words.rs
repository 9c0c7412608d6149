//! One word for each thing, with its shape.

use crate::document::{Mark, Span};
use crate::language::Language;
use crate::model::{Attestation, Basis, Decision, GateResult, Position, Presence, RiskLevel};

/// A digest in groups of eight, so that people can compare it and lines can break in it.
pub(super) fn grouped(digest: &str) -> String {
    let characters: Vec<char> = digest.chars().collect();
    characters.chunks(8).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

pub(crate) fn decision(language: Language, decision: Decision) -> Span {
    let word = match decision {
        Decision::Approved => language.approved(),
        Decision::ApprovedWithConditions => language.approved_with_conditions(),
        Decision::Rejected => language.rejected(),
        Decision::Deferred => language.deferred(),
        Decision::MoreInformation => language.more_information(),
        Decision::Withdrawn => language.withdrawn(),
        Decision::NoDecision => language.no_decision(),
    };
    Span::strong(word).with_mark(Mark::Decision(decision))
}

pub(crate) fn risk(language: Language, level: RiskLevel) -> Span {
    let word = match level {
        RiskLevel::Low => language.low(),
        RiskLevel::Medium => language.medium(),
        RiskLevel::High => language.high(),
        RiskLevel::Critical => language.critical(),
    };
    Span::strong(word).with_mark(Mark::Risk(level))
}

pub(super) fn gate(language: Language, result: GateResult) -> Span {
    let word = match result {
        GateResult::Passed => language.passed(),
        GateResult::Failed => language.failed(),
        GateResult::Waived => language.waived(),
        GateResult::Warned => language.warned(),
        GateResult::NotApplicable => language.not_applicable(),
        GateResult::NoEvidence => language.no_evidence(),
    };
    Span::strong(word).with_mark(Mark::Gate(result))
}

pub(super) fn position(language: Language, position: Position) -> Span {
    let word = match position {
        Position::Approve => language.approve(),
        Position::Reject => language.reject(),
        Position::Abstain => language.abstain(),
        Position::Recused => language.recused(),
        Position::NoObjection => language.no_objection(),
    };
    Span::strong(word).with_mark(Mark::Position(position))
}

pub(super) fn presence(language: Language, presence: Presence) -> Span {
    match presence {
        Presence::Present => Span::plain(language.present()),
        Presence::Absent => Span::strong(language.absent()),
        Presence::ByDelegate => Span::plain(language.by_delegate()),
        Presence::Guest => Span::plain(language.guest()),
    }
}

pub(super) const fn attestation(language: Language, attestation: Attestation) -> &'static str {
    match attestation {
        Attestation::Signed => language.signed(),
        Attestation::Confirmed => language.confirmed_later(),
        Attestation::Written => language.written(),
        Attestation::Witnessed => language.witnessed(),
        Attestation::Recorded => language.spoken(),
    }
}

pub(super) const fn basis(language: Language, basis: Basis) -> &'static str {
    match basis {
        Basis::Consent => language.consent(),
        Basis::CountedVote => language.counted_vote(),
        Basis::ChairsRuling => language.chairs_ruling(),
        Basis::CircularResolution => language.by_circulation(),
    }
}
