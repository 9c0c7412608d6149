//! Our own verifier: strict, bounded, without a data folder.
//!
//! It accepts only files Cabinet could have written: every byte belongs to a known construct, each revision after the
//! first fills exactly one prepared signature field, each signature covers its revision to the last byte, and nothing
//! follows the last one. General PDF readers are more forgiving; where they and this differ, this refuses.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDateTime, Utc};
use der::Encode as _;
use p256::ecdsa::signature::Verifier as _;
use sha2::{Digest as _, Sha256};
use x509_cert::certificate::{Certificate, Version};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};

use crate::appearance::extent;
use crate::attachments::{self, AttachmentReport};
use crate::certificates::{
    COMMON_NAME, ECDSA_WITH_SHA256, ORGANISATION, SERIAL_NUMBER, TITLE, attribute, certificate_der,
    certificate_fingerprint, key_fingerprint,
};
use crate::cms::{self, Signed, verifying_key};
use crate::error::{Refusal, RefusalCode};
use crate::pdf::file::{Found, PdfFile};
use crate::pdf::value::{Dict, Value, dict, get, set};
use crate::seal::{FILTER, SUB_FILTER, certification, field_name, fields};
use crate::signature_value::canonical;

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
}

/// Verifies a sealed file. With a trust anchor the chain must end in it; without one, integrity alone is judged and
/// the report says `anchored: false`.
///
/// # Errors
/// A [`Refusal`] with a stable code. Any bytes at all may be given; none make it panic.
pub fn verify(pdf: &[u8], trust: Option<&TrustAnchor>) -> Result<Report, Refusal> {
    judge(&PdfFile::read(pdf)?, trust)
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
pub(crate) fn judge(file: &PdfFile<'_>, trust: Option<&TrustAnchor>) -> Result<Report, Refusal> {
    refuse_active_content(file)?;
    refuse_prepared_signatures(file)?;
    if file.revisions.len() < 2 {
        return Err(Refusal::new(RefusalCode::NotSigned, "the document carries no signature"));
    }
    let mut signatures = Vec::new();
    let mut root: Option<[u8; 32]> = None;
    for index in 1..file.revisions.len() {
        let filled = check_revision(file, index)?;
        let (report, signed) = check_signature(file, index, &filled)?;
        let fingerprint = certificate_fingerprint(&signed.root_der);
        if root.is_some_and(|root| root != fingerprint) {
            return Err(Refusal::new(RefusalCode::Chain, "two signatures end in different certificate roots"));
        }
        root = Some(fingerprint);
        signatures.push(report);
    }
    let root = root.ok_or_else(|| Refusal::new(RefusalCode::NotSigned, "the document carries no signature"))?;
    if trust.is_some_and(|trust| trust.fingerprint() != root) {
        let detail = format!("the chain ends in certificate root {}, which is not the one given", hex::encode(root));
        return Err(Refusal::new(RefusalCode::OtherRoot, detail));
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

/// Keys and action types that make a document do something. Minutes never do.
const ACTIVE: [&[u8]; 12] = [
    b"JavaScript",
    b"JS",
    b"OpenAction",
    b"AA",
    b"XFA",
    b"Launch",
    b"SubmitForm",
    b"ImportData",
    b"Rendition",
    b"RichMedia",
    b"GoToR",
    b"GoToE",
];

fn refuse_active_content(file: &PdfFile<'_>) -> Result<(), Refusal> {
    fn active(value: &Value) -> bool {
        match value {
            Value::Name(name) => ACTIVE.contains(&name.as_slice()),
            Value::Array(values) => values.iter().any(active),
            Value::Dict(dict) => dict.iter().any(|(key, value)| ACTIVE.contains(&key.as_slice()) || active(value)),
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Real(_)
            | Value::Text(_)
            | Value::Ref(_)
            | Value::Verbatim(_) => false,
        }
    }
    let found = file.revisions.iter().flat_map(|revision| &revision.objects).find(|(_, found)| active(&found.value));
    match found {
        Some((number, _)) => {
            Err(Refusal::new(RefusalCode::ActiveContent, format!("object {number} holds a script or an action")))
        }
        None => Ok(()),
    }
}

/// In the base revision no field may be filled and no permission granted: signatures come by appended revisions only.
fn refuse_prepared_signatures(file: &PdfFile<'_>) -> Result<(), Refusal> {
    for (number, found) in &file.base().objects {
        let bad = found.dict().is_some_and(|dict| {
            let filled = get(dict, "FT").is_some() && get(dict, "V").is_some();
            let signature =
                get(dict, "Type").is_some_and(|kind| kind.is_name("Sig")) || get(dict, "ByteRange").is_some();
            filled || signature || get(dict, "Perms").is_some()
        });
        if bad {
            return Err(Refusal::new(
                RefusalCode::Revision,
                format!("object {number} of the first revision is already signed"),
            ));
        }
    }
    Ok(())
}

/// What a signing revision filled.
struct Filled<'f> {
    field: String,
    signature: &'f Dict,
}

/// A later revision may fill one prepared field, add its signature and appearance, and (the first one) grant DocMDP.
fn check_revision<'f>(file: &'f PdfFile<'_>, index: usize) -> Result<Filled<'f>, Refusal> {
    let refuse = |detail: &str| Refusal::new(RefusalCode::Revision, format!("revision {}: {detail}", index + 1));
    let revision = &file.revisions[index];
    let before = index - 1;
    let root = file.root().ok_or_else(|| refuse("no catalog"))?;
    let mut field = None;
    let mut added = BTreeSet::new();
    for (number, found) in &revision.objects {
        match file.object_in(before, *number) {
            None => {
                added.insert(*number);
            }
            Some(_) if *number == root => {}
            Some(old) => {
                if field.replace((*number, found, old)).is_some() {
                    return Err(refuse("it changes more than one existing object"));
                }
            }
        }
    }
    let (number, new, old) = field.ok_or_else(|| refuse("it fills no signature field"))?;
    if !fields(file)?.iter().any(|(listed, _)| *listed == number) {
        return Err(refuse("it changes an object that is no prepared signature field"));
    }
    let (signature_number, appearance_number) =
        filled_field(new, old).ok_or_else(|| refuse("it changes more of a field than its value and appearance"))?;
    if added != BTreeSet::from([signature_number, appearance_number]) {
        return Err(refuse("it adds objects that are neither signature nor appearance"));
    }
    let signature = revision
        .objects
        .get(&signature_number)
        .and_then(Found::dict)
        .ok_or_else(|| refuse("its signature is no dictionary"))?;
    let appearance = revision.objects.get(&appearance_number).ok_or_else(|| refuse("its appearance is missing"))?;
    check_appearance(file, appearance, new)
        .ok_or_else(|| refuse("its appearance is not a drawing within the field"))?;
    match (revision.objects.get(&root), index == 1) {
        (Some(found), true) => {
            let mut expected = file.object_in(before, root).and_then(Found::dict).cloned().unwrap_or_default();
            set(&mut expected, "Perms", Value::Dict(dict([("DocMDP", Value::Ref(signature_number))])));
            if found.stream.is_some() || found.value != Value::Dict(expected) {
                return Err(refuse("it changes more of the catalog than granting DocMDP"));
            }
        }
        (None, true) => return Err(refuse("the first signature does not certify the document")),
        (Some(_), false) => return Err(refuse("it changes the catalog")),
        (None, false) => {}
    }
    let field = new.dict().and_then(field_name).ok_or_else(|| refuse("its field has no name"))?;
    Ok(Filled { field, signature })
}

/// The signature and appearance of a field that differs from the empty one in nothing else.
fn filled_field(new: &Found, old: &Found) -> Option<(u32, u32)> {
    let (filled, empty) = (new.dict()?, old.dict()?);
    let is_field = get(empty, "FT")?.is_name("Sig") && get(empty, "V").is_none() && new.stream.is_none();
    let signature = get(filled, "V")?.as_ref()?;
    let appearance = get(get(filled, "AP")?.as_dict()?, "N")?.as_ref()?;
    let mut expected = empty.clone();
    set(&mut expected, "V", Value::Ref(signature));
    set(&mut expected, "AP", Value::Dict(dict([("N", Value::Ref(appearance))])));
    (is_field && *filled == expected && signature != appearance).then_some((signature, appearance))
}

/// The appearance is a form of the field's own size, with the document's own fonts and nothing else.
fn check_appearance(file: &PdfFile<'_>, appearance: &Found, field: &Found) -> Option<()> {
    appearance.stream.as_ref()?;
    let form = appearance.dict()?;
    let (width, height) = extent(field.dict()?)?;
    let acro_form = file.resolve(get(file.catalog()?, "AcroForm")?)?.as_dict()?;
    let fonts = get(get(acro_form, "DR")?.as_dict()?, "Font")?;
    let bounds = Value::Array(vec![
        Value::Int(0),
        Value::Int(0),
        crate::appearance::real(width),
        crate::appearance::real(height),
    ]);
    let mut expected = dict([
        ("BBox", bounds),
        ("FormType", Value::Int(1)),
        ("Resources", Value::Dict(dict([("Font", fonts.clone())]))),
        ("Subtype", Value::name("Form")),
        ("Type", Value::name("XObject")),
    ]);
    for key in ["Length", "Filter"] {
        set(&mut expected, key, get(form, key)?.clone());
    }
    (*form == expected).then_some(())
}

/// Judges the signature of one revision.
fn check_signature(
    file: &PdfFile<'_>,
    index: usize,
    filled: &Filled<'_>,
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
    let signed = cms::verify(&container, &digest)?;
    let claimed_time = claimed_time(signature)?;
    check_chain(&signed, claimed_time)?;
    let subject = signed.leaf.tbs_certificate().subject();
    let named = |oid| attribute(subject, oid).unwrap_or_default();
    let fingerprint =
        key_fingerprint(&signed.leaf_der).map_err(|error| Refusal::new(RefusalCode::Chain, error.to_string()))?;
    let report = SignatureReport {
        field: filled.field.clone(),
        name: named(COMMON_NAME),
        role: named(TITLE),
        board: named(ORGANISATION),
        member_id: named(SERIAL_NUMBER),
        meaning: get(signature, "Reason").and_then(Value::as_words).unwrap_or_default(),
        claimed_time,
        key_fingerprint: hex::encode(fingerprint),
        certifies: first,
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

fn claimed_time(signature: &Dict) -> Result<DateTime<Utc>, Refusal> {
    let text = get(signature, "M").and_then(Value::as_words).unwrap_or_default();
    let parsed = NaiveDateTime::parse_from_str(&text, "D:%Y%m%d%H%M%S+00'00'").map(|time| time.and_utc());
    parsed.map_err(|_| Refusal::new(RefusalCode::Cms, "the time of signing cannot be read"))
}

/// Leaf and root: names, keys, signatures, purposes, lifetimes.
fn check_chain(signed: &Signed, at: DateTime<Utc>) -> Result<(), Refusal> {
    let refuse = |detail: &str| Refusal::new(RefusalCode::Chain, detail);
    let (leaf, root) = (signed.leaf.tbs_certificate(), signed.root.tbs_certificate());
    if leaf.issuer() != root.subject() || root.issuer() != root.subject() {
        return Err(refuse("the signer's certificate was not issued by the certificate root beside it"));
    }
    let ca_key = verifying_key(&signed.root).ok_or_else(|| refuse("the certificate root's key is not P-256"))?;
    for (what, certificate) in [("the signer's certificate", &signed.leaf), ("the certificate root", &signed.root)] {
        let value = canonical(certificate.signature().raw_bytes());
        let message = certificate.tbs_certificate().to_der().ok();
        let holds = value.zip(message).is_some_and(|(value, message)| ca_key.verify(&message, &value).is_ok());
        let algorithm = certificate.signature_algorithm();
        let known = algorithm.oid == ECDSA_WITH_SHA256
            && algorithm.parameters.is_none()
            && certificate.tbs_certificate().signature() == algorithm
            && certificate.tbs_certificate().version() == Version::V3;
        if !holds || !known {
            return Err(refuse(&format!("{what} is not signed by the certificate root")));
        }
    }
    let authority = |certificate: &Certificate| {
        let found = certificate.tbs_certificate().get_extension::<BasicConstraints>().ok().flatten();
        found.map(|(_, constraints)| constraints.ca)
    };
    let usage = |certificate: &Certificate| {
        certificate.tbs_certificate().get_extension::<KeyUsage>().ok().flatten().map(|(_, usage)| usage)
    };
    let purposes = authority(&signed.root) == Some(true)
        && authority(&signed.leaf) == Some(false)
        && usage(&signed.root).is_some_and(|usage| usage.key_cert_sign())
        && usage(&signed.leaf).is_some_and(|usage| usage.digital_signature() && !usage.key_cert_sign());
    if !purposes {
        return Err(refuse("a certificate is used for what it was not issued for"));
    }
    let seconds = u64::try_from(at.timestamp()).unwrap_or(0);
    for certificate in [leaf, root] {
        let validity = certificate.validity();
        let (from, to) =
            (validity.not_before.to_unix_duration().as_secs(), validity.not_after.to_unix_duration().as_secs());
        if seconds < from || seconds > to {
            return Err(Refusal::new(
                RefusalCode::Validity,
                "the claimed time of signing lies outside a certificate's lifetime",
            ));
        }
    }
    Ok(())
}
