//! What can be said of a data folder and its keys before anything is opened for work: each line for itself, so that
//! one that fails does not hide the others.
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::roster::{KeyUse, Roster};
use serde::Serialize;
use store::{Folder, Store};
use vault::{Keystore, Vault};

use crate::audit::newest_roster;
use crate::cabinet::{VaultChoice, device_of, enrolled_here};
use crate::error::{Answer, BoardError};
use crate::keys::{Keys, vault_of};
use crate::views::VaultState;

/// Under so much free space a host warns: signing needs room for what was shown.
pub const LEAST_FREE_BYTES: u64 = 50 * 1024 * 1024;

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// As it should be.
    Well,
    /// Works, and somebody should know.
    Note,
    /// Does not work.
    Broken,
}

/// One line of the examination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What was looked at.
    pub what: String,
    /// How it stands.
    pub health: Health,
    /// What was found, and what to do if it does not work.
    pub found: String,
}

/// The keys of one member on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MemberKeysState {
    /// Printed name.
    pub member: String,
    /// The state in which the vault has the signature key.
    pub state: VaultState,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Examination {
    /// The data folder.
    pub data_dir: PathBuf,
    /// The version of data folders that this program writes.
    pub data_version: u32,
    /// SQLite's own version; `None` where no board could be opened.
    pub sqlite: Option<String>,
    /// The board's name.
    pub board: Option<String>,
    /// Where its keys live, as its roster says.
    pub keystore: Option<String>,
    /// Each enrolled member's key.
    pub keys: Vec<MemberKeysState>,
    /// Bytes free on its disk.
    pub free_bytes: Option<u64>,
    /// Line by line.
    pub lines: Vec<Line>,
}

fn line(what: &str, health: Health, found: impl std::fmt::Display) -> Line {
    Line { what: what.to_owned(), health, found: found.to_string() }
}

/// Examines a data folder. `vault` is `None` where its passphrase was not given.
pub async fn examine(data_dir: &Path, vault: Option<&VaultChoice>, now: DateTime<Utc>) -> Examination {
    let folder = Folder::new(data_dir);
    let mut seen = Examination {
        data_dir: data_dir.to_owned(),
        data_version: store::data_version(),
        sqlite: None,
        board: None,
        keystore: None,
        keys: Vec::new(),
        free_bytes: None,
        lines: Vec::new(),
    };
    if !folder.holds_board() {
        seen.lines.push(line("data folder", Health::Note, format!("{}: no board here yet", data_dir.display())));
        return seen;
    }
    space(&folder, &mut seen);
    seen.lines.push(match folder.lock_exclusive() {
        Ok(_) => line("data folder", Health::Well, format!("{}, not in use by another program", data_dir.display())),
        Err(store::StoreError::Locked { .. }) => {
            line("data folder", Health::Well, format!("{}, open in a window: cab is its guest", data_dir.display()))
        }
        Err(error) => line("data folder", Health::Broken, error),
    });
    let store = match Store::open(&folder, now).await {
        Ok(store) => store,
        Err(error) => {
            seen.lines.push(line("store", Health::Broken, error));
            return seen;
        }
    };
    inside(&store, &folder, vault, &mut seen).await;
    store.close().await;
    seen
}

fn space(folder: &Folder, seen: &mut Examination) {
    match folder.free_space() {
        Ok(bytes) => {
            seen.free_bytes = Some(bytes);
            let health = if bytes < LEAST_FREE_BYTES { Health::Broken } else { Health::Well };
            seen.lines.push(line("disk", health, format!("{} MB free", bytes / (1024 * 1024))));
        }
        Err(error) => seen.lines.push(line("disk", Health::Note, error)),
    }
}

