//! What the policy's chain delegates is approved without an agenda, where the chain binds (R61): its ticket is told once, and
//! the after-care of its level is owed (R85).
use std::collections::BTreeMap;

use board::requests::{MeetCondition, OfChange, SigningRequest};
use board::views::{
    ApprovalState, ConditionState, ConditionWhen, DecisionKind, GateResult, OutboxState, Refusal, Role, Route,
    SigningSubject, SigningView, VotePosition,
};
use board::{Answer, BoardError};
use domain::chain::ReleaseType;
use domain::policy::{Policy, Strength};
use domain::risk::RiskLevel;

use super::gate::open_window;
use super::hard_blocks::{free, number};
use super::shifts::under;
use crate::gates::{asks, code};
use crate::journey::{Journey, approving};

const TITLE: &str = "Approved without a meeting, as delegated by";
const WATCH: &str = "Watch the dashboards for two days";

/// A board whose policy delegates what is Medium to an authority, where the chain binds.
pub(super) async fn delegating() -> Journey {
    let delegated = BTreeMap::from([(RiskLevel::Medium, Route::Delegated)]);
    under(|n| Policy {
        name: format!("binding/{n}"),
        chain_binds: true,
        chains: ReleaseType::ALL.into_iter().map(|release| (release, delegated.clone())).collect(),
        after_care: [RiskLevel::Low, RiskLevel::Medium].map(|level| (level, vec![WATCH.to_owned()])).into(),
        ..Policy::built_in(Strength::Observe)
    })
    .await
}

