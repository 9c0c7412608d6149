//! Verifying a bundle.
use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{Digest, EntryId};

use super::{Bundle, sign_off_subjects};
use crate::chain::Fault;
use crate::entry::Entry;
use crate::merkle;
use crate::refusal::{Code, Refusal};
use crate::roster::{RosterChain, RosterFingerprint};
use crate::verify::{self, Context, Rule, Verified};

/// What to judge beyond the signatures.
#[derive(Clone, Copy, Default)]
pub struct Options<'a> {
    /// Segregation of duties (R89).
    pub duties: Option<Rule<'a>>,
}

/// What a bundle shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The roster chain; its root is what trust hangs on.
    pub rosters: RosterChain,
    /// Whether the roster root was compared with one known from elsewhere.
    pub anchored: bool,
    /// The entries: what holds, what is refused, what is wrong with the logs.
    pub verified: Verified,
    /// What else is wrong: subjects, checkpoint, proofs.
    pub refusals: Vec<Refusal>,
    /// Gaps and unseen heads of a bundle that does not claim to be complete.
    pub left_out: Vec<Fault>,
    /// Digests whose blobs are not in this edition.
    pub withheld: BTreeSet<Digest>,
}

impl Evidence {
    /// Whether everything in the bundle holds. Left-out entries of an extract and withheld blobs are
    /// told beside it; an unanchored bundle can hold, but only in itself.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.refusals.is_empty() && self.verified.holds()
    }

    /// Every reason why it does not hold.
    #[must_use]
    pub fn reasons(&self) -> Vec<Refusal> {
        let faults = self.verified.faults.iter().map(Fault::refusal);
        self.refusals.iter().chain(&self.verified.refusals).cloned().chain(faults).collect()
    }
}

pub(super) fn verify(
    bundle: &Bundle,
    expected: Option<RosterFingerprint>,
    options: &Options<'_>,
) -> Result<Evidence, Refusal> {
    // Entries that do not even parse are refused below with their reason; the roster needs the others.
    let parsed: Vec<Entry> = bundle.entries.iter().filter_map(|bytes| Entry::parse(bytes).ok()).collect();
    let rosters = RosterChain::verify(&bundle.rosters, &parsed)?;
    if let Some(expected) = expected
        && rosters.fingerprint() != expected
    {
        let what = format!("roster root {}, expected {expected}", rosters.fingerprint());
        return Err(Refusal::new(Code::RosterRoot, what, "roster 1"));
    }
    if rosters.board() != bundle.board {
        return Err(Refusal::new(Code::OtherBoard, "the roster is another board's", "board"));
    }
    let policies: BTreeSet<Digest> = bundle.policies.iter().map(|bytes| Digest::of(bytes)).collect();
    let context = Context { policies: Some(&policies), duties: options.duties, ..Context::of(&rosters) };
    let bytes = bundle.entries.iter().map(Vec::as_slice);
    let mut verified = verify::verify_log(bytes, &context, &bundle.checkpoint.heads);
    let mut left_out = Vec::new();
    if !bundle.scope.complete {
        (left_out, verified.faults) = verified.faults.into_iter().partition(leaves_out);
    }
    let mut refusals = Vec::new();
    refusals.extend(check_subjects(bundle, &verified));
    refusals.extend(check_order(bundle, &verified));
    refusals.extend(check_checkpoint(bundle, &verified));
    refusals.extend(check_merkle(bundle, &verified));
    let anchored = expected.is_some();
    Ok(Evidence { rosters, anchored, verified, refusals, left_out, withheld: bundle.withheld() })
}

fn leaves_out(fault: &Fault) -> bool {
    match fault {
        Fault::Gap { .. } | Fault::SeenMissing { .. } => true,
        Fault::Fork { .. } | Fault::Prev { .. } => false,
    }
}

/// The manifest of every sign-off is in the bundle, and its blobs are what was shown.
fn check_subjects(bundle: &Bundle, verified: &Verified) -> Vec<Refusal> {
    let manifests: BTreeSet<Digest> = bundle.manifests.iter().filter_map(|manifest| manifest.digest().ok()).collect();
    let missing = verified.entries.iter().flat_map(|entry| {
        let subjects = sign_off_subjects(entry).into_iter().filter(|subject| !manifests.contains(subject));
        subjects.map(|subject| {
            let what = format!("manifest {} of what was shown is not in the bundle", subject.short());
            Refusal::new(Code::Subject, what, entry.place())
        })
    });
    let blobs = bundle.manifests.iter().filter_map(|manifest| manifest.open(&bundle.blobs).err());
    missing.chain(blobs).collect()
}

/// The file lists entries in causal order, each once, so that equal evidence is equal bytes.
fn check_order(bundle: &Bundle, verified: &Verified) -> Option<Refusal> {
    if !verified.refusals.is_empty() {
        return None;
    }
    let same = bundle.entries.len() == verified.entries.len()
        && bundle.entries.iter().zip(&verified.entries).all(|(bytes, entry)| bytes == entry.bytes());
    (!same).then(|| Refusal::new(Code::NotCanonical, "the entries are not in causal order, each once", "entries"))
}

/// A complete bundle ends exactly at its checkpoint.
fn check_checkpoint(bundle: &Bundle, verified: &Verified) -> Vec<Refusal> {
    let place = "checkpoint";
    let mut refusals = Vec::new();
    let ids: BTreeSet<EntryId> = verified.entries.iter().map(Entry::id).collect();
    if let Some(entry) = bundle.checkpoint.entry
        && !ids.contains(&entry)
        && bundle.scope.complete
    {
        let what = format!("entry {} is not in the bundle", entry.short());
        refusals.push(Refusal::new(Code::Checkpoint, what, place));
    }
    if bundle.scope.complete && verified.refusals.is_empty() && verified.heads() != bundle.checkpoint.heads {
        refusals.push(Refusal::new(Code::Checkpoint, "the heads are not those of the entries", place));
    }
    refusals
}

fn check_merkle(bundle: &Bundle, verified: &Verified) -> Vec<Refusal> {
    let refuse = |what: &str| vec![Refusal::new(Code::MerkleProof, what, "merkle")];
    let Some(tree) = &bundle.merkle else {
        return if bundle.proofs.is_some() { refuse("proofs without a root") } else { Vec::new() };
    };
    let ids: Vec<EntryId> = verified.entries.iter().map(Entry::id).collect();
    if bundle.scope.complete {
        let size = u32::try_from(ids.len()).ok();
        return if size == Some(tree.size) && merkle::root(&ids) == tree.root {
            Vec::new()
        } else {
            refuse("the root is not that of the entries")
        };
    }
    let proofs: BTreeMap<EntryId, _> = bundle.proofs.iter().flatten().map(|proof| (proof.entry, proof)).collect();
    ids.into_iter()
        .filter_map(|id| match proofs.get(&id) {
            Some(proof) => merkle::check_path(id, proof.index, tree.size, &proof.path, tree.root).err(),
            None => Some(Refusal::new(Code::MerkleProof, "no proof", format!("entry {}", id.short()))),
        })
        .collect()
}
