use proptest::prelude::*;

use super::*;
use crate::gate::fixture::{at, board, id, member, roster};
use crate::ids::{ChangeKey, Digest, MeetingId};
use crate::meeting::AgendaGroup;
use crate::policy::Strength;

const A: Position = Position::Approve;
const R: Position = Position::Reject;
const O: Position = Position::Abstain;

/// A question about CHG-1, put by member 1 at eight and closed at noon.
pub(crate) fn body() -> CircularBody {
    let item = AgendaItem {
        number: 1,
        change: ChangeKey::new("CHG", 1),
        title: "Stop the leak".to_owned(),
        group: AgendaGroup::Emergency,
        level: None,
        minutes: 5,
        content: Digest([7; 32]),
        material_attachments: Vec::new(),
        release: None,
        restricted: None,
    };
    CircularBody {
        agenda: Agenda {
            meeting: MeetingId(uuid::Uuid::from_u128(9)),
            title: "Circular resolution on CHG-1".to_owned(),
            place: "in writing".to_owned(),
            zone: "UTC".to_owned(),
            called: at(8),
            chair: id(1),
            secretary: id(1),
            items: vec![item],
        },
        closes: at(12),
        involved: Involved::default(),
        question: "May it go ahead?".to_owned(),
    }
}

type Votes<'v> = &'v [(u8, Position)];

fn count(policy: &Policy, roster: &Roster, involved: &Involved, recused: &[u8], votes: Votes<'_>) -> Resolution {
    let votes: Vec<_> = votes.iter().map(|(who, position)| (id(*who), *position)).collect();
    resolution(policy, roster, ("CHG", involved), &recused.iter().map(|n| id(*n)).collect(), &votes)
}

fn policy(formula: ThresholdFormula) -> Policy {
    let mut policy = Policy::built_in(Strength::Starter);
    policy.threshold.formula = formula;
    policy
}

#[test]
fn a_question_is_about_one_change_says_something_and_leaves_time() {
    assert!(body().check().is_ok());
    let item = || body().agenda.items.remove(0);
    let with = |items: Vec<AgendaItem>| CircularBody { agenda: Agenda { items, ..body().agenda }, ..body() };
    for (body, why) in [
        (with(Vec::new()), NoCircular::OneItem),
        (with(vec![item(), AgendaItem { number: 2, ..item() }]), NoCircular::OneItem),
        (with(vec![AgendaItem { number: 2, ..item() }]), NoCircular::OneItem),
        (CircularBody { question: " \u{2003}\n".to_owned(), ..body() }, NoCircular::Blank),
        (CircularBody { closes: at(8), ..body() }, NoCircular::Closes),
    ] {
        assert_eq!(body.check(), Err(why));
    }
}

#[test]
fn more_than_half_of_all_who_are_entitled_is_needed_whatever_the_policy_asks_for() {
    let simple = ThresholdFormula::SimpleMajority;
    let percent = |percent| ThresholdFormula::AtLeastPercent { percent };
    for (formula, n, wanted) in [
        (simple, 0, 1),
        (simple, 1, 1),
        (simple, 4, 3),
        (simple, 5, 3),
        (percent(0), 5, 3),
        (percent(50), 4, 3),
        (percent(67), 5, 4),
        (percent(67), 3, 3),
        (percent(100), 6, 6),
    ] {
        let rule = ThresholdRule { formula, casting_vote: true };
        assert_eq!(needed(&rule, n), wanted, "{formula:?} of {n}");
    }
}

#[test]
fn what_carries() {
    let simple = policy(ThresholdFormula::SimpleMajority);
    let five = board(5);
    let nobody = Involved::default();
    let votes: &[(u8, Position)] = &[(1, A), (2, A), (3, A)];
    for (recused, votes, carried, required, silent, why) in [
        (&[][..], votes, true, 3, 2, "three of five"),
        (&[], &votes[..2], false, 3, 3, "silence is no yes"),
        (&[], &[(1, A), (2, A), (3, O), (4, O), (5, O)], false, 3, 0, "nor is an abstention"),
        (&[], &[(1, A), (2, A), (3, A), (4, R), (5, R)], true, 3, 0, "two against are outvoted"),
        (&[], &[(1, A), (1, A), (1, A)], false, 3, 4, "nobody votes twice"),
        (&[], &[(1, A), (2, A), (3, A), (3, R)], false, 3, 2, "the latest counts"),
        (&[4, 5], &votes[..2], true, 2, 1, "whoever steps aside is not counted"),
        (&[3, 4], votes, true, 2, 1, "and their earlier vote is not either"),
        (&[], &[(1, A), (2, A), (9, A)], false, 3, 3, "a stranger has no vote"),
    ] {
        let found = count(&simple, &five, &nobody, recused, votes);
        assert_eq!((found.carried(), found.tally.required), (carried, required), "{why}: {}", found.words());
        assert_eq!(found.silent.len(), silent, "{why}");
    }
}

