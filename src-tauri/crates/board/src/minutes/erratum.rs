//! Errata: what is wrong in sealed minutes is said in a new document that names the old one. The minutes stay as they are, and
//! so does what was decided.
use std::path::PathBuf;

use domain::correction::{ErratumBody, ErratumSealedBody};
use domain::entry::Body;
use domain::ids::MeetingId;
use domain::ledger::Meeting;
use minutes::{PdfSigner, SignatureRequest};
use serde::Serialize;
use vault::SecretString;

use super::compile::ERRATUM_MEANING;
use super::corrections::{bounded, invalid};
use super::erratum_file;
use super::phrases::Words;
use super::said::sealed_of;
use super::sealing::{SealedFile, Sealing};
use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};
use crate::views::Noun;

/// Seals an erratum to a meeting's minutes.
#[derive(Debug, Clone)]
pub struct SealErratumRequest {
    /// The meeting.
    pub meeting: String,
    /// The chair's PIN.
    pub pin: SecretString,
    /// What is wrong. With `right` empty too: what was said before, and no document tells yet.
    pub wrong: String,
    /// What is right.
    pub right: String,
}

/// An erratum, sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErratumSealed {
    /// Where the file is.
    pub path: PathBuf,
    /// Its SHA-256.
    pub sha256: String,
    /// SHA-256 of the minutes it belongs to.
    pub minutes: String,
    /// Which erratum to them it is.
    pub number: u32,
}

/// The number of the erratum that comes next.
pub(crate) fn next_erratum(meeting: &Meeting) -> u32 {
    u32::try_from(meeting.errata_sealed.len()).unwrap_or(u32::MAX).saturating_add(1)
}

pub(super) fn not_sealed() -> BoardError {
    BoardError::refused(
        "not_sealed",
        "The minutes of this meeting are not sealed.",
        Some("R115"),
        "Until they are, ask for a correction.",
    )
}

impl Cabinet {
    /// Says what is wrong in sealed minutes and seals it beside them, with the chair's PIN.
    pub async fn seal_erratum(&self, asked: SealErratumRequest) -> Answer<ErratumSealed> {
        let board = self.board()?;
        let state = board.state().await?;
        let id: MeetingId = crate::meetings::meeting_id(&asked.meeting)?;
        let found = || BoardError::not_found("meeting", id);
        let (meeting, minutes, checkpoint) = sealed_of(&state, id)?;
        let chair = state.member(meeting.agenda.chair)?;
        let (wrong, right) = (bounded("wrong", &asked.wrong)?, bounded("right", &asked.right)?);
        // What an earlier try said, and could not seal, is told as it was said.
        if meeting.untold_errata().is_empty() || !(wrong.is_empty() && right.is_empty()) {
            let body = ErratumBody { minutes: minutes.pdf, right, wrong };
            body.check().map_err(invalid)?;
            let meaning = format!("I say what is wrong in the sealed minutes of {}.", meeting.agenda.title);
            self.say_of_minutes(&board, meeting, chair, (meaning, &asked.pin), Body::Erratum(body)).await?;
        }
        let key = self.opened_by_pin(&board, chair, &asked.pin).await?;
        let said = board.state().await?;
        let meeting = said.ledger.meetings.get(&id).ok_or_else(found)?;
        let (now, number) = (self.now(), next_erratum(meeting));
        let evidence = self.evidence_of_meeting(&board, &said, id).await?;
        let file = erratum_file(id, number);
        let content = self
            .source(&said, &evidence, id, now)
            .erratum(&file, number)
            .ok_or_else(|| BoardError::not_found("minutes of", id))?;
        let told = evidence.ledger.meetings.get(&id).ok_or_else(found)?;
        let errata = told.untold_errata().into_iter().map(|erratum| erratum.entry).collect();
        let meaning = ERRATUM_MEANING.in_words(Words::of(&said.policy));
        let hand = &self.pdf_signer(&board, &said, chair, (&key, &asked.pin)).await?;
        let by = Sealing { board: &board, state: &said, meeting, chair, key: &key, hand, meaning, now };
        let seal = move |evidence: &[u8], request: &SignatureRequest<'_>, signer: &dyn PdfSigner| {
            minutes::seal_erratum(&content, evidence, request, signer)
        };
        let SealedFile { path, digest, subject, .. } = self.seal_file(&by, file, evidence.bytes, seal).await?;
        let body = Body::ErratumSealed(ErratumSealedBody { checkpoint, errata, minutes: minutes.pdf, pdf: digest });
        self.enter_sealed(&by, vec![subject], body, Vec::new(), Vec::new()).await?;
        self.changed(&[Noun::Minutes, Noun::Meetings], &[&asked.meeting]);
        Ok(ErratumSealed { path, sha256: digest.to_string(), minutes: minutes.pdf.to_string(), number })
    }
}
