//! The projects on which a Technical Development Lead decides (R31).
use crate::approval::project_of;
use crate::policy::{Policy, matches};

/// Whether a lead with this scope decides on the project; a lead without a scope decides on every one. `*` is any run of
/// characters, `?` is one; case does not matter. A change that names no project is outside of every scope.
#[must_use]
pub fn decides_for(scope: &[String], project: &str) -> bool {
    let project = project.trim();
    scope.is_empty() || (!project.is_empty() && scope.iter().any(|pattern| matches(pattern.trim(), project)))
}

/// The project of a change, by the repository it names (R2): `group/payments`; empty where it names none.
#[must_use]
pub fn project_of_change(repository: &str) -> &str {
    project_of(repository).unwrap_or_default()
}

/// The account of the lead whom the ticket names, where the policy lets no other sign as lead (`named_lead`); `None` where it
/// does, or the ticket names nobody. `technical_lead` is the account as the material field has it.
#[must_use]
pub fn lead_named<'t>(policy: &Policy, technical_lead: &'t str) -> Option<&'t str> {
    let named = technical_lead.trim();
    (policy.named_lead && !named.is_empty()).then_some(named)
}

/// Whether a lead with this account is the one who is named; anybody is where nobody is named.
#[must_use]
pub fn is_named(lead: Option<&str>, account: Option<&str>) -> bool {
    lead.is_none_or(|lead| !lead.trim().is_empty() && account.map(str::trim) == Some(lead.trim()))
}
