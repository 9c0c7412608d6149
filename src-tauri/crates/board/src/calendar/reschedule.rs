//! Moving a window (R79): what follows from it before anybody does it, the notice to send, and the reason in the record.
//!
//! The window is the ticket's own field, so it is moved there and arrives by sync; Cabinet sends only fields of its own.
use chrono::{DateTime, NaiveDateTime};
use chrono_tz::Tz;
use domain::calendar::{Local, LocalError, hits, instant, span};
use domain::change::{ChangeRequest, Window};
use domain::entry::{Attestation, Body};
use domain::ids::ChangeKey;
use domain::rescheduling::ReschedulingBody;
use domain::sign_off::{Present, SignOff, Staleness};
use domain::text::mark_invisible;
use record::statement::Subject;

use super::schedule::{conflict_views, coverage_view, freeze_view, item_of};
use super::{MOST, window_view, window_words, words};
use crate::cabinet::{Cabinet, OpenBoard};
use crate::changes::stands_newest;
use crate::conditions::one_line;
use crate::error::{Answer, BoardError};
use crate::sign_offs::capacity;
use crate::state::BoardState;
use crate::views::{Noun, RescheduleRequest, RescheduleView, RescheduledSignOff, Role};
use crate::writer::{Act, Key};

/// How a local time is written.
const MINUTE: &str = "%Y-%m-%dT%H:%M";

/// A move that can be made: the change as it is and as it would be, and why.
struct Move {
    change: ChangeRequest,
    moved: ChangeRequest,
    to: Window,
    zone: Tz,
    reason: String,
}

/// A local time as somebody typed it, with its offset where they said which of two.
fn local(field: &str, typed: &str) -> Answer<Local> {
    let typed = typed.trim();
    if let Ok(time) = NaiveDateTime::parse_from_str(typed, MINUTE) {
        return Ok(Local { time, offset: None });
    }
    match DateTime::parse_from_str(typed, "%Y-%m-%dT%H:%M%:z") {
        Ok(at) => Ok(Local { time: at.naive_local(), offset: Some(*at.offset()) }),
        Err(_) => Err(BoardError::invalid(
            field,
            format!(
                "{typed:?} is no local time; write it as 2026-11-25T22:00, with +01:00 where the clocks show it twice."
            ),
        )),
    }
}

/// The window that was asked for, in its zone.
fn window_of(request: &RescheduleRequest, now: Option<&Window>) -> Answer<(Window, Tz)> {
    let named = request.zone.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let name = named.or_else(|| now.map(|window| window.zone.as_str())).unwrap_or("Etc/UTC");
    let zone = crate::words::zone(name)?;
    let refused = |field: &str, why: &LocalError| BoardError::invalid(field, crate::gates::sentence(&why.to_string()));
    let (start, end) = (local("start", &request.start)?, local("end", &request.end)?);
    instant(start, zone).map_err(|why| refused("start", &why))?;
    let (from, until, _) = span(start, end, zone).map_err(|why| refused("end", &why))?;
    Ok((Window { start: from, end: until, zone: zone.name().to_owned() }, zone))
}

/// What becomes of a sign-off, where the change says `before` now and `after` then.
fn becomes(sign_off: &SignOff, before: &Present, after: &Present) -> (bool, String) {
    let (now, then) = (sign_off.staleness(before), sign_off.staleness(after));
    let why = match (now, then) {
        (_, Staleness::Current) => match after.moved {
            Some(moved) => moved.shift.words(),
            None if now == Staleness::Current => "It does not depend on the window.".to_owned(),
            None => "It was given for this window, and speaks again.".to_owned(),
        },
        (Staleness::Current, Staleness::ContentChanged) => {
            "It was given for the window as it is; it has to be given again.".to_owned()
        }
        (Staleness::Current, Staleness::RiskRose) => {
            format!("The risk rises to {}; it has to be given again.", crate::words::level(after.level))
        }
        (Staleness::ContentChanged | Staleness::RiskRose, _) => "It is stale already.".to_owned(),
    };
    (then != Staleness::Current, why)
}

/// The sign-offs that speak, or could: the newest of each signer.
fn sign_off_views(state: &BoardState, planned: &Move, before: &Present, after: &Present) -> Vec<RescheduledSignOff> {
    let all = state.ledger.sign_offs.get(&planned.change.key).map_or(&[][..], Vec::as_slice);
    let standing = all.iter().filter(|s| s.withdrawn.is_none() && !s.late && stands_newest(all, s));
    standing
        .map(|sign_off| {
            let (stale, why) = becomes(sign_off, before, after);
            let signer = state.roster().member(sign_off.actor);
            let role = sign_off.role.or_else(|| signer.and_then(capacity)).unwrap_or(Role::BoardMember);
            RescheduledSignOff { signer: mark_invisible(&state.name(sign_off.actor)), role, stale, why }
        })
        .collect()
}

