//! What the roster says of certificates; files and signatures are tried by the journey `corporate`.
use std::collections::BTreeMap;

use chrono::DateTime;
use domain::ids::BoardId;
use domain::roster::{Role, RosterKey};

use super::*;

fn id(n: u128) -> MemberId {
    MemberId(uuid::Uuid::from_u128(n))
}

fn member(n: u8, certificate: Option<CorporateCertificate>) -> Member {
    let key = RosterKey {
        id: KeyId([n; 32]),
        alg: "ecdsa-p256-sha256".to_owned(),
        usage: KeyUse::Signature,
        spki: String::new(),
        certificate: None,
        status: KeyStatus::Active,
        revoked: None,
        keystore: "memory".to_owned(),
    };
    Member {
        id: id(u128::from(n)),
        name: "Ines".to_owned(),
        accounts: BTreeMap::new(),
        roles: vec![Role::Chair],
        scope: Vec::new(),
        voting: true,
        mandatory: false,
        git: Vec::new(),
        departments: Vec::new(),
        sealed_to: None,
        certificate,
        keys: vec![key],
    }
}

fn certificate(chain: &[&str], endorsement: &str) -> CorporateCertificate {
    CorporateCertificate {
        chain: chain.iter().map(|text| (*text).to_owned()).collect(),
        endorsement: endorsement.to_owned(),
    }
}

fn board(members: Vec<Member>) -> Roster {
    Roster {
        schema: Roster::SCHEMA.to_owned(),
        board: BoardId(uuid::Uuid::from_u128(9)),
        name: "Payments".to_owned(),
        version: 1,
        created: DateTime::from_timestamp(1_800_000_000, 0).expect("a date"),
        members,
        root_holders: vec![id(1)],
        threshold: 1,
        certificate_root: String::new(),
    }
}

fn report(of: u8, corporate: Option<CorporateReport>) -> Report {
    let signature = minutes::SignatureReport {
        field: "chair".to_owned(),
        name: "Ines".to_owned(),
        role: "Chair".to_owned(),
        board: "Payments".to_owned(),
        member_id: id(u128::from(of)).to_string(),
        meaning: String::new(),
        claimed_time: DateTime::UNIX_EPOCH,
        key_fingerprint: String::new(),
        certifies: true,
        stamped: None,
        corporate,
    };
    Report {
        title: String::new(),
        pages: 1,
        signatures: vec![signature],
        unsigned_fields: Vec::new(),
        anchored: true,
        certificate_root: String::new(),
        layout: None,
        attachments: Vec::new(),
        sha256: String::new(),
    }
}

fn made_with(chain: &[&[u8]], endorsement: &[u8]) -> CorporateReport {
    let digest = |der: &[u8]| hex::encode(Sha256::digest(der));
    CorporateReport {
        subject: "CN=Ines".to_owned(),
        issuer: "CN=People".to_owned(),
        not_before: DateTime::UNIX_EPOCH,
        not_after: DateTime::UNIX_EPOCH,
        chain: chain.iter().map(|der| digest(der)).collect(),
        endorsement: digest(endorsement),
    }
}

#[test]
fn a_corporate_signature_counts_where_the_roster_names_that_certificate_for_that_member() {
    // "AQ==" is one byte, 1, and so on.
    let roster = board(vec![member(1, Some(certificate(&["AQ==", "Ag=="], "Aw=="))), member(2, None)]);
    let own = || made_with(&[&[1], &[2]], &[3]);
    let code = |report: &Report| match check_certificates(report, &roster) {
        Ok(()) => String::new(),
        Err(BoardError::Verification { code, .. }) => code,
        Err(other) => panic!("{other}"),
    };
    assert_eq!(code(&report(1, Some(own()))), "");
    assert_eq!(code(&report(1, None)), "", "the board's own says nothing of it");
    for (of, corporate) in [
        (2, own()),
        (7, own()),
        (1, made_with(&[&[4], &[2]], &[3])),
        (1, made_with(&[&[1]], &[3])),
        (1, made_with(&[&[1], &[2], &[5]], &[3])),
        (1, made_with(&[&[1], &[2]], &[4])),
    ] {
        assert_eq!(code(&report(of, Some(corporate.clone()))), "certificate-not-in-roster", "{of} {corporate:?}");
    }
}

#[test]
fn a_key_that_the_roster_says_is_lost_signs_no_document() {
    let mut lost = member(1, None);
    lost.keys[0].status = KeyStatus::Revoked;
    let code = |member: Member, of: u8, key: [u8; 32]| {
        let mut report = report(of, None);
        report.signatures[0].key_fingerprint = KeyId(key).to_string();
        match check_keys(&report, &board(vec![member])) {
            Ok(()) => String::new(),
            Err(BoardError::Verification { code, .. }) => code,
            Err(other) => panic!("{other}"),
        }
    };
    assert_eq!(code(member(1, None), 1, [1; 32]), "");
    assert_eq!(code(lost.clone(), 1, [1; 32]), "key-not-in-roster");
    assert_eq!(code(lost, 1, [7; 32]), "", "one of another device, of which this roster does not know yet");
}

#[test]
fn a_certificate_of_the_roster_is_read_within_bounds() {
    assert!(Named::of(&certificate(&["AQ==", "Ag=="], "Aw==")).is_ok());
    let long = "A".repeat(LONGEST + 4);
    for refused in [
        certificate(&[], "Aw=="),
        certificate(&["AQ=="; 7], "Aw=="),
        certificate(&["no base64"], "Aw=="),
        certificate(&[&long], "Aw=="),
        certificate(&["AQ=="], &long),
    ] {
        assert!(Named::of(&refused).is_err(), "{refused:?}");
    }
}

#[test]
fn naming_a_certificate_is_a_line_that_the_signer_reads_and_the_same_one_again_is_none() {
    let mut next = board(vec![member(1, None)]);
    set(&mut next, id(1), Some(certificate(&["AQ=="], "Ag=="))).expect("a member with a key");
    let line = changed(&member(1, None), &next.members[0]).expect("a line");
    assert!(line.contains("corporate certificate"), "{line}");
    set(&mut next, id(1), Some(certificate(&["AQ=="], "endorsed anew"))).expect("set");
    assert_eq!(next.members[0].certificate, Some(certificate(&["AQ=="], "Ag==")), "the endorsement stays");
    next.members.push(member(2, None));
    let taken = set(&mut next, id(2), Some(certificate(&["AQ=="], "Ag==")));
    assert!(matches!(taken, Err(BoardError::Refused(refusal)) if refusal.code == "certificate_taken"));
    let was = next.members[0].clone();
    set(&mut next, id(1), None).expect("taken away");
    assert!(changed(&was, &next.members[0]).is_some_and(|line| line.contains("no longer")));
    next.members[0].keys.clear();
    let refused = set(&mut next, id(1), Some(certificate(&["AQ=="], "Ag==")));
    assert!(matches!(refused, Err(BoardError::Refused(refusal)) if refusal.code == "no_key"));
}
