//! Entries whose envelope, signature or statement is not what it must be.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::entry::Body;
use domain::gate::HARD_CLAUSES;
use domain::ids::{ChangeKey, Digest, EntryId};
use serde_json::{Value, json};

use super::Vector;
use super::build::{
    desk, enveloped_after, sealed, signed_after, signed_over, signed_text, some_digest, statement, vector, with,
    written_after,
};
use crate::envelope::{PAYLOAD_TYPE, pae};
use crate::keys::Signer as _;
use crate::keys::tests::high_s_twin;
use crate::statement::Statement;
use crate::testing::bodies::{
    DEVICE, around, attested, bodies, correction, correction_answered, disposal, emergency, erratum, plan_approval,
};
use crate::testing::{
    CHAIR, CTO, LEAD, TestKey, agenda, change, exception, overriding, ruling, running, seconding, sign_off, time, vote,
    waiver,
};

pub fn all() -> Vec<Vector> {
    let own_rules = [selves(), recoveries(), rulings(), disposals(), attestations(), dispensations()].concat();
    [envelopes(), signatures(), payloads(), statements(), own_rules, plans(), emergencies(), corrections()].concat()
}

/// The chair's word, with the PIN, that something is set aside, changed before it was signed.
fn dispensed(name: &str, body: Body, field: &str, to: Value) -> Vector {
    let kind = body.kind();
    own(name, CHAIR, body, |v| {
        v["predicate"]["auth"] = "pin".into();
        v["predicate"]["body"][kind][field] = to;
    })
}

fn dispensations() -> Vec<Vector> {
    let blank = || Value::from(" \u{2003}\n");
    let seconded = || seconding(EntryId([7; 32]));
    let mut vectors = vec![
        own("auth--waiver-in-a-session", CHAIR, waiver(), |_| ()),
        own("auth--seconded-in-a-session", CTO, seconded(), |_| ()),
        own("auth--override-by-a-device", DEVICE, overriding(), |_| ()),
        own("attestation--exception-only-recorded", CHAIR, exception(), |v| {
            v["predicate"]["auth"] = "pin".into();
            v["predicate"]["attestation"] = "recorded".into();
        }),
        dispensed("subject--waiver-for-another-content", waiver(), "content", some_digest().into()),
        dispensed("subject--override-for-another-content", overriding(), "content", some_digest().into()),
        dispensed("subject--exception-for-another-content", exception(), "content", some_digest().into()),
        dispensed("subject--seconded-for-another-content", seconded(), "content", some_digest().into()),
        dispensed("dispensation--waiver-of-no-gate", waiver(), "gate", blank()),
        dispensed("dispensation--waiver-of-no-clause", waiver(), "clause", "".into()),
        dispensed("dispensation--waiver-with-a-blank-reason", waiver(), "reason", blank()),
        dispensed("dispensation--override-to-the-same-level", overriding(), "to", "medium".into()),
        dispensed("dispensation--override-with-a-blank-reason", overriding(), "reason", blank()),
        dispensed("dispensation--exception-to-no-freeze", exception(), "freeze", blank()),
        dispensed("dispensation--exception-with-a-blank-reason", exception(), "reason", blank()),
        dispensed("schema--exception-without-an-end", exception(), "until", Value::Null),
    ];
    vectors.extend(HARD_CLAUSES.map(|clause| {
        let name = format!("hard-clause--waiver-of-{}", clause.to_lowercase());
        dispensed(&name, waiver(), "clause", clause.into())
    }));
    vectors
}

/// The board's bundle with one more entry: a sign-off whose envelope was changed.
fn enveloped(name: &str, edit: impl FnOnce(&mut Value)) -> Vector {
    let desk = desk();
    vector(name, &with(&desk, [enveloped_after(&desk, edit)]))
}

/// The same with a text of the envelope's, `payload` or the first signature's `sig` or `keyid`.
fn text(name: &str, field: &str, edit: impl FnOnce(&str) -> String) -> Vector {
    enveloped(name, |v| {
        let place = if field == "payload" { &mut v["payload"] } else { &mut v["signatures"][0][field] };
        *place = edit(place.as_str().expect("text")).into();
    })
}

