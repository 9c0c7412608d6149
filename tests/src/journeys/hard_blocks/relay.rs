//! A device that knows of no block signs, and its entries come through a folder: what blocks on the chair's device keeps them
//! from approving anything there, and on the signer's own once it has looked.
use board::requests::{OfAttachment, OfChange};
use board::views::{DecisionKind, Role, Verdict, VotePosition};

use super::super::evidence_gates::bring;
use super::super::many_hands::{joins, one_key, pin_of};
use super::super::packs::say;
use super::duties::{PUSHED, known_in_git};
use super::{Block, Path, Tried, file, free, hand_out, not_written_back};
use crate::journey::sample_board;

/// What is tried here on each change, beside [`Path::Relay`] itself on the signer's device.
pub(super) const RELAYED: &[Path] = &[Path::Relay, Path::Export, Path::HandOut, Path::Standing, Path::StandingWindow];

#[tokio::test(flavor = "multi_thread")]
async fn what_a_device_that_knows_of_no_block_signed_approves_nothing_once_it_comes_through_the_relay() {
    let (journey, relay) = one_key().await;
    known_in_git(&journey).await;
    let keys = free(&journey, 4).await;
    let [severe, gone, lacking, committed] = [0, 1, 2, 3].map(|n: usize| keys[n].as_str());
    let chosen: Vec<&str> = keys.iter().map(String::as_str).collect();
    let meeting = journey.meet(&chosen).await.meeting.id;
    for item in ["1", "2", "3", "4"] {
        journey.all_vote(&meeting, item, VotePosition::Approve).await;
        journey.decide(&meeting, item, DecisionKind::Approved, "").await.expect("decided");
    }
    journey.close(&meeting).await;
    let (cto, id) = joins(&journey, Role::Cto, &journey.folder.path().join("cto"), &relay).await;
    cto.open_sample(sample_board(&journey.server)).await.expect("the changes, from the server");

    // The blocks come, and only the chair's device looks.
    for (block, key) in [(Block::Severe, severe), (Block::Gone, gone), (Block::Version, lacking)] {
        block.comes(&journey, key);
    }
    journey.cabinet.reconcile_now().await.expect("compared");
    bring(&journey, committed, &[("mr-12.json", PUSHED)]).await;
    let members = journey.cabinet.members().await.expect("members");
    let pin = pin_of(&members.iter().find(|m| m.member.id == id).expect("a member").member.name);
    for key in &chosen {
        say(&cto, key, &id, pin, Verdict::Approve).await;
    }
    cto.exchange().await.expect("sent");
    journey.cabinet.exchange().await.expect("received");

    let mut tried = Tried::default();
    let refusals = [
        (severe, ("stale", "R30")),
        (gone, ("no_ticket", "R11")),
        (lacking, ("stale", "R30")),
        (committed, ("hard_block", "R89")),
    ];
    for (key, expected) in refusals {
        let signed = journey.change(key).await.sign_offs;
        assert_eq!(signed.len(), 1, "{key}: what came is kept: {signed:?}");
        hand_out(&journey, &mut tried, key, expected).await;
    }
    // Nor does it go out from the device on which it was signed, once that has looked as well.
    cto.reconcile_now().await.expect("compared");
    cto.sync_now().await.expect("synced");
    let view = cto.change(OfChange { change: committed.to_owned() }).await.expect("a change");
    let report = view.attachments.into_iter().find(|a| a.name == "mr-12.json").expect("what GitLab tells");
    let of = OfAttachment { change: committed.to_owned(), attachment: report.id };
    cto.download_attachment(of).await.expect("downloaded");
    for (key, expected) in refusals {
        let to = file(&journey, &format!("elsewhere-{key}.json"));
        tried.refused(key, Path::Relay, cto.export_approval(key, &to).await, expected);
        assert!(!to.exists(), "{key}: no file is written");
        tried.all(key, RELAYED);
    }
    // What was decided is told on no ticket, by neither device.
    journey.seal(&meeting).await.expect("the minutes say what was decided when");
    journey.cabinet.exchange().await.expect("sent");
    cto.exchange().await.expect("received");
    cto.sync_now().await.expect("synced");
    journey.cabinet.sync_now().await.expect("synced");
    let there = cto.outbox().await.expect("an outbox").rows;
    assert!(there.is_empty(), "{there:?}");
    for key in &chosen {
        not_written_back(&journey, key).await;
    }
    for cabinet in [&journey.cabinet, &cto] {
        assert!(cabinet.problems().await.expect("a record").is_empty(), "the record holds");
        cabinet.finish_work().await;
    }
}
