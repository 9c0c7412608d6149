//! Windows that were moved, and why.
use super::{Ledger, Touched, Verified};
use crate::rescheduling::{Rescheduling, ReschedulingBody};

impl Ledger {
    /// Keeps who moved a window, and why. Where the change stands follows from what its ticket says, never from this; but of
    /// one that is decided a gate asks for the reason (R79), so its row is made again.
    pub(super) fn reschedule(&mut self, entry: Verified<'_>, body: &ReschedulingBody) -> Vec<Touched> {
        self.rescheduled.entry(body.change.clone()).or_default().push(Rescheduling {
            entry: entry.id,
            actor: entry.predicate.actor,
            claimed: entry.predicate.time.claimed,
            body: body.clone(),
        });
        let decided = self.decisions.contains_key(&body.change);
        if decided { vec![Touched::Decisions(body.change.clone())] } else { Vec::new() }
    }
}
