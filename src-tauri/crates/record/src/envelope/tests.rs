use p256::ecdsa::signature::Verifier as _;

use super::*;
use crate::entry::Entry;
use crate::keys::tests::high_s_twin;
use crate::testing::{CTO, Desk, TestKey, sign_off};

pub(super) fn real() -> (TestKey, Vec<u8>) {
    let mut desk = Desk::open();
    let entry = desk.write(CTO, sign_off(17));
    (TestKey::new(2), entry.bytes().to_vec())
}

/// What this crate asks of an envelope, its statement and its signature.
fn strict(bytes: &[u8], key: &PublicKey) -> Result<Entry, Refusal> {
    let envelope = Envelope::parse(bytes)?;
    envelope.verify(key)?;
    let entry = Entry::of(envelope)?;
    crate::verify::check_self(&entry)?;
    Ok(entry)
}

/// What a library does that follows DSSE to the letter and no further.
pub(super) fn naive(bytes: &[u8], key: &TestKey) -> bool {
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    let lenient = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let check = || {
        let envelope: serde_json::Value = serde_json::from_slice(bytes).ok()?;
        let payload = lenient.decode(envelope.get("payload")?.as_str()?).ok()?;
        let message = pae(envelope.get("payloadType")?.as_str()?, &payload);
        envelope.get("signatures")?.as_array()?.iter().find_map(|signature| {
            let der = lenient.decode(signature.get("sig")?.as_str()?).ok()?;
            let signature = p256::ecdsa::Signature::from_der(&der).ok()?;
            key.key.verifying_key().verify(&message, &signature).ok()
        })
    };
    check().is_some()
}

#[test]
fn what_is_sealed_reads_back_and_verifies() {
    let (key, bytes) = real();
    let public = PublicKey::from_spki(key.spki_der()).expect("a key");
    let entry = strict(&bytes, &public).expect("holds");
    assert_eq!(entry.bytes(), bytes);
    assert_eq!(entry.id(), EntryId::of(entry.envelope().payload()));
    assert!(naive(&bytes, &key));
}

#[test]
fn the_pre_authentication_encoding_is_that_of_the_specification() {
    let example = pae("http://example.com/HelloWorld", b"hello world");
    assert_eq!(example, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

/// The envelope of `bytes`, changed by `edit`, written canonically again.
fn edited(bytes: &[u8], edit: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
    let mut value: serde_json::Value = serde_json::from_slice(bytes).expect("JSON");
    edit(&mut value);
    canonical::to_bytes(&value).expect("writable")
}

#[test]
fn each_trick_has_its_own_code() {
    let (key, bytes) = real();
    let public = PublicKey::from_spki(key.spki_der()).expect("a key");
    let text = String::from_utf8(bytes.clone()).expect("UTF-8");
    let signature = Envelope::parse(&bytes).expect("an envelope").signature().to_vec();
    let other = TestKey::new(3).key_id().to_string();
    let duplicate = text.replacen("{\"payload\":", "{\"payload\":\"\",\"payload\":", 1);
    let cases: Vec<(&str, Vec<u8>, Code)> = vec![
        ("a repeated key", duplicate.into_bytes(), Code::DuplicateKey),
        ("a space", text.replacen(':', ": ", 1).into_bytes(), Code::NotCanonical),
        ("a line end", format!("{text}\n").into_bytes(), Code::NotCanonical),
        ("an escape", text.replacen("payloadType", "payload\\u0054ype", 1).into_bytes(), Code::NotCanonical),
        ("no JSON", b"-----BEGIN".to_vec(), Code::Json),
        ("too large", vec![b' '; Limits::ENTRY.bytes + 1], Code::Size),
        ("another field", edited(&bytes, |v| v["note"] = "x".into()), Code::Fields),
        (
            "a field missing",
            edited(&bytes, |v| {
                v.as_object_mut().expect("object").remove("payloadType");
            }),
            Code::Fields,
        ),
        ("another field of the signature", edited(&bytes, |v| v["signatures"][0]["alg"] = "none".into()), Code::Fields),
        ("a list", b"[]".to_vec(), Code::Fields),
        ("a number as payload", edited(&bytes, |v| v["payload"] = 1.into()), Code::Fields),
        ("no signature", edited(&bytes, |v| v["signatures"] = serde_json::json!([])), Code::SignatureCount),
        (
            "two signatures",
            edited(&bytes, |v| {
                let one = v["signatures"][0].clone();
                v["signatures"] = vec![one.clone(), one].into();
            }),
            Code::SignatureCount,
        ),
        ("another payload type", edited(&bytes, |v| v["payloadType"] = "application/json".into()), Code::PayloadType),
        ("another key's id", edited(&bytes, |v| v["signatures"][0]["keyid"] = other.as_str().into()), Code::KeyId),
        (
            "the key id in capitals",
            edited(&bytes, |v| v["signatures"][0]["keyid"] = key.key_id().to_string().to_uppercase().into()),
            Code::KeyId,
        ),
        ("no key id", edited(&bytes, |v| v["signatures"][0]["keyid"] = "".into()), Code::KeyId),
        (
            "the high-S twin",
            edited(&bytes, |v| v["signatures"][0]["sig"] = STANDARD.encode(high_s_twin(&signature)).into()),
            Code::HighS,
        ),
        ("a raw signature", edited(&bytes, |v| v["signatures"][0]["sig"] = STANDARD.encode([1; 64]).into()), Code::Der),
        ("an empty signature", edited(&bytes, |v| v["signatures"][0]["sig"] = "".into()), Code::Der),
        ("another payload", edited(&bytes, |v| v["payload"] = STANDARD.encode("{}").into()), Code::Signature),
    ];
    for (trick, mutant, code) in cases {
        let refusal = strict(&mutant, &public).expect_err(trick);
        assert_eq!(refusal.code, code, "{trick}: {refusal}");
    }
}

#[test]
fn base64_has_one_form_only() {
    for wrong in ["QQ", "QQ=", "QR==", "QQ==\n", " QQ==", "QQ==QQ==", "Q-==", "QQ= =", "Q===", "=", "_w=="] {
        assert_eq!(decode_base64(wrong, "test").expect_err(wrong).code, Code::Base64, "{wrong:?}");
    }
    assert_eq!(decode_base64("QQ==", "test").expect("canonical"), b"A");
    assert_eq!(decode_base64("/w==", "test").expect("canonical"), [255]);
}
