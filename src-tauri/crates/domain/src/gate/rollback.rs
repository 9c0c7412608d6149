//! R93 and R96: what is approved and tested of the way back, by a field of the ticket or on a member's word. The plan's
//! text says where the procedure is and what the schema is like; that it was approved or tested is not taken from it.
use super::at_hand::{AtHand, yes};
use super::{Gate, GateOutcome, Look, quoted};
use crate::attested::Question;
use crate::plan::PlanSection;
use crate::runbook::{RollbackTest, Runbook, touches_database};

fn no_backout(look: Look, hand: &AtHand<'_>) -> GateOutcome {
    let by = format!("write the section “{}” of the plan", PlanSection::Backout.title());
    look.no_evidence(hand.policy, "the plan has no backout plan", by)
}

/// What is not there, in words; `None` where nothing is missing.
fn missing(parts: &[(&str, bool)]) -> Option<String> {
    let missing: Vec<&str> = parts.iter().filter(|(_, there)| !there).map(|(name, _)| *name).collect();
    (!missing.is_empty()).then(|| format!("not said: {}", missing.join(", ")))
}

/// R93: the procedure is stored beside the scripts by the plan, tested by the ticket's evidence, and approved beforehand
/// on a member's word.
pub(super) fn procedure(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let evidence = hand.change.rollback_evidence.as_str();
    let approved = hand.shown(Question::RollbackApproved);
    let look = Look::at(gate, format!("backout plan; rollback evidence: {}; {approved}", quoted(evidence)));
    let Some(read) = Runbook::read(hand.change).backout() else { return no_backout(look, hand) };
    let parts = [
        ("the procedure's path", read.path),
        ("its commit", read.commit),
        ("by the rollback evidence, that it was tested in staging and succeeded", RollbackTest::read(evidence).shows()),
    ];
    if let Some(why) = missing(&parts) {
        let by = "name path and commit of the procedure in the backout plan, and the result of its test in staging in \
                  the ticket's rollback evidence";
        return look.broken(hand.policy, why, by);
    }
    yes(look, hand, Question::RollbackApproved, "have the procedure approved, then attest it again")
}

/// R96: a change of a database can take its schema back: versioned and compatible by the plan, tested on a member's word,
/// with evidence.
pub(super) fn schema(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let runbook = Runbook::read(hand.change);
    let Some(told) = touches_database(hand.change, &runbook) else {
        let look = Look::at(gate, "title, description, affected and plan");
        return look.not_applicable("nothing says that it touches a database");
    };
    let look = Look::at(gate, format!("{}; {}", quoted(&told), hand.shown(Question::SchemaRollback)));
    if !runbook.has(PlanSection::Backout) {
        return no_backout(look, hand);
    }
    let read = runbook.schema_rollback();
    let parts = [
        ("that the schema's rollback is versioned", read.versioned),
        ("that the schema is backward compatible", read.compatible),
    ];
    if let Some(why) = missing(&parts) {
        let by = "say in the plan that the schema's rollback is versioned, and that the schema is backward compatible";
        return look.broken(hand.policy, why, by);
    }
    let attested = hand.answer(Question::SchemaRollback).filter(|attested| attested.answer.yes() == Some(true));
    if attested.is_some_and(|attested| attested.answer.evidence.is_none()) {
        return look.no_evidence(
            hand.policy,
            "it is attested, and no evidence shows it",
            "attest it again with the log of the test as evidence: `--evidence FILE`",
        );
    }
    yes(look, hand, Question::SchemaRollback, "test the schema's rollback, then attest it again")
}
