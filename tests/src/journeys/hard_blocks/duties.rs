//! Segregation of duties (R89): who wrote or asked for a change, or committed its code, approves it on no way, in an emergency
//! neither, and who deploys it never alone.
use board::requests::{SigningRequest, VoteRequest};
use board::views::{ApprovalState, DecisionKind, GateResult, Role, SigningSubject, VotePosition};
use board::{
    Answer, BoardError, ChangeMemberRequest, DelegateRequest, MemberChange, RecordWrittenRequest, SetAside, WordsIn,
    WrittenRecorded,
};
use chrono::Duration;
use gate::Reason;

use super::super::emergency;
use super::super::evidence_gates::bring;
use super::super::gate::begin;
use super::super::set_aside::say;
use super::{
    Path, Tried, deployable, file, free, hand_out, not_written_back, nothing_approved, number, of_change, sign,
};
use crate::gates::asks;
use crate::journey::{Journey, approving, now};

/// What is tried on a change that is the CTO's own.
pub(super) const OWN: &[Path] = &[
    Path::Key,
    Path::Delegate,
    Path::Asking,
    Path::Export,
    Path::HandOut,
    Path::Standing,
    Path::StandingWindow,
    Path::Emergency,
];

/// What is tried on a change that the CTO signed before it became known that they had committed its code.
pub(super) const LATE: &[Path] = &[
    Path::Key,
    Path::OpenWindow,
    Path::Queue,
    Path::Asking,
    Path::Written,
    Path::Export,
    Path::HandOut,
    Path::Standing,
    Path::StandingWindow,
    Path::Gate,
    Path::Waiver,
];

/// What GitLab tells of a merge request whose commit the CTO committed.
pub(super) const PUSHED: &str = r#"{"cabinet_merge_request":1,"gitlab":{"merge_request":{"iid":12,"state":"merged","author":{"username":"ada"},"sha":"5f0c3a9b","diff_refs":{"base_sha":"4e0b"},"head_pipeline":{"id":7,"sha":"5f0c3a9b","status":"success"}},"approvals":{"approved":true,"approved_by":[{"user":{"username":"grace"}}]},"commits":[{"id":"5f0c3a9b","parent_ids":["4e0b"],"author_email":"ada@ostwind.example","committer_email":"Rana.Haddad@ostwind.example"}]}}"#;

/// The roster says what the CTO is called in git.
pub(super) async fn known_in_git(journey: &Journey) {
    let (by, member) = (journey.member(Role::Chair).await, journey.member(Role::Cto).await);
    let pin = journey.pin(&by).await.into();
    let change = MemberChange { git: Some(vec!["rana.haddad@ostwind.example".to_owned()]), ..MemberChange::default() };
    let request = ChangeMemberRequest { member, change, by, pin };
    assert!(journey.cabinet.change_member(request).await.expect("changed"), "it is in force");
}

/// The ticket says that the CTO wrote it, asked for it or deploys it, or that the chair asked for it.
fn parts(journey: &Journey, [author, requester, asked, deployer]: [&str; 4]) {
    let account = |role: Role| if role == Role::Chair { "10" } else { "12" };
    journey.server.edit(number(author), |issue| issue.author = 12).expect("a ticket");
    for (key, field, role) in [
        (requester, "Requester account", Role::Cto),
        (asked, "Requester account", Role::Chair),
        (deployer, "Deployer", Role::Cto),
    ] {
        journey.server.set_field(number(key), field, account(role)).expect("a field of the sample");
    }
}

/// The change's statement among all that the meeting left to be signed.
async fn in_the_queue(journey: &Journey, meeting: &str, key: &str) -> String {
    let subject = SigningSubject::Queue { meeting: meeting.to_owned() };
    journey.cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
    let statements = journey.cabinet.signing_view().await.expect("a view").statements;
    let begins = format!("{key}.");
    statements.into_iter().find(|statement| statement.id.starts_with(&begins)).expect("it lies there").id
}

/// The chair records what the CTO wrote on the ticket.
async fn record(journey: &Journey, key: &str) -> Answer<WrittenRecorded> {
    let (recorder, member) = (journey.member(Role::Chair).await, journey.member(Role::Cto).await);
    let pin = journey.pin(&recorder).await.into();
    let request = RecordWrittenRequest { change: key.to_owned(), member, recorder, pin, words: WordsIn::Comment(None) };
    journey.cabinet.record_in_writing(request).await
}

