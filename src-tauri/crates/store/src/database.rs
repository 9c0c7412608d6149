//! Opening SQLite so that what is acknowledged survives, and bringing its tables to this version.
use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Connection as _};

use crate::error::{Result, StoreError};
use crate::folder::{Folder, sync_dir};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// How many copies of the database are kept from before upgrades.
pub(crate) const BACKUPS_KEPT: usize = 5;

/// Older ones can damage a database in WAL mode (https://www.sqlite.org/wal.html, "WAL-reset bug").
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// The version of the data folder that this program writes: the number of the newest migration.
#[must_use]
pub fn data_version() -> u32 {
    MIGRATIONS.iter().map(|m| u32::try_from(m.version).unwrap_or(u32::MAX)).max().unwrap_or(0)
}

/// COMMIT returns once the disk has it. The tests of this crate alone can weaken it, to show that their power cuts
/// would notice: nothing reads this outside of them.
fn synchronous() -> SqliteSynchronous {
    #[cfg(test)]
    if std::env::var_os(crate::tests::support::WEAKENED).is_some() {
        return SqliteSynchronous::Normal;
    }
    SqliteSynchronous::Full
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous())
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .pragma("recursive_triggers", "ON") // else INSERT OR REPLACE deletes past the triggers
        .pragma("mmap_size", "0") // a page changed under a map is read as damage
        .pragma("fullfsync", "ON") // macOS: a plain fsync does not reach the platter
        .pragma("checkpoint_fullfsync", "ON")
}

/// A connection that only reads, to a database nobody else has: a backup, a restored copy.
pub(crate) async fn connect_alone(path: &Path) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(false).read_only(true).immutable(true);
    Ok(SqliteConnection::connect_with(&options).await?)
}

/// Creates the file, so that [`options`] never creates one by accident beside a mistyped path.
pub(crate) fn create_file(folder: &Folder) -> Result<()> {
    let path = folder.database();
    std::fs::OpenOptions::new()
        .create_new(true)
        .write(true)
        .open(&path)
        .map(drop)
        .or_else(|e| if e.kind() == std::io::ErrorKind::AlreadyExists { Ok(()) } else { Err(e) })
        .map_err(StoreError::io(&path))?;
    sync_dir(folder.path())
}

/// The one connection that writes, and those that read.
pub(crate) async fn open_pools(folder: &Folder) -> Result<(SqlitePool, SqlitePool)> {
    let path = folder.database();
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(30))
        .connect_with(options(&path))
        .await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(3)
        .acquire_timeout(Duration::from_secs(30))
        .connect_lazy_with(options(&path).pragma("query_only", "ON").pragma("cache_size", "-16000"));
    // Not in the pool's connect hook: a refusal there is retried until the time-out.
    assert_settings(&mut *writer.acquire().await?, "0").await?;
    assert_settings(&mut *readers.acquire().await?, "1").await?;
    Ok((writer, readers))
}

/// Reads back what was asked for: a setting that silently did not take would cost signatures.
async fn assert_settings(connection: &mut SqliteConnection, query_only: &'static str) -> Result<()> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut *connection).await?;
    let numbers: Vec<u32> = version.split('.').filter_map(|n| u32::from_str(n).ok()).collect();
    if numbers.as_slice() < OLDEST_SQLITE.as_slice() {
        return Err(StoreError::Setting { name: "version", wanted: "3.51.3 or newer", found: version });
    }
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await?;
    if journal != "wal" {
        return Err(StoreError::Setting { name: "journal_mode", wanted: "wal", found: journal });
    }
    for (name, question, wanted) in [
        ("synchronous", "PRAGMA synchronous", if matches!(synchronous(), SqliteSynchronous::Full) { "2" } else { "1" }),
        ("foreign_keys", "PRAGMA foreign_keys", "1"),
        ("trusted_schema", "PRAGMA trusted_schema", "0"),
        ("cell_size_check", "PRAGMA cell_size_check", "1"),
        ("recursive_triggers", "PRAGMA recursive_triggers", "1"),
        ("busy_timeout", "PRAGMA busy_timeout", "5000"),
        ("mmap_size", "PRAGMA mmap_size", "0"),
        ("query_only", "PRAGMA query_only", query_only),
    ] {
        let found: i64 = sqlx::query_scalar(question).fetch_one(&mut *connection).await?;
        if found.to_string() != wanted {
            return Err(StoreError::Setting { name, wanted, found: found.to_string() });
        }
    }
    Ok(())
}

