//! Structured attacks as a table: each a way to tamper with a sealed file, and the code it must be refused with.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::appearances::in_another_name;
use super::attacks::{anchor, impostor, position, replaced, resigned, small, with_revision};
use super::board::{EVIDENCE, attached, chair, member, request};
use super::tools::Desk;
use crate::RefusalCode::{
    self, ActiveContent, Appearance, ByteRange, Cms, Digest, NotOurPdf, NotSigned, OtherRoot, Revision, Structure,
    TrailingBytes,
};
use crate::pdf::file::{Object, PdfFile, size};
use crate::pdf::value::{Dict, Value, dict, get, set};
use crate::{SignatureRequest, render, sign, specimen, verify};

/// Minutes that the chair certifies and two members sign in turn, made once: each attack begins with them.
pub(super) fn three() -> Vec<u8> {
    static THREE: OnceLock<Vec<u8>> = OnceLock::new();
    THREE.get_or_init(signed_by_three).clone()
}

fn signed_by_three() -> Vec<u8> {
    let members = [("secretary", "Дмитрий Соколов", 3), ("member", "Ελένη Παπαδοπούλου", 4)];
    let mut minutes = specimen::minutes(1);
    for (field, name, _) in members {
        let mut signatory = minutes.signatories[0].clone();
        field.clone_into(&mut signatory.field);
        name.clone_into(&mut signatory.name);
        minutes.signatories.push(signatory);
    }
    let attachments = attached(EVIDENCE);
    let mut pdf = render(&crate::compose(&minutes), &attachments).expect("drawn");
    pdf = sign(&pdf, &request(), &chair()).expect("the chair signs");
    for (field, name, seed) in members {
        let asked = SignatureRequest { field, name, ..request() };
        pdf = sign(&pdf, &asked, &member(name, "Chair", seed)).expect("a member signs");
    }
    pdf
}

fn ends(pdf: &[u8]) -> Vec<usize> {
    PdfFile::read(pdf).expect("our own file").revisions.iter().map(|revision| revision.end).collect()
}

/// A later revision that changes the first object of which this holds.
fn later(pdf: &[u8], is: impl Fn(&Dict) -> bool, change: impl Fn(&mut Dict)) -> Vec<u8> {
    let file = PdfFile::read(pdf).expect("our own file");
    let found = file.revisions.iter().rev().flat_map(|revision| &revision.objects);
    let mut plain = found.filter(|(_, found)| found.stream.is_none());
    let (number, found) = plain.find(|(_, found)| found.dict().is_some_and(&is)).expect("such an object");
    let mut changed = found.dict().expect("a dictionary").clone();
    change(&mut changed);
    with_revision(pdf, BTreeMap::from([(*number, Object::Value(Value::Dict(changed)))]), 0)
}

fn typed(name: &'static str) -> impl Fn(&Dict) -> bool {
    move |dict| get(dict, "Type").is_some_and(|kind| kind.is_name(name))
}

/// A later revision that adds one object.
fn added(pdf: &[u8], object: Object) -> Vec<u8> {
    let file = PdfFile::read(pdf).expect("our own file");
    let next = u32::try_from(size(&file.revisions.last().expect("one").trailer)).expect("small");
    with_revision(pdf, BTreeMap::from([(next, object)]), 1)
}

fn action(kind: &str) -> Value {
    Value::Dict(dict([("S", Value::name(kind)), ("URI", Value::words("https://example.com/"))]))
}

