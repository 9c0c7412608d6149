//! What two people may waive, and who they are (R69).
use super::shipped::STARTER_BLOCKS;
use super::{Policy, Strength};
use crate::roster::Role;

impl Policy {
    /// Who may waive, override and except where the policy does not say.
    pub const DISPENSING: [Role; 3] = [Role::Chair, Role::Cto, Role::ServiceManager];

    /// Why nobody may waive a gate of this clause, whatever the policy lists; `None` where it may list it.
    #[must_use]
    pub fn never_waived(&self, clause: &str) -> Option<&'static str> {
        if crate::gate::HARD_CLAUSES.contains(&clause) || clause == "R113" {
            return Some("blocks in every policy, and nobody can waive it; leave it out");
        }
        if clause == "R77" {
            return Some("is set aside by an exception to the freeze, not by a waiver; leave it out");
        }
        let advises = match self.strength {
            Strength::Observe => true,
            Strength::Starter | Strength::Full => false,
        };
        if !advises && STARTER_BLOCKS.contains(&clause) {
            return Some("is never waived in starter and full; leave it out");
        }
        None
    }

    /// Whether two people may waive a gate of this clause.
    #[must_use]
    pub fn may_waive(&self, clause: &str) -> bool {
        self.never_waived(clause).is_none() && self.waivable.iter().any(|c| c == clause)
    }

    /// Whether somebody in this role may waive, override and except, and second it (R69).
    #[must_use]
    pub fn may_dispense(&self, role: Option<Role>) -> bool {
        let roles = self.dispensation_roles.as_slice();
        let named = if roles.is_empty() { Self::DISPENSING.as_slice() } else { roles };
        role.is_some_and(|role| named.contains(&role))
    }
}
