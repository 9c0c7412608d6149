//! A board with a certificate root and members, made from fixed keys so that every run gives the same bytes.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::EncodePublicKey as _;

use crate::{
    Attachment, KeySigner, Language, LeafRequest, RootRequest, SignatureRequest, leaf_certificate, root_certificate,
    sealing_attachments, specimen,
};

pub(super) fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).expect("a small number is a valid key")
}

pub(super) fn spki(key: &SigningKey) -> Vec<u8> {
    key.verifying_key().to_public_key_der().expect("a key has a public half").into_vec()
}

pub(super) fn sign_with(key: &SigningKey) -> impl Fn(&[u8]) -> Result<Vec<u8>, crate::SignerRefusal> + '_ {
    |message| {
        let signature: Signature = key.sign(message);
        Ok(signature.to_der().as_bytes().to_vec())
    }
}

pub(super) fn root_of(board: &str, seed: u8) -> Vec<u8> {
    let ca = key(seed);
    let request = RootRequest {
        board,
        spki_der: &spki(&ca),
        serial: [seed; 16],
        not_before: specimen::made_at() - chrono::Days::new(1_000),
    };
    root_certificate(&request, &sign_with(&ca)).expect("the root is made")
}

pub(super) fn root() -> Vec<u8> {
    root_of("Change Advisory Board, Meridian Freight", 1)
}

pub(super) fn member(name: &str, role: &str, seed: u8) -> KeySigner {
    let key = key(seed);
    let spki = spki(&key);
    let request = LeafRequest {
        name,
        role,
        member_id: "0192f0c1-0000-7000-8000-000000000001",
        spki_der: &spki,
        serial: [seed; 16],
        not_before: specimen::made_at() - chrono::Days::new(990),
    };
    let ca = self::key(1);
    let leaf = leaf_certificate(&root(), &request, &sign_with(&ca)).expect("the leaf is made");
    KeySigner::new(key, leaf, root())
}

pub(super) fn chair() -> KeySigner {
    specimen::signer().expect("the specimen's chair")
}

pub(super) fn request() -> SignatureRequest<'static> {
    specimen::request()
}

pub(super) const EVIDENCE: &[u8] = br#"{"schema":"cabinet-evidence-1","entries":[]}"#;

/// What travels inside an English specimen.
pub(super) fn attached(evidence: &[u8]) -> Vec<Attachment> {
    sealing_attachments(evidence, &chair(), Language::English).expect("attached")
}

pub(super) fn sealed() -> Vec<u8> {
    crate::seal_minutes(&specimen::minutes(3), EVIDENCE, &request(), &chair()).expect("the minutes are sealed")
}
