//! Conditions: somebody says that one is met, and what shows it. What waited for it goes on.
use domain::entry::{Attestation, Body};
use domain::ids::{ConditionId, Digest};
use domain::ledger::ConditionState;
use record::statement::Subject;

use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};
use crate::requests::MeetCondition;
use crate::views::Noun;
use crate::writer::{Act, Key};

impl Cabinet {
    /// Records that a condition is met, on the word of the member at this device. It cannot be taken back: a
    /// later decision of the board stands instead.
    pub async fn meet_condition(&self, request: MeetCondition) -> Answer<()> {
        let board = self.board()?;
        let state = board.state().await?;
        let id: ConditionId =
            request.condition.trim().parse().map_err(|_| BoardError::not_found("condition", &request.condition))?;
        let note = crate::words::text("note", &request.note, "Write what shows that the condition is met.")?;
        let condition = state.ledger.conditions.get(&id).ok_or_else(|| BoardError::not_found("condition", id))?;
        may_be_met(condition)?;
        let change = condition.change.to_string();
        let document =
            record::canonical::to_bytes(&condition.condition).map_err(|error| BoardError::internal(&error))?;
        let act = Act {
            actor: self.my_id(&board, &state).await?,
            attestation: Attestation::Recorded,
            role: None,
            meaning: format!("Condition on {change} is met: {}", one_line(&condition.condition.text)),
            meeting: None,
            subjects: vec![Subject { name: format!("condition {id}"), sha256: Digest::of(&document) }],
            body: Body::ConditionMet { condition: id, note },
            // The subject's document, so that the entry can be checked by itself.
            blobs: vec![document],
        };
        self.write(&board, vec![(act, Key::Device)], Vec::new()).await?;
        self.changed(&[Noun::Decisions, Noun::Changes], &[&change]);
        self.settle_write_backs(&board).await
    }
}

/// Whether the condition is open; else why nothing can be said of it any more.
fn may_be_met(state: &ConditionState) -> Answer<()> {
    if state.void {
        return Err(BoardError::refused(
            "condition_void",
            format!("{} on {} made this condition void.", ended(state), state.change),
            Some("R86"),
            "The conditions of the decision in force stand on the change's page.",
        ));
    }
    if let Some((_, note)) = &state.met {
        return Err(BoardError::refused(
            "condition_met",
            format!("The condition is met already: {}", one_line(note)),
            Some("R86"),
            "Nothing is left to do; the record keeps the first word.",
        ));
    }
    Ok(())
}

/// What made a condition void: after-care of what was approved without the board ends with that approval.
fn ended(state: &ConditionState) -> &'static str {
    if state.releases.is_empty() { "A later decision" } else { "The end of its approval" }
}

/// Text of people inside a sentence of ours: on one line, with nothing invisible in it.
pub(crate) fn one_line(text: &str) -> String {
    domain::text::mark_invisible(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use domain::ids::{ChangeKey, EntryId};
    use domain::meeting::{Condition, ConditionTime};

    use super::*;

    fn condition() -> ConditionState {
        ConditionState {
            condition: Condition {
                id: ConditionId(uuid::Uuid::from_u128(1)),
                text: "Rehearse the backout".into(),
                owner: "Ines".into(),
                due: String::new(),
                when: ConditionTime::Before,
            },
            change: ChangeKey::new("CHG", 17),
            opened: EntryId([0; 32]),
            met: None,
            void: false,
            releases: std::collections::BTreeSet::new(),
        }
    }

    fn code(answer: Answer<()>) -> String {
        match answer {
            Err(BoardError::Refused(refusal)) => refusal.code,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn only_an_open_condition_can_be_met() {
        assert_eq!(may_be_met(&condition()), Ok(()));
        let met = ConditionState { met: Some((EntryId([1; 32]), "Rehearsed".into())), ..condition() };
        assert_eq!(code(may_be_met(&met)), "condition_met");
        let void = ConditionState { void: true, ..condition() };
        assert_eq!(code(may_be_met(&void)), "condition_void");
    }

    #[test]
    fn text_inside_a_sentence_is_one_visible_line() {
        assert_eq!(one_line("a\n b\u{202e}c"), "a b⟦U+202E⟧c");
    }
}
