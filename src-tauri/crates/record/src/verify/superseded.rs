//! Policies that were replaced: whoever had the adoption of a newer one acts under that, or the board could be led back to
//! the milder rules it has left (R14).
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use domain::entry::Body;
use domain::ids::{Digest, EntryId, LogId};

use crate::chain::Link;
use crate::entry::Entry;
use crate::refusal::{Code, Refusal};

/// Entries that name, or adopt, a policy which an adoption before them replaced. `order` is causal; an adoption that is
/// `refused`, or stands in a log that forked, replaces nothing: those who have it may not count it.
pub(super) fn outdated(
    held: &BTreeMap<EntryId, Entry>,
    order: &[EntryId],
    links: &[Link],
    refused: &BTreeSet<EntryId>,
) -> Vec<(EntryId, Refusal)> {
    let forked = forked(links);
    let replaces = |entry: &Entry| {
        let predicate = entry.predicate()?;
        let adopts = matches!(predicate.body, Body::Policy { .. });
        let counts = !refused.contains(&entry.id()) && !forked.contains(&entry.log().id);
        let adopted = entry.statement().subjects.iter().any(|subject| subject.sha256 == predicate.policy);
        (adopts && counts && !adopted).then_some(predicate.policy)
    };
    // Most boards have had one policy.
    if !held.values().any(|entry| replaces(entry).is_some()) {
        return Vec::new();
    }
    let mut known: BTreeMap<EntryId, Rc<BTreeSet<Digest>>> = BTreeMap::new();
    let mut found = Vec::new();
    for entry in order.iter().filter_map(|id| held.get(id)) {
        let mut replaced = inherited(entry, &known);
        if let Some(refusal) = judge(entry, &replaced) {
            found.push((entry.id(), refusal));
        } else if let Some(policy) = replaces(entry) {
            Rc::make_mut(&mut replaced).insert(policy);
        }
        known.insert(entry.id(), replaced);
    }
    found
}

/// What had been replaced in the sight of the entries before this one.
fn inherited(entry: &Entry, known: &BTreeMap<EntryId, Rc<BTreeSet<Digest>>>) -> Rc<BTreeSet<Digest>> {
    let log = entry.log();
    let before = log.prev.into_iter().chain(log.seen.values().map(|head| head.id)).filter_map(|id| known.get(&id));
    before.fold(Rc::default(), |all: Rc<BTreeSet<Digest>>, one| {
        if one.is_subset(&all) {
            all
        } else if all.is_subset(one) {
            Rc::clone(one)
        } else {
            Rc::new(all.union(one).copied().collect())
        }
    })
}

fn judge(entry: &Entry, replaced: &BTreeSet<Digest>) -> Option<Refusal> {
    let predicate = entry.predicate()?;
    let subjects = &entry.statement().subjects;
    let adopted =
        subjects.iter().filter(|_| matches!(predicate.body, Body::Policy { .. })).map(|subject| subject.sha256);
    let old = std::iter::once(predicate.policy).chain(adopted).find(|policy| replaced.contains(policy))?;
    let what = format!("policy {} had been replaced by a newer one in the record it builds on", old.short());
    Some(Refusal::new(Code::PolicyBackwards, what, entry.place()))
}

/// Logs in which two entries stand at one position.
fn forked(links: &[Link]) -> BTreeSet<LogId> {
    let mut taken: BTreeMap<(LogId, u32), EntryId> = BTreeMap::new();
    links
        .iter()
        .filter(|link| *taken.entry((link.log.id, link.log.seq)).or_insert(link.id) != link.id)
        .map(|link| link.log.id)
        .collect()
}
