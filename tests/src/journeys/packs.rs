//! The review pack: what comes back before the decision counts once and stands on the ticket; what comes back after it
//! is kept, said to have come after, and counts nowhere.
use std::collections::BTreeSet;
use std::path::Path;

use board::requests::{FilePath, OfAttachment, OfChange, OfItem, OfMeeting, SigningRequest, TickSectionRequest};
use board::views::{
    ApprovalState, DecisionKind, MakePackRequest, OpenPackRequest, OutboxState, PackPurpose, Role, SignOffState,
    SignRequest, SigningSubject, Verdict, VotePosition,
};
use board::{ACCEPTANCE, AdmitRequest, BoardError, Cabinet, InviteRequest, JoinRequest, PackRequest};

use super::gate::open_window;
use super::many_hands::pin_of;
use crate::gates::{asks, code};
use crate::journey::{Journey, approving, now, own_board_with, own_desk, sample_board};

/// A board that is no sample, whose chair and technical lead have their keys on one device.
pub(super) async fn begin() -> Journey {
    let server = sample::serve(sample::Options::at(now())).await.expect("the sample server starts");
    let folder = tempfile::tempdir().expect("a folder");
    let has_key = |role: &str| role == "chair" || role == "technical development lead";
    let cabinet = own_board_with(&folder.path().join("data"), sample_board(&server), has_key, |_| ()).await;
    Journey { server, cabinet, folder }
}

/// The CTO's own machine, which never had a network: the invitation came by file, the admission comes with the pack.
pub(super) async fn plane(journey: &Journey, data: &Path) -> (Cabinet, String) {
    let member = journey.member(Role::Cto).await;
    let invited = journey.cabinet.invite(InviteRequest::Member(member.clone())).await.expect("invited");
    let plane = own_desk(data).await;
    let joined = plane
        .join(JoinRequest {
            invitation: invited.file,
            pin: pin_of(&invited.name).to_owned().into(),
            accepted: ACCEPTANCE.to_owned(),
            relays: Some(Vec::new()),
            replace: false,
        })
        .await
        .expect("joined");
    let asked = journey.cabinet.receive_enrolment(&joined.file).await.expect("handed over");
    let by = journey.member(Role::Chair).await;
    let admit = |by: String, pin: String| AdmitRequest {
        enrolment: asked.enrolment,
        pin: pin.into(),
        by,
        checked: "in person".to_owned(),
        hold_root: false,
    };
    let pin = journey.pin(&by).await;
    let _in_force = journey.cabinet.admit(admit(by, pin)).await.expect("admitted, or proposed");
    (plane, member)
}

/// Changes that CTO and technical lead may sign, with every material file here.
pub(super) async fn signable(journey: &Journey, count: usize) -> Vec<String> {
    let mut found = Vec::new();
    for key in journey.approvable().await {
        let view = journey.change(&key).await;
        if found.len() == count || view.required_sign_offs[0].holders.len() < 2 {
            continue;
        }
        for file in view.attachments.into_iter().filter(|a| a.material && a.digest.is_none()) {
            let of = OfAttachment { change: key.clone(), attachment: file.id };
            journey.cabinet.download_attachment(of).await.expect("downloaded");
        }
        found.push(key);
    }
    assert_eq!(found.len(), count, "the sample has as many such changes");
    found
}

pub(super) async fn say(cabinet: &Cabinet, change: &str, member: &str, pin: &str, verdict: Verdict) {
    let subject = SigningSubject::Change { change: change.to_owned() };
    cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
    let view = cabinet.signing_view().await.expect("a view");
    let request = SignRequest {
        verdict,
        reason: if verdict == Verdict::Reject { "No rehearsal.".to_owned() } else { String::new() },
        ..approving(&view.statements[0].id, member, Some(pin.to_owned()))
    };
    cabinet.sign(request).await.unwrap_or_else(|error| panic!("{change}: {error}"));
    cabinet.close_signing().await.expect("closed");
}

