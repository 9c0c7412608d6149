//! Timestamps on signatures, by a service of `openssl ts`: what it stamps holds here and elsewhere, and what is not its
//! own is refused.

use std::cell::Cell;

use der::asn1::{Any, ObjectIdentifier};
use der::{Decode as _, Encode as _};
use sha2::{Digest as _, Sha256};
use x509_cert::attr::Attribute;

use super::attacks::{anchor, two_fields};
use super::board::{EVIDENCE, chair, member, request, root, sealed};
use super::tools::{Desk, run, text};
use crate::certificates::set_of;
use crate::error::StampRefusal;
use crate::timestamp::stamped;
use crate::{
    KeySigner, MinutesError, PdfSigner, RefusalCode, SignatureRequest, SignerRefusal, Stamp, StampRoots,
    certificate_pem, sign, specimen, timestamp_request, timestamp_token, verify, verify_with_stamps,
};

const SETTINGS: &str = "
[req]
distinguished_name = none
prompt = no
[none]
CN = none
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[stamps]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[service]
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
tsa_name = yes
";

const RSA: &[&str] = &["-newkey", "rsa:2048"];
const P256: &[&str] = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
const P384: &[&str] = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"];

/// A timestamping service with its own root, in a folder.
struct Service {
    folder: tempfile::TempDir,
    roots: Option<StampRoots>,
    asked: Cell<u8>,
}

impl Service {
    /// With keys of these kinds; it names its certificate by `ess`.
    fn new(root: &[&str], own: &[&str], ess: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let service = Self { folder, roots: None, asked: Cell::new(0) };
        let serial = service.path("serial");
        let settings = format!("{SETTINGS}serial = {serial}\ness_cert_id_alg = {ess}\n");
        std::fs::write(service.path("tsa.cnf"), settings).expect("written");
        let name = ["req", "-x509", "-extensions", "ca", "-subj", "/CN=Stamp root", "-days", "3650"];
        service.openssl(&[&name[..], root].concat(), &["-nodes", "-keyout root.key", "-out root.pem"]);
        let name = ["req", "-new", "-subj", "/CN=Stamps/O=Fixture"];
        service.openssl(&[&name[..], own].concat(), &["-nodes", "-keyout tsa.key", "-out tsa.csr"]);
        let issue = ["x509", "-req", "-set_serial", "7", "-days", "3000", "-extensions", "stamps"];
        let files = ["-in tsa.csr", "-CA root.pem", "-CAkey root.key", "-out tsa.pem"];
        service.openssl(&issue, &files);
        service
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    /// Runs openssl; of `files`, each second word is a file here.
    fn openssl(&self, arguments: &[&str], files: &[&str]) {
        let mut all: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        for file in files {
            let (option, name) = file.split_once(' ').map_or((*file, None), |(option, name)| (option, Some(name)));
            all.push(option.to_owned());
            all.extend(name.map(|name| self.path(name)));
        }
        let settings = if arguments[0] == "x509" { "-extfile" } else { "-config" };
        all.extend([settings.to_owned(), self.path("tsa.cnf")]);
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let output = run("openssl", &all);
        assert!(output.status.success(), "{all:?}: {}", text(&output));
    }

    fn named(&self) -> StampRoots {
        StampRoots::parse(&std::fs::read_to_string(self.path("root.pem")).expect("written")).expect("a root")
    }

    fn reply(&self, request: &[u8], more: &[&str]) -> Vec<u8> {
        std::fs::write(self.path("query.tsq"), request).expect("written");
        let files = ["-queryfile query.tsq", "-signer tsa.pem", "-inkey tsa.key", "-out reply.tsr"];
        self.openssl(&["ts", "-reply", "-section", "service"], &[&files[..], more].concat());
        std::fs::read(self.path("reply.tsr")).expect("a reply")
    }

    /// A token on this signature value.
    fn token(&self, value: &[u8]) -> Vec<u8> {
        let (imprint, nonce) = (Sha256::digest(value).into(), [5; 16]);
        let reply = self.ask(&timestamp_request(&imprint, &nonce).expect("encoded")).expect("answered");
        timestamp_token(&reply, &imprint, &nonce, self.roots()).expect("a token that holds")
    }
}

impl Stamp for Service {
    fn nonce(&self) -> Result<[u8; 16], StampRefusal> {
        self.asked.set(self.asked.get() + 1);
        Ok([self.asked.get(); 16])
    }

