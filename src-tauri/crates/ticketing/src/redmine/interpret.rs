//! From Redmine's issue to our change request. Pure.
use std::collections::BTreeMap;

use domain::change::{
    Account, Attachment, ChangeRequest, Deployment, DeploymentState, IssueKind, Journal, LinkedIssue, MappingProblem,
    RawText, Severity, Status, TextFormat, Window,
};
use domain::ids::ChangeKey;
use domain::plan::PlanSection;
use domain::template;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use url::Url;

use super::wire::{Issue, JournalDetail, Named, Relation, WireAttachment, WireJournal};
use crate::mapping::{FieldRule, Mapping, Target, instant, zone};
use crate::note::carries_marker;
use crate::system::Identity;

/// Events of deployments that are kept of one ticket, the newest.
const MOST_DEPLOYMENTS: usize = 50;

/// Account id → name, as far as known.
pub type People = BTreeMap<String, String>;

/// Everything the interpretation of one issue draws on.
pub struct Reading<'a> {
    pub mapping: &'a Mapping,
    pub identity: &'a Identity,
    pub base: &'a Url,
    pub people: &'a People,
    problems: Vec<MappingProblem>,
}

impl<'a> Reading<'a> {
    pub fn new(mapping: &'a Mapping, identity: &'a Identity, base: &'a Url, people: &'a People) -> Self {
        Self { mapping, identity, base, people, problems: Vec::new() }
    }

    /// Reads the issue; `linked` is `None` for a row of the list.
    pub fn change(mut self, issue: &Issue, linked: Option<&BTreeMap<u32, Issue>>) -> ChangeRequest {
        let format = self.mapping.text_format;
        let author = issue.author.as_ref().map(account);
        let window = self.window(issue);
        let mut plan = BTreeMap::new();
        for section in PlanSection::ALL {
            let target = Target::Plan(section);
            if self.mapping.rule(&target).is_some() {
                let text = raw_text(&self.text(issue, &target), format);
                if !text.is_blank() {
                    plan.insert(section, text);
                }
            }
        }
        let mut risk_answers = BTreeMap::new();
        for target in self.mapping.fields.keys().filter_map(|word| Target::parse(word)) {
            if let Target::Risk(question) = &target
                && let Some(word) = self.word(issue, &target)
            {
                risk_answers.insert(question.clone(), word);
            }
        }
        let kind = self.word(issue, &Target::Kind).and_then(|w| crate::mapping::kind_of(&w));
        let status = self.status(issue);
        let key = ChangeKey::new(&self.identity.prefix, issue.id);
        let deployments = self.deployments(issue, linked.is_some());
        let (linked_issues, attachments, journals) = match linked {
            None => (Vec::new(), Vec::new(), Vec::new()),
            Some(rows) => (
                issue.relations.iter().map(|r| self.link(issue.id, r, rows)).collect(),
                issue.attachments.iter().map(|a| self.attachment(a)).collect(),
                self.journals(&issue.journals),
            ),
        };
        let mut change = ChangeRequest {
            key,
            connection: self.identity.connection,
            remote_id: issue.id.to_string(),
            url: self.base.join(&format!("issues/{}", issue.id)).map(String::from).unwrap_or_default(),
            title: one_line(issue.subject.as_deref().unwrap_or_default()),
            kind,
            status,
            requester: self.account(issue, &Target::Requester).or_else(|| author.clone()),
            author,
            assignee: issue.assigned_to.as_ref().map(account),
            deployer: self.account(issue, &Target::Deployer),
            technical_lead: self.account(issue, &Target::TechnicalLead),
            release_manager: self.account(issue, &Target::ReleaseManager),
            description: raw_text(issue.description.as_deref().unwrap_or_default(), format),
            reason: self.text(issue, &Target::Reason),
            affected_systems: self.text(issue, &Target::AffectedSystems),
            affected_applications: self.text(issue, &Target::AffectedApplications),
            affected_data: self.text(issue, &Target::AffectedData),
            version: self.text(issue, &Target::Version),
            release: domain::release::name(&self.text(issue, &Target::Release)).unwrap_or_default(),
            milestone: domain::release::name(&self.text(issue, &Target::Milestone)).unwrap_or_default(),
            security_scan_status: self.text(issue, &Target::SecurityScanStatus),
            security_scan_results: self.text(issue, &Target::SecurityScanResults),
            environment: self.text(issue, &Target::Environment),
            source_branch: self.text(issue, &Target::SourceBranch),
            repository: self.text(issue, &Target::Repository),
            commit: self.text(issue, &Target::Commit),
            artifact_digest: self.text(issue, &Target::ArtifactDigest),
            service: self.text(issue, &Target::Service),
            deployment_method: self.text(issue, &Target::DeploymentMethod),
            rollback_evidence: self.text(issue, &Target::RollbackEvidence),
            incident: self.text(issue, &Target::Incident),
            window,
            plan,
            risk_answers,
            linked_issues,
            attachments,
            journals,
            details_synced: linked.is_some(),
            created: issue.created_on,
            updated: issue.updated_on,
            team: self.text(issue, &Target::Team),
            depends_on: self.text(issue, &Target::DependsOn),
            deployments,
            committers: Vec::new(),
            unknown_committers: None,
            mapping_problems: self.problems,
        };
        // Where no field of the ticket gives a section or an answer, a template in its texts may.
        template::fill(&mut change);
        change
    }

