//! Each hard block with what is tried on it, and for each other way why it cannot bring an approval past this block. A new way,
//! or a new block, stands in no row, and fails.
use std::collections::BTreeSet;

use domain::gate::HARD_CLAUSES;
use domain::policy::{Policy, Strength};

use super::{Path, after, before, delegated, duties, elsewhere, in_writing, relay, required};

/// Every way there is.
const ALL: [Path; 19] = [
    Path::Decision,
    Path::Key,
    Path::OpenWindow,
    Path::Queue,
    Path::Delegate,
    Path::Asking,
    Path::Written,
    Path::Reaffirm,
    Path::Immaterial,
    Path::Export,
    Path::HandOut,
    Path::Standing,
    Path::StandingWindow,
    Path::Gate,
    Path::Waiver,
    Path::Emergency,
    Path::Circular,
    Path::Relay,
    Path::Pack,
];

/// A new way does not compile before it is in [`ALL`].
const fn place(path: Path) -> usize {
    match path {
        Path::Decision => 0,
        Path::Key => 1,
        Path::OpenWindow => 2,
        Path::Queue => 3,
        Path::Delegate => 4,
        Path::Asking => 5,
        Path::Written => 6,
        Path::Reaffirm => 7,
        Path::Immaterial => 8,
        Path::Export => 9,
        Path::HandOut => 10,
        Path::Standing => 11,
        Path::StandingWindow => 12,
        Path::Gate => 13,
        Path::Waiver => 14,
        Path::Emergency => 15,
        Path::Circular => 16,
        Path::Relay => 17,
        Path::Pack => 18,
    }
}

/// Blocks that are judged alike.
struct Row {
    clauses: &'static [&'static str],
    tried: &'static [&'static [Path]],
    /// Ways that are not tried on them, and why they cannot apply.
    cannot: &'static [(&'static [Path], &'static str)],
}

const AS_RELAYED: &str = "a pack carries the entries that a relay does, and they are taken in alike";
const STALE: &str = "the edit that empties a field makes every earlier word stale, as when it comes by a relay";
const ONE_LIST: &str = "whichever of them fails, one list of gates is judged on each way; R39 is tried on it";

const ROWS: [Row; 7] = [
    Row {
        clauses: &["R11"],
        tried: &[before::PATHS, after::PENDING, after::SIGNED, delegated::TOLD, elsewhere::PACK, relay::RELAYED],
        cannot: &[],
    },
    Row {
        clauses: &["R32"],
        tried: &[before::PATHS, after::PENDING, after::SIGNED, delegated::DELEGATED, elsewhere::PACK, relay::RELAYED],
        cannot: &[],
    },
    Row {
        clauses: &["R89"],
        tried: &[duties::OWN, duties::LATE, in_writing::OWN, delegated::DELEGATED, relay::RELAYED],
        cannot: &[
            (&[Path::Decision], "the others may decide in favour; what it waits for is another's signature"),
            (
                &[Path::Reaffirm, Path::Immaterial],
                "who has a part is known without an edit, so nothing is stale that could be let through again",
            ),
            (&[Path::Pack], AS_RELAYED),
        ],
    },
    Row {
        clauses: &["R113"],
        tried: &[before::PATHS],
        cannot: &[(
            &[Path::OpenWindow, Path::Written, Path::Reaffirm, Path::Gate, Path::Relay, Path::Pack],
            "nothing is ever signed without the file, and one that the plan names later is an edit: stale, as R39",
        )],
    },
    Row {
        clauses: &["R30"],
        tried: &[before::SHORT],
        cannot: &[
            (
                &[Path::Key, Path::OpenWindow, Path::Queue, Path::Delegate, Path::Asking, Path::Written, Path::Relay],
                "an authority may sign before the board decides: then nothing is approved, and is not handed out",
            ),
            (&[Path::Pack], AS_RELAYED),
            (&[Path::Reaffirm, Path::Immaterial, Path::Gate], "without an approval none is stale or handed out"),
            (&[Path::Waiver], "there is no gate to waive: the decision itself is what is missing"),
            (&[Path::Emergency], "without a decision it is handed over, and not approved"),
            (&[Path::Circular], "it is a decision: a majority of all who are entitled (`circular.rs`)"),
        ],
    },
    Row {
        clauses: &["R39", "R84"],
        tried: &[before::PATHS, required::EACH, required::SIGNED, &[Path::OpenWindow]],
        cannot: &[(&[Path::Written, Path::Relay, Path::Pack], STALE)],
    },
    Row {
        clauses: &["R36", "R37", "R38", "R40", "R41", "R42"],
        tried: &[required::EACH],
        cannot: &[
            (
                &[
                    Path::OpenWindow,
                    Path::Queue,
                    Path::Delegate,
                    Path::Asking,
                    Path::Reaffirm,
                    Path::Immaterial,
                    Path::HandOut,
                    Path::Standing,
                    Path::StandingWindow,
                    Path::Gate,
                    Path::Waiver,
                    Path::Emergency,
                    Path::Circular,
                ],
                ONE_LIST,
            ),
            (&[Path::Written, Path::Relay, Path::Pack], STALE),
        ],
    },
];

#[test]
fn every_way_is_in_the_list_of_all_of_them() {
    for (n, path) in ALL.into_iter().enumerate() {
        assert_eq!(place(path), n, "{path:?}");
    }
}

#[test]
fn every_way_is_tried_on_every_hard_block_or_it_is_said_why_it_cannot_apply() {
    let all: BTreeSet<Path> = ALL.into_iter().collect();
    for Row { clauses, tried, cannot } in &ROWS {
        let tried: BTreeSet<Path> = tried.concat().into_iter().collect();
        let said: Vec<Path> = cannot.iter().flat_map(|(paths, _)| paths.iter().copied()).collect();
        let cannot: BTreeSet<Path> = said.iter().copied().collect();
        assert_eq!(cannot.len(), said.len(), "{clauses:?}: each has one reason");
        let both: Vec<_> = tried.intersection(&cannot).collect();
        assert!(both.is_empty(), "{clauses:?}: tried, so it can apply: {both:?}");
        let told: BTreeSet<Path> = tried.union(&cannot).copied().collect();
        let missing: Vec<_> = all.difference(&told).collect();
        assert!(missing.is_empty(), "{clauses:?}: try these, or say why they cannot apply: {missing:?}");
    }
}

#[test]
fn every_hard_block_has_a_row() {
    let rows: Vec<&str> = ROWS.iter().flat_map(|row| row.clauses.iter().copied()).collect();
    let named: BTreeSet<&str> = rows.iter().copied().collect();
    assert_eq!(named.len(), rows.len(), "each stands in one row");
    let starter = Policy::built_in(Strength::Starter).blocking;
    let hard: BTreeSet<&str> =
        HARD_CLAUSES.into_iter().chain(["R113"]).chain(starter.iter().map(String::as_str)).collect();
    assert_eq!(named, hard, "what blocks in every policy, and what the pack of the first day makes a block");
}
