//! What blocks before anything is decided: there is no decision, and nothing that needs one.
use board::requests::{AttendanceRequest, OfItem, SigningRequest};
use board::views::{GateResult, Role, SigningSubject, VotePosition};
use board::{DelegateRequest, OpenCircularRequest, SetAside};
use chrono::Duration;

use super::super::emergency::asked;
use super::super::gate::begin;
use super::super::set_aside::say;
use super::required::{EVIDENCE, REHEARSED, unassessed, write};
use super::{Block, Path, Tried, decision, free, hand_out, in_favour, nothing_approved, of_change, sign};
use crate::gates::code;
use crate::journey::{Journey, now};

/// What is tried here without a quorum, where nothing else blocks.
pub(super) const SHORT: &[Path] = &[Path::Decision, Path::Export, Path::HandOut, Path::Standing, Path::StandingWindow];

/// What is tried here on each change.
pub(super) const PATHS: &[Path] = &[
    Path::Decision,
    Path::Key,
    Path::Queue,
    Path::Delegate,
    Path::Asking,
    Path::Immaterial,
    Path::Export,
    Path::HandOut,
    Path::Standing,
    Path::StandingWindow,
    Path::Waiver,
    Path::Emergency,
    Path::Circular,
];

/// Everybody but the chair comes or leaves.
async fn others_present(journey: &Journey, meeting: &str, present: bool) {
    let chair = journey.member(Role::Chair).await;
    for member in journey.cabinet.members().await.expect("members") {
        if member.member.id != chair {
            let request = AttendanceRequest { meeting: meeting.to_owned(), member: member.member.id, present };
            journey.cabinet.set_attendance(request).await.expect("noted");
        }
    }
}

/// The chair decides in favour in every way.
async fn decides(
    journey: &Journey,
    tried: &mut Tried,
    path: Path,
    (meeting, item, key): (&str, &str, &str),
    expected: (&str, &str),
) {
    for (kind, basis) in in_favour() {
        let answer = journey.cabinet.decide(decision(meeting, item, kind, basis)).await;
        tried.refused(key, path, answer, expected);
    }
}

/// Whoever may set gates aside tries to.
async fn waives(journey: &Journey, tried: &mut Tried, block: Block, key: &str) {
    for role in [Role::Chair, Role::Cto, Role::ServiceManager] {
        let by = journey.member(role).await;
        let gate = SetAside::Gate { gate: block.gate().to_owned(), until: None };
        let answer = say(journey, key, gate, "It cannot wait", &by).await;
        tried.refused(key, Path::Waiver, answer, block.waiving());
    }
}

/// The Service Manager declares an emergency: what blocked it still does.
async fn declares(journey: &Journey, tried: &mut Tried, at: (&str, &str, &str), expected: (&str, &str)) {
    let manager = journey.member(Role::ServiceManager).await;
    let form = asked(journey, &manager, Some(at.2)).await;
    journey.cabinet.declare_emergency(form).await.expect("declared");
    decides(journey, tried, Path::Emergency, at, expected).await;
}

/// The chair asks all members in writing, from the window and without it.
async fn circulates(journey: &Journey, tried: &mut Tried, key: &str, expected: (&str, &str)) {
    let chair = journey.member(Role::Chair).await;
    let (change, question) = (key.to_owned(), "May it go ahead tonight?".to_owned());
    let closes = (now() + Duration::hours(2)).to_rfc3339();
    let subject =
        SigningSubject::Circular { change: change.clone(), question: question.clone(), closes: closes.clone() };
    tried.refused(key, Path::Circular, sign(journey, subject, &chair).await, expected);
    let pin = journey.pin(&chair).await.into();
    let request = OpenCircularRequest { member: chair, pin, change, question, closes };
    tried.refused(key, Path::Circular, journey.cabinet.open_circular(request).await, expected);
    assert!(journey.cabinet.circulars().await.expect("a list").is_empty(), "{key}: nothing was asked");
}

