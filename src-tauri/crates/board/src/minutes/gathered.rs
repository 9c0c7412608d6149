//! What is handed out of a meeting, file by file, and what the mail says of it.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::ids::{ChangeKey, Digest};
use domain::ledger::{Meeting, Sealed};
use domain::policy::MinutesApprovalRule;
use domain::written::MAIL;

use super::circulated::restricted;
use super::compile::Source;
use super::distribute::{date, extract_name};
use super::drafted::already_sealed;
use super::eml::Address;
use super::handing::{Kept, Out, kept, one_line, slug};
use super::phrases::{DraftMinutes, SealedMinutes, Until, Words};
use super::{annex_file, circulated_file, erratum_file, extract_file, minutes_file};
use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError};
use crate::state::BoardState;

/// What the mail says, and of when it is.
pub(super) struct Letter {
    pub subject: String,
    pub body: String,
    pub at: DateTime<Utc>,
}

/// What is to be handed out, in the order minutes, annexes, errata, extracts.
pub(super) struct Gathered {
    pub files: Vec<Out>,
    pub annexes: usize,
    pub errata: usize,
    pub extracts: Vec<ChangeKey>,
    /// Files that were sealed on another device.
    pub not_here: Vec<String>,
    /// Files that tell of restricted items.
    pub left_out: Vec<String>,
    pub letter: Letter,
    /// The name of the mail.
    pub mail: String,
}

/// A file of which the record says something else.
fn damaged(file: &str) -> BoardError {
    BoardError::Verification {
        code: "digest".to_owned(),
        what: file.to_owned(),
        why: "the file in the data folder is not the one that was sealed; take it from a backup".to_owned(),
    }
}

/// The beginning of the names of minutes, annexes, errata and mail.
fn stem(words: Words, meeting: &Meeting) -> String {
    let stem = format!("{}-{}-{}", date(meeting), words.minutes_name(), slug(&meeting.agenda.title));
    stem.trim_end_matches('-').to_owned()
}

fn annex_name(words: Words, stem: &str, number: u32) -> String {
    format!("{stem}-{}-{number}.pdf", words.annex_name())
}

fn erratum_name(words: Words, stem: &str, number: u32) -> String {
    format!("{stem}-{}-{number}.pdf", words.erratum_name())
}

fn refused(code: &str, rule: &str, remedy: &str) -> BoardError {
    BoardError::refused(code, rule, Some("R115"), remedy)
}

fn not_sealed() -> BoardError {
    let remedy = "Seal them first. Until then their draft can be handed out as one.";
    refused("not_sealed", "The minutes of this meeting are not sealed.", remedy)
}

/// The minutes or another file without which nothing is handed out, compared with the record.
async fn first(board: &OpenBoard, file: &str, recorded: Digest) -> Answer<Vec<u8>> {
    match kept(board, file, recorded).await? {
        Kept::Whole(bytes) => Ok(bytes),
        Kept::Damaged => Err(damaged(file)),
        Kept::Elsewhere => Err(BoardError::refused(
            "sealed_elsewhere",
            "These minutes were sealed on another device; the file is not here.",
            None,
            "Distribute them there.",
        )),
    }
}

impl Gathered {
    /// Takes a file that goes with the minutes, if it is here; answers whether it is.
    async fn take(&mut self, board: &OpenBoard, (file, name): (&str, String), recorded: Digest) -> Answer<bool> {
        match kept(board, file, recorded).await? {
            Kept::Whole(bytes) => {
                self.files.push(Out { name, bytes });
                Ok(true)
            }
            Kept::Damaged => Err(damaged(file)),
            Kept::Elsewhere => {
                self.not_here.push(file.to_owned());
                Ok(false)
            }
        }
    }

    /// The extracts, but for those of changes that are not to be told of.
    async fn take_extracts(
        &mut self,
        board: &OpenBoard,
        words: Words,
        meeting: &Meeting,
        untold: &BTreeSet<ChangeKey>,
    ) -> Answer<()> {
        for (change, extract) in &meeting.extracts {
            let name = extract_name(words, change, meeting);
            if untold.contains(change) {
                self.left_out.push(name);
                continue;
            }
            let file = extract_file(change, meeting.agenda.meeting);
            if self.take(board, (file.as_str(), name), extract.pdf).await? {
                self.extracts.push(change.clone());
            }
        }
        Ok(())
    }
}

