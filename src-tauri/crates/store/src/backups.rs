//! Backup of a whole board: a plain folder with a manifest of digests.
//!
//! The vault is left out unless asked for. A passphrase-file vault is encrypted, yet whoever holds it can try
//! passphrases at leisure; keys in the operating system's keyring are in no backup at all.
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use domain::ids::{Digest, EntryId, LogId};
use serde::{Deserialize, Serialize};
use sha2::Digest as _;
use sqlx::Connection as _;

use crate::database::{connect_alone, vacuum_into, version_of};
use crate::error::{Result, StoreError};
use crate::folder::{make_dir, off_thread, sync_dir, unique};
use crate::value::{parsed, small};
use crate::{Folder, Store};

pub(crate) const SCHEMA: &str = "urn:x-cabinet:backup:1";
pub(crate) const MANIFEST: &str = "manifest.json";

/// What a backup holds: `manifest.json` in its folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `urn:x-cabinet:backup:1`.
    pub schema: String,
    /// The data version of the database inside.
    pub data_version: u32,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// Whether `vault/` is in it.
    pub vault: bool,
    /// Blobs whose files were missing or damaged when the backup was made.
    pub blobs_lost: Vec<Digest>,
    /// Blobs that an entry disposed of: they are not in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disposed: Vec<Digest>,
    /// Files, by path with `/`.
    pub files: BTreeMap<String, ManifestFile>,
}

/// A file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// Bytes.
    pub size: u64,
    /// Of the bytes.
    pub sha256: Digest,
}

/// What a backup or a restore did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupReport {
    /// Files, besides the manifest.
    pub files: u32,
    /// Their bytes.
    pub bytes: u64,
    /// Whether the vault is in it.
    pub vault: bool,
    /// Blobs that were missing or damaged: they are not in it.
    pub blobs_lost: Vec<Digest>,
    /// Blobs that an entry disposed of: they are not in it, and nothing is wrong with that.
    pub disposed: Vec<Digest>,
}

impl Manifest {
    pub(crate) fn report(&self) -> BackupReport {
        BackupReport {
            files: u32::try_from(self.files.len()).unwrap_or(u32::MAX),
            bytes: self.files.values().map(|f| f.size).sum(),
            vault: self.vault,
            blobs_lost: self.blobs_lost.clone(),
            disposed: self.disposed.clone(),
        }
    }
}

impl Store {
    /// Copies the board into a new folder while it is in use. The folder appears under its name only when it
    /// is whole and durable.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`] if `to` exists, [`StoreError::DiskFull`], [`StoreError::Io`].
    pub async fn backup(&self, to: &Path, with_vault: bool, now: DateTime<Utc>) -> Result<BackupReport> {
        refuse_existing(to)?;
        let partial = beside(to, "partial")?;
        make_dir(&partial)?;
        let made = self.fill_backup(&partial, with_vault, now).await;
        let target = to.to_owned();
        off_thread(move || {
            let manifest =
                made.and_then(|manifest| publish(&partial, &target).map(|()| manifest)).inspect_err(|_| {
                    // The error is what matters; a left-over `.partial` folder is no backup to anyone.
                    let _ = fs::remove_dir_all(&partial);
                })?;
            Ok(manifest.report())
        })
        .await
    }

    async fn fill_backup(&self, partial: &Path, with_vault: bool, now: DateTime<Utc>) -> Result<Manifest> {
        let into = Folder::new(partial);
        vacuum_into(&mut *self.writer().await?, &into.database()).await?;
        // Entries and blobs are those of the copied database: what arrives meanwhile is in the next backup.
        let mut copy = connect_alone(&into.database()).await?;
        let version = version_of(&mut copy).await?;
        let mut position = 0i64;
        loop {
            let rows: Vec<(i64, String, i64, String, bool, Vec<u8>)> = sqlx::query_as(
                "SELECT position, log, seq, id, rival, envelope FROM entry WHERE position > ? ORDER BY position LIMIT 500",
            )
            .bind(position)
            .fetch_all(&mut copy)
            .await?;
            let Some(last) = rows.last() else { break };
            position = last.0;
            let mut page = Vec::new();
            for (_, log, seq, id, rival, envelope) in rows {
                let rival = if rival { Some(parsed::<EntryId>("entry id", &id)?) } else { None };
                page.push((parsed::<LogId>("log id", &log)?, small("entry seq", seq)?, rival, envelope));
            }
            let into = into.clone();
            off_thread(move || {
                page.iter().try_for_each(|(log, seq, rival, envelope)| {
                    make_dir(&into.log(*log))?;
                    write_synced(&into.entry_or_rival(*log, *seq, *rival), envelope)
                })
            })
            .await?;
        }
        let digests: Vec<String> =
            sqlx::query_scalar("SELECT digest FROM blob ORDER BY digest").fetch_all(&mut copy).await?;
        let disposed: Vec<String> =
            sqlx::query_scalar("SELECT digest FROM disposed ORDER BY digest").fetch_all(&mut copy).await?;
        copy.close().await?;
        let disposed: Vec<Digest> = disposed.iter().map(|d| parsed("disposed digest", d)).collect::<Result<_>>()?;
        let digests: Vec<Digest> = digests.iter().map(|d| parsed("blob digest", d)).collect::<Result<_>>()?;
        let from = self.folder().clone();
        off_thread(move || {
            let mut blobs_lost = Vec::new();
            for digest in digests.into_iter().filter(|digest| !disposed.contains(digest)) {
                if !copy_blob(&from, &into, digest)? {
                    blobs_lost.push(digest);
                }
            }
            copy_tree(&from.minutes(), &into.minutes())?;
            if from.config().is_file() {
                copy_file(&from.config(), &into.config())?;
            }
            if with_vault {
                copy_tree(&from.vault(), &into.vault())?;
            }
            let mut files = BTreeMap::new();
            list(into.path(), into.path(), &mut files)?;
            let manifest = Manifest {
                schema: SCHEMA.to_owned(),
                data_version: version,
                created: now,
                vault: with_vault,
                blobs_lost,
                disposed,
                files,
            };
            let text = serde_json::to_vec_pretty(&manifest).map_err(|e| StoreError::unstorable("manifest", e))?;
            write_synced(&into.path().join(MANIFEST), &text)?;
            sync_tree(into.path())?;
            Ok(manifest)
        })
        .await
    }
}

