//! Forks: two entries at one position of a log, as a pure function of the set.
//!
//! Both are kept and shown. What another member's log had witnessed before the second appeared goes on counting, and
//! nobody's word changes that: an author cannot take a signature back by writing a second history (`decisions.md`),
//! and root holders rewrite membership, never past sign-offs (`record.md`, *Honest limits*). Where no other member had,
//! or where two had seen different ones, neither counts, nor what was built on it, until the log's author (with PIN) or
//! the root holders say which stands.
use std::collections::{BTreeMap, BTreeSet};

use domain::entry::{Attestation, Body, Head, LogPosition};
use domain::ids::{EntryId, LogId, MemberId};

use crate::chain::{Link, Past, causal_order, heads, next_position};
use crate::entry::Entry;
use crate::roster::RosterChain;

/// The entries of forked logs that do not count: at a forked position, or built on such a one.
#[must_use]
pub fn disputed(
    entries: &BTreeMap<EntryId, Entry>,
    links: &[Link],
    past: &Past,
    rosters: &RosterChain,
) -> BTreeSet<EntryId> {
    let mut positions: BTreeMap<(LogId, u32), BTreeSet<EntryId>> = BTreeMap::new();
    for link in links.iter().filter(|link| entries.contains_key(&link.id)) {
        positions.entry((link.log.id, link.log.seq)).or_default().insert(link.id);
    }
    let forked: BTreeSet<LogId> =
        positions.iter().filter(|(_, twins)| twins.len() > 1).map(|((log, _), _)| *log).collect();
    let mut losing = BTreeSet::new();
    // Positions come in order, so that a branch is known to lose before what stands on it is looked at. Two branches
    // that both go on stand at the same later positions; those are no further forks.
    for ((log, seq), at) in positions.iter().filter(|((log, _), _)| forked.contains(log)) {
        let built_on_losing = |id: &EntryId| {
            let prev = entries.get(id).and_then(|entry| entry.log().prev);
            prev.is_some_and(|prev| losing.contains(&prev))
        };
        let (lost, twins): (BTreeSet<EntryId>, BTreeSet<EntryId>) = at.iter().copied().partition(built_on_losing);
        losing.extend(lost);
        if twins.len() > 1 {
            let standing = standing(*log, *seq, &twins, &Set { entries, links, past, rosters });
            losing.extend(twins.into_iter().filter(|id| Some(*id) != standing));
        }
    }
    losing
}

/// The positions of forks of which their author, or enough root holders, have said which entry stands.
#[must_use]
pub fn settled_places(
    entries: &BTreeMap<EntryId, Entry>,
    links: &[Link],
    past: &Past,
    rosters: &RosterChain,
) -> BTreeSet<(LogId, u32)> {
    let mut counts: BTreeMap<(LogId, u32), usize> = BTreeMap::new();
    for link in links.iter().filter(|link| entries.contains_key(&link.id)) {
        *counts.entry((link.log.id, link.log.seq)).or_default() += 1;
    }
    let places: BTreeSet<(LogId, u32)> =
        counts.into_iter().filter(|(_, count)| *count > 1).map(|(place, _)| place).collect();
    let set = Set { entries, links, past, rosters };
    places.iter().copied().filter(|place| settled(*place, &set).is_some()).collect()
}

/// What forks are judged by.
struct Set<'a> {
    entries: &'a BTreeMap<EntryId, Entry>,
    links: &'a [Link],
    past: &'a Past,
    rosters: &'a RosterChain,
}

fn standing(log: LogId, seq: u32, twins: &BTreeSet<EntryId>, set: &Set<'_>) -> Option<EntryId> {
    let author = set.rosters.owner_of(log.key);
    let others = witnessed_alone(twins, set, |by| by != log && set.rosters.owner_of(by.key) != author);
    match others {
        Witnessed::One(id) => Some(id),
        Witnessed::Several => settled((log, seq), set),
        // The author's own other devices say something only while nobody else does.
        Witnessed::Nobody => settled((log, seq), set).or_else(|| match witnessed_alone(twins, set, |by| by != log) {
            Witnessed::One(id) => Some(id),
            Witnessed::Nobody | Witnessed::Several => None,
        }),
    }
}

enum Witnessed {
    Nobody,
    One(EntryId),
    Several,
}

