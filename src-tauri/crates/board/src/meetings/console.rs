//! The meeting console: attendance, recusal, votes, consent, notes, timers. Acts wait on this device
//! until the chair moves on from the item; then they are one entry of the running record.
use domain::duties::Duty;
use domain::entry::{Act, ActKind};
use domain::ids::MemberId;
use domain::meeting::Position;

use super::draft::{is_decision, is_recusal, is_vote};
use super::restricted::Keeping;
use super::{InSession, item_number, keeper, meeting_id, reference};
use crate::cabinet::{Cabinet, OpenBoard};
use crate::delegation::seat_for;
use crate::error::{Answer, BoardError};
use crate::requests::{
    AttendanceRequest, MeetingChangeRequest, NoteRequest, OfItem, OfMeeting, RecuseRequest, TimerAct, TimerRequest,
    UnrecuseRequest, VoteRequest,
};
use crate::state::BoardState;
use crate::views::{ConsoleItem, MeetingView, Noun, VotePosition};
use crate::writer::{Key, Local};

impl Cabinet {
    /// The meeting at a glance.
    pub async fn meeting(&self, request: OfMeeting) -> Answer<MeetingView> {
        let board = self.board()?;
        let state = board.state().await?;
        let session = self.in_session(&board, &state, meeting_id(&request.meeting)?).await?;
        self.meeting_view(&board, &state, &session).await
    }

    /// One item, with everything the board needs before it.
    pub async fn meeting_item(&self, request: OfItem) -> Answer<ConsoleItem> {
        let board = self.board()?;
        let state = board.state().await?;
        let session = self.in_session(&board, &state, meeting_id(&request.meeting)?).await?;
        self.item_view(&board, &state, &session, item_number(&request.item)?).await
    }

    /// Changes the local part of a running meeting.
    pub(super) async fn edit_session(
        &self,
        meeting: &str,
        nouns: &[Noun],
        edit: impl FnOnce(&mut InSession, &BoardState) -> Answer<()>,
    ) -> Answer<(std::sync::Arc<OpenBoard>, std::sync::Arc<BoardState>, InSession)> {
        let board = self.board()?;
        let _one_at_a_time = board.console.lock().await;
        let state = board.state().await?;
        let id = meeting_id(meeting)?;
        let mut session = self.open_session(&board, &state, id).await?;
        edit(&mut session, &state)?;
        self.save_running(&board, &mut session.running).await?;
        session.shown = state
            .ledger
            .preview(id, &session.running.acts)
            .ok_or_else(|| BoardError::not_found("meeting in session", id))?;
        self.changed(nouns, &[meeting]);
        Ok((board.clone(), state, session))
    }

    /// Somebody came or left.
    pub async fn set_attendance(&self, request: AttendanceRequest) -> Answer<MeetingView> {
        let member = crate::words::member_id(&request.member)?;
        let now = self.now();
        let (board, state, session) = self
            .edit_session(&request.meeting, &[Noun::Attendance], |session, state| {
                state.member(member)?;
                let here = domain::meeting::present(&session.shown.attendance).contains(&member);
                if here == request.present {
                    return Ok(());
                }
                let what = if request.present {
                    ActKind::Arrived { delegate_for: seat_for(state, &session.shown, member, now) }
                } else {
                    ActKind::Left {}
                };
                // Marked by mistake and corrected before it is in the record: then it never was.
                let is_last = session
                    .running
                    .acts
                    .iter()
                    .rev()
                    .find(|a| a.actor == member && matches!(a.what, ActKind::Arrived { .. } | ActKind::Left {}));
                let undo = match (is_last.map(|a| (&a.what, a.at)), request.present) {
                    (Some((ActKind::Arrived { .. }, at)), false) | (Some((ActKind::Left {}, at)), true)
                        if now - at < chrono::Duration::seconds(60) =>
                    {
                        Some(at)
                    }
                    _ => None,
                };
                if let Some(at) = undo {
                    // Who was never there made no quorum: what waits to be recorded is decided again.
                    session.running.take_back(|a| matches!(a.what, ActKind::Decided { .. }));
                    session.running.take_back(|a| {
                        a.actor == member && a.at == at && matches!(a.what, ActKind::Arrived { .. } | ActKind::Left {})
                    });
                } else {
                    session.running.acts.push(Act { actor: member, at: now, what });
                }
                Ok(())
            })
            .await?;
        self.meeting_view(&board, &state, &session).await
    }

