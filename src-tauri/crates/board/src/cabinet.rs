//! The desk: opening a board's data folder and holding what the use cases share.
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::entry::Head;
use domain::ids::{Digest, KeyId, LogId, MemberId};
use domain::roster::{Member, Role};
use record::keys::Signer;
use record::verify::Checked;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{Folder, FolderLock, Store};
use tokio::sync::{Mutex, OnceCell, RwLock};

use crate::error::{Answer, BoardError};
use crate::events::{EventSink, changed};
use crate::keys::Keys;
pub use crate::network::Network;
use crate::part_11::Named;
use crate::sessions::Sessions;
use crate::sign_offs::Signing;
use crate::state::{BoardState, Stored};
use crate::views::{CabinetEvent, MemberRef, MemberRow, Noun, Progress};
use crate::work::Works;

mod device;

pub(crate) use device::{DEVICE_KEY, ENROLLED, device_of, enrolled_here, read_stored, writes_here};

/// Where keys live.
#[derive(Debug, Clone)]
pub enum VaultChoice {
    /// The OS keyring (R114).
    Keyring,
    /// A passphrase file, where policy allows; the passphrase protects the whole file.
    File(vault::SecretString),
    /// The sample board's own file vault: published PIN, cheap derivation.
    Sample,
    /// In memory: tests only.
    Memory(Arc<vault::MemoryVault>),
}

/// How to open the desk.
#[derive(Clone)]
pub struct Options {
    /// How servers are reached.
    pub network: Network,
    /// The board's data folder.
    pub data_dir: PathBuf,
    /// Where pipelines leave files, a folder for each change; `None`: nowhere.
    pub evidence_folder: Option<PathBuf>,
    /// The file in which the calendar is kept up to date after each sync; `None`: in none.
    pub calendar_file: Option<PathBuf>,
    /// Where keys live.
    pub vault: VaultChoice,
    /// Reads the clock. Hosts give the real one; domain rules get its answers as arguments.
    pub clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    /// Receives events.
    pub events: Arc<dyn EventSink>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("data_dir", &self.data_dir).field("vault", &self.vault).finish_non_exhaustive()
    }
}

/// The desk. Cheap to clone; the single managed state of every host.
#[derive(Clone)]
pub struct Cabinet {
    inner: Arc<Inner>,
}

struct Inner {
    options: Options,
    board: std::sync::RwLock<Option<Arc<OpenBoard>>>,
    works: Works,
    drafts: crate::connections::Drafts,
    /// The document whose pages are shown.
    looked_at: crate::minutes::shown::LookedAt,
    /// Published PINs of the sample board, for its banner.
    sample_pins: std::sync::Mutex<Vec<String>>,
}

/// An open board.
pub struct OpenBoard {
    pub(crate) store: Store,
    pub(crate) keys: Keys,
    pub(crate) network: Network,
    /// Which recording key is this device's, by id.
    pub(crate) device: KeyId,
    /// Whose keys were made on this device; `None`: everybody's.
    enrolled: Option<BTreeSet<MemberId>>,
    /// The device's recording key, taken from the vault when something is first written.
    recorder: OnceCell<Arc<dyn Signer + Send + Sync>>,
    pub(crate) sessions: Sessions,
    pub(crate) named: Named,
    pub(crate) signing: Mutex<Option<Signing>>,
    pub(crate) writing: Mutex<()>,
    pub(crate) console: Mutex<()>,
    pub(crate) syncing: Mutex<()>,
    pub(crate) exchanging: Mutex<()>,
    /// Relays that are open, by their names: a connection is made once, and listens from then on.
    pub(crate) relays: Mutex<std::collections::BTreeMap<String, Arc<dyn relay::Relay>>>,
    /// Whether something was written since the last exchange began.
    pub(crate) exchange_wanted: std::sync::atomic::AtomicBool,
    /// What the last exchange since the board was opened did.
    last_exchange: std::sync::Mutex<Option<crate::views::ExchangeAnswer>>,
    /// Whether the keys knew more than is here when that was last looked at.
    older: std::sync::atomic::AtomicBool,
    /// Changes whose ticket is gone or out of reach, as last loaded.
    pub(crate) vanished: crate::changes::Vanished,
    /// What was read of the files of changes, as last looked at.
    pub(crate) read_files: crate::read_files::ReadFiles,
    /// Policies that were simulated since the board was opened, by their digest.
    pub(crate) simulated: std::sync::Mutex<BTreeSet<Digest>>,
    /// What else is planned for the time of each change, as last loaded.
    pub(crate) beside: crate::calendar::beside::Beside,
    state: RwLock<Arc<BoardState>>,
    /// Signatures that were verified since the board was opened.
    pub(crate) checked: Checked,
    _lock: Option<FolderLock>,
}

