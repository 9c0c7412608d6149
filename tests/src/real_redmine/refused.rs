//! A transition that the workflow does not allow: Redmine answers 204 and leaves the status as it is.
use board::requests::OfOperation;
use board::views::OutboxState;
use serde_json::json;
use ticketing::testing::{Fault, Rule};

use super::desk::{approve, desk, outbox, stands_once, untouched};
use super::server::Redmine;

#[tokio::test(flavor = "multi_thread")]
async fn redmine_answers_204_to_a_transition_that_it_does_not_make() {
    let server = Redmine::given();
    let project = server.project();
    let id = server.ticket(&project, "The premise", "Assess");
    let body = json!({"issue": {"status_id": 4}});
    let (status, _) = server.call("svc", "PUT", &format!("issues/{id}.json"), Some(&body));
    assert_eq!((status, &server.issue(id)["status"]["name"]), (204, &json!("Assess")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transition_the_workflow_forbids_fails_in_the_outbox_before_anything_is_written() {
    let server = Redmine::given();
    let project = server.project();
    let id = server.ticket(&project, "Not there yet", "Assess");
    let proxy = server.proxy().await;
    let journey = desk(server.clone(), &proxy.url(), &project).await;
    approve(&journey, &[id]).await;
    journey.cabinet.sync_now().await.expect("synced");
    let rows = outbox(&journey.cabinet).await;
    assert_eq!(rows[0].state, OutboxState::Failed, "{rows:?}");
    let problem = rows[0].problem.clone().expect("a problem");
    assert!(problem.contains("\u{201c}Assess\u{201d}"), "names the server's state: {problem}");
    assert!(rows[0].can_retry && rows[0].remedy.is_some(), "and says what to do: {rows:?}");
    assert_eq!(proxy.count("PUT", "/issues/"), 0);
    untouched(&server, id, "Assess");

    // The requester moves the ticket on. Nobody but a person tries again: once it is blocked, since the board has
    // not seen the new status, and then, planned anew, it goes through.
    server.edit("alice", id, &json!({"status_id": 3}));
    journey.cabinet.sync_now().await.expect("synced");
    let row = outbox(&journey.cabinet).await.remove(0);
    assert_eq!(row.state, OutboxState::Failed, "{row:?}");
    journey.cabinet.retry_outbox(OfOperation { id: row.id }).await.expect("tried again");
    journey.cabinet.sync_now().await.expect("synced");
    let row = outbox(&journey.cabinet).await.remove(0);
    assert_eq!(row.state, OutboxState::Blocked, "{row:?}");
    assert!(row.problem.as_ref().is_some_and(|p| p.contains("\u{201c}Authorize\u{201d}")), "{row:?}");
    journey.cabinet.retry_outbox(OfOperation { id: row.id }).await.expect("tried again");
    journey.cabinet.sync_now().await.expect("synced");
    let row = outbox(&journey.cabinet).await.remove(0);
    assert_eq!(row.state, OutboxState::Verified, "{row:?}");
    stands_once(&server, &journey.data_dir(), id, "Approved");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transition_answered_with_204_and_not_made_fails_in_the_outbox_with_the_servers_state() {
    let server = Redmine::given();
    let project = server.project();
    let id = server.ticket(&project, "Not there yet", "Assess");
    let proxy = server.proxy().await;
    // A server older than 5.0 does not say which steps are allowed, so that only reading back can tell.
    let hidden = Fault::Replace { from: "\"allowed_statuses\"".to_owned(), to: "\"not_told\"".to_owned() };
    proxy.rule(Rule::always("GET", "allowed_statuses", hidden));
    let journey = desk(server.clone(), &proxy.url(), &project).await;
    approve(&journey, &[id]).await;
    journey.cabinet.sync_now().await.expect("synced");
    let rows = outbox(&journey.cabinet).await;
    assert_eq!(rows[0].state, OutboxState::Failed, "{rows:?}");
    let problem = rows[0].problem.clone().expect("a problem");
    assert!(problem.contains("\u{201c}Assess\u{201d}") && problem.contains("\u{201c}Approved\u{201d}"), "{problem}");
    assert_eq!(proxy.count("PUT", "/issues/"), 1, "sent, and not again");
    assert_eq!(server.issue(id)["status"]["name"], "Assess", "the server's word");
    journey.cabinet.sync_now().await.expect("synced");
    assert_eq!(proxy.count("PUT", "/issues/"), 1, "a later sync does not try by itself");
}
