//! A machine without a network knows nothing of a block that came meanwhile: what it signed is kept, and goes nowhere.
use board::PackRequest;
use board::requests::HandOutRequest;
use board::views::{DecisionKind, GateResult, Verdict, VotePosition};

use super::super::many_hands::pin_of;
use super::super::packs::{begin, plane, say, signable};
use super::{Block, Path, Tried, file, not_written_back};
use crate::gates::code;

/// What is tried here on each change.
pub(super) const PACK: &[Path] = &[Path::Pack];

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_on_another_machine_after_the_block_came_goes_nowhere() {
    let journey = begin().await;
    let (plane, cto) = plane(&journey, &journey.folder.path().join("plane")).await;
    let members = journey.cabinet.members().await.expect("members");
    let pin = pin_of(&members.iter().find(|m| m.member.id == cto).expect("a member").member.name);
    let changes = signable(&journey, 2).await;
    let hits = [(Block::Gone, ("no_ticket", "R11")), (Block::Severe, ("stale", "R30"))];
    let meeting = journey.meet(&[&changes[0], &changes[1]]).await.meeting.id;
    for item in ["1", "2"] {
        journey.all_vote(&meeting, item, VotePosition::Approve).await;
        journey.decide(&meeting, item, DecisionKind::Approved, "").await.expect("decided");
    }
    journey.close(&meeting).await;
    let request = PackRequest { to: cto.clone(), changes: changes.clone(), good_for_hours: None };
    let pack = journey.cabinet.make_pack(request).await.expect("a pack");

    for ((block, _), key) in hits.iter().zip(&changes) {
        block.comes(&journey, key);
    }
    journey.cabinet.reconcile_now().await.expect("compared");
    plane.open_pack(pack.file).await.expect("opened");
    for key in &changes {
        say(&plane, key, &cto, pin, Verdict::Approve).await;
    }
    let reply = plane.reply_pack().await.expect("the way back");
    let back = journey.cabinet.open_pack(reply.file).await.expect("taken in");
    assert!(back.late.is_empty() && back.refused.is_empty(), "it is signed with the decision in hand: {back:?}");

    let mut tried = Tried::default();
    for ((block, expected), key) in hits.iter().zip(&changes) {
        let view = journey.change(key).await;
        assert_eq!(view.sign_offs.len(), 1, "the sign-off is kept: {:?}", view.sign_offs);
        let (result, finding) = journey.gate(key, block.deciding().1).await;
        assert_eq!(result, GateResult::Failed, "and the page says what blocks: {finding}");
        let to = file(&journey, "approval.json");
        tried.refused(key, Path::Pack, journey.cabinet.export_approval(key, &to).await, *expected);
        let request = HandOutRequest { change: key.clone(), path: to.display().to_string(), snapshot: false };
        tried.refused(key, Path::Pack, journey.cabinet.hand_out(request).await, *expected);
        assert!(!to.exists(), "no file is written");
        tried.all(key, PACK);
    }
    let to = file(&journey, "snapshot.json");
    assert_eq!(code(&journey.cabinet.export_snapshot(&changes[0], &to).await), "no_ticket");
    journey.seal(&meeting).await.expect("the minutes say what was decided when");
    journey.cabinet.sync_now().await.expect("synced");
    for key in &changes {
        not_written_back(&journey, key).await;
    }
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
    journey.cabinet.finish_work().await;
}
