//! What a disk could hold when the power goes.
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use crate::Dice;
use crate::trace::{Call, Effect};

/// The least a disk writes at once.
const SECTOR: u64 = 512;

/// A disk that answers a sync it did not do: the control that shows that losses are noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lies {
    /// It does what it is told.
    #[default]
    Never,
    /// It ignores syncs of files whose names end like this.
    About(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Folder,
    File(usize),
}

#[derive(Debug, Clone)]
enum Change {
    Write { at: u64, data: Vec<u8> },
    Cut(u64),
}

/// A file's bytes as they surely are on the disk, and what was done since.
#[derive(Debug, Clone, Default)]
struct Content {
    durable: Vec<u8>,
    since: Vec<Change>,
    length: u64,
}

#[derive(Debug, Clone)]
enum Naming {
    Set(String, Node),
    Gone(String),
    Moved { from: String, to: String, node: Node },
}

#[derive(Debug, Clone)]
enum Behind {
    Folder(String),
    File { file: usize, name: String },
}

/// A disk below one folder, played forward call by call.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    files: Vec<Content>,
    durable: BTreeMap<String, Node>,
    current: BTreeMap<String, Node>,
    since: BTreeMap<String, Vec<Naming>>,
    behind: BTreeMap<i32, Behind>,
    lies: Lies,
}

fn not_followed(call: &Call, why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("call {} on {}: {why}", call.number, call.name))
}

fn parent(name: &str) -> String {
    name.rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned()
}

fn number(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

impl Disk {
    /// With everything in `folder` durable.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of(folder: &Path, lies: Lies) -> io::Result<Self> {
        let mut disk = Self { lies, ..Self::default() };
        disk.load(folder, "")?;
        disk.current = disk.durable.clone();
        Ok(disk)
    }

    fn load(&mut self, folder: &Path, prefix: &str) -> io::Result<()> {
        for item in std::fs::read_dir(folder)? {
            let item = item?;
            let name = format!("{prefix}{}", item.file_name().to_string_lossy());
            if item.file_type()?.is_dir() {
                self.durable.insert(name.clone(), Node::Folder);
                self.load(&item.path(), &format!("{name}/"))?;
            } else if !name.ends_with("-shm") {
                let durable = std::fs::read(item.path())?;
                let length = durable.len() as u64;
                self.durable.insert(name, Node::File(self.files.len()));
                self.files.push(Content { durable, since: Vec::new(), length });
            }
        }
        Ok(())
    }

    /// Plays one call.
    ///
    /// # Errors
    /// When the call cannot be followed: then nothing built from here on would mean anything.
    pub fn play(&mut self, call: &Call) -> io::Result<()> {
        match &call.effect {
            Effect::None | Effect::Said(_) => {}
            Effect::Opened { fd, created, emptied } => self.open(call, *fd, *created, *emptied)?,
            Effect::Wrote { fd, at, data } => {
                let file = self.file(call, *fd)?;
                file.length = file.length.max(at + data.len() as u64);
                file.since.push(Change::Write { at: *at, data: data.clone() });
            }
            Effect::Cut { fd, length } => {
                let file = self.file(call, *fd)?;
                file.length = *length;
                file.since.push(Change::Cut(*length));
            }
            Effect::Synced { fd } => self.sync(call, *fd)?,
            Effect::Removed => {
                self.current.remove(&call.name).ok_or_else(|| not_followed(call, "it was not there"))?;
                self.name(Naming::Gone(call.name.clone()), &call.name);
            }
            Effect::Renamed { to } => {
                let node = self.current.remove(&call.name).ok_or_else(|| not_followed(call, "it was not there"))?;
                if node == Node::Folder || parent(to) != parent(&call.name) {
                    return Err(not_followed(call, "only files are followed, and within their folder"));
                }
                self.current.insert(to.clone(), node);
                self.name(Naming::Moved { from: call.name.clone(), to: to.clone(), node }, to);
            }
            Effect::Linked { to } => {
                let node = *self.current.get(&call.name).ok_or_else(|| not_followed(call, "it was not there"))?;
                self.current.insert(to.clone(), node);
                self.name(Naming::Set(to.clone(), node), to);
            }
            Effect::Made => {
                self.current.insert(call.name.clone(), Node::Folder);
                self.name(Naming::Set(call.name.clone(), Node::Folder), &call.name);
            }
            Effect::Copied => return Err(not_followed(call, "copies inside the kernel are not followed")),
        }
        Ok(())
    }

    fn name(&mut self, naming: Naming, name: &str) {
        self.since.entry(parent(name)).or_default().push(naming);
    }

    fn open(&mut self, call: &Call, fd: i32, created: bool, emptied: bool) -> io::Result<()> {
        let name = &call.name;
        if created {
            let node = Node::File(self.files.len());
            self.files.push(Content::default());
            self.current.insert(name.clone(), node);
            self.name(Naming::Set(name.clone(), node), name);
        }
        let node = if name == "." { Some(Node::Folder) } else { self.current.get(name).copied() };
        let behind = match node.ok_or_else(|| not_followed(call, "it was not there"))? {
            Node::Folder => Behind::Folder(name.clone()),
            Node::File(file) => {
                if emptied && self.files[file].length > 0 {
                    self.files[file].length = 0;
                    self.files[file].since.push(Change::Cut(0));
                }
                Behind::File { file, name: name.clone() }
            }
        };
        self.behind.insert(fd, behind);
        Ok(())
    }

    fn file(&mut self, call: &Call, fd: i32) -> io::Result<&mut Content> {
        match self.behind.get(&fd) {
            Some(Behind::File { file, .. }) => Ok(&mut self.files[*file]),
            Some(Behind::Folder(_)) | None => Err(not_followed(call, "no file stands behind its number")),
        }
    }

    fn sync(&mut self, call: &Call, fd: i32) -> io::Result<()> {
        match self.behind.get(&fd).ok_or_else(|| not_followed(call, "nothing stands behind its number"))? {
            Behind::File { file, name } => {
                if matches!(self.lies, Lies::About(end) if name.ends_with(end)) {
                    return Ok(());
                }
                let content = &mut self.files[*file];
                let since = std::mem::take(&mut content.since);
                since.iter().for_each(|change| apply(&mut content.durable, change));
            }
            Behind::Folder(name) => {
                for naming in self.since.remove(name).unwrap_or_default() {
                    rename(&mut self.durable, &naming);
                }
            }
        }
        Ok(())
    }

    /// Writes into the empty folder `to` what a disk could hold if the power went now.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn build(&self, dice: &mut Dice, to: &Path) -> io::Result<()> {
        let mut names = self.durable.clone();
        for changes in self.since.values() {
            for naming in kept_names(changes, dice) {
                rename(&mut names, naming);
            }
        }
        let mut folders = BTreeSet::from([".".to_owned()]);
        for (name, node) in names {
            // Below a folder whose own name did not last there is nothing.
            if !folders.contains(&parent(&name)) {
                continue;
            }
            match node {
                Node::Folder => {
                    std::fs::create_dir(to.join(&name))?;
                    folders.insert(name);
                }
                Node::File(file) => std::fs::write(to.join(&name), self.files[file].after_a_cut(dice))?,
            }
        }
        Ok(())
    }
}

