//! What pipelines say of a change (R7–R10, R40, R62, R81, R83): from the ticket's files and from the evidence folder.
//!
//! What is read is archived: a file of the folder becomes a blob of this board under its digest, so that what was looked
//! at is still there when the folder is emptied. The ticket's files are blobs already.
use std::path::PathBuf;
use std::sync::Arc;

use ::evidence::bounds::BYTES;
use ::evidence::{Attachments, Collected, Folder, Provider};
use domain::change::{Attachment, ChangeRequest};
use domain::evidence::{Evidence, Format, Kind, Source};
use domain::ids::Digest;
use domain::text::mark_invisible;
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::{Answer, BoardError};
use crate::requests::OfChange;

/// As what a file of the folder is kept.
const BLOB: &str = "source";

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceFile {
    /// Its name.
    pub name: String,
    /// Where it came from.
    pub source: Source,
    /// What it speaks about.
    pub kind: Kind,
    /// How it is written.
    pub format: Format,
    /// What it says, in one line.
    pub summary: String,
    /// What wrote it, by its own word.
    pub tools: Vec<String>,
    /// Bytes.
    pub bytes: u32,
    /// SHA-256 of the bytes, under which they are kept.
    pub sha256: String,
    /// All of it.
    pub evidence: Evidence,
}

/// A file that was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceProblem {
    /// Its name.
    pub name: String,
    /// Where it came from.
    pub source: Source,
    /// A stable word for scripts.
    pub code: String,
    /// What is wrong, where, and what would mend it.
    pub why: String,
}

/// What pipelines say of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceView {
    /// The change.
    pub change: String,
    /// The evidence folder; `None` when none is set.
    pub folder: Option<String>,
    /// What was read: the ticket's files first.
    pub files: Vec<EvidenceFile>,
    /// What was not.
    pub problems: Vec<EvidenceProblem>,
}

/// The sources, in their order. This is the one place that names them: whoever adds one adds it here, and every gate and
/// view has it (R45).
pub(crate) fn providers<'c, C>(content: C, folder: Option<PathBuf>) -> Vec<Box<dyn Provider + 'c>>
where
    C: Fn(&Attachment) -> Result<Option<Vec<u8>>, String> + 'c,
{
    let mut all: Vec<Box<dyn Provider + 'c>> = vec![Box::new(Attachments::new(content))];
    if let Some(root) = folder {
        all.push(Box::new(Folder::new(root)));
    }
    all
}

/// Asks each source, off the async threads.
fn collect(board: &OpenBoard, handle: &Handle, folder: Option<PathBuf>, change: &ChangeRequest) -> Vec<Collected> {
    let content = |attachment: &Attachment| content(board, handle, attachment);
    let providers = providers(content, folder);
    providers.iter().map(|provider| provider.collect(change)).collect()
}

/// An attachment's bytes, for a thread that may wait.
fn content(board: &OpenBoard, handle: &Handle, attachment: &Attachment) -> Result<Option<Vec<u8>>, String> {
    match attachment.sha256 {
        Some(digest) => handle.block_on(bytes_of(board, digest)),
        None => Ok(None),
    }
}

/// The bytes kept under a digest; `None` once they were disposed of. What is larger than any report is not taken into
/// memory to be refused.
pub(crate) async fn bytes_of(board: &OpenBoard, digest: Digest) -> Result<Option<Vec<u8>>, String> {
    let told = |error: store::StoreError| error.to_string();
    if board.store.disposed().await.map_err(told)?.contains_key(&digest) {
        return Ok(None);
    }
    let known = board.store.blob_info(digest).await.map_err(told)?;
    if known.is_some_and(|blob| blob.size as usize > BYTES) {
        return Err(format!("it is larger than {} MiB", BYTES >> 20));
    }
    board.store.blob(digest).await.map(Some).map_err(told)
}

fn told(source: Source, evidence: Evidence) -> EvidenceFile {
    let provenance = &evidence.provenance;
    EvidenceFile {
        name: mark_invisible(&provenance.file),
        source,
        kind: evidence.says.kind(),
        format: provenance.format,
        summary: evidence.says.to_string(),
        tools: provenance.tools.iter().map(|tool| mark_invisible(&tool.to_string())).collect(),
        bytes: provenance.bytes,
        sha256: provenance.sha256.to_string(),
        evidence,
    }
}

impl Cabinet {
    /// What pipelines say of a change, and which of their files could not be read. What is read is archived.
    ///
    /// # Errors
    /// [`BoardError::NotFound`] for a change that is not here; [`BoardError::Refused`] when nothing can be archived.
    pub async fn evidence_of(&self, request: OfChange) -> Answer<EvidenceView> {
        let board = self.board()?;
        let key = crate::words::change_key(&request.change)?;
        let change = self.load_change(&board, &key).await?;
        let folder = self.options().evidence_folder.clone();
        let (shown, handle, held) = (folder.clone(), Handle::current(), Arc::clone(&board));
        let collected = tokio::task::spawn_blocking(move || collect(&held, &handle, folder, &change))
            .await
            .map_err(|error| BoardError::internal(&error))?;
        archive(&board, &collected).await?;
        let (mut files, mut problems) = (Vec::new(), Vec::new());
        for one in collected {
            files.extend(one.files.into_iter().map(|found| told(found.source, found.evidence)));
            problems.extend(one.problems.into_iter().map(|problem| EvidenceProblem {
                name: mark_invisible(&problem.file),
                source: problem.source,
                code: problem.code.to_owned(),
                why: mark_invisible(&problem.why),
            }));
        }
        let folder = shown.map(|folder| folder.display().to_string());
        Ok(EvidenceView { change: key.to_string(), folder, files, problems })
    }
}

/// Keeps the bytes of what is not here yet. Looking again writes nothing.
async fn archive(board: &OpenBoard, collected: &[Collected]) -> Answer<()> {
    let files = collected.iter().flat_map(|one| &one.files);
    keep(board, files.map(|found| (found.evidence.provenance.sha256, found.bytes.as_slice())).collect()).await
}

/// Keeps these bytes, each under its digest, where they are not here yet.
pub(crate) async fn keep(board: &OpenBoard, all: Vec<(Digest, &[u8])>) -> Answer<()> {
    let mut new = Vec::new();
    for (digest, bytes) in all {
        if board.store.blob_info(digest).await.map_err(stored)?.is_none() {
            new.push(bytes);
        }
    }
    if new.is_empty() {
        return Ok(());
    }
    let mut tx = board.store.begin_immediate().await.map_err(stored)?;
    for bytes in new {
        tx.put_blob(BLOB, bytes).await.map_err(stored)?;
    }
    tx.commit().await.map_err(stored)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_asked_through_one_seam_each_for_itself() {
        let nothing = |_: &Attachment| Ok(None);
        assert_eq!(providers(nothing, None).len(), 1, "the ticket's files alone");
        let all = providers(nothing, Some(PathBuf::from("/nowhere/at/all")));
        let change = crate::changes::testing::change("CHG-1");
        let told: Vec<Vec<Source>> = all
            .iter()
            .map(|source| source.collect(&change).problems.into_iter().map(|problem| problem.source).collect())
            .collect();
        assert_eq!(told, [vec![], vec![Source::Folder]], "one that fails says so, and takes nothing from the others");
    }
}
