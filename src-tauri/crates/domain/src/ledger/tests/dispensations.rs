//! Waivers, overrides and exceptions, as the entries come.
use super::*;
use crate::dispensation::{ExceptionBody, Force, OverrideBody, SecondBody, WaiverBody};

const CONTENT: Digest = Digest([7; 32]);

fn involved() -> Involved {
    Involved { author: Some("90".to_owned()), ..Involved::default() }
}

fn waiver(clause: &str) -> Body {
    Body::Waived(WaiverBody {
        change: key(1),
        clause: clause.to_owned(),
        content: CONTENT,
        gate: "plan-r23".to_owned(),
        involved: involved(),
        reason: "The vendor restores it".to_owned(),
        until: None,
    })
}

fn seconding(entry: u8) -> SecondBody {
    SecondBody {
        change: key(1),
        content: CONTENT,
        entry: EntryId([entry; 32]),
        involved: involved(),
        reason: String::new(),
    }
}

fn overriding(from: RiskLevel, to: RiskLevel) -> Body {
    let reason = "the vendor's word".to_owned();
    Body::Overridden(OverrideBody { change: key(1), content: CONTENT, from, involved: involved(), reason, to })
}

fn of(who: u8, role: Role, body: Body) -> Predicate {
    Predicate { role: Some(role), ..predicate(who, Attestation::Signed, body) }
}

/// The chair, a CTO and security, each with the account of their own number.
fn members() -> Roster {
    crate::gate::fixture::roster(vec![
        crate::gate::fixture::member(CHAIR, &[Role::Chair]),
        crate::gate::fixture::member(OTHER, &[Role::Cto]),
        crate::gate::fixture::member(THIRD, &[Role::Security]),
    ])
}

fn policy() -> Policy {
    Policy { waivable: vec!["R23".to_owned()], ..Policy::built_in(Strength::Full) }
}

/// As [`apply`], where roster and policy are at hand.
fn apply_under(ledger: &mut Ledger, n: u8, predicate: &Predicate, roster: &Roster) -> Vec<Touched> {
    let policy = policy();
    let rules = Some(Rules { roster, policy: &policy });
    ledger.apply(Verified { id: EntryId([n; 32]), subject: CONTENT, predicate, rules })
}

fn force(ledger: &Ledger) -> Option<Force> {
    let all = ledger.dispensations.get(&key(1))?;
    all.first().map(|dispensation| dispensation.force(&policy(), CONTENT, at(10)))
}

#[test]
fn a_waiver_is_in_force_once_another_has_seconded_it_and_until_one_takes_it_back() {
    let board = members();
    let mut ledger = Ledger::default();
    apply(&mut ledger, 1, &of(CHAIR, Role::Chair, waiver("R23")));
    assert_eq!(force(&ledger), Some(Force::NotSeconded));
    let touched = apply(&mut ledger, 2, &of(CHAIR, Role::Chair, Body::Seconded(seconding(1))));
    assert!(touched.is_empty(), "nobody seconds their own word");
    let touched = apply(&mut ledger, 3, &of(OTHER, Role::Cto, Body::Seconded(seconding(1))));
    assert_eq!(touched, [Touched::Dispensations(key(1))]);
    assert_eq!(force(&ledger), Some(Force::InForce));
    let found = waivers(ledger.dispensing(&policy(), &key(1), CONTENT, at(10)), &policy(), &board);
    let names = |n: u8| board.member(id(n)).expect("a member").name.clone();
    assert_eq!((found[0].by.clone(), found[0].second.clone()), (names(CHAIR), names(OTHER)));
    assert_eq!(found[0].reason, "The vendor restores it");
    let take_back = |who: u8, entry: u8| {
        let body = Body::Withdrawal { entry: EntryId([entry; 32]), reason: "Not on the day".to_owned() };
        predicate(who, Attestation::Signed, body)
    };
    assert!(apply(&mut ledger, 4, &take_back(CHAIR, 3)).is_empty(), "nobody takes another's word back");
    assert!(ledger.taken_back.is_empty());
    assert_eq!(apply(&mut ledger, 5, &take_back(OTHER, 3)), [Touched::Dispensations(key(1))]);
    assert_eq!(ledger.taken_back[&EntryId([5; 32])].reason, "Not on the day");
    assert_eq!(force(&ledger), Some(Force::NotSeconded));
    assert_eq!(apply(&mut ledger, 6, &take_back(CHAIR, 1)), [Touched::Dispensations(key(1))]);
    assert_eq!(force(&ledger), Some(Force::Withdrawn));
}

#[test]
fn a_second_word_is_about_the_same_change_content_and_people_or_about_nothing() {
    let mut ledger = Ledger::default();
    apply(&mut ledger, 1, &of(CHAIR, Role::Chair, waiver("R23")));
    for (n, body) in (2..).zip([
        seconding(9),
        SecondBody { change: key(2), ..seconding(1) },
        SecondBody { content: Digest([8; 32]), ..seconding(1) },
        SecondBody { involved: Involved::default(), ..seconding(1) },
    ]) {
        assert!(apply(&mut ledger, n, &of(OTHER, Role::Cto, Body::Seconded(body.clone()))).is_empty(), "{body:?}");
    }
    assert_eq!(force(&ledger), Some(Force::NotSeconded));
}

