//! Backup and restore of a data folder. No key is needed for either, and none is in a backup unless asked for.
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use domain::ids::Digest;
use serde::Serialize;
use store::{BackupReport, Folder, Store, StoreError};

use crate::cabinet::stored;
use crate::error::{Answer, BoardError};

/// What a backup or a restore did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Copied {
    /// The folder that was made.
    pub path: PathBuf,
    /// Files in it, besides the manifest.
    pub files: u32,
    /// Their bytes.
    pub bytes: u64,
    /// Whether the passphrase-file vault is in it.
    pub vault: bool,
    /// Blobs that were missing or damaged already: they are not in it.
    pub blobs_lost: Vec<Digest>,
    /// Blobs that an entry disposed of: they are not in it, and none is lost.
    pub disposed: Vec<Digest>,
}

impl Copied {
    fn of(path: &Path, report: BackupReport) -> Self {
        let BackupReport { files, bytes, vault, blobs_lost, disposed } = report;
        Self { path: path.to_owned(), files, bytes, vault, blobs_lost, disposed }
    }
}

/// A failure with files as the wire error: what a person can act on keeps its words.
pub(crate) fn in_files(error: StoreError) -> BoardError {
    match &error {
        StoreError::NotEmpty { .. } => BoardError::refused(
            "not_empty",
            sentence(&error),
            None,
            "Name a folder that is empty or does not exist yet.",
        ),
        StoreError::BackupDamaged { path, what } => BoardError::Verification {
            code: "backup-damaged".to_owned(),
            what: format!("backup {}", path.display()),
            why: format!("{what}; nothing was restored"),
        },
        StoreError::Io { path, source } => BoardError::refused(
            "file",
            format!("{}: {source}.", path.display()),
            None,
            "Nothing was kept of what was begun.",
        ),
        StoreError::NewerFolder { .. }
        | StoreError::Corrupt { .. }
        | StoreError::NoBoard { .. }
        | StoreError::Locked { .. }
        | StoreError::Busy
        | StoreError::DiskFull
        | StoreError::Disk(_)
        | StoreError::DiskSilent { .. }
        | StoreError::Setting { .. }
        | StoreError::AppendOnly(_)
        | StoreError::OutOfPlace { .. }
        | StoreError::Different { .. }
        | StoreError::BlobMissing(_)
        | StoreError::BlobDamaged(_)
        | StoreError::UnknownChange(_)
        | StoreError::UnknownAttachment { .. }
        | StoreError::Stored { .. }
        | StoreError::Unstorable { .. }
        | StoreError::Upgrade(_)
        | StoreError::Database(_) => stored(error),
    }
}

fn sentence(error: &StoreError) -> String {
    format!("{error}.")
}

/// Copies the board in `data_dir` into a new folder, while it is in use.
///
/// # Errors
/// [`BoardError::NotFound`] without a board; [`BoardError::Refused`] when `to` exists or the disk is full.
pub async fn backup(data_dir: &Path, to: &Path, with_vault: bool, now: DateTime<Utc>) -> Answer<Copied> {
    let store = Store::open(&Folder::new(data_dir), now).await.map_err(in_files)?;
    let report = store.backup(to, with_vault, now).await.map_err(in_files);
    store.close().await;
    Ok(Copied::of(to, report?))
}

/// Restores a backup into a new data folder; every digest is compared before and after copying.
///
/// # Errors
/// [`BoardError::Verification`] when the backup is not what was written; [`BoardError::Refused`] when `to` holds
/// anything.
pub async fn restore(from: &Path, to: &Path) -> Answer<Copied> {
    if !from.is_dir() {
        return Err(BoardError::not_found("backup", from.display()));
    }
    let report = store::restore(from, to).await.map_err(in_files)?;
    Ok(Copied::of(to, report))
}
