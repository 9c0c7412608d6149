//! What wants a source, what the server offers, and what a mapping makes of real changes.
use std::collections::BTreeMap;

use domain::change::{Account, ChangeRequest, DeploymentState};
use domain::meeting::DecisionKind;
use domain::plan::PlanSection;
use domain::risk::points_100;
use domain::text::mark_invisible;
use ticketing::mapping::{Mapping, Schema, Target, ValueFormat, ValueKind};

use crate::views::{
    DryRun, DryRunRow, DryRunRowCells, DryRunUnmapped, MappingTarget, MappingTargetChoices, MappingType, RemoteField,
};

/// Pseudo fields: what a server has beside its fields.
pub(super) const TRACKER: &str = "core:tracker";
pub(super) const STATUS: &str = "core:status";
pub(super) const LINKED_TRACKER: &str = "core:linked_tracker";
pub(super) const TEXT: &str = "core:text";
/// Leave the status as it is.
pub(super) const KEEP_STATUS: &str = "status:keep";
/// Prefix of a status that a decision sets.
pub(super) const SET_STATUS: &str = "status:";

/// Decisions that are written back.
pub(super) const DECISIONS: [DecisionKind; 6] = [
    DecisionKind::Approved,
    DecisionKind::ApprovedWithConditions,
    DecisionKind::Rejected,
    DecisionKind::Deferred,
    DecisionKind::MoreInformation,
    DecisionKind::Withdrawn,
];

/// Our fields in the order of the screen.
pub(super) fn mapped_targets() -> Vec<Target> {
    let risk = points_100().questions.into_iter().map(|q| Target::Risk(q.id));
    Target::PLAIN.iter().cloned().chain(PlanSection::ALL.into_iter().map(Target::Plan)).chain(risk).collect()
}

/// Label and clause of one of our fields, and whether a change without it fails a gate.
fn about(target: &Target) -> (String, Option<&'static str>, bool) {
    let (label, clause, required) = match target {
        Target::Kind => ("Change kind", None, true),
        Target::Requester => ("Requester", Some("R89"), false),
        Target::Deployer => ("Who deploys", Some("R89"), false),
        Target::TechnicalLead => ("Technical Development Lead", Some("R31"), false),
        Target::ReleaseManager => ("Release Manager", Some("R15"), false),
        Target::Reason => ("Change reason", Some("R37"), true),
        Target::AffectedSystems => ("Affected systems", Some("R38"), true),
        Target::AffectedApplications => ("Affected applications", Some("R38"), true),
        Target::AffectedData => ("Affected data", Some("R38"), true),
        Target::Version => ("Version", Some("R39"), true),
        Target::Release => ("Release", Some("R119"), false),
        Target::Milestone => ("Roadmap milestone", Some("R108"), false),
        Target::SecurityScanStatus => ("Security scan: status", Some("R40"), true),
        Target::SecurityScanResults => ("Security scan: results", Some("R40"), true),
        Target::Environment => ("Production environment", Some("R41"), true),
        Target::SourceBranch => ("Source branch", Some("R42"), true),
        Target::Repository => ("Repository", Some("R2"), false),
        Target::Commit => ("Commit", Some("R2"), false),
        Target::ArtifactDigest => ("Artifact digest", Some("R10"), false),
        Target::Service => ("Service", None, false),
        Target::DeploymentMethod => ("Deployment method", Some("R3"), false),
        Target::RollbackEvidence => ("Evidence of a rollback test", Some("R84"), false),
        Target::Incident => ("Incident", Some("R49"), false),
        Target::WindowStart => ("Window: start", Some("R75"), false),
        Target::WindowEnd => ("Window: end", Some("R75"), false),
        Target::WindowZone => ("Window: time zone", Some("R75"), false),
        Target::Team => ("Team", Some("R74"), false),
        Target::DependsOn => ("Services it depends on", Some("R74"), false),
        Target::Deployment => ("Deployment: where it stands", Some("R78"), false),
        Target::Plan(section) => {
            return (format!("Plan: {}", section.title()), Some(section.clause()), section.mandatory_above_low());
        }
        Target::Risk(id) => {
            let text = points_100().question(id).map_or_else(String::new, |q| q.text.clone());
            return (format!("Risk {id}: {text}"), Some("R80"), false);
        }
    };
    (label.to_owned(), clause, required)
}

