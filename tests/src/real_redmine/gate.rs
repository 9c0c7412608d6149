//! An approval that was handed out, while people go on editing the ticket.
use std::collections::BTreeSet;

use board::HandedOut;
use board::requests::OfAttachment;
use board::views::{MappingRow, SignOffState};
use chrono::{DateTime, Duration, SecondsFormat, Utc};
use domain::policy::MaterialField as F;
use gate::Reason;
use serde_json::json;

use super::desk::{approve, board_on, key};
use super::equal::PLAN;
use super::server::Redmine;
use crate::gates::{asks, code};
use crate::journey::{Journey, now, own_board_with};

/// Every material field that the ticket carries as a field of its own, and another value that the server takes.
const MATERIAL: [(F, &str, &str); 23] = [
    (F::Kind, "Change kind", "Standard"),
    (F::Reason, "Change reason", "Another reason"),
    (F::AffectedSystems, "Affected systems", "sess-3"),
    (F::AffectedApplications, "Affected applications", "portal"),
    (F::AffectedData, "Affected data", "accounts"),
    (F::Service, "Affected service", "Mail relay"),
    (F::Version, "Version", "4.2.1"),
    (F::SecurityScanStatus, "Security scan status", "Failed"),
    (F::SecurityScanResults, "Security scan results", "One high finding."),
    (F::Environment, "Environment", "prod-us"),
    (F::Repository, "Repository", "https://git.meridian.example/other"),
    (F::SourceBranch, "Branch", "hotfix"),
    (F::Commit, "Commit", "0123456789012345678901234567890123456789"),
    (F::ArtifactDigest, "Artifact digest", "sha256:0000000000000000000000000000000000000000000000000000000000000000"),
    (F::DeploymentMethod, "Deployment pipeline", "session-store/deploy-by-hand"),
    (F::RollbackEvidence, "Rollback evidence", "None"),
    (F::Incident, "Incident", "INC-1"),
    (F::Window, "Planned start", "2026-01-12T20:00:00+01:00"),
    (F::Window, "Planned end", "2027-01-12T23:00:00+01:00"),
    (F::Window, "Time zone", "Europe/Lisbon"),
    (F::TechnicalLead, "Technical development lead", "9"),
    (F::Deployer, "Deployer", "10"),
    (F::ReleaseManager, "Release manager", "8"),
];

/// A desk that is no sample, on a ticket whose window is on now, approved and signed.
async fn approved(server: &Redmine) -> (Journey<Redmine>, u32) {
    approved_with(server, |_| ()).await
}

/// As [`approved`], with a person's changes to the proposed mapping.
async fn approved_with(server: &Redmine, edit: impl FnOnce(&mut Vec<MappingRow>)) -> (Journey<Redmine>, u32) {
    let project = server.project();
    let id = server.ticket(&project, "Signed", "Authorize");
    let time = |t: DateTime<Utc>| t.to_rfc3339_opts(SecondsFormat::Secs, true);
    server.set("alice", id, "Planned start", &time(now() - Duration::hours(1)));
    server.set("alice", id, "Planned end", &time(now() + Duration::hours(3)));
    let folder = tempfile::tempdir().expect("a folder");
    server.set("alice", id, "Plan: Backout plan", "Follow runbook.txt to the letter.");
    let file = server.attach(id, "runbook.txt", b"1. Stop the traffic");
    let cabinet =
        own_board_with(&folder.path().join("data"), board_on(server, &server.url, &project), |_| true, edit).await;
    let journey = Journey { server: server.clone(), cabinet, folder };
    let named = OfAttachment { change: key(id), attachment: file.to_string() };
    journey.cabinet.download_attachment(named).await.expect("what the plan names is here before it is signed");
    approve(&journey, &[id]).await;
    (journey, id)
}

/// How the change stands after a sync, as a file.
async fn told(journey: &Journey<Redmine>, id: u32) -> HandedOut {
    journey.cabinet.sync_now().await.expect("synced");
    let path = journey.folder.path().join("fresh.json");
    journey.cabinet.export_snapshot(&key(id), &path).await.expect("told")
}

