//! `cab gate` through the command line: the numbers it ends with, what it prints, and that `cab-gate` says the same.
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use gate::testing::{Story, artifact, fields, with};
use serde_json::Value;

use crate::exit;
use crate::host;

/// What a pipeline writes, on the story's files.
fn words(folder: &Path, story: &Story, more: &[&str]) -> Vec<String> {
    std::fs::write(folder.join("approval.json"), story.file()).expect("written");
    let at = |name: &str| folder.join(name).display().to_string();
    let mut words: Vec<String> = ["CHG-17", "--approval", &at("approval.json"), "--artifact", artifact('a').as_str()]
        .into_iter()
        .chain(["--environment", "prod-eu", "--roster-root", &story.root().to_string()])
        .chain(["--at", "2026-11-21T20:30:00Z", "--receipt", &at("receipt.json")])
        .map(ToOwned::to_owned)
        .collect();
    words.extend(more.iter().map(|w| w.replace("FOLDER", &folder.display().to_string())));
    words
}

/// The exit code of `cab gate`, that of `cab-gate`, and the receipt both wrote.
fn judged(story: &Story, more: &[&str]) -> (ExitCode, u8, Value) {
    let folder = tempfile::tempdir().expect("a folder");
    let words = words(folder.path(), story, more);
    let receipt = || -> Value {
        let text = std::fs::read_to_string(folder.path().join("receipt.json")).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or(Value::Null)
    };
    let args = ["cab".to_owned(), "gate".to_owned()].into_iter().chain(words.clone());
    let code = host::run(args.map(OsString::from));
    let first = receipt();
    let Ok(gate::line::Wanted::Judge(line)) = gate::line::parse(words) else {
        return (code, exit::USAGE, first);
    };
    let ran = gate::line::run(&line, gate::testing::at(0, 0));
    assert_eq!(first, receipt(), "`cab gate` and `cab-gate` are one function");
    (code, ran.exit, first)
}

#[test]
fn cab_gate_ends_with_the_numbers_that_are_documented_and_keeps_a_receipt() {
    let story = Story::approved();
    let (second, unknown) = (artifact('b'), artifact('f'));
    let cases: [(&[&str], u8, &str); 6] = [
        (&[], exit::OK, "passed"),
        (&["--artifact", second.as_str()], exit::OK, "passed"),
        (&["--artifact", unknown.as_str()], exit::REFUSED, "refused"),
        (&["--artifact", unknown.as_str(), "--warn"], exit::OK, "would-have-blocked"),
        (&["--fresh", "FOLDER/none.json"], exit::INVALID, "refused"),
        (&["--least-roster", "2"], exit::REFUSED, "refused"),
    ];
    for (more, code, verdict) in cases {
        let (cab, own, receipt) = judged(&story, more);
        assert_eq!((cab, own), (ExitCode::from(code), code), "{more:?}: {receipt:#}");
        assert_eq!(receipt["verdict"], verdict, "{more:?}");
        let (json, ..) = judged(&story, &[more, &["--json"]].concat());
        assert_eq!(json, ExitCode::from(code), "{more:?}: --json ends alike");
    }
    let mut wrong = Story::approved();
    wrong.manifests.clear();
    assert_eq!(judged(&wrong, &[]).1, exit::VERIFICATION);
    assert_eq!(judged(&story, &["--environment", "test"]).1, exit::USAGE, "given twice");
}

#[test]
fn a_newer_snapshot_stops_what_was_edited_since() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut story = Story::approved();
    let line = words(folder.path(), &story, &["--fresh", "FOLDER/fresh.json", "--json"]);
    for (changed, code) in [(fields(), exit::OK), (with("version", "4.2.1"), exit::REFUSED)] {
        story.snapshot(&changed);
        std::fs::write(folder.path().join("fresh.json"), story.file()).expect("written");
        let args = ["cab".to_owned(), "gate".to_owned()].into_iter().chain(line.clone());
        assert_eq!(host::run(args.map(OsString::from)), ExitCode::from(code));
    }
    let receipt = std::fs::read_to_string(folder.path().join("receipt.json")).expect("a receipt");
    assert!(receipt.contains("\"fresh-content\""), "{receipt}");
}
