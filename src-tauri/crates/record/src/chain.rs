//! Logs: one hash chain per key and epoch, each entry naming the newest heads it had seen of the others.
//!
//! Everything here is a pure function of a *set* of entries: whatever order they arrived in, the
//! answer is the same.
use std::collections::{BTreeMap, BTreeSet};

use domain::entry::{Head, LogPosition};
use domain::ids::{EntryId, LogId};

use crate::refusal::{Code, Refusal};

/// An entry's id and place; all that order and completeness need to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The entry.
    pub id: EntryId,
    /// Where it stands.
    pub log: LogPosition,
}

type Key = (LogId, u32, EntryId);

impl Link {
    fn key(&self) -> Key {
        (self.log.id, self.log.seq, self.id)
    }
}

/// The one order of a set of entries: causal (an entry comes after its predecessor and after all it
/// had seen), then by log, then by position. Never by clock.
///
/// Total over any input: a predecessor that is missing orders nothing, and should ids form a circle
/// (which SHA-256 does not allow) the smallest position goes first.
#[must_use]
pub fn causal_order(links: &[Link]) -> Vec<EntryId> {
    let by_id: BTreeMap<EntryId, &Link> = links.iter().map(|link| (link.id, link)).collect();
    let mut waits_for: BTreeMap<EntryId, BTreeSet<EntryId>> = BTreeMap::new();
    let mut frees: BTreeMap<EntryId, Vec<EntryId>> = BTreeMap::new();
    for link in by_id.values() {
        let before: BTreeSet<EntryId> = link
            .log
            .prev
            .into_iter()
            .chain(link.log.seen.values().map(|head| head.id))
            .filter(|id| *id != link.id && by_id.contains_key(id))
            .collect();
        for id in &before {
            frees.entry(*id).or_default().push(link.id);
        }
        waits_for.insert(link.id, before);
    }
    let mut ready: BTreeSet<Key> =
        by_id.values().filter(|link| waits_for[&link.id].is_empty()).map(|link| link.key()).collect();
    let mut waiting: BTreeSet<Key> =
        by_id.values().filter(|link| !waits_for[&link.id].is_empty()).map(|link| link.key()).collect();
    let mut order = Vec::with_capacity(by_id.len());
    while let Some(key) = ready.pop_first().or_else(|| waiting.pop_first()) {
        order.push(key.2);
        for freed in frees.remove(&key.2).unwrap_or_default() {
            let link = by_id[&freed];
            let before = waits_for.get_mut(&freed).expect("every link has its set");
            before.remove(&key.2);
            if before.is_empty() && waiting.remove(&link.key()) {
                ready.insert(link.key());
            }
        }
    }
    order
}

/// What is wrong with the logs as a whole. No entry is dropped for it; the reader is told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Positions are missing from a log.
    Gap {
        /// Which log.
        log: LogId,
        /// First missing position.
        from: u32,
        /// Last missing position.
        to: u32,
    },
    /// Two or more entries stand at one position: all are kept, none counts until settled.
    Fork {
        /// Which log.
        log: LogId,
        /// The position.
        seq: u32,
        /// The entries, sorted.
        entries: Vec<EntryId>,
    },
    /// An entry does not follow from the one before it.
    Prev {
        /// Which log.
        log: LogId,
        /// Its position.
        seq: u32,
        /// The entry.
        entry: EntryId,
    },
    /// Another log, or the checkpoint, had seen an entry that is missing: omission or rollback.
    SeenMissing {
        /// The log in which it is missing.
        log: LogId,
        /// The position that had been seen.
        seq: u32,
        /// The entry that had been seen there.
        entry: EntryId,
        /// By which entry; `None` if by the vault or the checkpoint.
        by: Option<EntryId>,
    },
}

impl Fault {
    /// The log it concerns.
    #[must_use]
    pub fn log(&self) -> LogId {
        match self {
            Self::Gap { log, .. } | Self::Fork { log, .. } | Self::Prev { log, .. } | Self::SeenMissing { log, .. } => {
                *log
            }
        }
    }

