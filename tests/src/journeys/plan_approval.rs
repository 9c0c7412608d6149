//! A plan is approved apart from its change (R16): by whom the policy names, as it is; an edit asks again.
use board::views::{DecisionKind, GateResult, Role, VotePosition};
use board::{Answer, ApprovePlanRequest, BoardError, PlanApproved, Strength};
use domain::policy::authored::pack;

use super::gate::{approve, begin, change_with_a_window};
use crate::gates::code;
use crate::journey::Journey;

/// The starter pack, where the Technical Development Lead approves plans and a change without that is blocked.
fn asking() -> String {
    let text = pack(Strength::Starter).replace("name = \"starter/1\"", "name = \"ours/2\"");
    let text = text.replace("plan_approval = []", "plan_approval = [\"technical_lead\"]");
    text.replace("blocking = [\n", "blocking = [\n    \"R16\",\n")
}

/// Adopts it; the chair, who does.
async fn adopt(journey: &Journey) -> String {
    let chair = journey.member(Role::Chair).await;
    journey.adopt(&asking(), &chair).await.expect("the chair holds root");
    chair
}

async fn approve_plan(journey: &Journey, key: &str, member: &str) -> Answer<PlanApproved> {
    let request = ApprovePlanRequest {
        change: key.to_owned(),
        member: member.to_owned(),
        pin: journey.pin(member).await.into(),
        reason: "Rehearsed on Tuesday".to_owned(),
    };
    journey.cabinet.approve_plan(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_approved_apart_from_its_change_and_is_stale_after_an_edit() {
    let journey = begin().await;
    let (key, number) = change_with_a_window(&journey).await;
    assert!(journey.change(&key).await.gates.iter().all(|gate| gate.clause != "R16"), "nobody is asked");
    let chair = adopt(&journey).await;
    let (result, _) = journey.gate(&key, "R16").await;
    assert_eq!(result, GateResult::NoEvidence);

    assert_eq!(code(&approve_plan(&journey, &key, &chair).await), "no_plan_approver");
    let lead = journey.member(Role::TechnicalLead).await;
    let approved = approve_plan(&journey, &key, &lead).await.expect("signed");
    assert_eq!((approved.change.as_str(), approved.role.as_str()), (key.as_str(), "Technical Development Lead"));
    let (result, finding) = journey.gate(&key, "R16").await;
    assert_eq!(result, GateResult::Passed);
    assert!(finding.contains(&approved.by), "{finding}");
    assert!(journey.change(&key).await.decision.is_none(), "the change itself is not decided");

    journey.server.set_field(number, "Plan: Backout plan", "Nobody has read this.").expect("a field of the sample");
    journey.cabinet.sync_now().await.expect("synced");
    let (result, finding) = journey.gate(&key, "R16").await;
    assert_eq!(result, GateResult::Failed);
    assert!(finding.starts_with("The plan was edited since"), "{finding}");
    let meeting = journey.meet(&[&key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    let refused = journey.decide(&meeting, "1", DecisionKind::Approved, "").await;
    assert_eq!(
        code(&refused),
        "hard_block",
        "a plan that nobody approved as it is keeps its change from being approved"
    );

    approve_plan(&journey, &key, &lead).await.expect("signed again");
    assert_eq!(journey.gate(&key, "R16").await.0, GateResult::Passed);
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_only_its_plan_holds_up_is_not_handed_out_before_that_is_approved() {
    let journey = begin().await;
    let (key, _) = change_with_a_window(&journey).await;
    approve(&journey, &key).await;
    adopt(&journey).await;
    let file = journey.folder.path().join("approval.json");
    let refused = journey.cabinet.export_approval(&key, &file).await;
    let by_plan = |r: &board::views::Refusal| r.code == "hard_block" && r.clause.as_deref() == Some("R16");
    assert!(matches!(&refused, Err(BoardError::Refused(r)) if by_plan(r)), "{refused:?}");
    assert!(!file.exists(), "no file is written");
    approve_plan(&journey, &key, &journey.member(Role::TechnicalLead).await).await.expect("signed");
    journey.cabinet.export_approval(&key, &file).await.expect("handed out");
}
