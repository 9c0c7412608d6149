//! The cover of a pack: for whom it is, as of when, and what is *not* in it.
use chrono::{DateTime, Utc};
use domain::ids::{BoardId, Digest, MemberId};
use serde::{Deserialize, Serialize};

use crate::parcel::ParcelKind;

/// Which way a pack goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Out: everything a member needs to review and sign.
    Review,
    /// Back: what the member did.
    Reply,
}

/// Something that belongs to what is reviewed and is not in the pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Omission {
    /// What is missing, in words.
    pub what: String,
    /// Why.
    pub why: String,
}

/// An attachment that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// The key of its change, `CHG-17`.
    pub change: String,
    /// The file's name on the ticket.
    pub name: String,
    /// Its digest, where its bytes are known.
    pub digest: Option<Digest>,
    /// Bytes.
    pub size: u32,
    /// Why it is not here.
    pub why: String,
}

/// What the maker of a pack says about it. Not signed: whoever knows a member's key can seal something to it. What
/// binds is in the entries, and they are verified on their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Out or back.
    pub purpose: Purpose,
    /// The board.
    pub board: BoardId,
    /// The roster's root, by which the entries are judged.
    pub roster_root: Digest,
    /// Who made it.
    pub from: MemberId,
    /// Whom it is for.
    pub to: MemberId,
    /// What is missing; printed first on every page that shows the pack.
    pub omissions: Vec<Omission>,
    /// Attachments that are missing.
    pub left_out: Vec<LeftOut>,
    /// The state it shows.
    pub as_of: DateTime<Utc>,
    /// Until when the maker thinks it worth acting on; no lock: a pack opens for ever.
    pub good_until: Option<DateTime<Utc>>,
    /// Of a reply: the digest of the cover that it answers.
    pub in_reply_to: Option<Digest>,
}

/// `pack.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cover {
    pub(super) schema: String,
    pub(super) purpose: Purpose,
    pub(super) board: BoardId,
    pub(super) roster_root: Digest,
    pub(super) from: MemberId,
    pub(super) to: MemberId,
    pub(super) omissions: Vec<Omission>,
    pub(super) left_out: Vec<LeftOut>,
    pub(super) as_of: DateTime<Utc>,
    pub(super) good_until: Option<DateTime<Utc>>,
    pub(super) in_reply_to: Option<Digest>,
    /// The PDF, where there is one.
    pub(super) pdf: Option<Digest>,
    /// Every parcel, in the order of the archive: nothing is added or taken away unseen.
    pub(super) parcels: Vec<Listed>,
}

/// A parcel, as the cover names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed {
    pub(super) kind: ParcelKind,
    pub(super) digest: Digest,
}

impl Cover {
    pub(super) const SCHEMA: &'static str = "urn:x-cabinet:pack:1";

    pub(super) fn new(about: &About, pdf: Option<Digest>, parcels: Vec<Listed>) -> Self {
        let About { purpose, board, roster_root, from, to, omissions, left_out, as_of, good_until, in_reply_to } =
            about.clone();
        let schema = Self::SCHEMA.to_owned();
        Self {
            schema,
            purpose,
            board,
            roster_root,
            from,
            to,
            omissions,
            left_out,
            as_of,
            good_until,
            in_reply_to,
            pdf,
            parcels,
        }
    }

    pub(super) fn about(self) -> About {
        let Self { purpose, board, roster_root, from, to, omissions, left_out, as_of, good_until, in_reply_to, .. } =
            self;
        About { purpose, board, roster_root, from, to, omissions, left_out, as_of, good_until, in_reply_to }
    }
}
