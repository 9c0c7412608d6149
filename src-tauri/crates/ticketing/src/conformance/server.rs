//! The real server as its other users see it, and a desk connected to it.
use std::process::Command;
use std::time::Duration;

use chrono::Utc;
use domain::ids::{ConnectionId, OperationId};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

use super::memory::Memory;
use crate::mapping::suggest;
use crate::testing::FaultProxy;
use crate::{Endpoint, Identity, Mapping, Redmine, Run, SyncReport, TicketingError, TicketingSystem as _, sync};

/// The server that `start.sh` started.
#[derive(Debug, Clone)]
pub struct Server {
    pub url: String,
    pub dir: String,
    facts: Value,
    http: reqwest::Client,
}

pub const ROLE_REQUESTER: u32 = 4;
pub const ROLE_DESK: u32 = 5;
pub const ROLE_READER: u32 = 6;

impl Server {
    pub fn given() -> Self {
        let line = std::env::var("CABINET_REDMINE_CONFORMANCE")
            .or_else(|_| std::env::var("CABINET_REDMINE"))
            .expect("CABINET_REDMINE must hold what tests/support/redmine/start.sh printed");
        let facts: Value = serde_json::from_str(&line).expect("CABINET_REDMINE is JSON");
        // No TLS is needed for loopback, but the client wants a provider.
        let _already_set = rustls::crypto::ring::default_provider().install_default();
        Self {
            url: facts["url"].as_str().expect("url").to_owned(),
            dir: facts["dir"].as_str().expect("dir").to_owned(),
            facts,
            http: reqwest::Client::builder().no_proxy().build().expect("client"),
        }
    }

    pub fn key(&self, who: &str) -> String {
        self.facts["keys"][who].as_str().expect("a key").to_owned()
    }

    pub fn upstream(&self) -> &str {
        self.url.trim_start_matches("http://").trim_end_matches('/')
    }

    pub async fn bytes(&self, who: &str, path: &str) -> Vec<u8> {
        let request = self.http.get(format!("{}/{path}", self.url)).header("X-Redmine-API-Key", self.key(who));
        request.send().await.expect("answer").bytes().await.expect("body").to_vec()
    }

