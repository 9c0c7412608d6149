//! A real board in a real folder, damaged in every way a disk or a hand can damage it.
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::*;
use crate::boards::{ACCEPTANCE, CreateBoard, Keyholder, NewMember};
use crate::cabinet::{Cabinet, Options};
use crate::doctor::{Health, examine};
use crate::events::Silent;
use domain::policy::Strength;
use domain::roster::Role;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a date")
}

/// A folder with a board of two, its keys in memory.
struct Kept {
    dir: tempfile::TempDir,
    vault: VaultChoice,
}

impl Kept {
    async fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let vault = VaultChoice::Memory(Arc::new(vault::MemoryVault::default()));
        let options = Options {
            network: crate::cabinet::Network::default(),
            data_dir: dir.path().join("board"),
            evidence_folder: None,
            calendar_file: None,
            vault: vault.clone(),
            clock: Arc::new(now),
            events: Arc::new(Silent),
        };
        let cabinet = Cabinet::open(options).await.expect("an empty folder is fine");
        let member = |name: &str, role, key| NewMember {
            name: name.to_owned(),
            roles: vec![role],
            voting: true,
            mandatory: false,
            accounts: BTreeMap::new(),
            key,
        };
        let key = Keyholder { pin: "chair-pin-1".into(), accepted: ACCEPTANCE.to_owned() };
        let members = vec![member("Ines Duarte", Role::Chair, Some(key)), member("Guest", Role::BoardMember, None)];
        cabinet
            .create_board_with(CreateBoard {
                name: "Test".to_owned(),
                members,
                strength: Strength::Starter,
                part_11: false,
                sealed_relays: false,
            })
            .await
            .expect("made");
        Self { dir, vault }
    }

    fn board(&self) -> PathBuf {
        self.dir.path().join("board")
    }

    /// The plain copy of an entry, by its position in the only log.
    fn copy(&self, seq: u32) -> PathBuf {
        let log = std::fs::read_dir(self.board().join("entries")).expect("entries").next().expect("a log");
        log.expect("a log").path().join(format!("{seq}.dsse"))
    }

    async fn verify(&self) -> RecordReport {
        verify_folder(&self.board(), Some(&self.vault), now()).await.expect("looked over")
    }
}

fn codes(report: &RecordReport) -> Vec<&str> {
    report.findings.iter().map(|f| f.code.as_str()).collect()
}

#[tokio::test]
async fn a_sound_folder_holds_with_and_without_its_keys() {
    let kept = Kept::new().await;
    let report = kept.verify().await;
    assert_eq!((report.findings.as_slice(), report.entries, report.logs), (&[][..], 2, 1));
    assert!(report.heads.starts_with("compared"), "{}", report.heads);
    let without = verify_folder(&kept.board(), None, now()).await.expect("no key is needed");
    assert!(without.findings.is_empty() && without.heads.starts_with("not compared"), "and says what it cannot tell");
}

#[tokio::test]
async fn an_altered_or_added_copy_is_named_by_its_file() {
    let kept = Kept::new().await;
    let mut bytes = std::fs::read(kept.copy(1)).expect("a copy");
    bytes.push(b' ');
    std::fs::write(kept.copy(1), &bytes).expect("written");
    std::fs::write(kept.copy(9), &bytes).expect("written");
    let report = kept.verify().await;
    assert_eq!(codes(&report), ["copy-differs", "copy-stray"]);
    assert!(report.findings[0].place.ends_with("1.dsse") && report.findings[1].place.ends_with("9.dsse"));
}

#[tokio::test]
async fn a_missing_copy_is_written_again_since_the_store_has_the_entry() {
    let kept = Kept::new().await;
    std::fs::remove_file(kept.copy(2)).expect("removed");
    assert!(kept.verify().await.findings.is_empty());
    assert!(kept.copy(2).is_file());
}

