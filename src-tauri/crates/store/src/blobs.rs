//! Blobs: bytes kept once under their digest, as files (manifest fields, agendas, attachments, minutes).
use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;

use domain::ids::Digest;
use sha2::Digest as _;

use crate::disposals::remove_file;
use crate::error::{Result, StoreError};
use crate::folder::{make_dir, off_thread, sync_dir, unique, write_whole};
use crate::value::{parsed, small};
use crate::{Append, Folder, Store};

/// What is known of a blob without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobInfo {
    /// SHA-256 of the bytes.
    pub digest: Digest,
    /// Bytes.
    pub size: u32,
    /// What it was kept as first, for example `manifest`, `agenda`, `attachment`, `minutes`, `source`.
    pub kind: String,
}

/// Bytes that are durable in their file but not yet part of the record: [`Append::adopt_blob`] makes them so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StagedBlob {
    /// SHA-256 of the bytes.
    pub digest: Digest,
    /// Bytes.
    pub size: u32,
}

/// Takes in a large blob piece by piece (a download), so that it is never whole in memory.
/// Blocking: use it off the async threads, or with small pieces.
#[derive(Debug)]
pub struct BlobWriter {
    folder: Folder,
    partial: PathBuf,
    file: File,
    hash: sha2::Sha256,
    size: u64,
    finished: bool,
}

impl BlobWriter {
    /// Adds bytes at the end.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`], [`StoreError::Io`], [`StoreError::Unstorable`] from 4 GiB on.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.size += bytes.len() as u64;
        if self.size > u64::from(u32::MAX) {
            return Err(StoreError::unstorable("blob", "4 GiB or more"));
        }
        self.hash.update(bytes);
        self.file.write_all(bytes).map_err(StoreError::io(&self.partial))
    }

    /// Bytes so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Makes the bytes durable under their digest.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`], [`StoreError::Io`].
    pub fn finish(mut self) -> Result<StagedBlob> {
        let digest = Digest(self.hash.clone().finalize().into());
        let path = self.folder.blob(digest);
        let dir = blob_dir(&self.folder, digest)?;
        self.file.sync_all().and_then(|()| fs::rename(&self.partial, &path)).map_err(StoreError::io(&path))?;
        sync_dir(&dir)?;
        self.finished = true;
        Ok(StagedBlob { digest, size: u32::try_from(self.size).unwrap_or(u32::MAX) })
    }
}

impl Drop for BlobWriter {
    fn drop(&mut self) {
        if !self.finished {
            // A broken download; what stays behind after a crash is removed by nobody but harms nobody.
            let _ = fs::remove_file(&self.partial);
        }
    }
}

/// The folder of a blob's file, made if need be. Synced even where it is there: who made it may have been killed, or
/// refused by the disk, before its name was durable.
fn blob_dir(folder: &Folder, digest: Digest) -> Result<PathBuf> {
    let root = folder.blobs();
    let dir = root.join(&digest.to_string()[..2]);
    make_dir(&dir)?;
    sync_dir(&root)?;
    Ok(dir)
}

impl Append {
    /// Keeps bytes under their digest. The file is durable before COMMIT, so no row ever names a blob that a
    /// power cut took. What was disposed of is never written again: it has its digest, and no file.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`], [`StoreError::Io`].
    pub async fn put_blob(&mut self, kind: &str, bytes: &[u8]) -> Result<Digest> {
        let digest = Digest::of(bytes);
        if self.has_blob(digest).await? || self.is_disposed(digest).await? {
            return Ok(digest);
        }
        let size = u32::try_from(bytes.len()).map_err(|_| StoreError::unstorable("blob", "4 GiB or more"))?;
        let folder = self.folder().clone();
        let bytes = bytes.to_vec();
        let dir = off_thread(move || {
            let dir = blob_dir(&folder, digest)?;
            write_whole(&folder.blob(digest), &unique(), &bytes)?;
            Ok(dir)
        })
        .await?;
        self.sync_before_commit(dir);
        self.insert_blob(kind, StagedBlob { digest, size }).await
    }

    /// Makes staged bytes part of the record. What was disposed of is removed again: whoever staged it could not know.
    ///
    /// # Errors
    /// [`StoreError::BlobMissing`] if their file is gone.
    pub async fn adopt_blob(&mut self, kind: &str, staged: StagedBlob) -> Result<Digest> {
        if self.is_disposed(staged.digest).await? {
            let folder = self.folder().clone();
            off_thread(move || remove_file(&folder, staged.digest)).await?;
            return Ok(staged.digest);
        }
        if self.has_blob(staged.digest).await? {
            return Ok(staged.digest);
        }
        if !self.folder().blob(staged.digest).is_file() {
            return Err(StoreError::BlobMissing(staged.digest));
        }
        self.insert_blob(kind, staged).await
    }

    async fn has_blob(&mut self, digest: Digest) -> Result<bool> {
        Ok(sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM blob WHERE digest = ?)")
            .bind(digest.to_string())
            .fetch_one(self.connection())
            .await?)
    }

    async fn insert_blob(&mut self, kind: &str, staged: StagedBlob) -> Result<Digest> {
        sqlx::query("INSERT INTO blob (digest, size, kind) VALUES (?, ?, ?)")
            .bind(staged.digest.to_string())
            .bind(i64::from(staged.size))
            .bind(kind)
            .execute(self.connection())
            .await?;
        Ok(staged.digest)
    }
}

impl Store {
    /// Starts taking in a large blob.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`], [`StoreError::Io`].
    pub fn blob_writer(&self) -> Result<BlobWriter> {
        let folder = self.folder().clone();
        make_dir(&folder.blobs())?;
        let partial = folder.blobs().join(format!("{}.partial", unique()));
        let file = File::create(&partial).map_err(StoreError::io(&partial))?;
        Ok(BlobWriter { folder, partial, file, hash: sha2::Sha256::new(), size: 0, finished: false })
    }

    /// What is known of a blob.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn blob_info(&self, digest: Digest) -> Result<Option<BlobInfo>> {
        let row: Option<(String, i64, String)> = sqlx::query_as("SELECT digest, size, kind FROM blob WHERE digest = ?")
            .bind(digest.to_string())
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.map(info).transpose()
    }

    /// All blobs, by digest.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn blobs(&self) -> Result<Vec<BlobInfo>> {
        let rows: Vec<(String, i64, String)> = sqlx::query_as("SELECT digest, size, kind FROM blob ORDER BY digest")
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.into_iter().map(info).collect()
    }

    /// A blob's bytes, compared with their digest.
    ///
    /// # Errors
    /// [`StoreError::BlobMissing`], [`StoreError::BlobDamaged`], [`StoreError::Io`].
    pub async fn blob(&self, digest: Digest) -> Result<Vec<u8>> {
        let path = self.folder().blob(digest);
        off_thread(move || {
            let bytes = fs::read(&path).map_err(|error| {
                if error.kind() == std::io::ErrorKind::NotFound {
                    StoreError::BlobMissing(digest)
                } else {
                    StoreError::io(&path)(error)
                }
            })?;
            if Digest::of(&bytes) == digest { Ok(bytes) } else { Err(StoreError::BlobDamaged(digest)) }
        })
        .await
    }
}

fn info((digest, size, kind): (String, i64, String)) -> Result<BlobInfo> {
    Ok(BlobInfo { digest: parsed("blob digest", &digest)?, size: small("blob size", size)?, kind })
}
