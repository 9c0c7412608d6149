//! What the policy's chain delegates is approved without an agenda, where the chain binds (R61).
use std::collections::BTreeMap;

use board::requests::{OfChange, SigningRequest};
use board::views::{GateResult, Role, Route, SigningSubject};
use domain::chain::ReleaseType;
use domain::policy::{Policy, Strength};
use domain::risk::RiskLevel;

use super::gate::open_window;
use super::shifts::under;
use crate::gates::{asks, code};
use crate::journey::approving;

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_approves_what_is_delegated_without_a_meeting_and_the_pipeline_passes() {
    let delegated = BTreeMap::from([(RiskLevel::Medium, Route::Delegated)]);
    let journey = under(|n| Policy {
        name: format!("binding/{n}"),
        chain_binds: true,
        chains: ReleaseType::ALL.into_iter().map(|release| (release, delegated.clone())).collect(),
        ..Policy::built_in(Strength::Observe)
    })
    .await;
    let cto = journey.member(Role::Cto).await;
    let members = journey.cabinet.members().await.expect("members");
    let name = members.into_iter().find(|m| m.member.id == cto).expect("a member").member.name;
    let mut found = None;
    for key in journey.approvable().await {
        if !journey.change(&key).await.required_sign_offs[0].holders.contains(&name) {
            continue;
        }
        let of = || OfChange { change: key.clone() };
        if journey.cabinet.chain(of()).await.expect("a chain").route != Route::Delegated {
            continue;
        }
        // When it is deployed is part of its risk.
        open_window(&journey, &key).await;
        if journey.cabinet.chain(of()).await.expect("a chain").route == Route::Delegated {
            found = Some(key);
            break;
        }
    }
    let key = found.expect("a change at Low or Medium that the CTO may sign");
    let file = |name: &str| journey.folder.path().join(name);
    assert_eq!(code(&journey.cabinet.export_approval(&key, &file("before.json")).await), "undecided");
    let (result, finding) = journey.gate(&key, "R30").await;
    assert!(result == GateResult::NoEvidence && finding.contains("elegated"), "{finding}");

    let subject = SigningSubject::Change { change: key.clone() };
    journey.cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
    let statement = journey.cabinet.signing_view().await.expect("a view").statements.remove(0);
    let pin = Some(journey.pin(&cto).await);
    journey.cabinet.sign(approving(statement.id, cto.as_str(), pin)).await.expect("signed");
    assert_eq!(journey.gate(&key, "R30").await.0, GateResult::Passed);
    let handed = journey.cabinet.export_approval(&key, &file("after.json")).await.expect("handed out");
    let verdict = asks(&handed, None);
    assert!(verdict.passed(), "{}", verdict.text(false));
    let (before, after) = journey.cabinet.rebuild().await.expect("rebuilt");
    assert_eq!(before, after, "and all of it follows from the record");
}
