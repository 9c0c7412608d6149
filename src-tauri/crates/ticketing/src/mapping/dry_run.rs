//! What a mapping makes of real changes, before it is adopted.
use std::collections::BTreeMap;

use domain::change::{ChangeRequest, MappingProblem};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Mapping, Target};

/// The outcome over a sample of real changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DryRun {
    /// Per change.
    pub changes: Vec<DryRunChange>,
    /// Per field of ours, mapped or not.
    pub fields: Vec<DryRunField>,
    /// Values that no rule covers, most frequent first.
    pub failed: Vec<FailedValue>,
}

/// One change of the sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DryRunChange {
    /// `CHG-17`.
    pub key: String,
    /// One line.
    pub title: String,
    /// What could not be read.
    pub problems: Vec<MappingProblem>,
}

/// One field over the sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DryRunField {
    /// Our field's word.
    pub field: String,
    /// The remote field's name; `None` when unmapped.
    pub from: Option<String>,
    /// Changes with a value.
    pub filled: u32,
    /// Changes without one.
    pub empty: u32,
    /// Changes whose value could not be read.
    pub failed: u32,
    /// A value as an example, cut to 80 characters.
    pub example: String,
}

/// A value that failed, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FailedValue {
    /// Our field's word.
    pub field: String,
    /// The remote's value.
    pub value: String,
    /// What is wrong and how to mend it.
    pub why: String,
    /// In how many changes.
    pub count: u32,
}

/// Sums up mapped changes.
#[must_use]
pub fn summarise(mapping: &Mapping, changes: &[ChangeRequest]) -> DryRun {
    let mut failed: BTreeMap<(String, String, String), u32> = BTreeMap::new();
    for problem in changes.iter().flat_map(|c| &c.mapping_problems) {
        *failed.entry((problem.field.clone(), problem.value.clone(), problem.why.clone())).or_default() += 1;
    }
    let mut failed: Vec<FailedValue> =
        failed.into_iter().map(|((field, value, why), count)| FailedValue { field, value, why, count }).collect();
    failed.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| (&a.field, &a.value).cmp(&(&b.field, &b.value))));
    let targets = Target::PLAIN
        .iter()
        .cloned()
        .chain(domain::plan::PlanSection::ALL.into_iter().map(Target::Plan))
        .chain(mapping.fields.keys().filter_map(|k| Target::parse(k)).filter(|t| matches!(t, Target::Risk(_))));
    let fields = targets.map(|target| field(mapping, changes, &target)).collect();
    let changes = changes
        .iter()
        .map(|c| DryRunChange { key: c.key.to_string(), title: c.title.clone(), problems: c.mapping_problems.clone() })
        .collect();
    DryRun { changes, fields, failed }
}

fn field(mapping: &Mapping, changes: &[ChangeRequest], target: &Target) -> DryRunField {
    let word = target.to_string();
    let (mut filled, mut empty, mut failed, mut example) = (0, 0, 0, String::new());
    for change in changes {
        if change.mapping_problems.iter().any(|p| p.field == word) {
            failed += 1;
        } else {
            let value = value_of(change, target);
            if value.is_empty() {
                empty += 1;
            } else {
                filled += 1;
                if example.is_empty() {
                    example = value.chars().take(80).collect();
                }
            }
        }
    }
    DryRunField { from: mapping.rule(target).map(|r| r.from.name.clone()), field: word, filled, empty, failed, example }
}

fn value_of(c: &ChangeRequest, target: &Target) -> String {
    let account = |a: &Option<domain::change::Account>| a.as_ref().map(|a| a.name.clone()).unwrap_or_default();
    match target {
        Target::Kind => c.kind.map(|k| format!("{k:?}")).unwrap_or_default(),
        Target::Requester => account(&c.requester),
        Target::Deployer => account(&c.deployer),
        Target::TechnicalLead => account(&c.technical_lead),
        Target::ReleaseManager => account(&c.release_manager),
        Target::Reason => c.reason.clone(),
        Target::AffectedSystems => c.affected_systems.clone(),
        Target::AffectedApplications => c.affected_applications.clone(),
        Target::AffectedData => c.affected_data.clone(),
        Target::Version => c.version.clone(),
        Target::Release => c.release.clone(),
        Target::Milestone => c.milestone.clone(),
        Target::SecurityScanStatus => c.security_scan_status.clone(),
        Target::SecurityScanResults => c.security_scan_results.clone(),
        Target::Environment => c.environment.clone(),
        Target::SourceBranch => c.source_branch.clone(),
        Target::Repository => c.repository.clone(),
        Target::Commit => c.commit.clone(),
        Target::ArtifactDigest => c.artifact_digest.clone(),
        Target::Service => c.service.clone(),
        Target::DeploymentMethod => c.deployment_method.clone(),
        Target::RollbackEvidence => c.rollback_evidence.clone(),
        Target::Incident => c.incident.clone(),
        Target::WindowStart => c.window.as_ref().map(|w| w.start.to_rfc3339()).unwrap_or_default(),
        Target::WindowEnd => c.window.as_ref().map(|w| w.end.to_rfc3339()).unwrap_or_default(),
        Target::WindowZone => c.window.as_ref().map(|w| w.zone.clone()).unwrap_or_default(),
        Target::Team => c.team.clone(),
        Target::DependsOn => c.depends_on.clone(),
        Target::Deployment => c.deployments.last().map(|d| d.state.words().to_owned()).unwrap_or_default(),
        Target::Plan(section) => c.plan.get(section).map(|t| t.text.clone()).unwrap_or_default(),
        Target::Risk(question) => c.risk_answers.get(question).cloned().unwrap_or_default(),
    }
}
