//! A change request as synced from a ticketing system: its content belongs to the remote.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::ids::{ChangeKey, ConnectionId, Digest};
use crate::plan::PlanSection;

/// Standard, normal or emergency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Pre-approved and routine.
    Standard,
    /// Goes through the board.
    Normal,
    /// Corrects an error in the current release with major business impact (R49).
    Emergency,
}

/// Where the remote's status stands, in our words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum StatusCategory {
    /// Being written.
    Draft,
    /// Waits for assessment or decision.
    Awaiting,
    /// Decided in favour, not yet done.
    Approved,
    /// Being deployed.
    Implementing,
    /// Done, rejected or cancelled.
    Closed,
}

/// The remote's status, word for word, and our category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Status {
    /// As the remote names it.
    pub name: String,
    /// As mapped; `None` when the mapping does not know the name.
    pub category: Option<StatusCategory>,
}

/// A person's account in the ticketing system. Identity for the segregation of duties (R89).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
pub struct Account {
    /// The remote's stable id of the account.
    pub id: String,
    /// The name the remote shows.
    pub name: String,
}

/// The markup in which a text arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TextFormat {
    /// No markup.
    Plain,
    /// Textile, Redmine's default.
    Textile,
    /// CommonMark.
    Markdown,
}

/// A text as it was synced, never converted (`ticketing.md`, *Text*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RawText {
    /// The markup.
    pub format: TextFormat,
    /// The text with line ends as LF and in NFC.
    pub text: String,
}

impl RawText {
    /// Whether nothing but white space is there.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// The implementation window (R75).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Window {
    /// First instant.
    #[specta(type = String)]
    pub start: DateTime<Utc>,
    /// Last instant.
    #[specta(type = String)]
    pub end: DateTime<Utc>,
    /// IANA zone in which it was planned, for example `Europe/Berlin`.
    pub zone: String,
}

/// What a related ticket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum IssueKind {
    /// A feature or enhancement.
    Feature,
    /// A defect.
    Bug,
    /// A security defect.
    SecurityDefect,
    /// Another change request.
    Change,
    /// Anything else.
    Other,
    /// A problem whose cause is known, with a way around it (R29).
    KnownError,
    /// The cause of incidents, not yet found or not yet removed (R29).
    Problem,
}

impl IssueKind {
    /// The words people read.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Feature => "feature",
            Self::Bug => "defect",
            Self::SecurityDefect => "security defect",
            Self::Change => "change",
            Self::Other => "other",
            Self::KnownError => "known error",
            Self::Problem => "problem",
        }
    }
}

/// How bad a defect is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Cosmetic or small.
    Low,
    /// Limits use.
    Medium,
    /// Stops an important use, or is exploitable with effort.
    High,
    /// Stops the business, or is exploitable.
    Critical,
}

/// A ticket that the change is linked to (R5, R32).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LinkedIssue {
    /// The remote's id.
    pub remote_id: String,
    /// `relates`, `blocks`, `precedes` … as the remote says.
    pub relation: String,
    /// Its title; empty when we may not read it.
    pub title: String,
    /// What it is; `None` when we could not read it.
    pub kind: Option<IssueKind>,
    /// For defects; `None` when not stated.
    pub severity: Option<Severity>,
    /// Whether it is still open; `None` when we could not read it.
    pub open: Option<bool>,
}

/// A file on the ticket. Metadata at once, content on demand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Attachment {
    /// The remote's id.
    pub remote_id: String,
    /// As the remote names it; never a path.
    pub name: String,
    /// Bytes.
    pub size: u32,
    /// As the remote says.
    pub content_type: String,
    /// Of the content, once it was downloaded.
    #[specta(type = Option<String>)]
    pub sha256: Option<Digest>,
    /// Whether Cabinet itself put it there: then it is never material.
    pub own: bool,
}

