//! A vault in memory, for tests.
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use secrecy::SecretString;

use crate::Vault;
use crate::error::VaultError;
use crate::patience::Patience;
use crate::slot::{Keystore, Slot};

/// Forgets everything when it is dropped.
#[derive(Debug, Default)]
pub struct MemoryVault {
    secrets: Mutex<BTreeMap<Slot, SecretString>>,
}

impl Vault for MemoryVault {
    fn keystore(&self) -> Keystore {
        Keystore::Memory
    }

    fn read(&self, slot: &Slot, _: &Patience) -> Result<Option<SecretString>, VaultError> {
        Ok(self.secrets.lock().unwrap_or_else(PoisonError::into_inner).get(slot).cloned())
    }

    fn write(&self, slot: &Slot, secret: &SecretString, _: &Patience) -> Result<(), VaultError> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).insert(*slot, secret.clone());
        Ok(())
    }

    fn remove(&self, slot: &Slot, _: &Patience) -> Result<(), VaultError> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).remove(slot);
        Ok(())
    }
}
