//! Corrections of minutes: asked for by members, answered by the chair or the secretary, until the minutes are approved by the
//! policy's rule. Each is an entry, and none touches what was decided.
use chrono::{DateTime, Utc};
use domain::correction::{
    self, Correction, CorrectionAnswerBody, CorrectionBody, MinutesApproval, MinutesApprovalBody, MinutesSection,
    NoCorrection,
};
use domain::entry::{Attestation, Auth, Body};
use domain::ids::{EntryId, MeetingId, MemberId};
use domain::ledger::{Meeting, follows};
use domain::policy::MinutesApprovalRule;
use domain::roster::Member;
use domain::text::mark_invisible;
use record::statement::Subject;
use vault::{ExposeSecret as _, SecretString};

use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError, refusal};
use crate::meetings::{meeting_id, reference};
use crate::requests::OfMeeting;
use crate::state::BoardState;
use crate::views::{CorrectionRow, CorrectionsView, LaterMeeting, Noun, Refusal};
use crate::writer::{Act as Write, Key};

/// Letters that a text of a correction may have.
const LONGEST: usize = 4_000;

/// A member asks for other words in the minutes.
#[derive(Debug, Clone)]
pub struct CorrectRequest {
    /// The meeting.
    pub meeting: String,
    /// Who asks.
    pub member: String,
    /// Their PIN.
    pub pin: SecretString,
    /// What is wrong: an item's number or change, or a section (`attendance`, `quorum`, `actions`, `other`).
    pub about: String,
    /// The words that stand there; empty where something is missing.
    pub was: String,
    /// The words asked for.
    pub wording: String,
    /// Why.
    pub reason: String,
}

/// The chair or the secretary answers a correction.
#[derive(Debug, Clone)]
pub struct AnswerCorrectionRequest {
    /// The meeting.
    pub meeting: String,
    /// Who answers.
    pub member: String,
    /// Their PIN.
    pub pin: SecretString,
    /// The entry that asks, or how it begins.
    pub correction: String,
    /// Whether it is taken in.
    pub taken: bool,
    /// The words it is taken in with; empty: those that were asked for.
    pub wording: String,
    /// Why; may be empty where it is taken in.
    pub reason: String,
}

/// The minutes are approved by the policy's rule.
#[derive(Debug, Clone)]
pub struct ApproveMinutesRequest {
    /// The meeting whose minutes they are.
    pub meeting: String,
    /// Who records it.
    pub member: String,
    /// Their PIN.
    pub pin: SecretString,
    /// The meeting that approved them, where the policy asks for one.
    pub by: Option<String>,
}

fn refused(code: &str, rule: impl Into<String>, remedy: &str) -> BoardError {
    BoardError::refused(code, rule, Some("R115"), remedy)
}

pub(super) fn bounded(field: &str, text: &str) -> Answer<String> {
    let text = text.trim();
    if text.chars().count() > LONGEST {
        return Err(BoardError::invalid(field, format!("Write {LONGEST} letters at most.")));
    }
    Ok(text.to_owned())
}

pub(super) fn invalid(why: NoCorrection) -> BoardError {
    let field = match why {
        NoCorrection::Blank(field) => field,
        NoCorrection::About => "about",
        NoCorrection::Same | NoCorrection::Declined => "wording",
        NoCorrection::Rule => "by",
        NoCorrection::NoErratum => "errata",
    };
    BoardError::invalid(field, format!("{why}."))
}

/// Minutes that can still be corrected: of a meeting that is closed, neither approved nor sealed.
fn correctable(meeting: &Meeting) -> Answer<EntryId> {
    let open = || refused("meeting_open", "The meeting is still in session.", "Say it there, before it closes.");
    let closed = meeting.closed.ok_or_else(open)?;
    if !meeting.minutes.is_empty() {
        let rule = "The minutes of this meeting are sealed.";
        return Err(refused("already_sealed", rule, "The chair puts it right in an erratum."));
    }
    if meeting.approved.is_some() {
        let rule = "The minutes of this meeting are approved.";
        return Err(refused("already_approved", rule, "Once they are sealed the chair puts it right in an erratum."));
    }
    Ok(closed)
}

