//! Attachments that are disposed of: on one device, by a root holder's word; then their bytes are gone on every device that
//! the word reaches, and everything that was signed over their digests holds as before.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use board::requests::{OfAttachment, OfChange, SigningRequest};
use board::views::{ApprovalState, Attachment, DecisionKind, Role, SigningSubject, VotePosition};
use board::{Cabinet, DisposeRequest, DisposedOf, Ground, RecordReport};

use super::many_hands::{joins, one_key, pin_of};
use crate::gates::code;
use crate::journey::{Journey, approving, now, sample_board};

const GONE: &str = "people.csv";
const STAYS: &str = "runbook.txt";
const WHY: &str = "It names people who asked to be forgotten.";

/// A change that the lead may sign; its ticket gets two files that it names, and so they are material.
async fn with_files(journey: &Journey, lead: &str) -> String {
    for key in journey.approvable().await {
        let asked = journey.change(&key).await.required_sign_offs;
        if !asked.iter().any(|slot| slot.holders.iter().any(|name| name == lead)) {
            continue;
        }
        let number: u32 = key.rsplit('-').next().and_then(|n| n.parse().ok()).expect("a number");
        let server = &journey.server;
        server.attach(number, GONE, b"Ines, Tom and Ada").expect("attached");
        server.attach(number, STAYS, b"1. Stop the traffic").expect("attached");
        let field = server.world().field("Rollback evidence").map(|f| f.id).expect("a field of the sample");
        let said = server.issue(number).expect("the ticket").custom.get(&field).cloned().unwrap_or_default();
        let named = format!("{said} See {GONE} and {STAYS}.");
        server.set_field(number, "Rollback evidence", &named).expect("edited");
        return key;
    }
    panic!("the sample has a change that the lead may sign");
}

/// Reads the ticket again, and brings every material file; the digests by the names of the files.
async fn downloaded(cabinet: &Cabinet, key: &str) -> BTreeMap<String, String> {
    cabinet.sync_now().await.expect("synced");
    let view = cabinet.change(OfChange { change: key.to_owned() }).await.expect("a change");
    let mut found = BTreeMap::new();
    for file in view.attachments.into_iter().filter(|file| file.material) {
        let here = download(cabinet, key, &file.id).await;
        found.insert(here.name, here.digest.expect("downloaded"));
    }
    assert!(found.contains_key(GONE) && found.contains_key(STAYS), "{found:?}");
    found
}

async fn download(cabinet: &Cabinet, key: &str, id: &str) -> Attachment {
    let of = OfAttachment { change: key.to_owned(), attachment: id.to_owned() };
    cabinet.download_attachment(of).await.expect("an attachment")
}

async fn approves(cabinet: &Cabinet, key: &str, member: &str, pin: &str) {
    let subject = SigningSubject::Change { change: key.to_owned() };
    cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
    let view = cabinet.signing_view().await.expect("a view");
    let request = approving(&view.statements[0].id, member, Some(pin.to_owned()));
    cabinet.sign(request).await.expect("signed");
    cabinet.close_signing().await.expect("closed");
}

async fn dispose(journey: &Journey, key: &str, file: Option<&str>, by: &str) -> board::Answer<DisposedOf> {
    let request = DisposeRequest {
        change: key.to_owned(),
        attachment: file.map(ToOwned::to_owned),
        ground: Ground::Erasure,
        reason: WHY.to_owned(),
        by: by.to_owned(),
        pin: journey.pin(by).await.into(),
    };
    journey.cabinet.dispose(request).await
}

async fn approval(journey: &Journey, key: &str) -> ApprovalState {
    journey.change(key).await.decision.expect("decided").approval
}

fn blob(data: &Path, digest: &str) -> PathBuf {
    data.join("blobs").join(&digest[..2]).join(digest)
}

/// The minutes of the only meeting.
fn sealed_minutes(data: &Path) -> PathBuf {
    let mut files = std::fs::read_dir(data.join("minutes")).expect("a folder").map(|file| file.expect("a file").path());
    files.find(|file| file.to_string_lossy().contains("minutes-")).expect("minutes")
}

async fn looked_over(data: &Path) -> RecordReport {
    board::verify_folder(data, None, now()).await.expect("looked over")
}

