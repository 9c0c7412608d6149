//! Exchanging the record with other devices through relays (`record.md`, *How entries travel*).
//!
//! Nothing that comes is trusted: each parcel is judged by itself, what does not hold stays in quarantine with its
//! reason, and merging is set union. Nothing is ever removed because a relay does not have it.
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use domain::entry::Body;
use domain::ids::Digest;
use domain::policy::Policy;
use record::entry::Entry;
use record::gather::{Gathered, Parcels, gather};
use record::manifest::Manifest;
use record::refusal::Refusal;
use record::roster::RosterVersion;
use relay::{FolderRelay, Parcel, ParcelKind, PostgresRelay, Relay};
use serde::{Deserialize, Serialize};
use store::{Append, QuarantineKind, Quarantined, RelayMark, Taken};

use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::{Answer, BoardError};
use crate::state::{BoardState, Stored, judge_duties, refused};
use crate::views::Noun;
use crate::writer::{projection_rows, row_of};

/// The setting that names the board's relays on this device.
const RELAYS: &str = "relays";

/// Where entries travel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RelaySetting {
    /// A folder that several devices reach: a network drive, a synced folder, a stick.
    Folder {
        /// Where it is on this device.
        path: PathBuf,
    },
    /// A PostgreSQL table; its address, with the password, is in the vault.
    Postgres {
        /// Which, for people: holds no secret.
        place: String,
    },
}

impl RelaySetting {
    /// Its name among this device's relays, and for people.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Folder { path } => format!("folder {}", path.display()),
            Self::Postgres { place } => place.clone(),
        }
    }
}

/// What an exchange did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Exchanged {
    /// Entries that came.
    pub came: u32,
    /// Of these, such that stand where another stands: forks.
    pub rivals: u32,
    /// Parcels that others did not have yet.
    pub went: u32,
    /// Parcels that wait for something that has not come.
    pub waiting: u32,
    /// Parcels that do not hold, with their reasons.
    pub refused: Vec<String>,
    /// The roster's version afterwards.
    pub roster: u32,
    /// Relays that could not be reached, with why.
    pub unreachable: Vec<String>,
}

/// What came in, sorted.
#[derive(Default)]
pub(crate) struct Incoming {
    pub parcels: Vec<Parcel>,
    pub damaged: Vec<String>,
}

impl Cabinet {
    /// The relays of this device.
    pub async fn relays(&self) -> Answer<Vec<RelaySetting>> {
        let board = self.board()?;
        relays_of(&board).await
    }

    /// Sets the relays of this device, replacing those before.
    pub async fn set_relays(&self, relays: Vec<RelaySetting>) -> Answer<()> {
        let board = self.board()?;
        let json = serde_json::to_string(&relays).map_err(|e| BoardError::internal(&e))?;
        let mut tx = board.store.begin_immediate().await.map_err(stored)?;
        tx.put_setting(RELAYS, Some(&json)).await.map_err(stored)?;
        tx.commit().await.map_err(stored)?;
        board.relays.lock().await.clear();
        self.changed(&[Noun::Board], &[]);
        Ok(())
    }

    /// Adds the table of a PostgreSQL database as a relay: tried at once, its address kept in the vault.
    pub async fn use_postgres(&self, address: vault::SecretString) -> Answer<RelaySetting> {
        let board = self.board()?;
        let id = board.state().await?.rosters.board();
        let opened = PostgresRelay::open(&address, id).await.map_err(|e| travelling("PostgreSQL", &e))?;
        let setting = RelaySetting::Postgres { place: opened.describe() };
        board.keys.keep_relay_address(address).await?;
        let mut relays = relays_of(&board).await?;
        relays.retain(|r| !matches!(r, RelaySetting::Postgres { .. }));
        relays.push(setting.clone());
        self.set_relays(relays).await?;
        Ok(setting)
    }