/// Until when corrections may be asked for.
pub(super) fn deadline_of(state: &BoardState, meeting: &Meeting) -> Option<DateTime<Utc>> {
    meeting.closed_at.and_then(|closed| correction::deadline(&state.policy.minutes, closed))
}

/// What a correction is about: an item, or a section.
fn place(meeting: &Meeting, about: &str) -> Answer<(Option<u32>, Option<MinutesSection>)> {
    let about = about.trim();
    let section = MinutesSection::ALL.into_iter().find(|section| section.word() == about.to_lowercase());
    if section.is_some() {
        return Ok((None, section));
    }
    let named = |number: u32, change: &str| about == number.to_string() || about.eq_ignore_ascii_case(change);
    let item = meeting.agenda.items.iter().find(|item| named(item.number, item.change.as_str()));
    item.map(|item| (Some(item.number), None)).ok_or_else(|| {
        let sections = MinutesSection::ALL.map(MinutesSection::word).join(", ");
        BoardError::invalid("about", format!("{about:?} is no item of this meeting; name one, or one of: {sections}."))
    })
}

/// Refuses whoever keeps the record of none of these meetings.
fn keeps(member: &Member, meetings: &[&Meeting]) -> Answer<()> {
    let kept = meetings.iter().any(|m| [m.agenda.chair, m.agenda.secretary].contains(&member.id));
    if kept {
        return Ok(());
    }
    let rule = format!("{} neither chaired this meeting nor kept its record.", member.name);
    Err(refused("not_the_keeper", rule, "The meeting's chair or secretary does it."))
}

fn of_id(state: &BoardState, id: MeetingId) -> Answer<&Meeting> {
    state.ledger.meetings.get(&id).ok_or_else(|| BoardError::not_found("meeting", id))
}

fn row(state: &BoardState, meeting: &Meeting, asked: &Correction) -> CorrectionRow {
    let key = |n: u32| meeting.agenda.items.iter().find(|i| i.number == n).map(|i| i.change.to_string());
    let section = asked.body.section.map_or("", MinutesSection::word);
    CorrectionRow {
        entry: asked.entry.to_string(),
        about: asked.body.item.and_then(key).unwrap_or_else(|| section.to_owned()),
        was: mark_invisible(&asked.body.was),
        wording: mark_invisible(&asked.body.wording),
        reason: mark_invisible(&asked.body.reason),
        asked_by: state.name(asked.actor),
        asked_at: crate::words::time(asked.claimed),
        taken: asked.answer.as_ref().map(|answer| answer.taken.is_some()),
        answer: asked.answer.as_ref().map(|said| mark_invisible(said.taken.as_ref().unwrap_or(&said.reason))),
    }
}

fn later_meeting(by: &Meeting) -> LaterMeeting {
    LaterMeeting { id: by.agenda.meeting.to_string(), title: by.agenda.title.clone() }
}

/// Who keeps the record of one of these meetings.
pub(super) fn keepers(meetings: &[&Meeting]) -> Vec<MemberId> {
    let mut keepers: Vec<MemberId> = meetings.iter().flat_map(|m| [m.agenda.chair, m.agenda.secretary]).collect();
    keepers.sort();
    keepers.dedup();
    keepers
}

/// Refuses where nobody who keeps the record of one of these meetings has a key on this device.
fn keeper_here(board: &OpenBoard, state: &BoardState, meetings: &[&Meeting]) -> Answer<()> {
    let has_key = |id: &MemberId| state.roster().member(*id).is_some_and(|member| member.signature_key().is_some());
    if keepers(meetings).iter().any(|id| has_key(id) && board.is_enrolled_here(*id)) {
        return Ok(());
    }
    let rule = "The meeting's chair or secretary does it, and has no key on this device.";
    Err(refused("no_key", rule, "Do it on their device."))
}

