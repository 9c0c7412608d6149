use proptest::prelude::*;

use super::*;
use crate::gate::fixture::{board, id, member, roster};
use crate::roster::Role;

fn majority(casting_vote: bool) -> ThresholdRule {
    ThresholdRule { formula: ThresholdFormula::SimpleMajority, casting_vote }
}

fn percent(percent: u32) -> ThresholdRule {
    ThresholdRule { formula: ThresholdFormula::AtLeastPercent { percent }, casting_vote: true }
}

fn everybody(n: u8) -> Room {
    Room { present: (1..=n).map(id).collect(), ..Room::default() }
}

const A: Position = Position::Approve;
const R: Position = Position::Reject;
const O: Position = Position::Abstain;

fn count(rule: &ThresholdRule, n: u8, votes: &[(u8, Position)], casting: Option<Position>) -> Tally {
    let votes: Vec<_> = votes.iter().map(|(v, p)| (id(*v), *p)).collect();
    tally(rule, &board(n), &everybody(n), &BTreeMap::new(), &votes, casting)
}

#[test]
fn thresholds_are_rounded_up() {
    let simple: Vec<u32> = (0..=6).map(|n| required(ThresholdFormula::SimpleMajority, n)).collect();
    assert_eq!(simple, [1, 1, 2, 2, 3, 3, 4]);
    // ServiceNow rounds to the nearest: 50 % of 5 gives 3 there and here, 45 % of 5 gives 2 there and 3 here.
    let cases =
        [(50, 5, 3), (45, 5, 3), (50, 4, 2), (30, 5, 2), (67, 3, 3), (66, 3, 2), (100, 9, 9), (0, 9, 1), (1, 1, 1)];
    for (p, n, needed) in cases {
        assert_eq!(required(ThresholdFormula::AtLeastPercent { percent: p }, n), needed, "{p} % of {n}");
    }
}

#[test]
fn outcomes_by_rule() {
    use Outcome::{Carried, CarriedByCastingVote, NoVotes, NotCarried, Tied};
    let cases = [
        (majority(true), 3, 2, None, Carried),
        (majority(true), 2, 3, None, NotCarried),
        (majority(true), 1, 0, None, Carried),
        (majority(true), 0, 1, None, NotCarried),
        (majority(true), 0, 0, None, NoVotes),
        (majority(true), 0, 0, Some(A), NoVotes),
        (majority(true), 2, 2, None, Tied),
        (majority(true), 2, 2, Some(A), CarriedByCastingVote),
        (majority(true), 2, 2, Some(R), NotCarried),
        (majority(true), 2, 2, Some(O), Tied),
        (majority(false), 2, 2, None, NotCarried),
        (majority(false), 2, 2, Some(A), NotCarried),
        // A casting vote is for ties only.
        (majority(true), 2, 3, Some(A), NotCarried),
        (majority(true), 3, 2, Some(R), Carried),
        // At least half: a tie reaches it, and needs no casting vote.
        (percent(50), 2, 2, None, Carried),
        (percent(50), 2, 2, Some(R), Carried),
        (percent(50), 2, 3, None, NotCarried),
        // A casting vote is no vote more towards two thirds.
        (percent(67), 2, 2, Some(A), NotCarried),
        (percent(67), 2, 1, None, NotCarried),
        (percent(66), 2, 1, None, Carried),
        (percent(100), 10, 0, None, Carried),
        (percent(100), 9, 1, None, NotCarried),
        // GLPI with 0 %: any acceptance wins, else any refusal.
        (percent(0), 1, 9, None, Carried),
        (percent(0), 0, 1, None, NotCarried),
        (percent(0), 0, 0, None, NoVotes),
    ];
    for (rule, approve, reject, casting, expected) in cases {
        assert_eq!(outcome(&rule, approve, reject, casting), expected, "{rule:?} {approve}:{reject} {casting:?}");
    }
}

#[test]
fn a_refusal_of_a_unanimous_vote_is_known_at_once() {
    // GLPI left ten people under 100 % "pending" after a refusal.
    let tally = count(&percent(100), 10, &[(1, R)], None);
    assert_eq!((tally.certain, tally.outstanding.len()), (Some(false), 9));
    assert_eq!(count(&percent(100), 10, &[(1, A)], None).certain, None);
}