    /// Reads every relay, then gives each what it does not have. A relay that cannot be reached is told and left
    /// for the next time.
    pub async fn exchange(&self) -> Answer<Exchanged> {
        let board = self.board()?;
        let _one_at_a_time = board.exchanging.lock().await;
        self.exchange_now(&board).await
    }

    async fn exchange_now(&self, board: &OpenBoard) -> Answer<Exchanged> {
        let mut done = Exchanged::default();
        let kept = board.store.quarantine().await.map_err(stored)?.len();
        for setting in relays_of(board).await? {
            let name = setting.name();
            if let Err(why) = self.exchange_with(board, &setting, &mut done).await {
                // Next time it is opened anew.
                board.relays.lock().await.remove(&name);
                tracing::warn!(relay = %name, error = %why, "no exchange");
                done.unreachable.push(format!("{name}: {why}"));
            }
        }
        done.roster = board.state().await?.roster().version;
        // An enrolment or a proposal is no entry, and the window shows it all the same.
        let arrivals = board.store.quarantine().await.map_err(stored)?.len() != kept;
        if board.older_copy_noted() {
            let state = board.state().await?;
            self.older_copy(board, &state).await?;
        }
        self.exchanged(board, &done, arrivals);
        Ok(done)
    }

    async fn exchange_with(&self, board: &OpenBoard, setting: &RelaySetting, done: &mut Exchanged) -> Answer<()> {
        let relay = open(board, setting).await?;
        let name = setting.name();
        let mut mark = board.store.relay_mark(&name).await.map_err(stored)?;
        let there = loop {
            let known = known(board).await?;
            let collected = relay.collect(&mark.cursor, &known).await.map_err(|e| travelling(&name, &e))?;
            let damaged = collected.damaged.iter().map(|d| format!("{}: {}", d.place, d.why)).collect();
            mark.cursor = collected.cursor;
            let incoming = Incoming { parcels: collected.parcels, damaged };
            self.take(board, incoming, Some((&name, &mark)), done).await?;
            if !collected.more {
                break collected.there;
            }
        };
        let position = board.store.last_position().await.map_err(stored)?;
        let gone = match &there {
            Some(there) => gone(board, there, mark.offered).await?,
            None => 0,
        };
        if gone > 0 {
            // Whoever may write there took them away, or an older copy of it was put back. They are given again.
            done.refused.push(format!("{name}: {gone} entries that were given to it are gone from it"));
        }
        let parcels = everything(board, if gone > 0 { 0 } else { mark.offered }).await?;
        done.went += relay.offer(&parcels).await.map_err(|e| travelling(&name, &e))?;
        let mut tx = board.store.begin_immediate().await.map_err(stored)?;
        tx.put_relay_mark(&name, &RelayMark { offered: position, ..mark }, self.now()).await.map_err(stored)?;
        tx.commit().await.map_err(stored)?;
        Ok(())
    }