/// A comment or a change of fields in the ticket's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Journal {
    /// The remote's id.
    pub remote_id: String,
    /// Who.
    pub author: Account,
    /// When, as the remote says.
    #[specta(type = String)]
    pub at: DateTime<Utc>,
    /// The comment; blank when only fields changed.
    pub notes: RawText,
    /// `field: old → new`, in the remote's words.
    pub details: Vec<String>,
    /// Not visible to everyone on the remote; never leaves the application.
    pub private: bool,
    /// Whether Cabinet wrote it (it carries our marker).
    pub own: bool,
}

/// Whether a text carries a marker of Cabinet's, `CAB-<8 hex digits>`: then Cabinet wrote it, or somebody quotes it.
#[must_use]
pub fn carries_marker(text: &str) -> bool {
    text.match_indices("CAB-").any(|(at, _)| {
        let rest = &text.as_bytes()[at + 4..];
        let digits = rest.iter().take_while(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b)).count();
        digits == 8 && !rest.get(8).is_some_and(u8::is_ascii_alphanumeric)
    })
}

/// Where a deployment stands, as the mapping reads the ticket (R78).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DeploymentState {
    /// It began.
    Started,
    /// It is done, as planned.
    Finished,
    /// It failed.
    Failed,
    /// It was taken back.
    RolledBack,
}

impl DeploymentState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Started, Self::Finished, Self::Failed, Self::RolledBack];

    /// Its word in mappings.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::RolledBack => "rolled_back",
        }
    }

    /// The words people read.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::RolledBack => "rolled back",
        }
    }

    /// The state with this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether what is repeated must not go on after it.
    #[must_use]
    pub fn went_wrong(self) -> bool {
        match self {
            Self::Failed | Self::RolledBack => true,
            Self::Started | Self::Finished => false,
        }
    }
}

/// An event of a deployment that a ticket tells of (R78).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Deployment {
    /// What happened.
    pub state: DeploymentState,
    /// When the ticket was changed to say so.
    #[specta(type = String)]
    pub at: DateTime<Utc>,
    /// Who changed it; empty where the ticket does not say.
    pub by: String,
    /// The remote field that says so.
    pub source: String,
}

/// A value that the mapping could not read: shown, never guessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MappingProblem {
    /// Our field.
    pub field: String,
    /// The remote's value, cut to 200 characters.
    pub value: String,
    /// What is wrong and how to mend it.
    pub why: String,
}

/// Where a change is from that came with evidence: from no ticketing system.
pub const FROM_EVIDENCE: ConnectionId = ConnectionId(Uuid::nil());

