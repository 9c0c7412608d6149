use serde::de::Error as _;

use super::*;
use crate::keys::Signer as _;
use crate::testing::{CTO, Desk, TestKey, sign_off, time};

fn real() -> serde_json::Value {
    let mut desk = Desk::open();
    let entry = desk.write(CTO, sign_off(17));
    serde_json::from_slice(entry.envelope().payload()).expect("JSON")
}

fn refusal(edit: impl FnOnce(&mut serde_json::Value)) -> Refusal {
    let mut value = real();
    edit(&mut value);
    Statement::parse(&canonical::to_bytes(&value).expect("writable")).expect_err("must be refused")
}

#[test]
fn the_list_of_kinds_is_that_of_the_domain() {
    let error = serde_json::from_str::<Body>("{\"no_such_kind\":{}}").expect_err("unknown").to_string();
    for kind in KINDS {
        assert!(error.contains(&format!("`{kind}`")), "{kind} is not a kind of the domain: {error}");
    }
    assert_eq!(error.matches('`').count() / 2, KINDS.len() + 1, "the domain has a kind that is not listed: {error}");
    let _ = serde_json::Error::custom("");
}

#[test]
fn a_statement_reads_back_as_it_was_written() {
    let mut desk = Desk::open();
    let (subjects, predicate) = desk.prepare(CTO, sign_off(17));
    let entry = desk.write(CTO, sign_off(17));
    let statement = Statement::parse(entry.envelope().payload()).expect("valid");
    assert_eq!(statement, Statement::new(subjects, predicate));
    assert_eq!(statement.to_bytes().expect("writable"), entry.envelope().payload());
    assert_eq!(real()["predicateType"], "urn:x-cabinet:entry:sign_off:1");
}

#[test]
fn a_kind_or_version_from_the_future_is_kept_with_its_place() {
    for (predicate_type, kind, version) in
        [("urn:x-cabinet:entry:sign_off:2", "sign_off", 2), ("urn:x-cabinet:entry:horoscope:1", "horoscope", 1)]
    {
        let mut value = real();
        value["predicateType"] = predicate_type.into();
        value["predicate"]["body"] = serde_json::json!({"stars": "good"});
        value["predicate"]["moon"] = "full".into();
        let statement = Statement::parse(&canonical::to_bytes(&value).expect("writable")).expect("kept");
        let Claim::Unknown(unknown) = &statement.claim else { panic!("{kind} is not known") };
        assert_eq!((unknown.kind.as_str(), unknown.version), (kind, version));
        assert_eq!(statement.recorder(), TestKey::new(2).key_id());
        assert_eq!(statement.log().seq, 2, "it takes its place in the log");
        assert!(statement.to_bytes().is_err(), "and is never rewritten");
    }
}

#[test]
fn what_no_version_of_cabinet_writes_is_refused() {
    let cases: Vec<(Refusal, Code)> = vec![
        (refusal(|v| v["_type"] = "https://in-toto.io/Statement/v0.1".into()), Code::Statement),
        (refusal(|v| v["predicateType"] = "https://slsa.dev/provenance/v1".into()), Code::Statement),
        (refusal(|v| v["predicateType"] = "urn:x-cabinet:entry:sign_off:01".into()), Code::Statement),
        (refusal(|v| v["predicateType"] = "urn:x-cabinet:entry::1".into()), Code::Statement),
        (refusal(|v| v["predicateType"] = "urn:x-cabinet:entry:vote:1".into()), Code::Schema),
        (refusal(|v| v["subject"] = serde_json::json!([])), Code::Statement),
        (refusal(|v| v["subject"][0]["name"] = "".into()), Code::Statement),
        (refusal(|v| v["subject"][0]["digest"]["md5"] = "x".into()), Code::Schema),
        (refusal(|v| v["predicate"]["extra"] = 1.into()), Code::Schema),
        (refusal(|v| v["extra"] = 1.into()), Code::Schema),
        (
            refusal(|v| {
                v["predicate"].as_object_mut().expect("object").remove("meaning");
            }),
            Code::Schema,
        ),
        (refusal(|v| v["predicate"]["log"]["seq"] = (-1).into()), Code::Schema),
        (refusal(|v| v["predicate"]["attestation"] = "sworn".into()), Code::Schema),
        (refusal(|v| v["predicate"]["time"]["claimed"] = "2026-11-21T20:05:00+01:00".into()), Code::Schema),
        (
            refusal(|v| {
                v["predicateType"] = "urn:x-cabinet:entry:x:1".into();
                v["predicate"]["log"] = 1.into();
            }),
            Code::Schema,
        ),
    ];
    for (refusal, code) in cases {
        assert_eq!(refusal.code, code, "{refusal}");
    }
    assert_eq!(real()["predicate"]["time"]["claimed"], serde_json::json!(time(5)));
}

proptest::proptest! {
    #[test]
    fn no_payload_makes_the_reader_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        let _ = Statement::parse(&bytes);
    }
}
