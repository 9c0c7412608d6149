//! What the console and the wrap-up show of a meeting.
use std::collections::{BTreeMap, BTreeSet};

use domain::change::ChangeRequest;
use domain::duties::Duty;
use domain::ids::MemberId;
use domain::ledger::Meeting;
use domain::meeting::{DecisionKind, Position};
use domain::quorum::{Quorum, Room, quorum};
use domain::roster::Member;
use domain::vote::{Outcome, Tally, tally};

use super::InSession;
use super::draft::TimerDraft;
use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError};
use crate::state::BoardState;
use crate::views;

/// A meeting of the record in one line.
pub(crate) fn head(state: &BoardState, meeting: &Meeting) -> views::MeetingHead {
    let sealed = !meeting.minutes.is_empty();
    views::MeetingHead {
        id: meeting.agenda.meeting.to_string(),
        title: meeting.agenda.title.clone(),
        state: match (meeting.closed.is_some(), sealed) {
            (false, _) => views::MeetingState::InSession,
            (true, false) => views::MeetingState::Closed,
            (true, true) => views::MeetingState::Sealed,
        },
        starts_at: crate::words::time(meeting.agenda.called),
        zone: meeting.agenda.zone.clone(),
        place: meeting.agenda.place.clone(),
        chair: state.name(meeting.agenda.chair),
        items: u32::try_from(meeting.agenda.items.len()).unwrap_or(u32::MAX),
        decided: u32::try_from(meeting.decisions.len()).unwrap_or(u32::MAX),
        called_to_order_at: Some(crate::words::time(meeting.agenda.called)),
        closed_at: meeting.closed_at.map(crate::words::time),
        agenda_digest: Some(meeting.agenda_digest.to_string()),
    }
}

/// The item's room: who is there and not recused.
pub(crate) fn room(meeting: &Meeting, item: Option<u32>) -> Room {
    let recused = item.and_then(|i| meeting.recusals.get(&i)).into_iter().flat_map(BTreeMap::keys).copied();
    Room::now(&meeting.attendance, recused)
}

/// Who may not vote on the item because it is their own change (R89).
pub(crate) fn barred(state: &BoardState, change: &ChangeRequest) -> BTreeMap<MemberId, Duty> {
    if change.is_from_evidence() && change.author.is_none() {
        // Whose own change it was is not in the evidence: their votes were not taken then.
        return BTreeMap::new();
    }
    let involved = domain::duties::involved(change);
    state
        .roster()
        .members
        .iter()
        .filter_map(|m| {
            domain::duties::may_vote(state.roster(), m.id, change.key.prefix(), &involved).err().map(|d| (m.id, d))
        })
        .collect()
}

/// The votes on an item, counted.
pub(crate) fn count(state: &BoardState, meeting: &Meeting, item: u32, change: &ChangeRequest) -> Tally {
    let votes: Vec<(MemberId, Position)> =
        meeting.votes.get(&item).into_iter().flatten().map(|(who, v)| (*who, v.position)).collect();
    let (room, barred) = (room(meeting, Some(item)), barred(state, change));
    let count = |casting| tally(&state.policy.threshold, state.roster(), &room, &barred, &votes, casting);
    // The chair breaks a tie only with a vote that counts.
    let casting = count(None).counted.get(&meeting.agenda.chair).copied();
    count(casting)
}

/// The quorum of an item. A member whose own change it is counts as stepped aside.
pub(crate) fn item_quorum(state: &BoardState, meeting: &Meeting, item: u32, change: &ChangeRequest) -> Quorum {
    let mut room = room(meeting, Some(item));
    let own: BTreeSet<MemberId> = barred(state, change).into_keys().filter(|m| room.present.contains(m)).collect();
    room.recused.extend(own);
    quorum(&state.policy.quorum, state.roster(), &room)
}

