//! From blocks of text to issues.
use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};

use super::catalogue::{BUG, CHANGE, CHANGE_STATUSES, FEATURE, INCIDENT, RISK, SECTIONS};
use super::people;
use super::prose::{self, Facts};
use super::services::{self, Service};
use super::source::Block;
use super::window::{self, Window};
use super::{FIRST_CHANGE, files};
use crate::dialect::{clean_name, content_type, mix, write::crlf};
use crate::error::SampleError;
use crate::world::{Attachment, Detail, Issue, Journal, Relation, World};

/// The project of bugs, features and incidents; see `people::set_up`.
const DELIVERY: u32 = 3;

fn person(block: &Block, login: &str) -> Result<u32, SampleError> {
    people::id(login).ok_or_else(|| block.wrong(format!("nobody is called {login:?}")))
}

fn hex(seed: &str, digits: usize) -> String {
    let mut out = String::new();
    let mut round = 0u32;
    while out.len() < digits {
        out.push_str(&format!("{:016x}", mix(format!("{seed}/{round}").as_bytes())));
        round += 1;
    }
    out.truncate(digits);
    out
}

/// A time before `now` that differs from issue to issue and has a fraction, as a database has.
fn before(now: DateTime<Utc>, days: i64, seed: &str) -> DateTime<Utc> {
    let jitter = i64::try_from(mix(seed.as_bytes()) % 39_600_000).unwrap_or(0);
    now - Duration::days(days) - Duration::milliseconds(jitter + 60_000)
}

/// Bugs, features and incidents. Returns their short names (`B3`, `F7`) with their numbers.
pub(super) fn delivery(
    world: &mut World,
    blocks: Vec<Block>,
    now: DateTime<Utc>,
) -> Result<BTreeMap<String, u32>, SampleError> {
    let mut names = BTreeMap::new();
    for (id, block) in (1u32..).zip(blocks) {
        let (name, subject) = block.title.split_once(' ').ok_or_else(|| block.wrong("no short name"))?;
        let tracker = match name.chars().next() {
            Some('B' | 'S') => BUG,
            Some('F') => FEATURE,
            Some('I') => INCIDENT,
            Some(_) | None => return Err(block.wrong("a short name starts with B, S, F or I")),
        };
        let mut custom = BTreeMap::new();
        let mut set = |field: &str, value: &str| {
            if let Some(field) = world.field(field) {
                custom.insert(field.id, value.to_owned());
            }
        };
        if tracker != FEATURE {
            set("Severity", block.key("severity").unwrap_or("Medium"));
        }
        if tracker == BUG {
            set("Security defect", if name.starts_with('S') { "1" } else { "0" });
        }
        let status = block.key("status").unwrap_or("Resolved");
        let status = world.status(status).ok_or_else(|| block.wrong("unknown status"))?;
        let closed = status.closed;
        let created = before(now, 60 + i64::from(id % 30), &block.title);
        let updated = before(now, 3 + i64::from(id % 20), subject);
        let issue = Issue {
            id,
            project: DELIVERY,
            tracker,
            status: status.id,
            priority: if block.key("severity") == Some("Critical") { 4 } else { 2 },
            author: person(&block, block.key("author").unwrap_or("sbakker"))?,
            assignee: block.key("assignee").map(|login| person(&block, login)).transpose()?,
            version: None,
            parent: None,
            subject: subject.to_owned(),
            description: crlf(block.sections.get("description").map_or("", String::as_str)),
            start_date: None,
            due_date: None,
            done_ratio: if closed { 100 } else { 40 },
            custom,
            created_on: created,
            updated_on: updated,
            closed_on: closed.then_some(updated),
            journals: Vec::new(),
            attachments: Vec::new(),
            lock_version: 1,
        };
        names.insert(name.to_owned(), id);
        world.issues.insert(id, issue);
    }
    Ok(names)
}

struct People {
    author: u32,
    requester: u32,
    deployer: u32,
    lead: u32,
    manager: u32,
}

fn people_of(block: &Block, service: &Service) -> Result<People, SampleError> {
    let who = |key: &str, otherwise: &str| person(block, block.key(key).unwrap_or(otherwise));
    let requester = who("requester", block.key("author").unwrap_or(service.engineer))?;
    Ok(People {
        author: who("author", service.engineer)?,
        requester,
        deployer: who("deployer", service.deployer)?,
        lead: who("lead", service.lead)?,
        manager: who("manager", service.manager)?,
    })
}

