//! Sealed minutes handed out: into a folder, under names that people read, with the draft of a mail that has them
//! attached. Nothing is written into the record, and nothing is made anew: the files are the sealed ones as they are.
use std::collections::BTreeSet;
use std::path::PathBuf;

use domain::ids::{ChangeKey, Digest};
use domain::ledger::Meeting;
use domain::text::mark_invisible;
use domain::written::MAIL;
use serde::Serialize;

use super::compile::Source;
use super::eml::{Address, Attached, Draft, compose};
use super::handing::{Kept, Out, kept, one_line, slug, write_all};
use super::phrases::{SealedMinutes, Words};
use super::{annex_file, erratum_file, extract_file, minutes_file, off_thread};
use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError};
use crate::state::BoardState;

/// Hands out what a meeting sealed.
#[derive(Debug, Clone)]
pub struct DistributeRequest {
    /// The meeting.
    pub meeting: String,
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
}

/// The day of a meeting by its own clock, as names of files and the index have it.
pub(super) fn date(meeting: &Meeting) -> String {
    meeting.agenda.called.with_timezone(&Source::zone(meeting)).format("%Y-%m-%d").to_string()
}

/// The name of a handed-out extract.
pub(super) fn extract_name(words: Words, change: &ChangeKey, meeting: &Meeting) -> String {
    format!("{change}-{}-{}.pdf", words.extract_name(), date(meeting))
}

/// A file of which the record says something else.
fn damaged(file: &str) -> BoardError {
    BoardError::Verification {
        code: "digest".to_owned(),
        what: file.to_owned(),
        why: "the file in the data folder is not the one that was sealed; take it from a backup".to_owned(),
    }
}

/// What is to be handed out, in the order minutes, annexes, errata, extracts.
struct Gathered {
    files: Vec<Out>,
    /// The digest of the minutes.
    minutes: Digest,
    annexes: usize,
    errata: usize,
    extracts: Vec<ChangeKey>,
    not_here: Vec<String>,
}

impl Cabinet {
    /// Writes the sealed minutes of a meeting, its annexes, errata and extracts into a folder, with the draft of a mail to
    /// the members of whom the roster has an address. What is there already is not written over.
    ///
    /// # Errors
    /// [`BoardError::Refused`] while the minutes are not sealed, where they were sealed on another device, and where a
    /// name is taken; [`BoardError::Verification`] when a file is not the one that was sealed.
    pub async fn distribute_minutes(&self, request: DistributeRequest) -> Answer<Distributed> {
        let board = self.board()?;
        let state = board.state().await?;
        let id = crate::meetings::meeting_id(&request.meeting)?;
        let meeting = state.ledger.meetings.get(&id).ok_or_else(|| BoardError::not_found("meeting", id))?;
        let words = Words::of(&state.policy);
        let stem = stem(words, meeting);
        // What others signed after the chair takes the place of the file that the chair sealed.
        let standing = self.standing_minutes(&board, &state, meeting).await?.map(|standing| standing.sealed.pdf);
        let sealed = meeting.minutes.last().map(|sealed| sealed.pdf);
        let minutes = standing.or(sealed).ok_or_else(not_sealed)?;
        let mut gathered = gather(&board, words, meeting, &stem, minutes).await?;
        let (to, without_address) = addresses(&state);
        let mail = self.mail(&board, &state, meeting, &gathered, &to)?;
        gathered.files.push(Out { name: format!("{stem}.eml"), bytes: mail });
        let Gathered { files, annexes, errata, extracts, not_here, .. } = gathered;
        let digests: Vec<String> = files.iter().map(|file| Digest::of(&file.bytes).to_string()).collect();
        let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
        let folder = request.to.clone();
        let there = off_thread(move || write_all(&folder, &files)).await?;
        let handed = names.into_iter().zip(digests).zip(there);
        let mut handed = handed.map(|((file, sha256), already)| HandedFile { file, sha256, already });
        let nothing = || BoardError::not_found("sealed minutes of meeting", id);
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
            minutes,
            annexes,
            errata,
            extracts,
            mail: handed.next().ok_or_else(nothing)?,
            to: to.iter().map(|address| address.as_str().to_owned()).collect(),
            without_address,
            not_here,
        })
    }

    /// The draft. The same minutes to the same people are the same mail.
    fn mail(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        meeting: &Meeting,
        gathered: &Gathered,
        to: &[Address],
    ) -> Answer<Vec<u8>> {
        let sealed = meeting.minutes.last().ok_or_else(not_sealed)?;
        let words = Words::of(&state.policy);
        let zone = Source::zone(meeting);
        let (name, title) = (one_line(&state.roster().name), one_line(&meeting.agenda.title));
        let attached: Vec<Attached<'_>> = gathered
            .files
            .iter()
            .take(1 + gathered.annexes + gathered.errata)
            .map(|file| Attached { name: &file.name, bytes: &file.bytes })
            .collect();
        let body = words.mail_text(&SealedMinutes {
            board: &name,
            meeting: &title,
            day: &words.day(meeting.agenda.called, meeting.closed_at, zone),
            file: attached.first().map_or("", |minutes| minutes.name),
            digest: gathered.minutes,
            sealer: &one_line(&state.name(sealed.actor)),
            sealed: &words.claimed(sealed.claimed, zone),
            annexes: gathered.annexes,
            errata: gathered.errata,
        });
        // Whoever's device this is sends it; a device that the board has not admitted yet is nobody's.
        let owner = self.device_owner(board, state).ok().and_then(|id| state.roster().member(id));
        let from = owner.and_then(|member| member.accounts.get(MAIL)).and_then(|address| Address::of(address));
        Ok(compose(&Draft {
            from: from.as_ref(),
            to,
            subject: &words.mail_subject(&date(meeting), &title, &name),
            at: sealed.claimed,
            body: &body,
            attached: &attached,
        }))
    }
}

