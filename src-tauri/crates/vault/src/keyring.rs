//! The platform's keyring.
//!
//! `keyring` picks the platform's store once and remembers a missing daemon for the life of the process;
//! this vault opens the store again when it was absent or its connection broke. Each call runs on a
//! thread of its own, outside any async runtime, because a locked keyring with a display blocks until
//! its prompt is answered. Errors are never printed with `{:?}`: two of them carry the secret.
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use keyring_core::{CredentialStore, Entry, Error};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::{Zeroize as _, Zeroizing};

use crate::Vault;
use crate::error::VaultError;
use crate::patience::{Abandoned, Patience, wait_for};
use crate::slot::{Keystore, Slot};

const KEEPER: &str = "keyring";
/// The service under which a desktop shows Cabinet's secrets.
const SERVICE: &str = "cabinet";

/// The keyring of the platform: Secret Service, Keychain or Credential Manager.
#[derive(Clone, Default)]
pub struct KeyringVault {
    open: Arc<Open>,
}

#[derive(Default)]
struct Open {
    store: Mutex<Option<Arc<CredentialStore>>>,
    /// Whether a store was opened before in the life of the process.
    tried: AtomicBool,
}

impl KeyringVault {
    /// The user's keyring; nothing is opened before the first call.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether a keyring answers at all; a locked one does.
    ///
    /// # Errors
    /// [`VaultError::Absent`] and what waiting says.
    pub fn probe(&self, patience: &Patience) -> Result<(), VaultError> {
        self.call(patience, |open, _| open.store().map(|_| ()))
    }

    /// Runs `work` with patience. A connection whose call was given up is not used again: its thread
    /// may hold it until the prompt is closed.
    fn call<T: Send + 'static>(
        &self,
        patience: &Patience,
        work: impl FnOnce(&Open, &Abandoned) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let open = self.open.clone();
        let result = wait_for(patience, move |abandoned| work(&open, abandoned));
        if matches!(result, Err(VaultError::TimedOut { .. } | VaultError::Cancelled)) {
            self.open.forget();
        }
        result
    }
}

impl Open {
    fn store(&self) -> Result<Arc<CredentialStore>, VaultError> {
        if let Some(store) = self.store.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Ok(store);
        }
        // Opened without holding the lock: connecting can block.
        let again = self.tried.swap(true, Ordering::SeqCst);
        let store = open_store(again).map_err(|error| translate(error, true))?;
        *self.store.lock().unwrap_or_else(PoisonError::into_inner) = Some(store.clone());
        Ok(store)
    }

    fn forget(&self) {
        *self.store.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Does `work` on the item called `name`; once more on a fresh connection where the old one broke,
    /// as it does when the daemon was ended and another took its place.
    fn with_item<T>(&self, name: &str, work: impl Fn(&Entry) -> Result<T, Error>) -> Result<Option<T>, VaultError> {
        let once = || {
            let entry = self.store()?.build(SERVICE, name, None).map_err(|error| translate(error, false))?;
            Ok(work(&entry))
        };
        let result: Result<T, Error> = match once()? {
            Err(Error::PlatformFailure(_)) => {
                self.forget();
                once()?
            }
            result => result,
        };
        match result {
            Ok(value) => Ok(Some(value)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => {
                if matches!(error, Error::PlatformFailure(_)) {
                    self.forget();
                }
                Err(translate(error, false))
            }
        }
    }

    fn read(&self, name: &str) -> Result<Option<SecretString>, VaultError> {
        let Some(bytes) = self.with_item(name, Entry::get_secret)? else {
            return Ok(None);
        };
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text.into())),
            Err(error) => {
                error.into_bytes().zeroize();
                Err(VaultError::corrupt("a secret in the keyring is not text"))
            }
        }
    }
}

impl Vault for KeyringVault {
    fn keystore(&self) -> Keystore {
        Keystore::Keyring
    }

    fn read(&self, slot: &Slot, patience: &Patience) -> Result<Option<SecretString>, VaultError> {
        let name = slot.name();
        self.call(patience, move |open, _| open.read(&name))
    }

    fn write(&self, slot: &Slot, secret: &SecretString, patience: &Patience) -> Result<(), VaultError> {
        let name = slot.name();
        let secret = Zeroizing::new(secret.expose_secret().as_bytes().to_vec());
        self.call(patience, move |open, abandoned| {
            // Reading first lets the prompt, if any, come before the write; and what was given up in
            // the meantime is not written late.
            open.read(&name)?;
            if abandoned.is_set() {
                return Err(VaultError::Cancelled);
            }
            open.with_item(&name, |entry| entry.set_secret(&secret))?
                .ok_or_else(|| VaultError::corrupt("the keyring did not keep what was written"))
        })
    }

    fn remove(&self, slot: &Slot, patience: &Patience) -> Result<(), VaultError> {
        let name = slot.name();
        self.call(patience, move |open, abandoned| {
            open.read(&name)?;
            if abandoned.is_set() {
                return Err(VaultError::Cancelled);
            }
            open.with_item(&name, Entry::delete_credential).map(|_| ())
        })
    }
}

/// The platform's store as `keyring` picks it, or, where that was absent or broke, opened again.
fn open_store(again: bool) -> Result<Arc<CredentialStore>, Error> {
    if !again && matches!(::keyring::Entry::store_status(), Ok(())) {
        return keyring_core::get_default_store().ok_or(Error::NoDefaultStore);
    }
    open_again()
}

#[cfg(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android"))))]
fn open_again() -> Result<Arc<CredentialStore>, Error> {
    let store: Arc<CredentialStore> = zbus_secret_service_keyring_store::Store::new()?;
    Ok(store)
}

/// Elsewhere than on Linux the store does not come and go, so the one `keyring` picked is all there is.
#[cfg(not(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android")))))]
fn open_again() -> Result<Arc<CredentialStore>, Error> {
    keyring_core::get_default_store().ok_or(Error::NoDefaultStore)
}

/// What a keyring's error means, without what it holds.
fn translate(error: Error, opening: bool) -> VaultError {
    let absent = |why: String| VaultError::Absent { keeper: KEEPER, why };
    match error {
        Error::NoStorageAccess(_) => VaultError::Locked { keeper: KEEPER },
        Error::PlatformFailure(source) if opening => absent(source.to_string()),
        Error::PlatformFailure(source) => absent(format!("it stopped answering: {source}")),
        Error::NoEntry => VaultError::Lost { what: "secret" },
        Error::BadEncoding(mut secret) => {
            secret.zeroize();
            VaultError::corrupt("a secret in the keyring is not text")
        }
        Error::BadDataFormat(mut secret, _) => {
            secret.zeroize();
            VaultError::corrupt("a secret in the keyring is malformed")
        }
        Error::BadStoreFormat(_) => VaultError::corrupt("the keyring itself is malformed"),
        Error::TooLong(_, limit) => VaultError::TooLong { limit },
        Error::Invalid(attribute, _) => VaultError::corrupt(format!("the keyring refuses the name ({attribute})")),
        Error::Ambiguous(items) => VaultError::Ambiguous { count: items.len() },
        Error::NoDefaultStore => absent("this platform's keyring did not open".to_owned()),
        Error::NotSupportedByStore(_) => absent("it cannot do what is needed".to_owned()),
        _ => absent("an error this program does not know".to_owned()),
    }
}
