//! R2: a change of infrastructure carries repository, commit and the output of plan or diff.
use super::at_hand::{AtHand, attest};
use super::{Gate, GateOutcome, Look, quoted};
use crate::attested::Question;

pub(super) fn infrastructure(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let (change, planned) = (hand.change, hand.planned());
    let attested = hand.answer(Question::Infrastructure);
    let look = Look::at(
        gate,
        format!(
            "{}; repository: {}; commit: {}; {}",
            planned.shown_or("no plan of an infrastructure"),
            quoted(&change.repository),
            quoted(&change.commit),
            hand.shown(Question::Infrastructure)
        ),
    );
    let shown = attested.is_some_and(|attested| attested.answer.evidence.is_some());
    if planned.files.is_empty() {
        match attested.and_then(|attested| attested.answer.yes()) {
            Some(true) if shown => {}
            Some(true) => {
                return look.no_evidence(
                    hand.policy,
                    format!("it changes infrastructure, and no output of plan or diff is at hand{}", hand.unread()),
                    "put the plan into the evidence folder or on the ticket, or attest it with the diff as evidence",
                );
            }
            Some(false) => return look.not_applicable("it is attested that it changes no infrastructure"),
            None if attested.is_some() => {
                let why = "the answer begins neither with yes nor with no";
                return look.no_evidence(hand.policy, why, attest(Question::Infrastructure));
            }
            None => {
                let why = format!(
                    "no plan of an infrastructure is at hand, and nobody attests that it changes any{}",
                    hand.unread()
                );
                return look.no_evidence(hand.policy, why, attest(Question::Infrastructure));
            }
        }
    }
    let fields = [("repository", change.repository.as_str()), ("commit", change.commit.as_str())];
    let missing: Vec<&str> = fields.iter().filter(|(_, v)| v.trim().is_empty()).map(|(name, _)| *name).collect();
    if missing.is_empty() {
        return look.passed("repository, commit and plan are here");
    }
    let missing = missing.join(", ");
    look.broken(hand.policy, format!("missing: {missing}"), format!("fill in on the ticket: {missing}"))
}
