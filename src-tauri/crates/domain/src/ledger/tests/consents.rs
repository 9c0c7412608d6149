//! "Anyone against?" tells of everybody who was present, and each of them answers for themselves.
use std::collections::BTreeSet;

use super::*;
use crate::entry::{ActRef, Contest};

/// Consent was asked on the first item, with these present and these against.
fn asked(present: &[u8], against: &[u8]) -> (u8, ActKind) {
    let ids = |who: &[u8]| who.iter().map(|n| id(*n)).collect();
    (CHAIR, ActKind::ConsentAsked { item: 1, present: ids(present), objections: ids(against) })
}

/// The first act of the entry.
fn first_of(entry: u8) -> ActRef {
    ActRef { entry: EntryId([entry; 32]), act: Some(0) }
}

fn confirms(ledger: &mut Ledger, n: u8, who: u8, act: ActRef) -> Vec<Touched> {
    let body = Body::Affirmation { confirmed: vec![act], contested: Vec::new(), seats: Vec::new() };
    apply(ledger, n, &predicate(who, Attestation::Signed, body))
}

fn contests(ledger: &mut Ledger, n: u8, who: u8, act: ActRef) -> Vec<Touched> {
    let contested = vec![Contest { act, reason: "I was against it".to_owned() }];
    let body = Body::Affirmation { confirmed: Vec::new(), contested, seats: Vec::new() };
    apply(ledger, n, &predicate(who, Attestation::Signed, body))
}

fn confirmed(ledger: &Ledger) -> BTreeSet<MemberId> {
    meeting(ledger).consents[&1].confirmed.clone()
}

#[test]
fn everybody_named_is_asked_but_for_who_kept_the_record() {
    for (keeper, asked_about_it) in [(CHAIR, [false, true, true, false]), (SECRETARY, [true, true, true, false])] {
        let mut ledger = in_session();
        let touched = run(&mut ledger, 2, keeper, Attestation::Recorded, vec![asked(&[CHAIR, OTHER, THIRD], &[])]);
        for (who, expected) in [CHAIR, OTHER, THIRD, SECRETARY].into_iter().zip(asked_about_it) {
            let open = ledger.unanswered(id(who));
            assert_eq!(open.len(), usize::from(expected), "{who} of the record that {keeper} kept");
            assert!(open.iter().all(|(at, spoken)| *at == first_of(2) && spoken.actor == id(who)), "{open:?}");
        }
        let rows: BTreeSet<String> =
            touched.iter().filter(|t| matches!(t, Touched::Spoken(..))).map(|t| t.row().1).collect();
        assert_eq!(rows.len(), ledger.spoken.len(), "each has a row of their own: {rows:?}");
        assert!(touched.iter().all(|t| ledger.row(t).is_some()), "{touched:?}");
    }
    let mut ledger = in_session();
    run(&mut ledger, 2, CHAIR, Attestation::Recorded, vec![asked(&[OTHER], &[THIRD])]);
    assert_eq!(ledger.unanswered(id(THIRD)).len(), 1, "and who is said to have objected");
}

#[test]
fn one_confirms_and_one_contests_and_neither_speaks_for_the_other() {
    let mut ledger = in_session();
    run(&mut ledger, 2, CHAIR, Attestation::Recorded, vec![asked(&[CHAIR, OTHER, THIRD], &[])]);
    assert!(confirms(&mut ledger, 3, SECRETARY, first_of(2)).is_empty(), "nobody named");
    assert!(confirms(&mut ledger, 4, CHAIR, first_of(2)).is_empty(), "it is their own word already");
    assert!(!confirms(&mut ledger, 5, OTHER, first_of(2)).is_empty());
    assert_eq!(confirmed(&ledger), BTreeSet::from([id(OTHER)]));
    assert_eq!(ledger.unanswered(id(THIRD)).len(), 1, "silence confirms nothing");

    assert!(!contests(&mut ledger, 6, THIRD, first_of(2)).is_empty());
    let contested: Vec<(ActRef, MemberId)> = ledger.contested().iter().map(|(at, s)| (*at, s.actor)).collect();
    assert_eq!(contested, [(first_of(2), id(THIRD))], "it heads the next agenda");
    assert_eq!(confirmed(&ledger), BTreeSet::from([id(OTHER)]));
    assert!(confirms(&mut ledger, 7, THIRD, first_of(2)).is_empty(), "the first answer stands");
    assert!(contests(&mut ledger, 8, OTHER, first_of(2)).is_empty());
    assert_eq!(meeting(&ledger).consents[&1].present.len(), 3, "what was recorded stays as it was");
}

#[test]
fn a_question_that_was_asked_again_is_not_answered_by_what_was_said_of_the_first() {
    let mut ledger = in_session();
    run(&mut ledger, 2, CHAIR, Attestation::Recorded, vec![asked(&[CHAIR, OTHER], &[])]);
    run(&mut ledger, 3, CHAIR, Attestation::Recorded, vec![asked(&[CHAIR, OTHER], &[])]);
    confirms(&mut ledger, 4, OTHER, first_of(2));
    assert_eq!(confirmed(&ledger), BTreeSet::new());
    confirms(&mut ledger, 5, OTHER, first_of(3));
    assert_eq!(confirmed(&ledger), BTreeSet::from([id(OTHER)]));
}
