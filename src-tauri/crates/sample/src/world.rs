//! What the server holds: Redmine's nouns, in memory.
use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

/// How far an account may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Everything, everywhere.
    Admin,
    /// Reads and edits in the projects it is a member of.
    Writer,
    /// Reads in the projects it is a member of.
    Reader,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Redmine's number.
    pub id: u32,
    /// What they type to log in.
    pub login: String,
    /// Given name.
    pub first: String,
    /// Family name.
    pub last: String,
    /// Mail address.
    pub mail: String,
    /// What the account may do.
    pub reach: Reach,
    /// Since when.
    pub created_on: DateTime<Utc>,
    /// Opens the REST API; most people have none.
    pub api_key: Option<String>,
}

impl User {
    /// As Redmine shows it.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Redmine's number.
    pub id: u32,
    /// The word in addresses.
    pub identifier: String,
    /// The name people read.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// Which trackers it uses.
    pub trackers: Vec<u32>,
    /// Members by account number; others see nothing of it.
    pub members: Vec<u32>,
    /// Since when.
    pub created_on: DateTime<Utc>,
}

/// Something with a number and a name: tracker, priority, role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Redmine's number.
    pub id: u32,
    /// The name people read.
    pub name: String,
}

/// A status of the workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Redmine's number.
    pub id: u32,
    /// The name people read.
    pub name: String,
    /// Whether an issue in it counts as closed.
    pub closed: bool,
}

/// The type of a custom field, as Redmine calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One line.
    String,
    /// Many lines, with markup.
    Text,
    /// One of the field's values.
    List,
    /// An account's number.
    User,
    /// `0` or `1`.
    Bool,
}

impl Format {
    /// Redmine's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Text => "text",
            Self::List => "list",
            Self::User => "user",
            Self::Bool => "bool",
        }
    }
}

/// A custom field of issues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Redmine's number.
    pub id: u32,
    /// The name people read, and by which a mapping finds it.
    pub name: &'static str,
    /// Its type.
    pub format: Format,
    /// The allowed values of a list.
    pub values: Vec<&'static str>,
    /// On which trackers it stands.
    pub trackers: Vec<u32>,
}

/// A file. The content is shared, so copies of the truth are cheap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Redmine's number.
    pub id: u32,
    /// As uploaded; never a path.
    pub filename: String,
    /// As uploaded or guessed from the name.
    pub content_type: String,
    /// One line.
    pub description: String,
    /// Who uploaded it.
    pub author: u32,
    /// When.
    pub created_on: DateTime<Utc>,
    /// The bytes.
    pub content: Arc<[u8]>,
}

/// One field's change in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// `attr`, `cf`, `attachment` or `relation`.
    pub property: &'static str,
    /// The field's name or number.
    pub name: String,
    /// Before.
    pub old: Option<String>,
    /// After.
    pub new: Option<String>,
}

/// A comment, a change of fields, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    /// Redmine's number.
    pub id: u32,
    /// Who.
    pub user: u32,
    /// The comment; empty when only fields changed.
    pub notes: String,
    /// Not visible to everyone.
    pub private: bool,
    /// When.
    pub created_on: DateTime<Utc>,
    /// What changed.
    pub details: Vec<Detail>,
}

/// An issue: a change request, a bug, a feature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Redmine's number.
    pub id: u32,
    /// Where it lives.
    pub project: u32,
    /// What it is.
    pub tracker: u32,
    /// Where it stands.
    pub status: u32,
    /// How urgent.
    pub priority: u32,
    /// Who wrote it.
    pub author: u32,
    /// Who works on it.
    pub assignee: Option<u32>,
    /// The version in which it goes out.
    pub version: Option<u32>,
    /// The issue above it.
    pub parent: Option<u32>,
    /// One line.
    pub subject: String,
    /// With CR LF, as Redmine stores what browsers send.
    pub description: String,
    /// Planned first day.
    pub start_date: Option<NaiveDate>,
    /// Planned last day.
    pub due_date: Option<NaiveDate>,
    /// Percent.
    pub done_ratio: u32,
    /// Custom field number to value; a field without a value is the empty text.
    pub custom: BTreeMap<u32, String>,
    /// When it was made.
    pub created_on: DateTime<Utc>,
    /// When Redmine last moved its time stamp: with a fraction, though the API prints whole seconds.
    pub updated_on: DateTime<Utc>,
    /// When it was closed.
    pub closed_on: Option<DateTime<Utc>>,
    /// History, oldest first.
    pub journals: Vec<Journal>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Counts the saves; accepted in a PUT and never shown.
    pub lock_version: u32,
}

/// A typed link between two issues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// Redmine's number.
    pub id: u32,
    /// From.
    pub from: u32,
    /// To.
    pub to: u32,
    /// `relates`, `blocks`, `precedes` …
    pub kind: String,
}

/// Everything.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// Accounts by number.
    pub users: BTreeMap<u32, User>,
    /// Projects by number.
    pub projects: BTreeMap<u32, Project>,
    /// Trackers by number.
    pub trackers: BTreeMap<u32, Named>,
    /// Statuses by number.
    pub statuses: BTreeMap<u32, Status>,
    /// Priorities by number.
    pub priorities: BTreeMap<u32, Named>,
    /// Custom fields by number.
    pub fields: BTreeMap<u32, Field>,
    /// Versions by number; every project shares them.
    pub versions: BTreeMap<u32, String>,
    /// Allowed steps: (tracker, from, to).
    pub workflow: Vec<(u32, u32, u32)>,
    /// Issues by number.
    pub issues: BTreeMap<u32, Issue>,
    /// Links.
    pub relations: Vec<Relation>,
    /// Uploaded and not yet attached, by token.
    pub uploads: BTreeMap<String, Attachment>,
    /// Highest number given to an attachment.
    pub last_attachment: u32,
    /// Highest number given to a journal.
    pub last_journal: u32,
    /// Highest number given to a relation.
    pub last_relation: u32,
}

impl World {
    /// The account's name, or Redmine's word for nobody.
    #[must_use]
    pub fn user_name(&self, id: u32) -> String {
        self.users.get(&id).map_or_else(|| "Anonymous".to_owned(), User::name)
    }

    /// The custom field with this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.values().find(|field| field.name == name)
    }

    /// The number of the version with this name; a name that is new is given one.
    pub fn version(&mut self, name: &str) -> u32 {
        let known = self.versions.iter().find(|(_, known)| *known == name).map(|(id, _)| *id);
        known.unwrap_or_else(|| {
            let new = self.versions.last_key_value().map_or(1, |(last, _)| last + 1);
            self.versions.insert(new, name.to_owned());
            new
        })
    }

    /// The status with this name.
    #[must_use]
    pub fn status(&self, name: &str) -> Option<&Status> {
        self.statuses.values().find(|status| status.name == name)
    }

    /// Whether the account may see the project.
    #[must_use]
    pub fn sees(&self, user: &User, project: u32) -> bool {
        user.reach == Reach::Admin
            || self.projects.get(&project).is_some_and(|project| project.members.contains(&user.id))
    }

    /// The statuses an issue may go to, its own included.
    #[must_use]
    pub fn allowed_statuses(&self, issue: &Issue) -> Vec<u32> {
        let steps =
            self.workflow.iter().filter(|(tracker, from, _)| *tracker == issue.tracker && *from == issue.status);
        let mut to: Vec<u32> = steps.map(|(_, _, to)| *to).chain([issue.status]).collect();
        to.sort_unstable();
        to.dedup();
        to
    }
}