    /// Takes what came: judged as a set with everything that is here, written with its projections in one
    /// transaction. Without parcels it judges again what waits.
    pub(crate) async fn take(
        &self,
        board: &OpenBoard,
        incoming: Incoming,
        mark: Option<(&str, &RelayMark)>,
        done: &mut Exchanged,
    ) -> Answer<()> {
        let _writing = board.writing.lock().await;
        let root = board.state().await?.rosters.fingerprint();
        let now = self.now();
        let mut tx = board.store.begin_immediate().await.map_err(stored)?;
        let (mut parcels, mut documents) = here(board, &mut tx).await?;
        for parcel in incoming.parcels {
            match parcel.kind {
                ParcelKind::Entry => drop(parcels.envelopes.insert(parcel.digest, parcel.bytes)),
                ParcelKind::Blob => drop(tx.put_blob("evidence", &parcel.bytes).await.map_err(stored)?),
                ParcelKind::Document => sort_document(&mut parcels, &mut documents, parcel.digest, parcel.bytes),
            }
        }
        let gathered = gather(root, &parcels, Some(&judge_duties)).map_err(|r| refused("what came", &r))?;
        done.refused.extend(incoming.damaged);
        let changed = write_gathered(&mut tx, &parcels, &gathered, &documents, now, done).await?;
        if let Some((relay, mark)) = mark {
            tx.put_relay_mark(relay, mark, now).await.map_err(stored)?;
        }
        if !changed {
            tx.commit().await.map_err(stored)?;
            return Ok(());
        }
        let entries = tx.entries_after(0, u32::MAX).await.map_err(stored)?;
        let state = BoardState::load(&Stored {
            rosters: gathered.rosters.versions().iter().map(|v| v.bytes().to_vec()).collect(),
            // Those of the transaction: the readers do not see them yet.
            policies: adopted(&gathered).iter().filter_map(|d| parcels.policies.get(d)).cloned().collect(),
            last_position: entries.last().map_or(0, |e| e.position),
            envelopes: entries.into_iter().map(|e| e.envelope).collect(),
            witnessed: BTreeMap::new(),
        })?;
        // A fork may take back what was folded before: everything is made again.
        tx.clear_projection().await.map_err(stored)?;
        tx.project(&projection_rows(&state, &state.ledger.all())?).await.map_err(stored)?;
        tx.commit().await.map_err(stored)?;
        board.replace_state(state).await;
        if let Err(error) = self.reindex(board).await {
            tracing::warn!(%error, "the list lags behind the record until the next sync or rebuild");
        }
        let nouns =
            [Noun::Board, Noun::Changes, Noun::Meetings, Noun::Votes, Noun::Decisions, Noun::SignOffs, Noun::Minutes];
        self.changed(&nouns, &[]);
        Ok(())
    }

    /// Gives what was just written to the relays, without keeping anybody waiting. What is asked for while one is
    /// under way is done by one more, however often it was asked for.
    pub(crate) async fn exchange_in_background(&self, board: &OpenBoard) {
        if relays_of(board).await.map_or(true, |relays| relays.is_empty()) {
            return;
        }
        let (Ok(board), cabinet) = (self.board(), self.clone()) else { return };
        board.exchange_wanted.store(true, Ordering::SeqCst);
        let running = self.begin_quiet_work();
        tokio::spawn(async move {
            let _running = running;
            let _one_at_a_time = board.exchanging.lock().await;
            if !board.exchange_wanted.swap(false, Ordering::SeqCst) {
                return;
            }
            if let Err(error) = cabinet.exchange_now(&board).await {
                tracing::warn!(%error, "no exchange");
            }
        });
    }
}

pub(crate) async fn relays_of(board: &OpenBoard) -> Answer<Vec<RelaySetting>> {
    match board.store.setting(RELAYS).await.map_err(stored)? {
        Some(json) => serde_json::from_str(&json).map_err(|e| BoardError::internal(&e)),
        None => Ok(Vec::new()),
    }
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
            Arc::new(PostgresRelay::open(&address, id).await.map_err(|e| travelling(&name, &e))?)
        }
    };
    open.insert(name, Arc::clone(&relay));
    Ok(relay)
}

fn travelling(relay: &str, error: &relay::RelayError) -> BoardError {
    BoardError::refused(
        "relay",
        format!("The relay ({relay}) did not answer: {error}."),
        None,
        "Everything is kept here; exchange again once it can be reached.",
    )
}

/// How many of the entries up to `offered`, all of them given to a relay, do not stand there any more.
async fn gone(board: &OpenBoard, there: &BTreeSet<(ParcelKind, Digest)>, offered: u32) -> Answer<usize> {
    let entries = board.store.all_entries().await.map_err(stored)?;
    let given = entries.iter().filter(|entry| entry.position <= offered);
    Ok(given.filter(|entry| !there.contains(&(ParcelKind::Entry, Digest::of(&entry.envelope)))).count())
}

