//! The bundle as it stands in the file.
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use domain::ids::{BoardId, Digest};

use super::{Bundle, Checkpoint, Merkle, Proof, Scope, encode, read_blob};
use crate::canonical::{self, CanonicalError};
use crate::manifest::Manifest;
use crate::refusal::{Code, Refusal};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wire {
    schema: String,
    board: Board,
    scope: Scope,
    roster: Vec<Document>,
    policies: Vec<Document>,
    entries: Vec<Envelope>,
    manifests: Vec<Document>,
    blobs: Vec<WireBlob>,
    digests: Vec<Listed>,
    checkpoint: Checkpoint,
    merkle: Option<Merkle>,
    proofs: Option<Vec<Proof>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Board {
    id: BoardId,
    name: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    sha256: Digest,
    text: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Envelope {
    payload: String,
    payload_type: String,
    signatures: Vec<Signature>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    keyid: String,
    sig: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireBlob {
    sha256: Digest,
    /// `null` where the blob is withheld.
    salted: Option<Salted>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Salted {
    salt: String,
    bytes: String,
}

#[derive(Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields)]
struct Listed {
    name: String,
    sha256: Digest,
}

fn document(bytes: &[u8]) -> Result<Document, CanonicalError> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| CanonicalError::Unwritable("a document that is not text".to_owned()))?
        .to_owned();
    Ok(Document { sha256: Digest::of(bytes), text })
}

impl Document {
    fn read(self, place: &str) -> Result<Vec<u8>, Refusal> {
        let bytes = self.text.into_bytes();
        if Digest::of(&bytes) != self.sha256 {
            return Err(Refusal::new(Code::BundleDigest, "the text is not that of the digest", place));
        }
        Ok(bytes)
    }
}

impl Wire {
    pub(super) fn of(bundle: &Bundle) -> Result<Self, CanonicalError> {
        let documents = |all: &[Vec<u8>]| all.iter().map(|bytes| document(bytes)).collect::<Result<Vec<_>, _>>();
        let entries = bundle
            .entries
            .iter()
            .map(|bytes| serde_json::from_slice(bytes).map_err(|error| CanonicalError::Shape(error.to_string())))
            .collect::<Result<Vec<Envelope>, _>>()?;
        let manifests = bundle
            .manifests_by_digest()?
            .values()
            .map(|manifest| document(&manifest.to_bytes()?))
            .collect::<Result<Vec<_>, _>>()?;
        let mut blobs: Vec<WireBlob> = bundle
            .blobs
            .iter()
            .map(|(sha256, blob)| {
                let salted = Salted { salt: encode(&blob.salt), bytes: encode(&blob.bytes) };
                WireBlob { sha256: *sha256, salted: Some(salted) }
            })
            .chain(bundle.withheld().into_iter().map(|sha256| WireBlob { sha256, salted: None }))
            .collect();
        blobs.sort_by_key(|blob| blob.sha256);
        Ok(Self {
            schema: Bundle::SCHEMA.to_owned(),
            board: Board { id: bundle.board, name: bundle.board_name.clone() },
            scope: bundle.scope.clone(),
            roster: documents(&bundle.rosters)?,
            policies: documents(&bundle.policies)?,
            entries,
            manifests,
            blobs,
            digests: listed(bundle)?,
            checkpoint: bundle.checkpoint.clone(),
            merkle: bundle.merkle.clone(),
            proofs: bundle.proofs.clone(),
        })
    }

    pub(super) fn read(self) -> Result<Bundle, Refusal> {
        if self.schema != Bundle::SCHEMA {
            let what = format!("schema {:?}, where this program knows {:?}", self.schema, Bundle::SCHEMA);
            return Err(Refusal::new(Code::Schema, what, "evidence"));
        }
        let read_all = |documents: Vec<Document>, noun: &str| {
            documents
                .into_iter()
                .enumerate()
                .map(|(index, document)| document.read(&format!("{noun} {}", index + 1)))
                .collect::<Result<Vec<_>, _>>()
        };
        let rosters = read_all(self.roster, "roster")?;
        let policies = read_all(self.policies, "policy")?;
        let wrong = |what: &str, place: &str| Refusal::new(Code::BundleDigest, what, place);
        let in_order = |noun: &str, digests: Vec<Digest>| match disorder(&digests) {
            None => Ok(()),
            Some((one, next)) => {
                let what = format!(
                    "{noun} {} is not in order of the digests, each once: {} follows",
                    one.short(),
                    next.short()
                );
                Err(wrong(&what, &format!("{noun} {}", one.short())))
            }
        };
        in_order("manifest", self.manifests.iter().map(|manifest| manifest.sha256).collect())?;
        in_order("blob", self.blobs.iter().map(|blob| blob.sha256).collect())?;
        let manifests = read_all(self.manifests, "manifest")?
            .iter()
            .map(|bytes| Manifest::parse(bytes))
            .collect::<Result<Vec<_>, _>>()?;
        let entries = self
            .entries
            .iter()
            .map(|entry| canonical::to_bytes(entry).map_err(|error| Refusal::of_canonical(&error, "entry")))
            .collect::<Result<Vec<_>, _>>()?;
        let withheld: BTreeSet<Digest> =
            self.blobs.iter().filter(|blob| blob.salted.is_none()).map(|blob| blob.sha256).collect();
        let blobs = self
            .blobs
            .iter()
            .filter_map(|blob| Some((blob.sha256, blob.salted.as_ref()?)))
            .map(|(sha256, salted)| Ok((sha256, read_blob(sha256, &salted.salt, &salted.bytes)?)))
            .collect::<Result<_, Refusal>>()?;
        let bundle = Bundle {
            board: self.board.id,
            board_name: self.board.name,
            scope: self.scope,
            rosters,
            policies,
            entries,
            manifests,
            blobs,
            checkpoint: self.checkpoint,
            merkle: self.merkle,
            proofs: self.proofs,
        };
        if let Some(blob) = bundle.withheld().symmetric_difference(&withheld).next() {
            let place = format!("blob {}", blob.short());
            return Err(wrong("blobs listed as withheld are not those that are missing", &place));
        }
        let expected = listed(&bundle).map_err(|error| Refusal::of_canonical(&error, "digests"))?;
        if expected != self.digests {
            let part = differing(&expected, &self.digests);
            let place = part.map_or_else(|| "digests".to_owned(), |part| format!("digests, {}", part.name));
            return Err(wrong("the list of digests is not that of the contents", &place));
        }
        Ok(bundle)
    }
}

/// The first digest that is not smaller than the next, and that next one.
fn disorder(digests: &[Digest]) -> Option<(Digest, Digest)> {
    let mut pairs = digests.iter().copied().zip(digests.iter().copied().skip(1));
    pairs.find(|(one, next)| one >= next)
}

/// The first part that the contents have and the list has not; else the first of the list that the contents have not; else
/// the first of the list that stands out of its place.
fn differing<'a>(contents: &'a [Listed], list: &'a [Listed]) -> Option<&'a Listed> {
    let misplaced =
        || list.iter().enumerate().find(|(at, part)| contents.get(*at) != Some(*part)).map(|(_, part)| part);
    only_in(contents, list).or_else(|| only_in(list, contents)).or_else(misplaced)
}

fn only_in<'a>(own: &'a [Listed], other: &'a [Listed]) -> Option<&'a Listed> {
    let other: BTreeSet<&Listed> = other.iter().collect();
    own.iter().find(|part| !other.contains(part))
}

fn listed(bundle: &Bundle) -> Result<Vec<Listed>, CanonicalError> {
    Ok(bundle.parts()?.into_iter().map(|part| Listed { name: part.name, sha256: part.sha256 }).collect())
}
