//! Delegating a seat (R72): by the member's own PIN, dated, for one meeting or a time, and taken back by the same hand. The key
//! is never lent; the delegate signs with their own, or speaks for themselves.
use chrono::{DateTime, Duration, Utc};
use domain::delegation::{Delegation, check};
use domain::entry::{Attestation, Auth, Body};
use domain::ids::{Digest, EntryId, MeetingId, MemberId};
use record::statement::Subject;
use serde::Serialize;
use vault::{ExposeSecret as _, SecretString};

use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};
use crate::state::BoardState;
use crate::views::Noun;
use crate::writer::{Act, Key};

/// Who sits for whom, and when.
#[derive(Debug, Clone)]
pub struct DelegateRequest {
    /// Whose seat.
    pub member: String,
    /// Who sits in it.
    pub to: String,
    /// For this meeting alone.
    pub meeting: Option<String>,
    /// From when (RFC 3339); now, if not given.
    pub from: Option<String>,
    /// Until when (RFC 3339).
    pub until: String,
    /// Why, in words.
    pub reason: String,
    /// The member's PIN.
    pub pin: SecretString,
}

/// Takes a delegation back.
#[derive(Debug, Clone)]
pub struct EndDelegationRequest {
    /// Its entry.
    pub delegation: String,
    /// Whose seat it is.
    pub member: String,
    /// Why, in words.
    pub reason: String,
    /// Their PIN.
    pub pin: SecretString,
}

/// A delegation, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DelegatedSeat {
    /// Its entry.
    pub entry: EntryId,
    /// Whose seat.
    pub seat: String,
    /// Who sits in it.
    pub to: String,
    /// From when.
    pub from: String,
    /// Until when.
    pub until: String,
    /// The meeting for which alone it is.
    pub meeting: Option<String>,
    /// Why.
    pub reason: String,
    /// Whether it was taken back.
    pub withdrawn: bool,
}

/// A delegation is dated: nobody gives a seat away for good.
const LONGEST: Duration = Duration::days(366);

impl Cabinet {
    /// A member lets another sit in their seat.
    pub async fn delegate(&self, request: DelegateRequest) -> Answer<DelegatedSeat> {
        let board = self.board()?;
        let state = board.state().await?;
        let member = state.member(crate::words::member_id(&request.member)?)?;
        let to = state.member(crate::words::member_id(&request.to)?)?;
        let meeting: Option<MeetingId> = request.meeting.as_deref().map(crate::meetings::meeting_id).transpose()?;
        let from = request.from.as_deref().map_or_else(|| Ok(self.now()), |text| time("from", text))?;
        let until = time("until", &request.until)?;
        check(state.roster(), member.id, to.id, (from, until)).map_err(|why| {
            BoardError::refused(
                why.code(),
                format!("{}: {why}.", member.name),
                Some("R72"),
                "Name another member, and until when.",
            )
        })?;
        if until - from > LONGEST {
            return Err(BoardError::refused(
                "delegation-too-long",
                "A seat is delegated for a year at most.",
                Some("R72"),
                "Name a day within a year; who stays away longer leaves the board.",
            ));
        }
        let zone = chrono_tz::Tz::UTC;
        let scope = meeting.map_or_else(String::new, |id| format!(" in the meeting {}", title(&state, id)));
        let meaning = format!(
            "{} sits in my seat{scope} from {} until {}. My key stays mine, and nobody passes the seat on.",
            to.name,
            crate::words::local(from, zone),
            crate::words::local(until, zone)
        );
        let reason = request.reason.trim().to_owned();
        let body = Body::Delegation { to: to.id, from, until, meeting, reason };
        let bytes = record::canonical::to_bytes(&body).map_err(|e| BoardError::internal(&e))?;
        let act = Act {
            actor: member.id,
            attestation: Attestation::Signed,
            role: None,
            meaning,
            meeting: None,
            subjects: vec![Subject { name: "delegation".to_owned(), sha256: Digest::of(&bytes) }],
            body,
            blobs: Vec::new(),
        };
        let entry = self.sign_as(&board, &state, member.id, act, &request.pin).await?;
        let state = board.state().await?;
        let made = state.ledger.delegations.get(&entry).ok_or_else(|| BoardError::not_found("delegation", entry))?;
        Ok(shown(&state, made))
    }

