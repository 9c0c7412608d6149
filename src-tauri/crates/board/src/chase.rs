//! Who owes an answer, since when, and whom to tell (R63, R64). Everything follows from the record and the policy's working
//! hours: a breach is not written down, since whoever reads the record reckons the same one again.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::calendar::WorkingHours;
use domain::chain::{self, Due, Part, Route, Rung, SlotState};
use domain::change::ChangeRequest;
use domain::ids::{ChangeKey, MemberId};
use domain::roster::Role;
use domain::sign_off::Standing;
use domain::text::mark_invisible;

use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError};
use crate::state::BoardState;
use crate::views::{ChaseRow, ChaseView};

/// An answer that is owed.
struct Owed {
    member: MemberId,
    what: String,
    reason: String,
    asked: DateTime<Utc>,
    /// Who else could answer.
    others: Vec<MemberId>,
}

impl Cabinet {
    /// Who owes an answer, the longest overdue first, each with a text that is ready to be sent; and the log of answers that
    /// came late.
    pub async fn chase(&self) -> Answer<ChaseView> {
        let board = self.board()?;
        let state = board.state().await?;
        let now = self.now();
        let hours = state.policy.hours.working().map_err(|why| BoardError::invalid("hours", why.to_string()))?;
        let mut rows = Vec::new();
        for key in asked_about(&state) {
            let change = match self.load_change(&board, &key).await {
                Ok(change) => change,
                // Another device knows the ticket; this one has not synced it yet.
                Err(BoardError::NotFound { .. }) => continue,
                Err(error) => return Err(error),
            };
            for owed in self.owed(&board, &state, &change)? {
                let due = chain::due(owed.asked, now, &hours, &state.policy.ladder)
                    .map_err(|why| BoardError::invalid("hours", why.to_string()))?;
                rows.push(row(&state, &change, owed, &due, (&hours, now)));
            }
        }
        rows.sort_by(|a, b| (a.left_minutes, &a.change, &a.name).cmp(&(b.left_minutes, &b.change, &b.name)));
        let breaches = crate::breaches::rows(&state, &hours, now)?;
        Ok(ChaseView { zone: hours.zone.to_string(), answer_hours: state.policy.ladder.answer, rows, breaches })
    }

    /// What is still owed on a change. Departments are asked before the board decides, an authority once it has.
    fn owed(&self, board: &OpenBoard, state: &BoardState, change: &ChangeRequest) -> Answer<Vec<Owed>> {
        if board.vanished.contains(&change.key) {
            return Ok(Vec::new());
        }
        let (departments, authority) = match self.standing(state, change)? {
            Standing::Undecided | Standing::Deferred | Standing::MoreInformation => (true, false),
            Standing::AwaitingSignOff | Standing::Stale => (true, true),
            Standing::AwaitingConditions | Standing::Approved | Standing::Rejected | Standing::Withdrawn => {
                (false, false)
            }
        };
        let mut owed = in_writing(state, &change.key, self.now());
        if departments && let Some(asked) = departments_asked(state, &change.key) {
            let named = self.material_attachments(state, change);
            let level = self.risk_of(state, change)?.decided.level;
            for slot in self.slots(state, change, &named, Some(level)) {
                let open = match slot.state {
                    SlotState::Open | SlotState::Stale => slot.is_open(),
                    SlotState::Signed | SlotState::Rejected => false,
                };
                let (department, clause) = (slot.involvement.department, slot.involvement.clause);
                let what = format!("sign-off for {department}");
                // Of one that is involved and owns a service beside it, one sign-off is asked.
                let told = |owed: &[Owed], member| owed.iter().any(|one| one.member == member && one.what == what);
                for member in slot.holders.iter().copied().filter(|_| open) {
                    if told(&owed, member) {
                        continue;
                    }
                    owed.push(Owed {
                        member,
                        what: what.clone(),
                        reason: format!("{department} is involved: {} ({clause})", slot.involvement.because),
                        asked,
                        others: slot.holders.iter().copied().filter(|other| *other != member).collect(),
                    });
                }
            }
        }
        if authority && let Some(recorded) = state.ledger.decision(&change.key) {
            let frozen = state.ledger.meetings.get(&recorded.meeting).map(|meeting| meeting.agenda.called);
            let asked = frozen.unwrap_or(recorded.at);
            let others = self.authorities(state, change);
            for one in self.chain_of(state, change)?.asked.into_iter().filter(|one| one.part == Part::Decides) {
                owed.push(Owed {
                    member: one.member,
                    what: "sign-off that decides".to_owned(),
                    reason: one.reason,
                    asked,
                    others: others.iter().copied().filter(|other| *other != one.member).collect(),
                });
            }
        }
        // What the chain delegates waits for no meeting: whoever decides is asked with the departments.
        let undecided = state.ledger.decision(&change.key).is_none();
        if undecided
            && state.policy.chain_binds
            && departments
            && let Some(asked) = departments_asked(state, &change.key)
        {
            let chain = self.chain_of(state, change)?;
            let others = self.authorities(state, change);
            let decides = chain.asked.into_iter().filter(|one| one.part == Part::Decides);
            for one in decides.filter(|_| chain.route == Route::Delegated) {
                owed.push(Owed {
                    member: one.member,
                    what: "sign-off that decides".to_owned(),
                    reason: one.reason,
                    asked,
                    others: others.iter().copied().filter(|other| *other != one.member).collect(),
                });
            }
        }
        Ok(owed)
    }