/// What the CTO signed goes nowhere from when it is known that they committed its code.
async fn known_too_late(journey: &Journey, tried: &mut Tried, (meeting, key): (&str, &str)) {
    const OF_THEIRS: (&str, &str) = ("duty-committer", "R89");
    let (cabinet, cto) = (&journey.cabinet, journey.member(Role::Cto).await);
    let line = cabinet.ask_in_writing(key, &cto).await.expect("nobody knows of a commit of theirs").approve;
    journey.server.comment(number(key), 12, &line).expect("the CTO's account comments");
    sign(journey, of_change(key), &cto).await.expect("nor now");
    let approval = journey.change(key).await.decision.expect("decided").approval;
    assert_eq!(approval, ApprovalState::Holds, "as far as is known");
    let before = cabinet.export_approval(key, &file(journey, "early.json")).await.expect("as far as is known");
    let verdict = asks(&before, None);
    assert!(verdict.passed(), "{}", verdict.text(false));
    // It lies before the CTO once more when it becomes known.
    let open = in_the_queue(journey, meeting, key).await;
    let (_, finding) = journey.gate(key, "R89").await;
    assert!(finding.contains("who committed is not told by any merge request"), "{finding}");
    bring(journey, key, &[("mr-12.json", PUSHED)]).await;
    let (result, finding) = journey.gate(key, "R89").await;
    assert_eq!(result, GateResult::Warned, "the other who committed is on no roster: {finding}");
    assert!(finding.contains("committed by: Rana Haddad"), "{finding}");
    assert!(finding.contains("1 account or mail address that committed is nobody's on the roster"), "{finding}");

    let lain = approving(open, cto.as_str(), Some(journey.pin(&cto).await));
    tried.refused(key, Path::OpenWindow, cabinet.sign(lain).await, OF_THEIRS);
    let left = in_the_queue(journey, meeting, key).await;
    let left = approving(left, cto.as_str(), Some(journey.pin(&cto).await));
    tried.refused(key, Path::Queue, cabinet.sign(left).await, OF_THEIRS);
    tried.refused(key, Path::Key, sign(journey, of_change(key), &cto).await, OF_THEIRS);
    tried.refused(key, Path::Asking, cabinet.ask_in_writing(key, &cto).await, OF_THEIRS);
    tried.refused(key, Path::Written, record(journey, key).await, OF_THEIRS);
    hand_out(journey, tried, key, ("hard_block", "R89")).await;
    let snapshot = cabinet.export_snapshot(key, &file(journey, "told.json")).await.expect("told");
    assert_eq!(asks(&before, Some(&snapshot)).codes(), [Reason::FreshStale], "the file of before is not renewed");
    tried.tried(key, Path::Gate);
    let chair = journey.member(Role::Chair).await;
    for gate in ["duties", "own-code"] {
        let waived = SetAside::Gate { gate: gate.to_owned(), until: None };
        let answer = say(journey, key, waived, "It cannot wait", &chair).await;
        tried.refused(key, Path::Waiver, answer, ("never_waived", "R89"));
    }
    tried.all(key, LATE);
    assert_eq!(journey.change(key).await.sign_offs.len(), 1, "nothing was signed since");
}

/// Once another authority signs as well, it is handed out, and goes to its ticket.
async fn known_to_another(journey: &Journey, key: &str) {
    not_written_back(journey, key).await;
    let lead = journey.member(Role::TechnicalLead).await;
    sign(journey, of_change(key), &lead).await.expect("another authority signs as well");
    journey.cabinet.export_approval(key, &file(journey, "late.json")).await.expect("handed out");
    let rows = journey.cabinet.outbox().await.expect("an outbox").rows;
    assert!(rows.iter().any(|row| row.key == key), "it goes to its ticket: {rows:?}");
}

