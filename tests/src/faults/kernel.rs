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

fn watched(work: &Path) -> Vec<String> {
    let data = work.join("data");
    ["cabinet.db", "cabinet.db-wal", ".", "blobs", "entries", "vault", "vault/items.age", "vault/items.new"]
        .iter()
        .flat_map(|name| ["-P".to_owned(), data.join(name).display().to_string().trim_end_matches("/.").to_owned()])
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_survives_what_the_kernel_refuses() {
    if !may_trace() {
        return;
    }
    let stage = Stage::set(Operation::Sign).await;
    let mut cases: Vec<(&str, &str, u32)> =
        FAULTS.iter().flat_map(|(call, fault)| (1..=12).map(move |when| (*call, *fault, when))).collect();
    if !full_counts() {
        Dice::new(seed()).shuffle(&mut cases);
        cases.truncate(8);
    }
    let (mut done, mut refused, mut killed) = (0, 0, 0);
    for (call, fault, when) in &cases {
        let case = format!("{call} {fault} the {when}th time");
        let (_dir, work) = stage.copy();
        let mut arguments = watched(&work);
        arguments.extend(["-o", "/dev/null", "-e", &format!("trace={call}")].map(str::to_owned));
        arguments.extend(["-e".to_owned(), format!("inject={call}:{fault}:when={when}")]);
        let command = under_strace(&arguments, &stage.child(&work));
        let ended = tokio::task::spawn_blocking(move || run(command, Duration::from_secs(120)))
            .await
            .expect("it runs")
            .expect("strace runs");
        assert!(!ended.hung, "{case}: it hung");
        if ended.killed {
            killed += 1;
        } else if ended.lines.iter().any(|line| line.ends_with("done")) {
            done += 1;
        } else {
            let words = ended.lines.iter().find_map(|line| line.split_once("refused ")).map(|(_, words)| words);
            let words = words.unwrap_or_else(|| panic!("{case}: it ended without a word: {}", ended.stderr));
            assert!(!words.starts_with("internal"), "{case}: {words}");
            refused += 1;
        }
        assert_eq!(stage.check(&work, &ended).await, Ok(()), "{case}");
    }
    println!(
        "kernel faults, signing: {} tried: {done} went on, {refused} refused, {killed} killed, 0 bad",
        cases.len()
    );
}
