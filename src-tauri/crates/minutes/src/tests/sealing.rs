//! Sealing and reading back with our own eyes.

use sha2::Digest as _;

use super::attacks::two_fields;
use super::board::{EVIDENCE, attached, chair, member, request, root, sealed, sign_with, spki};
use crate::{
    LeafRequest, MinutesError, ROOT, RefusalCode, RootRequest, SignatureRequest, SignerRefusal, TrustAnchor,
    certificate_fingerprint, certificate_pem, extract_attachment, extract_evidence, leaf_certificate, render,
    root_certificate, sign, sign_drawn, sign_verified, specimen, verify,
};

#[test]
fn sealed_minutes_verify_against_the_boards_root() {
    let pdf = sealed();
    let root = TrustAnchor::parse(&certificate_pem(&root()).expect("pem")).expect("the root is read");
    let report = verify(&pdf, Some(&root)).expect("the minutes hold");
    assert!(report.anchored);
    assert_eq!(report.signatures.len(), 1);
    assert_eq!(report.signatures[0].name, "Zoë Ångström-Kovačević");
    assert_eq!(report.signatures[0].role, "Chair");
    assert_eq!(extract_evidence(&pdf).expect("evidence"), EVIDENCE);
}

#[test]
fn without_a_root_the_report_says_that_nothing_was_compared() {
    let report = verify(&sealed(), None).expect("the minutes hold");
    assert!(!report.anchored);
    assert_eq!(report.certificate_root, hex::encode(certificate_fingerprint(&root())));
}

#[test]
fn a_fingerprint_anchors_as_well_as_the_certificate() {
    let digits = hex::encode_upper(certificate_fingerprint(&root()));
    let colons: Vec<String> =
        digits.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).into_owned()).collect();
    for text in [digits.to_lowercase(), colons.join(":"), format!("  {digits}\n")] {
        let anchor = TrustAnchor::parse(&text).expect("a fingerprint");
        assert!(verify(&sealed(), Some(&anchor)).expect("the minutes hold").anchored);
    }
    let other = TrustAnchor::parse(&"ab".repeat(32)).expect("a fingerprint");
    assert_eq!(verify(&sealed(), Some(&other)).expect_err("another root").code, RefusalCode::OtherRoot);
    for text in ["", "abc", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", &"zz".repeat(32)] {
        assert_eq!(TrustAnchor::parse(text).expect_err("no root").code, RefusalCode::RootUnreadable);
    }
}

#[test]
fn whoever_verified_or_drew_a_file_signs_it_without_another_walk_and_gets_the_same() {
    let pdf = two_fields();
    let by_chair = sign(&pdf, &request(), &chair()).expect("signed");
    assert_eq!(sign_drawn(pdf.clone(), &request(), &chair()).expect("signed"), by_chair);
    let report = verify(&by_chair, None).expect("it holds");
    let asked =
        SignatureRequest { field: "secretary", name: "Дмитрий Соколов", role: "Secretary", ..request() };
    let secretary = member("Дмитрий Соколов", "Secretary", 3);
    let by_both = sign(&by_chair, &asked, &secretary).expect("signed");
    assert_eq!(sign_verified(by_chair.clone(), &report, &asked, &secretary).expect("signed"), by_both);

    let code = |signed: Result<Vec<u8>, MinutesError>| match signed {
        Err(MinutesError::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    };
    let mut changed = by_chair.clone();
    let at = changed.windows(11).position(|bytes| bytes == b"/Producer (").expect("it is there") + 11;
    changed[at] = b'D';
    let other = sign_verified(changed, &report, &asked, &secretary);
    assert_eq!(code(other), RefusalCode::Structure, "not the file that was verified");
    assert_eq!(code(sign_drawn(by_chair, &asked, &secretary)), RefusalCode::Structure, "signed before");
    for cut in [0, 9, pdf.len() / 2, pdf.len() - 1] {
        assert!(sign_drawn(pdf[..cut].to_vec(), &request(), &chair()).is_err(), "{cut} bytes of it");
    }
}

#[test]
fn the_same_input_clock_and_keys_give_the_same_bytes() {
    assert_eq!(sealed(), sealed());
}

/// Where the test below asks another process to leave its file.
const ELSEWHERE: &str = "CABINET_SEALED_ELSEWHERE";

#[test]
#[ignore = "another test runs it, in a process of its own"]
fn minutes_sealed_in_this_process() {
    let file = std::env::var_os(ELSEWHERE).expect("named by whoever runs this");
    let minutes = specimen::minutes(20);
    let evidence = serde_json::to_vec(&minutes).expect("written");
    let sealed = crate::seal_minutes(&minutes, &evidence, &request(), &chair()).expect("sealed");
    std::fs::write(file, sealed).expect("written");
}

#[test]
fn two_processes_in_two_folders_make_the_same_file() {
    let digest = |zone: &str, language: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("minutes.pdf");
        let run = std::process::Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "tests::sealing::minutes_sealed_in_this_process", "--ignored"])
            .current_dir(folder.path())
            .envs([("TZ", zone), ("LC_ALL", language)])
            .env(ELSEWHERE, &file)
            .output()
            .expect("it runs");
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
        hex::encode(sha2::Sha256::digest(std::fs::read(&file).expect("sealed")))
    };
    let (one, other) = (digest("Asia/Tokyo", "C"), digest("America/Lima", "de_DE.UTF-8"));
    assert_eq!(one, other);
    println!("SHA-256 {one}, twice");
}

