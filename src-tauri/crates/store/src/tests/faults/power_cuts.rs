//! Power cuts: what a disk could hold at any moment opens again with everything that was acknowledged.
use std::process::Command;

use powercut::{Call, Cuts, Dice, Effect, Lies, Recorder, Trace, folder, full_counts, seed};
use tempfile::TempDir;

use super::children::{HASTY, ROUNDS};
use super::scene::Scene;
use crate::Folder;
use crate::tests::support::*;

/// What was done, and the folder in which it began.
struct Recorded {
    dir: TempDir,
    trace: Trace,
}

fn points(of_test: usize, of_gauntlet: usize) -> usize {
    if full_counts() { of_gauntlet } else { of_test }
}

/// `spoiled` names a variable that makes the child do worse than the product does.
async fn recorded(scene: Scene, rounds: u32, spoiled: Option<&str>) -> Recorded {
    let dir = folder().unwrap();
    let board = Folder::new(dir.path().join("board"));
    scene.prepare(&board).await;
    powercut::copy_folder(board.path(), &dir.path().join("base")).unwrap();
    record(scene, dir, &board, rounds, spoiled)
}

fn record(scene: Scene, dir: TempDir, board: &Folder, rounds: u32, spoiled: Option<&str>) -> Recorded {
    let out = dir.path().join("trace");
    let mut command: Command = child(scene.child(), board.path());
    command.env(ROUNDS, rounds.to_string());
    if let Some(spoiled) = spoiled {
        command.env(spoiled, "1");
    }
    Recorder::compile().unwrap().record_without_syncing(&mut command, board.path(), &out);
    let done = command.output().unwrap();
    assert!(done.status.success(), "{scene:?}: {}", String::from_utf8_lossy(&done.stdout));
    let trace = Trace::read(&out).unwrap();
    assert!(trace.acknowledged(trace.calls.len()) >= Some(rounds.min(3)), "{scene:?}: nothing was acknowledged");
    Recorded { dir, trace }
}

/// How many points held, and what did not hold elsewhere.
async fn cut(scene: Scene, recorded: &Recorded, lies: Lies, wanted: usize) -> (usize, Vec<String>) {
    let start = recorded.trace.after_line("ready");
    let base = recorded.dir.path().join("base");
    let (mut held, mut lost) = (0, Vec::new());
    for cut in Cuts::of(&recorded.trace, &base, start, wanted, lies, Dice::new(seed())).unwrap() {
        let cut = cut.unwrap();
        let board = Folder::new(cut.folder());
        match scene.check(&board, cut.acknowledged.unwrap_or(0)).await {
            Ok(()) => held += 1,
            Err(why) => lost.push(format!("point {} after call {}: {why}", cut.number, cut.index)),
        }
    }
    (held, lost)
}

async fn survives(scene: Scene, rounds: u32, wanted: usize) {
    let recorded = recorded(scene, rounds, None).await;
    let (held, lost) = cut(scene, &recorded, Lies::Never, wanted).await;
    let calls = recorded.trace.changing(0).len();
    println!(
        "power cuts, {scene:?}: {held} of {wanted} points hold, over {calls} calls that change the disk (seed {})",
        seed()
    );
    assert!(lost.is_empty(), "seed {}: {} do not hold: {:#?}", seed(), lost.len(), &lost[..lost.len().min(5)]);
    assert_eq!(held, wanted);
}

#[tokio::test]
async fn a_power_cut_while_entries_are_written_loses_nothing_acknowledged() {
    survives(Scene::Writing, 110, points(30, 300)).await;
}

#[tokio::test]
async fn a_power_cut_while_another_devices_entries_are_taken_in_loses_nothing_acknowledged() {
    survives(Scene::Importing, 60, points(30, 600)).await;
}

#[tokio::test]
async fn a_power_cut_while_an_older_folder_is_upgraded_leaves_the_old_version_or_the_new_one() {
    survives(Scene::Upgrading, 3, points(30, 600)).await;
}

/// Folders that somebody made and was killed before their names were durable are there for the next, and not for good:
/// what is put into them must not rely on it.
#[tokio::test]
async fn a_power_cut_takes_no_blob_from_a_folder_that_a_killed_process_made() {
    let dir = folder().unwrap();
    let board = Folder::new(dir.path().join("board"));
    Scene::Writing.prepare(&board).await;
    powercut::copy_folder(board.path(), &dir.path().join("base")).unwrap();
    let made: Vec<String> = (0..=255u8).map(|first| format!("blobs/{first:02x}")).collect();
    made.iter().for_each(|name| std::fs::create_dir(board.path().join(name)).unwrap());
    let mut recorded = record(Scene::Writing, dir, &board, 5, None);
    let calls = made.into_iter().map(|name| Call { number: 0, kind: None, name, effect: Effect::Made });
    recorded.trace.calls.splice(0..0, calls);
    let wanted = points(20, 100);
    let (held, lost) = cut(Scene::Writing, &recorded, Lies::Never, wanted).await;
    println!("power cuts after a kill, writing: {held} of {wanted} points hold");
    assert!(lost.is_empty(), "{:#?}", &lost[..lost.len().min(5)]);
    assert_eq!(held, wanted, "no cut was passed over");
}

/// The control: a green run proves nothing unless what is known to lose is seen to lose.
#[tokio::test]
async fn the_same_cuts_are_seen_to_lose_entries_when_commit_does_not_wait_for_the_disk() {
    for scene in [Scene::Writing, Scene::Importing] {
        let recorded = recorded(scene, 110, Some(WEAKENED)).await;
        let wanted = points(20, 100);
        let (held, lost) = cut(scene, &recorded, Lies::Never, wanted).await;
        let missing = lost.iter().filter(|why| why.contains("were acknowledged")).count();
        println!("control, {scene:?} with synchronous=NORMAL: {missing} of {wanted} points lose entries, {held} hold");
        assert!(missing * 4 >= wanted, "{scene:?}: only {missing} of {wanted} lose: the cuts notice too little");
    }
}

#[tokio::test]
async fn a_disk_that_lies_about_the_write_ahead_log_is_seen_to_lose_entries() {
    let recorded = recorded(Scene::Writing, 40, None).await;
    let wanted = points(10, 50);
    let (_, lost) = cut(Scene::Writing, &recorded, Lies::About("-wal"), wanted).await;
    println!("control, a disk that ignores syncs of the write-ahead log: {} of {wanted} points lose", lost.len());
    assert!(lost.len() * 4 >= wanted, "only {} of {wanted} lose", lost.len());
}

#[tokio::test]
async fn a_program_that_acknowledges_before_commit_is_seen_to_lose_entries() {
    let recorded = recorded(Scene::Writing, 40, Some(HASTY)).await;
    let wanted = points(30, 100);
    let (held, lost) = cut(Scene::Writing, &recorded, Lies::Never, wanted).await;
    let missing = lost.iter().filter(|why| why.contains("were acknowledged")).count();
    println!("control, acknowledging before COMMIT: {missing} of {wanted} points lose entries, {held} hold");
    assert!(missing * 10 >= wanted, "only {missing} of {wanted} lose: the cuts notice too little");
}