/// What does not hold.
fn wrong(report: &RecordReport) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_disposed_of_on_one_device_is_gone_on_both_and_all_that_was_signed_holds() {
    let (journey, relay) = one_key().await;
    let data = journey.data_dir();
    let elsewhere = journey.folder.path().join("lead");
    let (lead, lead_id) = joins(&journey, Role::TechnicalLead, &elsewhere, &relay).await;
    let members = journey.cabinet.members().await.expect("members");
    let lead_name = members.into_iter().find(|m| m.member.id == lead_id).expect("a member").member.name;
    let key = with_files(&journey, &lead_name).await;
    let digests = downloaded(&journey.cabinet, &key).await;
    lead.open_sample(sample_board(&journey.server)).await.expect("connected and synced");
    assert_eq!(downloaded(&lead, &key).await, digests, "the same content on both devices");
    let (gone, stays) = (&digests[GONE], &digests[STAYS]);
    let chair = journey.member(Role::Chair).await;

    // Whoever decides may have to read it.
    let meeting = journey.meet(&[&key]).await.meeting.id;
    assert_eq!(code(&dispose(&journey, &key, Some(GONE), &chair).await), "on_open_agenda");
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    journey.close(&meeting).await;
    journey.cabinet.exchange().await.expect("sent");
    lead.exchange().await.expect("received");
    approves(&lead, &key, &lead_id, pin_of(&lead_name)).await;
    lead.exchange().await.expect("sent");
    journey.cabinet.exchange().await.expect("received");
    journey.seal(&meeting).await.expect("sealed");
    assert_eq!(approval(&journey, &key).await, ApprovalState::Holds);

    assert_eq!(code(&dispose(&journey, &key, Some(GONE), &lead_id).await), "not_a_root_holder");
    assert_eq!(code(&dispose(&journey, &key, Some("nothing.txt"), &chair).await), "not_found");
    assert!(blob(&data, gone).is_file() && blob(&elsewhere, gone).is_file(), "nothing happened yet");
    let done = dispose(&journey, &key, Some(GONE), &chair).await.expect("disposed of");
    let files: Vec<(&str, &str, bool)> =
        done.files.iter().map(|f| (f.name.as_str(), f.sha256.as_str(), f.here)).collect();
    assert_eq!(files, [(GONE, gone.as_str(), false)]);
    assert!(!blob(&data, gone).exists() && blob(&data, stays).is_file(), "this one alone");
    assert!(blob(&elsewhere, gone).is_file(), "there it goes with the next exchange");
    assert_eq!(code(&dispose(&journey, &key, Some(GONE), &chair).await), "nothing_to_dispose");

    journey.cabinet.exchange().await.expect("sent");
    lead.exchange().await.expect("received");
    assert!(!blob(&elsewhere, gone).exists() && blob(&elsewhere, stays).is_file());
    for cabinet in [&journey.cabinet, &lead] {
        let view = cabinet.change(OfChange { change: key.clone() }).await.expect("a change");
        let shown = view.attachments.iter().find(|file| file.name == GONE).expect("still named");
        let said = shown.disposed.as_ref().expect("and said to be gone");
        assert_eq!((said.ground, said.reason.as_str()), (Ground::Erasure, WHY));
        assert_eq!(shown.digest.as_deref(), Some(gone.as_str()), "its digest stands");
        assert!(view.attachments.iter().filter(|file| file.name != GONE).all(|file| file.disposed.is_none()));
        let again = download(cabinet, &key, &shown.id).await;
        assert!(again.disposed.is_some(), "it is not brought again");
        cabinet.sync_now().await.expect("nor by a sync");
    }
    assert!(!blob(&data, gone).exists() && !blob(&elsewhere, gone).exists());
    assert_eq!(approval(&journey, &key).await, ApprovalState::Holds, "no approval lapses by it");

    for folder in [&data, &elsewhere] {
        let report = looked_over(folder).await;
        assert!(wrong(&report).is_empty(), "{:?}", report.findings);
        let [told] = report.disposed.as_slice() else { panic!("{:?}", report.disposed) };
        assert_eq!((told.sha256.to_string(), told.change.as_deref()), (gone.clone(), Some(key.as_str())));
        assert_eq!((told.ground.as_str(), told.why.as_str(), told.still_here), ("erasure", WHY, false));
    }
    let report = looked_over(&data).await;
    assert!(report.sealed > 0 && report.findings.is_empty(), "the sealed minutes hold with the rest: {report:?}");
    assert_eq!(report.sealed_elsewhere, 0, "they lie here");
    let (sealed, report) = (report.sealed, looked_over(&elsewhere).await);
    assert_eq!((report.sealed, report.sealed_elsewhere), (0, sealed), "they never were on the other device");

    // What is handed out from now on holds and tells of it by name; what was exported leaves it out, and holds.
    let file = journey.folder.path().join("snapshot.json");
    journey.cabinet.export_snapshot(&key, &file).await.expect("told");
    let checked = board::verify_evidence(&std::fs::read(&file).expect("a file"), None, None).expect("it is evidence");
    assert!(checked.findings.is_empty(), "{:?}", checked.findings);
    assert!(checked.report.contains("Disposed of by") && checked.report.contains(GONE), "{}", checked.report);
    assert!(checked.report.contains(WHY), "{}", checked.report);
    let out = journey.folder.path().join("out");
    let exported = board::export_all(&data, &out, now()).await.expect("exported");
    assert_eq!((exported.blobs_lost, exported.blobs_disposed), (0, 1));
    let checked = board::verify_export(&out, None).expect("an export");
    assert!(checked.findings.is_empty(), "{:?}", checked.findings);
    let copy = board::backup(&data, &journey.folder.path().join("backup"), false, now()).await.expect("backed up");
    assert_eq!((copy.blobs_lost.len(), copy.disposed.len()), (0, 1));

    // What comes back by hand goes again at the next opening.
    std::fs::write(blob(&data, gone), b"Ines, Tom and Ada").expect("put back");
    assert!(looked_over(&data).await.findings.is_empty() && !blob(&data, gone).exists());

    // What is lost beside it is lost, and nobody's word makes that right.
    std::fs::remove_file(blob(&elsewhere, stays)).expect("lost");
    let report = looked_over(&elsewhere).await;
    assert_eq!((wrong(&report), report.disposed.len()), (vec!["blob"], 1));

    // Nor is a sealed file lost without a word where it was sealed.
    std::fs::remove_file(sealed_minutes(&data)).expect("lost");
    assert_eq!(wrong(&looked_over(&data).await), ["sealed-missing"]);
    journey.cabinet.finish_work().await;
    lead.finish_work().await;
}