#[test]
fn the_root_travels_inside_the_file() {
    let pem = extract_attachment(&sealed(), ROOT).expect("attached");
    assert_eq!(pem, certificate_pem(&root()).expect("pem").into_bytes());
    assert_eq!(extract_attachment(&sealed(), "other.txt").expect_err("not there").code, RefusalCode::Attachment);
}

#[test]
fn evidence_can_be_read_before_anyone_signs() {
    let attachments = attached(EVIDENCE);
    let draft = render(&crate::compose(&specimen::minutes(1)), &attachments).expect("drawn");
    assert_eq!(extract_evidence(&draft).expect("evidence"), EVIDENCE);
    assert_eq!(verify(&draft, None).expect_err("unsigned").code, RefusalCode::NotSigned);
}

#[test]
fn large_evidence_comes_back_byte_for_byte() {
    let evidence: Vec<u8> = (0..3_000_000_u32)
        .flat_map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes())
        .take(3_000_000)
        .collect();
    let pdf = crate::seal_minutes(&specimen::minutes(1), &evidence, &request(), &chair()).expect("sealed");
    assert_eq!(extract_evidence(&pdf).expect("evidence"), evidence);
    assert!(verify(&pdf, None).is_ok());
}

#[test]
fn attachments_need_plain_names_of_their_own() {
    let attachments = attached(EVIDENCE);
    let document = crate::compose(&specimen::minutes(1));
    for name in ["", "a/b", "../x", "é.json", "evidence.json"] {
        let mut more = attachments.clone();
        more.push(crate::Attachment { name: name.into(), ..attachments[0].clone() });
        assert!(matches!(render(&document, &more), Err(MinutesError::Attachment { .. })), "{name:?}");
    }
}

#[test]
fn a_key_that_declines_leaves_no_file() {
    struct Locked;
    impl crate::PdfSigner for Locked {
        fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, SignerRefusal> {
            Err(SignerRefusal("the vault is locked".into()))
        }
        fn certificate_der(&self) -> Vec<u8> {
            chair().certificate_der()
        }
        fn chain_der(&self) -> Vec<Vec<u8>> {
            chair().chain_der()
        }
    }
    let base = render(&crate::compose(&specimen::minutes(1)), &[]).expect("drawn");
    let refused = sign(&base, &request(), &Locked).expect_err("locked");
    assert_eq!(refused.to_string(), "the key did not sign: the vault is locked");
}

#[test]
fn certificates_refuse_what_they_cannot_state() {
    let ca = super::board::key(1);
    let request = RootRequest { board: "B", spki_der: b"no key", serial: [0; 16], not_before: specimen::made_at() };
    assert!(matches!(root_certificate(&request, &sign_with(&ca)), Err(MinutesError::Certificate(_))));
    let own = spki(&super::board::key(2));
    let early = specimen::made_at() - chrono::TimeDelta::days(1_001);
    let leaf =
        LeafRequest { name: "A", role: "Chair", member_id: "1", spki_der: &own, serial: [0; 16], not_before: early };
    assert!(matches!(leaf_certificate(&root(), &leaf, &sign_with(&ca)), Err(MinutesError::Certificate(_))));
    let long = "a very long name ".repeat(20);
    let leaf = LeafRequest { name: &long, role: &long, not_before: specimen::made_at(), ..leaf };
    assert!(leaf_certificate(&root(), &leaf, &sign_with(&ca)).is_ok());
}

#[test]
fn five_hundred_items_are_sealed_and_hold() {
    let pdf = crate::seal_minutes(&specimen::minutes(500), EVIDENCE, &request(), &chair()).expect("sealed");
    let report = verify(&pdf, None).expect("the minutes hold");
    assert!(report.pages > 100, "{} pages", report.pages);
}
