//! A keyholder who was in the room vouches for the running record: what was *recorded* on the chair's word
//! becomes *witnessed* (`record.md`, *Who acts, who records*).
use domain::entry::{Attestation, Auth, Body};
use domain::ids::EntryId;
use record::statement::Subject;
use vault::{ExposeSecret as _, SecretString};

use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};
use crate::meetings::{meeting_id, reference};
use crate::views::Noun;
use crate::writer::{Act, Key};

/// Who vouches for which meeting.
#[derive(Debug, Clone)]
pub struct WitnessRequest {
    /// The meeting.
    pub meeting: String,
    /// The member who was there.
    pub member: String,
    /// Their PIN.
    pub pin: SecretString,
}

impl Cabinet {
    /// Signs, with the member's own key, that the meeting's running record tells what happened. Answers how
    /// many entries were raised.
    pub async fn witness(&self, request: WitnessRequest) -> Answer<u32> {
        let board = self.board()?;
        let state = board.state().await?;
        let id = meeting_id(&request.meeting)?;
        let meeting = state.ledger.meetings.get(&id).ok_or_else(|| BoardError::not_found("meeting", id))?;
        let member = state.member(crate::words::member_id(&request.member)?)?;
        let waiting = || meeting.running.iter().filter(|(_, running)| running.attestation < Attestation::Witnessed);
        let entries: Vec<EntryId> =
            waiting().filter(|(_, running)| running.vouched_by(member.id)).map(|(entry, _)| *entry).collect();
        if entries.is_empty() && waiting().any(|(_, running)| running.keeper == member.id) {
            return Err(BoardError::refused(
                "own_word",
                format!("{} kept this record and cannot be its second witness.", member.name),
                None,
                "Ask another keyholder who was present.",
            ));
        }
        if entries.is_empty() && (waiting().next().is_some() || !meeting.attendance.contains_key(&member.id)) {
            return Err(BoardError::refused(
                "not_present",
                format!("{} was not there, by this meeting's attendance list, while its record was kept.", member.name),
                None,
                "Ask a keyholder who was present.",
            ));
        }
        if entries.is_empty() {
            return Err(BoardError::refused(
                "nothing_to_witness",
                "Nothing in this meeting's record waits for a witness.",
                None,
                "Move on from an item first: what happened on it is then in the record.",
            ));
        }
        let raised = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        let signer = board.keys.unlock(member, request.pin.expose_secret(), self.now()).await?;
        let reference = reference(meeting);
        let act = Act {
            actor: member.id,
            attestation: Attestation::Signed,
            role: None,
            meaning: format!("I was present at {} and vouch for its running record so far.", meeting.agenda.title),
            subjects: vec![Subject { name: format!("agenda of {id}"), sha256: reference.agenda }],
            meeting: Some(reference),
            body: Body::Witness { entries },
            blobs: Vec::new(),
        };
        let keystore = board.keys.keystore().to_owned();
        self.write(&board, vec![(act, Key::Member { signer, auth: Auth::Pin, keystore })], Vec::new()).await?;
        self.changed(&[Noun::Votes, Noun::Meetings], &[&request.meeting]);
        Ok(raised)
    }
}
