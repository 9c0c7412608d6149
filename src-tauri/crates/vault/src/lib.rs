//! Where a member's keys live: the platform's keyring, a passphrase file, or memory for tests.
//!
//! | module | what |
//! |---|---|
//! | [`Vault`] | the port: named secrets, in one of three keepers |
//! | [`keyring`], [`mod@file`], [`memory`] | its implementations |
//! | [`patience`] | how long to wait for a keyring that prompts, and how to stop waiting |
//! | [`pin`], [`attempts`], [`sealed`] | the PIN, its failures, and what it seals |
//! | [`member`] | a member's keys on a board: enrol, unlock, heads, certificate authority |
//! | [`mod@pkcs12`], [`corporate`] | a company's certificate for a member: its file, its key |
//! | [`unlocked`] | a key in use |
//! | [`error`] | the states a vault can be in, each with what to do about it |
//!
//! On Linux any process of the same user reads an unlocked keyring, so a signature key is sealed under
//! the member's PIN before it gets there. A missing key of an enrolled member is *lost*, never a reason
//! to make a new one.
pub mod attempts;
pub mod corporate;
pub mod error;
pub mod file;
pub mod keyring;
pub mod member;
pub mod memory;
pub mod patience;
pub mod pin;
pub mod pkcs12;
pub mod sealed;
pub mod slot;
pub mod unlocked;

#[cfg(test)]
mod keyring_states;

pub use self::keyring::KeyringVault;
pub use corporate::CorporateKey;
pub use error::{VaultError, VaultState};
pub use file::FileVault;
pub use member::{Connections, MemberKeys, PublicHalf};
pub use memory::MemoryVault;
pub use patience::{Cancel, Patience};
pub use pin::Pin;
pub use pkcs12::Pkcs12Error;
pub use sealed::Cost;
pub use secrecy::{ExposeSecret, SecretString};
pub use slot::{Keystore, Slot};
pub use unlocked::UnlockedKey;

/// A keeper of named secrets. All calls block; hosts run them off their async threads.
///
/// Values are text (base64 or a token), since one of the platforms' stores keeps nothing else.
pub trait Vault: Send + Sync {
    /// What it is, as entries and the roster name it (R114).
    fn keystore(&self) -> Keystore;

    /// The secret in `slot`, or `None` where there is none.
    ///
    /// # Errors
    /// [`VaultError`] in every other case; in particular a vault that is locked or absent is not empty.
    fn read(&self, slot: &Slot, patience: &Patience) -> Result<Option<SecretString>, VaultError>;

    /// Puts `secret` into `slot`, replacing what is there.
    ///
    /// # Errors
    /// [`VaultError`]; then nothing is known to have been written.
    fn write(&self, slot: &Slot, secret: &SecretString, patience: &Patience) -> Result<(), VaultError>;

    /// Empties `slot`; an empty one stays so.
    ///
    /// # Errors
    /// [`VaultError`]; then nothing is known to have been removed.
    fn remove(&self, slot: &Slot, patience: &Patience) -> Result<(), VaultError>;
}
