//! Circulars: the board decides between meetings, in writing. What is asked, who has answered, what came of it, and what
//! the next meeting made of that.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::circular::{Ratification, Resolution, resolution};
use domain::entry::{Act, ActKind, Attestation, Body};
use domain::ids::{MeetingId, MemberId};
use domain::ledger::{Ledger, Meeting, RecordedDecision};
use domain::meeting::{AgendaItem, Basis, Decision, DecisionKind, Position, TallyStamp};
use domain::roster::Member;
use domain::text::mark_invisible;
use record::statement::Subject;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::cabinet::{Cabinet, OpenBoard};
use crate::conditions::one_line;
use crate::content::Content;
use crate::error::{Answer, BoardError};
use crate::meetings::{keeper, reference};
use crate::state::BoardState;
use crate::views::Noun;
use crate::writer::{Act as Write, Key};

mod sign;

pub use sign::{OpenCircularRequest, RecuseCircularRequest, VoteCircularRequest};

/// How a circular stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CircularState {
    /// Members may answer, or the chair has not ended it.
    Open,
    /// Carried; the next meeting ratifies it.
    Carried,
    /// Ended without a majority of all who are entitled.
    NotCarried,
    /// Carried, and a meeting approves the change, too.
    Ratified,
    /// Carried, and a meeting decided otherwise: that stands.
    NotRatified,
}

/// What a member said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CircularSaid {
    /// For.
    Approve,
    /// Against.
    Reject,
    /// Neither.
    Abstain,
    /// Stepped aside.
    Recused,
    /// It is the member's own change (R89).
    Barred,
    /// Nothing, which is no yes.
    Silent,
}

/// A member's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CircularAnswer {
    /// Who.
    pub member: String,
    /// Name.
    pub name: String,
    /// What they said.
    pub said: CircularSaid,
    /// Why they stepped aside, or may not answer; else empty.
    pub why: String,
    /// Whether the member can answer on a device of theirs: whoever has no key yet cannot.
    pub has_key: bool,
}

/// A circular as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CircularView {
    /// Its id.
    pub id: String,
    /// The change.
    pub change: String,
    /// Its title when it was asked.
    pub title: String,
    /// The question.
    pub question: String,
    /// Who asks.
    pub chair: String,
    /// Since when, RFC 3339, as claimed.
    pub opened_at: String,
    /// Until when answers count, RFC 3339.
    pub closes_at: String,
    /// How it stands.
    pub state: CircularState,
    /// Each member's answer.
    pub answers: Vec<CircularAnswer>,
    /// The count with its arithmetic.
    pub arithmetic: String,
    /// What came of it, and what follows; what is waited for while it is open.
    pub outcome: String,
    /// Whether whoever is at this device may end it now.
    pub may_end: bool,
    /// Whether the member at this device is asked and has not answered.
    pub asked: bool,
}

/// The one item of a circular.
fn item(meeting: &Meeting) -> Answer<&AgendaItem> {
    meeting.agenda.items.first().ok_or_else(|| BoardError::not_found("item of circular", meeting.agenda.meeting))
}

/// The answers as they stand now, counted by the policy and the roster in force.
fn counted(state: &BoardState, meeting: &Meeting) -> Answer<Resolution> {
    let missing = || BoardError::not_found("circular", meeting.agenda.meeting);
    let circular = meeting.circular.as_ref().ok_or_else(missing)?;
    let recused: BTreeSet<_> = circular.recused.keys().copied().collect();
    let of = (item(meeting)?.change.prefix(), &circular.involved);
    Ok(resolution(&state.policy, state.roster(), of, &recused, &meeting.answers()))
}

/// Who is asked by a circular that is open, and has said nothing.
pub(crate) fn silent(state: &BoardState, meeting: &Meeting, now: DateTime<Utc>) -> BTreeSet<MemberId> {
    let in_time = meeting.circular.as_ref().is_some_and(|circular| now <= circular.closes);
    let open = in_time && meeting.closed.is_none() && meeting.decisions.is_empty();
    counted(state, meeting).ok().filter(|_| open).map(|found| found.silent).unwrap_or_default()
}

