//! In whose seat a delegate did what they confirm (R72): as they say, where the record shows them there.
use super::*;
use crate::entry::{ActRef, InSeat};

/// Folds it by the rules in force.
fn by_rules(ledger: &mut Ledger, n: u8, predicate: &Predicate) {
    let (roster, policy) = (board(4), Policy::built_in(Strength::Starter));
    let rules = Some(Rules { roster: &roster, policy: &policy });
    ledger.apply(Verified { id: EntryId([n; 32]), subject: Digest([1; 32]), predicate, rules });
}

/// Acts of these members, as the chair's device tells them.
fn tells(ledger: &mut Ledger, n: u8, acts: Vec<(u8, ActKind)>) {
    let acts = acts.into_iter().map(|(who, what)| Act { actor: id(who), at: at(10), what }).collect();
    by_rules(ledger, n, &predicate(CHAIR, Attestation::Recorded, Body::Running { acts }));
}

fn voted(n: u32) -> ActRef {
    ActRef { entry: EntryId([4; 32]), act: Some(n) }
}

/// The third came for the other, who had let them (entry 2) or had not, and was away or not; then voted (entry 4).
fn came_for_the_other(delegated: bool, away: bool) -> Ledger {
    let mut ledger = in_session();
    if delegated {
        let (to, from, until) = (id(THIRD), at(8), at(18));
        let body = Body::Delegation { to, from, until, meeting: None, reason: "on leave".to_owned() };
        by_rules(&mut ledger, 2, &predicate(OTHER, Attestation::Signed, body));
    }
    let mut acts = vec![(THIRD, ActKind::Arrived { delegate_for: Some(id(OTHER)) })];
    if !away {
        acts.push((OTHER, ActKind::Arrived { delegate_for: None }));
    }
    tells(&mut ledger, 3, acts);
    tells(&mut ledger, 4, vec![(THIRD, ActKind::Voted { item: 1, position: Position::Approve })]);
    ledger
}

fn answered(ledger: &Ledger) -> Option<Answer> {
    ledger.spoken[&(voted(0), id(THIRD))].answer.clone()
}

#[test]
fn a_confirmation_says_in_whose_seat_where_the_record_shows_the_delegate_there() {
    for (delegated, away, named, says, why) in [
        (true, true, Some(OTHER), Some(OTHER), "let by its member, who is away"),
        (true, true, None, None, "it is not said"),
        (true, true, Some(CHAIR), None, "another seat than the record tells of"),
        (false, true, Some(OTHER), None, "nobody gave that seat away"),
        (true, false, Some(OTHER), None, "its member sits there"),
    ] {
        let mut ledger = came_for_the_other(delegated, away);
        let sits = ledger.spoken[&(voted(0), id(THIRD))].seat;
        assert_eq!(sits, (delegated && away).then(|| id(OTHER)), "{why}");
        let seats = named.map(|seat| InSeat { act: voted(0), seat: id(seat) }).into_iter().collect();
        let body = Body::Affirmation { confirmed: vec![voted(0)], contested: Vec::new(), seats };
        by_rules(&mut ledger, 5, &predicate(THIRD, Attestation::Signed, body));
        let by = EntryId([5; 32]);
        assert_eq!(answered(&ledger), Some(Answer::Confirmed { by, seat: says.map(id) }), "{why}");
        let known = meeting(&ledger).votes[&1][&id(THIRD)].attestation;
        assert_eq!(known, Attestation::Confirmed, "{why}: the vote is theirs in any case");
    }
}

#[test]
fn what_is_said_of_nobodys_seat_is_written_as_it_always_was() {
    let body = Body::Affirmation { confirmed: vec![voted(0)], contested: Vec::new(), seats: Vec::new() };
    let text = serde_json::to_string(&body).expect("JSON");
    assert!(!text.contains("seats"), "{text}");
    let text = serde_json::to_string(&came_for_the_other(false, true).spoken[&(voted(0), id(THIRD))]).expect("JSON");
    assert!(!text.contains("seat"), "{text}");
}