/// `risk: 43202 …`: one digit per question, `-` for none, spaces for the eye.
fn risks(block: &Block) -> Result<Vec<Option<usize>>, SampleError> {
    let marks: Vec<char> = block.key("risk").unwrap_or("---------------").chars().filter(|c| *c != ' ').collect();
    if marks.len() != RISK.len() {
        return Err(block.wrong(format!("{} risk answers instead of {}", marks.len(), RISK.len())));
    }
    marks
        .iter()
        .zip(&RISK)
        .map(|(mark, question)| match mark.to_digit(10).and_then(|n| usize::try_from(n).ok()) {
            _ if *mark == '-' => Ok(None),
            Some(n) if n < question.answers.len() => Ok(Some(n)),
            Some(_) | None => Err(block.wrong(format!("risk answer {mark:?} to {}", question.id))),
        })
        .collect()
}

/// A change request, with its plan, history, links and files.
pub(super) fn change(
    world: &mut World,
    block: &Block,
    names: &BTreeMap<String, u32>,
    now: DateTime<Utc>,
) -> Result<(), SampleError> {
    let id = world.issues.last_key_value().map_or(FIRST_CHANGE, |(last, _)| (*last + 1).max(FIRST_CHANGE));
    let key = block.need("service")?;
    let service = services::find(key).ok_or_else(|| block.wrong(format!("no service {key:?}")))?;
    let people = people_of(block, service)?;
    let window = block.key("window").filter(|w| *w != "-").map(|w| window::read(block, w, now)).transpose()?;
    let kind = block.key("kind").unwrap_or("Normal");
    let version = block.key("version").filter(|v| *v != "-").unwrap_or("the candidate");
    let name = |id: u32| world.user_name(id);
    // The second pair of eyes is never the first.
    let checker =
        [service.engineer, service.deployer].into_iter().find(|login| people::id(login) != Some(people.deployer));
    let facts = Facts {
        id,
        service,
        window,
        version,
        kind,
        title: &block.title,
        lead: name(people.lead),
        manager: name(people.manager),
        deployer: name(people.deployer),
        engineer: people::name(checker.unwrap_or(service.engineer)),
        linked: block.key("link").is_some(),
    };
    let mut custom: BTreeMap<u32, String> = BTreeMap::new();
    let mut set = |field: &str, value: &str| match world.field(field) {
        Some(found) => {
            custom.insert(found.id, value.to_owned());
            Ok(())
        }
        None => Err(block.wrong(format!("no field {field:?}"))),
    };
    // What the block does not say follows from the service; `-` says that the field is empty.
    let said = |key: &str, otherwise: &str| match block.key(key) {
        Some("-") => String::new(),
        Some(value) => value.to_owned(),
        None => otherwise.to_owned(),
    };
    set("Change kind", &said("kind", "Normal"))?;
    set("Change reason", &said("reason", ""))?;
    set("Affected systems", &said("systems", service.systems))?;
    set("Affected applications", &said("applications", service.applications))?;
    set("Affected data", &said("data", service.data))?;
    set("Version", &said("version", ""))?;
    set("Security scan status", &said("scan", "Passed"))?;
    set("Security scan results", &said("findings", &prose::scan(&facts)))?;
    set("Environment", &said("environment", service.environment))?;
    set("Source branch", &said("branch", "main"))?;
    set("Repository", &said("repository", &format!("https://{}", service.repository)))?;
    set("Commit", &said("commit", &hex(&block.title, 40)))?;
    set("Artifact digest", &said("digest", &format!("sha256:{}", hex(&format!("artifact {}", block.title), 64))))?;
    if let Some(window) = &window {
        set("Planned start", &window.start.format("%Y-%m-%dT%H:%M").to_string())?;
        set("Planned end", &window.end.format("%Y-%m-%dT%H:%M").to_string())?;
        set("Time zone", window.zone.name())?;
    }
    set("Requester account", &people.requester.to_string())?;
    set("Deployer", &people.deployer.to_string())?;
    set("Technical Development Lead", &people.lead.to_string())?;
    set("Release Manager", &people.manager.to_string())?;
    set("Service", &said("name", service.name))?;
    set("Service tier", &format!("Tier {}", service.tier))?;
    set("Deployment method", &said("pipeline", &format!("Pipeline {}", service.pipeline)))?;
    set("Rollback evidence", &said("rollback", ""))?;
    set("Incident", &said("incident", ""))?;
    set("Roadmap milestone", &said("milestone", ""))?;
    for (word, field) in SECTIONS {
        let text = match block.sections.get(word).map(String::as_str) {
            Some("-") => String::new(),
            Some(text) => text.to_owned(),
            None => prose::section(word, &facts),
        };
        set(field, &crlf(&text))?;
    }
    for (question, answer) in RISK.iter().zip(risks(block)?) {
        set(&format!("Risk {}", question.id), answer.map_or("", |n| question.answers[n]))?;
    }
    let status = block.key("status").unwrap_or("Authorize");
    let status = world.status(status).ok_or_else(|| block.wrong("unknown status"))?;
    let (status, closed, status_name) = (status.id, status.closed, status.name.clone());
    let opens = window.as_ref().map_or(now + Duration::days(14), Window::opens).min(now);
    let created = before(opens, 12 + i64::from(id % 11), &block.title);
    let updated = if closed { opens + Duration::hours(20) } else { before(now, i64::from(id % 5), &format!("u{id}")) };
    let mut issue = Issue {
        id,
        project: block.key("project").map_or(1, |project| if project == "change-archive" { 2 } else { 1 }),
        tracker: CHANGE,
        status,
        priority: match block.key("priority").unwrap_or(kind) {
            "Low" => 1,
            "High" => 3,
            "Urgent" | "Emergency" => 4,
            _ => 2,
        },
        author: people.author,
        assignee: block.key("assignee").map_or(Ok(Some(people.manager)), |login| person(block, login).map(Some))?,
        version: block.key("release").map(|name| world.version(name)),
        parent: None,
        subject: block.title.clone(),
        description: crlf(&description(block)?),
        start_date: window.as_ref().map(|w| w.start.date()),
        due_date: window.as_ref().map(|w| w.end.date()),
        done_ratio: if closed { 100 } else { 0 },
        custom,
        created_on: created,
        updated_on: updated.min(now - Duration::seconds(30)),
        closed_on: closed.then_some(updated.min(now - Duration::seconds(30))),
        journals: Vec::new(),
        attachments: Vec::new(),
        lock_version: 1,
    };
    journals(world, block, &mut issue, &status_name, people.manager)?;
    attachments(world, block, &mut issue, &facts)?;
    links(world, block, id, names)?;
    world.issues.insert(id, issue);
    Ok(())
}

