//! Every file system call of signing, importing, migrating, exporting and backing up fails once, each in each way it can:
//! no bad state, and one clear message. `make test` samples them.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use powercut::{Dice, Ended, Fault, How, Kind, Recorder, Trace, full_counts, run_with_fault, seed};

use super::operation::{Operation, Stage};

/// Longer than any wait of ours (30 s for a connection): what takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the faults of one operation led to.
#[derive(Debug, Default)]
struct Tally {
    done: u32,
    refused: u32,
    killed: u32,
    messages: BTreeMap<String, u32>,
    bad: Vec<String>,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.done += other.done;
        self.refused += other.refused;
        self.killed += other.killed;
        for (message, count) in other.messages {
            *self.messages.entry(message).or_insert(0) += count;
        }
        self.bad.extend(other.bad);
    }

    /// Counts how a child ended; says what is wrong with that alone.
    fn count(&mut self, ended: &Ended, work: &Path) -> Result<(), String> {
        if ended.hung {
            return Err("it hung".to_owned());
        }
        if ended.killed {
            self.killed += 1;
            return Ok(());
        }
        if !ended.well {
            return Err(format!("it died: {}", ended.stderr.lines().rev().take(6).collect::<Vec<_>>().join(" | ")));
        }
        if ended.lines.iter().any(|line| line.ends_with("done")) {
            self.done += 1;
            return Ok(());
        }
        let refusal = ended.lines.iter().find_map(|line| line.split_once("refused ")).map(|(_, words)| words);
        let refusal = refusal.ok_or("it ended without a word")?;
        self.refused += 1;
        *self.messages.entry(plain(refusal, work)).or_insert(0) += 1;
        // A number in a log is not a message.
        if refusal.starts_with("internal") || refusal.contains("incident") {
            return Err(format!("it has no words for it: {refusal}"));
        }
        Ok(())
    }
}

/// A message without what differs from run to run.
fn plain(message: &str, work: &Path) -> String {
    let mut text = String::new();
    for word in message.replace(&work.display().to_string(), "…").split_inclusive([' ', '/', '.', '-', ':', '(']) {
        let core = word.trim_end_matches([' ', '/', '.', '-', ':', '(']);
        if core.len() >= 16 && core.bytes().all(|b| b.is_ascii_hexdigit()) {
            text.push_str(&word.replace(core, "#"));
        } else if !core.is_empty() && core.bytes().all(|b| b.is_ascii_digit()) && !text.ends_with("error ") {
            text.push_str(&word.replace(core, "N"));
        } else {
            text.push_str(word);
        }
    }
    text
}

/// One of each kind of call and of fault first, then any others.
fn sampled(mut all: Vec<(Fault, Kind, String)>, wanted: usize, mut dice: Dice) -> Vec<(Fault, Kind, String)> {
    dice.shuffle(&mut all);
    let mut seen: BTreeSet<(Kind, How)> = BTreeSet::new();
    let (mut first, rest): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(fault, kind, _)| seen.insert((*kind, fault.how)));
    first.extend(rest);
    first.truncate(wanted);
    first
}

async fn one(stage: &Stage, recorder: &Recorder, fault: Fault, tally: &mut Tally) -> Result<(), String> {
    let (_dir, work) = stage.copy();
    let (command, recorder, place) = (stage.child(&work), recorder.clone(), work.clone());
    let ended = tokio::task::spawn_blocking(move || run_with_fault(&recorder, command, &place, fault, PATIENCE))
        .await
        .expect("it runs")
        .expect("it starts");
    let counted = tally.count(&ended, &work);
    let held = stage.check(&work, &ended).await;
    match (counted, held) {
        (Ok(()), held) => held,
        (Err(ending), Ok(())) => Err(ending),
        (Err(ending), Err(state)) => Err(format!("{ending}; {state}")),
    }
}

/// The calls of the operation when nothing fails.
async fn calls_of(stage: &Stage, recorder: &Recorder) -> Trace {
    let (dir, work) = stage.copy();
    let mut command = stage.child(&work);
    let out = dir.path().join("trace");
    recorder.record(&mut command, &work, &out);
    let done = command.output().expect("it runs");
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    assert!(lines.iter().any(|line| line.ends_with("done")), "{:?}: {text}", stage.operation);
    let ended = Ended { well: true, lines, ..Ended::default() };
    assert_eq!(stage.check(&work, &ended).await, Ok(()), "{:?} without a fault", stage.operation);
    Trace::read(&out).expect("a trace")
}

async fn every_call_fails_once(operation: Operation) {
    let recorder = Recorder::compile().expect("a C compiler");
    let stage = Arc::new(Stage::set(operation).await);
    let trace = calls_of(&stage, &recorder).await;
    let calls: usize = trace.counts().values().sum();
    let all = Fault::all(&trace);
    let possible = all.len();
    let chosen = if full_counts() { all } else { sampled(all, 12, Dice::new(seed())) };
    let tried = chosen.len();
    // Two at a time: one child runs while another's folder is looked at.
    let halves = [0, 1].map(|half| chosen.iter().skip(half).step_by(2).cloned().collect::<Vec<_>>());
    let mut workers = Vec::new();
    for faults in halves {
        let (stage, recorder) = (stage.clone(), recorder.clone());
        workers.push(tokio::spawn(async move {
            let mut tally = Tally::default();
            for (fault, kind, name) in faults {
                if let Err(why) = one(&stage, &recorder, fault, &mut tally).await {
                    let (call, how) = (fault.number, fault.how.word());
                    tally.bad.push(format!("{how} at call {call}, {} of {name}: {why}", kind.word()));
                }
            }
            tally
        }));
    }
    let mut tally = Tally::default();
    for worker in workers {
        tally.add(worker.await.expect("a worker"));
    }
    let counts: Vec<String> = trace.counts().iter().map(|(kind, n)| format!("{} {n}", kind.word())).collect();
    println!(
        "failing calls, {}: {calls} calls ({}); {tried} of {possible} faults tried: {} went on, {} refused, {} killed, \
         {} bad",
        operation.word(),
        counts.join(", "),
        tally.done,
        tally.refused,
        tally.killed,
        tally.bad.len()
    );
    for (message, count) in &tally.messages {
        println!("  {count:4} × {message}");
    }
    assert!(tally.bad.is_empty(), "{} bad: {:#?}", tally.bad.len(), &tally.bad[..tally.bad.len().min(12)]);
    assert!(tally.refused > 0 && tally.killed > 0, "faults that nobody felt show nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_survives_every_file_system_call_failing() {
    every_call_fails_once(Operation::Sign).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn importing_survives_every_file_system_call_failing() {
    every_call_fails_once(Operation::Import).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn migrating_survives_every_file_system_call_failing() {
    every_call_fails_once(Operation::Migrate).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn exporting_survives_every_file_system_call_failing() {
    every_call_fails_once(Operation::Export).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn backing_up_survives_every_file_system_call_failing() {
    every_call_fails_once(Operation::BackUp).await;
}
