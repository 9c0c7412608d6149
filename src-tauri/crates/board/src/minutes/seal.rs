//! Sealing: minutes and the extracts that wait, under one PIN of the chair.
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, Utc};
use domain::entry::Body;
use domain::ids::{ChangeKey, Digest, EntryId, MeetingId};
use domain::roster::Member;
use minutes::{PdfSigner, SignatureRequest, SignerRefusal, Stamp};
use record::keys::Signer;
use vault::{CorporateKey, SecretString};

use super::compile::SEAL_MEANING;
use super::countersign::{CHOSEN, signed_by};
use super::phrases::Words;
use super::sealing::{SealedFile, Sealing};
use super::stamping::Stamping;
use super::{extract_file, in_pdf, minutes_file};
use crate::cabinet::{Cabinet, DEVICE, OpenBoard};
use crate::corporate::{Named, unusable};
use crate::error::{Answer, BoardError};
use crate::state::BoardState;
use crate::writer::{Key, Local};

/// A member's key as the PDF sees it.
#[derive(Clone)]
pub(super) struct Hand {
    signer: Arc<dyn Signer + Send + Sync>,
    certificate: Vec<u8>,
    root: Vec<u8>,
    stamping: Option<Arc<Stamping>>,
    /// The certificate of their company, where the roster names one and its key is on this device: it signs then.
    corporate: Option<Arc<Corporate>>,
}

struct Corporate {
    key: CorporateKey,
    named: Named,
}

impl PdfSigner for Hand {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerRefusal> {
        match &self.corporate {
            Some(corporate) => corporate.key.sign(message).map_err(|e| SignerRefusal(e.to_string())),
            None => self.signer.sign(message).map_err(|e| SignerRefusal(e.to_string())),
        }
    }
    fn certificate_der(&self) -> Vec<u8> {
        let corporate = self.corporate.as_ref().and_then(|corporate| corporate.named.path.first());
        corporate.unwrap_or(&self.certificate).clone()
    }
    fn chain_der(&self) -> Vec<Vec<u8>> {
        let above = self.corporate.iter().flat_map(|corporate| corporate.named.path.iter().skip(1));
        above.chain([&self.root]).cloned().collect()
    }
    fn endorsement_der(&self) -> Option<Vec<u8>> {
        self.corporate.as_ref().map(|corporate| corporate.named.endorsement.clone())
    }
    fn stamp(&self) -> Option<&dyn Stamp> {
        self.stamping.as_deref().map(|stamping| stamping as &dyn Stamp)
    }
}

