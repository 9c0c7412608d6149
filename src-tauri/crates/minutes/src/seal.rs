//! Signing: filling one prepared signature field in an appended revision (PAdES B-B, or B-T where the signer brings a
//! timestamping service).
//!
//! The first signature certifies the document (DocMDP, P=2): from then on only prepared signature fields may be filled.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use der::Decode as _;
use sha2::{Digest as _, Sha256};
use x509_cert::certificate::Certificate;

use crate::appearance::{Pen, Words};
use crate::certificates::{COMMON_NAME, TITLE, as_certified, as_printed, attribute, key_fingerprint};
use crate::error::{MinutesError, Refusal, RefusalCode, SignerRefusal};
use crate::pdf::file::{Object, PdfFile, size, write_update};
use crate::pdf::glance::glance;
use crate::pdf::time;
use crate::pdf::value::{Dict, Value, dict, get, set};
use crate::timestamp::Stamp;
use crate::verify::{self, Report};

/// Room for the CMS container in bytes. B-B with one root takes about 1,450.
const ROOM: usize = 4096;
/// The same with a timestamp: services send up to three certificates of 4096-bit RSA, about 6,500 bytes in all.
const STAMPED_ROOM: usize = 12_288;
/// Room for the ByteRange between its brackets: four numbers of ten digits and spaces.
const RANGE_ROOM: usize = 44;
pub(crate) const FILTER: &str = "Adobe.PPKLite";
pub(crate) const SUB_FILTER: &str = "ETSI.CAdES.detached";

/// The port to a member's signature key. The key itself never enters this crate.
pub trait PdfSigner {
    /// Signs `message` with ECDSA P-256 over SHA-256 and answers in DER; or with RSA PKCS#1 v1.5 over SHA-256, where a
    /// company issued the leaf for such a key.
    ///
    /// # Errors
    /// The words with which the key declined: locked, cancelled, timed out.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerRefusal>;

    /// The signer's leaf certificate, DER.
    fn certificate_der(&self) -> Vec<u8>;

    /// The certificates above the leaf, DER, and the board's certificate root, which is the last: for Cabinet's own leaves
    /// that is the only one.
    fn chain_der(&self) -> Vec<Vec<u8>>;

    /// Where a company issued the leaf: the board's certificate for the same key, DER
    /// ([`crate::endorsing_certificate`]). Name and role are read from it.
    fn endorsement_der(&self) -> Option<Vec<u8>> {
        None
    }

    /// The service that stamps what this signer signs; none unless said otherwise.
    fn stamp(&self) -> Option<&dyn Stamp> {
        None
    }
}

/// More signature fields than this are refused; each revision is held against all of them.
const MOST_FIELDS: usize = 256;

/// One signature to be made.
#[derive(Debug, Clone)]
pub struct SignatureRequest<'a> {
    /// The prepared field's name, as in [`crate::document::SignatureField::field`].
    pub field: &'a str,
    /// The signer's printed name: the one in the signer's certificate.
    pub name: &'a str,
    /// The signer's role: the one in the signer's certificate.
    pub role: &'a str,
    /// The meaning of the signature ("I seal these minutes as a true account of the meeting").
    pub meaning: &'a str,
    /// The time the signer claims, with the offset of the signer's clock from UTC; written as the signature's M, and
    /// printed in the field.
    pub at: DateTime<FixedOffset>,
}

/// Fills one prepared field of `pdf` with a signature and returns the whole new file. All of the file is walked before, and
/// what has signed it is judged.
///
/// # Errors
/// [`MinutesError::Refused`] if the file, or an earlier signature in it, does not verify: nobody signs on top of a
/// broken file; or if the claimed time is none that a file can hold. [`MinutesError::OtherName`] if the request gives
/// another name or role than the signer's certificate. [`MinutesError::NoSuchField`], [`MinutesError::AlreadySigned`],
/// or the signer's own refusal. [`MinutesError::Stamp`] if the signer's timestamping service did not stamp: nothing is
/// signed without it.
pub fn sign(pdf: &[u8], request: &SignatureRequest<'_>, signer: &dyn PdfSigner) -> Result<Vec<u8>, MinutesError> {
    let file = PdfFile::read(pdf)?;
    if file.revisions.len() > 1 {
        verify::judge(&file, None, None)?;
    }
    let update = Update::of(&file, request, signer)?;
    let mut out = Vec::with_capacity(pdf.len() + revision_room(signer));
    out.extend_from_slice(pdf);
    update.append(out, None, signer)
}

