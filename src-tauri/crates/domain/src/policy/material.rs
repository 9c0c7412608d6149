//! What a sign-off speaks for: the allow-list of material fields and their bytes (`decisions.md`,
//! *Material*). Never status, assignee, journals, updated time, the risk score, or anything
//! Cabinet wrote: the change must not go stale by being decided.
use std::collections::{BTreeMap, BTreeSet};

use chrono::SecondsFormat;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::change::{Account, ChangeKind, ChangeRequest, IssueKind, LinkedIssue, Severity, Window};
use crate::ids::Digest;

use super::Policy;

macro_rules! material_fields {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// A material field of a change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
        #[serde(rename_all = "snake_case")]
        pub enum MaterialField {
            $($(#[$doc])* $variant,)+
        }

        impl MaterialField {
            /// All of them, in the order of the change's form.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in the manifest and in the policy.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

material_fields! {
    /// One line.
    Title = "title",
    /// Standard, normal or emergency.
    Kind = "kind",
    /// R36.
    Description = "description",
    /// R37.
    Reason = "reason",
    /// R38.
    AffectedSystems = "affected_systems",
    /// R38.
    AffectedApplications = "affected_applications",
    /// R38.
    AffectedData = "affected_data",
    /// R39.
    Version = "version",
    /// R40.
    SecurityScanStatus = "security_scan_status",
    /// R40.
    SecurityScanResults = "security_scan_results",
    /// R41.
    Environment = "environment",
    /// R42.
    SourceBranch = "source_branch",
    /// R2.
    Repository = "repository",
    /// R2.
    Commit = "commit",
    /// R10.
    ArtifactDigest = "artifact_digest",
    /// What it is about.
    Service = "service",
    /// R3.
    DeploymentMethod = "deployment_method",
    /// R84.
    RollbackEvidence = "rollback_evidence",
    /// R49.
    Incident = "incident",
    /// R75: start, end and zone.
    Window = "window",
    /// Account id (R89).
    Requester = "requester",
    /// Account id (R89).
    Author = "author",
    /// Account id (R89).
    Deployer = "deployer",
    /// Account id (R31).
    TechnicalLead = "technical_lead",
    /// Account id (R15).
    ReleaseManager = "release_manager",
    /// Each of the thirteen sections (R17–R29).
    Plan = "plan",
    /// Defects the change is linked to, and links we cannot read (R32).
    LinkedDefects = "linked_defects",
    /// Files the plan named when the agenda was frozen.
    Attachments = "attachments",
}

impl Policy {
    /// The material content as (field, bytes), sorted by field: what the manifest digests. Equal
    /// content gives equal lists on every machine. `material_attachments` are the names the plan
    /// named at freeze; a file that Cabinet put on the ticket is never among them.
    #[must_use]
    pub fn material_fields(&self, change: &ChangeRequest, material_attachments: &[String]) -> Vec<(String, Vec<u8>)> {
        let mut fields = BTreeMap::new();
        for field in &self.material {
            put(*field, change, material_attachments, &mut fields);
        }
        fields.into_iter().collect()
    }
}

/// Adds one material field; an empty value is there as no bytes, so that filling it is a change.
fn put(field: MaterialField, change: &ChangeRequest, named: &[String], fields: &mut BTreeMap<String, Vec<u8>>) {
    use MaterialField as F;
    let mut text = |value: &str| {
        fields.insert(field.name().to_owned(), value.as_bytes().to_vec());
    };
    let account = |a: &Option<Account>| a.as_ref().map_or_else(String::new, |a| a.id.clone());
    match field {
        F::Title => text(&change.title),
        F::Kind => text(change.kind.map_or("", kind_word)),
        F::Description => text(&change.description.text),
        F::Reason => text(&change.reason),
        F::AffectedSystems => text(&change.affected_systems),
        F::AffectedApplications => text(&change.affected_applications),
        F::AffectedData => text(&change.affected_data),
        F::Version => text(&change.version),
        F::SecurityScanStatus => text(&change.security_scan_status),
        F::SecurityScanResults => text(&change.security_scan_results),
        F::Environment => text(&change.environment),
        F::SourceBranch => text(&change.source_branch),
        F::Repository => text(&change.repository),
        F::Commit => text(&change.commit),
        F::ArtifactDigest => text(&change.artifact_digest),
        F::Service => text(&change.service),
        F::DeploymentMethod => text(&change.deployment_method),
        F::RollbackEvidence => text(&change.rollback_evidence),
        F::Incident => text(&change.incident),
        F::Requester => text(&account(&change.requester)),
        F::Author => text(&account(&change.author)),
        F::Deployer => text(&account(&change.deployer)),
        F::TechnicalLead => text(&account(&change.technical_lead)),
        F::ReleaseManager => text(&account(&change.release_manager)),
        F::Window => put_window(change, fields),
        F::Plan => put_plan(change, fields),
        F::LinkedDefects => put_defects(change, fields),
        F::Attachments => put_attachments(change, named, fields),
    }
}

fn put_window(change: &ChangeRequest, fields: &mut BTreeMap<String, Vec<u8>>) {
    for (name, value) in window_fields(change.window.as_ref()) {
        fields.insert(name.to_owned(), value.into_bytes());
    }
}

/// The fields of a window with their values, as the manifest has them; empty where there is none.
#[must_use]
pub fn window_fields(window: Option<&Window>) -> [(&'static str, String); 3] {
    let time = |t: chrono::DateTime<chrono::Utc>| t.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    [
        ("window.start", window.map(|w| time(w.start)).unwrap_or_default()),
        ("window.end", window.map(|w| time(w.end)).unwrap_or_default()),
        ("window.zone", window.map(|w| w.zone.clone()).unwrap_or_default()),
    ]
}

fn put_plan(change: &ChangeRequest, fields: &mut BTreeMap<String, Vec<u8>>) {
    for section in crate::plan::PlanSection::ALL {
        let text = change.plan.get(&section).map_or("", |t| t.text.as_str());
        fields.insert(plan_field(section), text.as_bytes().to_vec());
    }
}

/// What a section of the plan is called in the manifest.
#[must_use]
pub fn plan_field(section: crate::plan::PlanSection) -> String {
    format!("plan.{}", section_name(section))
}

/// The section of the plan that is called so in the manifest.
#[must_use]
pub fn plan_section(field: &str) -> Option<crate::plan::PlanSection> {
    crate::plan::PlanSection::ALL.into_iter().find(|section| plan_field(*section) == field)
}

/// The section's name in the manifest, the same word as in JSON.
fn section_name(section: crate::plan::PlanSection) -> String {
    match serde_json::to_value(section) {
        Ok(serde_json::Value::String(name)) => name,
        Ok(_) | Err(_) => section.clause().to_owned(),
    }
}

/// A link counts when it is a defect, or when we cannot tell.
fn may_be_defect(issue: &LinkedIssue) -> bool {
    match issue.kind {
        None | Some(IssueKind::Bug | IssueKind::SecurityDefect) => true,
        Some(
            IssueKind::Feature | IssueKind::Change | IssueKind::Other | IssueKind::KnownError | IssueKind::Problem,
        ) => false,
    }
}

fn put_defects(change: &ChangeRequest, fields: &mut BTreeMap<String, Vec<u8>>) {
    // Keys stand in sorted order here, whatever serde_json's map does. One field per issue; should the remote list it twice with other words, both are in it.
    let mut by_id: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for issue in change.linked_issues.iter().filter(|i| may_be_defect(i)) {
        let facts = serde_json::json!({
            "id": issue.remote_id,
            "kind": issue.kind.map(issue_word),
            "open": issue.open,
            "severity": issue.severity.map(severity_word),
        });
        by_id.entry(&issue.remote_id).or_default().insert(facts.to_string());
    }
    for (id, facts) in by_id {
        let joined = facts.into_iter().collect::<Vec<_>>().join("\n");
        fields.insert(format!("defect.{id}"), joined.into_bytes());
    }
}

fn put_attachments(change: &ChangeRequest, named: &[String], fields: &mut BTreeMap<String, Vec<u8>>) {
    for name in named {
        let files: BTreeSet<String> = change
            .attachments
            .iter()
            .filter(|a| !a.own && a.name == *name)
            .map(|a| serde_json::json!({"name": a.name, "sha256": a.sha256, "size": a.size}).to_string())
            .collect();
        // A file that has gone leaves an empty value: its absence is a change too.
        let joined = files.into_iter().collect::<Vec<_>>().join("\n");
        fields.insert(format!("attachment.{name}"), joined.into_bytes());
    }
}

/// The files that the value of an `attachment.<name>` tells of: their names, and the digests of their content.
#[must_use]
pub fn attached(value: &[u8]) -> Vec<(String, Digest)> {
    #[derive(Deserialize)]
    struct File {
        name: String,
        sha256: Option<Digest>,
    }
    let lines = std::str::from_utf8(value).unwrap_or_default().lines();
    let files = lines.filter_map(|line| serde_json::from_str::<File>(line).ok());
    files.filter_map(|file| Some((file.name, file.sha256?))).collect()
}

/// The names of attachments that the plan or the rollback evidence mentions: material from the freeze
/// on. Files that Cabinet put on the ticket are never material. Sorted, each once.
#[must_use]
pub fn attachments_named_in_plan(change: &ChangeRequest) -> Vec<String> {
    let texts: Vec<&str> =
        change.plan.values().map(|t| t.text.as_str()).chain([change.rollback_evidence.as_str()]).collect();
    let names: BTreeSet<&str> = change
        .attachments
        .iter()
        .filter(|a| !a.own && !a.name.trim().is_empty())
        .map(|a| a.name.as_str())
        .filter(|name| texts.iter().any(|t| mentions(t, name)))
        .collect();
    names.into_iter().map(str::to_owned).collect()
}

/// Whether the text has the name as a word of its own: `a.sql` is not mentioned by `data.sql`.
fn mentions(text: &str, name: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    text.match_indices(name).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let mut after = text[at + found.len()..].chars();
        let next = after.next();
        // A full stop ends a sentence unless an extension follows.
        let goes_on =
            next.is_some_and(part_of_name) || (next == Some('.') && after.next().is_some_and(char::is_alphanumeric));
        !before.is_some_and(|c| part_of_name(c) || c == '.') && !goes_on
    })
}

/// The kind of a change as its material field says it; `None` where that says none.
#[must_use]
pub fn kind_named(text: &str) -> Option<ChangeKind> {
    [ChangeKind::Standard, ChangeKind::Normal, ChangeKind::Emergency].into_iter().find(|kind| kind_word(*kind) == text)
}

fn kind_word(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Standard => "standard",
        ChangeKind::Normal => "normal",
        ChangeKind::Emergency => "emergency",
    }
}

fn issue_word(kind: IssueKind) -> &'static str {
    match kind {
        IssueKind::Feature => "feature",
        IssueKind::Bug => "bug",
        IssueKind::SecurityDefect => "security_defect",
        IssueKind::Change => "change",
        IssueKind::Other => "other",
        IssueKind::KnownError => "known_error",
        IssueKind::Problem => "problem",
    }
}

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}
