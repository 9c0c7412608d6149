//! Opening: settings, versions, damage, the lock.
use std::io::{Seek as _, SeekFrom, Write as _};

use sqlx::AssertSqlSafe;
use sqlx::Connection as _;

use super::support::*;
use crate::{Folder, Store, StoreError, data_version};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// A board as an older program left it: the tables of `version`, one entry.
async fn older_board(folder: &Folder, version: u32) {
    folder.create().unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(folder.database())
        .create_if_missing(true)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    MIGRATIONS.run_direct(Some(i64::from(version)), &mut connection, false).await.unwrap();
    sqlx::query(AssertSqlSafe(format!("PRAGMA user_version = {version}"))).execute(&mut connection).await.unwrap();
    sqlx::query("INSERT INTO entry (log, seq, id, kind, subject, claimed, envelope) VALUES (?, 1, ?, 'running', ?, '2026-11-21T00:00:00.000000Z', x'01')")
        .bind(log(1).to_string())
        .bind("a".repeat(64))
        .bind("b".repeat(64))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

fn backups(folder: &Folder) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder.backups()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_new_board_opens_again_with_what_was_in_it() {
    let (_dir, store) = new_store().await;
    append_one(&store, log(1), "one").await.unwrap();
    store.close().await;
    let store = Store::open(store.folder(), at(1)).await.unwrap();
    assert_eq!(store.entry_count().await.unwrap(), 1);
    store.integrity_check().await.unwrap();
    assert!(backups(store.folder()).is_empty(), "nothing to upgrade, nothing to copy");
}

#[tokio::test]
async fn a_folder_without_a_board_is_named_and_left_alone() {
    let dir = tempfile::TempDir::new().unwrap();
    let folder = Folder::new(dir.path().join("nothing"));
    let error = Store::open(&folder, at(0)).await.unwrap_err();
    assert!(matches!(&error, StoreError::NoBoard { path } if path.ends_with("nothing")), "{error}");
    assert!(!folder.path().exists());
}

#[tokio::test]
async fn an_older_folder_is_copied_aside_and_upgraded_with_its_record_unchanged() {
    for version in 1..data_version() {
        let dir = tempfile::TempDir::new().unwrap();
        let folder = Folder::new(dir.path().join("board"));
        older_board(&folder, version).await;
        let store = Store::open(&folder, at(5)).await.unwrap();
        assert_eq!(store.all_entries().await.unwrap()[0].envelope, [1]);
        with_changes(&store, 1).await;
        let names = backups(&folder);
        assert_eq!(names.len(), 1);
        assert!(names[0].starts_with(&format!("before-v{}-from-v{version}-", data_version())), "{names:?}");
        let copy = crate::database::connect_alone(&folder.backups().join(&names[0])).await;
        assert_eq!(crate::database::version_of(&mut copy.unwrap()).await.unwrap(), version);
    }
}

#[tokio::test]
async fn a_copy_from_before_an_upgrade_restores_with_what_was_signed_since_beside_it() {
    let dir = tempfile::TempDir::new().unwrap();
    let folder = Folder::new(dir.path().join("board"));
    older_board(&folder, 1).await;
    let store = Store::open(&folder, at(5)).await.unwrap();
    let mut append = store.begin_immediate().await.unwrap();
    let head = append.head(log(1)).await.unwrap().unwrap();
    assert_eq!(head.seq, 1);
    let since = append_to(&mut append, log(1), "since the upgrade").await.unwrap();
    append.put_blob("agenda", b"agenda").await.unwrap();
    append.commit().await.unwrap();
    store.close().await;

    let copy = folder.backups().join(&backups(&folder)[0]);
    let to = dir.path().join("restored");
    let report = crate::restore(&copy, &to).await.unwrap();
    assert!(report.blobs_lost.is_empty());
    let restored = Store::open(&Folder::new(&to), at(6)).await.unwrap();
    assert_eq!(restored.entry_count().await.unwrap(), 1, "as it was before the upgrade");
    let strays = restored.stray_copies().await.unwrap();
    assert_eq!((strays.len(), strays[0].seq, &strays[0].envelope), (1, 2, &since.envelope));

    let lonely = dir.path().join("lonely.db");
    std::fs::copy(&copy, &lonely).unwrap();
    let error = crate::restore(&lonely, &dir.path().join("nowhere")).await.unwrap_err();
    assert!(matches!(error, StoreError::BackupDamaged { .. }), "{error}");
    assert!(!dir.path().join("nowhere").exists());
}

#[tokio::test]
async fn five_copies_from_before_upgrades_are_kept() {
    let dir = tempfile::TempDir::new().unwrap();
    let folder = Folder::new(dir.path().join("board"));
    older_board(&folder, 1).await;
    for n in 0..7 {
        std::fs::write(folder.backups().join(format!("before-v1-from-v0-{n}.db")), b"old").unwrap();
    }
    Store::open(&folder, at(5)).await.unwrap();
    let names = backups(&folder);
    assert_eq!(names.len(), 5);
    assert!(names.iter().any(|n| n.starts_with(&format!("before-v{}-from-v1", data_version()))), "the newest is there");
}

#[tokio::test]
async fn a_newer_folder_is_refused_with_both_versions_and_not_touched() {
    let (_dir, store) = new_store().await;
    append_one(&store, log(1), "one").await.unwrap();
    raw(&store, "PRAGMA user_version = 4711").await.unwrap();
    store.close().await;
    let before = std::fs::read(store.folder().database()).unwrap();
    let error = Store::open(store.folder(), at(1)).await.unwrap_err();
    assert!(matches!(error, StoreError::NewerFolder { folder: 4711, .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("4711") && text.contains(&data_version().to_string()), "{text}");
    assert_eq!(std::fs::read(store.folder().database()).unwrap(), before);
}

#[tokio::test]
async fn a_damaged_database_is_refused_with_what_to_do() {
    let (_dir, store) = new_store().await;
    for n in 0..60 {
        append_one(&store, log(1), &format!("{n} {}", "x".repeat(900))).await.unwrap();
    }
    store.close().await;
    let path = store.folder().database();
    let size = std::fs::metadata(&path).unwrap().len();
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    // Pages in the middle overwritten, the header left as it was.
    file.seek(SeekFrom::Start(size / 2)).unwrap();
    file.write_all(&vec![0x5a; usize::try_from(size / 4).unwrap()]).unwrap();
    drop(file);
    let error = Store::open(store.folder(), at(1)).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("cabinet.db") && text.contains("cab restore"), "{text}");
    assert!(path.exists(), "nothing is deleted");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let dir = tempfile::TempDir::new().unwrap();
    let folder = Folder::new(dir.path());
    std::fs::write(folder.database(), "a letter to the editor ".repeat(100)).unwrap();
    let error = Store::open(&folder, at(0)).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    assert!(error.to_string().contains("not a database"), "{error}");
}

#[tokio::test]
async fn the_folder_is_held_by_one_at_a_time() {
    let dir = tempfile::TempDir::new().unwrap();
    let folder = Folder::new(dir.path().join("board"));
    let held = folder.lock_exclusive().unwrap();
    let error = folder.lock_exclusive().unwrap_err();
    assert!(matches!(&error, StoreError::Locked { path } if path.ends_with("board")), "{error}");
    drop(held);
    folder.lock_exclusive().unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn the_folder_is_for_this_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_dir, store) = new_store().await;
    let mode = std::fs::metadata(store.folder().path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

#[tokio::test]
async fn readers_cannot_write() {
    let (_dir, store) = new_store().await;
    let mut reader = store.reader().await.unwrap();
    let refused = sqlx::query("INSERT INTO setting (key, json) VALUES ('a', '1')").execute(&mut *reader).await;
    assert!(refused.unwrap_err().to_string().contains("readonly"));
}

#[tokio::test]
async fn free_space_is_told() {
    let (_dir, store) = new_store().await;
    assert!(store.folder().free_space().unwrap() > 0);
}