/// The same for whoever has verified the file, without doing so again: it must be the file that `report` was made of, to the
/// last byte. The revision is appended to it, so that nobody has to hold both files.
///
/// # Errors
/// As [`sign`]; [`MinutesError::Refused`] for any other file.
pub fn sign_verified(
    pdf: Vec<u8>,
    report: &Report,
    request: &SignatureRequest<'_>,
    signer: &dyn PdfSigner,
) -> Result<Vec<u8>, MinutesError> {
    let update = Update::of(&glance(&pdf)?, request, signer)?;
    update.append(pdf, Some(&report.sha256), signer)
}

/// The same for the first signature on what [`crate::render()`] has just drawn, and appended to it as well. Whoever is handed
/// the file verifies it.
///
/// # Errors
/// As [`sign`].
pub fn sign_drawn(
    pdf: Vec<u8>,
    request: &SignatureRequest<'_>,
    signer: &dyn PdfSigner,
) -> Result<Vec<u8>, MinutesError> {
    let file = glance(&pdf)?;
    if file.revisions.len() > 1 {
        return Err(broken("it was signed before"));
    }
    let update = Update::of(&file, request, signer)?;
    update.append(pdf, None, signer)
}

/// A revision that fills a field, with room for the signature.
struct Update {
    objects: BTreeMap<u32, Object>,
    trailer: Dict,
    /// How many bytes the file before has, and where its last table stands.
    before: usize,
    previous: usize,
    /// The object of the signature.
    signature: u32,
}

impl Update {
    fn of(file: &PdfFile<'_>, request: &SignatureRequest<'_>, signer: &dyn PdfSigner) -> Result<Self, MinutesError> {
        let (name, role) = certified(request, signer)?;
        let first = file.revisions.len() == 1;
        let (number, field) = find_field(file, request.field)?;
        if get(field, "V").is_some() {
            return Err(MinutesError::AlreadySigned(request.field.to_owned()));
        }
        let last = file.revisions.last().ok_or_else(|| Refusal::new(RefusalCode::Structure, "no revision"))?;
        let next = u32::try_from(size(&last.trailer)).map_err(|_| broken("a trailer without Size"))?;
        let (signature_number, appearance_number) = (next, next + 1);

        let mut objects = BTreeMap::new();
        let mut field = field.clone();
        set(&mut field, "V", Value::Ref(signature_number));
        set(&mut field, "AP", Value::Dict(dict([("N", Value::Ref(appearance_number))])));
        let fingerprint = hex::encode(key_fingerprint(&signer.certificate_der())?);
        let signature = signature_dictionary(request, &name, first, room(signer));
        // Drawn from what the file will say, as whoever verifies it draws it again.
        let (at, meaning) = (verify::signed_at(&signature)?, verify::meaning(&signature));
        let words = Words { name: &name, role: &role, meaning: &meaning, at, fingerprint: &fingerprint };
        objects.insert(appearance_number, Pen::of(file)?.appearance(&field, &words)?);
        objects.insert(number, Object::Value(Value::Dict(field)));
        objects.insert(signature_number, Object::Value(Value::Dict(signature)));
        if first {
            let root = file.root().ok_or_else(|| broken("no catalog"))?;
            let mut catalog = file.catalog().ok_or_else(|| broken("no catalog"))?.clone();
            set(&mut catalog, "Perms", Value::Dict(dict([("DocMDP", Value::Ref(signature_number))])));
            objects.insert(root, Object::Value(Value::Dict(catalog)));
        }

        let mut trailer = last.trailer.clone();
        set(&mut trailer, "Size", Value::Int(i64::from(next) + 2));
        Ok(Self { objects, trailer, before: file.bytes.len(), previous: last.table, signature: signature_number })
    }

