//! Processes killed at random moments, while they import and while they upgrade. (`crash.rs` and the journeys kill those
//! that sign.)
use std::io::{BufRead as _, BufReader, Read as _};
use std::time::{Duration, Instant};

use powercut::{Dice, acknowledged, full_counts, seed};

use super::scene::Scene;
use crate::Folder;
use crate::tests::support::*;

/// Starts the child, waits until it is ready, lets it run for `moment`, kills it; answers what it acknowledged.
fn kill_after(scene: Scene, board: &Folder, moment: Duration) -> (u32, bool) {
    let mut child = child(scene.child(), board.path()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("ready") {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0, "{scene:?}: it did not begin");
    }
    // A busy wait: the moments lie closer together than a sleeping thread wakes.
    let until = Instant::now() + moment;
    while Instant::now() < until {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    let ended = child.wait().unwrap();
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    let whole = rest.rfind('\n').map_or("", |end| &rest[..=end]);
    (whole.lines().filter_map(acknowledged).next_back().unwrap_or(0), ended.success())
}

#[tokio::test]
async fn kill_9_while_entries_are_taken_in_loses_nothing_acknowledged() {
    let (kills, mut dice) = (if full_counts() { 200 } else { 20 }, Dice::new(seed()));
    let (mut dir, mut total, mut before) = (powercut::folder().unwrap(), 0, 0);
    for kill in 0..kills {
        if kill % 20 == 0 {
            dir = powercut::folder().unwrap();
            before = 0;
            Scene::Importing.prepare(&Folder::new(dir.path().join("board"))).await;
        }
        let board = Folder::new(dir.path().join("board"));
        let (told, _) = kill_after(Scene::Importing, &board, Duration::from_micros(dice.roll(60_000)));
        let last = told.max(before);
        let held = Scene::Importing.check(&board, last).await;
        assert_eq!(held, Ok(()), "seed {}, kill {kill}", seed());
        total += last - before;
        // The check takes one batch more.
        let store = crate::Store::open(&board, at(9)).await.unwrap();
        before = super::scene::taken(&store).await.unwrap();
        store.close().await;
    }
    assert!(total > 0, "a run in which nothing was acknowledged shows nothing");
    println!("kill -9 while importing: {kills} kills, {total} batches acknowledged, 0 lost (seed {})", seed());
}

#[tokio::test]
async fn kill_9_during_an_upgrade_leaves_the_old_version_or_the_new_one() {
    let (kills, mut dice) = (if full_counts() { 200 } else { 20 }, Dice::new(seed()));
    let dir = powercut::folder().unwrap();
    let base = Folder::new(dir.path().join("base"));
    Scene::Upgrading.prepare(&base).await;
    // How long it takes when nobody kills it: the moments are spread over that.
    let board = Folder::new(dir.path().join("board"));
    powercut::copy_folder(base.path(), board.path()).unwrap();
    let began = Instant::now();
    let done = child(Scene::Upgrading.child(), board.path()).output().unwrap();
    assert!(done.status.success());
    let whole = u64::try_from(began.elapsed().as_micros()).unwrap();
    let (mut midway, mut told) = (0, 0);
    for kill in 0..kills {
        std::fs::remove_dir_all(board.path()).unwrap();
        powercut::copy_folder(base.path(), board.path()).unwrap();
        let moment = Duration::from_micros(dice.roll(whole));
        let (last, ended) = kill_after(Scene::Upgrading, &board, moment);
        midway += u32::from(last == 0);
        told += u32::from(last > 0 && !ended);
        let held = Scene::Upgrading.check(&board, last).await;
        assert_eq!(held, Ok(()), "seed {}, kill {kill} after {moment:?}", seed());
    }
    assert!(midway > 0, "no kill came before the upgrade was told");
    println!(
        "kill -9 while upgrading: {kills} kills, {midway} before the upgrade was told, {told} after, 0 lost (seed {})",
        seed()
    );
}
