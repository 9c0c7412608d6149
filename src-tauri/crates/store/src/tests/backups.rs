//! Backup and restore.
use std::fs;
use std::io::BufRead as _;
use std::path::Path;
use std::time::{Duration, Instant};

use super::support::*;
use crate::{Folder, Store, StoreError, restore, verify_backup};

async fn a_board_with_everything() -> (tempfile::TempDir, Store) {
    let (dir, store) = new_store().await;
    with_changes(&store, 3).await;
    for n in 0..5 {
        append_one(&store, log(1), &format!("entry {n}")).await.unwrap();
    }
    let mut append = store.begin_immediate().await.unwrap();
    append.put_blob("agenda", b"the agenda").await.unwrap();
    append.put_blob("manifest", b"the manifest").await.unwrap();
    append.commit().await.unwrap();
    fs::write(store.folder().minutes().join("2026-11-21.pdf"), b"%PDF-1.7").unwrap();
    fs::write(store.folder().vault().join("key.age"), b"age-encryption.org").unwrap();
    fs::write(store.folder().config(), b"zone = \"Europe/Berlin\"\n").unwrap();
    (dir, store)
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_backup_restores_to_the_same_board() {
    let (dir, store) = a_board_with_everything().await;
    let (to, again) = (dir.path().join("backup"), dir.path().join("restored"));
    let made = store.backup(&to, false, at(9)).await.unwrap();
    assert!(!made.vault && made.blobs_lost.is_empty());
    let manifest = verify_backup(&to).await.unwrap();
    assert_eq!(manifest.created, at(9));
    assert!(!manifest.files.keys().any(|n| n.starts_with("vault")), "no vault unless asked for");
    // The board goes on meanwhile.
    append_one(&store, log(1), "later").await.unwrap();

    let restored = restore(&to, &again).await.unwrap();
    assert_eq!(restored, made);
    let copy = Store::open(&Folder::new(&again), at(10)).await.unwrap();
    let entries = copy.all_entries().await.unwrap();
    assert_eq!(entries, store.all_entries().await.unwrap()[..5]);
    assert_eq!(copy.projection_digest().await.unwrap(), store.projection_digest().await.unwrap());
    for blob in store.blobs().await.unwrap() {
        assert_eq!(copy.blob(blob.digest).await.unwrap(), store.blob(blob.digest).await.unwrap());
    }
    assert_eq!(copy.change_keys().await.unwrap().len(), 3);
    assert_eq!(fs::read(copy.folder().minutes().join("2026-11-21.pdf")).unwrap(), b"%PDF-1.7");
    assert_eq!(fs::read(copy.folder().config()).unwrap(), b"zone = \"Europe/Berlin\"\n");
    assert_eq!(fs::read(copy.folder().entry(log(1), 5)).unwrap(), entries[4].envelope);
    assert!(copy.stray_copies().await.unwrap().is_empty());
    assert_eq!(append_one(&copy, log(1), "on").await.unwrap().seq, 6);
    assert_eq!(names(dir.path()), ["backup", "board", "restored"], "no partial folders stay");
}

#[tokio::test]
async fn the_vault_is_in_a_backup_only_when_asked_for() {
    let (dir, store) = a_board_with_everything().await;
    let to = dir.path().join("backup");
    assert!(store.backup(&to, true, at(9)).await.unwrap().vault);
    restore(&to, &dir.path().join("restored")).await.unwrap();
    assert_eq!(fs::read(dir.path().join("restored/vault/key.age")).unwrap(), b"age-encryption.org");
}

#[tokio::test]
async fn nothing_is_overwritten() {
    let (dir, store) = a_board_with_everything().await;
    let to = dir.path().join("backup");
    store.backup(&to, false, at(9)).await.unwrap();
    assert!(matches!(store.backup(&to, false, at(9)).await, Err(StoreError::NotEmpty { .. })));
    let board = store.folder().path().to_owned();
    let before = store.all_entries().await.unwrap();
    assert!(matches!(restore(&to, &board).await, Err(StoreError::NotEmpty { .. })));
    assert_eq!(store.all_entries().await.unwrap(), before);
    // An empty folder, made in a file dialogue, is no board.
    let empty = dir.path().join("empty");
    fs::create_dir(&empty).unwrap();
    restore(&to, &empty).await.unwrap();
}

/// Not a test by itself: restores the backup beside the folder it is given.
#[test]
#[ignore = "started by other tests in a process of its own"]
fn a_restorer() {
    let to = child_folder();
    println!("begin");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(restore(&to.with_file_name("backup"), &to)).unwrap();
}

#[tokio::test]
async fn a_restore_that_is_killed_leaves_no_half_board() {
    let (dir, store) = a_board_with_everything().await;
    let mut append = store.begin_immediate().await.unwrap();
    for n in 0..60u32 {
        append.put_blob("manifest", &n.to_be_bytes().repeat(500)).await.unwrap();
    }
    append.commit().await.unwrap();
    store.backup(&dir.path().join("backup"), false, at(9)).await.unwrap();
    let mut whole = 0;
    for round in 0..20u64 {
        let to = dir.path().join(format!("restored-{round}"));
        let mut child = child("tests::backups::a_restorer", &to).spawn().unwrap();
        let mut lines = std::io::BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("begin") && lines.read_line(&mut line).unwrap() > 0 {}
        // The last round is let finish; the others are killed ever later.
        let until = Instant::now() + Duration::from_millis(round * 6);
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        if round < 19 {
            child.kill().unwrap();
        }
        child.wait().unwrap();
        if to.exists() {
            whole += 1;
            let copy = Store::open(&Folder::new(&to), at(10)).await.unwrap();
            copy.integrity_check().await.unwrap();
            assert_eq!(assert_chain(&copy.all_entries().await.unwrap()), 5, "round {round}");
            for blob in copy.blobs().await.unwrap() {
                copy.blob(blob.digest).await.unwrap();
            }
            copy.close().await;
        }
    }
    assert!((1..20).contains(&whole), "{whole} of 20 came to the end: some were killed before, the last was not");
}

#[tokio::test]
async fn an_altered_incomplete_or_enriched_backup_is_refused_by_name_and_restores_nothing() {
    let (dir, store) = a_board_with_everything().await;
    let good = dir.path().join("good");
    store.backup(&good, false, at(9)).await.unwrap();
    let blob = store.blobs().await.unwrap()[0].digest.to_string();
    let blob = format!("blobs/{}/{blob}", &blob[..2]);
    type Spoil = Box<dyn Fn(&Path)>;
    let edit_manifest = |from: &'static str, to: &'static str| -> Spoil {
        Box::new(move |p| {
            let path = p.join("manifest.json");
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.contains(from));
            fs::write(&path, text.replacen(from, to, 1)).unwrap();
        })
    };
    let cases: Vec<(&str, &str, Spoil)> = vec![
        (
            "a flipped bit in the database",
            "cabinet.db",
            Box::new(|p| {
                let mut bytes = fs::read(p.join("cabinet.db")).unwrap();
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                fs::write(p.join("cabinet.db"), bytes).unwrap();
            }),
        ),
        (
            "a missing blob",
            &blob,
            Box::new({
                let blob = blob.clone();
                move |p| fs::remove_file(p.join(&blob)).unwrap()
            }),
        ),
        (
            "a longer blob",
            &blob,
            Box::new({
                let blob = blob.clone();
                move |p| fs::write(p.join(&blob), b"the agenda and more").unwrap()
            }),
        ),
        ("an added file", "minutes/extra.pdf", Box::new(|p| fs::write(p.join("minutes/extra.pdf"), b"%PDF").unwrap())),
        ("a way out", "../", edit_manifest("\"config.toml\"", "\"../config.toml\"")),
        ("another schema", "schema", edit_manifest("urn:x-cabinet:backup:1", "urn:x-cabinet:backup:9")),
        ("no manifest", "manifest.json", Box::new(|p| fs::remove_file(p.join("manifest.json")).unwrap())),
        (
            "a torn manifest",
            "manifest.json",
            Box::new(|p| {
                let path = p.join("manifest.json");
                let text = fs::read(&path).unwrap();
                fs::write(&path, &text[..text.len() / 2]).unwrap();
            }),
        ),
    ];
    for (what, named, spoil) in cases {
        let (bad, to) = (dir.path().join("bad"), dir.path().join("restored"));
        crate::backups::copy_tree(&good, &bad).unwrap();
        spoil(&bad);
        let error = restore(&bad, &to).await.unwrap_err();
        assert!(matches!(error, StoreError::BackupDamaged { .. }), "{what}: {error}");
        assert!(error.to_string().contains(named), "{what}: {error}");
        assert!(!to.exists(), "{what}");
        fs::remove_dir_all(&bad).unwrap();
    }
    assert_eq!(names(dir.path()), ["board", "good"], "no half board stays");
}

