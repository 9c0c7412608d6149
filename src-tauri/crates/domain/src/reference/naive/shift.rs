//! Windows that were moved since the decision, as a person with both of them on the table judges it: 0023 in
//! `docs/decisions`.
use super::super::windows;
use super::Naive;
use crate::change::Window;
use crate::ids::{ChangeKey, Digest};
use crate::meeting::{Decision, DecisionKind};

/// A window that lies elsewhere than where the board approved it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shifted {
    /// What was decided, that content, goes on speaking; by how many minutes start and end were moved.
    Tolerated(Digest, i64, i64),
    /// It does not, and why.
    Stale(&'static str),
}

impl<'h> Naive<'h> {
    /// The decision in force, if it approves and names a window.
    fn approved(&self, on: &ChangeKey) -> Option<(&'h Decision, &'h Window)> {
        let (_, decision) = self.decision(on)?;
        let window = decision.brief.window.as_ref()?;
        let approves = decision.kind == DecisionKind::Approved || decision.kind == DecisionKind::ApprovedWithConditions;
        approves.then_some((decision, window))
    }

    /// How the window was moved since the decision, if it was.
    pub fn shifted(&self, on: &ChangeKey) -> Option<Shifted> {
        let (decision, before) = self.approved(on)?;
        let (content, _) = self.now(on);
        let after = windows::window(windows::number(content));
        let later = (after.start - before.start).num_minutes();
        let longer = (after.end - before.end).num_minutes();
        if later == 0 && longer == 0 {
            return None;
        }
        // With the window where it was, the change must say just what was decided.
        let decided_there = windows::window(windows::number(decision.content)) == *before;
        if !decided_there || windows::said(decision.content) != windows::said(content) {
            return Some(Shifted::Stale("more was edited"));
        }
        if after.zone != before.zone {
            return Some(Shifted::Stale("another zone"));
        }
        let most = i64::from(self.history.policy.window_tolerance_minutes);
        if later < -most || later > most || longer < -most || longer > most {
            return Some(Shifted::Stale("too far"));
        }
        let (lasted, lasts) = ((before.end - before.start).num_minutes(), (after.end - after.start).num_minutes());
        if lasts > lasted + most {
            return Some(Shifted::Stale("too long"));
        }
        for other in Self::changes() {
            if other == *on {
                continue;
            }
            let Some((_, theirs)) = self.approved(&other) else { continue };
            if in_common(&after, theirs) && !in_common(before, theirs) {
                return Some(Shifted::Stale("meets another"));
            }
        }
        Some(Shifted::Tolerated(decision.content, later, longer))
    }

    /// The content that was decided and goes on speaking for the one now, and by how many minutes start and end were moved.
    pub fn moved(&self, on: &ChangeKey) -> Option<(Digest, i64, i64)> {
        match self.shifted(on)? {
            Shifted::Tolerated(from, start, end) => Some((from, start, end)),
            Shifted::Stale(_) => None,
        }
    }
}

/// Whether there is a time in both: from the later of the starts to the earlier of the ends.
fn in_common(one: &Window, other: &Window) -> bool {
    one.start.max(other.start) < one.end.min(other.end)
}
