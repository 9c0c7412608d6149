//! The review pack: one sealed file out, one back, for a member whose machine never meets a relay.
//!
//! Inside an `age` file (X25519, to its recipients) is a plain tar archive:
//!
//! ```text
//! pack.json            the cover: board, roster root, for whom, as of, good until, what is missing, every parcel
//! pack.pdf             the same for people, where the maker gave one
//! documents/<sha256>   entries/<sha256>   blobs/<sha256>
//! ```
//!
//! `age -d -i KEY FILE | tar -t` shows it. There is one way to write each archive, and what is read must be written
//! so: in order, each part listed on the cover and nothing else, each with its digest. Nothing is compressed, so what
//! is read is never larger than the file; nothing is unpacked, so no name is ever a path.
//!
//! A pack is sealed, not signed: anybody who knows a member's public key can make one. Its parcels are verified like
//! those of any relay; its cover is what the maker claims. See [`About`].
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};

use domain::ids::Digest;
use record::canonical;
use record::json::{self, Limits};

pub use age::x25519::{Identity, Recipient};

use crate::parcel::{GREATEST_BYTES, Parcel, ParcelKind, judge};

mod archive;
mod cover;
mod error;

pub use cover::{About, LeftOut, Omission, Purpose};
pub use error::PackError;

use archive::Member;
use cover::{Cover, Listed};

/// The largest pack, sealed or open: 512 MiB.
pub const GREATEST_PACK: usize = 512 << 20;
/// What the seal adds at most: a header and 16 bytes for each 64 KiB.
const SEAL_BYTES: usize = 1 << 20;
/// The most parcels.
pub const GREATEST_PARCELS: usize = 100_000;
/// The cover lists every parcel, a hundred bytes each.
const COVER_LIMITS: Limits = Limits { bytes: 16 << 20, depth: Limits::ENTRY.depth };

const COVER: &str = "pack.json";
const PDF: &str = "pack.pdf";

/// A pack, open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    about: About,
    cover: Digest,
    parcels: Vec<Parcel>,
    pdf: Option<Vec<u8>>,
}

impl Pack {
    /// Puts a pack together. The order of the parcels does not matter.
    ///
    /// # Errors
    /// [`PackError::TooMany`], [`PackError::TooLarge`], [`PackError::Member`] for a parcel whose bytes are not what it
    /// says, [`PackError::Cover`] for a cover of more than 16 MiB.
    pub fn new(about: About, parcels: Vec<Parcel>, pdf: Option<Vec<u8>>) -> Result<Self, PackError> {
        let mut sorted = BTreeMap::new();
        for parcel in parcels {
            // A parcel given twice is the same bytes.
            sorted.insert((parcel.kind, parcel.digest), parcel);
        }
        let mut checked = Vec::with_capacity(sorted.len());
        for ((kind, digest), parcel) in sorted {
            let judged = judge(kind, digest, parcel.bytes);
            checked.push(judged.map_err(|why| PackError::Member { name: name_of(kind, digest), why })?);
        }
        let mut pack = Self { about, cover: Digest([0; 32]), parcels: checked, pdf };
        pack.cover = Digest::of(&pack.cover_bytes()?);
        pack.within_bounds()?;
        Ok(pack)
    }

    /// What the maker says about it.
    #[must_use]
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The digest of the cover, which a reply names.
    #[must_use]
    pub fn cover(&self) -> Digest {
        self.cover
    }

    /// The parcels, documents, entries and blobs mixed, by kind and digest. To be verified like a relay's.
    #[must_use]
    pub fn parcels(&self) -> &[Parcel] {
        &self.parcels
    }

    /// The PDF for people.
    #[must_use]
    pub fn pdf(&self) -> Option<&[u8]> {
        self.pdf.as_deref()
    }

    /// Takes the parcels out.
    #[must_use]
    pub fn into_parcels(self) -> Vec<Parcel> {
        self.parcels
    }

