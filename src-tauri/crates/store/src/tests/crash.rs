//! Programs that die, and programs beside each other: the real thing, by running this test binary again.
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::time::{Duration, Instant};

use super::support::*;
use crate::{Folder, NewOperation, Store};

const ROUNDS: u32 = 50;

/// Not a test by itself: the writer that other tests start and kill. Each acknowledged entry is told on
/// stdout only after its COMMIT; with it went a row of the outbox and a blob.
#[test]
#[ignore = "started by other tests in a process of its own"]
fn a_writer_without_end() {
    let folder = Folder::new(child_folder());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(&folder, at(0)).await.unwrap();
        let start = store.entry_count().await.unwrap();
        let mut out = std::io::stdout();
        for n in start.. {
            let mut append = store.begin_immediate().await.unwrap();
            let entry = append_to(&mut append, log(1), &format!("entry {n}")).await.unwrap();
            append.put_blob("agenda", &entry.envelope).await.unwrap();
            append.enqueue(&operation(entry.seq)).await.unwrap();
            append.commit().await.unwrap();
            writeln!(out, "ack {}", entry.seq).and_then(|()| out.flush()).unwrap();
        }
    });
}

fn operation(seq: u32) -> NewOperation {
    NewOperation {
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

fn ack(line: &str) -> Option<u32> {
    // The test harness writes its own words before the first one.
    line.rsplit_once("ack ").and_then(|(_, n)| n.trim().parse().ok())
}

#[tokio::test]
async fn fifty_killed_writers_lose_nothing_that_was_acknowledged() {
    let (_dir, store) = new_store().await;
    with_changes(&store, 1).await;
    store.close().await;
    let folder = store.folder().clone();
    let mut acknowledged = 0;
    for round in 0..ROUNDS {
        let mut child = child("tests::crash::a_writer_without_end", folder.path()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let patience = 1 + round % 7;
        let mut seen = 0;
        let mut line = String::new();
        while seen < patience && lines.read_line(&mut line).unwrap() > 0 {
            if let Some(seq) = ack(&line) {
                acknowledged = seq;
                seen += 1;
            }
            line.clear();
        }
        assert_eq!(seen, patience, "round {round}: the writer wrote");
        // Let it get somewhere into the next append: a busy wait, of a length that differs each round.
        let until = Instant::now() + Duration::from_micros(u64::from(round * 137 % 5000));
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let mut rest = String::new();
        lines.read_to_string(&mut rest).unwrap();
        // The last line may be cut by the kill: only whole lines were acknowledged.
        let whole = rest.rfind('\n').map_or("", |end| &rest[..=end]);
        acknowledged = whole.lines().filter_map(ack).next_back().unwrap_or(acknowledged);

        let store = Store::open(&folder, at(round)).await.unwrap();
        let entries = store.all_entries().await.unwrap();
        let kept = assert_chain(&entries);
        assert!(kept >= acknowledged, "round {round}: {acknowledged} acknowledged, {kept} kept");
        assert!(kept <= acknowledged + 1, "round {round}: {acknowledged} acknowledged, {kept} kept");
        let operations = store.operations().await.unwrap();
        assert_eq!(operations.len(), entries.len(), "round {round}: entry and outbox row stand or fall together");
        for entry in entries.iter().rev().take(10) {
            assert_eq!(store.blob(domain::ids::Digest::of(&entry.envelope)).await.unwrap(), entry.envelope);
            assert_eq!(std::fs::read(folder.entry(entry.log, entry.seq)).unwrap(), entry.envelope, "copies healed");
        }
        store.integrity_check().await.unwrap();
        store.close().await;
    }
    assert!(acknowledged >= ROUNDS, "{acknowledged} acknowledged over {ROUNDS} rounds");
}

/// Not a test by itself: appends forty entries to the log every such process shares.
#[test]
#[ignore = "started by other tests in a process of its own"]
fn a_writer_of_forty() {
    let folder = Folder::new(child_folder());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(&folder, at(0)).await.unwrap();
        for n in 0..40 {
            append_one(&store, log(1), &format!("{} {n}", std::process::id())).await.unwrap();
        }
    });
}

#[tokio::test]
async fn two_programs_appending_to_one_log_keep_one_chain() {
    let (_dir, store) = new_store().await;
    let start = || child("tests::crash::a_writer_of_forty", store.folder().path()).spawn().unwrap();
    let (first, second) = (start(), start());
    for child in [first, second] {
        let done = child.wait_with_output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    }
    let entries = store.all_entries().await.unwrap();
    assert_eq!(assert_chain(&entries), 80);
    let writers: std::collections::BTreeSet<_> = entries
        .iter()
        .map(|e| {
            String::from_utf8_lossy(&e.envelope).lines().nth(3).and_then(|l| l.split(' ').next().map(str::to_owned))
        })
        .collect();
    assert_eq!(writers.len(), 2, "both wrote");
}

/// Not a test by itself: creates the board it is given, beside others that do the same.
#[test]
#[ignore = "started by other tests in a process of its own"]
fn a_creator() {
    let folder = Folder::new(child_folder());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::create(&folder, at(0)).await.unwrap();
        append_one(&store, log(1), &std::process::id().to_string()).await.unwrap();
    });
}

#[tokio::test]
async fn programs_that_open_a_new_folder_at_the_same_time_share_one_board() {
    let dir = tempfile::TempDir::new().unwrap();
    let folder = Folder::new(dir.path().join("board"));
    let children: Vec<_> = (0..4).map(|_| child("tests::crash::a_creator", folder.path()).spawn().unwrap()).collect();
    for child in children {
        let done = child.wait_with_output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    }
    let store = Store::open(&folder, at(1)).await.unwrap();
    assert_eq!(assert_chain(&store.all_entries().await.unwrap()), 4);
}
