//! Wrap-up and close: what was decided, what waits, and the checkpoint that binds it.
use domain::entry::{Attestation, Body};
use domain::ledger::Meeting;
use record::statement::Subject;

use super::{InSession, keeper, meeting_id, reference};
use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError, refusal};
use crate::minutes::countersign::minutes_signers;
use crate::minutes::{OTHER_LAYOUT, StampRoot, draft_file, minutes_file, verify_minutes_with_stamps};
use crate::requests::OfMeeting;
use crate::state::BoardState;
use crate::views::{self, GateResult, Noun, StampCompared, WrapUp};
use crate::writer::{Act as Write, Key, Local};

impl Cabinet {
    /// The meeting as it ends: decisions, what is undecided, sign-offs that are missing, the minutes.
    pub async fn wrap_up(&self, request: OfMeeting) -> Answer<WrapUp> {
        let board = self.board()?;
        let state = board.state().await?;
        let session = self.in_session(&board, &state, meeting_id(&request.meeting)?).await?;
        self.wrap_up_view(&board, &state, &session, None).await
    }

    /// Closes the meeting: pending acts are written, then the checkpoint with all heads. It cannot be
    /// opened again; what was decided is corrected by new entries. Then the draft of its minutes is composed: where that
    /// fails the close stands, and the answer says so.
    pub async fn close_meeting(&self, request: OfMeeting) -> Answer<WrapUp> {
        let board = self.board()?;
        let id = meeting_id(&request.meeting)?;
        let _one_at_a_time = board.console.lock().await;
        let state = board.state().await?;
        let session = self.in_session(&board, &state, id).await?;
        let closes = session.recorded.closed.is_none();
        if closes {
            // A circular ends by its own rules.
            self.open_session(&board, &state, id).await?;
            self.flush(&board, &state, session).await?;
            let state = board.state().await?;
            let meeting =
                state.ledger.meetings.get(&id).cloned().ok_or_else(|| BoardError::not_found("meeting", id))?;
            let reference = reference(&meeting);
            let (actor, role) = keeper(&board, &state, &meeting.agenda)?;
            let act = Write {
                actor,
                attestation: Attestation::Recorded,
                role,
                meaning: format!(
                    "{} closed with {} of {} items decided.",
                    meeting.agenda.title,
                    meeting.decisions.len(),
                    meeting.agenda.items.len()
                ),
                subjects: vec![Subject { name: format!("agenda of {id}"), sha256: reference.agenda }],
                meeting: Some(reference),
                body: Body::MeetingClosed { heads: state.heads.clone() },
                blobs: Vec::new(),
            };
            let gone = Local::DropDraft { kind: "running", key: id.to_string(), member: crate::cabinet::DEVICE };
            let prepared = Local::DropDraft { kind: "meeting", key: id.to_string(), member: crate::cabinet::DEVICE };
            self.write(&board, vec![(act, Key::Device)], vec![gone, prepared]).await?;
            // Adjournment ends every unlocked session (`record.md`, *Two keys*).
            board.sessions.end_all();
            self.changed(&[Noun::Meetings, Noun::Decisions, Noun::Session], &[&request.meeting]);
        }
        drop(_one_at_a_time);
        let failed = if closes { Box::pin(self.draft_anew(&board, id)).await.err() } else { None };
        let view = self.wrap_up(request).await?;
        Ok(WrapUp { compose_failed: failed.map(|why| why.to_string()), ..view })
    }

    /// Composes the minutes without sealing them, so that they can be read; answers with the wrap-up.
    pub async fn compose_minutes(&self, request: OfMeeting) -> Answer<WrapUp> {
        let board = self.board()?;
        self.draft_anew(&board, meeting_id(&request.meeting)?).await?;
        self.wrap_up(request).await
    }

