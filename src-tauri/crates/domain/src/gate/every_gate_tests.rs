//! For every gate there is: the words it shows where it passes, where it breaks and where there is no evidence, and
//! what a waiver makes of its real broken outcome (R69). The gates of the catalogue have theirs in `catalogue_tests`.
use std::collections::BTreeSet;

use super::catalogue_tests::waived;
use super::tests::all_names;
use super::*;
use crate::policy::Strength;

mod rows_of_calendar;
mod rows_of_fields;
mod rows_of_people;
mod rows_of_plan;

use GateResult::{Failed, NoEvidence, Passed, Waived, Warned};

const STRENGTHS: [Strength; 3] = [Strength::Observe, Strength::Starter, Strength::Full];

/// Why no policy lists a hard clause.
const HARD: Waiving = Waiving::Refused("blocks in every policy, and nobody can waive it; leave it out");
/// Why no policy of *starter* and *full* lists a required field.
const REQUIRED: &str = "is never waived in starter and full; leave it out";

/// Judges what the row is about under a policy, which says what blocks.
type Judge = fn(&Policy) -> GateOutcome;

/// What a gate says where the policy blocks its clause: result, why, and what would satisfy it.
struct Case {
    judge: Judge,
    result: GateResult,
    why: &'static str,
    by: &'static str,
}

const fn passes(judge: Judge, why: &'static str) -> Case {
    Case { judge, result: Passed, why, by: "" }
}

const fn fails(judge: Judge, why: &'static str, by: &'static str) -> Case {
    Case { judge, result: Failed, why, by }
}

const fn warns(judge: Judge, why: &'static str, by: &'static str) -> Case {
    Case { judge, result: Warned, why, by }
}

const fn unclear(judge: Judge, why: &'static str, by: &'static str) -> Case {
    Case { judge, result: NoEvidence, why, by }
}

/// What a gate shows where there is nothing to judge by.
enum Without {
    Shown(Case),
    /// It has no such outcome, for this reason.
    Never(&'static str),
}

/// Whose word it is that what is broken blocks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Blocks {
    AsThePolicySays,
    Always,
    Never,
}

