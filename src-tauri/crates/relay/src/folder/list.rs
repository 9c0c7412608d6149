//! What stands in the folder, by names alone.
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use domain::ids::Digest;

use super::place::Place;
use super::write::is_nothing;
use crate::error::RelayError;
use crate::parcel::{Damaged, ParcelKind};

/// More names than any board has: whoever makes them wants to fill our memory.
const GREATEST_NAMES: usize = 1_000_000;

/// Names that are digests, and what has no business there.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// In the order of [`rank`].
    pub(super) names: Vec<(ParcelKind, Digest)>,
    pub(super) odd: Vec<Damaged>,
}

impl Listing {
    /// Two listings with the same names have the same one.
    pub(super) fn fingerprint(&self) -> Digest {
        let mut bytes = Vec::with_capacity(self.names.len() * 33);
        for (kind, digest) in &self.names {
            bytes.push(rank((*kind, *digest)).0);
            bytes.extend_from_slice(&digest.0);
        }
        Digest::of(&bytes)
    }

    fn odd(&mut self, path: &Path, why: impl Into<String>) {
        self.odd.push(Damaged::new(path.display().to_string(), why));
    }
}

/// The order of a collection: documents before the entries they judge, blobs last.
pub(super) fn rank(name: (ParcelKind, Digest)) -> (u8, Digest) {
    let place = match name.0 {
        ParcelKind::Document => 0,
        ParcelKind::Entry => 1,
        ParcelKind::Blob => 2,
    };
    (place, name.1)
}

/// Lists the board's folder. A part that cannot be read is told, and does not hide the others.
pub(super) fn list(place: &Place) -> Result<Listing, RelayError> {
    let mut listing = Listing::default();
    match fs::symlink_metadata(place.root()) {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return Err(RelayError::foreign(place.root(), "it is not a folder")),
        Err(error) if is_nothing(&error) => return Ok(listing),
        Err(error) => return Err(RelayError::io("reading", place.root())(error)),
    }
    for kind in ParcelKind::ALL {
        list_kind(place, kind, &mut listing);
    }
    Ok(listing)
}

fn list_kind(place: &Place, kind: ParcelKind, listing: &mut Listing) {
    let root = place.kind(kind);
    let mut found = BTreeSet::new();
    for (name, what) in entries(&root, listing).into_iter().filter(|(name, _)| is_prefix(name)) {
        let path = root.join(&name);
        if what != What::Folder {
            listing.odd(&path, "stands where a folder belongs");
            continue;
        }
        for (file, what) in entries(&path, listing) {
            let Ok(digest) = file.parse::<Digest>() else { continue };
            let path = path.join(&file);
            match what {
                What::File if file.starts_with(&name) => {
                    found.insert(digest);
                }
                What::File => listing.odd(&path, "stands in another digest's folder"),
                What::Folder => listing.odd(&path, "is a folder with a parcel's name"),
                What::Other => listing.odd(&path, "is a link or a device with a parcel's name"),
            }
        }
        if listing.names.len() + found.len() > GREATEST_NAMES {
            listing.odd(&root, format!("holds more than {GREATEST_NAMES} files: the rest was not looked at"));
            break;
        }
    }
    listing.names.extend(found.into_iter().map(|digest| (kind, digest)));
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    File,
    Folder,
    Other,
}

/// Names in a folder that are text, with what they are; links are not followed.
fn entries(path: &Path, listing: &mut Listing) -> Vec<(String, What)> {
    let read = || -> io::Result<Vec<(String, What)>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let what = entry.file_type()?;
            let what = match (what.is_file(), what.is_dir()) {
                (true, _) => What::File,
                (_, true) => What::Folder,
                (false, false) => What::Other,
            };
            names.push((name, what));
            if names.len() > GREATEST_NAMES {
                break;
            }
        }
        Ok(names)
    };
    match read() {
        Ok(names) => names,
        Err(error) if is_nothing(&error) => Vec::new(),
        Err(error) => {
            listing.odd(path, format!("cannot be read: {error}"));
            Vec::new()
        }
    }
}

fn is_prefix(name: &str) -> bool {
    name.len() == 2 && name.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}