    fn problem(&mut self, target: &str, value: &str, why: String) {
        // The same finding once, however many readings met it.
        let found = MappingProblem { field: target.to_owned(), value: cut(value, 200), why };
        if !self.problems.contains(&found) {
            self.problems.push(found);
        }
    }

    /// The remote values for one of our fields, with what is wrong about the field itself.
    fn values(&mut self, issue: &Issue, target: &Target) -> Vec<String> {
        let Some(rule) = self.mapping.rule(target) else {
            return Vec::new();
        };
        let values = self.remote_values(issue, target, rule);
        if rule.required && values.is_empty() {
            self.problem(
                &target.to_string(),
                "",
                format!("the ticket leaves \u{201c}{}\u{201d} empty", rule.from.name),
            );
        }
        values
    }

    fn remote_values(&mut self, issue: &Issue, target: &Target, rule: &FieldRule) -> Vec<String> {
        let Some(id) = rule.from.custom() else {
            return standard_value(issue, &rule.from.id).into_iter().filter(|v| !v.is_empty()).collect();
        };
        let Some(field) = issue.custom_fields.iter().find(|f| f.id == id) else {
            let why = format!(
                "the server no longer sends the field \u{201c}{}\u{201d} ({}); map another one",
                rule.from.name, rule.from.id
            );
            self.problem(&target.to_string(), "", why);
            return Vec::new();
        };
        if field.name != rule.from.name {
            let why = format!(
                "the field was called \u{201c}{}\u{201d} when it was mapped and is \u{201c}{}\u{201d} now; confirm the mapping",
                rule.from.name, field.name
            );
            self.problem(&target.to_string(), &field.name, why);
        }
        field.texts()
    }

    fn text(&mut self, issue: &Issue, target: &Target) -> String {
        normal(&self.values(issue, target).join(", "))
    }

    fn word(&mut self, issue: &Issue, target: &Target) -> Option<String> {
        let value = self.values(issue, target).into_iter().next()?;
        let rule = self.mapping.rule(target)?;
        // Words of the risk model may be used on the ticket as they are, when no table is given.
        if rule.values.is_empty() && matches!(target, Target::Risk(_)) {
            return Some(value);
        }
        let ours = rule.values.get(&value).cloned();
        if ours.is_none() {
            let name = rule.from.name.clone();
            self.problem(
                &target.to_string(),
                &value,
                format!("the mapping has no word for this value of \u{201c}{name}\u{201d}; add one"),
            );
        }
        ours
    }

    /// What the ticket's history tells of deployments (R78), and what its field says now where the history does not: since the
    /// ticket was made, where its whole history never changed the field. What the field says now and the mapping has no word
    /// for is a problem; what it once said is history.
    fn deployments(&mut self, issue: &Issue, whole: bool) -> Vec<Deployment> {
        let now = self.word(issue, &Target::Deployment).and_then(|word| DeploymentState::parse(&word));
        let Some(rule) = self.mapping.rule(&Target::Deployment) else { return Vec::new() };
        let (custom, source) = (rule.from.custom().map(|id| id.to_string()), one_line(&rule.from.name));
        let of_field = |d: &JournalDetail| d.property == "cf" && Some(&d.name) == custom.as_ref();
        let state = |d: &JournalDetail| {
            let word = d.new_value.as_str().and_then(|value| rule.values.get(value))?;
            DeploymentState::parse(word)
        };
        let mut found: Vec<Deployment> = Vec::new();
        for journal in &issue.journals {
            // Who wrote what not everybody may read is nobody's business here.
            let by = journal.user.as_ref().filter(|_| !journal.private_notes).map(account);
            for state in journal.details.iter().filter(|d| of_field(d)).filter_map(state) {
                let by = by.as_ref().map_or_else(String::new, |by| by.name.clone());
                found.push(Deployment { state, at: journal.created_on, by, source: source.clone() });
            }
        }
        found.sort_by_key(|deployment| deployment.at);
        if let Some(state) = now
            && found.last().is_none_or(|last| last.state != state)
        {
            let at = if whole && found.is_empty() { issue.created_on } else { issue.updated_on };
            found.push(Deployment { state, at, by: String::new(), source });
        }
        let first = found.len().saturating_sub(MOST_DEPLOYMENTS);
        found.split_off(first)
    }

