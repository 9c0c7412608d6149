//! What a set of received parcels amounts to: a pure function of the *set*, so that every order of delivery, with
//! whatever was lost and sent again or came twice, ends in the same record.
//!
//! Each parcel is judged by itself. What holds is taken; what names a roster or policy that is not here yet waits;
//! everything else is refused with its reason, and never stops the others (`record.md`, *How entries travel*).
use std::collections::{BTreeMap, BTreeSet};

use domain::entry::Body;
use domain::ids::Digest;

use crate::entry::Entry;
use crate::refusal::{Code, Refusal};
use crate::roster::{RosterChain, RosterFingerprint};
use crate::verify::{Checked, Context, DutyRule, Policies, verify_parsed};

/// Parcels by the digest of their bytes: rosters (adopted or proposed), policies, envelopes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parcels {
    /// Roster documents.
    pub rosters: BTreeMap<Digest, Vec<u8>>,
    /// Policies, as canonical bytes.
    pub policies: BTreeMap<Digest, Vec<u8>>,
    /// Envelopes.
    pub envelopes: BTreeMap<Digest, Vec<u8>>,
}

/// What the parcels amount to.
#[derive(Debug, Clone)]
pub struct Gathered {
    /// The roster chain, as far as it is signed.
    pub rosters: RosterChain,
    /// Entries that hold by themselves, by the digest of their envelope.
    pub entries: BTreeMap<Digest, Entry>,
    /// What may hold once something else has arrived.
    pub waiting: BTreeMap<Digest, Refusal>,
    /// What never will.
    pub refused: BTreeMap<Digest, Refusal>,
}

/// Judges every parcel.
///
/// # Errors
/// Only where nothing can be judged: the roster root is not among the parcels, or not signed.
pub fn gather(root: RosterFingerprint, parcels: &Parcels, duties: Option<DutyRule<'_>>) -> Result<Gathered, Refusal> {
    gather_checked(root, parcels, duties, &Checked::default())
}

/// As [`gather`]; signatures in `checked` are not verified again, and those verified here are added to it.
///
/// # Errors
/// As [`gather`].
pub fn gather_checked(
    root: RosterFingerprint,
    parcels: &Parcels,
    duties: Option<DutyRule<'_>>,
    checked: &Checked,
) -> Result<Gathered, Refusal> {
    let mut refused = BTreeMap::new();
    let mut digests = Vec::new();
    let mut parsed = Vec::new();
    for (digest, bytes) in &parcels.envelopes {
        match checked.read(bytes) {
            Ok(entry) => {
                digests.push(*digest);
                parsed.push(entry);
            }
            Err(refusal) => {
                refused.insert(*digest, refusal.within(&format!("parcel {}", digest.short())));
            }
        }
    }
    let documents: Vec<Vec<u8>> = parcels.rosters.values().cloned().collect();
    let rosters = RosterChain::gather_checked(root, &documents, &parsed, checked)?;
    let context = Context { duties, checked: Some(checked), ..Context::of(&rosters) };
    // A policy counts once an entry that holds adopts it.
    let adopted: BTreeSet<Digest> = parsed
        .iter()
        .filter(|entry| entry.predicate().is_some_and(|p| matches!(p.body, Body::Policy { .. })))
        .filter(|entry| verify_parsed(entry, &context).is_ok())
        .flat_map(|entry| entry.statement().subjects.iter().map(|subject| subject.sha256))
        .collect();
    let policies = parcels.policies.iter().filter(|(digest, _)| adopted.contains(*digest));
    let policies = Policies::of(policies.map(|(_, bytes)| bytes.as_slice()));
    let context = Context { policies: Some(&policies), ..context };
    let mut entries = BTreeMap::new();
    let mut waiting = BTreeMap::new();
    for (digest, entry) in digests.into_iter().zip(parsed) {
        match verify_parsed(&entry, &context).map_err(|refusal| placed(refusal, &entry)) {
            Ok(()) => {
                entries.insert(digest, entry);
            }
            Err(refusal) if may_hold_later(refusal.code) => {
                waiting.insert(digest, refusal);
            }
            Err(refusal) => {
                refused.insert(digest, refusal);
            }
        }
    }
    Ok(Gathered { rosters, entries, waiting, refused })
}

/// Which entry it is about, also where the signature does not hold: then by what the entry says of itself.
fn placed(refusal: Refusal, entry: &Entry) -> Refusal {
    let place = entry.place();
    if refusal.place.starts_with(&place) { refusal } else { refusal.within(&place) }
}

/// Whether something that has not arrived yet could make the entry hold.
fn may_hold_later(code: Code) -> bool {
    matches!(code, Code::KeyUnknown | Code::RosterUnknown | Code::Policy)
}

#[cfg(test)]
mod tests;
