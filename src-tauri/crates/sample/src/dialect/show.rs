//! Issues as JSON.
use serde_json::{Map, Value, json};

use super::{Ask, Reply, find_issue, named, stamp, user_ref};
use crate::world::{Attachment, Field, Issue, Journal, Reach, Relation, User, World};

pub(super) fn attachment(world: &World, ask: &Ask, file: &Attachment) -> Value {
    let name: String =
        url::form_urlencoded::byte_serialize(file.filename.as_bytes()).collect::<String>().replace('+', "%20");
    json!({
        "id": file.id,
        "filename": file.filename,
        "filesize": file.content.len(),
        "content_type": file.content_type,
        "description": file.description,
        "content_url": format!("{}/attachments/download/{}/{name}", ask.origin, file.id),
        "author": user_ref(world, file.author),
        "created_on": stamp(file.created_on),
    })
}

fn relation(relation: &Relation) -> Value {
    json!({
        "id": relation.id,
        "issue_id": relation.from,
        "issue_to_id": relation.to,
        "relation_type": relation.kind,
        "delay": null,
    })
}

fn journal(world: &World, journal: &Journal) -> Value {
    let details: Vec<Value> = journal
        .details
        .iter()
        .map(|d| json!({ "property": d.property, "name": d.name, "old_value": d.old, "new_value": d.new }))
        .collect();
    json!({
        "id": journal.id,
        "user": user_ref(world, journal.user),
        "notes": journal.notes,
        "created_on": stamp(journal.created_on),
        "private_notes": journal.private,
        "details": details,
    })
}

fn custom(field: &Field, issue: &Issue) -> Value {
    json!({ "id": field.id, "name": field.name, "value": issue.custom.get(&field.id).cloned().unwrap_or_default() })
}

/// Links of the issue whose other end the account may see.
fn relations(world: &World, issue: &Issue, user: &User) -> Vec<Value> {
    let visible = |id: u32| world.issues.get(&id).is_some_and(|other| world.sees(user, other.project));
    world
        .relations
        .iter()
        .filter(|r| (r.from == issue.id && visible(r.to)) || (r.to == issue.id && visible(r.from)))
        .map(relation)
        .collect()
}

/// The fields that the list and the single issue share.
pub(super) fn row(world: &World, ask: &Ask, user: &User, issue: &Issue, single: bool) -> Value {
    let name = |list: Option<&str>| list.unwrap_or_default().to_owned();
    let status = world.statuses.get(&issue.status);
    let mut out = Map::new();
    out.insert("id".into(), issue.id.into());
    out.insert(
        "project".into(),
        named(issue.project, &name(world.projects.get(&issue.project).map(|p| p.name.as_str()))),
    );
    out.insert(
        "tracker".into(),
        named(issue.tracker, &name(world.trackers.get(&issue.tracker).map(|t| t.name.as_str()))),
    );
    out.insert(
        "status".into(),
        json!({ "id": issue.status, "name": status.map(|s| s.name.as_str()), "is_closed": status.is_some_and(|s| s.closed) }),
    );
    out.insert(
        "priority".into(),
        named(issue.priority, &name(world.priorities.get(&issue.priority).map(|p| p.name.as_str()))),
    );
    out.insert("author".into(), user_ref(world, issue.author));
    if let Some(assignee) = issue.assignee {
        out.insert("assigned_to".into(), user_ref(world, assignee));
    }
    if let Some(version) = issue.version {
        out.insert("fixed_version".into(), named(version, &name(world.versions.get(&version).map(String::as_str))));
    }
    if let Some(parent) = issue.parent {
        out.insert("parent".into(), json!({ "id": parent }));
    }
    out.insert("subject".into(), issue.subject.clone().into());
    out.insert("description".into(), issue.description.clone().into());
    out.insert("start_date".into(), json!(issue.start_date.map(|d| d.to_string())));
    out.insert("due_date".into(), json!(issue.due_date.map(|d| d.to_string())));
    out.insert("done_ratio".into(), issue.done_ratio.into());
    out.insert("is_private".into(), false.into());
    out.insert("estimated_hours".into(), Value::Null);
    out.insert("total_estimated_hours".into(), Value::Null);
    let fields: Vec<Value> =
        world.fields.values().filter(|f| f.trackers.contains(&issue.tracker)).map(|f| custom(f, issue)).collect();
    if !fields.is_empty() {
        out.insert("custom_fields".into(), fields.into());
    }
    out.insert("created_on".into(), stamp(issue.created_on).into());
    out.insert("updated_on".into(), stamp(issue.updated_on).into());
    out.insert("closed_on".into(), json!(issue.closed_on.map(stamp)));
    if single && ask.includes("children") {
        let children: Vec<Value> = world
            .issues
            .values()
            .filter(|child| child.parent == Some(issue.id) && world.sees(user, child.project))
            .map(|child| {
                let tracker = name(world.trackers.get(&child.tracker).map(|t| t.name.as_str()));
                json!({ "id": child.id, "tracker": named(child.tracker, &tracker), "subject": child.subject })
            })
            .collect();
        if !children.is_empty() {
            out.insert("children".into(), children.into());
        }
    }
    if ask.includes("attachments") {
        let files: Vec<Value> = issue.attachments.iter().map(|file| attachment(world, ask, file)).collect();
        out.insert("attachments".into(), files.into());
    }
    if ask.includes("relations") {
        let links = relations(world, issue, user);
        // The single issue leaves an empty list out, the list of issues prints it.
        if !(single && links.is_empty()) {
            out.insert("relations".into(), links.into());
        }
    }
    Value::Object(out)
}

/// `GET /issues/:id.json`
pub(super) fn issue(world: &World, ask: &Ask, user: &User, id: &str) -> Reply {
    let found = match find_issue(world, user, id) {
        Ok(id) => world.issues.get(&id),
        Err(reply) => return reply,
    };
    let Some(found) = found else { return Reply::new(404) };
    let mut out = row(world, ask, user, found, true);
    if let Value::Object(map) = &mut out {
        if ask.includes("journals") {
            let sees_private = user.reach != Reach::Reader;
            let journals: Vec<Value> = found
                .journals
                .iter()
                // An edited note that was emptied and changed no field is shown no more.
                .filter(|j| (sees_private || !j.private) && !(j.notes.is_empty() && j.details.is_empty()))
                .map(|j| journal(world, j))
                .collect();
            map.insert("journals".into(), journals.into());
        }
        if ask.includes("allowed_statuses") {
            let statuses: Vec<Value> = world
                .allowed_statuses(found)
                .iter()
                .filter_map(|id| world.statuses.get(id))
                .map(|s| json!({ "id": s.id, "name": s.name, "is_closed": s.closed }))
                .collect();
            map.insert("allowed_statuses".into(), statuses.into());
        }
    }
    Reply::json(200, &json!({ "issue": out }))
}
