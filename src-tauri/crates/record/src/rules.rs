//! What was in force where an entry was written, for whoever folds it into a ledger.
use std::collections::BTreeMap;

use domain::ids::Digest;
use domain::ledger::Rules;
use domain::policy::Policy;

use crate::canonical;
use crate::entry::Entry;
use crate::json::Limits;
use crate::roster::RosterChain;

/// Policies by their digests, as far as this program reads them.
#[must_use]
pub fn policies<'b>(documents: impl IntoIterator<Item = &'b Vec<u8>>) -> BTreeMap<Digest, Policy> {
    let read = |bytes: &Vec<u8>| Some((Digest::of(bytes), canonical::read(bytes, Limits::ENTRY).ok()?));
    documents.into_iter().filter_map(read).collect()
}

/// The roster and the policy that an entry names; `None` where one of them is not at hand or cannot be read.
#[must_use]
pub fn of<'r>(entry: &Entry, rosters: &'r RosterChain, policies: &'r BTreeMap<Digest, Policy>) -> Option<Rules<'r>> {
    let roster = rosters.named(entry.statement().roster()).ok()?.roster();
    let policy = policies.get(&entry.predicate()?.policy)?;
    Some(Rules { roster, policy })
}