/// The circular that is named: by its id, by so much of it that it is the only one, or by its change, the newest.
fn named<'s>(state: &'s BoardState, typed: &str) -> Answer<&'s Meeting> {
    let typed = typed.trim();
    let (id, key) = (typed.to_lowercase(), typed.to_uppercase());
    let all = || state.ledger.meetings.values().filter(|meeting| meeting.circular.is_some());
    let by_id = |meeting: &&Meeting| {
        let own = meeting.agenda.meeting.to_string();
        own == id || (id.len() >= 8 && own.ends_with(&id))
    };
    let about = |meeting: &&Meeting| meeting.agenda.items.iter().any(|item| item.change.as_str() == key);
    let newest = || all().filter(about).max_by_key(|meeting| (meeting.agenda.called, meeting.agenda.meeting));
    let found = all().find(by_id).or_else(newest);
    found.ok_or_else(|| BoardError::not_found("circular", typed))
}

/// What came of a resolution that was carried, and what follows: in the window and in the minutes the same.
pub(crate) fn follows(ledger: &Ledger, then: Ratification) -> String {
    let title = |id: MeetingId| ledger.meetings.get(&id).map_or_else(|| id.to_string(), |m| one_line(&m.agenda.title));
    match then {
        Ratification::Awaited => "Not ratified yet: it stands, and tops the agenda of the next meeting.".to_owned(),
        Ratification::Ratified(meeting) => format!("Ratified by \u{201c}{}\u{201d}.", title(meeting)),
        Ratification::NotRatified(meeting, kind) => format!(
            "Not ratified: \u{201c}{}\u{201d} decided {}. The approval ended with that decision, and nothing more goes out by \
             it. What was deployed by it stays in the record as deployed so; it is taken back, or comes before the board \
             again.",
            title(meeting),
            kind.words().to_lowercase()
        ),
    }
}

impl Cabinet {
    /// Every circular, the newest first.
    ///
    /// # Errors
    /// Where no board is open.
    pub async fn circulars(&self) -> Answer<Vec<CircularView>> {
        let board = self.board()?;
        let state = board.state().await?;
        let me = self.me(&board, &state).await?;
        let mut all: Vec<&Meeting> = state.ledger.meetings.values().filter(|m| m.circular.is_some()).collect();
        all.sort_by_key(|m| std::cmp::Reverse((m.agenda.called, m.agenda.meeting)));
        all.into_iter().map(|meeting| self.circular_view(&board, &state, meeting, me.as_ref())).collect()
    }

    async fn circular(&self, typed: &str) -> Answer<CircularView> {
        let board = self.board()?;
        let state = board.state().await?;
        let me = self.me(&board, &state).await?;
        self.circular_view(&board, &state, named(&state, typed)?, me.as_ref())
    }

    fn circular_view(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        meeting: &Meeting,
        me: Option<&Member>,
    ) -> Answer<CircularView> {
        let item = item(meeting)?;
        let found = counted(state, meeting)?;
        let missing = || BoardError::not_found("circular", meeting.agenda.meeting);
        let circular = meeting.circular.as_ref().ok_or_else(missing)?;
        let decided = meeting.decisions.get(&item.number);
        let now = self.now();
        let open = decided.is_none() && meeting.closed.is_none();
        // Decided and not closed: the device went down between the two entries.
        let unfinished = decided.is_some() && meeting.closed.is_none();
        let may_end = unfinished || (open && found.may_end(now, circular.closes));
        let (stands, outcome) = came_of(&state.ledger, meeting, decided);
        let answers = state
            .roster()
            .members
            .iter()
            .filter(|m| m.voting || m.mandatory)
            .map(|m| {
                let recused = meeting.recusals.get(&item.number).and_then(|who| who.get(&m.id));
                let cast = meeting.votes.get(&item.number).and_then(|votes| votes.get(&m.id)).map(|v| v.position);
                let (said, why) = match (recused, found.barred.get(&m.id), cast) {
                    (Some(reason), _, _) => (CircularSaid::Recused, mark_invisible(reason)),
                    (None, Some(duty), _) => (CircularSaid::Barred, duty.to_string()),
                    (None, None, Some(Position::Approve)) => (CircularSaid::Approve, String::new()),
                    (None, None, Some(Position::Reject)) => (CircularSaid::Reject, String::new()),
                    (None, None, Some(Position::Abstain)) => (CircularSaid::Abstain, String::new()),
                    (None, None, None) => (CircularSaid::Silent, String::new()),
                };
                let (member, has_key) = (m.id.to_string(), m.signature_key().is_some());
                CircularAnswer { member, name: m.name.clone(), said, why, has_key }
            })
            .collect();
        let asked = |m: &Member| open && now <= circular.closes && found.silent.contains(&m.id);
        Ok(CircularView {
            id: meeting.agenda.meeting.to_string(),
            change: item.change.to_string(),
            title: mark_invisible(&item.title),
            question: mark_invisible(&circular.question),
            chair: state.name(meeting.agenda.chair),
            opened_at: crate::words::time(meeting.agenda.called),
            closes_at: crate::words::time(circular.closes),
            state: stands,
            answers,
            arithmetic: match decided.and_then(|d| d.decision.tally.as_ref()) {
                Some(tally) => tally_words(tally),
                None => found.words(),
            },
            outcome,
            may_end: may_end && keeper(board, state, &meeting.agenda).is_ok(),
            asked: me.is_some_and(asked),
        })
    }

