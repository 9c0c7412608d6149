//! Everything out, in forms other programs read: CSV, JSON lines, entries and blobs as files.
use std::path::Path;

use domain::ids::ChangeKey;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::backups::{copy_file, copy_tree, write_synced};
use crate::error::{Result, StoreError};
use crate::folder::{make_dir, off_thread, sync_dir};
use crate::value::{time_text, word};
use crate::{ChangesQuery, IndexRow, Store};

/// What was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExportReport {
    /// Changes.
    pub changes: u32,
    /// Entries.
    pub entries: u32,
    /// Blobs whose files are there.
    pub blobs: u32,
    /// Blobs whose files are missing or damaged.
    pub blobs_lost: u32,
    /// Blobs that an entry disposed of: they are in no export.
    pub blobs_disposed: u32,
}

/// A cell of a CSV file (RFC 4180). A spreadsheet runs what begins like a formula: a `'` in front makes it text.
#[must_use]
pub fn csv_cell(text: &str) -> String {
    let guarded = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if guarded.contains(['"', ',', '\n', '\r', ';']) || guarded != guarded.trim() {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

/// A line of a CSV file, ended by CR LF.
#[must_use]
pub fn csv_line<S: AsRef<str>>(cells: &[S]) -> String {
    let cells: Vec<_> = cells.iter().map(|c| csv_cell(c.as_ref())).collect();
    cells.join(",") + "\r\n"
}

const HEADER: [&str; 23] = [
    "key",
    "title",
    "kind",
    "status",
    "requester",
    "author",
    "service",
    "systems",
    "environment",
    "window_start",
    "window_end",
    "window_zone",
    "updated",
    "risk_level",
    "risk_low",
    "risk_high",
    "open_questions",
    "standing",
    "decision",
    "gates_failed",
    "gates_blocking",
    "stale",
    "content_sha256",
];

impl IndexRow {
    fn cells(&self) -> Result<[String; 23]> {
        let window = self.window.as_ref();
        Ok([
            self.key.to_string(),
            self.title.clone(),
            self.kind.map(|k| word("change kind", &k)).transpose()?.unwrap_or_default(),
            self.status.clone(),
            self.requester.clone(),
            self.author.clone(),
            self.service.clone(),
            self.systems.clone(),
            self.environment.clone(),
            window.map(|w| time_text(w.start)).unwrap_or_default(),
            window.map(|w| time_text(w.end)).unwrap_or_default(),
            window.map(|w| w.zone.clone()).unwrap_or_default(),
            time_text(self.updated),
            self.level.map(|l| word("risk level", &l)).transpose()?.unwrap_or_default(),
            self.score_low.to_string(),
            self.score_high.to_string(),
            self.open_questions.to_string(),
            word("standing", &self.standing)?,
            self.decision.map(|d| word("decision", &d)).transpose()?.unwrap_or_default(),
            self.gates_failed.to_string(),
            self.gates_blocking.to_string(),
            self.stale.to_string(),
            self.content.to_string(),
        ])
    }
}

#[derive(Serialize)]
struct ProjectionLine<'a> {
    noun: &'a str,
    id: &'a str,
    row: &'a RawValue,
}

fn json_line(out: &mut Vec<u8>, what: &str, value: &impl Serialize) -> Result<()> {
    serde_json::to_writer(&mut *out, value).map_err(|e| StoreError::unstorable(what, e))?;
    out.push(b'\n');
    Ok(())
}

impl Store {
    /// Writes everything that is about the board's work into a new folder: `changes.csv`, `changes.jsonl`,
    /// `projection.jsonl`, `rosters/`, `policies/`, `entries/`, `blobs/`, `minutes/`. Drafts, settings, raw payloads, private
    /// journals and the vault stay.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`] if `to` holds anything, [`StoreError::DiskFull`], [`StoreError::Io`].
    pub async fn export_all(&self, to: &Path) -> Result<ExportReport> {
        if to.exists() && std::fs::read_dir(to).map_err(StoreError::io(to))?.next().is_some() {
            return Err(StoreError::NotEmpty { path: to.to_owned() });
        }
        make_dir(to)?;
        let mut report = ExportReport::default();
        self.export_changes(to, &mut report).await?;
        self.export_projection(to).await?;
        self.export_documents(to).await?;
        self.export_entries(to, &mut report).await?;
        let (from, into) = (self.folder().clone(), crate::Folder::new(to));
        let disposed = self.disposed().await?;
        let (gone, blobs): (Vec<_>, Vec<_>) =
            self.blobs().await?.into_iter().partition(|blob| disposed.contains_key(&blob.digest));
        let (found, lost) = off_thread(move || {
            let (mut found, mut lost) = (0, 0);
            for blob in blobs {
                let (source, target) = (from.blob(blob.digest), into.blob(blob.digest));
                if source.is_file() {
                    if let Some(parent) = target.parent() {
                        make_dir(parent)?;
                    }
                    copy_file(&source, &target)?;
                    found += 1;
                } else {
                    lost += 1;
                }
            }
            copy_tree(&from.minutes(), &into.minutes())?;
            sync_dir(into.path())?;
            Ok((found, lost))
        })
        .await?;
        report.blobs = found;
        report.blobs_lost = lost;
        report.blobs_disposed = u32::try_from(gone.len()).unwrap_or(u32::MAX);
        Ok(report)
    }

    async fn export_changes(&self, to: &Path, report: &mut ExportReport) -> Result<()> {
        let mut csv = csv_line(&HEADER);
        let everything = ChangesQuery { with_tombstones: true, ..ChangesQuery::default() };
        for key in self.list_keys(&everything).await? {
            if let Some(row) = self.index_row(&key).await? {
                csv.push_str(&csv_line(&row.cells()?));
            }
        }
        write_synced(&to.join("changes.csv"), csv.as_bytes())?;
        let mut lines = Vec::new();
        let mut last: Option<ChangeKey> = None;
        loop {
            let page = self.changes_after(last.as_ref(), 500).await?;
            let Some(end) = page.last() else { break };
            last = Some(end.change.key.clone());
            for mut stored in page {
                // Private on the remote: never leaves the application.
                stored.change.journals.retain(|j| !j.private);
                json_line(&mut lines, "change", &stored.change)?;
                report.changes += 1;
            }
        }
        write_synced(&to.join("changes.jsonl"), &lines)
    }

    async fn export_projection(&self, to: &Path) -> Result<()> {
        let rows: Vec<(String, String, String)> =
            sqlx::query_as("SELECT noun, id, json FROM projection ORDER BY noun, id")
                .fetch_all(&mut *self.reader().await?)
                .await?;
        let mut lines = Vec::new();
        for (noun, id, json) in &rows {
            let row: &RawValue = serde_json::from_str(json).map_err(|e| StoreError::stored("projection", e))?;
            json_line(&mut lines, "projection", &ProjectionLine { noun, id, row })?;
        }
        write_synced(&to.join("projection.jsonl"), &lines)
    }

    async fn export_documents(&self, to: &Path) -> Result<()> {
        let (rosters, policies) = (to.join("rosters"), to.join("policies"));
        make_dir(&rosters)?;
        make_dir(&policies)?;
        for roster in self.rosters().await? {
            write_synced(&rosters.join(format!("{}.json", roster.version)), &roster.bytes)?;
        }
        for policy in self.policies().await? {
            write_synced(&policies.join(format!("{}.json", policy.digest)), &policy.bytes)?;
            if let Some(source) = &policy.source {
                write_synced(&policies.join(format!("{}.toml", policy.digest)), source)?;
            }
        }
        Ok(())
    }

    async fn export_entries(&self, to: &Path, report: &mut ExportReport) -> Result<()> {
        let into = crate::Folder::new(to);
        let mut position = 0;
        loop {
            let page = self.entries_after(position, 500).await?;
            let Some(last) = page.last() else { return Ok(()) };
            position = last.position;
            for entry in &page {
                make_dir(&into.log(entry.log))?;
                let rival = entry.rival.then_some(entry.id);
                write_synced(&into.entry_or_rival(entry.log, entry.seq, rival), &entry.envelope)?;
                report.entries += 1;
            }
        }
    }
}
