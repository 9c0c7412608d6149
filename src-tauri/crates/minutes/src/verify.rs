//! Our own verifier: strict, bounded, without a data folder.
//!
//! It accepts only files Cabinet could have written: every byte belongs to a known construct, each revision after the
//! first fills exactly one prepared signature field, each signature covers its revision to the last byte, each field
//! shows what its signature says, and nothing follows the last one. General PDF readers are more forgiving; where they
//! and this differ, this refuses.

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset, Utc};
use sha2::{Digest as _, Sha256};

use crate::appearance::{Pen, Words};
use crate::attachments::{self, AttachmentReport};
use crate::certificates::{
    COMMON_NAME, ORGANISATION, SERIAL_NUMBER, TITLE, as_printed, attribute, certificate_der, certificate_fingerprint,
    key_fingerprint,
};
use crate::chain::check_chain;
use crate::cms::{self, Signed};
use crate::corporate::{self, CorporateReport};
use crate::drawing::{LAYOUT, layout_of};
use crate::error::{Refusal, RefusalCode};
use crate::pdf::file::PdfFile;
use crate::pdf::time;
use crate::pdf::value::{Dict, Value, get};
use crate::revision::{Filled, check_revision, refuse_active_content, refuse_prepared_signatures};
use crate::seal::{FILTER, SUB_FILTER, certification, field_name, fields};
use crate::timestamp::{StampRoots, Stamped};

/// What a reader brings along to compare the chain with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrustAnchor {
    /// The certificate root itself, DER.
    Certificate(Vec<u8>),
    /// The SHA-256 fingerprint of the certificate root's DER.
    Fingerprint([u8; 32]),
}

impl TrustAnchor {
    /// Reads a PEM certificate or a SHA-256 fingerprint (64 hexadecimal digits; colons and spaces allowed).
    ///
    /// # Errors
    /// [`RefusalCode::RootUnreadable`] if it is neither.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let refuse = |detail: &str| Refusal::new(RefusalCode::RootUnreadable, detail);
        if text.contains("-----BEGIN") {
            return certificate_der(text).map(Self::Certificate).map_err(|error| refuse(&error.to_string()));
        }
        let digits: String = text.chars().filter(|character| !character.is_whitespace() && *character != ':').collect();
        let bytes = hex::decode(digits).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        bytes
            .map(Self::Fingerprint)
            .ok_or_else(|| refuse("neither a PEM certificate nor a SHA-256 fingerprint of 64 hexadecimal digits"))
    }

    fn fingerprint(&self) -> [u8; 32] {
        match self {
            Self::Certificate(der) => certificate_fingerprint(der),
            Self::Fingerprint(fingerprint) => *fingerprint,
        }
    }
}

/// What was found in a file that holds.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// The document's title.
    pub title: String,
    /// Number of pages.
    pub pages: u32,
    /// The number of the drawing that it says it follows; `None` where it says none. Of any but [`LAYOUT`] what the pages
    /// and the filled fields show cannot be compared here, and a number that is another says nothing good of them.
    pub layout: Option<u32>,
    /// The signatures, first to last. The last covers the whole file.
    pub signatures: Vec<SignatureReport>,
    /// Prepared fields that nobody has signed.
    pub unsigned_fields: Vec<String>,
    /// True if the chain ends in the certificate root the reader brought along; false if none was brought.
    pub anchored: bool,
    /// SHA-256 fingerprint of the certificate root the chain ends in, hexadecimal.
    pub certificate_root: String,
    /// The attachments with their digests.
    pub attachments: Vec<AttachmentReport>,
    /// SHA-256 of the whole file, hexadecimal.
    pub sha256: String,
}

