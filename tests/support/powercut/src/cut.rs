//! Points at which the power goes, and the folders that are left.
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::disk::{Disk, Lies};
use crate::trace::Trace;
use crate::{Dice, folder};

/// A folder as a power cut left it.
#[derive(Debug)]
pub struct Cut {
    /// Which of the points this is, from 0.
    pub number: usize,
    /// After which call the power went.
    pub index: usize,
    /// The last number that was acknowledged before.
    pub acknowledged: Option<u32>,
    temporary: TempDir,
}

impl Cut {
    /// The folder.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.temporary.path().join("data")
    }

    /// A place beside it that is removed with it.
    #[must_use]
    pub fn beside(&self, name: &str) -> PathBuf {
        self.temporary.path().join(name)
    }
}

/// Points of a trace, each with one disk that could be left there.
#[derive(Debug)]
pub struct Cuts<'t> {
    trace: &'t Trace,
    disk: Disk,
    played: usize,
    points: std::iter::Enumerate<std::vec::IntoIter<usize>>,
    dice: Dice,
}

impl<'t> Cuts<'t> {
    /// `wanted` points after the call `start` of what began with the folder `base`, everything in which is durable.
    ///
    /// # Errors
    /// When `base` cannot be read.
    pub fn of(
        trace: &'t Trace,
        base: &Path,
        start: usize,
        wanted: usize,
        lies: Lies,
        mut dice: Dice,
    ) -> io::Result<Self> {
        // Nothing changes between two changing calls: to cut there would be to cut at the first again.
        let mut places = trace.changing(start);
        // What is acknowledged counts from the moment the words are out.
        places.extend(trace.lines().into_iter().map(|(index, _)| index).filter(|index| *index >= start));
        places.sort_unstable();
        let mut points: Vec<usize> = match places.as_slice() {
            [] => Vec::new(),
            places => (0..wanted).map(|_| places[dice.index(places.len())]).collect(),
        };
        points.sort_unstable();
        Ok(Self { trace, disk: Disk::of(base, lies)?, played: 0, points: points.into_iter().enumerate(), dice })
    }

    fn cut(&mut self, number: usize, index: usize) -> io::Result<Cut> {
        while self.played <= index {
            self.disk.play(&self.trace.calls[self.played])?;
            self.played += 1;
        }
        let temporary = folder()?;
        std::fs::create_dir(temporary.path().join("data"))?;
        self.disk.build(&mut self.dice, &temporary.path().join("data"))?;
        Ok(Cut { number, index, acknowledged: self.trace.acknowledged(index), temporary })
    }
}

impl Iterator for Cuts<'_> {
    type Item = io::Result<Cut>;

    fn next(&mut self) -> Option<Self::Item> {
        let (number, index) = self.points.next()?;
        Some(self.cut(number, index))
    }
}

/// The number that a line acknowledges: what follows its last `ack `.
#[must_use]
pub fn acknowledged(line: &str) -> Option<u32> {
    line.rsplit_once("ack ").and_then(|(_, number)| number.trim().parse().ok())
}

impl Trace {
    /// The last number that was acknowledged up to the call `until`.
    #[must_use]
    pub fn acknowledged(&self, until: usize) -> Option<u32> {
        let lines = self.lines();
        lines.iter().take_while(|(index, _)| *index <= until).filter_map(|(_, line)| acknowledged(line)).last()
    }
}