/// A failure of the store as the wire error: what a person can act on keeps its words.
pub(crate) fn stored(error: store::StoreError) -> BoardError {
    use store::StoreError as E;
    match &error {
        E::NoBoard { path } => BoardError::not_found("board", path.display()),
        E::NewerFolder { .. }
        | E::NotEmpty { .. }
        | E::Locked { .. }
        | E::Busy
        | E::DiskFull
        | E::Disk(_)
        | E::DiskSilent { .. }
        | E::Io { .. }
        | E::Corrupt { .. }
        | E::BackupDamaged { .. }
        | E::Setting { .. } => {
            BoardError::refused("data_folder", error.to_string(), None, "What was acknowledged before is kept.")
        }
        E::AppendOnly(_)
        | E::OutOfPlace { .. }
        | E::Different { .. }
        | E::BlobMissing(_)
        | E::BlobDamaged(_)
        | E::UnknownChange(_)
        | E::UnknownAttachment { .. }
        | E::Stored { .. }
        | E::Unstorable { .. }
        | E::Upgrade(_)
        | E::Database(_) => BoardError::internal(&error),
    }
}

/// Drafts that belong to the device rather than to a member.
pub(crate) const DEVICE: MemberId = MemberId(uuid::Uuid::nil());

/// A local draft as the store keeps it.
pub(crate) fn draft_of<T: Serialize>(kind: &str, key: &str, value: &T, now: DateTime<Utc>) -> Answer<store::Draft> {
    Ok(store::Draft {
        kind: kind.to_owned(),
        key: key.to_owned(),
        member: DEVICE,
        json: serde_json::to_string(value).map_err(|e| BoardError::internal(&e))?,
        saved_at: now,
    })
}

pub(crate) fn member_ref(member: &Member) -> MemberRef {
    MemberRef { id: member.id.to_string(), name: member.name.clone(), roles: member.roles.clone() }
}

/// The seat a member fills, in words: the roles, most particular first.
pub(crate) fn seat_words(member: &Member) -> String {
    let mut roles: Vec<Role> = member.roles.clone();
    if roles.len() > 1 {
        roles.retain(|r| *r != Role::BoardMember);
    }
    roles.iter().map(|r| r.title()).collect::<Vec<_>>().join(", ")
}

