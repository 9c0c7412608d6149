//! Why something could not be sent, or looked for.
use std::io;
use std::path::Path;

use domain::ids::Digest;

/// What went wrong with a relay, and where. Holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The place was there before and is not now, or was never there.
    #[error("{place} is not there now ({why}): nothing was sent, and nothing is lost; it is tried again")]
    Absent {
        /// The folder or the server.
        place: String,
        /// In the system's words.
        why: String,
    },
    /// Something else stands where the board's parcels should.
    #[error("{place} cannot be used: {why}")]
    Foreign {
        /// The folder, file or table.
        place: String,
        /// What stands there.
        why: String,
    },
    /// The server's administrator has not prepared it, or not for this account.
    #[error("{place} is not prepared: {why}; the administrator runs what `setup_sql` prints")]
    NotSetUp {
        /// The server and database.
        place: String,
        /// What is missing.
        why: String,
    },
    /// The address cannot be read, or would not be safe.
    #[error("the address of the relay cannot be used: {why}")]
    Address {
        /// What is wrong with it, without its password.
        why: String,
    },
    /// A parcel that travels nowhere.
    #[error("{size} bytes under {digest} are more than a relay carries ({limit})")]
    TooLarge {
        /// Of the bytes.
        digest: Digest,
        /// Bytes.
        size: usize,
        /// The most.
        limit: usize,
    },
    /// A parcel whose bytes are others than it says.
    #[error("a parcel says {says}, and its bytes are {is}: not sent")]
    Mislabelled {
        /// As given.
        says: Digest,
        /// Computed.
        is: Digest,
    },
    /// A file could not be read or written.
    #[error("{what}: {source}")]
    Io {
        /// What was being done, with the path.
        what: String,
        /// The system's word.
        source: io::Error,
    },
    /// The server refused, or did not answer in time.
    #[error("{place} ({what}): {source}")]
    Database {
        /// The server and database.
        place: String,
        /// What was being done.
        what: &'static str,
        /// The driver's word.
        source: sqlx::Error,
    },
    /// The work was stopped from outside: the program ends, or a thread of it died.
    #[error("the work on the relay was stopped: {0}")]
    Stopped(String),
}

impl RelayError {
    /// Whether the place is only away for now, so that trying again later is all there is to do.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        match self {
            Self::Absent { .. } => true,
            Self::Foreign { .. }
            | Self::NotSetUp { .. }
            | Self::Address { .. }
            | Self::TooLarge { .. }
            | Self::Mislabelled { .. }
            | Self::Io { .. }
            | Self::Database { .. }
            | Self::Stopped(_) => false,
        }
    }

    pub(crate) fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let what = format!("{what} {}", path.display());
        move |source| Self::Io { what, source }
    }

    pub(crate) fn foreign(place: &Path, why: impl Into<String>) -> Self {
        Self::Foreign { place: place.display().to_string(), why: why.into() }
    }
}
