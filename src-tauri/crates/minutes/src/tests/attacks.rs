//! Files that were tampered with, each in the way somebody once tampered with real ones.

use std::collections::BTreeMap;

use super::board::{self, EVIDENCE, attached, chair, key, member, request, root, sign_with, spki};
use crate::pdf::file::{Object, PdfFile, size, write_update};
use crate::pdf::value::{Dict, Value, dict, get, set};
use crate::{
    KeySigner, LeafRequest, PdfSigner, RefusalCode, SignatureRequest, TrustAnchor, certificate_pem, leaf_certificate,
    render, sign, specimen, verify,
};

pub(super) fn anchor() -> TrustAnchor {
    TrustAnchor::parse(&certificate_pem(&root()).expect("pem")).expect("the root is read")
}

pub(super) fn refusal(pdf: &[u8]) -> RefusalCode {
    verify(pdf, Some(&anchor())).expect_err("a tampered file must be refused").code
}

pub(super) fn small() -> Vec<u8> {
    crate::seal_minutes(&specimen::minutes(1), EVIDENCE, &request(), &chair()).expect("the minutes are sealed")
}

/// Appends a revision with these objects, as an editor would.
pub(super) fn with_revision(pdf: &[u8], objects: BTreeMap<u32, Object>, add: i64) -> Vec<u8> {
    let file = PdfFile::read(pdf).expect("our own file");
    let last = file.revisions.last().expect("a revision");
    let mut trailer = last.trailer.clone();
    set(&mut trailer, "Size", Value::Int(size(&last.trailer) + add));
    let mut out = pdf.to_vec();
    write_update(&mut out, &objects, &trailer, last.table);
    out
}

pub(super) fn position(bytes: &[u8], needle: &[u8]) -> usize {
    bytes.windows(needle.len()).position(|window| window == needle).expect("the file contains it")
}

pub(super) fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = position(bytes, from);
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

#[test]
fn a_page_overlaid_by_a_later_revision_is_refused() {
    let pdf = small();
    let file = PdfFile::read(&pdf).expect("our own file");
    let page =
        file.base().objects.iter().find(|(_, found)| found.dict().and_then(|page| get(page, "Contents")).is_some());
    let contents = page.and_then(|(_, found)| get(found.dict()?, "Contents")?.as_ref()).expect("a page with contents");
    let overlay = Object::Stream { dict: Dict::new(), data: b"BT /Regular 30 Tf 60 600 Td <0001> Tj ET".to_vec() };
    assert_eq!(refusal(&with_revision(&pdf, BTreeMap::from([(contents, overlay)]), 0)), RefusalCode::Revision);
}

/// A document that says of itself that it follows this layout, sealed.
fn following(layout: &[u8]) -> Vec<u8> {
    let base = render(&crate::compose(&specimen::minutes(1)), &attached(EVIDENCE)).expect("drawn");
    let said = [b"/Producer (".as_slice(), layout, b")".as_slice()].concat();
    let other = replaced(&base, b"/Producer (Cabinet, layout 1)", &said);
    sign(&other, &request(), &chair()).expect("signed")
}

#[test]
fn a_file_says_which_layout_it_follows_and_its_signatures_cover_that() {
    let ours = small();
    assert_eq!(verify(&ours, None).map(|report| report.layout), Ok(Some(crate::LAYOUT)));
    let says = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).any(|window| window == what);
    assert!(says(&ours, b"<pdf:Producer>Cabinet, layout 1</pdf:Producer>"), "its metadata say the same");
    let cases = [(b"Cabinet, layout 2", Some(2)), (b"Cabinet, layout 9", Some(9)), (b"Cabinet. layout 1", None)];
    for (said, layout) in cases {
        assert_eq!(verify(&following(said), None).map(|report| report.layout), Ok(layout));
    }
    let changed = replaced(&ours, b"/Producer (Cabinet, layout 1)", b"/Producer (Cabinet, layout 2)");
    assert_eq!(refusal(&changed), RefusalCode::Digest);
}

