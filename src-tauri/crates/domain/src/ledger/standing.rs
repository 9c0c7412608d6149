//! Standing approvals with their uses, and obligations.
use crate::ids::EntryId;
use crate::standing::{Obligation, ObligationBody, StandingApproval, StandingBody, UseBody};

use super::{Ledger, Touched, Verified};

impl Ledger {
    pub(super) fn stand(&mut self, entry: Verified<'_>, body: &StandingBody) -> Vec<Touched> {
        self.standing_approvals.insert(
            entry.id,
            StandingApproval {
                entry: entry.id,
                actor: entry.predicate.actor,
                role: entry.predicate.role,
                claimed: entry.predicate.time.claimed,
                body: body.clone(),
                uses: std::collections::BTreeMap::new(),
                suspended: None,
            },
        );
        vec![Touched::Standing(entry.id)]
    }

    pub(super) fn use_standing(&mut self, entry: Verified<'_>, body: &UseBody) -> Vec<Touched> {
        let held = self.standing_approvals.get_mut(&body.standing);
        if held.is_some_and(|standing| standing.use_once(entry.id, body)) {
            vec![Touched::Standing(body.standing)]
        } else {
            Vec::new()
        }
    }

    /// Anybody on the board may stop it: that lets nothing run.
    pub(super) fn suspend(&mut self, entry: Verified<'_>, standing: EntryId, reason: &str) -> Vec<Touched> {
        match self.standing_approvals.get_mut(&standing) {
            Some(held) if held.suspended.is_none() => {
                held.suspended = Some((entry.id, reason.to_owned()));
                vec![Touched::Standing(standing)]
            }
            Some(_) | None => Vec::new(),
        }
    }

    /// One receipt is one obligation.
    pub(super) fn owe(&mut self, entry: Verified<'_>, body: &ObligationBody) -> Vec<Touched> {
        if self.obligations.values().any(|owed| owed.body.receipt == body.receipt) {
            return Vec::new();
        }
        let (claimed, policy) = (entry.predicate.time.claimed, entry.predicate.policy);
        let owed = Obligation { entry: entry.id, claimed, policy, body: body.clone(), met: None };
        self.obligations.insert(entry.id, owed);
        vec![Touched::Obligation(entry.id)]
    }

    pub(super) fn meet(&mut self, entry: Verified<'_>, obligation: EntryId, note: &str) -> Vec<Touched> {
        match self.obligations.get_mut(&obligation) {
            Some(owed) if owed.met.is_none() => {
                owed.met = Some((entry.id, note.to_owned()));
                vec![Touched::Obligation(obligation)]
            }
            Some(_) | None => Vec::new(),
        }
    }
}