/// Digests of what is here already, so that a relay does not send it again.
async fn known(board: &OpenBoard) -> Answer<BTreeSet<Digest>> {
    let mut known = BTreeSet::new();
    for entry in board.store.all_entries().await.map_err(stored)? {
        known.insert(Digest::of(&entry.envelope));
    }
    known.extend(board.store.rosters().await.map_err(stored)?.into_iter().map(|r| r.digest));
    known.extend(board.store.policies().await.map_err(stored)?.into_iter().map(|p| p.digest));
    known.extend(board.store.quarantine().await.map_err(stored)?.into_iter().map(|q| q.digest));
    known.extend(board.store.blobs().await.map_err(stored)?.into_iter().map(|b| b.digest));
    Ok(known)
}

/// Everything that is here, as parcels, read inside the transaction; and documents that are neither roster nor policy.
async fn here(board: &OpenBoard, tx: &mut Append) -> Answer<(Parcels, BTreeMap<Digest, Vec<u8>>)> {
    let mut parcels = Parcels::default();
    let mut documents = BTreeMap::new();
    for roster in board.store.rosters().await.map_err(stored)? {
        parcels.rosters.insert(roster.digest, roster.bytes);
    }
    for policy in board.store.policies().await.map_err(stored)? {
        parcels.policies.insert(policy.digest, policy.bytes);
    }
    for entry in tx.entries_after(0, u32::MAX).await.map_err(stored)? {
        parcels.envelopes.insert(Digest::of(&entry.envelope), entry.envelope);
    }
    for kept in tx.quarantine().await.map_err(stored)? {
        match kept.kind {
            QuarantineKind::Entry => drop(parcels.envelopes.insert(kept.digest, kept.bytes)),
            QuarantineKind::Document => sort_document(&mut parcels, &mut documents, kept.digest, kept.bytes),
        }
    }
    Ok((parcels, documents))
}

/// A roster, a policy, or something else that is kept for whoever understands it.
fn sort_document(parcels: &mut Parcels, documents: &mut BTreeMap<Digest, Vec<u8>>, digest: Digest, bytes: Vec<u8>) {
    let policy = || record::canonical::read::<Policy>(&bytes, record::json::Limits::ENTRY).is_ok();
    if RosterVersion::parse(&bytes).is_ok() {
        parcels.rosters.insert(digest, bytes);
    } else if policy() {
        parcels.policies.insert(digest, bytes);
    } else {
        documents.insert(digest, bytes);
    }
}

/// Digests of the policies that entries adopt.
fn adopted(gathered: &Gathered) -> BTreeSet<Digest> {
    let adopting =
        gathered.entries.values().filter(|e| e.predicate().is_some_and(|p| matches!(p.body, Body::Policy { .. })));
    adopting.flat_map(|e| e.statement().subjects.iter().map(|s| s.sha256)).collect()
}

