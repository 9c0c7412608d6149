//! Minutes that others sign after the chair, each on a device of their own, through the folder they share (R115).
use std::path::Path;
use std::process::Command;

use board::requests::{OfItem, OfMeeting, SigningRequest};
use board::views::{DecisionKind, GateResult, MinutesSignerState, Role, SigningSubject, VotePosition};
use board::{
    Answer, Cabinet, ChooseSignatories, CountersignRequest, DistributeRequest, MinutesSigners, verify_minutes,
};

use super::many_hands::{joins, one_key, pin_of};
use crate::gates::code;
use crate::journey::{Journey, approving, now};

/// A member on a device of their own.
struct Desk {
    cabinet: Cabinet,
    member: String,
    pin: &'static str,
}

async fn desk(journey: &Journey, role: Role, data: &Path, relay: &Path) -> Desk {
    let (cabinet, member) = joins(journey, role, data, relay).await;
    let members = cabinet.members().await.expect("the roster came");
    let name = members.into_iter().find(|m| m.member.id == member).expect("a member").member.name;
    Desk { cabinet, member, pin: pin_of(&name) }
}

impl Desk {
    async fn turns(&self, meeting: &str) -> MinutesSigners {
        self.cabinet.exchange().await.expect("exchanged");
        self.cabinet.minutes_turns(OfMeeting { meeting: meeting.to_owned() }).await.expect("the file came")
    }

    async fn signs(&self, meeting: &str) -> Answer<MinutesSigners> {
        let (meeting, member, pin) = (meeting.to_owned(), self.member.clone(), self.pin.to_owned().into());
        self.cabinet.countersign(CountersignRequest { meeting, member, pin }).await
    }

    /// The same through the signing window.
    async fn signs_in_the_window(&self, meeting: &str) {
        let subject = SigningSubject::Countersign { meeting: meeting.to_owned() };
        self.cabinet.request_signing(SigningRequest { subject }).await.expect("it is their turn");
        let view = self.cabinet.signing_view().await.expect("a view");
        let here: Vec<&str> = view.signers.iter().map(|signer| signer.member.id.as_str()).collect();
        assert_eq!(here, [self.member.as_str()], "nobody else signs on this device");
        let request = approving(&view.statements[0].id, &self.member, Some(self.pin.to_owned()));
        self.cabinet.sign(request).await.expect("signed");
        self.cabinet.close_signing().await.expect("closed");
    }
}

/// A meeting that approves one change, closed; and who is to sign its minutes.
async fn closed(journey: &Journey, turns: Vec<Vec<String>>) -> String {
    let change = journey.approvable().await.into_iter().next().expect("a change");
    let meeting = journey.meet(&[&change]).await.meeting.id;
    let of = OfItem { meeting: meeting.clone(), item: "1".to_owned() };
    journey.cabinet.set_current_item(of).await.expect("moved on");
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    journey.close(&meeting).await;
    let chosen = ChooseSignatories { meeting: meeting.clone(), turns };
    journey.cabinet.choose_signatories(chosen).await.expect("chosen");
    meeting
}

fn states(view: &MinutesSigners) -> Vec<MinutesSignerState> {
    view.signers.iter().map(|signer| signer.state).collect()
}

/// How many signatures pdfsig calls valid, and how many of them cover the whole file.
fn pdfsig(pdf: &Path) -> (usize, usize) {
    let output = Command::new("pdfsig").arg("-nocert").arg(pdf).env("LC_ALL", "C.UTF-8").output().expect("pdfsig");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (said.matches("Signature is Valid.").count(), said.matches("- Total document signed").count())
}

