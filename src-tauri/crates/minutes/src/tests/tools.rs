//! Other people's verifiers over our files: poppler's pdfsig with NSS, pyHanko, openssl, qpdf, pdfdetach. They are
//! installed by `tests/support/pdf/install.sh`; without them these tests fail, they do not skip.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::board::{EVIDENCE, attached, chair, member, request, root, sealed};
use crate::pdf::file::PdfFile;
use crate::pdf::value::{Value, get};
use crate::{SignatureRequest, TrustAnchor, certificate_pem, render, sign, specimen, verify};

pub(super) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).expect("the crate is three folders deep").to_owned()
}

/// The programs of the environment that pyHanko is installed in.
pub(super) fn environment() -> PathBuf {
    let cache = std::env::var_os("CABINET_CACHE").map_or_else(|| repository().join(".cache/pdf"), PathBuf::from);
    cache.join("venv/bin")
}

fn pyhanko() -> PathBuf {
    environment().join("pyhanko")
}

/// Runs a tool, failing the test with the way to install it if it is not there.
pub(super) fn run(tool: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Output {
    let tool = tool.as_ref();
    Command::new(tool).args(arguments).env("LC_ALL", "C.UTF-8").output().unwrap_or_else(|error| {
        panic!("{} does not run ({error}); install it with tests/support/pdf/install.sh", tool.display())
    })
}

pub(super) fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A folder with the board's root in PEM and in an NSS database.
pub(super) struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let desk = Self { folder };
        std::fs::write(desk.path("root.pem"), certificate_pem(&root()).expect("pem")).expect("written");
        let nss = format!("sql:{}", desk.path("nss"));
        std::fs::create_dir(desk.path("nss")).expect("a folder for NSS");
        let made = run("certutil", &["-N", "-d", &nss, "--empty-password"]);
        assert!(made.status.success(), "{}", text(&made));
        let added = run("certutil", &["-A", "-d", &nss, "-n", "board", "-t", "C,C,C", "-i", &desk.path("root.pem")]);
        assert!(added.status.success(), "{}", text(&added));
        desk
    }

    pub(super) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    pub(super) fn put(&self, name: &str, bytes: &[u8]) -> String {
        std::fs::write(self.folder.path().join(name), bytes).expect("written");
        if let Some(kept) = std::env::var_os("CABINET_ARTIFACTS") {
            std::fs::write(Path::new(&kept).join(name), bytes).expect("kept");
        }
        self.path(name)
    }

    pub(super) fn pdfsig(&self, pdf: &str) -> String {
        text(&run("pdfsig", &["-nssdir", &format!("sql:{}", self.path("nss")), pdf]))
    }

    /// Whether pdfsig, within half a minute, finds signatures and calls each of them valid and trusted.
    pub(super) fn calls_all_valid(&self, pdf: &str) -> bool {
        let said = text(&run("timeout", &["30", "pdfsig", "-nssdir", &format!("sql:{}", self.path("nss")), pdf]));
        let signed = said.matches("Signature #").count() - said.matches("form field is not signed").count();
        let valid = said.matches("Signature is Valid.").count();
        signed > 0 && valid == signed && said.matches("Certificate is Trusted.").count() == signed
    }

    fn pyhanko(&self, pdf: &str) -> (bool, String) {
        self.pyhanko_trusting(pdf, &[])
    }

    /// What pyHanko says under the board's root and these others, PEM files.
    pub(super) fn pyhanko_trusting(&self, pdf: &str, others: &[&str]) -> (bool, String) {
        let root = self.path("root.pem");
        let mut arguments = vec!["sign", "validate", "--pretty-print", "--no-revocation-check"];
        for trusted in [root.as_str()].iter().chain(others) {
            arguments.extend(["--trust", *trusted]);
        }
        arguments.extend(["--trust-replace", pdf]);
        let output = run(pyhanko(), &arguments);
        let said = text(&output);
        (output.status.success() && !said.contains("INVALID"), said)
    }

    /// What openssl says of a CMS container as CAdES over what it signs, at the time that specimens are signed.
    pub(super) fn openssl(&self, container: &[u8], signed: &[u8]) -> Output {
        let (cms, content) = (self.path("cms.der"), self.path("signed.bin"));
        std::fs::write(&cms, container).expect("written");
        std::fs::write(&content, signed).expect("written");
        let (root, sink) = (self.path("root.pem"), self.path("out.bin"));
        let form = ["cms", "-verify", "-binary", "-inform", "DER", "-cades", "-purpose", "any"];
        let files = ["-in", &cms, "-content", &content, "-CAfile", &root, "-out", &sink];
        let time = ["-attime", "1795012200"];
        run("openssl", &[&form[..], &files[..], &time[..]].concat())
    }
}

