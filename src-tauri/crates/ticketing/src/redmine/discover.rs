//! "Test connection" and the server's schema, as far as the account may see.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::change::Account;

use super::client::Redmine;
use super::wire::{
    CurrentUser, CustomFields, Issue, IssueList, Named, Project, ProjectReply, Projects, Statuses, Trackers,
};
use crate::capabilities::{Capabilities, ProbeReport, ProjectSeen, SystemKind};
use crate::errors::TicketingError;
use crate::http::Call;
use crate::mapping::{FieldSeen, NamedId, Schema, StatusSeen, ValueFormat};
use crate::system::TicketingSystem as _;

/// "Test connection".
pub async fn probe(redmine: &Redmine, now: DateTime<Utc>) -> Result<ProbeReport, TicketingError> {
    let (current, reply) = redmine.http.get_json::<CurrentUser>(Call::get("users/current.json", vec![])).await?;
    let skew = reply.date.map(|date| i32::try_from((date - now).num_seconds()).unwrap_or(i32::MAX));
    let projects = projects(redmine).await?;
    let capabilities: Capabilities = redmine.capabilities();
    let mut warnings = Vec::new();
    let administrator = current.user.admin == Some(true);
    if administrator {
        warnings.push(
            "this key belongs to an administrator; an account with the rights of a project member is enough".into(),
        );
    }
    if projects.is_empty() {
        warnings.push("the account sees no project; make it a member of the change-management project".into());
    }
    if let Some(seconds) = skew.filter(|s| s.abs() > 30) {
        warnings.push(format!("the server's clock differs from this one by {seconds} s"));
    }
    if redmine.http.base().scheme() == "http" {
        warnings.push("the connection is not encrypted: the API key travels in the clear".into());
    }
    Ok(ProbeReport {
        system: SystemKind::Redmine,
        account_id: current.user.id.to_string(),
        account_name: current.user.name(),
        administrator,
        projects,
        capabilities,
        clock_skew_seconds: skew,
        warnings,
    })
}

fn seen(project: &Project) -> ProjectSeen {
    ProjectSeen { id: project.id, identifier: project.identifier.clone(), name: project.name.clone() }
}

async fn projects(redmine: &Redmine) -> Result<Vec<ProjectSeen>, TicketingError> {
    let mut all = Vec::new();
    let mut ids = BTreeSet::new();
    // Five thousand projects; a server that repeats its pages ends here too.
    for page in 0..50u32 {
        let query = vec![("limit", "100".to_owned()), ("offset", (page * 100).to_string())];
        let (list, _) = redmine.http.get_json::<Projects>(Call::get("projects.json", query)).await?;
        let new = list.projects.iter().filter(|p| ids.insert(p.id)).map(seen).collect::<Vec<_>>();
        let nothing_new = new.is_empty();
        all.extend(new);
        let total = list.total_count.unwrap_or(0) as usize;
        if nothing_new || all.len() >= total {
            break;
        }
    }
    Ok(all)
}

/// The schema of a project. Who may not list custom fields gets them inferred from tickets.
pub async fn schema(redmine: &Redmine, project: &str) -> Result<Schema, TicketingError> {
    let name_ok = !project.is_empty() && project.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if !name_ok {
        return Err(TicketingError::Mapping { why: format!("{project:?} is not a project's identifier") });
    }
    let http = &redmine.http;
    let query = vec![("include", "trackers".to_owned())];
    let (found, _) = http.get_json::<ProjectReply>(Call::get(format!("projects/{project}.json"), query)).await?;
    let found = found.project;
    let (current, _) = http.get_json::<CurrentUser>(Call::get("users/current.json", vec![])).await?;
    let (trackers, _) = http.get_json::<Trackers>(Call::get("trackers.json", vec![])).await?;
    let (statuses, _) = http.get_json::<Statuses>(Call::get("issue_statuses.json", vec![])).await?;
    let people = match redmine.members(found.id).await {
        Ok(people) => people,
        Err(TicketingError::Forbidden { .. }) => BTreeMap::new(),
        Err(other) => return Err(other),
    };
    let listed = match http.get_json::<CustomFields>(Call::get("custom_fields.json", vec![])).await {
        Ok((fields, _)) => Some(fields),
        Err(TicketingError::Forbidden { .. }) => None,
        Err(other) => return Err(other),
    };
    let inferred = listed.is_none();
    let mut fields = match listed {
        Some(fields) => from_definitions(fields),
        None => from_tickets(redmine, &found, &trackers.trackers).await?,
    };
    fields.push(target_version());
    let named = |t: &Named| NamedId { id: t.id.to_string(), name: t.name.clone() };
    Ok(Schema {
        system: SystemKind::Redmine,
        account: Account { id: current.user.id.to_string(), name: current.user.name() },
        project: seen(&found),
        trackers: found.trackers.iter().map(named).collect(),
        all_trackers: trackers.trackers.iter().map(named).collect(),
        statuses: statuses
            .issue_statuses
            .into_iter()
            .map(|s| StatusSeen { id: s.id.to_string(), name: s.name, closed: s.is_closed == Some(true) })
            .collect(),
        fields,
        people: people.into_iter().map(|(id, name)| Account { id, name }).collect(),
        inferred,
    })
}

