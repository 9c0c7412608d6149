//! Not tests by themselves: what other tests start in a process of its own, and end. Each number is told on stdout
//! only after what it counts is committed.
use std::io::Write as _;

use super::scene::{batches, take, taken, write_one};
use crate::tests::support::*;
use crate::{Folder, Store};

/// How often it shall do it; without end where this is not set.
pub(super) const ROUNDS: &str = "CABINET_STORE_TEST_ROUNDS";

/// Set for a writer that acknowledges before COMMIT, which ours never do: a control of the simulated power cuts.
pub(super) const HASTY: &str = "CABINET_STORE_TEST_HASTY";

fn rounds() -> u32 {
    std::env::var(ROUNDS).ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000)
}

fn tell(words: std::fmt::Arguments<'_>) {
    let mut out = std::io::stdout();
    out.write_all(format!("{words}\n").as_bytes()).and_then(|()| out.flush()).unwrap();
}

fn run(work: impl Future<Output = ()>) {
    tokio::runtime::Runtime::new().unwrap().block_on(work);
}

async fn open() -> Store {
    Store::open(&Folder::new(child_folder()), at(1)).await.unwrap()
}

#[test]
#[ignore = "started by other tests in a process of its own"]
fn a_writer() {
    run(async {
        let store = open().await;
        tell(format_args!("ready"));
        let hasty = std::env::var_os(HASTY).is_some();
        let too_early = |seq: u32| {
            if hasty {
                tell(format_args!("ack {seq}"));
            }
        };
        for _ in 0..rounds() {
            let seq = write_one(&store, too_early).await.unwrap();
            tell(format_args!("ack {seq}"));
        }
        store.close().await;
    });
}

#[test]
#[ignore = "started by other tests in a process of its own"]
fn an_importer() {
    run(async {
        let store = open().await;
        tell(format_args!("ready"));
        let done = taken(&store).await.unwrap();
        let all = batches(done + rounds().min(400));
        for (n, batch) in (0..).zip(&all).skip(done as usize) {
            take(&store, n, batch).await.unwrap();
            tell(format_args!("ack {}", n + 1));
        }
        store.close().await;
    });
}

#[test]
#[ignore = "started by other tests in a process of its own"]
fn an_upgrader() {
    run(async {
        tell(format_args!("ready"));
        let store = open().await;
        tell(format_args!("ack {}", store.entry_count().await.unwrap()));
        for _ in 0..rounds().min(3) {
            let entry = append_one(&store, log(1), "since the upgrade").await.unwrap();
            tell(format_args!("ack {}", entry.seq));
        }
        store.close().await;
    });
}
