//! Where things stand, the marker, and what is remembered of the last look.
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use domain::ids::{BoardId, Digest};
use record::canonical;
use serde::Serialize;

use super::list::Listing;
use super::write;
use crate::error::RelayError;
use crate::parcel::{Damaged, ParcelKind};

const MARKER: &str = "cabinet-relay.json";
const SCHEMA: &str = "urn:x-cabinet:relay:1";
/// Far more than a marker holds.
const MARKER_BYTES: usize = 4096;

#[derive(Serialize)]
struct Marker {
    schema: &'static str,
    board: BoardId,
}

/// What tells that a file was written again, without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    size: u64,
    changed: Option<SystemTime>,
}

impl Stamp {
    pub(super) fn of(metadata: &fs::Metadata) -> Self {
        Self { size: metadata.len(), changed: metadata.modified().ok() }
    }

    pub(super) fn size(self) -> usize {
        usize::try_from(self.size).unwrap_or(usize::MAX)
    }

    /// Of what stands there now, links not followed.
    pub(super) fn at(path: &Path) -> Option<Self> {
        fs::symlink_metadata(path).ok().map(|metadata| Self::of(&metadata))
    }
}

/// What the last collection saw.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// The digest of all names, once a collection was through.
    pub(super) names: Option<Digest>,
    /// Files that were no parcels, as they were then.
    pub(super) damaged: BTreeMap<(ParcelKind, Digest), (Stamp, String)>,
}

#[derive(Debug)]
pub(super) struct Place {
    chosen: PathBuf,
    root: PathBuf,
    board: BoardId,
    marker_seen: AtomicBool,
    memory: Mutex<Memory>,
}

impl Place {
    pub(super) fn new(folder: &Path, board: BoardId) -> Self {
        Self {
            chosen: folder.to_owned(),
            root: folder.join(format!("cabinet-{board}")),
            board,
            marker_seen: AtomicBool::new(false),
            memory: Mutex::default(),
        }
    }

    /// The folder that people chose.
    pub(super) fn chosen(&self) -> &Path {
        &self.chosen
    }

    /// The board's own folder in it.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn kind(&self, kind: ParcelKind) -> PathBuf {
        self.root.join(kind.folder())
    }

    pub(super) fn file(&self, kind: ParcelKind, digest: Digest) -> PathBuf {
        let name = digest.to_string();
        self.kind(kind).join(&name[..2]).join(name)
    }

    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A collection is through: what differs from its names is news. A damaged file that is known from elsewhere, or
    /// gone, is no longer watched.
    pub(super) fn remember(&self, listing: &Listing, known: &BTreeSet<Digest>) {
        let there: BTreeSet<_> = listing.names.iter().collect();
        let mut memory = self.memory();
        memory.names = Some(listing.fingerprint());
        memory.damaged.retain(|name, _| there.contains(name) && !known.contains(&name.1));
    }

    /// No collection so far, as far as waiting is concerned.
    pub(super) fn forget(&self) {
        self.memory().names = None;
    }

    pub(super) fn expect_marker(&self) {
        self.marker_seen.store(true, Ordering::Relaxed);
    }

    pub(super) fn marker_expected(&self) -> bool {
        self.marker_seen.load(Ordering::Relaxed)
    }

    fn marker(&self) -> PathBuf {
        self.root.join(MARKER)
    }

    /// The same bytes from every device, so that two that begin at once do not quarrel.
    fn marker_bytes(&self) -> Result<Vec<u8>, RelayError> {
        canonical::to_bytes(&Marker { schema: SCHEMA, board: self.board })
            .map_err(|error| RelayError::foreign(&self.marker(), error.to_string()))
    }

    /// `Some(true)`: it is there and right; `Some(false)`: something else is; `None`: nothing is.
    fn marker_there(&self) -> Result<Option<bool>, RelayError> {
        match write::read_bounded(&self.marker(), MARKER_BYTES) {
            Ok(bytes) => Ok(Some(bytes == self.marker_bytes()?)),
            Err(error) if write::is_nothing(&error) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(Some(false)),
            Err(error) => Err(RelayError::io("reading", &self.marker())(error)),
        }
    }

    /// Whether the marker is there, which is remembered; says so where it is not what it should be.
    pub(super) fn look_for_marker(&self) -> (bool, Option<Damaged>) {
        let place = self.marker().display().to_string();
        match self.marker_there() {
            Ok(Some(true)) => {
                self.expect_marker();
                (true, None)
            }
            Ok(None) => (false, None),
            Ok(Some(false)) => (false, Some(Damaged::new(place, OTHER_MARKER))),
            Err(error) => (false, Some(Damaged::new(place, error.to_string()))),
        }
    }

    /// Makes sure that this is the place before anything is written.
    pub(super) fn prepare(&self) -> Result<(), RelayError> {
        match self.marker_there()? {
            Some(true) => {
                self.expect_marker();
                return Ok(());
            }
            Some(false) => return Err(RelayError::foreign(&self.marker(), OTHER_MARKER)),
            None => {}
        }
        let absent = |why: &str| RelayError::Absent { place: self.chosen.display().to_string(), why: why.to_owned() };
        if self.marker_expected() {
            return Err(absent("the board's marker was there before: the drive is not mounted, or somebody moved it"));
        }
        // The chosen folder is never made: a path with a slip of the pen would look like a shared one.
        if !self.chosen.is_dir() {
            return Err(absent("there is no such folder"));
        }
        write::make_dir(&self.root)?;
        write::write_whole(&self.marker(), &self.marker_bytes()?)?;
        write::sync_dir(&self.root)?;
        write::sync_dir(&self.chosen)?;
        self.expect_marker();
        Ok(())
    }
}

const OTHER_MARKER: &str = "it is not the marker of this board, or only part of it has arrived";
