//! The small lists: accounts, projects, trackers, statuses, priorities, custom fields.
use serde_json::{Value, json};

use super::{Ask, Reply, named, paged, stamp};
use crate::world::{Format, Project, Reach, User, World};

/// `GET /users/current.json` and `/users/:id.json`
pub(super) fn user(shown: &User, asking: &User) -> Reply {
    let mut out = json!({
        "id": shown.id,
        "login": shown.login,
        "firstname": shown.first,
        "lastname": shown.last,
        "created_on": stamp(shown.created_on),
        "updated_on": stamp(shown.created_on),
        "last_login_on": null,
        "passwd_changed_on": stamp(shown.created_on),
    });
    if let Value::Object(map) = &mut out
        && (shown.id == asking.id || asking.reach == Reach::Admin)
    {
        map.insert("admin".into(), (shown.reach == Reach::Admin).into());
        map.insert("twofa_scheme".into(), Value::Null);
        map.insert("api_key".into(), json!(shown.api_key));
    }
    // People hide their mail address by default; an administrator sees it.
    if let Value::Object(map) = &mut out
        && asking.reach == Reach::Admin
    {
        map.insert("mail".into(), shown.mail.clone().into());
    }
    Reply::json(200, &json!({ "user": out }))
}

pub(super) fn user_by_id(world: &World, asking: &User, id: &str) -> Reply {
    let found = id.parse().ok().and_then(|id: u32| world.users.get(&id));
    // Accounts are visible to those who share a project with them.
    let shares =
        |user: &User| world.projects.values().any(|p| p.members.contains(&user.id) && world.sees(asking, p.id));
    match found {
        Some(found) if found.id == asking.id || asking.reach == Reach::Admin || shares(found) => user(found, asking),
        Some(_) | None => Reply::new(404),
    }
}

fn project_json(world: &World, ask: &Ask, project: &Project) -> Value {
    let mut out = json!({
        "id": project.id,
        "name": project.name,
        "identifier": project.identifier,
        "description": project.description,
        "status": 1,
        "is_public": false,
        "inherit_members": false,
        "created_on": stamp(project.created_on),
        "updated_on": stamp(project.created_on),
    });
    if let Value::Object(map) = &mut out
        && ask.includes("trackers")
    {
        let known = project.trackers.iter().filter_map(|id| world.trackers.get(id));
        map.insert("trackers".into(), known.map(|t| named(t.id, &t.name)).collect());
    }
    out
}

/// By number or identifier: 404 when there is none, 403 when the account may not see it.
pub(super) fn find_project<'w>(world: &'w World, user: &User, wanted: &str) -> Result<&'w Project, Reply> {
    let found = world.projects.values().find(|p| p.identifier == wanted || p.id.to_string() == wanted);
    let project = found.ok_or_else(|| Reply::new(404))?;
    if world.sees(user, project.id) { Ok(project) } else { Err(Reply::new(403)) }
}

pub(super) fn projects(world: &World, ask: &Ask, user: &User) -> Reply {
    let rows: Vec<Value> =
        world.projects.values().filter(|p| world.sees(user, p.id)).map(|p| project_json(world, ask, p)).collect();
    paged("projects", &rows, ask)
}

pub(super) fn project(world: &World, ask: &Ask, user: &User, id: &str) -> Reply {
    match find_project(world, user, id) {
        Ok(project) => {
            let mut out = project_json(world, ask, project);
            if let Value::Object(map) = &mut out {
                map.insert("homepage".into(), "".into());
            }
            Reply::json(200, &json!({ "project": out }))
        }
        Err(reply) => reply,
    }
}

pub(super) fn memberships(world: &World, ask: &Ask, user: &User, id: &str) -> Reply {
    let project = match find_project(world, user, id) {
        Ok(project) => project,
        Err(reply) => return reply,
    };
    let role = |id: u32| match world.users.get(&id).map(|user| user.reach) {
        Some(Reach::Reader) => named(5, "Reader"),
        Some(Reach::Admin | Reach::Writer) | None => named(4, "Requester"),
    };
    let rows: Vec<Value> = project
        .members
        .iter()
        .map(|member| {
            json!({
                "id": project.id * 1000 + member,
                "project": named(project.id, &project.name),
                "user": named(*member, &world.user_name(*member)),
                "roles": [role(*member)],
            })
        })
        .collect();
    paged("memberships", &rows, ask)
}

pub(super) fn trackers(world: &World) -> Reply {
    let rows: Vec<Value> = world
        .trackers
        .values()
        .map(|tracker| {
            let first = world.workflow.iter().find(|(of, _, _)| *of == tracker.id).map(|(_, from, _)| *from);
            let first = first.and_then(|id| world.statuses.get(&id)).map(|status| named(status.id, &status.name));
            json!({
                "id": tracker.id,
                "name": tracker.name,
                "default_status": first,
                "description": "",
                "enabled_standard_fields": ["assigned_to_id", "parent_issue_id", "start_date", "due_date", "done_ratio", "description"],
            })
        })
        .collect();
    Reply::json(200, &json!({ "trackers": rows }))
}

pub(super) fn statuses(world: &World) -> Reply {
    let rows: Vec<Value> =
        world.statuses.values().map(|s| json!({ "id": s.id, "name": s.name, "is_closed": s.closed })).collect();
    Reply::json(200, &json!({ "issue_statuses": rows }))
}

pub(super) fn priorities(world: &World) -> Reply {
    let rows: Vec<Value> = world
        .priorities
        .values()
        .map(|p| json!({ "id": p.id, "name": p.name, "is_default": p.name == "Normal", "active": true }))
        .collect();
    Reply::json(200, &json!({ "issue_priorities": rows }))
}

pub(super) fn custom_fields(world: &World) -> Reply {
    let rows: Vec<Value> = world
        .fields
        .values()
        .map(|field| {
            let trackers: Vec<Value> =
                field.trackers.iter().filter_map(|id| world.trackers.get(id)).map(|t| named(t.id, &t.name)).collect();
            let mut out = json!({
                "id": field.id,
                "name": field.name,
                "customized_type": "issue",
                "field_format": field.format.word(),
                "regexp": "",
                "min_length": null,
                "max_length": null,
                "is_required": false,
                "is_filter": field.format != Format::Text,
                "searchable": false,
                "multiple": false,
                "default_value": "",
                "visible": true,
                "trackers": trackers,
                "roles": [],
            });
            if let Value::Object(map) = &mut out
                && !field.values.is_empty()
            {
                let values: Vec<Value> = field.values.iter().map(|v| json!({ "value": v, "label": v })).collect();
                map.insert("possible_values".into(), values.into());
            }
            out
        })
        .collect();
    Reply::json(200, &json!({ "custom_fields": rows }))
}
