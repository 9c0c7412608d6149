//! Exchanging the record with other devices through relays (`record.md`, *How entries travel*).
//!
//! Nothing that comes is trusted: each parcel is judged by itself, what does not hold stays in quarantine with its
//! reason, and merging is set union. Nothing is ever removed because a relay does not have it.
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use domain::entry::Body;
use domain::ids::{Digest, KeyId, LogId};
use domain::policy::Policy;
use record::entry::Entry;
use record::gather::{Gathered, Parcels, gather_checked};
use record::refusal::Refusal;
use record::roster::RosterVersion;
use relay::{Parcel, ParcelKind, PostgresRelay, Relay as _};
use serde::{Deserialize, Serialize};
use store::{Append, QuarantineKind, Quarantined, RelayMark, SealedParcel, Taken};

use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::{Answer, BoardError};
use crate::state::{BoardState, Stored, judge_duties, refused};
use crate::views::Noun;
use crate::writer::{projection_rows, row_of};

mod giving;
mod importing;
mod reading;
mod returned;
mod sealing;

pub(crate) use giving::everything;
pub(crate) use importing::begin_with;
pub(crate) use reading::open;
use reading::{Helping, collect, gone, may_hold_now, travelling};
pub use returned::Returned;
pub(crate) use returned::last_returned;
pub(crate) use sealing::{ExchangeKeys, exchange_keys};
use sealing::{Standing, opened, outgoing};

/// The setting that names the board's relays on this device.
const RELAYS: &str = "relays";

/// How many entries are written at a time.
const TAKE_ROWS: usize = 2_000;

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
    /// Sealed parcels, met for the first time, that no key of this device opens.
    pub not_ours: u32,
    /// Parcels that do not hold, with their reasons.
    pub refused: Vec<String>,
    /// The roster's version afterwards.
    pub roster: u32,
    /// Relays that could not be reached, with why.
    pub unreachable: Vec<String>,
    /// Entries of this device's own keys that came back: the folder is an older copy.
    pub returned: Vec<Returned>,
    /// Afterwards the keys still know more than is here, or the record does not verify as a whole.
    pub incomplete: bool,
}