    /// Somebody steps aside on an item.
    pub async fn recuse(&self, request: RecuseRequest) -> Answer<ConsoleItem> {
        let (member, item, now) = (crate::words::member_id(&request.member)?, item_number(&request.item)?, self.now());
        let (board, state, session) = self
            .edit_session(&request.meeting, &[Noun::Votes, Noun::Attendance], |session, state| {
                state.member(member)?;
                has_item(session, item)?;
                session.running.take_back(|a| is_vote(a, member, item) || is_decision(a, item));
                let what = ActKind::Recused { item, reason: request.reason.trim().to_owned() };
                session.running.put(Act { actor: member, at: now, what }, |a| is_recusal(a, member, item));
                Ok(())
            })
            .await?;
        self.item_view(&board, &state, &session, item).await
    }

    /// Takes a recusal back that is not in the record yet.
    pub async fn unrecuse(&self, request: UnrecuseRequest) -> Answer<ConsoleItem> {
        let (member, item) = (crate::words::member_id(&request.member)?, item_number(&request.item)?);
        let (board, state, session) = self
            .edit_session(&request.meeting, &[Noun::Votes, Noun::Attendance], |session, _| {
                if session.running.take_back(|a| is_recusal(a, member, item)) {
                    session.running.take_back(|a| is_decision(a, item));
                    return Ok(());
                }
                Err(already_recorded("The recusal"))
            })
            .await?;
        self.item_view(&board, &state, &session, item).await
    }

    /// A spoken vote, on the recorder's word; `None` or *absent* takes it back.
    pub async fn vote(&self, request: VoteRequest) -> Answer<ConsoleItem> {
        let barred = self.barred_on(&request.meeting, &request.item).await?;
        let (member, item, now) = (crate::words::member_id(&request.member)?, item_number(&request.item)?, self.now());
        let (board, state, session) = self
            .edit_session(&request.meeting, &[Noun::Votes], |session, state| {
                let member_ = state.member(member)?;
                has_item(session, item)?;
                let position = match request.position {
                    Some(VotePosition::Approve) => Position::Approve,
                    Some(VotePosition::Reject) => Position::Reject,
                    Some(VotePosition::Abstain) => Position::Abstain,
                    Some(VotePosition::Absent) | None => {
                        if session.recorded.votes.get(&item).is_some_and(|v| v.contains_key(&member)) {
                            return Err(already_recorded("The vote"));
                        }
                        session.running.take_back(|a| is_vote(a, member, item) || is_decision(a, item));
                        return Ok(());
                    }
                };
                if !domain::meeting::present(&session.shown.attendance).contains(&member) {
                    return Err(BoardError::refused(
                        "absent",
                        format!("{} is not marked as present.", member_.name),
                        None,
                        "Mark them as present first (key q).",
                    ));
                }
                if let Some(why) = session.shown.recusals.get(&item).and_then(|r| r.get(&member)) {
                    return Err(BoardError::refused(
                        "recused",
                        format!("{} stepped aside on this item: {why}", member_.name),
                        Some("R89"),
                        "Take the recusal back if it was a mistake.",
                    ));
                }
                if let Some(duty) = barred.get(&member) {
                    return Err(BoardError::refused(
                        duty.code(),
                        format!("{}: {duty}.", member_.name),
                        Some("R89"),
                        format!("Record a recusal; {}.", duty.satisfied_by()),
                    ));
                }
                if !member_.voting {
                    return Err(BoardError::refused(
                        "no_seat",
                        format!("{} has no voting seat.", member_.name),
                        None,
                        "Write what they said into the item's note.",
                    ));
                }
                session.running.take_back(|a| is_decision(a, item));
                let act = Act { actor: member, at: now, what: ActKind::Voted { item, position } };
                session.running.put(act, |a| is_vote(a, member, item));
                Ok(())
            })
            .await?;
        self.item_view(&board, &state, &session, item).await
    }

