//! R43, R44 and R62: how the code came to the main branch.
use super::at_hand::{AtHand, yes};
use super::{Gate, GateOutcome, Look};
use crate::attested::Question;
use crate::ids::MemberId;

/// R43: the main branch is protected, with evidence.
pub(super) fn main_protected(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let look = Look::at(gate, hand.shown(Question::MainProtected));
    let shown = hand.answer(Question::MainProtected).filter(|attested| attested.answer.yes() == Some(true));
    if shown.is_some_and(|attested| attested.answer.evidence.is_none()) {
        return look.no_evidence(
            hand.policy,
            "it is attested, and no evidence shows it",
            "attest it again with the branch's rules as evidence: `--evidence FILE`",
        );
    }
    yes(look, hand, Question::MainProtected, "protect the branch: no direct pushes, reviews and builds required")
}

/// R44: merge requests are approved, and their builds green.
pub(super) fn merge_requests(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let look = Look::at(gate, hand.shown(Question::MergeRequests));
    yes(look, hand, Question::MergeRequests, "have them approved and their builds mended, then attest it again")
}

/// R62: somebody other than the author reviewed the code.
pub(super) fn peer_review(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let look = Look::at(gate, hand.shown(Question::PeerReview));
    let author = hand.change.author.as_ref().map(|author| author.id.as_str());
    let own = |member: MemberId| {
        let account = hand.roster.member(member).and_then(|m| m.accounts.get(hand.change.key.prefix()));
        account.is_some() && account.map(String::as_str) == author
    };
    if hand.answer(Question::PeerReview).is_some_and(|attested| own(attested.actor)) {
        let why = "whoever wrote the change attests the review of it";
        return look.no_evidence(hand.policy, why, "let whoever reviewed it attest it");
    }
    yes(look, hand, Question::PeerReview, "have the code reviewed by somebody other than its author")
}

/// R62: the lines that tests reach are as many as the policy asks for, in each file of coverage.
pub(super) fn coverage(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let (found, percent) = (hand.coverage(), hand.policy.coverage_percent);
    let look = Look::at(gate, found.shown_or("no file"));
    if percent == 0 {
        return look.not_applicable("the policy asks for no coverage (`coverage_percent`)");
    }
    if found.says.is_empty() {
        return look.no_evidence(
            hand.policy,
            format!("no coverage is at hand, and the policy asks for {percent} %{}", hand.unread()),
            "put it into the evidence folder or on the ticket, as Cobertura XML or LCOV",
        );
    }
    let reached = |asked: bool| found.says.iter().any(|coverage| coverage.reaches(percent) == Some(asked));
    if reached(false) {
        let why = format!("less than {percent} % of the lines are covered");
        return look.broken(hand.policy, why, format!("test what is not covered, up to {percent} % of the lines"));
    }
    if reached(true) {
        return look.passed(format!("at least {percent} % of the lines are covered"));
    }
    look.no_evidence(hand.policy, "it speaks of no lines", "measure the coverage of the code that is changed")
}