/// Redmine's own field for the version in which an issue goes out; it stands in no list of custom fields.
fn target_version() -> FieldSeen {
    FieldSeen {
        id: "fixed_version".into(),
        name: "Target version".into(),
        format: ValueFormat::Line,
        values: BTreeSet::new(),
        complete: false,
        trackers: BTreeSet::new(),
    }
}

fn from_definitions(fields: CustomFields) -> Vec<FieldSeen> {
    let format = |word: &str| match word {
        "string" | "link" => ValueFormat::Line,
        "text" => ValueFormat::Text,
        "list" | "enumeration" | "version" => ValueFormat::List,
        "user" => ValueFormat::Account,
        "date" => ValueFormat::Date,
        "bool" => ValueFormat::YesNo,
        "int" | "float" => ValueFormat::Number,
        _ => ValueFormat::Unknown,
    };
    fields
        .custom_fields
        .into_iter()
        .filter(|f| f.customized_type == "issue")
        .map(|f| FieldSeen {
            id: format!("cf:{}", f.id),
            name: f.name,
            format: format(&f.field_format),
            complete: f.field_format == "list",
            values: f.possible_values.into_iter().map(|v| v.value).collect(),
            trackers: f.trackers.into_iter().map(|t| t.name).collect(),
        })
        .collect()
}

/// Fields as they appear on the newest tickets: of the project, and of each other tracker for what is linked.
async fn from_tickets(
    redmine: &Redmine,
    project: &Project,
    trackers: &[Named],
) -> Result<Vec<FieldSeen>, TicketingError> {
    let mut fields: BTreeMap<u32, (FieldSeen, BTreeMap<String, u32>)> = BTreeMap::new();
    let own: BTreeSet<u32> = project.trackers.iter().map(|t| t.id).collect();
    for tracker in trackers {
        let mut query = vec![
            ("tracker_id", tracker.id.to_string()),
            ("status_id", "*".to_owned()),
            ("sort", "updated_on:desc".to_owned()),
        ];
        if own.contains(&tracker.id) {
            query.extend([("project_id", project.id.to_string()), ("limit", "100".to_owned())]);
        } else {
            query.push(("limit", "25".to_owned()));
        }
        let reply = redmine.http.send(Call::get("issues.json", query)).await?;
        let list: IssueList<'_> = redmine.http.json(&reply)?;
        for raw in &list.issues {
            let issue: Issue = serde_json::from_str(raw.get())
                .map_err(|e| Redmine::protocol(&reply.what, format!("a row cannot be read: {e}")))?;
            for field in &issue.custom_fields {
                let (seen, counts) = fields.entry(field.id).or_insert_with(|| {
                    let seen = FieldSeen {
                        id: format!("cf:{}", field.id),
                        name: field.name.clone(),
                        format: ValueFormat::Unknown,
                        values: BTreeSet::new(),
                        complete: false,
                        trackers: BTreeSet::new(),
                    };
                    (seen, BTreeMap::new())
                });
                seen.trackers.insert(issue.tracker.name.clone());
                for text in field.texts() {
                    *counts.entry(text).or_default() += 1;
                }
            }
        }
    }
    // A handful of short values that recur is a list; anything else is not worth showing as one.
    let list_like = |counts: &BTreeMap<String, u32>| {
        let total: u32 = counts.values().sum();
        counts.len() <= 40 && total as usize >= counts.len() * 2 && counts.keys().all(|v| v.chars().count() <= 60)
    };
    Ok(fields
        .into_values()
        .map(|(mut seen, counts)| {
            if list_like(&counts) || counts.len() <= 8 {
                seen.values = counts.into_keys().filter(|v| v.chars().count() <= 60).collect();
            }
            seen
        })
        .collect())
}
