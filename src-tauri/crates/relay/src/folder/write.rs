//! Writing parcels whole, and reading with a bound.
use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::place::Place;
use crate::error::RelayError;
use crate::parcel::{Parcel, ParcelKind};

#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) new: u32,
    /// The first parcel that had no place; the others were written all the same.
    pub(super) error: Option<RelayError>,
}

/// Writes parcels and makes their names durable.
pub(super) fn write_all(place: &Place, parcels: &[Parcel]) -> Written {
    let mut written = Written::default();
    let mut dirs = BTreeSet::new();
    for parcel in parcels {
        match write_one(place, parcel, &mut dirs) {
            Ok(new) => written.new += u32::from(new),
            Err(error) => written.error = written.error.or(Some(error)),
        }
    }
    for dir in dirs {
        if let Err(error) = sync_dir(&dir) {
            written.error = written.error.or(Some(error));
        }
    }
    written
}

/// Whether it was new. `dirs` collects the folders whose names are to be made durable.
fn write_one(place: &Place, parcel: &Parcel, dirs: &mut BTreeSet<PathBuf>) -> Result<bool, RelayError> {
    parcel.check()?;
    // By its bytes, not by what it calls itself: see `ParcelKind`.
    let kind = ParcelKind::of(&parcel.bytes);
    let path = place.file(kind, parcel.digest);
    match read_bounded(&path, kind.limit()) {
        Ok(bytes) if bytes == parcel.bytes => return Ok(false),
        // Part of it, or something else under its name: what is written now is what the name says.
        Ok(_) => {}
        Err(error) if is_nothing(&error) || error.kind() == io::ErrorKind::InvalidData => {}
        Err(error) => return Err(RelayError::io("reading", &path)(error)),
    }
    let shelf = place.kind(kind);
    let dir = path.parent().unwrap_or(&shelf);
    if make_dir(&shelf)? {
        dirs.insert(place.root().to_owned());
    }
    if make_dir(dir)? {
        dirs.insert(shelf.clone());
    }
    write_whole(&path, &parcel.bytes)?;
    dirs.insert(dir.to_owned());
    Ok(true)
}

/// Makes a folder, whether it was new; a link or a file in its place is refused, never followed. Other people of the
/// board write there as well, so its rights are what the drive gives.
pub(super) fn make_dir(path: &Path) -> Result<bool, RelayError> {
    let made = match fs::create_dir(path) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
        Err(error) => return Err(RelayError::io("making", path)(error)),
    };
    let is_dir = fs::symlink_metadata(path).map_err(RelayError::io("reading", path))?.is_dir();
    if is_dir { Ok(made) } else { Err(RelayError::foreign(path, "it is not a folder")) }
}

/// Writes a file whole: another name, durable, renamed. The name is durable once its folder is synced.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), RelayError> {
    let io = |error| RelayError::io("writing", path)(error);
    let mut chance = [0u8; 8];
    // Several machines write here, so a process number would not keep them apart.
    getrandom::fill(&mut chance).map_err(|error| io(io::Error::other(error.to_string())))?;
    let partial = path.with_extension(format!("{}.tmp", hex::encode(chance)));
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&partial)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&partial, path)
    })();
    written.map_err(|error| {
        // Our own file of this moment, which nobody reads.
        let _ = fs::remove_file(&partial);
        io(error)
    })
}

/// Makes the names in a folder durable, where the file system has such a call: not all shared ones do.
pub(super) fn sync_dir(path: &Path) -> Result<(), RelayError> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(path).and_then(|dir| dir.sync_all()) {
        Err(error) if !matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            Err(RelayError::io("making durable", path)(error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Reads a plain file of at most `limit` bytes; [`io::ErrorKind::InvalidData`] for anything else.
pub(super) fn read_bounded(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let invalid = |why: String| io::Error::new(io::ErrorKind::InvalidData, why);
    // Before opening: a pipe would wait for its writer.
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(invalid("it is not a plain file".to_owned()));
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(invalid("it is not a plain file".to_owned()));
    }
    let too_large = || invalid(format!("it is larger than {limit} bytes"));
    let bound = u64::try_from(limit).unwrap_or(u64::MAX);
    if metadata.len() > bound {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    file.take(bound.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() > limit { Err(too_large()) } else { Ok(bytes) }
}

/// Whether an error only says that nothing is there.
pub(super) fn is_nothing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