#[tokio::test]
async fn a_backup_of_a_newer_program_is_refused_with_both_versions() {
    let (dir, store) = a_board_with_everything().await;
    let to = dir.path().join("backup");
    store.backup(&to, false, at(9)).await.unwrap();
    let path = to.join("manifest.json");
    let text = fs::read_to_string(&path).unwrap();
    let version = format!("\"data_version\": {}", crate::data_version());
    assert!(text.contains(&version));
    fs::write(&path, text.replace(&version, "\"data_version\": 4711")).unwrap();
    let error = restore(&to, &dir.path().join("restored")).await.unwrap_err();
    assert!(matches!(error, StoreError::NewerFolder { folder: 4711, .. }), "{error}");
}

#[tokio::test]
async fn a_lost_blob_is_named_and_the_rest_is_backed_up() {
    let (dir, store) = a_board_with_everything().await;
    let blobs = store.blobs().await.unwrap();
    fs::write(store.folder().blob(blobs[0].digest), b"rotten").unwrap();
    fs::remove_file(store.folder().blob(blobs[1].digest)).unwrap();
    let to = dir.path().join("backup");
    let made = store.backup(&to, false, at(9)).await.unwrap();
    assert_eq!(made.blobs_lost, [blobs[0].digest, blobs[1].digest]);
    let restored = restore(&to, &dir.path().join("restored")).await.unwrap();
    assert_eq!(restored.blobs_lost, made.blobs_lost);
}
