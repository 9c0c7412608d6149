//! The act of sealing, alike for every document of a meeting: signed off the async threads, read with a stranger's eyes,
//! written whole, and entered in the record under the key that sealed it.
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use domain::entry::{Attestation, Auth, Body};
use domain::ids::Digest;
use domain::ledger::Meeting;
use domain::roster::{Member, Role};
use minutes::{MinutesError, PdfSigner, SignatureRequest};
use record::statement::Subject;
use vault::{ExposeSecret as _, SecretString};

use super::seal::{Hand, on_the_boards_clock, request};
use super::verify::CheckedMinutes;
use super::{in_pdf, off_thread, verify_minutes};
use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::Answer;
use crate::state::BoardState;
use crate::writer::{Act as Write, Key, Local};

/// A signed PDF, or why there is none.
type Sealed = Result<Vec<u8>, MinutesError>;

/// Who seals what of which meeting.
pub(super) struct Sealing<'a> {
    pub board: &'a OpenBoard,
    pub state: &'a BoardState,
    pub meeting: &'a Meeting,
    pub chair: &'a Member,
    pub key: &'a Key,
    /// What signs the document: the key, or that of the chair's company.
    pub hand: &'a Hand,
    /// What the seal means, in the document and in the record.
    pub meaning: &'static str,
    /// When, as claimed: the pages say it too.
    pub now: DateTime<Utc>,
}

/// A document that is sealed, holds, and lies in the data folder.
pub(super) struct SealedFile {
    pub path: PathBuf,
    pub pdf: Vec<u8>,
    pub digest: Digest,
    /// What a stranger reads in it.
    pub checked: CheckedMinutes,
    /// As an entry names it.
    pub subject: Subject,
}

/// Seals, and reads the file with a stranger's eyes before the record or anybody else does.
pub(super) fn sealed_and_read(sealed: Sealed) -> Answer<(Vec<u8>, CheckedMinutes)> {
    let pdf = sealed.map_err(|e| in_pdf(&e))?;
    let checked = verify_minutes(&pdf, None)?;
    Ok((pdf, checked))
}

impl Cabinet {
    /// A member's key, opened by PIN.
    pub(super) async fn opened_by_pin(&self, board: &OpenBoard, member: &Member, pin: &SecretString) -> Answer<Key> {
        let signer = board.keys.unlock(member, pin.expose_secret(), self.now()).await?;
        Ok(Key::Member { signer, auth: Auth::Pin, keystore: board.keys.keystore().to_owned() })
    }

    /// Seals a document of a meeting, verifies it, and writes it into the data folder. `seal` gets the evidence.
    pub(super) async fn seal_file(
        &self,
        by: &Sealing<'_>,
        file: String,
        evidence: Vec<u8>,
        seal: impl FnOnce(&[u8], &SignatureRequest<'_>, &dyn PdfSigner) -> Sealed + Send + 'static,
    ) -> Answer<SealedFile> {
        let signer = by.hand.clone();
        let (name, meaning, at) = (by.chair.name.clone(), by.meaning, on_the_boards_clock(by.meeting, by.now));
        let (pdf, checked) =
            off_thread(move || sealed_and_read(seal(&evidence, &request(&name, meaning, at), &signer))).await?;
        let digest = Digest::of(&pdf);
        let path = self.keep_file(by.board, &file, &pdf).await?;
        Ok(SealedFile { path, pdf, digest, checked, subject: Subject { name: file, sha256: digest } })
    }

    /// Enters what was sealed.
    pub(super) async fn enter_sealed(
        &self,
        by: &Sealing<'_>,
        subjects: Vec<Subject>,
        body: Body,
        blobs: Vec<Vec<u8>>,
        locals: Vec<Local>,
    ) -> Answer<()> {
        let act = Write {
            actor: by.chair.id,
            attestation: Attestation::Signed,
            role: Some(Role::Chair),
            meaning: by.meaning.to_owned(),
            meeting: Some(crate::meetings::reference(by.meeting)),
            subjects,
            body,
            blobs,
        };
        self.write(by.board, vec![(act, by.key.clone())], locals).await?;
        Ok(())
    }
}