#[test]
fn a_later_revision_that_only_adds_objects_is_refused() {
    let pdf = small();
    let next = PdfFile::read(&pdf).map(|file| size(&file.revisions[1].trailer)).expect("our own file");
    let added = BTreeMap::from([(u32::try_from(next).expect("small"), Object::Value(Value::Null))]);
    assert_eq!(refusal(&with_revision(&pdf, added, 1)), RefusalCode::Revision);
}

#[test]
fn bytes_after_the_last_revision_are_refused() {
    for tail in [b"\n".as_slice(), b" ", b"% harmless\n", b"%%EOF\n", b"\0", b"<!-- -->"] {
        assert_eq!(refusal(&[&small(), tail].concat()), RefusalCode::TrailingBytes, "{tail:?}");
    }
    let twice = [small(), small()].concat();
    assert_eq!(refusal(&twice), RefusalCode::TrailingBytes);
    assert_eq!(refusal(&[&small(), b"7 0 obj\n".as_slice()].concat()), RefusalCode::Structure);
}

#[test]
fn bytes_before_the_header_or_between_objects_are_refused() {
    assert_eq!(refusal(&[b" ".as_slice(), &small()].concat()), RefusalCode::NotOurPdf);
    assert_eq!(
        refusal(&replaced(&small(), b"\nendobj\n2 0 obj", b"\nendobj\n% hidden\n2 0 obj")),
        RefusalCode::Structure
    );
}

#[test]
fn a_byte_range_that_leaves_out_more_than_the_signature_is_refused() {
    let pdf = small();
    let at = position(&pdf, b"/ByteRange [0 ") + b"/ByteRange [".len();
    let end = at + pdf[at..].iter().position(|byte| *byte == b']').expect("closed");
    let numbers: Vec<usize> = String::from_utf8_lossy(&pdf[at..end])
        .split_whitespace()
        .map(|number| number.parse().expect("a number"))
        .collect();
    let [_, gap, resume, rest] = numbers[..] else { panic!("four numbers") };
    let wrapped = [
        format!("0 {} {resume} {rest}", gap - 40),
        format!("0 {gap} {} {}", resume + 40, rest - 40),
        format!("0 {gap} {resume} {}", rest - 6),
        format!("0 {gap} {resume} {}", rest + 6),
        format!("10 {} {resume} {rest}", gap - 10),
        format!("0 {gap} {resume} {rest} 0 0"),
        format!("0 {gap} {resume}"),
        format!("0 -{gap} {resume} {rest}"),
    ];
    for range in wrapped {
        let mut changed = pdf.clone();
        let padded = format!("{range:<width$}", width = end - at);
        changed[at..end].copy_from_slice(padded.as_bytes());
        assert_eq!(refusal(&changed), RefusalCode::ByteRange, "{range}");
    }
}

#[test]
fn an_emptied_signature_value_is_refused() {
    let pdf = small();
    let at = position(&pdf, b"/Contents <3") + b"/Contents <".len();
    let end = at + pdf[at..].iter().position(|byte| *byte == b'>').expect("closed");
    let mut emptied = pdf.clone();
    emptied[at..end].fill(b'0');
    assert_eq!(refusal(&emptied), RefusalCode::Contents);
    let mut padded = pdf.clone();
    padded[end - 1] = b'1';
    assert_eq!(refusal(&padded), RefusalCode::Contents);
    let mut upper = pdf.clone();
    let letter = at + upper[at..end].iter().position(|byte| *byte == b'a').expect("a letter");
    upper[letter] = b'A';
    assert_eq!(refusal(&upper), RefusalCode::Structure);
    let none = [&pdf[..at], &pdf[end..]].concat();
    assert!(verify(&none, None).is_err());
}

#[test]
fn a_removed_signature_is_refused() {
    let pdf = small();
    let base = PdfFile::read(&pdf).expect("our own file").base().end;
    assert_eq!(refusal(&pdf[..base]), RefusalCode::NotSigned);
    for length in [0, 1, 8, 15, base - 1, base + 1, pdf.len() - 1] {
        assert!(verify(&pdf[..length], None).is_err(), "{length} bytes of the file were accepted");
    }
}