pub(crate) fn refuse_existing(to: &Path) -> Result<()> {
    // symlink_metadata: a dangling link is in the way as well.
    if fs::symlink_metadata(to).is_ok() {
        return Err(StoreError::NotEmpty { path: to.to_owned() });
    }
    Ok(())
}

/// A name beside `to`, on the same file system, so that the last step is one rename.
pub(crate) fn beside(to: &Path, what: &str) -> Result<PathBuf> {
    let name =
        to.file_name().ok_or_else(|| StoreError::unstorable("folder", format!("{} has no name", to.display())))?;
    let parent = to.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make_dir(parent)?;
    Ok(parent.join(format!("{}.{}.{what}", name.to_string_lossy(), unique())))
}

pub(crate) fn publish(partial: &Path, to: &Path) -> Result<()> {
    refuse_existing(to)?;
    fs::rename(partial, to).map_err(StoreError::io(to))?;
    sync_dir(to.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")))
}

/// Whether the blob was there and whole.
fn copy_blob(from: &Folder, to: &Folder, digest: Digest) -> Result<bool> {
    let (source, target) = (from.blob(digest), to.blob(digest));
    if !source.is_file() {
        return Ok(false);
    }
    if let Some(parent) = target.parent() {
        make_dir(parent)?;
    }
    copy_file(&source, &target)?;
    if digest_of(&target).map_err(StoreError::io(&target))?.sha256 == digest {
        return Ok(true);
    }
    fs::remove_file(&target).map_err(StoreError::io(&target))?;
    Ok(false)
}

/// Copies the regular files below a folder. Links are not followed: they could lead anywhere.
pub(crate) fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    make_dir(to)?;
    for item in fs::read_dir(from).map_err(StoreError::io(from))? {
        let item = item.map_err(StoreError::io(from))?;
        let kind = item.file_type().map_err(StoreError::io(&item.path()))?;
        let target = to.join(item.file_name());
        if kind.is_dir() {
            copy_tree(&item.path(), &target)?;
        } else if kind.is_file() && item.path().extension().is_none_or(|e| e != "partial") {
            copy_file(&item.path(), &target)?;
        }
    }
    Ok(())
}

pub(crate) fn copy_file(from: &Path, to: &Path) -> Result<()> {
    let mut source = File::open(from).map_err(StoreError::io(from))?;
    let mut target = File::create_new(to).map_err(StoreError::io(to))?;
    std::io::copy(&mut source, &mut target).and_then(|_| target.sync_all()).map_err(StoreError::io(to))
}

pub(crate) fn write_synced(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = File::create_new(path).map_err(StoreError::io(path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(StoreError::io(path))
}

pub(crate) fn digest_of(path: &Path) -> std::io::Result<ManifestFile> {
    let mut file = File::open(path)?;
    let (mut hash, mut size, mut buffer) = (sha2::Sha256::new(), 0u64, vec![0u8; 1 << 16]);
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok(ManifestFile { size, sha256: Digest(hash.finalize().into()) });
        }
        hash.update(&buffer[..n]);
        size += n as u64;
    }
}

/// Every file below `dir` with its digest, by path relative to `root`.
pub(crate) fn list(root: &Path, dir: &Path, into: &mut BTreeMap<String, ManifestFile>) -> Result<()> {
    for item in fs::read_dir(dir).map_err(StoreError::io(dir))? {
        let path = item.map_err(StoreError::io(dir))?.path();
        if path.is_dir() && !path.is_symlink() {
            list(root, &path, into)?;
        } else {
            let relative = path.strip_prefix(root).unwrap_or(&path);
            let parts: Vec<_> = relative.components().map(|c| c.as_os_str().to_string_lossy()).collect();
            into.insert(parts.join("/"), digest_of(&path).map_err(StoreError::io(&path))?);
        }
    }
    Ok(())
}

pub(crate) fn sync_tree(dir: &Path) -> Result<()> {
    for item in fs::read_dir(dir).map_err(StoreError::io(dir))? {
        let path = item.map_err(StoreError::io(dir))?.path();
        if path.is_dir() && !path.is_symlink() {
            sync_tree(&path)?;
        }
    }
    sync_dir(dir)
}
