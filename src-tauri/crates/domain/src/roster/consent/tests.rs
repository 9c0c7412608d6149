use std::collections::BTreeMap;

use chrono::DateTime;
use uuid::Uuid;

use super::*;
use crate::ids::{BoardId, KeyId};
use crate::roster::{CorporateCertificate, Role, RosterKey};

fn key(n: u8, usage: KeyUse) -> RosterKey {
    RosterKey {
        id: KeyId([n; 32]),
        alg: "ecdsa-p256-sha256".to_owned(),
        usage,
        spki: String::new(),
        certificate: None,
        status: KeyStatus::Active,
        revoked: None,
        keystore: "memory".to_owned(),
    }
}

fn member(n: u128, role: Role, keys: Vec<RosterKey>) -> Member {
    Member {
        id: MemberId(Uuid::from_u128(n)),
        name: format!("Member {n}"),
        accounts: BTreeMap::new(),
        roles: vec![role],
        scope: Vec::new(),
        voting: true,
        mandatory: false,
        git: Vec::new(),
        departments: Vec::new(),
        sealed_to: None,
        keys,
        certificate: None,
    }
}

fn board() -> Roster {
    Roster {
        schema: Roster::SCHEMA.to_owned(),
        board: BoardId(Uuid::from_u128(1)),
        name: "Board".to_owned(),
        version: 1,
        created: DateTime::from_timestamp(1_800_000_000, 0).expect("a date"),
        members: vec![
            member(1, Role::Chair, vec![key(1, KeyUse::Signature)]),
            member(2, Role::Cto, Vec::new()),
            member(3, Role::BoardMember, Vec::new()),
        ],
        root_holders: vec![MemberId(Uuid::from_u128(1))],
        threshold: 1,
        certificate_root: String::new(),
    }
}

fn changed(how: impl FnOnce(&mut Roster)) -> Consent {
    let before = board();
    let mut next = before.clone();
    next.version = 2;
    how(&mut next);
    consent_needed(&before, &next)
}

#[test]
fn ones_own_further_device_needs_ones_own_key() {
    let consent = changed(|r| r.members[0].keys.extend([key(9, KeyUse::Signature), key(10, KeyUse::Recording)]));
    assert_eq!(consent, Consent::OwnKey(MemberId(Uuid::from_u128(1))));
}

#[test]
fn a_plain_member_is_admitted_by_one_root_holder() {
    assert_eq!(changed(|r| r.members[2].keys.push(key(9, KeyUse::Signature))), Consent::OneRootHolder, "first key");
    let new = member(4, Role::BoardMember, vec![key(9, KeyUse::Signature)]);
    assert_eq!(changed(|r| r.members.push(new)), Consent::OneRootHolder, "a new seat");
}

#[test]
fn whoever_decides_is_admitted_by_the_threshold() {
    assert_eq!(changed(|r| r.members[1].keys.push(key(9, KeyUse::Signature))), Consent::Threshold);
}

#[test]
fn whatever_else_changes_needs_the_threshold() {
    type Change = fn(&mut Roster);
    let cases: [(&str, Change); 8] = [
        ("a role", |r| r.members[2].roles.push(Role::Cto)),
        ("an account", |r| {
            r.members[2].accounts.insert("CHG".to_owned(), "7".to_owned());
        }),
        ("a member leaves", |r| {
            r.members.pop();
        }),
        ("a key is revoked", |r| r.members[0].keys[0].status = KeyStatus::Revoked),
        ("a key is exchanged", |r| r.members[0].keys[0] = key(8, KeyUse::Signature)),
        ("root", |r| r.root_holders.push(MemberId(Uuid::from_u128(2)))),
        ("the threshold", |r| r.threshold = 2),
        ("two members at once", |r| {
            r.members[0].keys.push(key(9, KeyUse::Signature));
            r.members[2].keys.push(key(10, KeyUse::Signature));
        }),
    ];
    for (what, how) in cases {
        assert_eq!(changed(how), Consent::Threshold, "{what}");
    }
}

#[test]
fn with_which_certificate_a_member_signs_documents_the_threshold_says_and_not_the_member() {
    let certificate = || CorporateCertificate { chain: vec!["AA==".to_owned()], endorsement: "AA==".to_owned() };
    for member in 0..3 {
        assert_eq!(changed(|r| r.members[member].certificate = Some(certificate())), Consent::Threshold);
    }
    let with_a_device = changed(|r| {
        r.members[0].keys.push(key(9, KeyUse::Signature));
        r.members[0].certificate = Some(certificate());
    });
    assert_eq!(with_a_device, Consent::Threshold);
}

#[test]
fn a_member_without_such_a_certificate_is_written_as_before() {
    let written = serde_json::to_value(&board().members[1]).expect("JSON");
    assert_eq!(written.get("certificate"), None);
}