    /// Whose sign-off would be authority on this change.
    fn authorities(&self, state: &BoardState, change: &ChangeRequest) -> Vec<MemberId> {
        let may = |id: &MemberId| {
            state.roster().member(*id).is_some_and(|m| crate::sign_offs::signer_refusal(state, m, change).is_none())
        };
        state.roster().members.iter().map(|m| m.id).filter(may).collect()
    }
}

/// Who is asked in writing about a change and has not answered; whose answer comes too late is asked no more.
fn in_writing(state: &BoardState, key: &ChangeKey, now: DateTime<Utc>) -> Vec<Owed> {
    let mut owed = Vec::new();
    for meeting in state.ledger.meetings.values().filter(|m| m.agenda.items.iter().any(|item| item.change == *key)) {
        for member in crate::circulars::silent(state, meeting, now) {
            owed.push(Owed {
                member,
                what: "vote in writing".to_owned(),
                reason: format!("asked by circular; silence is no yes: {}", meeting.agenda.title),
                asked: meeting.agenda.called,
                others: Vec::new(),
            });
        }
    }
    owed
}

/// The changes about which anybody was asked, by the record.
fn asked_about(state: &BoardState) -> BTreeSet<ChangeKey> {
    let agendas = state.ledger.meetings.values().flat_map(|meeting| &meeting.agenda.items).map(|item| &item.change);
    agendas.chain(state.ledger.plan_reviews.keys()).cloned().collect()
}

/// When the departments of a change were asked: see [`chain::asked_at`].
fn departments_asked(state: &BoardState, key: &ChangeKey) -> Option<DateTime<Utc>> {
    let reviews: Vec<DateTime<Utc>> =
        state.ledger.plan_reviews.get(key).into_iter().flatten().map(|review| review.claimed).collect();
    let on = |meeting: &&domain::ledger::Meeting| meeting.agenda.items.iter().any(|item| item.change == *key);
    let agendas: Vec<DateTime<Utc>> =
        state.ledger.meetings.values().filter(on).map(|meeting| meeting.agenda.called).collect();
    let ended = state.ledger.decision(key).filter(|d| !d.decision.kind.approves()).map(|d| d.at);
    chain::asked_at(&reviews, &agendas, ended)
}

fn row(
    state: &BoardState,
    change: &ChangeRequest,
    owed: Owed,
    due: &Due,
    (hours, now): (&WorkingHours, DateTime<Utc>),
) -> ChaseRow {
    let name = state.name(owed.member);
    let to = recipients(state, &owed, due.rung, now);
    let title = mark_invisible(&change.title);
    let reason = mark_invisible(&owed.reason);
    let what = mark_invisible(&owed.what);
    let short = |minutes: i64| i32::try_from(minutes).unwrap_or(if minutes < 0 { i32::MIN } else { i32::MAX });
    let text = text(&change.key, &title, (&name, &what, &reason), due, hours.zone);
    ChaseRow {
        change: change.key.to_string(),
        title,
        member: owed.member.to_string(),
        name,
        what,
        reason,
        asked_at: crate::words::time(due.asked),
        due_at: crate::words::time(due.until),
        used_minutes: short(due.used),
        left_minutes: short(due.left),
        breached: due.breached,
        rung: due.rung,
        to,
        text,
    }
}