pub(crate) async fn version_of(connection: &mut SqliteConnection) -> Result<u32> {
    let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(connection).await?;
    crate::value::small("data version", version)
}

/// A cheap look at every page's structure; the record's own chain is checked by the caller.
pub(crate) async fn quick_check(connection: &mut SqliteConnection) -> Result<()> {
    let answer: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(5)").fetch_all(connection).await?;
    if answer.len() == 1 && answer[0] == "ok" { Ok(()) } else { Err(StoreError::found(&answer)) }
}

/// Brings the tables to [`data_version`]: refuses a newer folder, copies an older one aside first.
/// All steps in one transaction, so that a power cut leaves the old version or the new one.
pub(crate) async fn upgrade(folder: &Folder, writer: &SqlitePool, now: DateTime<Utc>) -> Result<()> {
    let mut connection = writer.acquire().await?;
    let found = version_of(&mut connection).await?;
    refuse_newer(folder.path(), found)?;
    if found == data_version() {
        return Ok(());
    }
    if found > 0 {
        back_up_before_upgrade(folder, &mut connection, found, now).await?;
    }
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    // Another program may have upgraded while we waited.
    let found = version_of(&mut transaction).await?;
    refuse_newer(folder.path(), found)?;
    if found < data_version() {
        let before = record_digest(&mut transaction, found).await?;
        MIGRATIONS.run_direct(None, &mut *transaction, false).await?;
        if found > 0 && record_digest(&mut transaction, found).await? != before {
            return Err(StoreError::Corrupt { what: "the upgrade would have altered the record".to_owned() });
        }
        sqlx::query(AssertSqlSafe(format!("PRAGMA user_version = {}", data_version())))
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}

fn refuse_newer(path: &Path, found: u32) -> Result<()> {
    let program = data_version();
    if found > program {
        return Err(StoreError::NewerFolder { path: path.to_owned(), folder: found, program });
    }
    Ok(())
}

/// Ids of all entries in order; `None` before there was a record.
async fn record_digest(connection: &mut SqliteConnection, version: u32) -> Result<Option<[u8; 32]>> {
    use sha2::Digest as _;
    if version == 0 {
        return Ok(None);
    }
    let ids: Vec<(String, Vec<u8>)> =
        sqlx::query_as("SELECT id, envelope FROM entry ORDER BY position").fetch_all(connection).await?;
    let mut hash = sha2::Sha256::new();
    for (id, envelope) in ids {
        hash.update(id);
        hash.update(sha2::Sha256::digest(envelope));
    }
    Ok(Some(hash.finalize().into()))
}

async fn back_up_before_upgrade(
    folder: &Folder,
    connection: &mut SqliteConnection,
    found: u32,
    now: DateTime<Utc>,
) -> Result<()> {
    let dir = folder.backups();
    crate::folder::make_dir(&dir)?;
    let name = format!("before-v{}-from-v{found}-{}.db", data_version(), now.format("%Y%m%dT%H%M%S%.6fZ"));
    let path = dir.join(name);
    vacuum_into(connection, &path).await?;
    sync_dir(&dir)?;
    let mut kept: Vec<_> = std::fs::read_dir(&dir)
        .map_err(StoreError::io(&dir))?
        .filter_map(|e| e.ok().map(|e| e.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "db"))
        .filter_map(|p| Some((p.metadata().ok()?.modified().ok()?, p)))
        .collect();
    kept.sort();
    let surplus = kept.len().saturating_sub(BACKUPS_KEPT);
    for (_, old) in kept.into_iter().take(surplus) {
        std::fs::remove_file(&old).map_err(StoreError::io(&old))?;
    }
    Ok(())
}

/// A whole, compact and durable copy of the database, while others may read and write.
pub(crate) async fn vacuum_into(connection: &mut SqliteConnection, to: &Path) -> Result<()> {
    let text = to.to_str().ok_or_else(|| StoreError::unstorable("backup", format!("{} is not UTF-8", to.display())))?;
    sqlx::query("VACUUM INTO ?").bind(text).execute(connection).await?;
    std::fs::File::options().write(true).open(to).and_then(|f| f.sync_all()).map_err(StoreError::io(to))
}