impl OpenBoard {
    /// Opens the board in a folder and verifies the whole record. It can be read without any key: a keyring
    /// that is locked, absent or lost refuses what is written, and nothing else.
    pub(crate) async fn open(folder: Folder, options: &Options, now: DateTime<Utc>) -> Answer<Self> {
        let choice = &options.vault;
        // `cab` beside the window is a guest: it writes under BEGIN IMMEDIATE without the folder's lock.
        let lock = folder.lock_exclusive().ok();
        let store = Store::open(&folder, now).await.map_err(stored)?;
        if lock.is_some() {
            // What a killed process was sending may have arrived: it is looked for before it is sent again.
            store.recover_outbox(now).await.map_err(stored)?;
        }
        let vault = crate::imported::vault_for(&store, choice, &folder).await?;
        let mut bytes = read_stored(&store, BTreeMap::new()).await?;
        let checked = Checked::default();
        let mut first = BoardState::load_checked(&bytes, &checked, BTreeMap::new())?;
        let device = device_of(&store, first.rosters.versions()[0].roster()).await?;
        let enrolled = enrolled_here(&store).await?;
        let keys = Keys::new(vault, first.roster()).of_folder(writes_here(&store, first.roster()).await?);
        let mut older = false;
        match keys.heads_at_a_glance().await {
            // An older copy opens: what is missing may lie with a relay. Nothing is written on top of it.
            Ok(witnessed) if !first.behind(&witnessed).is_empty() => {
                tracing::warn!("the folder is an older copy; it opens for reading and catching up");
                bytes.witnessed = witnessed;
                older = true;
                first = BoardState::load_checked(&bytes, &checked, BTreeMap::new())?;
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "the heads beside the keys could not be read; the board opens for reading")
            }
        }
        if let Err(error) = crate::disposals::catch_up(&store, &first).await {
            tracing::warn!(%error, "bytes that were disposed of are still here");
        }
        Ok(Self {
            store,
            keys,
            device,
            enrolled,
            network: options.network.clone(),
            recorder: OnceCell::new(),
            sessions: Sessions::default(),
            named: Named::default(),
            signing: Mutex::new(None),
            writing: Mutex::new(()),
            console: Mutex::new(()),
            syncing: Mutex::new(()),
            exchanging: Mutex::new(()),
            relays: Mutex::default(),
            exchange_wanted: std::sync::atomic::AtomicBool::new(false),
            last_exchange: std::sync::Mutex::default(),
            older: std::sync::atomic::AtomicBool::new(older),
            vanished: crate::changes::Vanished::default(),
            read_files: crate::read_files::ReadFiles::default(),
            simulated: std::sync::Mutex::default(),
            beside: crate::calendar::beside::Beside::default(),
            state: RwLock::new(Arc::new(first)),
            checked,
            _lock: lock,
        })
    }

    /// The device's recording key; asked for again as long as the vault does not give it.
    ///
    /// What the keyring could not say when the board was opened is compared here, before anything is written
    /// on top of an older copy.
    pub(crate) async fn recorder(&self) -> Answer<Arc<dyn Signer + Send + Sync>> {
        let taken = self.recorder.get_or_try_init(|| async {
            let recorder = self.keys.recorder(self.state().await?.roster(), self.device).await?;
            match self.keys.heads().await {
                // Read before the state: what `cab` writes meanwhile is in the state, too.
                Ok(witnessed) => refuse_older_copy(&witnessed, &*self.state().await?)?,
                Err(error) => tracing::warn!(%error, "the heads beside the keys could not be read"),
            }
            Ok(recorder)
        });
        taken.await.cloned()
    }

    /// The state of the record; reloaded when another process has written.
    pub(crate) async fn state(&self) -> Answer<Arc<BoardState>> {
        let held = self.state.read().await.clone();
        if self.store.entry_count().await.map_err(stored)? == held.entries {
            return Ok(held);
        }
        let loaded = Arc::new(self.load().await?);
        *self.state.write().await = loaded.clone();
        Ok(loaded)
    }

    /// As [`Self::state`], read inside a write transaction: nobody can write in between.
    pub(crate) async fn state_in(&self, tx: &mut store::Append) -> Answer<Arc<BoardState>> {
        let held = self.state.read().await.clone();
        let newer = tx.entries_after(held.last_position, u32::MAX).await.map_err(stored)?;
        if newer.is_empty() {
            return Ok(held);
        }
        drop(held);
        self.state().await
    }

    /// Whether a member's own keys are on this device. Others sign on theirs.
    pub(crate) fn is_enrolled_here(&self, member: MemberId) -> bool {
        self.enrolled.as_ref().is_none_or(|here| here.contains(&member))
    }

    /// The same without looking whether the folder is an older copy: for saying so in the record.
    pub(crate) async fn recorder_of_older_copy(&self) -> Answer<Arc<dyn Signer + Send + Sync>> {
        self.keys.recorder(self.state().await?.roster(), self.device).await
    }

    pub(crate) async fn replace_state(&self, mut state: BoardState) {
        self.keys.learn(state.roster());
        if let Ok(position) = self.store.last_position().await {
            state.last_position = position;
        }
        *self.state.write().await = Arc::new(state);
    }

    /// Reads the whole record anew.
    pub(crate) async fn reload(&self) -> Answer<()> {
        let loaded = self.load().await?;
        self.replace_state(loaded).await;
        Ok(())
    }

    /// The record as it stands in the folder, judged; signatures that were verified before are not verified again.
    pub(crate) async fn load(&self) -> Answer<BoardState> {
        BoardState::load_checked(&self.stored().await?, &self.checked, BTreeMap::new())
    }

    /// The stored bytes of the whole record.
    pub(crate) async fn stored(&self) -> Answer<Stored> {
        let witnessed = self.keys.heads_at_a_glance().await.unwrap_or_default();
        read_stored(&self.store, witnessed).await
    }

    /// What the last exchange did.
    pub(crate) fn last_exchange(&self) -> Option<crate::views::ExchangeAnswer> {
        self.last_exchange.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Keeps what an exchange did; answers with the one before.
    pub(crate) fn keep_last_exchange(
        &self,
        done: crate::views::ExchangeAnswer,
    ) -> Option<crate::views::ExchangeAnswer> {
        self.last_exchange.lock().unwrap_or_else(std::sync::PoisonError::into_inner).replace(done)
    }

    /// Other relays: what was said of those before says nothing of them.
    pub(crate) fn forget_last_exchange(&self) {
        *self.last_exchange.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = None;
    }

    pub(crate) fn older_copy_noted(&self) -> bool {
        self.older.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Answers whether it was not known before.
    pub(crate) fn note_older_copy(&self, older: bool) -> bool {
        self.older.swap(older, std::sync::atomic::Ordering::Relaxed) != older
    }

    pub(crate) async fn draft<T: DeserializeOwned>(&self, kind: &str, key: &str) -> Answer<Option<T>> {
        let draft = self.store.draft(kind, key, DEVICE).await.map_err(stored)?;
        draft.map(|d| serde_json::from_str(&d.json).map_err(|e| BoardError::internal(&e))).transpose()
    }

    pub(crate) async fn drafts<T: DeserializeOwned>(&self, kind: &str) -> Answer<Vec<T>> {
        let drafts = self.store.drafts(kind).await.map_err(stored)?;
        drafts.iter().map(|d| serde_json::from_str(&d.json).map_err(|e| BoardError::internal(&e))).collect()
    }

    pub(crate) async fn put_draft<T: Serialize>(
        &self,
        kind: &str,
        key: &str,
        value: &T,
        now: DateTime<Utc>,
    ) -> Answer<()> {
        self.store.save_draft(&draft_of(kind, key, value, now)?).await.map_err(stored)
    }
}

/// A head beside the key that the store does not have: an older copy of the folder was put back.
fn refuse_older_copy(witnessed: &BTreeMap<LogId, Head>, state: &BoardState) -> Answer<()> {
    let Some((_, known, held)) = state.behind(witnessed).into_iter().next() else { return Ok(()) };
    let held = held.map_or(0, |h| h.seq);
    Err(BoardError::refused(
        "older_copy",
        format!(
            "This data folder is an older copy: the keyring knows entry {} of a log that ends at {held} here.",
            known.seq
        ),
        Some("R86"),
        "Exchange with the board's relay, or restore the newest backup; if nobody has what is missing, recover.",
    ))
}

impl Cabinet {
    /// Opens the desk on a data folder. A folder without a board is fine: the window then shows First
    /// run.
    ///
    /// # Errors
    /// What the store says of a folder that holds a board, or a passphrase file of its passphrase. A keyring that
    /// does not answer is no error here: it refuses only what is written.
    pub async fn open(options: Options) -> Answer<Self> {
        let folder = Folder::new(&options.data_dir);
        let board = if folder.holds_board() {
            let now = (options.clock)();
            // Boxed: who opens a desk does not carry the futures of every migration and check in its own.
            Some(Arc::new(Box::pin(OpenBoard::open(folder, &options, now)).await?))
        } else {
            None
        };
        let inner = Inner {
            options,
            board: std::sync::RwLock::new(board),
            works: Works::default(),
            drafts: crate::connections::Drafts::default(),
            looked_at: crate::minutes::shown::LookedAt::default(),
            sample_pins: std::sync::Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The open board.
    ///
    /// # Errors
    /// [`BoardError::NotFound`] before the first run.
    pub(crate) fn board(&self) -> Answer<Arc<OpenBoard>> {
        self.inner
            .board
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
            .ok_or_else(|| BoardError::not_found("board", "in this data folder"))
    }

    pub(crate) fn put_board(&self, board: OpenBoard) -> Arc<OpenBoard> {
        let board = Arc::new(board);
        self.inner.looked_at.close();
        *self.inner.board.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(board.clone());
        board
    }

    pub(crate) fn options(&self) -> &Options {
        &self.inner.options
    }

    pub(crate) fn works(&self) -> &Works {
        &self.inner.works
    }

    pub(crate) fn connection_drafts(&self) -> &crate::connections::Drafts {
        &self.inner.drafts
    }

    pub(crate) fn looked_at(&self) -> &crate::minutes::shown::LookedAt {
        &self.inner.looked_at
    }

    pub(crate) fn sample_pins(&self) -> &std::sync::Mutex<Vec<String>> {
        &self.inner.sample_pins
    }

    /// Now, by the host's clock.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.inner.options.clock)()
    }

    pub(crate) fn emit(&self, event: CabinetEvent) {
        self.inner.options.events.emit(event);
    }

    /// Tells what changed, after the commit.
    pub(crate) fn changed(&self, nouns: &[Noun], ids: &[&str]) {
        if !nouns.is_empty() {
            self.emit(changed(nouns, ids));
        }
    }

    pub(crate) fn progressed(&self, progress: Progress) {
        self.emit(CabinetEvent::Progress { progress });
    }

    /// The person did something in Cabinet: keeps an unlocked session open.
    pub fn input(&self) {
        if let Ok(board) = self.board() {
            board.sessions.input(self.now());
        }
    }

    /// Screen lock, suspend or user switch: every unlocked session ends, and whoever signs next says who they are where
    /// the policy asks for it.
    pub fn end_sessions(&self) {
        if let Ok(board) = self.board() {
            board.sessions.end_all();
            board.named.forget();
            self.changed(&[Noun::Session], &[]);
        }
    }

    /// Ends what has run out by itself, so that no key stays in memory until the next look.
    pub fn end_idle_sessions(&self) {
        if let Ok(board) = self.board()
            && board.sessions.end_over(self.now())
        {
            self.changed(&[Noun::Session], &[]);
        }
    }

    pub(crate) fn member_rows(&self, state: &BoardState) -> Vec<MemberRow> {
        state
            .roster()
            .members
            .iter()
            .map(|m| MemberRow {
                member: member_ref(m),
                seat: crate::membership::roles_words(m),
                voting: m.voting,
                mandatory: m.mandatory,
                has_key: m.signature_key().is_some(),
                account: m.accounts.values().next().cloned(),
            })
            .collect()
    }

    /// The roster in force, for the window.
    pub async fn members(&self) -> Answer<Vec<MemberRow>> {
        let board = self.board()?;
        let state = board.state().await?;
        Ok(self.member_rows(&state))
    }

    /// Throws the projections away and folds the record again; answers with the digests before and
    /// after, which are equal on a sound board.
    pub async fn rebuild(&self) -> Answer<(domain::ids::Digest, domain::ids::Digest)> {
        let board = self.board()?;
        let _writing = board.writing.lock().await;
        // Before the transaction: a keyring may wait for its prompt.
        let witnessed = board.keys.heads_at_a_glance().await.unwrap_or_default();
        let mut tx = board.store.begin_immediate().await.map_err(stored)?;
        // Read under the lock: what `cab` beside the window commits is before it, and in here, or after it.
        let before = tx.projection_digest().await.map_err(stored)?;
        let state =
            BoardState::load_checked(&read_stored(&board.store, witnessed).await?, &board.checked, BTreeMap::new())?;
        let rows = crate::writer::projection_rows(&state, &state.ledger.all())?;
        tx.clear_projection().await.map_err(stored)?;
        tx.project(&rows).await.map_err(stored)?;
        let after = tx.projection_digest().await.map_err(stored)?;
        let gone = crate::disposals::note(&mut tx, &state).await?;
        tx.commit().await.map_err(stored)?;
        board.replace_state(state).await;
        if gone {
            crate::disposals::remove(&board.store).await;
        }
        self.reindex(&board).await?;
        Ok((before, after))
    }
}

#[cfg(test)]
mod tests;
