//! Which of the remote's fields is which of ours: per connection, versioned JSON, built from the server's own schema.
//!
//! An unmapped value is a problem on the screen ([`domain::change::MappingProblem`]), never a guess.
use std::collections::BTreeMap;

use domain::change::{IssueKind, Severity, StatusCategory, TextFormat};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::capabilities::SystemKind;
use crate::errors::TicketingError;

mod dry_run;
mod instant;
mod schema;
mod suggest;
mod target;

pub use dry_run::{DryRun, DryRunChange, DryRunField, FailedValue, summarise};
pub use instant::{instant, zone};
pub use schema::{FieldSeen, NamedId, Schema, StatusSeen, ValueFormat};
pub use suggest::suggest;
pub(crate) use target::kind_of;
pub use target::{Target, ValueKind};

/// The version of [`Mapping`]'s form that this program writes.
pub const MAPPING_FORMAT: u32 = 1;

/// The mapping of one connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// [`MAPPING_FORMAT`].
    pub format: u32,
    /// The system it is for.
    pub system: SystemKind,
    /// Which tickets are changes.
    pub scope: Scope,
    /// Our account's remote id: comments and files of this account that carry our marker are our own.
    pub own_account: String,
    /// The markup of texts on this server, which its API does not tell.
    pub text_format: TextFormat,
    /// IANA zone for instants that carry neither offset nor zone.
    pub zone: String,
    /// Our field (see [`Target`]) → where it comes from. A field without a rule stays empty.
    pub fields: BTreeMap<String, FieldRule>,
    /// The remote's status id → our category.
    pub statuses: BTreeMap<String, StatusRule>,
    /// How linked issues are read (R5, R32).
    pub links: LinkRules,
    /// What a decision writes: decision word (`approved` …) → status, if any, and the decision field's value.
    pub decisions: BTreeMap<String, DecisionRule>,
    /// The remote field for the decision's word, if the server has one.
    pub decision_field: Option<RemoteField>,
    /// The remote field for our reference, if the server has one.
    pub reference_field: Option<RemoteField>,
}

/// Which tickets are changes: one project (without its subprojects) and one tracker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// The project's name in addresses.
    pub project: String,
    /// The project's number; every row is checked against it, since filters fail open.
    pub project_id: u32,
    /// The tracker's number.
    pub tracker_id: u32,
    /// The tracker's name.
    pub tracker: String,
}

/// A field of the remote: `cf:12`, or the name of one of its own fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct RemoteField {
    /// `cf:<id>`, `author`, `assigned_to`, `priority`, `category`, `fixed_version`, `start_date`, `due_date`.
    pub id: String,
    /// Its name when mapped: another name later is reported.
    pub name: String,
}

impl RemoteField {
    /// The number of a custom field.
    #[must_use]
    pub fn custom(&self) -> Option<u32> {
        self.id.strip_prefix("cf:").and_then(|n| n.parse().ok())
    }
}

/// Which way a field's value travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the remote.
    Pull,
    /// To the remote.
    Push,
}

/// Where one of our fields comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct FieldRule {
    /// The remote field.
    pub from: RemoteField,
    /// How its value is read; must be what the target needs.
    pub kind: ValueKind,
    /// For values from a list: the remote's word → ours. A word that is not here is a problem.
    pub values: BTreeMap<String, String>,
    /// For instants: the zone that overrides the mapping's.
    pub zone: Option<String>,
    /// Whether an empty value is reported.
    pub required: bool,
    /// Content travels from the remote only.
    pub direction: Direction,
}

/// Our category of a remote status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct StatusRule {
    /// The remote's name.
    pub name: String,
    /// Ours; `None` until somebody says.
    pub category: Option<StatusCategory>,
}

/// How linked issues are read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct LinkRules {
    /// Tracker id → what its tickets are.
    pub kinds: BTreeMap<String, IssueKind>,
    /// The field with a defect's severity.
    pub severity: Option<RemoteField>,
    /// Its words → ours.
    pub severities: BTreeMap<String, Severity>,
    /// The yes/no field that makes a bug a security defect.
    pub security_flag: Option<RemoteField>,
}

/// What a decision writes to its ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct DecisionRule {
    /// The status to set; `None` leaves it.
    pub status: Option<NamedId>,
    /// The value for the decision field; `None` leaves it.
    pub value: Option<String>,
}

impl Mapping {
    /// Reads a stored mapping and checks it.
    ///
    /// # Errors
    /// [`TicketingError::Mapping`] for another format, a malformed field or target.
    pub fn from_json(bytes: &[u8]) -> Result<Self, TicketingError> {
        let mapping: Self =
            serde_json::from_slice(bytes).map_err(|e| TicketingError::Mapping { why: e.to_string() })?;
        mapping.check()?;
        Ok(mapping)
    }

    /// Checks that the mapping is coherent in itself.
    ///
    /// # Errors
    /// [`TicketingError::Mapping`] naming the first thing that is wrong.
    pub fn check(&self) -> Result<(), TicketingError> {
        let bad = |why: String| Err(TicketingError::Mapping { why });
        if self.format != MAPPING_FORMAT {
            return bad(format!("it has format {}, this program reads format {MAPPING_FORMAT}", self.format));
        }
        if self.scope.project.is_empty() || self.scope.tracker_id == 0 || self.scope.project_id == 0 {
            return bad("project and tracker are not chosen".into());
        }
        if instant::zone(&self.zone).is_none() {
            return bad(format!("{:?} is not an IANA time zone", self.zone));
        }
        for (name, rule) in &self.fields {
            let Some(target) = Target::parse(name) else {
                return bad(format!("there is no field {name:?}"));
            };
            if rule.kind != target.kind() {
                return bad(format!("{name} is read as {:?}, not as {:?}", target.kind(), rule.kind));
            }
            if rule.direction == Direction::Push {
                return bad(format!("{name} is the remote's content and never written back"));
            }
            if rule.from.id.starts_with("cf:") && rule.from.custom().is_none() {
                return bad(format!("{:?} is not a custom field", rule.from.id));
            }
            if let Some(zone) = rule.zone.as_deref().filter(|z| instant::zone(z).is_none()) {
                return bad(format!("{zone:?} is not an IANA time zone"));
            }
            if let Some(word) = rule.values.values().find(|word| !target.accepts(word)) {
                return bad(format!("{name} has no value {word:?}"));
            }
        }
        Ok(())
    }

    /// The rule for one of our fields.
    #[must_use]
    pub fn rule(&self, target: &Target) -> Option<&FieldRule> {
        self.fields.get(&target.to_string())
    }
}
