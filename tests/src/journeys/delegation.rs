//! A member who cannot come lets another sit in their seat: dated, by their own PIN, and passed on by nobody (R72).
use board::requests::{AttendanceRequest, OfMember, VoteRequest};
use board::views::{DecisionKind, DelegationState, MeetingView, Role, SigningSubject, VotePosition};
use board::{BoardError, DelegateRequest, DelegatedSeat, EndDelegationRequest, verify_minutes};
use chrono::Duration;

use super::forks::signed;
use crate::journey::{Journey, now};

async fn delegate(journey: &Journey, of: &str, to: &str, days: i64) -> board::Answer<DelegatedSeat> {
    let request = DelegateRequest {
        member: of.to_owned(),
        to: to.to_owned(),
        meeting: None,
        from: None,
        until: (now() + Duration::days(days)).to_rfc3339(),
        reason: "on leave".to_owned(),
        pin: journey.pin(of).await.into(),
    };
    journey.cabinet.delegate(request).await
}

async fn attends(journey: &Journey, meeting: &str, member: &str, present: bool) -> MeetingView {
    let request = AttendanceRequest { meeting: meeting.to_owned(), member: member.to_owned(), present };
    journey.cabinet.set_attendance(request).await.expect("noted")
}

fn seat<'v>(view: &'v MeetingView, member: &str) -> &'v str {
    view.seats.iter().find(|seat| seat.member.id == member).map(|seat| seat.seat.as_str()).expect("a seat")
}

