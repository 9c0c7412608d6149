//! Where files come from: one seam, two sources.
//!
//! Git, builds and artifacts are behind the same seam: whatever of them a host or a tool tells is a file, and which host or
//! tool it was is told by what it says. A source that asks a server itself is another [`Provider`].
use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use domain::change::{Attachment, ChangeRequest};
use domain::evidence::{Evidence, Runs, Says, Source};

use crate::error::{EvidenceError, Fault, Place};
use crate::{bounds, read};

/// Files of one change that are looked at.
pub const FILES: usize = 200;

/// Bytes of one change that are looked at, from one source.
pub const ALL_BYTES: usize = 256 << 20;

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it came from.
    pub source: Source,
    /// What it says.
    pub evidence: Evidence,
    /// Its bytes, to be archived under their digest.
    pub bytes: Vec<u8>,
}

/// A file that was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it came from.
    pub source: Source,
    /// Its name.
    pub file: String,
    /// A stable word for scripts.
    pub code: &'static str,
    /// What is wrong, where, and what would mend it.
    pub why: String,
}

/// What a source holds of one change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Collected {
    /// What was read, by name.
    pub files: Vec<Found>,
    /// What was not, and why: never left out in silence.
    pub problems: Vec<Problem>,
}

impl Collected {
    fn problem(&mut self, source: Source, error: &EvidenceError) {
        let problem = Problem { source, file: error.file.clone(), code: error.fault.code(), why: error.to_string() };
        self.problems.push(problem);
    }

    fn held(&self) -> usize {
        self.files.iter().map(|file| file.bytes.len()).sum()
    }

    fn look(&mut self, source: Source, name: &str, bytes: Vec<u8>) {
        if self.held().saturating_add(bytes.len()) > ALL_BYTES {
            self.problem(source, &too_much(name));
            return;
        }
        match read(name, &bytes) {
            Ok(evidence) => self.files.push(Found { source, evidence, bytes }),
            Err(error) => self.problem(source, &error),
        }
    }

    /// Lets lists of runs speak for the files beside them. A file that a list contradicts, or means other bytes by, does not
    /// count: one of the two is of another run.
    fn with_runs(mut self) -> Self {
        let lists: Vec<(String, Runs)> = self.files.iter().filter_map(list_of).collect();
        if lists.is_empty() {
            return self;
        }
        let mut files = Vec::with_capacity(self.files.len());
        for mut found in std::mem::take(&mut self.files) {
            match lists.iter().try_for_each(|(list, runs)| tell(list, runs, &mut found.evidence)) {
                Ok(()) => files.push(found),
                Err(fault) => self.problem(found.source, &whole(&found.evidence.provenance.file, fault)),
            }
        }
        self.files = files;
        self
    }
}

/// A list of runs with its name.
fn list_of(found: &Found) -> Option<(String, Runs)> {
    match &found.evidence.says {
        Says::Runs(runs) => Some((found.evidence.provenance.file.clone(), runs.clone())),
        Says::Tests(_)
        | Says::Findings(_)
        | Says::Components(_)
        | Says::Coverage(_)
        | Says::PlannedChanges(_)
        | Says::MergeRequest(_)
        | Says::Artifacts(_) => None,
    }
}

/// Adds to a file what a list of runs says of it.
fn tell(list: &str, runs: &Runs, evidence: &mut Evidence) -> Result<(), Fault> {
    let told = |fault: Fault| Fault::Disagrees(format!("beside {list}, {fault}"));
    if matches!(evidence.says, Says::Runs(_)) {
        return Ok(());
    }
    let own = runs.files.get(&evidence.provenance.file);
    if own.and_then(|own| own.sha256).is_some_and(|meant| meant != evidence.provenance.sha256) {
        return Err(Fault::Disagrees(format!("{list} is about other bytes of this name")));
    }
    if let Some(own) = own {
        crate::runs::add(&mut evidence.run, &own.run).map_err(told)?;
    }
    // What is said of a single file goes before what is said of all.
    let mut rest = runs.all.clone();
    if let Some(own) = own {
        for (all, own) in [
            (&mut rest.commit, &own.run.commit),
            (&mut rest.kind, &own.run.kind),
            (&mut rest.environment, &own.run.environment),
            (&mut rest.dataset, &own.run.dataset),
        ] {
            if !own.is_empty() {
                all.clear();
            }
        }
    }
    crate::runs::add(&mut evidence.run, &rest).map_err(told)
}

fn whole(file: &str, fault: Fault) -> EvidenceError {
    EvidenceError { file: file.to_owned(), place: Place::Whole, fault }
}