/// Whom the ladder tells: whoever was asked; then their delegate, or else who could answer as well; then the chair.
fn recipients(state: &BoardState, owed: &Owed, rung: Rung, now: DateTime<Utc>) -> Vec<String> {
    let mut to = vec![owed.member];
    if rung >= Rung::Deputy {
        let sits = |d: &&domain::delegation::Delegation| {
            d.withdrawn.is_none() && d.seat == owed.member && d.from <= now && now <= d.until
        };
        let delegates: Vec<MemberId> = state.ledger.delegations.values().filter(sits).map(|d| d.to).collect();
        to.extend(if delegates.is_empty() { owed.others.clone() } else { delegates });
    }
    if rung == Rung::Chair {
        to.extend(state.roster().members.iter().filter(|m| m.has(Role::Chair)).map(|m| m.id));
    }
    let mut told = BTreeSet::new();
    to.into_iter().filter(|id| told.insert(*id)).map(|id| state.name(id)).collect()
}

/// The text that is sent.
fn text(key: &ChangeKey, title: &str, (name, what, reason): (&str, &str, &str), due: &Due, zone: Tz) -> String {
    let asked = crate::words::local(due.asked, zone);
    let until = crate::words::local(due.until, zone);
    let begins = match due.rung {
        Rung::Asked => format!("{name}, the {what} on {key} “{title}” is yours to give."),
        Rung::Remind => format!("Reminder: {name}, the {what} on {key} “{title}” is still yours to give."),
        Rung::Deputy => format!(
            "{name} has not given the {what} on {key} “{title}”; whoever stands in for {name} is asked as well."
        ),
        Rung::Chair => format!("To the chair: {name} has not given the {what} on {key} “{title}”."),
    };
    let time = if due.breached {
        format!("It was asked on {asked} and due by {until}: {} late.", worked(-due.left))
    } else {
        format!("It was asked on {asked} and is due by {until}: {} left.", worked(due.left))
    };
    format!("{begins} {time} Why {name} is asked: {reason}.")
}

/// Working minutes in words: `2 working hours 5 minutes`.
pub(crate) fn worked(minutes: i64) -> String {
    let minutes = minutes.max(0);
    let counted = |n: i64, word: &str| if n == 1 { format!("{n} {word}") } else { format!("{n} {word}s") };
    match (minutes / 60, minutes % 60) {
        (0, rest) => counted(rest, "working minute"),
        (hours, 0) => counted(hours, "working hour"),
        (hours, rest) => format!("{} {}", counted(hours, "working hour"), counted(rest, "minute")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn working_time_is_told_in_hours_and_minutes() {
        for (minutes, words) in [
            (-5, "0 working minutes"),
            (0, "0 working minutes"),
            (1, "1 working minute"),
            (60, "1 working hour"),
            (61, "1 working hour 1 minute"),
            (965, "16 working hours 5 minutes"),
        ] {
            assert_eq!(worked(minutes), words);
        }
    }

    #[test]
    fn the_text_says_what_is_owed_since_when_and_why() {
        let time = |t: &str| DateTime::parse_from_rfc3339(t).expect("an instant").with_timezone(&Utc);
        let due = |rung: Rung, left: i64| Due {
            asked: time("2026-11-25T09:00:00Z"),
            until: time("2026-11-26T16:00:00Z"),
            used: 960 - left,
            left,
            breached: left < 0,
            rung,
        };
        let said = |rung: Rung, left: i64| {
            let key = ChangeKey::new("CHG", 17);
            let why = "High risk: the CTO decides (R61)";
            text(&key, "Move the ledger", ("Grace", "sign-off that decides", why), &due(rung, left), Tz::Europe__Berlin)
        };
        assert_eq!(
            said(Rung::Remind, 120),
            "Reminder: Grace, the sign-off that decides on CHG-17 “Move the ledger” is still yours to give. It was asked on \
             25 Nov 2026, 10:00 CET and is due by 26 Nov 2026, 17:00 CET: 2 working hours left. Why Grace is asked: High \
             risk: the CTO decides (R61)."
        );
        let late = said(Rung::Chair, -480);
        assert!(
            late.starts_with("To the chair: Grace has not given") && late.contains("8 working hours late"),
            "{late}"
        );
    }
}
