//! The mapping against the server's own schema.
use domain::change::{ChangeKind, IssueKind, Severity, StatusCategory};
use domain::plan::PlanSection;
use serde_json::json;

use super::memory::Memory;
use super::server::Server;
use crate::mapping::{Direction, FieldRule, Target, ValueKind, suggest};
use crate::{Mapping, RemoteField, TicketingSystem as _, dry_run};

#[tokio::test]
async fn the_servers_own_names_make_a_mapping_that_reads_back_equal() {
    let server = Server::given();
    let schema = server.system_at(&server.url, "admin").discover("change-mgmt").await.expect("a schema");
    assert!(!schema.inferred);
    let mapping = suggest(&schema, "Europe/Berlin").expect("a mapping");
    mapping.check().expect("coherent");
    // What no field of that server is named after.
    let bare = [Target::Requester, Target::Milestone, Target::Team, Target::DependsOn, Target::Deployment];
    for target in Target::PLAIN.iter().filter(|target| !bare.contains(target)) {
        assert!(mapping.rule(target).is_some(), "{target} is not mapped");
    }
    for section in PlanSection::ALL {
        assert!(mapping.rule(&Target::Plan(section)).is_some(), "{section:?} is not mapped");
    }
    for question in ["I1", "I3", "I4", "B1", "B3", "E2"] {
        let rule = mapping.rule(&Target::Risk(question.into())).expect("a risk answer");
        assert!(rule.values.len() >= 3, "{question}: {:?}", rule.values);
    }
    assert_eq!(mapping.rule(&Target::Kind).expect("a rule").values.len(), 3, "Expedited stays unmapped");
    assert!(mapping.statuses.values().filter(|s| s.category.is_some()).count() >= 8);
    assert_eq!(mapping.links.severities["Critical"], Severity::Critical);
    assert_eq!(mapping.decisions["approved"].status.as_ref().expect("a status").name, "Approved");
    assert_eq!(mapping.decisions["approved_with_conditions"].value.as_deref(), Some("approved with conditions"));
    let stored = serde_json::to_vec(&mapping).expect("JSON");
    assert_eq!(Mapping::from_json(&stored).expect("read back"), mapping);
}

#[tokio::test]
async fn an_account_that_may_not_list_fields_gets_them_from_tickets() {
    let server = Server::given();
    let schema = server.system_at(&server.url, "svc").discover("change-mgmt").await.expect("a schema");
    assert!(schema.inferred);
    let kind = schema.fields.iter().find(|f| f.name == "Change kind").expect("the field");
    assert!(kind.values.contains("Emergency") && !kind.complete);
    assert!(schema.people.iter().any(|p| p.name == "Alice Moreau"));
    let mapping = suggest(&schema, "Europe/Berlin").expect("a mapping");
    mapping.check().expect("coherent");
    assert!(mapping.rule(&Target::Plan(PlanSection::Backout)).is_some());
    assert!(mapping.links.severity.is_some(), "severities are seen on the defects that are linked");
}

#[tokio::test]
async fn a_dry_run_shows_what_is_unmapped() {
    let server = Server::given();
    let desk = server.desk("change-mgmt").await;
    let mut mapping = desk.mapping.clone();
    mapping.fields.get_mut("kind").expect("a rule").values.remove("Normal");
    let run = dry_run(&desk.system, &mapping, &desk.identity, 20, &desk.run).await.expect("a dry run");
    assert_eq!(run.changes.len(), 20);
    let failed = run.failed.iter().find(|f| f.field == "kind" && f.value == "Normal").expect("the unmapped word");
    assert!(failed.count > 0 && failed.why.contains("add one"), "{failed:?}");
    let systems = run.fields.iter().find(|f| f.field == "affected_systems").expect("the field");
    assert!(systems.filled > 0 && !systems.example.is_empty());
}