    fn account(&mut self, issue: &Issue, target: &Target) -> Option<Account> {
        let id = self.values(issue, target).into_iter().next()?;
        if !id.bytes().all(|b| b.is_ascii_digit()) {
            let why = "not an account; the remote field must hold a user".to_owned();
            self.problem(&target.to_string(), &id, why);
            return None;
        }
        let name = self.people.get(&id).cloned().unwrap_or_else(|| format!("account {id}"));
        Some(Account { id, name })
    }

    fn status(&mut self, issue: &Issue) -> Status {
        let category = self.mapping.statuses.get(&issue.status.id.to_string()).and_then(|rule| rule.category);
        if category.is_none() {
            let why = "the mapping does not say what this status means; choose a category".to_owned();
            self.problem("status", &issue.status.name, why);
        }
        Status { name: one_line(&issue.status.name), category }
    }

    fn window(&mut self, issue: &Issue) -> Option<Window> {
        let named = self.text(issue, &Target::WindowZone);
        let mut zone_name = named.clone();
        if named.is_empty() {
            zone_name = self
                .mapping
                .rule(&Target::WindowStart)
                .and_then(|rule| rule.zone.clone())
                .unwrap_or_else(|| self.mapping.zone.clone());
        } else if zone(&named).is_none() {
            self.problem(&Target::WindowZone.to_string(), &named, "not an IANA time zone such as Europe/Berlin".into());
            return None;
        }
        let zone = zone(&zone_name)?;
        let mut read = |target: &Target| {
            let text = self.text(issue, target);
            if text.is_empty() {
                return None;
            }
            instant(&text, zone).map_err(|why| self.problem(&target.to_string(), &text, why)).ok()
        };
        let (start, end) = (read(&Target::WindowStart)?, read(&Target::WindowEnd)?);
        if end < start {
            self.problem(&Target::WindowEnd.to_string(), &end.to_rfc3339(), "the window ends before it begins".into());
            return None;
        }
        Some(Window { start, end, zone: zone_name })
    }

    fn link(&mut self, own: u32, relation: &Relation, rows: &BTreeMap<u32, Issue>) -> LinkedIssue {
        let outgoing = relation.issue_id == own;
        let other = if outgoing { relation.issue_to_id } else { relation.issue_id };
        let word = if outgoing { relation.relation_type.as_str() } else { inverse(&relation.relation_type) };
        let Some(row) = rows.get(&other) else {
            return LinkedIssue {
                remote_id: other.to_string(),
                relation: word.to_owned(),
                title: String::new(),
                kind: None,
                severity: None,
                open: None,
            };
        };
        let rules = &self.mapping.links;
        let value = |field: &Option<crate::mapping::RemoteField>| {
            let id = field.as_ref()?.custom()?;
            row.custom_fields.iter().find(|f| f.id == id)?.texts().into_iter().next()
        };
        let flagged = value(&rules.security_flag).as_deref() == Some("1");
        let kind = rules.kinds.get(&row.tracker.id.to_string()).copied();
        let kind = if flagged && kind == Some(IssueKind::Bug) { Some(IssueKind::SecurityDefect) } else { kind };
        let word_of_severity = value(&rules.severity);
        let severity: Option<Severity> = word_of_severity.as_ref().and_then(|w| rules.severities.get(w).copied());
        if kind.is_none() {
            let why = "the mapping does not say what tickets of this tracker are".to_owned();
            self.problem("links.kind", &row.tracker.name, why);
        }
        if let (Some(word), None) = (&word_of_severity, severity) {
            let why = "the mapping has no severity for this value".to_owned();
            self.problem("links.severity", word, why);
        }
        LinkedIssue {
            remote_id: other.to_string(),
            relation: word.to_owned(),
            title: one_line(row.subject.as_deref().unwrap_or_default()),
            kind,
            severity,
            open: row.status.is_closed.map(|closed| !closed),
        }
    }

