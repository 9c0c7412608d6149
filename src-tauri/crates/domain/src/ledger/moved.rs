//! Shifts of the window since the decision, beside what else the board has approved for that time.
use std::collections::BTreeSet;

use super::Ledger;
use crate::change::Window;
use crate::ids::{ChangeKey, Digest};
use crate::policy::Policy;
use crate::shift::{Moved, overlap, tolerated};

impl Ledger {
    /// How the window was moved since the decision in force, where that approves, the policy tolerates the shift, and it
    /// meets the window of no approved change that the window as decided did not meet. `with` is the digest of the
    /// content as it is now with another window in its place: where that is not what was decided, more was edited.
    #[must_use]
    pub fn moved(
        &self,
        change: &ChangeKey,
        now: &Window,
        policy: &Policy,
        with: impl Fn(&Window) -> Option<Digest>,
    ) -> Option<Moved> {
        let decision = &self.decision(change)?.decision;
        let before = decision.brief.window.as_ref().filter(|_| decision.kind.approves())?;
        let shift = tolerated(before, now, policy.window_tolerance_minutes)?;
        let alone = with(before)? == decision.content && self.meets(change, now).is_subset(&self.meets(change, before));
        alone.then_some(Moved { from: decision.content, shift })
    }

    /// The other changes whose windows, as the board approved them, have some time in common with this one.
    fn meets(&self, change: &ChangeKey, window: &Window) -> BTreeSet<&ChangeKey> {
        let met = |key: &ChangeKey| {
            let decided = self.decision(key).map(|recorded| &recorded.decision).filter(|d| d.kind.approves());
            decided.and_then(|d| d.brief.window.as_ref()).is_some_and(|other| overlap(window, other))
        };
        self.decisions.keys().filter(|&key| key != change && met(key)).collect()
    }
}
