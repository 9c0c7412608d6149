//! The annex: when members confirm or contest after the minutes are sealed, the minutes stay as they are, and what was said
//! since is sealed beside them (`record.md`, *Who acts*).
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use domain::entry::Body;
use domain::ids::{Digest, EntryId, MeetingId};
use domain::ledger::{Answer as Said, Ledger, Meeting};
use minutes::{PdfSigner, SignatureRequest};
use record::bundle::Bundle;
use record::chain::Past;
use record::entry::Entry;
use serde::Serialize;
use vault::SecretString;

use super::annex_file;
use super::compile::ANNEX_MEANING;
use super::evidence::EvidenceFile;
use super::phrases::Words;
use super::sealing::{SealedFile, Sealing};
use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError, refusal};
use crate::requests::{OfAnnex, OfMeeting};
use crate::signing_hands::Prepared;
use crate::state::{BoardState, refused};
use crate::views::{AnnexAnswer, AnnexRow, AnnexesView, Fact, Noun, SigningSubject};

/// The entries in which members answer, of which neither minutes nor an annex tells yet, with the times they claim.
pub(crate) type Fresh = BTreeMap<EntryId, DateTime<Utc>>;

/// Seals an annex to a meeting's minutes.
#[derive(Debug, Clone)]
pub struct SealAnnexRequest {
    /// The meeting.
    pub meeting: String,
    /// The chair's PIN.
    pub pin: SecretString,
}

/// An annex, sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnnexSealed {
    /// Where the file is.
    pub path: PathBuf,
    /// Its SHA-256.
    pub sha256: String,
    /// SHA-256 of the minutes it belongs to.
    pub minutes: String,
    /// Which annex to them it is.
    pub number: u32,
    /// Who confirms or contests in it.
    pub members: Vec<String>,
}

/// What members said of the meeting since its minutes were sealed and since its last annex. What the sealer had seen when
/// the minutes were sealed stands in them.
pub(crate) fn fresh(entries: &[Entry], ledger: &Ledger, meeting: &Meeting) -> Fresh {
    let Some(minutes) = meeting.minutes.last() else { return Fresh::new() };
    let told: BTreeSet<EntryId> = Past::of(entries.iter().map(record::verify::link)).up_to([minutes.entry]);
    let open = in_no_annex(ledger, meeting);
    let new = |entry: &&Entry| open.contains(&entry.id()) && !told.contains(&entry.id());
    let claimed = |entry: &Entry| entry.predicate().map(|p| (entry.id(), p.time.claimed));
    entries.iter().filter(new).filter_map(claimed).collect()
}

/// Of the entries in which members answer, those of which no annex tells.
fn in_no_annex(ledger: &Ledger, meeting: &Meeting) -> BTreeSet<EntryId> {
    let mut open = answers(ledger, meeting);
    for told in meeting.annexes.iter().flat_map(|annex| &annex.answers) {
        open.remove(told);
    }
    open
}

/// The entries in which members answer what was recorded in the meeting, or as a sign-off on one of its changes.
fn answers(ledger: &Ledger, meeting: &Meeting) -> BTreeSet<EntryId> {
    let acts = ledger.spoken.values().filter(|s| s.meeting == meeting.agenda.meeting).filter_map(|s| s.answer.as_ref());
    let signed = meeting.agenda.items.iter().filter_map(|item| ledger.sign_offs.get(&item.change)).flatten();
    acts.chain(signed.filter_map(|s| s.answer.as_ref())).map(Said::by).collect()
}

/// What an annex would tell now, and what it rests on.
struct Waiting {
    evidence: EvidenceFile,
    entries: Vec<Entry>,
    fresh: Fresh,
}

fn not_sealed() -> BoardError {
    BoardError::refused(
        "not_sealed",
        "The minutes of this meeting are not sealed.",
        Some("R115"),
        "Seal them: what members said until then stands in them.",
    )
}

fn nothing_new() -> BoardError {
    BoardError::refused(
        "nothing_new",
        "Nobody has confirmed or contested anything of this meeting that its minutes or an annex do not tell.",
        Some("R115"),
        "Once a member does, seal an annex.",
    )
}