    /// As a refusal of the verifier.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        let log = self.log();
        let place = |seq: u32| format!("log {}:{} #{seq}", log.key.short(), log.epoch);
        match self {
            Self::Gap { from, to, .. } if from == to => {
                Refusal::new(Code::ChainGap, format!("entry {from} is missing"), place(*from))
            }
            Self::Gap { from, to, .. } => {
                Refusal::new(Code::ChainGap, format!("entries {from} to {to} are missing"), place(*from))
            }
            Self::Fork { seq, entries, .. } => {
                let ids: Vec<String> = entries.iter().map(EntryId::short).collect();
                let what = format!("{} entries stand at one position: {}", entries.len(), ids.join(", "));
                Refusal::new(Code::ChainFork, what, place(*seq))
            }
            Self::Prev { seq, entry, .. } => {
                let what = format!("entry {} does not follow from the one before it", entry.short());
                Refusal::new(Code::ChainPrev, what, place(*seq))
            }
            Self::SeenMissing { seq, entry, by, .. } => {
                let by = by.map_or_else(|| "the keeper of the heads".to_owned(), |id| format!("entry {}", id.short()));
                let what = format!("{by} had seen entry {}, which is missing", entry.short());
                Refusal::new(Code::SeenMissing, what, place(*seq))
            }
        }
    }
}

/// Everything wrong with a set of entries as logs, sorted.
///
/// `witnessed` are heads known from elsewhere: those kept beside the key, or a checkpoint's. A log
/// that ends before such a head has been rolled back or cut short.
#[must_use]
pub fn faults(links: &[Link], witnessed: &BTreeMap<LogId, Head>) -> Vec<Fault> {
    let mut logs: BTreeMap<LogId, BTreeMap<u32, BTreeMap<EntryId, &Link>>> = BTreeMap::new();
    let mut ids: BTreeMap<EntryId, (LogId, u32)> = BTreeMap::new();
    for link in links {
        logs.entry(link.log.id).or_default().entry(link.log.seq).or_default().insert(link.id, link);
        ids.insert(link.id, (link.log.id, link.log.seq));
    }
    let mut faults = BTreeSet::new();
    for (log, positions) in &logs {
        let mut expected = 1;
        for (&seq, entries) in positions {
            if seq > expected {
                faults.insert(Fault::Gap { log: *log, from: expected, to: seq - 1 });
            }
            if entries.len() > 1 {
                faults.insert(Fault::Fork { log: *log, seq, entries: entries.keys().copied().collect() });
            }
            for (id, link) in entries {
                if !follows(link, seq.checked_sub(1).and_then(|before| positions.get(&before))) {
                    faults.insert(Fault::Prev { log: *log, seq, entry: *id });
                }
            }
            expected = seq.saturating_add(1);
        }
    }
    let missing = |log: &LogId, head: &Head| ids.get(&head.id) != Some(&(*log, head.seq));
    for link in links {
        for (log, head) in link.log.seen.iter().filter(|(log, head)| missing(log, head)) {
            faults.insert(Fault::SeenMissing { log: *log, seq: head.seq, entry: head.id, by: Some(link.id) });
        }
    }
    for (log, head) in witnessed.iter().filter(|(log, head)| missing(log, head)) {
        faults.insert(Fault::SeenMissing { log: *log, seq: head.seq, entry: head.id, by: None });
    }
    faults.into_iter().collect()
}

/// Whether `link` names one of the entries before it; where those are missing, the gap says it all.
fn follows(link: &Link, before: Option<&BTreeMap<EntryId, &Link>>) -> bool {
    match (link.log.prev, before) {
        (None, _) => link.log.seq == 1,
        (Some(_), _) if link.log.seq <= 1 => false,
        (Some(prev), Some(entries)) => entries.contains_key(&prev),
        (Some(_), None) => true,
    }
}

/// The newest entry of each log, for the next entry's `seen`, the vault and checkpoints. In a forked
/// log the smallest id among the newest stands for all, so that every reader names the same one.
#[must_use]
pub fn heads(links: &[Link]) -> BTreeMap<LogId, Head> {
    let mut heads: BTreeMap<LogId, Head> = BTreeMap::new();
    for link in links {
        let head = Head { seq: link.log.seq, id: link.id };
        let newest = heads.entry(link.log.id).or_insert(head);
        if head.seq > newest.seq || (head.seq == newest.seq && head.id < newest.id) {
            *newest = head;
        }
    }
    heads
}

