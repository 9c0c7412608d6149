//! What a server says about its own fields, as far as the account may see.
use std::collections::BTreeSet;

use domain::change::Account;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::capabilities::{ProjectSeen, SystemKind};

/// A thing with a remote id and a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
pub struct NamedId {
    /// The remote's id.
    pub id: String,
    /// The name people read.
    pub name: String,
}

/// A status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StatusSeen {
    /// The remote's id.
    pub id: String,
    /// The name people read.
    pub name: String,
    /// Whether the remote counts it as closed.
    pub closed: bool,
}

/// How the remote keeps a field's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ValueFormat {
    /// One line.
    Line,
    /// Long text.
    Text,
    /// One or more of a list.
    List,
    /// An account.
    Account,
    /// A date without a time.
    Date,
    /// Yes or no.
    YesNo,
    /// A number.
    Number,
    /// Not told to this account.
    Unknown,
}

/// A field as seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FieldSeen {
    /// As in [`crate::RemoteField`].
    pub id: String,
    /// The name people read.
    pub name: String,
    /// Its format.
    pub format: ValueFormat,
    /// The values it can take, or those seen.
    pub values: BTreeSet<String>,
    /// Whether `values` is all there can be.
    pub complete: bool,
    /// Names of trackers that carry it; empty when not told.
    pub trackers: BTreeSet<String>,
}

/// The schema of one project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Schema {
    /// The system.
    pub system: SystemKind,
    /// Our own account.
    pub account: Account,
    /// The project.
    pub project: ProjectSeen,
    /// Its trackers.
    pub trackers: Vec<NamedId>,
    /// All trackers of the server.
    pub all_trackers: Vec<NamedId>,
    /// Statuses.
    pub statuses: Vec<StatusSeen>,
    /// Fields.
    pub fields: Vec<FieldSeen>,
    /// Who works in the project.
    pub people: Vec<Account>,
    /// Whether fields were inferred from tickets, since the account may not list them.
    pub inferred: bool,
}