/// Which of `twins` a log that `counts` had seen without having seen another of them.
fn witnessed_alone(twins: &BTreeSet<EntryId>, set: &Set<'_>, counts: impl Fn(LogId) -> bool) -> Witnessed {
    let after: BTreeMap<EntryId, BTreeSet<EntryId>> = twins.iter().map(|id| (*id, set.past.after(*id))).collect();
    let mut found = twins.iter().filter(|twin| {
        after[*twin].iter().any(|witness| {
            let holds = set.entries.get(witness).is_some_and(|entry| counts(entry.log().id));
            holds && after.iter().all(|(other, later)| other == *twin || !later.contains(witness))
        })
    });
    match (found.next(), found.next()) {
        (None, _) => Witnessed::Nobody,
        (Some(one), None) => Witnessed::One(*one),
        (Some(_), Some(_)) => Witnessed::Several,
    }
}

/// Which entry stands at a place by the word of its author or of enough root holders: of several words the first.
///
/// The author may say it in another log of theirs, or in the forked log itself as long as no branch says otherwise.
fn settled((log, seq): (LogId, u32), set: &Set<'_>) -> Option<EntryId> {
    let Set { entries, links, rosters, .. } = *set;
    let mut holders: BTreeMap<EntryId, BTreeSet<MemberId>> = BTreeMap::new();
    let mut within = BTreeSet::new();
    for entry in causal_order(links).iter().filter_map(|id| entries.get(id)) {
        let Some(predicate) = entry.predicate() else { continue };
        let Body::ForkSettled { log: about, seq: at, stands, .. } = &predicate.body else { continue };
        let stands_there = entries.get(stands).is_some_and(|e| e.log().id == log && e.log().seq == seq);
        let Ok(version) = rosters.named(entry.statement().roster()) else { continue };
        if *about != log || *at != seq || !stands_there || predicate.attestation != Attestation::Signed {
            continue;
        }
        let author = version.key(log.key).is_ok_and(|(owner, _)| owner.id == predicate.actor);
        if author && entry.log().id == log {
            within.insert(*stands);
            continue;
        }
        if author {
            return Some(*stands);
        }
        let roster = version.roster();
        if roster.root_holders.contains(&predicate.actor) {
            let said = holders.entry(*stands).or_default();
            said.insert(predicate.actor);
            if said.len() >= roster.threshold as usize {
                return Some(*stands);
            }
        }
    }
    if within.len() == 1 { within.pop_first() } else { None }
}

/// Where the next entries go: from which entry each log goes on, and what they may say they have seen.
///
/// A head names one entry of a log, so naming one of two that stand at one position would vouch for it against the
/// other. Of a log that is forked and not settled only what came before the fork is said to be seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ends {
    goes_on: BTreeMap<LogId, Head>,
    undisputed: BTreeMap<LogId, Head>,
}

impl Ends {
    /// The ends of a set of entries, of which some are disputed.
    #[must_use]
    pub fn of(links: &[Link], disputed: &BTreeSet<EntryId>) -> Self {
        let standing: Vec<Link> = links.iter().filter(|link| !disputed.contains(&link.id)).cloned().collect();
        let undisputed = heads(&standing);
        let mut goes_on = undisputed.clone();
        // Nobody has said yet which stands where none does, in a place after one that does.
        let places: BTreeSet<(LogId, u32)> = standing.iter().map(|link| (link.log.id, link.log.seq)).collect();
        let undecided: BTreeSet<LogId> = links
            .iter()
            .filter(|link| disputed.contains(&link.id) && !places.contains(&(link.log.id, link.log.seq)))
            .filter(|link| link.log.prev.is_none_or(|prev| !disputed.contains(&prev)))
            .map(|link| link.log.id)
            .collect();
        goes_on.extend(heads(links).into_iter().filter(|(log, _)| undecided.contains(log)));
        Self { goes_on, undisputed }
    }

    /// The place of the next entry of `log`.
    #[must_use]
    pub fn next_position(&self, log: LogId) -> LogPosition {
        LogPosition {
            seen: self.undisputed.iter().filter(|(id, _)| **id != log).map(|(id, head)| (*id, *head)).collect(),
            ..next_position(log, &self.goes_on)
        }
    }

    /// An entry was written at the place given by [`Ends::next_position`].
    pub fn wrote(&mut self, log: LogId, head: Head) {
        let before = self.goes_on.insert(log, head);
        // What goes on in a disputed branch is as disputed as the branch.
        if before == self.undisputed.get(&log).copied() {
            self.undisputed.insert(log, head);
        }
    }
}

#[cfg(test)]
mod tests;
