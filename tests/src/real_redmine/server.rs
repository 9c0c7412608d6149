//! A real Redmine as its other users see it: read and edited by `curl`.
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use ticketing::testing::FaultProxy;

/// The ids that `configure.rb` gives: people who may carry a change, none of them on the board.
const TEAM: [u32; 3] = [8, 9, 10];
const ROLE_REQUESTER: u32 = 4;
const ROLE_DESK: u32 = 5;

/// A running Redmine.
#[derive(Debug, Clone)]
pub struct Redmine {
    pub url: String,
    pub dir: PathBuf,
    facts: Value,
}

/// The folder of the scripts that start, stop and look into it.
pub fn scripts() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("support/redmine")
}

fn run(mut command: Command, input: Vec<u8>) -> Vec<u8> {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("piped");
    // Beside the reading: neither side waits for the other's full pipe.
    let writing = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("it ends");
    let written = writing.join().expect("no panic");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    written.expect("it read its input");
    output.stdout
}

impl Redmine {
    /// The one that was started around the tests.
    pub fn given() -> Self {
        let line = std::env::var("CABINET_REDMINE")
            .expect("CABINET_REDMINE must hold what tests/support/redmine/start.sh printed");
        Self::described(&line)
    }

    pub fn described(line: &str) -> Self {
        let facts: Value = serde_json::from_str(line).expect("start.sh prints JSON");
        let text = |name: &str| facts[name].as_str().expect("a text").to_owned();
        Self { url: text("url"), dir: PathBuf::from(text("dir")), facts }
    }

    pub fn key(&self, who: &str) -> String {
        self.facts["keys"][who].as_str().expect("a key").to_owned()
    }

    fn curl(&self, who: &str) -> Command {
        let mut command = Command::new("curl");
        command.args(["-sS", "-m", "240", "--noproxy", "*", "-H"]).arg(format!("X-Redmine-API-Key: {}", self.key(who)));
        command
    }

    /// Status and JSON (or null) of one request.
    pub fn call(&self, who: &str, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let mut command = self.curl(who);
        command.args(["-X", method, "-w", "\n%{http_code}"]);
        let mut input = Vec::new();
        if let Some(body) = body {
            command.args(["-H", "Content-Type: application/json", "--data-binary", "@-"]);
            input = body.to_string().into_bytes();
        }
        command.arg(format!("{}/{path}", self.url));
        let out = String::from_utf8(run(command, input)).expect("text");
        let (answer, status) = out.rsplit_once('\n').expect("a status");
        (status.parse().expect("a number"), serde_json::from_str(answer).unwrap_or(Value::Null))
    }

    pub fn done(&self, who: &str, method: &str, path: &str, body: Option<&Value>) -> Value {
        let (status, answer) = self.call(who, method, path, body);
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        answer
    }

    pub fn get(&self, who: &str, path: &str) -> Value {
        self.done(who, "GET", path, None)
    }

    /// The answers to many reads, in order, over one connection.
    pub fn many(&self, who: &str, paths: &[String]) -> Vec<Value> {
        if paths.is_empty() {
            return Vec::new();
        }
        let list: String = paths.iter().map(|path| format!("url = \"{}/{path}\"\n", self.url)).collect();
        let mut command = self.curl(who);
        // `-f`: any status from 400 on fails the run; `-g`: brackets are brackets.
        command.args(["-f", "-g", "-K", "-"]);
        let out = run(command, list.into_bytes());
        let answers: Vec<Value> =
            serde_json::Deserializer::from_slice(&out).into_iter().map(|v| v.expect("JSON")).collect();
        assert_eq!(answers.len(), paths.len(), "an answer each");
        answers
    }

    /// A file's bytes.
    pub fn download(&self, who: &str, url: &str) -> Vec<u8> {
        let mut command = self.curl(who);
        command.args(["-f", url]);
        run(command, Vec::new())
    }