/// What a waiver does to what is broken.
enum Waiving {
    /// Two people set it aside where the policy lists the clause, in every strength.
    ByTwo,
    /// The same, but only where the board observes.
    InObserve,
    /// No policy may list the clause; it is refused in these words.
    Refused(&'static str),
    /// A waiver of the gate covers nothing; each slot has its own.
    SlotBySlot,
    /// It only advises, for this reason.
    NothingToWaive(&'static str),
}

struct Row {
    id: &'static str,
    clause: &'static str,
    passes: Case,
    breaks: Case,
    without: Without,
    blocks: Blocks,
    waiver: Waiving,
}

impl Row {
    /// What it shows that is broken, or cannot be judged.
    fn broken(&self) -> Vec<&Case> {
        match &self.without {
            Without::Shown(case) => vec![&self.breaks, case],
            Without::Never(_) => vec![&self.breaks],
        }
    }
}

/// Every row beside those of the catalogue.
fn rows() -> impl Iterator<Item = &'static Row> {
    let themes = [rows_of_fields::ROWS, rows_of_plan::ROWS, rows_of_calendar::ROWS, rows_of_people::ROWS];
    themes.into_iter().flatten()
}

/// A policy that blocks this clause alone, and lists it as one that two may waive.
fn policy(strength: Strength, clause: &str) -> Policy {
    let one = vec![clause.to_owned()];
    Policy { blocking: one.clone(), waivable: one, ..Policy::built_in(strength) }
}

fn waiver(gate: &str, clause: &str) -> Waiver {
    Waiver {
        gate: gate.to_owned(),
        clause: clause.to_owned(),
        by: "Ann".to_owned(),
        second: "Ben".to_owned(),
        reason: "once".to_owned(),
    }
}

fn under(waiver: &Waiver, outcome: &GateOutcome, policy: &Policy) -> GateOutcome {
    waive(vec![outcome.clone()], std::slice::from_ref(waiver), policy).remove(0)
}

#[test]
fn every_gate_that_a_board_can_be_shown_has_its_row_and_every_row_its_gate() {
    let mut rows: BTreeSet<String> = rows().map(|row| row.id.to_owned()).collect();
    let catalogued = waived::ids();
    assert!(rows.is_disjoint(&catalogued), "a gate of the catalogue has its rows there");
    rows.extend(catalogued);
    let gates: BTreeSet<String> = all_names().into_iter().collect();
    assert_eq!(rows, gates);
}

#[test]
fn every_gate_shows_the_words_of_its_row_where_it_passes_breaks_or_has_no_evidence() {
    for row in rows() {
        assert!(matches!(row.breaks.result, Failed | Warned | NoEvidence), "{}", row.id);
        if let Without::Never(reason) = row.without {
            assert!(!reason.is_empty(), "{} says why it has none", row.id);
        }
        for strength in STRENGTHS {
            let strict = policy(strength, row.clause);
            let lenient = Policy { blocking: Vec::new(), ..strict.clone() };
            for case in row.broken().into_iter().chain([&row.passes]) {
                let outcome = (case.judge)(&strict);
                let of = format!("{} {strength:?}: {outcome:#?}", row.id);
                assert_eq!((outcome.gate.id.as_str(), outcome.gate.clause.as_str()), (row.id, row.clause), "{of}");
                let told = (outcome.result, outcome.why.as_str(), outcome.satisfied_by.as_str());
                assert_eq!(told, (case.result, case.why, case.by), "{of}");
                assert_eq!(case.by.is_empty(), case.result == Passed, "{of}");
                assert_eq!(outcome.blocks, case.result != Passed && row.blocks != Blocks::Never, "{of}");
                assert_eq!(outcome.gate.hard, HARD_CLAUSES.contains(&row.clause), "{of}");
                assert!(!outcome.looked_at.is_empty(), "{of}");
                // Where no clause blocks, the same is said, and stops nobody; but what always blocks does.
                let advised = (case.judge)(&lenient);
                let softer = match (row.blocks, case.result) {
                    (Blocks::AsThePolicySays, Failed) => Warned,
                    (_, result) => result,
                };
                let blocks = case.result != Passed && row.blocks == Blocks::Always;
                assert_eq!((advised.result, advised.blocks, advised.why.as_str()), (softer, blocks, case.why), "{of}");
                assert_eq!((advised.looked_at, advised.satisfied_by), (outcome.looked_at, outcome.satisfied_by));
            }
        }
    }
}

#[test]
fn a_waiver_does_to_each_real_broken_outcome_what_its_row_says() {
    for row in rows() {
        for strength in STRENGTHS {
            let listing = policy(strength, row.clause);
            for case in row.broken() {
                let broken = (case.judge)(&listing);
                let left = under(&waiver(row.id, row.clause), &broken, &listing);
                let of = format!("{} {strength:?}: {left:#?}", row.id);
                let refused = match row.waiver {
                    Waiving::ByTwo => None,
                    Waiving::InObserve => (strength != Strength::Observe).then_some(REQUIRED),
                    Waiving::Refused(why) => Some(why),
                    Waiving::SlotBySlot => {
                        assert_eq!(left, broken, "{of}");
                        assert!(can_be_waived(&broken, &listing), "its slots are, one by one");
                        continue;
                    }
                    Waiving::NothingToWaive(reason) => {
                        assert_eq!(left, broken, "{reason}: {of}");
                        assert!(!broken.blocks && !can_be_waived(&broken, &listing), "{reason}: {of}");
                        continue;
                    }
                };
                if let Some(why) = refused {
                    let error = listing.check().expect_err("no policy may list it").to_string();
                    assert_eq!(error, format!("{} {why}", row.clause), "{of}");
                    assert_eq!(left, broken, "a policy that lists it all the same lets nobody waive it: {of}");
                    assert!(broken.blocks && !can_be_waived(&broken, &listing), "{of}");
                    continue;
                }
                listing.check().expect("two may waive it");
                assert_eq!((left.result, left.blocks), (Waived, false), "{of}");
                assert_eq!(left.why, format!("{}; waived by Ann, seconded by Ben (R69): “once”", case.why), "{of}");
                assert_eq!((&left.looked_at, left.satisfied_by.as_str()), (&broken.looked_at, ""), "{of}");
                // Neither another gate's waiver, nor another clause's, nor one that the policy does not list.
                let silent = Policy { waivable: Vec::new(), ..listing.clone() };
                assert_eq!(under(&waiver("another", row.clause), &broken, &listing), broken, "{of}");
                assert_eq!(under(&waiver(row.id, "R0"), &broken, &listing), broken, "{of}");
                assert_eq!(under(&waiver(row.id, row.clause), &broken, &silent), broken, "{of}");
            }
            // What only advises, or passes, leaves nothing to waive.
            let advising = Policy { blocking: Vec::new(), ..listing.clone() };
            for judge in row.broken().into_iter().map(|case| case.judge).chain([row.passes.judge]) {
                let outcome = judge(&advising);
                if !outcome.blocks {
                    let left = under(&waiver(row.id, row.clause), &outcome, &advising);
                    assert_eq!(left, outcome, "{} {strength:?}", row.id);
                }
            }
        }
    }
}
