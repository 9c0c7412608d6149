//! Reading a file: an evidence bundle whose every entry holds under the pinned roster root.
use std::collections::{BTreeMap, BTreeSet};

use domain::entry::{Body, Predicate};
use domain::ids::{Digest, EntryId};
use domain::ledger::{Ledger, Verified};
use domain::policy::Policy;
use domain::roster::Roster;
use record::bundle::{Bundle, Checkpoint, Evidence, Options, Scope};
use record::chain::{self, Fault};
use record::entry::Entry;
use record::json::Limits;
use record::manifest::Manifest;
use record::order::across_gaps;
use record::refusal::{Code, Refusal};
use record::roster::RosterFingerprint;
use record::verify::Policies;
use record::{canonical, duties, verify};

/// A file that holds.
#[derive(Debug)]
pub(crate) struct Held {
    pub bundle: Bundle,
    pub evidence: Evidence,
}

/// Why a file does not count.
#[derive(Debug)]
pub(crate) enum Unheld {
    /// It is not an evidence bundle, or not byte for byte.
    Form(Refusal),
    /// It is one, and something in it does not verify.
    Broken(Refusal),
}

impl Held {
    /// Reads and verifies a file.
    pub fn read(bytes: &[u8], root: RosterFingerprint) -> Result<Self, Unheld> {
        let bundle = Bundle::parse(bytes).map_err(|refusal| {
            let altered = matches!(refusal.code, Code::BundleDigest | Code::Blob | Code::Manifest);
            if altered { Unheld::Broken(refusal) } else { Unheld::Form(refusal) }
        })?;
        Self::verify(bundle, root).map_err(Unheld::Broken)
    }

    /// Verifies a bundle: everything in it, with segregation of duties under the policy each entry names.
    pub fn verify(bundle: Bundle, root: RosterFingerprint) -> Result<Self, Refusal> {
        let policies: BTreeMap<Digest, Policy> = bundle.policies.iter().filter_map(|p| read_policy(p).ok()).collect();
        let judge = |entry: &Entry, predicate: &Predicate, roster: &Roster, _: Option<&Policies>| match policies
            .get(&predicate.policy)
        {
            Some(policy) => duties::judge(policy, entry, predicate, roster),
            None if duties::is_judged(&predicate.body) => {
                let what = "the policy under which it was signed cannot be read here";
                Err(Refusal::new(Code::Policy, what, "predicate.policy"))
            }
            None => Ok(()),
        };
        let evidence = bundle.verify(Some(root), &Options { duties: Some(&judge), ..Options::default() })?;
        // A fork does not undo what was witnessed before: its entries are not counted, and everything else stands.
        let broken = evidence.verified.faults.iter().find(|fault| match fault {
            Fault::Fork { .. } => false,
            Fault::Gap { .. } | Fault::Prev { .. } | Fault::SeenMissing { .. } => true,
        });
        let refusals = evidence.verified.refusals.iter().chain(&evidence.refusals);
        match refusals.cloned().chain(broken.map(Fault::refusal)).next() {
            Some(first) => Err(first),
            None => Ok(Self { bundle, evidence }),
        }
    }

    /// Both files as one: what the newer says of what the older shows.
    pub fn with(&self, newer: &Self, root: RosterFingerprint) -> Result<Self, Refusal> {
        let (older_rosters, newer_rosters) = (&self.bundle.rosters, &newer.bundle.rosters);
        let (short, long, board_name) = if older_rosters.len() > newer_rosters.len() {
            (newer_rosters, older_rosters, &self.bundle.board_name)
        } else {
            (older_rosters, newer_rosters, &newer.bundle.board_name)
        };
        if !long.starts_with(short) {
            let what = "the two files have different rosters of one version";
            return Err(Refusal::new(Code::RosterVersion, what, "roster"));
        }
        let mut entries: BTreeMap<EntryId, &Entry> = BTreeMap::new();
        for entry in self.evidence.verified.entries.iter().chain(&newer.evidence.verified.entries) {
            entries.insert(entry.id(), entry);
        }
        let links: Vec<_> = entries.values().map(|entry| verify::link(entry)).collect();
        let ordered = chain::causal_order(&links);
        let at_hand = self.bundle.policies.iter().chain(&newer.bundle.policies);
        let at_hand: BTreeMap<Digest, &Vec<u8>> = at_hand.map(|bytes| (Digest::of(bytes), bytes)).collect();
        let named = record::bundle::policies_named(ordered.iter().filter_map(|id| entries.get(id).copied()));
        let mut manifests: BTreeMap<Digest, Manifest> = BTreeMap::new();
        for manifest in self.bundle.manifests.iter().chain(&newer.bundle.manifests) {
            let digest = manifest.digest().map_err(|e| Refusal::new(Code::Manifest, e.to_string(), "manifest"))?;
            manifests.insert(digest, manifest.clone());
        }
        let mut blobs = self.bundle.blobs.clone();
        blobs.extend(newer.bundle.blobs.iter().map(|(digest, blob)| (*digest, blob.clone())));
        let bundle = Bundle {
            board: self.bundle.board,
            board_name: board_name.clone(),
            // Of the one change or of the whole record: it is read for what it says of this change.
            scope: Scope::default(),
            rosters: long.clone(),
            policies: named.iter().filter_map(|digest| at_hand.get(digest).copied().cloned()).collect(),
            entries: ordered.iter().filter_map(|id| entries.get(id)).map(|entry| entry.bytes().to_vec()).collect(),
            manifests: manifests.into_values().collect(),
            blobs,
            checkpoint: Checkpoint { entry: None, heads: chain::heads(&links) },
            // Each file's proofs were followed when it was read by itself.
            merkle: None,
            proofs: None,
        };
        Self::verify(bundle, root)
    }

