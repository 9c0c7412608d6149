//! The adapter: one struct, its requests, and the trait.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, RwLock};

use chrono::{DateTime, Utc};
use domain::change::{Attachment, ChangeRequest};
use domain::ids::Digest;
use reqwest::Method;
use secrecy::SecretString;

use super::interpret::{People, Reading};
use super::wire::{Issue, IssueReply, Memberships};
use super::{discover, list, write};
use crate::capabilities::{Capabilities, Deletions, Idempotency, ProbeReport, SystemKind};
use crate::cursor::Position;
use crate::errors::TicketingError;
use crate::http::{Call, Endpoint, Http};
use crate::mapping::{Mapping, NamedId, Schema, Scope, Target, ValueKind};
use crate::note::Note;
use crate::storage::{RawPayload, Vanished};
use crate::system::{
    Answer, Downloaded, FileSeen, Identity, NoteSeen, Page, Presence, RawDetails, RawRow, Source, TicketState,
    TicketingSystem, Write,
};

/// A connection to one Redmine with one API key.
#[derive(Debug)]
pub struct Redmine {
    pub(super) http: Arc<Http>,
    /// Names of accounts, learned as they are needed: a ticket's user fields carry only ids.
    people: RwLock<People>,
}

pub(super) const SYSTEM: &str = "Redmine";

impl Redmine {
    /// Prepares a connection; nothing is sent yet.
    ///
    /// # Errors
    /// [`TicketingError::Address`] when address, proxy, certificates or key are unacceptable.
    pub fn new(endpoint: &Endpoint, key: &SecretString) -> Result<Self, TicketingError> {
        let http = Http::new(endpoint, SYSTEM, "x-redmine-api-key", key)?;
        Ok(Self { http: Arc::new(http), people: RwLock::new(People::new()) })
    }

    fn known_people(&self) -> People {
        self.people.read().map(|p| p.clone()).unwrap_or_default()
    }

    fn learn(&self, people: impl IntoIterator<Item = (String, String)>) {
        if let Ok(mut known) = self.people.write() {
            known.extend(people);
        }
    }

    pub(super) fn protocol(what: &str, why: impl Into<String>) -> TicketingError {
        TicketingError::Protocol { system: SYSTEM, what: what.to_owned(), why: why.into() }
    }

    async fn issue(
        &self,
        remote_id: &str,
        include: &str,
        now: DateTime<Utc>,
    ) -> Result<(Issue, RawPayload), TicketingError> {
        let id = numeric_id(remote_id)?;
        let query = if include.is_empty() { vec![] } else { vec![("include", include.to_owned())] };
        let reply = self.http.send(Call::get(format!("issues/{id}.json"), query)).await?;
        let issue = self.http.json::<IssueReply>(&reply)?.issue;
        if issue.id != id {
            return Err(Self::protocol(&reply.what, format!("it answered with ticket {}", issue.id)));
        }
        Ok((issue, RawPayload::new(reply.bytes, now, reply.what)))
    }

    /// Everybody in the project, a hundred at a time.
    pub(super) async fn members(&self, project_id: u32) -> Result<People, TicketingError> {
        let mut people = People::new();
        let mut offset = 0u32;
        loop {
            let query = vec![("limit", "100".to_owned()), ("offset", offset.to_string())];
            let call = Call::get(format!("projects/{project_id}/memberships.json"), query);
            let (page, _) = self.http.get_json::<Memberships>(call).await?;
            let count = u32::try_from(page.memberships.len()).unwrap_or(u32::MAX);
            people.extend(page.memberships.into_iter().filter_map(|m| m.user).map(|u| (u.id.to_string(), u.name)));
            offset = offset.saturating_add(count);
            let total = page.total_count.unwrap_or(0);
            // 20,000 members are more than any board's project has; a server that repeats pages ends here too.
            if count == 0 || offset >= total || offset >= 20_000 {
                return Ok(people);
            }
        }
    }
}

/// Ids are numbers here; anything else never reaches a path.
pub(super) fn numeric_id(remote_id: &str) -> Result<u32, TicketingError> {
    remote_id.parse().map_err(|_| TicketingError::Mapping { why: format!("{remote_id:?} is no Redmine ticket") })
}

/// The issue in stored bytes: a row, or a direct read.
fn parse_issue(payload: &RawPayload) -> Result<Issue, TicketingError> {
    let protocol = |e: serde_json::Error| Redmine::protocol(&payload.request, format!("the JSON cannot be read: {e}"));
    // A direct read begins with {"issue": and a row with {"id":.
    if payload.bytes.trim_ascii_start().starts_with(b"{\"issue\"") {
        serde_json::from_slice::<IssueReply>(&payload.bytes).map(|r| r.issue).map_err(protocol)
    } else {
        serde_json::from_slice(&payload.bytes).map_err(protocol)
    }
}

