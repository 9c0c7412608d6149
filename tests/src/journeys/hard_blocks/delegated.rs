//! Where the chain delegates, a signature alone approves (R61): what blocks before it stops the signature, and what comes
//! after it stops ticket and file.
use board::views::{ApprovalState, OutboxState, Role};

use super::super::delegated::{delegable, delegating};
use super::super::evidence_gates::bring;
use super::duties::{PUSHED, known_in_git};
use super::{Block, Path, Tried, file, hand_out, not_written_back, number, of_change, sign};
use crate::journey::Journey;

/// What is tried before the signature, and again after it on a defect.
pub(super) const DELEGATED: &[Path] =
    &[Path::Key, Path::Asking, Path::Export, Path::HandOut, Path::Standing, Path::StandingWindow];

/// What is tried on what was told on its ticket, when its ticket is gone.
pub(super) const TOLD: &[Path] = &[Path::Export, Path::HandOut, Path::Standing, Path::StandingWindow];

/// What the ticket says now is read, and whatever may go out does.
async fn settled(journey: &Journey) {
    journey.cabinet.reconcile_now().await.expect("compared");
    for _ in 0..2 {
        journey.cabinet.sync_now().await.expect("synced");
        journey.cabinet.finish_work().await;
    }
}

/// The authority signs it, or is asked to.
async fn signs(journey: &Journey, tried: &mut Tried, (key, cto): (&str, &str), expected: (&str, &str)) {
    tried.refused(key, Path::Key, sign(journey, of_change(key), cto).await, expected);
    tried.refused(key, Path::Asking, journey.cabinet.ask_in_writing(key, cto).await, expected);
}

/// How the approval that was delegated stands.
async fn stands(journey: &Journey, key: &str) -> Option<ApprovalState> {
    journey.change(key).await.delegated.map(|delegated| delegated.approval)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_delegated_is_approved_by_no_signature_while_it_is_blocked_and_goes_nowhere_once_it_is() {
    const DEFECT: (&str, &str) = ("hard_block", "R32");
    let journey = delegating().await;
    known_in_git(&journey).await;
    let cto = journey.member(Role::Cto).await;
    let members = journey.cabinet.members().await.expect("members");
    let name = members.into_iter().find(|m| m.member.id == cto).expect("a member").member.name;
    let key = delegable(&journey, &name).await;
    let undecided = journey.server.issue(number(&key)).expect("the ticket").status;

    // Before the signature.
    let link = Block::Severe.comes(&journey, &key).expect("a link");
    settled(&journey).await;
    let mut tried = Tried::default();
    signs(&journey, &mut tried, (&key, &cto), DEFECT).await;
    hand_out(&journey, &mut tried, &key, ("undecided", "R30")).await;
    tried.all(&key, DELEGATED);
    assert_eq!(stands(&journey, &key).await, None, "nobody approved it");
    not_written_back(&journey, &key).await;
    journey.server.unrelate(link);
    settled(&journey).await;

    // After it, while it waits for its ticket.
    journey.server.go_offline().await;
    sign(&journey, of_change(&key), &cto).await.expect("nothing blocks it");
    journey.cabinet.close_signing().await.expect("closed");
    journey.cabinet.finish_work().await;
    let waiting = journey.cabinet.outbox().await.expect("an outbox").rows;
    assert_eq!(waiting.iter().map(|row| row.state).collect::<Vec<_>>(), [OutboxState::Queued], "{waiting:?}");
    journey.server.come_back().expect("the same port");
    let link = Block::Severe.comes(&journey, &key).expect("a link");
    settled(&journey).await;
    let mut tried = Tried::default();
    signs(&journey, &mut tried, (&key, &cto), DEFECT).await;
    hand_out(&journey, &mut tried, &key, ("stale", "R30")).await;
    tried.all(&key, DELEGATED);
    assert_eq!(stands(&journey, &key).await, Some(ApprovalState::Stale));
    not_written_back(&journey, &key).await;
    let status = journey.server.issue(number(&key)).expect("the ticket").status;
    assert_eq!(status, undecided, "its ticket says nothing of an approval");

    // Once the defect is gone it is what was signed again, until it is known that the CTO committed its code.
    journey.server.unrelate(link);
    settled(&journey).await;
    assert_eq!(stands(&journey, &key).await, Some(ApprovalState::Holds));
    let to = file(&journey, "delegated.json");
    journey.cabinet.export_approval(&key, &to).await.expect("handed out");
    bring(&journey, &key, &[("mr-12.json", PUSHED)]).await;
    let mut tried = Tried::default();
    signs(&journey, &mut tried, (&key, &cto), ("duty-committer", "R89")).await;
    hand_out(&journey, &mut tried, &key, ("hard_block", "R89")).await;
    tried.all(&key, DELEGATED);

    // And when there is no ticket any more, nothing is handed out of it.
    Block::Gone.comes(&journey, &key);
    journey.cabinet.reconcile_now().await.expect("compared");
    let mut tried = Tried::default();
    hand_out(&journey, &mut tried, &key, ("no_ticket", "R11")).await;
    tried.all(&key, TOLD);
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
    journey.cabinet.finish_work().await;
}
