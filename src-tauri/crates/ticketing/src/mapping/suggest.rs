//! A first mapping from the server's own words, for a person to confirm.
use std::collections::BTreeMap;

use domain::change::{DeploymentState, IssueKind, Severity, StatusCategory, TextFormat};
use domain::plan::PlanSection;
use domain::risk::{answer_by_words, points_100};

use super::schema::{FieldSeen, NamedId, Schema};
use super::target::{Target, kind_of};
use super::{DecisionRule, Direction, FieldRule, LinkRules, MAPPING_FORMAT, Mapping, RemoteField, Scope, StatusRule};
use crate::errors::TicketingError;

/// Proposes a mapping. Words that are not recognised stay unmapped: they show up in the dry run, nobody guesses.
///
/// # Errors
/// [`TicketingError::Mapping`] when the project has no tracker at all.
pub fn suggest(schema: &Schema, zone: &str) -> Result<Mapping, TicketingError> {
    let tracker = schema
        .trackers
        .iter()
        .find(|t| fold(&t.name).contains("change"))
        .or_else(|| schema.trackers.first())
        .ok_or_else(|| TicketingError::Mapping {
            why: format!("the project {} has no tracker", schema.project.name),
        })?;
    let carried: Vec<&FieldSeen> =
        schema.fields.iter().filter(|f| f.trackers.is_empty() || f.trackers.contains(&tracker.name)).collect();
    let mut fields = BTreeMap::new();
    for target in Target::PLAIN {
        if let Some(field) = names_of(target).iter().find_map(|name| carried.iter().find(|f| fold(&f.name) == *name)) {
            fields.insert(target.to_string(), rule(target, field));
        }
    }
    for section in PlanSection::ALL {
        let target = Target::Plan(section);
        if let Some(field) = section_field(section, &carried) {
            fields.insert(target.to_string(), rule(&target, field));
        }
    }
    let model = points_100();
    for question in &model.questions {
        let target = Target::Risk(question.id.clone());
        let names = risk_names(&question.id);
        let named = |f: &&&FieldSeen| {
            let name = fold(&f.name);
            name == fold(&format!("risk {}", question.id)) || names.contains(&name.as_str())
        };
        if let Some(field) = carried.iter().find(named) {
            let mut found = rule(&target, field);
            found.values = field
                .values
                .iter()
                .filter_map(|word| Some((word.clone(), answer_by_words(question, word)?.id.clone())))
                .collect();
            fields.insert(target.to_string(), found);
        }
    }
    Ok(Mapping {
        format: MAPPING_FORMAT,
        system: schema.system,
        scope: Scope {
            project: schema.project.identifier.clone(),
            project_id: schema.project.id,
            tracker_id: tracker.id.parse().unwrap_or(0),
            tracker: tracker.name.clone(),
        },
        own_account: schema.account.id.clone(),
        text_format: TextFormat::Textile,
        zone: zone.to_owned(),
        fields,
        statuses: statuses(schema),
        links: links(schema),
        decisions: decisions(schema),
        decision_field: by_name(schema, &["cabdecision", "decision", "boarddecision"]),
        reference_field: by_name(schema, &["cabreference", "boardreference"]),
    })
}

