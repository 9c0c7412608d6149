//! Two changes in each other's way: the desk says so, one is moved with its reason, what was signed for the old window is
//! named before and stale after, and is signed again.
use board::BoardError;
use board::requests::SigningRequest;
use board::views::{
    ApprovalState, ChangeColumn, ChangesQuery, ChangesQuerySort, ChangesQueryView, DecisionKind, GateResult,
    RequiredSignOffState, RescheduleRequest, Role, SignOffState, SigningSubject, VotePosition,
};
use chrono::{DateTime, Duration, Utc};
use domain::policy::{Policy, Strength};

use super::gate::open_window;
use super::shifts::{signed, under};
use crate::gates::code;
use crate::journey::{Journey, approving, now};

const UTC: &str = "Etc/UTC";

/// Changes that could be approved but for what else is planned for their time: the list counts that as well.
async fn ready(journey: &Journey) -> Vec<String> {
    let query = ChangesQuery {
        text: String::new(),
        kinds: Vec::new(),
        levels: Vec::new(),
        view: ChangesQueryView::Open,
        sort: ChangesQuerySort { column: ChangeColumn::Key, descending: false },
        offset: 0,
        limit: 200,
    };
    let rows = journey.cabinet.list_changes(query).await.expect("a list").rows;
    let mut keys = Vec::new();
    for row in rows.into_iter().filter(|row| row.remote_status == "Authorize") {
        let only = row.gates_blocking == 1 && journey.gate(&row.key, "R74").await.0 == GateResult::Failed;
        if row.gates_blocking == 0 || only {
            keys.push(row.key);
        }
    }
    keys
}

/// A board whose policy blocks what is in the way of another, and two changes that are, now; it tolerates shifts of windows
/// by so many minutes.
async fn in_each_others_way(tolerance: u32) -> (Journey, [(String, u32); 2]) {
    let journey = under(|n| {
        let name = format!("conflicts/{n}");
        let mut policy = Policy { name, window_tolerance_minutes: tolerance, ..Policy::built_in(Strength::Starter) };
        policy.blocking.push("R74".to_owned());
        policy
    })
    .await;
    let keys = ready(&journey).await;
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
    let (journey, [(one, _), (other, number)]) = in_each_others_way(0).await;
    let (result, finding) = journey.gate(&one, "R74").await;
    assert_eq!(result, GateResult::Failed, "{finding}");
    assert!(finding.contains(&other) && finding.contains("same environment production"), "{finding}");
    let (row, page) = (journey.change(&one).await.row, ready(&journey).await);
    assert!(row.gates_blocking >= 1 && page.contains(&one), "the list counts it: {row:?}");
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
    let (journey, [(key, number), _]) = in_each_others_way(0).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_is_moved_within_the_tolerance_is_compared_whole_before_the_approval_goes_out() {
    let (journey, [(key, number), (other, beside)]) = in_each_others_way(60).await;
    let free = now() + Duration::days(200);
    plan(&journey, number, free).await;
    // Right after it, where nobody has decided on it: windows that only touch are in nobody's way.
    plan(&journey, beside, free + Duration::hours(2)).await;
    signed(&journey, &key).await;
    let file = journey.folder.path().join("approval.json");
    journey.cabinet.export_approval(&key, &file).await.expect("handed out");

    plan(&journey, number, free + Duration::minutes(30)).await;
    let view = journey.change(&key).await;
    assert_eq!(view.decision.as_ref().expect("decided").approval, ApprovalState::Holds, "it is within the tolerance");
    let (result, finding) = journey.gate(&key, "R74").await;
    assert!(result == GateResult::Failed && finding.contains(&other), "{finding}");
    assert!(finding.contains("same environment production"), "{finding}");
    assert_eq!(code(&journey.cabinet.export_approval(&key, &file).await), "hard_block");
    plan(&journey, beside, free + Duration::days(9)).await;
    journey.cabinet.export_approval(&key, &file).await.expect("nothing is in its way");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_the_ticket_moved_without_a_word_is_asked_about_and_explained_afterwards() {
    let (journey, [(key, number), _]) = in_each_others_way(0).await;
    let free = now() + Duration::days(200);
    plan(&journey, number, free).await;
    signed(&journey, &key).await;
    assert_eq!(journey.gate(&key, "R79").await.0, GateResult::Passed);
    let there = journey.cabinet.preview_reschedule(moved(&key, free)).await;
    assert_eq!(code(&there), "invalid", "it is there already, and nobody asks why");

    let later = free + Duration::days(1);
    plan(&journey, number, later).await;
    let (result, finding) = journey.gate(&key, "R79").await;
    assert!(result == GateResult::Warned && finding.contains("nobody recorded why"), "{finding}");
    let follows = journey.cabinet.preview_reschedule(moved(&key, later)).await.expect("what followed");
    assert_eq!((follows.standing.as_str(), follows.standing_then.as_str()), ("Approved", "Stale"));
    assert!(follows.sign_offs.iter().all(|s| s.stale) && follows.notice.contains("To be signed again"), "{follows:?}");
    journey.cabinet.reschedule(moved(&key, later)).await.expect("recorded");
    assert_eq!(journey.gate(&key, "R79").await.0, GateResult::Passed);
    assert_eq!(code(&journey.cabinet.reschedule(moved(&key, later)).await), "invalid", "once is enough");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_policy_blocks_it_nothing_goes_out_of_an_unexplained_window_until_somebody_says_why() {
    let journey = under(|n| {
        let name = format!("reasons/{n}");
        let mut policy = Policy { name, window_tolerance_minutes: 60, ..Policy::built_in(Strength::Starter) };
        policy.blocking.push("R79".to_owned());
        policy
    })
    .await;
    let key = ready(&journey).await.into_iter().next().expect("a change that can be approved");
    let number = open_window(&journey, &key).await;
    let free = now() + Duration::days(200);
    plan(&journey, number, free).await;
    signed(&journey, &key).await;
    let file = journey.folder.path().join("approval.json");
    journey.cabinet.export_approval(&key, &file).await.expect("it is where it was decided");

    // Within the tolerance every sign-off holds, and still nobody said why it was moved.
    let later = free + Duration::minutes(30);
    plan(&journey, number, later).await;
    let (result, finding) = journey.gate(&key, "R79").await;
    assert!(result == GateResult::Failed && finding.contains("nobody recorded why"), "{finding}");
    let refused = journey.cabinet.export_approval(&key, &file).await;
    assert!(matches!(&refused, Err(BoardError::Refused(no)) if no.clause.as_deref() == Some("R79")), "{refused:?}");
    journey.cabinet.reschedule(moved(&key, later)).await.expect("recorded");
    assert_eq!(journey.gate(&key, "R79").await.0, GateResult::Passed);
    journey.cabinet.export_approval(&key, &file).await.expect("the record says why");
}
