use proptest::prelude::*;

use super::*;
use crate::gate::fixture::{at, board, id, member, roster};
use crate::meeting::Stay;

const MAJORITY: QuorumRule = QuorumRule { formula: QuorumFormula::StrictMajority, mandatory_seats: true };

fn percent(percent: u32) -> QuorumRule {
    QuorumRule { formula: QuorumFormula::AtLeastPercent { percent }, mandatory_seats: true }
}

fn room(present: &[u8], delegates: &[(u8, u8)], recused: &[u8]) -> Room {
    Room {
        present: present.iter().map(|n| id(*n)).collect(),
        delegates: delegates.iter().map(|(d, s)| (id(*d), id(*s))).collect(),
        recused: recused.iter().map(|n| id(*n)).collect(),
    }
}

#[test]
fn required_seats_by_formula() {
    let strict: Vec<u32> = (0..=10).map(|n| required(QuorumFormula::StrictMajority, n)).collect();
    assert_eq!(strict, [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6]);
    let cases = [
        // p, n, needed: always rounded up
        (50, 4, 2),
        (50, 5, 3),
        (60, 5, 3),
        (67, 3, 3),
        (66, 3, 2),
        (34, 3, 2),
        (33, 3, 1),
        (100, 7, 7),
        (1, 7, 1),
        (0, 7, 1),
        (50, 0, 1),
        (100, u32::MAX, u32::MAX),
    ];
    for (p, n, needed) in cases {
        assert_eq!(required(QuorumFormula::AtLeastPercent { percent: p }, n), needed, "{p} % of {n}");
    }
}

#[test]
fn who_counts_towards_the_quorum() {
    // present · (delegate, for) · recused → seats, present, met. Board of five.
    type Case<'a> = (&'a str, &'a [u8], &'a [(u8, u8)], &'a [u8], (u32, u32, bool));
    let cases: [Case<'_>; 15] = [
        ("all", &[1, 2, 3, 4, 5], &[], &[], (5, 5, true)),
        ("a majority", &[1, 2, 3], &[], &[], (5, 3, true)),
        ("half is none", &[1, 2], &[], &[], (5, 2, false)),
        ("nobody", &[], &[], &[], (5, 0, false)),
        ("a delegate counts for the seat", &[1, 2], &[(2, 3)], &[], (5, 3, true)),
        ("a delegate must be present", &[1, 3], &[(2, 4)], &[], (5, 2, false)),
        ("nobody delegates to themselves", &[1, 2], &[(2, 2)], &[], (5, 2, false)),
        ("a delegate for a present member adds nothing", &[1, 2], &[(1, 2)], &[], (5, 2, false)),
        ("two delegates fill one seat once", &[1, 2], &[(1, 3), (2, 3)], &[], (5, 3, true)),
        ("a recused member does not count", &[1, 2], &[], &[3], (4, 2, false)),
        ("recusal lowers n", &[1, 2], &[], &[3, 4], (3, 2, true)),
        ("a recused member who stays does not count", &[1, 2, 3], &[], &[3], (4, 2, false)),
        ("a recused member's delegate sits", &[1, 2], &[(2, 3)], &[3], (5, 3, true)),
        ("a recused delegate does not sit", &[1, 2, 3], &[(3, 4)], &[3], (4, 2, false)),
        ("all recused never decide", &[1, 2, 3, 4, 5], &[], &[1, 2, 3, 4, 5], (0, 0, false)),
    ];
    for (what, present, delegates, recused, (seats, counted, met)) in cases {
        let quorum = quorum(&MAJORITY, &board(5), &room(present, delegates, recused));
        assert_eq!((quorum.stamp.seats, quorum.stamp.present, quorum.met()), (seats, counted, met), "{what}");
    }
}

#[test]
fn all_recused_are_short_under_a_percentage_too() {
    for p in [0, 50, 100] {
        assert!(!quorum(&percent(p), &board(3), &room(&[1, 2, 3], &[], &[1, 2, 3])).met(), "{p} %");
    }
}

#[test]
fn only_voting_members_of_the_roster_count() {
    let mut members = board(3).members;
    members[2].voting = false;
    let two_seats = roster(members);
    let quorum = |present: &[u8]| super::quorum(&MAJORITY, &two_seats, &room(present, &[], &[]));
    assert_eq!((quorum(&[1, 3]).stamp.seats, quorum(&[1, 3]).stamp.present), (2, 1));
    assert!(!quorum(&[1, 3, 77]).met(), "a stranger fills no seat");
    assert!(quorum(&[1, 2]).met());
}

#[test]
fn a_stranger_or_an_auditor_is_no_delegate() {
    let mut members = board(3).members;
    members.push(member(4, &[Role::Auditor]));
    members[3].voting = false;
    members.push(member(5, &[Role::BoardMember]));
    members[4].voting = false;
    let roster = roster(members);
    for (delegate, met) in [(4, false), (77, false), (5, true)] {
        let quorum = quorum(&MAJORITY, &roster, &room(&[1, delegate], &[(delegate, 2)], &[]));
        assert_eq!(quorum.met(), met, "delegate {delegate}");
    }
}

