//! The rule for a PIN.
use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization as _;

use crate::error::VaultError;

/// The least number of characters.
pub const LEAST: usize = 8;
/// The greatest length in bytes; beyond that something was pasted by mistake.
pub const GREATEST_BYTES: usize = 1024;

/// A PIN that follows the rule: at least 8 characters, not digits only. Kept in NFC, so that the same
/// keys on another keyboard layout or system give the same PIN.
#[derive(Clone)]
pub struct Pin(SecretString);

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin([hidden])")
    }
}

impl Pin {
    /// A PIN to set.
    ///
    /// # Errors
    /// [`VaultError::PinTooWeak`].
    pub fn new(text: &SecretString) -> Result<Self, VaultError> {
        let pin = normal_form(text);
        let weak = |why| Err(VaultError::PinTooWeak { why });
        let exposed = pin.expose_secret();
        if exposed.len() > GREATEST_BYTES {
            return weak("The PIN is longer than 1024 bytes");
        }
        if exposed.chars().any(char::is_control) {
            return weak("The PIN holds a control character");
        }
        if exposed.chars().count() < LEAST {
            return weak("The PIN is too short");
        }
        if exposed.chars().all(char::is_numeric) {
            return weak("The PIN is digits only");
        }
        Ok(Self(pin))
    }

    pub(crate) fn secret(&self) -> &SecretString {
        &self.0
    }
}

/// NFC, as set and as tried.
pub(crate) fn normal_form(text: &SecretString) -> SecretString {
    // Reserved at once, so that no growing buffer leaves pieces of the PIN behind.
    let mut out = String::with_capacity(text.expose_secret().len() * 3);
    out.extend(text.expose_secret().nfc());
    SecretString::from(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_has_eight_characters_and_is_not_digits_only() {
        for good in ["secret-8", "1234567a", "ünïcödé!", "correct horse battery staple", "1234 5678"] {
            Pin::new(&good.into()).expect(good);
        }
        let long = "a1".repeat(600);
        for bad in ["", "short", "1234567", "12345678", "9999999999999999", "٠١٢٣٤٥٦٧", "seven77", "tab\tbed-8", &long]
        {
            assert!(matches!(Pin::new(&bad.into()), Err(VaultError::PinTooWeak { .. })), "{bad:?}");
        }
    }

    #[test]
    fn composed_and_decomposed_letters_are_the_same_pin() {
        let pin = |text: &str| Pin::new(&text.into()).expect("valid").secret().expose_secret().to_owned();
        assert_eq!(pin("schlu\u{308}ssel"), pin("schl\u{fc}ssel"));
    }

    #[test]
    fn a_pin_does_not_print() {
        let pin = Pin::new(&"secret-8".into()).expect("valid");
        assert!(!format!("{pin:?}").contains("secret"));
    }
}
