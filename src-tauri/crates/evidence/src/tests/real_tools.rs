//! What real tools wrote: kept once, and made anew where the tools are.
use std::process::Command;

use super::*;

/// The file and what it says. Lines that Node counts differ with its version.
const SAID: [(&str, &str); 10] = [
    ("npm.cyclonedx.json", "3 components, 0 without a licence"),
    ("npm.spdx.json", "3 components, 0 without a licence"),
    ("node.junit.xml", "3 tests: 1 passed, 1 failed, 1 skipped"),
    ("node.lcov", ""),
    ("pytest.junit.xml", "3 tests: 1 passed, 1 failed, 1 skipped"),
    ("coverage.cobertura.xml", "5 of 9 lines covered"),
    ("coverage.lcov", "5 of 9 lines covered"),
    ("ruff.sarif", "3 findings: 3 errors, 0 warnings, 0 notes"),
    ("biome.sarif", "3 findings: 3 errors, 0 warnings, 0 notes"),
    ("vitest.junit.xml", "3 tests: 1 passed, 1 failed, 1 skipped"),
];

fn all_are_read(folder: &Path) {
    for (name, said) in SAID {
        let evidence = file(folder, name);
        if said.is_empty() {
            let Says::Coverage(coverage) = evidence.says else { panic!("{name}: {}", evidence.says) };
            assert!(0 < coverage.lines_covered && coverage.lines_covered < coverage.lines_valid, "{coverage:?}");
        } else {
            assert_eq!(evidence.says.to_string(), said, "{name}");
        }
    }
}

#[test]
fn files_that_are_kept_are_read() {
    let folder = fixtures().join("files");
    all_are_read(&folder);
    assert_eq!(file(&folder, "node.lcov").says.to_string(), "10 of 12 lines covered");
    let Says::Components(components) = file(&folder, "npm.spdx.json").says else { panic!("components") };
    let pad = components.listed.iter().find(|one| one.name == "left-pad").expect("it is listed");
    assert_eq!((pad.version.as_str(), pad.purl.as_str()), ("1.3.0", "pkg:npm/left-pad@1.3.0"));
    assert_eq!(pad.licences, ["WTFPL"]);
    let Says::Findings(found) = file(&folder, "ruff.sarif").says else { panic!("findings") };
    assert_eq!(found.rules.keys().map(String::as_str).collect::<Vec<_>>(), ["E711", "F401", "F821"]);
    let Says::Tests(tests) = file(&folder, "node.junit.xml").says else { panic!("tests") };
    assert_eq!(tests.first_failed, ["test fails on purpose"]);
}

#[test]
fn files_that_the_tools_make_now_are_read() {
    let made = tempfile::tempdir().expect("a folder");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/support/evidence-files.sh");
    let ran = Command::new(script).arg(made.path()).output().expect("the script runs");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    all_are_read(made.path());
}
