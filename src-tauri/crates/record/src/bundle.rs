//! The evidence bundle: everything needed to check a decision without Cabinet, as one canonical JSON
//! document, `evidence.json`, schema `urn:x-cabinet:evidence:1`.
//!
//! Documents (roster versions, policies, manifests) stand as text, so that
//! `jq -j '.roster[0].text' evidence.json | sha256sum` is the digest entries name. Entries are the
//! envelopes themselves, in causal order. Blobs stand as base64 with their salts, or as withheld.
use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::entry::{Body, Head};
use domain::ids::{BoardId, ChangeKey, Digest, EntryId, LogId, MeetingId};
use serde::{Deserialize, Serialize};

use crate::canonical::{self, CanonicalError};
use crate::entry::Entry;
use crate::json::Limits;
use crate::manifest::{Blob, Manifest, SALT_BYTES};
use crate::refusal::{Code, Refusal};
use crate::roster::RosterFingerprint;

mod wire;

pub use verdict::{Evidence, Options};

mod verdict;

/// What a bundle claims to be about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Everything up to the checkpoint. If not, entries may have been left out, and the verifier says so.
    pub complete: bool,
    /// One change's extract.
    pub change: Option<ChangeKey>,
    /// The meeting it documents.
    pub meeting: Option<MeetingId>,
}

/// The point up to which the bundle speaks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// The entry *meeting closed* (or the newest that binds all decisions), if there is one.
    pub entry: Option<EntryId>,
    /// The newest entry of each log.
    pub heads: BTreeMap<LogId, Head>,
}

/// A Merkle root over the ids of all entries up to the checkpoint, in causal order (RFC 6962): those of the bundle if it
/// is complete, else of the record it was taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merkle {
    /// The root.
    pub root: Digest,
    /// How many entries.
    pub size: u32,
}

/// The proof that an entry is under the Merkle root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The entry.
    pub entry: EntryId,
    /// Its position, from 0.
    pub index: u32,
    /// Siblings, nearest first.
    pub path: Vec<Digest>,
}

/// A bundle in memory. Digests are not kept: they follow from the contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// The board.
    pub board: BoardId,
    /// Its name, for people; the roster is what counts.
    pub board_name: String,
    /// What it is about.
    pub scope: Scope,
    /// Canonical bytes of the roster versions, 1 first.
    pub rosters: Vec<Vec<u8>>,
    /// Canonical bytes of the policies that were in force.
    pub policies: Vec<Vec<u8>>,
    /// Stored bytes of the envelopes, in causal order.
    pub entries: Vec<Vec<u8>>,
    /// Manifests of what was shown.
    pub manifests: Vec<Manifest>,
    /// Blobs at hand, by digest; what a manifest names and is not here is withheld.
    pub blobs: BTreeMap<Digest, Blob>,
    /// Up to where it speaks.
    pub checkpoint: Checkpoint,
    /// Merkle root, if one was made.
    pub merkle: Option<Merkle>,
    /// Proofs, if the bundle leaves entries out, in order of their positions: of each entry, and of the last one of
    /// the tree even where that is left out, which pins the tree's size.
    pub proofs: Option<Vec<Proof>>,
}

/// A document with its digest, as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) sha256: Digest,
}

impl Bundle {
    /// The schema of the document.
    pub const SCHEMA: &'static str = "urn:x-cabinet:evidence:1";

