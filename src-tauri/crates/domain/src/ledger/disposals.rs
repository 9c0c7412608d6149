//! Bytes that are gone by a root holder's word.
use super::{Ledger, Touched, Verified};
use crate::disposal::{Disposal, DisposalBody};

impl Ledger {
    /// Notes whose word it is; of what was disposed of before, the first stays. What was signed over the digests stands,
    /// so no row is touched: that bytes are to go, and stay gone, is the store's own append-only table.
    pub(super) fn dispose(&mut self, entry: Verified<'_>, body: &DisposalBody) -> Vec<Touched> {
        for digest in &body.blobs {
            self.disposals.entry(*digest).or_insert_with(|| Disposal {
                entry: entry.id,
                actor: entry.predicate.actor,
                claimed: entry.predicate.time.claimed,
                change: body.change.clone(),
                ground: body.ground,
                reason: body.reason.clone(),
            });
        }
        Vec::new()
    }
}