/// A change that is delegated, and that the authority of this name may sign. Its window is on now.
pub(super) async fn delegable(journey: &Journey, name: &str) -> String {
    for key in journey.approvable().await {
        if !journey.change(&key).await.required_sign_offs[0].holders.iter().any(|holder| holder == name) {
            continue;
        }
        let of = || OfChange { change: key.clone() };
        if journey.cabinet.chain(of()).await.expect("a chain").route != Route::Delegated {
            continue;
        }
        // When it is deployed is part of its risk.
        open_window(journey, &key).await;
        if journey.cabinet.chain(of()).await.expect("a chain").route == Route::Delegated {
            return key;
        }
    }
    panic!("no change at Low or Medium that the authority may sign");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_approves_what_is_delegated_without_a_meeting_its_ticket_is_told_and_the_pipeline_passes() {
    let journey = delegating().await;
    let cto = journey.member(Role::Cto).await;
    let members = journey.cabinet.members().await.expect("members");
    let name = members.into_iter().find(|m| m.member.id == cto).expect("a member").member.name;
    let key = delegable(&journey, &name).await;
    let file = |name: &str| journey.folder.path().join(name);
    assert_eq!(code(&journey.cabinet.export_approval(&key, &file("before.json")).await), "undecided");
    let (result, finding) = journey.gate(&key, "R30").await;
    assert!(result == GateResult::NoEvidence && finding.contains("elegated"), "{finding}");

    // Signed while the server is away, and edited before it could be told: that stays in the house.
    let number: u32 = key.rsplit('-').next().and_then(|n| n.parse().ok()).expect("a number");
    let ticket = || journey.server.issue(number).expect("the ticket");
    let notes = || {
        let all = ticket().journals.into_iter().map(|journal| journal.notes);
        all.filter(|note| note.contains(TITLE)).collect::<Vec<_>>()
    };
    let undecided = ticket().status;
    journey.server.go_offline().await;
    sign(&journey, &key, &cto).await;
    let waiting = journey.cabinet.outbox().await.expect("an outbox").rows;
    assert_eq!(waiting.iter().map(|row| row.state).collect::<Vec<_>>(), [OutboxState::Queued], "{waiting:?}");
    assert!(waiting[0].what.starts_with("Note of a delegated approval"), "{waiting:?}");
    journey.server.come_back().expect("the server returns");
    journey.server.set_field(number, "Change reason", "The audit asks for it").expect("a field of the sample");
    journey.cabinet.sync_now().await.expect("synced");
    assert!(journey.cabinet.outbox().await.expect("an outbox").rows.is_empty(), "it is no approval any more");
    assert_eq!((notes(), ticket().status), (Vec::new(), undecided));
    // A pipeline is told all the same, and by whom it was approved.
    let shown = journey.change(&key).await.delegated.map(|d| (d.by, d.approval));
    assert_eq!(shown, Some((name.clone(), ApprovalState::Stale)));

    sign(&journey, &key, &cto).await;
    for _ in 0..2 {
        journey.cabinet.sync_now().await.expect("synced");
        journey.cabinet.finish_work().await;
    }
    let told = notes();
    assert_eq!(told.len(), 1, "once: {told:?}");
    assert!([name.as_str(), "CTO", "Policy", WATCH].iter().all(|part| told[0].contains(part)), "{told:?}");
    assert_ne!(ticket().status, undecided, "the ticket says that it is approved");
    let shown = journey.change(&key).await.delegated.map(|d| d.approval);
    assert_eq!(shown, Some(ApprovalState::Holds));
    let rows = journey.cabinet.outbox().await.expect("an outbox").rows;
    assert_eq!(rows.iter().map(|row| row.state).collect::<Vec<_>>(), [OutboxState::Verified], "{rows:?}");

    let owed = journey.change(&key).await.conditions;
    let shown: Vec<_> = owed.iter().map(|c| (c.text.as_str(), c.when, c.state)).collect();
    assert_eq!(shown, [(WATCH, ConditionWhen::After, ConditionState::Open)], "owed of what was signed last, once");
    assert!(!owed[0].owner.is_empty(), "somebody owes it");
    let met = MeetCondition { condition: owed[0].id.clone(), note: "Two quiet days".to_owned() };
    journey.cabinet.meet_condition(met).await.expect("met");
    assert_eq!(journey.change(&key).await.conditions[0].state, ConditionState::Met);
    assert_eq!(journey.gate(&key, "R30").await.0, GateResult::Passed);
    let handed = journey.cabinet.export_approval(&key, &file("after.json")).await.expect("handed out");
    let verdict = asks(&handed, None);
    assert!(verdict.passed(), "{}", verdict.text(false));
    from_high_on_the_cto_decides(&journey, &cto).await;
    let (before, after) = journey.cabinet.rebuild().await.expect("rebuilt");
    assert_eq!(before, after, "and all of it follows from the record");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}

/// From High on nothing is delegated: the board decides, and the lead's sign-off is refused before it and after it, where the
/// CTO's counts.
async fn from_high_on_the_cto_decides(journey: &Journey, cto: &str) {
    let key = free(journey, 1).await.remove(0);
    // The worst answer to each question.
    for field in journey.server.world().fields.values().filter(|field| field.name.starts_with("Risk ")) {
        let worst = field.values.last().expect("its answers");
        journey.server.set_field(number(&key), field.name, worst).expect("a question of the sample");
    }
    journey.cabinet.sync_now().await.expect("synced");
    assert!(journey.change(&key).await.row.risk.level >= Some(RiskLevel::High), "{key}");
    let lead = journey.member(Role::TechnicalLead).await;
    let refused = |answer: Answer<SigningView>| {
        let told = |r: &Refusal| r.code == "chain_names_cto" && r.clause.as_deref() == Some("R61");
        assert!(matches!(&answer, Err(BoardError::Refused(r)) if told(r)), "{answer:?}");
    };
    refused(signed(journey, &key, &lead).await);
    let meeting = journey.meet(&[key.as_str()]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    journey.close(&meeting).await;
    refused(signed(journey, &key, &lead).await);
    let file = journey.folder.path().join("high.json");
    assert_eq!(code(&journey.cabinet.export_approval(&key, &file).await), "awaiting_sign_off");
    sign(journey, &key, cto).await;
    let shown = journey.change(&key).await;
    assert_eq!(shown.decision.expect("decided").approval, ApprovalState::Holds, "the CTO's counts");
    let by: Vec<String> = shown.sign_offs.into_iter().map(|s| s.member).collect();
    assert_eq!(by, [cto], "nothing of the lead's is in the record");
}

/// The member signs the change by their PIN, if they may.
async fn signed(journey: &Journey, key: &str, member: &str) -> Answer<SigningView> {
    let subject = SigningSubject::Change { change: key.to_owned() };
    journey.cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
    let statement = journey.cabinet.signing_view().await.expect("a view").statements.remove(0);
    let pin = Some(journey.pin(member).await);
    journey.cabinet.sign(approving(statement.id, member, pin)).await
}

/// The same of who may, and what follows in the background has ended.
async fn sign(journey: &Journey, key: &str, member: &str) {
    signed(journey, key, member).await.expect("signed");
    journey.cabinet.close_signing().await.expect("closed");
    journey.cabinet.finish_work().await;
}
