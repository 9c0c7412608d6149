//! The register of requirements (`docs/requirements.toml`) names for each number the code that enforces it, the tests that
//! prove it and the places where it is seen, or says what is missing; and what it names is in the tree.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

mod made_up;
mod page;
mod places;

/// Sections with their numbers, in order.
type Sections<'s> = &'s [(&'s str, &'s [&'s str])];

/// The list of numbers. It stands here and not in the register, so that nothing goes missing there unnoticed.
const SECTIONS: Sections<'static> = &[
    (
        "The change and its evidence",
        &[
            "R1", "R2", "R3", "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R12", "R13", "R32", "R33", "R34", "R35",
            "R36", "R37", "R38", "R39", "R40", "R41", "R42", "R43", "R44", "R45", "R46", "R47", "R81", "R83", "R62",
        ],
    ),
    (
        "The plan",
        &[
            "R15", "R16", "R17", "R18", "R19", "R20", "R21", "R22", "R23", "R24", "R25", "R26", "R27", "R28", "R29",
            "R82", "R84", "R92", "R93", "R94", "R96", "R76", "R109", "R110", "R111", "R108", "R119",
        ],
    ),
    ("Risk and oversight", &["R80", "R85", "R56", "R61", "R97", "R102"]),
    ("Approval", &["R30", "R31", "R63", "R64", "R68", "R69", "R72", "R89", "R59", "R120"]),
    ("Emergencies", &["R49", "R65", "R51", "R50", "R52", "R53", "R66", "R67", "R95", "R60"]),
    ("Calendar", &["R73", "R48", "R74", "R75", "R58", "R77", "R78", "R79"]),
];

/// What a requirement asks of Cabinet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// Blocks or warns.
    Gate,
    /// A field, a form or a stored fact.
    Record,
    /// Something to look at or to export.
    View,
    /// Set up by the board.
    Admin,
}

/// One number.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Requirement {
    number: String,
    section: String,
    kind: Kind,
    text: String,
    /// `path#symbol`, from the root.
    #[serde(default)]
    code: Vec<String>,
    /// `path#name of a test`, from the root.
    #[serde(default)]
    tests: Vec<String>,
    /// Screens, commands or files, in words.
    #[serde(default)]
    seen: Vec<String>,
    /// What is not there yet; whoever has it is not kept whole.
    open: Option<String>,
    /// Of one that is kept whole: where it ends, by its nature or by decision.
    limit: Option<String>,
}

/// The whole register.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Register {
    requirement: Vec<Requirement>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(text: &str) -> Register {
    toml::from_str(text).expect("a register of requirements")
}

fn register() -> Register {
    read(&fs::read_to_string(root().join("docs/requirements.toml")).expect("docs/requirements.toml"))
}

/// Numbers that are missing, stand twice, or stand where they do not belong.
fn misplaced(sections: Sections<'_>, register: &Register) -> Vec<String> {
    let wanted: Vec<(&str, &str)> =
        sections.iter().flat_map(|(section, numbers)| numbers.iter().map(move |number| (*section, *number))).collect();
    let found: Vec<(&str, &str)> =
        register.requirement.iter().map(|one| (one.section.as_str(), one.number.as_str())).collect();
    let mut problems = Vec::new();
    for &(section, number) in &wanted {
        match found.iter().filter(|place| place.1 == number).count() {
            0 => problems.push(format!("{number} is missing from “{section}”")),
            1 => {}
            times => problems.push(format!("{number} stands {times} times")),
        }
    }
    for place in found.iter().filter(|place| !wanted.contains(place)) {
        problems.push(format!("{} is no number of “{}”", place.1, place.0));
    }
    if problems.is_empty() && found != wanted {
        problems.push("the numbers do not stand in the order of the list".to_owned());
    }
    problems
}

/// Numbers that are neither kept nor say what is missing, and those that say nothing at all.
fn unkept(register: &Register) -> Vec<String> {
    let mut problems = Vec::new();
    for one in &register.requirement {
        let number = &one.number;
        if one.text.trim().is_empty() {
            problems.push(format!("{number} does not say what is required"));
        }
        if one.limit.as_deref().is_some_and(|limit| limit.trim().is_empty()) {
            problems.push(format!("{number} has a limit that says nothing"));
        }
        match one.open.as_deref().map(str::trim) {
            Some("") => problems.push(format!("{number} is open and does not say what is missing")),
            Some(_) => {}
            None => {
                let lists = [("code", &one.code), ("test", &one.tests), ("place where it is seen", &one.seen)];
                for (what, _) in lists.iter().filter(|(_, list)| list.is_empty()) {
                    problems.push(format!("{number} has no {what}, and no `open` that says what is missing"));
                }
            }
        }
    }
    problems
}

#[test]
fn the_register_has_every_number_of_its_sections_once() {
    let problems = misplaced(SECTIONS, &register());
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn every_number_is_kept_or_says_what_is_missing() {
    let problems = unkept(&register());
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn what_the_register_names_is_in_the_tree() {
    let problems = places::unfound(&root(), &register());
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

/// With CABINET_WRITE set the page is written; without, it must be what the register says.
#[test]
fn the_page_says_what_the_register_says() {
    let path = root().join("docs/requirements.md");
    let wanted = page::of(SECTIONS, &register());
    if std::env::var_os("CABINET_WRITE").is_some() {
        fs::write(&path, wanted).expect("writable");
        return;
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        found, wanted,
        "docs/requirements.md is not what the register says; run CABINET_WRITE=1 cargo nextest run -p journeys requirements"
    );
}