/// What would be said of a meeting's minutes.
pub(super) struct Saying<'s> {
    /// The meeting.
    pub meeting: &'s Meeting,
    /// The sentence that is signed.
    pub meaning: String,
    /// The entry.
    pub body: Body,
}

/// Takes a correction in or declines it. `who` is asked whether they keep the record, if they are known yet.
pub(super) fn answering<'s>(
    state: &'s BoardState,
    who: Option<&Member>,
    request: (&str, &str),
    (taken, wording, reason): (bool, &str, &str),
) -> Answer<Saying<'s>> {
    let meeting = of_id(state, meeting_id(request.0)?)?;
    correctable(meeting)?;
    if let Some(member) = who {
        keeps(member, &[meeting])?;
    }
    let begins = request.1.trim();
    let mut found = meeting.open_corrections().filter(|c| c.entry.to_string().starts_with(begins));
    let asked = match (found.next(), found.next()) {
        (Some(asked), None) => asked,
        (Some(_), Some(_)) => {
            return Err(BoardError::invalid("correction", format!("Several open corrections begin with {begins:?}.")));
        }
        (None, _) => return Err(BoardError::not_found("open correction", begins)),
    };
    let mut wording = bounded("wording", wording)?;
    if taken && wording.is_empty() {
        wording.clone_from(&asked.body.wording);
    }
    let body = CorrectionAnswerBody { correction: asked.entry, reason: bounded("reason", reason)?, taken, wording };
    body.check().map_err(invalid)?;
    let done = if taken { "take in" } else { "decline" };
    let meaning = format!("I {done} a correction of the minutes of {}.", meeting.agenda.title);
    Ok(Saying { meeting, meaning, body: Body::CorrectionAnswered(body) })
}

impl Cabinet {
    /// How far a meeting's minutes are: what was asked for, and by what they are approved.
    pub async fn corrections(&self, request: OfMeeting) -> Answer<CorrectionsView> {
        let board = self.board()?;
        let state = board.state().await?;
        let meeting = of_id(&state, meeting_id(&request.meeting)?)?;
        let approved = meeting.approved.as_ref();
        let said =
            |by: &MinutesApproval| format!("{} (claimed), by {}", crate::words::time(by.claimed), state.name(by.actor));
        let rule = state.policy.minutes.approval;
        let later: Vec<&Meeting> = if rule == MinutesApprovalRule::NextMeeting {
            state.ledger.meetings.values().filter(|by| follows(by, meeting)).collect()
        } else {
            Vec::new()
        };
        let why = |refused: Answer<()>| match refused {
            Err(BoardError::Refused(refusal)) => Some(refusal),
            Ok(()) | Err(_) => None,
        };
        let by = later.first().map(|by| by.agenda.meeting.to_string());
        let approving = self.approving(&state, None, &request.meeting, by.as_deref()).map(drop);
        let mut kept = later.clone();
        kept.push(meeting);
        Ok(CorrectionsView {
            rule,
            deadline: deadline_of(&state, meeting).map(crate::words::time),
            approved: approved.map(said),
            approved_at: approved.map(|by| crate::words::time(by.claimed)),
            approved_by: approved.map(|by| state.name(by.actor)),
            corrections: meeting.corrections.iter().map(|asked| row(&state, meeting, asked)).collect(),
            ask_refusal: why(self.corrections_open(&state, meeting)),
            answer_refusal: why(correctable(meeting).and_then(|_| keeper_here(&board, &state, &[meeting]))),
            approve_refusal: why(approving.and_then(|()| keeper_here(&board, &state, &kept))),
            later: later.into_iter().map(later_meeting).collect(),
        })
    }

    /// Refuses where a correction cannot be asked for any more, or not yet.
    pub(super) fn corrections_open(&self, state: &BoardState, meeting: &Meeting) -> Answer<()> {
        correctable(meeting)?;
        match deadline_of(state, meeting).filter(|until| self.now() > *until) {
            Some(until) => {
                let rule = format!("Corrections could be asked for until {}.", crate::words::time(until));
                let remedy = "Once the minutes are sealed the chair puts it right in an erratum.";
                Err(refused("too_late", rule, remedy))
            }
            None => Ok(()),
        }
    }

