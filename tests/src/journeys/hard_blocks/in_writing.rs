//! A question that all members answer with yes before a defect comes: the chair cannot end it in favour. And one on whose answer
//! the author of the change has no word, before or after.
use board::views::{Position, Role};
use board::{Answer, BoardError, CircularSaid, CircularState, CircularView, OpenCircularRequest, VoteCircularRequest};
use chrono::Duration;

use super::super::gate::begin;
use super::{Block, Path, Tried, free, hand_out, nothing_approved, number, of_change, sign};
use crate::journey::{Journey, now};

/// What is tried here on a change that is the CTO's own, and carried in writing by the others.
pub(super) const OWN: &[Path] =
    &[Path::Circular, Path::Key, Path::Asking, Path::Export, Path::HandOut, Path::Standing, Path::StandingWindow];

/// The chair asks all members whether it may go ahead.
async fn asked(journey: &Journey, key: &str) -> CircularView {
    let chair = journey.member(Role::Chair).await;
    let request = OpenCircularRequest {
        pin: journey.pin(&chair).await.into(),
        member: chair,
        change: key.to_owned(),
        question: "May it go ahead tonight?".to_owned(),
        closes: (now() + Duration::hours(2)).to_rfc3339(),
    };
    journey.cabinet.open_circular(request).await.expect("nothing blocks it yet")
}

/// The member answers with yes.
async fn votes(journey: &Journey, circular: &CircularView, member: &str) -> Answer<CircularView> {
    let request = VoteCircularRequest {
        circular: circular.id.clone(),
        member: member.to_owned(),
        pin: journey.pin(member).await.into(),
        position: Position::Approve,
    };
    journey.cabinet.vote_circular(request).await
}

/// Whoever is asked and may answer does, with yes.
async fn all_vote(journey: &Journey, circular: &CircularView) {
    for answer in circular.answers.iter().filter(|answer| answer.said == CircularSaid::Silent) {
        votes(journey, circular, &answer.member).await.expect("a vote");
    }
}

/// Whose own change it is has no vote on it in writing (R89), and what the others carry waits for another's signature.
async fn carried_by_the_others(journey: &Journey, key: &str) {
    let cto = journey.member(Role::Cto).await;
    let circular = asked(journey, key).await;
    let barred = circular.answers.iter().find(|answer| answer.member == cto).expect("on the list");
    assert_eq!(barred.said, CircularSaid::Barred, "{circular:?}");
    let vote = votes(journey, &circular, &cto).await;
    assert!(matches!(&vote, Err(BoardError::Refused(_))), "nobody votes on a change of their own: {vote:?}");
    all_vote(journey, &circular).await;
    let ended = journey.cabinet.end_circular(key, "").await.expect("the others decide");
    assert_eq!(ended.state, CircularState::Carried, "{ended:?}");
    let mut tried = Tried::default();
    tried.refused(key, Path::Circular, sign(journey, of_change(key), &cto).await, ("duty-author", "R89"));
    tried.refused(key, Path::Key, sign(journey, of_change(key), &cto).await, ("duty-author", "R89"));
    tried.refused(key, Path::Asking, journey.cabinet.ask_in_writing(key, &cto).await, ("duty-author", "R89"));
    hand_out(journey, &mut tried, key, ("awaiting_sign_off", "R30")).await;
    tried.all(key, OWN);
    nothing_approved(journey, key).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_all_approve_in_writing_is_not_carried_once_it_is_blocked() {
    let journey = begin().await;
    let keys = free(&journey, 2).await;
    let (key, own) = (keys[0].clone(), keys[1].clone());
    for key in &keys {
        journey.server.set_field(number(key), "Change kind", "Emergency").expect("a field of the sample");
    }
    journey.server.edit(number(&own), |issue| issue.author = 12).expect("the CTO wrote it");
    journey.cabinet.sync_now().await.expect("synced");
    let circular = asked(&journey, &key).await;
    all_vote(&journey, &circular).await;

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
    carried_by_the_others(&journey, &own).await;
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
    journey.cabinet.finish_work().await;
}
