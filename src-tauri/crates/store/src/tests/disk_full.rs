//! A disk that fills up: a small tmpfs where we may mount one, else a limit on the size of files.
use std::process::Command;

use super::support::*;
use crate::{Folder, Store, StoreError};

/// Not a test by itself: appends until the disk refuses, then says how the store put it, and how many were
/// acknowledged before. After the refusal it tries once more, and reads.
#[test]
#[ignore = "started by other tests in a process of its own"]
fn a_writer_until_the_disk_is_full() {
    let folder = Folder::new(child_folder());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::create(&folder, at(0)).await.unwrap();
        let filler = "x".repeat(3000);
        let mut acknowledged = 0;
        let error = loop {
            match append_one(&store, log(1), &filler).await {
                Ok(entry) => acknowledged = entry.seq,
                Err(error) => break error,
            }
            assert!(acknowledged < 5000, "the disk was to fill up");
        };
        let again = append_one(&store, log(1), &filler).await;
        let clear = |error: &StoreError| matches!(error, StoreError::DiskFull | StoreError::DiskSilent { .. });
        assert!(again.as_ref().err().is_none_or(clear), "the next write is told as unclearly as {:?}", again.err());
        let again = again.is_err();
        let kept = assert_chain(&store.all_entries().await.unwrap());
        let kind = if matches!(error, StoreError::DiskFull) { "full" } else { "refused" };
        assert!(matches!(error, StoreError::DiskFull | StoreError::DiskSilent { .. }), "an unclear error: {error}");
        println!("outcome {kind} {acknowledged} {kept} {again}");
    });
}

struct Outcome {
    kind: String,
    acknowledged: u32,
    kept: u32,
    failed_again: bool,
}

fn outcome(command: &mut Command) -> Option<Outcome> {
    let done = command.output().unwrap();
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    let line = text.lines().find_map(|l| l.rsplit_once("outcome ").map(|(_, o)| o.to_owned()))?;
    let mut words = line.split(' ');
    Some(Outcome {
        kind: words.next()?.to_owned(),
        acknowledged: words.next()?.parse().ok()?,
        kept: words.next()?.parse().ok()?,
        failed_again: words.next()? == "true",
    })
}

/// The child under `sh -c`, after `before`.
fn under(before: &str, wrapper: Option<&str>, folder: &std::path::Path) -> Command {
    let inner = child("tests::disk_full::a_writer_until_the_disk_is_full", folder);
    let program = inner.get_program().to_owned();
    let args: Vec<_> = inner.get_args().map(ToOwned::to_owned).collect();
    let mut command = Command::new(wrapper.unwrap_or("sh"));
    if wrapper.is_some() {
        command.args(["--mount", "--propagation", "private", "sh"]);
    }
    command.arg("-c").arg(format!("{before} && exec \"$@\"")).arg("sh").arg(program).args(args);
    command.env(CHILD_FOLDER, folder);
    command
}

fn may_mount(dir: &std::path::Path) -> bool {
    let mount = format!("mount -t tmpfs -o size=64k tmpfs '{}'", dir.display());
    Command::new("unshare")
        .args(["--mount", "--propagation", "private", "sh", "-c", &mount])
        .output()
        .is_ok_and(|done| done.status.success())
}

#[tokio::test]
async fn a_full_disk_is_said_clearly_and_loses_nothing() {
    let dir = tempfile::TempDir::new().unwrap();
    let folder = dir.path().join("small");
    std::fs::create_dir(&folder).unwrap();
    let outcome = if may_mount(&folder) {
        // In a mount namespace of its own: the mount goes with the process.
        let mount = format!("mount -t tmpfs -o size=1500k tmpfs '{}'", folder.display());
        let outcome = outcome(&mut under(&mount, Some("unshare"), &folder.join("board"))).expect("an outcome");
        assert_eq!(outcome.kind, "full");
        outcome
    } else {
        limited_files(&folder)
    };
    assert!(outcome.acknowledged > 5, "{} before the disk was full", outcome.acknowledged);
    assert_eq!(outcome.kept, outcome.acknowledged, "all that was acknowledged, and not the one that failed");
    assert!(outcome.failed_again, "the disk is still full");
}

/// No file may grow beyond 1600 blocks (of 512 or 1024 bytes); with the signal ignored, writing fails instead.
fn limited_files(folder: &std::path::Path) -> Outcome {
    outcome(&mut under("trap '' XFSZ && ulimit -f 1600", None, &folder.join("board"))).expect("an outcome")
}

#[tokio::test]
async fn a_disk_that_refuses_to_write_is_said_clearly_and_the_board_opens_afterwards() {
    let dir = tempfile::TempDir::new().unwrap();
    let outcome = limited_files(dir.path());
    assert!(outcome.acknowledged > 5 && outcome.kept == outcome.acknowledged);
    // With the limit gone everything is there, and goes on.
    let store = Store::open(&Folder::new(dir.path().join("board")), at(1)).await.unwrap();
    assert_eq!(assert_chain(&store.all_entries().await.unwrap()), outcome.acknowledged);
    store.integrity_check().await.unwrap();
    assert_eq!(append_one(&store, log(1), "on").await.unwrap().seq, outcome.acknowledged + 1);
}
