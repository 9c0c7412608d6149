//! What of an approval was disposed of. What was signed over the digests stands, and nobody can read the bytes any more.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::disposal::Ground;
use domain::ids::{ChangeKey, EntryId};
use record::manifest::attached_files;
use serde::Serialize;

use crate::evidence::{Held, Told};
use crate::export::time;

/// Bytes that are gone by a root holder's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DisposedShown {
    /// The entry that says so.
    pub entry: EntryId,
    /// Printed name of whose word it is, by the roster.
    pub by: String,
    /// When, as claimed.
    pub at: DateTime<Utc>,
    /// On which ground.
    pub ground: Ground,
    /// Why, in their words.
    pub reason: String,
    /// The attachments of which the file knows the names.
    pub files: Vec<String>,
    /// How many digests the word is about.
    pub blobs: u32,
}

impl DisposedShown {
    /// What was disposed of of this change, or of no change in particular, in the order of the entries' ids.
    pub(crate) fn of(held: &Held, told: &Told<'_>, change: &ChangeKey) -> Vec<Self> {
        let roster = held.roster();
        let names = attached_files(&held.bundle.manifests, &held.bundle.blobs);
        let mut by_entry: BTreeMap<EntryId, Self> = BTreeMap::new();
        for (digest, disposal) in &told.ledger.disposals {
            if disposal.change.as_ref().is_some_and(|about| about != change) {
                continue;
            }
            let shown = by_entry.entry(disposal.entry).or_insert_with(|| Self {
                entry: disposal.entry,
                by: roster
                    .member(disposal.actor)
                    .map_or_else(|| format!("member {}", disposal.actor), |m| m.name.clone()),
                at: disposal.claimed,
                ground: disposal.ground,
                reason: disposal.reason.clone(),
                files: Vec::new(),
                blobs: 0,
            });
            shown.blobs = shown.blobs.saturating_add(1);
            shown.files.extend(names.get(digest).cloned());
        }
        by_entry.into_values().collect()
    }

    /// In one line, for people.
    pub(crate) fn line(&self) -> String {
        let what = match (self.files.is_empty(), self.blobs) {
            (false, _) => self.files.join(", "),
            (true, 1) => "1 blob".to_owned(),
            (true, blobs) => format!("{blobs} blobs"),
        };
        let (by, at, ground) = (&self.by, time(self.at), self.ground.word());
        format!("Disposed of since, the digests stand: {what}; by {by}, {at}, {ground}: {}", self.reason)
    }
}
