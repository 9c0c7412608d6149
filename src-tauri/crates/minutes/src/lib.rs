//! Minutes that stand on their own: signed PDF files that any reader can check without Cabinet.
//!
//! Five layers, each usable alone:
//! - [`compose()`]: pure, [`Minutes`] to a [`Document`] of blocks; also what a screen previews;
//! - layout (inside [`render()`]): pure, blocks to placed lines and shapes;
//! - [`render()`]: pages by printpdf, then attachments, metadata and empty signature fields; the same input gives the same bytes;
//! - [`sign()`]: one appended revision per signature (PAdES B-B, or B-T where a service stamps it; ECDSA P-256, or RSA of a
//!   company's certificate); the first certifies (DocMDP, P=2);
//! - [`verify()`]: strict and bounded, with or without a certificate root to compare with.
//!
//! Keys stay outside: [`PdfSigner`] is a port, and so is the service that stamps signatures, [`Stamp`]. So does time:
//! every moment is an argument.

pub mod agenda;
mod appearance;
mod archive;
mod attachments;
mod before;
pub mod certificates;
mod chain;
mod cms;
mod compose;
mod content;
mod corporate;
mod directory;
pub mod document;
mod drawing;
mod error;
mod finish;
mod fonts;
mod foreign;
mod key;
pub mod language;
mod layout;
mod links;
pub mod model;
mod pdf;
mod phrases;
mod plain;
pub mod plan;
mod render;
pub mod review;
mod revision;
mod seal;
mod sheet;
mod shown;
mod signature_value;
pub mod specimen;
mod tags;
mod text;
mod timestamp;
mod tongues;
mod typefaces;
mod verify;

#[cfg(test)]
mod tests;

pub use agenda::MeetingAgenda;
pub use attachments::{AttachmentReport, EVIDENCE, ROOT, extract_attachment, extract_evidence};
pub use before::sealed_part;
pub use certificates::{
    LIFETIME_YEARS, LeafRequest, RootRequest, SignMessage, certificate_der, certificate_fingerprint, certificate_pem,
    certificate_spki, certificates_of_pem, certified_name_and_role, endorsing_certificate, key_fingerprint,
    leaf_certificate, root_certificate,
};
pub use compose::{
    compose, compose_agenda, compose_annex, compose_draft, compose_erratum, compose_extract, compose_plan,
    compose_pre_read, compose_review,
};
pub use corporate::{CorporateFault, CorporateReport, corporate_path, corporate_report, corporate_words};
pub use document::{Document, PaperSize};
pub use drawing::LAYOUT;
pub use error::{MinutesError, Refusal, RefusalCode, SignerRefusal, StampRefusal};
pub use key::KeySigner;
pub use language::Language;
pub use model::{Annex, Erratum, Extract, Minutes};
pub use pdf::file::MAX_FILE as GREATEST_PDF;
pub use plan::{APPROVAL, ApprovedPlan};
pub use render::{Attachment, Relationship, render, render_with};
pub use seal::{PdfSigner, SignatureRequest, sign, sign_drawn, sign_verified};
pub use sheet::{Sheet, sheet};
pub use text::clean;
pub use timestamp::{Stamp, StampRoots, Stamped, timestamp_request, timestamp_token};
pub use typefaces::{TYPEFACES, Typefaces, typefaces};
pub use verify::{Report, SignatureReport, TrustAnchor, base_revision, verify, verify_with_stamps};

/// Composes, draws, attaches and signs in one go: what sealing minutes is.
///
/// `evidence` becomes `evidence.json`; the signer's certificate root becomes `root.pem`.
///
/// # Errors
/// Whatever [`render()`] or [`sign()`] refuses.
pub fn seal_minutes(
    minutes: &Minutes,
    evidence: &[u8],
    request: &SignatureRequest<'_>,
    signer: &dyn PdfSigner,
) -> Result<Vec<u8>, MinutesError> {
    seal(&compose(minutes), evidence, request, signer)
}