    /// Appends it to the file it was made for, and signs. Where `known` is given, it must be the SHA-256 of the file before.
    fn append(self, mut pdf: Vec<u8>, known: Option<&str>, signer: &dyn PdfSigner) -> Result<Vec<u8>, MinutesError> {
        if pdf.len() != self.before {
            return Err(broken("it is not the file that was read"));
        }
        // Room for the whole revision, and not for as much again.
        pdf.reserve_exact(revision_room(signer));
        let offsets = write_update(&mut pdf, &self.objects, &self.trailer, self.previous);
        let at = offsets.get(&self.signature).copied().unwrap_or(pdf.len());
        fill(&mut pdf, (at, self.before), known, signer)?;
        Ok(pdf)
    }
}

/// Name and role as the signer's certificate gives them: those of the request, reduced and cut as a certificate does.
fn certified(request: &SignatureRequest<'_>, signer: &dyn PdfSigner) -> Result<(String, String), MinutesError> {
    let leaf = Certificate::from_der(&signer.endorsement_der().unwrap_or_else(|| signer.certificate_der()))
        .map_err(|error| MinutesError::Certificate(error.to_string()))?;
    let same = |asked: &str, oid| {
        let certified = attribute(leaf.tbs_certificate().subject(), oid).unwrap_or_default();
        // A certificate from before names were reduced has what was printed.
        if as_certified(asked) == certified || as_printed(asked) == certified {
            return Ok(certified);
        }
        Err(MinutesError::OtherName { printed: asked.to_owned(), certified })
    };
    Ok((same(request.name, COMMON_NAME)?, same(request.role, TITLE)?))
}

fn broken(detail: &str) -> MinutesError {
    MinutesError::Refused(Refusal::new(RefusalCode::Structure, detail))
}

/// The signature fields of a file: object number and dictionary, in the order of the form.
pub(crate) fn fields<'f>(file: &'f PdfFile<'_>) -> Result<Vec<(u32, &'f Dict)>, Refusal> {
    let refuse = || Refusal::new(RefusalCode::Structure, "the form does not list its signature fields");
    let catalog = file.catalog().ok_or_else(refuse)?;
    let form =
        get(catalog, "AcroForm").and_then(|form| file.resolve(form)).and_then(Value::as_dict).ok_or_else(refuse)?;
    let listed = get(form, "Fields").and_then(Value::as_array).ok_or_else(refuse)?;
    if listed.len() > MOST_FIELDS {
        return Err(Refusal::new(RefusalCode::Structure, "the form has more fields than people sign"));
    }
    let mut fields: Vec<(u32, &Dict)> = Vec::new();
    for entry in listed {
        let number =
            entry.as_ref().filter(|number| fields.iter().all(|(other, _)| other != number)).ok_or_else(refuse)?;
        let field = file.object(number).and_then(|found| found.dict()).ok_or_else(refuse)?;
        fields.push((number, field));
    }
    Ok(fields)
}

/// The name of a field.
pub(crate) fn field_name(field: &Dict) -> Option<String> {
    get(field, "T").and_then(Value::as_words)
}

fn find_field<'f>(file: &'f PdfFile<'_>, wanted: &str) -> Result<(u32, &'f Dict), MinutesError> {
    let found = fields(file)?.into_iter().find(|(_, field)| field_name(field).as_deref() == Some(wanted));
    found.ok_or_else(|| MinutesError::NoSuchField(wanted.to_owned()))
}

/// The DocMDP reference of the certifying signature: fill prepared fields, nothing else.
pub(crate) fn certification() -> Value {
    let parameters = dict([("P", Value::Int(2)), ("Type", Value::name("TransformParams")), ("V", Value::name("1.2"))]);
    Value::Array(vec![Value::Dict(dict([
        ("TransformMethod", Value::name("DocMDP")),
        ("TransformParams", Value::Dict(parameters)),
        ("Type", Value::name("SigRef")),
    ]))])
}

