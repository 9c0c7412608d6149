//! Processes killed at random moments. `CABINET_COUNTS=full` raises the counts (`make gauntlet`).
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use board::Cabinet;
use board::requests::SigningRequest;
use board::views::{Role, SignRequest, SigningSubject};

use crate::journey::{Journey, options};

const CHILD: &str = "CABINET_TEST_SIGNING_CHILD";

fn rounds() -> u32 {
    if std::env::var("CABINET_COUNTS").is_ok_and(|c| c == "full") { 1000 } else { 200 }
}

/// A small generator with a printed seed: a failure can be run again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// The child: signs one change again and again, and says so after each acknowledgement.
#[tokio::test]
async fn child_that_signs_until_it_is_killed() {
    let Some(data_dir) = std::env::var_os(CHILD) else { return };
    let cabinet = Cabinet::open(options(Path::new(&data_dir))).await.expect("the desk opens");
    let change = std::env::var("CABINET_TEST_CHANGE").expect("a change");
    let member = std::env::var("CABINET_TEST_MEMBER").expect("a member");
    let pin = std::env::var("CABINET_TEST_SAMPLE_PIN").expect("the sample's published PIN");
    println!("READY");
    loop {
        let subject = SigningSubject::Change { change: change.clone() };
        cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
        let view = cabinet.signing_view().await.expect("a view");
        let request = SignRequest {
            statement: view.statements[0].id.clone(),
            member: member.clone(),
            pin: Some(pin.clone()),
            keep_unlocked: false,
            verdict: board::views::Verdict::Approve,
            reason: String::new(),
        };
        cabinet.sign(request).await.expect("signed");
        println!(
            "ACK {}",
            cabinet
                .change(board::requests::OfChange { change: change.clone() })
                .await
                .expect("a change")
                .sign_offs
                .len()
        );
    }
}

fn spawn(data_dir: &Path, change: &str, member: &str, pin: &str) -> Child {
    Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "faults::child_that_signs_until_it_is_killed", "--nocapture", "--test-threads=1"])
        .env(CHILD, data_dir)
        .env("CABINET_TEST_CHANGE", change)
        .env("CABINET_TEST_MEMBER", member)
        .env("CABINET_TEST_SAMPLE_PIN", pin)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the child starts")
}

/// Nothing acknowledged is lost, and every restart is clean: the record verifies, projections follow from
/// it, and the next sign-off finds its place.
#[tokio::test(flavor = "multi_thread")]
async fn kill_9_during_sign_off_loses_nothing_acknowledged() {
    let seed = std::env::var("CABINET_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(20_261_121);
    let mut dice = Dice(seed);
    let (mut killed, mut acknowledged) = (0u32, 0usize);
    let mut journey = Journey::begin().await;
    let mut base = 0usize;
    while killed < rounds() {
        // A folder whose record has grown takes longer to verify: begin anew now and then.
        if killed % 25 == 0 {
            journey = Journey::begin().await;
            base = 0;
        }
        let change = journey.approvable().await.first().expect("a change that can be signed").clone();
        let member = journey.member(Role::Cto).await;
        let pin = journey.pin(&member).await;
        let mut child = spawn(&journey.data_dir(), &change, &member, &pin);
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
            if let Some(n) = line.split("ACK ").nth(1).and_then(|n| n.trim().parse().ok()) {
                *last = n;
            }
        };
        // Begin counting when it is ready, then wait a random while for news, then kill.
        while let Ok(line) = hears.recv_timeout(Duration::from_secs(60)) {
            if line.contains("READY") {
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
