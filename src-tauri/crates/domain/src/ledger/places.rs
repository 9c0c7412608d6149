//! Who had what when they wrote: what comes back after the decision, in a review pack or through a slow relay, is kept
//! and does not count (`record.md`, *How entries travel*).
//!
//! Not by clock: a decision that was written without an act, by somebody who did not have it, was made without it. If
//! the act was written without the decision, too, it speaks of what was before; whoever signs once more with the decision
//! in hand is counted.
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Ledger, Touched};
use crate::entry::LogPosition;
use crate::ids::{ChangeKey, EntryId};
use crate::meeting::DecisionKind;

/// Where entries stand, and which heads of other logs their recorders had.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Places(BTreeMap<EntryId, Arc<LogPosition>>);

impl Places {
    pub(super) fn note(&mut self, id: EntryId, place: &LogPosition) {
        self.0.insert(id, Arc::new(place.clone()));
    }

    /// Whether who wrote `later` had `earlier`. What has no place is this device's next entry, which has everything.
    pub(super) fn had(&self, later: EntryId, earlier: EntryId) -> bool {
        let (Some(later), Some(earlier)) = (self.0.get(&later), self.0.get(&earlier)) else { return true };
        if later.id == earlier.id {
            return later.seq >= earlier.seq;
        }
        later.seen.get(&earlier.id).is_some_and(|head| head.seq >= earlier.seq)
    }

    /// Whether neither was written with the other in hand.
    pub(super) fn apart(&self, one: EntryId, other: EntryId) -> bool {
        !self.had(one, other) && !self.had(other, one)
    }
}

/// Sets a mark; says whether it was another before.
fn mark(late: &mut bool, is: bool) -> bool {
    std::mem::replace(late, is) != is
}

impl Ledger {
    /// Says anew what on a change came after the decision in force. An assessment or a review that did is only kept
    /// back from a decision that approves: any other is followed by one that wants it.
    pub(super) fn mark_late(&mut self, change: &ChangeKey) -> Vec<Touched> {
        let in_force = self.decision(change).filter(|d| d.decision.kind != DecisionKind::NoDecision);
        let in_force = in_force.map(|d| (d.entry, d.decision.kind.approves()));
        let places = &self.places;
        let after = |entry: EntryId| in_force.is_some_and(|(decided, _)| places.apart(decided, entry));
        let kept_back = |entry: EntryId| in_force.is_some_and(|(_, approves)| approves) && after(entry);
        let mut touched = Vec::new();
        let mut changed = false;
        for sign_off in self.sign_offs.get_mut(change).into_iter().flatten() {
            changed |= mark(&mut sign_off.late, after(sign_off.entry));
        }
        if std::mem::take(&mut changed) {
            touched.push(Touched::SignOffs(change.clone()));
        }
        for assessed in self.assessments.get_mut(change).into_iter().flatten() {
            changed |= mark(&mut assessed.late, kept_back(assessed.entry));
        }
        if std::mem::take(&mut changed) {
            touched.push(Touched::Assessments(change.clone()));
        }
        for reviewed in self.plan_reviews.get_mut(change).into_iter().flatten() {
            changed |= mark(&mut reviewed.late, kept_back(reviewed.entry));
        }
        if changed {
            touched.push(Touched::PlanReviews(change.clone()));
        }
        touched
    }
}
