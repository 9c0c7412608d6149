//! Meetings: the agenda until it is frozen, the console, the close (R116).
mod actions;
pub(crate) mod agenda;
mod close;
mod console;
mod decide;
pub(crate) mod draft;
pub(crate) mod restricted;
mod together;
mod views;

pub(crate) use actions::NEXT_MEETING;
pub(crate) use decide::{after_care_conditions, answers_for};

use domain::entry::MeetingRef;
use domain::ids::{MeetingId, MemberId};
use domain::ledger::Meeting;
use domain::meeting::Agenda;
use domain::roster::Role;

use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError};
use crate::state::BoardState;
use draft::{MeetingDraft, Running};

/// A meeting with what the record does not know yet.
pub(crate) struct InSession {
    /// As the record tells it, with pending acts applied.
    pub shown: Meeting,
    /// As the record alone tells it.
    pub recorded: Meeting,
    /// The local part; empty once closed.
    pub running: Running,
}

pub(crate) fn meeting_id(text: &str) -> Answer<MeetingId> {
    text.parse().map_err(|_| BoardError::not_found("meeting", text))
}

pub(crate) fn item_number(text: &str) -> Answer<u32> {
    text.parse().map_err(|_| BoardError::not_found("agenda item", text))
}

/// How entries of this meeting name it.
pub(crate) fn reference(meeting: &Meeting) -> MeetingRef {
    MeetingRef { id: meeting.agenda.meeting, agenda: meeting.agenda_digest }
}

/// Who keeps a meeting's record on this device: the chair on the chair's own, the secretary (a deputy) on theirs.
/// The verifier takes a running record from nobody else's.
pub(crate) fn keeper(board: &OpenBoard, state: &BoardState, agenda: &Agenda) -> Answer<(MemberId, Option<Role>)> {
    let owner = state.rosters.current().key(board.device).map(|(owner, _)| owner.id).ok();
    if owner == Some(agenda.chair) {
        return Ok((agenda.chair, Some(Role::Chair)));
    }
    if owner == Some(agenda.secretary) {
        return Ok((agenda.secretary, None));
    }
    let (chair, secretary) = (state.name(agenda.chair), state.name(agenda.secretary));
    let keepers = if chair == secretary { chair } else { format!("{chair} and {secretary}") };
    Err(BoardError::refused(
        "not_keeper",
        format!("This meeting's record is kept by {keepers}, on their own devices."),
        None,
        "Follow the meeting here; vote and sign with your own key.",
    ))
}

impl Cabinet {
    pub(crate) async fn meeting_draft(&self, board: &OpenBoard, id: MeetingId) -> Answer<MeetingDraft> {
        board
            .draft("meeting", &id.to_string())
            .await?
            .ok_or_else(|| BoardError::not_found("meeting in preparation", id))
    }

    /// The meeting as it stands now, pending acts included.
    pub(crate) async fn in_session(&self, board: &OpenBoard, state: &BoardState, id: MeetingId) -> Answer<InSession> {
        let recorded =
            state.ledger.meetings.get(&id).cloned().ok_or_else(|| BoardError::not_found("meeting in session", id))?;
        let running: Option<Running> = board.draft("running", &id.to_string()).await?;
        let running = running.unwrap_or_else(|| Running::new(id, self.now()));
        let shown = if recorded.closed.is_some() {
            recorded.clone()
        } else {
            state.ledger.preview(id, &running.acts).unwrap_or_else(|| recorded.clone())
        };
        Ok(InSession { shown, recorded, running })
    }

    /// As [`Self::in_session`], refused once the meeting is closed.
    pub(crate) async fn open_session(&self, board: &OpenBoard, state: &BoardState, id: MeetingId) -> Answer<InSession> {
        let session = self.in_session(board, state, id).await?;
        if session.recorded.circular.is_some() {
            return Err(BoardError::refused(
                "in_writing",
                "This is a circular: nobody is in a room, and each answers with their own key.",
                None,
                "Answer it in writing, or end it as its chair.",
            ));
        }
        if session.recorded.closed.is_some() {
            return Err(BoardError::refused(
                "meeting_closed",
                "The meeting is closed; its record can only be corrected by a new entry.",
                None,
                "Put the change on the next agenda.",
            ));
        }
        Ok(session)
    }

    pub(crate) async fn save_running(&self, board: &OpenBoard, running: &mut Running) -> Answer<()> {
        running.saved_at = self.now();
        board.put_draft("running", &running.meeting.to_string(), running, running.saved_at).await
    }
}
