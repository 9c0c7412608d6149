//! Leaving is easy: everything out in open formats, without a key.
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::Serialize;
use store::{Folder, Store};

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
}

const FORMAT: &str = include_str!("FORMAT.md");

/// Writes everything the board has into a new folder: tables as CSV and JSON lines, the record's entries, blobs, sealed
/// PDFs, rosters, policies, the certificate root, and `FORMAT.md`, which says what is what.
///
/// # Errors
/// [`BoardError::NotFound`] without a board; [`BoardError::Refused`] when `to` holds anything or the disk is full.
pub async fn export_all(data_dir: &Path, to: &Path, now: DateTime<Utc>) -> Answer<Exported> {
    let store = Store::open(&Folder::new(data_dir), now).await.map_err(in_files)?;
    let exported = fill(&store, to).await;
    store.close().await;
    exported
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
    kept("root.pem", &roster.certificate_root)?;
    Ok(Exported {
        path: to.to_owned(),
        changes: report.changes,
        entries: report.entries,
        blobs: report.blobs,
        blobs_lost: report.blobs_lost,
    })
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
