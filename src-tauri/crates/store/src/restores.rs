//! Restoring a board: from a backup, or from a copy of the database made before an upgrade.
use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path};

use domain::ids::Digest;
use sqlx::Connection as _;

use crate::Folder;
use crate::backups::{
    BackupReport, MANIFEST, Manifest, SCHEMA, beside, copy_file, copy_tree, digest_of, list, publish, refuse_existing,
    sync_tree,
};
use crate::database::{connect_alone, data_version, quick_check, version_of};
use crate::error::{Result, StoreError};
use crate::folder::{make_dir, off_thread};
use crate::value::parsed;

/// The version of data folders from which on something may be disposed of.
const DISPOSED_SINCE: u32 = 5;

/// Reads a backup's manifest and compares every file with it; nothing missing, altered or added.
///
/// # Errors
/// [`StoreError::BackupDamaged`] naming the file; [`StoreError::NewerFolder`].
pub async fn verify_backup(from: &Path) -> Result<Manifest> {
    let from = from.to_owned();
    off_thread(move || verify(&from)).await
}

/// Restores a board into a new folder. The folder appears under its name only when all of it is there, so an
/// interrupted restore leaves no half board.
///
/// `from` is the folder of a backup (every digest is compared before anything is written and again on the copy),
/// or a file of a data folder's `backups/`, a copy of the database from before an upgrade: then entries, blobs, minutes, the
/// vault and the configuration come from the data folder around it, and entries signed since are found by
/// [`crate::Store::stray_copies`].
///
/// # Errors
/// [`StoreError::NotEmpty`] if `to` holds anything, [`StoreError::BackupDamaged`], [`StoreError::NewerFolder`],
/// [`StoreError::DiskFull`], [`StoreError::Io`].
pub async fn restore(from: &Path, to: &Path) -> Result<BackupReport> {
    let empty = to.is_dir() && fs::read_dir(to).map_err(StoreError::io(to))?.next().is_none();
    if !empty {
        refuse_existing(to)?;
    }
    let of_upgrade = from.is_file();
    let manifest = if of_upgrade { None } else { Some(verify_backup(from).await?) };
    let partial = beside(to, "restoring")?;
    let (source, target) = (from.to_owned(), partial.clone());
    let copied = off_thread(move || {
        make_dir(&target)?;
        match manifest {
            Some(manifest) => copy_listed(&source, &target, &manifest).map(|()| manifest.report()),
            None => copy_around(&source, &target),
        }
    })
    .await;
    let checked = match copied {
        Ok(report) => check_database(from, &partial).await.map(|blobs| (report, blobs)),
        Err(error) => Err(error),
    };
    let to = to.to_owned();
    off_thread(move || {
        let finish = |(mut report, blobs): (BackupReport, Vec<Digest>)| {
            let folder = Folder::new(&partial);
            folder.create()?;
            if of_upgrade {
                report.blobs_lost = blobs.into_iter().filter(|d| !is_whole(&folder, *d)).collect();
            }
            sync_tree(&partial)?;
            if empty {
                fs::remove_dir(&to).map_err(StoreError::io(&to))?;
            }
            publish(&partial, &to)?;
            Ok(report)
        };
        checked.and_then(finish).inspect_err(|_| {
            // The error is what matters; a left-over `.restoring` folder is no board to anyone.
            let _ = fs::remove_dir_all(&partial);
        })
    })
    .await
}

fn is_whole(folder: &Folder, digest: Digest) -> bool {
    digest_of(&folder.blob(digest)).is_ok_and(|found| found.sha256 == digest)
}

