//! Noticing that something is new. See *Waiting* in the page of the folder.
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::ids::Digest;

use super::place::{Place, Stamp};
use super::{list, off_thread};
use crate::error::RelayError;
use crate::parcel::ParcelKind;

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
const ALL_NAMES_EVERY: Duration = Duration::from_secs(30);

/// The times of the board's folders and of the damaged files in them.
type Times = BTreeMap<PathBuf, Option<Stamp>>;

pub(super) async fn wait(place: Arc<Place>, until: Duration) -> Result<bool, RelayError> {
    let end = Instant::now() + until;
    let mut pause = FIRST_PAUSE;
    // Times first: what changes after them is noticed later, not never.
    let mut times = look_at_times(&place).await?;
    if names_differ(&place).await? {
        return Ok(true);
    }
    let mut looked = Instant::now();
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(false);
        }
        tokio::time::sleep(pause.min(left)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
        let now = look_at_times(&place).await?;
        if now == times && looked.elapsed() < ALL_NAMES_EVERY {
            continue;
        }
        times = now;
        looked = Instant::now();
        if names_differ(&place).await? {
            return Ok(true);
        }
    }
}

/// Whether the names are others than the last collection saw, or a damaged file has changed.
async fn names_differ(place: &Arc<Place>) -> Result<bool, RelayError> {
    let place = Arc::clone(place);
    off_thread(move || {
        let listing = list::list(&place)?;
        let memory = place.memory();
        let other_names = match memory.names {
            Some(names) => names != listing.fingerprint(),
            None => !listing.names.is_empty(),
        };
        let changed = |name: &(ParcelKind, Digest), stamp: Stamp| Stamp::at(&place.file(name.0, name.1)) != Some(stamp);
        Ok(other_names || memory.damaged.iter().any(|(name, (stamp, _))| changed(name, *stamp)))
    })
    .await
}

async fn look_at_times(place: &Arc<Place>) -> Result<Times, RelayError> {
    let place = Arc::clone(place);
    off_thread(move || {
        let mut times = Times::new();
        let mut look = |path: PathBuf| {
            let stamp = Stamp::at(&path);
            times.insert(path, stamp);
        };
        look(place.root().to_owned());
        for kind in ParcelKind::ALL {
            let shelf = place.kind(kind);
            for entry in fs::read_dir(&shelf).into_iter().flatten().flatten() {
                look(entry.path());
            }
            look(shelf);
        }
        for (kind, digest) in place.memory().damaged.keys() {
            look(place.file(*kind, *digest));
        }
        Ok(times)
    })
    .await
}
