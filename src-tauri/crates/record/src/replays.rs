//! An entry belongs to one board, one change, one meeting and one device's log: carried anywhere else, of whatever kind it
//! is, it is refused (`record.md`).
use std::collections::BTreeSet;

use domain::entry::Body;
use domain::ids::{BoardId, MeetingId};

use crate::entry::Entry;
use crate::envelope::Envelope;
use crate::keys::Signer as _;
use crate::refusal::Code;
use crate::statement::KINDS;
use crate::testing::bodies::{bodies, signer_of, write};
use crate::testing::{CHAIR, CTO, Desk, LEAD, TestKey, change, id};
use crate::verify::{Context, change_of, verify_entry};

/// One entry of every kind, each at home on its board.
fn one_of_each() -> (Desk, Vec<Entry>) {
    let mut desk = Desk::open();
    let mut written = Vec::new();
    for body in bodies(&desk) {
        written.push(write(&mut desk, body));
    }
    let kinds: BTreeSet<&str> = written.iter().map(|entry| entry.statement().kind()).collect();
    assert_eq!(kinds, BTreeSet::from(KINDS), "every kind is here");
    (desk, written)
}

fn body(entry: &Entry) -> &Body {
    &entry.predicate().expect("known").body
}

#[test]
fn every_kind_of_entry_is_refused_on_another_board() {
    let (desk, entries) = one_of_each();
    let (home, elsewhere) = (desk.chain(), Desk::open_as(BoardId(id(101))).chain());
    for entry in &entries {
        verify_entry(entry.bytes(), &Context::of(&home)).unwrap_or_else(|refusal| panic!("at home: {refusal}"));
        let refusal = verify_entry(entry.bytes(), &Context::of(&elsewhere)).expect_err("carried to another board");
        assert_eq!(refusal.code, Code::OtherBoard, "{refusal}");
    }
}

#[test]
fn every_kind_of_entry_is_refused_in_another_meeting() {
    let (desk, entries) = one_of_each();
    let chain = desk.chain();
    let of = |n: u128| Context { meeting: Some(MeetingId(id(n))), ..Context::of(&chain) };
    for entry in &entries {
        verify_entry(entry.bytes(), &of(50)).unwrap_or_else(|refusal| panic!("in its own meeting: {refusal}"));
        let refusal = verify_entry(entry.bytes(), &of(51)).expect_err("carried into another meeting");
        assert_eq!(refusal.code, Code::OtherMeeting, "{refusal}");
    }
}

#[test]
fn every_kind_of_entry_about_a_change_is_refused_on_another_change() {
    let (desk, entries) = one_of_each();
    let chain = desk.chain();
    let (own, other) = (change(17), change(18));
    let mut about = BTreeSet::new();
    for entry in entries.iter().filter(|entry| change_of(body(entry)).is_some()) {
        about.insert(entry.statement().kind());
        let of = |change| Context { change: Some(change), ..Context::of(&chain) };
        verify_entry(entry.bytes(), &of(&own)).unwrap_or_else(|refusal| panic!("on its own change: {refusal}"));
        let refusal = verify_entry(entry.bytes(), &of(&other)).expect_err("carried to another change");
        assert_eq!(refusal.code, Code::OtherChange, "{refusal}");
    }
    let expected = BTreeSet::from([
        "assessment",
        "plan_review",
        "sign_off",
        "written_back",
        "ruled_immaterial",
        "plan_approved",
        "approval_exported",
        "standing_approved",
        "obligation_opened",
        "disposed",
        "attested",
        "waived",
        "overridden",
        "excepted",
        "seconded",
        "rescheduled",
        "emergency_declared",
        "emergency_bound",
        "rolled_back",
    ]);
    assert_eq!(about, expected, "the kinds that are about one change");
}

#[test]
fn every_kind_of_entry_is_refused_in_another_devices_log() {
    let (desk, entries) = one_of_each();
    let chain = desk.chain();
    let context = Context::of(&chain);
    for entry in &entries {
        let signer = signer_of(body(entry));
        for other in [CHAIR, CTO, LEAD, 11].into_iter().filter(|n| *n != signer) {
            // The same words, signed by another member's or device's key.
            let key = desk.key_of(other);
            let again = Envelope::seal(entry.envelope().payload().to_vec(), key).expect("signs");
            let refusal = verify_entry(again.bytes(), &context).expect_err("under another key");
            assert_eq!(refusal.code, Code::KeyId, "{refusal}");
            // The same signature, said to be another key's.
            let text = String::from_utf8(entry.bytes().to_vec()).expect("UTF-8");
            let renamed = text.replace(&desk.key_of(signer).key_id().to_string(), &key.key_id().to_string());
            let refusal = verify_entry(renamed.as_bytes(), &context).expect_err("another key's name");
            assert_eq!(refusal.code, Code::Signature, "{refusal}");
            // The same signature over words that stand in the other's log.
            let words = String::from_utf8(entry.envelope().payload().to_vec()).expect("UTF-8");
            let moved = words.replace(&desk.key_of(signer).key_id().to_string(), &key.key_id().to_string());
            let refusal = verify_entry(&with_payload(&text, &moved), &context).expect_err("moved words");
            assert_eq!(refusal.code, Code::Signature, "{refusal}");
        }
        let stranger = TestKey::new(99);
        let again = Envelope::seal(entry.envelope().payload().to_vec(), &stranger).expect("signs");
        assert_eq!(verify_entry(again.bytes(), &context).expect_err("a stranger").code, Code::KeyUnknown);
    }
}

fn with_payload(envelope: &str, payload: &str) -> Vec<u8> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let mut value: serde_json::Value = serde_json::from_str(envelope).expect("JSON");
    value["payload"] = STANDARD.encode(payload).into();
    crate::canonical::to_bytes(&value).expect("writable")
}