fn choices(pairs: &[(&str, &str)]) -> Vec<MappingTargetChoices> {
    pairs.iter().map(|(v, l)| MappingTargetChoices { value: (*v).to_owned(), label: (*l).to_owned() }).collect()
}

fn choices_of(target: &Target) -> Vec<MappingTargetChoices> {
    if *target == Target::Kind {
        return choices(&[("standard", "Standard"), ("normal", "Normal"), ("emergency", "Emergency")]);
    }
    if *target == Target::Deployment {
        let words = DeploymentState::ALL.map(|state| (state.word(), state.words()));
        return choices(&words);
    }
    let Target::Risk(id) = target else { return Vec::new() };
    points_100().question(id).map_or_else(Vec::new, |q| {
        q.answers.iter().map(|c| MappingTargetChoices { value: c.id.clone(), label: c.words.clone() }).collect()
    })
}

/// Everything that wants a source.
pub(super) fn targets() -> Vec<MappingTarget> {
    let target = |target: &str, label: &str, clause: Option<&str>, required, choices| MappingTarget {
        target: target.to_owned(),
        label: label.to_owned(),
        clause: clause.map(ToOwned::to_owned),
        required,
        r#type: MappingType::Choice,
        choices,
    };
    let mut all = vec![
        target("tracker", "Which tickets are changes", Some("R1"), true, choices(&[("change", "Change request")])),
        target(
            "status",
            "Status",
            None,
            true,
            choices(&[
                ("draft", "Being written"),
                ("awaiting", "Waits for assessment or decision"),
                ("approved", "Approved"),
                ("implementing", "Being deployed"),
                ("closed", "Closed"),
            ]),
        ),
        target(
            "text_format",
            "Markup of texts",
            None,
            true,
            choices(&[("textile", "Textile"), ("markdown", "Markdown"), ("plain", "None")]),
        ),
    ];
    for of in mapped_targets() {
        let (label, clause, required) = about(&of);
        all.push(MappingTarget {
            target: of.to_string(),
            label,
            clause: clause.map(ToOwned::to_owned),
            required,
            r#type: match of.kind() {
                ValueKind::Text | ValueKind::Markup | ValueKind::Zone => MappingType::Text,
                ValueKind::Word => MappingType::Choice,
                ValueKind::Account => MappingType::Person,
                ValueKind::Instant => MappingType::DateTime,
            },
            choices: choices_of(&of),
        });
    }
    all.push(target(
        "link.kind",
        "Linked tickets: what they are",
        Some("R5"),
        false,
        choices(&[
            ("feature", "Feature"),
            ("bug", "Bug"),
            ("security_defect", "Security defect"),
            ("change", "Change request"),
            ("known_error", "Known error"),
            ("problem", "Problem"),
            ("other", "Anything else"),
        ]),
    ));
    all.push(target(
        "link.severity",
        "Linked defects: how bad they are",
        Some("R32"),
        false,
        choices(&[("low", "Low"), ("medium", "Medium"), ("high", "High"), ("critical", "Critical")]),
    ));
    for kind in DECISIONS {
        let word = crate::outbox::decision_word(kind);
        let label = format!("\u{201c}{}\u{201d} sets the status", kind.words());
        all.push(target(&format!("decision.{word}"), &label, Some("R118"), false, Vec::new()));
    }
    all
}

/// Everything the server offers as a source.
pub(super) fn fields(schema: &Schema) -> Vec<RemoteField> {
    let pseudo = |id: String, name: String, values: Vec<String>| RemoteField {
        example: values.first().cloned(),
        id,
        name,
        r#type: MappingType::Choice,
        values,
    };
    let names = |all: &[ticketing::mapping::NamedId]| all.iter().map(|t| mark_invisible(&t.name)).collect::<Vec<_>>();
    let statuses: Vec<String> = schema.statuses.iter().map(|s| mark_invisible(&s.name)).collect();
    let mut all = vec![
        pseudo(TRACKER.to_owned(), "Tracker".to_owned(), names(&schema.trackers)),
        pseudo(STATUS.to_owned(), "Status".to_owned(), statuses),
        pseudo(LINKED_TRACKER.to_owned(), "Tracker of linked tickets".to_owned(), names(&schema.all_trackers)),
        pseudo(TEXT.to_owned(), "Texts on this server".to_owned(), vec![rows_text()]),
    ];
    all.extend(schema.fields.iter().map(|field| RemoteField {
        id: field.id.clone(),
        name: mark_invisible(&field.name),
        r#type: match field.format {
            ValueFormat::Line | ValueFormat::Text | ValueFormat::Unknown => MappingType::Text,
            ValueFormat::List | ValueFormat::YesNo => MappingType::Choice,
            ValueFormat::Account => MappingType::Person,
            ValueFormat::Date => MappingType::DateTime,
            ValueFormat::Number => MappingType::Number,
        },
        values: field.values.iter().take(200).cloned().collect(),
        example: field.values.first().map(|v| mark_invisible(v)),
    }));
    all.push(pseudo(KEEP_STATUS.to_owned(), "Leave the status as it is".to_owned(), Vec::new()));
    for status in &schema.statuses {
        let name = format!("Set \u{201c}{}\u{201d}", mark_invisible(&status.name));
        all.push(pseudo(format!("{SET_STATUS}{}", status.id), name, Vec::new()));
    }
    all
}