    /// Ends a circular: it is carried by a majority of all who are entitled, or it is left to the next meeting. With a
    /// reason in `instead`, it is ended without a resolution at any time.
    ///
    /// # Errors
    /// [`BoardError::Refused`] on another device than the chair's, while members may still answer, and where a gate has
    /// come to block the change or it was edited since the question was put; [`BoardError::NotFound`].
    pub async fn end_circular(&self, circular: &str, instead: &str) -> Answer<CircularView> {
        let board = self.board()?;
        let _one_at_a_time = board.console.lock().await;
        let state = board.state().await?;
        let meeting = named(&state, circular)?;
        let id = meeting.agenda.meeting;
        let (actor, role) = keeper(&board, &state, &meeting.agenda)?;
        if meeting.closed.is_some() {
            return Err(over());
        }
        let named_so = reference(meeting);
        let subjects = || vec![Subject { name: format!("circular {id}"), sha256: named_so.agenda }];
        let change = item(meeting)?.change.clone();
        if meeting.decisions.is_empty() {
            let found = self.load_change(&board, &change).await?;
            self.keep_files(&board, &found).await?;
            let decision = self.came_out(&board, &state, meeting, instead.trim()).await?;
            self.refuse_moved(&board, &change).await?;
            let meaning = format!(
                "{}: {}. {}",
                meeting.agenda.title,
                if decision.kind.approves() { "carried" } else { "not carried" },
                decision.rationale
            );
            let what = ActKind::Decided { decision: Box::new(decision) };
            let acts = vec![Act { actor: meeting.agenda.chair, at: self.now(), what }];
            let mut writes = self.answers_behind_decisions(&board, &state, &acts).await?;
            let told = Write {
                actor,
                attestation: Attestation::Recorded,
                role,
                meaning,
                subjects: subjects(),
                meeting: Some(named_so.clone()),
                body: Body::Running { acts },
                blobs: Vec::new(),
            };
            writes.push((told, Key::Device));
            self.write(&board, writes, Vec::new()).await?;
        }
        // With what was decided among the heads, as of a meeting.
        let heads = board.state().await?.heads.clone();
        let closed = Write {
            actor,
            attestation: Attestation::Recorded,
            role,
            meaning: format!("{} ended.", meeting.agenda.title),
            subjects: subjects(),
            meeting: Some(named_so.clone()),
            body: Body::MeetingClosed { heads },
            blobs: Vec::new(),
        };
        self.write(&board, vec![(closed, Key::Device)], Vec::new()).await?;
        let nouns = [Noun::Meetings, Noun::Agenda, Noun::Votes, Noun::Decisions, Noun::Changes];
        self.changed(&nouns, &[&id.to_string(), change.as_str()]);
        self.circular(&id.to_string()).await
    }

