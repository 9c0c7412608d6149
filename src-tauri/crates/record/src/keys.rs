//! Keys and signatures: ECDSA P-256 with SHA-256, DER, low-S, deterministic nonces (RFC 6979).
use std::fmt;

use domain::ids::{Digest, KeyId};
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::pkcs8::{DecodePublicKey as _, EncodePublicKey as _};

use crate::refusal::{Code, Refusal};

/// Why a key did not sign.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The key could not be used; the text says why and holds no secret.
    #[error("the key did not sign: {0}")]
    Key(String),
}

/// What signs: an unlocked key of the vault, a token, or a test's key.
pub trait Signer {
    /// The key's id: SHA-256 of [`Signer::spki_der`].
    fn key_id(&self) -> KeyId;
    /// The public key as SubjectPublicKeyInfo (DER).
    fn spki_der(&self) -> &[u8];
    /// The signature over `message`: ECDSA P-256 with SHA-256, DER, low-S, deterministic.
    ///
    /// # Errors
    /// [`SignError`] if the key cannot be used any more.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// Signs as [`Signer::sign`] promises, with a key at hand.
///
/// # Errors
/// [`SignError::Key`] if the curve arithmetic fails, which no valid key does.
pub fn sign_p256(key: &SigningKey, message: &[u8]) -> Result<Vec<u8>, SignError> {
    let signature: Signature = key.try_sign(message).map_err(|error| SignError::Key(error.to_string()))?;
    // p256 leaves S as it falls; the twin with the other S would verify as well, so the rule is low-S.
    Ok(signature.normalize_s().to_der().as_bytes().to_vec())
}

/// The SubjectPublicKeyInfo (DER) of a verifying key.
///
/// # Errors
/// [`SignError::Key`] if the point cannot be encoded, which no valid key does.
pub fn spki_of(key: &VerifyingKey) -> Result<Vec<u8>, SignError> {
    key.to_public_key_der()
        .map(|document| document.as_bytes().to_vec())
        .map_err(|error| SignError::Key(error.to_string()))
}

/// The id of a key: SHA-256 of its SubjectPublicKeyInfo.
#[must_use]
pub fn key_id_of(spki_der: &[u8]) -> KeyId {
    KeyId(Digest::of(spki_der).0)
}

/// A P-256 public key together with the exact bytes that name it.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    key: VerifyingKey,
    spki: Vec<u8>,
    id: KeyId,
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.key_id().short())
    }
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo and insists on its one DER form (uncompressed point, no parameters
    /// but the curve), because the key's id is a digest of these bytes.
    ///
    /// # Errors
    /// A refusal with [`Code::KeyEncoding`].
    pub fn from_spki(spki: &[u8]) -> Result<Self, Refusal> {
        let refuse = |what: String| Refusal::new(Code::KeyEncoding, what, "public key");
        let key = VerifyingKey::from_public_key_der(spki)
            .map_err(|error| refuse(format!("not a P-256 public key: {error}")))?;
        let again = spki_of(&key).map_err(|error| refuse(error.to_string()))?;
        if again != spki {
            return Err(refuse("the public key is not in its one DER form".to_owned()));
        }
        Ok(Self { key, id: key_id_of(&again), spki: again })
    }

    /// SHA-256 of the SubjectPublicKeyInfo.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.id
    }

    /// The SubjectPublicKeyInfo (DER).
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// Verifies a DER, low-S signature over `message`.
    ///
    /// # Errors
    /// [`Code::Der`], [`Code::HighS`] or [`Code::Signature`].
    pub fn verify(&self, message: &[u8], signature_der: &[u8]) -> Result<(), Refusal> {
        let signature = check_form(signature_der)?;
        self.key.verify(message, &signature).map_err(|_| {
            Refusal::new(Code::Signature, "the signature does not belong to these bytes and this key", "signature")
        })
    }
}

/// Insists on DER and low-S, without looking at message or key.
fn check_form(signature_der: &[u8]) -> Result<Signature, Refusal> {
    let not_der = || Refusal::new(Code::Der, "the signature is not DER", "signature");
    let signature = Signature::from_der(signature_der).map_err(|_| not_der())?;
    if signature.to_der().as_bytes() != signature_der {
        return Err(not_der());
    }
    if signature.normalize_s() != signature {
        return Err(Refusal::new(Code::HighS, "the signature is the high-S twin of another", "signature"));
    }
    Ok(signature)
}

#[cfg(test)]
pub(crate) mod tests;