#[tokio::test]
async fn a_folder_that_lost_its_newest_entry_is_told_apart_by_the_head_beside_the_key() {
    let kept = Kept::new().await;
    // Another board with the same keys cannot be had; a head that is ahead of the store is what is left of one.
    let store = Store::open(&Folder::new(kept.board()), now()).await.expect("open");
    let roster = newest_roster(&store).await.expect("a roster");
    let chair = &roster.members[0];
    let key = chair.signature_key().expect("the chair's").id;
    let VaultChoice::Memory(memory) = &kept.vault else { panic!("in memory") };
    let keys = vault::MemberKeys::new(memory.clone(), roster.board, chair.id);
    let log = LogId { key, epoch: 1 };
    let ahead = Head { seq: 3, id: domain::ids::EntryId([7; 32]) };
    keys.keep_head(log, ahead, &vault::Patience::default()).expect("kept");
    store.close().await;
    let report = kept.verify().await;
    assert!(!report.findings.is_empty(), "the key was used for an entry that this folder does not have");
    let without = verify_folder(&kept.board(), None, now()).await.expect("looked over");
    assert!(without.findings.is_empty(), "without the key nobody can know");
}

#[tokio::test]
async fn a_backup_is_restored_whole_and_a_damaged_one_not_at_all() {
    let kept = Kept::new().await;
    let (to, back) = (kept.dir.path().join("copy"), kept.dir.path().join("back"));
    let made = crate::backup::backup(&kept.board(), &to, false, now()).await.expect("copied");
    assert!(!made.vault && made.files > 0);
    assert!(crate::backup::backup(&kept.board(), &to, false, now()).await.is_err(), "never over another");
    crate::backup::restore(&to, &back).await.expect("restored");
    let report = verify_folder(&back, Some(&kept.vault), now()).await.expect("looked over");
    assert!(report.findings.is_empty() && report.entries == 2);
    let file = to.join("cabinet.db");
    let mut bytes = std::fs::read(&file).expect("there");
    bytes[100] ^= 1;
    std::fs::write(&file, bytes).expect("written");
    let refused = crate::backup::restore(&to, &kept.dir.path().join("no")).await.expect_err("damaged");
    assert!(matches!(refused, BoardError::Verification { .. }), "{refused}");
    assert!(!kept.dir.path().join("no").exists(), "no half board is left");
}

#[tokio::test]
async fn everything_is_exported_with_a_page_that_says_what_is_what() {
    let kept = Kept::new().await;
    let to = kept.dir.path().join("out");
    let done = crate::export::export_all(&kept.board(), &to, now()).await.expect("exported");
    assert_eq!((done.entries, done.blobs_lost), (2, 0));
    let format = std::fs::read_to_string(to.join("FORMAT.md")).expect("FORMAT.md");
    for item in std::fs::read_dir(&to).expect("the folder") {
        let name = item.expect("an item").file_name().to_string_lossy().into_owned();
        assert!(name == "FORMAT.md" || format.contains(&format!("`{name}")), "FORMAT.md does not tell of {name}");
    }
    let pem = std::fs::read_to_string(to.join("root.pem")).expect("root.pem");
    assert!(minutes::TrustAnchor::parse(&pem).is_ok(), "a certificate other tools can read");
}

#[tokio::test]
async fn the_examination_tells_each_line_even_where_another_is_broken() {
    let kept = Kept::new().await;
    let seen = examine(&kept.board(), Some(&kept.vault), now()).await;
    assert!(seen.lines.iter().all(|l| l.health != Health::Broken), "{:?}", seen.lines);
    assert_eq!((seen.keystore.as_deref(), seen.keys.len()), (Some("memory"), 1));
    assert!(seen.sqlite.is_some() && seen.free_bytes.is_some());
    let empty = VaultChoice::Memory(Arc::new(vault::MemoryVault::default()));
    let lost = examine(&kept.board(), Some(&empty), now()).await;
    let broken: Vec<&str> = lost.lines.iter().filter(|l| l.health == Health::Broken).map(|l| l.what.as_str()).collect();
    assert_eq!(broken, ["recording key", "signature keys"], "the keys are gone, the store is well");
    assert_eq!(lost.board.as_deref(), Some("Test"));
    let nothing = examine(Path::new("/nowhere/at/all"), None, now()).await;
    assert_eq!(nothing.board, None, "and a folder without a board is no fault");
}

#[test]
fn a_strength_is_named_by_its_word() {
    for word in ["observe", "starter", "full"] {
        assert_eq!(strength(word).expect("built in").word(), word);
    }
    assert!(strength("strict").is_err(), "a word we do not know is never guessed");
}
