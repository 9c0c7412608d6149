//! What can go wrong with a ticketing system, and what it means for whoever goes on.
use std::time::Duration;

use serde::{Deserialize, Serialize};
use specta::Type;

/// An error of the storage behind [`crate::SyncStore`] or [`crate::PushJournal`].
#[derive(Debug, thiserror::Error)]
#[error("the local store failed: {0}")]
pub struct StorageError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

impl StorageError {
    /// Wraps the store's own error.
    pub fn new(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(source.into())
    }
}

/// Everything that a call to a ticketing system can end in. No text in here carries a credential.
#[derive(Debug, thiserror::Error)]
pub enum TicketingError {
    /// The credentials were refused (401). Never retried: three of four retries lock accounts.
    #[error("the server refused the API key ({what}); nothing is tried again until the connection is mended")]
    Auth {
        /// Method and path.
        what: String,
    },
    /// The account may not do this (403).
    #[error("the account is not allowed to do this ({what}){}", said(.reason))]
    Forbidden {
        /// Method and path.
        what: String,
        /// The server's words, if any.
        reason: String,
    },
    /// Not there, or no longer (404, 410).
    #[error("the server has no such thing ({what})")]
    Gone {
        /// Method and path.
        what: String,
    },
    /// Somebody else wrote at the same time (409, 412, and Redmine's 422 without a reason).
    #[error("somebody else changed the ticket at the same time ({what})")]
    Conflict {
        /// Method and path.
        what: String,
    },
    /// The server understood and refused (400, 413, 422).
    #[error("the server refused the request ({what}){}", said(&.reasons.join("; ")))]
    Invalid {
        /// Method and path.
        what: String,
        /// The server's reasons.
        reasons: Vec<String>,
    },
    /// Too many requests (429).
    #[error("the server asks to slow down ({what})")]
    RateLimited {
        /// Method and path.
        what: String,
        /// How long it asks to wait, already clamped to 1 s – 1 h.
        wait: Option<Duration>,
    },
    /// Worth trying again: no connection, time-out, cut-off reply, 5xx.
    #[error("the server could not be reached or failed ({what}): {why}")]
    Transient {
        /// Method and path.
        what: String,
        /// In words.
        why: String,
        /// Whether the server may have carried the request out.
        effect: Effect,
        /// How long it asks to wait (503 with Retry-After), clamped.
        wait: Option<Duration>,
    },
    /// The answer is not what this system sends: HTML, no JSON, a redirect, an ignored filter.
    #[error("the answer does not come from a {system} as expected ({what}): {why}")]
    Protocol {
        /// The system that was expected.
        system: &'static str,
        /// Method and path.
        what: String,
        /// In words, with the way out where there is one.
        why: String,
    },
    /// The answer is larger or deeper than we accept.
    #[error("the answer is too large ({what}): {why}")]
    TooLarge {
        /// Method and path.
        what: String,
        /// Which limit.
        why: String,
    },
    /// The address or its certificate is not acceptable.
    #[error("{why}")]
    Address {
        /// In words, with the way out.
        why: String,
    },
    /// The mapping does not fit the server, or itself.
    #[error("the mapping of fields does not fit: {why}")]
    Mapping {
        /// In words.
        why: String,
    },
    /// The person cancelled.
    #[error("cancelled")]
    Cancelled,
    /// The local store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

fn said(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(": {reason}") }
}

/// Whether a request that ended badly may have been carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Certainly not: it never left, or was refused unread.
    None,
    /// It may have been: look before sending again.
    Possible,
}

/// What an error means for whoever goes on. Stable, for screens and the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// Stop the connection at once; a person must mend the credentials.
    Auth,
    /// This one thing is not allowed.
    Forbidden,
    /// Deleted, or never there.
    Gone,
    /// Read again, then decide.
    Conflict,
    /// Refused for good; the same request will be refused again.
    Invalid,
    /// Wait, then go on.
    RateLimited,
    /// Try again.
    Transient,
    /// The server is not what we think it is.
    Protocol,
    /// A person cancelled.
    Cancelled,
    /// Ours: settings, storage.
    Fatal,
}

/// The class of an error.
#[must_use]
pub fn classify(error: &TicketingError) -> ErrorClass {
    match error {
        TicketingError::Auth { .. } => ErrorClass::Auth,
        TicketingError::Forbidden { .. } => ErrorClass::Forbidden,
        TicketingError::Gone { .. } => ErrorClass::Gone,
        TicketingError::Conflict { .. } => ErrorClass::Conflict,
        TicketingError::Invalid { .. } => ErrorClass::Invalid,
        TicketingError::RateLimited { .. } => ErrorClass::RateLimited,
        TicketingError::Transient { .. } => ErrorClass::Transient,
        TicketingError::Protocol { .. } | TicketingError::TooLarge { .. } => ErrorClass::Protocol,
        TicketingError::Cancelled => ErrorClass::Cancelled,
        TicketingError::Address { .. } | TicketingError::Mapping { .. } | TicketingError::Storage(_) => {
            ErrorClass::Fatal
        }
    }
}

impl TicketingError {
    /// The server's wish how long to wait, clamped to 1 s – 1 h.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { wait, .. } | Self::Transient { wait, .. } => *wait,
            Self::Auth { .. }
            | Self::Forbidden { .. }
            | Self::Gone { .. }
            | Self::Conflict { .. }
            | Self::Invalid { .. }
            | Self::Protocol { .. }
            | Self::TooLarge { .. }
            | Self::Address { .. }
            | Self::Mapping { .. }
            | Self::Cancelled
            | Self::Storage(_) => None,
        }
    }

    /// Whether a write that ended in this may nevertheless have happened.
    #[must_use]
    pub fn effect(&self) -> Effect {
        match self {
            Self::Transient { effect, .. } => *effect,
            // A reply came, but not one we can read: the write may stand.
            Self::Protocol { .. } | Self::TooLarge { .. } | Self::Cancelled => Effect::Possible,
            Self::Auth { .. }
            | Self::Forbidden { .. }
            | Self::Gone { .. }
            | Self::Conflict { .. }
            | Self::Invalid { .. }
            | Self::RateLimited { .. }
            | Self::Address { .. }
            | Self::Mapping { .. }
            | Self::Storage(_) => Effect::None,
        }
    }
}