    fn within_bounds(&self) -> Result<(), PackError> {
        if self.parcels.len() > GREATEST_PARCELS {
            return Err(PackError::TooMany { limit: GREATEST_PARCELS });
        }
        for parcel in &self.parcels {
            if parcel.bytes.len() > GREATEST_BYTES {
                return Err(PackError::TooLarge { limit: GREATEST_BYTES });
            }
        }
        let content: usize = self.parcels.iter().map(|parcel| parcel.bytes.len() + 1024).sum();
        let pdf = self.pdf.as_ref().map_or(0, Vec::len);
        if pdf > GREATEST_BYTES || content.saturating_add(pdf) > GREATEST_PACK - COVER_LIMITS.bytes {
            return Err(PackError::TooLarge { limit: GREATEST_PACK });
        }
        Ok(())
    }

    fn cover_bytes(&self) -> Result<Vec<u8>, PackError> {
        let listed = self.parcels.iter().map(|parcel| Listed { kind: parcel.kind, digest: parcel.digest }).collect();
        let cover = Cover::new(&self.about, self.pdf.as_deref().map(Digest::of), listed);
        let bytes = canonical::to_bytes(&cover).map_err(|error| PackError::Cover { why: error.to_string() })?;
        if bytes.len() > COVER_LIMITS.bytes {
            return Err(PackError::Cover { why: format!("it has more than {} bytes", COVER_LIMITS.bytes) });
        }
        Ok(bytes)
    }

    /// The archive: the same bytes for the same content.
    fn archive(&self) -> Result<Vec<u8>, PackError> {
        let mut bytes = Vec::new();
        archive::push(&mut bytes, COVER, &self.cover_bytes()?);
        if let Some(pdf) = &self.pdf {
            archive::push(&mut bytes, PDF, pdf);
        }
        for parcel in &self.parcels {
            archive::push(&mut bytes, &name_of(parcel.kind, parcel.digest), &parcel.bytes);
        }
        archive::finish(&mut bytes);
        Ok(bytes)
    }