/// One signature that holds.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SignatureReport {
    /// The field it fills.
    pub field: String,
    /// The signer's name, from the certificate.
    pub name: String,
    /// The signer's role, from the certificate.
    pub role: String,
    /// The board, from the certificate.
    pub board: String,
    /// The member's id, from the certificate.
    pub member_id: String,
    /// The meaning the signer gave.
    pub meaning: String,
    /// The time the signer claims.
    pub claimed_time: DateTime<Utc>,
    /// The key fingerprint (SHA-256 of the SPKI), hexadecimal.
    pub key_fingerprint: String,
    /// True for the first signature: it certifies the document (DocMDP, P=2).
    pub certifies: bool,
    /// The timestamp on it, if it has one (PAdES B-T).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stamped: Option<Stamped>,
    /// The corporate certificate that made it, if one did. Name, role, board and member are then from the board's
    /// endorsement of its key; that the board's roster names this very certificate is not judged here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corporate: Option<CorporateReport>,
}

/// Verifies a sealed file. With a trust anchor the chain must end in it; without one, integrity alone is judged and
/// the report says `anchored: false`.
///
/// # Errors
/// A [`Refusal`] with a stable code. Any bytes at all may be given; none make it panic.
pub fn verify(pdf: &[u8], trust: Option<&TrustAnchor>) -> Result<Report, Refusal> {
    verify_with_stamps(pdf, trust, None)
}

/// The same, with the roots that timestamps must come from. Without them a timestamp has to hold by itself, and the
/// report says that it was not compared.
///
/// # Errors
/// As [`verify`].
pub fn verify_with_stamps(
    pdf: &[u8],
    trust: Option<&TrustAnchor>,
    stamps: Option<&StampRoots>,
) -> Result<Report, Refusal> {
    judge(&PdfFile::read(pdf)?, trust, stamps)
}

/// The document as it was before anybody signed it. A verifier who can draw it again compares the bytes.
///
/// # Errors
/// As [`verify`], as far as the file's form goes; signatures are not judged.
pub fn base_revision(pdf: &[u8]) -> Result<&[u8], Refusal> {
    let end = PdfFile::read(pdf)?.revisions[0].end;
    Ok(&pdf[..end])
}

/// Judges a file that was walked.
pub(crate) fn judge(
    file: &PdfFile<'_>,
    trust: Option<&TrustAnchor>,
    stamps: Option<&StampRoots>,
) -> Result<Report, Refusal> {
    refuse_active_content(file)?;
    refuse_prepared_signatures(file)?;
    if file.revisions.len() < 2 {
        return Err(Refusal::new(RefusalCode::NotSigned, "the document carries no signature"));
    }
    let (mut signatures, mut fields_filled) = (Vec::new(), Vec::new());
    let mut root: Option<[u8; 32]> = None;
    for index in 1..file.revisions.len() {
        let filled = check_revision(file, index)?;
        let (report, signed) = check_signature(file, index, &filled, stamps)?;
        let fingerprint = certificate_fingerprint(&signed.root_der);
        if root.is_some_and(|root| root != fingerprint) {
            return Err(Refusal::new(RefusalCode::Chain, "two signatures end in different certificate roots"));
        }
        root = Some(fingerprint);
        signatures.push(report);
        fields_filled.push(filled);
    }
    let root = root.ok_or_else(|| Refusal::new(RefusalCode::NotSigned, "the document carries no signature"))?;
    if trust.is_some_and(|trust| trust.fingerprint() != root) {
        let detail = format!("the chain ends in certificate root {}, which is not the one given", hex::encode(root));
        return Err(Refusal::new(RefusalCode::OtherRoot, detail));
    }
    let layout = layout_of(file);
    // Drawn in another way, fields look otherwise: that is told apart from a lie.
    if layout.is_none_or(|layout| layout == LAYOUT) {
        check_appearances(file, &fields_filled, &signatures)?;
    }
    let mut unsigned_fields = Vec::new();
    for (_, field) in fields(file)? {
        if get(field, "V").is_none() {
            unsigned_fields.push(field_name(field).unwrap_or_default());
        }
    }
    Ok(Report {
        title: title(file),
        pages: pages(file)?,
        layout,
        signatures,
        unsigned_fields,
        anchored: trust.is_some(),
        certificate_root: hex::encode(root),
        attachments: attachments::report(file)?,
        sha256: hex::encode(Sha256::digest(file.bytes)),
    })
}