fn too_much(name: &str) -> EvidenceError {
    let most = ALL_BYTES >> 20;
    whole(
        name,
        Fault::Unreadable(format!("with it the files of this change are more than {FILES}, or than {most} MiB")),
    )
}

/// A source of files.
pub trait Provider {
    /// What it holds of a change. Blocking: called off the async threads.
    fn collect(&self, change: &ChangeRequest) -> Collected;
}

/// What the ticket carries and is downloaded; the bytes come through `content`, which knows where they are kept.
pub struct Attachments<C> {
    content: C,
}

impl<C: Fn(&Attachment) -> Result<Option<Vec<u8>>, String>> Attachments<C> {
    /// `content` gives an attachment's bytes; `None` when they are not here, and need not be.
    pub fn new(content: C) -> Self {
        Self { content }
    }
}

impl<C: Fn(&Attachment) -> Result<Option<Vec<u8>>, String>> Provider for Attachments<C> {
    fn collect(&self, change: &ChangeRequest) -> Collected {
        let mut collected = Collected::default();
        for attachment in change.attachments.iter().filter(|a| !a.own && a.sha256.is_some()) {
            let source = Source::Ticket;
            match (self.content)(attachment) {
                Ok(None) => {}
                Ok(Some(_)) if collected.files.len() >= FILES => {
                    collected.problem(source, &too_much(&attachment.name));
                }
                Ok(Some(bytes)) => collected.look(source, &attachment.name, bytes),
                Err(why) => collected.problem(source, &whole(&attachment.name, Fault::Unreadable(why))),
            }
        }
        // A ticket carries pictures and letters as well: what is no report is no problem there.
        let unrecognised = [Fault::Unrecognised, Fault::NotUtf8, Fault::Nul].map(|fault| fault.code());
        collected.problems.retain(|problem| !unrecognised.contains(&problem.code));
        collected.with_runs()
    }
}

/// A folder with a folder for each change: `<root>/<change key>/<file>`.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Below this folder.
    #[must_use]
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }
}

fn unreadable(file: &str, error: &std::io::Error) -> EvidenceError {
    whole(file, Fault::Unreadable(error.to_string()))
}

/// A plain file's bytes. A link is not followed, neither one that is there nor one that is put there meanwhile.
fn plain(path: &Path, name: &str) -> Result<Vec<u8>, EvidenceError> {
    let failed = |error: std::io::Error| unreadable(name, &error);
    let seen = fs::symlink_metadata(path).map_err(failed)?;
    if !seen.is_file() {
        return Err(whole(name, Fault::NotAFile));
    }
    let file = File::open(path).map_err(failed)?;
    let opened = file.metadata().map_err(failed)?;
    if (seen.dev(), seen.ino()) != (opened.dev(), opened.ino()) {
        return Err(whole(name, Fault::NotAFile));
    }
    let mut bytes = Vec::new();
    // One byte more than is read, so that what is too large is seen to be.
    file.take(bounds::BYTES as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// The names in a folder, sorted, without those that begin with a dot; `None` when it is not there.
fn names(folder: &Path) -> std::io::Result<Option<Vec<std::ffi::OsString>>> {
    match fs::symlink_metadata(folder) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => return Err(std::io::Error::other("it is no folder, or a link to one")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)?.take(bounds::ELEMENTS) {
        let name = entry?.file_name();
        // What is on its way has such a name until it is whole.
        if !name.to_string_lossy().starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(Some(names))
}

impl Provider for Folder {
    fn collect(&self, change: &ChangeRequest) -> Collected {
        let mut collected = Collected::default();
        let source = Source::Folder;
        if !self.root.is_dir() {
            let why = Fault::Unreadable("the evidence folder is not there".to_owned());
            collected.problem(source, &whole(&self.root.display().to_string(), why));
            return collected;
        }
        let folder = self.root.join(change.key.as_str());
        let names = match names(&folder) {
            Ok(names) => names.unwrap_or_default(),
            Err(error) => {
                collected.problem(source, &unreadable(change.key.as_str(), &error));
                return collected;
            }
        };
        for (n, name) in names.iter().enumerate() {
            let shown = name.to_string_lossy();
            if n >= FILES || collected.held() >= ALL_BYTES {
                collected.problem(source, &too_much(&shown));
                break;
            }
            match plain(&folder.join(name), &shown) {
                Ok(bytes) => collected.look(source, &shown, bytes),
                Err(error) => collected.problem(source, &error),
            }
        }
        collected.with_runs()
    }
}