/// All changes, the first ones, or any of them: each stands or falls as a whole.
fn kept_names<'c>(changes: &'c [Naming], dice: &mut Dice) -> Vec<&'c Naming> {
    match dice.roll(3) {
        0 => changes.iter().collect(),
        1 => changes.iter().take(dice.index(changes.len() + 1)).collect(),
        _ => changes.iter().filter(|_| dice.chance(50)).collect(),
    }
}

fn rename(names: &mut BTreeMap<String, Node>, naming: &Naming) {
    match naming {
        Naming::Set(name, node) => {
            names.insert(name.clone(), *node);
        }
        Naming::Gone(name) => {
            names.remove(name);
        }
        Naming::Moved { from, to, node } => {
            names.remove(from);
            names.insert(to.clone(), *node);
        }
    }
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Write { at, data } => {
            let (start, end) = (number(*at), number(*at) + data.len());
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[start..end].copy_from_slice(data);
        }
        Change::Cut(length) => bytes.resize(number(*length), 0),
    }
}

impl Content {
    fn after_a_cut(&self, dice: &mut Dice) -> Vec<u8> {
        let mut bytes = self.durable.clone();
        let mut kept: Vec<Change> = match dice.roll(10) {
            0..3 => self.since.clone(),
            3..5 => Vec::new(),
            _ => self.since.iter().flat_map(|change| some_of(change, dice)).collect(),
        };
        if dice.chance(30) {
            dice.shuffle(&mut kept);
        }
        kept.iter().for_each(|change| apply(&mut bytes, change));
        // The length may be on the disk before what it counts.
        if bytes.len() < number(self.length) && dice.chance(10) {
            bytes.resize(number(self.length), 0);
        }
        bytes
    }
}

/// What lasts of one change: the whole, some of its sectors, or nothing.
fn some_of(change: &Change, dice: &mut Dice) -> Vec<Change> {
    let fate = dice.roll(10);
    match change {
        Change::Cut(_) => (fate < 6).then(|| change.clone()).into_iter().collect(),
        Change::Write { .. } if fate < 4 => vec![change.clone()],
        Change::Write { at, data } if fate < 7 => {
            let mut sectors = Vec::new();
            let (mut from, end) = (*at, at + data.len() as u64);
            while from < end {
                let to = ((from / SECTOR + 1) * SECTOR).min(end);
                if dice.chance(50) {
                    let part = data[number(from - at)..number(to - at)].to_vec();
                    sectors.push(Change::Write { at: from, data: part });
                }
                from = to;
            }
            sectors
        }
        Change::Write { .. } => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