    fn attachment(&self, file: &WireAttachment) -> Attachment {
        let ours = file.author.as_ref().is_some_and(|a| a.id.to_string() == self.mapping.own_account);
        Attachment {
            remote_id: file.id.to_string(),
            name: base_name(&file.filename),
            size: u32::try_from(file.filesize).unwrap_or(u32::MAX),
            content_type: one_line(file.content_type.as_deref().unwrap_or_default()),
            sha256: None,
            own: ours && carries_marker(file.description.as_deref().unwrap_or_default()),
        }
    }

    fn journals(&self, journals: &[WireJournal]) -> Vec<Journal> {
        let mut read: Vec<Journal> = journals
            .iter()
            .map(|j| {
                let author =
                    j.user.as_ref().map_or_else(|| Account { id: String::new(), name: String::new() }, account);
                let notes = raw_text(j.notes.as_deref().unwrap_or_default(), self.mapping.text_format);
                Journal {
                    remote_id: j.id.to_string(),
                    own: author.id == self.mapping.own_account && carries_marker(&notes.text),
                    author,
                    at: j.created_on,
                    notes,
                    details: j.details.iter().map(detail).collect(),
                    private: j.private_notes,
                }
            })
            .collect();
        read.sort_by_key(|journal| (journal.at, number(&journal.remote_id)));
        read
    }
}

fn number(id: &str) -> u64 {
    id.parse().unwrap_or(u64::MAX)
}

fn account(named: &Named) -> Account {
    Account { id: named.id.to_string(), name: one_line(&named.name) }
}

fn detail(d: &JournalDetail) -> String {
    let text = |v: &Value| match v {
        Value::Null => "\u{2013}".to_owned(),
        Value::String(s) => cut(&one_line(s), 200),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => cut(&v.to_string(), 200),
    };
    let name = if d.property == "attr" { d.name.clone() } else { format!("{}:{}", d.property, d.name) };
    format!("{name}: {} \u{2192} {}", text(&d.old_value), text(&d.new_value))
}

fn standard_value(issue: &Issue, name: &str) -> Option<String> {
    let id = |named: &Option<Named>| named.as_ref().map(|n| n.id.to_string());
    let title = |named: &Option<Named>| named.as_ref().map(|n| n.name.clone());
    match name {
        "author" => id(&issue.author),
        "assigned_to" => id(&issue.assigned_to),
        "priority" => title(&issue.priority),
        "category" => title(&issue.category),
        "fixed_version" => title(&issue.fixed_version),
        "start_date" => issue.start_date.clone(),
        "due_date" => issue.due_date.clone(),
        _ => None,
    }
}

fn inverse(relation: &str) -> &str {
    match relation {
        "blocks" => "blocked",
        "precedes" => "follows",
        "duplicates" => "duplicated",
        "copied_to" => "copied_from",
        same => same,
    }
}

fn raw_text(text: &str, format: TextFormat) -> RawText {
    RawText { format, text: normal(text) }
}

/// Line ends as LF, and NFC.
pub fn normal(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").nfc().collect()
}

fn one_line(text: &str) -> String {
    normal(text).replace('\n', " ").trim().to_owned()
}

/// A name, never a path: what follows the last separator.
fn base_name(name: &str) -> String {
    let name = one_line(name);
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(255).collect();
    if matches!(clean.as_str(), "" | "." | "..") { "file".to_owned() } else { clean }
}

fn cut(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c29_a_file_name_is_never_a_path() {
        for (name, expected) in [
            ("../../etc/passwd", "passwd"),
            ("..\\..\\x.exe", "x.exe"),
            ("/", "file"),
            ("..", "file"),
            ("plan.pdf", "plan.pdf"),
            ("a\u{0}b\nc.txt", "ab c.txt"),
        ] {
            assert_eq!(base_name(name), expected);
        }
    }

    #[test]
    fn texts_are_kept_in_one_form() {
        assert_eq!(normal("a\r\nb\rc\u{65}\u{301}"), "a\nb\nc\u{e9}");
    }
}