#[test]
fn pdfsig_says_valid_and_trusted_for_sealed_minutes() {
    let desk = Desk::new();
    let said = desk.pdfsig(&desk.put("minutes.pdf", &sealed()));
    assert!(said.contains("Signature is Valid."), "{said}");
    assert!(said.contains("Certificate is Trusted."), "{said}");
    assert!(said.contains("Total document signed"), "{said}");
    assert!(!said.contains("Not total document signed"), "{said}");
}

#[test]
fn pyhanko_says_valid_for_sealed_minutes() {
    let desk = Desk::new();
    let (valid, said) = desk.pyhanko(&desk.put("minutes.pdf", &sealed()));
    assert!(valid && said.contains("The signature is judged VALID"), "{said}");
}

#[test]
fn pyhanko_still_says_valid_two_years_on() {
    let desk = Desk::new();
    let (root, pdf) = (desk.path("root.pem"), desk.put("minutes.pdf", &sealed()));
    let arguments = [
        "sign",
        "validate",
        "--pretty-print",
        "--no-revocation-check",
        "--validation-time",
        "2028-11-18T12:00:00+00:00",
        "--trust",
        &root,
        "--trust-replace",
        &pdf,
    ];
    let said = text(&run(pyhanko(), &arguments));
    assert!(said.contains("The signature is judged VALID"), "{said}");
}