/// Only the minutes, and what the mail says of them.
fn alone(minutes: Out, letter: Letter, mail: String) -> Gathered {
    Gathered {
        files: vec![minutes],
        annexes: 0,
        errata: 0,
        extracts: Vec::new(),
        not_here: Vec::new(),
        left_out: Vec::new(),
        letter,
        mail,
    }
}

/// What the mail says of sealed minutes.
fn sealed_letter(state: &BoardState, meeting: &Meeting, sealed: &Sealed, told: &Told<'_>) -> Letter {
    let words = Words::of(&state.policy);
    let zone = Source::zone(meeting);
    let (board, title) = (one_line(&state.roster().name), one_line(&meeting.agenda.title));
    let body = words.mail_text(&SealedMinutes {
        board: &board,
        meeting: &title,
        day: &words.day(meeting.agenda.called, meeting.closed_at, zone),
        file: told.file,
        digest: told.digest,
        sealer: &one_line(&state.name(sealed.actor)),
        sealed: &words.claimed(sealed.claimed, zone),
        annexes: told.annexes,
        errata: told.errata,
        circulated: told.circulated,
    });
    Letter { subject: words.mail_subject(&date(meeting), &title, &board), body, at: sealed.claimed }
}

/// Sealed minutes, as their mail tells of them.
struct Told<'a> {
    file: &'a str,
    digest: Digest,
    annexes: usize,
    errata: usize,
    circulated: bool,
}

/// The circulated edition, with the extracts of what it does not withhold. Annexes and errata carry the evidence of the
/// whole meeting, and are left out.
pub(super) async fn gather_circulated(board: &OpenBoard, state: &BoardState, meeting: &Meeting) -> Answer<Gathered> {
    let words = Words::of(&state.policy);
    let stem = stem(words, meeting);
    let sealed = meeting.circulated.last().ok_or_else(|| {
        let remedy = "The chair seals it first, beside the full minutes.";
        refused("not_sealed", "The circulated edition of these minutes is not sealed.", remedy)
    })?;
    let bytes = first(board, &circulated_file(meeting.agenda.meeting), sealed.pdf).await?;
    let whole = format!("{stem}-{}", words.circulated_name());
    let name = format!("{whole}.pdf");
    let told = Told { file: &name, digest: sealed.pdf, annexes: 0, errata: 0, circulated: true };
    let letter = sealed_letter(state, meeting, sealed, &told);
    let mut gathered = alone(Out { name, bytes }, letter, format!("{whole}.eml"));
    let annexes = (1_u32..).zip(&meeting.annexes).map(|(number, _)| annex_name(words, &stem, number));
    let errata = (1_u32..).zip(&meeting.errata_sealed).map(|(number, _)| erratum_name(words, &stem, number));
    gathered.left_out.extend(annexes.chain(errata));
    let untold: BTreeSet<ChangeKey> = restricted(meeting).into_iter().map(|item| item.change.clone()).collect();
    gathered.take_extracts(board, words, meeting, &untold).await?;
    Ok(gathered)
}

