//! Our fields that a remote field can fill.
use std::fmt;

use domain::plan::PlanSection;
use serde::{Deserialize, Serialize};
use specta::Type;

/// How a remote value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ValueKind {
    /// A line or text without markup; several values are joined by a comma.
    Text,
    /// A text in the server's markup.
    Markup,
    /// A word from a list, through the rule's table.
    Word,
    /// A person's account.
    Account,
    /// An instant.
    Instant,
    /// An IANA time zone.
    Zone,
}

macro_rules! targets {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $kind:ident;)*) => {
        /// One of our fields. In JSON its word: `reason`, `plan.backout`, `risk.I1`.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Target {
            $($(#[$doc])* $variant,)*
            /// A section of the plan (R17–R29).
            Plan(PlanSection),
            /// An answer to a question of the risk model.
            Risk(String),
        }

        impl Target {
            /// All fields but the plan's and the risk's.
            pub const PLAIN: &'static [Self] = &[$(Self::$variant,)*];

            /// How a value for it is read.
            #[must_use]
            pub fn kind(&self) -> ValueKind {
                match self {
                    $(Self::$variant => ValueKind::$kind,)*
                    Self::Plan(_) => ValueKind::Markup,
                    Self::Risk(_) => ValueKind::Word,
                }
            }

            /// The field with this word.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    other => Self::parse_prefixed(other),
                }
            }
        }

        impl fmt::Display for Target {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$variant => f.write_str($word),)*
                    Self::Plan(section) => write!(f, "plan.{}", section_word(*section)),
                    Self::Risk(question) => write!(f, "risk.{question}"),
                }
            }
        }
    };
}

targets! {
    /// Standard, normal, emergency.
    Kind = "kind", Word;
    /// Who asked for it; the ticket's author unless mapped.
    Requester = "requester", Account;
    /// R89.
    Deployer = "deployer", Account;
    /// R31.
    TechnicalLead = "technical_lead", Account;
    /// R15.
    ReleaseManager = "release_manager", Account;
    /// R37.
    Reason = "reason", Text;
    /// R38.
    AffectedSystems = "affected_systems", Text;
    /// R38.
    AffectedApplications = "affected_applications", Text;
    /// R38.
    AffectedData = "affected_data", Text;
    /// R39.
    Version = "version", Text;
    /// R119: the ticketing system's target version.
    Release = "release", Text;
    /// R108.
    Milestone = "milestone", Text;
    /// R40.
    SecurityScanStatus = "security_scan_status", Text;
    /// R40.
    SecurityScanResults = "security_scan_results", Text;
    /// R41.
    Environment = "environment", Text;
    /// R42.
    SourceBranch = "source_branch", Text;
    /// R2.
    Repository = "repository", Text;
    /// R2.
    Commit = "commit", Text;
    /// The artifact's digest.
    ArtifactDigest = "artifact_digest", Text;
    /// The service.
    Service = "service", Text;
    /// R3.
    DeploymentMethod = "deployment_method", Text;
    /// R84.
    RollbackEvidence = "rollback_evidence", Text;
    /// R49.
    Incident = "incident", Text;
    /// R75.
    WindowStart = "window_start", Instant;
    /// R75.
    WindowEnd = "window_end", Instant;
    /// R75.
    WindowZone = "window_zone", Zone;
    /// R74: the team.
    Team = "team", Text;
    /// R74: the services on which the change's own depends.
    DependsOn = "depends_on", Text;
    /// R78: where the deployment stands.
    Deployment = "deployment", Word;
}

impl Target {
    fn parse_prefixed(word: &str) -> Option<Self> {
        if let Some(section) = word.strip_prefix("plan.") {
            return PlanSection::ALL.into_iter().find(|s| section_word(*s) == section).map(Self::Plan);
        }
        let question = word.strip_prefix("risk.")?;
        let well_formed = (1..=20).contains(&question.len()) && question.bytes().all(|b| b.is_ascii_alphanumeric());
        well_formed.then(|| Self::Risk(question.to_owned()))
    }

    /// Whether `word` is a value this field can take.
    #[must_use]
    pub fn accepts(&self, word: &str) -> bool {
        if *self == Self::Deployment {
            return domain::change::DeploymentState::parse(word).is_some();
        }
        if *self == Self::Kind { kind_of(word).is_some() } else { !word.is_empty() }
    }
}

/// The change kind with this word.
pub(crate) fn kind_of(word: &str) -> Option<domain::change::ChangeKind> {
    use domain::change::ChangeKind;
    match word {
        "standard" => Some(ChangeKind::Standard),
        "normal" => Some(ChangeKind::Normal),
        "emergency" => Some(ChangeKind::Emergency),
        _ => None,
    }
}

/// The word of a plan section in mappings.
fn section_word(section: PlanSection) -> &'static str {
    match section {
        PlanSection::Approach => "approach",
        PlanSection::Prerequisites => "prerequisites",
        PlanSection::Method => "method",
        PlanSection::ConfigurationItems => "configuration_items",
        PlanSection::Training => "training",
        PlanSection::Roles => "roles",
        PlanSection::Backout => "backout",
        PlanSection::Testing => "testing",
        PlanSection::Communication => "communication",
        PlanSection::Timing => "timing",
        PlanSection::RiskManagement => "risk_management",
        PlanSection::Documentation => "documentation",
        PlanSection::RelatedChanges => "related_changes",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_found_again_by_its_word() {
        let plans = PlanSection::ALL.into_iter().map(Target::Plan);
        for target in Target::PLAIN.iter().cloned().chain(plans).chain([Target::Risk("I1".into())]) {
            assert_eq!(Target::parse(&target.to_string()), Some(target));
        }
        for word in ["", "nothing", "plan.", "plan.x", "risk.", "risk.a b", "Kind"] {
            assert_eq!(Target::parse(word), None, "{word:?}");
        }
    }
}
