//! Delegating a seat (R72): by the member's own PIN, dated, for one meeting or a time, and taken back by the same hand. The key
//! is never lent; the delegate signs with their own, or speaks for themselves.
use chrono::{DateTime, Duration, Utc};
use domain::delegation::{Delegation, check};
use domain::entry::{Attestation, Auth, Body};
use domain::ids::{Digest, EntryId, MeetingId, MemberId};
use domain::roster::Member;
use domain::text::mark_invisible;
use record::statement::Subject;
use serde::Serialize;
use vault::{ExposeSecret as _, SecretString};

use crate::cabinet::{Cabinet, OpenBoard, member_ref, seat_words};
use crate::error::{Answer, BoardError, refusal};
use crate::meetings::draft::MeetingDraft;
use crate::signing_hands::Prepared;
use crate::state::BoardState;
use crate::views::{DelegationRow, DelegationState, DelegationsView, Fact, Noun, Refusal, SigningSubject};
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
        let wanted = Wanted {
            member: &request.member,
            to: &request.to,
            meeting: request.meeting.as_deref(),
            from: request.from.as_deref(),
            until: &request.until,
            reason: &request.reason,
        };
        let proposed = propose(&board, &state, wanted, self.now()).await?;
        let member = proposed.member.id;
        let act = Act {
            actor: member,
            attestation: Attestation::Signed,
            role: None,
            meaning: proposed.meaning(),
            meeting: None,
            subjects: vec![Subject { name: "delegation".to_owned(), sha256: proposed.digest }],
            body: proposed.body,
            blobs: Vec::new(),
        };
        let entry = self.sign_as(&board, &state, member, act, &request.pin).await?;
        let state = board.state().await?;
        let made = state.ledger.delegations.get(&entry).ok_or_else(|| BoardError::not_found("delegation", entry))?;
        shown(&board, &state, made).await
    }

    /// Takes a delegation back; where its delegate sat for the seat until then stays as it was.
    pub async fn end_delegation(&self, request: EndDelegationRequest) -> Answer<()> {
        let board = self.board()?;
        let state = board.state().await?;
        let member = crate::words::member_id(&request.member)?;
        let delegation = named(&state, &request.delegation, Some(member))?;
        let act = Act {
            actor: member,
            attestation: Attestation::Signed,
            role: None,
            meaning: ended(&state, delegation),
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
        let mut open = Vec::new();
        for delegation in state.ledger.delegations.values() {
            if delegation.until >= now {
                open.push(shown(&board, &state, delegation).await?);
            }
        }
        Ok(open)
    }

    /// Who sits in whose seat, then and now, and whether the member at this device can let somebody sit in theirs.
    pub async fn delegations_view(&self) -> Answer<DelegationsView> {
        let board = self.board()?;
        let (state, now) = (board.state().await?, self.now());
        let me = self.me(&board, &state).await?;
        let me = me.ok_or_else(|| BoardError::not_found("member", "at this device"))?;
        let may_sit = |m: &&Member| check(state.roster(), me.id, m.id, (now, now + LONGEST)).is_ok();
        let delegates = state.roster().members.iter().filter(may_sit).map(member_ref).collect();
        let refusal = not_here(&board, &me);
        let mut delegations = Vec::new();
        for delegation in state.ledger.delegations.values() {
            let seat = shown(&board, &state, delegation).await?;
            let standing = standing(delegation, now);
            delegations.push(DelegationRow {
                entry: seat.entry.to_string(),
                seat: seat.seat,
                to: seat.to,
                from: seat.from,
                until: seat.until,
                meeting: seat.meeting,
                reason: seat.reason,
                state: standing,
                can_end: delegation.seat == me.id
                    && refusal.is_none()
                    && matches!(standing, DelegationState::InForce | DelegationState::Ahead),
            });
        }
        delegations.sort_by(|a, b| (a.state, &b.from, &a.entry).cmp(&(b.state, &a.from, &b.entry)));
        Ok(DelegationsView { member: member_ref(&me), refusal, delegates, delegations })
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

/// A delegation as it is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub member: &'a str,
    pub to: &'a str,
    /// For this meeting alone.
    pub meeting: Option<&'a str>,
    /// From now on, if not given.
    pub from: Option<&'a str>,
    pub until: &'a str,
    pub reason: &'a str,
}

/// A delegation that may be signed so.
struct Proposed<'s> {
    member: &'s Member,
    to: &'s Member,
    /// What the meeting is called for which alone it is.
    meeting: Option<String>,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    body: Body,
    digest: Digest,
}

