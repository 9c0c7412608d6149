//! A read-only copy of a board, made from the evidence inside sealed minutes: for whoever audits it and is no member. It has no
//! key and no connection. Everything is verified before the first byte is written, and then written as entries of others are.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::change::FROM_EVIDENCE;
use domain::ids::{Digest, KeyId, MemberId};
use record::bundle::Bundle;
use record::gather::{Gathered, Parcels, gather};
use record::manifest::Blob;
use serde::Serialize;
use store::{Append, Folder, Making, Store, SyncedChange};
use vault::{MemoryVault, Vault};

use crate::backup::in_files;
use crate::cabinet::{Cabinet, DEVICE_KEY, ENROLLED, OpenBoard, VaultChoice, stored};
use crate::error::{Answer, BoardError, refusal};
use crate::evidence::{CheckedEvidence, judged, told};
use crate::keys::vault_of;
use crate::minutes::{check_what_was_shown, off_thread};
use crate::state::{judge_duties, refused};
use crate::views::{Noun, Refusal};

mod known;

pub(crate) use known::{as_recorded, is_missing, last_known, missing};

/// What a copy has in the place of a device's recording key: the key of nobody.
const NO_DEVICE: KeyId = KeyId([0; 32]);

/// The kind of the connection under which the changes of a copy stand; it leads nowhere, and no list of connections has it.
const NOWHERE: &str = "evidence";

/// Evidence that is to become a copy of its board.
#[derive(Debug, Clone)]
pub struct ImportRequest {
    /// `evidence.json`, or the sealed minutes that carry it.
    pub file: Vec<u8>,
    /// The fingerprint of the roster root, known from elsewhere.
    pub root: Option<String>,
    /// The version of the roster that there is to be at least.
    pub least_roster: Option<u32>,
}

/// A copy that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// The data folder.
    pub path: PathBuf,
    /// SHA-256 of `evidence.json`.
    pub sha256: Digest,
    /// Meetings in it.
    pub meetings: u32,
    /// Changes in it: what stood on an agenda, or was signed.
    pub changes: u32,
    /// Of these, such that it does not tell whole: what was shown of them is not in the evidence, or not all of it.
    pub in_part: u32,
    /// What was verified before.
    pub evidence: CheckedEvidence,
}

/// What was verified, in the forms in which it is needed.
struct Looked {
    bundle: Bundle,
    parcels: Parcels,
    gathered: Gathered,
    checked: CheckedEvidence,
    sha256: Digest,
}

impl Cabinet {
    /// Makes a copy of the board in the (empty) data folder from evidence, which is verified first as
    /// [`crate::verify_evidence`] does.
    ///
    /// # Errors
    /// [`BoardError::Verification`] where anything in it does not hold, and [`BoardError::Refused`] where the folder holds
    /// anything or the evidence leaves entries out (`extract`, `circulated_edition`): then the folder is as it was.
    pub async fn import_evidence(&self, request: ImportRequest) -> Answer<Imported> {
        let path = self.options().data_dir.clone();
        let folder = Folder::new(&path);
        if folder.holds_board() {
            return Err(BoardError::refused(
                "board_exists",
                "This data folder holds a board already; evidence is never mixed into one.",
                None,
                "Name an empty folder: `cab evidence import FILE --data-dir FOLDER`.",
            ));
        }
        let looked = off_thread(move || look_over(&request)).await?;
        let (sha256, checked) = (looked.sha256, looked.checked.clone());
        let now = self.now();
        let making = Making::of(&path).await.map_err(in_files)?;
        let (changes, in_part) = match fill(making.path(), looked, now).await {
            Ok(made) => made,
            Err(error) => {
                making.discard().await;
                return Err(error);
            }
        };
        making.publish().await.map_err(in_files)?;
        let board = self.put_board(OpenBoard::open(folder, self.options(), now).await?);
        self.reindex(&board).await?;
        self.changed(&[Noun::Board, Noun::Changes, Noun::Meetings, Noun::Decisions], &[]);
        let meetings = u32::try_from(board.state().await?.ledger.meetings.len()).unwrap_or(u32::MAX);
        Ok(Imported { path, sha256, meetings, changes, in_part, evidence: checked })
    }
}

/// Verifies everything. What holds as evidence holds entry by entry as well, as it must to be taken.
fn look_over(request: &ImportRequest) -> Answer<Looked> {
    let judged = judged(&request.file, request.root.as_deref(), request.least_roster)?;
    if let Some(first) = judged.findings.first() {
        return Err(BoardError::Verification {
            code: first.code.clone(),
            what: format!("the evidence, {}", first.place),
            why: first.why.clone(),
        });
    }
    check_what_was_shown(&judged.bundle, &judged.evidence.verified.entries)?;
    let checked = told(&judged.bundle, &judged.evidence, Vec::new());
    let bundle = judged.bundle;
    if !bundle.scope.complete {
        return Err(in_part(&bundle));
    }
    let by_digest = |all: &[Vec<u8>]| -> BTreeMap<Digest, Vec<u8>> {
        all.iter().map(|bytes| (Digest::of(bytes), bytes.clone())).collect()
    };
    let parcels = Parcels {
        rosters: by_digest(&bundle.rosters),
        policies: by_digest(&bundle.policies),
        envelopes: by_digest(&bundle.entries),
    };
    let root = judged.evidence.rosters.fingerprint();
    let gathered = gather(root, &parcels, Some(&judge_duties)).map_err(|r| refused("the evidence", &r))?;
    if let Some(first) = gathered.refused.values().chain(gathered.waiting.values()).next() {
        return Err(refused("the evidence", first));
    }
    Ok(Looked { bundle, parcels, gathered, checked, sha256: judged.sha256 })
}

