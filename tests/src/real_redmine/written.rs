//! A sign-off that an authority without a key writes as a comment, on the real Redmine.
use board::views::{ApprovalState, Attestation, OutboxState, Role, VotePosition};
use board::{BoardError, RecordWrittenRequest, WordsIn};
use serde_json::json;

use super::desk::{board_on, key, outbox, stands_once};
use super::server::Redmine;
use crate::journey::{Journey, options};
use board::views::DecisionKind;

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_by_the_ctos_own_account_carries_the_approval_to_the_ticket() {
    let server = Redmine::given();
    let project = server.project();
    let id = server.ticket(&project, "Written", "Authorize");
    let url = server.url.clone();
    // The CTO's account is one that comments here and has no part in the ticket.
    let mut sample = board_on(&server, &url, &project);
    let cto = sample.members.iter_mut().find(|m| m.role == "CTO").expect("a CTO");
    cto.account = server.user("admin").to_string();
    let folder = tempfile::tempdir().expect("a folder");
    let cabinet = board::Cabinet::open(options(&folder.path().join("data"))).await.expect("the desk opens");
    cabinet.open_sample(sample).await.expect("the board is made, connected and synced");
    let journey = Journey { server: server.clone(), cabinet, folder };

    let key = key(id);
    let meeting = journey.meet(&[&key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    journey.close(&meeting).await;

    let (member, recorder) = (journey.member(Role::Cto).await, journey.member(Role::Chair).await);
    let asking = journey.cabinet.ask_in_writing(&key, &member).await.expect("asked");
    let pin = journey.pin(&recorder).await;
    let record = || RecordWrittenRequest {
        change: key.clone(),
        member: member.clone(),
        recorder: recorder.clone(),
        pin: pin.clone().into(),
        words: WordsIn::Comment(None),
    };
    server.edit("alice", id, &json!({"notes": asking.approve}));
    journey.cabinet.sync_now().await.expect("synced");
    let refused = journey.cabinet.record_in_writing(record()).await.expect_err("alice is not the CTO");
    assert!(matches!(&refused, BoardError::Refused(r) if r.code == "no_such_comment"), "{refused}");

    server.edit("admin", id, &json!({"notes": format!("h3. Read\n\n{}\n\n* from the train", asking.approve)}));
    journey.cabinet.sync_now().await.expect("synced");
    let recorded = journey.cabinet.record_in_writing(record()).await.expect("it stands on the ticket");
    assert_eq!(recorded.quote, asking.approve);
    let view = journey.change(&key).await;
    assert_eq!(view.sign_offs[0].attestation, Attestation::Written);
    assert_eq!(view.decision.expect("decided").approval, ApprovalState::Holds);
    journey.seal(&meeting).await.expect("sealed");
    journey.cabinet.sync_now().await.expect("synced");
    journey.cabinet.finish_work().await;
    assert_eq!(outbox(&journey.cabinet).await[0].state, OutboxState::Verified);
    stands_once(&server, &journey.data_dir(), id, "Approved");
}