/// The notice, as plain text that fits a mail or a comment.
fn notice(planned: &Move, view: &RescheduleView) -> String {
    let title = one_line(&planned.change.title);
    let mut lines = vec![
        format!("{} {title}: the window moves", view.change),
        String::new(),
        format!("From: {}", view.from.as_deref().unwrap_or("no window yet")),
        format!("To: {}", view.to),
    ];
    if !["UTC", "Etc/UTC"].contains(&planned.zone.name()) {
        lines.push(format!("In UTC: {}", words(planned.to.start, planned.to.end, Tz::UTC)));
    }
    lines.push(format!("Why: {}", one_line(&planned.reason)));
    let mut list = |title: &str, items: Vec<String>| {
        if !items.is_empty() {
            lines.push(String::new());
            lines.push(format!("{title}:"));
            lines.extend(items.into_iter().map(|item| format!("- {item}")));
        }
    };
    let of = |s: &RescheduledSignOff| format!("{} ({}): {}", s.signer, s.role.title(), s.why);
    list("To be signed again", view.sign_offs.iter().filter(|s| s.stale).map(of).collect());
    list("Signed, and stays so", view.sign_offs.iter().filter(|s| !s.stale).map(of).collect());
    let conflicts =
        view.conflicts.iter().map(|c| format!("{} {} ({}): {}", c.key, c.title, c.local, c.reasons.join(", ")));
    list("Other changes in the way", conflicts.collect());
    let freezes = view.freezes.iter().map(|f| format!("{} ({}): {} {}", f.name, f.local, f.reason, f.needs));
    list("Freezes", freezes.collect());
    let gaps = view.coverage.as_ref().map(|coverage| coverage.gaps.clone()).unwrap_or_default();
    list("Nobody on call", gaps);
    lines.join("\n")
}

/// The window for which the change was approved; `None` where it is not, or had none then.
pub(crate) fn decided_window<'s>(state: &'s BoardState, key: &ChangeKey) -> Option<&'s Window> {
    let decision = &state.ledger.decision(key)?.decision;
    decision.brief.window.as_ref().filter(|_| decision.kind.approves())
}

/// The windows to which the record says why the change was moved.
pub(crate) fn explained(state: &BoardState, key: &ChangeKey) -> Vec<Window> {
    state.ledger.rescheduled.get(key).into_iter().flatten().map(|moved| moved.body.to.clone()).collect()
}

/// Whether two windows are the same time, whatever their zones are called.
fn same_time(one: &Window, other: &Window) -> bool {
    (one.start, one.end) == (other.start, other.end)
}

/// The window from which the ticket was moved without a word why: that for which it was approved.
fn unexplained(state: &BoardState, change: &ChangeRequest) -> Option<Window> {
    let (decided, now) = (decided_window(state, &change.key)?, change.window.as_ref()?);
    let told = explained(state, &change.key).iter().any(|to| same_time(to, now));
    (!told && !same_time(decided, now)).then(|| decided.clone())
}

impl Cabinet {
    /// What follows from moving a window: conflicts, freezes and coverage of the new one, what becomes of each sign-off, and
    /// the notice to send. Changes nothing.
    pub async fn preview_reschedule(&self, request: RescheduleRequest) -> Answer<RescheduleView> {
        let board = self.board()?;
        let state = board.state().await?;
        let planned = self.planned_move(&board, &state, &request).await?;
        self.reschedule_view(&board, &state, &planned).await
    }

    /// Records that a window is moved, and why, on the word of this device's owner. The window itself is moved on the
    /// ticket.
    pub async fn reschedule(&self, request: RescheduleRequest) -> Answer<RescheduleView> {
        let board = self.board()?;
        let state = board.state().await?;
        let planned = self.planned_move(&board, &state, &request).await?;
        let view = self.reschedule_view(&board, &state, &planned).await?;
        let (content, _) = self.says(&state, &planned.change)?;
        let key = planned.change.key.clone();
        let body = ReschedulingBody {
            change: key.clone(),
            content: content.digest,
            from: planned.change.window.clone(),
            to: planned.to.clone(),
            reason: planned.reason.clone(),
        };
        let act = Act {
            actor: self.device_owner(&board, &state)?,
            attestation: Attestation::Recorded,
            role: None,
            meaning: format!("The window of {key} moves to {}: {}", view.to, one_line(&planned.reason)),
            meeting: None,
            subjects: vec![Subject { name: key.to_string(), sha256: content.digest }],
            body: Body::Rescheduled(body),
            // The subject's document, so that the entry can be checked by itself.
            blobs: vec![crate::changes::document(&content)?],
        };
        self.write(&board, vec![(act, Key::Device)], Vec::new()).await?;
        let key = key.to_string();
        self.changed(&[Noun::Changes], &[&key]);
        Ok(view)
    }

