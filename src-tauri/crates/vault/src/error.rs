//! What can be wrong with a vault, and what to do about it.
use chrono::{DateTime, Utc};

/// The states of a vault that a screen tells apart (`record.md`, *Where keys live*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VaultState {
    /// It answers, and the key is there.
    Available,
    /// It is there and closed.
    Locked,
    /// There is none.
    Absent,
    /// It answers, and the key of an enrolled member is not in it.
    Lost,
    /// More than one secret answers to one name.
    Ambiguous,
    /// What it holds cannot be what was put there.
    Corrupt,
}

impl VaultState {
    /// One word, for reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Locked => "locked",
            Self::Absent => "absent",
            Self::Lost => "lost",
            Self::Ambiguous => "ambiguous",
            Self::Corrupt => "corrupt",
        }
    }
}

/// Why a vault did not do as asked. No variant holds a secret; each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The keyring or file is closed.
    #[error("The {keeper} is locked. Unlock it and try again; everything can be read meanwhile, only signing waits.")]
    Locked {
        /// "keyring" or "passphrase file".
        keeper: &'static str,
    },
    /// Nothing answers.
    #[error(
        "No {keeper} answers ({why}). Start it and try again, or choose a passphrase file if the policy allows one. \
         No key was made or stored."
    )]
    Absent {
        /// "keyring" or "passphrase file".
        keeper: &'static str,
        /// In the platform's words, without secrets.
        why: String,
    },
    /// No key for a member who has one.
    #[error(
        "The {what} is not in the vault, though it was put there before. No new key was made. Restore the keyring \
         from a backup, or enrol again with a root holder: signatures made so far stand."
    )]
    Lost {
        /// "signature key", "recording key", "exchange key", "certificate authority".
        what: &'static str,
    },
    /// Several secrets under one name.
    #[error(
        "{count} secrets in the keyring answer to one name, and Cabinet does not guess which is yours. Remove those \
         that Cabinet did not put there (for example in \"Passwords and Keys\") and try again."
    )]
    Ambiguous {
        /// How many.
        count: usize,
    },
    /// Not what was put there.
    #[error("What the vault holds is damaged ({what}). Nothing was changed. Restore it from a backup, or enrol again.")]
    Corrupt {
        /// Which part, without its content.
        what: String,
    },
    /// Waited long enough.
    #[error("The keyring did not answer within {seconds} seconds. If it asks for its password, answer and try again.")]
    TimedOut {
        /// How long.
        seconds: u64,
    },
    /// The user stopped waiting.
    #[error("Waiting for the keyring was cancelled. Nothing was signed.")]
    Cancelled,
    /// The PIN does not follow the rule.
    #[error("{why}. A PIN has at least 8 characters and is not digits only.")]
    PinTooWeak {
        /// In words.
        why: &'static str,
    },
    /// Not the PIN.
    #[error("The PIN is wrong; {failed} failed in a row.{}", wait_words(*.wait_seconds))]
    PinWrong {
        /// Failed attempts in a row.
        failed: u32,
        /// How long the next attempt has to wait, in seconds.
        wait_seconds: u32,
    },
    /// Too early after a failed attempt.
    #[error("After {failed} wrong PINs in a row the next can be tried at {until}.")]
    PinDelayed {
        /// Failed attempts in a row.
        failed: u32,
        /// From when.
        until: DateTime<Utc>,
    },
    /// Would overwrite a key.
    #[error("There is a {what} already. It was not replaced.")]
    AlreadyThere {
        /// "signature key" and so on.
        what: &'static str,
    },
    /// Not the passphrase of the file.
    #[error("The passphrase does not open the passphrase file. Check it and try again.")]
    PassphraseWrong,
    /// Longer than the platform keeps.
    #[error("The keyring keeps at most {limit} characters, and this secret is longer.")]
    TooLong {
        /// The platform's limit.
        limit: u32,
    },
    /// A file could not be read or written.
    #[error("{what}: {source}")]
    Io {
        /// What was being done, with the path.
        what: String,
        /// The system's word.
        source: std::io::Error,
    },
    /// The operating system gave no randomness, or a primitive refused its parameters.
    #[error("Cryptography failed: {0}. No key was made.")]
    Cryptography(String),
}

impl VaultError {
    /// The state behind the error; `None` where the vault itself is well.
    #[must_use]
    pub fn state(&self) -> Option<VaultState> {
        match self {
            Self::Locked { .. } | Self::TimedOut { .. } | Self::Cancelled => Some(VaultState::Locked),
            Self::Absent { .. } => Some(VaultState::Absent),
            Self::Lost { .. } => Some(VaultState::Lost),
            Self::Ambiguous { .. } => Some(VaultState::Ambiguous),
            Self::Corrupt { .. } => Some(VaultState::Corrupt),
            Self::PinTooWeak { .. }
            | Self::PinWrong { .. }
            | Self::PinDelayed { .. }
            | Self::AlreadyThere { .. }
            | Self::PassphraseWrong
            | Self::TooLong { .. }
            | Self::Io { .. }
            | Self::Cryptography(_) => None,
        }
    }

    pub(crate) fn io(what: impl Into<String>, source: std::io::Error) -> Self {
        Self::Io { what: what.into(), source }
    }

    pub(crate) fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt { what: what.into() }
    }
}

fn wait_words(seconds: u32) -> String {
    match seconds {
        0 => String::new(),
        seconds => format!(" The next can be tried in {seconds} seconds."),
    }
}