fn envelopes() -> Vec<Vector> {
    let lead = TestKey::new(3).key_id().to_string();
    vec![
        enveloped("signature-count--none", |v| v["signatures"] = json!([])),
        enveloped("signature-count--the-same-twice", |v| {
            let one = v["signatures"][0].clone();
            v["signatures"] = json!([one.clone(), one]);
        }),
        enveloped("payload-type--json", |v| v["payloadType"] = "application/json".into()),
        enveloped("payload-type--in-capitals", |v| v["payloadType"] = PAYLOAD_TYPE.to_uppercase().into()),
        text("key-id--in-capitals", "keyid", str::to_uppercase),
        text("key-id--cut-short", "keyid", |id| id[..63].to_owned()),
        text("key-id--empty", "keyid", |_| String::new()),
        text("base64--payload-padded-once-more", "payload", |b| format!("{b}=")),
        text("base64--payload-with-a-line-break", "payload", |b| format!("{}\n{}", &b[..76], &b[76..])),
        text("base64--payload-with-a-space", "payload", |b| format!("{b} ")),
        text("base64--url-alphabet", "payload", |b| format!("-_{}", &b[2..])),
        text("base64--signature-with-a-space", "sig", |b| format!(" {b}")),
        text("base64--signature-with-trailing-bits", "sig", trailing_bits),
        text("signature--by-another-member", "keyid", |_| lead.clone()),
    ]
}

/// To a lenient reader bytes without meaning: the last character before the padding carries bits that fall away.
fn trailing_bits(text: &str) -> String {
    let unpadded = text.trim_end_matches('=');
    if unpadded == text {
        return format!("{text}QR==");
    }
    let (head, last) = unpadded.split_at(unpadded.len() - 1);
    let next = char::from(last.as_bytes()[0] + 1);
    format!("{head}{next}{}", "=".repeat(text.len() - unpadded.len()))
}

/// A sign-off whose signature is these bytes.
fn signature(name: &str, of: impl FnOnce(&[u8]) -> Vec<u8>) -> Vector {
    text(name, "sig", |b| STANDARD.encode(of(&STANDARD.decode(b).expect("base64"))))
}

/// DER of two integers given by their bytes.
fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    let length = |bytes: &[u8]| u8::try_from(bytes.len()).expect("short");
    let int = |n: &[u8]| [&[2, length(n)][..], n].concat();
    let body = [int(r), int(s)].concat();
    [&[0x30, length(&body)][..], body.as_slice()].concat()
}

fn signatures() -> Vec<Vector> {
    let desk = desk();
    let (subjects, predicate) = desk.prepare(CTO, sign_off(18));
    let payload = Statement::new(subjects, predicate).to_bytes().expect("writable");
    let over = |name: &str, message: Vec<u8>| vector(name, &with(&desk, [signed_over(&payload, &desk.cto, &message)]));
    let other = desk.entries[2].envelope().signature().to_vec();
    let order = hex::decode("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").expect("hex");
    vec![
        signature("der--empty", |_| Vec::new()),
        signature("der--64-raw-bytes", |_| vec![1; 64]),
        signature("der--byte-after-the-end", |sig| [sig, &[0]].concat()),
        signature("der--cut-short", |sig| sig[..sig.len() - 1].to_vec()),
        signature("der--length-in-two-bytes", |sig| [&[0x30, 0x81, sig[1]][..], &sig[2..]].concat()),
        signature("der--needless-zero", |_| der(&[0, 1], &[1])),
        signature("der--negative", |_| der(&[0xff], &[1])),
        signature("der--zero", |_| der(&[1], &[0])),
        signature("der--beyond-the-order", |_| der(&[&[0], order.as_slice()].concat(), &[1])),
        signature("high-s--twin", high_s_twin),
        signature("signature--of-another-entry", |_| other),
        over("signature--over-the-payload-alone", payload.clone()),
        over("signature--over-another-payload-type", pae("application/json", &payload)),
        over("signature--over-a-pae-without-lengths", [b"DSSEv1 ".as_slice(), &payload].concat()),
        text("signature--payload-altered", "payload", |b| {
            let text = String::from_utf8(STANDARD.decode(b).expect("base64")).expect("UTF-8");
            STANDARD.encode(text.replacen("\"approve\"", "\"reject\"", 1))
        }),
        text("key-unknown--nobodys-key", "keyid", |_| some_digest()),
        {
            let stranger = TestKey::new(99);
            let (subjects, predicate) = desk.prepare(CTO, sign_off(18));
            let mut value = statement(subjects, predicate);
            value["predicate"]["recorder"] = stranger.key_id().to_string().into();
            vector("key-unknown--stranger", &with(&desk, [sealed(&value, &stranger)]))
        },
    ]
}

