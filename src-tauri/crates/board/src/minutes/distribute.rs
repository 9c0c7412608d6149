//! Minutes handed out: into a folder, under names that people read, with the draft of a mail that has them attached.
//! Nothing is written into the record, and nothing sealed is made anew: such files are handed out as they are.
use std::collections::BTreeSet;
use std::path::PathBuf;

use domain::ids::{ChangeKey, Digest};
use domain::ledger::Meeting;
use domain::text::mark_invisible;
use domain::written::MAIL;
use serde::Serialize;

use super::circulated::restricted;
use super::compile::Source;
use super::eml::{Address, Attached, Draft, compose};
use super::gathered::{Gathered, gather_circulated};
use super::handing::{Out, write_all};
use super::off_thread;
use super::phrases::Words;
use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError};
use crate::state::BoardState;
use crate::views::HandedEdition;

/// Hands out the minutes of a meeting.
#[derive(Debug, Clone)]
pub struct DistributeRequest {
    /// The meeting.
    pub meeting: String,
    /// Which minutes; `None`: the full ones, unless there is a circulated edition as well.
    pub edition: Option<HandedEdition>,
    /// Whoever asks for the draft knows that it tells restricted items.
    pub whole: bool,
    /// The folder; it is made if it is not there.
    pub to: PathBuf,
}

/// A file that was handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HandedFile {
    /// Its name in the folder.
    pub file: String,
    /// Its SHA-256.
    pub sha256: String,
    /// It was there already, byte for byte the same.
    pub already: bool,
}

/// The extract of a change that was handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HandedExtract {
    /// The change.
    pub change: String,
    /// Its file.
    #[serde(flatten)]
    pub handed: HandedFile,
}

/// What was handed out of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Distributed {
    /// The folder.
    pub folder: PathBuf,
    /// Which minutes they are.
    pub edition: HandedEdition,
    /// The minutes.
    pub minutes: HandedFile,
    /// The annexes to them, in order.
    pub annexes: Vec<HandedFile>,
    /// The errata to them, in order.
    pub errata: Vec<HandedFile>,
    /// The extracts, by change.
    pub extracts: Vec<HandedExtract>,
    /// The draft of the mail.
    pub mail: HandedFile,
    /// To whom it is addressed.
    pub to: Vec<String>,
    /// Members of whom the roster has no address that can stand in the mail.
    pub without_address: Vec<String>,
    /// Files of the meeting that were sealed on another device and are not here.
    pub not_here: Vec<String>,
    /// Files that do not go with the circulated edition, because they tell of restricted items.
    pub left_out: Vec<String>,
}

/// The day of a meeting by its own clock, as names of files and the index have it.
pub(super) fn date(meeting: &Meeting) -> String {
    meeting.agenda.called.with_timezone(&Source::zone(meeting)).format("%Y-%m-%d").to_string()
}

/// The name of a handed-out extract.
pub(super) fn extract_name(words: Words, change: &ChangeKey, meeting: &Meeting) -> String {
    format!("{change}-{}-{}.pdf", words.extract_name(), date(meeting))
}