    /// Verifies the sealed minutes as any third party would, with the board's own root.
    pub async fn verify_minutes(&self, request: OfMeeting) -> Answer<WrapUp> {
        let board = self.board()?;
        let state = board.state().await?;
        let id = meeting_id(&request.meeting)?;
        let session = self.in_session(&board, &state, id).await?;
        let standing = self.standing_minutes(&board, &state, &session.recorded).await?;
        let path = board.store.folder().minutes().join(minutes_file(id));
        let pdf = std::fs::read(&path).map_err(|_| BoardError::not_found("sealed minutes", path.display()))?;
        let root = state.roster().certificate_root.clone();
        let sealed = standing.map(|s| s.sealed.pdf).or_else(|| session.recorded.minutes.last().map(|s| s.pdf));
        let now = crate::words::time(self.now());
        let check = |label: &str, result: GateResult, detail: String| views::VerificationChecks {
            label: label.to_owned(),
            result,
            detail,
        };
        let network = self.options().network.clone();
        let found = crate::minutes::off_thread(move || {
            let trust = minutes::TrustAnchor::parse(&root).map_err(|e| BoardError::internal(&e))?;
            let stamps = StampRoot::of(&network);
            let checked = verify_minutes_with_stamps(&pdf, Some(&trust), stamps.roots())?;
            Ok((checked, domain::ids::Digest::of(&pdf), stamps))
        })
        .await;
        let verification = match found {
            Ok((checked, digest, stamps)) => {
                let in_record = sealed == Some(digest);
                let mut checks = Vec::new();
                for s in &checked.pdf.signatures {
                    checks.push(check(
                        &format!("Signature of {}", s.name),
                        GateResult::Passed,
                        format!("{}; key {}; {} (claimed)", s.role, &s.key_fingerprint[..16], s.claimed_time),
                    ));
                    checks.extend(s.stamped.as_ref().map(|stamped| {
                        let (result, detail) = stamp_told(stamped, stamps.compared(stamped));
                        check(&format!("Timestamp on the signature of {}", s.name), result, detail)
                    }));
                }
                if !checked.next.is_empty() {
                    checks.push(check(
                        "Signing in turn",
                        GateResult::Warned,
                        format!("It is the turn of {}.", checked.next.join(", ")),
                    ));
                }
                checks.push(check(
                    "Whole file",
                    GateResult::Passed,
                    "The last signature covers it to the last byte.".to_owned(),
                ));
                checks.push(check(
                    "Certificate root",
                    GateResult::Passed,
                    format!("It is this board's: {}", checked.pdf.certificate_root),
                ));
                checks.push(check(
                    "Evidence inside",
                    GateResult::Passed,
                    format!("{} signed entries hold.", checked.entries),
                ));
                checks.push(check(
                    "Pages",
                    GateResult::Passed,
                    "Drawn again from the evidence: the same bytes.".to_owned(),
                ));
                checks.push(check(
                    "Record",
                    if in_record { GateResult::Passed } else { GateResult::Failed },
                    if in_record {
                        "The record names this very file.".to_owned()
                    } else {
                        "The record names another file.".to_owned()
                    },
                ));
                views::Verification { verified: in_record, verified_at: now, verdict: checked.verdict, checks }
            }
            Err(BoardError::Verification { code, what, why }) if code == OTHER_LAYOUT => views::Verification {
                verified: false,
                verified_at: now,
                verdict: format!("It was not verified as a whole: {what}: {why}"),
                checks: vec![check(&what, GateResult::NoEvidence, format!("{why} [{code}]"))],
            },
            Err(BoardError::Verification { code, what, why }) => views::Verification {
                verified: false,
                verified_at: now,
                verdict: format!("It does not hold: {what}: {why}"),
                checks: vec![check(&what, GateResult::Failed, format!("{why} [{code}]"))],
            },
            Err(other) => return Err(other),
        };
        self.wrap_up_view(&board, &state, &session, Some(verification)).await
    }

    /// Where the newest sealed (or drafted) minutes lie, for the desktop's reader.
    pub async fn minutes_path(&self, request: OfMeeting) -> Answer<std::path::PathBuf> {
        let board = self.board()?;
        let id = meeting_id(&request.meeting)?;
        let state = board.state().await?;
        if let Some(meeting) = state.ledger.meetings.get(&id) {
            // What others signed meanwhile takes its place first.
            self.standing_minutes(&board, &state, meeting).await?;
        }
        let folder = board.store.folder().minutes();
        for name in [minutes_file(id), draft_file(id)] {
            let path = folder.join(name);
            if path.is_file() {
                return Ok(path);
            }
        }
        Err(BoardError::not_found("minutes of meeting", id))
    }

