//! What a change's gates know of its files: read again when they change, held in memory, and written nowhere.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use ::evidence::{Attachments, Collected, Folder, Provider};
use domain::change::{Attachment, ChangeRequest};
use domain::gate::EvidenceRead;
use domain::ids::{ChangeKey, Digest};

use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError};
use crate::sources::bytes_of;

/// Changes whose files are held in memory; of others they are read again.
const HELD: usize = 200;

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

impl Cabinet {
    /// Reads a change's files where they are not the ones that were read before. What cannot be read is named, and no error.
    pub(crate) async fn read_files(&self, board: &OpenBoard, change: &ChangeRequest) -> Answer<()> {
        let root: Option<PathBuf> = self.options().evidence_folder.clone();
        let attached = digests(change);
        let folder = match root.clone() {
            Some(root) => {
                let folder = root.join(change.key.as_str());
                off_the_async_threads(move || listed(&folder)).await?
            }
            None => Vec::new(),
        };
        let seen = Seen { attached, folder };
        if seen.nothing() || board.read_files.is_current(&change.key, &seen) {
            if seen.nothing() {
                board.read_files.keep(&change.key, seen, EvidenceRead::default());
            }
            return Ok(());
        }
        let mut contents = BTreeMap::new();
        for (_, digest) in &seen.attached {
            contents.insert(*digest, bytes_of(board, *digest).await);
        }
        let of_change = change.clone();
        let with_folder = !seen.folder.is_empty();
        let collected = off_the_async_threads(move || {
            let content = |attachment: &Attachment| match attachment.sha256.and_then(|digest| contents.get(&digest)) {
                Some(found) => found.clone(),
                None => Ok(None),
            };
            let mut collected = vec![Attachments::new(content).collect(&of_change)];
            if let Some(root) = root.filter(|_| with_folder) {
                collected.push(Folder::new(root).collect(&of_change));
            }
            collected
        });
        let read = read(collected.await?);
        board.read_files.keep(&change.key, seen, read);
        Ok(())
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
