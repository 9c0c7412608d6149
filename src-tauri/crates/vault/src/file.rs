//! A vault in files of the `age` format, for machines without a keyring: by explicit consent, where the
//! policy allows it. The sample board uses one, too.
//!
//! `identity.age` holds an age identity under the passphrase, `items.age` the secrets under that
//! identity, so that a head can be written after each entry without deriving the passphrase again.
//! `age -d -i identity.age items.age` shows what is inside. Signature keys are sealed under the PIN
//! within, as in a keyring.
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::{Mutex, PoisonError};

use age::{scrypt, x25519};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::Vault;
use crate::error::VaultError;
use crate::patience::Patience;
use crate::slot::{Keystore, Slot};

const KEEPER: &str = "passphrase file";
const IDENTITY: &str = "identity.age";
const ITEMS: &str = "items.age";
/// The items of a vault that is being made: they become [`ITEMS`] once the identity that opens them is there.
const MADE: &str = "items.made";
const LOCK: &str = "vault.lock";
/// scrypt N = 2^18: about a second, as the age command line chooses.
const WORK: u8 = 18;
/// For the sample board, whose passphrase is published.
const SAMPLE_WORK: u8 = 2;
/// The most that is accepted from a file.
const GREATEST_WORK: u8 = 22;
/// Far more than a board's secrets need.
const GREATEST_BYTES: u64 = 4 << 20;
/// The published passphrase of every sample board.
pub const SAMPLE_PASSPHRASE: &str = "sample board";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Items {
    v: u32,
    items: BTreeMap<String, String>,
}

impl Drop for Items {
    fn drop(&mut self) {
        self.items.values_mut().for_each(Zeroize::zeroize);
    }
}

/// A passphrase file in a folder of its own; locked until [`FileVault::unlock`].
pub struct FileVault {
    folder: PathBuf,
    keystore: Keystore,
    identity: Mutex<Option<x25519::Identity>>,
}

impl FileVault {
    /// The vault in `folder`, locked.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), keystore: Keystore::File, identity: Mutex::new(None) }
    }

    /// Makes a vault in `folder` under `passphrase` and leaves it unlocked.
    ///
    /// # Errors
    /// [`VaultError::AlreadyThere`] where there is one; [`VaultError::PinTooWeak`] for a passphrase
    /// that would not do as a PIN; [`VaultError::Io`].
    pub fn create(folder: &Path, passphrase: &SecretString) -> Result<Self, VaultError> {
        crate::pin::Pin::new(passphrase)?;
        let vault = Self::at(folder);
        vault.make(passphrase, WORK)?;
        Ok(vault)
    }

    /// The sample board's vault in `folder`, made where there is none, unlocked.
    ///
    /// # Errors
    /// [`VaultError::Io`], or what [`FileVault::unlock`] says.
    pub fn sample(folder: &Path) -> Result<Self, VaultError> {
        let vault = Self { keystore: Keystore::Sample, ..Self::at(folder) };
        let passphrase = SAMPLE_PASSPHRASE.into();
        if vault.exists() {
            vault.unlock(&passphrase)?;
        } else {
            vault.make(&passphrase, SAMPLE_WORK)?;
        }
        Ok(vault)
    }

    /// Whether there is one in the folder.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.folder.join(IDENTITY).exists() || self.folder.join(ITEMS).exists()
    }

    fn make(&self, passphrase: &SecretString, work: u8) -> Result<(), VaultError> {
        if self.exists() {
            return Err(VaultError::AlreadyThere { what: KEEPER });
        }
        make_folder(&self.folder)?;
        let lock = self.hold_lock()?;
        // Somebody may have made one while we waited.
        if self.exists() {
            return Err(VaultError::AlreadyThere { what: KEEPER });
        }
        let identity = x25519::Identity::generate();
        let mut recipient = scrypt::Recipient::new(passphrase_of(passphrase));
        recipient.set_work_factor(work);
        let text = Zeroizing::new(format!("{}\n", identity.to_string().expose_secret()));
        let sealed =
            age::encrypt(&recipient, text.as_bytes()).map_err(|error| VaultError::Cryptography(error.to_string()))?;
        // Killed before the identity has its name, nothing was made; after it, opening does the rest.
        replace(&self.folder.join(MADE), &sealed_items(&identity, &Items { v: 1, items: BTreeMap::new() })?)?;
        replace(&self.folder.join(IDENTITY), &sealed)?;
        self.finish_making()?;
        drop(lock);
        *self.identity() = Some(identity);
        Ok(())
    }

    /// Gives the items of a new vault their name, if whoever made it did not come to it.
    fn finish_making(&self) -> Result<(), VaultError> {
        let (made, items) = (self.folder.join(MADE), self.folder.join(ITEMS));
        if items.exists() || !made.exists() {
            return Ok(());
        }
        rename(&made, &items).map_err(|error| VaultError::io(format!("writing {}", items.display()), error))
    }

    /// The folder's lock, until the file is dropped: `cab` may run beside the window.
    fn hold_lock(&self) -> Result<File, VaultError> {
        let path = self.folder.join(LOCK);
        File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .and_then(|file| file.lock().map(|()| file))
            .map_err(|error| VaultError::io(format!("locking {}", path.display()), error))
    }

    fn identity(&self) -> std::sync::MutexGuard<'_, Option<x25519::Identity>> {
        self.identity.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens it with its passphrase; stays open until [`FileVault::lock`] or the end of the program.
    ///
    /// # Errors
    /// [`VaultError::PassphraseWrong`], [`VaultError::Absent`] where there is no such file,
    /// [`VaultError::Corrupt`] where it is no age file.
    pub fn unlock(&self, passphrase: &SecretString) -> Result<(), VaultError> {
        let path = self.folder.join(IDENTITY);
        let sealed = match read_bounded(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(VaultError::Absent { keeper: KEEPER, why: format!("{} does not exist", path.display()) });
            }
            Err(error) => return Err(VaultError::io(format!("reading {}", path.display()), error)),
        };
        let mut opener = scrypt::Identity::new(passphrase_of(passphrase));
        opener.set_max_work_factor(GREATEST_WORK);
        let damaged = || VaultError::corrupt(format!("{} is not the file that was written", path.display()));
        let text = age::decrypt(&opener, &sealed).map(Zeroizing::new).map_err(|error| match error {
            age::DecryptError::DecryptionFailed
            | age::DecryptError::KeyDecryptionFailed
            | age::DecryptError::NoMatchingKeys => VaultError::PassphraseWrong,
            age::DecryptError::ExcessiveWork { .. }
            | age::DecryptError::InvalidHeader
            | age::DecryptError::InvalidMac
            | age::DecryptError::Io(_)
            | age::DecryptError::UnknownFormat
            | _ => damaged(),
        })?;
        let text = std::str::from_utf8(&text).map_err(|_| damaged())?;
        let identity = x25519::Identity::from_str(text.trim_end()).map_err(|_| damaged())?;
        if !self.folder.join(ITEMS).exists() {
            let lock = self.hold_lock()?;
            self.finish_making()?;
            drop(lock);
        }
        *self.identity() = Some(identity);
        Ok(())
    }

    /// Closes it.
    pub fn lock(&self) {
        *self.identity() = None;
    }

    fn with_identity<T>(&self, work: impl FnOnce(&x25519::Identity) -> Result<T, VaultError>) -> Result<T, VaultError> {
        match self.identity().as_ref() {
            Some(identity) => work(identity),
            None => Err(VaultError::Locked { keeper: KEEPER }),
        }
    }

    fn read_items(&self, identity: &x25519::Identity) -> Result<Items, VaultError> {
        let path = self.folder.join(ITEMS);
        let damaged = || VaultError::corrupt(format!("{} is not the file that was written", path.display()));
        let sealed = read_bounded(&path).map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                // The identity is there and its items are gone: that is no empty vault.
                return VaultError::corrupt(format!("{} is missing", path.display()));
            }
            VaultError::io(format!("reading {}", path.display()), error)
        })?;
        let json = Zeroizing::new(age::decrypt(identity, &sealed).map_err(|_| damaged())?);
        let items: Items = serde_json::from_slice(&json).map_err(|_| damaged())?;
        if items.v == 1 { Ok(items) } else { Err(damaged()) }
    }

    fn write_items(&self, identity: &x25519::Identity, items: &Items) -> Result<(), VaultError> {
        replace(&self.folder.join(ITEMS), &sealed_items(identity, items)?)
    }

    /// Reads, changes and writes under the folder's lock.
    fn change(&self, edit: impl FnOnce(&mut Items)) -> Result<(), VaultError> {
        self.with_identity(|identity| {
            let lock = self.hold_lock()?;
            let mut items = self.read_items(identity)?;
            edit(&mut items);
            let result = self.write_items(identity, &items);
            drop(lock);
            result
        })
    }
}