#[test]
fn pdfsig_still_says_valid_and_trusted_under_a_clock_two_years_on() {
    let desk = Desk::new();
    let (nss, pdf) = (format!("sql:{}", desk.path("nss")), desk.put("minutes.pdf", &sealed()));
    let under = |day: &str| text(&run("faketime", &[day, "pdfsig", "-nssdir", &nss, &pdf]));
    let said = under("2028-11-18 12:00:00");
    for words in ["Signature is Valid.", "Certificate is Trusted.", "Total document signed"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    // The clock is really another one: when the leaf is over, NSS says so.
    let said = under("2040-01-01 12:00:00");
    assert!(said.contains("Signature is Valid.") && !said.contains("Certificate is Trusted."), "{said}");
}

#[test]
fn pdfdetach_gets_the_evidence_back_byte_for_byte() {
    let desk = Desk::new();
    let pdf = desk.put("minutes.pdf", &sealed());
    let out = desk.path("evidence.json");
    let output = run("pdfdetach", &["-savefile", "evidence.json", "-o", &out, &pdf]);
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(std::fs::read(out).expect("saved"), EVIDENCE);
}

#[test]
fn qpdf_finds_no_fault_with_sealed_minutes() {
    let desk = Desk::new();
    let output = run("qpdf", &["--check", &desk.put("minutes.pdf", &sealed())]);
    assert!(output.status.success(), "{}", text(&output));
}

/// Minutes that the chair certifies and the secretary signs after.
fn signed_by_two() -> Vec<u8> {
    let mut minutes = specimen::minutes(2);
    let mut secretary = minutes.signatories[0].clone();
    "secretary".clone_into(&mut secretary.field);
    "Дмитрий Соколов".clone_into(&mut secretary.name);
    "Secretary".clone_into(&mut secretary.role);
    "I kept these minutes.".clone_into(&mut secretary.meaning);
    minutes.signatories.push(secretary);
    let attachments = attached(EVIDENCE);
    let base = render(&crate::compose(&minutes), &attachments).expect("drawn");
    let first = sign(&base, &request(), &chair()).expect("the chair signs");
    let second = SignatureRequest {
        field: "secretary",
        name: "Дмитрий Соколов",
        role: "Secretary",
        meaning: "I kept these minutes.",
        ..request()
    };
    sign(&first, &second, &member("Дмитрий Соколов", "Secretary", 3)).expect("the secretary signs")
}

#[test]
fn two_signatures_in_turn_are_valid_for_everyone() {
    let desk = Desk::new();
    let bytes = signed_by_two();
    let pdf = desk.put("two.pdf", &bytes);
    let said = desk.pdfsig(&pdf);
    assert_eq!(said.matches("Signature is Valid.").count(), 2, "{said}");
    assert_eq!(said.matches("Certificate is Trusted.").count(), 2, "{said}");
    let (valid, said) = desk.pyhanko(&pdf);
    assert!(valid && said.matches("The signature is judged VALID").count() == 2, "{said}");
    let root = TrustAnchor::parse(&certificate_pem(&root()).expect("pem")).expect("the root is read");
    let report = verify(&bytes, Some(&root)).expect("ours agrees");
    let names: Vec<&str> = report.signatures.iter().map(|signature| signature.name.as_str()).collect();
    assert_eq!(names, ["Zoë Ångström-Kovačević", "Дмитрий Соколов"]);
    assert!(report.signatures[0].certifies && !report.signatures[1].certifies);
    assert!(report.unsigned_fields.is_empty());
}

#[test]
fn one_flipped_byte_is_refused_by_pdfsig_pyhanko_and_us() {
    let desk = Desk::new();
    let good = sealed();
    let base = PdfFile::read(&good).expect("our own file");
    // In the author's name, where a changed byte stays a readable PDF.
    let letter = good.windows(10).position(|window| window == b"/Author (C").expect("the board's name is plain") + 9;
    assert!(letter < base.base().end);
    let mut bad = good.clone();
    bad[letter] = b'W';
    let pdf = desk.put("flipped.pdf", &bad);
    let said = desk.pdfsig(&pdf);
    assert!(said.contains("Digest Mismatch") && !said.contains("Signature is Valid."), "{said}");
    let (valid, said) = desk.pyhanko(&pdf);
    assert!(!valid, "{said}");
    assert_eq!(verify(&bad, None).expect_err("ours refuses").code, crate::RefusalCode::Digest);
}

#[test]
fn openssl_accepts_the_signature_as_cades_and_the_chain() {
    let desk = Desk::new();
    let pdf = sealed();
    let file = PdfFile::read(&pdf).expect("our own file");
    let signature = file.revisions[1]
        .objects
        .values()
        .filter_map(|found| found.dict())
        .find(|dict| get(dict, "ByteRange").is_some());
    let contents =
        signature.and_then(|dict| get(dict, "Contents")).and_then(Value::as_text).expect("a signature value");
    let length = 4 + usize::from(u16::from_be_bytes([contents.bytes[2], contents.bytes[3]]));
    let signed = [&pdf[..contents.span.start], &pdf[contents.span.end..]].concat();
    let output = desk.openssl(&contents.bytes[..length], &signed);
    assert!(output.status.success(), "{}", text(&output));
}

#[test]
fn openssl_accepts_a_leaf_under_its_root_two_years_on() {
    let desk = Desk::new();
    let leaf =
        desk.put("leaf.pem", certificate_pem(&crate::PdfSigner::certificate_der(&chair())).expect("pem").as_bytes());
    let root = desk.path("root.pem");
    let two_years_on = (specimen::made_at() + chrono::TimeDelta::days(731)).timestamp().to_string();
    let output = run("openssl", &["verify", "-x509_strict", "-attime", &two_years_on, "-CAfile", &root, &leaf]);
    assert!(output.status.success(), "{}", text(&output));
}

#[test]
fn every_name_survives_copy_and_paste() {
    let desk = Desk::new();
    let pdf = desk.put("minutes.pdf", &sealed());
    let said = text(&run("pdftotext", &["-layout", &pdf, "-"]));
    for attendee in &specimen::minutes(1).attendance {
        assert!(said.contains(&attendee.name), "{} is missing in {said}", attendee.name);
    }
}

#[test]
fn characters_without_a_glyph_are_boxes_whose_text_is_kept() {
    let desk = Desk::new();
    let mut minutes = specimen::minutes(1);
    "山田 花子".clone_into(&mut minutes.attendance[1].name);
    let attachments = attached(EVIDENCE);
    let none = crate::Typefaces::default();
    let drawn = crate::render_with(&crate::compose(&minutes), &attachments, &none).expect("drawn");
    let pdf = desk.put("boxes.pdf", &drawn);
    let said = text(&run("pdftotext", &["-layout", &pdf, "-"]));
    assert!(said.contains("山田 花子"), "{said}");
    assert!(said.contains("4 characters have no glyph") && said.contains("U+5C71"), "{said}");
}

#[test]
fn the_extract_of_one_change_is_valid_and_trusted() {
    let desk = Desk::new();
    let bytes = crate::seal_extract(&specimen::extract(), EVIDENCE, &request(), &chair()).expect("sealed");
    let said = desk.pdfsig(&desk.put("extract.pdf", &bytes));
    assert!(said.contains("Signature is Valid.") && said.contains("Certificate is Trusted."), "{said}");
}