/// The description; `repeat: 900` makes a very long one out of numbered log lines.
fn description(block: &Block) -> Result<String, SampleError> {
    let mut text = block.sections.get("description").cloned().ok_or_else(|| block.wrong("no description"))?;
    if let Some(lines) = block.key("repeat") {
        let lines: u32 = lines.parse().map_err(|_| block.wrong("repeat is no number"))?;
        text.push_str("\n\nh3. Full output of the dry run\n\n<pre>\n");
        for line in 0..lines {
            let object = hex(&format!("{}{line}", block.title), 12);
            text.push_str(&format!(
                "[{:05}] plan: archive object {object} (bucket ham-{:02}, {} bytes) -> glacier-{:02}, checksum {} ok\n",
                line + 1,
                line % 37,
                4096 + (line % 977) * 512,
                line % 11,
                hex(&object, 16),
            ));
        }
        text.push_str("</pre>\n\nEnd of the output.");
    }
    Ok(text)
}

/// The steps to the status, and the comments of the block: `note: login days-ago text`.
fn journals(
    world: &mut World,
    block: &Block,
    issue: &mut Issue,
    status: &str,
    manager: u32,
) -> Result<(), SampleError> {
    let path: &[&str] = match status {
        "Rejected" => &["New", "Assess", "Rejected"],
        _ => {
            let at = CHANGE_STATUSES.iter().position(|s| *s == status).unwrap_or(0);
            &CHANGE_STATUSES[..=at]
        }
    };
    let span = (issue.updated_on - issue.created_on).num_seconds().max(1);
    let count = i64::try_from(path.len()).unwrap_or(1);
    let mut journals: Vec<Journal> = Vec::new();
    for (step, pair) in (1i64..).zip(path.windows(2)) {
        let id = |name: &str| world.status(name).map(|status| status.id.to_string());
        let detail = Detail { property: "attr", name: "status_id".to_owned(), old: id(pair[0]), new: id(pair[1]) };
        journals.push(Journal {
            id: 0,
            user: manager,
            notes: String::new(),
            private: false,
            created_on: issue.created_on + Duration::seconds(span * step / count),
            details: vec![detail],
        });
    }
    for note in block.all("note").chain(block.all("private")) {
        let mut words = note.splitn(3, ' ');
        let (login, days) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let days: i64 = days.parse().map_err(|_| block.wrong(format!("note {note:?}")))?;
        let at = issue.updated_on - Duration::days(days) - Duration::minutes(7);
        journals.push(Journal {
            id: 0,
            user: person(block, login)?,
            notes: words.next().unwrap_or_default().replace("\\n", "\r\n"),
            private: block.all("private").any(|private| private == note),
            created_on: at.max(issue.created_on),
            details: Vec::new(),
        });
    }
    journals.sort_by_key(|journal| journal.created_on);
    for journal in &mut journals {
        world.last_journal += 1;
        journal.id = world.last_journal;
    }
    issue.journals = journals;
    Ok(())
}

