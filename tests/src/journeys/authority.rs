//! What happens to a decision after the meeting: conditions are met, approvers refuse.
use board::requests::{MeetCondition, SigningRequest};
use board::views::{
    ApprovalState, Basis, ConditionState, DecideRequest, DecideRequestConditions, DecideRequestConditionsWhen,
    DecisionKind, OutboxState, RequiredSignOffState, Role, SignOffState, SignRequest, SigningSubject, SigningView,
    Verdict, VotePosition,
};
use board::{Answer, BoardError};

use crate::journey::{Journey, approving};

fn code(error: &BoardError) -> &str {
    match error {
        BoardError::Refused(refusal) => &refusal.code,
        BoardError::NotFound { .. } => "not_found",
        BoardError::Invalid { .. } => "invalid",
        BoardError::Ticketing { .. }
        | BoardError::Vault { .. }
        | BoardError::Verification { .. }
        | BoardError::Cancelled
        | BoardError::Internal { .. } => "other",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_waits_for_its_condition_and_goes_to_the_ticket_when_it_is_met() {
    let journey = Journey::begin().await;
    let key = journey.approvable().await.first().expect("a change").clone();
    let meeting = journey.meet(&[&key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    let decision = DecideRequest {
        meeting: meeting.clone(),
        item: "1".to_owned(),
        kind: DecisionKind::ApprovedWithConditions,
        basis: Basis::Vote,
        rationale: String::new(),
        conditions: vec![DecideRequestConditions {
            text: "Rehearse the backout on staging".to_owned(),
            owner: "Release Manager".to_owned(),
            due_on: None,
            when: DecideRequestConditionsWhen::Before,
        }],
        deferred_to: None,
    };
    journey.cabinet.decide(decision).await.expect("decided");
    journey.close(&meeting).await;
    let cto = journey.member(Role::Cto).await;
    let (_, refused) = journey.sign_queue(&meeting, &cto).await;
    assert!(refused.is_empty(), "{refused:?}");
    journey.seal(&meeting).await.expect("sealed");

    let waiting = journey.change(&key).await;
    assert_eq!(waiting.decision.expect("decided").approval, ApprovalState::AwaitingSignOff, "a condition is open");
    assert!(journey.cabinet.outbox().await.expect("an outbox").rows.is_empty(), "nothing goes out before it is met");
    let condition = waiting.conditions.first().expect("a condition").id.clone();

    let meet = |condition: &str, note: &str| MeetCondition { condition: condition.to_owned(), note: note.to_owned() };
    let blank = journey.cabinet.meet_condition(meet(&condition, " ")).await.expect_err("a note is needed");
    assert_eq!(code(&blank), "invalid");
    let other = meet("0192f3a0-0000-7000-8000-000000000001", "Rehearsed");
    assert_eq!(code(&journey.cabinet.meet_condition(other).await.expect_err("unknown")), "not_found");
    journey.cabinet.meet_condition(meet(&condition, "Rehearsed on 12 November")).await.expect("met");
    let again = journey.cabinet.meet_condition(meet(&condition, "Again")).await.expect_err("once");
    assert_eq!(code(&again), "condition_met");

    let met = journey.change(&key).await;
    assert_eq!(met.conditions.first().expect("a condition").state, ConditionState::Met);
    assert_eq!(met.decision.expect("decided").approval, ApprovalState::Holds);
    journey.seal(&meeting).await.expect("its extract waited for the condition, and is sealed now");
    journey.cabinet.sync_now().await.expect("synced");
    let outbox = journey.cabinet.outbox().await.expect("an outbox");
    let states: Vec<OutboxState> = outbox.rows.iter().map(|r| r.state).collect();
    assert_eq!(states, [OutboxState::Verified], "the decision is on its ticket, once");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}

async fn prepared(journey: &Journey, change: &str) -> SigningView {
    let subject = SigningSubject::Change { change: change.to_owned() };
    journey.cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
    journey.cabinet.signing_view().await.expect("a view")
}

async fn say(journey: &Journey, change: &str, verdict: Verdict, reason: &str) -> Answer<SigningView> {
    let view = prepared(journey, change).await;
    let member = journey.member(Role::Cto).await;
    let request = SignRequest {
        verdict,
        reason: reason.to_owned(),
        ..approving(&view.statements[0].id, member.as_str(), Some(journey.pin(&member).await))
    };
    journey.cabinet.sign(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approver_refuses_with_a_reason_and_the_approval_does_not_hold() {
    let journey = Journey::begin().await;
    let key = journey.approvable().await.first().expect("a change").clone();
    let meeting = journey.meet(&[&key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    journey.close(&meeting).await;

    let silent = say(&journey, &key, Verdict::Reject, " ").await.expect_err("a reason is needed");
    assert_eq!(code(&silent), "invalid");
    let begins = format!("I reject {key} as shown to me:");
    assert_eq!(prepared(&journey, &key).await.statements[0].rejection.as_ref(), Some(&begins));
    let signed = say(&journey, &key, Verdict::Reject, "The backout was not rehearsed.").await.expect("signed");
    assert_eq!(signed.statements[0].meaning, format!("{begins} The backout was not rehearsed."));

    let shown = journey.change(&key).await;
    assert_eq!(shown.sign_offs.iter().map(|s| s.state).collect::<Vec<_>>(), [SignOffState::Rejects]);
    assert_eq!(shown.sign_offs[0].meaning, signed.statements[0].meaning, "what was signed is what is shown");
    assert_eq!(shown.required_sign_offs[0].state, RequiredSignOffState::Rejected);
    assert_eq!(shown.decision.expect("decided").approval, ApprovalState::NotApplicable, "there is no approval");
    journey.seal(&meeting).await.expect("sealed");
    assert!(journey.cabinet.outbox().await.expect("an outbox").rows.is_empty(), "no approval is written to the ticket");

    say(&journey, &key, Verdict::Approve, "").await.expect("minds change");
    assert_eq!(
        journey.change(&key).await.decision.expect("decided").approval,
        ApprovalState::Holds,
        "the newest counts"
    );
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}