/// The same for the extract of one change.
///
/// # Errors
/// Whatever [`render()`] or [`sign()`] refuses.
pub fn seal_extract(
    extract: &Extract,
    evidence: &[u8],
    request: &SignatureRequest<'_>,
    signer: &dyn PdfSigner,
) -> Result<Vec<u8>, MinutesError> {
    seal(&compose_extract(extract), evidence, request, signer)
}

/// The same for an annex to minutes.
///
/// # Errors
/// Whatever [`render()`] or [`sign()`] refuses.
pub fn seal_annex(
    annex: &Annex,
    evidence: &[u8],
    request: &SignatureRequest<'_>,
    signer: &dyn PdfSigner,
) -> Result<Vec<u8>, MinutesError> {
    seal(&compose_annex(annex), evidence, request, signer)
}

/// The same for an erratum to minutes.
///
/// # Errors
/// Whatever [`render()`] or [`sign()`] refuses.
pub fn seal_erratum(
    erratum: &Erratum,
    evidence: &[u8],
    request: &SignatureRequest<'_>,
    signer: &dyn PdfSigner,
) -> Result<Vec<u8>, MinutesError> {
    seal(&compose_erratum(erratum), evidence, request, signer)
}

/// The same for the plan of an approved change; `approval` is the file that the pipeline's gate judges, and becomes
/// [`APPROVAL`].
///
/// # Errors
/// Whatever [`render()`] or [`sign()`] refuses.
pub fn seal_plan(
    plan: &ApprovedPlan,
    evidence: &[u8],
    approval: &[u8],
    request: &SignatureRequest<'_>,
    signer: &dyn PdfSigner,
) -> Result<Vec<u8>, MinutesError> {
    let document = compose_plan(plan);
    let mut attachments = sealing_attachments(evidence, signer, document.language)?;
    attachments.push(approval_attachment(approval, document.language));
    sign_drawn(render(&document, &attachments)?, request, signer)
}

/// The approval file as it travels inside an approved plan, after what [`attachments_of`] gives.
#[must_use]
pub fn approval_attachment(approval: &[u8], language: Language) -> Attachment {
    Attachment {
        name: APPROVAL.into(),
        media_type: "application/json".into(),
        description: language.approval_described().into(),
        relationship: Relationship::Supplement,
        bytes: approval.to_vec(),
    }
}

fn seal(
    document: &Document,
    evidence: &[u8],
    request: &SignatureRequest<'_>,
    signer: &dyn PdfSigner,
) -> Result<Vec<u8>, MinutesError> {
    let attachments = sealing_attachments(evidence, signer, document.language)?;
    sign_drawn(render(document, &attachments)?, request, signer)
}

/// The two files that travel inside a sealed document, described in its language: `evidence.json` and `root.pem`.
///
/// # Errors
/// [`MinutesError::Certificate`] if the signer has no readable certificate root.
pub fn sealing_attachments(
    evidence: &[u8],
    signer: &dyn PdfSigner,
    language: Language,
) -> Result<Vec<Attachment>, MinutesError> {
    let chain = signer.chain_der();
    let root = chain.last().ok_or_else(|| MinutesError::Certificate("the signer brings no certificate root".into()))?;
    attachments_of(evidence, root, language)
}

/// The same from the certificate root alone: what a verifier needs to draw the document again.
///
/// # Errors
/// [`MinutesError::Certificate`] if the root cannot be read.
pub fn attachments_of(evidence: &[u8], root: &[u8], language: Language) -> Result<Vec<Attachment>, MinutesError> {
    Ok(vec![
        Attachment {
            name: EVIDENCE.into(),
            media_type: "application/json".into(),
            description: language.evidence_described().into(),
            relationship: Relationship::Source,
            bytes: evidence.to_vec(),
        },
        Attachment {
            name: ROOT.into(),
            media_type: "application/x-pem-file".into(),
            description: language.root_described().into(),
            relationship: Relationship::Supplement,
            bytes: certificate_pem(root)?.into_bytes(),
        },
    ])
}