    /// Seals it to `recipients`, the texts of their keys as the roster has them (`age1…`).
    ///
    /// # Errors
    /// [`PackError::NoRecipient`], [`PackError::Recipient`], [`PackError::Sealing`].
    pub fn seal(&self, recipients: &[&str]) -> Result<Vec<u8>, PackError> {
        if recipients.is_empty() {
            return Err(PackError::NoRecipient);
        }
        let keys = recipients
            .iter()
            .map(|text| text.parse().map_err(|_| PackError::Recipient { recipient: (*text).to_owned() }))
            .collect::<Result<Vec<Recipient>, PackError>>()?;
        let failed = |why: String| PackError::Sealing(why);
        let to = keys.iter().map(|key| key as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(to).map_err(|error| failed(error.to_string()))?;
        let archive = self.archive()?;
        let mut sealed = Vec::with_capacity(archive.len() + SEAL_BYTES);
        let mut writer = encryptor.wrap_output(&mut sealed).map_err(|error| failed(error.to_string()))?;
        writer.write_all(&archive).map_err(|error| failed(error.to_string()))?;
        writer.finish().map_err(|error| failed(error.to_string()))?;
        Ok(sealed)
    }

    /// Opens a sealed pack with one's own key.
    ///
    /// # Errors
    /// [`PackError`]; then nothing of it is used.
    pub fn open(identity: &Identity, sealed: &[u8]) -> Result<Self, PackError> {
        if sealed.len() > GREATEST_PACK + SEAL_BYTES {
            return Err(PackError::TooLarge { limit: GREATEST_PACK });
        }
        let decryptor = age::Decryptor::new_buffered(sealed).map_err(of_header)?;
        let reader = decryptor.decrypt(std::iter::once(identity as &dyn age::Identity)).map_err(of_header)?;
        let mut archive = Vec::new();
        // The bound is one of memory: sealed bytes are never fewer than what is in them.
        let bound = u64::try_from(GREATEST_PACK).unwrap_or(u64::MAX);
        let read = reader.take(bound + 1).read_to_end(&mut archive);
        read.map_err(|error| PackError::Damaged { why: error.to_string() })?;
        if archive.len() > GREATEST_PACK {
            return Err(PackError::TooLarge { limit: GREATEST_PACK });
        }
        Self::read(&archive)
    }

    fn read(bytes: &[u8]) -> Result<Self, PackError> {
        let members = archive::read(bytes, GREATEST_PARCELS + 2)?;
        let mut members = members.into_iter();
        let first = members.next().filter(|member| member.name == COVER);
        let first = first.ok_or_else(|| PackError::Cover { why: "it is not the first part".to_owned() })?;
        let cover = read_cover(first.bytes)?;
        let mut next = |name: &str| -> Result<Vec<u8>, PackError> {
            let refuse = |why: String| PackError::Member { name: name.to_owned(), why };
            match members.next() {
                Some(Member { name: found, bytes }) if found == name => Ok(bytes.to_vec()),
                Some(Member { name: found, .. }) => Err(refuse(format!("{found:?} stands in its place"))),
                None => Err(refuse("it is on the cover and not in the pack".to_owned())),
            }
        };
        let mut pdf = None;
        if let Some(digest) = cover.pdf {
            let bytes = next(PDF)?;
            if Digest::of(&bytes) != digest {
                let why = "its bytes are not what the cover says".to_owned();
                return Err(PackError::Member { name: PDF.to_owned(), why });
            }
            pdf = Some(bytes);
        }
        let mut parcels = Vec::with_capacity(cover.parcels.len().min(GREATEST_PARCELS));
        let mut before = None;
        for Listed { kind, digest } in cover.parcels.iter().copied() {
            let name = name_of(kind, digest);
            match before {
                Some(last) if last == (kind, digest) => return Err(PackError::Twice(digest)),
                Some(last) if last > (kind, digest) => {
                    return Err(PackError::Cover { why: format!("{name} is out of order") });
                }
                Some(_) | None => before = Some((kind, digest)),
            }
            parcels.push(judge(kind, digest, next(&name)?).map_err(|why| PackError::Member { name, why })?);
        }
        if let Some(member) = members.next() {
            let why = "it is not on the cover".to_owned();
            return Err(PackError::Member { name: member.name.chars().take(120).collect(), why });
        }
        let pack = Self { about: cover.about(), cover: Digest::of(first.bytes), parcels, pdf };
        pack.within_bounds()?;
        Ok(pack)
    }
}

fn name_of(kind: ParcelKind, digest: Digest) -> String {
    format!("{}/{digest}", kind.folder())
}

fn read_cover(bytes: &[u8]) -> Result<Cover, PackError> {
    let refuse = |why: String| PackError::Cover { why };
    let value = json::parse(bytes, COVER_LIMITS).map_err(|error| refuse(error.to_string()))?;
    let schema = value.get("schema").and_then(json::Value::as_text).unwrap_or_default();
    if schema != Cover::SCHEMA {
        return Err(PackError::Schema { schema: schema.chars().take(80).collect() });
    }
    canonical::read(bytes, COVER_LIMITS).map_err(|error| refuse(error.to_string()))
}

/// Errors before the first byte of content.
fn of_header(error: age::DecryptError) -> PackError {
    match error {
        age::DecryptError::NoMatchingKeys => PackError::NotForYou,
        age::DecryptError::DecryptionFailed
        | age::DecryptError::KeyDecryptionFailed
        | age::DecryptError::InvalidMac => PackError::Damaged { why: error.to_string() },
        age::DecryptError::ExcessiveWork { .. }
        | age::DecryptError::InvalidHeader
        | age::DecryptError::Io(_)
        | age::DecryptError::UnknownFormat
        | _ => PackError::NotAPack { why: error.to_string() },
    }
}

#[cfg(test)]
mod tests;