    fn ask(&self, request: &[u8]) -> Result<Vec<u8>, StampRefusal> {
        Ok(self.reply(request, &["-chain root.pem"]))
    }

    fn roots(&self) -> Option<&StampRoots> {
        self.roots.as_ref()
    }
}

/// A signer whose signatures are stamped.
struct Stamped<'s>(KeySigner, &'s dyn Stamp);

impl PdfSigner for Stamped<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerRefusal> {
        self.0.sign(message)
    }

    fn certificate_der(&self) -> Vec<u8> {
        self.0.certificate_der()
    }

    fn chain_der(&self) -> Vec<Vec<u8>> {
        self.0.chain_der()
    }

    fn stamp(&self) -> Option<&dyn Stamp> {
        Some(self.1)
    }
}

fn stamped_by(service: &dyn Stamp) -> Result<Vec<u8>, MinutesError> {
    crate::seal_minutes(&specimen::minutes(1), EVIDENCE, &request(), &Stamped(chair(), service))
}

fn held_by(token: &[u8]) -> Attribute {
    let oid = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");
    Attribute { oid, values: set_of(vec![Any::from_der(token).expect("DER")]).expect("a set") }
}

#[test]
fn a_stamped_seal_holds_and_is_compared_with_the_root_that_is_named() {
    for (root, own) in [(P256, RSA), (RSA, P256), (P384, P384)] {
        let mut service = Service::new(root, own, "sha256");
        let pdf = stamped_by(&service).expect("stamped");
        let report = verify(&pdf, Some(&anchor())).expect("it holds");
        let found = report.signatures[0].stamped.clone().expect("a timestamp");
        assert_eq!((found.authority.as_str(), found.compared), ("Stamps", false));
        let compared = verify_with_stamps(&pdf, None, Some(&service.named())).expect("it holds");
        assert!(compared.signatures[0].stamped.as_ref().is_some_and(|stamped| stamped.compared));
        let another = Service::new(P256, P256, "sha256").named();
        let refused = verify_with_stamps(&pdf, None, Some(&another)).expect_err("another root");
        assert_eq!(refused.code, RefusalCode::Timestamp);
        for (roots, compared) in [(another.clone().telling(), false), (service.named().telling(), true)] {
            let told = verify_with_stamps(&pdf, None, Some(&roots)).expect("told apart, and not refused");
            assert_eq!(told.signatures[0].stamped.as_ref().map(|stamped| stamped.compared), Some(compared));
        }
        service.roots = Some(another);
        let refused = stamped_by(&service).expect_err("another service than the one named");
        assert!(matches!(refused, MinutesError::Stamp(_)), "{refused}");
    }
}

#[test]
fn a_signature_without_a_service_has_no_timestamp_and_says_nothing_of_one() {
    let report = verify(&sealed(), Some(&anchor())).expect("it holds");
    assert_eq!(report.signatures[0].stamped, None);
    assert!(!serde_json::to_string(&report).expect("JSON").contains("stamped"));
}

#[test]
fn others_see_the_timestamp_and_call_the_signature_valid() {
    let (desk, service) = (Desk::new(), Service::new(P256, RSA, "sha256"));
    let mut pdf = sign(&two_fields(), &request(), &Stamped(chair(), &service)).expect("stamped");
    // A member signs after the chair, without a timestamp.
    let asked =
        SignatureRequest { field: "secretary", name: "Дмитрий Соколов", role: "Secretary", ..request() };
    pdf = sign(&pdf, &asked, &member("Дмитрий Соколов", "Secretary", 3)).expect("signed");
    let file = desk.put("stamped.pdf", &pdf);
    assert!(desk.calls_all_valid(&file), "{}", desk.pdfsig(&file));
    let (valid, said) = desk.pyhanko_trusting(&file, &[&service.path("root.pem")]);
    assert!(valid && said.contains("The signature is judged VALID"), "{said}");
    assert_eq!(said.matches("Signature timestamp token: ").count(), 1, "{said}");
    let report = verify(&pdf, Some(&anchor())).expect("it holds");
    let stamped: Vec<bool> = report.signatures.iter().map(|signature| signature.stamped.is_some()).collect();
    assert_eq!(stamped, [true, false]);
}