    /// Its bytes: the same bundle always gives the same bytes.
    ///
    /// # Errors
    /// [`CanonicalError`] if a document is not UTF-8 or an entry is no JSON, which nothing verified is.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::to_bytes(&wire::Wire::of(self)?)
    }

    /// Reads a bundle: strict and canonical JSON of this schema, nothing unknown, digests as listed.
    /// Nothing is said yet about signatures; that is [`Bundle::verify`].
    ///
    /// # Errors
    /// The codes of the strict reader, [`Code::Schema`], [`Code::Base64`], [`Code::Blob`],
    /// [`Code::Manifest`] or [`Code::BundleDigest`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        let wire: wire::Wire =
            canonical::read(bytes, Limits::BUNDLE).map_err(|error| Refusal::of_canonical(&error, "evidence"))?;
        wire.read()
    }

    /// The digests of all parts, by name: what the file lists under `digests`.
    pub(crate) fn parts(&self) -> Result<Vec<Part>, CanonicalError> {
        let mut parts = Vec::new();
        let mut add = |name: String, sha256: Digest| parts.push(Part { name, sha256 });
        for (index, bytes) in self.rosters.iter().enumerate() {
            add(format!("roster/{}", index + 1), Digest::of(bytes));
        }
        for (index, bytes) in self.policies.iter().enumerate() {
            add(format!("policy/{}", index + 1), Digest::of(bytes));
        }
        for (index, bytes) in self.entries.iter().enumerate() {
            add(format!("entry/{}", index + 1), Digest::of(bytes));
        }
        for (index, digest) in self.manifests_by_digest()?.keys().enumerate() {
            add(format!("manifest/{}", index + 1), *digest);
        }
        for digest in self.blobs.keys() {
            add(format!("blob/{digest}"), *digest);
        }
        Ok(parts)
    }

    /// The manifests as they stand in the file: in order of their digests, each once.
    pub(crate) fn manifests_by_digest(&self) -> Result<BTreeMap<Digest, &Manifest>, CanonicalError> {
        self.manifests.iter().map(|manifest| Ok((manifest.digest()?, manifest))).collect()
    }

    /// Digests that manifests name and the bundle does not hold.
    #[must_use]
    pub fn withheld(&self) -> BTreeSet<Digest> {
        let named: BTreeSet<Digest> = self.manifests.iter().flat_map(Manifest::digests).collect();
        named.into_iter().filter(|digest| !self.blobs.contains_key(digest)).collect()
    }

    /// Verifies everything; see [`Evidence`] for what is told.
    ///
    /// # Errors
    /// A refusal where nothing further can be judged: the roster chain does not hold, or its root is
    /// not the expected one.
    pub fn verify(&self, expected: Option<RosterFingerprint>, options: &Options<'_>) -> Result<Evidence, Refusal> {
        verdict::verify(self, expected, options)
    }
}

/// The policies that entries, in their causal order, name: each once, in the order in which it is first named. An entry
/// names the one in force, and one of kind `policy` also those it adopts.
#[must_use]
pub fn policies_named<'e>(entries: impl Iterator<Item = &'e Entry>) -> Vec<Digest> {
    let mut named = Vec::new();
    for entry in entries {
        let Some(predicate) = entry.predicate() else { continue };
        let adopted = entry.statement().subjects.iter().filter(|_| matches!(predicate.body, Body::Policy { .. }));
        for digest in std::iter::once(predicate.policy).chain(adopted.map(|subject| subject.sha256)) {
            if !named.contains(&digest) {
                named.push(digest);
            }
        }
    }
    named
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub(crate) fn read_blob(digest: Digest, salt: &str, bytes: &str) -> Result<Blob, Refusal> {
    let place = format!("blob {}", digest.short());
    let salt: [u8; SALT_BYTES] = crate::envelope::decode_base64(salt, &place)?
        .try_into()
        .map_err(|_| Refusal::new(Code::Blob, format!("a salt is {SALT_BYTES} bytes"), place.clone()))?;
    let blob = Blob { salt, bytes: crate::envelope::decode_base64(bytes, &place)? };
    if blob.digest() != digest {
        return Err(Refusal::new(Code::Blob, "the bytes are not those of the digest", place));
    }
    Ok(blob)
}

pub(crate) fn sign_off_subjects(entry: &Entry) -> Vec<Digest> {
    match entry.predicate().map(|predicate| &predicate.body) {
        Some(Body::SignOff(_)) => entry.statement().subjects.iter().map(|subject| subject.sha256).collect(),
        Some(_) | None => Vec::new(),
    }
}

#[cfg(test)]
mod tampers;
#[cfg(test)]
mod tests;