#[test]
fn swapped_evidence_is_refused() {
    let mine = crate::compose(&specimen::minutes(1));
    let forged = render(&mine, &attached(br#"{"schema":"cabinet-evidence-1","entries":[1]}"#)).expect("drawn");
    let pdf = small();
    let base = PdfFile::read(&pdf).expect("our own file").base().end;
    assert!(verify(&[&forged, &pdf[base..]].concat(), None).is_err());
    // The same length, so that every offset still holds.
    let mut evidence = EVIDENCE.to_vec();
    evidence[3] ^= 1;
    let same_length = render(&mine, &attached(&evidence)).expect("drawn");
    if same_length.len() == base {
        assert!(matches!(
            refusal(&[&same_length, &pdf[base..]].concat()),
            RefusalCode::Digest | RefusalCode::Structure
        ));
    }
}

/// Somebody with a root of the same name and their own keys.
pub(super) fn impostor() -> KeySigner {
    let (ca, own) = (key(66), key(67));
    let root = board::root_of("Change Advisory Board, Meridian Freight", 66);
    let request = LeafRequest {
        name: "Zoë Ångström-Kovačević",
        role: "Chair",
        member_id: "0192f0c1-0000-7000-8000-000000000001",
        spki_der: &spki(&own),
        serial: [2; 16],
        not_before: specimen::made_at(),
    };
    let leaf = leaf_certificate(&root, &request, &sign_with(&ca)).expect("a leaf");
    KeySigner::new(own, leaf, root)
}

#[test]
fn a_root_of_the_same_name_is_another_root() {
    let pdf = crate::seal_minutes(&specimen::minutes(1), EVIDENCE, &request(), &impostor())
        .expect("anyone may sign their own");
    assert_eq!(refusal(&pdf), RefusalCode::OtherRoot);
    let unanchored = verify(&pdf, None).expect("the file itself is whole");
    assert!(!unanchored.anchored);
}

#[test]
fn a_second_signature_under_another_root_is_refused() {
    let pdf = two_fields();
    let first = sign(&pdf, &request(), &chair()).expect("the chair signs");
    let second = SignatureRequest { field: "secretary", ..request() };
    let mixed = sign(&first, &second, &impostor()).expect("the signature itself can be made");
    assert_eq!(refusal(&mixed), RefusalCode::Chain);
    assert_eq!(verify(&mixed, None).expect_err("two roots").code, RefusalCode::Chain);
}

/// Signs with one key and shows another's certificate.
struct Swapped {
    key: KeySigner,
    shown: KeySigner,
}

impl PdfSigner for Swapped {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, crate::SignerRefusal> {
        self.key.sign(message)
    }

    fn certificate_der(&self) -> Vec<u8> {
        self.shown.certificate_der()
    }

    fn chain_der(&self) -> Vec<Vec<u8>> {
        self.shown.chain_der()
    }
}

#[test]
fn a_signature_in_another_members_name_is_neither_made_nor_accepted() {
    let mallory = member("Mallory", "Guest", 9);
    let made = crate::seal_minutes(&specimen::minutes(1), EVIDENCE, &request(), &mallory);
    assert!(matches!(made, Err(crate::MinutesError::OtherName { .. })));
    let promoted = SignatureRequest { name: "Mallory", ..request() };
    let made = crate::seal_minutes(&specimen::minutes(1), EVIDENCE, &promoted, &mallory);
    let said = made.expect_err("a guest is no chair").to_string();
    assert_eq!(said, "the signature would say \"Chair\", the signer's certificate says \"Guest\"");
    // A changed program could write the name all the same.
    let honest = SignatureRequest { name: "Mallory", role: "Guest", ..request() };
    let pdf = crate::seal_minutes(&specimen::minutes(1), EVIDENCE, &honest, &mallory).expect("in their own name");
    assert_eq!(verify(&pdf, Some(&anchor())).expect("it holds").signatures[0].name, "Mallory");
    let forged = resigned(&pdf, b"/Name (Mallory)", b"/Name (Mallard)", &mallory);
    assert_eq!(refusal(&forged), RefusalCode::SignerName);
}

/// Changes bytes of the signing revision and makes its signature anew, as a changed program would.
pub(super) fn resigned(pdf: &[u8], from: &[u8], to: &[u8], signer: &dyn PdfSigner) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut changed = replaced(pdf, from, to);
    let gap = position(&changed, b"/Contents <3") + b"/Contents ".len();
    let end = gap + changed[gap..].iter().position(|byte| *byte == b'>').expect("closed") + 1;
    use sha2::Digest as _;
    let mut digest = sha2::Sha256::new();
    digest.update(&changed[..gap]);
    digest.update(&changed[end..]);
    let container = hex::encode(crate::cms::sign(&digest.finalize().into(), signer).expect("signed"));
    changed[gap + 1..end - 1].fill(b'0');
    changed[gap + 1..gap + 1 + container.len()].copy_from_slice(container.as_bytes());
    changed
}

#[test]
fn a_certification_that_allows_more_is_refused() {
    let changed = resigned(&small(), b"/TransformParams <</P 2", b"/TransformParams <</P 3", &chair());
    assert_eq!(refusal(&changed), RefusalCode::Cms);
    let other = resigned(&small(), b"/SubFilter /ETSI.CAdES.detached", b"/SubFilter /adbe.pkcs7.detached", &chair());
    assert_eq!(refusal(&other), RefusalCode::Cms);
}

#[test]
fn another_members_certificate_on_ones_own_signature_is_refused() {
    let swapped = Swapped { key: member("Mallory", "Guest", 9), shown: chair() };
    let pdf = crate::seal_minutes(&specimen::minutes(1), EVIDENCE, &request(), &swapped).expect("made");
    assert_eq!(refusal(&pdf), RefusalCode::SignatureValue);
}

/// A chain whose middle is a member: leaves may not issue leaves.
struct SelfMade {
    signer: KeySigner,
    chain: Vec<Vec<u8>>,
}

impl PdfSigner for SelfMade {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, crate::SignerRefusal> {
        self.signer.sign(message)
    }

    fn certificate_der(&self) -> Vec<u8> {
        self.signer.certificate_der()
    }

    fn chain_der(&self) -> Vec<Vec<u8>> {
        self.chain.clone()
    }
}

#[test]
fn a_leaf_issued_by_a_member_is_refused() {
    let (member_key, own) = (key(2), key(5));
    let issuer = chair().certificate_der();
    let request_leaf = LeafRequest {
        name: "Mallory",
        role: "Chair",
        member_id: "1",
        spki_der: &spki(&own),
        serial: [5; 16],
        not_before: specimen::made_at(),
    };
    let leaf = leaf_certificate(&issuer, &request_leaf, &sign_with(&member_key)).expect("bytes can always be made");
    for chain in [vec![issuer.clone()], vec![root()], vec![issuer, root()]] {
        let signer = SelfMade { signer: KeySigner::new(key(5), leaf.clone(), root()), chain };
        let document = crate::compose(&specimen::minutes(1));
        let pdf =
            sign(&render(&document, &[]).expect("drawn"), &SignatureRequest { name: "Mallory", ..request() }, &signer)
                .expect("made");
        assert!(matches!(refusal(&pdf), RefusalCode::Chain | RefusalCode::Cms));
    }
}

#[test]
fn a_signature_dated_outside_the_certificate_is_refused() {
    for days in [-995, -2_000, 4_000] {
        let at = request().at + chrono::TimeDelta::days(days);
        let pdf = crate::seal_minutes(&specimen::minutes(1), EVIDENCE, &SignatureRequest { at, ..request() }, &chair())
            .expect("made");
        assert_eq!(refusal(&pdf), RefusalCode::Validity, "{days} days");
    }
}

#[test]
fn a_signature_dated_two_years_on_holds() {
    let at = request().at + chrono::TimeDelta::days(731);
    let pdf = crate::seal_minutes(&specimen::minutes(1), EVIDENCE, &SignatureRequest { at, ..request() }, &chair())
        .expect("made");
    assert!(verify(&pdf, Some(&anchor())).is_ok());
}

pub(super) fn two_fields() -> Vec<u8> {
    let mut minutes = specimen::minutes(1);
    let mut secretary = minutes.signatories[0].clone();
    "secretary".clone_into(&mut secretary.field);
    "Дмитрий Соколов".clone_into(&mut secretary.name);
    "Secretary".clone_into(&mut secretary.role);
    minutes.signatories.push(secretary);
    render(&crate::compose(&minutes), &attached(EVIDENCE)).expect("drawn")
}

#[test]
fn a_field_filled_twice_is_refused() {
    let first = sign(&two_fields(), &request(), &chair()).expect("the chair signs");
    let file = PdfFile::read(&first).expect("our own file");
    let (number, field) = file.revisions[1]
        .objects
        .iter()
        .find(|(_, found)| found.dict().is_some_and(|field| get(field, "FT").is_some()))
        .expect("the field");
    let again = BTreeMap::from([(*number, Object::Value(field.value().clone()))]);
    assert_eq!(refusal(&with_revision(&first, again, 0)), RefusalCode::Revision);
}

#[test]
fn a_field_filled_with_something_else_than_a_signature_is_refused() {
    let first = sign(&two_fields(), &request(), &chair()).expect("the chair signs");
    let file = PdfFile::read(&first).expect("our own file");
    let empty = file.base().objects.iter().find(|(number, found)| {
        found.dict().is_some_and(|field| get(field, "FT").is_some()) && !file.revisions[1].objects.contains_key(number)
    });
    let (number, field) = empty.expect("the secretary's field");
    let next = u32::try_from(size(&file.revisions[1].trailer)).expect("small");
    let mut filled = field.dict().expect("a field").clone();
    set(&mut filled, "V", Value::Ref(next));
    set(&mut filled, "AP", Value::Dict(dict([("N", Value::Ref(next + 1))])));
    let appearance = file.revisions[1].objects.values().find(|found| found.stream.is_some()).expect("an appearance");
    let data = first[appearance.stream.clone().expect("a stream")].to_vec();
    let objects = BTreeMap::from([
        (*number, Object::Value(Value::Dict(filled))),
        (next, Object::Value(Value::Dict(dict([("Type", Value::name("Sig"))])))),
        (next + 1, Object::Stream { dict: appearance.dict().expect("a form").clone(), data }),
    ]);
    assert_eq!(refusal(&with_revision(&first, objects, 2)), RefusalCode::Cms);
}

#[test]
fn a_document_that_acts_is_refused_even_where_it_is_signed() {
    for (key, value) in [
        ("OpenAction", Value::Dict(dict([("JS", Value::words("app.alert(1)")), ("S", Value::name("JavaScript"))]))),
        ("AA", Value::Dict(Dict::new())),
        ("XFA", Value::Null),
    ] {
        let bytes = two_fields();
        let file = PdfFile::read(&bytes).expect("our own file");
        let mut objects: BTreeMap<u32, Object> = BTreeMap::new();
        for (number, found) in &file.base().objects {
            let object = match &found.stream {
                Some(range) => Object::Stream {
                    dict: found.dict().expect("a stream's dictionary").clone(),
                    data: bytes[range.clone()].to_vec(),
                },
                None => Object::Value(found.value().clone()),
            };
            objects.insert(*number, object);
        }
        if let Some(Object::Value(Value::Dict(catalog))) = objects.get_mut(&file.root().expect("a catalog")) {
            set(catalog, key, value);
        }
        let base = crate::pdf::file::write_base(&objects, &file.base().trailer);
        let pdf = sign(&base, &request(), &chair()).expect("signed");
        assert_eq!(refusal(&pdf), RefusalCode::ActiveContent, "{key}");
    }
}

#[test]
fn nobody_signs_on_top_of_a_broken_file() {
    let first = sign(&two_fields(), &request(), &chair()).expect("the chair signs");
    let second =
        SignatureRequest { field: "secretary", name: "Дмитрий Соколов", role: "Secretary", ..request() };
    let mut broken = first.clone();
    let at = position(&broken, b"stream\n") + 20;
    broken[at] ^= 1;
    let refused = sign(&broken, &second, &member("Дмитрий Соколов", "Secretary", 3));
    assert!(matches!(refused, Err(crate::MinutesError::Refused(refusal)) if refusal.code == RefusalCode::Digest));
    assert!(matches!(sign(&first, &request(), &chair()), Err(crate::MinutesError::AlreadySigned(_))));
    assert!(matches!(
        sign(&first, &SignatureRequest { field: "cto", ..request() }, &chair()),
        Err(crate::MinutesError::NoSuchField(_))
    ));
}
