//! What an incremental run cannot see.
use reqwest::Method;
use serde_json::json;

use super::memory::Memory;
use super::server::{Desk, Server};
use crate::{ReconcileReport, TicketingError, Vanished, reconcile};

async fn reconciled(desk: &Desk, store: &Memory) -> ReconcileReport {
    reconcile(&desk.system, store, &desk.mapping, &desk.identity, &desk.run).await.expect("a reconcile")
}

#[tokio::test]
async fn c16_relations_edited_notes_and_removed_files_are_found_although_updated_did_not_move() {
    let server = Server::given();
    let project = server.project().await;
    let ids = server.create_many(&project, 4).await;
    server.edit("alice", ids[1], json!({"notes": "first words"})).await;
    server.attach(ids[2], "plan.txt", "text/plain", b"the plan".to_vec()).await;
    server.an_hour_ago(&ids);
    let desk = server.desk(&project).await;
    let store = Memory::new();
    desk.sync(&store).await.expect("a sync");
    assert_eq!(store.change(ids[2]).attachments.len(), 1);

    let relation = json!({"relation": {"issue_to_id": ids[3], "relation_type": "blocks"}});
    server.done("alice", Method::POST, &format!("issues/{}/relations.json", ids[0]), Some(relation)).await;
    let note = server.issue(ids[1]).await["journals"][0]["id"].as_u64().expect("a note");
    let edited = json!({"journal": {"notes": "other words"}});
    server.done("admin", Method::PUT, &format!("journals/{note}.json"), Some(edited)).await;
    let file = server.issue(ids[2]).await["attachments"][0]["id"].as_u64().expect("a file");
    server.sql(&format!("delete from attachments where id = {file}"));

    let delta = desk.sync(&store).await.expect("a delta");
    assert_eq!(delta.changed, 0, "none of these moves the updated time: {delta:?}");
    let report = reconciled(&desk, &store).await;
    assert!(report.silently_edited.len() >= 3, "{report:?}");
    let link = &store.change(ids[0]).linked_issues[0];
    assert_eq!((link.remote_id.as_str(), link.relation.as_str()), (ids[3].to_string().as_str(), "blocks"));
    assert_eq!(store.change(ids[3]).linked_issues[0].relation, "blocked");
    assert_eq!(store.change(ids[1]).journals[0].notes.text, "other words");
    assert!(store.change(ids[2]).attachments.is_empty());
    assert!(reconciled(&desk, &store).await.silently_edited.is_empty(), "a second look finds nothing new");
}

#[tokio::test]
async fn c16_a_linked_defect_that_is_closed_elsewhere_is_found() {
    let server = Server::given();
    let project = server.project().await;
    let id = server.create(&project, json!({})).await;
    let bug = json!({"issue": {"project_id": "delivery", "tracker_id": 2, "subject": "Totals off by a cent"}});
    let bug =
        server.done("alice", Method::POST, "issues.json", Some(bug)).await["issue"]["id"].as_u64().expect("an id");
    let relation = json!({"relation": {"issue_to_id": bug, "relation_type": "relates"}});
    server.done("alice", Method::POST, &format!("issues/{id}/relations.json"), Some(relation)).await;
    server.an_hour_ago(&[id]);
    let desk = server.desk(&project).await;
    let store = Memory::new();
    desk.sync(&store).await.expect("a sync");
    assert_eq!(store.change(id).linked_issues[0].open, Some(true));
    server.sql(&format!("update issues set status_id = 11 where id = {bug}"));
    let report = reconciled(&desk, &store).await;
    assert_eq!(report.silently_edited, [id.to_string()]);
    assert_eq!(store.change(id).linked_issues[0].open, Some(false));
}

#[tokio::test]
async fn c17_c18_c19_deleted_moved_and_hidden_are_told_apart_and_what_comes_back_is_restored() {
    let server = Server::given();
    let project = server.project().await;
    let elsewhere = server.project().await;
    let ids = server.create_many(&project, 40).await;
    let desk = server.desk(&project).await;
    let store = Memory::list_only();
    desk.sync(&store).await.expect("a sync");
    server.delete(ids[0]).await;
    server.edit("admin", ids[1], json!({"project_id": "change-archive"})).await;
    server.edit("admin", ids[2], json!({"project_id": elsewhere})).await;
    let report = reconciled(&desk, &store).await;
    assert_eq!(report.suspicious, None);
    assert_eq!(report.vanished.len(), 3, "{report:?}");
    assert_eq!(store.tombstone_of(ids[0]), Some(Vanished::Deleted));
    assert_eq!(store.tombstone_of(ids[1]), Some(Vanished::AccessLost));
    assert!(matches!(store.tombstone_of(ids[2]), Some(Vanished::MovedOut { to }) if to == elsewhere));
    assert!(reconciled(&desk, &store).await.vanished.is_empty(), "each is reported once");

    server.edit("admin", ids[1], json!({"project_id": project})).await;
    desk.sync(&store).await.expect("a delta");
    assert_eq!(store.tombstone_of(ids[1]), None, "it came back");
}

#[tokio::test]
async fn c20_more_than_a_tenth_vanishing_at_once_marks_nothing() {
    let server = Server::given();
    let project = server.project().await;
    let ids = server.create_many(&project, 20).await;
    let desk = server.desk(&project).await;
    let store = Memory::list_only();
    desk.sync(&store).await.expect("a sync");
    let gone = ids[..5].iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    server.sql(&format!("update issues set project_id = 2 where id in ({gone})"));
    let report = reconciled(&desk, &store).await;
    assert_eq!((report.suspicious, report.vanished.len()), (Some(5), 0));
    assert_eq!(store.ids(), ids);
}

#[tokio::test]
async fn c20_a_project_that_the_account_lost_is_an_error_and_marks_nothing() {
    let server = Server::given();
    let project = server.project().await;
    let ids = server.create_many(&project, 3).await;
    let desk = server.desk(&project).await;
    let store = Memory::list_only();
    desk.sync(&store).await.expect("a sync");
    let members = server.done("admin", Method::GET, &format!("projects/{project}/memberships.json"), None).await;
    let svc = server.user("svc").await;
    let membership =
        members["memberships"].as_array().expect("members").iter().find(|m| m["user"]["id"] == svc).expect("ours");
    server.done("admin", Method::DELETE, &format!("memberships/{}.json", membership["id"]), None).await;
    let ended = reconcile(&desk.system, &store, &desk.mapping, &desk.identity, &desk.run).await;
    assert!(matches!(ended, Err(TicketingError::Forbidden { .. } | TicketingError::Gone { .. })), "{ended:?}");
    assert_eq!(store.ids(), ids, "nothing is marked");
}

#[tokio::test]
async fn a_change_deleted_between_list_and_details_is_marked_and_the_run_goes_on() {
    let server = Server::given();
    let project = server.project().await;
    let ids = server.create_many(&project, 5).await;
    let desk = server.desk(&project).await;
    let mut store = Memory::new();
    let (other, target) = (server.clone(), ids[2]);
    store.after_commit = Some(Box::new(move |_| {
        let server = other.clone();
        Box::pin(async move { server.delete(target).await })
    }));
    let report = desk.sync(&store).await.expect("a sync");
    assert_eq!(report.vanished, [ids[2].to_string()]);
    assert_eq!(store.tombstone_of(ids[2]), Some(Vanished::Deleted));
    assert!(store.change(ids[4]).details_synced);
}