impl Cabinet {
    /// The sealed minutes and all that is sealed beside them, each file compared with the record.
    pub(super) async fn gather_full(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        meeting: &Meeting,
    ) -> Answer<Gathered> {
        let words = Words::of(&state.policy);
        let stem = stem(words, meeting);
        let id = meeting.agenda.meeting;
        let sealed = meeting.minutes.last().ok_or_else(not_sealed)?;
        // What others signed after the chair takes the place of the file that the chair sealed.
        let standing = self.standing_minutes(board, state, meeting).await?.map(|standing| standing.sealed.pdf);
        let digest = standing.unwrap_or(sealed.pdf);
        let bytes = first(board, &minutes_file(id), digest).await?;
        let name = format!("{stem}.pdf");
        let letter = Letter { subject: String::new(), body: String::new(), at: sealed.claimed };
        let mut gathered = alone(Out { name: name.clone(), bytes }, letter, format!("{stem}.eml"));
        for (number, annex) in (1_u32..).zip(&meeting.annexes) {
            let (file, name) = (annex_file(id, number), annex_name(words, &stem, number));
            let taken = gathered.take(board, (file.as_str(), name), annex.sealed.pdf).await?;
            gathered.annexes += usize::from(taken);
        }
        for (number, erratum) in (1_u32..).zip(&meeting.errata_sealed) {
            let (file, name) = (erratum_file(id, number), erratum_name(words, &stem, number));
            let taken = gathered.take(board, (file.as_str(), name), erratum.sealed.pdf).await?;
            gathered.errata += usize::from(taken);
        }
        gathered.take_extracts(board, words, meeting, &BTreeSet::new()).await?;
        let (annexes, errata) = (gathered.annexes, gathered.errata);
        let told = Told { file: &name, digest, annexes, errata, circulated: false };
        gathered.letter = sealed_letter(state, meeting, sealed, &told);
        Ok(gathered)
    }

    /// The draft of the minutes, while they are not sealed; the mail says until when and how corrections are asked for.
    pub(super) async fn gather_draft(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        meeting: &Meeting,
    ) -> Answer<Gathered> {
        if meeting.closed.is_none() {
            let rule = "The meeting is still in session.";
            return Err(refused("meeting_open", rule, "Close it; its minutes are drafted then."));
        }
        if !meeting.minutes.is_empty() {
            return Err(already_sealed());
        }
        let draft = self.draft_to_hand_out(board, meeting).await?;
        let (words, zone) = (Words::of(&state.policy), Source::zone(meeting));
        let (name, title) = (one_line(&state.roster().name), one_line(&meeting.agenda.title));
        // A draft that was composed anew is another file.
        let when = draft.at.with_timezone(&zone).format("%Y-%m-%d-%H%M%S");
        let whole = format!("{}-{}-{when}", stem(words, meeting), words.draft_name());
        let file = format!("{whole}.pdf");
        let body = words.mail_draft(&DraftMinutes {
            board: &name,
            meeting: &title,
            id: &meeting.agenda.meeting.to_string(),
            day: &words.day(meeting.agenda.called, meeting.closed_at, zone),
            file: &file,
            digest: Digest::of(&draft.bytes),
            composed: &words.local(draft.at, zone),
            until: self.until(state, meeting, words),
            keepers: &keepers(state, meeting),
        });
        let letter = Letter { subject: words.draft_subject(&date(meeting), &title, &name), body, at: draft.at };
        Ok(alone(Out { name: file, bytes: draft.bytes }, letter, format!("{whole}.eml")))
    }

    /// Until when corrections are taken.
    fn until(&self, state: &BoardState, meeting: &Meeting, words: Words) -> Until {
        if self.corrections_open(state, meeting).is_err() {
            return Until::Over;
        }
        match state.policy.minutes.approval {
            MinutesApprovalRule::AtOnce => Until::Sealed,
            MinutesApprovalRule::NextMeeting => Until::LaterMeeting,
            MinutesApprovalRule::Deadline => super::corrections::deadline_of(state, meeting)
                .map_or(Until::Sealed, |until| Until::Time(words.local(until, Source::zone(meeting)))),
        }
    }
}

/// Who keeps the record of a meeting, each with their address where the roster has one.
fn keepers(state: &BoardState, meeting: &Meeting) -> Vec<String> {
    let (chair, secretary) = (meeting.agenda.chair, meeting.agenda.secretary);
    let both = [Some(secretary), Some(chair).filter(|chair| *chair != secretary)];
    let told = both.into_iter().flatten().filter_map(|id| state.roster().member(id));
    told.map(|member| {
        let name = one_line(&member.name);
        match member.accounts.get(MAIL).and_then(|address| Address::of(address)) {
            Some(address) => format!("{name} <{}>", address.as_str()),
            None => name,
        }
    })
    .collect()
}
