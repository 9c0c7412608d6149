//! Approvals of plans (R16).
use super::{Ledger, Touched, Verified};
use crate::ids::{EntryId, MemberId};
use crate::plan::{PlanApproval, PlanApprovalBody};

impl Ledger {
    /// Keeps one person's word on a plan; whether it counts, the gate says.
    pub(super) fn approve_plan(&mut self, entry: Verified<'_>, body: &PlanApprovalBody) -> Vec<Touched> {
        self.plan_approvals.entry(body.change.clone()).or_default().push(PlanApproval {
            entry: entry.id,
            actor: entry.predicate.actor,
            role: entry.predicate.role,
            claimed: entry.predicate.time.claimed,
            body: body.clone(),
            withdrawn: None,
        });
        vec![Touched::PlanApprovals(body.change.clone())]
    }

    /// Only the original actor may take an approval back.
    pub(super) fn withdraw_plan_approval(&mut self, target: EntryId, actor: MemberId, by: EntryId) -> Option<Touched> {
        let found = self.plan_approvals.values_mut().flatten().find(|approval| approval.entry == target)?;
        if found.actor != actor || found.withdrawn.is_some() {
            return None;
        }
        found.withdrawn = Some(by);
        Some(Touched::PlanApprovals(found.body.change.clone()))
    }
}
