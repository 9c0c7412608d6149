//! Why a pack cannot be made or opened.
use domain::ids::Digest;

/// What is wrong with a pack. Nothing of a pack that has one of these is used.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// Not sealed by Cabinet, or only its beginning has arrived.
    #[error("this is not a sealed pack, or only a part of it ({why})")]
    NotAPack {
        /// What the reader met.
        why: String,
    },
    /// Sealed to another key.
    #[error("this pack is sealed to somebody else, or to an older key of yours: ask for a new one")]
    NotForYou,
    /// A byte differs from what was sealed.
    #[error("the pack is damaged: its seal does not hold ({why}). Ask for it again")]
    Damaged {
        /// What the reader met.
        why: String,
    },
    /// Larger than a pack may be.
    #[error("the pack has more than {limit} bytes")]
    TooLarge {
        /// The most.
        limit: usize,
    },
    /// More members than a pack may have.
    #[error("the pack has more than {limit} parts")]
    TooMany {
        /// The most.
        limit: usize,
    },
    /// The archive inside ends early.
    #[error("the archive in the pack ends early")]
    Truncated,
    /// The archive inside goes on after its end.
    #[error("something follows the end of the archive in the pack")]
    Trailing,
    /// A header of the archive is not the one form that is allowed.
    #[error("part {member} of the pack has a header that Cabinet does not write")]
    Header {
        /// Counted from 0.
        member: usize,
    },
    /// The cover is missing, or cannot be read.
    #[error("the cover of the pack (pack.json) cannot be read: {why}")]
    Cover {
        /// In words.
        why: String,
    },
    /// The cover has a version that this program does not know.
    #[error("the pack is of the kind {schema:?}: it needs a newer Cabinet")]
    Schema {
        /// As the cover says.
        schema: String,
    },
    /// A part is not what the cover says, not listed there, or missing.
    #[error("{name}: {why}")]
    Member {
        /// The part.
        name: String,
        /// In words.
        why: String,
    },
    /// Twice the same.
    #[error("{0} is in the pack twice")]
    Twice(Digest),
    /// Not a key that one can seal to.
    #[error("{recipient:?} is no key that a pack can be sealed to")]
    Recipient {
        /// As given.
        recipient: String,
    },
    /// Sealing needs somebody to seal to.
    #[error("a pack is sealed to at least one key")]
    NoRecipient,
    /// The seal could not be made.
    #[error("sealing failed: {0}")]
    Sealing(String),
}
