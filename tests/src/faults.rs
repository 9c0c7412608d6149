//! Processes killed at random moments. `CABINET_COUNTS=full` raises the counts (`make gauntlet`).
mod calls;
mod kernel;
mod operation;
mod power_cuts;
mod signing;

use std::io::{BufRead as _, BufReader};
use std::time::Duration;

use board::views::Role;
use powercut::{Dice, acknowledged as told_in, full_counts, seed};

use self::signing::{Signer, child_that_signs};
use crate::journey::Journey;

fn rounds() -> u32 {
    if full_counts() { 1000 } else { 200 }
}

/// Nothing acknowledged is lost, and every restart is clean: the record verifies, projections follow from
/// it, and the next sign-off finds its place.
#[tokio::test(flavor = "multi_thread")]
async fn kill_9_during_sign_off_loses_nothing_acknowledged() {
    let seed = seed();
    let mut dice = Dice::new(seed);
    let (mut killed, mut acknowledged) = (0u32, 0usize);
    let mut journey = Journey::begin().await;
    let mut base = 0usize;
    while killed < rounds() {
        // A folder whose record has grown takes longer to verify: begin anew now and then.
        if killed % 25 == 0 {
            journey = Journey::begin().await;
            base = 0;
        }
        let signer = Signer::of(&journey, Role::Cto).await;
        let change = signer.change.clone();
        let mut child = child_that_signs(&journey.data_dir(), &signer, None).spawn().expect("the child starts");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        let (told, hears) = std::sync::mpsc::channel();
        let reader = std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if told.send(line).is_err() {
                    break;
                }
            }
        });
        let mut last = base;
        let hear = |line: &str, last: &mut usize| {
            if let Some(n) = told_in(line) {
                *last = n as usize;
            }
        };
        // Begin counting when it is ready, then wait a random while for news, then kill.
        while let Ok(line) = hears.recv_timeout(Duration::from_secs(60)) {
            if line.contains("ready") {
                break;
            }
        }
        let until = std::time::Instant::now() + Duration::from_millis(dice.roll(400));
        while let Some(left) = until.checked_duration_since(std::time::Instant::now()) {
            match hears.recv_timeout(left) {
                Ok(line) => hear(&line, &mut last),
                Err(_) => break,
            }
        }
        child.kill().expect("killed with SIGKILL");
        child.wait().expect("gone");
        reader.join().expect("read to the end");
        while let Ok(line) = hears.try_recv() {
            hear(&line, &mut last);
        }
        killed += 1;
        journey.reopen().await;
        let problems = journey.cabinet.problems().await.expect("a record");
        assert!(problems.is_empty(), "seed {seed}, kill {killed}: the record does not hold: {problems:?}");
        let kept = journey.change(&change).await.sign_offs.len();
        assert!(kept >= last, "seed {seed}, kill {killed}: {last} sign-offs were acknowledged, {kept} are there");
        let (before, after) = journey.cabinet.rebuild().await.expect("rebuilt");
        assert_eq!(before, after, "seed {seed}, kill {killed}: projections do not follow from the record");
        acknowledged += last - base;
        base = kept;
    }
    assert!(acknowledged > 0, "a run in which nothing was acknowledged shows nothing");
    println!(
        "kill -9: {killed} kills, {acknowledged} sign-offs acknowledged, 0 lost, every restart clean (seed {seed})"
    );
}
