//! A sign-off holds for what was signed, and for nothing else.
use board::views::{ApprovalState, ChangeView, OutboxState, SignOffState};
use serde_json::json;

use ticketing::testing::{Fault, Rule};

use super::desk::{approve, desk, key, outbox, stands_once, untouched};
use super::server::Redmine;

fn holds(view: &ChangeView, after: &str) {
    let decision = view.decision.as_ref().expect("decided");
    assert_eq!(decision.approval, ApprovalState::Holds, "after {after}");
    assert!(view.sign_offs.iter().all(|s| s.state == SignOffState::Holds), "after {after}: {:?}", view.sign_offs);
    assert_eq!(view.sign_offs.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_what_was_signed_makes_the_sign_off_stale_and_nothing_else_does() {
    let server = Redmine::given();
    let project = server.project();
    let id = server.ticket(&project, "Signed", "Authorize");
    let url = server.url.clone();
    let journey = desk(server.clone(), &url, &project).await;
    approve(&journey, &[id]).await;
    journey.cabinet.sync_now().await.expect("synced");
    assert_eq!(outbox(&journey.cabinet).await[0].state, OutboxState::Verified);
    stands_once(&server, &journey.data_dir(), id, "Approved");
    // The ticket as the write-back left it: our own note, status, fields and file.
    journey.cabinet.sync_now().await.expect("synced");
    journey.cabinet.reconcile_now().await.expect("compared");
    let view = journey.change(&key(id)).await;
    assert_eq!(view.row.remote_status, "Approved", "our own write has come back");
    assert!(!view.attachments.is_empty(), "with the extract");
    holds(&view, "our own write-back");

    server.edit("alice", id, &json!({"notes": "Only a comment"}));
    journey.cabinet.sync_now().await.expect("synced");
    assert!(serde_json::to_string(&journey.change(&key(id)).await.history).expect("json").contains("Only a comment"));
    holds(&journey.change(&key(id)).await, "a comment");

    let alice = server.user("alice");
    server.edit("alice", id, &json!({"assigned_to_id": alice}));
    journey.cabinet.sync_now().await.expect("synced");
    let view = journey.change(&key(id)).await;
    assert_eq!(view.assignee.as_deref(), Some("Alice Moreau"), "the assignee has arrived");
    holds(&view, "another assignee");

    server.set("alice", id, "Version", "4.2.1");
    journey.cabinet.sync_now().await.expect("synced");
    let view = journey.change(&key(id)).await;
    assert_eq!(view.decision.as_ref().expect("decided").approval, ApprovalState::Stale);
    assert_eq!(view.sign_offs[0].state, SignOffState::Stale);
    let differences = format!("{:?}", view.sign_offs[0].differences);
    assert!(differences.contains("4.2.0") && differences.contains("4.2.1"), "and says what differs: {differences}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_after_signing_holds_back_a_decision_that_still_waits_to_be_written() {
    let server = Redmine::given();
    let project = server.project();
    let id = server.ticket(&project, "Signed", "Authorize");
    let proxy = server.proxy().await;
    let journey = desk(server.clone(), &proxy.url(), &project).await;
    proxy.rule(Rule::always("", "/", Fault::Reset));
    approve(&journey, &[id]).await;
    server.set("alice", id, "Plan: Backout plan", "None: we go forward only");
    // The outbox asks the ticket itself, just before it writes: it need not wait for a sync to notice.
    assert!(journey.cabinet.sync_now().await.is_err(), "the server is away");
    proxy.clear();
    journey.cabinet.sync_now().await.expect("synced");
    let row = outbox(&journey.cabinet).await.remove(0);
    assert_eq!(row.state, OutboxState::Blocked, "{row:?}");
    let differences = format!("{:?}", row.differences);
    assert!(differences.contains("we go forward only"), "what nobody signed is shown: {row:?}");
    assert_eq!(proxy.count("PUT", "/issues/"), 0, "nothing is written");
    untouched(&server, id, "Authorize");
    assert_eq!(journey.change(&key(id)).await.decision.expect("decided").approval, ApprovalState::Stale);
}