    /// Takes a delegation back; where its delegate sat for the seat until then stays as it was.
    pub async fn end_delegation(&self, request: EndDelegationRequest) -> Answer<()> {
        let board = self.board()?;
        let state = board.state().await?;
        let member = crate::words::member_id(&request.member)?;
        let mine = |d: &&Delegation| d.seat == member && d.withdrawn.is_none();
        let named = |d: &&Delegation| d.entry.to_string().starts_with(request.delegation.trim());
        let mut found = state.ledger.delegations.values().filter(mine).filter(named);
        let (Some(delegation), None) = (found.next(), found.next()) else {
            return Err(BoardError::not_found("delegation of your seat", &request.delegation));
        };
        let act = Act {
            actor: member,
            attestation: Attestation::Signed,
            role: None,
            meaning: format!("{} no longer sits in my seat.", state.name(delegation.to)),
            meeting: None,
            subjects: vec![Subject {
                name: format!("entry {}", delegation.entry.short()),
                sha256: Digest(delegation.entry.0),
            }],
            body: Body::Withdrawal { entry: delegation.entry, reason: request.reason.trim().to_owned() },
            blobs: Vec::new(),
        };
        self.sign_as(&board, &state, member, act, &request.pin).await.map(drop)
    }

    /// All delegations that are not over, and what became of them.
    pub async fn delegations(&self) -> Answer<Vec<DelegatedSeat>> {
        let board = self.board()?;
        let (state, now) = (board.state().await?, self.now());
        let open = state.ledger.delegations.values().filter(|d| d.until >= now);
        Ok(open.map(|d| shown(&state, d)).collect())
    }

    async fn sign_as(
        &self,
        board: &crate::cabinet::OpenBoard,
        state: &BoardState,
        member: MemberId,
        act: Act,
        pin: &SecretString,
    ) -> Answer<EntryId> {
        let member = state.member(member)?;
        let signer = board.keys.unlock(member, pin.expose_secret(), self.now()).await?;
        let keystore = board.keys.keystore().to_owned();
        let written =
            self.write(board, vec![(act, Key::Member { signer, auth: Auth::Pin, keystore })], Vec::new()).await?;
        self.changed(&[Noun::Attendance, Noun::Meetings], &[]);
        written.first().copied().ok_or_else(|| BoardError::not_found("entry", "just written"))
    }
}

/// The seat in which whoever arrives also sits: of those who let them, the first who is not there and for whom nobody sits.
pub(crate) fn seat_for(
    state: &BoardState,
    meeting: &domain::ledger::Meeting,
    arriving: MemberId,
    at: DateTime<Utc>,
) -> Option<MemberId> {
    let room = domain::quorum::Room::now(&meeting.attendance, []);
    let free = |seat: &MemberId| !room.present.contains(seat) && !room.delegates.values().any(|taken| taken == seat);
    state.ledger.delegated_to(arriving, meeting.agenda.meeting, at).into_iter().find(free)
}

fn time(field: &str, text: &str) -> Answer<DateTime<Utc>> {
    let read = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    read.map_err(|_| BoardError::invalid(field, "Give date and time, for example 2026-12-01T18:00:00Z."))
}

fn title(state: &BoardState, meeting: MeetingId) -> String {
    state.ledger.meetings.get(&meeting).map_or_else(|| meeting.to_string(), |m| m.agenda.title.clone())
}

fn shown(state: &BoardState, delegation: &Delegation) -> DelegatedSeat {
    DelegatedSeat {
        entry: delegation.entry,
        seat: state.name(delegation.seat),
        to: state.name(delegation.to),
        from: crate::words::time(delegation.from),
        until: crate::words::time(delegation.until),
        meeting: delegation.meeting.map(|id| title(state, id)),
        reason: domain::text::mark_invisible(&delegation.reason),
        withdrawn: delegation.withdrawn.is_some(),
    }
}