/// What each entry of a set had before it: its predecessor, what it had seen, and what those had.
#[derive(Debug, Clone, Default)]
pub struct Past {
    before: BTreeMap<EntryId, Vec<EntryId>>,
    after: BTreeMap<EntryId, Vec<EntryId>>,
    logs: BTreeMap<EntryId, LogId>,
}

impl Past {
    /// The past of a set of entries. What is not in the set has none.
    #[must_use]
    pub fn of(links: impl IntoIterator<Item = Link>) -> Self {
        let mut past = Self::default();
        for link in links {
            let before: Vec<EntryId> =
                link.log.prev.into_iter().chain(link.log.seen.values().map(|head| head.id)).collect();
            for earlier in &before {
                past.after.entry(*earlier).or_default().push(link.id);
            }
            past.before.insert(link.id, before);
            past.logs.insert(link.id, link.log.id);
        }
        past
    }

    /// Everything before any of `ids`, these included.
    #[must_use]
    pub fn up_to(&self, ids: impl IntoIterator<Item = EntryId>) -> BTreeSet<EntryId> {
        self.reach(&self.before, ids)
    }

    /// Whether everything that any of `ids` names as before it is in the set.
    #[must_use]
    pub fn is_whole(&self, ids: &BTreeSet<EntryId>) -> bool {
        let mut before = ids.iter().filter_map(|id| self.before.get(id)).flatten();
        before.all(|id| self.logs.contains_key(id))
    }

    /// Everything that had `id` before it; `id` itself is not among it.
    #[must_use]
    pub fn after(&self, id: EntryId) -> BTreeSet<EntryId> {
        let mut found = self.reach(&self.after, [id]);
        found.remove(&id);
        found
    }

    /// The entries of *other* keys that had seen `id`. A key is no witness of itself, in whichever epoch.
    pub fn witnesses(&self, id: EntryId) -> impl Iterator<Item = EntryId> + '_ {
        let key_of = |id: &EntryId| self.logs.get(id).map(|log| log.key);
        let own = key_of(&id);
        self.after(id).into_iter().filter(move |later| self.logs.get(later).map(|log| log.key) != own)
    }

    fn reach(
        &self,
        next: &BTreeMap<EntryId, Vec<EntryId>>,
        from: impl IntoIterator<Item = EntryId>,
    ) -> BTreeSet<EntryId> {
        let mut found = BTreeSet::new();
        let mut open: Vec<EntryId> = from.into_iter().collect();
        while let Some(id) = open.pop() {
            if self.logs.contains_key(&id) && found.insert(id) {
                open.extend(next.get(&id).into_iter().flatten());
            }
        }
        found
    }
}

/// The place of the next entry of `log`, after everything in `heads`.
#[must_use]
pub fn next_position(log: LogId, heads: &BTreeMap<LogId, Head>) -> LogPosition {
    let own = heads.get(&log);
    LogPosition {
        id: log,
        seq: own.map_or(1, |head| head.seq.saturating_add(1)),
        prev: own.map(|head| head.id),
        seen: heads.iter().filter(|(id, _)| **id != log).map(|(id, head)| (*id, *head)).collect(),
    }
}

/// How the store's head of a log relates to the one kept beside the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadComparison {
    /// Both are the same, or the vault is behind because the program ended between COMMIT and its write.
    Consistent,
    /// The vault knows an entry the store does not have: an older copy of the database was put back.
    RolledBack {
        /// What the vault knows.
        vault: Head,
        /// What the store has, if anything.
        store: Option<Head>,
    },
}

/// Compares the head kept beside the key with the entries of the store.
#[must_use]
pub fn compare_with_vault(log: LogId, vault: Option<Head>, links: &[Link]) -> HeadComparison {
    let Some(vault) = vault else {
        return HeadComparison::Consistent;
    };
    if links.iter().any(|link| link.id == vault.id && link.log.id == log) {
        return HeadComparison::Consistent;
    }
    HeadComparison::RolledBack { vault, store: heads(links).get(&log).copied() }
}

#[cfg(test)]
mod tests;
