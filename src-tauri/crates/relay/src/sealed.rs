//! A sealed parcel: an entry or a blob as it lies in a relay of a board whose policy seals them.
//!
//! ```text
//! cabinet-sealed/1
//! <64 hex digits: SHA-256 of the recipients' texts, sorted, a line each>
//! <an age file (X25519) to these recipients, with the plain parcel in it>
//! ```
//!
//! To a relay it is a blob like any other. The second line says to which set of keys it was sealed, so that a device knows
//! without opening whether that is the present one; like everything in a relay it is what somebody claims. What is inside is
//! judged as a parcel that came plain: nothing is believed because it was sealed. Opened once: what is sealed within is
//! bytes.
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};

use domain::ids::Digest;

use crate::pack::{Identity, Recipient};
use crate::parcel::{GREATEST_BYTES, Parcel};

/// The first line.
const MAGIC: &[u8] = b"cabinet-sealed/1\n";
/// A digest in hex.
const DIGEST_TEXT: usize = 64;
/// What the seal adds in most cases: a header for some keys, and 16 bytes for each 64 KiB.
const USUAL_SEAL: usize = 4 << 10;

/// Why a parcel cannot be sealed or opened. Holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Sealed to other keys.
    #[error("it is not sealed to a key of this device")]
    NotForYou,
    /// Cut, changed, or never whole.
    #[error("its seal does not hold ({why})")]
    Damaged {
        /// What the reader met.
        why: String,
    },
    /// More than a relay carries.
    #[error("sealed it has more than {limit} bytes, and no relay carries it")]
    TooLarge {
        /// The most.
        limit: usize,
    },
    /// The seal could not be made.
    #[error("sealing failed: {0}")]
    Sealing(String),
}

/// To whom parcels are sealed: a set of keys.
#[derive(Debug, Clone)]
pub struct Recipients {
    keys: Vec<Recipient>,
    digest: Digest,
}

impl Recipients {
    /// The keys among these texts (`age1…`, as the roster has them); `None` where there is none. A text that is no key
    /// keeps nobody else from being sealed to.
    #[must_use]
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut sorted: BTreeMap<String, Recipient> = BTreeMap::new();
        for text in texts {
            if let Ok(key) = text.parse::<Recipient>() {
                // As it is written, whichever way it was given.
                sorted.insert(key.to_string(), key);
            }
        }
        if sorted.is_empty() {
            return None;
        }
        let lines: String = sorted.keys().flat_map(|text| [text.as_str(), "\n"]).collect();
        Some(Self { digest: Digest::of(lines.as_bytes()), keys: sorted.into_values().collect() })
    }

    /// The digest by which a sealed parcel names them.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Seals the bytes of a parcel. Twice the same bytes are two parcels: a seal is made by chance.
    ///
    /// # Errors
    /// [`SealError::TooLarge`], [`SealError::Sealing`].
    pub fn seal(&self, plain: &[u8]) -> Result<Parcel, SealError> {
        // A seal only adds.
        if plain.len() >= GREATEST_BYTES {
            return Err(SealError::TooLarge { limit: GREATEST_BYTES });
        }
        let failed = |why: String| SealError::Sealing(why);
        let to = self.keys.iter().map(|key| key as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(to).map_err(|error| failed(error.to_string()))?;
        let mut sealed = Vec::with_capacity(plain.len().saturating_add(USUAL_SEAL));
        sealed.extend_from_slice(MAGIC);
        sealed.extend_from_slice(self.digest.to_string().as_bytes());
        sealed.push(b'\n');
        let mut writer = encryptor.wrap_output(&mut sealed).map_err(|error| failed(error.to_string()))?;
        writer.write_all(plain).map_err(|error| failed(error.to_string()))?;
        writer.finish().map_err(|error| failed(error.to_string()))?;
        if sealed.len() > GREATEST_BYTES {
            return Err(SealError::TooLarge { limit: GREATEST_BYTES });
        }
        Ok(Parcel::of(sealed))
    }
}

/// A sealed parcel, not opened.
#[derive(Debug, Clone, Copy)]
pub struct Sealed<'a> {
    recipients: Digest,
    file: &'a [u8],
}

impl<'a> Sealed<'a> {
    /// Bytes that begin as a sealed parcel does; `None` for all others.
    #[must_use]
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (line, rest) = rest.split_at_checked(DIGEST_TEXT)?;
        let recipients = std::str::from_utf8(line).ok()?.parse().ok()?;
        Some(Self { recipients, file: rest.strip_prefix(b"\n")? })
    }

    /// The digest of the set of keys to which it says that it is sealed.
    #[must_use]
    pub fn recipients(&self) -> Digest {
        self.recipients
    }

    /// Opens it with one's own keys: the bytes of the plain parcel, which are judged as if they had come so.
    ///
    /// # Errors
    /// [`SealError::NotForYou`], [`SealError::Damaged`], [`SealError::TooLarge`].
    pub fn open(&self, identities: &[Identity]) -> Result<Vec<u8>, SealError> {
        if self.file.len() > GREATEST_BYTES {
            return Err(SealError::TooLarge { limit: GREATEST_BYTES });
        }
        let decryptor = age::Decryptor::new_buffered(self.file).map_err(|error| of_header(&error))?;
        let keys = identities.iter().map(|identity| identity as &dyn age::Identity);
        let reader = decryptor.decrypt(keys).map_err(|error| of_header(&error))?;
        let mut plain = Vec::new();
        // The bound is one of memory: sealed bytes are never fewer than what is in them.
        let bound = u64::try_from(GREATEST_BYTES).unwrap_or(u64::MAX);
        let read = reader.take(bound.saturating_add(1)).read_to_end(&mut plain);
        read.map_err(|error| SealError::Damaged { why: error.to_string() })?;
        if plain.len() > GREATEST_BYTES {
            return Err(SealError::TooLarge { limit: GREATEST_BYTES });
        }
        Ok(plain)
    }
}

/// Errors before the first byte of content.
fn of_header(error: &age::DecryptError) -> SealError {
    if matches!(error, age::DecryptError::NoMatchingKeys) {
        SealError::NotForYou
    } else {
        SealError::Damaged { why: error.to_string() }
    }
}

#[cfg(test)]
mod tests;
