//! What a change's gates know of its files: read again when they change, held in memory, and written nowhere until
//! something is decided upon them.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use ::evidence::Collected;
use domain::change::{Attachment, ChangeRequest};
use domain::gate::{EvidenceRead, GateResult};
use domain::ids::{ChangeKey, Digest};
use domain::meeting::BriefGate;
use domain::text::mark_invisible;

use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError};
use crate::sources::{bytes_of, keep, providers};

/// Changes whose files are held in memory; of others they are read again.
const HELD: usize = 200;

/// Files that a decision names one by one; the list that it names as well has all of them.
const NAMED: usize = 8;

/// Names of a folder by which it is seen whether anything in it changed.
const NAMES: usize = 1_000;

/// What was there when the files were read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Seen {
    attached: Vec<(String, Digest)>,
    folder: Vec<(String, u64, Option<SystemTime>)>,
}

impl Seen {
    fn nothing(&self) -> bool {
        self.attached.is_empty() && self.folder.is_empty()
    }
}

/// What was read of the files of changes.
#[derive(Debug, Default)]
pub(crate) struct ReadFiles {
    held: Mutex<BTreeMap<ChangeKey, (Seen, Arc<EvidenceRead>)>>,
}

impl ReadFiles {
    /// What was last read of a change's files; nothing where it has none.
    pub fn of(&self, key: &ChangeKey) -> Arc<EvidenceRead> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(key).map(|(_, read)| Arc::clone(read)).unwrap_or_default()
    }

    fn is_current(&self, key: &ChangeKey, seen: &Seen) -> bool {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(key).is_some_and(|(before, _)| before == seen)
    }

    fn keep(&self, key: &ChangeKey, seen: Seen, read: EvidenceRead) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.nothing() {
            held.remove(key);
            return;
        }
        held.insert(key.clone(), (seen, Arc::new(read)));
        while held.len() > HELD {
            let Some(other) = held.keys().find(|other| *other != key).cloned() else { return };
            held.remove(&other);
        }
    }
}

/// The files in a change's folder, as far as they can be seen: a folder that is not there has none.
fn listed(folder: &Path) -> Vec<(String, u64, Option<SystemTime>)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let seen = entries.take(NAMES).filter_map(Result::ok).map(|entry| {
        let about = entry.metadata().ok();
        let (size, at) = about.map_or((0, None), |about| (about.len(), about.modified().ok()));
        (entry.file_name().to_string_lossy().into_owned(), size, at)
    });
    let mut seen: Vec<_> = seen.collect();
    seen.sort();
    seen
}

fn digests(change: &ChangeRequest) -> Vec<(String, Digest)> {
    let own = change.attachments.iter().filter(|attachment| !attachment.own);
    own.filter_map(|attachment| Some((attachment.name.clone(), attachment.sha256?))).collect()
}

/// What the gates see of what was collected.
fn read(collected: Vec<Collected>) -> EvidenceRead {
    let mut read = EvidenceRead::default();
    for one in collected {
        read.files.extend(one.files.into_iter().map(|found| found.evidence));
        read.unread.extend(one.problems.into_iter().map(|problem| problem.file));
    }
    read
}

async fn off_the_async_threads<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Answer<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| BoardError::internal(&error))
}

/// The files with their digests, a line each, as `sha256sum` writes and checks them.
fn list(read: &EvidenceRead) -> String {
    let line = |name: &str| name.chars().map(|c| if c.is_control() { '?' } else { c }).collect::<String>();
    let files = read.files.iter().map(|file| &file.provenance);
    files.map(|file| format!("{}  {}\n", file.sha256, line(&file.file))).collect()
}

/// Which files a decision looked at, for the record: each by its digest, and the list of all by its own (R83). `None` where
/// there were none.
pub(crate) fn looked_at(read: &EvidenceRead) -> Option<BriefGate> {
    if read.files.is_empty() {
        return None;
    }
    let named = read.files.iter().take(NAMED).map(|file| &file.provenance);
    let named: Vec<String> = named.map(|file| format!("{} {}", mark_invisible(&file.file), file.sha256)).collect();
    let others = match read.files.len().saturating_sub(NAMED) {
        0 => String::new(),
        1 => "; and 1 other".to_owned(),
        more => format!("; and {more} others"),
    };
    Some(BriefGate {
        clause: "R83".to_owned(),
        title: "Files that were looked at, kept under their SHA-256".to_owned(),
        result: GateResult::Passed,
        why: format!("{}{others}; the list of them {}", named.join("; "), Digest::of(list(read).as_bytes())),
    })
}

impl Cabinet {
    /// What there is to be read of a change, as far as it can be seen without reading it.
    async fn seen(&self, change: &ChangeRequest) -> Answer<Seen> {
        let folder = match self.options().evidence_folder.clone() {
            Some(root) => {
                let folder = root.join(change.key.as_str());
                off_the_async_threads(move || listed(&folder)).await?
            }
            None => Vec::new(),
        };
        Ok(Seen { attached: digests(change), folder })
    }