#[tokio::test]
async fn c24_c25_renamed_and_removed_fields_and_unknown_words_are_problems_not_guesses() {
    let server = Server::given();
    let project = server.project().await;
    let mut desk = server.desk(&project).await;
    let kind = desk.field("kind");
    let id = server
        .create(&project, json!({"custom_fields": [{"id": kind, "value": "Expedited"}, {"id": desk.field("version"), "value": "4.2"}]}))
        .await;
    desk.mapping.fields.get_mut("version").expect("a rule").from.name = "Release".into();
    let removed = FieldRule {
        from: RemoteField { id: "cf:9999".into(), name: "Old reason".into() },
        kind: ValueKind::Text,
        values: Default::default(),
        zone: None,
        required: true,
        direction: Direction::Pull,
    };
    desk.mapping.fields.insert("reason".into(), removed);
    let store = Memory::new();
    desk.sync(&store).await.expect("a sync");
    let change = store.change(id);
    assert_eq!((change.kind, change.version.as_str()), (None, "4.2"));
    let why = |field: &str| {
        change.mapping_problems.iter().find(|p| p.field == field).map(|p| p.why.clone()).unwrap_or_default()
    };
    assert!(why("kind").contains("no word for this value"), "{:?}", change.mapping_problems);
    assert!(why("version").contains("confirm"), "{:?}", change.mapping_problems);
    assert!(why("reason").contains("no longer sends"), "{:?}", change.mapping_problems);
}

#[tokio::test]
async fn a_value_becomes_a_kind_a_category_a_window_and_a_defect() {
    let server = Server::given();
    let project = server.project().await;
    let desk = server.desk(&project).await;
    let values = json!([
        {"id": desk.field("kind"), "value": "Emergency"},
        {"id": desk.field("window_start"), "value": "2026-07-01T20:00"},
        {"id": desk.field("window_end"), "value": "2026-07-01T18:30:00Z"},
        {"id": desk.field("window_zone"), "value": "Europe/Lisbon"},
        {"id": desk.field("deployer"), "value": server.user("alice").await.to_string()},
        {"id": desk.field("risk.B1"), "value": "written, untested"},
    ]);
    let id = server.create(&project, json!({"custom_fields": values})).await;
    let bug = json!({"issue": {"project_id": "delivery", "tracker_id": 2, "subject": "Injection", "custom_fields": [
        {"id": desk.mapping.links.severity.as_ref().expect("a field").custom(), "value": "Critical"},
        {"id": desk.mapping.links.security_flag.as_ref().expect("a field").custom(), "value": "1"},
    ]}});
    let bug = server.done("alice", reqwest::Method::POST, "issues.json", Some(bug)).await["issue"]["id"]
        .as_u64()
        .expect("an id");
    let relation = json!({"relation": {"issue_to_id": bug, "relation_type": "relates"}});
    server.done("alice", reqwest::Method::POST, &format!("issues/{id}/relations.json"), Some(relation)).await;
    let store = Memory::new();
    desk.sync(&store).await.expect("a sync");
    let change = store.change(id);
    assert_eq!(change.kind, Some(ChangeKind::Emergency));
    assert_eq!(change.status.category, Some(StatusCategory::Draft));
    assert_eq!(change.deployer.as_ref().expect("a deployer").name, "Alice Moreau");
    assert_eq!(change.risk_answers["B1"], "written_untested");
    // 20:00 in Lisbon is 19:00 UTC in July, after 18:30: a window that ends before it begins is a problem.
    assert_eq!(change.window, None);
    assert!(change.mapping_problems.iter().any(|p| p.field == "window_end"), "{:?}", change.mapping_problems);
    let link = &change.linked_issues[0];
    assert_eq!(
        (link.kind, link.severity, link.open),
        (Some(IssueKind::SecurityDefect), Some(Severity::Critical), Some(true))
    );
}

#[tokio::test]
async fn the_target_version_of_a_ticket_is_its_release() {
    let server = Server::given();
    let project = server.project().await;
    let desk = server.desk(&project).await;
    assert_eq!(desk.mapping.fields["release"].from.id, "fixed_version");
    let body = json!({"version": {"name": "Winter 2026"}});
    let made =
        server.done("admin", reqwest::Method::POST, &format!("projects/{project}/versions.json"), Some(body)).await;
    let version = made["version"]["id"].as_u64().expect("an id");
    let (with, without) = (server.create(&project, json!({})).await, server.create(&project, json!({})).await);
    server.edit("admin", with, json!({"fixed_version_id": version})).await;
    let store = Memory::new();
    desk.sync(&store).await.expect("a sync");
    assert_eq!((store.change(with).release.as_str(), store.change(without).release.as_str()), ("Winter 2026", ""));
    assert!(store.change(with).mapping_problems.iter().all(|p| p.field != "release"), "{:?}", store.change(with));

    server.edit("admin", with, json!({"fixed_version_id": ""})).await;
    desk.sync(&store).await.expect("a sync");
    assert_eq!(store.change(with).release, "", "it was taken out of the release");
}
