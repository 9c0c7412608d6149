//! Keys that were taken away: what they had signed before, and whether it still counts (`record.md`, *Roster*).
//!
//! | the entry | reason *lost* or *compromised* | reason *left* |
//! |---|---|---|
//! | seen by the entries that adopt the revocation | counts | counts |
//! | seen by another member's log, later | does not: may have been made afterwards | counts |
//! | seen by nobody else | does not, until reaffirmed by a key that holds | does not |
//! | under the roster that revokes the key | never (`key-inactive`) | never |
//!
//! Only the signatures that made the version count as adopting it: whoever holds a stolen key may write an entry that
//! calls itself one, and it vouches for nothing. Nor does an entry of a newer Cabinet vouch by itself for a member who left:
//! who may write it this program cannot judge. What came after it, by somebody else, does.
use std::collections::BTreeMap;

use domain::ids::{EntryId, KeyId};
use domain::roster::{KeyStatus, RevocationReason};

use crate::chain::Past;
use crate::entry::Entry;
use crate::refusal::{Code, Refusal};
use crate::roster::RosterChain;

/// The entries of revoked keys that nobody had seen in time, each with its refusal.
#[must_use]
pub fn unwitnessed(entries: &BTreeMap<EntryId, Entry>, rosters: &RosterChain, past: &Past) -> Vec<(EntryId, Refusal)> {
    let mut out = BTreeMap::new();
    let mut left = Vec::new();
    for (key, (version, reason)) in revoked(rosters) {
        let adopting = rosters.adopters(version, entries.values());
        let seen = past.up_to(adopting.into_iter().filter(|entry| entry.log().id.key != key).map(Entry::id));
        let unseen = entries.values().filter(|entry| entry.log().id.key == key && !seen.contains(&entry.id()));
        match reason {
            RevocationReason::Left => left.extend(unseen.map(|entry| (entry, version))),
            RevocationReason::Lost | RevocationReason::Compromised => {
                out.extend(unseen.map(|entry| (entry.id(), refusal(entry, version, reason))));
            }
        }
    }
    // Those who left are vouched for by what counts itself, of somebody else.
    let vouched = |entry: &Entry| {
        let owner = rosters.owner_of(entry.log().id.key);
        past.witnesses(entry.id()).any(|id| {
            // Of a newer Cabinet's entry nobody here can say whether its actor may act at all.
            let counts = |by: &Entry| by.predicate().is_some() && rosters.owner_of(by.log().id.key) != owner;
            entries.get(&id).is_some_and(counts) && !out.contains_key(&id)
        })
    };
    let gone: Vec<(EntryId, Refusal)> = left
        .into_iter()
        .filter(|(entry, _)| !vouched(entry))
        .map(|(entry, version)| (entry.id(), refusal(entry, version, RevocationReason::Left)))
        .collect();
    out.into_iter().chain(gone).collect()
}

fn refusal(entry: &Entry, version: u32, reason: RevocationReason) -> Refusal {
    let what = format!(
        "key {} was taken away by roster {version} ({}), and nobody had seen this entry before",
        entry.log().id.key.short(),
        reason.word()
    );
    Refusal::new(Code::Unwitnessed, what, entry.place())
}

/// Each revoked key with the first version that revokes it, and why. A key without a reason counts as compromised.
fn revoked(rosters: &RosterChain) -> BTreeMap<KeyId, (u32, RevocationReason)> {
    let mut found = BTreeMap::new();
    for version in rosters.versions() {
        let roster = version.roster();
        for key in roster.members.iter().flat_map(|m| &m.keys).filter(|k| k.status == KeyStatus::Revoked) {
            let reason = key.revoked.as_ref().map_or(RevocationReason::Compromised, |r| r.reason);
            found.entry(key.id).or_insert((roster.version, reason));
        }
    }
    found
}

#[cfg(test)]
mod tests;