    /// Reads it.
    async fn collected(&self, board: &OpenBoard, change: &ChangeRequest, seen: &Seen) -> Answer<Vec<Collected>> {
        let mut contents = BTreeMap::new();
        for (_, digest) in &seen.attached {
            contents.insert(*digest, bytes_of(board, *digest).await);
        }
        let root: Option<PathBuf> = self.options().evidence_folder.clone().filter(|_| !seen.folder.is_empty());
        let change = change.clone();
        off_the_async_threads(move || {
            let content = |attachment: &Attachment| match attachment.sha256.and_then(|digest| contents.get(&digest)) {
                Some(found) => found.clone(),
                None => Ok(None),
            };
            let providers = providers(content, root);
            providers.iter().map(|provider| provider.collect(&change)).collect()
        })
        .await
    }

    /// Reads a change's files where they are not the ones that were read before. What cannot be read is named, and no error.
    pub(crate) async fn read_files(&self, board: &OpenBoard, change: &ChangeRequest) -> Answer<()> {
        let seen = self.seen(change).await?;
        if seen.nothing() {
            board.read_files.keep(&change.key, seen, EvidenceRead::default());
            return Ok(());
        }
        if board.read_files.is_current(&change.key, &seen) {
            return Ok(());
        }
        let collected = self.collected(board, change, &seen).await?;
        board.read_files.keep(&change.key, seen, read(collected));
        Ok(())
    }

    /// Reads a change's files anew and keeps their bytes, with the list of them: what is decided upon stays here, whatever
    /// becomes of the folder (R83).
    pub(crate) async fn keep_files(&self, board: &OpenBoard, change: &ChangeRequest) -> Answer<()> {
        let seen = self.seen(change).await?;
        if seen.nothing() {
            return self.read_files(board, change).await;
        }
        let collected = self.collected(board, change, &seen).await?;
        let files = collected.iter().flat_map(|one| &one.files);
        let bytes = files.map(|found| (found.evidence.provenance.sha256, found.bytes.as_slice()));
        keep(board, bytes.collect()).await?;
        let read = read(collected);
        let list = list(&read);
        if !read.files.is_empty() {
            keep(board, vec![(Digest::of(list.as_bytes()), list.as_bytes())]).await?;
        }
        board.read_files.keep(&change.key, seen, read);
        Ok(())
    }

    /// Refuses a decision upon files that changed while it was made: what it names is what was kept.
    pub(crate) async fn refuse_moved(&self, board: &OpenBoard, key: &ChangeKey) -> Answer<()> {
        let read = board.read_files.of(key);
        if read.files.is_empty() {
            return Ok(());
        }
        let list = Digest::of(list(&read).as_bytes());
        if board.store.blob_info(list).await.map_err(crate::cabinet::stored)?.is_some() {
            return Ok(());
        }
        Err(BoardError::refused(
            "files_moved",
            "The files of the change changed while it was decided.",
            Some("R83"),
            "Look at its gates again, then decide.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(name: &str) -> Seen {
        Seen { attached: vec![(name.to_owned(), Digest::of(name.as_bytes()))], folder: Vec::new() }
    }

    fn unread(name: &str) -> EvidenceRead {
        EvidenceRead { files: Vec::new(), unread: vec![name.to_owned()] }
    }

    #[test]
    fn a_decision_names_files_by_their_digests_and_the_list_of_all_by_its_own() {
        assert_eq!(looked_at(&EvidenceRead::default()), None);
        let mut read = EvidenceRead::default();
        for n in 0..10 {
            let report = format!("<testsuites><testcase name='{n}'/></testsuites>");
            let name = format!("load {n}\n.xml");
            read.files.push(::evidence::read(&name, report.as_bytes()).expect("a report"));
        }
        let list = list(&read);
        let digest = Digest::of(b"<testsuites><testcase name='9'/></testsuites>");
        assert_eq!(list.lines().next_back(), Some(format!("{digest}  load 9?.xml").as_str()));
        let told = looked_at(&read).expect("files");
        assert_eq!((told.clause.as_str(), told.result), ("R83", GateResult::Passed));
        assert!(told.why.contains(&read.files[7].provenance.sha256.to_string()), "{}", told.why);
        assert!(!told.why.contains(&digest.to_string()), "{}", told.why);
        assert!(told.why.ends_with(&format!("; and 2 others; the list of them {}", Digest::of(list.as_bytes()))));
    }

    #[test]
    fn files_that_changed_are_not_the_ones_that_were_read() {
        let (files, key) = (ReadFiles::default(), ChangeKey::new("CHG", 1));
        assert_eq!(*files.of(&key), EvidenceRead::default());
        files.keep(&key, seen("a"), unread("a"));
        assert!(files.is_current(&key, &seen("a")) && !files.is_current(&key, &seen("b")));
        assert_eq!(*files.of(&key), unread("a"));
        files.keep(&key, Seen::default(), EvidenceRead::default());
        assert_eq!(*files.of(&key), EvidenceRead::default(), "they are gone");
    }

    #[test]
    fn no_more_than_so_many_are_held_and_the_last_one_is_among_them() {
        let files = ReadFiles::default();
        let keys: Vec<ChangeKey> = (1..=250).rev().map(|n| ChangeKey::new("CHG", n)).collect();
        for key in &keys {
            files.keep(key, seen("a"), unread("a"));
            assert_eq!(*files.of(key), unread("a"));
        }
        assert_eq!(files.held.lock().unwrap().len(), HELD);
    }
}