impl Cabinet {
    /// Writes the minutes of a meeting into a folder, with the draft of a mail to the members of whom the roster has an
    /// address. What is there already is not written over. With the full minutes go annexes, errata and extracts; with the
    /// circulated edition the extracts of what it does not withhold; with a draft nothing.
    ///
    /// # Errors
    /// [`BoardError::Refused`] while the edition is not sealed, where it was sealed on another device, where there is a
    /// draft to hand out no more, or not yet, and where a name is taken; [`BoardError::Verification`] when a file is not
    /// the one that was sealed.
    pub async fn distribute_minutes(&self, request: DistributeRequest) -> Answer<Distributed> {
        let board = self.board()?;
        let state = board.state().await?;
        let id = crate::meetings::meeting_id(&request.meeting)?;
        let meeting = state.ledger.meetings.get(&id).ok_or_else(|| BoardError::not_found("meeting", id))?;
        let edition = edition_of(meeting, request.edition)?;
        if edition == HandedEdition::Draft && !request.whole && !restricted(meeting).is_empty() {
            let rule =
                "Items of this meeting are restricted, and its draft tells them in full to everybody on the board.";
            let remedy = "Say so if that is meant: with --edition full in cab, in words in the window.";
            return Err(BoardError::refused("restricted_items", rule, Some("R115"), remedy));
        }
        let gathered = match edition {
            HandedEdition::Full => self.gather_full(&board, &state, meeting).await?,
            HandedEdition::Circulated => gather_circulated(&board, &state, meeting).await?,
            HandedEdition::Draft => self.gather_draft(&board, &state, meeting).await?,
        };
        let (to, without_address) = addresses(&state);
        let mail = self.mail(&board, &state, &gathered, &to);
        let Gathered { mut files, annexes, errata, extracts, not_here, left_out, mail: name, .. } = gathered;
        files.push(Out { name, bytes: mail });
        let digests: Vec<String> = files.iter().map(|file| Digest::of(&file.bytes).to_string()).collect();
        let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
        let folder = request.to.clone();
        let there = off_thread(move || write_all(&folder, &files)).await?;
        let handed = names.into_iter().zip(digests).zip(there);
        let mut handed = handed.map(|((file, sha256), already)| HandedFile { file, sha256, already });
        let nothing = || BoardError::not_found("minutes of meeting", id);
        let minutes = handed.next().ok_or_else(nothing)?;
        let annexes = handed.by_ref().take(annexes).collect();
        let errata = handed.by_ref().take(errata).collect();
        let extracts = extracts
            .into_iter()
            .zip(handed.by_ref())
            .map(|(change, handed)| HandedExtract { change: change.to_string(), handed })
            .collect();
        Ok(Distributed {
            folder: request.to,
            edition,
            minutes,
            annexes,
            errata,
            extracts,
            mail: handed.next().ok_or_else(nothing)?,
            to: to.iter().map(|address| address.as_str().to_owned()).collect(),
            without_address,
            not_here,
            left_out,
        })
    }

    /// The draft of the mail. The same minutes to the same people are the same mail.
    fn mail(&self, board: &OpenBoard, state: &BoardState, gathered: &Gathered, to: &[Address]) -> Vec<u8> {
        let attached: Vec<Attached<'_>> = gathered
            .files
            .iter()
            .take(1 + gathered.annexes + gathered.errata)
            .map(|file| Attached { name: &file.name, bytes: &file.bytes })
            .collect();
        // Whoever's device this is sends it; a device that the board has not admitted yet is nobody's.
        let owner = self.device_owner(board, state).ok().and_then(|id| state.roster().member(id));
        let from = owner.and_then(|member| member.accounts.get(MAIL)).and_then(|address| Address::of(address));
        compose(&Draft {
            from: from.as_ref(),
            to,
            subject: &gathered.letter.subject,
            at: gathered.letter.at,
            body: &gathered.letter.body,
            attached: &attached,
        })
    }
}

/// Which minutes are meant. Where there are two editions nobody guesses: one of them tells what the other withholds.
fn edition_of(meeting: &Meeting, asked: Option<HandedEdition>) -> Answer<HandedEdition> {
    match asked {
        Some(edition) => Ok(edition),
        None if meeting.circulated.is_empty() && restricted(meeting).is_empty() => Ok(HandedEdition::Full),
        None => Err(BoardError::refused(
            "which_edition",
            "Items of this meeting are restricted: the full minutes tell what the circulated edition withholds.",
            Some("R115"),
            "Say which edition is handed out: circulated, or full.",
        )),
    }
}

/// To whom the mail goes, each address once, and who has none.
fn addresses(state: &BoardState) -> (Vec<Address>, Vec<String>) {
    let (mut to, mut without) = (BTreeSet::new(), Vec::new());
    for member in &state.roster().members {
        match member.accounts.get(MAIL).and_then(|address| Address::of(address)) {
            Some(address) => {
                to.insert(address);
            }
            None => without.push(mark_invisible(&member.name)),
        }
    }
    (to.into_iter().collect(), without)
}
