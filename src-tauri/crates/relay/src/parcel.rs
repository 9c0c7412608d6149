//! What travels, and what came.
use std::collections::BTreeSet;

use domain::ids::Digest;
use record::json::{self, Limits};
use serde::{Deserialize, Serialize};

use crate::error::RelayError;

/// What a parcel's bytes are. A function of the bytes ([`ParcelKind::of`]), never of what somebody says: else whoever
/// may write to a relay could file an entry as a blob, and the board would hold it for known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParcelKind {
    /// The envelope of an entry.
    Entry,
    /// A roster, a policy or an enrolment.
    Document,
    /// Anything else: manifests, agendas, attachments, minutes.
    Blob,
}

/// The schemas of what travels as a document, in any version.
const DOCUMENTS: [&str; 3] = ["urn:x-cabinet:roster:", "urn:x-cabinet:policy:", "urn:x-cabinet:enrolment:"];

/// The largest parcel: 64 MiB. Entries and documents end at the record's own limit, 1 MiB ([`Limits::ENTRY`]).
pub const GREATEST_BYTES: usize = 64 << 20;

impl ParcelKind {
    /// Every kind, in the order in which they are fetched: what judges entries comes before them.
    pub const ALL: [Self; 3] = [Self::Document, Self::Entry, Self::Blob];

    /// What these bytes are. Only told apart, not verified.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let Ok(value) = json::parse(bytes, Limits::ENTRY) else { return Self::Blob };
        let has = |key: &str| value.get(key).is_some();
        let schema = value.get("schema").and_then(json::Value::as_text).unwrap_or_default();
        if has("payload") && has("payloadType") && has("signatures") {
            Self::Entry
        } else if DOCUMENTS.iter().any(|start| schema.starts_with(start)) || (has("enrolment") && has("sig")) {
            // A sealed enrolment is an envelope of its own and has no schema outside.
            Self::Document
        } else {
            Self::Blob
        }
    }

    /// The word in tables and packs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Document => "document",
            Self::Blob => "blob",
        }
    }

    /// The name of the folder that holds them.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Self::Entry => "entries",
            Self::Document => "documents",
            Self::Blob => "blobs",
        }
    }

    /// The largest of this kind, in bytes.
    #[must_use]
    pub fn limit(self) -> usize {
        match self {
            Self::Entry | Self::Document => Limits::ENTRY.bytes,
            Self::Blob => GREATEST_BYTES,
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Bytes on their way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// What they are.
    pub kind: ParcelKind,
    /// Their SHA-256.
    pub digest: Digest,
    /// They themselves.
    pub bytes: Vec<u8>,
}

impl Parcel {
    /// Wraps bytes: digest and kind follow from them.
    #[must_use]
    pub fn of(bytes: Vec<u8>) -> Self {
        Self { kind: ParcelKind::of(&bytes), digest: Digest::of(&bytes), bytes }
    }

    /// Refuses what travels nowhere.
    pub(crate) fn check(&self) -> Result<(), RelayError> {
        let is = Digest::of(&self.bytes);
        if is != self.digest {
            return Err(RelayError::Mislabelled { says: self.digest, is });
        }
        if self.bytes.len() > GREATEST_BYTES {
            let (digest, size) = (self.digest, self.bytes.len());
            return Err(RelayError::TooLarge { digest, size, limit: GREATEST_BYTES });
        }
        Ok(())
    }
}

/// What came from a relay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collected {
    /// Bytes that have their digest and their kind, and are not verified beyond that.
    pub parcels: Vec<Parcel>,
    /// Where to go on; to be committed with the parcels.
    pub cursor: String,
    /// What is there and is not what it says. Told again each time it is met.
    pub damaged: Vec<Damaged>,
    /// Whether there was more than fits into one answer: ask again at once.
    pub more: bool,
    /// What stands there by its name, where this answer looked at all of it: what was given to the place and is not
    /// among them was taken away there. `None` says nothing, as when a drive is not mounted.
    pub there: Option<BTreeSet<(ParcelKind, Digest)>>,
}

/// Something in a relay that cannot be used. It stays where it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Damaged {
    /// Where: a file, or a row.
    pub place: String,
    /// What is wrong with it.
    pub why: String,
}

impl Damaged {
    pub(crate) fn new(place: impl Into<String>, why: impl Into<String>) -> Self {
        Self { place: place.into(), why: why.into() }
    }
}

/// Judges bytes that stand under a digest and a kind: a parcel, or what is wrong.
pub(crate) fn judge(kind: ParcelKind, digest: Digest, bytes: Vec<u8>) -> Result<Parcel, String> {
    let found = Digest::of(&bytes);
    if found != digest {
        return Err(format!("stands under {}…, its bytes are {}…", digest.short(), found.short()));
    }
    let parcel = Parcel { kind: ParcelKind::of(&bytes), digest, bytes };
    if parcel.kind == kind {
        Ok(parcel)
    } else {
        Err(format!("stands as {}, is {}", article(kind), article(parcel.kind)))
    }
}

fn article(kind: ParcelKind) -> &'static str {
    match kind {
        ParcelKind::Entry => "an entry",
        ParcelKind::Document => "a document",
        ParcelKind::Blob => "a blob",
    }
}

/// How much one answer of [`crate::Relay::collect`] holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Batch {
    pub(crate) bytes: usize,
    pub(crate) parcels: usize,
}

impl Batch {
    pub(crate) const USUAL: Self = Self { bytes: 32 << 20, parcels: 5_000 };

    /// Whether one more of `size` bytes still fits; the first always does.
    pub(crate) fn takes(self, bytes: usize, parcels: usize, size: usize) -> bool {
        parcels == 0 || (parcels < self.parcels && bytes.saturating_add(size) <= self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{blob, document, entry};

    #[test]
    fn what_bytes_are_follows_from_them_alone() {
        let cases: [(&[u8], ParcelKind); 9] = [
            (&entry(1), ParcelKind::Entry),
            (&document(1), ParcelKind::Document),
            (br#"{"enrolment":"e30=","keyid":"00","sig":"AA=="}"#, ParcelKind::Document),
            (br#"{"schema":"urn:x-cabinet:policy:9"}"#, ParcelKind::Document),
            (br#"{"schema":"urn:x-cabinet:manifest:1"}"#, ParcelKind::Blob),
            (br#"{"schema":"urn:x-cabinet:roster:1","schema":"x"}"#, ParcelKind::Blob),
            (b"%PDF-1.7", ParcelKind::Blob),
            (b"", ParcelKind::Blob),
            (&blob(1), ParcelKind::Blob),
        ];
        for (bytes, kind) in cases {
            assert_eq!(ParcelKind::of(bytes), kind, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn an_entry_filed_as_a_blob_is_damage_and_so_is_a_wrong_digest() {
        let bytes = entry(1);
        let digest = Digest::of(&bytes);
        assert_eq!(judge(ParcelKind::Entry, digest, bytes.clone()), Ok(Parcel::of(bytes.clone())));
        assert_eq!(judge(ParcelKind::Blob, digest, bytes.clone()), Err("stands as a blob, is an entry".to_owned()));
        assert!(judge(ParcelKind::Entry, Digest::of(b"other"), bytes).is_err());
    }
}
