//! Actions that people take away from the meeting; the minutes list them with their owners.
use domain::entry::{Act, ActKind};
use domain::ledger::Meeting;

use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};
use crate::requests::{AssignActionRequest, OfMeeting, SettleNextMeeting};
use crate::state::BoardState;
use crate::views::{self, MeetingView, Noun, WrapUp};

/// Bytes of an action at most.
const LONGEST_ACTION: usize = 2_000;

impl Cabinet {
    /// Gives a member of the board an action. It goes into the record with what else happened on the item.
    pub async fn assign_action(&self, request: AssignActionRequest) -> Answer<MeetingView> {
        let action = text(&request.text)?;
        let due = due(request.due_on.as_deref())?;
        let owner = crate::words::member_id(&request.owner)?;
        let now = self.now();
        let (board, state, session) = self
            .edit_session(&request.meeting, &[Noun::Meetings], |session, state| {
                state.member(owner)?;
                let actor = session.shown.agenda.chair;
                let what = ActKind::ActionAssigned { action, owner, due };
                session.running.acts.push(Act { actor, at: now, what });
                Ok(())
            })
            .await?;
        self.meeting_view(&board, &state, &session).await
    }
}

/// Says when and where the board meets next: how such a remark on the meeting as a whole begins, in either language of the
/// minutes.
pub(crate) const NEXT_MEETING: [&str; 2] = ["Next meeting:", "Nächste Sitzung:"];

impl Cabinet {
    /// Settles when and where the board meets next, in words; the minutes say so. A later word stands instead.
    ///
    /// # Errors
    /// [`BoardError::Invalid`] with the field; what the session refuses.
    pub async fn settle_next_meeting(&self, meeting: &str, when: &str) -> Answer<MeetingView> {
        let when = crate::words::text("next", when, "Write when and where the board meets next.")?;
        let now = self.now();
        let (board, state, session) = self
            .edit_session(meeting, &[Noun::Meetings], |session, _| {
                let actor = session.shown.agenda.chair;
                let what = ActKind::Noted { item: None, text: format!("{} {when}", NEXT_MEETING[0]) };
                session.running.acts.push(Act { actor, at: now, what });
                Ok(())
            })
            .await?;
        self.meeting_view(&board, &state, &session).await
    }

    /// The same from the wrap-up; answers with it.
    pub async fn settle_next(&self, request: SettleNextMeeting) -> Answer<WrapUp> {
        self.settle_next_meeting(&request.meeting, &request.when).await?;
        self.wrap_up(OfMeeting { meeting: request.meeting }).await
    }
}

/// The meeting's actions as the console shows them.
pub(super) fn shown(state: &BoardState, meeting: &Meeting) -> Vec<views::MeetingAction> {
    meeting
        .actions
        .iter()
        .map(|a| views::MeetingAction {
            text: domain::text::mark_invisible(&a.action),
            owner: state.name(a.owner),
            due_on: Some(a.due.clone()).filter(|d| !d.is_empty()),
        })
        .collect()
}

fn text(typed: &str) -> Answer<String> {
    let text = typed.trim();
    if text.is_empty() {
        return Err(BoardError::invalid("text", "Write what is to be done."));
    }
    if text.len() > LONGEST_ACTION {
        return Err(BoardError::invalid("text", "An action has at most 2,000 bytes."));
    }
    Ok(text.to_owned())
}

/// A day, `YYYY-MM-DD`; empty when open.
fn due(typed: Option<&str>) -> Answer<String> {
    match typed.map(str::trim).filter(|d| !d.is_empty()) {
        None => Ok(String::new()),
        Some(day) => match day.parse::<chrono::NaiveDate>() {
            Ok(day) => Ok(day.to_string()),
            Err(_) => Err(BoardError::invalid("due_on", format!("{day:?} is no day such as 2026-12-01."))),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_says_what_and_a_real_day_or_none() {
        assert_eq!(text(" Rehearse "), Ok("Rehearse".into()));
        assert!(text(" ").is_err());
        assert!(text(&"x".repeat(LONGEST_ACTION + 1)).is_err());
        assert_eq!(due(None), Ok(String::new()));
        assert_eq!(due(Some("2026-12-01")), Ok("2026-12-01".into()));
        assert!(due(Some("2026-02-30")).is_err(), "there is no such day");
    }
}
