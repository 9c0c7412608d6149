//! Who may sit for whom, and when (R72).
use super::*;
use crate::gate::fixture::{at, board, id};

fn meeting(n: u128) -> MeetingId {
    MeetingId(uuid::Uuid::from_u128(n))
}

#[test]
fn a_seat_is_delegated_by_who_has_one_to_another_who_may_decide() {
    // 1 and 2 have seats, 3 has none, 4 is an auditor; 77 is nobody.
    let mut roster = board(4);
    roster.members[2].voting = false;
    roster.members[3].roles = vec![Role::Auditor];
    let dated = (at(9), at(17));
    for (seat, to, times, wanted) in [
        (1, 2, dated, "ok"),
        (1, 3, dated, "ok"),
        (3, 1, dated, "delegation-no-seat"),
        (77, 1, dated, "delegation-no-seat"),
        (1, 77, dated, "delegation-not-a-member"),
        (1, 1, dated, "delegation-oneself"),
        (1, 4, dated, "delegation-auditor"),
        (1, 2, (at(17), at(9)), "delegation-undated"),
        (1, 2, (at(9), at(9)), "delegation-undated"),
    ] {
        let answer = check(&roster, id(seat), id(to), times).map_or_else(NoDelegation::code, |()| "ok");
        assert_eq!(answer, wanted, "{seat} to {to}");
    }
}

#[test]
fn it_covers_its_time_and_its_meeting_and_nobody_else() {
    let whole = Delegation {
        entry: EntryId([1; 32]),
        seat: id(1),
        to: id(2),
        from: at(9),
        until: at(17),
        meeting: None,
        reason: String::new(),
        withdrawn: None,
    };
    let one = Delegation { meeting: Some(meeting(5)), ..whole.clone() };
    let back = Delegation { withdrawn: Some(EntryId([2; 32])), ..whole.clone() };
    for (delegation, seat, to, in_meeting, when, covered) in [
        (&whole, 1, 2, 5, 10, true),
        (&whole, 1, 2, 6, 9, true),
        (&whole, 1, 2, 6, 17, true),
        (&whole, 1, 2, 5, 8, false),
        (&whole, 1, 2, 5, 18, false),
        (&whole, 2, 1, 5, 10, false),
        (&whole, 1, 3, 5, 10, false),
        (&one, 1, 2, 5, 10, true),
        (&one, 1, 2, 6, 10, false),
        (&back, 1, 2, 5, 10, false),
    ] {
        let answer = delegation.covers(id(seat), id(to), meeting(in_meeting), at(when));
        assert_eq!(answer, covered, "{seat} {to} {in_meeting} {when}");
    }
}
