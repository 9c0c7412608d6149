//! Signatures with a corporate certificate: the company's authorities are made by openssl, the board endorses the key.
#![expect(clippy::disallowed_methods, reason = "openssl dates what it issues by the clock")]

use chrono::{DateTime, TimeDelta, Utc};
use p256::ecdsa::SigningKey;
use p256::pkcs8::DecodePrivateKey as _;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};

use super::attacks::anchor;
use super::board::{EVIDENCE, key, request, root, root_of, sign_with};
use super::tools::{Desk, run, text};
use crate::pdf::file::PdfFile;
use crate::pdf::value::{Value, get};
use crate::{
    CorporateFault, LeafRequest, PdfSigner, RefusalCode, SignatureRequest, SignerRefusal, certificate_fingerprint,
    certificate_spki, corporate_path, corporate_report, endorsing_certificate, specimen, verify,
};

const SETTINGS: &str = "
[req]
distinguished_name = none
prompt = no
[none]
CN = none
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[person]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[hidden]
basicConstraints = critical, CA:FALSE
keyUsage = critical, keyEncipherment
";

const RSA: &[&str] = &["-newkey", "rsa:2048"];
const P256: &[&str] = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
const P384: &[&str] = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"];

/// A company with a root and an authority under it, in a folder.
struct Company(tempfile::TempDir);

impl Company {
    fn new() -> Self {
        let company = Self(tempfile::tempdir().expect("a temporary folder"));
        std::fs::write(company.path("x.cnf"), SETTINGS).expect("written");
        let root = ["req", "-x509", "-extensions", "ca", "-subj", "/O=Meridian/CN=Meridian root", "-days", "3650"];
        let files = ["-config x.cnf", "-keyout root.key", "-out root.pem"];
        company.openssl(&[&root[..], P384, &["-nodes"]].concat(), &files);
        company.issue(("authority", "/O=Meridian/CN=Meridian people", "root"), P256, "ca");
        company
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_string_lossy().into_owned()
    }

    /// Runs openssl; of `files`, each second word is a file here.
    fn openssl(&self, arguments: &[&str], files: &[&str]) {
        let mut all: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        for (option, name) in files.iter().filter_map(|file| file.split_once(' ')) {
            all.extend([option.to_owned(), self.path(name)]);
        }
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let output = run("openssl", &all);
        assert!(output.status.success(), "{all:?}: {}", text(&output));
    }

    /// Issues a certificate to `who` by `issuer`, with a new key of this kind.
    fn issue(&self, (who, subject, issuer): (&str, &str, &str), kind: &[&str], section: &str) {
        let own = |option: &str, ending: &str| format!("{option} {who}.{ending}");
        let request = [&["req", "-new", "-nodes", "-subj", subject][..], kind].concat();
        self.openssl(&request, &["-config x.cnf", &own("-keyout", "key"), &own("-out", "csr")]);
        let serial = who.len().to_string();
        let issue = ["x509", "-req", "-sha256", "-set_serial", &serial, "-days", "700", "-extensions", section];
        let by = [format!("-CA {issuer}.pem"), format!("-CAkey {issuer}.key")];
        self.openssl(&issue, &["-extfile x.cnf", &own("-in", "csr"), &by[0], &by[1], &own("-out", "pem")]);
    }

    fn der(&self, who: &str) -> Vec<u8> {
        let (pem, der) = (format!("-in {who}.pem"), format!("-out {who}.der"));
        self.openssl(&["x509", "-outform", "DER"], &[&pem, &der]);
        std::fs::read(self.path(&format!("{who}.der"))).expect("written")
    }

    /// A member to whom the company issued a certificate for a key of this kind, endorsed for the chair.
    fn person(&self, kind: &[&str]) -> Person {
        self.issue(("person", "/O=Meridian/CN=Angstrom, Z.", "authority"), kind, "person");
        self.openssl(&["pkcs8", "-topk8", "-nocrypt", "-outform", "DER"], &["-in person.key", "-out person.p8"]);
        let leaf = self.der("person");
        let key = std::fs::read(self.path("person.p8")).expect("written");
        let path = vec![self.der("authority"), self.der("root")];
        Person { key, endorsement: Some(endorsed(&leaf, 1)), board: root(), leaf, path }
    }
}

/// The endorsement by the board whose root has this key.
fn endorsed(leaf: &[u8], seed: u8) -> Vec<u8> {
    let request = LeafRequest {
        name: request().name,
        role: request().role,
        member_id: "0192f0c1-0000-7000-8000-000000000001",
        spki_der: &certificate_spki(leaf).expect("a certificate"),
        serial: [9; 16],
        not_before: specimen::made_at() - chrono::Days::new(990),
    };
    let board = if seed == 1 { root() } else { root_of("Another board", seed) };
    endorsing_certificate(&board, &request, &sign_with(&key(seed))).expect("endorsed")
}

