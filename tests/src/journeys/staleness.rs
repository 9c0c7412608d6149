//! An edit after the signature: laid side by side, given again by its signer, or ruled immaterial by two.
use board::Answer;
use board::requests::SigningRequest;
use board::views::{
    ApprovalState, ChangeView, DecisionKind, DiffRowKind, RequiredSignOffState, Role, SignOffState, SignRequest,
    SigningSubject, SigningView, VotePosition,
};

use super::gate::{approve, begin, change_with_a_window};
use crate::gates::{asks, code};
use crate::journey::{Journey, approving};

/// The ticket is edited, and the edit has arrived.
async fn edit(journey: &Journey, number: u32, field: &str, value: &str) {
    journey.server.set_field(number, field, value).expect("a field of the sample");
    journey.cabinet.sync_now().await.expect("synced");
}

async fn prepared(journey: &Journey, subject: SigningSubject) -> Answer<SigningView> {
    journey.cabinet.request_signing(SigningRequest { subject }).await?;
    journey.cabinet.signing_view().await
}

/// The member signs the only statement with their PIN.
async fn sign(journey: &Journey, view: &SigningView, member: &str, reason: &str) -> Answer<SigningView> {
    let request = SignRequest {
        reason: reason.to_owned(),
        ..approving(&view.statements[0].id, member, Some(journey.pin(member).await))
    };
    journey.cabinet.sign(request).await
}

async fn rule(journey: &Journey, key: &str, member: &str, reason: &str) -> Answer<SigningView> {
    let subject = SigningSubject::Immaterial { change: key.to_owned(), reason: reason.to_owned() };
    let view = prepared(journey, subject).await?;
    sign(journey, &view, member, "").await
}

fn approval(view: &ChangeView) -> ApprovalState {
    view.decision.as_ref().expect("decided").approval
}

