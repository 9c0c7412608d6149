//! A folder that appears under its name whole or not at all.
use std::fs;
use std::path::{Path, PathBuf};

use crate::backups::{beside, publish, refuse_existing, sync_tree};
use crate::error::{Result, StoreError};
use crate::folder::{make_dir, off_thread};

/// A folder in the making, beside the place where it is to stand: who is killed meanwhile leaves nothing that could be
/// taken for the whole.
#[derive(Debug)]
pub struct Making {
    partial: PathBuf,
    to: PathBuf,
    /// An empty folder that somebody made in a file dialogue gives way.
    gives_way: bool,
}

impl Making {
    /// Begins one that is to stand at `to`.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`] if `to` holds anything, [`StoreError::DiskFull`], [`StoreError::Io`].
    pub async fn of(to: &Path) -> Result<Self> {
        let to = to.to_owned();
        off_thread(move || {
            let gives_way = to.is_dir() && fs::read_dir(&to).map_err(StoreError::io(&to))?.next().is_none();
            if !gives_way {
                refuse_existing(&to)?;
            }
            let partial = beside(&to, "partial")?;
            make_dir(&partial)?;
            Ok(Self { partial, to, gives_way })
        })
        .await
    }

    /// Where it is filled.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.partial
    }

    /// Makes it durable and gives it its name.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`] if something else has the name by now, [`StoreError::DiskFull`], [`StoreError::Io`]:
    /// then nothing stands there.
    pub async fn publish(self) -> Result<()> {
        off_thread(move || {
            let published = sync_tree(&self.partial).and_then(|()| {
                if self.gives_way {
                    fs::remove_dir(&self.to).map_err(StoreError::io(&self.to))?;
                }
                publish(&self.partial, &self.to)
            });
            published.inspect_err(|_| remove(&self.partial))
        })
        .await
    }

    /// Gives it up. The failure that led to it is what matters: one of removing is only logged.
    pub async fn discard(self) {
        let _ = off_thread(move || {
            remove(&self.partial);
            Ok(())
        })
        .await;
    }
}

fn remove(partial: &Path) {
    if let Err(error) = fs::remove_dir_all(partial) {
        tracing::warn!(%error, path = %partial.display(), "a folder that was given up could not be removed");
    }
}
