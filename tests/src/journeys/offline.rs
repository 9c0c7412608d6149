//! With the server gone everything but the network goes on; when it returns, the outbox drains in order, once.
use board::views::{DecisionKind, OutboxState, Role, VotePosition};

use crate::journey::Journey;

#[tokio::test(flavor = "multi_thread")]
async fn without_the_server_a_meeting_is_reviewed_decided_signed_and_sealed_and_goes_out_later_once() {
    let mut journey = Journey::begin().await;
    let changes = journey.approvable().await;
    let chosen: Vec<&str> = changes.iter().take(3).map(String::as_str).collect();
    journey.server.go_offline().await;
    let change = chosen[0].to_owned();
    let walk = journey
        .cabinet
        .risk_walk(board::requests::OfChange { change: change.clone() })
        .await
        .expect("the risk walk opens offline");
    let open = walk.questions.iter().find(|q| q.answer.is_none()).or(walk.questions.first()).expect("a question");
    journey
        .cabinet
        .answer_risk(board::requests::AnswerRiskRequest {
            change: change.clone(),
            question: open.id.clone(),
            answer: Some(0),
            note: String::new(),
        })
        .await
        .expect("answered offline");
    journey.cabinet.submit_risk(board::requests::OfChange { change: change.clone() }).await.expect("scored offline");
    journey
        .cabinet
        .tick_section(board::requests::TickSectionRequest {
            change: change.clone(),
            section: "backout".to_owned(),
            ticked: true,
        })
        .await
        .expect("ticked offline");
    journey
        .cabinet
        .submit_plan_review(board::requests::OfChange { change: change.clone() })
        .await
        .expect("reviewed offline");
    let meeting = journey.meet(&chosen).await.meeting.id;
    for item in ["1", "2", "3"] {
        journey.all_vote(&meeting, item, VotePosition::Approve).await;
        journey.decide(&meeting, item, DecisionKind::Approved, "").await.expect("decided offline");
    }
    journey.close(&meeting).await;
    let cto = journey.member(Role::Cto).await;
    let (_, refusals) = journey.sign_queue(&meeting, &cto).await;
    assert!(refusals.is_empty(), "signed offline: {refusals:?}");
    journey.seal(&meeting).await.expect("sealed offline");
    assert!(journey.cabinet.sync_now().await.is_err(), "the server is gone, and the sync says so");
    let waiting = journey.cabinet.outbox().await.expect("an outbox").rows;
    assert_eq!(waiting.len(), 3, "three decisions wait");
    assert!(waiting.iter().all(|r| r.state == OutboxState::Queued), "and wait is all they do");
    journey.reopen().await;
    let before = journey.server.requests().len();
    journey.server.come_back().expect("the server returns");
    journey.cabinet.sync_now().await.expect("synced");
    let rows = journey.cabinet.outbox().await.expect("an outbox").rows;
    assert!(rows.iter().all(|r| r.state == OutboxState::Verified), "{rows:?}");
    let writes: Vec<String> =
        journey.server.requests().into_iter().skip(before).filter(|r| r.method == "PUT").map(|r| r.path).collect();
    let numbers: Vec<&str> = chosen.iter().filter_map(|k| k.rsplit('-').next()).collect();
    assert_eq!(writes.len(), 3, "one PUT per change: {writes:?}");
    for (path, number) in writes.iter().zip(&numbers) {
        assert!(path.contains(&format!("/{number}.json")), "in the order of the agenda: {writes:?}");
    }
    journey.cabinet.sync_now().await.expect("synced again");
    let again = journey.server.requests().into_iter().filter(|r| r.method == "PUT").count();
    assert_eq!(again, 3, "a later sync writes nothing more");
}
