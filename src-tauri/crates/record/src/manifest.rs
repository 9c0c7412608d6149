//! The manifest of what was shown: one salted digest per material field and attachment.
//!
//! The subject of a sign-off is the digest of this list, not of the text itself. A blob can therefore
//! be withheld (a redacted edition) or disposed of (retention) later: its digest stays, and the salt
//! keeps anyone from guessing short values by trying.
use std::collections::{BTreeMap, BTreeSet};

use domain::change::Window;
use domain::ids::Digest;
use domain::plan::PlanSection;
use domain::policy::{attached, plan_field, window_fields};
use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use crate::canonical::{self, CanonicalError};
use crate::json::Limits;
use crate::refusal::{Code, Refusal};

/// Length of a salt in bytes. Fixed, so that where the salt ends in `salt ‖ bytes` is never in doubt.
pub const SALT_BYTES: usize = 32;

/// The salt of one blob; from the operating system's randomness, at the edge.
pub type Salt = [u8; SALT_BYTES];

/// The bytes of one material field or attachment, with their salt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// 32 random bytes, fresh for each blob.
    pub salt: Salt,
    /// What was shown.
    pub bytes: Vec<u8>,
}

impl Blob {
    /// SHA-256(salt ‖ bytes): what the manifest names, and the blob's file name.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut hash = sha2::Sha256::new();
        hash.update(self.salt);
        hash.update(&self.bytes);
        Digest(hash.finalize().into())
    }

    /// As stored: salt ‖ bytes. `sha256sum` of the file is the digest.
    #[must_use]
    pub fn to_stored(&self) -> Vec<u8> {
        [self.salt.as_slice(), &self.bytes].concat()
    }

    /// Reads stored bytes and checks them against the digest they are stored under.
    ///
    /// # Errors
    /// A refusal with [`Code::Blob`].
    pub fn from_stored(stored: &[u8], digest: Digest) -> Result<Self, Refusal> {
        let refuse = |what: &str| Refusal::new(Code::Blob, what, format!("blob {}", digest.short()));
        if Digest::of(stored) != digest {
            return Err(refuse("the bytes are not those of the digest"));
        }
        let (salt, bytes) = stored.split_at_checked(SALT_BYTES).ok_or_else(|| refuse("shorter than its salt"))?;
        let salt = salt.try_into().map_err(|_| refuse("shorter than its salt"))?;
        Ok(Self { salt, bytes: bytes.to_vec() })
    }
}

/// One line of a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The material field (`title`, `plan.backout`) or `attachment.<name>`.
    pub field: String,
    /// SHA-256(salt ‖ bytes).
    pub sha256: Digest,
}

/// The list of what was shown, sorted by field, each field once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    schema: String,
    fields: Vec<Line>,
}

/// Whether a blob is at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown<'a> {
    /// Its bytes, checked against the digest.
    Present(&'a [u8]),
    /// Not in this edition; the digest stands.
    Withheld,
}

impl Manifest {
    /// The schema of the document.
    pub const SCHEMA: &'static str = "urn:x-cabinet:manifest:1";

    /// The manifest of these fields.
    #[must_use]
    pub fn of(blobs: &BTreeMap<String, Blob>) -> Self {
        let fields = blobs.iter().map(|(field, blob)| Line { field: field.clone(), sha256: blob.digest() }).collect();
        Self { schema: Self::SCHEMA.to_owned(), fields }
    }

