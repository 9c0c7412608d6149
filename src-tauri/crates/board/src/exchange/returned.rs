//! Entries of this device that come back to it: whoever restores a folder together with the heads beside its keys
//! learns by them that it is an older copy. Nothing is lost by it, and nobody has to do anything.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::ids::{KeyId, LogId};
use record::chain::Fault;
use relay::{Parcel, ParcelKind};
use serde::{Deserialize, Serialize};
use store::{Append, Store};

use super::Exchanged;
use crate::cabinet::{OpenBoard, stored};
use crate::error::{Answer, BoardError};
use crate::state::BoardState;

/// The setting that keeps the last time entries of this device came back.
const RETURNED: &str = "returned";

/// Entries of this device's own keys that it did not have and that came from elsewhere: this folder is an older copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Returned {
    /// How many.
    pub entries: u32,
    /// From where.
    pub relay: String,
    /// When, as this device's clock says.
    pub at: String,
}

impl Returned {
    /// For people. `incomplete`: something is missing all the same.
    #[must_use]
    pub fn told(&self, incomplete: bool) -> String {
        let entries = if self.entries == 1 { "entry" } else { "entries" };
        let now = if incomplete {
            "but the record is not whole yet: Record says what is missing or in dispute."
        } else {
            "nothing is missing now."
        };
        format!(
            "This folder is an older copy: {} {entries} of this device came back from {}; {now}",
            self.entries, self.relay
        )
    }
}

/// The last time entries of this device came back to this folder.
pub(crate) async fn last_returned(store: &Store) -> Answer<Option<Returned>> {
    let json = store.setting(RETURNED).await.map_err(stored)?;
    json.map(|json| serde_json::from_str(&json).map_err(|e| BoardError::internal(&e))).transpose()
}

/// Keys whose logs this device alone writes, where something came that may put entries into the record.
pub(super) async fn own_keys(board: &OpenBoard, came: &[Parcel]) -> BTreeSet<KeyId> {
    if came.iter().all(|parcel| parcel.kind == ParcelKind::Blob) {
        return BTreeSet::new();
    }
    let mut own = board.keys.signing_here().await;
    own.insert(board.device);
    own
}

/// How many of the device's own entries came back. Where two histories part, the fork is what there is to tell.
pub(super) fn undisputed(own_new: &BTreeMap<LogId, u32>, rivalled: &BTreeSet<LogId>, state: &BoardState) -> u32 {
    let open = |log: LogId| {
        state.forks.iter().any(
            |fault| matches!(fault, Fault::Fork { log: of, seq, .. } if *of == log && !state.settled.contains(&(log, *seq))),
        )
    };
    own_new.iter().filter(|(log, _)| !rivalled.contains(*log) && !open(**log)).map(|(_, entries)| *entries).sum()
}

/// Tells it, and keeps it with what came. One exchange may bring them in several helpings.
pub(super) async fn note(
    tx: &mut Append,
    done: &mut Exchanged,
    entries: u32,
    relay: Option<&str>,
    now: DateTime<Utc>,
) -> Answer<()> {
    let relay = relay.unwrap_or("what was brought as a file").to_owned();
    let before = done.returned.iter().position(|returned| returned.relay == relay);
    let before = before.map(|at| done.returned.remove(at)).map_or(0, |returned| returned.entries);
    let returned = Returned { entries: before.saturating_add(entries), relay, at: crate::words::time(now) };
    tracing::warn!(entries, relay = %returned.relay, "an older copy of the folder was put back; what was missing came back");
    let json = serde_json::to_string(&returned).map_err(|e| BoardError::internal(&e))?;
    tx.put_setting(RETURNED, Some(&json)).await.map_err(stored)?;
    done.returned.push(returned);
    Ok(())
}