impl Proposed<'_> {
    /// The sentence that is signed.
    fn meaning(&self) -> String {
        let scope = self.meeting.as_ref().map_or_else(String::new, |title| format!(" in the meeting {title}"));
        let (from, until) = (in_words(self.from), in_words(self.until));
        let to = &self.to.name;
        format!(
            "{to} sits in my seat{scope} from {from} until {until}. My key stays mine, and nobody passes the seat on."
        )
    }
}

async fn propose<'s>(
    board: &OpenBoard,
    state: &'s BoardState,
    wanted: Wanted<'_>,
    now: DateTime<Utc>,
) -> Answer<Proposed<'s>> {
    let member = state.member(crate::words::member_id(wanted.member)?)?;
    let to = state.member(crate::words::member_id(wanted.to)?)?;
    let meeting: Option<MeetingId> = wanted.meeting.map(crate::meetings::meeting_id).transpose()?;
    let from = wanted.from.map_or_else(|| Ok(now), |text| time("from", text))?;
    let until = time("until", wanted.until)?;
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
    let body = Body::Delegation { to: to.id, from, until, meeting, reason: wanted.reason.trim().to_owned() };
    let bytes = record::canonical::to_bytes(&body).map_err(|e| BoardError::internal(&e))?;
    let meeting = match meeting {
        Some(id) => Some(title(board, state, id).await?),
        None => None,
    };
    Ok(Proposed { member, to, meeting, from, until, body, digest: Digest::of(&bytes) })
}

/// What the signing window shows of a delegation.
pub(crate) async fn prepare(
    board: &OpenBoard,
    state: &BoardState,
    wanted: Wanted<'_>,
    now: DateTime<Utc>,
) -> Answer<Prepared> {
    // Said once and for all here: signed a minute later, it is still the same sentence.
    let from = wanted.from.map_or_else(|| crate::words::time(now), str::to_owned);
    let proposed = propose(board, state, Wanted { from: Some(&from), ..wanted }, now).await?;
    let titled = |member: &Member| format!("{}, {}", member.name, seat_words(member));
    let each = || "each that takes place in that time".to_owned();
    let reason = wanted.reason.trim();
    let mut facts = vec![
        fact("Seat of", titled(proposed.member)),
        fact("Sits in it", titled(proposed.to)),
        fact("Meeting", proposed.meeting.clone().unwrap_or_else(each)),
        fact("From", in_words(proposed.from)),
        fact("Until", in_words(proposed.until)),
    ];
    if !reason.is_empty() {
        facts.push(fact("Reason", mark_invisible(reason)));
    }
    Ok(Prepared {
        subject: SigningSubject::Delegation {
            member: wanted.member.to_owned(),
            to: wanted.to.to_owned(),
            meeting: wanted.meeting.unwrap_or_default().to_owned(),
            from,
            until: wanted.until.to_owned(),
            reason: wanted.reason.to_owned(),
        },
        title: format!("Seat of {}", proposed.member.name),
        meaning: proposed.meaning(),
        facts,
        digest: proposed.digest,
        manifest: vec![fact("Member", proposed.member.id.to_string()), fact("Delegate", proposed.to.id.to_string())],
        signers: vec![proposed.member.id],
    })
}

