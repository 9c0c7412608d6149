//! A meeting from call to order to sealed minutes on the ticket.
use board::views::{ApprovalState, DecisionKind, OutboxState, Role, VotePosition};

use crate::journey::Journey;

#[tokio::test(flavor = "multi_thread")]
async fn a_meeting_ends_in_sealed_minutes_and_the_decision_on_its_ticket_once() {
    let journey = Journey::begin().await;
    let changes = journey.approvable().await;
    let chosen: Vec<&str> = changes.iter().take(2).map(String::as_str).collect();
    let meeting = journey.meet(&chosen).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    journey.all_vote(&meeting, "2", VotePosition::Reject).await;
    let refused = journey.decide(&meeting, "2", DecisionKind::Rejected, "").await;
    assert!(refused.is_err(), "a rejection needs a reason");
    journey.decide(&meeting, "2", DecisionKind::Rejected, "The backout plan was not rehearsed.").await.expect("decided");
    let wrap_up = journey.close(&meeting).await;
    assert_eq!(wrap_up.undecided, 0, "both items are decided");
    let cto = journey.member(Role::Cto).await;
    let (pins, refusals) = journey.sign_queue(&meeting, &cto).await;
    assert!(refusals.is_empty(), "the CTO may sign: {refusals:?}");
    assert_eq!(pins, 1, "one PIN for the approver");
    journey.seal(&meeting).await.expect("sealed");
    assert_eq!(journey.change(chosen[0]).await.decision.expect("decided").approval, ApprovalState::Holds);
    let verified =
        journey.cabinet.verify_minutes(board::requests::OfMeeting { meeting: meeting.clone() }).await.expect("verified");
    let verification = verified.verification.expect("a verification");
    assert!(verification.verified, "{}", verification.verdict);
    journey.cabinet.sync_now().await.expect("synced");
    let outbox = journey.cabinet.outbox().await.expect("an outbox");
    assert_eq!(outbox.rows.len(), 2, "one operation per decided change");
    for row in &outbox.rows {
        assert_eq!(row.state, OutboxState::Verified, "{}: {:?}", row.key, row.problem);
    }
    for key in chosen {
        let number = key.rsplit('-').next().expect("a number").parse().expect("a number");
        let ticket = journey.server.issue(number).expect("the ticket");
        let notes = ticket.journals.iter().filter(|j| j.notes.contains("CAB-")).count();
        assert_eq!(notes, 1, "{key} carries the decision once");
        assert_eq!(ticket.attachments.iter().filter(|a| format!("{a:?}").contains("decision")).count(), 1, "and its extract once");
    }
}