#[test]
fn a_mandatory_seat_must_be_filled() {
    let mut members = board(5).members;
    members[4].mandatory = true;
    let roster = roster(members);
    // present · delegates · recused · mandatory ones missing
    type Case<'a> = (&'a str, &'a [u8], &'a [(u8, u8)], &'a [u8], &'a [u8]);
    let cases: [Case<'_>; 6] = [
        ("absent", &[1, 2, 3, 4], &[], &[], &[5]),
        ("present", &[1, 2, 5], &[], &[], &[]),
        ("by delegate", &[1, 2, 3], &[(3, 5)], &[], &[]),
        ("recused without a delegate", &[1, 2, 3, 5], &[], &[5], &[5]),
        ("recused with a delegate", &[1, 2, 3, 5], &[(3, 5)], &[5], &[]),
        ("recused with a delegate who left", &[1, 2, 3, 5], &[(4, 5)], &[5], &[5]),
    ];
    for (what, present, delegates, recused, missing) in cases {
        let room = room(present, delegates, recused);
        let quorum = quorum(&MAJORITY, &roster, &room);
        let missing: Vec<MemberId> = missing.iter().map(|n| id(*n)).collect();
        assert_eq!(quorum.stamp.missing_mandatory, missing, "{what}");
        assert_eq!(quorum.met(), missing.is_empty(), "{what}");
        let lax = QuorumRule { mandatory_seats: false, ..MAJORITY };
        assert!(super::quorum(&lax, &roster, &room).met(), "{what}: the policy may not ask for it");
    }
}

#[test]
fn a_mandatory_adviser_without_a_vote_must_be_there() {
    let mut members = board(3).members;
    members[2].voting = false;
    members[2].mandatory = true;
    let roster = roster(members);
    assert!(!quorum(&MAJORITY, &roster, &room(&[1, 2], &[], &[])).met());
    assert!(quorum(&MAJORITY, &roster, &room(&[1, 2, 3], &[], &[])).met());
}

#[test]
fn the_explanation_names_who_is_missing_and_shows_the_arithmetic() {
    let mut members = board(5).members;
    members[4].mandatory = true;
    let quorum = quorum(&MAJORITY, &roster(members), &room(&[1, 2], &[(2, 4)], &[3]));
    assert_eq!(quorum.absent, [id(5)]);
    assert_eq!(quorum.recused, [id(3)]);
    assert_eq!(quorum.delegates.get(&id(2)), Some(&id(4)));
    assert_eq!(quorum.words(), "short of 1 mandatory: 3 of 4 present, 3 needed");
    let arithmetic = quorum.arithmetic(QuorumFormula::StrictMajority);
    assert_eq!(arithmetic, "floor(4/2)+1 = 3 of 4 voting seats; 1 recused on this item");
    assert_eq!(quorum.stamp.formula, "strict majority: floor(n/2)+1");
    let short = super::quorum(&percent(60), &board(5), &room(&[1], &[], &[]));
    assert_eq!((short.short_by(), short.words().as_str()), (2, "short by 2: 1 of 5 present, 3 needed"));
    let met = super::quorum(&percent(60), &board(5), &room(&[1, 2, 3], &[], &[]));
    assert_eq!((met.short_by(), met.words().as_str()), (0, "met: 3 of 5 present, 3 needed"));
}

#[test]
fn a_board_of_one_is_its_own_majority() {
    assert!(quorum(&MAJORITY, &board(1), &room(&[1], &[], &[])).met());
    assert!(!quorum(&MAJORITY, &board(1), &room(&[1], &[], &[1])).met());
}

#[test]
fn the_room_is_who_is_there_now() {
    let stay =
        |left: Option<u32>, seat: Option<u8>| Stay { arrived: at(9), left: left.map(at), delegate_for: seat.map(id) };
    let attendance: Attendance = [
        (id(1), vec![stay(None, None)]),
        (id(2), vec![stay(Some(10), Some(5)), stay(None, Some(4))]),
        (id(3), vec![stay(Some(10), Some(1))]),
    ]
    .into();
    let room = Room::now(&attendance, [id(1)]);
    assert_eq!(room.present, [id(1), id(2)].into());
    assert_eq!(room.delegates, [(id(2), id(4))].into());
    assert_eq!(room.recused, [id(1)].into());
}

proptest! {
    #[test]
    fn one_more_present_never_loses_a_quorum_and_numbers_stay_sane(
        n in 1..9_u8,
        present in prop::collection::btree_set(1..9_u8, 0..9),
        recused in prop::collection::btree_set(1..9_u8, 0..4),
        delegates in prop::collection::btree_map(1..9_u8, 1..9_u8, 0..3),
        more in 1..9_u8,
        p in 0..=100_u32,
    ) {
        let list = |set: &BTreeSet<u8>| set.iter().copied().collect::<Vec<u8>>();
        let delegates: Vec<(u8, u8)> = delegates.into_iter().collect();
        let before = room(&list(&present), &delegates, &list(&recused));
        let mut after = before.clone();
        after.present.insert(id(more));
        for rule in [MAJORITY, percent(p)] {
            let (before, after) = (quorum(&rule, &board(n), &before), quorum(&rule, &board(n), &after));
            prop_assert!(before.stamp.present <= before.stamp.seats && before.stamp.seats <= u32::from(n));
            prop_assert!(before.stamp.required >= 1 && after.stamp.present >= before.stamp.present);
            prop_assert_eq!(before.met(), before.short_by() == 0 && before.stamp.missing_mandatory.is_empty());
            let places = before.absent.len() + before.recused.len();
            prop_assert_eq!(places + before.stamp.present as usize, usize::from(n));
        }
    }
}