async fn inside(store: &Store, folder: &Folder, vault: Option<&VaultChoice>, seen: &mut Examination) {
    match store.sqlite_version().await {
        Ok(version) => {
            seen.lines.push(line("SQLite", Health::Well, &version));
            seen.sqlite = Some(version);
        }
        Err(error) => seen.lines.push(line("SQLite", Health::Broken, error)),
    }
    seen.lines.push(match store.entry_count().await {
        Ok(n) => line("store", Health::Well, format!("data version {}, {n} entries", seen.data_version)),
        Err(error) => line("store", Health::Broken, error),
    });
    let roster = match newest_roster(store).await {
        Ok(roster) => roster,
        Err(error) => {
            seen.lines.push(line("roster", Health::Broken, error));
            return;
        }
    };
    let keyholders = roster.members.iter().filter(|m| m.signature_key().is_some()).count();
    let provisional = if roster.provisional() { "; provisional: one keyholder only" } else { "" };
    seen.lines.push(line(
        "board",
        if roster.provisional() { Health::Note } else { Health::Well },
        format!(
            "{}: roster {}, {} members, {keyholders} with a key{provisional}",
            roster.name,
            roster.version,
            roster.members.len()
        ),
    ));
    match crate::exchange::last_returned(store).await {
        Ok(Some(back)) => seen.lines.push(line(
            "older copy",
            Health::Note,
            format!(
                "this folder was put back as an older copy: {} of its own entries came back from {} at {}",
                back.entries, back.relay, back.at
            ),
        )),
        Ok(None) => {}
        Err(error) => seen.lines.push(line("older copy", Health::Broken, error)),
    }
    match crate::calendar::last_kept(store).await {
        Ok(Some(kept)) => {
            let at = crate::words::time(kept.at);
            seen.lines.push(match kept.problem {
                Some(why) => line("calendar file", Health::Broken, format!("at {at} it was not written: {why}")),
                None => line("calendar file", Health::Well, format!("{}, up to date at {at}", kept.path)),
            });
        }
        Ok(None) => {}
        Err(error) => seen.lines.push(line("calendar file", Health::Broken, error)),
    }
    seen.keystore = roster.members.iter().flat_map(|m| &m.keys).map(|k| k.keystore.clone()).next();
    keys(store, folder, &roster, vault, seen).await;
    seen.board = Some(roster.name);
}

async fn keys(store: &Store, folder: &Folder, roster: &Roster, vault: Option<&VaultChoice>, seen: &mut Examination) {
    let Some(choice) = vault else {
        seen.lines.push(line("keys", Health::Note, "not looked at: the passphrase was not given"));
        return;
    };
    let opened: Answer<Arc<dyn Vault>> = vault_of(choice, folder, false);
    let vault = match opened {
        Ok(vault) => vault,
        Err(error) => {
            seen.lines.push(line("keys", Health::Broken, error));
            return;
        }
    };
    let place = match vault.keystore() {
        Keystore::Keyring => "in the desktop's keyring",
        Keystore::File => "in a passphrase file",
        Keystore::Sample => "in the sample's own file, under published PINs",
        Keystore::Memory => "in memory",
    };
    let keys = Keys::new(vault, roster);
    let recorder = match device_of(store, roster).await {
        Ok(device) => keys.recorder(roster, device).await,
        Err(error) => Err(error),
    };
    seen.lines.push(match recorder {
        Ok(_) => line("recording key", Health::Well, place),
        Err(error) => line("recording key", Health::Broken, error),
    });
    let mut broken = Vec::new();
    let here = enrolled_here(store).await.ok().flatten();
    for member in roster.members.iter().filter(|m| here.as_ref().is_none_or(|here| here.contains(&m.id))) {
        if !member.keys.iter().any(|k| k.usage == KeyUse::Signature) {
            continue;
        }
        let state = keys.state_for(member).await;
        if state != VaultState::Available {
            broken.push(format!("{}: {}", member.name, state_word(state)));
        }
        seen.keys.push(MemberKeysState { member: member.name.clone(), state });
    }
    seen.lines.push(if broken.is_empty() {
        line("signature keys", Health::Well, format!("{} {place}", seen.keys.len()))
    } else {
        line("signature keys", Health::Broken, broken.join("; "))
    });
}

fn state_word(state: VaultState) -> &'static str {
    match state {
        VaultState::Available => "available",
        VaultState::Locked => "locked",
        VaultState::Absent => "absent",
        VaultState::Lost => "lost",
        VaultState::Ambiguous => "ambiguous",
        VaultState::Corrupt => "corrupt",
    }
}

impl Examination {
    /// The first thing that does not work, as an error; `None` when everything does.
    #[must_use]
    pub fn broken(&self) -> Option<BoardError> {
        self.lines
            .iter()
            .find(|l| l.health == Health::Broken)
            .map(|l| BoardError::refused("not_well", format!("{}: {}.", l.what, l.found), None, "See the lines above."))
    }
}