/// Room for what a signer's container takes, in bytes.
pub(crate) fn room(signer: &dyn PdfSigner) -> usize {
    let own = if signer.stamp().is_some() { STAMPED_ROOM } else { ROOM };
    let Some(endorsement) = signer.endorsement_der() else { return own };
    // What a company's certificates take beyond our own is known beforehand.
    let more = signer.chain_der().iter().map(Vec::len).sum::<usize>() + signer.certificate_der().len();
    own + (endorsement.len() + more).next_multiple_of(256)
}

/// Room for what a signature adds to a file, in bytes: its container in hexadecimal, twice over, and all else.
fn revision_room(signer: &dyn PdfSigner) -> usize {
    4 * room(signer) + (64 << 10)
}

/// Room for ByteRange and for `room` bytes of Contents, which `fill` fills.
pub(crate) fn blanks(room: usize) -> (Value, Value) {
    let mut range = vec![b'['];
    range.extend(std::iter::repeat_n(b' ', RANGE_ROOM));
    range.push(b']');
    let mut contents = vec![b'<'];
    contents.extend(std::iter::repeat_n(b'0', 2 * room));
    contents.push(b'>');
    (Value::Verbatim(range), Value::Verbatim(contents))
}

fn signature_dictionary(request: &SignatureRequest<'_>, certified: &str, certify: bool, room: usize) -> Dict {
    let (range, contents) = blanks(room);
    // Where a certificate could not hold the name as it is, the signature says what it holds.
    let whole = as_printed(request.name) == certified;
    let name = if whole { crate::text::clean(request.name) } else { certified.to_owned() };
    let mut signature = dict([
        ("ByteRange", range),
        ("Contents", contents),
        ("Filter", Value::name(FILTER)),
        ("M", Value::words(&time::written(request.at))),
        ("Name", Value::words(&name)),
        ("Reason", Value::words(&crate::text::clean(request.meaning))),
        ("SubFilter", Value::name(SUB_FILTER)),
        ("Type", Value::name("Sig")),
    ]);
    if certify {
        set(&mut signature, "Reference", certification());
    }
    signature
}

/// Writes ByteRange and Contents into the blanks of the signature object that begins at `at`, which have the `room` of
/// this signer. Before `before` stands the file that is signed, whose SHA-256 is `known` to whoever verified it.
pub(crate) fn fill(
    out: &mut [u8],
    (at, before): (usize, usize),
    known: Option<&str>,
    signer: &dyn PdfSigner,
) -> Result<(), MinutesError> {
    let find = |needle: &[u8]| {
        let from = out.get(at..)?;
        from.windows(needle.len()).position(|window| window == needle).map(|found| at + found + needle.len())
    };
    let range_at = find(b"/ByteRange [").ok_or_else(|| broken("no room for ByteRange"))?;
    let contents_at = find(b"/Contents <").ok_or_else(|| broken("no room for Contents"))?;
    let room = room(signer);
    let (gap_start, gap_end) = (contents_at - 1, contents_at + 2 * room + 1);
    let range = byte_range(gap_start, gap_end, out.len());
    if range.len() > RANGE_ROOM {
        return Err(broken("the file is too large for its ByteRange"));
    }
    out[range_at..range_at + range.len()].copy_from_slice(range.as_bytes());
    let mut digest = Sha256::new();
    digest.update(&out[..before]);
    if known.is_some_and(|known| known != hex::encode(digest.clone().finalize())) {
        return Err(broken("it is not the file that was verified"));
    }
    digest.update(&out[before..gap_start]);
    digest.update(&out[gap_end..]);
    let container = hex::encode(crate::cms::sign(&digest.finalize().into(), signer)?);
    if container.len() > 2 * room {
        return Err(MinutesError::Encoding("the signature does not fit into the room prepared for it".into()));
    }
    out[contents_at..contents_at + container.len()].copy_from_slice(container.as_bytes());
    Ok(())
}

/// The four numbers of a ByteRange that leaves out exactly the signature value.
fn byte_range(gap_start: usize, gap_end: usize, end: usize) -> String {
    format!("0 {gap_start} {gap_end} {}", end - gap_end)
}