impl Cabinet {
    /// Seals the minutes once they are approved by the policy's rule, and every extract that waits at once. Decisions took
    /// effect when they were signed: sealing changes nothing but paper.
    pub(crate) async fn seal(
        &self,
        board: &OpenBoard,
        id: MeetingId,
        chair: &Member,
        (key, pin): (Key, &SecretString),
    ) -> Answer<()> {
        let state = board.state().await?;
        if let Some(refused) = self.seal_refusal(&state, id) {
            return Err(BoardError::Refused(refused));
        }
        let meeting = state.ledger.meetings.get(&id).ok_or_else(|| BoardError::not_found("meeting", id))?.clone();
        if meeting.agenda.chair != chair.id {
            return Err(BoardError::refused(
                "not_the_chair",
                format!("{} chaired this meeting; {} did not.", state.name(meeting.agenda.chair), chair.name),
                Some("R115"),
                "The chair of the meeting seals its minutes.",
            ));
        }
        let checkpoint = meeting.closed.ok_or_else(|| BoardError::not_found("closing of meeting", id))?;
        let hand = self.pdf_signer(board, &state, chair, (&key, pin)).await?;
        // Extracts first: the evidence of the minutes then tells of them.
        let waiting = self.unsealed_extracts(&state, id)?;
        if !waiting.is_empty() {
            let meaning = SEAL_MEANING.in_words(Words::of(&state.policy));
            let (meeting, key, hand) = (&meeting, &key, &hand);
            let by = Sealing { board, state: &state, meeting, chair, key, hand, meaning, now: self.now() };
            self.seal_extracts(&by, &waiting, checkpoint).await?;
        }
        if !meeting.minutes.is_empty() || self.approval_refusal(&state, &meeting).is_some() {
            // Sealed once, or not approved yet; what is settled goes to its ticket by its extract alone.
            return Ok(());
        }
        let state = board.state().await?;
        let now = self.now();
        let evidence = self.evidence_of_meeting(board, &state, id).await?;
        let file = minutes_file(id);
        let content = self
            .source(&state, &evidence, id, now)
            .minutes(&file)
            .ok_or_else(|| BoardError::not_found("meeting", id))?;
        let turns = self.signatories(board, &state, &meeting).await?;
        let content = signed_by(content, state.roster(), &turns)?;
        let meaning = SEAL_MEANING.in_words(Words::of(&state.policy));
        let (meeting, key, hand) = (&meeting, &key, &hand);
        let by = Sealing { board, state: &state, meeting, chair, key, hand, meaning, now };
        let seal = move |evidence: &[u8], request: &SignatureRequest<'_>, signer: &dyn PdfSigner| {
            minutes::seal_minutes(&content, evidence, request, signer)
        };
        let SealedFile { pdf, digest, subject, .. } = self.seal_file(&by, file, evidence.bytes, seal).await?;
        let body = Body::MinutesSealed { pdf: digest, checkpoint, edition: None, after: None };
        // It travels where others are to sign it.
        let blobs = if turns.is_empty() { Vec::new() } else { vec![pdf] };
        let chosen = Local::DropDraft { kind: CHOSEN, key: id.to_string(), member: DEVICE };
        self.enter_sealed(&by, vec![subject], body, blobs, vec![chosen]).await?;
        super::drafted::put_away(board, id).await;
        Ok(())
    }

    /// All that wait, in one entry.
    async fn seal_extracts(&self, by: &Sealing<'_>, changes: &[ChangeKey], checkpoint: EntryId) -> Answer<()> {
        let id = by.meeting.agenda.meeting;
        let mut sealed: BTreeMap<ChangeKey, Digest> = BTreeMap::new();
        let mut subjects = Vec::new();
        for change in changes {
            let evidence = self.evidence_of_change(by.board, by.state, id, change).await?;
            let file = extract_file(change, id);
            let content = self
                .source(by.state, &evidence, id, by.now)
                .extract(change, &file)
                .ok_or_else(|| BoardError::not_found("agenda item", change))?;
            let seal = move |evidence: &[u8], request: &SignatureRequest<'_>, signer: &dyn PdfSigner| {
                minutes::seal_extract(&content, evidence, request, signer)
            };
            let SealedFile { digest, subject, .. } = self.seal_file(by, file, evidence.bytes, seal).await?;
            subjects.push(subject);
            sealed.insert(change.clone(), digest);
        }
        let body = Body::ExtractsSealed { extracts: sealed, checkpoint };
        self.enter_sealed(by, subjects, body, Vec::new(), Vec::new()).await
    }

    /// The hand that signs a document: with the certificate of the member's company, where the roster names one and its key
    /// is here, else with the board's own.
    pub(super) async fn pdf_signer(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        member: &Member,
        (key, pin): (&Key, &SecretString),
    ) -> Answer<Hand> {
        let Key::Member { signer, .. } = key else {
            return Err(BoardError::refused(
                "own_key",
                "Minutes are sealed by a member's own key.",
                Some("R115"),
                "Enter the chair's PIN.",
            ));
        };
        // Of several devices of the member the key that is here.
        let own = signer.key_id();
        let certificate = member
            .signature_keys()
            .find(|k| k.id == own)
            .and_then(|k| k.certificate.as_deref())
            .ok_or_else(|| BoardError::not_found("certificate of", &member.name))?;
        use base64::Engine as _;
        let certificate =
            base64::engine::general_purpose::STANDARD.decode(certificate).map_err(|e| BoardError::internal(&e))?;
        let root = minutes::certificate_der(&state.roster().certificate_root).map_err(|e| in_pdf(&e))?;
        let stamping = Stamping::of(&self.options().network)?.map(Arc::new);
        let corporate = self.corporate_of(board, member, pin).await?.map(Arc::new);
        Ok(Hand { signer: signer.clone(), certificate, root, stamping, corporate })
    }

    async fn corporate_of(&self, board: &OpenBoard, member: &Member, pin: &SecretString) -> Answer<Option<Corporate>> {
        let Some(certificate) = &member.certificate else { return Ok(None) };
        let (named, now) = (Named::of(certificate)?, self.now());
        let Some(key) = board.keys.corporate_key(member.id, named.key()?, pin, now).await? else { return Ok(None) };
        // One that is past its time is no reason to sign with another unasked.
        minutes::corporate_report(&named.path, now).map_err(|fault| unusable(&fault))?;
        Ok(Some(Corporate { key, named }))
    }

    /// Writes a document into the data folder whole or not at all.
    pub(super) async fn keep_file(&self, board: &OpenBoard, name: &str, bytes: &[u8]) -> Answer<PathBuf> {
        let path = board.store.folder().minutes().join(name);
        let (target, bytes) = (path.clone(), bytes.to_vec());
        off_thread(move || write_whole(&target, &bytes).map_err(|e| BoardError::internal(&e))).await?;
        Ok(path)
    }
}

/// Writes beside, syncs, renames.
pub(crate) fn write_whole(path: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let beside = path.with_extension("part");
    let mut file = std::fs::File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    if let Some(parent) = path.parent() {
        std::fs::File::open(parent)?.sync_all()?;
    }
    Ok(())
}

pub(super) fn request<'a>(name: &'a str, meaning: &'a str, at: DateTime<FixedOffset>) -> SignatureRequest<'a> {
    SignatureRequest { field: "chair", name, role: "Chair", meaning, at }
}

/// A time by the clock of a meeting's zone: the signature keeps the offset that the zone has then.
pub(super) fn on_the_boards_clock(meeting: &domain::ledger::Meeting, at: DateTime<Utc>) -> DateTime<FixedOffset> {
    let zone: chrono_tz::Tz = meeting.agenda.zone.parse().unwrap_or(chrono_tz::Tz::UTC);
    at.with_timezone(&zone).fixed_offset()
}

/// Runs heavy work off the async threads.
pub(crate) async fn off_thread<T: Send + 'static>(f: impl FnOnce() -> Answer<T> + Send + 'static) -> Answer<T> {
    match tokio::task::spawn_blocking(f).await {
        Ok(answer) => answer,
        Err(error) => Err(BoardError::internal(&error)),
    }
}
