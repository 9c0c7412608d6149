//! What a program did below its folder, as `plog.c` recorded it.
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Kinds of calls, by what can go wrong with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Opening what is there, or is not.
    Open,
    /// Opening what is made by it.
    Create,
    /// Reading.
    Read,
    /// Writing.
    Write,
    /// Cutting to a length.
    Truncate,
    /// fsync, fdatasync.
    Sync,
    /// Renaming.
    Rename,
    /// Removing a file or a folder.
    Remove,
    /// A second name.
    Link,
    /// Making a folder.
    Mkdir,
    /// Copying inside the kernel.
    Copy,
}

/// All kinds in the order of their numbers in `plog.c`.
const KINDS: [Kind; 11] = [
    Kind::Open,
    Kind::Create,
    Kind::Read,
    Kind::Write,
    Kind::Truncate,
    Kind::Sync,
    Kind::Rename,
    Kind::Remove,
    Kind::Link,
    Kind::Mkdir,
    Kind::Copy,
];

impl Kind {
    /// Its word in what is printed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Create => "create",
            Self::Read => "read",
            Self::Write => "write",
            Self::Truncate => "truncate",
            Self::Sync => "fsync",
            Self::Rename => "rename",
            Self::Remove => "remove",
            Self::Link => "link",
            Self::Mkdir => "mkdir",
            Self::Copy => "copy",
        }
    }
}

/// What a call left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Nothing that a disk could lose: it failed, or only looked.
    None,
    /// A file or folder stands behind a number now.
    Opened {
        /// The number.
        fd: i32,
        /// It was not there before.
        created: bool,
        /// It is empty now.
        emptied: bool,
    },
    /// Bytes were written.
    Wrote {
        /// Into what.
        fd: i32,
        /// Where.
        at: u64,
        /// What.
        data: Vec<u8>,
    },
    /// A file has another length.
    Cut {
        /// Which.
        fd: i32,
        /// Its length.
        length: u64,
    },
    /// A file or folder is durable.
    Synced {
        /// Which.
        fd: i32,
    },
    /// A name is gone.
    Removed,
    /// A name is another.
    Renamed {
        /// The new one.
        to: String,
    },
    /// There is a second name.
    Linked {
        /// The second one.
        to: String,
    },
    /// A folder was made.
    Made,
    /// Bytes were copied inside the kernel: not followed.
    Copied,
    /// Words on stdout.
    Said(String),
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its number, from 1, as a fault names it; 0 for words.
    pub number: u32,
    /// Its kind; `None` for words.
    pub kind: Option<Kind>,
    /// The name below the folder; `.` is the folder.
    pub name: String,
    /// What it left behind.
    pub effect: Effect,
}

/// What a program did, in order.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    /// The calls.
    pub calls: Vec<Call>,
}

const HEADER: usize = 24;

impl Trace {
    /// Reads what `plog.c` wrote.
    ///
    /// # Errors
    /// When the file cannot be read or is not whole.
    pub fn read(path: &Path) -> io::Result<Self> {
        let bytes = std::fs::read(path)?;
        let mut calls = Vec::new();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let (call, after) = parse(rest).ok_or_else(|| {
                io::Error::new(io::ErrorKind::InvalidData, format!("record {} is not whole", calls.len()))
            })?;
            calls.push(call);
            rest = after;
        }
        Ok(Self { calls })
    }

    /// Where each line of stdout was complete: the index of the call that ended it, and the line.
    #[must_use]
    pub fn lines(&self) -> Vec<(usize, String)> {
        let (mut lines, mut open) = (Vec::new(), String::new());
        for (index, call) in self.calls.iter().enumerate() {
            let Effect::Said(words) = &call.effect else { continue };
            for part in words.split_inclusive('\n') {
                open.push_str(part);
                if open.ends_with('\n') {
                    lines.push((index, open.trim_end().to_owned()));
                    open.clear();
                }
            }
        }
        lines
    }

    /// The index after the line that ends with `word`; the whole trace where nobody said it.
    #[must_use]
    pub fn after_line(&self, word: &str) -> usize {
        self.lines().iter().find(|(_, line)| line.ends_with(word)).map_or(0, |(index, _)| index + 1)
    }

    /// Calls that change what a disk holds, from `start` on.
    #[must_use]
    pub fn changing(&self, start: usize) -> Vec<usize> {
        let changes = |effect: &Effect| match effect {
            Effect::None | Effect::Said(_) => false,
            Effect::Opened { created, emptied, .. } => *created || *emptied,
            Effect::Wrote { .. }
            | Effect::Cut { .. }
            | Effect::Synced { .. }
            | Effect::Removed
            | Effect::Renamed { .. }
            | Effect::Linked { .. }
            | Effect::Made
            | Effect::Copied => true,
        };
        (start..self.calls.len()).filter(|index| changes(&self.calls[*index].effect)).collect()
    }

    /// How many calls of each kind there were.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<Kind, usize> {
        let mut counts = BTreeMap::new();
        for kind in self.calls.iter().filter_map(|call| call.kind) {
            *counts.entry(kind).or_insert(0) += 1;
        }
        counts
    }
}

fn parse(bytes: &[u8]) -> Option<(Call, &[u8])> {
    let number = |range: std::ops::Range<usize>| -> Option<[u8; 4]> { bytes.get(range)?.try_into().ok() };
    let (effect, kind) = (*bytes.first()?, *bytes.get(1)?);
    let name_length = usize::from(u16::from_ne_bytes([*bytes.get(2)?, *bytes.get(3)?]));
    let data_length = usize::try_from(u32::from_ne_bytes(number(4..8)?)).ok()?;
    let at = i64::from_ne_bytes(bytes.get(8..16)?.try_into().ok()?);
    let fd = i32::from_ne_bytes(number(16..20)?);
    let call = u32::from_ne_bytes(number(20..24)?);
    let name = bytes.get(HEADER..HEADER + name_length)?;
    let data = bytes.get(HEADER + name_length..HEADER + name_length + data_length)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let place = || u64::try_from(at).ok();
    let effect = match effect {
        0 => Effect::None,
        b'O' => Effect::Opened { fd, created: at & 1 != 0, emptied: at & 2 != 0 },
        b'W' => Effect::Wrote { fd, at: place()?, data: data.to_vec() },
        b'T' => Effect::Cut { fd, length: place()? },
        b'S' => Effect::Synced { fd },
        b'U' => Effect::Removed,
        b'R' => Effect::Renamed { to: text(data) },
        b'L' => Effect::Linked { to: text(data) },
        b'M' => Effect::Made,
        b'Z' => Effect::Copied,
        b'A' => Effect::Said(text(data)),
        _ => return None,
    };
    let kind = usize::from(kind).checked_sub(1).map_or(Some(None), |index| KINDS.get(index).copied().map(Some))?;
    let call = Call { number: call, kind, name: text(name), effect };
    Some((call, &bytes[HEADER + name_length + data_length..]))
}
