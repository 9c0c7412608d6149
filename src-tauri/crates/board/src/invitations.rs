//! Inviting and admitting in the window: what is behind the words on the screen stands in [`crate::members`].
use domain::roster::Member;
use domain::written::MAIL;

use crate::admission::waiting_enrolments;
use crate::cabinet::{Cabinet, OpenBoard, member_ref, seat_words, stored};
use crate::error::{Answer, BoardError, refusal};
use crate::first_run::{FIRST_PREFIX, new_member};
use crate::joining::words;
use crate::members::{InviteRequest, NewSeat, invited_seat};
use crate::paths;
use crate::record_view::Proposal;
use crate::requests::FileText;
use crate::spoken::{Contested, SpokenAct};
use crate::state::BoardState;
use crate::views::{
    InvitationMade, InvitationRequest, MemberDraft, MemberRef, Noun, RecordView, SpokenAnswer, SpokenRow, SpokenView,
    WaitingMember,
};

impl Cabinet {
    /// Makes an invitation and writes it to a file that was not there.
    pub async fn write_invitation(&self, request: InvitationRequest) -> Answer<InvitationMade> {
        let path = paths::whole("path", &request.path)?;
        let board = self.board()?;
        let state = board.state().await?;
        let who = match (request.member, request.seat) {
            (Some(member), None) => InviteRequest::Member(member),
            (None, Some(seat)) => InviteRequest::Seat(seat_of(&state, &seat)?),
            (Some(_), Some(_)) | (None, None) => {
                return Err(BoardError::invalid("member", "Invite a member of the roster, or somebody new."));
            }
        };
        let invited = self.invite(who).await?;
        paths::write_new(&path, &invited.file)?;
        Ok(InvitationMade {
            name: invited.name,
            path: path.display().to_string(),
            roster_words: words(state.rosters.fingerprint()),
        })
    }

    /// Takes an enrolment that came as a file.
    pub async fn take_enrolment(&self, request: FileText) -> Answer<RecordView> {
        self.receive_enrolment(request.text.trim().as_bytes()).await?;
        self.changed(&[Noun::Board], &[]);
        self.record().await
    }

    /// Who waits to be admitted, with the words to compare. This device's own enrolment is not among them, nor whom
    /// the proposed roster admits: that waits for another signature.
    pub(crate) async fn waiting_members(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        proposal: Option<&Proposal>,
    ) -> Answer<Vec<WaitingMember>> {
        let mut waiting = Vec::new();
        for (digest, enrolment, fingerprint) in waiting_enrolments(board, state).await? {
            let proposed = |id| proposal.is_some_and(|p| p.version.roster().key(id).is_some());
            if enrolment.keys.iter().any(|key| key.id == board.device || proposed(key.id)) {
                continue;
            }
            let member = state.roster().member(enrolment.member);
            let seat = match member {
                Some(_) => None,
                None => invited_seat(board, enrolment.member).await?,
            };
            let roles = member.map(|m| m.roles.clone()).or_else(|| seat.as_ref().map(|s| s.roles.clone()));
            let name = member.map(|m| m.name.clone()).or_else(|| seat.as_ref().map(|s| s.name.clone()));
            waiting.push(WaitingMember {
                enrolment: digest.to_string(),
                member: enrolment.member.to_string(),
                expected: name.is_some(),
                name: name.unwrap_or_else(|| "Somebody".to_owned()),
                seat: member.map(seat_words).or_else(|| seat.as_ref().map(|s| titles(&s.roles))).unwrap_or_default(),
                words: words(fingerprint),
                may_hold_root: roles.iter().flatten().any(|role| role.may_hold_root()),
                holds_root: state.roster().root_holders.contains(&enrolment.member),
                replaces: !enrolment.replaces.is_empty(),
            });
        }
        Ok(waiting)
    }