/// A sign-off whose payload was changed as text before it was signed.
fn payload(name: &str, from: &str, to: &str) -> Vector {
    let desk = desk();
    vector(name, &with(&desk, [signed_text(&desk, from, to)]))
}

fn payloads() -> Vec<Vector> {
    let nested = format!("{{\"_nest\":{}{},\"_type\"", "[".repeat(32), "]".repeat(32));
    vec![
        payload("json--payload-with-a-fraction", "\"score\":42", "\"score\":42.0"),
        payload("json--payload-with-a-great-integer", "\"score\":42", "\"score\":90071992547409930"),
        payload("json--payload-nested-33-deep", "{\"_type\"", &nested),
        payload("json--payload-with-a-lone-surrogate", "I say so", "I say \\udc00"),
        payload("duplicate-key--payload", "\"meaning\":", "\"meaning\":\"No\",\"meaning\":"),
        payload("not-canonical--payload-with-a-space", "\"meaning\":", "\"meaning\": "),
        payload("not-canonical--payload-with-an-escape", "I say so", "I\\u0020say so"),
    ]
}

/// A sign-off whose statement was changed before it was signed.
fn stated(name: &str, edit: impl FnOnce(&mut Value)) -> Vector {
    let desk = desk();
    vector(name, &with(&desk, [signed_after(&desk, edit)]))
}

fn statements() -> Vec<Vector> {
    let predicate = |name: &str, edit: fn(&mut Value)| stated(name, |v| edit(&mut v["predicate"]));
    vec![
        stated("statement--older-type", |v| v["_type"] = "https://in-toto.io/Statement/v0.1".into()),
        stated("statement--foreign-predicate", |v| v["predicateType"] = "https://slsa.dev/provenance/v1".into()),
        stated("statement--version-with-a-leading-zero", |v| {
            v["predicateType"] = "urn:x-cabinet:entry:sign_off:01".into();
        }),
        stated("statement--no-subject", |v| v["subject"] = json!([])),
        stated("statement--subject-without-a-name", |v| v["subject"][0]["name"] = "".into()),
        stated("schema--body-of-another-kind", |v| v["predicateType"] = "urn:x-cabinet:entry:vote:1".into()),
        stated("schema--subject-with-another-digest", |v| v["subject"][0]["digest"]["md5"] = "x".into()),
        stated("schema--newer-kind-without-a-place", |v| {
            v["predicateType"] = "urn:x-cabinet:entry:horoscope:1".into();
            v["predicate"]["log"] = 1.into();
        }),
        predicate("schema--unknown-field-of-the-predicate", |p| p["mood"] = "fine".into()),
        predicate("schema--missing-field-of-the-predicate", |p| {
            p.as_object_mut().expect("object").remove("keystore");
        }),
        predicate("schema--unknown-field-of-the-body", |p| p["body"]["sign_off"]["mood"] = "fine".into()),
        predicate("schema--committers-that-are-none", |p| {
            p["body"]["sign_off"]["involved"]["committers"] = json!([]);
        }),
        predicate("schema--unknown-verdict", |p| p["body"]["sign_off"]["verdict"] = "perhaps".into()),
        predicate("schema--unknown-section", |p| {
            p["body"]["sign_off"]["sections"] = json!({"horoscope": some_digest()});
        }),
        predicate("schema--attestation-that-is-none", |p| p["attestation"] = "sworn".into()),
        predicate("schema--unit-as-an-object", |p| p["auth"] = json!({"pin": null})),
        predicate("schema--local-time", |p| p["time"]["claimed"] = "2026-11-21T20:05:00+01:00".into()),
        predicate("schema--time-with-needless-digits", |p| p["time"]["claimed"] = "2026-11-21T19:05:00.000Z".into()),
        predicate("schema--day-that-does-not-exist", |p| p["time"]["claimed"] = "2026-02-29T19:05:00Z".into()),
        predicate("schema--second-61", |p| p["time"]["claimed"] = "2026-11-21T19:05:61Z".into()),
        predicate("schema--score-below-zero", |p| p["body"]["sign_off"]["risk"]["score"] = (-1).into()),
        predicate("schema--member-id-in-capitals", |p| {
            p["actor"] = p["actor"].as_str().expect("text").to_uppercase().replace('0', "A").into();
        }),
        predicate("schema--epoch-with-a-leading-zero", |p| {
            p["log"]["id"] = format!("{}:01", p["recorder"].as_str().expect("text")).into();
        }),
    ]
}