async fn approvals(journey: &Journey, changes: &[String]) -> Vec<ApprovalState> {
    let mut all = Vec::new();
    for key in changes {
        all.push(journey.change(key).await.decision.expect("decided").approval);
    }
    all
}

async fn votes(journey: &Journey, meeting: &str, count: usize) -> Vec<String> {
    let mut all = Vec::new();
    for item in 1..=count {
        let shown = journey.item(meeting, &item.to_string()).await;
        all.push(format!("{:?} {:?}", shown.votes, shown.tally));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_before_the_decision_counts_once_and_what_comes_back_after_it_is_kept_and_counts_nowhere() {
    let journey = begin().await;
    let (plane, cto) = plane(&journey, &journey.folder.path().join("plane")).await;
    let cto_pin = pin_of(
        &journey
            .cabinet
            .members()
            .await
            .expect("members")
            .into_iter()
            .find(|m| m.member.id == cto)
            .expect("one")
            .member
            .name,
    );
    let changes = signable(&journey, 3).await;
    let [signed, late, refused] = [&changes[0], &changes[1], &changes[2]].map(String::as_str);
    open_window(&journey, refused).await;

    // Before the meeting a pack goes out; one change is signed and comes back at once, two come back too late.
    let request = PackRequest { to: cto.clone(), changes: changes.clone(), good_for_hours: None };
    let pack = journey.cabinet.make_pack(request).await.expect("a pack");
    let opened = plane.open_pack(pack.file).await.expect("opened");
    assert_eq!((opened.purpose, &opened.changes), ("review", &changes));
    assert!(opened.late.is_empty() && opened.refused.is_empty(), "{opened:?}");
    let pdf = std::fs::read(opened.pdf.expect("a PDF for a tablet")).expect("kept");
    assert!(pdf.starts_with(b"%PDF-"), "as it stood in the pack");
    say(&plane, signed, &cto, cto_pin, Verdict::Approve).await;
    let first = plane.reply_pack().await.expect("the way back");
    let tick = TickSectionRequest { change: late.to_owned(), section: "backout".to_owned(), ticked: true };
    plane.tick_section(tick).await.expect("ticked");
    plane.submit_plan_review(OfChange { change: late.to_owned() }).await.expect("reviewed");
    say(&plane, late, &cto, cto_pin, Verdict::Approve).await;
    say(&plane, refused, &cto, cto_pin, Verdict::Reject).await;
    let second = plane.reply_pack().await.expect("the way back");

    let back = journey.cabinet.open_pack(first.file.clone()).await.expect("taken in");
    assert_eq!((back.purpose, back.came, back.late.len()), ("reply", 1, 0), "the sign-off, once");
    assert_eq!(journey.cabinet.open_pack(first.file).await.expect("again").came, 0, "nothing counts twice");

    let chosen: Vec<&str> = changes.iter().map(String::as_str).collect();
    let meeting = journey.meet(&chosen).await.meeting.id;
    for item in ["1", "2", "3"] {
        let of = OfItem { meeting: meeting.clone(), item: item.to_owned() };
        journey.cabinet.set_current_item(of).await.expect("moved on");
        journey.all_vote(&meeting, item, VotePosition::Approve).await;
        journey.decide(&meeting, item, DecisionKind::Approved, "").await.expect("decided");
    }
    journey.close(&meeting).await;
    let lead = journey.member(Role::TechnicalLead).await;
    say(&journey.cabinet, refused, &lead, &journey.pin(&lead).await, Verdict::Approve).await;
    journey.seal(&meeting).await.expect("the chair seals");
    let handed =
        journey.cabinet.export_approval(refused, &journey.folder.path().join("a.json")).await.expect("approved");
    assert!(asks(&handed, None).passed(), "{}", asks(&handed, None).text(false));
    journey.cabinet.sync_now().await.expect("synced");
    let decided = [ApprovalState::Holds, ApprovalState::AwaitingSignOff, ApprovalState::Holds];
    assert_eq!(approvals(&journey, &changes).await, decided, "what came back in time counts");
    let outbox = journey.cabinet.outbox().await.expect("an outbox").rows;
    assert_eq!(outbox.iter().filter(|r| r.state == OutboxState::Verified).count(), 2, "on the ticket: {outbox:?}");
    let counted = votes(&journey, &meeting, 3).await;
    let minutes = journey.cabinet.minutes_path(OfMeeting { meeting: meeting.clone() }).await.expect("sealed");
    let sealed = std::fs::read(&minutes).expect("readable");

    // Now the second comes back: after decision and close.
    let back = journey.cabinet.open_pack(second.file).await.expect("taken in");
    assert_eq!(back.came, 3, "a plan review and two sign-offs, kept");
    assert_eq!(back.late.len(), 3, "{:?}", back.late);
    assert!(back.late.iter().all(|line| line.contains("came after the decision") && line.contains("kept")));
    assert_eq!(approvals(&journey, &changes).await, decided, "no approval follows from it, and none is lost by it");
    assert_eq!(votes(&journey, &meeting, 3).await, counted, "nor do votes");
    assert_eq!(std::fs::read(&minutes).expect("readable"), sealed, "nor minutes");
    journey.cabinet.sync_now().await.expect("synced");
    assert_eq!(journey.cabinet.outbox().await.expect("an outbox").rows.len(), outbox.len(), "nor a ticket");
    let none = journey.cabinet.export_approval(late, &journey.folder.path().join("b.json")).await;
    assert_eq!(code(&none), "awaiting_sign_off", "no approval goes out on it");
    let same = journey.cabinet.export_snapshot(refused, &journey.folder.path().join("s.json")).await.expect("told");
    assert!(asks(&handed, Some(&same)).passed(), "the gate goes on letting it through");
    let again = journey.cabinet.export_approval(refused, &journey.folder.path().join("c.json")).await.expect("again");
    assert_eq!(asks(&again, None).shown.expect("verified").sign_offs.len(), 1, "the lead's alone carries it");

    // It is there to be seen, on the change and under Record.
    for (key, verdict) in [(late, "Signed off"), (refused, "Refused to sign off")] {
        let view = journey.change(key).await;
        let cto_name = &view.sign_offs.iter().find(|s| s.state == SignOffState::Late).expect("kept").signer;
        assert_eq!(pin_of(cto_name), cto_pin);
        let told =
            view.history.iter().any(|h| h.what.starts_with(verdict) && h.what.contains("came after the decision"));
        assert!(told, "{:?}", view.history);
    }
    let record = journey.cabinet.record().await.expect("readable");
    let kept: BTreeSet<&str> = record.late.iter().map(|l| l.change.as_str()).collect();
    assert_eq!((record.late.len(), kept), (3, BTreeSet::from([late, refused])));
    let (before, after) = journey.cabinet.rebuild().await.expect("rebuilt");
    assert_eq!(before, after, "what was received folds to what is kept");
    assert!(journey.cabinet.problems().await.expect("readable").is_empty(), "nothing is wrong with it");

    // Signed with the decision in hand it counts.
    let request = PackRequest { to: cto.clone(), changes: Vec::new(), good_for_hours: None };
    let pack = journey.cabinet.make_pack(request).await.expect("a pack");
    assert_eq!(pack.changes, [late], "it waits for a sign-off still");
    plane.open_pack(pack.file).await.expect("opened");
    say(&plane, late, &cto, cto_pin, Verdict::Approve).await;
    let third = plane.reply_pack().await.expect("the way back");
    journey.cabinet.open_pack(third.file).await.expect("taken in");
    assert_eq!(journey.change(late).await.decision.expect("decided").approval, ApprovalState::Holds);
    journey.cabinet.finish_work().await;
}

fn refusal(error: &BoardError) -> &str {
    match error {
        BoardError::Refused(refusal) => &refusal.code,
        BoardError::Invalid { field, .. } => field,
        BoardError::NotFound { .. }
        | BoardError::Ticketing { .. }
        | BoardError::Vault { .. }
        | BoardError::Verification { .. }
        | BoardError::Cancelled
        | BoardError::Internal { .. } => "other",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_is_made_opened_and_answered_by_what_the_window_calls() {
    let journey = begin().await;
    let (plane, cto) = plane(&journey, &journey.folder.path().join("plane")).await;
    let cto_pin = pin_of(
        &journey
            .cabinet
            .members()
            .await
            .expect("members")
            .into_iter()
            .find(|m| m.member.id == cto)
            .expect("one")
            .member
            .name,
    );
    let changes = signable(&journey, 2).await;
    let file = |name: &str| journey.folder.path().join(name).display().to_string();
    let before = plane.packs().await.expect("readable");
    assert_eq!(before.refusal.map(|r| r.code), Some("not_admitted".to_owned()), "it reads, and makes none");
    assert!(before.opened.is_none());

    let view = journey.cabinet.packs().await.expect("readable");
    assert!(view.refusal.is_none() && view.candidates.is_empty(), "no meeting, no decision: nothing is proposed");
    let seat = view.recipients.iter().find(|r| r.member.id == cto).expect("the CTO");
    assert!(seat.can_open && !seat.here);
    let request =
        |path: &str| MakePackRequest { to: cto.clone(), changes: changes.clone(), hours: 48, path: path.to_owned() };
    for (wrong, why) in [
        (MakePackRequest { changes: Vec::new(), ..request("/x") }, "changes"),
        (MakePackRequest { hours: 0, ..request("/x") }, "hours"),
        (request("cto.pack"), "path"),
    ] {
        assert_eq!(refusal(&journey.cabinet.write_pack(wrong).await.expect_err("refused")), why);
    }
    let made = journey.cabinet.write_pack(request(&file("cto.pack"))).await.expect("written");
    assert_eq!((&made.changes, made.good_until.is_some()), (&changes, true));
    let twice = journey.cabinet.write_pack(request(&file("cto.pack"))).await.expect_err("nothing is written over");
    assert_eq!(refusal(&twice), "file_unwritable");

    let from = |path: &str| OpenPackRequest { path: path.to_owned(), content: String::new() };
    let nowhere = plane.open_pack_file(from(&file("none.pack"))).await.expect_err("not there");
    assert_eq!(refusal(&nowhere), "file_unreadable");
    let opened = plane.open_pack_file(from(&file("cto.pack"))).await.expect("opened");
    assert_eq!((opened.purpose, opened.past, opened.signed), (PackPurpose::Review, false, 0));
    assert_eq!(opened.changes.iter().map(|c| &c.key).collect::<Vec<_>>(), changes.iter().collect::<Vec<_>>());
    assert!(opened.pdf.is_some() && plane.pack_pdf_path().await.is_ok(), "the PDF is laid beside the minutes");
    assert!(plane.joining().await.expect("readable").is_none(), "the admission came with it");
    say(&plane, &changes[0], &cto, cto_pin, Verdict::Approve).await;
    let now = plane.packs().await.expect("readable").opened.expect("it is still there");
    assert_eq!((now.signed, now.changes[0].signed, now.changes[1].signed), (1, true, false));
    let answer = plane.save_answer(FilePath { path: file("answer.pack") }).await.expect("written");
    assert!(answer.bytes > 0);
    let back = journey.cabinet.open_pack_file(from(&file("answer.pack"))).await.expect("taken in");
    assert_eq!((back.purpose, back.came, back.late.len()), (PackPurpose::Reply, 1, 0));
    let shown = journey.change(&changes[0]).await;
    assert_eq!(shown.sign_offs.iter().map(|s| s.state).collect::<Vec<_>>(), [SignOffState::Holds]);
    journey.cabinet.finish_work().await;
}
