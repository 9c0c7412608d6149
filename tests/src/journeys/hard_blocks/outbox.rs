//! An approval on its way to its ticket when a defect comes: it stays in the house until the defect is gone.
use board::requests::{OfItem, OfOperation};
use board::views::{DecisionKind, OutboxRow, OutboxState, Role, VotePosition};

use super::super::gate::begin;
use super::{Block, free, number, of_change, sign};
use crate::gates::code;
use crate::journey::Journey;

/// The only operation on its way, and the status of its ticket.
async fn waiting(journey: &Journey, key: &str) -> (OutboxRow, u32) {
    let mut rows = journey.cabinet.outbox().await.expect("an outbox").rows;
    assert_eq!(rows.len(), 1, "{rows:?}");
    (rows.remove(0), journey.server.issue(number(key)).expect("the ticket").status)
}

/// What the ticket says now is read.
async fn read(journey: &Journey) {
    journey.cabinet.reconcile_now().await.expect("compared");
    journey.cabinet.sync_now().await.expect("synced");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_waits_for_its_ticket_stays_in_the_outbox_when_a_defect_comes() {
    let journey = begin().await;
    let key = free(&journey, 1).await.remove(0);
    let meeting = journey.meet(&[&key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    journey.close(&meeting).await;
    let cto = journey.member(Role::Cto).await;
    sign(&journey, of_change(&key), &cto).await.expect("signed");
    journey.server.go_offline().await;
    journey.seal(&meeting).await.expect("sealed without the server");
    journey.cabinet.finish_work().await;
    let (row, undecided) = waiting(&journey, &key).await;
    assert_eq!(row.state, OutboxState::Queued, "{row:?}");

    journey.server.come_back().expect("the same port");
    let link = Block::Severe.comes(&journey, &key).expect("a link");
    read(&journey).await;
    let (row, status) = waiting(&journey, &key).await;
    assert_eq!((row.state, status), (OutboxState::Blocked, undecided), "{row:?}");
    assert!(row.problem.as_deref().is_some_and(|why| why.starts_with("R32 blocks every approval")), "{row:?}");
    let retried = journey.cabinet.retry_outbox(OfOperation { id: row.id.clone() }).await;
    assert_eq!(code(&retried), "stale", "nobody's second look lets it go");

    journey.server.unrelate(link);
    read(&journey).await;
    journey.cabinet.retry_outbox(OfOperation { id: row.id }).await.expect("it is what was approved again");
    journey.cabinet.sync_now().await.expect("synced");
    let (row, status) = waiting(&journey, &key).await;
    assert_eq!(row.state, OutboxState::Verified, "{row:?}");
    assert_ne!(status, undecided, "the ticket says that it is approved");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
    journey.cabinet.finish_work().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_in_favour_that_is_blocked_before_the_chair_moves_on_is_never_written() {
    let journey = begin().await;
    let keys = free(&journey, 2).await;
    let meeting = journey.meet(&[&keys[0], &keys[1]]).await.meeting.id;
    let at = |item: &str| OfItem { meeting: meeting.clone(), item: item.to_owned() };
    journey.cabinet.set_current_item(at("1")).await.expect("in front of the board");
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("nothing blocks it yet");
    Block::Gone.comes(&journey, &keys[0]);
    journey.cabinet.reconcile_now().await.expect("compared");

    assert_eq!(code(&journey.cabinet.set_current_item(at("2")).await), "hard_block");
    let close = board::requests::OfMeeting { meeting: meeting.clone() };
    assert_eq!(code(&journey.cabinet.close_meeting(close).await), "hard_block");
    assert_eq!(code(&journey.decide(&meeting, "1", DecisionKind::Approved, "").await), "hard_block");
    journey.decide(&meeting, "1", DecisionKind::Deferred, "Its ticket is gone").await.expect("the chair defers it");
    journey.close(&meeting).await;
    let decision = journey.change(&keys[0]).await.decision.expect("decided");
    assert_eq!(decision.kind, DecisionKind::Deferred, "and nothing else was ever decided");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}
