//! Disposing of what was shown (`record.md`, *Entry*): the bytes go, their digests and everything that was signed over
//! them stay.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::ids::{ChangeKey, Digest, EntryId, MemberId};

/// On which ground bytes are disposed of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// They were kept for as long as they had to be.
    Retention,
    /// Somebody may ask that they be erased.
    Erasure,
}

impl Ground {
    /// The word people read.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Retention => "retention",
            Self::Erasure => "erasure",
        }
    }
}

/// A root holder's word that these blobs are disposed of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisposalBody {
    /// The digests under which they are kept, sorted: as manifests name them, or of the content of an attachment.
    pub blobs: Vec<Digest>,
    /// The change, where it is about one.
    pub change: Option<ChangeKey>,
    /// The ground.
    pub ground: Ground,
    /// Why, in the words of whoever disposes.
    pub reason: String,
}

/// What the record says of bytes that were disposed of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disposal {
    /// The entry that says so.
    pub entry: EntryId,
    /// Whose word it is.
    pub actor: MemberId,
    /// When, as claimed.
    pub claimed: DateTime<Utc>,
    /// The change, where it is about one.
    pub change: Option<ChangeKey>,
    /// The ground.
    pub ground: Ground,
    /// Why.
    pub reason: String,
}

/// Why a disposal disposes of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoDisposal {
    /// Of nothing.
    #[error("it names no blob")]
    NoBlob,
    /// The list has more than one form.
    #[error("the blobs are not sorted, each once")]
    Unsorted,
    /// Nobody could tell why.
    #[error("it gives no reason")]
    NoReason,
}

impl DisposalBody {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// The first rule that does not hold.
    pub fn check(&self) -> Result<(), NoDisposal> {
        if self.blobs.is_empty() {
            return Err(NoDisposal::NoBlob);
        }
        if !self.blobs.is_sorted_by(|a, b| a < b) {
            return Err(NoDisposal::Unsorted);
        }
        if self.reason.trim().is_empty() {
            return Err(NoDisposal::NoReason);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disposal_names_each_blob_once_in_order_and_says_why() {
        let (one, two) = (Digest([1; 32]), Digest([2; 32]));
        let cases = [
            (vec![one, two], "asked to", Ok(())),
            (vec![one], " kept for ten years ", Ok(())),
            (vec![], "asked to", Err(NoDisposal::NoBlob)),
            (vec![two, one], "asked to", Err(NoDisposal::Unsorted)),
            (vec![one, one], "asked to", Err(NoDisposal::Unsorted)),
            (vec![one], "", Err(NoDisposal::NoReason)),
            (vec![one], " \u{2003}\n", Err(NoDisposal::NoReason)),
        ];
        for (blobs, reason, expected) in cases {
            let body = DisposalBody { blobs, change: None, ground: Ground::Erasure, reason: reason.to_owned() };
            assert_eq!(body.check(), expected, "{body:?}");
        }
    }
}
