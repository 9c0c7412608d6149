//! A board of the *Part 11* profile: no path leaves a key unlocked, the first signature takes the signer's name, and a
//! list is signed once each of its lines is ticked.
use std::collections::BTreeMap;

use board::requests::{OfItem, OfMember, SigningRequest};
use board::views::{DecisionKind, Role, SignRequest, SigningSubject, SigningView, VotePosition};
use board::{ACCEPTANCE, Answer, BoardError, Cabinet, CreateBoard, Keyholder, NewMember, Strength};

use crate::journey::{Journey, approving, now, options, role, sample_board};

/// The sample's people, each with a key on this device.
async fn begun() -> Journey {
    let server = sample::serve(sample::Options::at(now())).await.expect("the sample server starts");
    let folder = tempfile::tempdir().expect("a folder");
    let cabinet = Cabinet::open(options(&folder.path().join("data"))).await.expect("the desk opens");
    let like = sample_board(&server);
    let member = |m: &board::SampleMember| NewMember {
        name: m.name.clone(),
        roles: vec![role(&m.role)],
        voting: true,
        mandatory: false,
        accounts: BTreeMap::from([(like.prefix.clone(), m.account.clone())]),
        key: Some(Keyholder { pin: m.pin.clone().into(), accepted: ACCEPTANCE.to_owned() }),
    };
    let members = like.members.iter().map(member).collect();
    let request = CreateBoard {
        name: like.name.clone(),
        members,
        strength: Strength::Starter,
        part_11: true,
        sealed_relays: false,
    };
    cabinet.create_board_with(request).await.expect("a board");
    cabinet.open_sample(like).await.expect("connected and synced");
    Journey { server, cabinet, folder }
}

/// Somebody who signs, as they would type it.
struct Hand {
    member: String,
    name: String,
    pin: String,
}

impl Hand {
    async fn of(journey: &Journey, role: Role) -> Self {
        let member = journey.member(role).await;
        let members = journey.cabinet.members().await.expect("members");
        let name = members.into_iter().find(|m| m.member.id == member).expect("a member").member.name;
        Self { pin: journey.pin(&member).await, member, name }
    }

    /// Asks to keep the key unlocked, whatever the policy says.
    async fn sign(
        &self,
        cabinet: &Cabinet,
        statement: &str,
        (named, pin): (&str, Option<&str>),
        ticked: &[u32],
    ) -> Answer<SigningView> {
        let request = SignRequest {
            keep_unlocked: true,
            named: named.to_owned(),
            ticked: ticked.to_vec(),
            ..approving(statement, &self.member, pin.map(ToOwned::to_owned))
        };
        cabinet.sign(request).await
    }
}

fn code(answer: &Answer<SigningView>) -> Option<&str> {
    if let Err(BoardError::Refused(refusal)) = answer { Some(&refusal.code) } else { None }
}

async fn asked(cabinet: &Cabinet, subject: SigningSubject) -> SigningView {
    cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
    cabinet.signing_view().await.expect("a view")
}

async fn nothing_is_unlocked(cabinet: &Cabinet, after: &str) {
    assert!(cabinet.app_status().await.expect("a status").session.is_none(), "{after}");
}

/// Two changes that the member may sign: without a PIN nothing but that is asked for.
async fn two(journey: &Journey, hand: &Hand) -> Vec<String> {
    let mut found = Vec::new();
    for key in journey.approvable().await {
        let view = asked(&journey.cabinet, SigningSubject::Change { change: key.clone() }).await;
        let answer = hand.sign(&journey.cabinet, &view.statements[0].id, (hand.name.as_str(), None), &[]).await;
        if code(&answer) == Some("pin_needed") {
            found.push(key);
        }
        if found.len() == 2 {
            break;
        }
    }
    assert_eq!(found.len(), 2, "the sample has as many");
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn every_signature_takes_the_pin_the_first_the_name_too_and_a_list_a_tick_at_each_line() {
    let journey = begun().await;
    let cabinet = &journey.cabinet;
    let board = cabinet.app_status().await.expect("a status").board.expect("a board");
    assert_eq!(board.policy_label, "starter-part-11 1");
    let (chair, cto) = (Hand::of(&journey, Role::Chair).await, Hand::of(&journey, Role::Cto).await);
    let changes = two(&journey, &cto).await;
    let keys: Vec<&str> = changes.iter().map(String::as_str).collect();
    let meeting = journey.meet(&keys).await.meeting.id;
    for item in ["1", "2"] {
        let of = OfItem { meeting: meeting.clone(), item: item.to_owned() };
        cabinet.set_current_item(of).await.expect("moved on");
        journey.all_vote(&meeting, item, VotePosition::Approve).await;
        journey.decide(&meeting, item, DecisionKind::Approved, "").await.expect("decided");
    }
    journey.close(&meeting).await;

    let queue = asked(cabinet, SigningSubject::Queue { meeting: meeting.clone() }).await;
    assert!(queue.signers.iter().all(|s| s.pin_always && s.name_asked && s.session.is_none()), "nobody has signed");
    let (first, second) = (&queue.statements[0].id, &queue.statements[1].id);
    let pin = Some(cto.pin.as_str());
    assert_eq!(code(&cto.sign(cabinet, first, ("", pin), &[]).await), Some("name_needed"));
    assert_eq!(code(&cto.sign(cabinet, first, (chair.name.as_str(), pin), &[]).await), Some("other_name"));
    cto.sign(cabinet, first, (cto.name.as_str(), pin), &[]).await.expect("name and PIN");
    nothing_is_unlocked(cabinet, "after a sign-off").await;
    assert_eq!(code(&cto.sign(cabinet, second, ("", None), &[]).await), Some("pin_needed"), "no session was begun");
    let view = cto.sign(cabinet, second, ("", pin), &[]).await.expect("the PIN alone");
    nothing_is_unlocked(cabinet, "after another").await;
    let asks = |view: &SigningView| view.signers.iter().find(|s| s.member.id == cto.member).map(|s| s.name_asked);
    assert_eq!(asks(&view), Some(false), "named once");
    cabinet.end_sessions();
    assert_eq!(asks(&cabinet.signing_view().await.expect("a view")), Some(true), "until the screen is locked");

    let minutes = asked(cabinet, SigningSubject::Minutes { meeting }).await;
    let sealed =
        chair.sign(cabinet, &minutes.statements[0].id, (chair.name.as_str(), Some(chair.pin.as_str())), &[]).await;
    sealed.expect("sealed");
    nothing_is_unlocked(cabinet, "after the minutes").await;

    cabinet.set_me(OfMember { member: cto.member.clone() }).await.expect("the CTO is at this device");
    let confirmed: Vec<String> =
        cabinet.spoken_view().await.expect("readable").acts.into_iter().map(|act| act.act).collect();
    assert!(confirmed.len() >= 2, "present, and voted");
    let list = asked(cabinet, SigningSubject::SpokenActs { confirmed, contested: Vec::new() }).await;
    let statement = &list.statements[0];
    assert!(statement.tick_each);
    let lines: Vec<u32> = (0..).take(statement.facts.len()).collect();
    let some = cto.sign(cabinet, &statement.id, (cto.name.as_str(), pin), &lines[1..]).await;
    assert_eq!(code(&some), Some("not_ticked"), "one line was not read");
    cto.sign(cabinet, &statement.id, (cto.name.as_str(), pin), &lines).await.expect("each was");
    nothing_is_unlocked(cabinet, "after the list").await;
    assert!(cabinet.problems().await.expect("readable").is_empty(), "and every entry holds");
    cabinet.finish_work().await;
}
