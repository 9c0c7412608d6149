//! One write transaction. Each noun adds its writes in its own file.
use std::collections::BTreeSet;
use std::path::PathBuf;

use domain::ids::{EntryId, LogId};
use sqlx::sqlite::SqliteConnection;
use sqlx::{Sqlite, Transaction};

use crate::Folder;
use crate::error::Result;
use crate::folder::{make_dir, off_thread, sync_dir, unique, write_whole};

/// A write transaction on the board (`BEGIN IMMEDIATE`): read the head of a log, sign, insert, and write whatever
/// follows from it; then [`Append::commit`]. Dropped without it, nothing happened.
///
/// While it is open nobody else writes: do not wait for people or networks in between.
#[derive(Debug)]
pub struct Append {
    transaction: Transaction<'static, Sqlite>,
    folder: Folder,
    copies: Vec<Copy>,
    dirs: BTreeSet<PathBuf>,
}

/// A plain copy to be written once its entry is committed.
#[derive(Debug)]
struct Copy {
    log: LogId,
    seq: u32,
    id: EntryId,
    rival: bool,
    envelope: Vec<u8>,
}

/// What was committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// Ids of the entries, in the order they were inserted.
    pub entries: Vec<EntryId>,
    /// How many plain copies could not be written (a full disk, say). The entries themselves are safe in the
    /// database; the copies are written at the next opening.
    pub copies_missing: u32,
}

impl Append {
    pub(crate) fn new(transaction: Transaction<'static, Sqlite>, folder: Folder) -> Self {
        Self { transaction, folder, copies: Vec::new(), dirs: BTreeSet::new() }
    }

    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }

    pub(crate) fn folder(&self) -> &Folder {
        &self.folder
    }

    pub(crate) fn copy_after_commit(&mut self, log: LogId, seq: u32, id: EntryId, rival: bool, envelope: Vec<u8>) {
        self.copies.push(Copy { log, seq, id, rival, envelope });
    }

    /// A folder that got a new file: made durable before COMMIT.
    pub(crate) fn sync_before_commit(&mut self, dir: PathBuf) {
        self.dirs.insert(dir);
    }

    /// Makes everything durable. When this returns, power may fail.
    ///
    /// # Errors
    /// [`crate::StoreError::DiskFull`], [`crate::StoreError::DiskSilent`]: then nothing was kept.
    pub async fn commit(self) -> Result<Committed> {
        let Self { transaction, folder, copies, dirs } = self;
        if !dirs.is_empty() {
            off_thread(move || dirs.iter().try_for_each(|dir| sync_dir(dir))).await?;
        }
        transaction.commit().await?;
        let entries: Vec<_> = copies.iter().map(|c| c.id).collect();
        if copies.is_empty() {
            return Ok(Committed { entries, copies_missing: 0 });
        }
        // A failure from here on is no failure of the commit: the caller must hear that it holds.
        let total = u32::try_from(copies.len()).unwrap_or(u32::MAX);
        let written = off_thread(move || Ok(write_copies(&folder, &copies))).await.unwrap_or(0);
        Ok(Committed { entries, copies_missing: total.saturating_sub(written) })
    }

    /// Takes everything back. Dropping the handle does the same a moment later.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database; the transaction is gone all the same.
    pub async fn rollback(self) -> Result<()> {
        Ok(self.transaction.rollback().await?)
    }
}

/// Copies that one thread writes; and how many threads there are at most. Each copy waits for the disk, which serves
/// several that wait in one go.
const FEW: usize = 64;
const WRITERS: usize = 8;

fn write_copies(folder: &Folder, copies: &[Copy]) -> u32 {
    let parts: Vec<(u32, BTreeSet<PathBuf>)> = if copies.len() <= FEW {
        vec![write_some(folder, copies)]
    } else {
        let each = copies.len().div_ceil(WRITERS).max(FEW);
        std::thread::scope(|scope| {
            let write = |some| scope.spawn(move || write_some(folder, some));
            let running: Vec<_> = copies.chunks(each).map(write).collect();
            // One that panicked wrote nothing that is counted: its copies are healed at the next opening.
            running.into_iter().filter_map(|part| part.join().ok()).collect()
        })
    };
    let dirs: BTreeSet<PathBuf> = parts.iter().flat_map(|(_, dirs)| dirs).cloned().collect();
    for dir in dirs {
        if let Err(error) = sync_dir(&dir) {
            tracing::warn!(%error, "a plain copy may not outlive a power cut");
        }
    }
    parts.iter().map(|(written, _)| written).sum()
}

fn write_some(folder: &Folder, copies: &[Copy]) -> (u32, BTreeSet<PathBuf>) {
    let mut dirs = BTreeSet::new();
    let mut written = 0;
    for copy in copies {
        match write_copy(folder, copy.log, copy.seq, copy.rival.then_some(copy.id), &copy.envelope) {
            Ok(dir) => {
                dirs.insert(dir);
                written += 1;
            }
            Err(error) => tracing::warn!(%error, log = %copy.log, seq = copy.seq, "no plain copy of a committed entry"),
        }
    }
    (written, dirs)
}

/// Writes one plain copy; answers the folder to be synced.
pub(crate) fn write_copy(
    folder: &Folder,
    log: LogId,
    seq: u32,
    rival: Option<EntryId>,
    envelope: &[u8],
) -> Result<PathBuf> {
    let dir = folder.log(log);
    if !dir.is_dir() {
        make_dir(&dir)?;
        sync_dir(&folder.entries())?;
    }
    write_whole(&folder.entry_or_rival(log, seq, rival), &unique(), envelope)?;
    Ok(dir)
}
