//! A private key in use.
use std::fmt;

use domain::ids::KeyId;
use p256::ecdsa::SigningKey;
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use record::keys::{SignError, Signer, key_id_of, sign_p256, spki_of};
use zeroize::{Zeroize as _, Zeroizing};

use crate::error::VaultError;

/// An unlocked P-256 key. Its secret is overwritten when it is dropped; it does not print.
pub struct UnlockedKey {
    key: SigningKey,
    spki: Vec<u8>,
}

impl fmt::Debug for UnlockedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnlockedKey({})", self.key_id().short())
    }
}

impl UnlockedKey {
    /// A fresh key from the operating system's randomness.
    pub(crate) fn generate() -> Result<Self, VaultError> {
        let mut secret = [0u8; 32];
        // All but one of 2³² draws is a valid scalar; ten in a row that are not mean broken randomness.
        for _ in 0..10 {
            getrandom::fill(&mut secret).map_err(|error| VaultError::Cryptography(error.to_string()))?;
            let key = SigningKey::from_slice(&secret);
            secret.zeroize();
            if let Ok(key) = key {
                return Self::of(key);
            }
        }
        Err(VaultError::Cryptography("the operating system's randomness is no randomness".to_owned()))
    }

    fn of(key: SigningKey) -> Result<Self, VaultError> {
        let spki = spki_of(key.verifying_key()).map_err(|error| VaultError::Cryptography(error.to_string()))?;
        Ok(Self { key, spki })
    }

    /// The private key as PKCS#8 (DER), overwritten when dropped.
    pub(crate) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let document = self.key.to_pkcs8_der().map_err(|error| VaultError::Cryptography(error.to_string()))?;
        Ok(Zeroizing::new(document.as_bytes().to_vec()))
    }

    /// Reads PKCS#8 and insists on the expected key.
    pub(crate) fn from_pkcs8(der: &[u8], expected: KeyId) -> Result<Self, VaultError> {
        let key = SigningKey::from_pkcs8_der(der).map_err(|_| VaultError::corrupt("the private key cannot be read"))?;
        let unlocked = Self::of(key)?;
        if unlocked.key_id() == expected {
            Ok(unlocked)
        } else {
            Err(VaultError::corrupt("the private key is not the one its name says"))
        }
    }
}

impl Signer for UnlockedKey {
    fn key_id(&self) -> KeyId {
        key_id_of(&self.spki)
    }

    fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        sign_p256(&self.key, message)
    }
}