#[test]
fn an_outcome_is_certain_when_no_outstanding_vote_can_change_it() {
    type Case<'a> = (&'a str, ThresholdRule, &'a [(u8, Position)], Option<bool>);
    let cases: [Case<'_>; 8] = [
        ("nobody voted", majority(true), &[], None),
        ("three of five for", majority(true), &[(1, A), (2, A), (3, A)], Some(true)),
        ("two of five for", majority(true), &[(1, A), (2, A)], None),
        ("three of five against", majority(false), &[(1, R), (2, R), (3, R)], Some(false)),
        ("a tie is still possible", majority(true), &[(1, R), (2, R), (3, O)], None),
        ("a tie is lost without a casting vote", majority(false), &[(1, R), (2, R), (3, O)], Some(false)),
        ("all voted", majority(true), &[(1, A), (2, A), (3, A), (4, R), (5, R)], Some(true)),
        ("two against block 80 %", percent(80), &[(1, R), (2, R)], Some(false)),
    ];
    for (what, rule, votes, expected) in cases {
        assert_eq!(count(&rule, 5, votes, None).certain, expected, "{what}");
    }
}

#[test]
fn abstentions_are_printed_and_not_counted() {
    let tally = count(&majority(true), 5, &[(1, A), (2, O), (3, O), (4, O), (5, O)], None);
    let TallyStamp { approve, reject, abstain, required, .. } = tally.stamp.clone();
    assert_eq!((approve, reject, abstain, required), (1, 0, 4, 1));
    assert_eq!((tally.outcome, tally.advice()), (Outcome::Carried, Some(A)));
    let one = "1 approve, 0 reject, 4 abstain; simple majority of approve and reject: floor(n/2)+1; \
               the chair breaks a tie = 1 needed: carried";
    assert_eq!(tally.stamp.arithmetic_and(tally.outcome), one);
    assert_eq!(count(&majority(true), 2, &[(1, O), (2, O)], None).advice(), None);
}

#[test]
fn minutes_print_the_formula_the_counts_what_was_needed_and_what_came_of_it() {
    let votes = |approve: u8, reject: u8| -> Vec<(u8, Position)> {
        (1..=approve).map(|n| (n, A)).chain((1..=reject).map(|n| (approve + n, R))).collect()
    };
    let of = |percent: u32| format!("at least {percent} % of approve and reject: ceil({percent}·n/100)");
    let rule = |percent| ThresholdRule { casting_vote: false, ..self::percent(percent) };
    for (rule, approve, reject, printed) in [
        // One refusal decides where all must agree; GLPI left it pending.
        (rule(100), 9, 1, format!("9 approve, 1 reject, 0 abstain; {} = 10 needed: not carried", of(100))),
        (rule(100), 10, 0, format!("10 approve, 0 reject, 0 abstain; {} = 10 needed: carried", of(100))),
        // 2.25 of 5: ServiceNow rounds to the nearest, and would carry it with two.
        (rule(45), 2, 3, format!("2 approve, 3 reject, 0 abstain; {} = 3 needed: not carried", of(45))),
        (rule(45), 3, 2, format!("3 approve, 2 reject, 0 abstain; {} = 3 needed: carried", of(45))),
        // 2.5 of 5.
        (rule(50), 2, 3, format!("2 approve, 3 reject, 0 abstain; {} = 3 needed: not carried", of(50))),
        (rule(50), 0, 0, format!("0 approve, 0 reject, 0 abstain; {} = 1 needed: no votes for or against", of(50))),
    ] {
        let tally = count(&rule, 10, &votes(approve, reject), None);
        assert_eq!(tally.stamp.arithmetic_and(tally.outcome), printed);
    }
    let majority = majority(true);
    let broken = "carried by the chair's casting vote";
    for (casting, says) in [(None, "tied"), (Some(A), broken), (Some(R), "not carried")] {
        let tally = count(&majority, 4, &votes(2, 2), casting);
        let printed = tally.stamp.arithmetic_and(tally.outcome);
        assert!(printed.ends_with(&format!(" = 3 needed: {says}")), "{printed}");
    }
}

#[test]
fn the_latest_vote_of_a_voter_counts_once() {
    let tally = count(&majority(true), 3, &[(1, A), (2, A), (1, R), (1, R), (2, A)], None);
    assert_eq!((tally.stamp.approve, tally.stamp.reject), (1, 1));
    assert_eq!(tally.outcome, Outcome::Tied);
    assert_eq!(tally.outstanding, [id(3)].into());
}

