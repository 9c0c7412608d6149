//! The key that review packs, and entries where the policy says so, are sealed to: an `age` X25519 key of the member on this
//! device, without a PIN. It opens what was sent to the member, and signs nothing.
use std::str::FromStr as _;

use age::x25519::Identity;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use super::MemberKeys;
use crate::error::VaultError;
use crate::patience::Patience;
use crate::sealed::{from_text, to_text};
use crate::slot::Kind;

/// The word in messages.
pub(super) const EXCHANGE_KEY: &str = "exchange key";

/// The key as kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    v: u32,
    /// The public half, as the roster has it.
    recipient: String,
    /// `AGE-SECRET-KEY-1…`
    identity: String,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.identity.zeroize();
    }
}

impl MemberKeys {
    /// Makes the key that review packs for this member are sealed to, and answers with its public half: the text of an
    /// `age` recipient, for the roster.
    ///
    /// # Errors
    /// As [`MemberKeys::enrol`].
    pub fn make_exchange_key(&self, patience: &Patience) -> Result<String, VaultError> {
        let slot = self.slot(Kind::ExchangeKey(self.member));
        if self.vault.read(&slot, patience)?.is_some() {
            return Err(VaultError::AlreadyThere { what: EXCHANGE_KEY });
        }
        let (kept, recipient) = make()?;
        self.write_back(&slot, &kept, patience)?;
        Ok(recipient)
    }

    /// The public half of the exchange key that is here, or of a new one: who begins anew with other keys can still open
    /// what was sealed to them before.
    ///
    /// # Errors
    /// [`VaultError::Corrupt`] where what is here is no exchange key, and what the vault says.
    pub fn exchange_key_kept_or_made(&self, patience: &Patience) -> Result<String, VaultError> {
        let Some(text) = self.vault.read(&self.slot(Kind::ExchangeKey(self.member)), patience)? else {
            return self.make_exchange_key(patience);
        };
        let recipient = from_text::<Kept>(&text, "the exchange key")?.recipient.clone();
        read(&text, &recipient)?;
        Ok(recipient)
    }

    /// The key that opens this member's review packs, which the roster says is `expected`.
    ///
    /// # Errors
    /// [`VaultError::Lost`], [`VaultError::Corrupt`], and what the vault says.
    pub fn exchange_key(&self, expected: &str, patience: &Patience) -> Result<Identity, VaultError> {
        let slot = self.slot(Kind::ExchangeKey(self.member));
        let kept = self.vault.read(&slot, patience)?.ok_or(VaultError::Lost { what: EXCHANGE_KEY })?;
        read(&kept, expected)
    }
}

/// A fresh key: what the vault keeps, and the recipient's text for the roster.
fn make() -> Result<(SecretString, String), VaultError> {
    let identity = Identity::generate();
    let recipient = identity.to_public().to_string();
    let kept = Kept { v: 1, recipient: recipient.clone(), identity: identity.to_string().expose_secret().to_owned() };
    Ok((to_text(&kept)?, recipient))
}

/// Reads what [`make`] made and insists on the expected key.
fn read(text: &SecretString, expected: &str) -> Result<Identity, VaultError> {
    let kept: Kept = from_text(text, "the exchange key")?;
    if kept.v != 1 {
        return Err(VaultError::corrupt("the exchange key is of a kind this program does not know"));
    }
    if kept.recipient != expected {
        return Err(VaultError::corrupt(format!("the exchange key is {}, the roster says {expected}", kept.recipient)));
    }
    let secret = Zeroizing::new(kept.identity.clone());
    let identity = Identity::from_str(&secret).map_err(|_| VaultError::corrupt("the exchange key cannot be read"))?;
    if identity.to_public().to_string() == expected {
        Ok(identity)
    } else {
        Err(VaultError::corrupt("the exchange key is not the one its name says"))
    }
}