type Attack = (&'static str, RefusalCode, fn() -> Vec<u8>);

const ATTACKS: [Attack; 49] = [
    ("a page loses its contents", Revision, || {
        later(&three(), typed("Page"), |page| drop(page.remove(b"Contents".as_slice())))
    }),
    ("a page is turned", Revision, || later(&three(), typed("Page"), |page| set(page, "Rotate", Value::Int(180)))),
    ("a page gets another box", Revision, || {
        later(&three(), typed("Page"), |page| set(page, "MediaBox", Value::Array(vec![])))
    }),
    ("a shadow page tree", Revision, || later(&three(), typed("Pages"), |tree| set(tree, "Count", Value::Int(1)))),
    ("a shadow catalog", Revision, || {
        later(&three(), typed("Catalog"), |catalog| set(catalog, "PageMode", Value::name("UseOutlines")))
    }),
    ("the permission is taken out", Revision, || {
        later(&three(), typed("Catalog"), |catalog| drop(catalog.remove(b"Perms".as_slice())))
    }),
    ("another title in Info", Revision, || {
        later(
            &three(),
            |info| get(info, "Producer").is_some(),
            |info| set(info, "Title", Value::words("Other minutes")),
        )
    }),
    ("bookmarks changed", Revision, || later(&three(), typed("Outlines"), |root| set(root, "Count", Value::Int(0)))),
    ("the structure tree says other words", Revision, || {
        later(&three(), typed("StructElem"), |element| set(element, "ActualText", Value::words("Rejected")))
    }),
    ("an attachment is renamed", Revision, || {
        later(&three(), typed("Filespec"), |file| set(file, "F", Value::words("other.json")))
    }),
    ("another font width", Revision, || {
        later(&three(), typed("FontDescriptor"), |font| set(font, "Flags", Value::Int(4)))
    }),
    ("a field is renamed", Structure, || replaced(&three(), b"/T (chair)", b"/T (chief chair)")),
    ("a filled field is moved", Revision, || {
        later(&three(), |field| get(field, "FT").is_some(), |field| set(field, "Rect", Value::Array(vec![])))
    }),
    ("a signature is replaced", Revision, || {
        later(&three(), typed("Sig"), |signature| set(signature, "Reason", Value::words("Another")))
    }),
    ("a revision that only adds", Revision, || added(&three(), Object::Value(Value::Null))),
    ("an object stream is hidden", Revision, || {
        added(&three(), Object::Stream { dict: dict([("Type", Value::name("ObjStm"))]), data: b"1 0 null".to_vec() })
    }),
    ("a script later", ActiveContent, || added(&three(), Object::Value(action("JavaScript")))),
    ("a program to launch later", ActiveContent, || added(&three(), Object::Value(action("Launch")))),
    ("a link later", ActiveContent, || added(&three(), Object::Value(action("URI")))),
    ("an action on opening later", ActiveContent, || {
        later(&three(), typed("Catalog"), |catalog| set(catalog, "OpenAction", action("URI")))
    }),
    ("the first signing revision is dropped", Structure, || {
        let (pdf, ends) = (three(), ends(&three()));
        [&pdf[..ends[0]], &pdf[ends[1]..]].concat()
    }),
    ("the middle signing revision is dropped", Structure, || {
        let (pdf, ends) = (three(), ends(&three()));
        [&pdf[..ends[1]], &pdf[ends[2]..]].concat()
    }),
    ("a signing revision is repeated", Structure, || {
        let (pdf, ends) = (three(), ends(&three()));
        [&pdf[..], &pdf[ends[2]..]].concat()
    }),
    ("all signing revisions are dropped", NotSigned, || three()[..ends(&three())[0]].to_vec()),
    ("a line after the end", TrailingBytes, || [&three(), b"% more\n".as_slice()].concat()),
    ("a byte before the header", NotOurPdf, || [b"\n".as_slice(), &three()].concat()),
    ("a comment between objects", Structure, || {
        replaced(&three(), b"\nendobj\n2 0 obj", b"\nendobj\n% hidden\n2 0 obj")
    }),
    ("another SubFilter, signed anew", Cms, || {
        resigned(&small(), b"/SubFilter /ETSI.CAdES.detached", b"/SubFilter /adbe.pkcs7.detached", &chair())
    }),
    ("another board's root of the same name", OtherRoot, || {
        crate::seal_minutes(&specimen::minutes(1), EVIDENCE, &request(), &impostor()).expect("sealed")
    }),
    ("the appearance says another name", Appearance, in_another_name),
    ("Prev points elsewhere", Structure, || {
        let pdf = three();
        // The last one: bookmarks have a Prev of their own.
        let at = pdf.windows(6).rposition(|window| window == b"/Prev ").expect("a trailer with Prev") + 6;
        [&pdf[..at], b"1".as_slice(), &pdf[at..]].concat()
    }),
    ("startxref points elsewhere", Structure, || replaced(&three(), b"startxref\n", b"startxref\n1")),
    ("a table's entry of another generation", Structure, || replaced(&three(), b" 00000 n \n", b" 00001 n \n")),
    ("a table's free entry changed", Structure, || replaced(&three(), b" 65535 f ", b" 65534 f ")),
    ("an object number twice", Structure, || replaced(&three(), b"\nendobj\n2 0 obj", b"\nendobj\n1 0 obj")),
    ("the header of another version", NotOurPdf, || replaced(&three(), b"%PDF-1.7", b"%PDF-1.4")),
    ("another author in place", Digest, || replaced(&three(), b"/Author (C", b"/Author (W")),
    ("the evidence's file name in place", Digest, || replaced(&three(), b"/F (evidence.json)", b"/F (evidence.jsom)")),
    ("the time of signing in place", Digest, || replaced(&three(), b"/M (D:2026", b"/M (D:2025")),
    ("SubFilter in place", Cms, || replaced(&three(), b"/ETSI.CAdES.detached", b"/adbe.pkcs7.detached")),
    ("Filter in place", Cms, || replaced(&three(), b"/Filter /Adobe.PPKLite", b"/Filter /Adobe.PPKLitf")),
    ("a certification that allows more, in place", Cms, || {
        replaced(&three(), b"/TransformParams <</P 2", b"/TransformParams <</P 3")
    }),
    ("a permission of another name", Revision, || replaced(&three(), b"/DocMDP ", b"/DocMDQ ")),
    ("a range that begins later", ByteRange, || replaced(&three(), b"/ByteRange [0 ", b"/ByteRange [1 ")),
    ("a second end of file", TrailingBytes, || [&three(), b"%%EOF\n".as_slice()].concat()),
    ("a zero byte after the end", TrailingBytes, || [&three(), b"\0".as_slice()].concat()),
    ("the whole file twice", TrailingBytes, || three().repeat(2)),
    ("a link inside the document later", Revision, || {
        let place = Value::Array(vec![Value::Ref(1), Value::name("Fit")]);
        let link = dict([("Dest", place), ("Subtype", Value::name("Link")), ("Type", Value::name("Annot"))]);
        added(&three(), Object::Value(Value::Dict(link)))
    }),
    ("a link leads elsewhere", Revision, || {
        later(
            &three(),
            |link| get(link, "Subtype").is_some_and(|kind| kind.is_name("Link")),
            |link| set(link, "Dest", Value::Array(vec![Value::Ref(1), Value::name("Fit")])),
        )
    }),
];

#[test]
fn every_structured_attack_is_refused_with_its_reason() {
    let desk = Desk::new();
    let mut passed = Vec::new();
    position(&three(), b"/Perms"); // the file under attack grants DocMDP
    assert!(desk.calls_all_valid(&desk.put("unchanged.pdf", &three())) && verify(&three(), Some(&anchor())).is_ok());
    for (name, code, attack) in ATTACKS {
        let pdf = attack();
        let refused = verify(&pdf, Some(&anchor())).expect_err(name);
        assert_eq!(refused.code, code, "{name}: {refused}");
        if desk.calls_all_valid(&desk.put("attack.pdf", &pdf)) {
            passed.push(name);
        }
    }
    let (all, most) = (ATTACKS.len(), passed.len());
    println!(
        "{all} structured attacks: all refused by Cabinet; pdfsig alone calls {most} of them valid and trusted for every signature: {passed:?}"
    );
}
