//! Of which run a report is: by its own word, and by that of a list beside it.
use domain::evidence::Run;

use super::folder::change;
use super::*;
use crate::{Collected, Folder, Provider as _};

fn junit(properties: &[(&str, &str)]) -> String {
    let told: String =
        properties.iter().map(|(name, value)| format!("<property name='{name}' value='{value}'/>")).collect();
    format!("<testsuites><testsuite><properties>{told}</properties><testcase name='a'/></testsuite></testsuites>")
}

fn run(commit: &str, kind: &str, environment: &str, dataset: &str) -> Run {
    let text = |text: &str| text.to_owned();
    Run { commit: text(commit), kind: text(kind), environment: text(environment), dataset: text(dataset) }
}

#[test]
fn a_report_says_its_run_in_the_properties_of_its_suites_and_not_in_those_of_a_case() {
    let all = [("commit", "5f0c3a"), ("kind", "e2e"), ("environment", "test"), ("dataset", "spring"), ("host", "ci-7")];
    let evidence = read("unit.xml", junit(&all).as_bytes()).expect("it is read");
    assert_eq!(evidence.run, run("5f0c3a", "e2e", "test", "spring"));
    let of_a_case = "<testsuites><testcase name='a'><properties><property name='commit' value='5f0c3a'/></properties>\
                     </testcase><properties><property name='commit' value=' '/></properties></testsuites>";
    assert_eq!(read("unit.xml", of_a_case.as_bytes()).expect("it is read").run, Run::default());
    let outside = "<testsuite><property name='commit' value='5f0c3a'/><testcase name='a'/></testsuite>";
    assert_eq!(read("unit.xml", outside.as_bytes()).expect("it is read").run, Run::default());
}

#[test]
fn suites_of_two_runs_and_kinds_that_nobody_knows_are_refused() {
    let two = refused("unit.xml", junit(&[("commit", "5f0c3a"), ("commit", "aaaaaa")]));
    assert!(two.to_string().contains("it says of its commit \"5f0c3a\", and \"aaaaaa\""), "{two}");
    assert_eq!(two.fault.code(), "evidence_disagrees");
    let unknown = refused("unit.xml", junit(&[("kind", "smoke")]));
    assert!(unknown.to_string().contains("known are unit, functional, regression"), "{unknown}");
    assert!(matches!(unknown.place, Place::Byte(_)), "{unknown}");
}

#[test]
fn a_list_of_runs_is_read_and_what_it_cannot_mean_is_refused() {
    let list = r#"{"cabinet_runs": 1, "all": {"commit": "5f0c3a"}, "files": {"unit.xml": {"kind": "unit"}}}"#;
    assert_eq!(says("manifest.json", list).to_string(), "runs of 1 files");
    let many: String = (0..201).map(|n| format!("\"{n}\":{{}},")).collect();
    let cases = [
        (r#"{"cabinet_runs": 2}"#.to_owned(), "evidence_version"),
        (r#"{"cabinet_runs": 1, "file": {}}"#.to_owned(), "evidence_malformed"),
        (r#"{"cabinet_runs": 1, "files": {"a": {"comit": "5f0c3a"}}}"#.to_owned(), "evidence_malformed"),
        (r#"{"cabinet_runs": 1, "files": {"a": {}, "a": {}}}"#.to_owned(), "evidence_malformed"),
        (r#"{"cabinet_runs": 1, "all": {"kind": "smoke"}}"#.to_owned(), "evidence_malformed"),
        (format!(r#"{{"cabinet_runs": 1, "all": {{"sha256": "{}"}}}}"#, "ab".repeat(32)), "evidence_malformed"),
        (r#"{"cabinet_runs": 1, "files": {"a": {"sha256": "short"}}}"#.to_owned(), "evidence_malformed"),
        (format!(r#"{{"cabinet_runs": 1, "files": {{{many}"a": {{}}}}}}"#), "evidence_malformed"),
        (r#"{"cabinet_runs": 1, "runs": []}"#.to_owned(), "evidence_unrecognised"),
    ];
    for (text, code) in cases {
        let error = refused("manifest.json", &text);
        assert_eq!(error.fault.code(), code, "{text}: {error}");
    }
}

/// What the folder of a change has, with these files in it.
fn collected(files: &[(&str, &str)]) -> Collected {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path().join("CHG-7");
    std::fs::create_dir(&folder).expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.join(name), text).expect("written");
    }
    Folder::new(root.path().to_owned()).collect(&change(Vec::new()))
}

#[test]
fn a_list_speaks_for_the_files_beside_it_and_first_for_each_by_its_name() {
    let (silent, own) = (junit(&[]), junit(&[("commit", "5f0c3a9b"), ("dataset", "spring")]));
    let digest = domain::ids::Digest::of(silent.as_bytes());
    let list = format!(
        r#"{{"cabinet_runs": 1, "all": {{"commit": "5f0c3a", "environment": "test"}},
            "files": {{"a.xml": {{"kind": "load", "environment": "dev", "sha256": "{digest}"}}}}}}"#
    );
    let found = collected(&[("a.xml", &silent), ("b.xml", &own), ("manifest.json", &list)]);
    assert!(found.problems.is_empty(), "{:?}", found.problems);
    let runs: Vec<&Run> = found.files.iter().map(|file| &file.evidence.run).collect();
    assert_eq!(runs[0], &run("5f0c3a", "load", "dev", ""));
    assert_eq!(runs[1], &run("5f0c3a9b", "", "test", "spring"), "the longer name of the same commit stays");
    assert_eq!((runs.len(), runs[2]), (3, &Run::default()), "a list is of no run itself");
}

#[test]
fn a_file_that_a_list_contradicts_or_means_other_bytes_by_does_not_count() {
    let other = format!(r#"{{"cabinet_runs": 1, "files": {{"a.xml": {{"sha256": "{}"}}}}}}"#, "ab".repeat(32));
    let found = collected(&[("a.xml", &junit(&[])), ("manifest.json", &other)]);
    assert_eq!(found.files.len(), 1, "the list alone");
    assert_eq!(found.problems[0].code, "evidence_disagrees");
    assert!(found.problems[0].why.contains("manifest.json is about other bytes of this name"), "{:?}", found.problems);
    let list = r#"{"cabinet_runs": 1, "all": {"commit": "aaaaaaa"}}"#;
    let found = collected(&[("a.xml", &junit(&[("commit", "5f0c3a")])), ("manifest.json", list)]);
    assert!(
        found.problems[0].why.contains("beside manifest.json, it says of its commit \"5f0c3a\", and \"aaaaaaa\""),
        "{:?}",
        found.problems
    );
}
