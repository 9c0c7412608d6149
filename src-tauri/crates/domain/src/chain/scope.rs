//! The projects on which a Technical Development Lead decides (R31).
use crate::approval::project_of;
use crate::policy::matches;

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
