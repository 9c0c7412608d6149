//! Bytes that an entry disposed of: which they are, and that they are gone and stay gone.
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use domain::ids::{ChangeKey, Digest, EntryId};
use sqlx::sqlite::SqliteConnection;

use crate::error::{Result, StoreError};
use crate::folder::{off_thread, sync_dir};
use crate::value::parsed;
use crate::{Append, Folder, Store};

async fn all(connection: &mut SqliteConnection) -> Result<BTreeMap<Digest, EntryId>> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT digest, entry FROM disposed ORDER BY digest").fetch_all(connection).await?;
    rows.iter().map(|(digest, entry)| Ok((parsed("disposed digest", digest)?, parsed("entry id", entry)?))).collect()
}

/// Removes a blob's file; whether there was one.
pub(crate) fn remove_file(folder: &Folder, digest: Digest) -> Result<bool> {
    let path = folder.blob(digest);
    match fs::remove_file(&path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(StoreError::io(&path)(error)),
    }
}

impl Append {
    /// Notes that an entry disposed of these bytes: from then on nobody writes them here. Their file goes after COMMIT, by
    /// [`Store::remove_disposed`]; a crash in between is finished at the next opening. What an entry is *about* (a manifest,
    /// an agenda) is part of the record, and no entry disposes of it.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn dispose(&mut self, digest: Digest, entry: EntryId) -> Result<()> {
        let text = digest.to_string();
        sqlx::query(
            "INSERT INTO disposed (digest, entry) SELECT ?, ? \
             WHERE NOT EXISTS (SELECT 1 FROM disposed WHERE digest = ?) \
             AND NOT EXISTS (SELECT 1 FROM entry WHERE subject = ?)",
        )
        .bind(&text)
        .bind(entry.to_string())
        .bind(&text)
        .bind(&text)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// What was disposed of, each with the entry that says so.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn disposed(&mut self) -> Result<BTreeMap<Digest, EntryId>> {
        all(self.connection()).await
    }

    pub(crate) async fn is_disposed(&mut self, digest: Digest) -> Result<bool> {
        Ok(sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM disposed WHERE digest = ?)")
            .bind(digest.to_string())
            .fetch_one(self.connection())
            .await?)
    }
}

impl Store {
    /// What was disposed of, each with the entry that says so.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn disposed(&self) -> Result<BTreeMap<Digest, EntryId>> {
        all(&mut *self.reader().await?).await
    }

    /// Removes the files of everything that was disposed of; answers how many were still there.
    ///
    /// # Errors
    /// [`StoreError::Io`] naming a file that cannot be removed; the next opening tries again.
    pub async fn remove_disposed(&self) -> Result<u32> {
        let disposed = self.disposed().await?;
        if disposed.is_empty() {
            return Ok(0);
        }
        let folder = self.folder().clone();
        off_thread(move || {
            let mut dirs: BTreeSet<PathBuf> = BTreeSet::new();
            let mut removed = 0;
            for digest in disposed.into_keys() {
                if remove_file(&folder, digest)? {
                    removed += 1;
                    dirs.extend(folder.blob(digest).parent().map(ToOwned::to_owned));
                }
            }
            // A power cut must not bring the names back.
            dirs.iter().try_for_each(|dir| sync_dir(dir))?;
            Ok(removed)
        })
        .await
    }

    /// The changes of which an attachment was downloaded with this content.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn changes_with(&self, content: Digest) -> Result<Vec<ChangeKey>> {
        let rows: Vec<String> =
            sqlx::query_scalar("SELECT DISTINCT change FROM attachment WHERE digest = ? ORDER BY change")
                .bind(content.to_string())
                .fetch_all(&mut *self.reader().await?)
                .await?;
        rows.iter().map(|key| parsed("change key", key)).collect()
    }
}
