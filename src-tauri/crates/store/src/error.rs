//! What can go wrong with the data folder, in words that say what to do.
use std::path::{Path, PathBuf};

use domain::ids::{ChangeKey, Digest, LogId};

/// Errors of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A newer program wrote this folder; nothing was touched.
    #[error(
        "{path} has data version {folder}, this program knows up to {program}: use the newer Cabinet, or restore a backup made before the upgrade"
    )]
    NewerFolder {
        /// The data folder.
        path: PathBuf,
        /// The version found.
        folder: u32,
        /// The newest version this program knows.
        program: u32,
    },
    /// The database is damaged; nothing was changed.
    #[error(
        "the board's database is damaged ({what}): nothing was changed; keep the folder as it is and restore the newest backup into a new folder with `cab restore`"
    )]
    Corrupt {
        /// What was found, and where.
        what: String,
    },
    /// No board in this folder.
    #[error("{path} holds no board (cabinet.db is missing)")]
    NoBoard {
        /// The data folder.
        path: PathBuf,
    },
    /// A board is there already.
    #[error("{path} is not empty: a board is never overwritten")]
    NotEmpty {
        /// Where.
        path: PathBuf,
    },
    /// Another program has the folder open.
    #[error("{path} is open in another Cabinet")]
    Locked {
        /// The data folder.
        path: PathBuf,
    },
    /// Somebody else wrote for longer than the busy time-out (5 s for another program, 30 s for this one).
    #[error("the board's database is busy: somebody else has been writing for too long; try again")]
    Busy,
    /// No space left; nothing was kept of what was being written.
    #[error("the disk is full: nothing was written; free some space and try again")]
    DiskFull,
    /// The operating system would not open the database, or not for writing.
    #[error("the disk refused: {0}")]
    Disk(#[source] sqlx::Error),
    /// Reading or writing failed below SQLite: a drive that was taken away, a share that is gone, a bad sector. That is
    /// no damage of the database.
    #[error(
        "the disk did not answer ({what}): nothing that was kept is lost; check the disk, or the connection to it, and try again"
    )]
    DiskSilent {
        /// SQLite's words.
        what: String,
    },
    /// A setting of SQLite is not what durability needs.
    #[error("SQLite's {name} is {found}, but must be {wanted}")]
    Setting {
        /// The pragma.
        name: &'static str,
        /// What it must be.
        wanted: &'static str,
        /// What it is.
        found: String,
    },
    /// The record, or another append-only table, refused to be changed.
    #[error("refused: {0}")]
    AppendOnly(String),
    /// The entry does not continue its log: somebody else appended in between, or the caller did not
    /// use the head it read in the same transaction.
    #[error("entry {seq} does not continue log {log}, whose next is {expected}")]
    OutOfPlace {
        /// The log.
        log: LogId,
        /// The position given.
        seq: u32,
        /// The position that is next.
        expected: u32,
    },
    /// Something else is already kept under this name.
    #[error("a different {what} is already kept")]
    Different {
        /// What, with its name.
        what: String,
    },
    /// A blob's bytes are not there.
    #[error("the file of blob {0} is missing")]
    BlobMissing(Digest),
    /// A blob's bytes are not the ones that were kept.
    #[error("the file of blob {0} is damaged: its digest differs")]
    BlobDamaged(Digest),
    /// A change is not known here.
    #[error("no change {0} on this board")]
    UnknownChange(ChangeKey),
    /// A change has no such attachment, by its details as synced.
    #[error("change {change} has no attachment {attachment}")]
    UnknownAttachment {
        /// The change.
        change: ChangeKey,
        /// The remote's id of the file.
        attachment: String,
    },
    /// A stored value does not read as what it should be.
    #[error("stored {what} cannot be read: {why}")]
    Stored {
        /// Which value.
        what: String,
        /// Why not.
        why: String,
    },
    /// A value cannot be kept.
    #[error("{what} cannot be kept: {why}")]
    Unstorable {
        /// Which value.
        what: String,
        /// Why not.
        why: String,
    },
    /// A backup is incomplete or was altered; nothing was restored.
    #[error("backup {path}: {what}; nothing was restored")]
    BackupDamaged {
        /// The backup's folder.
        path: PathBuf,
        /// What is wrong, naming the file.
        what: String,
    },
    /// A file or folder could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The data folder could not be brought to this program's version.
    #[error("the data folder could not be upgraded: {0}")]
    Upgrade(#[source] sqlx::migrate::MigrateError),
    /// Anything else SQLite says.
    #[error("database: {0}")]
    Database(#[source] sqlx::Error),
}

/// The store's results.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

impl StoreError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| {
            if source.kind() == std::io::ErrorKind::StorageFull { Self::DiskFull } else { Self::Io { path, source } }
        }
    }

    /// Names the file in which damage was found.
    pub(crate) fn in_file(self, path: &Path) -> Self {
        if let Self::Corrupt { what } = self {
            Self::Corrupt { what: format!("{}: {what}", path.display()) }
        } else {
            self
        }
    }

    /// What a check of the database's pages found. A page that the disk did not give is told there as well, by its code
    /// alone, and what hangs on it seems to be missing: until the disk answers, nobody can say that there is damage.
    pub(crate) fn found(findings: &[String]) -> Self {
        let by_disk = |line: &str| {
            let code = line.rsplit_once("error code=").and_then(|(_, code)| code.trim().parse::<u32>().ok());
            code.is_some_and(|code| code & 0xff == IOERR)
        };
        let what = findings.join("; ");
        if findings.iter().flat_map(|finding| finding.lines()).any(by_disk) {
            Self::DiskSilent { what }
        } else {
            Self::Corrupt { what }
        }
    }

    pub(crate) fn stored(what: &str, why: impl std::fmt::Display) -> Self {
        Self::Stored { what: what.to_owned(), why: why.to_string() }
    }

    pub(crate) fn unstorable(what: &str, why: impl std::fmt::Display) -> Self {
        Self::Unstorable { what: what.to_owned(), why: why.to_string() }
    }
}

// SQLite's primary result codes (https://www.sqlite.org/rescode.html); the low byte of the extended one.
const BUSY: u32 = 5;
const LOCKED: u32 = 6;
// Also what is left of a database that the system would not open for writing.
const READONLY: u32 = 8;
const IOERR: u32 = 10;
const CORRUPT: u32 = 11;
const FULL: u32 = 13;
const CANTOPEN: u32 = 14;
const PROTOCOL: u32 = 15;
const NOTADB: u32 = 26;
// Extended: RAISE(ABORT) in a trigger.
const CONSTRAINT_TRIGGER: u32 = 1811;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return Self::Busy;
        }
        let Some(db) = error.as_database_error() else { return Self::Database(error) };
        let code: u32 = db.code().and_then(|c| c.parse().ok()).unwrap_or(0);
        if code == CONSTRAINT_TRIGGER {
            return Self::AppendOnly(db.message().to_owned());
        }
        match code & 0xff {
            BUSY | LOCKED | PROTOCOL => Self::Busy,
            FULL => Self::DiskFull,
            CORRUPT | NOTADB => Self::Corrupt { what: db.message().to_owned() },
            IOERR => Self::DiskSilent { what: db.message().to_owned() },
            CANTOPEN | READONLY => Self::Disk(error),
            _ => Self::Database(error),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        // The step failed because of the disk, or because of the step: people need to know which.
        use sqlx::migrate::MigrateError;
        if let MigrateError::Execute(inner) | MigrateError::ExecuteMigration(inner, _) = error {
            return Self::from(inner);
        }
        Self::Upgrade(error)
    }
}

#[cfg(test)]
mod tests;