/// `file: kind name`: `plan` and `log` are text, `load` CSV, `scan` JSON, `pdf` a page.
fn attachments(world: &mut World, block: &Block, issue: &mut Issue, facts: &Facts<'_>) -> Result<(), SampleError> {
    for file in block.all("file") {
        let (kind, name) = file.split_once(' ').ok_or_else(|| block.wrong(format!("file {file:?}")))?;
        let content = match kind {
            "plan" => prose::plan_file(facts).into_bytes(),
            "log" => prose::rollback_log(facts).into_bytes(),
            "load" => files::load_test_csv(mix(block.title.as_bytes())),
            "scan" => files::scan_json(facts.service.key, facts.version, &prose::scan(facts)),
            "pdf" => files::pdf(&prose::pdf_lines(facts)),
            "empty" => Vec::new(),
            other => return Err(block.wrong(format!("file of kind {other:?}"))),
        };
        world.last_attachment += 1;
        issue.attachments.push(Attachment {
            id: world.last_attachment,
            filename: clean_name(name),
            content_type: content_type(name).to_owned(),
            description: String::new(),
            author: issue.author,
            created_on: issue.created_on + Duration::minutes(4),
            content: content.into(),
        });
    }
    Ok(())
}

/// `link: relates F3`; a number is a change's own (`link: precedes 104`).
fn links(world: &mut World, block: &Block, id: u32, names: &BTreeMap<String, u32>) -> Result<(), SampleError> {
    for link in block.all("link") {
        let (kind, other) = link.split_once(' ').ok_or_else(|| block.wrong(format!("link {link:?}")))?;
        let to = names.get(other).copied().or_else(|| other.parse().ok());
        let to = to.ok_or_else(|| block.wrong(format!("no issue {other:?}")))?;
        // Redmine stores one direction of each kind.
        let (from, to, kind) = match kind {
            "blocked" => (to, id, "blocks"),
            "follows" => (to, id, "precedes"),
            kind => (id, to, kind),
        };
        world.last_relation += 1;
        world.relations.push(Relation { id: world.last_relation, from, to, kind: kind.to_owned() });
    }
    Ok(())
}

/// Ten changes whose time stamps fall into one second, as after an edit of many at once.
pub(super) fn bulk_edit(world: &mut World, now: DateTime<Utc>) {
    let open: Vec<u32> = world.statuses.values().filter(|s| !s.closed).map(|s| s.id).collect();
    let second = now - Duration::hours(31);
    let touched = world.issues.values_mut().filter(|i| i.tracker == CHANGE && open.contains(&i.status));
    for (n, issue) in (0i64..).zip(touched.filter(|i| i.created_on < second).step_by(4).take(10)) {
        issue.updated_on = second + Duration::milliseconds(40 + 90 * n);
        for journal in &mut issue.journals {
            journal.created_on = journal.created_on.min(issue.updated_on);
        }
    }
}

/// Variations of the written changes, until there are `wanted`: for long lists, not for reading.
pub(super) fn multiply(world: &mut World, wanted: u32) {
    let written: Vec<Issue> =
        world.issues.values().filter(|i| i.tracker == CHANGE && i.project == 1).cloned().collect();
    let wanted = usize::try_from(wanted).unwrap_or(0);
    let next = world.issues.last_key_value().map_or(FIRST_CHANGE, |(last, _)| last + 1);
    let missing = wanted.saturating_sub(written.len());
    // Very long descriptions would make a long list a slow one for no reason.
    let models = written.iter().filter(|i| i.description.len() < 20_000).cycle().take(missing);
    for (id, (n, issue)) in (next..).zip((0i64..).zip(models)) {
        let mut copy = issue.clone();
        copy.id = id;
        copy.subject = format!("{} ({})", copy.subject, n + 2);
        // A release has a handful of changes, however long the list.
        copy.version = None;
        copy.attachments.clear();
        copy.created_on -= Duration::minutes(11 * n);
        copy.updated_on -= Duration::seconds(37 * n);
        copy.journals.clear();
        world.issues.insert(id, copy);
    }
}
