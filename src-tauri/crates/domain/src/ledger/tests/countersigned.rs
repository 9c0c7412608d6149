//! Signing in turn: which countersignatures stand.
use super::*;

const SEALED: u8 = 100;

/// A countersignature on `after` that makes `pdf`, in an entry of this number.
fn signed(number: u8, actor: u8, after: u8, pdf: u8) -> (u8, u8, Body) {
    let body = Body::MinutesSealed {
        pdf: Digest([pdf; 32]),
        checkpoint: EntryId([2; 32]),
        after: Some(Digest([after; 32])),
        edition: None,
    };
    (number, actor, body)
}

fn sealed_with(all: &[(u8, u8, Body)]) -> Meeting {
    let mut ledger = in_session();
    apply(&mut ledger, 2, &predicate(CHAIR, Attestation::Recorded, Body::MeetingClosed { heads: BTreeMap::new() }));
    let minutes =
        Body::MinutesSealed { pdf: Digest([SEALED; 32]), checkpoint: EntryId([2; 32]), after: None, edition: None };
    apply(&mut ledger, 3, &predicate(CHAIR, Attestation::Signed, minutes));
    for (number, actor, body) in all {
        apply(&mut ledger, *number, &predicate(*actor, Attestation::Signed, body.clone()));
    }
    meeting(&ledger).clone()
}

fn stands(meeting: &Meeting) -> Vec<u8> {
    meeting.in_turn(|_| true).iter().map(|one| one.sealed.pdf.0[0]).collect()
}

#[test]
fn who_signs_one_after_another_stands_in_that_order_and_the_chairs_seal_stays_the_minutes() {
    let meeting = sealed_with(&[signed(4, OTHER, SEALED, 101), signed(5, THIRD, 101, 102)]);
    assert_eq!(stands(&meeting), [101, 102]);
    assert_eq!(meeting.minutes.len(), 1);
    assert_eq!(meeting.sealed_files().count(), 3);
    assert_eq!(sealed_with(&[]).in_turn(|_| true), Vec::<&Countersigned>::new());
}

#[test]
fn of_two_on_the_same_file_one_stands_whatever_the_order_they_came_in() {
    let (early, late) = (signed(4, OTHER, SEALED, 101), signed(5, THIRD, SEALED, 102));
    for all in [[early.clone(), late.clone()], [late.clone(), early.clone()]] {
        assert_eq!(stands(&sealed_with(&all)), [101], "the lowest id of equals");
    }
    // The other signs again, on what stands.
    let again = signed(6, THIRD, 101, 103);
    assert_eq!(stands(&sealed_with(&[early.clone(), late.clone(), again])), [101, 103]);
    // On what has the higher id somebody built already: that is not taken away.
    let built = signed(7, SECRETARY, 102, 104);
    for all in [[early.clone(), late.clone(), built.clone()], [built, late, early]] {
        assert_eq!(stands(&sealed_with(&all)), [102, 104], "the longest");
    }
}

#[test]
fn what_does_not_hold_what_hangs_nowhere_and_who_signs_twice_do_not_count() {
    let meeting = sealed_with(&[
        signed(4, OTHER, SEALED, 101),
        signed(5, THIRD, 77, 102),
        signed(6, OTHER, 101, 103),
        signed(7, CHAIR, 101, 104),
        signed(8, THIRD, 101, 105),
        signed(9, THIRD, 105, 101),
    ]);
    assert_eq!(stands(&meeting), [101, 105]);
    let held = meeting.in_turn(|one| one.sealed.pdf != Digest([101; 32]));
    assert!(held.is_empty(), "nothing stands on a file that does not hold");
}

#[test]
fn an_annex_may_name_a_countersigned_file() {
    let (number, actor, body) = signed(4, OTHER, SEALED, 101);
    let annex = Body::AnnexSealed {
        minutes: Digest([101; 32]),
        pdf: Digest([6; 32]),
        answers: Vec::new(),
        checkpoint: EntryId([2; 32]),
    };
    assert_eq!(sealed_with(&[(number, actor, body), (5, CHAIR, annex)]).annexes.len(), 1);
}