/// The change request. Every field but the keys may be missing: gates judge that, not the sync.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChangeRequest {
    /// The key for people, unique on the board (R1).
    pub key: ChangeKey,
    /// Where it came from.
    pub connection: ConnectionId,
    /// The remote's stable id.
    pub remote_id: String,
    /// Where people find it.
    pub url: String,
    /// One line.
    pub title: String,
    /// Standard, normal, emergency; `None` when missing or unmapped.
    pub kind: Option<ChangeKind>,
    /// The remote's status.
    pub status: Status,
    /// Who asked for it.
    pub requester: Option<Account>,
    /// Who wrote the ticket.
    pub author: Option<Account>,
    /// Who works on it.
    pub assignee: Option<Account>,
    /// Who will deploy it (R89).
    pub deployer: Option<Account>,
    /// The project's Technical Development Lead (R31).
    pub technical_lead: Option<Account>,
    /// Who owns the plan (R15).
    pub release_manager: Option<Account>,
    /// R36.
    pub description: RawText,
    /// R37.
    pub reason: String,
    /// R38: systems.
    pub affected_systems: String,
    /// R38: applications.
    pub affected_applications: String,
    /// R38: data.
    pub affected_data: String,
    /// R39: code, image or deployment version.
    pub version: String,
    /// R119: the release it belongs to, by the name that the ticketing system gives it; empty: to none.
    #[serde(default)]
    pub release: String,
    /// R108: the milestone of the roadmap.
    #[serde(default)]
    pub milestone: String,
    /// R40: passed, failed, waived … as the ticket says.
    pub security_scan_status: String,
    /// R40: findings or a link.
    pub security_scan_results: String,
    /// R41.
    pub environment: String,
    /// R42: the branch that is promoted.
    pub source_branch: String,
    /// R2.
    pub repository: String,
    /// R2.
    pub commit: String,
    /// Digest of the artifact, `sha256:…`.
    pub artifact_digest: String,
    /// Service this is about.
    pub service: String,
    /// R3, R19: names the pipeline or job.
    pub deployment_method: String,
    /// R84: evidence of a successful rollback test.
    pub rollback_evidence: String,
    /// R49: for emergencies.
    pub incident: String,
    /// R75.
    pub window: Option<Window>,
    /// R17–R29; a section the ticket does not carry is absent.
    pub plan: BTreeMap<PlanSection, RawText>,
    /// Risk answers that the ticket carries: question id → the answer's word.
    pub risk_answers: BTreeMap<String, String>,
    /// R5, R32.
    pub linked_issues: Vec<LinkedIssue>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Comments and history, oldest first.
    pub journals: Vec<Journal>,
    /// Whether journals, relations and attachments have arrived, or only the list's row.
    pub details_synced: bool,
    /// When the remote says it was created.
    #[specta(type = String)]
    pub created: DateTime<Utc>,
    /// When the remote says it was last updated.
    #[specta(type = String)]
    pub updated: DateTime<Utc>,
    /// What the mapping could not read.
    pub mapping_problems: Vec<MappingProblem>,
    /// The team, where the ticket says so; blank: the policy may know it (R74).
    #[serde(default)]
    pub team: String,
    /// Services on which the change's own depends, where the ticket says so, with commas between them (R74).
    #[serde(default)]
    pub depends_on: String,
    /// What the ticket tells of deployments, oldest first (R78).
    #[serde(default)]
    pub deployments: Vec<Deployment>,
    /// Who committed its code (R89): accounts and mail addresses in git that the roster knows, sorted. No ticket says it: it
    /// comes from the merge requests beside it each time the change is read, and is kept nowhere.
    #[serde(skip)]
    pub committers: Vec<String>,
    /// How many other accounts and mail addresses committed it, by the merge requests beside it; nobody on the roster
    /// has them (R89). `None` where no merge request at hand brings its commits. It comes and goes as `committers` does.
    #[serde(skip)]
    pub unknown_committers: Option<u32>,
}

impl ChangeRequest {
    /// Whether it was made again from what was signed, and no ticket was read: what it lacks is not known, and not empty.
    #[must_use]
    pub fn is_from_evidence(&self) -> bool {
        self.connection == FROM_EVIDENCE
    }

    /// A ticket of which nothing is known but its key and where it came from: what a test does not speak of.
    #[must_use]
    pub fn bare(key: ChangeKey, connection: ConnectionId) -> Self {
        Self {
            key,
            connection,
            remote_id: String::new(),
            url: String::new(),
            title: String::new(),
            kind: None,
            status: Status { name: String::new(), category: None },
            requester: None,
            author: None,
            assignee: None,
            deployer: None,
            technical_lead: None,
            release_manager: None,
            description: RawText { format: TextFormat::Plain, text: String::new() },
            reason: String::new(),
            affected_systems: String::new(),
            affected_applications: String::new(),
            affected_data: String::new(),
            version: String::new(),
            release: String::new(),
            milestone: String::new(),
            security_scan_status: String::new(),
            security_scan_results: String::new(),
            environment: String::new(),
            source_branch: String::new(),
            repository: String::new(),
            commit: String::new(),
            artifact_digest: String::new(),
            service: String::new(),
            deployment_method: String::new(),
            rollback_evidence: String::new(),
            incident: String::new(),
            window: None,
            plan: BTreeMap::new(),
            risk_answers: BTreeMap::new(),
            linked_issues: Vec::new(),
            attachments: Vec::new(),
            journals: Vec::new(),
            details_synced: false,
            created: DateTime::UNIX_EPOCH,
            updated: DateTime::UNIX_EPOCH,
            mapping_problems: Vec::new(),
            team: String::new(),
            depends_on: String::new(),
            deployments: Vec::new(),
            committers: Vec::new(),
            unknown_committers: None,
        }
    }
}