/// Letters and digits in lower case.
fn fold(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn rule(target: &Target, field: &FieldSeen) -> FieldRule {
    let mut values = BTreeMap::new();
    if *target == Target::Kind {
        for word in &field.values {
            let folded = fold(word);
            let ours = folded.strip_suffix("change").unwrap_or(&folded);
            if kind_of(ours).is_some() {
                values.insert(word.clone(), ours.to_owned());
            }
        }
    }
    if *target == Target::Deployment {
        let named = |word: &String| DeploymentState::ALL.into_iter().find(|state| fold(state.words()) == fold(word));
        let found = field.values.iter().filter_map(|word| Some((word.clone(), named(word)?.word().to_owned())));
        values.extend(found);
    }
    FieldRule {
        from: RemoteField { id: field.id.clone(), name: field.name.clone() },
        kind: target.kind(),
        values,
        zone: None,
        required: false,
        direction: Direction::Pull,
    }
}

fn by_name(schema: &Schema, names: &[&str]) -> Option<RemoteField> {
    names
        .iter()
        .find_map(|name| schema.fields.iter().find(|f| fold(&f.name) == *name))
        .map(|f| RemoteField { id: f.id.clone(), name: f.name.clone() })
}

/// Names, folded, under which organisations keep our fields; the first that exists is taken.
fn names_of(target: &Target) -> &'static [&'static str] {
    match target {
        Target::Kind => &["changekind", "changetype", "typeofchange", "kindofchange"],
        Target::Requester => &["requesteraccount", "requester", "requestedby"],
        Target::Deployer => &["deployer", "deployeraccount", "implementer", "implementedby"],
        Target::TechnicalLead => &["technicaldevelopmentlead", "technicallead", "tdl"],
        Target::ReleaseManager => &["releasemanager"],
        Target::Reason => &["changereason", "reasonforchange", "reason", "justification"],
        Target::AffectedSystems => &["affectedsystems", "systems"],
        Target::AffectedApplications => &["affectedapplications", "applications"],
        Target::AffectedData => &["affecteddata", "data"],
        Target::Version => &["version", "releaseversion", "codeversion"],
        Target::Release => &["release", "targetversion", "fixversion"],
        Target::Milestone => &["roadmapmilestone", "milestone"],
        Target::SecurityScanStatus => &["securityscanstatus", "securityscan"],
        Target::SecurityScanResults => &["securityscanresults", "securityscanreport"],
        Target::Environment => &["environment", "productionenvironment", "targetenvironment"],
        Target::SourceBranch => &["sourcebranch", "branch", "ref", "branchref"],
        Target::Repository => &["repository", "repo"],
        Target::Commit => &["commit", "commitid", "revision"],
        Target::ArtifactDigest => &["artifactdigest", "imagedigest", "digest"],
        Target::Service => &["affectedservice", "service", "businessservice"],
        Target::DeploymentMethod => &["deploymentmethod", "deploymentpipeline", "pipeline", "deploymentjob"],
        Target::RollbackEvidence => &["rollbackevidence", "rollbacktest"],
        Target::Incident => &["incident", "incidentlink"],
        Target::WindowStart => &["plannedstart", "windowstart", "implementationstart", "startofwindow"],
        Target::WindowEnd => &["plannedend", "windowend", "implementationend", "endofwindow"],
        Target::WindowZone => &["timezone", "zone", "windowzone"],
        Target::Team => &["team", "supportteam", "assignmentgroup"],
        Target::DependsOn => &["dependson", "dependencies", "upstreamservices"],
        Target::Deployment => &["deploymentstate", "deploymentstatus", "rolloutstate", "rolloutstatus"],
        Target::Plan(_) | Target::Risk(_) => &[],
    }
}

fn section_field<'f>(section: PlanSection, fields: &[&'f FieldSeen]) -> Option<&'f FieldSeen> {
    let title = fold(section.title());
    let also: &[&str] = match section {
        PlanSection::Method => &["method"],
        PlanSection::Roles => &["roles"],
        PlanSection::Backout => &["backout", "rollbackplan"],
        PlanSection::Testing => &["testplan", "tests"],
        PlanSection::Timing => &["timing", "timescales"],
        PlanSection::RelatedChanges => &["relatedchanges"],
        PlanSection::Communication => &["communicationplan", "communications"],
        PlanSection::Approach
        | PlanSection::Prerequisites
        | PlanSection::ConfigurationItems
        | PlanSection::Training
        | PlanSection::RiskManagement
        | PlanSection::Documentation => &[],
    };
    let wanted = |name: &str| name == title || also.contains(&name);
    fields
        .iter()
        .find(|f| {
            let name = fold(&f.name);
            ["plan", "deploymentplan"].iter().any(|p| name.strip_prefix(p).is_some_and(&wanted))
        })
        .or_else(|| fields.iter().find(|f| wanted(&fold(&f.name))))
        .copied()
}

fn risk_names(question: &str) -> &'static [&'static str] {
    match question {
        "I1" => &["servicecriticality", "criticality"],
        "I2" => &["whoishurt", "usersaffected"],
        "I3" => &["dataexposure", "dataclassification"],
        "I4" => &["plannedoutage", "outage"],
        "B1" => &["rollback"],
        "B3" => &["schemachange"],
        "E2" => &["rollout"],
        _ => &[],
    }
}

