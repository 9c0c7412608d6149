//! `PUT /issues/:id.json`: one operation with notes, status, fields and uploads, and what Redmine makes of it.
use serde_json::{Map, Value};

use super::{Ask, Reply, clean_name, find_issue};
use crate::world::{Detail, Field, Format, Issue, Journal, Reach, User, World};

/// `5`, `"5"` and `null` all come in requests.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(if *yes { "1" } else { "0" }.to_owned()),
        Value::Null => Some(String::new()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

fn id_of(value: Option<&Value>) -> Option<u32> {
    value.and_then(text_of).and_then(|text| text.trim().parse().ok())
}

/// Redmine stores line ends of descriptions as CR LF, whatever came.
pub(crate) fn crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n")
}

/// The draft of a change: what will be saved if nothing is wrong.
struct Draft {
    issue: Issue,
    details: Vec<Detail>,
    wrong: Vec<String>,
}

impl Draft {
    fn note(&mut self, property: &'static str, name: impl Into<String>, old: Option<String>, new: Option<String>) {
        if old != new {
            self.details.push(Detail { property, name: name.into(), old, new });
        }
    }

    fn custom(&mut self, world: &World, field: &Field, value: String) {
        let allowed = match field.format {
            Format::List => field.values.contains(&value.as_str()),
            Format::User => value.parse().is_ok_and(|id: u32| world.users.contains_key(&id)),
            Format::Bool => value == "0" || value == "1",
            Format::String | Format::Text => true,
        };
        if !value.is_empty() && !allowed {
            self.wrong.push(format!("{} is not included in the list", field.name));
            return;
        }
        let old = self.issue.custom.insert(field.id, value.clone()).unwrap_or_default();
        let some = |text: String| (!text.is_empty()).then_some(text);
        self.note("cf", field.id.to_string(), some(old), some(value));
    }

    /// A step that the workflow does not allow is left out without a word: 204, nothing changed.
    fn status(&mut self, world: &World, to: u32) {
        if world.allowed_statuses(&self.issue).contains(&to) {
            let from = std::mem::replace(&mut self.issue.status, to);
            self.note("attr", "status_id", Some(from.to_string()), Some(to.to_string()));
        }
    }

    fn fields(&mut self, world: &World, sent: &Map<String, Value>) {
        if let Some(to) = id_of(sent.get("status_id")) {
            self.status(world, to);
        }
        if let Some(subject) = sent.get("subject").and_then(text_of) {
            if subject.trim().is_empty() {
                self.wrong.push("Subject cannot be blank".to_owned());
            } else if subject.chars().count() > 255 {
                self.wrong.push("Subject is too long (maximum is 255 characters)".to_owned());
            } else {
                let old = std::mem::replace(&mut self.issue.subject, subject.clone());
                self.note("attr", "subject", Some(old), Some(subject));
            }
        }
        if let Some(description) = sent.get("description").and_then(text_of) {
            let description = crlf(&description);
            let old = std::mem::replace(&mut self.issue.description, description.clone());
            self.note("attr", "description", Some(old), Some(description));
        }
        if let Some(priority) = id_of(sent.get("priority_id")).filter(|id| world.priorities.contains_key(id)) {
            let old = std::mem::replace(&mut self.issue.priority, priority);
            self.note("attr", "priority_id", Some(old.to_string()), Some(priority.to_string()));
        }
        if let Some(value) = sent.get("assigned_to_id") {
            let to = id_of(Some(value)).filter(|id| world.users.contains_key(id));
            let old = std::mem::replace(&mut self.issue.assignee, to);
            self.note("attr", "assigned_to_id", old.map(|id| id.to_string()), to.map(|id| id.to_string()));
        }
        if let Some(value) = sent.get("fixed_version_id") {
            let to = id_of(Some(value)).filter(|id| world.versions.contains_key(id));
            let old = std::mem::replace(&mut self.issue.version, to);
            self.note("attr", "fixed_version_id", old.map(|id| id.to_string()), to.map(|id| id.to_string()));
        }
        if let Some(done) = id_of(sent.get("done_ratio")).filter(|done| *done <= 100) {
            let old = std::mem::replace(&mut self.issue.done_ratio, done);
            self.note("attr", "done_ratio", Some(old.to_string()), Some(done.to_string()));
        }
        for sent in sent.get("custom_fields").and_then(Value::as_array).into_iter().flatten() {
            let field = id_of(sent.get("id")).and_then(|id| world.fields.get(&id));
            // A field that does not exist, or not on this tracker, is ignored.
            if let (Some(field), Some(value)) = (field, sent.get("value").and_then(text_of))
                && field.trackers.contains(&self.issue.tracker)
            {
                self.custom(world, field, value);
            }
        }
    }
}

