//! Each check on a register that is made up to break it, and on one that breaks nothing.

use std::fs;

use tempfile::TempDir;

use super::{Register, Sections, misplaced, page, places, read, unkept};

const LIST: Sections<'static> = &[("Approval", &["R1", "R2"]), ("Calendar", &["R3"])];

const SOUND: &str = r#"
[[requirement]]
number = "R1"
section = "Approval"
kind = "gate"
text = "Nobody approves alone."
code = ["src/rule.rs#refuse"]
tests = ["src/rule.rs#it_refuses", "src/rule.rs#it_waits"]
seen = ["the page of a change"]
limit = "Two are enough."

[[requirement]]
number = "R2"
section = "Approval"
kind = "record"
text = "Who was asked."
tests = ["ui/change.test.tsx#shows why"]
open = "Nobody is asked yet."

[[requirement]]
number = "R3"
section = "Calendar"
kind = "view"
text = "Months ahead."
open = "There is no calendar."
"#;

const RULE: &str = r#"
pub fn refuse() {}

#[test]
fn it_refuses() {
    helps();
}

#[tokio::test(flavor = "multi_thread")]
#[cfg(unix)]
// Waits on the event itself.
async fn it_waits() {}

fn helps() {}
"#;

const SCREEN: &str = r#"
describe("a change", () => {
  it("shows why", () => {});
  submit("shows nothing");
});
"#;

/// A tree with the files that the sound register names.
fn tree() -> TempDir {
    let tree = tempfile::tempdir().expect("a folder");
    for (path, text) in [("src/rule.rs", RULE), ("ui/change.test.tsx", SCREEN)] {
        let file = tree.path().join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        fs::write(file, text).expect("written");
    }
    tree
}

/// The sound register with one thing said otherwise.
fn with(what: &str, instead: &str) -> Register {
    assert_eq!(SOUND.matches(what).count(), 1, "{what:?} stands there once");
    read(&SOUND.replace(what, instead))
}

fn says(problems: &[String], wanted: &str) {
    assert!(problems.iter().any(|problem| problem.contains(wanted)), "{wanted:?} is not among {problems:?}");
}

#[test]
fn a_sound_register_breaks_nothing() {
    let register = read(SOUND);
    assert_eq!(misplaced(LIST, &register), Vec::<String>::new());
    assert_eq!(unkept(&register), Vec::<String>::new());
    assert_eq!(places::unfound(tree().path(), &register), Vec::<String>::new());
}

#[test]
fn a_number_that_is_missing_doubled_or_out_of_place_is_named() {
    for (what, instead, wanted) in [
        ("number = \"R2\"", "number = \"R1\"", "R2 is missing from “Approval”"),
        ("number = \"R2\"", "number = \"R1\"", "R1 stands 2 times"),
        ("number = \"R2\"", "number = \"R9\"", "R9 is no number of “Approval”"),
        ("section = \"Calendar\"", "section = \"Approval\"", "R3 is no number of “Approval”"),
    ] {
        says(&misplaced(LIST, &with(what, instead)), wanted);
    }
    let mut turned = read(SOUND);
    turned.requirement.reverse();
    says(&misplaced(LIST, &turned), "order");
}

#[test]
fn a_number_that_is_neither_kept_nor_open_is_named() {
    for (what, instead, wanted) in [
        ("open = \"There is no calendar.\"", "", "R3 has no code"),
        ("open = \"There is no calendar.\"", "", "R3 has no test"),
        ("open = \"There is no calendar.\"", "", "R3 has no place where it is seen"),
        ("open = \"Nobody is asked yet.\"", "", "R2 has no code"),
        ("seen = [\"the page of a change\"]", "", "R1 has no place where it is seen"),
        ("open = \"There is no calendar.\"", "open = \" \"", "R3 is open and does not say what is missing"),
        ("limit = \"Two are enough.\"", "limit = \"\"", "R1 has a limit that says nothing"),
        ("text = \"Months ahead.\"", "text = \"\"", "R3 does not say what is required"),
    ] {
        says(&unkept(&with(what, instead)), wanted);
    }
}

#[test]
fn what_is_not_in_the_tree_is_named_with_its_number() {
    let tree = tree();
    for (what, instead, wanted) in [
        ("rule.rs#refuse", "rule.rs#refuses", "R1: src/rule.rs#refuses: the file does not hold that symbol"),
        ("rule.rs#refuse\"", "rule.rs#refus\"", "R1: src/rule.rs#refus: the file does not hold that symbol"),
        ("src/rule.rs#refuse\"", "src/gone.rs#refuse\"", "R1: src/gone.rs#refuse: there is no such file"),
        ("src/rule.rs#refuse\"", "src/rule.rs\"", "R1: src/rule.rs: a reference is a path, #, and a name"),
        ("rule.rs#it_refuses", "rule.rs#refuse", "R1: src/rule.rs#refuse: the file holds no test of that name"),
        ("rule.rs#it_refuses", "rule.rs#helps", "R1: src/rule.rs#helps: the file holds no test of that name"),
        ("#shows why", "#shows nothing", "R2: ui/change.test.tsx#shows nothing: the file holds no test of that name"),
        ("#shows why", "#shows", "R2: ui/change.test.tsx#shows: the file holds no test of that name"),
    ] {
        says(&places::unfound(tree.path(), &with(what, instead)), wanted);
    }
}

#[test]
fn the_page_counts_what_is_whole_and_links_what_is_named() {
    let page = page::of(LIST, &read(SOUND));
    for wanted in [
        "**Of 3 numbers, 1 are kept whole and 2 are open.**",
        "| Approval | 2 | 1 | 1 |",
        "| Calendar | 1 | 0 | 1 |",
        "### R1\n\n*Gate, kept whole.* Nobody approves alone.\n\n- code: [`refuse`](../src/rule.rs)\n",
        "- tests: [`it_refuses`](../src/rule.rs), [`it_waits`](../src/rule.rs)\n- seen: the page of a change\n- limit: Two are enough.\n\n### R2\n",
        "## Calendar\n\n### R3\n\n*View, open.* Months ahead.\n\n- open: There is no calendar.\n",
    ] {
        assert!(page.contains(wanted), "{wanted:?} is not in\n{page}");
    }
    assert!(page.ends_with("- open: There is no calendar.\n"), "one line end, and nothing after it");
}
