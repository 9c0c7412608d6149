//! What a board knows of its services, beyond what a ticket says: whose they are, and which depends on which (R74, R76).
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
    /// The department that owns it, as members speak for it in the roster: it signs when a service beside it changes (R76);
    /// blank: nobody is asked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner: String,
}

impl Service {
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.trim().to_lowercase() == name.trim().to_lowercase()
    }
}

/// The team of a service; blank where nobody said.
#[must_use]
pub fn team_of(services: &[Service], name: &str) -> String {
    services.iter().find(|service| service.is(name)).map_or_else(String::new, |service| service.team.clone())
}

/// Services that one ticket is believed to name.
const MOST_NAMED: usize = 50;

/// Which depends on which: by the policy, and by what tickets say of their own services, each a service with the names on
/// which it depends, with commas between them.
#[must_use]
pub fn dependencies_told<'s>(
    services: &'s [Service],
    tickets: impl IntoIterator<Item = (&'s str, &'s str)>,
) -> Dependencies {
    let known = services.iter().flat_map(|of| of.depends_on.iter().map(|on| (of.name.as_str(), on.as_str())));
    let told = tickets.into_iter().filter(|(of, _)| !of.trim().is_empty()).flat_map(|(of, on)| {
        let names = on.split([',', ';', '\n']).map(str::trim).filter(|on| !on.is_empty());
        names.take(MOST_NAMED).map(move |on| (of, on))
    });
    Dependencies::of(known.chain(told))
}

/// The services upstream and downstream of one, by one step, in the order of the policy: each with whether this one depends
/// on it. Of two that depend on each other, the first word counts.
#[must_use]
pub fn services_beside<'s>(services: &'s [Service], name: &str) -> Vec<(&'s Service, bool)> {
    let this = services.iter().find(|service| service.is(name));
    let beside = |other: &'s Service| {
        let upstream = this.is_some_and(|this| this.depends_on.iter().any(|on| other.is(on)));
        let downstream = other.depends_on.iter().any(|on| on.trim().to_lowercase() == name.trim().to_lowercase());
        (!other.is(name) && (upstream || downstream)).then_some((other, upstream))
    };
    services.iter().filter_map(beside).collect()
}

/// Which depends on which.
#[must_use]
pub fn dependencies_of(services: &[Service]) -> Dependencies {
    dependencies_told(services, [])
}
