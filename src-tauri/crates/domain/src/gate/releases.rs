//! R13: the last known good version, and the job that restores it.
use super::at_hand::{AtHand, attest};
use super::{Gate, GateOutcome, Look};
use crate::attested::Question;

pub(super) fn last_known_good(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let look = Look::at(gate, hand.shown(Question::LastKnownGood));
    let Some(attested) = hand.answer(Question::LastKnownGood) else {
        let why = "nobody names the last known good version and the job that restores it";
        return look.no_evidence(hand.policy, why, attest(Question::LastKnownGood));
    };
    // A change that restores what it replaces has nothing to go back to.
    let (value, version) = (attested.answer.value.trim(), hand.change.version.trim());
    if !version.is_empty() && value.split_whitespace().next() == Some(version) {
        return look.broken(
            hand.policy,
            "it names the very version that is to be deployed",
            "name the version that runs now, and the job that restores it",
        );
    }
    if attested.answer.evidence.is_none() {
        return look.no_evidence(
            hand.policy,
            "no evidence shows that the job works",
            "attest it again with the log of a restore as evidence: `--evidence FILE`",
        );
    }
    look.passed("version and job are named, with evidence")
}
