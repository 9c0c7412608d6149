//! The two sources: what the ticket carries, and the folder.
use std::os::unix::fs::symlink;

use domain::change::{Attachment, ChangeKind, ChangeRequest, Status};
use domain::evidence::Source;
use domain::ids::{ConnectionId, Digest};

use crate::{Attachments, Folder, Provider as _};

const REPORT: &str = "<testsuites><testcase name='a'/></testsuites>";

pub(super) fn change(attachments: Vec<Attachment>) -> ChangeRequest {
    ChangeRequest {
        remote_id: "7".into(),
        kind: Some(ChangeKind::Normal),
        status: Status { name: "New".into(), category: None },
        attachments,
        details_synced: true,
        ..ChangeRequest::bare("CHG-7".parse().expect("a key"), ConnectionId(uuid::Uuid::from_u128(1)))
    }
}

fn attachment(name: &str, content: Option<&str>, own: bool) -> Attachment {
    Attachment {
        remote_id: name.to_owned(),
        name: name.to_owned(),
        size: 1,
        content_type: String::new(),
        sha256: content.map(|text| Digest::of(text.as_bytes())),
        own,
    }
}

#[test]
fn a_folder_is_read_file_by_file_and_each_that_is_not_is_named() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path().join("CHG-7");
    std::fs::create_dir_all(folder.join("within")).expect("a folder");
    std::fs::create_dir(root.path().join("CHG-70")).expect("a folder");
    let secret = root.path().join("secret.xml");
    for (path, text) in [
        (folder.join("b.xml"), REPORT),
        (folder.join("a.sarif"), "{\"runs\":"),
        (folder.join("notes.txt"), "hello"),
        (folder.join(".b.xml.Xy12"), "<testsui"),
        (secret.clone(), REPORT),
        (root.path().join("CHG-70/other.xml"), REPORT),
    ] {
        std::fs::write(path, text).expect("written");
    }
    symlink(&secret, folder.join("link.xml")).expect("a link");
    let collected = Folder::new(root.path().to_owned()).collect(&change(Vec::new()));
    let names: Vec<&str> = collected.files.iter().map(|one| one.evidence.provenance.file.as_str()).collect();
    assert_eq!(names, ["b.xml"]);
    assert_eq!((collected.files[0].source, collected.files[0].bytes.as_slice()), (Source::Folder, REPORT.as_bytes()));
    let problems: Vec<(&str, &str)> = collected.problems.iter().map(|one| (one.file.as_str(), one.code)).collect();
    assert_eq!(
        problems,
        [
            ("a.sarif", "evidence_malformed"),
            ("link.xml", "evidence_not_a_file"),
            ("notes.txt", "evidence_unrecognised"),
            ("within", "evidence_not_a_file"),
        ]
    );
}

#[test]
fn a_change_without_a_folder_has_no_evidence_there_and_a_missing_root_is_said() {
    let root = tempfile::tempdir().expect("a folder");
    let collected = Folder::new(root.path().to_owned()).collect(&change(Vec::new()));
    assert!(collected.files.is_empty() && collected.problems.is_empty(), "{collected:?}");
    let missing = Folder::new(root.path().join("nowhere")).collect(&change(Vec::new()));
    assert_eq!(missing.problems.len(), 1);
    assert!(missing.problems[0].why.contains("not there"), "{missing:?}");
    symlink(root.path(), root.path().join("CHG-7")).expect("a link");
    let linked = Folder::new(root.path().to_owned()).collect(&change(Vec::new()));
    assert!(linked.files.is_empty() && linked.problems[0].why.contains("a link to one"), "{linked:?}");
}

#[test]
fn more_files_than_are_looked_at_are_said() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path().join("CHG-7");
    std::fs::create_dir(&folder).expect("a folder");
    for n in 0..205 {
        std::fs::write(folder.join(format!("{n:03}.xml")), REPORT).expect("written");
    }
    let collected = Folder::new(root.path().to_owned()).collect(&change(Vec::new()));
    assert_eq!((collected.files.len(), collected.problems.len()), (200, 1));
    assert_eq!(collected.problems[0].file, "200.xml");
}

#[test]
fn of_the_tickets_files_those_are_read_that_are_here_and_are_reports() {
    let broken = "<testsuites>";
    let change = change(vec![
        attachment("report.xml", Some(REPORT), false),
        attachment("photo.png", Some("\u{0}PNG"), false),
        attachment("broken.xml", Some(broken), false),
        attachment("not-downloaded.xml", None, false),
        attachment("minutes.xml", Some(REPORT), true),
        attachment("disposed.xml", Some("gone"), false),
        attachment("lost.xml", Some("lost"), false),
    ]);
    let content = |attachment: &Attachment| match attachment.name.as_str() {
        "report.xml" | "minutes.xml" => Ok(Some(REPORT.as_bytes().to_vec())),
        "photo.png" => Ok(Some(b"\0PNG".to_vec())),
        "broken.xml" => Ok(Some(broken.as_bytes().to_vec())),
        "disposed.xml" => Ok(None),
        other => Err(format!("{other} is damaged")),
    };
    let collected = Attachments::new(content).collect(&change);
    let names: Vec<&str> = collected.files.iter().map(|one| one.evidence.provenance.file.as_str()).collect();
    assert_eq!(names, ["report.xml"], "neither what is not here nor what Cabinet itself put there");
    let problems: Vec<(&str, &str)> = collected.problems.iter().map(|one| (one.file.as_str(), one.code)).collect();
    assert_eq!(problems, [("broken.xml", "evidence_malformed"), ("lost.xml", "evidence_unreadable")]);
}
