//! Compiling `plog.c`, and putting it before a program.
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Fault;
use crate::fault::How;

const SOURCE: &str = include_str!("../plog.c");

/// The compiled recorder.
#[derive(Debug, Clone)]
pub struct Recorder {
    library: PathBuf,
}

/// FNV-1a: a name for what this source compiles to.
fn name_of(source: &str) -> String {
    let hash = source.bytes().fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
    format!("plog-{hash:016x}.so")
}

impl Recorder {
    /// Compiles it with `cc`, unless this very source was compiled before.
    ///
    /// # Errors
    /// When there is no C compiler, or it refuses.
    pub fn compile() -> io::Result<Self> {
        let cache = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../.cache/powercut");
        std::fs::create_dir_all(&cache)?;
        let cache = cache.canonicalize()?;
        let library = cache.join(name_of(SOURCE));
        if !library.is_file() {
            let partial = cache.join(format!("{}.{}", name_of(SOURCE), std::process::id()));
            let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("plog.c");
            let done = Command::new("cc")
                .args(["-shared", "-fPIC", "-O1", "-Wall", "-o"])
                .arg(&partial)
                .arg(source)
                .args(["-ldl", "-lpthread"])
                .output()?;
            if !done.status.success() {
                return Err(io::Error::other(String::from_utf8_lossy(&done.stderr).into_owned()));
            }
            std::fs::rename(&partial, &library)?;
        }
        Ok(Self { library })
    }

    /// The library itself.
    #[must_use]
    pub fn library(&self) -> &Path {
        &self.library
    }

    /// Has what `command` does below `folder` recorded in `out`.
    pub fn record(&self, command: &mut Command, folder: &Path, out: &Path) {
        self.stand_before(command, folder).env("PLOG_OUT", out);
    }

    /// The same, with syncs only recorded: what lasts is decided by the replay, and recording is fast.
    pub fn record_without_syncing(&self, command: &mut Command, folder: &Path, out: &Path) {
        self.stand_before(command, folder).env("PLOG_OUT", out).env("PLOG_NOSYNC", "1");
    }

    /// Has one call of `command` below `folder` fail.
    pub fn fail(&self, command: &mut Command, folder: &Path, fault: Fault) {
        self.stand_before(command, folder).env("PLOG_FAIL", fault.number.to_string());
        let errno = match fault.how {
            How::Killed => 0,
            How::Io => 5,
            How::NoSpace | How::StaysFull => 28,
            How::TooManyFiles => 24,
        };
        command.env("PLOG_FAULT", errno.to_string());
        if fault.how == How::StaysFull {
            command.env("PLOG_STAYS", "1");
        }
    }

    fn stand_before<'c>(&self, command: &'c mut Command, folder: &Path) -> &'c mut Command {
        for name in ["PLOG_OUT", "PLOG_NOSYNC", "PLOG_FAIL", "PLOG_FAULT", "PLOG_STAYS"] {
            command.env_remove(name);
        }
        command.env("LD_PRELOAD", &self.library).env("PLOG_DIR", folder)
    }
}
