//! A unified diff, as Python's `difflib.unified_diff`, diff(1) with `-u` and Git write it: each file is made, changed or
//! taken away.
//!
//! By hand: lines of a dozen beginnings. Every hunk is counted to its end, so that a diff that was cut is seen to be.
use domain::evidence::{Format, LISTED_COMPONENTS, PlannedChanges, Says};

use crate::Read;
use crate::bounds::{ELEMENTS, cut};
use crate::error::{At, Fault, Place};
use crate::json::add;

/// What stands between files in what Git writes, and changes no line.
const BETWEEN: [&str; 11] = [
    "index ",
    "old mode ",
    "new mode ",
    "similarity index ",
    "dissimilarity index ",
    "rename to ",
    "copy from ",
    "copy to ",
    "Binary files ",
    "diff ",
    "\\ ",
];

/// How Python and diff(1) call what is not there.
const NOWHERE: &str = "/dev/null";

#[derive(Clone, Copy)]
enum Fate {
    Made,
    Changed,
    TakenAway,
    Moved,
}

#[derive(Default)]
struct Diff {
    planned: PlannedChanges,
    files: u32,
    /// The file whose lines follow; Git names it once more in the lines that do.
    open: Option<(Fate, String)>,
    of_git: bool,
    /// Whether Git's file has named itself in a line of the head: it does so once.
    named: bool,
    /// The old name, until the new one comes.
    old: Option<String>,
    /// Lines of the hunk that are still to come: of the old file and of the new one.
    left: (u32, u32),
}

/// Whether a file begins as a diff does.
pub(crate) fn begins(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty());
    first.is_some_and(|line| line.starts_with("diff ") || line.starts_with("--- "))
}

/// The name in a line of the head: what follows a tab is a time.
fn name(rest: &str) -> String {
    cut(rest.split('\t').next().unwrap_or_default().trim())
}

/// Both lengths of `@@ -1,2 +3,4 @@`; a length that is left out is 1.
fn lengths(line: &str) -> Option<(u32, u32)> {
    let (ranges, _) = line.strip_prefix("@@ -")?.split_once(" @@")?;
    let (old, new) = ranges.split_once(" +")?;
    let count = |digits: &str| -> Option<u32> {
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
    };
    let length = |range: &str| match range.split_once(',') {
        Some((at, length)) => count(at).and_then(|_| count(length)),
        None => count(range).map(|_| 1),
    };
    Some((length(old)?, length(new)?))
}

impl Diff {
    /// Counts the file that was open.
    fn close(&mut self) {
        let Some((fate, name)) = self.open.take() else { return };
        let planned = &mut self.planned;
        let (sum, goes) = match fate {
            Fate::Made => (&mut planned.create, false),
            Fate::Changed => (&mut planned.update, false),
            Fate::TakenAway => (&mut planned.delete, true),
            Fate::Moved => (&mut planned.replace, true),
        };
        add(sum, 1);
        add(&mut self.files, 1);
        if goes && self.planned.deletions.len() < LISTED_COMPONENTS {
            self.planned.deletions.push(name);
        }
    }

    fn fate(&mut self, fate: Fate, name: Option<&str>) -> Result<(), String> {
        let Some((is, called)) = self.open.as_mut().filter(|_| self.of_git) else {
            return Err("it stands outside of a file".to_owned());
        };
        *is = fate;
        if let Some(name) = name {
            *called = cut(name.trim());
        }
        Ok(())
    }

    /// A line within a hunk.
    fn within(&mut self, line: &str) -> Result<(), String> {
        let (old, new) = match line.bytes().next() {
            // Some tools cut the blank of an empty line.
            Some(b' ') | None => (1, 1),
            Some(b'-') => (1, 0),
            Some(b'+') => (0, 1),
            Some(b'\\') => (0, 0),
            Some(_) => return Err("a hunk ends before its lines are there".to_owned()),
        };
        let (Some(old), Some(new)) = (self.left.0.checked_sub(old), self.left.1.checked_sub(new)) else {
            return Err("a hunk has more lines than it says".to_owned());
        };
        self.left = (old, new);
        Ok(())
    }

    fn line(&mut self, line: &str) -> Result<(), String> {
        if self.left != (0, 0) {
            return self.within(line);
        }
        if let Some(old) = &self.old {
            let Some(new) = line.strip_prefix("+++ ") else {
                return Err("after the old name comes the new one".to_owned());
            };
            let (old, new) = (old.clone(), name(new));
            self.old = None;
            if !self.of_git {
                let fate = match (old == NOWHERE, new == NOWHERE) {
                    (true, _) => Fate::Made,
                    (false, true) => Fate::TakenAway,
                    (false, false) => Fate::Changed,
                };
                self.open = Some((fate, if new == NOWHERE { old } else { new }));
            }
            return Ok(());
        }
        if let Some(names) = line.strip_prefix("diff --git ") {
            self.close();
            let name = names.split_once(" b/").map_or(names, |(old, _)| old.strip_prefix("a/").unwrap_or(old));
            self.open = Some((Fate::Changed, cut(name)));
            (self.of_git, self.named) = (true, false);
        } else if let Some(old) = line.strip_prefix("--- ") {
            if self.of_git && self.open.is_some() {
                if self.named {
                    return Err("a second file stands where Git has one".to_owned());
                }
                self.named = true;
            } else {
                self.close();
            }
            self.old = Some(name(old));
        } else if line.starts_with("@@ ") {
            if self.open.is_none() {
                return Err("a hunk stands outside of a file".to_owned());
            }
            self.left = lengths(line).ok_or("it is no head of a hunk")?;
        } else if line.starts_with("new file mode ") {
            self.fate(Fate::Made, None)?;
        } else if line.starts_with("deleted file mode ") {
            self.fate(Fate::TakenAway, None)?;
        } else if let Some(from) = line.strip_prefix("rename from ") {
            self.fate(Fate::Moved, Some(from))?;
        } else if !line.trim().is_empty() && !BETWEEN.iter().any(|known| line.starts_with(known)) {
            return Err("it is no line of a unified diff".to_owned());
        }
        Ok(())
    }
}

/// Reads a diff.
pub(crate) fn read(text: &str) -> Result<Read, At> {
    let mut diff = Diff::default();
    for (n, line) in text.lines().enumerate() {
        let at = |fault| At { place: Place::Line(n + 1), fault };
        if n >= ELEMENTS {
            return Err(at(Fault::TooMany));
        }
        diff.line(line).map_err(|why| at(Fault::Malformed(format!("{why}: {:?}", cut(line)))))?;
    }
    if diff.left != (0, 0) || diff.old.is_some() {
        return Err(At::whole(Fault::Malformed("it ends within a file".to_owned())));
    }
    diff.close();
    if diff.files == 0 {
        return Err(At::whole(Fault::Malformed("it names no file".to_owned())));
    }
    Ok(Read {
        format: Format::UnifiedDiff,
        version: String::new(),
        tools: Vec::new(),
        says: Says::PlannedChanges(diff.planned),
    })
}
