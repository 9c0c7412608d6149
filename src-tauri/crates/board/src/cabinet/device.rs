//! Which device a data folder is of: its recording key, and whose keys were made on it.
use std::collections::{BTreeMap, BTreeSet};

use domain::entry::Head;
use domain::ids::{KeyId, LogId, MemberId};
use domain::roster::{KeyUse, Roster};
use store::Store;

use super::stored;
use crate::error::{Answer, BoardError};
use crate::state::Stored;

/// The setting that names this device's recording key.
pub(crate) const DEVICE_KEY: &str = "device";

/// The setting that names the members whose keys were made on this device.
pub(crate) const ENROLLED: &str = "enrolled";

/// Which recording key is this device's: as noted when it was made; a folder from before that has the board's first.
pub(crate) async fn device_of(store: &Store, roster: &Roster) -> Answer<KeyId> {
    if let Some(json) = store.setting(DEVICE_KEY).await.map_err(stored)? {
        return serde_json::from_str(&json).map_err(|e| BoardError::internal(&e));
    }
    let first = roster.members.iter().flat_map(|m| &m.keys).find(|k| k.usage == KeyUse::Recording);
    first.map(|k| k.id).ok_or_else(|| BoardError::not_found("recording key", "in the roster"))
}

/// Whose keys were made on this device; `None` for a folder from before that was noted: then everybody's.
pub(crate) async fn enrolled_here(store: &Store) -> Answer<Option<BTreeSet<MemberId>>> {
    let json = store.setting(ENROLLED).await.map_err(stored)?;
    json.map(|json| serde_json::from_str(&json).map_err(|e| BoardError::internal(&e))).transpose()
}

/// Whose logs this folder writes: of whoever enrolled in it, and of whose device it is. `None`: everybody's.
pub(crate) async fn writes_here(store: &Store, roster: &Roster) -> Answer<Option<BTreeSet<MemberId>>> {
    let Some(mut here) = enrolled_here(store).await? else { return Ok(None) };
    let device = device_of(store, roster).await?;
    here.extend(roster.key(device).map(|(owner, _)| owner.id));
    Ok(Some(here))
}

pub(crate) async fn read_stored(store: &Store, witnessed: BTreeMap<LogId, Head>) -> Answer<Stored> {
    let entries = store.all_entries().await.map_err(stored)?;
    Ok(Stored {
        rosters: store.rosters().await.map_err(stored)?.into_iter().map(|r| r.bytes).collect(),
        policies: store.policies().await.map_err(stored)?.into_iter().map(|p| p.bytes).collect(),
        last_position: entries.last().map_or(0, |e| e.position),
        envelopes: entries.into_iter().map(|e| e.envelope).collect(),
        witnessed,
    })
}