#[test]
fn who_may_not_vote_is_printed_and_not_counted() {
    let mut members = board(5).members;
    members.push(member(6, &[Role::Auditor]));
    members[5].voting = false;
    let roster = roster(members);
    let room = Room { present: [1, 2, 3, 6].map(id).into(), recused: [id(2)].into(), ..Room::default() };
    let barred = BTreeMap::from([(id(3), Duty::Requester)]);
    let votes: Vec<_> = [1, 2, 3, 4, 6, 77].map(|n| (id(n), A)).into();
    let tally = tally(&majority(true), &roster, &room, &barred, &votes, None);
    assert_eq!(tally.counted.keys().collect::<Vec<_>>(), [&id(1)]);
    let why: Vec<(MemberId, String)> = tally.not_counted.iter().map(|(v, _, w)| (*v, w.words())).collect();
    let expected = [
        (2, "recused"),
        (3, "requested the change (R89)"),
        (4, "absent"),
        (6, "no voting seat"),
        (77, "not on the roster"),
    ];
    assert_eq!(why, expected.map(|(n, w)| (id(n), w.to_owned())));
    assert!(tally.outstanding.is_empty());
}

#[test]
fn a_delegate_votes_for_the_seat_and_each_person_once() {
    let mut members = board(3).members;
    members.push(member(4, &[Role::BoardMember]));
    members[3].voting = false;
    let roster = roster(members);
    let room = |present: &[u8], delegates: &[(u8, u8)]| Room {
        present: present.iter().map(|n| id(*n)).collect(),
        delegates: delegates.iter().map(|(d, s)| (id(*d), id(*s))).collect(),
        ..Room::default()
    };
    let count = |room: &Room, votes: &[u8]| {
        let votes: Vec<_> = votes.iter().map(|n| (id(*n), A)).collect();
        tally(&majority(true), &roster, room, &BTreeMap::new(), &votes, None).stamp.approve
    };
    assert_eq!(count(&room(&[1, 4], &[]), &[1, 4]), 1, "no seat, no vote");
    assert_eq!(count(&room(&[1, 4], &[(4, 2)]), &[1, 4]), 2, "the delegate votes for seat 2");
    assert_eq!(count(&room(&[1, 2, 4], &[(4, 2)]), &[1, 2, 4]), 2, "the member is back: the delegate has no seat");
    assert_eq!(count(&room(&[1, 3], &[(1, 2)]), &[1, 3]), 2, "a member with a seat votes once");
}

#[test]
fn a_delegate_of_a_recused_member_votes_but_the_member_does_not() {
    let mut members = board(3).members;
    members.push(member(4, &[Role::BoardMember]));
    members[3].voting = false;
    let room = Room { present: [1, 2, 4].map(id).into(), delegates: [(id(4), id(2))].into(), recused: [id(2)].into() };
    assert_eq!(electorate(&roster(members), &room, &BTreeMap::new()), [id(1), id(4)].into());
}

#[test]
fn formulas_are_printed() {
    assert_eq!(majority(false).words(), "simple majority of approve and reject: floor(n/2)+1");
    assert!(majority(true).words().ends_with("; the chair breaks a tie"));
    assert!(percent(60).words().starts_with("at least 60 % of approve and reject: ceil(60·n/100)"));
    assert_eq!(count(&percent(60), 3, &[(1, A)], None).stamp.formula, percent(60).words());
}

proptest! {
    #[test]
    fn one_more_approval_never_loses_and_certainty_holds(
        p in 0..=100_u32,
        casting in any::<bool>(),
        votes in prop::collection::vec((1..8_u8, 0..3_u8), 0..12),
        rest in prop::collection::vec(0..3_u8, 8),
    ) {
        let position = |n: u8| [A, R, O][usize::from(n)];
        let votes: Vec<(u8, Position)> = votes.into_iter().map(|(v, n)| (v, position(n))).collect();
        for rule in [majority(casting), ThresholdRule { casting_vote: casting, ..percent(p) }] {
            let before = count(&rule, 8, &votes, None);
            let with_one_more = [votes.clone(), vec![(8, A)]].concat();
            let after = count(&rule, 8, &with_one_more, None);
            prop_assert!(after.outcome.carried() || !before.outcome.carried());
            // Whatever the others do, a certain outcome stands.
            let others = before.outstanding.iter().zip(&rest).map(|(v, n)| {
                let voter = (1..=8).find(|i| id(*i) == *v).unwrap();
                (voter, position(*n))
            });
            let all = [votes.clone(), others.collect()].concat();
            let end = count(&rule, 8, &all, None);
            if let Some(carried) = before.certain {
                prop_assert_eq!(end.outcome.carried(), carried);
                prop_assert_ne!(end.outcome, Outcome::Tied);
            }
            prop_assert_eq!(before.counted.len() + before.outstanding.len(), 8);
        }
    }
}
