//! What is said of a meeting's minutes, or sealed beside them, by way of the signing window: shown first, then done with the
//! PIN of whoever signs it there.
use domain::ids::{Digest, EntryId, MeetingId, MemberId};
use domain::ledger::{Meeting, Sealed};
use domain::roster::Member;
use domain::text::mark_invisible;
use vault::SecretString;

use super::circulated::{CIRCULATED_MEANING, SealCirculatedRequest, circulable, fields, restricted};
use super::compile::ERRATUM_MEANING;
use super::corrections::{
    AnswerCorrectionRequest, ApproveMinutesRequest, CorrectRequest, Saying, answering, bounded, invalid, keepers,
};
use super::erratum::{SealErratumRequest, next_erratum, not_sealed};
use super::phrases::Words;
use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};
use crate::meetings::{meeting_id, reference};
use crate::signing_hands::Prepared;
use crate::state::BoardState;
use crate::views::{Fact, MinutesWord, SigningSubject};

fn fact(label: &str, value: impl Into<String>) -> Fact {
    Fact { label: label.to_owned(), value: value.into() }
}

/// The words that stand there, or that none do.
fn words(text: &str) -> String {
    if text.trim().is_empty() { "nothing: something is missing".to_owned() } else { text.trim().to_owned() }
}

/// The later meeting that is named, if one is.
fn later(by: &str) -> Option<&str> {
    Some(by.trim()).filter(|by| !by.is_empty())
}

/// Everybody of the roster who has a key to sign with.
fn all_with_keys(state: &BoardState) -> Vec<MemberId> {
    let members = state.roster().members.iter();
    members.filter(|member| member.signature_key().is_some()).map(|member| member.id).collect()
}

/// What an entry that is all there is to it looks like before it is signed.
fn entry(
    subject: &SigningSubject,
    saying: Saying<'_>,
    title: &str,
    (facts, signers): (Vec<Fact>, Vec<MemberId>),
) -> Answer<Prepared> {
    let Saying { meeting, meaning, body } = saying;
    let bytes = record::canonical::to_bytes(&body).map_err(|e| BoardError::internal(&e))?;
    Ok(Prepared {
        subject: subject.clone(),
        title: format!("{title} of the minutes of {}", meeting.agenda.title),
        meaning,
        facts,
        digest: Digest::of(&bytes),
        manifest: vec![fact("Agenda", reference(meeting).agenda.to_string())],
        signers,
    })
}

/// The meeting, its sealed minutes and its close, of which an erratum can speak.
pub(super) fn sealed_of(state: &BoardState, id: MeetingId) -> Answer<(&Meeting, &Sealed, EntryId)> {
    let meeting = state.ledger.meetings.get(&id).ok_or_else(|| BoardError::not_found("meeting", id))?;
    match (meeting.minutes.last(), meeting.closed) {
        (Some(minutes), Some(checkpoint)) => Ok((meeting, minutes, checkpoint)),
        (None, _) | (_, None) => Err(not_sealed()),
    }
}

impl Cabinet {
    /// What the signing window shows before a word on minutes is signed.
    pub(crate) fn prepare_word(
        &self,
        state: &BoardState,
        subject: &SigningSubject,
        (of, word): (&str, &MinutesWord),
    ) -> Answer<Prepared> {
        match word {
            MinutesWord::Correct { about, was, wording, reason } => {
                let saying = self.correcting(state, of, [about, was, wording, reason])?;
                let facts = vec![
                    fact("About", about.trim()),
                    fact("As it stands", words(was)),
                    fact("Asked for", wording.trim()),
                    fact("Why", reason.trim()),
                ];
                entry(subject, saying, "Correction", (facts, all_with_keys(state)))
            }
            MinutesWord::Answer { correction, taken, wording, reason } => {
                let saying = answering(state, None, (of, correction), (*taken, wording, reason))?;
                let begins = correction.trim();
                let asked = saying.meeting.open_corrections().find(|c| c.entry.to_string().starts_with(begins));
                let asked = asked.ok_or_else(|| BoardError::not_found("open correction", begins))?;
                let mut facts = vec![
                    fact("Asked by", state.name(asked.actor)),
                    fact("As it stands", words(&mark_invisible(&asked.body.was))),
                    fact("Asked for", mark_invisible(&asked.body.wording)),
                ];
                if *taken {
                    let own = wording.trim();
                    let taken = if own.is_empty() { asked.body.wording.as_str() } else { own };
                    facts.push(fact("Taken in as", mark_invisible(taken)));
                }
                if !reason.trim().is_empty() {
                    facts.push(fact(if *taken { "Why" } else { "Declined because" }, reason.trim()));
                }
                let signers = keepers(&[saying.meeting]);
                entry(subject, saying, "Answer to a correction", (facts, signers))
            }
            MinutesWord::Approve { by } => {
                let saying = self.approving(state, None, of, later(by))?;
                let mut kept = vec![saying.meeting];
                if let Some(by) = later(by) {
                    kept.extend(state.ledger.meetings.get(&meeting_id(by)?));
                }
                let answered = saying.meeting.corrections.len();
                let facts = vec![fact("Corrections", format!("{answered} asked for, all of them answered"))];
                let signers = keepers(&kept);
                entry(subject, saying, "Approval", (facts, signers))
            }
            MinutesWord::Erratum { wrong, right } => prepare_erratum(state, subject, of, (wrong, right)),
            MinutesWord::Circulated => prepare_circulated(state, subject, of),
        }
    }