/// `PUT /issues/:id.json`
pub(super) fn update(world: &mut World, ask: &Ask, user: &User, id: &str) -> Reply {
    let id = match find_issue(world, user, id) {
        Ok(id) => id,
        Err(reply) => return reply,
    };
    if user.reach == Reach::Reader {
        return Reply::new(403);
    }
    let body: Value = match serde_json::from_slice(&ask.body) {
        Ok(body @ Value::Object(_)) => body,
        Ok(_) | Err(_) => return Reply::json(400, &serde_json::json!({ "status": 400, "error": "Bad Request" })),
    };
    let empty = Map::new();
    let sent = body.get("issue").and_then(Value::as_object).unwrap_or(&empty);
    let Some(issue) = world.issues.get(&id).cloned() else { return Reply::new(404) };
    // A stale lock version is refused with an empty list of errors; nobody can read the current one.
    if id_of(sent.get("lock_version")).is_some_and(|version| version != issue.lock_version) {
        return Reply::errors(&[]);
    }
    let mut draft = Draft { issue, details: Vec::new(), wrong: Vec::new() };
    draft.fields(world, sent);
    let uploads: Vec<&Value> = sent.get("uploads").and_then(Value::as_array).into_iter().flatten().collect();
    let token = |upload: &Value| upload.get("token").and_then(text_of).filter(|token| !token.is_empty());
    let unknown = uploads.iter().filter_map(|u| token(u)).filter(|token| !world.uploads.contains_key(token)).count();
    if unknown > 0 {
        // A token works once: this is what makes a repeated PUT harmless.
        draft.wrong.push(format!("{unknown} file(s) could not be saved."));
    }
    if !draft.wrong.is_empty() {
        return Reply::errors(&draft.wrong);
    }
    for upload in uploads {
        let Some(mut file) = token(upload).and_then(|token| world.uploads.remove(&token)) else { continue };
        let named =
            |key: &str| upload.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        if let Some(name) = named("filename") {
            file.filename = clean_name(&name);
        }
        if let Some(kind) = named("content_type") {
            file.content_type = kind;
        }
        file.description = named("description").unwrap_or_default();
        draft.note("attachment", file.id.to_string(), None, Some(file.filename.clone()));
        draft.issue.attachments.push(file);
    }
    let notes = sent.get("notes").and_then(Value::as_str).unwrap_or_default().to_owned();
    let private = sent.get("private_notes").and_then(text_of).is_some_and(|text| text == "1" || text == "true");
    let Draft { mut issue, details, .. } = draft;
    if !notes.is_empty() || !details.is_empty() {
        world.last_journal += 1;
        issue.journals.push(Journal {
            id: world.last_journal,
            user: user.id,
            notes,
            private,
            created_on: ask.now,
            details,
        });
    }
    settle(world, &mut issue, ask.now);
    world.issues.insert(id, issue);
    Reply::new(204)
}

/// What every save does, also one that changed nothing: it moves the time stamp.
pub(crate) fn settle(world: &World, issue: &mut Issue, now: chrono::DateTime<chrono::Utc>) {
    issue.updated_on = now.max(issue.created_on);
    issue.lock_version += 1;
    let closed = world.statuses.get(&issue.status).is_some_and(|status| status.closed);
    if closed && issue.closed_on.is_none() {
        issue.closed_on = Some(issue.updated_on);
    }
}
