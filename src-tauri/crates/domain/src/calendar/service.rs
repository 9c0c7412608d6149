//! What a board knows of its services, beyond what a ticket says: whose they are, and which depends on which (R74).
use serde::{Deserialize, Serialize};

use super::conflict::Dependencies;

/// A service, as the policy has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its name, as tickets say it; case ignored.
    pub name: String,
    /// The team whose it is; blank: nobody said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub team: String,
    /// The services that it depends on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<String>,
}

impl Service {
    fn is(&self, name: &str) -> bool {
        self.name.trim().to_lowercase() == name.trim().to_lowercase()
    }
}

/// The team of a service; blank where nobody said.
#[must_use]
pub fn team_of(services: &[Service], name: &str) -> String {
    services.iter().find(|service| service.is(name)).map_or_else(String::new, |service| service.team.clone())
}

/// Which depends on which.
#[must_use]
pub fn dependencies_of(services: &[Service]) -> Dependencies {
    let pairs = services.iter().flat_map(|of| of.depends_on.iter().map(|on| (of.name.as_str(), on.as_str())));
    Dependencies::of(pairs)
}