impl Vault for FileVault {
    fn keystore(&self) -> Keystore {
        self.keystore
    }

    fn read(&self, slot: &Slot, _: &Patience) -> Result<Option<SecretString>, VaultError> {
        self.with_identity(|identity| {
            let items = self.read_items(identity)?;
            Ok(items.items.get(&slot.name()).map(|secret| SecretString::from(secret.as_str())))
        })
    }

    fn write(&self, slot: &Slot, secret: &SecretString, _: &Patience) -> Result<(), VaultError> {
        self.change(|items| {
            let before = items.items.insert(slot.name(), secret.expose_secret().to_owned());
            before.unwrap_or_default().zeroize();
        })
    }

    fn remove(&self, slot: &Slot, _: &Patience) -> Result<(), VaultError> {
        self.change(|items| {
            items.items.remove(&slot.name()).unwrap_or_default().zeroize();
        })
    }
}

fn passphrase_of(text: &SecretString) -> SecretString {
    crate::pin::normal_form(text)
}

fn sealed_items(identity: &x25519::Identity, items: &Items) -> Result<Vec<u8>, VaultError> {
    let json = Zeroizing::new(serde_json::to_vec(items).map_err(|error| VaultError::Cryptography(error.to_string()))?);
    age::encrypt(&identity.to_public(), &json).map_err(|error| VaultError::Cryptography(error.to_string()))
}

fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let read = File::open(path)?.take(GREATEST_BYTES + 1).read_to_end(&mut bytes)? as u64;
    if read > GREATEST_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "larger than a vault can be"));
    }
    Ok(bytes)
}

fn make_folder(folder: &Path) -> Result<(), VaultError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder).map_err(|error| VaultError::io(format!("making {}", folder.display()), error))
}

/// Replaces a file whole or not at all, readable by its owner only.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), VaultError> {
    let beside = path.with_extension("new");
    let write = || {
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut file = options.open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        rename(&beside, path)
    };
    write().map_err(|error: io::Error| VaultError::io(format!("writing {}", path.display()), error))
}

/// Renames, and lasts through a power cut.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    #[cfg(unix)]
    if let Some(folder) = to.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