    async fn wrap_up_view(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        session: &InSession,
        verification: Option<views::Verification>,
    ) -> Answer<WrapUp> {
        let meeting = &session.shown;
        let id = meeting.agenda.meeting;
        let mut items = Vec::new();
        let mut missing = 0;
        for item in &meeting.agenda.items {
            let change = self.load_change(board, &item.change).await?;
            let decided = meeting.decisions.get(&item.number);
            let required = if decided.is_some_and(|d| d.decision.kind.approves()) {
                self.required_sign_offs(state, &change)?
            } else {
                Vec::new()
            };
            let owed = |r: &views::RequiredSignOff| match r.state {
                views::RequiredSignOffState::Holds | views::RequiredSignOffState::Waived => false,
                views::RequiredSignOffState::Missing
                | views::RequiredSignOffState::Rejected
                | views::RequiredSignOffState::Stale => true,
            };
            missing += u32::from(required.iter().any(owed));
            items.push(views::WrapUpItem {
                id: item.number.to_string(),
                number: item.number,
                change_id: item.change.to_string(),
                key: item.change.to_string(),
                title: item.title.clone(),
                level: item.level,
                decision: decided.map(|d| self.decision_view(state, d, &change)).transpose()?,
                conditions: self.condition_views(state, &change),
                required_sign_offs: required,
            });
        }
        let undecided = items.iter().filter(|i| i.decision.is_none()).count();
        let present = domain::meeting::present(&meeting.attendance);
        let quorum = domain::quorum::quorum(&state.policy.quorum, state.roster(), &super::views::room(meeting, None));
        Ok(WrapUp {
            meeting: super::views::head(state, meeting),
            undecided: u32::try_from(undecided).unwrap_or(u32::MAX),
            attendance: views::WrapUpAttendance {
                present: present.iter().map(|m| state.name(*m)).collect(),
                absent: state
                    .roster()
                    .members
                    .iter()
                    .filter(|m| !present.contains(&m.id))
                    .map(|m| m.name.clone())
                    .collect(),
                arithmetic: super::views::quorum_view(state, &quorum).arithmetic,
            },
            close_refusal: meeting
                .closed
                .is_some()
                .then(|| refusal("meeting_closed", "The meeting is closed.", None, "Seal its minutes.")),
            seal_refusal: self.seal_refusal(state, id),
            sign_offs_missing: missing,
            minutes: self.minutes_state(board, state, meeting).await?,
            verification,
            queued: self.queued(board).await?,
            next_meeting: crate::minutes::compile::next_meeting(meeting),
            compose_failed: None,
            items,
        })
    }

    async fn minutes_state(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        meeting: &Meeting,
    ) -> Answer<views::MinutesState> {
        let id = meeting.agenda.meeting;
        let folder = board.store.folder().minutes();
        let standing = self.standing_minutes(board, state, meeting).await?;
        Ok(match meeting.minutes.last() {
            Some(sealed) => views::MinutesState {
                state: views::MinutesStateState::Sealed,
                path: Some(folder.join(minutes_file(id)).display().to_string()),
                pages: None,
                outdated: false,
                sha256: Some(standing.as_ref().map_or(sealed.pdf, |s| s.sealed.pdf).to_string()),
                composed_at: None,
                sealed_at: Some(crate::words::time(sealed.claimed)),
                sealer: Some(state.name(sealed.actor)),
                signers: minutes_signers(board, state, standing.as_ref()),
            },
            None => {
                let drafted = self.drafted(board, meeting).await?;
                let there = drafted.is_some();
                views::MinutesState {
                    state: if there { views::MinutesStateState::Draft } else { views::MinutesStateState::None },
                    path: there.then(|| folder.join(draft_file(id)).display().to_string()),
                    pages: None,
                    outdated: drafted.as_ref().is_some_and(|drafted| drafted.outdated),
                    sha256: None,
                    composed_at: drafted.and_then(|drafted| drafted.at).map(crate::words::time),
                    sealed_at: None,
                    sealer: None,
                    signers: Vec::new(),
                }
            }
        })
    }
}

/// What is said of a timestamp beside that it holds.
fn stamp_told(stamped: &minutes::Stamped, compared: StampCompared) -> (GateResult, String) {
    let (result, root) = match compared {
        StampCompared::Same => (GateResult::Passed, "which comes from the root that the settings name"),
        StampCompared::Other => (GateResult::Warned, "which does not come from the root that the settings name"),
        StampCompared::Unreadable => {
            (GateResult::Warned, "which was not compared: the root that the settings name cannot be read")
        }
        StampCompared::Nothing => (GateResult::NotApplicable, "which was not compared: the settings name no root"),
    };
    (result, format!("It existed on {} by the clock of {}, {root}.", crate::words::time(stamped.at), stamped.authority))
}