#[test]
fn no_entry_waives_a_hard_clause_and_nobody_waives_without_the_right_or_for_their_own_change() {
    let board = members();
    for clause in crate::gate::HARD_CLAUSES {
        let mut ledger = Ledger::default();
        assert!(apply(&mut ledger, 1, &of(CHAIR, Role::Chair, waiver(clause))).is_empty(), "{clause}");
    }
    let own = |n: u8| {
        let Body::Waived(body) = waiver("R23") else { unreachable!("a waiver") };
        let involved = Involved { author: Some(n.to_string()), ..Involved::default() };
        Body::Waived(WaiverBody { involved, ..body })
    };
    for (who, role, body, counts) in [
        (CHAIR, Role::Chair, waiver("R23"), true),
        (THIRD, Role::Security, waiver("R23"), false),
        (CHAIR, Role::Chair, own(CHAIR), false),
        (CHAIR, Role::Chair, own(OTHER), true),
    ] {
        let mut ledger = Ledger::default();
        let touched = apply_under(&mut ledger, 1, &of(who, role, body.clone()), &board);
        assert_eq!(!touched.is_empty(), counts, "{who} {body:?}");
    }
}

#[test]
fn an_exception_stands_with_its_freeze_and_its_end() {
    let mut ledger = Ledger::default();
    let body = Body::Excepted(ExceptionBody {
        change: key(1),
        content: CONTENT,
        freeze: "year-end".to_owned(),
        involved: involved(),
        reason: "The law".to_owned(),
        until: at(11),
    });
    apply(&mut ledger, 1, &of(CHAIR, Role::Chair, body));
    apply(&mut ledger, 2, &of(OTHER, Role::Cto, Body::Seconded(seconding(1))));
    let at_hour = |hour: u32| exceptions(ledger.dispensing(&policy(), &key(1), CONTENT, at(hour)));
    let found = at_hour(10);
    assert_eq!((found.len(), found[0].freeze.as_str(), found[0].expires), (1, "year-end", at(11)));
    assert!(at_hour(11).is_empty(), "over");
}

#[test]
fn whoever_has_a_part_in_the_change_by_the_roster_of_now_or_shares_an_account_sets_nothing_aside() {
    let mut ledger = Ledger::default();
    apply(&mut ledger, 1, &of(CHAIR, Role::Chair, waiver("R23")));
    apply(&mut ledger, 2, &of(OTHER, Role::Cto, Body::Seconded(seconding(1))));
    let said = &ledger.dispensations[&key(1)][0];
    let with = |at: usize, account: &str| {
        let mut board = members();
        board.members[at].accounts.values_mut().for_each(|own| *own = account.to_owned());
        board
    };
    let chair = CHAIR.to_string();
    let left = Roster { members: members().members.split_off(1), ..members() };
    let another = Involved { author: Some("91".to_owned()), ..Involved::default() };
    for (board, people, untied, why) in [
        (members(), involved(), true, "somebody else wrote it"),
        (members(), another, false, "its author is another than the word says"),
        (with(0, "90"), involved(), false, "the first wrote it"),
        (with(1, "90"), involved(), false, "the second wrote it"),
        (with(2, &chair), involved(), false, "the first's account is another's as well"),
        (left, involved(), true, "the first left the board, and was judged before"),
    ] {
        assert_eq!(said.untied(&board, &policy(), &people), untied, "{why}");
    }
}

#[test]
fn no_commit_takes_back_that_a_level_was_raised_and_another_second_may_be_the_one_who_counts() {
    let mut board = members();
    board.members[0].git = vec!["chair@example.org".to_owned()];
    board.members[1].git = vec!["other@example.org".to_owned()];
    let committed = |who: &str| Involved { committers: vec![format!("{who}@example.org")], ..involved() };

    let mut ledger = Ledger::default();
    apply(&mut ledger, 1, &of(CHAIR, Role::Chair, overriding(RiskLevel::Low, RiskLevel::High)));
    apply(&mut ledger, 2, &of(CHAIR, Role::Chair, overriding(RiskLevel::High, RiskLevel::Low)));
    let said = &ledger.dispensations[&key(1)];
    assert!(said[0].untied(&board, &policy(), &committed("chair")), "raised");
    assert!(!said[1].untied(&board, &policy(), &committed("chair")), "lowered");

    let mut ledger = Ledger::default();
    apply(&mut ledger, 1, &of(CHAIR, Role::Chair, waiver("R23")));
    apply(&mut ledger, 2, &of(OTHER, Role::Cto, Body::Seconded(seconding(1))));
    assert!(
        !ledger.dispensations[&key(1)][0].untied(&board, &policy(), &committed("other")),
        "the only second committed"
    );
}