    /// What the chair records of it, by the rules.
    async fn came_out(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        meeting: &Meeting,
        instead: &str,
    ) -> Answer<Decision> {
        let item = item(meeting)?;
        let found = counted(state, meeting)?;
        let closes = meeting.circular.as_ref().map_or(meeting.agenda.called, |circular| circular.closes);
        let change = self.load_change(board, &item.change).await?;
        let dropped = !instead.is_empty();
        if !dropped && !found.may_end(self.now(), closes) {
            return Err(BoardError::refused(
                "circular_open",
                format!("Members may still answer, until {}: {}.", crate::words::time(closes), found.words()),
                Some("R30"),
                "Wait for a majority of all who are entitled, for every answer, or for the closing time; or give the \
                 reason why it ends without a resolution.",
            ));
        }
        let carried = found.carried() && !dropped;
        if carried {
            let since = state.ledger.decided_beside(&item.change, meeting);
            if let Some(decided) = since {
                return Err(decided_since(decided));
            }
            self.refuse_blocked(board, state, &change)?;
            let content = Content::of(&state.policy, &change, &item.material_attachments)?;
            if content.digest != item.content || !change.details_synced {
                return Err(edited(item));
            }
        }
        let rationale = match (dropped, carried) {
            (true, _) => crate::words::text("instead", instead, "Say why it ends without a resolution.")?,
            (false, true) => String::new(),
            (false, false) => format!("Silence is no yes: {}.", found.words()),
        };
        let risk = self.risk_of(state, &change)?;
        // What the level asks for after the deployment is a condition of every approval of the board's (R85).
        let after = if carried { state.policy.after_care(risk.decided.level) } else { &[] };
        let owner = crate::meetings::answers_for(state, &change, meeting.agenda.chair);
        let conditions = crate::meetings::after_care_conditions(after, &owner);
        let kind = match (carried, conditions.is_empty()) {
            (false, _) => DecisionKind::NoDecision,
            (true, true) => DecisionKind::Approved,
            (true, false) => DecisionKind::ApprovedWithConditions,
        };
        Ok(Decision {
            item: item.number,
            change: item.change.clone(),
            kind,
            basis: Basis::CircularResolution,
            rationale,
            conditions,
            deferred_to: String::new(),
            quorum: found.quorum,
            tally: Some(found.tally),
            content: item.content,
            brief: self.brief(board, state, &change, &risk),
            risk: risk.stamp,
        })
    }
}

/// How it stands, and what came of it in words.
fn came_of(ledger: &Ledger, meeting: &Meeting, decided: Option<&RecordedDecision>) -> (CircularState, String) {
    let Some(decided) = decided else {
        if meeting.closed.is_some() {
            return (CircularState::NotCarried, "It ended without a resolution.".to_owned());
        }
        return (CircularState::Open, "Carried by a majority of all who are entitled; silence is no yes.".to_owned());
    };
    if !decided.decision.kind.approves() {
        let why = one_line(&decided.decision.rationale);
        return (CircularState::NotCarried, format!("Not carried, and left to the next meeting. {why}"));
    }
    let Some(then) = ledger.ratified(decided) else {
        return (CircularState::Carried, String::new());
    };
    let stands = match then {
        Ratification::Awaited => CircularState::Carried,
        Ratification::Ratified(_) => CircularState::Ratified,
        Ratification::NotRatified(..) => CircularState::NotRatified,
    };
    (stands, follows(ledger, then))
}

/// The arithmetic as the decision carries it, in the window and in the minutes the same.
pub(crate) fn tally_words(tally: &TallyStamp) -> String {
    format!("{}; silence is no yes", tally.arithmetic())
}

fn over() -> BoardError {
    BoardError::refused(
        "circular_over",
        "The circular is over; what comes now counts for nothing.",
        Some("R30"),
        "Put the change on the next agenda, or put a new question.",
    )
}

fn decided_since(decided: &RecordedDecision) -> BoardError {
    BoardError::refused(
        "circular_decided",
        format!("A meeting decided on {} since the question was put.", decided.decision.change),
        Some("R30"),
        "The chair ends it without a resolution: what a meeting decided, a meeting decides again.",
    )
}

fn edited(item: &AgendaItem) -> BoardError {
    BoardError::refused(
        "circular_stale",
        format!("{} was edited since the question was put: members were asked about another content.", item.change),
        Some("R30"),
        "The chair ends it without a resolution, and puts the question again.",
    )
}
