use super::*;
use crate::testing::TestKey;

/// The twin (r, n−s) of a signature, which verifies as well.
pub(crate) fn high_s_twin(der: &[u8]) -> Vec<u8> {
    let signature = Signature::from_der(der).expect("DER");
    let (r, s) = signature.split_scalars();
    let negated = -*s.as_ref();
    let twin = Signature::from_scalars(p256::FieldBytes::from(r), p256::FieldBytes::from(negated)).expect("in range");
    twin.to_der().as_bytes().to_vec()
}

#[test]
fn signatures_are_deterministic_and_low_s() {
    let key = TestKey::new(7);
    for n in 0..50u8 {
        let signature = key.sign(&[n]).expect("signs");
        assert_eq!(signature, key.sign(&[n]).expect("signs"), "the same message, the same signature (RFC 6979)");
        check_form(&signature).expect("DER and low-S");
    }
}

#[test]
fn the_high_s_twin_verifies_naively_and_is_refused_by_us() {
    let key = TestKey::new(7);
    let public = PublicKey::from_spki(key.spki_der()).expect("a key");
    let signature = key.sign(b"message").expect("signs");
    public.verify(b"message", &signature).expect("the honest signature");
    let twin = high_s_twin(&signature);
    let naive = Signature::from_der(&twin).expect("DER");
    key.key.verifying_key().verify(b"message", &naive).expect("p256 itself accepts the twin");
    assert_eq!(public.verify(b"message", &twin).expect_err("refused").code, Code::HighS);
}

#[test]
fn what_is_not_der_is_refused_as_such() {
    let key = TestKey::new(7);
    let public = PublicKey::from_spki(key.spki_der()).expect("a key");
    let signature = key.sign(b"message").expect("signs");
    let raw = Signature::from_der(&signature).expect("DER").to_bytes().to_vec();
    let longer = [signature.as_slice(), &[0]].concat();
    for wrong in [raw, longer, Vec::new(), signature[..signature.len() - 1].to_vec()] {
        assert_eq!(public.verify(b"message", &wrong).expect_err("refused").code, Code::Der);
    }
    assert_eq!(public.verify(b"massage", &signature).expect_err("refused").code, Code::Signature);
}

#[test]
fn a_public_key_has_one_encoding_only() {
    let key = TestKey::new(7);
    assert_eq!(PublicKey::from_spki(key.spki_der()).expect("a key").key_id(), key.key_id());
    let compressed_point = key.key.verifying_key().to_sec1_point(true);
    let mut compressed = key.spki[..26].to_vec();
    compressed[1] = 0x39;
    compressed[24] = 0x22;
    compressed.truncate(26);
    compressed.extend_from_slice(compressed_point.as_bytes());
    for wrong in [compressed, key.spki[1..].to_vec(), [key.spki.as_slice(), &[0]].concat(), Vec::new()] {
        assert_eq!(PublicKey::from_spki(&wrong).expect_err("refused").code, Code::KeyEncoding);
    }
}