fn code<T: std::fmt::Debug>(answer: board::Answer<T>) -> String {
    let error = answer.expect_err("refused");
    let BoardError::Refused(refusal) = error else { panic!("{error}") };
    refusal.code
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delegate_counts_for_the_seat_while_its_member_is_away_and_votes_once() {
    let journey = Journey::begin().await;
    let (security, service) = (journey.member(Role::Security).await, journey.member(Role::ServiceManager).await);
    let lead = journey.member(Role::TechnicalLead).await;
    assert_eq!(code(delegate(&journey, &security, &security, 7).await), "delegation-oneself");
    assert_eq!(code(delegate(&journey, &security, &service, -1).await), "delegation-undated");
    assert_eq!(code(delegate(&journey, &security, &service, 900).await), "delegation-too-long");
    let made = delegate(&journey, &security, &service, 7).await.expect("the member's own PIN");

    let changes = journey.approvable().await;
    let view = journey.meet(&[&changes[0]]).await;
    let meeting = view.meeting.id.clone();
    let all = view.quorum.present;
    assert!(!seat(&view, &service).contains("also for"), "the member is there: nobody sits for them");
    let without = attends(&journey, &meeting, &security, false).await;
    assert!(without.quorum.present < all || seat(&without, &service).contains("also for"), "{:?}", without.quorum);
    attends(&journey, &meeting, &service, false).await;
    let name = view.seats.iter().find(|s| s.member.id == security).expect("a seat").member.name.clone();
    let with = attends(&journey, &meeting, &service, true).await;
    assert!(seat(&with, &service).ends_with(&format!("also for {name}")), "{}", seat(&with, &service));
    assert_eq!(with.quorum.present, all, "one person in the room, two seats filled");

    let open = journey.item(&meeting, "1").await.votes;
    for vote in open.iter().filter(|v| v.recused.is_none() && v.member.id != security) {
        let (item, position) = ("1".to_owned(), Some(VotePosition::Approve));
        let vote = VoteRequest { meeting: meeting.clone(), item, member: vote.member.id.clone(), position };
        journey.cabinet.vote(vote).await.expect("a vote");
    }
    let item = journey.item(&meeting, "1").await;
    let delegate = item.votes.iter().find(|v| v.member.id == service).expect("a row");
    assert!(delegate.seat.ends_with(&format!("also for {name}")), "{}", delegate.seat);
    let voters = item.votes.iter().filter(|v| v.position.is_some()).count();
    let cast = usize::try_from(item.tally.approve).expect("few");
    assert!(cast == voters && cast < view.seats.len(), "a person votes once, whoever's seat they fill");
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("with a quorum");
    journey.close(&meeting).await;

    // By the own key the delegate says for whom: what is shown, and what is signed.
    journey.cabinet.set_me(OfMember { member: service.clone() }).await.expect("whose eyes these are");
    let spoken = journey.cabinet.spoken(&service).await.expect("readable");
    let confirmed: Vec<String> = spoken.iter().filter(|s| s.what.contains(&name)).map(|s| s.act.clone()).collect();
    let wanted = SigningSubject::SpokenActs { confirmed, contested: Vec::new() };
    let shown = signed(&journey.cabinet, &service, &journey.pin(&service).await, wanted).await;
    let vote = format!("voted to approve, as the delegate of {name}");
    assert!(shown.statements[0].facts.iter().any(|f| f.value.starts_with(&vote)), "{:?}", shown.statements[0].facts);
    let meaning = shown.statements[0].meaning.as_str();
    assert!(meaning.ends_with(&format!("confirmed as the delegate of {name}.")), "{meaning}");
    journey.seal(&meeting).await.expect("sealed");
    let path = journey.data_dir().join("minutes").join(format!("minutes-{meeting}.pdf"));
    let checked = verify_minutes(&std::fs::read(path).expect("minutes"), None).expect("they hold");
    assert!(checked.recomputed);

    // Taken back, it is nobody's word but the member's that counts.
    let end = |member: &str, pin: String| EndDelegationRequest {
        delegation: made.entry.to_string(),
        member: member.to_owned(),
        reason: String::new(),
        pin: pin.into(),
    };
    let refused = journey.cabinet.end_delegation(end(&lead, journey.pin(&lead).await)).await;
    assert!(matches!(refused, Err(BoardError::NotFound { .. })), "it is not theirs to take back");
    journey.cabinet.end_delegation(end(&security, journey.pin(&security).await)).await.expect("taken back");
    assert!(journey.cabinet.delegations().await.expect("readable").iter().all(|d| d.withdrawn));
    let (before, after) = journey.cabinet.rebuild().await.expect("rebuilt");
    assert_eq!(before, after, "and it follows from the record");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_is_delegated_and_taken_back_in_the_signing_window_with_the_pin_itself() {
    let journey = Journey::begin().await;
    let (security, service) = (journey.member(Role::Security).await, journey.member(Role::ServiceManager).await);
    journey.cabinet.set_me(OfMember { member: security.clone() }).await.expect("whose eyes these are");
    let empty = journey.cabinet.delegations_view().await.expect("readable");
    assert!(empty.member.id == security && empty.refusal.is_none() && empty.delegations.is_empty(), "{empty:?}");
    assert!(empty.delegates.iter().any(|m| m.id == service), "{empty:?}");
    assert!(empty.delegates.iter().all(|m| m.id != security && !m.roles.contains(&Role::Auditor)), "{empty:?}");

    let pin = journey.pin(&security).await;
    let wanted = SigningSubject::Delegation {
        member: security.clone(),
        to: service.clone(),
        meeting: String::new(),
        from: String::new(),
        until: (now() + Duration::days(7)).to_rfc3339(),
        reason: "on leave".to_owned(),
    };
    let shown = signed(&journey.cabinet, &security, &pin, wanted).await;
    assert!(shown.statements[0].meaning.contains("sits in my seat from"), "{}", shown.statements[0].meaning);
    assert!(shown.statements[0].facts.iter().any(|f| f.value == "on leave"), "{:?}", shown.statements[0].facts);
    assert!(shown.signers.iter().all(|s| s.member.id == security && s.pin_always), "nobody gives another's seat away");

    let view = journey.cabinet.delegations_view().await.expect("readable");
    let [row] = view.delegations.as_slice() else { panic!("{view:?}") };
    assert!(row.state == DelegationState::InForce && row.can_end && row.reason == "on leave", "{row:?}");
    let end = SigningSubject::EndDelegation { delegation: row.entry.clone(), reason: "back early".to_owned() };
    let shown = signed(&journey.cabinet, &security, &pin, end).await;
    assert!(shown.statements[0].meaning.ends_with("no longer sits in my seat."), "{}", shown.statements[0].meaning);
    let view = journey.cabinet.delegations_view().await.expect("readable");
    let [row] = view.delegations.as_slice() else { panic!("{view:?}") };
    assert!(row.state == DelegationState::TakenBack && !row.can_end, "{row:?}");
}
