//! A private key sealed under a PIN: Argon2id, then XChaCha20-Poly1305.
use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use domain::ids::{BoardId, KeyId};
use record::keys::Signer as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::pin::{Pin, normal_form};
use crate::unlocked::UnlockedKey;

/// What deriving a key from a PIN costs; each item names its own, so that it can be raised later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Cost {
    /// For real boards: 64 MiB, 3 passes; about 0.6 s.
    pub const STANDARD: Self = Self { memory: 64 * 1024, passes: 3, lanes: 1 };
    /// For the sample board and tests: next to nothing, since the PIN is published anyway.
    pub const SAMPLE: Self = Self { memory: 64, passes: 1, lanes: 1 };
    /// The most that is accepted from an item: a damaged one must not eat the machine.
    const GREATEST: Self = Self { memory: 1024 * 1024, passes: 16, lanes: 8 };

    fn within(self, most: Self) -> bool {
        self.memory <= most.memory && self.passes <= most.passes && self.lanes <= most.lanes
    }
}

/// The item in the vault: base64 text of its JSON.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SealedKey {
    v: u32,
    kid: KeyId,
    kdf: String,
    m: u32,
    t: u32,
    p: u32,
    salt: String,
    aead: String,
    nonce: String,
    ct: String,
}

impl fmt::Debug for SealedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedKey({})", self.kid.short())
    }
}

const KDF: &str = "argon2id";
const AEAD: &str = "xchacha20poly1305";

impl SealedKey {
    /// Seals `key` under `pin`, bound to its id and the board.
    pub(crate) fn seal(key: &UnlockedKey, board: BoardId, pin: &Pin, cost: Cost) -> Result<Self, VaultError> {
        Self::seal_as(key.key_id(), &key.to_pkcs8()?, board, pin, cost)
    }

    /// The same for the key with this id as PKCS#8 (DER).
    pub(crate) fn seal_as(kid: KeyId, pkcs8: &[u8], board: BoardId, pin: &Pin, cost: Cost) -> Result<Self, VaultError> {
        let (mut salt, mut nonce) = ([0u8; 16], [0u8; 24]);
        for random in [salt.as_mut_slice(), nonce.as_mut_slice()] {
            getrandom::fill(random).map_err(|error| VaultError::Cryptography(error.to_string()))?;
        }
        let aad = associated(kid, board);
        let payload = Payload { msg: pkcs8, aad: &aad };
        let ct = cipher(pin.secret(), &salt, cost)?
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| VaultError::Cryptography("sealing failed".to_owned()))?;
        Ok(Self {
            v: 1,
            kid,
            kdf: KDF.to_owned(),
            m: cost.memory,
            t: cost.passes,
            p: cost.lanes,
            salt: STANDARD.encode(salt),
            aead: AEAD.to_owned(),
            nonce: STANDARD.encode(nonce),
            ct: STANDARD.encode(ct),
        })
    }

    /// Opens it; `None` where the PIN is not the one it was sealed under.
    pub(crate) fn open(&self, board: BoardId, pin: &SecretString) -> Result<Option<UnlockedKey>, VaultError> {
        let pkcs8 = self.reveal(board, pin)?;
        pkcs8.map(|pkcs8| UnlockedKey::from_pkcs8(&pkcs8, self.kid)).transpose()
    }

    /// The key as PKCS#8 (DER), of whichever kind; `None` where the PIN is not the one it was sealed under.
    pub(crate) fn reveal(&self, board: BoardId, pin: &SecretString) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        let cost = Cost { memory: self.m, passes: self.t, lanes: self.p };
        if self.v != 1 || self.kdf != KDF || self.aead != AEAD {
            return Err(VaultError::corrupt("the sealed key is of a kind this program does not know"));
        }
        if !cost.within(Cost::GREATEST) {
            return Err(VaultError::corrupt("the sealed key names an absurd cost"));
        }
        let salt: [u8; 16] = fixed(&self.salt, "salt")?;
        let nonce: [u8; 24] = fixed(&self.nonce, "nonce")?;
        let ct = STANDARD.decode(&self.ct).map_err(|_| VaultError::corrupt("the sealed key is not base64"))?;
        let aad = associated(self.kid, board);
        let cipher = cipher(&normal_form(pin), &salt, cost)?;
        match cipher.decrypt(&XNonce::from(nonce), Payload { msg: &ct, aad: &aad }) {
            Ok(pkcs8) => Ok(Some(Zeroizing::new(pkcs8))),
            Err(_) => Ok(None),
        }
    }

    /// The key it holds, as it says.
    pub(crate) fn key_id(&self) -> KeyId {
        self.kid
    }

    pub(crate) fn to_text(&self) -> Result<SecretString, VaultError> {
        to_text(self)
    }

    pub(crate) fn from_text(text: &SecretString) -> Result<Self, VaultError> {
        from_text(text, "the sealed key")
    }
}

/// A small document as base64 text of its JSON.
pub(crate) fn to_text<T: Serialize>(value: &T) -> Result<SecretString, VaultError> {
    let json = serde_json::to_vec(value).map_err(|_| VaultError::corrupt("a document cannot be written"))?;
    Ok(STANDARD.encode(Zeroizing::new(json)).into())
}

/// Reads what [`to_text`] wrote. The error never quotes the content.
pub(crate) fn from_text<T: serde::de::DeserializeOwned>(text: &SecretString, what: &str) -> Result<T, VaultError> {
    let json =
        STANDARD.decode(text.expose_secret()).map_err(|_| VaultError::corrupt(format!("{what} is not base64")))?;
    serde_json::from_slice(&Zeroizing::new(json))
        .map_err(|_| VaultError::corrupt(format!("{what} is not what was written")))
}

fn associated(kid: KeyId, board: BoardId) -> Vec<u8> {
    format!("urn:x-cabinet:sealed-key:1:{kid}:{board}").into_bytes()
}

fn fixed<const N: usize>(text: &str, what: &str) -> Result<[u8; N], VaultError> {
    let bytes = STANDARD.decode(text).map_err(|_| VaultError::corrupt(format!("the {what} is not base64")))?;
    bytes.try_into().map_err(|_| VaultError::corrupt(format!("the {what} has the wrong length")))
}

fn cipher(pin: &SecretString, salt: &[u8; 16], cost: Cost) -> Result<XChaCha20Poly1305, VaultError> {
    let params = Params::new(cost.memory, cost.passes, cost.lanes, Some(32))
        .map_err(|error| VaultError::corrupt(format!("the cost of deriving the key: {error}")))?;
    let mut key = Zeroizing::new([0u8; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(pin.expose_secret().as_bytes(), salt, key.as_mut_slice())
        .map_err(|error| VaultError::Cryptography(error.to_string()))?;
    Ok(XChaCha20Poly1305::new(&Key::from(*key)))
}

#[cfg(test)]
mod tests;