#[tokio::test(flavor = "multi_thread")]
async fn three_devices_sign_minutes_in_turn_and_of_two_at_once_one_signs_again() {
    let (journey, relay) = one_key().await;
    let home = journey.folder.path();
    let cto = desk(&journey, Role::Cto, &home.join("cto"), &relay).await;
    let lead = desk(&journey, Role::TechnicalLead, &home.join("lead"), &relay).await;
    let chair_id = journey.member(Role::Chair).await;
    let chair_pin = pin_of(super::written::person("chair").name);
    let chair = Desk { cabinet: journey.cabinet.clone(), member: chair_id.clone(), pin: chair_pin };

    // One after another.
    let meeting = closed(&journey, vec![vec![lead.member.clone()], vec![cto.member.clone()]]).await;
    assert_eq!(code(&lead.signs(&meeting).await), "not_found", "the record of the meeting has not come");
    let chairs = ChooseSignatories { meeting: meeting.clone(), turns: vec![vec![chair_id]] };
    assert_eq!(code(&chair.cabinet.choose_signatories(chairs).await), "invalid", "the chair signs anyway");
    assert_eq!(code(&chair.signs(&meeting).await), "not_sealed");
    journey.seal(&meeting).await.expect("the chair seals");
    let again = ChooseSignatories { meeting: meeting.clone(), turns: Vec::new() };
    assert_eq!(code(&chair.cabinet.choose_signatories(again).await), "already_sealed");
    let first = chair.turns(&meeting).await;
    let sealed = std::fs::read(&first.path).expect("the chair's file");
    let waiting = verify_minutes(&sealed, None).expect("it holds while others are still to sign");
    assert_eq!(waiting.next.len(), 1, "{:?}", waiting.next);
    assert_eq!(states(&first), [MinutesSignerState::Signed, MinutesSignerState::Turn, MinutesSignerState::Later]);

    assert_eq!(states(&cto.turns(&meeting).await), states(&first), "the file travels with the record");
    assert_eq!(code(&cto.signs(&meeting).await), "not_your_turn");
    assert_eq!(code(&chair.signs(&meeting).await), "already_signed");
    lead.turns(&meeting).await;
    lead.signs_in_the_window(&meeting).await;
    lead.turns(&meeting).await;
    cto.turns(&meeting).await;
    let last = cto.signs(&meeting).await.expect("now it is the CTO's turn");
    assert_eq!(states(&last), [MinutesSignerState::Signed; 3]);
    assert_eq!(code(&cto.signs(&meeting).await), "already_signed");
    cto.turns(&meeting).await;
    for desk in [&chair, &lead] {
        assert_eq!(desk.turns(&meeting).await.sha256, last.sha256, "the same file everywhere");
    }
    let file = chair.turns(&meeting).await.path;
    let bytes = std::fs::read(&file).expect("the file of three");
    assert!(bytes.starts_with(&sealed), "only revisions were added");
    let checked = verify_minutes(&bytes, None).expect("a stranger finds it whole");
    let handed =
        DistributeRequest { meeting: meeting.clone(), edition: None, whole: false, to: home.join("handed out") };
    let handed = chair.cabinet.distribute_minutes(handed).await.expect("handed out");
    assert_eq!(handed.minutes.sha256, last.sha256, "with every signature");
    assert_eq!((checked.pdf.signatures.len(), checked.next.len(), checked.pdf.sha256), (3, 0, last.sha256));
    assert_eq!(pdfsig(&file), (3, 1), "three valid, the last over the whole document");
    let view = journey.cabinet.verify_minutes(OfMeeting { meeting: meeting.clone() }).await.expect("verified");
    let verification = view.verification.expect("a verification");
    assert!(verification.verified, "the record names this very file: {verification:?}");
    assert!(verification.checks.iter().all(|check| check.result == GateResult::Passed), "{verification:?}");
    assert_eq!(view.minutes.signers.len(), 3);

    // Two at once, on the same file: one stands, the other is asked again.
    let meeting = closed(&journey, vec![vec![lead.member.clone(), cto.member.clone()]]).await;
    journey.seal(&meeting).await.expect("the chair seals");
    chair.turns(&meeting).await;
    for desk in [&cto, &lead] {
        let here = desk.turns(&meeting).await;
        assert_eq!(states(&here)[1..], [MinutesSignerState::Turn; 2], "they share a turn");
    }
    for desk in [&cto, &lead] {
        // Neither has what the other signs.
        desk.signs(&meeting).await.expect("signed");
    }
    for desk in [&cto, &lead, &chair, &cto] {
        desk.turns(&meeting).await;
    }
    let here = chair.turns(&meeting).await;
    for desk in [&cto, &lead] {
        assert_eq!(desk.turns(&meeting).await.sha256, here.sha256, "and the same one on each device");
    }
    assert_eq!(states(&here), [MinutesSignerState::Signed, MinutesSignerState::Signed, MinutesSignerState::Turn]);
    let (stood, asked) = (&here.signers[1], &here.signers[2]);
    assert_eq!(asked.displaced_by.as_deref(), Some(stood.member.name.as_str()), "and it is said");
    let loser = if asked.member.id == cto.member { &cto } else { &lead };
    let done = loser.signs(&meeting).await.expect("signs again, on top of what stands");
    assert_eq!(states(&done), [MinutesSignerState::Signed; 3]);
    loser.turns(&meeting).await;
    let end = chair.turns(&meeting).await;
    assert_eq!(end.sha256, done.sha256);
    assert!(end.signers.iter().all(|signer| signer.displaced_by.is_none()), "{end:?}");
    assert_eq!(pdfsig(&end.path), (3, 1));

    let found = board::verify_folder(&journey.data_dir(), None, now()).await.expect("looked over");
    assert!(found.findings.is_empty(), "{:?}", found.findings);
    let (before, after) = journey.cabinet.rebuild().await.expect("rebuilt");
    assert_eq!(before, after, "and it follows from the record");
    journey.cabinet.finish_work().await;
}
