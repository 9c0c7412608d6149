//! Redmine's JSON, as much of it as we read. Unknown fields are ignored: the raw bytes are kept anyway.
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// `GET /issues.json`: rows stay raw, so that their bytes can be kept.
#[derive(Debug, Deserialize)]
pub struct IssueList<'a> {
    #[serde(borrow)]
    pub issues: Vec<&'a RawValue>,
    #[serde(default)]
    pub total_count: Option<u32>,
    #[serde(default)]
    pub limit: Option<u32>,
}

/// `GET /issues/N.json`.
#[derive(Debug, Deserialize)]
pub struct IssueReply {
    pub issue: Issue,
}

/// What every row is checked against.
#[derive(Debug, Deserialize)]
pub struct RowHead {
    pub id: u32,
    pub project: Named,
    pub tracker: Named,
    pub updated_on: DateTime<Utc>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Named {
    pub id: u32,
    #[serde(default)]
    pub name: String,
}

#[derive(Debug, Deserialize)]
pub struct StatusRef {
    pub id: u32,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub is_closed: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub struct Issue {
    pub id: u32,
    pub project: Named,
    pub tracker: Named,
    pub status: StatusRef,
    #[serde(default)]
    pub priority: Option<Named>,
    #[serde(default)]
    pub author: Option<Named>,
    #[serde(default)]
    pub assigned_to: Option<Named>,
    #[serde(default)]
    pub category: Option<Named>,
    #[serde(default)]
    pub fixed_version: Option<Named>,
    #[serde(default)]
    pub subject: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub start_date: Option<String>,
    #[serde(default)]
    pub due_date: Option<String>,
    #[serde(default)]
    pub custom_fields: Vec<CustomValue>,
    pub created_on: DateTime<Utc>,
    pub updated_on: DateTime<Utc>,
    #[serde(default)]
    pub attachments: Vec<WireAttachment>,
    #[serde(default)]
    pub relations: Vec<Relation>,
    #[serde(default)]
    pub journals: Vec<WireJournal>,
    #[serde(default)]
    pub allowed_statuses: Option<Vec<StatusRef>>,
}

/// `value` is a text, a list of texts for multiple fields, or absent.
#[derive(Debug, Deserialize)]
pub struct CustomValue {
    pub id: u32,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub value: Value,
}

impl CustomValue {
    /// All values as texts, empty ones left out.
    pub fn texts(&self) -> Vec<String> {
        let text = |value: &Value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            Value::Bool(yes) => if *yes { "1" } else { "0" }.to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Array(_) | Value::Object(_) => value.to_string(),
        };
        let all = match &self.value {
            Value::Array(values) => values.iter().map(text).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                vec![text(&self.value)]
            }
        };
        all.into_iter().filter(|t| !t.is_empty()).collect()
    }
}

#[derive(Debug, Deserialize)]
pub struct WireAttachment {
    pub id: u32,
    #[serde(default)]
    pub filename: String,
    #[serde(default)]
    pub filesize: u64,
    #[serde(default)]
    pub content_type: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub author: Option<Named>,
}

#[derive(Debug, Deserialize)]
pub struct Relation {
    pub issue_id: u32,
    pub issue_to_id: u32,
    #[serde(default)]
    pub relation_type: String,
}

#[derive(Debug, Deserialize)]
pub struct WireJournal {
    pub id: u32,
    #[serde(default)]
    pub user: Option<Named>,
    #[serde(default)]
    pub notes: Option<String>,
    pub created_on: DateTime<Utc>,
    #[serde(default)]
    pub private_notes: bool,
    #[serde(default)]
    pub details: Vec<JournalDetail>,
}

#[derive(Debug, Deserialize)]
pub struct JournalDetail {
    #[serde(default)]
    pub property: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub old_value: Value,
    #[serde(default)]
    pub new_value: Value,
}

#[derive(Debug, Deserialize)]
pub struct CurrentUser {
    pub user: User,
}

#[derive(Debug, Deserialize)]
pub struct User {
    pub id: u32,
    #[serde(default)]
    pub firstname: String,
    #[serde(default)]
    pub lastname: String,
    #[serde(default)]
    pub admin: Option<bool>,
}

impl User {
    pub fn name(&self) -> String {
        format!("{} {}", self.firstname, self.lastname).trim().to_owned()
    }
}

#[derive(Debug, Deserialize)]
pub struct Projects {
    pub projects: Vec<Project>,
    #[serde(default)]
    pub total_count: Option<u32>,
}

#[derive(Debug, Deserialize)]
pub struct ProjectReply {
    pub project: Project,
}

#[derive(Debug, Deserialize)]
pub struct Project {
    pub id: u32,
    pub identifier: String,
    pub name: String,
    #[serde(default)]
    pub trackers: Vec<Named>,
}

#[derive(Debug, Deserialize)]
pub struct Trackers {
    pub trackers: Vec<Named>,
}

#[derive(Debug, Deserialize)]
pub struct Statuses {
    pub issue_statuses: Vec<StatusRef>,
}

#[derive(Debug, Deserialize)]
pub struct CustomFields {
    pub custom_fields: Vec<CustomField>,
}

#[derive(Debug, Deserialize)]
pub struct CustomField {
    pub id: u32,
    pub name: String,
    #[serde(default)]
    pub customized_type: String,
    #[serde(default)]
    pub field_format: String,
    #[serde(default)]
    pub possible_values: Vec<PossibleValue>,
    #[serde(default)]
    pub trackers: Vec<Named>,
}

#[derive(Debug, Deserialize)]
pub struct PossibleValue {
    pub value: String,
}

#[derive(Debug, Deserialize)]
pub struct Memberships {
    pub memberships: Vec<Membership>,
    #[serde(default)]
    pub total_count: Option<u32>,
}

#[derive(Debug, Deserialize)]
pub struct Membership {
    #[serde(default)]
    pub user: Option<Named>,
}

#[derive(Debug, Deserialize)]
pub struct UploadReply {
    pub upload: Upload,
}

#[derive(Debug, Deserialize)]
pub struct Upload {
    pub token: String,
}