    /// Does it, with the signer's PIN.
    pub(crate) async fn say_word(
        &self,
        member: &Member,
        pin: SecretString,
        (of, word): (&str, &MinutesWord),
    ) -> Answer<()> {
        let (meeting, by) = (of.to_owned(), member.id.to_string());
        match word.clone() {
            MinutesWord::Correct { about, was, wording, reason } => {
                self.correct_minutes(CorrectRequest { meeting, member: by, pin, about, was, wording, reason }).await?;
            }
            MinutesWord::Answer { correction, taken, wording, reason } => {
                let member = by;
                let answer = AnswerCorrectionRequest { meeting, member, pin, correction, taken, wording, reason };
                self.answer_correction(answer).await?;
            }
            MinutesWord::Approve { by: meeting_that } => {
                let that = later(&meeting_that).map(ToOwned::to_owned);
                self.approve_minutes(ApproveMinutesRequest { meeting, member: by, pin, by: that }).await?;
            }
            MinutesWord::Erratum { wrong, right } => {
                self.seal_erratum(SealErratumRequest { meeting, pin, wrong, right }).await?;
            }
            MinutesWord::Circulated => {
                self.seal_circulated(SealCirculatedRequest { meeting, pin }).await?;
            }
        }
        Ok(())
    }
}

fn prepare_erratum(
    state: &BoardState,
    subject: &SigningSubject,
    of: &str,
    (wrong, right): (&str, &str),
) -> Answer<Prepared> {
    let (meeting, minutes, _) = sealed_of(state, meeting_id(of)?)?;
    let (wrong, right) = (bounded("wrong", wrong)?, bounded("right", right)?);
    let mut told: Vec<(String, String)> =
        meeting.untold_errata().into_iter().map(|e| (e.body.wrong.clone(), e.body.right.clone())).collect();
    if told.is_empty() || !(wrong.is_empty() && right.is_empty()) {
        let body = domain::correction::ErratumBody { minutes: minutes.pdf, right, wrong };
        body.check().map_err(invalid)?;
        told.push((body.wrong, body.right));
    }
    let mut facts = vec![
        fact("Minutes of", meeting.agenda.title.clone()),
        fact("Sealed", format!("{} (claimed)", crate::words::time(minutes.claimed))),
    ];
    for (number, (wrong, right)) in (1_u32..).zip(&told) {
        facts.push(fact(&format!("Wrong {number}"), wrong.clone()));
        facts.push(fact(&format!("Right {number}"), right.clone()));
    }
    let bytes = record::canonical::to_bytes(&told).map_err(|e| BoardError::internal(&e))?;
    Ok(Prepared {
        subject: subject.clone(),
        title: format!("Erratum {} to the minutes of {}", next_erratum(meeting), meeting.agenda.title),
        meaning: ERRATUM_MEANING.in_words(Words::of(&state.policy)).to_owned(),
        facts,
        digest: Digest::of(&bytes),
        manifest: vec![fact("Minutes", minutes.pdf.to_string())],
        signers: vec![meeting.agenda.chair],
    })
}

fn prepare_circulated(state: &BoardState, subject: &SigningSubject, of: &str) -> Answer<Prepared> {
    let (meeting, minutes, _) = circulable(state, meeting_id(of)?)?;
    let items = restricted(meeting);
    let keys: Vec<String> = items.iter().map(|item| format!("{} ({})", item.number, item.change)).collect();
    let facts = vec![
        fact("Minutes of", meeting.agenda.title.clone()),
        fact("Sealed", format!("{} (claimed)", crate::words::time(minutes.claimed))),
        fact("Restricted items", keys.join(", ")),
        fact("Withheld", format!("{} fields, and all that was said on these items", fields(items.len()))),
    ];
    Ok(Prepared {
        subject: subject.clone(),
        title: format!("Circulated edition of the minutes of {}", meeting.agenda.title),
        meaning: CIRCULATED_MEANING.in_words(Words::of(&state.policy)).to_owned(),
        facts,
        digest: minutes.pdf,
        manifest: vec![fact("Minutes", minutes.pdf.to_string())],
        signers: vec![meeting.agenda.chair],
    })
}
