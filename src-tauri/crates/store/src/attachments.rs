//! Files of tickets whose content was downloaded.
use chrono::{DateTime, Utc};
use domain::ids::{ChangeKey, Digest};
use sqlx::sqlite::SqliteConnection;

use crate::error::{Result, StoreError};
use crate::value::{parsed, small, time, time_text};
use crate::{Append, StagedBlob, Store};

/// A downloaded attachment; its bytes are the blob of this digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DownloadedAttachment {
    /// The remote's id of the file.
    pub remote_id: String,
    /// As the remote names it; never a path.
    pub name: String,
    /// Bytes, as the remote claimed them when it was downloaded.
    pub size: u32,
    /// SHA-256 of the content.
    pub digest: Digest,
    /// When.
    pub downloaded_at: DateTime<Utc>,
}

async fn of(connection: &mut SqliteConnection, change: &ChangeKey) -> Result<Vec<DownloadedAttachment>> {
    let rows: Vec<(String, String, i64, String, String)> = sqlx::query_as(
        "SELECT remote_id, name, size, digest, downloaded_at FROM attachment WHERE change = ? ORDER BY remote_id",
    )
    .bind(change.as_str())
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(remote_id, name, size, digest, at)| {
            Ok(DownloadedAttachment {
                remote_id,
                name,
                size: small("attachment size", size)?,
                digest: parsed("attachment digest", &digest)?,
                downloaded_at: time("attachment's time", &at)?,
            })
        })
        .collect()
}

impl Append {
    /// Keeps the content of an attachment and notes its digest in the change. A newer download of the same file
    /// replaces the note of the older; both contents stay as blobs.
    ///
    /// # Errors
    /// [`StoreError::UnknownChange`], [`StoreError::UnknownAttachment`]; as [`Append::adopt_blob`].
    pub async fn put_attachment(
        &mut self,
        key: &ChangeKey,
        remote_id: &str,
        content: StagedBlob,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut change = self.change(key).await?.ok_or_else(|| StoreError::UnknownChange(key.clone()))?.change;
        let unknown = || StoreError::UnknownAttachment { change: key.clone(), attachment: remote_id.to_owned() };
        let attachment = change.attachments.iter_mut().find(|a| a.remote_id == remote_id).ok_or_else(unknown)?;
        attachment.sha256 = Some(content.digest);
        // The size as claimed, not as found: when the claim changes, the content has to be downloaded again.
        let (name, claimed) = (attachment.name.clone(), attachment.size);
        self.adopt_blob("attachment", content).await?;
        sqlx::query(
            "INSERT INTO attachment (change, remote_id, name, size, digest, downloaded_at) VALUES (?, ?, ?, ?, ?, ?) \
             ON CONFLICT (change, remote_id) DO UPDATE SET name = excluded.name, size = excluded.size, \
             digest = excluded.digest, downloaded_at = excluded.downloaded_at",
        )
        .bind(key.as_str())
        .bind(remote_id)
        .bind(name)
        .bind(i64::from(claimed))
        .bind(content.digest.to_string())
        .bind(time_text(now))
        .execute(self.connection())
        .await?;
        self.rewrite_change(&change).await
    }

    /// Downloaded attachments of a change, by remote id.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn attachments(&mut self, change: &ChangeKey) -> Result<Vec<DownloadedAttachment>> {
        of(self.connection(), change).await
    }
}

impl Store {
    /// Downloaded attachments of a change, by remote id.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn attachments(&self, change: &ChangeKey) -> Result<Vec<DownloadedAttachment>> {
        of(&mut *self.reader().await?, change).await
    }
}