/// A bundle with one more entry of `signer`, its statement changed before it was signed.
fn own(name: &str, signer: u128, body: Body, edit: impl FnOnce(&mut Value)) -> Vector {
    let desk = desk();
    vector(name, &with(&desk, [written_after(&desk, signer, body, edit)]))
}

fn selves() -> Vec<Vector> {
    let lead = TestKey::new(3).key_id().to_string();
    let of_lead = format!("{lead}:1");
    let auth = |to: Value| move |v: &mut Value| v["predicate"]["auth"] = to;
    let of_kind = |kind: &str| bodies(&desk()).into_iter().find(|b| b.kind() == kind).expect("a body");
    let recovered = of_kind("recovered");
    let (standing, used, owed) = (of_kind("standing_approved"), of_kind("standing_used"), of_kind("obligation_opened"));
    let frozen = Body::AgendaFrozen { agenda: agenda() };
    let minutes =
        Body::MinutesSealed { pdf: Digest([9; 32]), checkpoint: EntryId([0; 32]), edition: None, after: None };
    let pin = auth("pin".into());
    vec![
        own("key-id--recorder-is-another-key", CTO, sign_off(18), |v| v["predicate"]["recorder"] = lead.into()),
        own("log-key--another-keys-log", CTO, sign_off(18), |v| v["predicate"]["log"]["id"] = of_lead.into()),
        own("log-key--position-0", CTO, sign_off(18), |v| v["predicate"]["log"]["seq"] = 0.into()),
        own("log-key--first-with-a-predecessor", CTO, sign_off(18), |v| v["predicate"]["log"]["seq"] = 1.into()),
        own("log-key--later-without-a-predecessor", CTO, sign_off(18), |v| {
            v["predicate"]["log"]["prev"] = Value::Null;
        }),
        own("log-key--had-seen-itself", CTO, sign_off(18), |v| {
            let own = v["predicate"]["log"]["id"].as_str().expect("text").to_owned();
            v["predicate"]["log"]["seen"][own] = json!({"id": some_digest(), "seq": 1});
        }),
        own("auth--roster-in-a-session", CHAIR, Body::Roster { version: 2 }, |_| ()),
        own("auth--act-0-of-a-session", CTO, sign_off(18), auth(json!({"session": {"id": "s1", "n": 0}}))),
        own("auth--vote-by-a-device", DEVICE, vote(), |_| ()),
        own("auth--standing-approval-in-a-session", CTO, standing.clone(), |_| ()),
        own("auth--standing-approval-by-a-device", DEVICE, standing.clone(), |_| ()),
        own("attestation--standing-approval-only-recorded", CTO, standing, |v| {
            v["predicate"]["auth"] = "pin".into();
            v["predicate"]["attestation"] = "recorded".into();
        }),
        own("subject--use-of-another-receipt", DEVICE, used, |v| {
            v["predicate"]["body"]["standing_used"]["receipt"] = some_digest().into();
        }),
        own("subject--obligation-of-another-receipt", DEVICE, owed, |v| {
            v["predicate"]["body"]["obligation_opened"]["receipt"] = some_digest().into();
        }),
        own("subject--move-of-another-content", DEVICE, of_kind("rescheduled"), |v| {
            v["predicate"]["body"]["rescheduled"]["content"] = some_digest().into();
        }),
        own("epoch--begins-without-a-reason", CTO, sign_off(18), |v| {
            let key = v["predicate"]["recorder"].as_str().expect("text").to_owned();
            v["predicate"]["log"]["id"] = format!("{key}:2").into();
            v["predicate"]["log"]["seq"] = 1.into();
            v["predicate"]["log"]["prev"] = Value::Null;
        }),
        own("epoch--reason-in-the-first-epoch", DEVICE, recovered, |_| ()),
        own("subject--vote-without-a-meeting", LEAD, vote(), |v| v["predicate"]["meeting"] = Value::Null),
        own("subject--running-record-of-another-agenda", DEVICE, running(), |v| {
            v["predicate"]["meeting"]["agenda"] = some_digest().into();
        }),
        own("subject--agenda-other-than-frozen", DEVICE, frozen.clone(), |v| {
            v["predicate"]["body"]["agenda_frozen"]["agenda"]["place"] = "Room 2".into();
        }),
        own("subject--agenda-of-another-meeting", DEVICE, frozen, |v| {
            let other = v["predicate"]["board"].clone();
            v["predicate"]["meeting"]["id"] = other;
        }),
        own("subject--minutes-of-another-pdf", CHAIR, minutes, pin),
    ]
}