/// Why no record is made of evidence that leaves entries out, by what it is of.
fn in_part(bundle: &Bundle) -> BoardError {
    let (code, what, shows) = if bundle.scope.change.is_some() {
        ("extract", "one change's extract", "an extract")
    } else {
        ("circulated_edition", "the circulated edition of minutes, which withholds restricted items", "this edition")
    };
    let rule = format!("This is the evidence of {what}: it leaves entries out, and no record can be made of it.");
    let remedy =
        format!("Import that of the meeting's full minutes; `cab verify --report FILE` tells what {shows} shows.");
    BoardError::refused(code, rule, None, remedy)
}

/// Fills a folder that nobody sees yet. How many changes it has, and how many of them in part.
async fn fill(folder: &Path, looked: Looked, now: DateTime<Utc>) -> Answer<(u32, u32)> {
    let store = Store::create(&Folder::new(folder), now).await.map_err(stored)?;
    let made = bring_in(&store, looked, now).await;
    store.close().await;
    made
}

async fn bring_in(store: &Store, looked: Looked, now: DateTime<Utc>) -> Answer<(u32, u32)> {
    let Looked { bundle, parcels, gathered, .. } = looked;
    let mut tx = store.begin_immediate().await.map_err(stored)?;
    for manifest in &bundle.manifests {
        let bytes = manifest.to_bytes().map_err(|e| BoardError::internal(&e))?;
        tx.put_blob("evidence", &bytes).await.map_err(stored)?;
    }
    for bytes in bundle.blobs.values().map(Blob::to_stored) {
        tx.put_blob("evidence", &bytes).await.map_err(stored)?;
    }
    let (state, gone) = crate::exchange::begin_with(&mut tx, &parcels, gathered, now).await?;
    nobody_writes_here(&mut tx).await?;
    tx.put_connection(&nowhere(now)).await.map_err(stored)?;
    let (mut changes, mut in_part) = (0u32, 0u32);
    for change in known::changes(&state, &bundle)? {
        changes = changes.saturating_add(1);
        in_part = in_part.saturating_add(u32::from(!known::is_whole(&change)));
        let synced = SyncedChange { change, remote_hash: None, details: Some(Digest([0; 32])), payloads: Vec::new() };
        tx.put_change(&synced, now).await.map_err(stored)?;
    }
    tx.commit().await.map_err(stored)?;
    if gone {
        crate::disposals::remove(store).await;
    }
    Ok((changes, in_part))
}

/// No device and no member: nothing is ever signed in this folder.
async fn nobody_writes_here(tx: &mut Append) -> Answer<()> {
    let device = serde_json::to_string(&NO_DEVICE).map_err(|e| BoardError::internal(&e))?;
    tx.put_setting(DEVICE_KEY, Some(&device)).await.map_err(stored)?;
    let members: [MemberId; 0] = [];
    let enrolled = serde_json::to_string(&members).map_err(|e| BoardError::internal(&e))?;
    tx.put_setting(ENROLLED, Some(&enrolled)).await.map_err(stored)
}

fn nowhere(now: DateTime<Utc>) -> store::Connection {
    store::Connection {
        id: FROM_EVIDENCE,
        prefix: NOWHERE.to_owned(),
        kind: NOWHERE.to_owned(),
        url: String::new(),
        project: "not in the evidence".to_owned(),
        mapping: "{}".to_owned(),
        consents: "{}".to_owned(),
        created_at: now,
    }
}

/// Whether a folder is such a copy.
pub(crate) async fn is_copy(store: &Store) -> Answer<bool> {
    let json = store.setting(DEVICE_KEY).await.map_err(stored)?;
    Ok(json.and_then(|json| serde_json::from_str::<KeyId>(&json).ok()).is_some_and(is_nobody))
}

/// Whether a device's key is that of a copy.
pub(crate) fn is_nobody(device: KeyId) -> bool {
    device == NO_DEVICE
}

/// Where the keys of a folder live: those of a copy nowhere, and no keyring is asked for them.
pub(crate) async fn vault_for(store: &Store, choice: &VaultChoice, folder: &Folder) -> Answer<Arc<dyn Vault>> {
    if is_copy(store).await? {
        return Ok(Arc::new(MemoryVault::default()));
    }
    vault_of(choice, folder, false)
}

/// Why nothing is written in a copy.
pub(crate) fn read_only() -> Refusal {
    refusal(
        "read_only_copy",
        "This is a copy of a board, made from evidence: it can be read and verified, and nothing is written in it.",
        None,
        "Whoever is a member acts in their own folder.",
    )
}

impl OpenBoard {
    /// Whether this is a copy that was made from evidence.
    pub(crate) fn is_copy(&self) -> bool {
        is_nobody(self.device)
    }

    /// Refuses what a copy does not do.
    pub(crate) fn refuse_copy(&self) -> Answer<()> {
        if self.is_copy() { Err(BoardError::Refused(read_only())) } else { Ok(()) }
    }
}
