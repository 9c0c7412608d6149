//! Who signs specimens, with keys and certificates of their own.

use chrono::{FixedOffset, TimeDelta};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::EncodePublicKey as _;

use super::{head, made_at};
use crate::certificates::{LeafRequest, RootRequest, leaf_certificate, root_certificate};
use crate::error::{MinutesError, SignerRefusal};
use crate::key::KeySigner;
use crate::model::Signatory;
use crate::seal::SignatureRequest;

/// Which key is the certificate root's.
const ROOT: u8 = 1;
/// Which is the chair's; the others' follow.
const CHAIR: u8 = 2;

/// The request with which the specimen's chair signs: at [`made_at`], by a clock an hour ahead of UTC.
#[must_use]
pub fn request() -> SignatureRequest<'static> {
    let berlin = FixedOffset::east_opt(3_600);
    SignatureRequest {
        field: "chair",
        name: "Zoë Ångström-Kovačević",
        role: "Chair",
        meaning: "I seal these minutes as a true account of the meeting.",
        at: berlin.map_or_else(|| made_at().fixed_offset(), |offset| made_at().with_timezone(&offset)),
    }
}

/// The requests of all who sign, in turn.
fn requests() -> [SignatureRequest<'static>; 3] {
    let meaning = "I was at this meeting, and confirm what is written here.";
    [
        request(),
        SignatureRequest {
            field: "secretary", name: "Дмитрий Соколов", role: "Secretary", meaning, ..request()
        },
        SignatureRequest {
            field: "security", name: "Ελένη Παπαδοπούλου", role: "Security", meaning, ..request()
        },
    ]
}

fn as_signatory(request: &SignatureRequest<'_>) -> Signatory {
    Signatory {
        field: request.field.into(),
        name: request.name.into(),
        role: request.role.into(),
        meaning: request.meaning.into(),
    }
}

/// The chair, for whom specimens have a field.
pub(super) fn signatory() -> Signatory {
    as_signatory(&request())
}

/// The first `count` of those who sign specimens, at most three: the chair, the secretary, security.
#[must_use]
pub fn signatories(count: usize) -> Vec<Signatory> {
    requests().iter().take(count).map(as_signatory).collect()
}

/// A signer for specimens and benchmarks: the specimen's chair, under a certificate root of the specimen board. Its
/// keys are published here, in the source: a signature by them proves nothing.
///
/// # Errors
/// [`MinutesError`] if the certificates cannot be made.
pub fn signer() -> Result<KeySigner, MinutesError> {
    certified(&request(), CHAIR)
}

/// What each of [`signatories`] asks for in turn, and with which key; under the same root, and worth as little as
/// [`signer`].
///
/// # Errors
/// [`MinutesError`] if the certificates cannot be made.
pub fn signers(count: usize) -> Result<Vec<(SignatureRequest<'static>, KeySigner)>, MinutesError> {
    let asked = requests().into_iter().zip(CHAIR..).take(count);
    asked.map(|(request, seed)| certified(&request, seed).map(|signer| (request, signer))).collect()
}

fn certified(request: &SignatureRequest<'_>, seed: u8) -> Result<KeySigner, MinutesError> {
    let key =
        |seed: u8| SigningKey::from_slice(&[seed; 32]).map_err(|error| MinutesError::Certificate(error.to_string()));
    let spki = |key: &SigningKey| {
        let der = key.verifying_key().to_public_key_der();
        der.map(|der| der.into_vec()).map_err(|error| MinutesError::Certificate(error.to_string()))
    };
    let (ca, own) = (key(ROOT)?, key(seed)?);
    let sign = |message: &[u8]| {
        let signature: Result<Signature, _> = ca.try_sign(message);
        signature
            .map(|signature| signature.to_der().as_bytes().to_vec())
            .map_err(|error| SignerRefusal(error.to_string()))
    };
    let not_before = made_at() - TimeDelta::days(1_000);
    let board = head().board;
    let root = RootRequest { board: &board, spki_der: &spki(&ca)?, serial: [ROOT; 16], not_before };
    let root = root_certificate(&root, &sign)?;
    let member_id = format!("0192f0c1-0000-7000-8000-{:012}", seed - ROOT);
    let leaf = LeafRequest {
        name: request.name,
        role: request.role,
        member_id: &member_id,
        spki_der: &spki(&own)?,
        serial: [seed; 16],
        not_before: not_before + TimeDelta::days(10),
    };
    let leaf = leaf_certificate(&root, &leaf, &sign)?;
    Ok(KeySigner::new(own, leaf, root))
}