/// What the signing window shows where a delegation is taken back.
pub(crate) async fn prepare_end(
    board: &OpenBoard,
    state: &BoardState,
    subject: &SigningSubject,
    (delegation, reason): (&str, &str),
) -> Answer<Prepared> {
    let delegation = named(state, delegation, None)?;
    let seat = shown(board, state, delegation).await?;
    let mut facts = vec![
        fact("Seat of", seat.seat.clone()),
        fact("Sits in it", seat.to),
        fact("From", in_words(delegation.from)),
        fact("Until", in_words(delegation.until)),
    ];
    if let Some(meeting) = seat.meeting {
        facts.push(fact("Meeting", meeting));
    }
    if !reason.trim().is_empty() {
        facts.push(fact("Reason", mark_invisible(reason.trim())));
    }
    facts.push(fact("What follows", "where they sat in it until now stays as it was"));
    Ok(Prepared {
        subject: subject.clone(),
        title: format!("Seat of {}", seat.seat),
        meaning: ended(state, delegation),
        facts,
        digest: Digest(delegation.entry.0),
        manifest: vec![fact("Delegation", delegation.entry.to_string())],
        signers: vec![delegation.seat],
    })
}

fn fact(label: &str, value: impl Into<String>) -> Fact {
    Fact { label: label.to_owned(), value: value.into() }
}

fn in_words(at: DateTime<Utc>) -> String {
    crate::words::local(at, chrono_tz::Tz::UTC)
}

/// The sentence that takes it back.
fn ended(state: &BoardState, delegation: &Delegation) -> String {
    format!("{} no longer sits in my seat.", state.name(delegation.to))
}

/// The one delegation not taken back whose entry begins so.
fn named<'s>(state: &'s BoardState, text: &str, of: Option<MemberId>) -> Answer<&'s Delegation> {
    let open = |d: &&Delegation| d.withdrawn.is_none() && of.is_none_or(|member| d.seat == member);
    let meant = |d: &&Delegation| d.entry.to_string().starts_with(text.trim());
    let mut found = state.ledger.delegations.values().filter(open).filter(meant);
    let (Some(delegation), None) = (found.next(), found.next()) else {
        return Err(BoardError::not_found("delegation of your seat", text));
    };
    Ok(delegation)
}

/// Why a member's seat cannot be delegated from this device; `None`: it can.
fn not_here(board: &OpenBoard, me: &Member) -> Option<Refusal> {
    if !me.voting {
        let rule = format!("{} has no voting seat, and so none to delegate.", me.name);
        return Some(refusal("delegation-no-seat", rule, Some("R72"), "Nothing is to be done: others vote."));
    }
    if me.signature_key().is_none() || !board.is_enrolled_here(me.id) {
        let rule = format!("{} has no key on this device, and a seat is delegated by the member's own PIN.", me.name);
        let remedy = "Have the member enrol here, or delegate on the device that has the key.";
        return Some(refusal("no_key", rule, Some("R72"), remedy));
    }
    None
}

fn standing(delegation: &Delegation, now: DateTime<Utc>) -> DelegationState {
    if delegation.withdrawn.is_some() {
        DelegationState::TakenBack
    } else if delegation.until < now {
        DelegationState::Over
    } else if now < delegation.from {
        DelegationState::Ahead
    } else {
        DelegationState::InForce
    }
}

/// What a meeting is called: in the record, or on this device before it is called to order.
async fn title(board: &OpenBoard, state: &BoardState, meeting: MeetingId) -> Answer<String> {
    if let Some(held) = state.ledger.meetings.get(&meeting) {
        return Ok(held.agenda.title.clone());
    }
    let draft: Option<MeetingDraft> = board.draft("meeting", &meeting.to_string()).await?;
    Ok(draft.map_or_else(|| meeting.to_string(), |draft| draft.title))
}

async fn shown(board: &OpenBoard, state: &BoardState, delegation: &Delegation) -> Answer<DelegatedSeat> {
    let meeting = match delegation.meeting {
        Some(id) => Some(title(board, state, id).await?),
        None => None,
    };
    Ok(DelegatedSeat {
        entry: delegation.entry,
        seat: state.name(delegation.seat),
        to: state.name(delegation.to),
        from: crate::words::time(delegation.from),
        until: crate::words::time(delegation.until),
        meeting,
        reason: mark_invisible(&delegation.reason),
        withdrawn: delegation.withdrawn.is_some(),
    })
}