/// The chair's device begins its second epoch, and says after which log.
fn recovered(name: &str, before: impl FnOnce(&str) -> String) -> Vector {
    let desk = desk();
    let body = bodies(&desk).into_iter().find(|body| body.kind() == "recovered").expect("a body");
    let (subjects, predicate) = around(&desk, body);
    let mut value = statement(subjects, predicate);
    let place = &mut value["predicate"]["body"]["recovered"]["before"];
    *place = before(place.as_str().expect("text")).into();
    vector(name, &with(&desk, [sealed(&value, &desk.device)]))
}

fn recoveries() -> Vec<Vector> {
    vec![
        recovered("epoch--after-another-keys-log", |_| format!("{}:1", TestKey::new(3).key_id())),
        recovered("epoch--after-itself", |log| format!("{}:2", &log[..64])),
    ]
}

/// The chair's word, with the PIN, that an edit does not matter, changed before it was signed.
fn ruled(name: &str, edit: fn(&mut Value)) -> Vector {
    own(name, CHAIR, ruling(), |v| {
        v["predicate"]["auth"] = "pin".into();
        edit(v);
    })
}

fn rulings() -> Vec<Vector> {
    vec![
        own("auth--ruling-in-a-session", CHAIR, ruling(), |_| ()),
        ruled("subject--ruling-on-another-content", |v| v["subject"][0]["digest"]["sha256"] = some_digest().into()),
        ruled("ruling--of-no-edit", |v| {
            let to = v["predicate"]["body"]["ruled_immaterial"]["to"].clone();
            set(v, "from", to);
        }),
        ruled("ruling--without-a-field", |v| set(v, "fields", json!([]))),
        ruled("ruling--fields-out-of-order", |v| set(v, "fields", json!(["title", "plan.backout"]))),
        ruled("ruling--a-field-twice", |v| set(v, "fields", json!(["title", "title"]))),
        ruled("ruling--of-what-is-deployed", |v| set(v, "fields", json!(["title", "version"]))),
        ruled("ruling--of-when-it-is-deployed", |v| set(v, "fields", json!(["window.end"]))),
        ruled("ruling--with-a-blank-reason", |v| set(v, "reason", " \u{2003}\n".into())),
        ruled("schema--ruling-without-the-people", |v| set(v, "involved", Value::Null)),
    ]
}

/// Changes a field of a ruling.
fn set(ruling: &mut Value, field: &str, to: Value) {
    ruling["predicate"]["body"]["ruled_immaterial"][field] = to;
}

