//! A machine without a network knows nothing of a block that came meanwhile: what it signed is kept, and goes nowhere.
use board::PackRequest;
use board::requests::HandOutRequest;
use board::views::{DecisionKind, GateResult, Verdict, VotePosition};

use super::super::many_hands::pin_of;
use super::super::packs::{begin, plane, say, signable};
use super::{Block, file, not_written_back};
use crate::gates::code;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_on_another_machine_after_the_ticket_was_lost_goes_nowhere() {
    let journey = begin().await;
    let (plane, cto) = plane(&journey, &journey.folder.path().join("plane")).await;
    let members = journey.cabinet.members().await.expect("members");
    let pin = pin_of(&members.iter().find(|m| m.member.id == cto).expect("a member").member.name);
    let key = signable(&journey, 1).await.remove(0);
    let meeting = journey.meet(&[&key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    journey.close(&meeting).await;
    let request = PackRequest { to: cto.clone(), changes: vec![key.clone()], good_for_hours: None };
    let pack = journey.cabinet.make_pack(request).await.expect("a pack");

    Block::Gone.comes(&journey, &key);
    journey.cabinet.reconcile_now().await.expect("compared");
    plane.open_pack(pack.file).await.expect("opened");
    say(&plane, &key, &cto, pin, Verdict::Approve).await;
    let reply = plane.reply_pack().await.expect("the way back");
    let back = journey.cabinet.open_pack(reply.file).await.expect("taken in");
    assert!(back.late.is_empty() && back.refused.is_empty(), "it is signed with the decision in hand: {back:?}");

    let view = journey.change(&key).await;
    assert_eq!(view.sign_offs.len(), 1, "the sign-off is kept: {:?}", view.sign_offs);
    assert_eq!(journey.gate(&key, "R11").await.0, GateResult::Failed, "and the page says what blocks");
    let to = file(&journey, "approval.json");
    assert_eq!(code(&journey.cabinet.export_approval(&key, &to).await), "no_ticket");
    let request = HandOutRequest { change: key.clone(), path: to.display().to_string(), snapshot: false };
    assert_eq!(code(&journey.cabinet.hand_out(request).await), "no_ticket");
    assert!(!to.exists(), "no file is written");
    assert_eq!(code(&journey.cabinet.export_snapshot(&key, &to).await), "no_ticket");
    journey.seal(&meeting).await.expect("the minutes say what was decided when");
    journey.cabinet.sync_now().await.expect("synced");
    not_written_back(&journey, &key).await;
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
    journey.cabinet.finish_work().await;
}
