//! A folder that several devices see: a network drive, or one that a program keeps in step.
//!
//! ```text
//! <folder>/cabinet-<board id>/cabinet-relay.json        the marker: this is the place
//! <folder>/cabinet-<board id>/{documents,entries,blobs}/<aa>/<sha256>
//! ```
//!
//! A file's name is the SHA-256 of its bytes. It is written whole under another name, made durable, and renamed; two
//! devices that write the same parcel write the same bytes. Nothing is deleted, and nothing that is what its name says
//! is written over. What is not is told as damage; names that are no digest (a program's conflict copies, `.tmp`,
//! `~`) are passed over.
//!
//! **Mounted or not.** An empty folder looks like a drive that is not mounted, and writing there would fill the mount
//! point. So the marker, once it was seen, must be there before anything is written ([`RelayError::Absent`] else).
//! Reading needs no marker: what is not there is no news.
//!
//! **Waiting.** Not every file system can say that something changed on another machine, so [`Relay::wait`] looks: at
//! the times of the folders (one `stat` for each of at most 771) after 250 ms, then ever later up to 2 s; at all names
//! once in the beginning and then every 30 s, since some file systems count times in steps of two seconds.
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use domain::ids::{BoardId, Digest};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use crate::Relay;
use crate::error::RelayError;
use crate::parcel::{Batch, Collected, Damaged, Parcel, ParcelKind};

mod cursor;
mod list;
mod place;
mod read;
mod watch;
mod write;

use cursor::Cursor;
use place::Place;

/// Bytes handed to a blocking thread at a time.
const OFFER_BYTES: usize = 16 << 20;
const OFFER_PARCELS: usize = 500;

/// A relay in a folder. See the page of this module.
pub struct FolderRelay {
    place: Arc<Place>,
    batch: Batch,
}

impl FolderRelay {
    /// The relay of `board` in `folder`, which the people of the board chose and which need not be there now.
    ///
    /// # Errors
    /// [`RelayError::Address`] for a path that is not absolute: it would be another one for `cab` than for the window.
    pub fn open(folder: &Path, board: BoardId) -> Result<Self, RelayError> {
        if !folder.is_absolute() {
            return Err(RelayError::Address { why: format!("{:?} is not an absolute path", folder.display()) });
        }
        Ok(Self { place: Arc::new(Place::new(folder, board)), batch: Batch::USUAL })
    }

    /// Says that this board has used this folder before, so that an empty one is one that is not mounted. A cursor
    /// from an earlier [`Relay::collect`] says the same.
    #[must_use]
    pub fn expecting_marker(self, expect: bool) -> Self {
        if expect {
            self.place.expect_marker();
        }
        self
    }

    #[cfg(test)]
    fn with_batch(mut self, batch: Batch) -> Self {
        self.batch = batch;
        self
    }

    async fn offering(&self, parcels: &[Parcel]) -> Result<u32, RelayError> {
        let place = Arc::clone(&self.place);
        off_thread(move || place.prepare()).await?;
        let mut new = 0;
        let mut first_error = None;
        let mut rest = parcels;
        while !rest.is_empty() {
            let (some, others) = rest.split_at(chunk(rest));
            rest = others;
            let (place, some) = (Arc::clone(&self.place), some.to_vec());
            let written = off_thread(move || Ok(write::write_all(&place, &some))).await?;
            new += written.new;
            first_error = first_error.or(written.error);
        }
        first_error.map_or(Ok(new), Err)
    }

    async fn collecting(&self, cursor: &str, known: &BTreeSet<Digest>) -> Result<Collected, RelayError> {
        let cursor = Cursor::parse(cursor);
        if cursor.is_some() {
            self.place.expect_marker();
        }
        let place = Arc::clone(&self.place);
        let (listing, (marked, damage)) = off_thread(move || {
            let listing = list::list(&place)?;
            let marker = place.look_for_marker();
            Ok((listing, marker))
        })
        .await?;
        let mut damaged: Vec<Damaged> = damage.into_iter().chain(listing.odd.iter().cloned()).collect();
        let after = cursor.and_then(|cursor| cursor.after);
        let wanted: Vec<(ParcelKind, Digest)> = listing
            .names
            .iter()
            .filter(|name| after.is_none_or(|after| list::rank(**name) > list::rank(after)))
            .filter(|(_, digest)| !known.contains(digest))
            .copied()
            .collect();
        let (place, batch) = (Arc::clone(&self.place), self.batch);
        let read = off_thread(move || Ok(read::read_some(&place, &wanted, batch))).await?;
        damaged.extend(read.damaged);
        match (after, read.stopped_after) {
            // A pass is through: what comes next is news.
            (None, None) => self.place.remember(&listing, known),
            // What arrived during a pass of several answers, ahead of where it was, was not looked at: wake for it.
            (Some(_), None) => self.place.forget(),
            (_, Some(_)) => {}
        }
        let cursor = match (self.place.marker_expected(), read.stopped_after) {
            (false, None) => String::new(),
            (_, after) => Cursor { after }.to_string(),
        };
        let there = marked.then(|| listing.names.into_iter().collect());
        Ok(Collected { parcels: read.parcels, more: read.stopped_after.is_some(), cursor, damaged, there })
    }
}

/// How many of the parcels go to the thread at once; at least one.
fn chunk(parcels: &[Parcel]) -> usize {
    let (mut bytes, mut count) = (0, 0);
    for parcel in parcels {
        if count > 0 && (count >= OFFER_PARCELS || bytes + parcel.bytes.len() > OFFER_BYTES) {
            break;
        }
        bytes += parcel.bytes.len();
        count += 1;
    }
    count
}

impl Relay for FolderRelay {
    fn describe(&self) -> String {
        format!("the folder {}", self.place.chosen().display())
    }

    fn offer<'a>(&'a self, parcels: &'a [Parcel]) -> BoxFuture<'a, Result<u32, RelayError>> {
        self.offering(parcels).boxed()
    }

    fn collect<'a>(
        &'a self,
        cursor: &'a str,
        known: &'a BTreeSet<Digest>,
    ) -> BoxFuture<'a, Result<Collected, RelayError>> {
        self.collecting(cursor, known).boxed()
    }

    fn wait<'a>(&'a self, until: Duration) -> BoxFuture<'a, Result<bool, RelayError>> {
        watch::wait(Arc::clone(&self.place), until).boxed()
    }
}

/// Runs file work off the async threads.
async fn off_thread<T, F>(work: F) -> Result<T, RelayError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, RelayError> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(RelayError::Stopped(error.to_string())),
    }
}

#[cfg(test)]
mod tests;
