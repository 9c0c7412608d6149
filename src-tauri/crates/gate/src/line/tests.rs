//! The words of the command line.
use super::*;
use crate::testing::{Story, at};

const ROOT: &str = "abababababababababababababababababababababababababababababababab";

fn words(line: &str) -> Vec<String> {
    line.replace("ROOT", ROOT)
        .replace("SHA", &format!("sha256:{}", "0".repeat(64)))
        .split_whitespace()
        .map(ToOwned::to_owned)
        .collect()
}

fn line(text: &str) -> Line {
    match parse(words(text)) {
        Ok(Wanted::Judge(line)) => *line,
        other => panic!("{text}: {other:?}"),
    }
}

const ALL: &str = "CHG-17 --approval a.json --artifact SHA --artifact pay@0123456789012345678901234567890123456789 \
                   --environment prod --roster-root ROOT --fresh f.json --at 2026-11-21T20:30:00+01:00 \
                   --least-roster 2 --least-version 0.1.0 --warn --json --receipt r.json";

#[test]
fn every_word_is_understood_in_both_forms() {
    let read = line(ALL);
    assert_eq!(read.asked.artifacts.len(), 2);
    assert_eq!(read.at, Some(at(19, 30)), "in UTC");
    assert_eq!((read.asked.least_roster, read.warn, read.json), (2, true, true));
    let glued = "CHG-17 --approval=a.json --artifact=SHA --environment=prod --roster-root=ROOT";
    assert_eq!(line(glued), line(&glued.replace('=', " ")));
    assert_eq!(line(&glued.replace("ROOT", &ROOT.to_uppercase())), line(glued), "as other tools print it");
    assert_eq!(parse(words("--help")), Ok(Wanted::Help));
    assert_eq!(parse(words("CHG-17 --version")), Ok(Wanted::Version));
    for word in ALL.split_whitespace().filter(|w| w.starts_with("--")) {
        assert!(HELP.contains(word), "{word} is in the help");
    }
}

#[test]
fn what_is_missing_doubled_unknown_or_malformed_is_named() {
    let good = "CHG-17 --approval a.json --artifact SHA --environment prod --roster-root ROOT";
    let cases = [
        (good.replace("CHG-17", ""), "KEY is missing"),
        (good.replace("CHG-17", "chg"), "KEY: a change key is malformed"),
        (good.replace("--approval a.json", ""), "--approval is missing"),
        (good.replace("--artifact SHA", ""), "--artifact: say what"),
        (good.replace("SHA", "latest"), "--artifact: \"latest\" is neither"),
        (good.replace("--environment prod", ""), "--environment is missing"),
        (good.replace("--roster-root ROOT", ""), "--roster-root is missing"),
        (good.replace("ROOT", "abcd"), "--roster-root: \"abcd\" is no fingerprint"),
        (format!("{good} --at noon"), "--at: \"noon\" is no time"),
        (format!("{good} --least-roster two"), "--least-roster: \"two\""),
        (format!("{good} --least-version 1"), "--least-version: \"1\" is no version"),
        (format!("{good} --environment test"), "--environment is given twice"),
        (format!("{good} CHG-18"), "KEY is given twice"),
        (format!("{good} --forced"), "--forced is unknown"),
        (format!("{good} --warn=no"), "--warn takes no value"),
        (format!("{good} --fresh"), "--fresh needs a value"),
    ];
    for (text, why) in cases {
        let usage = parse(words(&text)).expect_err(&text);
        assert!(usage.0.starts_with(why), "{text}: {usage}");
    }
}

#[test]
fn files_that_cannot_be_read_are_invalid_input_and_a_receipt_that_cannot_be_written_stops_the_deployment() {
    let folder = std::env::temp_dir().join(format!("cab-gate-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let story = Story::approved();
    let approval = folder.join("approval.json");
    std::fs::write(&approval, story.file()).expect("written");
    let mut asked = line("CHG-17 --approval a.json --artifact SHA --environment prod --roster-root ROOT");
    asked.asked = story.asked();
    asked.approval = approval.clone();
    asked.receipt = Some(folder.join("receipt.json"));
    let now = at(20, 30);

    let passed = run(&asked, now);
    assert!(passed.exit == 0 && passed.verdict.passed());
    let receipt = std::fs::read_to_string(folder.join("receipt.json")).expect("a receipt");
    let receipt: serde_json::Value = serde_json::from_str(&receipt).expect("JSON");
    assert_eq!(receipt, passed.verdict.receipt(false));

    let missing = Line { approval: folder.join("none.json"), ..asked.clone() };
    assert_eq!((run(&missing, now).verdict.codes(), run(&missing, now).exit), (vec![Reason::Unreadable], 4));
    let missing = Line { fresh: Some(folder.join("none.json")), ..asked.clone() };
    assert_eq!((run(&missing, now).verdict.codes(), run(&missing, now).exit), (vec![Reason::FreshUnreadable], 4));
    assert_eq!(run(&Line { warn: true, ..missing }, now).exit, 0, "--warn never blocks");

    let nowhere = Line { receipt: Some(folder.join("no/such/folder.json")), ..asked.clone() };
    let ran = run(&nowhere, now);
    assert_eq!((ran.verdict.codes(), ran.exit), (vec![Reason::ReceiptUnwritten], 4), "without it nothing goes ahead");
    assert_eq!(run(&Line { warn: true, ..nowhere }, now).exit, 0, "but for --warn");
    let earlier = Line { at: Some(at(19, 40)), ..asked };
    assert_eq!(run(&earlier, now).verdict.codes(), [Reason::WindowBefore], "--at is the time it is judged for");
    std::fs::remove_dir_all(&folder).expect("removed");
}
