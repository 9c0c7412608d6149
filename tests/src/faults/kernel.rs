//! The same from outside the process, with strace: that the recorder misses no call, and faults that the kernel answers
//! with. strace names a call by its file, so its faults are those of files whose names are known beforehand; and it
//! counts by thread, so one run may see several. The recorder's are exact.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use powercut::{Dice, Kind, Recorder, Trace, full_counts, run, seed};

use super::operation::{ALL, Operation, Stage};

/// Calls that touch a file, by the kind the recorder has them under.
const CALLS: &[(&str, Kind)] = &[
    ("open", Kind::Open),
    ("openat", Kind::Open),
    ("creat", Kind::Open),
    ("read", Kind::Read),
    ("pread64", Kind::Read),
    ("preadv", Kind::Read),
    ("write", Kind::Write),
    ("pwrite64", Kind::Write),
    ("writev", Kind::Write),
    ("pwritev", Kind::Write),
    ("truncate", Kind::Truncate),
    ("ftruncate", Kind::Truncate),
    ("fallocate", Kind::Truncate),
    ("fsync", Kind::Sync),
    ("fdatasync", Kind::Sync),
    ("sync_file_range", Kind::Sync),
    ("rename", Kind::Rename),
    ("renameat", Kind::Rename),
    ("renameat2", Kind::Rename),
    ("unlink", Kind::Remove),
    ("unlinkat", Kind::Remove),
    ("rmdir", Kind::Remove),
    ("link", Kind::Link),
    ("linkat", Kind::Link),
    ("mkdir", Kind::Mkdir),
    ("mkdirat", Kind::Mkdir),
    ("copy_file_range", Kind::Copy),
    ("sendfile", Kind::Copy),
    ("splice", Kind::Copy),
];

/// A sandbox may forbid one process to trace another.
fn may_trace() -> bool {
    let tried = Command::new("strace").args(["-f", "-qq", "-o", "/dev/null", "true"]).output();
    let may = tried.is_ok_and(|done| done.status.success());
    assert!(may || !full_counts(), "strace may not trace here, and full counts want what the kernel says");
    if !may {
        println!("strace may not trace here: what the kernel saw is not compared");
    }
    may
}

/// `command` under strace, with its environment given to it alone.
fn under_strace(arguments: &[String], command: &Command) -> Command {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq"]).args(arguments);
    for (name, value) in command.get_envs() {
        let mut setting = name.to_owned();
        if let Some(value) = value {
            setting.push("=");
            setting.push(value);
        }
        strace.arg("-E").arg(setting);
    }
    strace.arg(command.get_program()).args(command.get_args());
    strace
}

/// The call of a line of `strace -f -y`, where it concerns `folder`. The second half of a call that was interrupted by
/// another thread is no second call.
fn call_of<'l>(line: &'l str, folder: &str) -> Option<&'l str> {
    let words = line.trim_start().split_once(' ')?.1.trim_start();
    if !words.contains(folder) || words.starts_with("<...") {
        return None;
    }
    Some(words.split_once('(')?.0)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_kernel_sees_no_call_on_the_folder_that_the_recorder_misses() {
    if !may_trace() {
        return;
    }
    let recorder = Recorder::compile().expect("a C compiler");
    let names: Vec<&str> = CALLS.iter().map(|(name, _)| *name).collect();
    let operations: &[Operation] = if full_counts() { &ALL[..] } else { &[Operation::Sign, Operation::BackUp] };
    for operation in operations.iter().copied() {
        let stage = Stage::set(operation).await;
        let (dir, work) = stage.copy();
        let (trace, seen) = (dir.path().join("trace"), dir.path().join("seen"));
        let mut command = stage.child(&work);
        recorder.record(&mut command, &work, &trace);
        let file = seen.display().to_string();
        let arguments = ["-y", "-o", &file, "-e", &format!("trace={}", names.join(","))].map(str::to_owned);
        let ended = run(under_strace(&arguments, &command), Duration::from_secs(120)).expect("strace runs");
        assert!(ended.lines.iter().any(|line| line.ends_with("done")), "{operation:?}: {ended:?}");
        let text = std::fs::read_to_string(&seen).expect("what strace saw");
        let mut kernel: BTreeMap<Kind, usize> = BTreeMap::new();
        for name in text.lines().filter_map(|line| call_of(line, &work.display().to_string())) {
            let kind = CALLS.iter().find(|(call, _)| *call == name).expect("a call that was asked for").1;
            *kernel.entry(kind).or_insert(0) += 1;
        }
        let mut recorded = Trace::read(&trace).expect("a trace").counts();
        // For the kernel making a file is one way of opening it.
        let made = recorded.remove(&Kind::Create).unwrap_or(0);
        *recorded.entry(Kind::Open).or_insert(0) += made;
        // The program may end while SQLite's own thread is within a call, and calls go one at a time.
        let kinds: BTreeSet<Kind> = kernel.keys().chain(recorded.keys()).copied().collect();
        let of = |counts: &BTreeMap<Kind, usize>, kind: Kind| counts.get(&kind).copied().unwrap_or(0);
        let apart: usize = kinds.iter().map(|kind| of(&kernel, *kind).abs_diff(of(&recorded, *kind))).sum();
        assert!(apart <= 1, "{operation:?}: the kernel saw {kernel:?}, the recorder {recorded:?}");
        let calls: usize = kernel.values().sum();
        println!(
            "{}: the kernel saw {calls} calls on the folder, the recorder the same ({apart} at the very end)",
            operation.word()
        );
    }
}

