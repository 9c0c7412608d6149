//! A set of entries: each by itself, then what only shows beside the others.
use std::collections::{BTreeMap, BTreeSet};

use domain::entry::{Body, Head};
use domain::ids::{EntryId, LogId};

use super::seats::Arrivals;
use super::{Context, superseded, verify_entry, verify_parsed};
use crate::chain::{self, Fault, Link, Past};
use crate::entry::Entry;
use crate::forks;
use crate::refusal::{Code, Refusal};
use crate::revocation;

/// A set of entries after verification.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// What holds, in causal order. Entries of a newer Cabinet are among them.
    pub entries: Vec<Entry>,
    /// Entries that stand at one position with another, and what was built on them: kept and shown, but not
    /// counted until settled, unless another log had seen them before the fork appeared.
    pub disputed: BTreeSet<EntryId>,
    /// Positions of forks that are settled: one of the entries there counts.
    pub settled: BTreeSet<(LogId, u32)>,
    /// Refused entries, one refusal each.
    pub refusals: Vec<Refusal>,
    /// What is wrong with the logs: gaps, forks, omissions.
    pub faults: Vec<Fault>,
}

impl Verified {
    /// Whether everything holds and nothing is missing.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.refusals.is_empty() && self.faults.is_empty()
    }

    /// Whether some entries need a newer Cabinet, so that what is computed from them is incomplete.
    #[must_use]
    pub fn needs_newer(&self) -> bool {
        self.entries.iter().any(|entry| entry.predicate().is_none())
    }

    /// The newest entry of each log.
    #[must_use]
    pub fn heads(&self) -> BTreeMap<LogId, Head> {
        chain::heads(&self.links())
    }

    /// Where the next entries go.
    #[must_use]
    pub fn ends(&self) -> forks::Ends {
        forks::Ends::of(&self.links(), &self.disputed)
    }

    /// Ids and places of what holds.
    #[must_use]
    pub fn links(&self) -> Vec<Link> {
        self.entries.iter().map(link).collect()
    }
}

/// The id and place of an entry.
#[must_use]
pub fn link(entry: &Entry) -> Link {
    Link { id: entry.id(), log: entry.log().clone() }
}

/// Verifies a set of entries in whatever order they come; the same entry twice counts once.
/// `witnessed` are heads known from the vault or a checkpoint.
#[must_use]
pub fn verify_log<'e>(
    entries: impl IntoIterator<Item = &'e [u8]>,
    context: &Context<'_>,
    witnessed: &BTreeMap<LogId, Head>,
) -> Verified {
    verify_read(entries.into_iter().map(Err), context, witnessed)
}

/// As [`verify_log`], for entries whose bytes have been read already.
#[must_use]
pub fn verify_entries(
    entries: impl IntoIterator<Item = Entry>,
    context: &Context<'_>,
    witnessed: &BTreeMap<LogId, Head>,
) -> Verified {
    verify_read(entries.into_iter().map(Ok), context, witnessed)
}

/// As [`verify_log`], where some entries have been read already, and of the others the bytes are here. What is said of
/// an entry is the same either way.
#[must_use]
pub fn verify_read<'e>(
    entries: impl IntoIterator<Item = Result<Entry, &'e [u8]>>,
    context: &Context<'_>,
    witnessed: &BTreeMap<LogId, Head>,
) -> Verified {
    let mut held = BTreeMap::new();
    let mut refusals = Vec::new();
    for (index, read) in entries.into_iter().enumerate() {
        let judged = match read {
            Ok(entry) => verify_parsed(&entry, context).map(|()| entry),
            Err(bytes) => verify_entry(bytes, context),
        };
        match judged {
            Ok(entry) => keep(&mut held, entry),
            Err(refusal) => refusals.push(refusal.within(&format!("entry number {}", index + 1))),
        }
    }
    over_the_set(held, refusals, context, witnessed)
}

/// Of two envelopes with one payload, signed twice by one key, every reader keeps the same.
fn keep(held: &mut BTreeMap<EntryId, Entry>, entry: Entry) {
    let other = held.get(&entry.id()).is_none_or(|before| entry.bytes() < before.bytes());
    if other {
        held.insert(entry.id(), entry);
    }
}

fn over_the_set(
    mut held: BTreeMap<EntryId, Entry>,
    mut refusals: Vec<Refusal>,
    context: &Context<'_>,
    witnessed: &BTreeMap<LogId, Head>,
) -> Verified {
    // Each judged against the whole set before any is taken out, so that one refusal does not hide another.
    let past = Past::of(held.values().map(link));
    let revoked = revocation::unwitnessed(&held, context.rosters, &past);
    let arrivals = Arrivals::of(&held);
    let judge = |entry: &Entry| check_among(entry, &held).and_then(|()| arrivals.check(entry, &held, &past));
    let among: Vec<(EntryId, Refusal)> =
        held.values().filter_map(|entry| Some((entry.id(), judge(entry).err()?))).chain(revoked).collect();
    let links: Vec<Link> = held.values().map(link).collect();
    let faults = chain::faults(&links, witnessed);
    let order = chain::causal_order(&links);
    let refused = among.iter().map(|(id, _)| *id).collect();
    let outdated = superseded::outdated(&held, &order, &links, &refused);
    for (id, refusal) in among.into_iter().chain(outdated) {
        if held.remove(&id).is_some() {
            refusals.push(refusal);
        }
    }
    let disputed = forks::disputed(&held, &links, &past, context.rosters);
    let settled = forks::settled_places(&held, &links, &past, context.rosters);
    let entries = order.into_iter().filter_map(|id| held.remove(&id)).collect();
    Verified { entries, disputed, settled, refusals, faults }
}

/// What only shows beside other entries: a roster older than one already seen, a withdrawal of
/// another's act.
fn check_among(entry: &Entry, all: &BTreeMap<EntryId, Entry>) -> Result<(), Refusal> {
    let log = entry.log();
    let before = log.prev.into_iter().chain(log.seen.values().map(|head| head.id)).filter_map(|id| all.get(&id));
    let own = entry.statement().roster().version;
    for earlier in before {
        let seen = earlier.statement().roster().version;
        if seen > own {
            let what = format!("names roster {own} after an entry under roster {seen}");
            return Err(Refusal::new(Code::RosterBackwards, what, entry.place()));
        }
    }
    if let Some(predicate) = entry.predicate()
        && let Body::Withdrawal { entry: target, .. } = &predicate.body
        && let Some(original) = all.get(target).and_then(Entry::predicate)
        && original.actor != predicate.actor
    {
        return Err(Refusal::new(Code::NotOwnEntry, "only its actor may withdraw an entry", entry.place()));
    }
    Ok(())
}
