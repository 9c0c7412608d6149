//! Reading parcels that are not known yet.
use std::path::Path;

use domain::ids::Digest;

use super::place::{Place, Stamp};
use super::write::{is_nothing, read_bounded};
use crate::parcel::{Batch, Damaged, Parcel, ParcelKind, judge};

#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) parcels: Vec<Parcel>,
    pub(super) damaged: Vec<Damaged>,
    /// Where the batch was full.
    pub(super) stopped_after: Option<(ParcelKind, Digest)>,
}

/// Reads the wanted parcels in their order until the batch is full.
pub(super) fn read_some(place: &Place, wanted: &[(ParcelKind, Digest)], batch: Batch) -> Read {
    let mut read = Read::default();
    let (mut bytes, mut last) = (0, None);
    for (kind, digest) in wanted {
        let path = place.file(*kind, *digest);
        let size = Stamp::at(&path).map_or(0, Stamp::size);
        if !batch.takes(bytes, read.parcels.len(), size.min(kind.limit())) {
            read.stopped_after = last;
            break;
        }
        match read_one(place, &path, *kind, *digest) {
            Ok(Some(parcel)) => {
                bytes += parcel.bytes.len();
                read.parcels.push(parcel);
            }
            Ok(None) => {}
            Err(why) => read.damaged.push(Damaged::new(path.display().to_string(), why)),
        }
        last = Some((*kind, *digest));
    }
    read
}

/// A file that was damaged is not read again before it has changed.
fn read_one(place: &Place, path: &Path, kind: ParcelKind, digest: Digest) -> Result<Option<Parcel>, String> {
    let stamp = Stamp::at(path);
    if let Some((before, why)) = place.memory().damaged.get(&(kind, digest))
        && Some(*before) == stamp
    {
        return Err(why.clone());
    }
    let judged = match read_bounded(path, kind.limit()) {
        Ok(bytes) => judge(kind, digest, bytes),
        // Gone between the listing and now.
        Err(error) if is_nothing(&error) => return Ok(None),
        Err(error) => Err(error.to_string()),
    };
    let mut memory = place.memory();
    match (judged, stamp) {
        (Ok(parcel), _) => {
            memory.damaged.remove(&(kind, digest));
            Ok(Some(parcel))
        }
        (Err(why), Some(stamp)) => {
            memory.damaged.insert((kind, digest), (stamp, why.clone()));
            Err(why)
        }
        (Err(why), None) => Err(why),
    }
}
