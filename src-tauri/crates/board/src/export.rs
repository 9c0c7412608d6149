//! Leaving is easy: everything out in open formats, without a key.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use domain::ids::Digest;
use serde::Serialize;
use store::{Folder, Making, Store};

use crate::audit::newest_roster;
use crate::backup::in_files;
use crate::cabinet::{Cabinet, stored};
use crate::error::{Answer, BoardError};

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// The folder that was made.
    pub path: PathBuf,
    /// Changes.
    pub changes: u32,
    /// Entries.
    pub entries: u32,
    /// Blobs.
    pub blobs: u32,
    /// Blobs whose files are missing or damaged here.
    pub blobs_lost: u32,
    /// Blobs that an entry disposed of.
    pub blobs_disposed: u32,
}

const FORMAT: &str = include_str!("FORMAT.md");
/// The format of the record itself, as the repository documents it.
const RECORD_FORMAT: &str = include_str!("../../../../docs/FORMAT.md");
/// The list of all other files with their digests.
pub(crate) const LIST: &str = "MANIFEST.sha256";

/// Writes everything the board has into a new folder, which appears under its name only when it is whole: tables as
/// CSV and JSON lines, the record's entries, blobs, sealed PDFs, rosters, policies, the certificate root, and
/// `FORMAT.md`, which says what is what.
///
/// # Errors
/// [`BoardError::NotFound`] without a board; [`BoardError::Refused`] when `to` holds anything or the disk is full.
pub async fn export_all(data_dir: &Path, to: &Path, now: DateTime<Utc>) -> Answer<Exported> {
    let store = Store::open(&Folder::new(data_dir), now).await.map_err(in_files)?;
    let exported = whole(&store, to).await;
    store.close().await;
    exported
}

async fn whole(store: &Store, to: &Path) -> Answer<Exported> {
    let making = Making::of(to).await.map_err(in_files)?;
    match fill(store, making.path()).await {
        Ok(exported) => {
            making.publish().await.map_err(in_files)?;
            Ok(Exported { path: to.to_owned(), ..exported })
        }
        Err(error) => {
            making.discard().await;
            Err(error)
        }
    }
}

async fn fill(store: &Store, to: &Path) -> Answer<Exported> {
    let report = store.export_all(to).await.map_err(in_files)?;
    let roster = newest_roster(store).await?;
    let kept = |name: &str, text: &str| {
        let path = to.join(name);
        crate::minutes::write_whole(&path, text.as_bytes())
            .map_err(|source| in_files(store::StoreError::Io { path, source }))
    };
    kept("FORMAT.md", FORMAT)?;
    kept("RECORD-FORMAT.md", RECORD_FORMAT)?;
    kept("root.pem", &roster.certificate_root)?;
    let folder = to.to_owned();
    let listed = crate::minutes::off_thread(move || list(&folder)).await?;
    let lines: String = listed.iter().map(|(name, digest)| format!("{digest}  {name}\n")).collect();
    kept(LIST, &lines)?;
    Ok(Exported {
        path: to.to_owned(),
        changes: report.changes,
        entries: report.entries,
        blobs: report.blobs,
        blobs_lost: report.blobs_lost,
        blobs_disposed: report.blobs_disposed,
    })
}

/// Every file in a folder but the list itself, by its path from there, with its digest.
pub(crate) fn list(folder: &Path) -> Answer<BTreeMap<String, Digest>> {
    fn walk(dir: &Path, prefix: &str, found: &mut BTreeMap<String, Digest>) -> std::io::Result<()> {
        for item in std::fs::read_dir(dir)? {
            let item = item?;
            let name = format!("{prefix}{}", item.file_name().to_string_lossy());
            if item.file_type()?.is_dir() {
                walk(&item.path(), &format!("{name}/"), found)?;
            } else if name != LIST {
                found.insert(name, Digest::of(&std::fs::read(item.path())?));
            }
        }
        Ok(())
    }
    let mut found = BTreeMap::new();
    walk(folder, "", &mut found)
        .map_err(|source| in_files(store::StoreError::Io { path: folder.to_owned(), source }))?;
    Ok(found)
}

/// `evidence.json` as it travels inside a sealed document. Nothing is verified here.
///
/// # Errors
/// [`BoardError::Verification`] when the file carries none.
pub fn evidence_inside(pdf: &[u8]) -> Answer<Vec<u8>> {
    minutes::extract_evidence(pdf).map_err(|r| BoardError::Verification {
        code: r.code.as_str().to_owned(),
        what: "the evidence inside".to_owned(),
        why: r.to_string(),
    })
}

impl Cabinet {
    /// The board's certificate root as PEM: what other people's PDF readers are given to trust.
    ///
    /// # Errors
    /// [`BoardError::NotFound`] before the first run.
    pub async fn certificate_root(&self) -> Answer<String> {
        let board = self.board()?;
        let state = board.state().await?;
        Ok(state.roster().certificate_root.clone())
    }

    /// Where the sealed extract of a change lies, of the newest meeting that sealed one.
    ///
    /// # Errors
    /// [`BoardError::NotFound`].
    pub async fn extract_path(&self, request: crate::requests::OfChange) -> Answer<PathBuf> {
        let board = self.board()?;
        let state = board.state().await?;
        let key = crate::words::change_key(&request.change)?;
        let newest = state
            .ledger
            .meetings
            .values()
            .filter(|m| m.extracts.contains_key(&key))
            .max_by_key(|m| m.agenda.called)
            .ok_or_else(|| BoardError::not_found("sealed extract of", &key))?;
        let path = board.store.folder().minutes().join(crate::minutes::extract_file(&key, newest.agenda.meeting));
        if path.is_file() { Ok(path) } else { Err(BoardError::not_found("file", path.display())) }
    }

    /// How many entries the record has, for a host that shows its size.
    ///
    /// # Errors
    /// What the store says.
    pub async fn entry_count(&self) -> Answer<u32> {
        self.board()?.store.entry_count().await.map_err(stored)
    }
}
