//! Reading a relay: what came, and what is gone from there.
use std::collections::BTreeSet;
use std::sync::Arc;

use domain::ids::Digest;
use record::enrolment::Enrolment;
use record::roster::RosterVersion;
use relay::{FolderRelay, ParcelKind, PostgresRelay, Relay, RelayError};
use store::{QuarantineKind, RelayMark};

use super::sealing::Standing;
use super::{Incoming, RelaySetting};
use crate::cabinet::{OpenBoard, stored};
use crate::error::{Answer, BoardError};

/// How much of what came is judged at a time.
const BYTES: usize = 256 << 20;

/// What stands in a relay, where all of it was looked at.
pub(super) type There = BTreeSet<(ParcelKind, Digest)>;

/// What was read of a relay in one go.
pub(super) struct Helping {
    pub incoming: Incoming,
    /// There is more.
    pub more: bool,
    pub there: Option<There>,
    /// Why it ended early, after something had come.
    pub failed: Option<RelayError>,
}

/// The relay, opened once.
pub(crate) async fn open(board: &OpenBoard, setting: &RelaySetting) -> Answer<Arc<dyn Relay>> {
    let name = setting.name();
    let mut open = board.relays.lock().await;
    if let Some(relay) = open.get(&name) {
        return Ok(Arc::clone(relay));
    }
    let id = board.state().await?.rosters.board();
    let relay: Arc<dyn Relay> = match setting {
        RelaySetting::Folder { path } => Arc::new(FolderRelay::open(path, id).map_err(|e| travelling(&name, &e))?),
        RelaySetting::Postgres { .. } => {
            let address = board.keys.relay_address().await?;
            Arc::new(Box::pin(PostgresRelay::open(&address, id)).await.map_err(|e| travelling(&name, &e))?)
        }
    };
    open.insert(name, Arc::clone(&relay));
    Ok(relay)
}

pub(super) fn travelling(relay: &str, error: &RelayError) -> BoardError {
    BoardError::refused(
        "relay",
        format!("The relay ({relay}) did not answer: {error}."),
        None,
        "Everything is kept here; exchange again once it can be reached.",
    )
}

/// Reads a relay until it is at its end, or until there is enough to be judged: judging is over the whole record each
/// time, so a few large helpings cost less than many small ones.
pub(super) async fn collect(board: &OpenBoard, relay: &dyn Relay, name: &str, mark: &mut RelayMark) -> Answer<Helping> {
    let mut known = known(board).await?;
    known.extend(board.store.sealed_parcels(name).await.map_err(stored)?.into_iter().map(|parcel| parcel.sealed));
    let mut incoming = Incoming::default();
    let mut bytes = 0;
    loop {
        let collected = match relay.collect(&mark.cursor, &known).await {
            Ok(collected) => collected,
            Err(error) if incoming.parcels.is_empty() && incoming.damaged.is_empty() => {
                return Err(travelling(name, &error));
            }
            Err(error) => return Ok(Helping { incoming, more: false, there: None, failed: Some(error) }),
        };
        mark.cursor = collected.cursor;
        incoming.damaged.extend(collected.damaged.into_iter().map(|d| format!("{}: {}", d.place, d.why)));
        known.extend(collected.parcels.iter().map(|parcel| parcel.digest));
        bytes += collected.parcels.iter().map(|parcel| parcel.bytes.len()).sum::<usize>();
        incoming.parcels.extend(collected.parcels);
        if !collected.more || bytes >= BYTES {
            return Ok(Helping { incoming, more: collected.more, there: collected.there, failed: None });
        }
    }
}

/// Whether something that is kept apart may hold now although nothing came. Judging everything again costs seconds on
/// a long record, and most of the time there is nothing that could have changed.
pub(super) async fn may_hold_now(board: &OpenBoard) -> Answer<bool> {
    let state = board.state().await?;
    let kept = board.store.quarantine().await.map_err(stored)?;
    Ok(kept.iter().filter(|kept| kept.waits).any(|kept| match kept.kind {
        QuarantineKind::Entry => true,
        QuarantineKind::Document => match RosterVersion::parse(&kept.bytes) {
            Ok(proposal) => proposal.roster().version > state.roster().version,
            Err(_) => Enrolment::open(&kept.bytes, state.rosters.board(), state.rosters.fingerprint()).is_err(),
        },
    }))
}

/// Entries that are named one by one; of the others it is said how many there are.
const NAMED: usize = 20;

/// What is gone from a relay, in words: each of the entries up to `offered`, all of them given to it, that does not stand
/// there any more as it was given, plain or sealed.
pub(super) async fn gone(board: &OpenBoard, relay: &str, standing: &Standing, offered: u32) -> Answer<Vec<String>> {
    let Some(there) = &standing.there else { return Ok(Vec::new()) };
    let sealed = standing.sealed_as_given();
    let stands = |digest: Digest| there.contains(&(ParcelKind::Entry, digest)) || sealed.contains(&digest);
    let state = board.state().await?;
    let entries = board.store.all_entries().await.map_err(stored)?;
    let given = entries.iter().filter(|entry| entry.position <= offered);
    let gone: Vec<String> = given
        .filter(|entry| !stands(Digest::of(&entry.envelope)))
        .map(|entry| {
            format!(
                "{relay}: entry {} ({}, number {} of log {}:{} of {}) was given to it and is gone from it, or was changed \
                 there. It is kept here, and given again.",
                entry.id.short(),
                entry.kind.replace('_', " "),
                entry.seq,
                entry.log.key.short(),
                entry.log.epoch,
                crate::record_view::owner(&state, entry.log.key),
            )
        })
        .collect();
    let more = gone.len().saturating_sub(NAMED);
    let mut told: Vec<String> = gone.into_iter().take(NAMED).collect();
    if more > 0 {
        told.push(format!("{relay}: {more} more entries are gone from it, and are given again."));
    }
    Ok(told)
}

/// Digests of what is here already, so that a relay does not send it again.
pub(super) async fn known(board: &OpenBoard) -> Answer<BTreeSet<Digest>> {
    let mut known = BTreeSet::new();
    for entry in board.store.all_entries().await.map_err(stored)? {
        known.insert(Digest::of(&entry.envelope));
    }
    known.extend(board.store.rosters().await.map_err(stored)?.into_iter().map(|r| r.digest));
    known.extend(board.store.policies().await.map_err(stored)?.into_iter().map(|p| p.digest));
    known.extend(board.store.quarantine().await.map_err(stored)?.into_iter().map(|q| q.digest));
    known.extend(board.store.blobs().await.map_err(stored)?.into_iter().map(|b| b.digest));
    // What was disposed of is not wanted again, also where it never was.
    known.extend(board.store.disposed().await.map_err(stored)?.into_keys());
    Ok(known)
}