/// The quorum in numbers and words.
pub(crate) fn quorum_view(state: &BoardState, quorum: &Quorum) -> views::Quorum {
    let names = |ids: &[MemberId]| ids.iter().map(|m| state.name(*m)).collect::<Vec<_>>();
    let mut missing = names(&quorum.stamp.missing_mandatory);
    if quorum.short_by() > 0 {
        for name in names(&quorum.absent) {
            if !missing.contains(&name) {
                missing.push(name);
            }
        }
    }
    let recused = if quorum.recused.is_empty() {
        String::new()
    } else {
        format!("; stepped aside on this item: {}", names(&quorum.recused).join(", "))
    };
    views::Quorum {
        met: quorum.met(),
        present: quorum.stamp.present,
        required: quorum.stamp.required,
        short_by: quorum.short_by(),
        arithmetic: format!("{}; n = {} voting seats{recused}", quorum.stamp.formula, quorum.stamp.seats),
        missing,
    }
}

/// The count in numbers and words.
pub(crate) fn tally_view(state: &BoardState, meeting: &Meeting, item: u32, tally: &Tally) -> views::Tally {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let recused = meeting.recusals.get(&item).map_or(0, BTreeMap::len);
    let absent = state
        .roster()
        .members
        .iter()
        .filter(|m| m.voting && !domain::meeting::present(&meeting.attendance).contains(&m.id))
        .count();
    let s = &tally.stamp;
    views::Tally {
        approve: s.approve,
        reject: s.reject,
        abstain: s.abstain,
        absent: number(absent),
        recused: number(recused),
        advice: match tally.outcome {
            Outcome::Carried | Outcome::CarriedByCastingVote => Some(views::TallyAdvice::Approve),
            Outcome::NotCarried => Some(views::TallyAdvice::Reject),
            Outcome::Tied | Outcome::NoVotes => None,
        },
        arithmetic: s.arithmetic_and(tally.outcome),
    }
}

impl Cabinet {
    pub(crate) async fn meeting_view(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        session: &InSession,
    ) -> Answer<views::MeetingView> {
        let meeting = &session.shown;
        let present: BTreeSet<MemberId> = domain::meeting::present(&meeting.attendance).into_iter().collect();
        let items = meeting
            .agenda
            .items
            .iter()
            .map(|item| {
                let decision = meeting.decisions.get(&item.number).map(|d| d.decision.kind);
                views::ConsoleItemRow {
                    id: item.number.to_string(),
                    number: item.number,
                    change_id: item.change.to_string(),
                    key: item.change.to_string(),
                    title: item.title.clone(),
                    state: match decision {
                        Some(DecisionKind::NoDecision) => views::ConsoleItemRowState::NoDecision,
                        Some(_) => views::ConsoleItemRowState::Decided,
                        None if session.running.current == Some(item.number) => views::ConsoleItemRowState::Current,
                        None => views::ConsoleItemRowState::Open,
                    },
                    decision,
                    level: item.level,
                    minutes: item.minutes,
                    late: meeting.late.contains(&item.number),
                    release: item.release.as_deref().map(domain::text::mark_invisible),
                }
            })
            .collect();
        let here = Room::now(&meeting.attendance, []);
        let seats = state
            .roster()
            .members
            .iter()
            .map(|m| {
                let stay = meeting.attendance.get(&m.id).and_then(|s| s.last());
                views::Seat {
                    member: crate::cabinet::member_ref(m),
                    seat: seat_with(state, m, here.sits_for(state.roster(), m.id)),
                    voting: m.voting,
                    mandatory: m.mandatory,
                    has_key: m.signature_key().is_some(),
                    attendance: match stay {
                        None => views::SeatAttendance::NotRecorded,
                        Some(_) if present.contains(&m.id) => views::SeatAttendance::Present,
                        Some(_) => views::SeatAttendance::Left,
                    },
                    since: stay.map(|s| crate::words::time(s.left.unwrap_or(s.arrived))),
                }
            })
            .collect();
        let mut late = Vec::new();
        if meeting.closed.is_none() {
            for offered in self.candidates(board).await?.into_iter().take(60) {
                let key = offered.candidate.change;
                if !meeting.agenda.items.iter().any(|i| i.change == key) {
                    late.push(views::MeetingViewLate {
                        change: self.row(board, state, &key).await?,
                        reason: offered.reason,
                    });
                }
            }
        }
        let now = quorum(&state.policy.quorum, state.roster(), &room(meeting, None));
        Ok(views::MeetingView {
            meeting: head(state, meeting),
            items,
            current: session.running.current.map(|c| c.to_string()),
            late,
            actions: super::actions::shown(state, meeting),
            seats,
            quorum: quorum_view(state, &now),
            saved_at: Some(crate::words::time(session.running.saved_at)),
        })
    }

