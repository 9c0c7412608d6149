//! From an agenda that is sent before the meeting to the plan that a release manager hands out after it: with other
//! people's tools the approval comes out of the file as the pipeline's gate takes it, and anybody draws the pages again.
use std::path::Path;
use std::process::Command;

use board::requests::{AgendaOnPaper, MeetingChangeRequest, RestrictItemRequest, SigningRequest};
use board::views::{CreateMeetingRequest, Role, SigningSubject};
use board::{AgendaPaperRequest, BoardError, DocumentKind, ExportPlanRequest, HandedOut, verify_minutes};
use domain::ids::Digest;
use domain::plan::PlanSection;

use super::gate::{approve, begin, change_with_a_window};
use crate::gates::{asks, code};
use crate::journey::{Journey, approving};

/// What a PDF says, on one line.
fn said(pdf: &Path) -> String {
    let output = Command::new("pdftotext").arg(pdf).arg("-").env("LC_ALL", "C.UTF-8").output();
    let output = output.expect("pdftotext runs; tests/support/pdf/install.sh installs it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What other people's tool saves from a PDF.
fn detached(pdf: &Path, name: &str, to: &Path) -> Vec<u8> {
    let output = Command::new("pdfdetach").args(["-savefile", name, "-o"]).arg(to).arg(pdf).output();
    let output = output.expect("pdfdetach runs; tests/support/pdf/install.sh installs it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(to).expect("saved")
}

/// The agenda of a meeting in preparation on two changes, the second restricted: alone, and with what is to be read.
async fn agenda_is_sent(journey: &Journey, open: &str, secret: &str) {
    let cabinet = &journey.cabinet;
    let head = CreateMeetingRequest {
        title: "Weekly change advisory board".to_owned(),
        starts_at: "2026-12-02T13:00:00Z".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        place: "Room Athena".to_owned(),
    };
    let meeting = cabinet.create_meeting(head).await.expect("a meeting").id;
    for change in [open, secret] {
        let item = MeetingChangeRequest { meeting: meeting.clone(), change: change.to_owned() };
        cabinet.add_agenda_item(item).await.expect("an item");
    }
    let mark = RestrictItemRequest { meeting: meeting.clone(), item: secret.to_owned(), restricted: true };
    cabinet.restrict_agenda_item(mark).await.expect("marked");
    let (title, hidden) = (journey.change(open).await.row.title, journey.change(secret).await.row.title);
    for (name, pre_read) in [("agenda.pdf", false), ("pre-read.pdf", true)] {
        let path = journey.folder.path().join(name);
        let request = AgendaPaperRequest { meeting: meeting.clone(), path: path.clone(), pre_read };
        let made = cabinet.agenda_paper(request.clone()).await.expect("written");
        assert_eq!((made.items, made.restricted.as_slice()), (2, &[secret.to_owned()][..]));
        assert_eq!(made.read, if pre_read { vec![open.to_owned()] } else { Vec::new() });
        let text = said(&path);
        let when = "Wednesday 2 December 2026, 14:00 CET";
        for words in [when, "Room Athena", "Quorum needed", "In preparation.", secret] {
            assert!(text.contains(words), "{words} in {text}");
        }
        assert!(text.contains(&title) && !text.contains(&hidden), "{text}");
        assert_eq!(text.contains("Method of deployment"), pre_read, "the plan is read before, and is no agenda");
        let bytes = std::fs::read(&path).expect("the agenda");
        match verify_minutes(&bytes, None) {
            Err(BoardError::Verification { code, .. }) => assert_eq!(code, "signature-missing"),
            other => panic!("nobody signs an agenda: {other:?}"),
        }
        assert_eq!(code(&cabinet.agenda_paper(request).await), "file_unwritable", "nothing is written over");
    }
    let typed = |path: &str| AgendaOnPaper { meeting: meeting.clone(), path: path.to_owned(), pre_read: false };
    let relative = cabinet.write_agenda(typed("agenda.pdf")).await;
    assert!(matches!(&relative, Err(BoardError::Invalid { field, .. }) if field == "path"), "{relative:?}");
    let path = journey.folder.path().join("typed.pdf").display().to_string();
    let written = cabinet.write_agenda(typed(&path)).await.expect("written from the window");
    assert_eq!((written.items, written.restricted), (2, vec![secret.to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approved_plan_carries_the_approval_of_the_gate_and_anybody_draws_it_again() {
    let journey = begin().await;
    let (key, _) = change_with_a_window(&journey).await;
    let other = journey.approvable().await.into_iter().find(|other| *other != key).expect("another change");
    agenda_is_sent(&journey, &key, &other).await;

    let file = |name: &str| journey.folder.path().join(name);
    let (manager, chair) = (journey.member(Role::ReleaseManager).await, journey.member(Role::Chair).await);
    let pin = journey.pin(&manager).await;
    let asked = |name: &str, by: Option<&String>, pin: &str| ExportPlanRequest {
        change: key.clone(),
        path: file(name),
        by: by.cloned(),
        pin: pin.to_owned().into(),
    };
    assert_eq!(code(&journey.cabinet.export_plan(asked("a.pdf", None, &pin)).await), "undecided");
    approve(&journey, &key).await;
    let handed = journey.cabinet.export_approval(&key, &file("approval.json")).await.expect("handed out");
    let chairs = journey.pin(&chair).await;
    assert_eq!(code(&journey.cabinet.export_plan(asked("a.pdf", Some(&chair), &chairs)).await), "not_release_manager");
    assert!(journey.cabinet.export_plan(asked("a.pdf", None, "not-the-pin-1")).await.is_err(), "another's PIN");
    assert!(!file("a.pdf").exists(), "and no file is written");

    let made = journey.cabinet.export_plan(asked("plan.pdf", Some(&manager), &pin)).await.expect("exported");
    let bytes = std::fs::read(&made.path).expect("the plan");
    assert_eq!(made.sha256, Digest::of(&bytes).to_string());
    let checked = verify_minutes(&bytes, None).expect("it holds, and its pages follow from what is inside");
    assert_eq!((checked.about.document, checked.about.change.as_ref()), (DocumentKind::Plan, Some(&key)));
    let [seal] = checked.pdf.signatures.as_slice() else { panic!("{:?}", checked.pdf.signatures) };
    assert_eq!((seal.name.as_str(), seal.member_id.as_str()), (made.by.as_str(), manager.as_str()));
    let text = said(&made.path);
    for words in PlanSection::ALL.map(PlanSection::title).into_iter().chain(["The plan", "Sign-offs"]) {
        assert!(text.contains(words), "{words} in {text}");
    }

    // What is inside is the gate's own file, and newer than the one before.
    let approval = detached(&made.path, "approval.json", &file("inside.json"));
    assert_eq!(Digest::of(&approval).to_string(), made.approval);
    let inside = HandedOut { path: file("inside.json"), sha256: made.approval.clone(), ..handed.clone() };
    for verdict in [asks(&inside, None), asks(&handed, Some(&inside))] {
        assert!(verdict.passed(), "{}", verdict.text(false));
    }
    let evidence = detached(&made.path, "evidence.json", &file("evidence.json"));
    assert!(board::verify_evidence(&evidence, None, None).expect("read").findings.is_empty(), "it holds by itself");
    assert!(board::verify_evidence(&bytes, None, None).expect("read").findings.is_empty(), "and inside the PDF");

    assert_eq!(code(&journey.cabinet.export_plan(asked("plan.pdf", None, &pin)).await), "file_unwritable");
    let in_window = |name: &str| {
        let path = file(name).display().to_string();
        SigningRequest { subject: SigningSubject::ApprovedPlan { change: key.clone(), path } }
    };
    assert_eq!(code(&journey.cabinet.request_signing(in_window("plan.pdf")).await), "file_unwritable");
    journey.cabinet.request_signing(in_window("window.pdf")).await.expect("shown");
    let shown = journey.cabinet.signing_view().await.expect("a view");
    assert!(shown.signers.iter().any(|signer| signer.member.id == manager && signer.pin_always), "{shown:?}");
    assert!(shown.signers.iter().all(|signer| signer.member.id != chair), "who is no release manager seals none");
    let signs = approving(&shown.statements[0].id, &manager, Some(pin));
    Box::pin(journey.cabinet.sign(signs)).await.expect("sealed");
    let bytes = std::fs::read(file("window.pdf")).expect("the plan");
    assert_eq!(verify_minutes(&bytes, None).expect("it holds").about.document, DocumentKind::Plan);
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}
