//! Every file system call of signing, importing, migrating, exporting and backing up fails once, in one of the ways it
//! can; each kind of call on each kind of file in every way: no bad state, and one clear message. `make test` samples
//! them. `CABINET_FAULTS_ON` is a part of a file's name: only calls on such files fail then, each in every way.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use powercut::{Dice, Ended, Fault, How, Kind, Recorder, Trace, full_counts, run_with_fault, seed};

use sha2::{Digest as _, Sha256};

use super::operation::{Operation, Stage};

/// Longer than any wait of ours (30 s for a connection): what takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the faults of one operation led to.
#[derive(Debug, Default)]
struct Tally {
    done: u32,
    refused: u32,
    killed: u32,
    /// Of these, folders that were as one looked at before.
    as_before: u32,
    messages: BTreeMap<String, u32>,
    bad: Vec<String>,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.done += other.done;
        self.refused += other.refused;
        self.killed += other.killed;
        self.as_before += other.as_before;
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

/// Every call once, the ways it can fail in turn; and each kind of call on each kind of file in each way. All ways of all
/// calls would be tens of thousands of faults, most of them the same fault in the next of a hundred blobs.
fn each_once(all: Vec<(Fault, Kind, String)>) -> Vec<(Fault, Kind, String)> {
    let mut turns: BTreeMap<Kind, usize> = BTreeMap::new();
    let mut seen: BTreeSet<(Kind, How, String)> = BTreeSet::new();
    let mut chosen = Vec::new();
    for ways in all.chunk_by(|one, next| one.0.number == next.0.number) {
        let Some((_, kind, _)) = ways.first() else { continue };
        let turn = turns.entry(*kind).or_insert(0);
        for (index, way) in ways.iter().enumerate() {
            if seen.insert((way.1, way.0.how, file_kind(&way.2))) || index == *turn % ways.len() {
                chosen.push(way.clone());
            }
        }
        *turn += 1;
    }
    chosen
}

/// A name without what differs from one file of a kind to the next.
fn file_kind(name: &str) -> String {
    let digest = |part: &str| part.len() >= 2 && part.bytes().take_while(|b| *b != b'.').all(|b| b.is_ascii_hexdigit());
    name.split('/').map(|part| if digest(part) { "#" } else { part }).collect::<Vec<_>>().join("/")
}

/// Folders that were looked at and held, by what is in them and how the child ended: the same again is not looked at
/// again. A call that fails early leaves the folder as it was, thousands of times.
type Looked = Mutex<BTreeSet<[u8; 32]>>;

fn contents(folder: &Path, ended: &Ended) -> [u8; 32] {
    fn add(hash: &mut Sha256, folder: &Path) {
        let mut items: Vec<_> = std::fs::read_dir(folder).expect("a folder").map(|i| i.expect("an item")).collect();
        items.sort_by_key(std::fs::DirEntry::file_name);
        for item in items {
            hash.update(item.file_name().as_encoded_bytes());
            if item.file_type().expect("a type").is_dir() {
                hash.update(b"/");
                add(hash, &item.path());
                hash.update(b"..");
            } else {
                let bytes = std::fs::read(item.path()).expect("a file");
                hash.update((bytes.len() as u64).to_be_bytes());
                hash.update(&bytes);
            }
        }
    }
    let mut hash = Sha256::new();
    let last = |word: &str| ended.lines.iter().any(|line| line.ends_with(word));
    hash.update([
        u8::from(last("done")),
        u8::try_from(ended.lines.iter().filter(|l| l.contains("ack ")).count()).unwrap_or(9),
    ]);
    add(&mut hash, folder);
    hash.finalize().into()
}

async fn one(
    stage: &Stage,
    recorder: &Recorder,
    fault: Fault,
    looked: &Looked,
    tally: &mut Tally,
) -> Result<(), String> {
    let (_dir, work) = stage.copy();
    let (command, recorder, place) = (stage.child(&work), recorder.clone(), work.clone());
    let ended = tokio::task::spawn_blocking(move || run_with_fault(&recorder, command, &place, fault, PATIENCE))
        .await
        .expect("it runs")
        .expect("it starts");
    let counted = tally.count(&ended, &work);
    let contents = contents(&work, &ended);
    let held = if looked.lock().expect("nobody panicked").contains(&contents) {
        tally.as_before += 1;
        Ok(())
    } else {
        stage.check(&work, &ended).await
    };
    if held.is_ok() {
        looked.lock().expect("nobody panicked").insert(contents);
    }
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
    let chosen = match std::env::var("CABINET_FAULTS_ON") {
        Ok(part) => all.into_iter().filter(|(_, _, name)| name.contains(&part)).collect(),
        Err(_) if full_counts() => each_once(all),
        Err(_) => sampled(all, 12, Dice::new(seed())),
    };
    let tried = chosen.len();
    // Two at a time: one child runs while another's folder is looked at.
    let halves = [0, 1].map(|half| chosen.iter().skip(half).step_by(2).cloned().collect::<Vec<_>>());
    let looked = Arc::new(Looked::default());
    let mut workers = Vec::new();
    for faults in halves {
        let (stage, recorder, looked) = (stage.clone(), recorder.clone(), looked.clone());
        workers.push(tokio::spawn(async move {
            let mut tally = Tally::default();
            for (fault, kind, name) in faults {
                if let Err(why) = one(&stage, &recorder, fault, &looked, &mut tally).await {
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
         {} left a folder as one looked at before, {} bad",
        operation.word(),
        counts.join(", "),
        tally.done,
        tally.refused,
        tally.killed,
        tally.as_before,
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
