//! A member's keys on a board.
use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use domain::entry::Head;
use domain::ids::{BoardId, ConnectionId, KeyId, LogId, MemberId};
use record::keys::Signer as _;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use crate::Vault;
use crate::attempts::{Attempts, delay_after};
use crate::error::{VaultError, VaultState};
use crate::patience::Patience;
use crate::pin::Pin;
use crate::sealed::{Cost, SealedKey, from_text, to_text};
use crate::slot::{Keystore, Kind, Slot};
use crate::unlocked::UnlockedKey;

mod corporate;
mod exchange;

const SIGNATURE_KEY: &str = "signature key";
const RECORDING_KEY: &str = "recording key";
const AUTHORITY: &str = "certificate authority";

/// The public half of a key just made: what goes into the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicHalf {
    /// SHA-256 of the SubjectPublicKeyInfo.
    pub key_id: KeyId,
    /// The SubjectPublicKeyInfo (DER).
    pub spki_der: Vec<u8>,
}

/// The recording key as kept: no PIN.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlainKey {
    v: u32,
    kid: KeyId,
    pkcs8: String,
}

impl Drop for PlainKey {
    fn drop(&mut self) {
        self.pkcs8.zeroize();
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Heads {
    v: u32,
    heads: BTreeMap<LogId, Head>,
}

/// The keys of one member of one board in one vault. Cheap to clone.
#[derive(Clone)]
pub struct MemberKeys {
    vault: Arc<dyn Vault>,
    board: BoardId,
    member: MemberId,
}

impl MemberKeys {
    /// The keys of `member` on `board`.
    #[must_use]
    pub fn new(vault: Arc<dyn Vault>, board: BoardId, member: MemberId) -> Self {
        Self { vault, board, member }
    }

    /// Where the keys live; goes into each entry (R114).
    #[must_use]
    pub fn keystore(&self) -> Keystore {
        self.vault.keystore()
    }

    fn slot(&self, kind: Kind) -> Slot {
        Slot::new(self.board, kind)
    }

    fn signature_slot(&self) -> Slot {
        self.slot(Kind::SignatureKey(self.member))
    }

    /// Makes the member's signature key and seals it under `pin`.
    ///
    /// # Errors
    /// [`VaultError::AlreadyThere`] where there is one: an enrolment never replaces a key. Otherwise
    /// what the vault says; then no key was made.
    pub fn enrol(&self, pin: &Pin, cost: Cost, patience: &Patience) -> Result<PublicHalf, VaultError> {
        self.make_sealed(self.signature_slot(), SIGNATURE_KEY, pin, cost, patience)
    }

    /// Makes a new signature key in place of one whose PIN was forgotten or that was lost. To be called
    /// only when the member asked for it; the roster decides what the old key still means. The heads of the
    /// old keys' logs go with them: whoever begins anew is behind nothing of their own.
    ///
    /// # Errors
    /// What the vault says; then the old item stands.
    pub fn enrol_again(&self, pin: &Pin, cost: Cost, patience: &Patience) -> Result<PublicHalf, VaultError> {
        let half = self.write_sealed(self.signature_slot(), pin, cost, patience)?;
        self.keep_attempts(&Attempts::default(), patience)?;
        // It is sealed under the PIN that nobody knows any more.
        self.forget_corporate_key(patience)?;
        if !self.heads(patience)?.is_empty() {
            self.put_heads(BTreeMap::new(), patience)?;
        }
        Ok(half)
    }

    /// Makes the key of the board's certificate authority, sealed under the chair's `pin`.
    ///
    /// # Errors
    /// As [`MemberKeys::enrol`].
    pub fn make_authority(&self, pin: &Pin, cost: Cost, patience: &Patience) -> Result<PublicHalf, VaultError> {
        self.make_sealed(self.slot(Kind::CertificateAuthority), AUTHORITY, pin, cost, patience)
    }

    fn make_sealed(
        &self,
        slot: Slot,
        what: &'static str,
        pin: &Pin,
        cost: Cost,
        patience: &Patience,
    ) -> Result<PublicHalf, VaultError> {
        if self.vault.read(&slot, patience)?.is_some() {
            return Err(VaultError::AlreadyThere { what });
        }
        self.write_sealed(slot, pin, cost, patience)
    }

    fn write_sealed(&self, slot: Slot, pin: &Pin, cost: Cost, patience: &Patience) -> Result<PublicHalf, VaultError> {
        let key = UnlockedKey::generate()?;
        let item = SealedKey::seal(&key, self.board, pin, cost)?;
        self.write_back(&slot, &item.to_text()?, patience)?;
        Ok(PublicHalf { key_id: key.key_id(), spki_der: key.spki_der().to_vec() })
    }

    /// Writes and reads back: a key the vault did not keep must not reach the roster.
    fn write_back(&self, slot: &Slot, secret: &SecretString, patience: &Patience) -> Result<(), VaultError> {
        use secrecy::ExposeSecret as _;
        self.vault.write(slot, secret, patience)?;
        let kept = self.vault.read(slot, patience)?;
        if kept.is_some_and(|kept| kept.expose_secret() == secret.expose_secret()) {
            return Ok(());
        }
        Err(VaultError::corrupt("the vault did not keep what was written"))
    }

    /// The state of the member's signature key, without a PIN.
    ///
    /// # Errors
    /// [`VaultError::Lost`] where the key is missing, [`VaultError::Corrupt`] where it is another or
    /// damaged, and what the vault says.
    pub fn check(&self, expected: KeyId, patience: &Patience) -> Result<VaultState, VaultError> {
        self.sealed(&self.signature_slot(), SIGNATURE_KEY, expected, patience)?;
        Ok(VaultState::Available)
    }

    fn sealed(
        &self,
        slot: &Slot,
        what: &'static str,
        expected: KeyId,
        patience: &Patience,
    ) -> Result<SealedKey, VaultError> {
        let text = self.vault.read(slot, patience)?.ok_or(VaultError::Lost { what })?;
        let item = SealedKey::from_text(&text)?;
        if item.key_id() != expected {
            return Err(VaultError::corrupt(format!(
                "the {what} is {}, the roster says {}",
                item.key_id().short(),
                expected.short()
            )));
        }
        Ok(item)
    }

    /// Opens the member's signature key, which the roster says is `expected`.
    ///
    /// # Errors
    /// [`VaultError::PinWrong`], [`VaultError::PinDelayed`], [`VaultError::Lost`], and what the vault says.
    pub fn unlock(
        &self,
        expected: KeyId,
        pin: &SecretString,
        now: DateTime<Utc>,
        patience: &Patience,
    ) -> Result<UnlockedKey, VaultError> {
        self.open(&self.signature_slot(), SIGNATURE_KEY, expected, pin, now, patience)
    }

    /// Opens the key of the board's certificate authority.
    ///
    /// # Errors
    /// As [`MemberKeys::unlock`].
    pub fn unlock_authority(
        &self,
        expected: KeyId,
        pin: &SecretString,
        now: DateTime<Utc>,
        patience: &Patience,
    ) -> Result<UnlockedKey, VaultError> {
        self.open(&self.slot(Kind::CertificateAuthority), AUTHORITY, expected, pin, now, patience)
    }

    fn open(
        &self,
        slot: &Slot,
        what: &'static str,
        expected: KeyId,
        pin: &SecretString,
        now: DateTime<Utc>,
        patience: &Patience,
    ) -> Result<UnlockedKey, VaultError> {
        // The key first: a vault that lost it must not be written to, not even the count.
        let item = self.sealed(slot, what, expected, patience)?;
        self.counted(now, patience, || item.open(self.board, pin))
    }

    /// Tries a PIN, which counts until one is right.
    fn counted<T>(
        &self,
        now: DateTime<Utc>,
        patience: &Patience,
        try_it: impl FnOnce() -> Result<Option<T>, VaultError>,
    ) -> Result<T, VaultError> {
        let attempts = self.attempts(patience)?;
        if let Some(until) = attempts.delayed_until(now) {
            return Err(VaultError::PinDelayed { failed: attempts.failed, until });
        }
        let counted = attempts.one_more(now);
        self.keep_attempts(&counted, patience)?;
        let Some(key) = try_it()? else {
            tracing::warn!(member = %self.member, failed = counted.failed, "a PIN was refused");
            return Err(VaultError::PinWrong { failed: counted.failed, wait_seconds: delay_after(counted.failed) });
        };
        self.keep_attempts(&Attempts::default(), patience)?;
        Ok(key)
    }

    /// How many PINs failed in a row, and from when the next may be tried if it has to wait.
    ///
    /// # Errors
    /// What the vault says.
    pub fn failed_attempts(
        &self,
        now: DateTime<Utc>,
        patience: &Patience,
    ) -> Result<(u32, Option<DateTime<Utc>>), VaultError> {
        let attempts = self.attempts(patience)?;
        Ok((attempts.failed, attempts.delayed_until(now)))
    }

    fn attempts(&self, patience: &Patience) -> Result<Attempts, VaultError> {
        match self.vault.read(&self.slot(Kind::Attempts(self.member)), patience)? {
            Some(text) => from_text(&text, "the count of wrong PINs"),
            None => Ok(Attempts::default()),
        }
    }

    fn keep_attempts(&self, attempts: &Attempts, patience: &Patience) -> Result<(), VaultError> {
        self.vault.write(&self.slot(Kind::Attempts(self.member)), &to_text(attempts)?, patience)
    }

    /// Seals the same signature key under another PIN, and that of a corporate certificate with it.
    ///
    /// # Errors
    /// As [`MemberKeys::unlock`].
    pub fn change_pin(
        &self,
        expected: KeyId,
        old: &SecretString,
        new: (&Pin, Cost),
        now: DateTime<Utc>,
        patience: &Patience,
    ) -> Result<(), VaultError> {
        let key = self.unlock(expected, old, now, patience)?;
        let item = SealedKey::seal(&key, self.board, new.0, new.1)?;
        // The other first: were only that written, the old PIN still opens the key that counts, and the other is imported again.
        self.reseal_corporate_key(old, new, patience)?;
        self.write_back(&self.signature_slot(), &item.to_text()?, patience)
    }

    /// Makes this device's recording key.
    ///
    /// # Errors
    /// As [`MemberKeys::enrol`].
    pub fn make_recording_key(&self, patience: &Patience) -> Result<PublicHalf, VaultError> {
        let slot = self.slot(Kind::RecordingKey(self.member));
        if self.vault.read(&slot, patience)?.is_some() {
            return Err(VaultError::AlreadyThere { what: RECORDING_KEY });
        }
        self.make_recording_key_again(patience)
    }

    /// Makes a new recording key in place of the one there may be, with [`MemberKeys::enrol_again`].
    ///
    /// # Errors
    /// What the vault says; then the old item stands.
    pub fn make_recording_key_again(&self, patience: &Patience) -> Result<PublicHalf, VaultError> {
        let slot = self.slot(Kind::RecordingKey(self.member));
        let key = UnlockedKey::generate()?;
        let item = PlainKey { v: 1, kid: key.key_id(), pkcs8: STANDARD.encode(key.to_pkcs8()?) };
        self.write_back(&slot, &to_text(&item)?, patience)?;
        Ok(PublicHalf { key_id: key.key_id(), spki_der: key.spki_der().to_vec() })
    }

    /// This device's recording key, which the roster says is `expected`.
    ///
    /// # Errors
    /// [`VaultError::Lost`], [`VaultError::Corrupt`], and what the vault says.
    pub fn recording_key(&self, expected: KeyId, patience: &Patience) -> Result<UnlockedKey, VaultError> {
        let slot = self.slot(Kind::RecordingKey(self.member));
        let text = self.vault.read(&slot, patience)?.ok_or(VaultError::Lost { what: RECORDING_KEY })?;
        let item: PlainKey = from_text(&text, "the recording key")?;
        if item.v != 1 {
            return Err(VaultError::corrupt("the recording key is of a kind this program does not know"));
        }
        let pkcs8 = STANDARD
            .decode(item.pkcs8.as_bytes())
            .map_err(|_| VaultError::corrupt("the recording key is not base64"))?;
        UnlockedKey::from_pkcs8(&Zeroizing::new(pkcs8), expected)
    }

    /// The newest heads of this member's own logs, as kept beside the keys: behind the store is fine,
    /// ahead of it means that an older copy of the store was put back.
    ///
    /// # Errors
    /// What the vault says.
    pub fn heads(&self, patience: &Patience) -> Result<BTreeMap<LogId, Head>, VaultError> {
        match self.vault.read(&self.slot(Kind::Heads(self.member)), patience)? {
            Some(text) => from_text::<Heads>(&text, "the heads beside the key").map(|heads| heads.heads),
            None => Ok(BTreeMap::new()),
        }
    }

    /// Keeps the newest head of one of this member's logs; to be called after COMMIT. An older head
    /// never replaces a newer one.
    ///
    /// # Errors
    /// [`VaultError::Lost`] where the log's own key is gone: heads are kept beside a key, never alone.
    pub fn keep_head(&self, log: LogId, head: Head, patience: &Patience) -> Result<(), VaultError> {
        let beside = [Kind::RecordingKey(self.member), Kind::SignatureKey(self.member)];
        let mut there = false;
        for kind in beside {
            there = there || self.vault.read(&self.slot(kind), patience)?.is_some();
        }
        if !there {
            return Err(VaultError::Lost { what: SIGNATURE_KEY });
        }
        let mut heads = self.heads(patience)?;
        if heads.get(&log).is_some_and(|kept| kept.seq >= head.seq) {
            return Ok(());
        }
        heads.insert(log, head);
        self.put_heads(heads, patience)
    }

    fn put_heads(&self, heads: BTreeMap<LogId, Head>, patience: &Patience) -> Result<(), VaultError> {
        self.vault.write(&self.slot(Kind::Heads(self.member)), &to_text(&Heads { v: 1, heads })?, patience)
    }
}

/// What opens a board's connections: API keys of ticketing systems, the address of a database relay.
#[derive(Clone)]
pub struct Connections {
    vault: Arc<dyn Vault>,
    board: BoardId,
}

impl Connections {
    /// The connections of `board`.
    #[must_use]
    pub fn new(vault: Arc<dyn Vault>, board: BoardId) -> Self {
        Self { vault, board }
    }

    /// The API key of `connection`.
    ///
    /// # Errors
    /// [`VaultError::Lost`] where there is none, and what the vault says.
    pub fn api_key(&self, connection: ConnectionId, patience: &Patience) -> Result<SecretString, VaultError> {
        let slot = Slot::api_key(self.board, connection);
        self.vault.read(&slot, patience)?.ok_or(VaultError::Lost { what: "API key of the connection" })
    }

    /// Keeps the API key of `connection`, replacing an older one.
    ///
    /// # Errors
    /// What the vault says.
    pub fn keep_api_key(
        &self,
        connection: ConnectionId,
        api_key: &SecretString,
        patience: &Patience,
    ) -> Result<(), VaultError> {
        self.vault.write(&Slot::api_key(self.board, connection), api_key, patience)
    }

    /// The address of the board's database relay, with its password.
    ///
    /// # Errors
    /// [`VaultError::Lost`] where there is none, and what the vault says.
    pub fn relay_address(&self, patience: &Patience) -> Result<SecretString, VaultError> {
        let kept = self.vault.read(&Slot::relay(self.board), patience)?;
        kept.ok_or(VaultError::Lost { what: "address of the database relay" })
    }

    /// Keeps the address of the board's database relay, replacing an older one.
    ///
    /// # Errors
    /// What the vault says.
    pub fn keep_relay_address(&self, address: &SecretString, patience: &Patience) -> Result<(), VaultError> {
        self.vault.write(&Slot::relay(self.board), address, patience)
    }

    /// Forgets the API key of `connection`.
    ///
    /// # Errors
    /// What the vault says.
    pub fn forget_api_key(&self, connection: ConnectionId, patience: &Patience) -> Result<(), VaultError> {
        self.vault.remove(&Slot::api_key(self.board, connection), patience)
    }
}

#[cfg(test)]
pub(crate) mod tests;
