//! Edits after which Redmine's "updated" stands where it stood: only comparing everything finds them.
use serde_json::json;

use super::desk::{desk, kept, kept_change};
use super::equal::equals_the_server;
use super::server::Redmine;

#[tokio::test(flavor = "multi_thread")]
async fn edits_that_do_not_move_updated_are_found_when_comparing_with_the_server() {
    let server = Redmine::given();
    let project = server.project();
    let first = server.ticket(&project, "The first", "Authorize");
    let ids = server.copies(first, 19);
    let (related, noted, filed, deleted) = (ids[1], ids[2], ids[3], ids[4]);
    server.edit("alice", noted, &json!({"notes": "As it was first written"}));
    let file = server.attach(filed, "plan.txt", b"the plan");
    // Long ago: what was edited within the second in which it is read is read once more by the next sync anyway.
    server.sql(&format!("update issues set updated_on = datetime('now', '-1 hour') where id in ({noted}, {filed})"));
    let url = server.url.clone();
    let journey = desk(server.clone(), &url, &project).await;
    equals_the_server(&server, &journey.data_dir(), &project, true).await;

    let before = [related, noted, filed].map(|id| server.issue(id)["updated_on"].clone());
    let relation = json!({"relation": {"issue_to_id": ids[10], "relation_type": "relates"}});
    server.done("alice", "POST", &format!("issues/{related}/relations.json"), Some(&relation));
    let journal = server.issue(noted)["journals"][0]["id"].clone();
    server.done(
        "alice",
        "PUT",
        &format!("journals/{journal}.json"),
        Some(&json!({"journal": {"notes": "As it reads now"}})),
    );
    let renamed = json!({"attachment": {"filename": "plan-final.txt"}});
    server.done("alice", "PUT", &format!("attachments/{file}.json"), Some(&renamed));
    server.done("admin", "DELETE", &format!("issues/{deleted}.json"), None);
    let after = [related, noted, filed].map(|id| server.issue(id)["updated_on"].clone());
    assert_eq!(after, before, "the premise: none of these edits moves \"updated\"");

    journey.cabinet.sync_now().await.expect("a delta");
    assert!(kept_change(&journey.data_dir(), related).await.linked_issues.is_empty(), "a delta cannot see it");
    assert_eq!(kept_change(&journey.data_dir(), noted).await.journals[0].notes.text, "As it was first written");
    assert_eq!(kept_change(&journey.data_dir(), filed).await.attachments[0].name, "plan.txt");

    let report = journey.cabinet.reconcile_now().await.expect("compared");
    assert_eq!(report.changed, 4, "both ends of the relation, the note, the file: {report:?}");
    assert_eq!((report.vanished, report.suspicious), (1, None), "{report:?}");
    assert_eq!(equals_the_server(&server, &journey.data_dir(), &project, true).await, 19);
    let gone: Vec<String> = kept(&journey.data_dir())
        .await
        .into_iter()
        .filter(|s| s.tombstone == Some(store::Tombstone::Deleted))
        .map(|s| s.change.remote_id)
        .collect();
    assert_eq!(gone, [deleted.to_string()], "what was deleted is kept and marked");
}
