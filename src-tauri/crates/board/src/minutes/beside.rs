//! What the window shows beside sealed minutes: the circulated edition, errata, and what was handed out.
use std::path::PathBuf;

use domain::ledger::Meeting;

use super::circulated::{circulable, fields, restricted};
use super::said::sealed_of;
use super::{DistributeRequest, HandedFile, circulated_file, erratum_file};
use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError, refusal};
use crate::meetings::meeting_id;
use crate::paths;
use crate::requests::{HandOutMinutesRequest, OfAnnex, OfMeeting};
use crate::state::BoardState;
use crate::views::{
    AnnexRow, BesideView, CirculatedView, ErrataView, ErratumRow, HandedOutFile, MinutesHandedOut, Refusal,
    WithheldItem,
};

/// Why the chair cannot seal something on this device.
fn chair_elsewhere(board: &OpenBoard, state: &BoardState, meeting: &Meeting) -> Option<Refusal> {
    let chair = state.roster().member(meeting.agenda.chair);
    let here = chair.is_some_and(|chair| chair.signature_key().is_some() && board.is_enrolled_here(chair.id));
    let rule = format!("{} seals it, and has no key on this device.", state.name(meeting.agenda.chair));
    (!here).then(|| refusal("no_key", rule, Some("R115"), "Seal it on the chair's device."))
}

/// What is refused, where it is.
fn why<T>(answer: Answer<T>) -> Option<Refusal> {
    match answer {
        Err(BoardError::Refused(refusal)) => Some(refusal),
        Ok(_) | Err(_) => None,
    }
}

fn handed(file: HandedFile) -> HandedOutFile {
    HandedOutFile { file: file.file, sha256: file.sha256, already: file.already }
}

impl Cabinet {
    /// The circulated edition of a meeting's minutes and the errata to them, and what could be sealed now.
    pub async fn beside_minutes(&self, request: OfMeeting) -> Answer<BesideView> {
        let board = self.board()?;
        let state = board.state().await?;
        let id = meeting_id(&request.meeting)?;
        let meeting = state.ledger.meetings.get(&id).ok_or_else(|| BoardError::not_found("meeting", id))?;
        let items = restricted(meeting);
        let row = |number: u32, sealed: &domain::ledger::Sealed| AnnexRow {
            number,
            sealed_at: crate::words::time(sealed.claimed),
            sha256: sealed.pdf.to_string(),
        };
        let elsewhere = chair_elsewhere(&board, &state, meeting);
        Ok(BesideView {
            circulated: CirculatedView {
                fields: fields(items.len()),
                restricted: items
                    .into_iter()
                    .map(|item| WithheldItem { number: item.number, key: item.change.to_string() })
                    .collect(),
                sealed: meeting.circulated.last().map(|sealed| row(1, sealed)),
                refusal: why(circulable(&state, id)).or_else(|| elsewhere.clone()),
            },
            errata: ErrataView {
                sealed: (1..).zip(&meeting.errata_sealed).map(|(number, one)| row(number, &one.sealed)).collect(),
                untold: meeting
                    .untold_errata()
                    .into_iter()
                    .map(|said| ErratumRow { wrong: said.body.wrong.clone(), right: said.body.right.clone() })
                    .collect(),
                refusal: why(sealed_of(&state, id)).or(elsewhere),
            },
        })
    }

    /// Where the circulated edition lies, for the desktop's reader.
    pub async fn circulated_path(&self, request: OfMeeting) -> Answer<PathBuf> {
        let file = circulated_file(meeting_id(&request.meeting)?);
        self.kept_path("circulated edition", &file)
    }

    /// Where an erratum lies, for the desktop's reader.
    pub async fn erratum_path(&self, request: OfAnnex) -> Answer<PathBuf> {
        let file = erratum_file(meeting_id(&request.meeting)?, request.number);
        self.kept_path("erratum", &file)
    }

    fn kept_path(&self, what: &str, file: &str) -> Answer<PathBuf> {
        let path = self.board()?.store.folder().minutes().join(file);
        if path.is_file() { Ok(path) } else { Err(BoardError::not_found(what, path.display())) }
    }

    /// Hands sealed minutes, or a draft of them, out into a folder that somebody typed.
    ///
    /// # Errors
    /// [`BoardError::Invalid`] with the field `path` where it is no whole path; what `distribute_minutes` refuses.
    pub async fn hand_out_minutes(&self, request: HandOutMinutesRequest) -> Answer<MinutesHandedOut> {
        let to = paths::whole("path", &request.path)?;
        let HandOutMinutesRequest { meeting, edition, .. } = request;
        let out =
            self.distribute_minutes(DistributeRequest { meeting, edition: Some(edition), whole: true, to }).await?;
        let mut files = vec![handed(out.minutes)];
        files.extend(out.annexes.into_iter().chain(out.errata).map(handed));
        files.extend(out.extracts.into_iter().map(|extract| handed(extract.handed)));
        files.push(handed(out.mail));
        Ok(MinutesHandedOut {
            folder: out.folder.display().to_string(),
            files,
            to: out.to,
            without_address: out.without_address,
            not_here: out.not_here,
            left_out: out.left_out,
        })
    }
}
