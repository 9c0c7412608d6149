//! Plain copies of entries: `entries/<key>-<epoch>/<seq>.dsse`. A dead database never takes a signature with it.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::entry::Head;
use domain::ids::{EntryId, LogId};

use crate::append::write_copy;
use crate::error::{Result, StoreError};
use crate::folder::{off_thread, sync_dir};
use crate::value::{parsed, small};
use crate::{Folder, Store};

/// A plain copy whose entry the database does not have: an older database was put back, or the copy
/// was put there by hand. To be verified before it is inserted again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrayCopy {
    /// The log, by the folder's name.
    pub log: LogId,
    /// The position, by the file's name.
    pub seq: u32,
    /// The file's bytes.
    pub envelope: Vec<u8>,
}

impl Store {
    /// Writes the plain copies that are missing; answers how many. Done at every opening: a crash
    /// between COMMIT and the copy leaves one out.
    ///
    /// # Errors
    /// [`StoreError`] of the database or of the files.
    pub async fn heal_copies(&self) -> Result<u32> {
        let rows: Vec<(String, i64, String, bool)> =
            sqlx::query_as("SELECT log, seq, id, rival FROM entry").fetch_all(&mut *self.reader().await?).await?;
        let mut logs: BTreeMap<LogId, Vec<(u32, EntryId, bool)>> = BTreeMap::new();
        for (log, seq, id, rival) in rows {
            let entry = (small("entry seq", seq)?, parsed("entry id", &id)?, rival);
            logs.entry(parsed("log id", &log)?).or_default().push(entry);
        }
        let folder = self.folder().clone();
        let missing = off_thread(move || {
            let mut missing = Vec::new();
            for (log, entries) in logs {
                let there = names_in(&folder.log(log))?;
                for (seq, id, rival) in entries {
                    let rival = rival.then_some(id);
                    let copy = folder.entry_or_rival(log, seq, rival);
                    if !copy.file_name().and_then(|n| n.to_str()).is_some_and(|n| there.contains(n)) {
                        missing.push((log, seq, id, rival));
                    }
                }
            }
            Ok(missing)
        })
        .await?;
        let mut healed = 0;
        for (log, seq, id, rival) in missing {
            let envelope: Vec<u8> = sqlx::query_scalar("SELECT envelope FROM entry WHERE id = ?")
                .bind(id.to_string())
                .fetch_one(&mut *self.reader().await?)
                .await?;
            let folder = self.folder().clone();
            off_thread(move || sync_dir(&write_copy(&folder, log, seq, rival, &envelope)?)).await?;
            healed += 1;
        }
        Ok(healed)
    }

    /// Plain copies the database knows nothing of, in order of log and position.
    ///
    /// # Errors
    /// [`StoreError`] of the database or of the files.
    pub async fn stray_copies(&self) -> Result<Vec<StrayCopy>> {
        let heads = self.heads().await?;
        let folder = self.folder().clone();
        off_thread(move || stray(&folder, &heads)).await
    }
}

/// All plain copies in a folder, read without its database: what is left of a board whose database is beyond
/// repair. In order of log and position, not verified.
///
/// # Errors
/// [`StoreError::Io`].
pub async fn plain_copies(folder: &Folder) -> Result<Vec<StrayCopy>> {
    let folder = folder.clone();
    off_thread(move || stray(&folder, &BTreeMap::new())).await
}

fn names_in(dir: &Path) -> Result<BTreeSet<String>> {
    let listing = match std::fs::read_dir(dir) {
        Ok(listing) => listing,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(StoreError::io(dir)(error)),
    };
    let mut found = BTreeSet::new();
    for file in listing {
        found.extend(file.map_err(StoreError::io(dir))?.file_name().into_string().ok());
    }
    Ok(found)
}

/// Positions for which a file `<seq>.dsse` is there.
fn copies_in(dir: &Path) -> Result<BTreeSet<u32>> {
    let names = names_in(dir)?;
    Ok(names.iter().filter_map(|n| n.strip_suffix(".dsse")).filter_map(|n| n.parse().ok()).collect())
}

fn stray(folder: &Folder, heads: &BTreeMap<LogId, Head>) -> Result<Vec<StrayCopy>> {
    let root = folder.entries();
    let mut strays = Vec::new();
    for dir in std::fs::read_dir(&root).map_err(StoreError::io(&root))? {
        let name = dir.map_err(StoreError::io(&root))?.file_name();
        let Some(log) = name.to_str().and_then(|n| n.replacen('-', ":", 1).parse::<LogId>().ok()) else { continue };
        let known = heads.get(&log).map_or(0, |h| h.seq);
        for seq in copies_in(&folder.log(log))?.into_iter().filter(|seq| *seq > known) {
            let path = folder.entry(log, seq);
            let envelope = std::fs::read(&path).map_err(StoreError::io(&path))?;
            strays.push(StrayCopy { log, seq, envelope });
        }
    }
    strays.sort_by_key(|s| (s.log, s.seq));
    Ok(strays)
}
