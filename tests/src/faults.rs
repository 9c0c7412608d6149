//! Processes killed at random moments. `CABINET_COUNTS=full` raises the counts (`make gauntlet`).
mod calls;
mod kernel;
mod operation;
mod power_cuts;
mod signing;

use std::io::{BufRead as _, BufReader};
use std::process::Child;
use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use board::views::Role;
use powercut::{Dice, acknowledged as told_in, full_counts, seed};

use self::signing::{Signer, child_that_signs};
use crate::journey::Journey;

fn rounds() -> u32 {
    if full_counts() { 1000 } else { 200 }
}

/// Every how many kills one waits until something was acknowledged.
const AWAITED: u32 = 5;

/// A child that signs again and again, and what it says.
struct Signing {
    child: Child,
    hears: Receiver<String>,
    reader: JoinHandle<()>,
}

impl Signing {
    /// One that has opened the board and begins to sign.
    fn begun(journey: &Journey, signer: &Signer) -> Self {
        let mut child = child_that_signs(&journey.data_dir(), signer, None).spawn().expect("the child starts");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        let (told, hears) = std::sync::mpsc::channel();
        let reader = std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if told.send(line).is_err() {
                    break;
                }
            }
        });
        let mut heard = String::new();
        while !heard.contains("ready") {
            heard = hears.recv_timeout(Duration::from_secs(60)).expect("it opens the board and says so");
        }
        Self { child, hears, reader }
    }

    /// Waits until it has acknowledged one more; answers which.
    fn acknowledges(&self) -> u32 {
        loop {
            let line = self.hears.recv_timeout(Duration::from_secs(60)).expect("it signs");
            if let Some(told) = told_in(&line) {
                return told;
            }
        }
    }

    /// Kills it after a while, which begins with its next acknowledgement where that is `awaited`, and answers the last
    /// sign-off that it acknowledged before.
    fn killed_after(mut self, awaited: bool, time: Duration) -> Option<u32> {
        let mut last = awaited.then(|| self.acknowledges());
        let until = Instant::now() + time;
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            match self.hears.recv_timeout(left) {
                Ok(line) => last = told_in(&line).or(last),
                Err(_) => break,
            }
        }
        self.child.kill().expect("killed with SIGKILL");
        self.child.wait().expect("gone");
        self.reader.join().expect("read to the end");
        while let Ok(line) = self.hears.try_recv() {
            last = told_in(&line).or(last);
        }
        last
    }

    /// Kills it when it has acknowledged twice, and answers how long that took.
    fn killed_after_two(self) -> Duration {
        let began = Instant::now();
        self.acknowledges();
        self.acknowledges();
        let took = began.elapsed();
        self.killed_after(false, Duration::ZERO);
        took
    }
}

/// Nothing acknowledged is lost, and every restart is clean: the record verifies, projections follow from
/// it, and the next sign-off finds its place.
#[tokio::test(flavor = "multi_thread")]
async fn kill_9_during_sign_off_loses_nothing_acknowledged() {
    let seed = seed();
    let mut dice = Dice::new(seed);
    let (mut killed, mut acknowledged) = (0u32, 0usize);
    let mut journey = Journey::begin_small().await;
    let mut base = 0usize;
    // Two sign-offs fit into the time in which it is killed, however busy the machine is.
    let mut longest = 0u64;
    while killed < rounds() {
        let fresh = killed % 25 == 0;
        // A folder whose record has grown takes longer to verify: begin anew now and then.
        if fresh {
            journey = Journey::begin_small().await;
        }
        let signer = Signer::of(&journey, Role::Cto).await;
        if fresh {
            let took = Signing::begun(&journey, &signer).killed_after_two();
            longest = u64::try_from(took.as_millis()).expect("seconds").max(1);
            journey.reopen().await;
            base = journey.change(&signer.change).await.sign_offs.len();
        }
        let wait = Duration::from_millis(dice.roll(longest));
        // Every fifth has something to lose however busy the machine is; the others are killed whenever they are.
        let awaited = killed % AWAITED == 0;
        let last = Signing::begun(&journey, &signer).killed_after(awaited, wait).map_or(base, |last| last as usize);
        killed += 1;
        journey.reopen().await;
        let problems = journey.cabinet.problems().await.expect("a record");
        assert!(problems.is_empty(), "seed {seed}, kill {killed}: the record does not hold: {problems:?}");
        let kept = journey.change(&signer.change).await.sign_offs.len();
        assert!(kept >= last, "seed {seed}, kill {killed}: {last} sign-offs were acknowledged, {kept} are there");
        let (before, after) = journey.cabinet.rebuild().await.expect("rebuilt");
        assert_eq!(before, after, "seed {seed}, kill {killed}: projections do not follow from the record");
        acknowledged += last - base;
        base = kept;
    }
    let least = (killed / AWAITED) as usize;
    assert!(acknowledged >= least, "{acknowledged} acknowledged in {killed} kills: too little was there to be lost");
    println!(
        "kill -9: {killed} kills, {acknowledged} sign-offs acknowledged, 0 lost, every restart clean (seed {seed})"
    );
}