fn plans() -> Vec<Vector> {
    vec![
        own("auth--plan-approval-by-a-device", DEVICE, plan_approval(), |_| ()),
        own("attestation--plan-approval-only-recorded", LEAD, plan_approval(), |v| {
            v["predicate"]["attestation"] = "recorded".into();
        }),
        own("plan-approval--of-no-section", LEAD, plan_approval(), |v| {
            v["predicate"]["body"]["plan_approved"]["sections"] = json!({});
        }),
        own("schema--plan-approval-of-an-unknown-section", LEAD, plan_approval(), |v| {
            v["predicate"]["body"]["plan_approved"]["sections"] = json!({"horoscope": some_digest()});
        }),
    ]
}

/// Corrections of minutes and what follows them, changed before they were signed.
fn corrections() -> Vec<Vector> {
    let first = EntryId([0; 32]);
    let of_kind = |kind: &str| bodies(&desk()).into_iter().find(|b| b.kind() == kind).expect("a body");
    let edited = |name: &str, body: Body, field: &'static str, to: Value| {
        let kind = body.kind();
        own(name, CHAIR, body, |v| {
            v["predicate"]["auth"] = "pin".into();
            v["predicate"]["body"][kind][field] = to;
        })
    };
    let declines = |reason: &str| {
        let mut body = correction_answered(first);
        if let Body::CorrectionAnswered(answer) = &mut body {
            (answer.taken, answer.reason, answer.wording) = (false, reason.to_owned(), String::new());
        }
        body
    };
    let approved = of_kind("minutes_approved");
    let blank = || Value::from(" \u{2003}\n");
    vec![
        own("auth--correction-by-a-device", DEVICE, correction(), |_| ()),
        own("auth--minutes-approved-in-a-session", CHAIR, approved.clone(), |_| ()),
        own("auth--erratum-in-a-session", CHAIR, erratum(), |_| ()),
        own("attestation--correction-only-recorded", LEAD, correction(), |v| {
            v["predicate"]["attestation"] = "recorded".into();
        }),
        edited("correction--with-a-blank-reason", correction(), "reason", blank()),
        edited("correction--of-no-words", correction(), "wording", blank()),
        edited("correction--to-the-same-words", correction(), "was", "Two hosts".into()),
        edited("correction--of-nothing", correction(), "section", Value::Null),
        edited("correction--of-an-item-and-a-section", correction(), "item", 1.into()),
        edited("correction--taken-in-with-no-words", correction_answered(first), "wording", blank()),
        edited("correction--declined-with-words", declines("no"), "wording", "Two hosts".into()),
        edited("correction--declined-without-a-reason", declines("no"), "reason", blank()),
        edited("correction--approved-by-no-rule", approved, "deadline", Value::Null),
        edited("correction--erratum-with-the-same-words", erratum(), "right", "Ten hosts".into()),
        edited("correction--erratum-of-nothing", erratum(), "wrong", blank()),
        own("correction--document-of-no-erratum", CHAIR, of_kind("erratum_sealed"), |v| {
            v["predicate"]["auth"] = "pin".into();
            v["predicate"]["body"]["erratum_sealed"]["pdf"] = v["subject"][0]["digest"]["sha256"].clone();
            v["predicate"]["body"]["erratum_sealed"]["errata"] = json!([]);
        }),
        edited("subject--erratum-of-another-pdf", of_kind("erratum_sealed"), "pdf", some_digest().into()),
        edited("schema--correction-of-an-unknown-section", correction(), "section", "weather".into()),
    ]
}

/// The chair's word, with the PIN, that a blob is disposed of, changed before it was signed.
fn disposed(name: &str, field: &str, to: Value) -> Vector {
    own(name, CHAIR, disposal(), |v| {
        v["predicate"]["auth"] = "pin".into();
        v["predicate"]["body"]["disposed"][field] = to;
    })
}