    /// What was recorded in the name of the member at this device, and whether they can answer here.
    pub async fn spoken_view(&self) -> Answer<SpokenView> {
        let board = self.board()?;
        let state = board.state().await?;
        let me = self.me(&board, &state).await?.ok_or_else(|| BoardError::not_found("member", "at this device"))?;
        let acts = self.spoken(&me.id.to_string()).await?;
        let mut acts: Vec<SpokenRow> = acts.into_iter().map(|act| row(&state, act)).collect();
        // The newest meeting first, and each in the order of its agenda.
        acts.sort_by(|a, b| b.called.cmp(&a.called).then_with(|| place(a).cmp(&place(b))));
        let open = acts.iter().filter(|row| row.answer == SpokenAnswer::Open).count();
        let refused = if me.signature_key().is_none() {
            Some(refusal(
                "no_key",
                format!("{} has no key on this board yet.", me.name),
                None,
                "Who has a key of their own confirms or contests what was said in their name.",
            ))
        } else if !board.is_enrolled_here(me.id) {
            Some(refusal("not_here", format!("{}'s key is on another device.", me.name), None, "It is answered there."))
        } else {
            None
        };
        Ok(SpokenView {
            member: member_ref(&me),
            acts,
            open: u32::try_from(open).unwrap_or(u32::MAX),
            refusal: refused,
        })
    }

    /// What members contested since the last meeting was closed; it heads the next agenda.
    pub(crate) async fn contested_since(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        openly: bool,
    ) -> Answer<Vec<SpokenRow>> {
        let last = state.ledger.meetings.values().filter_map(|m| m.closed_at).max();
        let mut rows = Vec::new();
        for Contested { by, act, .. } in crate::spoken::contested(state).into_iter().filter(|one| one.open || !openly) {
            // The meeting it is about is closed before anybody can contest it from elsewhere; a later one has had it.
            let kept = board.store.entry(by).await.map_err(stored)?;
            let said = kept.and_then(|kept| record::entry::Entry::parse(&kept.envelope).ok());
            let when = said.and_then(|entry| entry.predicate().map(|p| p.time.claimed));
            if when.is_none_or(|when| last.is_none_or(|last| when >= last)) {
                rows.push(row(state, act));
            }
        }
        Ok(rows)
    }

    /// How many acts in this member's name are not answered.
    pub(crate) fn spoken_open(board: &OpenBoard, state: &BoardState, me: Option<&Member>) -> u32 {
        let here = me.filter(|m| m.signature_key().is_some() && board.is_enrolled_here(m.id));
        let open =
            here.map_or(0, |m| state.ledger.unanswered(m.id).len() + state.ledger.unanswered_sign_offs(m.id).len());
        u32::try_from(open).unwrap_or(u32::MAX)
    }
}

/// A new seat as the form has it.
fn seat_of(state: &BoardState, draft: &MemberDraft) -> Answer<NewSeat> {
    let member = new_member(draft)?;
    // Accounts are known under the prefix of the connection, which the others' accounts name.
    let prefix = state.roster().members.iter().flat_map(|m| m.accounts.keys()).find(|name| *name != MAIL);
    let prefix = prefix.cloned().unwrap_or_else(|| FIRST_PREFIX.to_owned());
    Ok(NewSeat {
        name: member.name,
        roles: member.roles,
        voting: member.voting,
        mandatory: member.mandatory,
        accounts: member.accounts.into_values().map(|account| (prefix.clone(), account)).collect(),
    })
}

fn titles(roles: &[domain::roster::Role]) -> String {
    roles.iter().map(|role| role.title()).collect::<Vec<_>>().join(", ")
}

/// Where an act stands in its meeting: coming and going first, then by item.
fn place(row: &SpokenRow) -> (u32, &str) {
    let number = row.item.as_deref().and_then(|item| item.split_once('.')).and_then(|(number, _)| number.parse().ok());
    (number.unwrap_or(0), &row.act)
}

/// An act for the window.
pub(crate) fn row(state: &BoardState, act: SpokenAct) -> SpokenRow {
    let member = state.roster().member(act.member).map_or_else(
        || MemberRef { id: act.member.to_string(), name: state.name(act.member), roles: Vec::new() },
        member_ref,
    );
    let (answer, reason) = match &act.answer {
        None => (SpokenAnswer::Open, None),
        Some(_) if act.confirmed => (SpokenAnswer::Confirmed, None),
        Some(reason) => (SpokenAnswer::Contested, Some(reason.clone())),
    };
    SpokenRow {
        act: act.act,
        member,
        meeting: act.meeting,
        called: act.called,
        item: act.item,
        what: act.what,
        recorder: act.recorder,
        answer,
        reason,
    }
}