    /// Its canonical bytes.
    ///
    /// # Errors
    /// None in practice: a manifest holds only text.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::to_bytes(self)
    }

    /// Its digest: the subject of the statement.
    ///
    /// # Errors
    /// As [`Manifest::to_bytes`].
    pub fn digest(&self) -> Result<Digest, CanonicalError> {
        self.to_bytes().map(|bytes| Digest::of(&bytes))
    }

    /// Reads a stored manifest: canonical, of this schema, sorted, each field once.
    ///
    /// # Errors
    /// The codes of the strict reader, or [`Code::Manifest`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        let manifest: Self =
            canonical::read(bytes, Limits::ENTRY).map_err(|error| Refusal::of_canonical(&error, "manifest"))?;
        if manifest.schema != Self::SCHEMA {
            return Err(Refusal::new(Code::Manifest, format!("the schema is not {}", Self::SCHEMA), "manifest"));
        }
        if let Some(pair) = manifest.fields.windows(2).find(|pair| pair[0].field >= pair[1].field) {
            let what = format!("{:?} stands twice or out of order", pair[1].field);
            return Err(Refusal::new(Code::Manifest, what, "manifest"));
        }
        Ok(manifest)
    }

    /// The lines, sorted by field.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.fields
    }

    /// Compares the manifest with the subject that was signed.
    ///
    /// # Errors
    /// A refusal with [`Code::Subject`].
    pub fn check_subject(&self, subject: Digest) -> Result<(), Refusal> {
        let own = self.digest().map_err(|error| Refusal::of_canonical(&error, "manifest"))?;
        if own == subject {
            return Ok(());
        }
        let what = format!("signed over manifest {}, this one is {}", subject.short(), own.short());
        Err(Refusal::new(Code::Subject, what, "manifest"))
    }

    /// What was shown, field by field, from the blobs at hand. A missing blob is withheld, not wrong.
    ///
    /// # Errors
    /// [`Code::Blob`] for a blob whose bytes are not those of its digest.
    pub fn open<'m, 'b>(&'m self, blobs: &'b BTreeMap<Digest, Blob>) -> Result<BTreeMap<&'m str, Shown<'b>>, Refusal> {
        self.fields
            .iter()
            .map(|line| {
                let shown = match blobs.get(&line.sha256) {
                    None => Shown::Withheld,
                    Some(blob) if blob.digest() == line.sha256 => Shown::Present(&blob.bytes),
                    Some(_) => {
                        let what = format!("the bytes of {:?} are not those that were shown", line.field);
                        return Err(Refusal::new(Code::Blob, what, "manifest"));
                    }
                };
                Ok((line.field.as_str(), shown))
            })
            .collect()
    }

    /// Compares what a sign-off over this manifest says of what was shown with the blobs at hand: the content, where none
    /// is missing, and each section of the plan whose field is listed and here.
    ///
    /// # Errors
    /// [`Code::Content`], or [`Code::Blob`] as [`Manifest::open`].
    pub fn check_content(
        &self,
        content: Digest,
        sections: &BTreeMap<PlanSection, Digest>,
        blobs: &BTreeMap<Digest, Blob>,
    ) -> Result<(), Refusal> {
        let refuse = |what: String| Err(Refusal::new(Code::Content, what, "predicate.body"));
        let shown = self.open(blobs)?;
        let mut present: BTreeMap<&str, &[u8]> = BTreeMap::new();
        for (field, value) in &shown {
            if let Shown::Present(bytes) = value {
                present.insert(*field, *bytes);
            }
        }
        if present.len() == shown.len() {
            let fields = present.iter().map(|(field, bytes)| (*field, *bytes));
            let found = content_digest(fields).map_err(|error| Refusal::of_canonical(&error, "manifest"))?;
            if found != content {
                return refuse(format!("says content {}, shown was {}", content.short(), found.short()));
            }
        }
        for (section, digest) in sections {
            let field = plan_field(*section);
            if present.get(field.as_str()).is_some_and(|bytes| Digest::of(bytes) != *digest) {
                return refuse(format!("says {field} {}, shown was another", digest.short()));
            }
        }
        Ok(())
    }

    /// The digests it names.
    #[must_use]
    pub fn digests(&self) -> BTreeSet<Digest> {
        self.fields.iter().map(|line| line.sha256).collect()
    }
}

/// The files that manifests tell of, as far as the blobs of their lines are at hand: by the digest of their content, which no
/// bundle holds.
#[must_use]
pub fn attached_files(manifests: &[Manifest], blobs: &BTreeMap<Digest, Blob>) -> BTreeMap<Digest, String> {
    let lines = manifests.iter().flat_map(Manifest::lines).filter(|line| line.field.starts_with("attachment."));
    let told = lines.filter_map(|line| blobs.get(&line.sha256)).flat_map(|blob| attached(&blob.bytes));
    told.map(|(name, digest)| (digest, name)).collect()
}

/// The digest of material content without salts: equal content, equal digest. That of the canonical
/// `{field: SHA-256}`, which a sign-off, a decision and an exported approval name.
///
/// # Errors
/// None in practice: it holds only text.
pub fn content_digest<'f>(fields: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Result<Digest, CanonicalError> {
    let digests: BTreeMap<&str, Digest> = fields.into_iter().map(|(field, bytes)| (field, Digest::of(bytes))).collect();
    digest_of_digests(&digests)
}

fn digest_of_digests<K: Ord + Serialize>(digests: &BTreeMap<K, Digest>) -> Result<Digest, CanonicalError> {
    canonical::to_bytes(digests).map(|bytes| Digest::of(&bytes))
}

/// The sections in which two plans differ, where nothing else of the two contents does; `None` where something may.
///
/// `fields` are the digests of one content's fields. Of the other its digest is known, and its plan by the digests of
/// its sections (or of those that differ): with them in their places the fields must come to just that digest.
#[must_use]
pub fn edited_sections(
    fields: &BTreeMap<String, Digest>,
    sections: &BTreeMap<PlanSection, Digest>,
    other: Digest,
) -> Option<BTreeSet<PlanSection>> {
    let mut with = fields.clone();
    let mut edited = BTreeSet::new();
    for (section, digest) in sections {
        // A section that is not material makes no difference.
        let Some(place) = with.get_mut(&plan_field(*section)).filter(|own| *own != digest) else { continue };
        *place = *digest;
        edited.insert(*section);
    }
    digest_of_digests(&with).is_ok_and(|digest| digest == other).then_some(edited)
}

/// The digest of a content, given by the digests of its fields, with another window in its place; `None` where its window
/// is not material.
#[must_use]
pub fn content_with_window(fields: &BTreeMap<String, Digest>, window: &Window) -> Option<Digest> {
    let mut with = fields.clone();
    for (field, value) in window_fields(Some(window)) {
        *with.get_mut(field)? = Digest::of(value.as_bytes());
    }
    digest_of_digests(&with).ok()
}

#[cfg(test)]
mod tests;