    pub(crate) async fn item_view(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        session: &InSession,
        number: u32,
    ) -> Answer<views::ConsoleItem> {
        let meeting = &session.shown;
        let item = meeting
            .agenda
            .items
            .iter()
            .find(|i| i.number == number)
            .ok_or_else(|| BoardError::not_found("agenda item", number))?;
        let change = self.load_change(board, &item.change).await?;
        let mut quorum = item_quorum(state, meeting, number, &change);
        let mut tally = count(state, meeting, number, &change);
        if let Some(recorded) = meeting.decisions.get(&number).filter(|_| change.is_from_evidence()) {
            // As it was counted then.
            quorum.stamp = recorded.decision.quorum.clone();
            if let Some(counted) = &recorded.decision.tally {
                tally.stamp = counted.clone();
            }
        }
        let barred = barred(state, &change);
        let votes = state
            .roster()
            .members
            .iter()
            .filter(|m| m.voting || quorum.delegates.contains_key(&m.id))
            .map(|m| {
                let cast = meeting.votes.get(&number).and_then(|v| v.get(&m.id));
                let recused = meeting
                    .recusals
                    .get(&number)
                    .and_then(|r| r.get(&m.id))
                    .map(|why| if why.is_empty() { "stepped aside".to_owned() } else { why.clone() })
                    .or_else(|| barred.get(&m.id).map(ToString::to_string));
                views::Vote {
                    member: crate::cabinet::member_ref(m),
                    seat: seat_with(state, m, quorum.delegates.get(&m.id).copied()),
                    position: cast.map(|c| match c.position {
                        Position::Approve => views::VotePosition::Approve,
                        Position::Reject => views::VotePosition::Reject,
                        Position::Abstain => views::VotePosition::Abstain,
                    }),
                    attestation: cast.map(|c| c.attestation),
                    recused,
                }
            })
            .collect();
        let consent = meeting.consents.get(&number).map(|c| views::ConsoleItemConsent {
            present: c.present.iter().map(|m| state.name(*m)).collect(),
            at: crate::words::time(c.at),
        });
        let note = session.running.notes.get(&number).cloned().unwrap_or_else(|| {
            meeting.notes.iter().rev().find(|n| n.item == Some(number)).map_or_else(String::new, |n| n.text.clone())
        });
        Ok(views::ConsoleItem {
            id: number.to_string(),
            change: self.change_view(board, state, &item.change).await?,
            reason: super::agenda::reason_words(item.group, item.level),
            quorum: quorum_view(state, &quorum),
            votes,
            tally: tally_view(state, meeting, number, &tally),
            consent,
            options: self.decision_options(board, state, meeting, number, &change)?,
            decision: meeting.decisions.get(&number).map(|d| self.decision_view(state, d, &change)).transpose()?,
            note,
            timer: timer_view(session.running.timers.get(&number), item.minutes),
        })
    }
}

/// The member's seat, and the one in which they also sit (R72): shown in the room and on the wall.
fn seat_with(state: &BoardState, member: &Member, also: Option<MemberId>) -> String {
    let seat = crate::cabinet::seat_words(member);
    also.map_or_else(|| seat.clone(), |other| format!("{seat}, also for {}", state.name(other)))
}

fn timer_view(timer: Option<&TimerDraft>, minutes: u32) -> views::Timer {
    let timer = timer.cloned().unwrap_or_default();
    views::Timer {
        running: timer.started_at.is_some(),
        started_at: timer.started_at.map(crate::words::time),
        spent_seconds: timer.spent_seconds,
        planned_seconds: (minutes + timer.added_minutes) * 60,
    }
}
