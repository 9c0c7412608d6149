//! What follows from the level of risk for the time after a deployment (R85).
use board::views::{
    ApprovalState, Basis, ConditionState, ConditionWhen, DecideRequest, DecisionKind, Role, VotePosition,
};
use domain::policy::{Policy, Strength};
use domain::risk::RiskLevel;

use super::shifts::under;
use crate::gates::code;

const WATCH: &str = "Watch the dashboards for two days";

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_carries_the_after_care_of_its_level_and_is_not_held_up_by_it() {
    let levels = [RiskLevel::Low, RiskLevel::Medium, RiskLevel::High, RiskLevel::Critical];
    let journey = under(|n| Policy {
        name: format!("careful/{n}"),
        after_care: levels.into_iter().map(|level| (level, vec![WATCH.to_owned()])).collect(),
        ..Policy::built_in(Strength::Observe)
    })
    .await;
    let key = journey.approvable().await.first().expect("a change that can be approved").clone();
    let meeting = journey.meet(&[&key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    let refused = journey.decide(&meeting, "1", DecisionKind::Approved, "").await;
    assert_eq!(code(&refused), "after_care", "nothing is approved without it");
    // Nobody writes the condition: the policy does.
    let request = DecideRequest {
        meeting: meeting.clone(),
        item: "1".to_owned(),
        kind: DecisionKind::ApprovedWithConditions,
        basis: Basis::Vote,
        rationale: String::new(),
        conditions: Vec::new(),
        deferred_to: None,
    };
    let decided = journey.cabinet.decide(request).await.expect("decided");
    let with = decided.options.iter().find(|option| option.kind == DecisionKind::ApprovedWithConditions);
    assert_eq!(with.map(|option| option.after_care.as_slice()), Some([WATCH.to_owned()].as_slice()));
    journey.close(&meeting).await;
    let (_, refusals) = journey.sign_queue(&meeting, &journey.member(Role::Cto).await).await;
    assert!(refusals.is_empty(), "{refusals:?}");
    let view = journey.change(&key).await;
    let owed: Vec<_> = view.conditions.iter().map(|c| (c.text.as_str(), c.when, c.state)).collect();
    assert_eq!(owed, [(WATCH, ConditionWhen::After, ConditionState::Open)]);
    assert!(!view.conditions[0].owner.is_empty(), "somebody owes it");
    assert_eq!(view.decision.expect("decided").approval, ApprovalState::Holds, "it is owed after the deployment");
}