/// What can go wrong in the kernel with calls on files whose names are known.
const FAULTS: &[(&str, &str)] = &[
    ("pwrite64", "error=ENOSPC"),
    ("pwrite64", "error=EIO"),
    ("pwrite64", "signal=KILL"),
    ("fsync,fdatasync", "error=EIO"),
    ("fsync,fdatasync", "signal=KILL"),
    ("openat", "error=EMFILE"),
    ("openat", "error=EIO"),
    ("ftruncate", "error=EIO"),
    ("unlink", "error=EIO"),
    ("fcntl", "error=EIO"),
];

/// What can go wrong with calls that move no data, in every operation: `make gauntlet` alone.
const LESSER: &[(&str, &str)] = &[
    ("fstat,newfstatat,statx", "error=EIO"),
    ("close", "error=EIO"),
    ("getdents64", "error=EIO"),
    ("flock", "error=EIO"),
    ("fchmod", "error=EIO"),
];

/// Calls that signing makes on the files that are watched, whatever else it does.
const CERTAIN: [&str; 4] = ["pwrite64", "fsync,fdatasync", "openat", "fcntl"];

/// One fault: of which calls, how, and at which of them.
type Case = (&'static str, &'static str, u32);

fn cases(operation: Operation) -> Vec<Case> {
    let each = |faults: &'static [(&'static str, &'static str)], whens: u32| {
        faults.iter().flat_map(move |(call, fault)| (1..=whens).map(move |when| (*call, *fault, when)))
    };
    let mut cases: Vec<Case> = each(FAULTS, 12).collect();
    if full_counts() {
        if operation != Operation::Sign {
            cases.clear();
        }
        cases.extend(each(LESSER, 4));
    } else {
        Dice::new(seed()).shuffle(&mut cases);
        // The first of these is felt, or nothing is.
        cases.sort_by_key(|case| *case != ("pwrite64", "error=EIO", 1));
        cases.truncate(8);
    }
    cases
}

fn watched(work: &Path) -> Vec<String> {
    let data = work.join("data");
    ["cabinet.db", "cabinet.db-wal", "lock", ".", "blobs", "entries", "vault", "vault/items.age", "vault/items.new"]
        .iter()
        .flat_map(|name| ["-P".to_owned(), data.join(name).display().to_string().trim_end_matches("/.").to_owned()])
        .collect()
}

/// What the faults of one operation led to.
#[derive(Default)]
struct Tally {
    done: usize,
    refused: usize,
    killed: usize,
    /// By the calls: how often a fault reached the program. strace counts by thread, and not every run makes every call.
    felt: BTreeMap<&'static str, usize>,
}

async fn survives(stage: &Stage, (call, fault, when): Case, tally: &mut Tally) {
    let case = format!("{}, {call} {fault} the {when}th time", stage.operation.word());
    let (dir, work) = stage.copy();
    let seen = dir.path().join("seen");
    let mut arguments = watched(&work);
    arguments.extend(["-o".to_owned(), seen.display().to_string(), "-e".to_owned(), format!("trace={call}")]);
    arguments.extend(["-e".to_owned(), format!("inject={call}:{fault}:when={when}")]);
    let command = under_strace(&arguments, &stage.child(&work));
    let ended = tokio::task::spawn_blocking(move || run(command, Duration::from_secs(120)))
        .await
        .expect("it runs")
        .expect("strace runs");
    assert!(!ended.hung, "{case}: it hung");
    let text = std::fs::read_to_string(&seen).expect("what strace saw");
    if ended.killed || text.contains("(INJECTED)") {
        *tally.felt.entry(call).or_default() += 1;
    }
    if ended.killed {
        tally.killed += 1;
    } else if ended.lines.iter().any(|line| line.ends_with("done")) {
        tally.done += 1;
    } else {
        let words = ended.lines.iter().find_map(|line| line.split_once("refused ")).map(|(_, words)| words);
        let words = words.unwrap_or_else(|| panic!("{case}: it ended without a word: {}", ended.stderr));
        assert!(!words.starts_with("internal"), "{case}: {words}");
        tally.refused += 1;
    }
    assert_eq!(stage.check(&work, &ended).await, Ok(()), "{case}");
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_survive_what_the_kernel_refuses() {
    if !may_trace() {
        return;
    }
    let operations: &[Operation] = if full_counts() { &ALL[..] } else { &[Operation::Sign] };
    for operation in operations.iter().copied() {
        let stage = Stage::set(operation).await;
        let (cases, mut tally) = (cases(operation), Tally::default());
        for case in &cases {
            survives(&stage, *case, &mut tally).await;
        }
        let felt: usize = tally.felt.values().sum();
        println!(
            "kernel faults, {}: {} tried, {felt} felt {:?}: {} went on, {} refused, {} killed, 0 bad",
            operation.word(),
            cases.len(),
            tally.felt,
            tally.done,
            tally.refused,
            tally.killed
        );
        assert!(felt > 0, "{operation:?}: no fault reached the program");
        if full_counts() && operation == Operation::Sign {
            let missed: Vec<&str> = CERTAIN.into_iter().filter(|call| !tally.felt.contains_key(call)).collect();
            assert!(missed.is_empty(), "{missed:?}: no fault of these reached the program: {:?}", tally.felt);
        }
    }
}
