//! Who signs sealed minutes after the chair: revisions are serial, so of two that were put on the same file one stands.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Meeting, Sealed};
use crate::ids::{Digest, MemberId};

/// A countersignature: one more revision of the minutes, under the seal of whoever signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Countersigned {
    /// SHA-256 of the file it was put on.
    pub after: Digest,
    /// The file with it, by whom and when.
    pub sealed: Sealed,
}

impl Meeting {
    /// Every sealed file of the minutes that the record names: the chair's, and each one that was countersigned.
    pub fn sealed_files(&self) -> impl Iterator<Item = &Sealed> {
        self.minutes.iter().chain(self.countersigned.iter().map(|one| &one.sealed))
    }

    /// The countersignatures that stand, first to last, on the newest minutes. `holds` says whether a file adds just this
    /// signature to the one before it; what does not hold, or is not here to be looked at, does not count.
    ///
    /// Of several on one file that stands from which the most have signed; of equals, the one whose entry has the lowest id.
    /// So it is the same on every device that has the same files, in whichever order they came, and whoever signs anew
    /// after losing does not take away what others built meanwhile. Nobody counts twice.
    #[must_use]
    pub fn in_turn(&self, holds: impl Fn(&Countersigned) -> bool) -> Vec<&Countersigned> {
        let Some(sealed) = self.minutes.last() else { return Vec::new() };
        let mut on: BTreeMap<Digest, Vec<&Countersigned>> = BTreeMap::new();
        let mut all: Vec<&Countersigned> = self.countersigned.iter().filter(|one| holds(one)).collect();
        all.sort_by_key(|one| one.sealed.entry);
        for one in all {
            let there = on.entry(one.after).or_default();
            // The same file told of twice is one signature.
            if !there.iter().any(|known| known.sealed.pdf == one.sealed.pdf) {
                there.push(one);
            }
        }
        longest(&on, sealed.pdf, &mut vec![sealed.actor])
    }
}

/// The longest line from a file on; of equals the first, and they are sorted by entry.
fn longest<'m>(
    on: &BTreeMap<Digest, Vec<&'m Countersigned>>,
    from: Digest,
    signed: &mut Vec<MemberId>,
) -> Vec<&'m Countersigned> {
    let mut best: Vec<&'m Countersigned> = Vec::new();
    for one in on.get(&from).into_iter().flatten().copied() {
        if signed.contains(&one.sealed.actor) {
            continue;
        }
        signed.push(one.sealed.actor);
        let rest = longest(on, one.sealed.pdf, signed);
        signed.pop();
        if rest.len() >= best.len() {
            // With this one it is longer.
            best = std::iter::once(one).chain(rest).collect();
        }
    }
    best
}
