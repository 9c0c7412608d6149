//! How a service's deployments went, by the receipts that pipelines brought back: beside question E4, and no answer to it.
use chrono::{DateTime, Utc};
use domain::change::ChangeRequest;
use domain::risk::{Model, Outcome, TeamRecord};
use domain::text::mark_invisible;

use crate::state::BoardState;

/// The question that the record speaks to.
pub(super) const ASKED: &str = "E4";

/// What receipts tell of the change's service; `None` where they tell nothing. They are of standard changes only, so the
/// answer is a person's, or the ticket's.
pub(super) fn record_words(state: &BoardState, change: &ChangeRequest, now: DateTime<Utc>) -> Option<String> {
    let mut outcomes = Vec::new();
    for standing in state.ledger.standing_approvals.values().filter(|s| s.body.service == change.service) {
        outcomes.extend(standing.uses.values().map(|used| Outcome {
            of: standing.body.service.clone(),
            ended: used.at,
            went_well: Some(used.outcome == domain::standing::Outcome::Succeeded),
        }));
    }
    words(&state.model.model, &change.service, TeamRecord::of(&change.service, &outcomes, now))
}

fn words(model: &Model, service: &str, record: TeamRecord) -> Option<String> {
    let answer = model.question(ASKED).and_then(|question| question.choice(record.answer()))?;
    (record.n() > 0).then(|| {
        format!(
            "Standard deployments of {}, by their receipts: {}. By these alone the answer is \u{201c}{}\u{201d}.",
            mark_invisible(service),
            record.words(),
            answer.words
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_told_with_its_number_and_the_answer_that_follows() {
        let told = |well, n| {
            let record = TeamRecord::new(well, n).expect("no more than there were");
            words(&domain::risk::points_100(), "payments", record)
        };
        let few = told(3, 3).expect("something to tell");
        assert!(few.contains("(n = 3)") && few.contains("0.44") && few.contains("unknown"), "{few}");
        let many = told(95, 100).expect("something to tell");
        assert!(many.contains("(n = 100)") && many.contains("0.89") && many.contains("≥95 % ok"), "{many}");
        assert_eq!(told(0, 0), None, "nobody brought a receipt");
    }
}