/// The one value of [`TEXT`].
pub(super) fn rows_text() -> String {
    "All texts".to_owned()
}

/// What a mapping makes of real changes.
pub(super) fn dry_run(mapping: &Mapping, changes: &[ChangeRequest]) -> DryRun {
    let shown: Vec<Target> = mapped_targets().into_iter().filter(|t| mapping.rule(t).is_some() || about(t).2).collect();
    let mut unmapped: BTreeMap<(String, String), u32> = BTreeMap::new();
    let mut problems = 0u32;
    let mut rows = Vec::with_capacity(changes.len());
    for change in changes {
        let mut cells = vec![DryRunRowCells {
            target: "status".to_owned(),
            value: Some(mark_invisible(&change.status.name)),
            problem: change
                .status
                .category
                .is_none()
                .then(|| format!("\u{201c}{}\u{201d} is not mapped.", mark_invisible(&change.status.name))),
        }];
        if change.status.category.is_none() {
            *unmapped.entry(("status".to_owned(), mark_invisible(&change.status.name))).or_default() += 1;
        }
        for target in &shown {
            let word = target.to_string();
            let problem = change.mapping_problems.iter().find(|p| p.field == word);
            if let Some(problem) = problem.filter(|p| !p.value.trim().is_empty()) {
                *unmapped.entry((word.clone(), mark_invisible(&problem.value))).or_default() += 1;
            }
            let value = value_of(change, target);
            cells.push(DryRunRowCells {
                target: word,
                value: (!value.is_empty()).then(|| mark_invisible(&cut(&value))),
                problem: problem.map(|p| mark_invisible(&crate::gates::sentence(&p.why))),
            });
        }
        problems += u32::try_from(cells.iter().filter(|c| c.problem.is_some()).count()).unwrap_or(u32::MAX);
        rows.push(DryRunRow { key: format!("#{}", change.remote_id), title: mark_invisible(&change.title), cells });
    }
    let mut unmapped: Vec<DryRunUnmapped> =
        unmapped.into_iter().map(|((target, remote), count)| DryRunUnmapped { target, remote, count }).collect();
    unmapped.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| (&a.target, &a.remote).cmp(&(&b.target, &b.remote))));
    DryRun { ready: unmapped.is_empty(), rows, unmapped, problems }
}

fn cut(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(120).collect()
}

fn value_of(c: &ChangeRequest, target: &Target) -> String {
    let account = |a: &Option<Account>| a.as_ref().map(|a| a.name.clone()).unwrap_or_default();
    let instant = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(crate::words::time).unwrap_or_default();
    match target {
        Target::Kind => c.kind.map_or("", kind_label).to_owned(),
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
        Target::WindowStart => instant(c.window.as_ref().map(|w| w.start)),
        Target::WindowEnd => instant(c.window.as_ref().map(|w| w.end)),
        Target::WindowZone => c.window.as_ref().map(|w| w.zone.clone()).unwrap_or_default(),
        Target::Team => c.team.clone(),
        Target::DependsOn => c.depends_on.clone(),
        Target::Deployment => c.deployments.last().map_or("", |d| d.state.words()).to_owned(),
        Target::Plan(section) => c.plan.get(section).map(|t| t.text.clone()).unwrap_or_default(),
        Target::Risk(question) => c.risk_answers.get(question).cloned().unwrap_or_default(),
    }
}

fn kind_label(kind: domain::change::ChangeKind) -> &'static str {
    match kind {
        domain::change::ChangeKind::Standard => "Standard",
        domain::change::ChangeKind::Normal => "Normal",
        domain::change::ChangeKind::Emergency => "Emergency",
    }
}
