//! What pipelines say of a change: from a file on its ticket, and from the evidence folder.
use board::requests::{OfAttachment, OfChange};
use board::views::{DecisionKind, VotePosition};
use board::{Cabinet, EvidenceView, Options};
use domain::evidence::Source;
use domain::ids::Digest;

use crate::journey::{Journey, now, options};

const REPORT: &str = "<testsuites><testcase name='posts'/><testcase name='balances'><failure/></testcase></testsuites>";
const SCAN: &str = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"scan"}},"results":[{"ruleId":"R1"}]}]}"#;

async fn evidence(cabinet: &Cabinet, key: &str) -> EvidenceView {
    cabinet.evidence_of(OfChange { change: key.to_owned() }).await.expect("looked at")
}

/// Where it came from, its name, and what it says.
fn told(view: &EvidenceView) -> Vec<(Source, &str, &str)> {
    view.files.iter().map(|file| (file.source, file.name.as_str(), file.summary.as_str())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_keeps_the_files_it_looked_at_and_the_record_names_them_by_digest() {
    let mut journey = Journey::begin().await;
    let key = journey.approvable().await.into_iter().next().expect("a change");
    let root = journey.folder.path().join("evidence");
    let folder = root.join(&key);
    std::fs::create_dir_all(&folder).expect("a folder");
    let with_folder = Options { evidence_folder: Some(root), ..options(&journey.data_dir()) };
    journey.cabinet = Cabinet::open(with_folder).await.expect("the desk opens again");
    let meeting = journey.meet(&[&key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    // It comes when everybody has looked, and nobody looks at it again.
    std::fs::write(folder.join("load.xml"), REPORT).expect("written");
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    std::fs::remove_dir_all(&folder).expect("emptied");
    journey.close(&meeting).await;

    let (data, digest) = (journey.data_dir(), Digest::of(REPORT.as_bytes()).to_string());
    let kept = |digest: &str| std::fs::read_to_string(data.join("blobs").join(&digest[..2]).join(digest));
    assert_eq!(kept(&digest).expect("kept by the decision"), REPORT);
    let out = journey.folder.path().join("out");
    board::export_all(&data, &out, now()).await.expect("exported");
    let record = std::fs::read_to_string(out.join("projection.jsonl")).expect("what follows from the record");
    let named = format!("load.xml {digest}; the list of them ");
    let (_, list) = record.split_once(named.as_str()).expect("the decision names the file");
    assert_eq!(kept(&list[..64]).expect("the list is kept as well"), format!("{digest}  load.xml\n"));
    journey.cabinet.finish_work().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_the_ticket_and_the_folder_are_read_and_kept_and_what_is_not_read_is_named() {
    let mut journey = Journey::begin().await;
    let key = journey.approvable().await.into_iter().next().expect("a change");
    let number: u32 = key.rsplit('-').next().and_then(|n| n.parse().ok()).expect("a number");
    journey.server.attach(number, "unit.xml", REPORT.as_bytes()).expect("attached");
    journey.cabinet.sync_now().await.expect("synced");
    let before = evidence(&journey.cabinet, &key).await;
    assert!(before.files.is_empty() && before.problems.is_empty(), "named, and not downloaded: {before:?}");
    let view = journey.cabinet.change(OfChange { change: key.clone() }).await.expect("a change");
    let attachment = view.attachments.iter().find(|file| file.name == "unit.xml").expect("named").id.clone();
    let wanted = OfAttachment { change: key.clone(), attachment };
    journey.cabinet.download_attachment(wanted).await.expect("downloaded");

    let root = journey.folder.path().join("evidence");
    let folder = root.join(&key);
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("scan.sarif"), SCAN).expect("written");
    std::fs::write(folder.join("broken.json"), "{").expect("written");
    let with_folder = Options { evidence_folder: Some(root), ..options(&journey.data_dir()) };
    journey.cabinet = Cabinet::open(with_folder).await.expect("the desk opens again");
    let view = evidence(&journey.cabinet, &key).await;
    let expected = [
        (Source::Ticket, "unit.xml", "2 tests: 1 passed, 1 failed, 0 skipped"),
        (Source::Folder, "scan.sarif", "1 findings: 0 errors, 1 warnings, 0 notes"),
    ];
    assert_eq!(told(&view), expected);
    assert_eq!(view.problems.len(), 1, "{:?}", view.problems);
    assert_eq!((view.problems[0].name.as_str(), view.problems[0].code.as_str()), ("broken.json", "evidence_malformed"));

    // The folder is emptied: what was looked at is here, under its digest, and the board's folder holds.
    std::fs::remove_dir_all(&folder).expect("emptied");
    let digest = &view.files[1].sha256;
    let kept = journey.data_dir().join("blobs").join(&digest[..2]).join(digest);
    assert_eq!(std::fs::read_to_string(kept).expect("it is kept"), SCAN);
    assert_eq!(told(&evidence(&journey.cabinet, &key).await), expected[..1]);
    let report = board::verify_folder(&journey.data_dir(), None, now()).await.expect("looked over");
    assert!(report.findings.iter().all(|finding| finding.code != "blob"), "{:?}", report.findings);
}
