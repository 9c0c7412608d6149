//! Three things a program does to a folder; and, for each, what must be true whenever it is ended.
use domain::ids::{Digest, EntryId};
use sqlx::AssertSqlSafe;
use sqlx::Connection as _;

use crate::tests::support::*;
use crate::{Append, Folder, NewEntry, ProjectionRow, QuarantineKind, Quarantined, RelayMark, Store, StoredEntry};

/// What is being done while the power goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scene {
    /// Entries of this device are written, as sign-offs are: with a blob, an operation of the outbox, a projection.
    Writing,
    /// Entries of other devices are taken in, in any order, with blobs and the mark of how far the relay was read.
    Importing,
    /// A folder of the version before is upgraded, then written to.
    Upgrading,
}

/// Entries in the folder that is upgraded.
const OLD_ENTRIES: u32 = 40;
/// The version it is upgraded from.
const OLD_VERSION: u32 = 3;
pub(crate) const RELAY: &str = "folder /relay";

pub(crate) type Held = Result<(), String>;

/// Says what does not hold instead of panicking: the control counts it.
macro_rules! hold {
    ($truth:expr, $($words:tt)+) => {
        if $truth {
        } else {
            return Err(format!($($words)+));
        }
    };
}

fn broken(what: &str) -> impl FnOnce(crate::StoreError) -> String {
    move |error| format!("{what}: {error}")
}

impl Scene {
    /// The child that does it, as the test binary names it.
    pub(crate) fn child(self) -> &'static str {
        match self {
            Self::Writing => "tests::faults::children::a_writer",
            Self::Importing => "tests::faults::children::an_importer",
            Self::Upgrading => "tests::faults::children::an_upgrader",
        }
    }

    /// The folder before it begins.
    pub(crate) async fn prepare(self, folder: &Folder) {
        match self {
            Self::Writing | Self::Importing => {
                let store = Store::create(folder, at(0)).await.unwrap();
                with_changes(&store, 1).await;
                store.close().await;
            }
            Self::Upgrading => older_board(folder).await,
        }
    }

    /// Opens what is left and says what does not hold. `acknowledged` is the last number the child told.
    pub(crate) async fn check(self, folder: &Folder, acknowledged: u32) -> Held {
        let store = Store::open(folder, at(9)).await.map_err(broken("it does not open"))?;
        let held = match self {
            Self::Writing => check_written(&store, acknowledged).await,
            Self::Importing => check_imported(&store, acknowledged).await,
            Self::Upgrading => check_upgraded(&store, acknowledged).await,
        };
        let sound = store.integrity_check().await.map_err(broken("the database"));
        let copies = check_copies(&store).await;
        store.close().await;
        held.and(sound).and(copies)
    }
}

// ---- writing ----

/// Bytes of about the size of a signed entry.
fn long(text: &str) -> String {
    format!("{text} {}", "x".repeat(1500))
}

/// One entry with what belongs to it, in one transaction. `hasty` is told of it before it is committed.
pub(crate) async fn write_one(store: &Store, hasty: impl FnOnce(u32)) -> crate::Result<u32> {
    let mut append = store.begin_immediate().await?;
    let entry = append_to(&mut append, log(1), &long("signed")).await?;
    append.put_blob("evidence", &evidence(entry.seq)).await?;
    append.enqueue(&operation(entry.seq)).await?;
    append.project(&[row("written", entry.seq)]).await?;
    hasty(entry.seq);
    append.commit().await?;
    Ok(entry.seq)
}

fn evidence(n: u32) -> Vec<u8> {
    format!("what was shown before {n}; ").repeat(40).into_bytes()
}

fn operation(seq: u32) -> crate::NewOperation {
    crate::NewOperation {
        id: operation_id(u128::from(seq)),
        change: key(1),
        kind: "write_back".to_owned(),
        payload: "{}".to_owned(),
        base: "{}".to_owned(),
        marker: format!("marker {seq}"),
        not_before: at(seq),
        created_at: at(seq),
    }
}

fn row(noun: &str, n: u32) -> ProjectionRow {
    ProjectionRow { noun: noun.to_owned(), id: "all".to_owned(), json: Some(format!("{{\"n\":{n}}}")) }
}

/// The length of a log of this device; unlike the other tests' it says what is broken, since the control counts that.
fn chain(entries: &[StoredEntry]) -> Result<u32, String> {
    let mut prev: Option<EntryId> = None;
    for (n, entry) in entries.iter().enumerate() {
        hold!(entry.seq as usize == n + 1, "a gap before entry {}", entry.seq);
        hold!(entry.id == EntryId::of(&entry.envelope), "entry {} is not what its id says", entry.seq);
        let text = String::from_utf8_lossy(&entry.envelope);
        let named = prev.map_or("-".to_owned(), |p| p.to_string());
        hold!(text.lines().nth(2) == Some(named.as_str()), "entry {} does not name the one before", entry.seq);
        prev = Some(entry.id);
    }
    u32::try_from(entries.len()).map_err(|e| e.to_string())
}