    /// "Anyone against?" – nobody: consent, which is never a vote for.
    pub async fn record_consent(&self, request: OfItem) -> Answer<ConsoleItem> {
        let barred = self.barred_on(&request.meeting, &request.item).await?;
        let (item, now) = (item_number(&request.item)?, self.now());
        let (board, state, session) = self
            .edit_session(&request.meeting, &[Noun::Votes], |session, state| {
                has_item(session, item)?;
                let room = super::views::room(&session.shown, Some(item));
                let present: Vec<MemberId> =
                    domain::vote::electorate(state.roster(), &room, &barred).into_iter().collect();
                session.running.take_back(|a| is_decision(a, item));
                if present.is_empty() {
                    return Err(BoardError::refused(
                        "nobody_present",
                        "Nobody is marked as present.",
                        None,
                        "Mark who is present first (key q).",
                    ));
                }
                let actor = session.shown.agenda.chair;
                let what = ActKind::ConsentAsked { item, present, objections: Vec::new() };
                session.running.put(
                    Act { actor, at: now, what },
                    |a| matches!(&a.what, ActKind::ConsentAsked { item: i, .. } if *i == item),
                );
                Ok(())
            })
            .await?;
        self.item_view(&board, &state, &session, item).await
    }

    /// Who may not speak for an item because it is their own change (R89).
    async fn barred_on(&self, meeting: &str, item: &str) -> Answer<std::collections::BTreeMap<MemberId, Duty>> {
        let board = self.board()?;
        let state = board.state().await?;
        let session = self.in_session(&board, &state, meeting_id(meeting)?).await?;
        let number = item_number(item)?;
        let key = session.shown.agenda.items.iter().find(|i| i.number == number).map(|i| i.change.clone());
        let change = self.load_change(&board, &key.ok_or_else(|| BoardError::not_found("agenda item", item))?).await?;
        Ok(super::views::barred(&state, &change))
    }

    /// The item's remark for the minutes; blank takes it away.
    pub async fn set_note(&self, request: NoteRequest) -> Answer<ConsoleItem> {
        let item = item_number(&request.item)?;
        if request.text.len() > 10_000 {
            return Err(BoardError::invalid("note", "A remark has at most 10,000 bytes."));
        }
        let (board, state, session) = self
            .edit_session(&request.meeting, &[Noun::Meetings], |session, _| {
                has_item(session, item)?;
                session.running.notes.insert(item, request.text.trim().to_owned());
                Ok(())
            })
            .await?;
        self.item_view(&board, &state, &session, item).await
    }

    /// The item's timer: soft, local, never recorded.
    pub async fn set_timer(&self, request: TimerRequest) -> Answer<ConsoleItem> {
        let (item, now) = (item_number(&request.item)?, self.now());
        let (board, state, session) = self
            .edit_session(&request.meeting, &[], |session, _| {
                has_item(session, item)?;
                let timer = session.running.timers.entry(item).or_default();
                match request.act {
                    TimerAct::Start => {
                        timer.started_at.get_or_insert(now);
                    }
                    TimerAct::Pause => pause(timer, now),
                    TimerAct::AddMinute => timer.added_minutes += 1,
                }
                Ok(())
            })
            .await?;
        self.item_view(&board, &state, &session, item).await
    }

    /// Takes a late change onto the agenda, by the chair's act.
    pub async fn admit_late(&self, request: MeetingChangeRequest) -> Answer<MeetingView> {
        let key = crate::words::change_key(&request.change)?;
        let board = self.board()?;
        let state = board.state().await?;
        let id = meeting_id(&request.meeting)?;
        let session = self.open_session(&board, &state, id).await?;
        if session.shown.agenda.items.iter().any(|i| i.change == key) {
            return self.meeting_view(&board, &state, &session).await;
        }
        let number = session.shown.agenda.items.iter().map(|i| i.number).max().unwrap_or(0) + 1;
        let item = self.freeze_item(&board, &state, &key, number, 5).await?;
        let now = self.now();
        let (board, state, session) = self
            .edit_session(&request.meeting, &[Noun::Agenda, Noun::Meetings], |session, _| {
                let actor = session.shown.agenda.chair;
                let what = ActKind::LateAdmitted { item: Box::new(item) };
                session.running.acts.push(Act { actor, at: now, what });
                Ok(())
            })
            .await?;
        self.meeting_view(&board, &state, &session).await
    }