    /// The roster in force, as far as the file knows.
    pub fn roster(&self) -> &Roster {
        self.evidence.rosters.current().roster()
    }

    /// Whether any key or entry is a sample board's.
    pub fn sample(&self) -> bool {
        let keys = self.evidence.rosters.versions().iter().flat_map(|v| &v.roster().members).flat_map(|m| &m.keys);
        let entries = self.evidence.verified.entries.iter().filter_map(Entry::predicate);
        keys.map(|k| k.keystore.as_str()).chain(entries.map(|p| p.keystore.as_str())).any(|k| k == SAMPLE)
    }

    /// What follows from the entries, in their order across what was left out.
    pub fn tell(&self, disputed: Disputed) -> Told<'_> {
        let verified = &self.evidence.verified;
        let by_id: BTreeMap<EntryId, &Entry> = verified.entries.iter().map(|entry| (entry.id(), entry)).collect();
        let entries: Vec<&Entry> = across_gaps(&verified.links())
            .iter()
            .filter(|id| disputed == Disputed::Counted || !verified.disputed.contains(id))
            .filter_map(|id| by_id.get(id).copied())
            .collect();
        let mut ledger = Ledger::default();
        let policies = record::rules::policies(&self.bundle.policies);
        for entry in &entries {
            let subject = entry.statement().subjects.first().map_or(Digest([0; 32]), |s| s.sha256);
            if let Some(predicate) = entry.predicate() {
                let rules = record::rules::of(entry, &self.evidence.rosters, &policies);
                ledger.apply(Verified { id: entry.id(), subject, predicate, rules });
            }
        }
        Told { entries, ledger }
    }

    /// The newest policy that was adopted, and the digests of all that were. Who may adopt one, the verifier has judged.
    pub fn policy(&self, told: &Told<'_>) -> Result<(Policy, BTreeSet<Digest>), String> {
        let adopted: Vec<Digest> = told
            .entries
            .iter()
            .filter(|entry| entry.predicate().is_some_and(|p| matches!(p.body, Body::Policy { .. })))
            .filter_map(|entry| entry.statement().subjects.first().map(|s| s.sha256))
            .collect();
        let newest = adopted.last().ok_or("no entry adopts a policy")?;
        let bytes = self
            .bundle
            .policies
            .iter()
            .find(|bytes| Digest::of(bytes) == *newest)
            .ok_or_else(|| format!("policy {} is adopted and not in the file", newest.short()))?;
        let (_, policy) = read_policy(bytes)?;
        Ok((policy, adopted.into_iter().collect()))
    }
}

/// The keystore of a sample board (`docs/decisions/0010-sample-board.md`).
const SAMPLE: &str = "sample";

/// Whether entries count that stand at one place with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disputed {
    /// Never, when judging.
    Left,
    /// To tell what the dispute is about.
    Counted,
}

/// What a file tells.
#[derive(Debug)]
pub(crate) struct Told<'h> {
    /// In order.
    pub entries: Vec<&'h Entry>,
    /// What follows from them.
    pub ledger: Ledger,
}

impl Told<'_> {
    /// Where an entry stands in the order.
    pub fn place(&self, id: EntryId) -> Option<usize> {
        self.entries.iter().position(|entry| entry.id() == id)
    }

    /// The entry itself.
    pub fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id() == id).copied()
    }
}

fn read_policy(bytes: &[u8]) -> Result<(Digest, Policy), String> {
    let policy: Policy = canonical::read(bytes, Limits::ENTRY).map_err(|error| error.to_string())?;
    policy.check().map_err(|error| error.to_string())?;
    Ok((Digest::of(bytes), policy))
}
