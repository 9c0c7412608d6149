//! The key of a certificate that a member's company issued: RSA or P-256, for signatures on documents alone.

use std::fmt;

use p256::ecdsa::SigningKey;
use p256::pkcs8::DecodePrivateKey as _;
use record::keys::{sign_p256, spki_of};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use zeroize::Zeroizing;

use crate::error::VaultError;

/// The length of an uncompressed point of P-256, in bytes.
const POINT: usize = 65;

/// An unlocked key. It does not print.
pub struct CorporateKey {
    private: Private,
    /// For sealing it under a PIN; overwritten when dropped.
    pkcs8: Zeroizing<Vec<u8>>,
}

enum Private {
    Rsa(Box<RsaKeyPair>),
    P256(SigningKey),
}

impl fmt::Debug for CorporateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CorporateKey").finish_non_exhaustive()
    }
}

impl CorporateKey {
    /// Reads PKCS#8; `None` where it is neither RSA of 2048 to 4096 bits nor P-256.
    pub(crate) fn from_pkcs8(der: &[u8]) -> Option<Self> {
        let rsa = RsaKeyPair::from_pkcs8(der).ok().map(|key| Private::Rsa(Box::new(key)));
        let private = rsa.or_else(|| SigningKey::from_pkcs8_der(der).ok().map(Private::P256))?;
        Some(Self { private, pkcs8: Zeroizing::new(der.to_vec()) })
    }

    pub(crate) fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// The public half as a certificate holds it in `subjectPublicKey`: an `RSAPublicKey` (DER), or an uncompressed point.
    ///
    /// # Errors
    /// [`VaultError::Cryptography`] if a point cannot be encoded, which no valid key's is.
    pub fn public_bits(&self) -> Result<Vec<u8>, VaultError> {
        match &self.private {
            Private::Rsa(key) => Ok(key.public().as_ref().to_vec()),
            Private::P256(key) => {
                let spki = spki_of(key.verifying_key()).map_err(|error| VaultError::Cryptography(error.to_string()))?;
                Ok(spki[spki.len().saturating_sub(POINT)..].to_vec())
            }
        }
    }

    /// Signs `message` with SHA-256: RSA PKCS#1 v1.5, or ECDSA in DER.
    ///
    /// # Errors
    /// [`VaultError::Cryptography`] if the key cannot be used, which no valid key does.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, VaultError> {
        match &self.private {
            Private::Rsa(key) => {
                let mut value = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut value)
                    .map_err(|_| VaultError::Cryptography("the RSA key did not sign".to_owned()))?;
                Ok(value)
            }
            Private::P256(key) => sign_p256(key, message).map_err(|error| VaultError::Cryptography(error.to_string())),
        }
    }
}
