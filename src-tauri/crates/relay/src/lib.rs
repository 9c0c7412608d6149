//! How entries travel between the devices of a board: a folder, a PostgreSQL table, a review pack.
//!
//! A relay moves *parcels*: bytes under their SHA-256. It is never trusted (`record.md`, *How entries travel*): what
//! comes out of it is bytes that have their digest and nothing more, to be verified by `record` before it is kept.
//! What is missing there is no news, so absence never deletes anything; what is damaged there is told and passed over.
//!
//! | module | what |
//! |---|---|
//! | [`parcel`] | what travels, and what came |
//! | [`folder`] | a network drive or a synced folder: one file a parcel |
//! | [`postgres`] | one table, with INSERT and SELECT only |
//! | [`pack`] | the review pack: one sealed file out, one back |
//! | [`sealed`] | an entry or blob sealed to the board's members, for a relay whose readers are more than those |
//! | [`error`] | why something could not be sent or looked for |
use std::collections::BTreeSet;
use std::time::Duration;

use domain::ids::Digest;
use futures_util::future::BoxFuture;

pub mod error;
pub mod folder;
pub mod pack;
pub mod parcel;
pub mod postgres;
pub mod sealed;

#[cfg(test)]
mod testing;

pub use error::RelayError;
pub use folder::FolderRelay;
pub use pack::{Pack, PackError};
pub use parcel::{Collected, Damaged, Parcel, ParcelKind};
pub use postgres::{PostgresRelay, setup_sql};
pub use sealed::{Recipients, SealError, Sealed};

/// A place that carries parcels between the devices of one board.
///
/// The caller holds the truth: it says what it has, verifies what comes, and commits the cursor with it.
pub trait Relay: Send + Sync {
    /// Which place this is, for people; holds no secret.
    fn describe(&self) -> String;

    /// Puts parcels there, and answers how many were new. Idempotent; what it answers for is durable there.
    ///
    /// # Errors
    /// [`RelayError`]; then any of the parcels may be there or not, and offering them again is right. A parcel that
    /// has no place there does not keep the others out.
    fn offer<'a>(&'a self, parcels: &'a [Parcel]) -> BoxFuture<'a, Result<u32, RelayError>>;

    /// Fetches parcels that are not `known`, at most some 32 MiB of them at a time: where [`Collected::more`] is set,
    /// call again with the new cursor. The cursor is opaque, `""` begins, and it is to be committed together with
    /// what came: an older one only costs time.
    ///
    /// A pass that took several answers shows what was there when it began; what arrived meanwhile comes with the next
    /// pass, and [`Relay::wait`] says so.
    ///
    /// `known` holds what the caller has, including what it refused and keeps apart; otherwise that comes every time.
    ///
    /// # Errors
    /// [`RelayError`] where the place could not be read. A place that is not there, or is empty, is no error.
    fn collect<'a>(
        &'a self,
        cursor: &'a str,
        known: &'a BTreeSet<Digest>,
    ) -> BoxFuture<'a, Result<Collected, RelayError>>;

    /// Waits until something may be there that the last [`Relay::collect`] did not see; `false` when nothing was
    /// noticed within `until`. One's own parcels may wake it.
    ///
    /// # Errors
    /// [`RelayError`] where the place cannot be watched: try again later.
    fn wait<'a>(&'a self, until: Duration) -> BoxFuture<'a, Result<bool, RelayError>>;
}