    pub async fn call(&self, who: &str, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let mut request =
            self.http.request(method, format!("{}/{path}", self.url)).header("X-Redmine-API-Key", self.key(who));
        if let Some(body) = body {
            request = request.header("Content-Type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("a body");
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    pub async fn done(&self, who: &str, method: Method, path: &str, body: Option<Value>) -> Value {
        let (status, answer) = self.call(who, method.clone(), path, body).await;
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        answer
    }

    /// A project of the test's own, with the desk, a requester and a reader as members.
    pub async fn project(&self) -> String {
        let identifier = format!("t-{}", Uuid::now_v7().simple());
        let project = json!({"project": {
            "name": identifier, "identifier": identifier, "is_public": false,
            "tracker_ids": [1], "enabled_module_names": ["issue_tracking"],
        }});
        self.done("admin", Method::POST, "projects.json", Some(project)).await;
        for (login, role) in [("svc", ROLE_DESK), ("alice", ROLE_REQUESTER), ("reader", ROLE_READER)] {
            let user = self.user(login).await;
            let body = json!({"membership": {"user_id": user, "role_ids": [role]}});
            self.done("admin", Method::POST, &format!("projects/{identifier}/memberships.json"), Some(body)).await;
        }
        identifier
    }

    pub async fn user(&self, who: &str) -> u64 {
        self.done(who, Method::GET, "users/current.json", None).await["user"]["id"].as_u64().expect("an id")
    }

    pub async fn create(&self, project: &str, more: Value) -> u32 {
        let mut issue = json!({"project_id": project, "tracker_id": 1, "subject": "A change"});
        merge(&mut issue, more);
        let made = self.done("alice", Method::POST, "issues.json", Some(json!({"issue": issue}))).await;
        u32::try_from(made["issue"]["id"].as_u64().expect("an id")).expect("small")
    }

    pub async fn create_many(&self, project: &str, count: usize) -> Vec<u32> {
        let first = self.create(project, json!({"subject": "Change 0"})).await;
        let last = first + u32::try_from(count).expect("few") - 1;
        // The rest are its copies, each a second older than the next: through the API they take a quarter second each.
        let columns = "tracker_id, project_id, description, status_id, priority_id, author_id, lock_version, created_on, \
                       done_ratio, is_private, lft, rgt";
        self.sql(&format!(
            "with recursive n(i) as (select {first} union all select i + 1 from n where i < {last}) \
             insert into issues (id, root_id, subject, updated_on, {columns}) \
             select i, i, 'Change ' || (i - {first}), '', {columns} from n, issues where issues.id = {first} and i > {first}; \
             update issues set updated_on = datetime('now', '-' || (7200 + {last} - id) || ' seconds') \
             where id between {first} and {last};"
        ));
        (first..=last).collect()
    }

    /// As if nothing had happened to these tickets for an hour.
    pub fn an_hour_ago(&self, ids: &[u32]) {
        let ids = ids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        self.sql(&format!("update issues set updated_on = datetime('now', '-1 hour') where id in ({ids})"));
    }

    pub async fn edit(&self, who: &str, id: u32, issue: Value) {
        self.done(who, Method::PUT, &format!("issues/{id}.json"), Some(json!({"issue": issue}))).await;
    }

    pub async fn delete(&self, id: u32) {
        self.done("admin", Method::DELETE, &format!("issues/{id}.json"), None).await;
    }

    pub async fn issue(&self, id: u32) -> Value {
        let path = format!("issues/{id}.json?include=journals,attachments,relations");
        self.done("admin", Method::GET, &path, None).await["issue"].clone()
    }

    /// A file on a ticket, put there by its requester.
    pub async fn attach(&self, id: u32, name: &str, content_type: &str, bytes: Vec<u8>) {
        let request = self
            .http
            .post(format!("{}/uploads.json", self.url))
            .query(&[("filename", name)])
            .header("X-Redmine-API-Key", self.key("alice"))
            .header("Content-Type", "application/octet-stream")
            .body(bytes);
        let answer: Value =
            serde_json::from_str(&request.send().await.expect("an answer").text().await.expect("a body"))
                .expect("JSON");
        let token = answer["upload"]["token"].as_str().expect("a token");
        let upload = json!({"uploads": [{"token": token, "filename": name, "content_type": content_type}]});
        self.edit("alice", id, upload).await;
    }

    fn ruby(&self, script: &str, arguments: &[&str]) -> String {
        let script = format!("{}/../../../tests/support/redmine/{script}", env!("CARGO_MANIFEST_DIR"));
        let output =
            Command::new("ruby").arg("-W0").arg(script).arg(&self.dir).args(arguments).output().expect("ruby runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// A state that the API cannot make.
    pub fn sql(&self, statement: &str) {
        let changed: u32 = self.ruby("sql.rb", &[statement]).trim().parse().expect("a number");
        assert!(changed > 0, "nothing changed by {statement}");
    }

    /// What the database holds of a project.
    pub fn holds(&self, project: &str) -> Vec<Value> {
        serde_json::from_str(&self.ruby("dump.rb", &[project])).expect("JSON")
    }

    pub async fn desk(&self, project: &str) -> Desk {
        self.desk_at(&self.url.clone(), "svc", project).await
    }

    /// A desk behind a fault proxy.
    pub async fn desk_behind(&self, proxy: &FaultProxy, project: &str) -> Desk {
        let desk = self.desk_at(&proxy.url(), "svc", project).await;
        proxy.clear();
        desk
    }

    pub async fn proxy(&self) -> FaultProxy {
        FaultProxy::start(self.upstream()).await.expect("a port")
    }

    /// The mapping is drawn from the administrator's view, who sees all definitions.
    pub async fn desk_at(&self, address: &str, who: &str, project: &str) -> Desk {
        let admin = self.system_at(&self.url, "admin");
        let schema = admin.discover(project).await.expect("a schema");
        let mut mapping = suggest(&schema, "Europe/Berlin").expect("a mapping");
        mapping.own_account = self.user(who).await.to_string();
        Desk { system: self.system_at(address, who), mapping, identity: identity(), run: run() }
    }

    pub fn system_at(&self, address: &str, who: &str) -> Redmine {
        let mut endpoint = Endpoint::at(address);
        endpoint.limits.idle = Duration::from_secs(20);
        Redmine::new(&endpoint, &SecretString::from(self.key(who))).expect("a client")
    }
}

pub fn identity() -> Identity {
    Identity { connection: ConnectionId(Uuid::from_u128(1)), prefix: "CHG".into() }
}

pub fn run() -> Run {
    let mut run = Run::new(Utc::now, || 1000);
    run.backoff = Duration::from_millis(20);
    run
}

pub fn operation_id() -> OperationId {
    OperationId(Uuid::now_v7())
}

pub fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}

/// A connection with its mapping.
pub struct Desk {
    pub system: Redmine,
    pub mapping: Mapping,
    pub identity: Identity,
    pub run: Run,
}

impl Desk {
    pub async fn sync(&self, store: &Memory) -> Result<SyncReport, TicketingError> {
        sync(&self.system, store, &self.mapping, &self.identity, &self.run).await
    }

    /// The custom field with this name, `cf:12`.
    pub fn field(&self, target: &str) -> u32 {
        self.mapping.fields[target].from.custom().expect("a custom field")
    }
}
