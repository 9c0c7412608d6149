//! Emergencies, what they owed, and deployments that were taken back.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::emergency::{Bound, Emergency, EmergencyBody, Proposed, REVIEW, Revalidation, Rollback, is_provisional};
use crate::ids::{ChangeKey, EntryId};
use crate::policy::proposal::Proposal;
use crate::roster::Role;

use super::{Ledger, Touched, Verified};

impl Ledger {
    /// Only the Service Manager's word counts (R51).
    pub(super) fn declare(&mut self, entry: Verified<'_>, body: &EmergencyBody) -> Vec<Touched> {
        let predicate = entry.predicate;
        if predicate.role != Some(Role::ServiceManager) || body.check().is_err() {
            return Vec::new();
        }
        self.emergencies.insert(
            entry.id,
            Emergency {
                entry: entry.id,
                actor: predicate.actor,
                claimed: predicate.time.claimed,
                policy: predicate.policy,
                body: body.clone(),
                bound: None,
                met: BTreeMap::new(),
                proposed: None,
            },
        );
        vec![Touched::Emergency(entry.id)]
    }

    /// A provisional key has one ticket: the first.
    pub(super) fn bind(&mut self, entry: Verified<'_>, declaration: EntryId, change: &ChangeKey) -> Vec<Touched> {
        if entry.predicate.role != Some(Role::ServiceManager) || is_provisional(change) {
            return Vec::new();
        }
        match self.emergencies.get_mut(&declaration) {
            Some(held) if held.bound.is_none() && is_provisional(&held.body.change) => {
                let claimed = entry.predicate.time.claimed;
                held.bound = Some(Bound { entry: entry.id, change: change.clone(), claimed });
                vec![Touched::Emergency(declaration)]
            }
            Some(_) | None => Vec::new(),
        }
    }

    /// The first word on each thing owed counts; that there is a ticket only a ticket shows. A review may propose something
    /// for the policy; what is no proposal, or comes with something else, is none.
    pub(super) fn meet_owed(
        &mut self,
        entry: Verified<'_>,
        declaration: EntryId,
        (owed, note): (&str, &str),
        proposal: Option<&Proposal>,
    ) -> Vec<Touched> {
        match self.emergencies.get_mut(&declaration) {
            Some(held) if !held.met.contains_key(owed) => {
                held.met.insert(owed.to_owned(), (entry.id, note.to_owned()));
                let proposal = proposal.filter(|proposal| owed == REVIEW && proposal.check().is_ok());
                if let Some(proposal) = proposal {
                    held.proposed = Some(Proposed {
                        entry: entry.id,
                        actor: entry.predicate.actor,
                        claimed: entry.predicate.time.claimed,
                        proposal: proposal.clone(),
                    });
                }
                vec![Touched::Emergency(declaration)]
            }
            Some(_) | None => Vec::new(),
        }
    }

    pub(super) fn roll_back(
        &mut self,
        entry: Verified<'_>,
        change: &ChangeKey,
        (incident, at): (&str, DateTime<Utc>),
    ) -> Vec<Touched> {
        self.rollbacks.insert(
            entry.id,
            Rollback {
                entry: entry.id,
                actor: entry.predicate.actor,
                change: change.clone(),
                incident: incident.to_owned(),
                at,
                revalidated: None,
            },
        );
        vec![Touched::Rollback(entry.id)]
    }

    pub(super) fn revalidate(
        &mut self,
        entry: Verified<'_>,
        rollback: EntryId,
        (root_cause, note): (&str, &str),
    ) -> Vec<Touched> {
        match self.rollbacks.get_mut(&rollback) {
            Some(held) if held.revalidated.is_none() => {
                held.revalidated = Some(Revalidation {
                    entry: entry.id,
                    actor: entry.predicate.actor,
                    claimed: entry.predicate.time.claimed,
                    root_cause: root_cause.to_owned(),
                    note: note.to_owned(),
                });
                vec![Touched::Rollback(rollback)]
            }
            Some(_) | None => Vec::new(),
        }
    }

    /// The emergencies of a change, the newest last.
    #[must_use]
    pub fn emergencies_of(&self, change: &ChangeKey) -> Vec<&Emergency> {
        let mut found: Vec<&Emergency> = self.emergencies.values().filter(|e| e.about() == change).collect();
        found.sort_by_key(|e| (e.claimed, e.entry));
        found
    }

    /// The deployments of a change that were taken back, the newest last.
    #[must_use]
    pub fn rollbacks_of(&self, change: &ChangeKey) -> Vec<&Rollback> {
        let mut found: Vec<&Rollback> = self.rollbacks.values().filter(|r| r.change == *change).collect();
        found.sort_by_key(|r| (r.at, r.entry));
        found
    }
}