/// Writes what holds and keeps what does not; says whether the record has grown.
async fn write_gathered(
    tx: &mut Append,
    parcels: &Parcels,
    gathered: &Gathered,
    documents: &BTreeMap<Digest, Vec<u8>>,
    now: chrono::DateTime<chrono::Utc>,
    done: &mut Exchanged,
) -> Answer<bool> {
    let mut changed = false;
    let before = tx.roster().await.map_err(stored)?.map_or(0, |r| r.version);
    for version in gathered.rosters.versions() {
        let number = version.roster().version;
        if number > before {
            tx.put_roster(number, version.bytes()).await.map_err(stored)?;
            changed = true;
        }
        tx.release(version.digest()).await.map_err(stored)?;
    }
    let adopted = adopted(gathered);
    for (digest, bytes) in parcels.policies.iter().filter(|(digest, _)| adopted.contains(digest)) {
        tx.put_policy(bytes, None).await.map_err(stored)?;
        tx.release(*digest).await.map_err(stored)?;
    }
    let links: Vec<_> = gathered.entries.values().map(record::verify::link).collect();
    let by_id: BTreeMap<_, (&Digest, &Entry)> = gathered.entries.iter().map(|(d, e)| (e.id(), (d, e))).collect();
    for (digest, entry) in record::chain::causal_order(&links).iter().filter_map(|id| by_id.get(id)) {
        match tx.take_entry(row_of(entry)).await.map_err(stored)? {
            Taken::Known => continue,
            Taken::New => {}
            Taken::Rival => done.rivals += 1,
        }
        tx.release(**digest).await.map_err(stored)?;
        done.came += 1;
        changed = true;
    }
    let kept = |kind, digest: Digest, bytes: &[u8], waits, refusal: &Refusal| Quarantined {
        digest,
        kind,
        bytes: bytes.to_vec(),
        waits,
        code: refusal.code.as_str().to_owned(),
        why: refusal.to_string(),
        came: now,
    };
    for (waits, refusals) in [(true, &gathered.waiting), (false, &gathered.refused)] {
        for (digest, refusal) in refusals {
            let Some(bytes) = parcels.envelopes.get(digest) else { continue };
            tx.put_quarantine(&kept(QuarantineKind::Entry, *digest, bytes, waits, refusal)).await.map_err(stored)?;
            if waits {
                done.waiting += 1;
            } else {
                done.refused.push(refusal.to_string());
            }
        }
    }
    let in_chain: BTreeSet<Digest> = gathered.rosters.versions().iter().map(RosterVersion::digest).collect();
    let proposals = parcels.rosters.iter().filter(|(digest, _)| !in_chain.contains(digest));
    let policies = parcels.policies.iter().filter(|(digest, _)| !adopted.contains(digest));
    for (digest, bytes) in proposals.chain(policies).chain(documents) {
        let refusal = Refusal::new(record::refusal::Code::RosterThreshold, "not adopted yet", "document");
        tx.put_quarantine(&kept(QuarantineKind::Document, *digest, bytes, true, &refusal)).await.map_err(stored)?;
    }
    Ok(changed)
}

/// Everything that travels: entries after a position (0 for all) with what they show, and all documents.
pub(crate) async fn everything(board: &OpenBoard, after: u32) -> Answer<Vec<Parcel>> {
    let parcel = |kind, bytes: Vec<u8>| Parcel { kind, digest: Digest::of(&bytes), bytes };
    let mut parcels = Vec::new();
    for roster in board.store.rosters().await.map_err(stored)? {
        parcels.push(parcel(ParcelKind::Document, roster.bytes));
    }
    for policy in board.store.policies().await.map_err(stored)? {
        parcels.push(parcel(ParcelKind::Document, policy.bytes));
    }
    for kept in board.store.quarantine().await.map_err(stored)?.into_iter().filter(|k| k.waits) {
        let kind = match kept.kind {
            QuarantineKind::Entry => ParcelKind::Entry,
            QuarantineKind::Document => ParcelKind::Document,
        };
        parcels.push(parcel(kind, kept.bytes));
    }
    let mut wanted = BTreeSet::new();
    for kept in board.store.entries_after(after, u32::MAX).await.map_err(stored)? {
        if let Ok(entry) = Entry::parse(&kept.envelope) {
            wanted.extend(shown(board, &entry).await);
        }
        parcels.push(parcel(ParcelKind::Entry, kept.envelope));
    }
    for digest in wanted {
        // A blob that was disposed of or never came here cannot be passed on; whoever has it will.
        if let Ok(bytes) = board.store.blob(digest).await {
            parcels.push(Parcel { kind: ParcelKind::Blob, digest, bytes });
        }
    }
    Ok(parcels)
}

/// The blobs behind an entry: what was shown to who signed, and the words of who wrote elsewhere.
async fn shown(board: &OpenBoard, entry: &Entry) -> BTreeSet<Digest> {
    let mut wanted = BTreeSet::new();
    let Some(Body::SignOff(body)) = entry.predicate().map(|p| &p.body) else { return wanted };
    wanted.extend(body.written.as_ref().map(|written| written.raw));
    for subject in &entry.statement().subjects {
        wanted.insert(subject.sha256);
        if let Ok(bytes) = board.store.blob(subject.sha256).await
            && let Ok(manifest) = Manifest::parse(&bytes)
        {
            wanted.extend(manifest.digests());
        }
    }
    wanted
}
