//! Two changes in each other's way: the desk says so, one is moved with its reason, what was signed for the old window is
//! named before and stale after, and is signed again.
use board::requests::SigningRequest;
use board::views::{
    ApprovalState, DecisionKind, GateResult, RequiredSignOffState, RescheduleRequest, Role, SignOffState,
    SigningSubject, VotePosition,
};
use chrono::{DateTime, Duration, Utc};
use domain::policy::{Policy, Strength};

use super::gate::open_window;
use super::shifts::{signed, under};
use crate::gates::code;
use crate::journey::{Journey, approving, now};

const UTC: &str = "Etc/UTC";

/// A board whose policy blocks what is in the way of another, and two changes that are, now.
async fn in_each_others_way() -> (Journey, [(String, u32); 2]) {
    let journey = under(|n| {
        let mut policy = Policy { name: format!("conflicts/{n}"), ..Policy::built_in(Strength::Starter) };
        policy.blocking.push("R74".to_owned());
        policy
    })
    .await;
    let keys = journey.approvable().await;
    let [one, other, ..] = keys.as_slice() else { panic!("two changes that can be approved: {keys:?}") };
    let mut both = Vec::new();
    for key in [one, other] {
        let number = open_window(&journey, key).await;
        journey.server.set_field(number, "Environment", "production").expect("a field of the sample");
        both.push((key.clone(), number));
    }
    journey.cabinet.sync_now().await.expect("synced");
    let both = <[(String, u32); 2]>::try_from(both).expect("two");
    (journey, both)
}

fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M").to_string()
}

fn moved(key: &str, to: DateTime<Utc>) -> RescheduleRequest {
    RescheduleRequest {
        change: key.to_owned(),
        start: minute(to),
        end: minute(to + Duration::hours(2)),
        zone: Some(UTC.to_owned()),
        reason: "The night shift is ill".to_owned(),
    }
}

/// The ticket's window is moved, and the edit arrives.
async fn plan(journey: &Journey, number: u32, to: DateTime<Utc>) {
    for (field, at) in [("Planned start", to), ("Planned end", to + Duration::hours(2))] {
        journey.server.set_field(number, field, &minute(at)).expect("a field of the sample");
    }
    journey.cabinet.sync_now().await.expect("synced");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_in_the_way_of_another_is_not_approved_where_the_policy_blocks_it() {
    let (journey, [(one, _), (other, number)]) = in_each_others_way().await;
    let (result, finding) = journey.gate(&one, "R74").await;
    assert_eq!(result, GateResult::Failed, "{finding}");
    assert!(finding.contains(&other) && finding.contains("same environment production"), "{finding}");
    let meeting = journey.meet(&[&one]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    assert_eq!(code(&journey.decide(&meeting, "1", DecisionKind::Approved, "").await), "hard_block");

    // The other one is moved far away: this one is free.
    plan(&journey, number, now() + Duration::days(200)).await;
    let (result, finding) = journey.gate(&one, "R74").await;
    assert!(!finding.contains(&other), "{result:?}: {finding}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_is_moved_with_its_reason_and_who_signs_again_is_named_before_and_does() {
    let (journey, [(key, number), _]) = in_each_others_way().await;
    let free = now() + Duration::days(200);
    let preview = journey.cabinet.preview_reschedule(moved(&key, free)).await.expect("what follows");
    assert!(preview.conflicts.is_empty() && preview.sign_offs.is_empty(), "{preview:?}");
    assert!(preview.from.is_some() && preview.notice.contains("Why: The night shift is ill"), "{preview:?}");
    assert_eq!(
        code(&journey.cabinet.preview_reschedule(RescheduleRequest { reason: " ".into(), ..moved(&key, free) }).await),
        "invalid"
    );
    journey.cabinet.reschedule(moved(&key, free)).await.expect("recorded");
    plan(&journey, number, free).await;
    assert_eq!(journey.gate(&key, "R74").await.0, GateResult::Passed);
    signed(&journey, &key).await;

    // Approved and signed; once more by a day.
    let later = free + Duration::days(1);
    let follows = journey.cabinet.reschedule(moved(&key, later)).await.expect("recorded");
    assert_eq!((follows.standing.as_str(), follows.standing_then.as_str()), ("Approved", "Stale"));
    let cto = journey.member(Role::Cto).await;
    let name = journey.change(&key).await.sign_offs[0].signer.clone();
    assert!(follows.sign_offs.iter().all(|s| s.stale && s.signer == name) && !follows.sign_offs.is_empty());
    assert!(follows.notice.contains(&format!("To be signed again:\n- {name} (CTO)")), "{}", follows.notice);
    let told = journey.change(&key).await;
    assert_eq!(told.sign_offs[0].state, SignOffState::Holds, "the ticket says when, and was not touched");
    let reasons = told.history.iter().filter(|entry| entry.what.starts_with("Moved the window: "));
    assert_eq!(reasons.count(), 2, "the record says why");

    plan(&journey, number, later).await;
    let stale = journey.change(&key).await;
    assert_eq!(stale.decision.as_ref().expect("decided").approval, ApprovalState::Stale);
    let subject = SigningSubject::Reaffirm { sign_off: stale.sign_offs[0].id.clone() };
    journey.cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
    let view = journey.cabinet.signing_view().await.expect("a view");
    let request = approving(&view.statements[0].id, &cto, Some(journey.pin(&cto).await));
    journey.cabinet.sign(request).await.expect("signed again");
    let again = journey.change(&key).await;
    let states: Vec<SignOffState> = again.sign_offs.iter().map(|s| s.state).collect();
    assert_eq!(states, [SignOffState::Stale, SignOffState::Holds]);
    assert_eq!(again.required_sign_offs[0].state, RequiredSignOffState::Holds);
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}