    /// Asks for other words: what is wrong, the words that stand there, those asked for, and why.
    pub(super) fn correcting<'s>(
        &self,
        state: &'s BoardState,
        meeting: &str,
        [about, was, wording, reason]: [&str; 4],
    ) -> Answer<Saying<'s>> {
        let meeting = of_id(state, meeting_id(meeting)?)?;
        self.corrections_open(state, meeting)?;
        let (item, section) = place(meeting, about)?;
        let body = CorrectionBody {
            item,
            reason: bounded("reason", reason)?,
            section,
            was: bounded("was", was)?,
            wording: bounded("wording", wording)?,
        };
        body.check().map_err(invalid)?;
        let meaning = format!("I ask for other words in the minutes of {}.", meeting.agenda.title);
        Ok(Saying { meeting, meaning, body: Body::Correction(body) })
    }

    /// Approves minutes by the policy's rule. `who` is asked whether they keep the record, if they are known yet.
    pub(super) fn approving<'s>(
        &self,
        state: &'s BoardState,
        who: Option<&Member>,
        meeting: &str,
        by: Option<&str>,
    ) -> Answer<Saying<'s>> {
        let meeting = of_id(state, meeting_id(meeting)?)?;
        let checkpoint = correctable(meeting)?;
        let open = meeting.open_corrections().count();
        if open > 0 {
            let rule = format!("{open} of the corrections asked for are not answered.");
            return Err(refused("correction_open", rule, "Take each in or decline it."));
        }
        let kept = |meetings: &[&Meeting]| who.map_or(Ok(()), |member| keeps(member, meetings));
        let (body, meaning) = match state.policy.minutes.approval {
            MinutesApprovalRule::AtOnce => {
                let rule = "The policy in force asks for no approval before the seal.";
                return Err(refused("sealed_at_once", rule, "Seal the minutes."));
            }
            MinutesApprovalRule::Deadline => {
                kept(&[meeting])?;
                let closing = || BoardError::not_found("closing of meeting", meeting.agenda.meeting);
                let until = deadline_of(state, meeting).ok_or_else(closing)?;
                if self.now() < until {
                    let rule = format!("Corrections may be asked for until {}.", crate::words::time(until));
                    return Err(refused("before_the_deadline", rule, "Approve them then."));
                }
                let meaning = format!(
                    "No correction of the minutes of {} was open at the deadline, {}.",
                    meeting.agenda.title,
                    crate::words::time(until)
                );
                (MinutesApprovalBody { checkpoint, deadline: Some(until), meeting: None }, meaning)
            }
            MinutesApprovalRule::NextMeeting => {
                let Some(by) = by else {
                    let rule = "The policy in force asks for the decision of a later meeting.";
                    return Err(refused("which_meeting", rule, "Name the meeting that approved them."));
                };
                let by = of_id(state, meeting_id(by)?)?;
                if !follows(by, meeting) {
                    let rule = format!("{} was not called after {}.", by.agenda.title, meeting.agenda.title);
                    return Err(refused("not_later", rule, "Name the later meeting that approved the minutes."));
                }
                kept(&[meeting, by])?;
                let meaning = format!("{} approved the minutes of {}.", by.agenda.title, meeting.agenda.title);
                (MinutesApprovalBody { checkpoint, deadline: None, meeting: Some(by.agenda.meeting) }, meaning)
            }
        };
        Ok(Saying { meeting, meaning, body: Body::MinutesApproved(body) })
    }

    /// Asks for other words in the minutes, with the member's PIN.
    pub async fn correct_minutes(&self, request: CorrectRequest) -> Answer<CorrectionsView> {
        let board = self.board()?;
        let state = board.state().await?;
        let member = state.member(crate::words::member_id(&request.member)?)?;
        let words = [&request.about, &request.was, &request.wording, &request.reason].map(String::as_str);
        let Saying { meeting, meaning, body } = self.correcting(&state, &request.meeting, words)?;
        self.say_of_minutes(&board, meeting, member, (meaning, &request.pin), body).await?;
        self.corrections(OfMeeting { meeting: request.meeting }).await
    }

    /// Takes a correction in or declines it, with the PIN of the chair or the secretary.
    pub async fn answer_correction(&self, request: AnswerCorrectionRequest) -> Answer<CorrectionsView> {
        let board = self.board()?;
        let state = board.state().await?;
        let member = state.member(crate::words::member_id(&request.member)?)?;
        let which = (request.meeting.as_str(), request.correction.as_str());
        let said = (request.taken, request.wording.as_str(), request.reason.as_str());
        let Saying { meeting, meaning, body } = answering(&state, Some(member), which, said)?;
        let id = meeting.agenda.meeting;
        self.say_of_minutes(&board, meeting, member, (meaning, &request.pin), body).await?;
        if let Err(why) = Box::pin(self.draft_anew(&board, id)).await {
            // The answer stands. The wrap-up says that the draft is older, and offers to compose it again.
            tracing::warn!(%why, "the draft of the minutes was not composed anew");
        }
        self.corrections(OfMeeting { meeting: request.meeting }).await
    }

    /// Records that the minutes are approved by the policy's rule, with the PIN of the chair or the secretary.
    pub async fn approve_minutes(&self, request: ApproveMinutesRequest) -> Answer<CorrectionsView> {
        let board = self.board()?;
        let state = board.state().await?;
        let member = state.member(crate::words::member_id(&request.member)?)?;
        let Saying { meeting, meaning, body } =
            self.approving(&state, Some(member), &request.meeting, request.by.as_deref())?;
        self.say_of_minutes(&board, meeting, member, (meaning, &request.pin), body).await?;
        self.corrections(OfMeeting { meeting: request.meeting }).await
    }

    /// Why minutes are not approved by the policy's rule yet; `None` when they are, or need not be.
    pub(super) fn approval_refusal(&self, state: &BoardState, meeting: &Meeting) -> Option<Refusal> {
        if meeting.approved.is_some() || state.policy.minutes.approval == MinutesApprovalRule::AtOnce {
            return None;
        }
        let open = meeting.open_corrections().count();
        if open > 0 {
            let rule = format!("{open} of the corrections asked for are not answered.");
            let remedy = "Take each in or decline it.";
            return Some(refusal("correction_open", rule, Some("R115"), remedy));
        }
        let rule = match deadline_of(state, meeting) {
            Some(until) => format!("The policy lets the minutes be corrected until {}.", crate::words::time(until)),
            None => "The policy asks for the approval of a later meeting.".to_owned(),
        };
        Some(refusal("not_approved", rule, Some("R115"), "Record the approval first."))
    }

    /// Writes what a member says of a meeting's minutes.
    pub(super) async fn say_of_minutes(
        &self,
        board: &OpenBoard,
        meeting: &Meeting,
        member: &Member,
        (meaning, pin): (String, &SecretString),
        body: Body,
    ) -> Answer<()> {
        let signer = board.keys.unlock(member, pin.expose_secret(), self.now()).await?;
        let key = Key::Member { signer, auth: Auth::Pin, keystore: board.keys.keystore().to_owned() };
        let (id, reference) = (meeting.agenda.meeting, reference(meeting));
        let act = Write {
            actor: member.id,
            attestation: Attestation::Signed,
            role: None,
            meaning,
            subjects: vec![Subject { name: format!("agenda of {id}"), sha256: reference.agenda }],
            meeting: Some(reference),
            body,
            blobs: Vec::new(),
        };
        self.write(board, vec![(act, key)], Vec::new()).await?;
        self.changed(&[Noun::Minutes, Noun::Meetings], &[&id.to_string()]);
        Ok(())
    }
}
