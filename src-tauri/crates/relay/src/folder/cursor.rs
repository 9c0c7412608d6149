//! How far a collection came. A folder keeps no order, so the cursor only says that the place was seen, and where a
//! collection that did not fit into one answer goes on; each one that is through begins anew.
use std::fmt;

use domain::ids::Digest;

use crate::parcel::ParcelKind;

const MARK: &str = "folder-1";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The last one looked at.
    pub(super) after: Option<(ParcelKind, Digest)>,
}

impl Cursor {
    /// `None` for a beginning, and for a cursor that is not ours: then everything is looked at, which only costs time.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        if parts.next() != Some(MARK) {
            return None;
        }
        let after = match (parts.next(), parts.next(), parts.next()) {
            (Some(kind), Some(digest), None) => Some((ParcelKind::from_word(kind)?, digest.parse().ok()?)),
            (None, _, _) => None,
            (Some(_), _, _) => return None,
        };
        Some(Self { after })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.after {
            Some((kind, digest)) => write!(f, "{MARK} {} {digest}", kind.word()),
            None => f.write_str(MARK),
        }
    }
}