    /// Puts an item in front of the board. Moving on from another writes what happened on it.
    pub async fn set_current_item(&self, request: OfItem) -> Answer<MeetingView> {
        let item = item_number(&request.item)?;
        let now = self.now();
        let board = self.board()?;
        let state = board.state().await?;
        let id = meeting_id(&request.meeting)?;
        {
            let _one_at_a_time = board.console.lock().await;
            let session = self.open_session(&board, &state, id).await?;
            if session.running.current != Some(item) && !session.running.acts.is_empty() {
                self.flush(&board, &state, session).await?;
            }
        }
        let (board, state, session) = self
            .edit_session(&request.meeting, &[Noun::Meetings], |session, _| {
                has_item(session, item)?;
                if let Some(before) = session.running.current.filter(|c| *c != item)
                    && let Some(timer) = session.running.timers.get_mut(&before)
                {
                    pause(timer, now);
                }
                session.running.current = Some(item);
                session.running.timers.entry(item).or_default().started_at.get_or_insert(now);
                Ok(())
            })
            .await?;
        self.meeting_view(&board, &state, &session).await
    }

    /// Writes the pending acts as one entry of the running record, signed by the device; what is about a restricted
    /// item stands in an entry of its own. A decision in favour that one of the hard clauses came to block meanwhile is
    /// not written: the chair decides otherwise first.
    pub(crate) async fn flush(&self, board: &OpenBoard, state: &BoardState, session: InSession) -> Answer<()> {
        let InSession { recorded, mut running, .. } = session;
        let mut acts = std::mem::take(&mut running.acts);
        let now = self.now();
        for (item, text) in std::mem::take(&mut running.notes) {
            let before = recorded.notes.iter().rev().find(|n| n.item == Some(item)).map_or("", |n| n.text.as_str());
            if text != before {
                let what = ActKind::Noted { item: Some(item), text };
                acts.push(Act { actor: recorded.agenda.chair, at: now, what });
            }
        }
        if acts.is_empty() {
            return Ok(());
        }
        for act in &acts {
            if let ActKind::Decided { decision } = &act.what
                && decision.kind.approves()
            {
                self.refuse_blocked_since(board, state, &decision.change).await?;
            }
        }
        let mut writes = self.answers_behind_decisions(board, state, &acts).await?;
        let (actor, role) = keeper(board, state, &recorded.agenda)?;
        let keeping = Keeping { actor, role, title: recorded.agenda.title.clone(), reference: reference(&recorded) };
        for write in keeping.running(&recorded, running.current, acts)? {
            writes.push((write, Key::Device));
        }
        let decided: Vec<String> = state
            .ledger
            .meetings
            .get(&recorded.agenda.meeting)
            .map_or_else(Vec::new, |m| m.agenda.items.iter().map(|i| i.change.to_string()).collect());
        running.saved_at = now;
        // In one transaction with the entry: a kill in between can neither lose acts nor double them.
        let draft = crate::cabinet::draft_of("running", &running.meeting.to_string(), &running, now)?;
        self.write(board, writes, vec![Local::PutDraft(draft)]).await?;
        let ids: Vec<&str> = decided.iter().map(String::as_str).collect();
        self.changed(&[Noun::Meetings, Noun::Decisions, Noun::Votes, Noun::Changes], &ids);
        Ok(())
    }
}

fn pause(timer: &mut super::draft::TimerDraft, now: chrono::DateTime<chrono::Utc>) {
    if let Some(started) = timer.started_at.take() {
        let spent = (now - started).num_seconds().clamp(0, 86_400);
        timer.spent_seconds = timer.spent_seconds.saturating_add(u32::try_from(spent).unwrap_or(0));
    }
}

fn has_item(session: &InSession, item: u32) -> Answer<()> {
    if session.shown.has_item(item) { Ok(()) } else { Err(BoardError::not_found("agenda item", item)) }
}

fn already_recorded(what: &str) -> BoardError {
    BoardError::refused(
        "already_recorded",
        format!("{what} is in the record already."),
        Some("R86"),
        "Record the new position; the earlier one stays visible as superseded.",
    )
}