/// The number of the annex that comes next.
pub(crate) fn next_number(meeting: &Meeting) -> u32 {
    u32::try_from(meeting.annexes.len()).unwrap_or(u32::MAX).saturating_add(1)
}

impl Cabinet {
    /// Seals what members confirmed and contested since the minutes of a meeting were sealed, with the chair's PIN.
    pub async fn seal_annex(&self, request: SealAnnexRequest) -> Answer<AnnexSealed> {
        let board = self.board()?;
        let state = board.state().await?;
        let id: MeetingId = crate::meetings::meeting_id(&request.meeting)?;
        let meeting = state.ledger.meetings.get(&id).ok_or_else(|| BoardError::not_found("meeting", id))?;
        let (Some(minutes), Some(checkpoint)) = (meeting.minutes.last(), meeting.closed) else {
            return Err(not_sealed());
        };
        let Waiting { evidence, entries, fresh } = self.waiting(&board, &state, meeting).await?;
        if fresh.is_empty() {
            return Err(nothing_new());
        }
        let chair = state.member(meeting.agenda.chair)?;
        let key = self.opened_by_pin(&board, chair, &request.pin).await?;
        let (now, number) = (self.now(), next_number(meeting));
        let file = annex_file(id, number);
        let content = self
            .source(&state, &evidence, id, now)
            .annex(&file, number, &fresh)
            .ok_or_else(|| BoardError::not_found("minutes of", id))?;
        let meaning = ANNEX_MEANING.in_words(Words::of(&state.policy));
        let hand = &self.pdf_signer(&board, &state, chair, (&key, &request.pin)).await?;
        let by = Sealing { board: &board, state: &state, meeting, chair, key: &key, hand, meaning, now };
        let seal = move |evidence: &[u8], request: &SignatureRequest<'_>, signer: &dyn PdfSigner| {
            minutes::seal_annex(&content, evidence, request, signer)
        };
        let SealedFile { path, digest, subject, .. } = self.seal_file(&by, file, evidence.bytes, seal).await?;
        let answers = fresh.keys().copied().collect();
        let body = Body::AnnexSealed { minutes: minutes.pdf, pdf: digest, answers, checkpoint };
        self.enter_sealed(&by, vec![subject], body, Vec::new(), Vec::new()).await?;
        self.changed(&[Noun::Minutes, Noun::Meetings], &[&request.meeting]);
        let said = entries.iter().filter(|entry| fresh.contains_key(&entry.id()));
        let who: BTreeSet<String> = said.filter_map(|e| Some(state.name(e.predicate()?.actor))).collect();
        Ok(AnnexSealed {
            path,
            sha256: digest.to_string(),
            minutes: minutes.pdf.to_string(),
            number,
            members: who.into_iter().collect(),
        })
    }

    /// The annexes to a meeting's minutes, and what one would tell now.
    pub async fn annexes(&self, request: OfMeeting) -> Answer<AnnexesView> {
        let board = self.board()?;
        let state = board.state().await?;
        let id: MeetingId = crate::meetings::meeting_id(&request.meeting)?;
        let meeting = state.ledger.meetings.get(&id).ok_or_else(|| BoardError::not_found("meeting", id))?;
        let chair = state.member(meeting.agenda.chair)?;
        let here = chair.signature_key().is_some() && board.is_enrolled_here(chair.id);
        let rule = format!("{} seals it, and has no key on this device.", chair.name);
        let sealed = !meeting.minutes.is_empty() && meeting.closed.is_some();
        // Mostly nobody answered at all: then no evidence is put together.
        let waiting = if !sealed || in_no_annex(&state.ledger, meeting).is_empty() {
            Vec::new()
        } else {
            let waiting = self.waiting(&board, &state, meeting).await?;
            self.answers_in(&state, &waiting, meeting)
        };
        let row = |(number, annex): (u32, &domain::ledger::Annex)| AnnexRow {
            number,
            sealed_at: crate::words::time(annex.sealed.claimed),
            sha256: annex.sealed.pdf.to_string(),
        };
        Ok(AnnexesView {
            sealed: (1..).zip(&meeting.annexes).map(row).collect(),
            waiting,
            refusal: (!here).then(|| refusal("no_key", rule, Some("R115"), "Seal it on the chair's device.")),
        })
    }

    /// Where an annex lies, for the desktop's reader.
    pub async fn annex_path(&self, request: OfAnnex) -> Answer<PathBuf> {
        let board = self.board()?;
        let id: MeetingId = crate::meetings::meeting_id(&request.meeting)?;
        let path = board.store.folder().minutes().join(annex_file(id, request.number));
        if path.is_file() { Ok(path) } else { Err(BoardError::not_found("annex", path.display())) }
    }

    /// What the signing window shows before an annex is sealed.
    pub(crate) async fn prepare_annex(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        subject: &SigningSubject,
        meeting: &str,
    ) -> Answer<Prepared> {
        let id: MeetingId = crate::meetings::meeting_id(meeting)?;
        let meeting = state.ledger.meetings.get(&id).ok_or_else(|| BoardError::not_found("meeting", id))?;
        let (Some(minutes), Some(_)) = (meeting.minutes.last(), meeting.closed) else {
            return Err(not_sealed());
        };
        let waiting = self.waiting(board, state, meeting).await?;
        if waiting.fresh.is_empty() {
            return Err(nothing_new());
        }
        let fact = |label: &str, value: String| Fact { label: label.to_owned(), value };
        let mut facts = vec![
            fact("Minutes of", meeting.agenda.title.clone()),
            fact("Sealed", format!("{} (claimed)", crate::words::time(minutes.claimed))),
        ];
        for (number, answer) in (1_u32..).zip(self.answers_in(state, &waiting, meeting)) {
            let about = answer.item.map_or_else(String::new, |item| format!(", {item}"));
            let said =
                answer.instead.map_or_else(|| "it was so".to_owned(), |instead| format!("it was not so: {instead}"));
            let line = format!("{}: {}{about}; {said}", answer.member, answer.recorded);
            facts.push(fact(&format!("Answer {number}"), line));
        }
        let entries: Vec<String> = waiting.fresh.keys().map(ToString::to_string).collect();
        Ok(Prepared {
            subject: subject.clone(),
            title: format!("Annex {} to the minutes of {}", next_number(meeting), meeting.agenda.title),
            meaning: ANNEX_MEANING.in_words(Words::of(&state.policy)).to_owned(),
            facts,
            digest: Digest::of(entries.join("\n").as_bytes()),
            manifest: entries.into_iter().map(|entry| fact("Answer", entry)).collect(),
            signers: vec![meeting.agenda.chair],
        })
    }

    async fn waiting(&self, board: &OpenBoard, state: &BoardState, meeting: &Meeting) -> Answer<Waiting> {
        let evidence = self.evidence_of_meeting(board, state, meeting.agenda.meeting).await?;
        let bundle = Bundle::parse(&evidence.bytes).map_err(|r| refused("the evidence", &r))?;
        let entries: Vec<Entry> = bundle.entries.iter().filter_map(|bytes| Entry::parse(bytes).ok()).collect();
        let fresh = fresh(&entries, &evidence.ledger, meeting);
        Ok(Waiting { evidence, entries, fresh })
    }

    /// The answers, as the annex would print them.
    fn answers_in(&self, state: &BoardState, waiting: &Waiting, meeting: &Meeting) -> Vec<AnnexAnswer> {
        let (id, number) = (meeting.agenda.meeting, next_number(meeting));
        let source = self.source(state, &waiting.evidence, id, self.now());
        let told = source.annex(&annex_file(id, number), number, &waiting.fresh);
        let answers = told.map(|annex| annex.answers).unwrap_or_default().into_iter();
        answers
            .map(|answer| AnnexAnswer {
                member: answer.name,
                item: answer.item,
                recorded: answer.recorded,
                instead: answer.instead,
                time: answer.time,
            })
            .collect()
    }
}