/// The beginning of the names of minutes, annexes, errata and mail.
fn stem(words: Words, meeting: &Meeting) -> String {
    let stem = format!("{}-{}-{}", date(meeting), words.minutes_name(), slug(&meeting.agenda.title));
    stem.trim_end_matches('-').to_owned()
}

fn not_sealed() -> BoardError {
    BoardError::refused(
        "not_sealed",
        "The minutes of this meeting are not sealed.",
        Some("R115"),
        "Seal them first: a draft is not handed out.",
    )
}

/// The sealed files of a meeting, each compared with the record.
async fn gather(board: &OpenBoard, words: Words, meeting: &Meeting, stem: &str, minutes: Digest) -> Answer<Gathered> {
    let id = meeting.agenda.meeting;
    let (mut files, mut not_here) = (Vec::new(), Vec::new());
    match kept(board, &minutes_file(id), minutes).await? {
        Kept::Whole(bytes) => files.push(Out { name: format!("{stem}.pdf"), bytes }),
        Kept::Damaged => return Err(damaged(&minutes_file(id))),
        Kept::Elsewhere => {
            return Err(BoardError::refused(
                "sealed_elsewhere",
                "These minutes were sealed on another device; the file is not here.",
                None,
                "Distribute them there.",
            ));
        }
    }
    let mut annexes = 0;
    for (number, annex) in (1_u32..).zip(&meeting.annexes) {
        let file = annex_file(id, number);
        match kept(board, &file, annex.sealed.pdf).await? {
            Kept::Whole(bytes) => {
                let name = format!("{stem}-{}-{number}.pdf", words.annex_name());
                files.push(Out { name, bytes });
                annexes += 1;
            }
            Kept::Damaged => return Err(damaged(&file)),
            Kept::Elsewhere => not_here.push(file),
        }
    }
    let mut errata = 0;
    for (number, erratum) in (1_u32..).zip(&meeting.errata_sealed) {
        let file = erratum_file(id, number);
        match kept(board, &file, erratum.sealed.pdf).await? {
            Kept::Whole(bytes) => {
                let name = format!("{stem}-{}-{number}.pdf", words.erratum_name());
                files.push(Out { name, bytes });
                errata += 1;
            }
            Kept::Damaged => return Err(damaged(&file)),
            Kept::Elsewhere => not_here.push(file),
        }
    }
    let mut extracts = Vec::new();
    for (change, extract) in &meeting.extracts {
        let file = extract_file(change, id);
        match kept(board, &file, extract.pdf).await? {
            Kept::Whole(bytes) => {
                files.push(Out { name: extract_name(words, change, meeting), bytes });
                extracts.push(change.clone());
            }
            Kept::Damaged => return Err(damaged(&file)),
            Kept::Elsewhere => not_here.push(file),
        }
    }
    Ok(Gathered { files, minutes, annexes, errata, extracts, not_here })
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