impl TicketingSystem for Redmine {
    fn name(&self) -> &'static str {
        SystemKind::Redmine.name()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            max_page: list::PAGE,
            journals_in_list: false,
            updated_resolution_ms: 1000,
            conditional_write: false,
            allowed_statuses: true,
            verify_writes: true,
            silent_edits: true,
            idempotency: Idempotency::UploadToken,
            deletions: Deletions::Census,
            max_upload: None,
        }
    }

    fn probe(&self, now: DateTime<Utc>) -> Answer<'_, ProbeReport> {
        Box::pin(discover::probe(self, now))
    }

    fn discover<'a>(&'a self, project: &'a str) -> Answer<'a, Schema> {
        Box::pin(async move {
            let schema = discover::schema(self, project).await?;
            self.learn(schema.people.iter().map(|a| (a.id.clone(), a.name.clone())));
            Ok(schema)
        })
    }

    fn list<'a>(&'a self, scope: &'a Scope, at: &'a Position, now: DateTime<Utc>) -> Answer<'a, Page> {
        Box::pin(list::page(&self.http, scope, at, now))
    }

    fn newest<'a>(&'a self, scope: &'a Scope, count: u32, now: DateTime<Utc>) -> Answer<'a, Vec<RawRow>> {
        Box::pin(list::newest(&self.http, scope, count, now))
    }

    fn details<'a>(&'a self, remote_id: &'a str, now: DateTime<Utc>) -> Answer<'a, RawDetails> {
        Box::pin(async move {
            let (issue, payload) = self.issue(remote_id, "journals,relations,attachments", now).await?;
            let own = issue.id;
            let linked = issue
                .relations
                .iter()
                .map(|r| if r.issue_id == own { r.issue_to_id } else { r.issue_id })
                .map(|id| id.to_string());
            Ok(RawDetails { updated: issue.updated_on, linked: linked.collect(), payload })
        })
    }

    fn linked<'a>(&'a self, ids: &'a BTreeSet<String>, now: DateTime<Utc>) -> Answer<'a, BTreeMap<String, RawPayload>> {
        Box::pin(list::by_ids(&self.http, ids, now))
    }

    fn presence<'a>(&'a self, scope: &'a Scope, remote_id: &'a str) -> Answer<'a, Presence> {
        Box::pin(async move {
            match self.issue(remote_id, "", DateTime::UNIX_EPOCH).await {
                Ok((issue, _)) if issue.project.id != scope.project_id => {
                    Ok(Presence::Vanished(Vanished::MovedOut { to: issue.project.name }))
                }
                Ok((issue, _)) if issue.tracker.id != scope.tracker_id => {
                    Ok(Presence::Vanished(Vanished::MovedOut { to: issue.tracker.name }))
                }
                Ok(_) => Ok(Presence::Here),
                Err(TicketingError::Gone { .. }) => Ok(Presence::Vanished(Vanished::Deleted)),
                Err(TicketingError::Forbidden { .. }) => Ok(Presence::Vanished(Vanished::AccessLost)),
                Err(other) => Err(other),
            }
        })
    }

    fn meet<'a>(&'a self, mapping: &'a Mapping, payloads: &'a [&'a RawPayload]) -> Answer<'a, ()> {
        Box::pin(async move {
            let fields: BTreeSet<u32> = mapping
                .fields
                .iter()
                .filter(|(word, _)| Target::parse(word).is_some_and(|t| t.kind() == ValueKind::Account))
                .filter_map(|(_, rule)| rule.from.custom())
                .collect();
            let known = self.known_people();
            let mut strangers = BTreeSet::new();
            for payload in payloads {
                let issue = parse_issue(payload)?;
                self.learn(
                    [&issue.author, &issue.assigned_to]
                        .into_iter()
                        .flatten()
                        .map(|n| (n.id.to_string(), n.name.clone())),
                );
                let ids = issue.custom_fields.iter().filter(|f| fields.contains(&f.id)).flat_map(|f| f.texts());
                strangers.extend(ids.filter(|id| !known.contains_key(id)));
            }
            let known = self.known_people();
            strangers.retain(|id| !known.contains_key(id));
            if strangers.is_empty() {
                return Ok(());
            }
            match self.members(mapping.scope.project_id).await {
                Ok(people) => self.learn(people),
                // Without the right to see members the numbers stand for themselves.
                Err(TicketingError::Forbidden { .. } | TicketingError::Gone { .. }) => {}
                Err(other) => return Err(other),
            }
            // Who is not in the project any more keeps the number, and is not asked for again.
            let known = self.known_people();
            let nameless: Vec<_> = strangers
                .into_iter()
                .filter(|id| !known.contains_key(id))
                .map(|id| (id.clone(), format!("account {id}")))
                .collect();
            self.learn(nameless);
            Ok(())
        })
    }

    fn interpret(
        &self,
        mapping: &Mapping,
        identity: &Identity,
        source: Source<'_>,
    ) -> Result<ChangeRequest, TicketingError> {
        let people = self.known_people();
        let reading = Reading::new(mapping, identity, self.http.base(), &people);
        match source {
            Source::Row(payload) => Ok(reading.change(&parse_issue(payload)?, None)),
            Source::Details(payload, linked) => {
                let mut rows = BTreeMap::new();
                for row in linked.values() {
                    let issue = parse_issue(row)?;
                    rows.insert(issue.id, issue);
                }
                Ok(reading.change(&parse_issue(payload)?, Some(&rows)))
            }
        }
    }

    fn download<'a>(&'a self, attachment: &'a Attachment) -> Answer<'a, Downloaded> {
        Box::pin(async move {
            let id = numeric_id(&attachment.remote_id)?;
            let cap = self.http.limits().file_bytes;
            if usize::try_from(attachment.size).unwrap_or(usize::MAX) > cap {
                let why = format!("{} has more than {} MiB", attachment.name, cap >> 20);
                return Err(TicketingError::TooLarge { what: format!("GET /attachments/download/{id}"), why });
            }
            // Our own path, not the server's content_url: that may name another origin.
            let mut call = Call::get(format!("attachments/download/{id}"), vec![]);
            call.file = true;
            let reply = self.http.send(call).await?;
            let claims_html = attachment.content_type.contains("html");
            if reply.media_type == "text/html" && !claims_html && reply.bytes.len() as u64 != u64::from(attachment.size)
            {
                return Err(Self::protocol(&reply.what, "a page for people (HTML) came instead of the file"));
            }
            if reply.bytes.len() as u64 != u64::from(attachment.size) {
                let why = format!("{} bytes came, the ticket says {}", reply.bytes.len(), attachment.size);
                return Err(Self::protocol(&reply.what, why));
            }
            Ok(Downloaded { sha256: Digest::of(&reply.bytes), bytes: reply.bytes })
        })
    }

    fn read_ticket<'a>(
        &'a self,
        mapping: &'a Mapping,
        identity: &'a Identity,
        remote_id: &'a str,
        now: DateTime<Utc>,
    ) -> Answer<'a, TicketState> {
        Box::pin(async move {
            let include = "journals,relations,attachments,allowed_statuses";
            let (issue, payload) = self.issue(remote_id, include, now).await?;
            self.meet(mapping, &[&payload]).await?;
            let people = self.known_people();
            let change =
                Reading::new(mapping, identity, self.http.base(), &people).change(&issue, Some(&BTreeMap::new()));
            let author =
                |named: &Option<super::wire::Named>| named.as_ref().map(|n| n.id.to_string()).unwrap_or_default();
            Ok(TicketState {
                status: NamedId { id: issue.status.id.to_string(), name: issue.status.name.clone() },
                allowed: issue
                    .allowed_statuses
                    .as_ref()
                    .map(|all| all.iter().map(|s| NamedId { id: s.id.to_string(), name: s.name.clone() }).collect()),
                notes: issue
                    .journals
                    .iter()
                    .map(|j| NoteSeen {
                        id: j.id.to_string(),
                        author_id: author(&j.user),
                        at: j.created_on,
                        text: j.notes.clone().unwrap_or_default(),
                        status_set: j
                            .details
                            .iter()
                            .find(|d| d.property == "attr" && d.name == "status_id")
                            .and_then(|d| d.new_value.as_str().map(str::to_owned)),
                        fields_set: j
                            .details
                            .iter()
                            .filter(|d| d.property == "cf")
                            .filter_map(|d| Some((format!("cf:{}", d.name), d.new_value.as_str()?.to_owned())))
                            .collect(),
                    })
                    .collect(),
                files: issue
                    .attachments
                    .iter()
                    .map(|a| FileSeen {
                        id: a.id.to_string(),
                        author_id: author(&a.author),
                        name: a.filename.clone(),
                        size: a.filesize,
                        description: a.description.clone().unwrap_or_default(),
                    })
                    .collect(),
                fields: issue.custom_fields.iter().map(|f| (format!("cf:{}", f.id), f.texts().join(", "))).collect(),
                change,
                payload,
            })
        })
    }

    fn upload<'a>(&'a self, name: &'a str, bytes: &'a [u8]) -> Answer<'a, String> {
        Box::pin(async move {
            let call = Call {
                method: Method::POST,
                path: "uploads.json".into(),
                query: vec![("filename", name.to_owned())],
                body: Some(("application/octet-stream", bytes.to_vec())),
                file: false,
            };
            let reply = self.http.send(call).await?;
            Ok(self.http.json::<super::wire::UploadReply>(&reply)?.upload.token)
        })
    }

    fn write<'a>(&'a self, remote_id: &'a str, write: &'a Write<'a>) -> Answer<'a, ()> {
        Box::pin(async move {
            let id = numeric_id(remote_id)?;
            let body = write::body(write)?;
            let call = Call {
                method: Method::PUT,
                path: format!("issues/{id}.json"),
                query: vec![],
                body: Some(("application/json", body)),
                file: false,
            };
            self.http.send(call).await.map(|_| ())
        })
    }

    fn render(&self, mapping: &Mapping, note: &Note) -> String {
        note.render(mapping.text_format)
    }
}