fn states(view: &ChangeView) -> Vec<SignOffState> {
    view.sign_offs.iter().map(|s| s.state).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_laid_beside_what_was_signed_and_the_signer_gives_the_sign_off_again_by_one_act() {
    let journey = begin().await;
    let (key, number) = change_with_a_window(&journey).await;
    approve(&journey, &key).await;
    assert!(!journey.change(&key).await.sign_offs[0].reaffirmable, "it speaks for the change as it is");
    edit(&journey, number, "Change reason", "The audit asks for it").await;

    let stale = journey.change(&key).await;
    assert_eq!((approval(&stale), states(&stale)), (ApprovalState::Stale, vec![SignOffState::Stale]));
    let signed = &stale.sign_offs[0];
    assert!(signed.reaffirmable && signed.not_kept.is_empty(), "{signed:?}");
    let labels: Vec<&str> = signed.differences.iter().map(|d| d.label.as_str()).collect();
    assert_eq!(labels, ["Reason"], "only what was edited");
    let rows = &signed.differences[0].rows;
    let changed = rows.iter().find(|r| r.kind == DiffRowKind::Changed).expect("one in the place of another");
    assert_eq!(changed.after, "The audit asks for it");
    assert!(!changed.before.is_empty() && changed.before != changed.after);

    let again = || SigningSubject::Reaffirm { sign_off: signed.id.clone() };
    let view = prepared(&journey, again()).await.expect("prepared");
    let statement = &view.statements[0];
    assert_eq!(statement.reaffirmation.as_deref(), Some("Reaffirmed after a change of Reason."));
    assert_eq!(statement.stale[0].differences, signed.differences, "what is signed is shown beside it");
    let cto = journey.member(Role::Cto).await;
    assert_eq!(view.signers.iter().map(|s| s.member.id.as_str()).collect::<Vec<_>>(), [cto.as_str()]);
    let lead = journey.member(Role::TechnicalLead).await;
    assert_eq!(code(&sign(&journey, &view, &lead, "").await), "not_the_signer", "nobody gives another's again");
    let after = sign(&journey, &view, &cto, "").await.expect("signed");
    let meaning = after.statements[0].meaning.clone();
    let named = format!("reaffirming my sign-off {}. Reaffirmed after a change of Reason.", &signed.id[..8]);
    assert!(meaning.ends_with(&named), "{meaning}");

    let shown = journey.change(&key).await;
    assert_eq!(states(&shown), [SignOffState::Stale, SignOffState::Holds], "the earlier entry stays");
    assert_eq!(shown.sign_offs[1].meaning, meaning);
    assert_eq!(shown.required_sign_offs[0].state, RequiredSignOffState::Holds);
    assert!(shown.sign_offs.iter().all(|s| !s.reaffirmable));
    assert_eq!(code(&prepared(&journey, again()).await), "not_stale", "once is enough");
    assert_eq!(approval(&shown), ApprovalState::Stale, "the board decided on what it said before");
    let meeting = journey.meet(&[&key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    journey.close(&meeting).await;
    assert_eq!(approval(&journey.change(&key).await), ApprovalState::Holds, "and the authority has spoken already");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_ruled_immaterial_by_two_leaves_the_approval_standing_and_a_further_edit_does_not() {
    let journey = begin().await;
    let (key, number) = change_with_a_window(&journey).await;
    let chair = journey.member(Role::Chair).await;
    assert_eq!(code(&rule(&journey, &key, &chair, "A typo").await), "nothing_to_rule");
    approve(&journey, &key).await;
    let file = |journey: &Journey, name: &str| journey.folder.path().join(name);
    let before = journey.cabinet.export_approval(&key, &file(&journey, "before.json")).await.expect("handed out");
    edit(&journey, number, "Change reason", "A typing error was corrected").await;
    assert_eq!(approval(&journey.change(&key).await), ApprovalState::Stale);

    assert_eq!(code(&rule(&journey, &key, &chair, " ").await), "invalid", "a ruling says why");
    let said = rule(&journey, &key, &chair, "Only a typing error").await.expect("said");
    assert!(said.statements[0].meaning.ends_with("(Reason) is immaterial: Only a typing error"), "{said:?}");
    let one = journey.change(&key).await;
    assert_eq!(
        (approval(&one), states(&one)),
        (ApprovalState::Stale, vec![SignOffState::Stale]),
        "one word rules nothing"
    );
    let told = &one.sign_offs[0].rulings[0];
    assert!(!told.in_force && told.by.len() == 1 && told.fields == ["Reason"], "{told:?}");
    assert_eq!(code(&journey.cabinet.export_approval(&key, &file(&journey, "x.json")).await), "stale");
    assert_eq!(code(&rule(&journey, &key, &chair, "Again").await), "not_the_signer", "nobody is two people");

    let agreeing = SigningSubject::Immaterial { change: key.clone(), reason: String::new() };
    let view = prepared(&journey, agreeing).await.expect("the second agrees with the first");
    assert!(view.signers.iter().all(|s| s.member.id != chair && s.pin_always), "by PIN, and never the same person");
    let second = view.signers.first().expect("somebody who neither wrote nor deploys it").member.id.clone();
    sign(&journey, &view, &second, "").await.expect("said");
    let both = journey.change(&key).await;
    assert_eq!((approval(&both), states(&both)), (ApprovalState::Holds, vec![SignOffState::Holds]));
    assert!(both.sign_offs[0].rulings[0].in_force, "{:?}", both.sign_offs[0].rulings);

    let handed = journey.cabinet.export_approval(&key, &file(&journey, "after.json")).await.expect("handed out");
    let verdict = asks(&handed, None);
    assert!(verdict.passed(), "{}", verdict.text(false));
    assert!(verdict.text(false).contains("Edited since, ruled immaterial: reason; by "), "{}", verdict.text(false));
    assert!(asks(&before, Some(&handed)).passed(), "and the older file is renewed by the newer");

    edit(&journey, number, "Change reason", "Something else altogether").await;
    let further = journey.change(&key).await;
    assert_eq!((approval(&further), states(&further)), (ApprovalState::Stale, vec![SignOffState::Stale]));
    assert!(further.sign_offs[0].rulings.is_empty(), "a further edit is judged anew");
    assert_eq!(code(&journey.cabinet.export_approval(&key, &file(&journey, "y.json")).await), "stale");
    edit(&journey, number, "Version", "9.9.9").await;
    assert_eq!(code(&rule(&journey, &key, &chair, "A detail").await), "never_immaterial");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}