async fn check_written(store: &Store, acknowledged: u32) -> Held {
    let entries = store.all_entries().await.map_err(broken("entries"))?;
    let kept = chain(&entries)?;
    hold!(kept >= acknowledged, "{acknowledged} entries were acknowledged, {kept} are there");
    hold!(kept <= acknowledged + 1, "{acknowledged} entries were acknowledged, {kept} are there");
    let operations = store.operations().await.map_err(broken("outbox"))?.len();
    hold!(operations == entries.len(), "{kept} entries, {operations} operations");
    for n in 1..=kept {
        let bytes = store.blob(Digest::of(&evidence(n))).await.map_err(broken("blob"))?;
        hold!(bytes == evidence(n), "the blob of entry {n} is another");
    }
    let rows = if kept == 0 { Vec::new() } else { vec![row("written", kept)] };
    check_projection(store, &rows).await?;
    let next = write_one(store, |_| ()).await.map_err(broken("the next entry"))?;
    hold!(next == kept + 1, "the next entry is {next} after {kept}");
    Ok(())
}

/// The projection is what follows from the record.
async fn check_projection(store: &Store, rows: &[ProjectionRow]) -> Held {
    let before = store.projection_digest().await.map_err(broken("projection"))?;
    let rebuilt = async {
        let mut append = store.begin_immediate().await?;
        append.clear_projection().await?;
        append.project(rows).await?;
        append.commit().await?;
        store.projection_digest().await
    };
    let after = rebuilt.await.map_err(broken("rebuilding"))?;
    hold!(before == after, "the projection does not follow from the record");
    Ok(())
}

// ---- importing ----

fn foreign(log: domain::ids::LogId, seq: u32, prev: Option<EntryId>, text: &str) -> NewEntry {
    let named = prev.map_or("-".to_owned(), |p| p.to_string());
    let envelope = format!("{log}\n{seq}\n{named}\n{}", long(text)).into_bytes();
    NewEntry {
        log,
        seq,
        prev,
        id: EntryId::of(&envelope),
        kind: "running".to_owned(),
        subject: Digest::of(text.as_bytes()),
        change: Some(key(1)),
        meeting: None,
        claimed: at(seq),
        envelope,
    }
}

/// The first `count` batches as a relay brings them: two devices, the later entry before the earlier, now and then a
/// second entry at a position that is taken.
pub(crate) fn batches(count: u32) -> Vec<Vec<NewEntry>> {
    let (mut first, mut second) = (None, None);
    (0..count)
        .map(|n| {
            let one = foreign(log(2), 2 * n + 1, first, "theirs");
            let two = foreign(log(2), 2 * n + 2, Some(one.id), "theirs too");
            let other = foreign(log(3), n + 1, second, "another's");
            let rival = (n % 5 == 4).then(|| foreign(log(2), 2 * n + 1, first, "a fork"));
            (first, second) = (Some(two.id), Some(other.id));
            [Some(two), Some(other), Some(one), rival].into_iter().flatten().collect()
        })
        .collect()
}

fn parcel(n: u32) -> Quarantined {
    let bytes = format!("too early {n}").into_bytes();
    Quarantined {
        digest: Digest::of(&bytes),
        kind: QuarantineKind::Entry,
        bytes,
        waits: true,
        code: "chain".to_owned(),
        why: "what it follows has not come".to_owned(),
        came: at(n),
    }
}

/// Takes one batch, with its blob, what waits, and the mark of how far the relay was read, in one transaction.
pub(crate) async fn take(store: &Store, n: u32, batch: &[NewEntry]) -> crate::Result<()> {
    let mut append: Append = store.begin_immediate().await?;
    append.put_blob("evidence", &evidence(n)).await?;
    for entry in batch {
        append.take_entry(entry.clone()).await?;
    }
    match n % 3 {
        0 => append.put_quarantine(&parcel(n)).await?,
        1 => append.release(parcel(n - 1).digest).await?,
        _ => {}
    }
    append.project(&[row("taken", n + 1)]).await?;
    let mark = RelayMark { cursor: (n + 1).to_string(), offered: 0 };
    append.put_relay_mark(RELAY, &mark, at(n)).await?;
    append.commit().await?;
    Ok(())
}

/// How many batches the relay's mark counts.
pub(crate) async fn taken(store: &Store) -> crate::Result<u32> {
    Ok(store.relay_mark(RELAY).await?.cursor.parse().unwrap_or(0))
}

