//! The words that settings may say, each list in the order of its type.

/// The words of `Role`.
pub const ROLES: &[&str] =
    &["chair", "cto", "technical_lead", "release_manager", "service_manager", "security", "board_member", "auditor"];

/// The words of `PlanSection`.
pub const SECTIONS: &[&str] = &[
    "approach",
    "prerequisites",
    "method",
    "configuration_items",
    "training",
    "roles",
    "backout",
    "testing",
    "communication",
    "timing",
    "risk_management",
    "documentation",
    "related_changes",
];

/// The words of `AskedFrom`; the first is what a policy says that leaves it out.
pub const ASKED_FROM: &[&str] = &["never", "low", "medium", "high", "critical"];

/// The words of `RiskLevel`.
pub const LEVELS: &[&str] = &["low", "medium", "high", "critical"];

/// The words of `RecoveryOf`.
pub const RECOVERY: &[&str] = &["standard", "normal", "emergency", "major", "minor", "patch"];

/// The words of `Attestation`, from the weakest to the strongest.
pub const ATTESTATIONS: &[&str] = &["recorded", "witnessed", "written", "confirmed", "signed"];

/// The words of `MaterialField`.
pub const MATERIAL: &[&str] = &[
    "title",
    "kind",
    "description",
    "reason",
    "affected_systems",
    "affected_applications",
    "affected_data",
    "version",
    "security_scan_status",
    "security_scan_results",
    "environment",
    "source_branch",
    "repository",
    "commit",
    "artifact_digest",
    "service",
    "deployment_method",
    "rollback_evidence",
    "incident",
    "window",
    "requester",
    "author",
    "deployer",
    "technical_lead",
    "release_manager",
    "plan",
    "linked_defects",
    "attachments",
];

/// The words of `Hardness`.
pub const HARDNESS: &[&str] = &["hard", "soft"];

/// The words of `ReleaseType`.
pub const RELEASES: &[&str] = &["major", "minor", "patch", "emergency"];

/// The words of `Route`.
pub const ROUTES: &[&str] = &["delegated", "board"];

/// The words of `Letter`.
pub const LETTERS: &[&str] = &["responsible", "accountable", "consulted", "informed"];

/// The words of `WeekDay`.
pub const DAYS: &[&str] = &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The words of `DepartmentField`.
pub const FIELDS: &[&str] = &["service", "affected_systems", "affected_applications", "affected_data", "environment"];

/// The words of `MinutesLanguage`; the first is what a policy says that leaves it out.
pub const LANGUAGES: &[&str] = &["en", "de"];

/// The words of `MinutesPaper`; the first is what a policy says that leaves it out.
pub const PAPERS: &[&str] = &["a4", "letter"];

/// The words of `MinutesApprovalRule`; the first is what a policy says that leaves it out.
pub const APPROVALS: &[&str] = &["at_once", "deadline", "next_meeting"];

/// The words of `Countersigner`.
pub const COUNTERSIGNERS: &[&str] = &[
    "secretary",
    "cto",
    "technical_lead",
    "release_manager",
    "service_manager",
    "security",
    "board_member",
    "auditor",
];