/// What came in, sorted.
#[derive(Default)]
pub(crate) struct Incoming {
    pub parcels: Vec<Parcel>,
    pub damaged: Vec<String>,
    /// What came sealed, to be noted with what was in it.
    pub sealed: Vec<SealedParcel>,
    /// Of these, such that did not open.
    pub not_ours: u32,
    /// Sealed parcels that were not noted, because a key of this device cannot be read now.
    pub closed: u32,
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
        board.refuse_copy()?;
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
        let opened = Box::pin(PostgresRelay::open(&address, id)).await.map_err(|e| travelling("PostgreSQL", &e))?;
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
        // Opened anew, a relay is gone through as a whole: what was taken out of it is missed then, not within the hour.
        self.board()?.relays.lock().await.clear();
        self.exchange_heard().await
    }

    /// As [`Cabinet::exchange`], through relays that are open already: for what was just heard of.
    pub(crate) async fn exchange_heard(&self) -> Answer<Exchanged> {
        let board = self.board()?;
        let _one_at_a_time = board.exchanging.lock().await;
        // On the heap, like a synchronisation: a database may be among what it goes through.
        Box::pin(self.exchange_now(&board)).await
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
        done.incomplete = board.older_copy_noted() || !board.state().await?.problems.is_empty();
        self.exchanged(board, &done, arrivals);
        Ok(done)
    }

    async fn exchange_with(&self, board: &OpenBoard, setting: &RelaySetting, done: &mut Exchanged) -> Answer<()> {
        let relay = open(board, setting).await?;
        let name = setting.name();
        let mut mark = board.store.relay_mark(&name).await.map_err(stored)?;
        let mut came = BTreeSet::new();
        let mut closed = 0;
        let there = loop {
            let Helping { incoming, more, there, failed } = collect(board, relay.as_ref(), &name, &mut mark).await?;
            // As it lies there: what is in a sealed parcel does not lie there plain.
            came.extend(incoming.parcels.iter().map(|parcel| parcel.digest));
            let incoming = opened(board, incoming).await?;
            done.not_ours += incoming.not_ours;
            closed += incoming.closed;
            if incoming.parcels.is_empty() && !may_hold_now(board).await? {
                self.nothing_came(board, incoming, (&name, &mark), done).await?;
            } else {
                self.take(board, incoming, Some((&name, &mark)), done).await?;
            }
            if let Some(error) = failed {
                return Err(travelling(&name, &error));
            }
            if !more {
                break there;
            }
        };
        if closed > 0 {
            // Opened anew, a relay is gone through as a whole.
            board.relays.lock().await.remove(&name);
            done.unreachable.push(format!(
                "{name}: {closed} sealed parcels stay closed: the key that opens them cannot be read now. Unlock the keyring \
                 and exchange again."
            ));
        }
        let standing = Standing::of(board, &name, there).await?;
        let gone = gone(board, &name, &standing, mark.offered).await?;
        // Whoever may write there took them away, or an older copy of it was put back. They are given again.
        let going = outgoing(board, &standing, (mark.offered, !gone.is_empty()), &came).await?;
        done.refused.extend(gone);
        done.went += relay.offer(&going.parcels).await.map_err(|e| travelling(&name, &e))?;
        let mut tx = board.store.begin_immediate().await.map_err(stored)?;
        tx.put_sealed_parcels(&name, &going.sealed).await.map_err(stored)?;
        tx.put_sealed_mark(&name, going.recipients).await.map_err(stored)?;
        tx.put_relay_mark(&name, &RelayMark { offered: going.offered, ..mark }, self.now()).await.map_err(stored)?;
        tx.commit().await.map_err(stored)?;
        Ok(())
    }

    /// What waits goes on waiting, and what was refused is told again.
    async fn nothing_came(
        &self,
        board: &OpenBoard,
        incoming: Incoming,
        (relay, mark): (&str, &RelayMark),
        done: &mut Exchanged,
    ) -> Answer<()> {
        let kept = board.store.quarantine().await.map_err(stored)?;
        let entries = kept.into_iter().filter(|kept| kept.kind == QuarantineKind::Entry);
        let (waiting, refused): (Vec<_>, Vec<_>) = entries.partition(|kept| kept.waits);
        done.waiting += u32::try_from(waiting.len()).unwrap_or(u32::MAX);
        done.refused.extend(incoming.damaged.into_iter().chain(refused.into_iter().map(|kept| kept.why)));
        let mut tx = board.store.begin_immediate().await.map_err(stored)?;
        tx.put_sealed_parcels(relay, &incoming.sealed).await.map_err(stored)?;
        tx.put_relay_mark(relay, mark, self.now()).await.map_err(stored)?;
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
        let root = {
            let state = board.state().await?;
            verify_ahead(board, &state, &incoming.parcels);
            state.rosters.fingerprint()
        };
        // Before the transaction: a keyring may wait for its prompt.
        let own = returned::own_keys(board, &incoming.parcels).await;
        let _writing = board.writing.lock().await;
        let now = self.now();
        let mut tx = board.store.begin_immediate().await.map_err(stored)?;
        let Here { mut parcels, mut documents, kept } = here(board, &mut tx).await?;
        for parcel in incoming.parcels {
            match parcel.kind {
                ParcelKind::Entry => drop(parcels.envelopes.insert(parcel.digest, parcel.bytes)),
                ParcelKind::Blob => drop(tx.put_blob("evidence", &parcel.bytes).await.map_err(stored)?),
                ParcelKind::Document => sort_document(&mut parcels, &mut documents, parcel.digest, parcel.bytes),
            }
        }
        let gathered = gather_checked(root, &parcels, Some(&judge_duties), &board.checked)
            .map_err(|r| refused("what came", &r))?;
        done.refused.extend(incoming.damaged);
        let relay = mark.map(|(relay, _)| relay);
        let known = Known { parcels: &parcels, documents: &documents, kept: &kept, relay, own: &own };
        let Written { changed, own_new, rivalled } = write_gathered(&mut tx, &known, &gathered, now, done).await?;
        if let Some((relay, mark)) = mark {
            tx.put_sealed_parcels(relay, &incoming.sealed).await.map_err(stored)?;
            tx.put_relay_mark(relay, mark, now).await.map_err(stored)?;
        }
        if !changed {
            tx.commit().await.map_err(stored)?;
            return Ok(());
        }
        let entries = tx.entries_after(0, u32::MAX).await.map_err(stored)?;
        let whole = Stored {
            rosters: gathered.rosters.versions().iter().map(|v| v.bytes().to_vec()).collect(),
            // Those of the transaction: the readers do not see them yet.
            policies: adopted(&gathered).iter().filter_map(|d| parcels.policies.get(d)).cloned().collect(),
            last_position: entries.last().map_or(0, |e| e.position),
            envelopes: entries.into_iter().map(|e| e.envelope).collect(),
            witnessed: BTreeMap::new(),
        };
        drop(parcels);
        let state = BoardState::load_checked(&whole, &board.checked, gathered.entries)?;
        // A fork may take back what was folded before: everything is made again.
        tx.clear_projection().await.map_err(stored)?;
        tx.project(&projection_rows(&state, &state.ledger.all())?).await.map_err(stored)?;
        let gone = crate::disposals::note(&mut tx, &state).await?;
        let back = returned::undisputed(&own_new, &rivalled, &state);
        if back > 0 {
            returned::note(&mut tx, done, back, relay, now).await?;
        }
        tx.commit().await.map_err(stored)?;
        board.replace_state(state).await;
        if gone {
            crate::disposals::remove(&board.store).await;
        }
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

/// Verifies the signatures of what came while others may still write: what is judged under the lock finds that done.
fn verify_ahead(board: &OpenBoard, state: &BoardState, parcels: &[Parcel]) {
    use record::verify::{Context, verify_entry};
    let context = Context { checked: Some(&board.checked), ..Context::of(&state.rosters) };
    for parcel in parcels.iter().filter(|parcel| parcel.kind == ParcelKind::Entry) {
        // Only that the signature holds is remembered. What the entry says is judged with everything else.
        drop(verify_entry(&parcel.bytes, &context));
    }
}

/// Everything that is here, read inside the transaction.
#[derive(Default)]
struct Here {
    parcels: Parcels,
    /// Documents that are neither roster nor policy.
    documents: BTreeMap<Digest, Vec<u8>>,
    /// What of all this is kept apart.
    kept: BTreeMap<Digest, Held>,
}

/// Why something is kept apart: whether it waits, the code, and the words.
type Held = (bool, String, String);

async fn here(board: &OpenBoard, tx: &mut Append) -> Answer<Here> {
    let mut here = Here::default();
    for roster in board.store.rosters().await.map_err(stored)? {
        here.parcels.rosters.insert(roster.digest, roster.bytes);
    }
    for policy in board.store.policies().await.map_err(stored)? {
        here.parcels.policies.insert(policy.digest, policy.bytes);
    }
    for entry in tx.entries_after(0, u32::MAX).await.map_err(stored)? {
        here.parcels.envelopes.insert(Digest::of(&entry.envelope), entry.envelope);
    }
    for kept in tx.quarantine().await.map_err(stored)? {
        here.kept.insert(kept.digest, (kept.waits, kept.code, kept.why));
        match kept.kind {
            QuarantineKind::Entry => drop(here.parcels.envelopes.insert(kept.digest, kept.bytes)),
            QuarantineKind::Document => {
                sort_document(&mut here.parcels, &mut here.documents, kept.digest, kept.bytes);
            }
        }
    }
    Ok(here)
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

/// Takes out of the quarantine what has become part of the record.
async fn release(tx: &mut Append, known: &Known<'_>, digest: Digest) -> Answer<()> {
    if known.kept.contains_key(&digest) {
        tx.release(digest).await.map_err(stored)?;
    }
    Ok(())
}

/// What was judged, and where it is from.
struct Known<'a> {
    parcels: &'a Parcels,
    documents: &'a BTreeMap<Digest, Vec<u8>>,
    kept: &'a BTreeMap<Digest, Held>,
    /// Through which relay it came.
    relay: Option<&'a str>,
    /// Keys whose logs this device alone writes.
    own: &'a BTreeSet<KeyId>,
}

/// What was written of it.
#[derive(Default)]
struct Written {
    /// The record has grown.
    changed: bool,
    /// Entries at the end of logs that this device alone writes, and did not have.
    own_new: BTreeMap<LogId, u32>,
    /// Logs in which something stands where another stands.
    rivalled: BTreeSet<LogId>,
}

impl Known<'_> {
    /// A refusal as it is kept and told: with the relay through which it came first.
    fn words(&self, digest: Digest, waits: bool, refusal: &Refusal) -> String {
        match (self.kept.get(&digest), self.relay) {
            (Some((before, code, why)), _) if *before == waits && code == refusal.code.as_str() => why.clone(),
            (None, Some(relay)) => format!("{relay}: {refusal}"),
            (Some(_), _) | (None, None) => refusal.to_string(),
        }
    }
}

