//! How each voice is known: recorded on the chair's word, witnessed by a second keyholder who was there.
use board::requests::{OfItem, OfMeeting};
use board::views::{Attestation, DecisionKind, Role, VotePosition};
use board::{BoardError, WitnessRequest};

use crate::journey::Journey;

#[tokio::test(flavor = "multi_thread")]
async fn spoken_votes_become_witnessed_by_a_keyholder_who_was_there_and_by_nobody_else() {
    let journey = Journey::begin().await;
    let changes = journey.approvable().await;
    let chosen: Vec<&str> = changes.iter().take(2).map(String::as_str).collect();
    let meeting = journey.meet(&chosen).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    let next = OfItem { meeting: meeting.clone(), item: "2".to_owned() };
    journey.cabinet.set_current_item(next).await.expect("moved on");
    let known = |item: &board::views::ConsoleItem| item.votes.iter().filter_map(|v| v.attestation).min();
    assert_eq!(known(&journey.item(&meeting, "1").await), Some(Attestation::Recorded), "the chair's word alone");

    let chair = journey.member(Role::Chair).await;
    let own = WitnessRequest { meeting: meeting.clone(), pin: journey.pin(&chair).await.into(), member: chair };
    let refused = journey.cabinet.witness(own).await.expect_err("nobody witnesses the own word");
    assert!(matches!(&refused, BoardError::Refused(r) if r.code == "own_word"), "{refused}");

    let security = journey.member(Role::Security).await;
    let wrong = WitnessRequest { meeting: meeting.clone(), member: security.clone(), pin: "not-the-pin".into() };
    let refused = journey.cabinet.witness(wrong).await.expect_err("only with the PIN");
    assert!(matches!(&refused, BoardError::Refused(r) if r.code == "wrong_pin"), "{refused}");

    let pin = journey.pin(&security).await.into();
    let raised = journey.cabinet.witness(WitnessRequest { meeting: meeting.clone(), member: security, pin }).await;
    assert_eq!(raised.expect("witnessed"), 1, "one entry of the running record");
    assert_eq!(known(&journey.item(&meeting, "1").await), Some(Attestation::Witnessed), "all of its votes");
    let (before, after) = journey.cabinet.rebuild().await.expect("rebuilt");
    assert_eq!(before, after, "and it follows from the record");
    journey.cabinet.close_meeting(OfMeeting { meeting }).await.expect("closed");
}