#[test]
fn whose_own_change_it_is_does_not_vote_and_does_not_count() {
    let policy = policy(ThresholdFormula::SimpleMajority);
    let involved = Involved {
        author: Some("1".to_owned()),
        requester: Some("2".to_owned()),
        deployer: Some("3".to_owned()),
        committers: Vec::new(),
    };
    let found = count(&policy, &board(5), &involved, &[], &[(1, A), (2, A), (3, A), (4, A)]);
    assert_eq!((found.entitled, found.tally.approve, found.tally.required), (2, 1, 2));
    assert!(!found.carried(), "three of their own votes carry nothing: {}", found.words());
    assert!(found.not_counted.iter().all(|(_, _, why)| matches!(why, NotCounted::Duty(_))), "{:?}", found.not_counted);
    assert!(count(&policy, &board(5), &involved, &[], &[(4, A), (5, A)]).carried());
}

#[test]
fn a_mandatory_seat_must_answer() {
    let policy = policy(ThresholdFormula::SimpleMajority);
    let mut security = member(4, &[Role::Security]);
    (security.mandatory, security.voting) = (true, false);
    let members = (1..=3).map(|n| member(n, &[Role::BoardMember])).chain([security]).collect();
    let board = roster(members);
    let nobody = Involved::default();
    let silent = count(&policy, &board, &nobody, &[], &[(1, A), (2, A), (3, A)]);
    assert!(!silent.carried(), "{}", silent.words());
    assert!(silent.words().contains("1 mandatory seat has not answered"), "{}", silent.words());
    let heard = count(&policy, &board, &nobody, &[], &[(1, A), (2, A), (3, A), (4, R)]);
    assert!(heard.carried(), "it only advises: {}", heard.words());
    assert_eq!(heard.tally.reject, 0, "and its word is not counted");
    assert!(!count(&policy, &board, &nobody, &[4], &[(1, A), (2, A), (3, A)]).carried(), "nor is it there aside");
}

#[test]
fn it_ends_when_it_is_carried_when_all_have_answered_or_when_its_time_is_over() {
    let policy = policy(ThresholdFormula::SimpleMajority);
    let of = |votes: &[(u8, Position)]| count(&policy, &board(3), &Involved::default(), &[], votes);
    for (votes, now, may) in [
        (&[(1, A), (2, A)][..], 9, true),
        (&[(1, A)], 9, false),
        (&[(1, A)], 12, false),
        (&[(1, A)], 13, true),
        (&[(1, A), (2, R), (3, O)], 9, true),
    ] {
        assert_eq!(of(votes).may_end(at(now), at(12)), may, "{votes:?} at {now}");
    }
}

#[test]
fn an_emergency_may_be_asked_about_and_what_the_policy_allows() {
    let usual = Policy::built_in(Strength::Starter);
    let any = Policy { circular_any: true, ..usual.clone() };
    for (policy, kind, declared, may) in [
        (&usual, Some(ChangeKind::Emergency), false, true),
        (&usual, Some(ChangeKind::Normal), true, true),
        (&usual, Some(ChangeKind::Normal), false, false),
        (&usual, None, false, false),
        (&any, Some(ChangeKind::Normal), false, true),
        (&any, None, false, true),
    ] {
        assert_eq!(may_circulate(policy, kind, declared), may, "{kind:?} {declared}");
    }
}

fn position() -> impl Strategy<Value = Position> {
    prop_oneof![Just(A), Just(R), Just(O)]
}

proptest! {
    #[test]
    fn what_is_carried_has_more_than_half_of_all_who_are_entitled(
        n in 1..=9_u8,
        votes in prop::collection::vec((1..=9_u8, position()), 0..20),
        aside in prop::collection::btree_set(1..=9_u8, 0..4),
        percent in prop::option::of(0..=100_u32),
    ) {
        let formula = percent
            .map_or(ThresholdFormula::SimpleMajority, |percent| ThresholdFormula::AtLeastPercent { percent });
        let (policy, board) = (policy(formula), board(n));
        let aside: Vec<u8> = aside.into_iter().collect();
        let found = count(&policy, &board, &Involved::default(), &aside, &votes);
        let heard = found.tally.approve + found.tally.reject + found.tally.abstain;
        prop_assert_eq!(heard + number(found.silent.len()), found.entitled, "each is heard or silent, once");
        if found.carried() {
            prop_assert!(found.tally.approve * 2 > found.entitled, "{}", found.words());
        }
        // Whoever falls silent instead of saying yes carries nothing that was not carried before.
        let fewer: Vec<(u8, Position)> = votes.iter().copied().filter(|(who, _)| *who != 1).collect();
        if !found.carried() && found.counted.get(&id(1)) == Some(&A) {
            prop_assert!(!count(&policy, &board, &Involved::default(), &aside, &fewer).carried());
        }
    }
}
