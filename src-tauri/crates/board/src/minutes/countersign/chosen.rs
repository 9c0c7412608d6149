//! Who signs after the chair, as the window shows it and chooses it.
use std::collections::BTreeMap;

use super::{ChooseSignatories, Turn, may_countersign};
use crate::cabinet::{Cabinet, member_ref};
use crate::error::{Answer, BoardError, refusal};
use crate::meetings::meeting_id;
use crate::requests::{OfMeeting, SignatoriesRequest};
use crate::views::{MemberRef, SignatoriesView};

impl Cabinet {
    /// Who will sign the minutes after the chair, in turn, and who else could.
    pub async fn signatories_of(&self, request: OfMeeting) -> Answer<SignatoriesView> {
        let board = self.board()?;
        let state = board.state().await?;
        let id = meeting_id(&request.meeting)?;
        let meeting = state.ledger.meetings.get(&id).ok_or_else(|| BoardError::not_found("meeting", id))?;
        let turns = self.signatories(&board, &state, meeting).await?;
        let mut shared: BTreeMap<u32, Vec<MemberRef>> = BTreeMap::new();
        for Turn { number, member } in turns {
            shared.entry(number).or_default().push(member_ref(state.member(member)?));
        }
        let members = state.roster().members.iter();
        let sealed = "The minutes are sealed, with the fields of those who sign them.";
        let remedy = "Who else agrees says so by a comment or in the next meeting.";
        Ok(SignatoriesView {
            turns: shared.into_values().collect(),
            able: members.filter(|m| m.id != meeting.agenda.chair && may_countersign(m)).map(member_ref).collect(),
            refusal: (!meeting.minutes.is_empty()).then(|| refusal("already_sealed", sealed, Some("R115"), remedy)),
        })
    }

    /// Chooses who signs after the chair; answers with what stands then.
    pub async fn choose_signatories_of(&self, request: SignatoriesRequest) -> Answer<SignatoriesView> {
        let SignatoriesRequest { meeting, turns } = request;
        self.choose_signatories(ChooseSignatories { meeting: meeting.clone(), turns }).await?;
        self.signatories_of(OfMeeting { meeting }).await
    }
}