/// Whoever may sign tries to, on the desk and elsewhere.
async fn signs(journey: &Journey, tried: &mut Tried, key: &str, expected: (&str, &str)) {
    let cto = journey.member(Role::Cto).await;
    for member in [&cto, &journey.member(Role::TechnicalLead).await] {
        tried.refused(key, Path::Key, sign(journey, of_change(key), member).await, expected);
    }
    let delegate = journey.member(Role::Security).await;
    tried.refused(key, Path::Delegate, sign(journey, of_change(key), &delegate).await, expected);
    tried.refused(key, Path::Asking, journey.cabinet.ask_in_writing(key, &cto).await, expected);
    let subject = SigningSubject::Immaterial { change: key.to_owned(), reason: "A detail".to_owned() };
    let chair = journey.member(Role::Chair).await;
    tried.refused(key, Path::Immaterial, sign(journey, subject, &chair).await, ("nothing_to_rule", "R30"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_blocked_before_it_is_decided_is_approved_on_no_way() {
    let journey = begin().await;
    let keys = free(&journey, 6).await;
    let blocks = [Block::Gone, Block::Severe, Block::Unclear, Block::NotHere, Block::Version, Block::Evidence];
    let items: Vec<(Block, String, &str)> = blocks
        .into_iter()
        .zip(["1", "2", "3", "4", "5", "6"])
        .zip(&keys)
        .map(|((b, n), key)| (b, n.to_owned(), key.as_str()))
        .collect();
    let cto = journey.member(Role::Cto).await;
    let seat = DelegateRequest {
        member: cto.clone(),
        to: journey.member(Role::Security).await,
        meeting: None,
        from: None,
        until: (now() + Duration::days(7)).to_rfc3339(),
        reason: "on leave".to_owned(),
        pin: journey.pin(&cto).await.into(),
    };
    journey.cabinet.delegate(seat).await.expect("another sits in the seat when its member is away");
    // What the plan names is frozen with the agenda.
    Block::NotHere.comes(&journey, &keys[3]);
    // Evidence of a rollback test is asked above Medium.
    unassessed(&journey, &keys[5]);
    write(&journey, &keys[5], EVIDENCE, REHEARSED);
    journey.cabinet.sync_now().await.expect("synced");
    let chosen: Vec<&str> = keys.iter().map(String::as_str).collect();
    let meeting = journey.meet(&chosen).await.meeting.id;

    // Without a quorum nothing is decided (R30), and what is not decided is approved by nobody's signature.
    others_present(&journey, &meeting, false).await;
    let mut short = Tried::default();
    for (block, item, key) in &items {
        decides(&journey, &mut short, Path::Decision, (&meeting, item, key), ("quorum_short", "R30")).await;
        if *block == Block::Gone {
            sign(&journey, of_change(key), &cto).await.expect("an authority may sign before the board decides");
            hand_out(&journey, &mut short, key, ("undecided", "R30")).await;
            short.all(key, SHORT);
            nothing_approved(&journey, key).await;
        }
    }
    others_present(&journey, &meeting, true).await;
    for (_, item, _) in &items {
        journey.all_vote(&meeting, item, VotePosition::Approve).await;
    }

    for (block, _, key) in items.iter().filter(|(block, _, _)| *block != Block::NotHere) {
        block.comes(&journey, key);
    }
    journey.cabinet.reconcile_now().await.expect("compared");
    journey.cabinet.sync_now().await.expect("synced");

    let mut tried = Tried::default();
    for (block, item, key) in &items {
        let (result, finding) = journey.gate(key, block.deciding().1).await;
        assert!(matches!(result, GateResult::Failed | GateResult::NoEvidence), "{key}: {result:?}, {finding}");
        let consent = OfItem { meeting: meeting.clone(), item: item.clone() };
        journey.cabinet.record_consent(consent).await.expect("nobody is against it");
        let at = (meeting.as_str(), item.as_str(), *key);
        decides(&journey, &mut tried, Path::Decision, at, block.deciding()).await;
        waives(&journey, &mut tried, *block, key).await;
        circulates(&journey, &mut tried, key, block.deciding()).await;
        declares(&journey, &mut tried, at, block.deciding()).await;
        signs(&journey, &mut tried, key, block.signing()).await;
        let expected = if *block == Block::Gone { ("no_ticket", "R11") } else { ("undecided", "R30") };
        hand_out(&journey, &mut tried, key, expected).await;
    }

    // The meeting ends, its minutes are sealed: nothing was decided, nothing waits to be signed or written.
    journey.close(&meeting).await;
    let subject = SigningSubject::Queue { meeting: meeting.clone() };
    journey.cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
    let queue = journey.cabinet.signing_view().await.expect("a view").statements;
    assert!(queue.is_empty(), "{queue:?}");
    journey.seal(&meeting).await.expect("minutes without a decision");
    journey.cabinet.sync_now().await.expect("synced");
    for (_, _, key) in &items {
        tried.tried(key, Path::Queue);
        tried.all(key, PATHS);
        nothing_approved(&journey, key).await;
        assert!(journey.change(key).await.decision.is_none(), "{key} is not decided");
    }
    let snapshot = journey.cabinet.export_snapshot(&keys[0], &super::file(&journey, "snapshot.json")).await;
    assert_eq!(code(&snapshot), "no_ticket", "nor is anything told of what has no ticket");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
    journey.cabinet.finish_work().await;
}