    async fn planned_move(&self, board: &OpenBoard, state: &BoardState, request: &RescheduleRequest) -> Answer<Move> {
        let key = crate::words::change_key(&request.change)?;
        let change = self.load_change(board, &key).await?;
        let (to, zone) = window_of(request, change.window.as_ref())?;
        let reason =
            crate::words::text("reason", &request.reason, "Say why the window moves; whoever signed reads it.")?;
        if change.window.as_ref().is_some_and(|now| same_time(now, &to))
            && let Some(from) = unexplained(state, &change)
        {
            // Moved on the ticket first: the reason is given afterwards, from where it was approved.
            let (moved, change) = (change.clone(), ChangeRequest { window: Some(from), ..change });
            return Ok(Move { change, moved, to, zone, reason });
        }
        if change.window.as_ref() == Some(&to) {
            return Err(BoardError::invalid("start", "The window is there already."));
        }
        let moved = ChangeRequest { window: Some(to.clone()), ..change.clone() };
        Ok(Move { change, moved, to, zone, reason })
    }

    async fn reschedule_view(&self, board: &OpenBoard, state: &BoardState, planned: &Move) -> Answer<RescheduleView> {
        let Move { change, moved, to, zone, .. } = planned;
        let policy = &state.policy;
        let beside = self.planned(board, to.start, to.end, MOST).await?;
        let item = item_of(moved, to, &policy.services);
        let place = (change.environment.as_str(), change.service.as_str());
        let excepted = self.set_aside(state, moved).1;
        let frozen = hits(&policy.freezes, &excepted, Some(&change.key), place, to);
        let ((_, before), (_, after)) = (self.says(state, change)?, self.says(state, moved)?);
        let mut view = RescheduleView {
            change: change.key.to_string(),
            window: window_view(to),
            from: change.window.as_ref().map(window_words),
            to: words(to.start, to.end, *zone),
            minutes: u32::try_from(to.end.signed_duration_since(to.start).num_minutes()).unwrap_or(u32::MAX),
            conflicts: conflict_views(&item, &beside, &policy.services, moved, *zone),
            freezes: frozen.iter().map(|hit| freeze_view(hit, *zone)).collect(),
            coverage: coverage_view(policy, &change.service, to, *zone),
            standing: self.standing(state, change)?.words().to_owned(),
            standing_then: self.standing(state, moved)?.words().to_owned(),
            sign_offs: sign_off_views(state, planned, &before, &after),
            notice: String::new(),
        };
        view.notice = notice(planned, &view);
        Ok(view)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::window;
    use super::*;
    use crate::views::{ScheduleConflict, ScheduleCoverage};

    fn asked(start: &str, end: &str, zone: Option<&str>) -> RescheduleRequest {
        RescheduleRequest {
            change: "CHG-1".to_owned(),
            start: start.to_owned(),
            end: end.to_owned(),
            zone: zone.map(str::to_owned),
            reason: "The night shift is ill".to_owned(),
        }
    }

    /// Over both shifts of the clocks, and where the rules of a zone changed.
    #[test]
    fn local_times_of_a_new_window_are_instants_of_its_zone() {
        for (place, start, end, from, until) in [
            ("Europe/Berlin", "2026-03-29T01:30", "2026-03-29T03:30", "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"),
            ("Europe/Berlin", "2026-10-25T01:00", "2026-10-25T04:00", "2026-10-24T23:00:00Z", "2026-10-25T03:00:00Z"),
            (
                "Europe/Berlin",
                "2026-10-25T02:30+02:00",
                "2026-10-25T02:30+01:00",
                "2026-10-25T00:30:00Z",
                "2026-10-25T01:30:00Z",
            ),
            (
                "America/New_York",
                "2026-03-08T01:00",
                "2026-03-08T04:00",
                "2026-03-08T06:00:00Z",
                "2026-03-08T08:00:00Z",
            ),
            (
                "America/New_York",
                "2026-11-01T00:30",
                "2026-11-01T03:00",
                "2026-11-01T04:30:00Z",
                "2026-11-01T08:00:00Z",
            ),
            (
                "Australia/Lord_Howe",
                "2026-10-04T01:30",
                "2026-10-04T03:00",
                "2026-10-03T15:00:00Z",
                "2026-10-03T16:00:00Z",
            ),
            (
                "Australia/Lord_Howe",
                "2026-04-05T01:00",
                "2026-04-05T03:00",
                "2026-04-04T14:00:00Z",
                "2026-04-04T16:30:00Z",
            ),
            ("Asia/Almaty", "2024-02-29T22:00", "2024-03-01T06:00", "2024-02-29T16:00:00Z", "2024-03-01T01:00:00Z"),
        ] {
            let (found, _) =
                window_of(&asked(start, end, Some(place)), None).unwrap_or_else(|no| panic!("{place}: {no}"));
            let instants = (crate::words::time(found.start), crate::words::time(found.end));
            assert_eq!(instants, (from.to_owned(), until.to_owned()), "{place} {start}");
            assert_eq!(found.zone, place);
        }
    }

    #[test]
    fn a_time_that_does_not_occur_or_occurs_twice_is_named_at_its_field() {
        let berlin = Some("Europe/Berlin");
        for (start, end, zone, field, says) in [
            ("2026-03-29T02:30", "2026-03-29T04:00", berlin, "start", "does not occur"),
            ("2026-10-25T01:00", "2026-10-25T02:30", berlin, "end", "occurs twice"),
            ("2026-11-25T22:00", "2026-11-25T21:00", berlin, "end", "not after its start"),
            ("tomorrow", "2026-11-25T21:00", berlin, "start", "is no local time"),
            ("2026-11-25T22:00", "2026-11-25T23:00", Some("Berlin"), "zone", "is not an IANA time zone"),
        ] {
            let refused = window_of(&asked(start, end, zone), None);
            assert!(
                matches!(&refused, Err(BoardError::Invalid { field: f, why }) if f == field && why.contains(says)),
                "{start}: {refused:?}"
            );
        }
        // Without a zone it is that in which the change is planned.
        let now = window("2026-11-25T21:00:00Z", "2026-11-25T23:00:00Z");
        let (found, _) = window_of(&asked("2026-11-26T22:00", "2026-11-26T23:00", None), Some(&now)).expect("a window");
        assert_eq!(
            (found.zone.as_str(), crate::words::time(found.start)),
            ("Europe/Berlin", "2026-11-26T21:00:00Z".to_owned())
        );
    }

    #[test]
    fn the_notice_says_from_when_to_when_why_and_who_signs_again() {
        let change = crate::changes::testing::change("CHG-1");
        let to = window("2026-11-26T21:00:00Z", "2026-11-26T23:00:00Z");
        let planned = Move {
            moved: change.clone(),
            change,
            to: to.clone(),
            zone: Tz::Europe__Berlin,
            reason: "The night\nshift is ill".to_owned(),
        };
        let sign_off = |signer: &str, stale: bool| RescheduledSignOff {
            signer: signer.to_owned(),
            role: Role::Cto,
            stale,
            why: "Because.".to_owned(),
        };
        let mut view = RescheduleView {
            change: "CHG-1".to_owned(),
            window: window_view(&to),
            from: None,
            to: words(to.start, to.end, Tz::Europe__Berlin),
            minutes: 120,
            conflicts: Vec::new(),
            freezes: Vec::new(),
            coverage: None,
            standing: "Approved".to_owned(),
            standing_then: "Stale".to_owned(),
            sign_offs: vec![sign_off("Cara", true), sign_off("Tom", false)],
            notice: String::new(),
        };
        assert_eq!(
            notice(&planned, &view),
            "CHG-1 Move the ledger: the window moves\n\n\
             From: no window yet\n\
             To: 26 Nov 2026, 22:00 CET to 27 Nov 2026, 00:00 CET\n\
             In UTC: 26 Nov 2026, 21:00 UTC to 26 Nov 2026, 23:00 UTC\n\
             Why: The night shift is ill\n\n\
             To be signed again:\n- Cara (CTO): Because.\n\n\
             Signed, and stays so:\n- Tom (CTO): Because."
        );
        view.sign_offs.clear();
        view.conflicts = vec![ScheduleConflict {
            key: "CHG-2".to_owned(),
            title: "Move the shop".to_owned(),
            local: "then".to_owned(),
            reasons: vec!["same service shop".to_owned()],
        }];
        view.coverage = Some(ScheduleCoverage { by: Vec::new(), gaps: vec!["all night".to_owned()] });
        assert!(notice(&planned, &view).ends_with(
            "Other changes in the way:\n- CHG-2 Move the shop (then): same service shop\n\nNobody on call:\n- all night"
        ));
    }
}