/// Whose own it is tries to approve it, and so does who sits in their seat.
async fn own(journey: &Journey, tried: &mut Tried, key: &str, duty: &str) {
    let (cto, delegate) = (journey.member(Role::Cto).await, journey.member(Role::Security).await);
    tried.refused(key, Path::Key, sign(journey, of_change(key), &cto).await, (duty, "R89"));
    tried.refused(key, Path::Asking, journey.cabinet.ask_in_writing(key, &cto).await, (duty, "R89"));
    // A seat is for voting: nobody's authority goes with it.
    tried.refused(key, Path::Delegate, sign(journey, of_change(key), &delegate).await, ("no_authority", "R31"));
    hand_out(journey, tried, key, ("awaiting_sign_off", "R30")).await;
    // An emergency that the Service Manager declares for it makes nobody another.
    let manager = journey.member(Role::ServiceManager).await;
    let form = emergency::asked(journey, &manager, Some(key)).await;
    journey.cabinet.declare_emergency(form).await.expect("declared");
    tried.refused(key, Path::Emergency, sign(journey, of_change(key), &cto).await, (duty, "R89"));
    tried.refused(key, Path::Emergency, journey.cabinet.ask_in_writing(key, &cto).await, (duty, "R89"));
    let to = file(journey, &format!("emergency-of-{key}.json"));
    let exported = journey.cabinet.export_approval(key, &to).await;
    tried.refused(key, Path::Emergency, exported, ("awaiting_sign_off", "R30"));
    tried.all(key, OWN);
    nothing_approved(journey, key).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_approves_what_they_wrote_or_asked_for_and_who_deploys_it_is_not_the_only_approver() {
    let journey = begin().await;
    let keys = free(&journey, 6).await;
    let [author, requester, asked, committer, deployer, late] = [0, 1, 2, 3, 4, 5].map(|n: usize| keys[n].as_str());
    parts(&journey, [author, requester, asked, deployer]);
    deployable(&journey, &keys[4..]).await;
    known_in_git(&journey).await;
    bring(&journey, committer, &[("mr-12.json", PUSHED)]).await;
    let (cto, lead) = (journey.member(Role::Cto).await, journey.member(Role::TechnicalLead).await);
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

    let chosen: Vec<&str> = keys.iter().map(String::as_str).collect();
    let meeting = journey.meet(&chosen).await.meeting.id;
    for item in ["1", "2", "3", "4", "5", "6"] {
        journey.all_vote(&meeting, item, VotePosition::Approve).await;
        if !["3", "6"].contains(&item) {
            let vote = VoteRequest {
                meeting: meeting.clone(),
                item: item.to_owned(),
                member: cto.clone(),
                position: Some(VotePosition::Approve),
            };
            let barred = journey.cabinet.vote(vote).await;
            assert!(matches!(&barred, Err(BoardError::Refused(_))), "nobody votes on a part of their own: {barred:?}");
        }
        journey.decide(&meeting, item, DecisionKind::Approved, "").await.expect("the others decide");
    }
    journey.close(&meeting).await;

    let mut tried = Tried::default();
    own(&journey, &mut tried, author, "duty-author").await;
    own(&journey, &mut tried, requester, "duty-requester").await;
    own(&journey, &mut tried, committer, "duty-committer").await;
    known_too_late(&journey, &mut tried, (&meeting, late)).await;

    // Nor does who asked for it put an authority's words into the record.
    let line = journey.cabinet.ask_in_writing(asked, &cto).await.expect("the CTO has no part in it").approve;
    journey.server.comment(number(asked), 12, &line).expect("the CTO's account comments");
    journey.cabinet.sync_now().await.expect("synced");
    tried.refused(asked, Path::Written, record(&journey, asked).await, ("duty-requester", "R89"));
    hand_out(&journey, &mut tried, asked, ("awaiting_sign_off", "R30")).await;
    nothing_approved(&journey, asked).await;

    // Whoever deploys it may say that it is right, and is not the one on whose word it goes.
    sign(&journey, of_change(deployer), &cto).await.expect("signed");
    hand_out(&journey, &mut tried, deployer, ("awaiting_sign_off", "R30")).await;
    journey.seal(&meeting).await.expect("sealed");
    journey.cabinet.sync_now().await.expect("synced");
    for key in &keys[..5] {
        nothing_approved(&journey, key).await;
    }
    known_to_another(&journey, late).await;
    let subject = SigningSubject::Change { change: deployer.to_owned() };
    sign(&journey, subject, &lead).await.expect("another authority signs as well");
    let approval = journey.change(deployer).await.decision.expect("decided").approval;
    assert_eq!(approval, ApprovalState::Holds, "with another's word it goes");
    journey.cabinet.export_approval(deployer, &file(&journey, "two.json")).await.expect("handed out");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
    journey.cabinet.finish_work().await;
}
