//! Tests only: simulated power cuts, and file system calls that fail.
//!
//! A program runs with [`Recorder`] between it and its file system calls (`plog.c`, `LD_PRELOAD`). What it did below
//! one folder, in order, with what it acknowledged on stdout in between, is a [`Trace`]. [`Disk`] builds from it what a
//! disk could hold had the power gone at any point: what was synced is there; of what was not, anything: all, nothing,
//! single sectors, in any order; and a name only once its folder was synced. With [`Fault`] the same recorder lets
//! one call fail, or the process die at it.
//!
//! The model is harsher than the file systems in use, which keep some of the order; it is SQLite's own
//! (<https://www.sqlite.org/atomiccommit.html>, "Hardware Assumptions"), except that a sector may be missing anywhere.
mod cut;
mod disk;
mod fault;
mod recorder;
mod trace;

pub use cut::{Cut, Cuts, acknowledged};
pub use disk::{Disk, Lies};
pub use fault::{Ended, Fault, How, run, run_with_fault};
pub use recorder::Recorder;
pub use trace::{Call, Effect, Kind, Trace};

/// A small generator with a seed that is printed: a failure can be run again.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        // Neighbouring seeds must not begin alike.
        let mut dice = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d);
        dice.roll(2);
        dice
    }

    /// A number below `below`, which is not 0.
    pub fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    /// True in `of_100` cases of a hundred.
    pub fn chance(&mut self, of_100: u64) -> bool {
        self.roll(100) < of_100
    }

    /// An index into something of this length, which is not 0.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.roll(length as u64)).unwrap_or(0)
    }

    /// Puts things in any order.
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.index(last + 1));
        }
    }

    /// `wanted` of the numbers `0..of`, in order; all of them where there are no more.
    pub fn sample(&mut self, of: usize, wanted: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..of).collect();
        self.shuffle(&mut all);
        all.truncate(wanted);
        all.sort_unstable();
        all
    }
}

/// Whether the counts of `make gauntlet` are wanted (`CABINET_COUNTS=full`), or the small ones of `make test`.
#[must_use]
pub fn full_counts() -> bool {
    std::env::var("CABINET_COUNTS").is_ok_and(|counts| counts == "full")
}

/// The seed: `CABINET_SEED`, or this one.
#[must_use]
pub fn seed() -> u64 {
    std::env::var("CABINET_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_126)
}

/// A temporary folder without symbolic links in its name, in memory where that can be had: what is simulated needs no
/// real disk.
///
/// # Errors
/// Those of the file system.
pub fn folder() -> std::io::Result<tempfile::TempDir> {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir()
        && let Ok(dir) = tempfile::TempDir::with_prefix_in("cabinet-", memory)
    {
        return Ok(dir);
    }
    tempfile::TempDir::with_prefix_in("cabinet-", std::env::temp_dir().canonicalize()?)
}

/// Copies a folder with all that is below it.
///
/// # Errors
/// Those of the file system.
pub fn copy_folder(from: &std::path::Path, to: &std::path::Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for item in std::fs::read_dir(from)? {
        let item = item?;
        let target = to.join(item.file_name());
        if item.file_type()?.is_dir() {
            copy_folder(&item.path(), &target)?;
        } else {
            std::fs::copy(item.path(), &target)?;
        }
    }
    Ok(())
}
