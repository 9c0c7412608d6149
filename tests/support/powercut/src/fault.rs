//! One call that fails.
use std::io::{self, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use crate::Recorder;
use crate::trace::{Effect, Kind, Trace};

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// The process is killed before it; of a write, half is done.
    Killed,
    /// EIO, once.
    Io,
    /// ENOSPC, once.
    NoSpace,
    /// ENOSPC from then on, for everything that needs room; the first write is cut short.
    StaysFull,
    /// EMFILE, once.
    TooManyFiles,
}

impl How {
    /// Its word in what is printed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Killed => "KILL",
            Self::Io => "EIO",
            Self::NoSpace => "ENOSPC",
            Self::StaysFull => "ENOSPC for good",
            Self::TooManyFiles => "EMFILE",
        }
    }

    /// How a call of this kind can fail.
    #[must_use]
    pub fn of(kind: Kind) -> &'static [Self] {
        match kind {
            Kind::Read => &[Self::Io],
            Kind::Open => &[Self::Killed, Self::Io, Self::TooManyFiles],
            Kind::Create => &[Self::Killed, Self::Io, Self::NoSpace, Self::StaysFull, Self::TooManyFiles],
            Kind::Remove => &[Self::Killed, Self::Io],
            Kind::Write | Kind::Truncate | Kind::Sync | Kind::Rename | Kind::Link | Kind::Mkdir | Kind::Copy => {
                &[Self::Killed, Self::Io, Self::NoSpace, Self::StaysFull]
            }
        }
    }
}

/// Which call fails, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// The call's number, from 1.
    pub number: u32,
    /// How.
    pub how: How,
}

impl Fault {
    /// Every fault of every call of a trace, with the call's kind and name.
    #[must_use]
    pub fn all(trace: &Trace) -> Vec<(Self, Kind, String)> {
        let calls = trace.calls.iter().filter(|call| !matches!(call.effect, Effect::Said(_)));
        calls
            .filter_map(|call| Some((call.number, call.kind?, call.name.clone())))
            .flat_map(|(number, kind, name)| {
                How::of(kind).iter().map(move |how| (Self { number, how: *how }, kind, name.clone()))
            })
            .collect()
    }
}

/// How a program ended.
#[derive(Debug, Clone, Default)]
pub struct Ended {
    /// It ended by itself and well.
    pub well: bool,
    /// It was killed, and not because the time was up.
    pub killed: bool,
    /// It did not end in the time it was given.
    pub hung: bool,
    /// Its lines on stdout.
    pub lines: Vec<String>,
    /// What it said on stderr.
    pub stderr: String,
}

/// Runs a program of which one call below `folder` fails.
///
/// # Errors
/// When it cannot be started or read.
pub fn run_with_fault(
    recorder: &Recorder,
    mut command: Command,
    folder: &Path,
    fault: Fault,
    patience: Duration,
) -> io::Result<Ended> {
    recorder.fail(&mut command, folder, fault);
    run(command, patience)
}

/// Runs a program to its end, or until the patience is over.
///
/// # Errors
/// When it cannot be started or read.
pub fn run(mut command: Command, patience: Duration) -> io::Result<Ended> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (Some(mut out), Some(mut err)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(io::Error::other("no pipes"));
    };
    let (told, hears) = channel();
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = out.read_to_end(&mut bytes);
        // Nobody waits any more when the time was up.
        let _ = told.send(());
        read.map(|_| bytes)
    });
    let complaints = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        err.read_to_end(&mut bytes).map(|_| bytes)
    });
    let hung = matches!(hears.recv_timeout(patience), Err(RecvTimeoutError::Timeout));
    if hung {
        child.kill()?;
    }
    let status = child.wait()?;
    let joined = |thread: std::thread::JoinHandle<io::Result<Vec<u8>>>| {
        let bytes = thread.join().map_err(|_| io::Error::other("the reader died"))??;
        io::Result::Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let (text, stderr) = (joined(reader)?, joined(complaints)?);
    // A killed process may leave half a line: only whole ones count.
    let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
    Ok(Ended {
        well: status.success(),
        killed: !hung && signal(status) == Some(9),
        hung,
        lines: whole.lines().map(str::to_owned).collect(),
        stderr,
    })
}

#[cfg(unix)]
fn signal(status: std::process::ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_: std::process::ExitStatus) -> Option<i32> {
    None
}
