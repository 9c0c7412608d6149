//! Files of real tools say what they say; hostile and broken ones are refused, with their place and within bounds.
use std::path::{Path, PathBuf};

use domain::evidence::{Evidence, Format, Level, Says};

use crate::{EvidenceError, Fault, Place, bounds, read};

mod folder;
mod hostile;
mod merge_requests;
mod plans;
mod provenance;
mod real_tools;
mod runs;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn file(folder: &Path, name: &str) -> Evidence {
    let bytes = std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    read(name, &bytes).unwrap_or_else(|error| panic!("{error}"))
}

/// Read a text that is refused.
fn refused(name: &str, text: impl AsRef<[u8]>) -> EvidenceError {
    match read(name, text.as_ref()) {
        Ok(evidence) => panic!("{name} was read: {}", evidence.says),
        Err(error) => error,
    }
}

/// Read a text that is fine.
fn says(name: &str, text: impl AsRef<[u8]>) -> Says {
    read(name, text.as_ref()).unwrap_or_else(|error| panic!("{error}")).says
}

#[test]
fn a_file_is_known_by_its_digest_its_format_and_its_tool() {
    let path = fixtures().join("files/npm.cyclonedx.json");
    let bytes = std::fs::read(path).expect("a file");
    // The name says nothing: not even a wrong ending does.
    let provenance = read("report.xml", &bytes).expect("it is read").provenance;
    assert_eq!((provenance.format, provenance.format_version.as_str()), (Format::Cyclonedx, "1.5"));
    assert_eq!(provenance.tools.iter().map(ToString::to_string).collect::<Vec<_>>(), ["cli 11.19.1"]);
    assert_eq!(provenance.sha256, domain::ids::Digest::of(&bytes));
    assert_eq!(provenance.bytes as usize, bytes.len());
}

#[test]
fn a_byte_order_mark_is_no_content() {
    let text = "\u{feff}<testsuites><testsuite><testcase name='a'/></testsuite></testsuites>";
    assert_eq!(says("bom.xml", text).to_string(), "1 tests: 1 passed, 0 failed, 0 skipped");
}

#[test]
fn what_fails_or_is_skipped_is_the_cases_and_not_what_their_output_looks_like() {
    let text = "<testsuite tests='4'><testcase classname='a.B' name='c'><error/><skipped/></testcase>\
                <testcase name='d' status='notrun'/><testcase name='e'><system-out><failure/></system-out></testcase>\
                <testcase name='f'><rerunFailure/></testcase></testsuite>";
    let Says::Tests(tests) = says("junit.xml", text) else { panic!("tests") };
    assert_eq!((tests.total, tests.passed, tests.failed, tests.skipped), (4, 2, 1, 1));
    assert_eq!(tests.first_failed, ["a.B c"]);
}

#[test]
fn a_report_that_claims_more_failures_than_it_shows_was_cut() {
    let error =
        refused("cut.xml", "<testsuites failures='2' errors='1'><testcase name='a'><failure/></testcase></testsuites>");
    assert_eq!(
        error.to_string(),
        "cut.xml: it claims 3 failures and errors and shows 1. Let the tool make the file again"
    );
}

#[test]
fn a_result_has_its_own_level_or_its_rules_and_else_is_a_warning() {
    let text = r#"{"version":"2.1.0","runs":[{"results":[
        {"ruleId":"own","level":"note","message":{"text":"m"}},
        {"ruleIndex":0,"message":{"text":"by index"}},
        {"ruleId":"pack","message":{"text":"of an extension"}},
        {"message":{"text":"of no rule"}},
        {"ruleId":"own","kind":"pass","message":{"text":"passed"}},
        {"ruleId":"own","baselineState":"absent","message":{"text":"gone"}},
        {"ruleId":"own","suppressions":[{"kind":"inSource"}],"message":{"text":"accepted"}},
        {"ruleId":"own","level":"error","suppressions":[{"kind":"external","status":"underReview"}],"message":{"text":"open"}}
      ],"tool":{"driver":{"name":"scan","semanticVersion":"2.0.0","rules":[{"id":"R0","defaultConfiguration":{"level":"error"}}]},
        "extensions":[{"rules":[{"id":"pack","defaultConfiguration":{"level":"note"}}]}]},
      "invocations":[{"executionSuccessful":false}]}]}"#;
    let evidence = read("s.sarif", text.as_bytes()).expect("it is read");
    assert_eq!(evidence.provenance.tools[0].to_string(), "scan 2.0.0");
    let Says::Findings(found) = evidence.says else { panic!("findings") };
    assert_eq!((found.errors, found.warnings, found.notes, found.none), (2, 1, 2, 1));
    assert_eq!((found.suppressed, found.runs, found.unsuccessful), (1, 1, 1));
    assert_eq!(found.rules.get("R0"), Some(&1), "a rule that is named by its index");
    assert_eq!((found.first[0].level, found.first[0].message.as_str()), (Level::Note, "m"));
    assert_eq!(found.first.len(), 6, "those that are neither gone nor suppressed");
}