/// A database from `backups/`, with everything else of the data folder around it.
fn copy_around(from: &Path, to: &Path) -> Result<BackupReport> {
    let damaged = |what: &str| StoreError::BackupDamaged { path: from.to_owned(), what: what.to_owned() };
    let around = from.canonicalize().map_err(StoreError::io(from))?;
    let around = around.parent().and_then(Path::parent).ok_or_else(|| damaged("no data folder is around it"))?;
    let (around, into) = (Folder::new(around), Folder::new(to));
    if !around.entries().is_dir() {
        return Err(damaged("no data folder is around it"));
    }
    copy_file(from, &into.database())?;
    copy_tree(&around.entries(), &into.entries())?;
    copy_tree(&around.blobs(), &into.blobs())?;
    copy_tree(&around.minutes(), &into.minutes())?;
    copy_tree(&around.vault(), &into.vault())?;
    if around.config().is_file() {
        copy_file(&around.config(), &into.config())?;
    }
    let mut files = BTreeMap::new();
    list(to, to, &mut files)?;
    Ok(BackupReport {
        files: u32::try_from(files.len()).unwrap_or(u32::MAX),
        bytes: files.values().map(|f| f.size).sum(),
        vault: into.vault().is_dir(),
        blobs_lost: Vec::new(),
        disposed: Vec::new(),
    })
}

/// Looks for damage in a restored database, and reads which blobs it names.
async fn check_database(from: &Path, partial: &Path) -> Result<Vec<Digest>> {
    let damaged = |e: &dyn std::fmt::Display| StoreError::BackupDamaged { path: from.to_owned(), what: e.to_string() };
    let mut copy = connect_alone(&Folder::new(partial).database()).await.map_err(|e| damaged(&e))?;
    quick_check(&mut copy).await.map_err(|e| damaged(&e))?;
    let version = version_of(&mut copy).await?;
    if version > data_version() {
        return Err(StoreError::NewerFolder { path: from.to_owned(), folder: version, program: data_version() });
    }
    // A copy from before an upgrade may be from before anything could be disposed of.
    let named = if version < DISPOSED_SINCE {
        "SELECT digest FROM blob ORDER BY digest"
    } else {
        "SELECT digest FROM blob WHERE digest NOT IN (SELECT digest FROM disposed) ORDER BY digest"
    };
    let blobs: Vec<String> = sqlx::query_scalar(named).fetch_all(&mut copy).await.map_err(|e| damaged(&e))?;
    copy.close().await?;
    blobs.iter().map(|d| parsed("blob digest", d)).collect()
}

fn verify(from: &Path) -> Result<Manifest> {
    let damaged = |what: String| StoreError::BackupDamaged { path: from.to_owned(), what };
    let path = from.join(MANIFEST);
    let text = fs::read(&path).map_err(|e| damaged(format!("{MANIFEST} cannot be read: {e}")))?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|e| damaged(format!("{MANIFEST}: {e}")))?;
    if manifest.schema != SCHEMA {
        return Err(damaged(format!("its schema is {:?}, not {SCHEMA}", manifest.schema)));
    }
    if manifest.data_version > data_version() {
        let (folder, program) = (manifest.data_version, data_version());
        return Err(StoreError::NewerFolder { path: from.to_owned(), folder, program });
    }
    if !manifest.files.contains_key("cabinet.db") {
        return Err(damaged("cabinet.db is not listed".to_owned()));
    }
    for (name, listed) in &manifest.files {
        if !Path::new(name).components().all(|c| matches!(c, Component::Normal(_))) {
            return Err(damaged(format!("{name:?} would leave the folder")));
        }
        let found = digest_of(&from.join(name)).map_err(|e| damaged(format!("{name}: {e}")))?;
        if found != *listed {
            return Err(damaged(format!("{name} is not what it was (SHA-256 or size differs)")));
        }
    }
    let mut there = BTreeMap::new();
    list(from, from, &mut there)?;
    if let Some(added) = there.keys().find(|n| *n != MANIFEST && !manifest.files.contains_key(*n)) {
        return Err(damaged(format!("{added} is not in its manifest")));
    }
    Ok(manifest)
}

fn copy_listed(from: &Path, to: &Path, manifest: &Manifest) -> Result<()> {
    for (name, listed) in &manifest.files {
        let target = to.join(name);
        if let Some(parent) = target.parent() {
            make_dir(parent)?;
        }
        copy_file(&from.join(name), &target)?;
        let copied = digest_of(&target).map_err(StoreError::io(&target))?;
        if copied != *listed {
            let what = format!("{name} changed while it was copied");
            return Err(StoreError::BackupDamaged { path: from.to_owned(), what });
        }
    }
    Ok(())
}
