//! The key of the member's corporate certificate on this device: sealed under their PIN like their own, and never exported.
use chrono::{DateTime, Utc};
use domain::ids::KeyId;
use secrecy::SecretString;

use super::{MemberKeys, SIGNATURE_KEY};
use crate::corporate::CorporateKey;
use crate::error::VaultError;
use crate::patience::Patience;
use crate::pin::Pin;
use crate::sealed::{Cost, SealedKey};
use crate::slot::{Kind, Slot};

impl MemberKeys {
    pub(super) fn corporate_slot(&self) -> Slot {
        self.slot(Kind::CorporateKey(self.member))
    }

    /// Keeps the key of a corporate certificate, whose key id (SHA-256 of the SubjectPublicKeyInfo) is `id`, in place of an
    /// earlier one, under the PIN that opens the member's signature key.
    ///
    /// # Errors
    /// As [`MemberKeys::unlock`]; then nothing is kept.
    pub fn keep_corporate_key(
        &self,
        (id, key): (KeyId, &CorporateKey),
        signature_key: KeyId,
        (pin, cost): (&SecretString, Cost),
        now: DateTime<Utc>,
        patience: &Patience,
    ) -> Result<(), VaultError> {
        // One PIN opens both, so whoever keeps this has to know it.
        self.open(&self.signature_slot(), SIGNATURE_KEY, signature_key, pin, now, patience)?;
        let item = SealedKey::seal_as(id, key.pkcs8(), self.board, &Pin::new(pin)?, cost)?;
        self.write_back(&self.corporate_slot(), &item.to_text()?, patience)
    }

    /// Opens the key of the corporate certificate whose key id is `id`; `None` where this device has it not.
    ///
    /// # Errors
    /// [`VaultError::PinWrong`], [`VaultError::PinDelayed`], and what the vault says.
    pub fn corporate_key(
        &self,
        id: KeyId,
        pin: &SecretString,
        now: DateTime<Utc>,
        patience: &Patience,
    ) -> Result<Option<CorporateKey>, VaultError> {
        let Some(item) = self.corporate_item(patience)?.filter(|item| item.key_id() == id) else { return Ok(None) };
        let pkcs8 = self.counted(now, patience, || item.reveal(self.board, pin))?;
        let key = CorporateKey::from_pkcs8(&pkcs8);
        key.map(Some).ok_or_else(|| VaultError::corrupt("the key of the corporate certificate cannot be read"))
    }

    /// Whether this device has the key of the corporate certificate whose key id is `id`, without a PIN.
    ///
    /// # Errors
    /// What the vault says.
    pub fn has_corporate_key(&self, id: KeyId, patience: &Patience) -> Result<bool, VaultError> {
        Ok(self.corporate_item(patience)?.is_some_and(|item| item.key_id() == id))
    }

    fn corporate_item(&self, patience: &Patience) -> Result<Option<SealedKey>, VaultError> {
        let text = self.vault.read(&self.corporate_slot(), patience)?;
        text.map(|text| SealedKey::from_text(&text)).transpose()
    }

    /// Removes the key of the corporate certificate from this device; whether there was one.
    ///
    /// # Errors
    /// What the vault says.
    pub fn forget_corporate_key(&self, patience: &Patience) -> Result<bool, VaultError> {
        let slot = self.corporate_slot();
        let there = self.vault.read(&slot, patience)?.is_some();
        if there {
            self.vault.remove(&slot, patience)?;
        }
        Ok(there)
    }

    /// Seals it under another PIN, before that of the signature key is changed. One that the old PIN does not open is
    /// removed: it can be imported again.
    pub(super) fn reseal_corporate_key(
        &self,
        old: &SecretString,
        (new, cost): (&Pin, Cost),
        patience: &Patience,
    ) -> Result<(), VaultError> {
        let Some(item) = self.corporate_item(patience)? else { return Ok(()) };
        let Some(pkcs8) = item.reveal(self.board, old)? else {
            return self.vault.remove(&self.corporate_slot(), patience);
        };
        let again = SealedKey::seal_as(item.key_id(), &pkcs8, self.board, new, cost)?;
        self.write_back(&self.corporate_slot(), &again.to_text()?, patience)
    }
}