    /// A project of the test's own, with the desk, a requester and a team as members.
    pub fn project(&self) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let identifier = format!(
            "j-{}-{}-{}",
            crate::journey::now().timestamp_millis(),
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let project = json!({"project": {
            "name": identifier, "identifier": identifier, "is_public": false,
            "tracker_ids": [1], "enabled_module_names": ["issue_tracking"],
        }});
        self.done("admin", "POST", "projects.json", Some(&project));
        let mut members = vec![(self.user("svc"), ROLE_DESK), (self.user("alice"), ROLE_REQUESTER)];
        members.extend(TEAM.map(|id| (id, ROLE_REQUESTER)));
        for (user, role) in members {
            let body = json!({"membership": {"user_id": user, "role_ids": [role]}});
            self.done("admin", "POST", &format!("projects/{identifier}/memberships.json"), Some(&body));
        }
        identifier
    }

    pub fn user(&self, who: &str) -> u32 {
        let id = self.get(who, "users/current.json")["user"]["id"].as_u64().expect("an id");
        u32::try_from(id).expect("small")
    }

    /// Name → id of the custom fields.
    pub fn fields(&self) -> BTreeMap<String, u64> {
        let fields = self.get("admin", "custom_fields.json");
        let fields = fields["custom_fields"].as_array().expect("fields");
        fields
            .iter()
            .map(|f| (f["name"].as_str().expect("a name").to_owned(), f["id"].as_u64().expect("an id")))
            .collect()
    }

    /// A change on which everything is filled in, brought to a status by its requester.
    pub fn ticket(&self, project: &str, subject: &str, status: &str) -> u32 {
        let ids = self.fields();
        let custom: Vec<Value> =
            filled().iter().map(|(name, value)| json!({"id": ids[*name], "value": value})).collect();
        let issue = json!({"issue": {
            "project_id": project, "tracker_id": 1, "subject": subject,
            "description": "h2. What\n\nReplace the *session store* by the new release.\n\n* one\n* two",
            "custom_fields": custom,
        }});
        let made = self.done("alice", "POST", "issues.json", Some(&issue));
        let id = u32::try_from(made["issue"]["id"].as_u64().expect("an id")).expect("small");
        for (name, number) in [("New", 1), ("Assess", 2), ("Authorize", 3)] {
            if name != "New" {
                self.edit("alice", id, &json!({"status_id": number}));
            }
            if name == status {
                break;
            }
        }
        assert_eq!(self.issue(id)["status"]["name"], status, "the requester may bring it there");
        id
    }

    pub fn edit(&self, who: &str, id: u32, issue: &Value) {
        self.done(who, "PUT", &format!("issues/{id}.json"), Some(&json!({"issue": issue})));
    }

    /// Sets one custom field by its name.
    pub fn set(&self, who: &str, id: u32, field: &str, value: &str) {
        let number = self.fields()[field];
        self.edit(who, id, &json!({"custom_fields": [{"id": number, "value": value}]}));
    }

    pub fn issue(&self, id: u32) -> Value {
        self.get("admin", &format!("issues/{id}.json?include=journals,attachments,relations"))["issue"].clone()
    }

    /// A file on a ticket, put there by its requester; its id.
    pub fn attach(&self, id: u32, name: &str, bytes: &[u8]) -> u64 {
        let mut command = self.curl("alice");
        command.args(["-f", "-X", "POST", "-H", "Content-Type: application/octet-stream", "--data-binary", "@-"]);
        command.arg(format!("{}/uploads.json?filename=upload", self.url));
        let answer: Value = serde_json::from_slice(&run(command, bytes.to_vec())).expect("JSON");
        let token = answer["upload"]["token"].as_str().expect("a token");
        let upload = json!({"uploads": [{"token": token, "filename": name, "content_type": "text/plain"}]});
        self.edit("alice", id, &upload);
        let there = self.issue(id)["attachments"].as_array().expect("files").last().expect("a file")["id"].as_u64();
        there.expect("an id")
    }

    /// A state that the API cannot make.
    pub fn sql(&self, statement: &str) {
        let mut command = Command::new("ruby");
        command.arg("-W0").arg(scripts().join("sql.rb")).arg(&self.dir).arg(statement);
        let out = String::from_utf8(run(command, Vec::new())).expect("text");
        assert!(out.trim().parse::<u32>().expect("a number") > 0, "nothing changed by {statement}");
    }