#[test]
fn an_analysis_without_results_has_not_found_nothing() {
    for results in ["null", "[]"] {
        let text =
            format!(r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"a"}}}},"results":{results}}}]}}"#);
        let outcome = read("s.sarif", text.as_bytes());
        match results {
            "null" => assert_eq!(outcome.expect_err("it did not look").fault, Fault::Unfinished),
            _ => assert_eq!(outcome.expect("it looked").says.to_string(), "0 findings: 0 errors, 0 warnings, 0 notes"),
        }
    }
}

#[test]
fn components_within_components_count_and_the_subject_does_not() {
    let cyclonedx = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"component":{"name":"ours"},
        "tools":{"components":[{"name":"syft","version":"1.0"}]}},
        "components":[{"name":"a","group":"org","licenses":[{"expression":"MIT OR Apache-2.0"}],
                       "components":[{"name":"b","version":"2","licenses":[{"license":{"name":"Own"}}]}]}]}"#;
    let evidence = read("bom.json", cyclonedx.as_bytes()).expect("it is read");
    assert_eq!(evidence.provenance.tools[0].to_string(), "syft 1.0", "the object of 1.5 and later");
    let Says::Components(components) = evidence.says else { panic!("components") };
    assert_eq!(components.total, 2);
    let names: Vec<&str> = components.listed.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["org/a", "b"]);
    assert_eq!(components.listed[0].licences, ["MIT OR Apache-2.0"]);

    let spdx = r#"{"spdxVersion":"SPDX-2.2","packages":[{"SPDXID":"SPDXRef-a","name":"ours"},
        {"SPDXID":"SPDXRef-b","name":"b","licenseConcluded":"NOASSERTION","licenseDeclared":"ISC"},
        {"SPDXID":"SPDXRef-c","name":"c","licenseConcluded":"NOASSERTION"}],
        "relationships":[{"spdxElementId":"SPDXRef-DOCUMENT","relationshipType":"DESCRIBES","relatedSpdxElement":"SPDXRef-a"}]}"#;
    let Says::Components(components) = says("spdx.json", spdx) else { panic!("components") };
    assert_eq!(components.total, 2);
    assert_eq!(
        (components.listed[0].licences.as_slice(), components.listed[1].licences.len()),
        (&["ISC".to_owned()][..], 0)
    );
}

#[test]
fn coverage_counts_each_line_once() {
    let lcov =
        "TN:one\nSF:a.c\nDA:1,0\nDA:2,3\nLF:2\nLH:1\nend_of_record\nTN:two\nSF:a.c\nDA:1,1\nDA:3,0\nend_of_record\n";
    assert_eq!(says("t.info", lcov).to_string(), "2 of 3 lines covered", "a line that any test reached is covered");
    let cobertura = "<!DOCTYPE coverage SYSTEM 'http://cobertura.sourceforge.net/xml/coverage-04.dtd'>\
        <coverage line-rate='0.5'><packages><package><classes><class><methods><method><lines><line number='1' hits='1'/>\
        </lines></method></methods><lines><line number='1' hits='1'/><line number='2' hits='0'/></lines></class></classes>\
        </package></packages></coverage>";
    assert_eq!(
        says("c.xml", cobertura).to_string(),
        "1 of 2 lines covered",
        "a method's lines stand in the class again"
    );
    let claims = cobertura.replace("line-rate='0.5'", "lines-covered='2' lines-valid='2'");
    assert_eq!(refused("c.xml", claims).fault.code(), "evidence_disagrees");
}

#[test]
fn what_is_no_report_is_refused_by_its_content() {
    for text in
        ["", "   ", "hello", "<html/>", "{\"a\":1}", "[1]", "%PDF-1.7", "{\"runs\":[],\"bomFormat\":\"CycloneDX\"}"]
    {
        let error = refused("report.sarif", text);
        assert_eq!((error.fault, error.place), (Fault::Unrecognised, Place::Whole), "{text}");
    }
    for (text, told) in [
        (r#"{"version":"2.0.0","runs":[]}"#, "SARIF \"2.0.0\", not 2.1.0"),
        (r#"{"bomFormat":"CycloneDX","specVersion":"1.9"}"#, "CycloneDX \"1.9\", not 1.4, 1.5, 1.6"),
        (r#"{"spdxVersion":"SPDX-3.0"}"#, "\"SPDX-3.0\", not SPDX-2.2, SPDX-2.3"),
    ] {
        let error = refused("report.json", text);
        assert_eq!(error.fault.code(), "evidence_version", "{error}");
        assert!(error.to_string().contains(told), "{error}");
    }
}

#[test]
fn what_is_listed_is_bounded_and_what_is_counted_is_not() {
    let cases: String = (0..1_000).map(|n| format!("<testcase name='t{n}'><failure/></testcase>")).collect();
    let Says::Tests(tests) = says("many.xml", format!("<testsuites>{cases}</testsuites>")) else { panic!("tests") };
    assert_eq!((tests.failed, tests.first_failed.len()), (1_000, domain::evidence::LISTED));
    let long = format!("<testsuites><testcase name='{}'><failure/></testcase></testsuites>", "x".repeat(100_000));
    let Says::Tests(tests) = says("long.xml", long) else { panic!("tests") };
    assert_eq!(tests.first_failed[0].chars().count(), bounds::TEXT + 1);
}
