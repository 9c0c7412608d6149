//! What pipelines say of a change: from a file on its ticket, and from the evidence folder.
use board::requests::{OfAttachment, OfChange};
use board::{Cabinet, EvidenceView, Options};
use domain::evidence::Source;

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
