use domain::roster::KeyStatus;

use super::*;
use crate::testing::{TestKey, id, roster_key, time};

fn board() -> BoardId {
    BoardId(id(100))
}

fn root() -> RosterFingerprint {
    RosterFingerprint(Digest([3; 32]))
}

fn enrolment(own: &TestKey, device: &TestKey) -> Enrolment {
    Enrolment {
        schema: Enrolment::SCHEMA.to_owned(),
        board: board(),
        roster_root: root().0,
        member: MemberId(id(3)),
        accepted: "I accept that this equals my handwritten signature.".to_owned(),
        sealed_to: "age1recipient".to_owned(),
        keys: vec![roster_key(own, KeyUse::Signature), roster_key(device, KeyUse::Recording)],
        replaces: Vec::new(),
        made: time(7),
    }
}

fn keys() -> (TestKey, TestKey) {
    (TestKey::new(3), TestKey::new(13))
}

#[test]
fn what_the_new_key_signed_is_what_the_chair_reads_and_both_compare_the_same_words() {
    let (own, device) = keys();
    let made = enrolment(&own, &device);
    let bytes = made.seal(&own).expect("signs");
    let (read, words) = Enrolment::open(&bytes, board(), root()).expect("holds");
    assert_eq!(read, made);
    let payload = canonical::to_bytes(&made).expect("writable");
    assert_eq!(words, RosterFingerprint(Digest::of(&payload)), "of the very bytes that were signed");
    let mut other = made.clone();
    other.sealed_to = "age1somebodyelse".to_owned();
    let other = other.seal(&own).expect("signs");
    let (_, others) = Enrolment::open(&other, board(), root()).expect("holds");
    assert_ne!(others.words(), words.words(), "another recipient, other words");
}

#[test]
fn an_enrolment_that_is_not_this_ones_is_refused_with_its_own_code() {
    type Edit = Box<dyn Fn(&mut Enrolment)>;
    let (own, device) = keys();
    let another = TestKey::new(4);
    let second = roster_key(&another, KeyUse::Signature);
    let misnamed = roster_key(&another, KeyUse::Signature).spki;
    let cases: Vec<(&str, Edit, Code)> = vec![
        ("another schema", Box::new(|e| e.schema = "urn:x-cabinet:enrolment:2".to_owned()), Code::Schema),
        ("another board", Box::new(|e| e.board = BoardId(id(101))), Code::OtherBoard),
        ("another root", Box::new(|e| e.roster_root = Digest([4; 32])), Code::RosterRoot),
        ("no signature key", Box::new(|e| e.keys[0].usage = KeyUse::Recording), Code::Schema),
        ("two signature keys", Box::new(move |e| e.keys.push(second.clone())), Code::Schema),
        ("no key at all", Box::new(|e| e.keys.clear()), Code::Schema),
        ("another key's bytes", Box::new(move |e| e.keys[0].spki.clone_from(&misnamed)), Code::KeyId),
        ("no key's bytes", Box::new(|e| e.keys[0].spki = "AAAA".to_owned()), Code::KeyEncoding),
        ("loose base64", Box::new(|e| e.keys[0].spki.push('\n')), Code::Base64),
        ("another device's bytes", Box::new(|e| e.keys[1].spki = "AAAA".to_owned()), Code::KeyEncoding),
        ("a key that is revoked already", Box::new(|e| e.keys[0].status = KeyStatus::Revoked), Code::Schema),
        ("another algorithm", Box::new(|e| e.keys[0].alg = "none".to_owned()), Code::KeyEncoding),
        ("nothing accepted", Box::new(|e| e.accepted = " ".to_owned()), Code::Schema),
    ];
    for (what, edit, code) in cases {
        let mut made = enrolment(&own, &device);
        edit(&mut made);
        let bytes = made.seal(&own).expect("signs");
        let refusal = Enrolment::open(&bytes, board(), root()).expect_err(what);
        assert_eq!(refusal.code, code, "{what}: {refusal}");
    }
}

#[test]
fn another_key_cannot_sign_for_the_one_it_brings() {
    let (own, device) = keys();
    let made = enrolment(&own, &device);
    let thief = TestKey::new(5);
    let bytes = made.seal(&thief).expect("signs");
    assert_eq!(Enrolment::open(&bytes, board(), root()).expect_err("another key").code, Code::KeyId);
    // The thief's signature under the member's key id.
    let text = String::from_utf8(bytes).expect("text");
    let renamed = text.replace(&thief.key_id().to_string(), &own.key_id().to_string());
    assert_ne!(renamed, text);
    let refusal = Enrolment::open(renamed.as_bytes(), board(), root()).expect_err("another signature");
    assert_eq!(refusal.code, Code::Signature);
}

#[test]
fn a_signature_on_an_entry_is_none_on_an_enrolment() {
    let (own, device) = keys();
    let payload = canonical::to_bytes(&enrolment(&own, &device)).expect("writable");
    let sig = STANDARD.encode(own.sign(&pae(crate::envelope::PAYLOAD_TYPE, &payload)).expect("signs"));
    let wire = Wire { enrolment: STANDARD.encode(&payload), keyid: own.key_id(), sig };
    let bytes = canonical::to_bytes(&wire).expect("writable");
    assert_eq!(Enrolment::open(&bytes, board(), root()).expect_err("refused").code, Code::Signature);
}

#[test]
fn every_changed_byte_of_an_enrolment_is_refused() {
    let (own, device) = keys();
    let bytes = enrolment(&own, &device).seal(&own).expect("signs");
    for at in 0..bytes.len() {
        let mut mutant = bytes.clone();
        mutant[at] ^= 1;
        assert!(Enrolment::open(&mutant, board(), root()).is_err(), "byte {at} was changed unnoticed");
    }
    for end in 0..bytes.len() {
        assert!(Enrolment::open(&bytes[..end], board(), root()).is_err(), "cut at byte {end}");
    }
}