#[derive(Clone)]
struct Person {
    key: Vec<u8>,
    leaf: Vec<u8>,
    /// What stands above the leaf.
    path: Vec<Vec<u8>>,
    endorsement: Option<Vec<u8>>,
    board: Vec<u8>,
}

impl PdfSigner for Person {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerRefusal> {
        if let Ok(key) = RsaKeyPair::from_pkcs8(&self.key) {
            let mut value = vec![0; key.public().modulus_len()];
            key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut value).expect("signed");
            return Ok(value);
        }
        sign_with(&SigningKey::from_pkcs8_der(&self.key).expect("P-256"))(message)
    }

    fn certificate_der(&self) -> Vec<u8> {
        self.leaf.clone()
    }

    fn chain_der(&self) -> Vec<Vec<u8>> {
        self.path.iter().cloned().chain([self.board.clone()]).collect()
    }

    fn endorsement_der(&self) -> Option<Vec<u8>> {
        self.endorsement.clone()
    }
}

fn sealed_at(person: &Person, at: DateTime<Utc>) -> Vec<u8> {
    let request = SignatureRequest { at: at.fixed_offset(), ..request() };
    crate::seal_minutes(&specimen::minutes(1), EVIDENCE, &request, person).expect("sealed")
}

fn sealed(person: &Person) -> Vec<u8> {
    sealed_at(person, Utc::now())
}

fn refusal(person: &Person) -> RefusalCode {
    verify(&sealed(person), Some(&anchor())).expect_err("refused").code
}

#[test]
fn a_seal_by_a_corporate_certificate_holds_under_the_boards_root_and_names_whom_the_board_endorsed() {
    let company = Company::new();
    for kind in [P256, &["-newkey", "rsa:4096"]] {
        let person = company.person(kind);
        let report = verify(&sealed(&person), Some(&anchor())).expect("it holds");
        assert!(report.anchored);
        assert_eq!(report.certificate_root, hex::encode(certificate_fingerprint(&root())));
        let seal = &report.signatures[0];
        assert_eq!((seal.name.as_str(), seal.role.as_str()), (request().name, request().role));
        let corporate = seal.corporate.clone().expect("by a corporate certificate");
        assert!(corporate.subject.contains("Angstrom") && corporate.issuer.contains("CN=Meridian people"));
        let whole: Vec<Vec<u8>> = std::iter::once(person.leaf.clone()).chain(person.path.clone()).collect();
        let told = corporate_report(&whole, Utc::now()).expect("a path");
        assert_eq!((corporate.chain, corporate.not_after), (told.chain, told.not_after));
        let endorsement = certificate_fingerprint(person.endorsement.as_deref().expect("endorsed"));
        assert_eq!(corporate.endorsement, hex::encode(endorsement));
    }
}

#[test]
fn no_certificate_stands_twice_in_a_seal() {
    let person = Company::new().person(P256);
    let pdf = sealed(&person);
    for which in 0..person.path.len() + 3 {
        let changed = super::malleable::twice(&pdf, which);
        assert_ne!(changed, pdf, "{which}");
        assert_eq!(verify(&changed, Some(&anchor())).expect_err("refused").code, RefusalCode::Cms, "{which}");
    }
}

#[test]
fn a_signature_by_the_boards_own_certificate_says_nothing_of_a_corporate_one() {
    let report = verify(&super::board::sealed(), Some(&anchor())).expect("it holds");
    assert!(!serde_json::to_string(&report).expect("JSON").contains("corporate"));
}

#[test]
fn others_call_a_seal_by_a_corporate_certificate_valid_under_the_companys_root_alone() {
    let company = Company::new();
    for kind in [RSA, P256] {
        let (desk, pdf) = (Desk::new(), sealed(&company.person(kind)));
        let file = desk.put("corporate.pdf", &pdf);
        let (nss, company_root) = (format!("sql:{}", desk.path("nss")), company.path("root.pem"));
        let added = run("certutil", &["-A", "-d", &nss, "-n", "company", "-t", "C,C,C", "-i", &company_root]);
        assert!(added.status.success(), "{}", text(&added));
        assert!(desk.calls_all_valid(&file), "{}", desk.pdfsig(&file));
        let (valid, said) = desk.pyhanko_trusting(&file, &[&company_root]);
        assert!(valid && said.contains("The signature is judged VALID"), "{said}");

        let read = PdfFile::read(&pdf).expect("our own file");
        let mut signatures = read.revisions[1].objects.values().filter_map(|found| found.dict());
        let contents = signatures.find_map(|dict| get(dict, "ByteRange").and(get(dict, "Contents")));
        let contents = contents.and_then(Value::as_text).expect("a signature value");
        let length = 4 + usize::from(u16::from_be_bytes([contents.bytes[2], contents.bytes[3]]));
        let cms = desk.put("cms.der", &contents.bytes[..length]);
        let content = desk.put("content", &[&pdf[..contents.span.start], &pdf[contents.span.end..]].concat());
        let form = ["cms", "-verify", "-binary", "-inform", "DER", "-cades", "-purpose", "any", "-in", &cms];
        let files = ["-content", &content, "-CAfile", &company_root, "-out", &desk.path("out.bin")];
        let output = run("openssl", &[&form[..], &files[..]].concat());
        assert!(output.status.success(), "{}", text(&output));
    }
}