/// Writes what holds and keeps what does not; says what of it was new.
async fn write_gathered(
    tx: &mut Append,
    known: &Known<'_>,
    gathered: &Gathered,
    now: chrono::DateTime<chrono::Utc>,
    done: &mut Exchanged,
) -> Answer<Written> {
    let Known { parcels, documents, .. } = known;
    let mut written = Written::default();
    let before = tx.roster().await.map_err(stored)?.map_or(0, |r| r.version);
    for version in gathered.rosters.versions() {
        let number = version.roster().version;
        if number > before {
            tx.put_roster(number, version.bytes()).await.map_err(stored)?;
            written.changed = true;
        }
        release(tx, known, version.digest()).await?;
    }
    let adopted = adopted(gathered);
    let held: BTreeSet<Digest> = tx.policies().await.map_err(stored)?.into_iter().map(|policy| policy.digest).collect();
    for (digest, bytes) in parcels.policies.iter().filter(|(digest, _)| adopted.contains(digest)) {
        tx.put_policy(bytes, None).await.map_err(stored)?;
        // The entry that adopts it may have come before it.
        written.changed |= !held.contains(digest);
        release(tx, known, *digest).await?;
    }
    let links: Vec<_> = gathered.entries.values().map(record::verify::link).collect();
    let by_id: BTreeMap<_, (&Digest, &Entry)> = gathered.entries.iter().map(|(d, e)| (e.id(), (d, e))).collect();
    let order = record::chain::causal_order(&links);
    let ordered: Vec<&(&Digest, &Entry)> = order.iter().filter_map(|id| by_id.get(id)).collect();
    for some in ordered.chunks(TAKE_ROWS) {
        let taken = tx.take_entries(some.iter().map(|(_, entry)| row_of(entry)).collect()).await.map_err(stored)?;
        for ((digest, entry), taken) in some.iter().zip(taken) {
            let log = entry.log().id;
            match taken {
                Taken::Known => continue,
                Taken::New if known.own.contains(&log.key) => *written.own_new.entry(log).or_default() += 1,
                Taken::New => {}
                Taken::Rival => {
                    written.rivalled.insert(log);
                    done.rivals += 1;
                }
            }
            release(tx, known, **digest).await?;
            done.came += 1;
            written.changed = true;
        }
    }
    let kept = |kind, digest: Digest, bytes: &[u8], waits, refusal: &Refusal| Quarantined {
        digest,
        kind,
        bytes: bytes.to_vec(),
        waits,
        code: refusal.code.as_str().to_owned(),
        why: known.words(digest, waits, refusal),
        came: now,
    };
    for (waits, refusals) in [(true, &gathered.waiting), (false, &gathered.refused)] {
        for (digest, refusal) in refusals {
            let Some(bytes) = parcels.envelopes.get(digest) else { continue };
            tx.put_quarantine(&kept(QuarantineKind::Entry, *digest, bytes, waits, refusal)).await.map_err(stored)?;
            if waits {
                done.waiting += 1;
            } else {
                done.refused.push(known.words(*digest, waits, refusal));
            }
        }
    }
    let in_chain: BTreeSet<Digest> = gathered.rosters.versions().iter().map(RosterVersion::digest).collect();
    let proposals = parcels.rosters.iter().filter(|(digest, _)| !in_chain.contains(digest));
    let policies = parcels.policies.iter().filter(|(digest, _)| !adopted.contains(digest));
    for (digest, bytes) in proposals.chain(policies).chain(*documents) {
        let refusal = Refusal::new(record::refusal::Code::RosterThreshold, "not adopted yet", "document");
        tx.put_quarantine(&kept(QuarantineKind::Document, *digest, bytes, true, &refusal)).await.map_err(stored)?;
    }
    Ok(written)
}