#[test]
fn no_bit_of_a_token_can_be_changed() {
    for own in [RSA, P256] {
        let service = Service::new(P256, own, "sha256");
        let token = service.token(b"a signature");
        let judge = |token: &[u8]| {
            Any::from_der(token).is_ok()
                && stamped(&set_of(vec![held_by(token)]).expect("a set"), b"a signature", None).is_ok()
        };
        assert!(judge(&token), "as it was made");
        for at in 0..token.len() {
            let mut changed = token.clone();
            changed[at] ^= 1 << (at % 8);
            assert!(!judge(&changed), "byte {at} of {}", token.len());
        }
    }
}

#[test]
fn only_one_timestamp_on_this_signature_may_stand_beside_it() {
    let service = Service::new(P256, P256, "sha256");
    let token = held_by(&service.token(b"a signature"));
    let judge = |attributes: Vec<Attribute>, value: &str| {
        stamped(&set_of(attributes).expect("a set"), value.as_bytes(), None).map_err(|refused| refused.code)
    };
    assert!(judge(vec![token.clone()], "a signature").is_ok());
    let other = Attribute { oid: ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.6"), ..token.clone() };
    let second = held_by(&service.token(b"a signature"));
    let both = [&token, &second].map(|attribute| attribute.values.as_slice()[0].clone());
    let twice = Attribute { values: set_of(both.to_vec()).expect("a set"), ..token.clone() };
    for (attributes, value, what) in [
        (vec![token.clone()], "another one", "a token on another signature"),
        (Vec::new(), "a signature", "nothing where something is announced"),
        (vec![other.clone()], "a signature", "another attribute"),
        (vec![token.clone(), other], "a signature", "another attribute beside it"),
        (vec![token, second], "a signature", "two timestamps"),
        (vec![twice], "a signature", "two timestamps in one attribute"),
    ] {
        assert_eq!(judge(attributes, value), Err(RefusalCode::Timestamp), "{what}");
    }
}

#[test]
fn a_reply_is_taken_for_its_own_request_only() {
    let service = Service::new(P256, P256, "sha256");
    let (imprint, nonce) = ([1; 32], [2; 16]);
    let request = timestamp_request(&imprint, &nonce).expect("encoded");
    let reply = service.reply(&request, &["-chain root.pem"]);
    assert!(timestamp_token(&reply, &imprint, &nonce, None).is_ok());
    let refused =
        |reply: &[u8], imprint, nonce| timestamp_token(reply, imprint, nonce, None).expect_err("refused").to_string();
    assert!(refused(&reply, &[1; 32], &[3; 16]).contains("another request"));
    assert!(refused(&reply, &[9; 32], &nonce).contains("another signature"));
    let unnamed = Service::new(P256, P256, "sha1").reply(&request, &[]);
    assert!(refused(&unnamed, &imprint, &nonce).contains("by SHA-256, 384 or 512"));
}

#[test]
fn what_a_service_adds_and_nobody_signed_is_left_out() {
    let service = Service::new(P256, P256, "sha256");
    let (imprint, nonce) = ([1; 32], [2; 16]);
    let request = timestamp_request(&imprint, &nonce).expect("encoded");
    let (own, stranger) = (std::fs::read_to_string(service.path("root.pem")).expect("written"), root());
    std::fs::write(service.path("both.pem"), own + &certificate_pem(&stranger).expect("pem")).expect("written");
    let reply = service.reply(&request, &["-chain both.pem"]);
    assert!(reply.windows(stranger.len()).any(|part| part == stranger));
    let tidy = timestamp_token(&reply, &imprint, &nonce, None).expect("taken");
    assert!(!tidy.windows(stranger.len()).any(|part| part == stranger), "a certificate of somebody else");
    assert!(Any::from_der(&tidy).and_then(|token| token.to_der()).is_ok_and(|again| again == tidy));
}

struct Absent;

impl Stamp for Absent {
    fn nonce(&self) -> Result<[u8; 16], StampRefusal> {
        Ok([1; 16])
    }

    fn ask(&self, _request: &[u8]) -> Result<Vec<u8>, StampRefusal> {
        Err(StampRefusal("no connection".to_owned()))
    }
}

#[test]
fn without_an_answer_nothing_is_signed() {
    let refused = stamped_by(&Absent).expect_err("there is no timestamp");
    assert_eq!(refused.to_string(), "the timestamping service: no connection");
}