async fn check_imported(store: &Store, acknowledged: u32) -> Held {
    let kept = taken(store).await.map_err(broken("mark"))?;
    hold!(kept >= acknowledged, "{acknowledged} batches were acknowledged, {kept} are there");
    hold!(kept <= acknowledged + 1, "{acknowledged} batches were acknowledged, {kept} are there");
    let batches = batches(kept + 1);
    let wanted: Vec<&NewEntry> = batches.iter().take(kept as usize).flatten().collect();
    let entries = store.all_entries().await.map_err(broken("entries"))?;
    let same = |(had, came): (&StoredEntry, &&NewEntry)| {
        had.id == came.id
            && had.envelope == came.envelope
            && had.rival == came.envelope.ends_with(long("a fork").as_bytes())
    };
    hold!(
        entries.len() == wanted.len() && entries.iter().zip(&wanted).all(same),
        "the mark counts {} entries, {} are there, or they are others",
        wanted.len(),
        entries.len()
    );
    for n in 0..kept {
        store.blob(Digest::of(&evidence(n))).await.map_err(broken("blob"))?;
    }
    let waiting = store.quarantine().await.map_err(broken("quarantine"))?.len();
    hold!(waiting == usize::from(kept % 3 == 1), "{waiting} parcels wait after {kept} batches");
    let rows = if kept == 0 { Vec::new() } else { vec![row("taken", kept)] };
    check_projection(store, &rows).await?;
    take(store, kept, &batches[kept as usize]).await.map_err(broken("the next batch"))
}

// ---- upgrading ----

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

fn old_entry(seq: u32, prev: Option<EntryId>) -> NewEntry {
    foreign(log(1), seq, prev, "signed before")
}

fn old_entries() -> Vec<NewEntry> {
    let mut entries: Vec<NewEntry> = Vec::new();
    for seq in 1..=OLD_ENTRIES {
        entries.push(old_entry(seq, entries.last().map(|e| e.id)));
    }
    entries
}

/// A board as the version before left it when its machine lost power: part of it is still in the write-ahead log.
async fn older_board(folder: &Folder) {
    let before = Folder::new(folder.path().with_extension("before"));
    before.create().unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(before.database())
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    MIGRATIONS.run_direct(Some(i64::from(OLD_VERSION)), &mut connection, false).await.unwrap();
    let version = AssertSqlSafe(format!("PRAGMA user_version = {OLD_VERSION}"));
    sqlx::query(version).execute(&mut connection).await.unwrap();
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await.unwrap();
    for entry in old_entries() {
        let insert = "INSERT INTO entry (log, seq, id, kind, subject, claimed, envelope) \
                      VALUES (?, ?, ?, 'running', ?, '2026-11-21T00:00:00.000000Z', ?)";
        sqlx::query(insert)
            .bind(entry.log.to_string())
            .bind(i64::from(entry.seq))
            .bind(entry.id.to_string())
            .bind(entry.subject.to_string())
            .bind(entry.envelope)
            .execute(&mut connection)
            .await
            .unwrap();
    }
    powercut::copy_folder(before.path(), folder.path()).unwrap();
    connection.close().await.unwrap();
    std::fs::remove_dir_all(before.path()).unwrap();
    std::fs::remove_file(folder.database().with_extension("db-shm")).unwrap();
    assert!(std::fs::metadata(folder.database().with_extension("db-wal")).unwrap().len() > 50_000);
}

async fn check_upgraded(store: &Store, acknowledged: u32) -> Held {
    let entries = store.all_entries().await.map_err(broken("entries"))?;
    let kept = chain(&entries)?;
    hold!(kept >= acknowledged.max(OLD_ENTRIES), "{acknowledged} were acknowledged, {kept} are there");
    let same = entries.iter().zip(old_entries()).all(|(had, old)| had.id == old.id && had.envelope == old.envelope);
    hold!(same, "the upgrade altered the record");
    // Whatever happened, a copy from before the upgrade is there and whole.
    let mut whole = 0;
    let copies = std::fs::read_dir(store.folder().backups()).map_err(|e| format!("backups: {e}"))?;
    for copy in copies.filter_map(|c| c.ok().map(|c| c.path())).filter(|p| p.extension().is_some_and(|e| e == "db")) {
        let to = store.folder().path().with_extension("restored");
        // One that was being written is refused, or holds less: the whole one is beside it.
        if crate::restore(&copy, &to).await.is_ok() {
            if let Ok(restored) = Store::open(&Folder::new(&to), at(10)).await {
                whole += u32::from(restored.entry_count().await.is_ok_and(|n| n == OLD_ENTRIES));
                restored.close().await;
            }
            std::fs::remove_dir_all(&to).map_err(|e| format!("restored: {e}"))?;
        }
    }
    hold!(whole > 0, "no copy from before the upgrade is whole");
    let next = append_one(store, log(1), "since").await.map_err(broken("the next entry"))?.seq;
    hold!(next == kept + 1, "the next entry is {next} after {kept}");
    Ok(())
}

// ---- always ----

/// Every entry has its plain copy again.
async fn check_copies(store: &Store) -> Held {
    for entry in store.all_entries().await.map_err(broken("entries"))? {
        let path = store.folder().entry_or_rival(entry.log, entry.seq, entry.rival.then_some(entry.id));
        let copy = std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        hold!(copy == entry.envelope, "{} is another", path.display());
    }
    Ok(())
}