/// An edit that was synced stops the next export and, by a snapshot, the file that is out already.
async fn stops(journey: &Journey<Redmine>, id: u32, handed: &HandedOut, what: &str) {
    let fresh = told(journey, id).await;
    assert_eq!(asks(handed, Some(&fresh)).codes(), [Reason::FreshContent], "{what}");
    let refused = journey.cabinet.export_approval(&key(id), &journey.folder.path().join("b.json")).await;
    assert_eq!(code(&refused), "stale", "{what}");
    // And nobody's sign-off speaks for the change any more.
    let states: Vec<SignOffState> = journey.change(&key(id)).await.sign_offs.iter().map(|s| s.state).collect();
    assert!(!states.is_empty() && states.iter().all(|state| *state == SignOffState::Stale), "{what}: {states:?}");
}

async fn stands(journey: &Journey<Redmine>, id: u32, handed: &HandedOut, what: &str) {
    // What we wrote ourselves in one sync comes back in the next.
    journey.cabinet.sync_now().await.expect("synced");
    let fresh = told(journey, id).await;
    let verdict = asks(handed, Some(&fresh));
    assert!(verdict.passed(), "{what}: {}", verdict.text(false));
    let path = journey.folder.path().join("again.json");
    journey.cabinet.export_approval(&key(id), &path).await.expect(what);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_material_edit_stops_the_approval_that_is_out_and_no_other_edit_does() {
    let server = Redmine::given();
    let (journey, id) = approved(&server).await;
    let path = journey.folder.path().join("approval.json");
    let handed = journey.cabinet.export_approval(&key(id), &path).await.expect("handed out");
    assert!(asks(&handed, None).passed(), "{}", asks(&handed, None).text(false));

    // Our own write-back (it has been sent by now), comments, and who works on it: nothing that was signed.
    stands(&journey, id, &handed, "our own write-back").await;
    server.edit("alice", id, &json!({"notes": "Only a comment"}));
    stands(&journey, id, &handed, "a comment").await;
    server.edit("alice", id, &json!({"assigned_to_id": server.user("alice")}));
    stands(&journey, id, &handed, "another assignee").await;

    let ticket = server.issue(id);
    let value_of = |name: &str| {
        let fields = ticket["custom_fields"].as_array().expect("fields");
        let field = fields.iter().find(|f| f["name"] == name).expect("a field of the server");
        field["value"].as_str().unwrap_or_default().to_owned()
    };
    let sections = PLAN.iter().map(|(_, name)| (F::Plan, *name, "Nothing of the kind"));
    let mut tried = 0;
    // The requester is this ticket's author; where the ticket names another, the test below edits it.
    let mut covered = BTreeSet::from([F::Requester]);
    for (field, name, other) in MATERIAL.into_iter().chain(sections) {
        assert_ne!(value_of(name), other, "{name}: another value");
        server.set("alice", id, name, other);
        stops(&journey, id, &handed, name).await;
        server.set("alice", id, name, &value_of(name));
        covered.insert(field);
        tried += 1;
    }
    for (field, name) in [(F::Title, "subject"), (F::Description, "description")] {
        let before = &ticket[name];
        server.edit("alice", id, &json!({name: "Something else"}));
        stops(&journey, id, &handed, name).await;
        server.edit("alice", id, &json!({name: before}));
        covered.insert(field);
        tried += 1;
    }
    // Nobody else may be made the author of a ticket through the server, only past it; and no "updated" moves.
    let author = ticket["author"]["id"].as_u64().expect("an author");
    let set_author = |to: u64| server.sql(&format!("update issues set author_id = {to} where id = {id}"));
    set_author(9);
    journey.cabinet.reconcile_now().await.expect("compared");
    stops(&journey, id, &handed, "the author").await;
    set_author(author);
    journey.cabinet.reconcile_now().await.expect("compared");
    covered.insert(F::Author);
    tried += 1;
    // Everything as it was signed: it stands again.
    stands(&journey, id, &handed, "all edits taken back").await;
    let bugs = server.get("admin", "trackers.json")["trackers"].as_array().expect("trackers").clone();
    let bug = bugs.iter().find(|t| t["name"] == "Bug").expect("a tracker of defects")["id"].clone();
    let defect = json!({"issue": {"project_id": "delivery", "tracker_id": bug, "subject": "Sessions are lost"}});
    let defect = server.done("admin", "POST", "issues.json", Some(&defect))["issue"]["id"].clone();
    let relation = json!({"relation": {"issue_to_id": defect, "relation_type": "relates"}});
    let relation = server.done("alice", "POST", &format!("issues/{id}/relations.json"), Some(&relation));
    // A new relation moves no "updated": only comparing finds it.
    journey.cabinet.reconcile_now().await.expect("compared");
    stops(&journey, id, &handed, "a linked defect").await;
    server.done("alice", "DELETE", &format!("relations/{}.json", relation["relation"]["id"]), None);
    journey.cabinet.reconcile_now().await.expect("compared");
    stands(&journey, id, &handed, "the defect is no longer linked").await;

    server.attach(id, "notes.txt", b"nothing the plan names");
    stands(&journey, id, &handed, "a file that the plan does not name").await;
    covered.insert(F::LinkedDefects);
    let delete = |file: &str| drop(server.done("admin", "DELETE", &format!("attachments/{file}.json"), None));
    let second = server.attach(id, "runbook.txt", b"1. Do not stop the traffic");
    stops(&journey, id, &handed, "another file under the name that the plan names").await;
    delete(&second.to_string());
    journey.cabinet.reconcile_now().await.expect("compared");
    stands(&journey, id, &handed, "the other file taken away").await;
    let files = ticket["attachments"].as_array().expect("files");
    let named = files.iter().find(|file| file["filename"] == "runbook.txt").expect("what the plan names");
    delete(&named["id"].to_string());
    journey.cabinet.reconcile_now().await.expect("compared");
    stops(&journey, id, &handed, "the file that the plan names is deleted").await;
    covered.insert(F::Attachments);
    tried += 3;
    assert_eq!(covered, F::ALL.iter().copied().collect::<BTreeSet<_>>(), "every material field is edited here");
    println!("{tried} material fields edited on the real Redmine, each stopped the approval and its export");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_requester_stops_the_approval_where_the_ticket_names_one_of_its_own() {
    let server = Redmine::given();
    // This server's tickets have no such field: the board reads it from another one that names a person.
    let (journey, id) = approved_with(&server, |mapping| {
        let person = |row: &&mut MappingRow| row.target == "release_manager";
        let field = mapping.iter_mut().find(person).expect("a row").source.take();
        let requester = mapping.iter_mut().find(|row| row.target == "requester").expect("a row");
        assert_eq!(requester.source, None, "the author, unless a field is mapped");
        requester.source = field;
    })
    .await;
    assert_eq!(journey.change(&key(id)).await.requester.as_deref(), Some(name_of(&server, id).as_str()));
    let path = journey.folder.path().join("approval.json");
    let handed = journey.cabinet.export_approval(&key(id), &path).await.expect("handed out");
    stands(&journey, id, &handed, "as it was signed").await;
    server.set("alice", id, "Release manager", "8");
    stops(&journey, id, &handed, "the requester").await;
    server.set("alice", id, "Release manager", "10");
    stands(&journey, id, &handed, "the requester put back").await;
}

/// Who stands in the field "Release manager" of a ticket.
fn name_of(server: &Redmine, id: u32) -> String {
    let ticket = server.issue(id);
    let fields = ticket["custom_fields"].as_array().expect("fields");
    let field = fields.iter().find(|f| f["name"] == "Release manager").expect("a field of the server");
    let user = server.get("admin", &format!("users/{}.json", field["value"].as_str().expect("a user")));
    let part = |name: &str| user["user"][name].as_str().expect("a name").to_owned();
    format!("{} {}", part("firstname"), part("lastname"))
}
