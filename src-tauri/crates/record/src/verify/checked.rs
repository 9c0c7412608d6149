//! Signatures that need not be verified again.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::ids::{Digest, KeyId};

use crate::entry::Entry;
use crate::envelope::Envelope;
use crate::keys::PublicKey;
use crate::refusal::Refusal;

/// Remembers which envelopes carry a good signature of the key they name, by the digest of their bytes and the key's
/// id. Both are digests of what they stand for, so what is remembered holds under every roster; whether the key may
/// sign is asked anew each time. Nothing but a verified signature enters, and refusals are not remembered.
///
/// Some hundred bytes for each entry.
#[derive(Debug, Default)]
pub struct Checked {
    held: Mutex<BTreeSet<(Digest, KeyId)>>,
    read: Option<Mutex<BTreeMap<Digest, Entry>>>,
}

impl Checked {
    /// One that also keeps what it has read, under the digest of the bytes: for whoever judges the same entries again and
    /// again. Some ten thousand bytes for each entry.
    #[must_use]
    pub fn keeping_entries() -> Self {
        Self { read: Some(Mutex::default()), ..Self::default() }
    }

    /// Reads an envelope, unless that was done before.
    ///
    /// # Errors
    /// As [`Entry::parse`].
    pub(crate) fn read(&self, bytes: &[u8]) -> Result<Entry, Refusal> {
        let Some(kept) = &self.read else { return Entry::parse(bytes) };
        let digest = Digest::of(bytes);
        if let Some(entry) = lock(kept).get(&digest) {
            return Ok(entry.clone());
        }
        let entry = Entry::parse(bytes)?;
        lock(kept).insert(digest, entry.clone());
        Ok(entry)
    }

    /// Verifies the signature, unless that was done before.
    ///
    /// # Errors
    /// As [`Envelope::verify`].
    pub(crate) fn verify(&self, envelope: &Envelope, key: &PublicKey) -> Result<(), Refusal> {
        let what = (Digest::of(envelope.bytes()), key.key_id());
        if lock(&self.held).contains(&what) {
            return Ok(());
        }
        envelope.verify(key)?;
        lock(&self.held).insert(what);
        Ok(())
    }

    /// How many signatures it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        lock(&self.held).len()
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A panic elsewhere leaves both as they were: every insertion is one whole entry.
fn lock<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