fn title(file: &PdfFile<'_>) -> String {
    let info = get(&file.base().trailer, "Info").and_then(|info| file.resolve(info)).and_then(Value::as_dict);
    info.and_then(|info| get(info, "Title")).and_then(Value::as_words).unwrap_or_default()
}

fn pages(file: &PdfFile<'_>) -> Result<u32, Refusal> {
    let tree = file.catalog().and_then(|catalog| get(catalog, "Pages")).and_then(|tree| file.resolve(tree));
    let kids = tree.and_then(Value::as_dict).and_then(|tree| get(tree, "Kids")).and_then(Value::as_array);
    let count = kids.map(<[Value]>::len).filter(|count| *count > 0).and_then(|count| u32::try_from(count).ok());
    count.ok_or_else(|| Refusal::new(RefusalCode::Structure, "the document has no pages"))
}

/// Judges the signature of one revision.
fn check_signature(
    file: &PdfFile<'_>,
    index: usize,
    filled: &Filled<'_>,
    stamps: Option<&StampRoots>,
) -> Result<(SignatureReport, Signed), Refusal> {
    let first = index == 1;
    let form = |detail: &str| Refusal::new(RefusalCode::Cms, detail);
    let mut keys: BTreeSet<&[u8]> =
        [b"ByteRange".as_slice(), b"Contents", b"Filter", b"M", b"Name", b"Reason", b"SubFilter", b"Type"].into();
    if first {
        keys.insert(b"Reference");
    }
    let signature = filled.signature;
    let known = signature.keys().map(Vec::as_slice).collect::<BTreeSet<_>>() == keys
        && get(signature, "Type").is_some_and(|value| value.is_name("Sig"))
        && get(signature, "Filter").is_some_and(|value| value.is_name(FILTER))
        && get(signature, "SubFilter").is_some_and(|value| value.is_name(SUB_FILTER));
    if !known {
        return Err(form("the signature dictionary is not the one PAdES B-B asks for"));
    }
    if first && get(signature, "Reference") != Some(&certification()) {
        return Err(form("the first signature does not certify the document with DocMDP P=2"));
    }
    let (container, digest) = signed_bytes(file, index, signature)?;
    let signed = cms::verify(&container, &digest, stamps)?;
    let claimed_time = signed_at(signature)?.to_utc();
    check_chain(&signed, claimed_time)?;
    let subject = signed.leaf.tbs_certificate().subject();
    let named = |oid| attribute(subject, oid).unwrap_or_default();
    let stated = get(signature, "Name").and_then(Value::as_words).unwrap_or_default();
    if as_printed(&stated) != named(COMMON_NAME) {
        let detail = format!("the signature says {stated:?}, its certificate says {:?}", named(COMMON_NAME));
        return Err(Refusal::new(RefusalCode::SignerName, detail));
    }
    let fingerprint =
        key_fingerprint(&signed.leaf_der).map_err(|error| Refusal::new(RefusalCode::Chain, error.to_string()))?;
    let corporate = signed.corporate.as_deref().map(|path| corporate::report(path, Some(&signed.leaf_der)));
    let report = SignatureReport {
        field: filled.field.clone(),
        name: named(COMMON_NAME),
        role: named(TITLE),
        board: named(ORGANISATION),
        member_id: named(SERIAL_NUMBER),
        meaning: meaning(signature),
        claimed_time,
        key_fingerprint: hex::encode(fingerprint),
        certifies: first,
        stamped: signed.stamped.clone(),
        corporate: corporate.transpose()?,
    };
    Ok((report, signed))
}