    /// Copies of a ticket with all its fields, each updated a second after the one before.
    pub fn copies(&self, first: u32, count: u32) -> Vec<u32> {
        let last = first + count;
        let columns = "tracker_id, project_id, description, status_id, priority_id, author_id, lock_version, \
                       done_ratio, is_private, lft, rgt";
        let numbers =
            format!("with recursive n(i) as (select {first} + 1 union all select i + 1 from n where i < {last})");
        self.sql(&format!(
            "{numbers} insert into issues (id, root_id, subject, created_on, updated_on, {columns}) \
             select i, i, 'Change ' || (i - {first}), created_on, datetime(updated_on, '-' || (i - {first}) || ' seconds'), \
             {columns} from n, issues where issues.id = {first}; \
             {numbers} insert into custom_values (customized_type, customized_id, custom_field_id, value) \
             select 'Issue', i, custom_field_id, value from n, custom_values \
             where customized_type = 'Issue' and customized_id = {first};"
        ));
        (first..=last).collect()
    }

    /// What an account may read of a project's changes, by number, each with its notes, files and relations.
    pub fn holds(&self, who: &str, project: &str) -> BTreeMap<u32, Value> {
        let mut ids = Vec::new();
        loop {
            let path = format!(
                "issues.json?project_id={project}&tracker_id=1&status_id=*&sort=id&limit=100&offset={}",
                ids.len()
            );
            let page = self.get(who, &path);
            let rows = page["issues"].as_array().expect("issues");
            ids.extend(rows.iter().map(|row| row["id"].as_u64().expect("an id")));
            if rows.is_empty() || ids.len() as u64 >= page["total_count"].as_u64().expect("a count") {
                break;
            }
        }
        let paths: Vec<String> =
            ids.iter().map(|id| format!("issues/{id}.json?include=journals,attachments,relations")).collect();
        let answers = self.many(who, &paths);
        let number = |id: &u64| u32::try_from(*id).expect("small");
        ids.iter().map(number).zip(answers.into_iter().map(|a| a["issue"].clone())).collect()
    }

    /// Faults on the way to it.
    pub async fn proxy(&self) -> FaultProxy {
        let upstream = self.url.trim_start_matches("http://").trim_end_matches('/');
        FaultProxy::start(upstream).await.expect("a port")
    }
}

/// A change that no gate blocks.
fn filled() -> Vec<(&'static str, String)> {
    let mut all: Vec<(&str, String)> = [
        ("Change kind", "Normal"),
        ("Change reason", "The old release leaves support"),
        ("Affected systems", "sess-1, sess-2"),
        ("Affected applications", "session-store"),
        ("Affected data", "none"),
        ("Affected service", "Identity"),
        ("Version", "4.2.0"),
        ("Security scan status", "Passed"),
        ("Security scan results", "No findings above low."),
        ("Environment", "prod-eu"),
        ("Repository", "https://git.meridian.example/session-store"),
        ("Branch", "main"),
        ("Commit", "4e8ec8d3a0c270b6d88c29b7554fd2b477ca28f3"),
        ("Artifact digest", "sha256:5503af545781603b2ea3f69f086defdb2193e46904d0f183209a8b8d867d2f9e"),
        ("Deployment pipeline", "session-store/deploy-prod"),
        ("Rollback evidence", "Rolled back in staging, took 6 minutes"),
        ("Planned start", "2027-01-12T20:00:00+01:00"),
        ("Planned end", "2027-01-12T21:30:00+01:00"),
        ("Time zone", "Europe/Berlin"),
        ("Service criticality", "medium"),
        ("Data exposure", "none"),
        ("Planned outage", "none"),
        ("Rollback", "automated+tested"),
        ("Schema change", "none"),
        ("Rollout", "flag/canary"),
    ]
    .into_iter()
    .map(|(name, value)| (name, value.to_owned()))
    .collect();
    for (name, user) in ["Technical development lead", "Deployer", "Release manager"].into_iter().zip(TEAM) {
        all.push((name, user.to_string()));
    }
    for (_, name) in super::equal::PLAN {
        all.push((name, format!("# First step of {name}\n# Second step")));
    }
    all
}