#[test]
fn a_corporate_certificate_that_the_board_did_not_endorse_is_refused() {
    let company = Company::new();
    let person = company.person(P256);
    let theirs = root_of("Another board", 5);
    let another = Person { endorsement: Some(endorsed(&person.leaf, 5)), board: theirs, ..person.clone() };
    assert_eq!(refusal(&another), RefusalCode::OtherRoot, "endorsed by another board");
    let claimed = Person { endorsement: Some(endorsed(&person.leaf, 5)), ..person.clone() };
    assert_eq!(refusal(&claimed), RefusalCode::Chain, "endorsed by another board, beside this board's root");
    let itself = person.endorsement.clone().expect("endorsed");
    let without = Person { leaf: itself, path: Vec::new(), endorsement: None, ..person.clone() };
    assert_eq!(refusal(&without), RefusalCode::Chain, "the endorsement signs nothing by itself");
    let others = company.person(P256);
    let borrowed = Person { endorsement: person.endorsement.clone(), ..others };
    assert_eq!(refusal(&borrowed), RefusalCode::Cms, "endorsed for another member's key");
}

#[test]
fn the_path_of_a_corporate_certificate_is_whole_valid_and_nothing_stands_beside_it() {
    let company = Company::new();
    let person = company.person(P256);
    let gap = Person { path: vec![person.path[1].clone()], ..person.clone() };
    assert_eq!(refusal(&gap), RefusalCode::Cms, "the authority between is missing");
    let alone = Person { path: Vec::new(), ..person.clone() };
    assert_eq!(refusal(&alone), RefusalCode::Chain, "nobody issued it");
    let mut more = person.clone();
    more.path.push(Company::new().der("root"));
    assert_eq!(refusal(&more), RefusalCode::Cms, "a certificate too many");
    let late = sealed_at(&person, Utc::now() + TimeDelta::days(701));
    assert_eq!(verify(&late, Some(&anchor())).expect_err("refused").code, RefusalCode::Validity);
}

#[test]
fn of_the_certificates_in_a_file_the_one_for_the_key_and_those_above_it_are_taken() {
    let company = Company::new();
    let person = company.person(RSA);
    let bits = RsaKeyPair::from_pkcs8(&person.key).expect("RSA").public().as_ref().to_vec();
    let stranger = Company::new().der("root");
    let mixed = [vec![stranger.clone()], person.path.clone(), vec![person.leaf.clone()]].concat();
    let whole = [vec![person.leaf.clone()], person.path.clone()].concat();
    let now = Utc::now();
    assert_eq!(corporate_path(&mixed, &bits, now), Ok(whole));
    assert_eq!(corporate_path(&person.path, &bits, now), Err(CorporateFault::NotOfTheKey));
    let alone = corporate_path(&[person.leaf.clone(), stranger], &bits, now);
    assert!(matches!(alone, Err(CorporateFault::NoIssuer(_))), "{alone:?}");
    for (at, what) in [(TimeDelta::days(701), "expired"), (TimeDelta::days(-1), "not valid yet")] {
        let found = corporate_path(&mixed, &bits, now + at);
        assert!(matches!(found, Err(CorporateFault::Lifetime { .. })), "{what}: {found:?}");
    }
    assert_eq!(corporate_path(&[vec![0x30, 0]], &bits, now), Err(CorporateFault::Unreadable));
    assert_eq!(corporate_path(&vec![person.leaf.clone(); 17], &bits, now), Err(CorporateFault::Unreadable));
}

#[test]
fn what_was_issued_for_something_else_signs_no_document() {
    let company = Company::new();
    let report = |who: &str, kind: &[&str], section: &str| {
        company.issue((who, "/CN=Ada", "authority"), kind, section);
        corporate_report(&[company.der(who), company.der("authority"), company.der("root")], Utc::now())
    };
    assert!(matches!(report("hidden", P256, "hidden"), Err(CorporateFault::Usage(_))));
    assert!(matches!(report("chief", P256, "ca"), Err(CorporateFault::Authority(_))));
    assert!(matches!(report("weak-rsa", &["-newkey", "rsa:1024"], "person"), Err(CorporateFault::OtherKey(_))));
    assert!(matches!(report("another", P384, "person"), Err(CorporateFault::OtherKey(_))));
    assert!(report("member", P256, "person").is_ok());
}