/// The signature value, and the digest of everything around it.
fn signed_bytes(file: &PdfFile<'_>, index: usize, signature: &Dict) -> Result<(Vec<u8>, [u8; 32]), Refusal> {
    let revision = &file.revisions[index];
    let start = file.revisions[index - 1].end;
    let range_refused = |detail: &str| Refusal::at(RefusalCode::ByteRange, start, detail);
    let contents = get(signature, "Contents").and_then(Value::as_text).filter(|contents| contents.hex);
    let contents = contents
        .ok_or_else(|| Refusal::at(RefusalCode::Contents, start, "the signature value is no hexadecimal string"))?;
    let range: Option<Vec<i64>> = get(signature, "ByteRange")
        .and_then(Value::as_array)
        .and_then(|range| range.iter().map(Value::as_int).collect());
    let range = range.ok_or_else(|| range_refused("ByteRange is not four numbers"))?;
    let gap = contents.span.clone();
    let expected = [0, gap.start, gap.end, revision.end.saturating_sub(gap.end)];
    let same =
        range.len() == 4 && range.iter().zip(expected).all(|(found, expected)| usize::try_from(*found) == Ok(expected));
    if !same || gap.start < start || gap.end > revision.end {
        return Err(range_refused(
            "ByteRange does not leave out exactly the signature and reach the revision's last byte",
        ));
    }
    let value = &contents.bytes;
    let length = container_length(value).filter(|length| *length <= value.len());
    let Some(length) = length.filter(|length| value[*length..].iter().all(|byte| *byte == 0)) else {
        return Err(Refusal::at(
            RefusalCode::Contents,
            gap.start,
            "the signature value is not one DER container and zeros",
        ));
    };
    let mut digest = Sha256::new();
    digest.update(&file.bytes[..gap.start]);
    digest.update(&file.bytes[gap.end..revision.end]);
    Ok((value[..length].to_vec(), digest.finalize().into()))
}

/// The length of the DER SEQUENCE that begins here, header included.
fn container_length(value: &[u8]) -> Option<usize> {
    match value {
        [0x30, 0x82, high, low, ..] => Some(4 + usize::from(u16::from_be_bytes([*high, *low]))),
        [0x30, 0x81, length, ..] => Some(3 + usize::from(*length)),
        [0x30, length, ..] if *length < 0x80 => Some(2 + usize::from(*length)),
        _ => None,
    }
}

/// The time that a signature claims, with the offset of the signer's clock.
pub(crate) fn signed_at(signature: &Dict) -> Result<DateTime<FixedOffset>, Refusal> {
    let text = get(signature, "M").and_then(Value::as_words);
    let read = text.and_then(|text| time::read(&text));
    read.ok_or_else(|| Refusal::new(RefusalCode::Cms, "the time of signing cannot be read"))
}

/// The meaning that a signature gives; empty if it gives none.
pub(crate) fn meaning(signature: &Dict) -> String {
    get(signature, "Reason").and_then(Value::as_words).unwrap_or_default()
}

/// Each field shows what its signature and its certificate say: the appearance is drawn again from the file, and is the
/// same to the byte once unpacked. Not even a signer may draw another name into their field.
fn check_appearances(
    file: &PdfFile<'_>,
    fields_filled: &[Filled<'_>],
    signatures: &[SignatureReport],
) -> Result<(), Refusal> {
    let pen = Pen::of(file).map_err(|error| Refusal::new(RefusalCode::Appearance, error.to_string()))?;
    for (filled, report) in fields_filled.iter().zip(signatures) {
        let words = Words {
            name: &report.name,
            role: &report.role,
            meaning: &report.meaning,
            at: signed_at(filled.signature)?,
            fingerprint: &report.key_fingerprint,
        };
        // No more is unpacked than was drawn.
        let same = pen.drawn(filled.widget, &words).is_some_and(|drawn| {
            file.stream(filled.appearance, drawn.len() as u64).is_some_and(|found| found == drawn.as_bytes())
        });
        if !same {
            let detail = format!("the appearance of field {:?} does not say what its signature says", filled.field);
            return Err(Refusal::new(RefusalCode::Appearance, detail));
        }
    }
    Ok(())
}
