//! A question that all members answer with yes before a defect comes: the chair cannot end it in favour.
use board::views::{Position, Role};
use board::{CircularSaid, CircularState, OpenCircularRequest, VoteCircularRequest};
use chrono::Duration;

use super::super::gate::begin;
use super::{Block, Path, Tried, free, nothing_approved, number};
use crate::journey::now;

#[tokio::test(flavor = "multi_thread")]
async fn what_all_approve_in_writing_is_not_carried_once_it_is_blocked() {
    let journey = begin().await;
    let key = free(&journey, 1).await.remove(0);
    journey.server.set_field(number(&key), "Change kind", "Emergency").expect("a field of the sample");
    journey.cabinet.sync_now().await.expect("synced");
    let chair = journey.member(Role::Chair).await;
    let request = OpenCircularRequest {
        pin: journey.pin(&chair).await.into(),
        member: chair,
        change: key.clone(),
        question: "May it go ahead tonight?".to_owned(),
        closes: (now() + Duration::hours(2)).to_rfc3339(),
    };
    let asked = journey.cabinet.open_circular(request).await.expect("nothing blocks it yet");
    for answer in asked.answers.iter().filter(|answer| answer.said == CircularSaid::Silent) {
        let request = VoteCircularRequest {
            circular: asked.id.clone(),
            member: answer.member.clone(),
            pin: journey.pin(&answer.member).await.into(),
            position: Position::Approve,
        };
        journey.cabinet.vote_circular(request).await.expect("a vote");
    }

    let link = Block::Severe.comes(&journey, &key);
    assert!(link.is_some(), "a defect is linked");
    journey.cabinet.reconcile_now().await.expect("compared");
    let mut tried = Tried::default();
    tried.refused(&key, Path::Circular, journey.cabinet.end_circular(&key, "").await, ("hard_block", "R32"));
    nothing_approved(&journey, &key).await;
    assert!(journey.change(&key).await.decision.is_none(), "nothing is decided");
    let ended = journey.cabinet.end_circular(&key, "A defect is open").await.expect("ended without a resolution");
    assert_eq!(ended.state, CircularState::NotCarried, "{ended:?}");
    nothing_approved(&journey, &key).await;
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
    journey.cabinet.finish_work().await;
}