fn attestations() -> Vec<Vector> {
    let told = |name: &str, answers: Value| {
        own(name, CHAIR, attested(), |v| v["predicate"]["body"]["attested"]["answers"] = answers)
    };
    let blank = json!({"peer_review": {"evidence": null, "value": " \u{2003}\n"}});
    let one_of_two = json!({
        "main_protected": {"evidence": null, "value": "yes"},
        "peer_review": {"evidence": null, "value": " "},
    });
    let other = json!({"weather": {"evidence": null, "value": "yes"}});
    vec![
        told("attested--no-answer", json!({})),
        told("attested--a-blank-answer", blank),
        told("attested--a-blank-answer-beside-another", one_of_two),
        told("schema--attested-answer-to-another-question", other),
    ]
}

fn disposals() -> Vec<Vector> {
    let (low, high) = (Digest([1; 32]).to_string(), Digest([2; 32]).to_string());
    vec![
        own("auth--disposal-in-a-session", CHAIR, disposal(), |_| ()),
        disposed("disposal--of-nothing", "blobs", json!([])),
        disposed("disposal--blobs-out-of-order", "blobs", json!([high, low])),
        disposed("disposal--a-blob-twice", "blobs", json!([low, low])),
        disposed("disposal--with-a-blank-reason", "reason", " \u{2003}\n".into()),
        disposed("schema--disposal-on-another-ground", "ground", "tidiness".into()),
    ]
}

/// The chair, who is the Service Manager too, declares an emergency with the PIN, changed before it was signed.
fn declared(name: &str, edit: impl FnOnce(&mut Value)) -> Vector {
    own(name, CHAIR, emergency(), |v| {
        v["predicate"]["auth"] = "pin".into();
        v["predicate"]["role"] = "service_manager".into();
        edit(&mut v["predicate"]["body"]["emergency_declared"]);
    })
}

fn emergencies() -> Vec<Vector> {
    let first = EntryId([0; 32]);
    let words = |text: &str| text.to_owned();
    let bound = Body::EmergencyBound { change: ChangeKey::new("EMG", 2), declaration: first };
    let met = |note: &str| Body::EmergencyMet {
        declaration: first,
        note: words(note),
        owed: words("review"),
        proposal: None,
    };
    let back = Body::RolledBack { at: time(46), change: change(17), incident: String::new() };
    let again = Body::Revalidated { note: words("Run 9 was green"), rollback: first, root_cause: words(" ") };
    vec![
        own("auth--emergency-in-a-session", CHAIR, emergency(), |_| ()),
        declared("emergency--without-an-error-to-correct", |b| b["facts"]["corrects_error"] = false.into()),
        declared("emergency--in-another-release", |b| b["facts"]["current_release"] = false.into()),
        declared("emergency--without-major-impact", |b| b["facts"]["major_impact"] = false.into()),
        declared("emergency--without-an-incident", |b| b["incident"] = "".into()),
        declared("emergency--with-nobody-consulted", |b| b["consulted"] = " \u{2003}\n".into()),
        declared("emergency--without-a-backout", |b| b["backout"] = "".into()),
        declared("emergency--window-that-ends-at-once", |b| b["window"]["end"] = b["window"]["start"].clone()),
        declared("schema--emergency-without-a-window", |b| b["window"] = Value::Null),
        own("emergency--bound-to-another-provisional-key", CHAIR, bound, |v| {
            v["predicate"]["auth"] = "pin".into();
            v["predicate"]["role"] = "service_manager".into();
        }),
        own("emergency--met-with-a-blank-note", DEVICE, met(" \u{2003}\n"), |_| ()),
        own("schema--review-that-proposes-nothing", DEVICE, met("Held"), |v| {
            v["predicate"]["body"]["emergency_met"]["proposal"] = Value::Null;
        }),
        own("schema--review-that-proposes-without-words", DEVICE, met("Held"), |v| {
            v["predicate"]["body"]["emergency_met"]["proposal"] = json!({"settings": []});
        }),
        own("emergency--rolled-back-without-an-incident", DEVICE, back, |_| ()),
        own("emergency--revalidated-without-a-root-cause", CHAIR, again, |v| v["predicate"]["auth"] = "pin".into()),
    ]
}
