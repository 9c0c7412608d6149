//! The draft of minutes: composed at the close and anew when a correction is answered. The record does not name it; beside
//! the file this device keeps when it was composed, and what had been said of the minutes by then.
use chrono::{DateTime, Utc};
use domain::ids::{Digest, MeetingId};
use domain::ledger::Meeting;
use serde::{Deserialize, Serialize};

use super::{off_thread, write_whole};
use crate::cabinet::{Cabinet, DEVICE, OpenBoard};
use crate::error::{Answer, BoardError};
use crate::views::Noun;

/// Under which kind this device keeps what it composed.
const COMPOSED: &str = "composed";

/// The file name of the draft of a meeting's minutes.
pub(crate) fn draft_file(meeting: MeetingId) -> String {
    format!("draft-{meeting}.pdf")
}

/// How much had been said of minutes. Corrections and answers are only ever added, so their numbers tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Said {
    asked: usize,
    answered: usize,
    approved: bool,
}

impl Said {
    fn of(meeting: &Meeting) -> Self {
        let asked = meeting.corrections.len();
        let answered = meeting.corrections.iter().filter(|asked| asked.answer.is_some()).count();
        Self { asked, answered, approved: meeting.approved.is_some() }
    }
}

/// A draft as it was composed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Composed {
    at: DateTime<Utc>,
    sha256: Digest,
    said: Said,
    /// SHA-256 of the evidence that it follows from: whatever else was said since, its pages may say otherwise.
    #[serde(default)]
    follows: Option<Digest>,
}

/// The draft that lies on this device.
pub(crate) struct Drafted {
    /// When it was composed; `None` where nothing tells.
    pub at: Option<DateTime<Utc>>,
    /// Whether more was said of the minutes since.
    pub outdated: bool,
}

/// A draft, and when it was composed.
pub(super) struct DraftPdf {
    pub bytes: Vec<u8>,
    pub at: DateTime<Utc>,
}

async fn composed(board: &OpenBoard, id: MeetingId) -> Answer<Option<Composed>> {
    board.draft(COMPOSED, &id.to_string()).await
}

/// Takes the draft away once the minutes are sealed: it says no more than they do, and less surely.
pub(super) async fn put_away(board: &OpenBoard, id: MeetingId) {
    let path = board.store.folder().minutes().join(draft_file(id));
    let gone = off_thread(move || match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(BoardError::internal(&error)),
        Ok(()) | Err(_) => Ok(()),
    })
    .await;
    // The minutes are sealed whatever becomes of their draft.
    if let Err(error) = gone {
        tracing::warn!(%error, "the draft of sealed minutes is still here");
    }
    if let Err(error) = board.store.discard_draft(COMPOSED, &id.to_string(), DEVICE).await {
        tracing::warn!(%error, "what was composed is still known here");
    }
}

/// Why a draft is not handed out or composed any more.
pub(super) fn already_sealed() -> BoardError {
    let rule = "The minutes of this meeting are sealed.";
    BoardError::refused("already_sealed", rule, Some("R115"), "Hand out the sealed minutes.")
}

impl Cabinet {
    /// Composes the draft of a meeting's minutes from the record as it stands now.
    ///
    /// # Errors
    /// [`BoardError::NotFound`] for a meeting that is not in the record; [`BoardError::Internal`] where the disk or the
    /// composing fails.
    pub(crate) async fn draft_anew(&self, board: &OpenBoard, id: MeetingId) -> Answer<()> {
        self.compose_draft(board, id).await?;
        self.changed(&[Noun::Minutes], &[&id.to_string()]);
        Ok(())
    }

    async fn compose_draft(&self, board: &OpenBoard, id: MeetingId) -> Answer<DraftPdf> {
        let state = board.state().await?;
        let missing = || BoardError::not_found("meeting", id);
        let said = Said::of(state.ledger.meetings.get(&id).ok_or_else(missing)?);
        let (at, file) = (self.now(), draft_file(id));
        let evidence = self.evidence_of_meeting(board, &state, id).await?;
        let follows = Some(Digest::of(&evidence.bytes));
        let content = self.source(&state, &evidence, id, at).draft(&file).ok_or_else(missing)?;
        let path = board.store.folder().minutes().join(file);
        let bytes = off_thread(move || {
            minutes::render(&minutes::compose_draft(&content), &[]).map_err(|e| BoardError::internal(&e))
        })
        .await?;
        // Sealed meanwhile, it was put away, and must not come back.
        if board.state().await?.ledger.meetings.get(&id).is_some_and(|meeting| !meeting.minutes.is_empty()) {
            return Err(already_sealed());
        }
        let written = bytes.clone();
        off_thread(move || write_whole(&path, &written).map_err(|e| BoardError::internal(&e))).await?;
        let composed = Composed { at, sha256: Digest::of(&bytes), said, follows };
        board.put_draft(COMPOSED, &id.to_string(), &composed, at).await?;
        Ok(DraftPdf { bytes, at })
    }

    /// The draft of a meeting's minutes on this device; `None` where there is none.
    pub(crate) async fn drafted(&self, board: &OpenBoard, meeting: &Meeting) -> Answer<Option<Drafted>> {
        let id = meeting.agenda.meeting;
        if !board.store.folder().minutes().join(draft_file(id)).is_file() {
            return Ok(None);
        }
        let composed = composed(board, id).await?;
        let outdated = composed.is_none_or(|composed| composed.said != Said::of(meeting));
        Ok(Some(Drafted { at: composed.map(|composed| composed.at), outdated }))
    }

    /// The draft that says what was said so far: the one that lies here where it still does, else composed anew.
    pub(super) async fn draft_to_hand_out(&self, board: &OpenBoard, meeting: &Meeting) -> Answer<DraftPdf> {
        let id = meeting.agenda.meeting;
        let state = board.state().await?;
        let follows = Some(Digest::of(&self.evidence_of_meeting(board, &state, id).await?.bytes));
        let same = |composed: &Composed| composed.said == Said::of(meeting) && composed.follows == follows;
        if let Some(composed) = composed(board, id).await?.filter(same) {
            let path = board.store.folder().minutes().join(draft_file(id));
            let found = off_thread(move || Ok(std::fs::read(&path).ok())).await?;
            if let Some(bytes) = found.filter(|bytes| Digest::of(bytes) == composed.sha256) {
                return Ok(DraftPdf { bytes, at: composed.at });
            }
        }
        let draft = Box::pin(self.compose_draft(board, id)).await?;
        self.changed(&[Noun::Minutes], &[&id.to_string()]);
        Ok(draft)
    }
}