fn statuses(schema: &Schema) -> BTreeMap<String, StatusRule> {
    let category = |name: &str, closed: bool| match fold(name).as_str() {
        _ if closed => Some(StatusCategory::Closed),
        "new" | "draft" => Some(StatusCategory::Draft),
        "assess" | "assessment" | "authorize" | "authorise" | "submitted" | "review" | "awaitingapproval" => {
            Some(StatusCategory::Awaiting)
        }
        "approved" | "scheduled" => Some(StatusCategory::Approved),
        "implement" | "implementing" | "implementation" | "deploying" => Some(StatusCategory::Implementing),
        _ => None,
    };
    schema
        .statuses
        .iter()
        .map(|s| (s.id.clone(), StatusRule { name: s.name.clone(), category: category(&s.name, s.closed) }))
        .collect()
}

/// What tickets of a tracker of this name are.
fn link_kind(tracker: &str) -> IssueKind {
    match fold(tracker).as_str() {
        "bug" | "defect" => IssueKind::Bug,
        "securitydefect" | "vulnerability" | "security" => IssueKind::SecurityDefect,
        "feature" | "enhancement" | "story" | "userstory" | "improvement" => IssueKind::Feature,
        "knownerror" | "knownerrorrecord" => IssueKind::KnownError,
        "problem" | "problemrecord" => IssueKind::Problem,
        name if name.contains("change") => IssueKind::Change,
        _ => IssueKind::Other,
    }
}

fn links(schema: &Schema) -> LinkRules {
    let kinds = schema.all_trackers.iter().map(|t| (t.id.clone(), link_kind(&t.name))).collect();
    let severity = schema.fields.iter().find(|f| fold(&f.name) == "severity");
    let severities = severity.map_or_else(BTreeMap::new, |f| {
        let ours = |word: &String| {
            let severity = match fold(word).as_str() {
                "low" | "minor" | "trivial" => Severity::Low,
                "medium" | "moderate" => Severity::Medium,
                "high" | "major" => Severity::High,
                "critical" | "blocker" => Severity::Critical,
                _ => return None,
            };
            Some((word.clone(), severity))
        };
        f.values.iter().filter_map(ours).collect()
    });
    LinkRules {
        kinds,
        severity: severity.map(|f| RemoteField { id: f.id.clone(), name: f.name.clone() }),
        severities,
        security_flag: by_name(schema, &["securitydefect", "security", "vulnerability"]),
    }
}

/// Decision words of the record, and the statuses that fit them by name.
fn decisions(schema: &Schema) -> BTreeMap<String, DecisionRule> {
    let status = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| schema.statuses.iter().find(|s| fold(&s.name) == *name))
            .map(|s| NamedId { id: s.id.clone(), name: s.name.clone() })
    };
    let values = schema
        .fields
        .iter()
        .find(|f| ["cabdecision", "boarddecision", "decision"].contains(&fold(&f.name).as_str()))
        .map(|f| &f.values);
    let approved = || status(&["approved", "scheduled"]);
    let back = || status(&["assess", "assessment", "draft", "new"]);
    [
        ("approved", approved()),
        ("approved_with_conditions", approved()),
        ("rejected", status(&["rejected", "declined", "refused"])),
        ("deferred", back()),
        ("more_information", back()),
        ("withdrawn", status(&["withdrawn", "cancelled", "canceled", "rejected"])),
    ]
    .into_iter()
    .map(|(word, status)| {
        let value = values.and_then(|v| v.iter().find(|value| fold(value) == fold(word)).cloned());
        (word.to_owned(), DecisionRule { status, value })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trackers_name_says_what_its_tickets_are() {
        for (name, kind) in [
            ("Bug", IssueKind::Bug),
            ("Known error", IssueKind::KnownError),
            ("Problem", IssueKind::Problem),
            ("Problem record", IssueKind::Problem),
            ("Change request", IssueKind::Change),
            ("User story", IssueKind::Feature),
            ("Incident", IssueKind::Other),
        ] {
            assert_eq!(link_kind(name), kind, "{name}");
        }
    }
}
