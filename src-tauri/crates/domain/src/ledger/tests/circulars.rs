//! What a circular takes: members' own votes in time, and a decision that says what they came to.
use super::*;
use crate::change::ChangeKind;
use crate::circular::{Ratification, resolution, tests::body};

fn opened() -> Ledger {
    let mut ledger = Ledger::default();
    let touched = apply(&mut ledger, 1, &predicate(CHAIR, Attestation::Signed, Body::CircularOpened(body())));
    assert_eq!(touched, [Touched::Meeting(meeting_id())]);
    ledger
}

fn vote(who: u8, position: Position) -> Predicate {
    predicate(who, Attestation::Signed, Body::Vote { item: 1, position })
}

/// What the chair says of these answers, with the true numbers.
fn told(kind: DecisionKind, votes: &[(u8, Position)]) -> Decision {
    let votes: Vec<_> = votes.iter().map(|(who, position)| (id(*who), *position)).collect();
    let policy = Policy::built_in(Strength::Starter);
    let found = resolution(&policy, &board(3), ("CHG", &Involved::default()), &BTreeSet::new(), &votes);
    let (quorum, tally) = (found.quorum, Some(found.tally));
    let told = Decision { kind, basis: Basis::CircularResolution, quorum, tally, ..decision(1, key(1), 0) };
    Decision { brief: Brief { kind: Some(ChangeKind::Emergency), ..told.brief.clone() }, ..told }
}

/// The chair's entry that ends it, with these members' first entries in hand.
fn ends(decision: Decision, had: &[u8]) -> Predicate {
    let what = ActKind::Decided { decision: Box::new(decision) };
    let acts = vec![Act { actor: id(CHAIR), at: at(10), what }];
    let mut predicate = predicate(CHAIR, Attestation::Recorded, Body::Running { acts });
    predicate.log.seq = 2;
    for who in had {
        let log = LogId { key: KeyId([*who; 32]), epoch: 1 };
        predicate.log.seen.insert(log, Head { seq: 1, id: EntryId([0; 32]) });
    }
    predicate
}

fn condition(when: ConditionTime) -> Condition {
    let text = |s: &str| s.to_owned();
    Condition {
        id: ConditionId(uuid::Uuid::from_u128(5)),
        text: text("Watch"),
        owner: text("Tom"),
        due: text(""),
        when,
    }
}

/// Folds it by the rules in force.
fn by_rules(ledger: &mut Ledger, n: u8, predicate: &Predicate) {
    let (roster, policy) = (board(3), Policy::built_in(Strength::Starter));
    let rules = Some(Rules { roster: &roster, policy: &policy });
    ledger.apply(Verified { id: EntryId([n; 32]), subject: Digest([1; 32]), predicate, rules });
}

fn asked(ledger: &Ledger) -> &Meeting {
    &ledger.meetings[&meeting_id()]
}

const YES: Position = Position::Approve;

#[test]
fn it_is_carried_by_the_answers_that_the_chair_had_and_by_nothing_else() {
    let two: &[(u8, Position)] = &[(OTHER, YES), (THIRD, YES)];
    let one: &[(u8, Position)] = &[(OTHER, YES)];
    let (approved, with) = (DecisionKind::Approved, DecisionKind::ApprovedWithConditions);
    let brief = told(approved, two).brief;
    for (decision, had, carried, why) in [
        (told(approved, two), &[OTHER, THIRD][..], true, "two of three"),
        (told(approved, one), &[OTHER, THIRD], false, "the numbers of another count"),
        (told(approved, two), &[OTHER], false, "the chair had one of them only"),
        (told(approved, one), &[OTHER], false, "one of three is no majority"),
        (Decision { basis: Basis::Vote, ..told(approved, two) }, &[OTHER, THIRD], false, "it is no vote in a room"),
        (Decision { content: Digest([8; 32]), ..told(approved, two) }, &[OTHER, THIRD], false, "another content"),
        (told(DecisionKind::Rejected, two), &[OTHER, THIRD], false, "a circular rejects nothing"),
        (told(with, two), &[OTHER, THIRD], false, "with conditions, and there are none"),
        (
            Decision { conditions: vec![condition(ConditionTime::Before)], ..told(with, two) },
            &[OTHER, THIRD],
            false,
            "nor does it set conditions of its own",
        ),
        (
            Decision { conditions: vec![condition(ConditionTime::After)], ..told(approved, two) },
            &[OTHER, THIRD],
            false,
            "approved without conditions has none",
        ),
        (
            Decision { conditions: vec![condition(ConditionTime::After)], ..told(with, two) },
            &[OTHER, THIRD],
            true,
            "the care after a deployment is the policy's",
        ),
        (
            Decision { brief: Brief { kind: Some(ChangeKind::Normal), ..brief }, ..told(approved, two) },
            &[OTHER, THIRD],
            false,
            "the policy lets emergencies alone be decided so",
        ),
    ] {
        let mut ledger = opened();
        by_rules(&mut ledger, 2, &vote(OTHER, YES));
        by_rules(&mut ledger, 3, &vote(THIRD, YES));
        by_rules(&mut ledger, 4, &ends(decision, had));
        let approves = ledger.decision(&key(1)).is_some_and(|d| d.decision.kind.approves());
        assert_eq!(approves, carried, "{why}");
    }
}

#[test]
fn the_care_after_a_deployment_that_a_circular_carries_is_open_from_its_end_and_holds_nothing_up() {
    let two: &[(u8, Position)] = &[(OTHER, YES), (THIRD, YES)];
    let with = DecisionKind::ApprovedWithConditions;
    let of = |when: ConditionTime| Decision { conditions: vec![condition(when)], ..told(with, two) };
    for (decision, had, owed) in [
        (of(ConditionTime::After), &[OTHER, THIRD][..], true),
        // Nothing took effect, so nothing is owed.
        (of(ConditionTime::After), &[OTHER], false),
        (of(ConditionTime::Before), &[OTHER, THIRD], false),
        (Decision { kind: DecisionKind::NoDecision, ..of(ConditionTime::After) }, &[OTHER, THIRD], false),
    ] {
        let mut ledger = opened();
        by_rules(&mut ledger, 2, &vote(OTHER, YES));
        by_rules(&mut ledger, 3, &vote(THIRD, YES));
        assert!(ledger.conditions.is_empty(), "nothing is owed before it ends");
        by_rules(&mut ledger, 4, &ends(decision, had));
        assert_eq!(ledger.conditions.len(), usize::from(owed));
        assert!(ledger.open_before(&key(1)).is_empty(), "it holds up nothing");
        let Some((id, state)) = ledger.conditions.first_key_value() else { continue };
        assert_eq!((state.opened, state.void, state.met.is_some()), (EntryId([4; 32]), false, false));
        let met = Body::ConditionMet { condition: *id, note: "Two quiet days".to_owned() };
        by_rules(&mut ledger, 5, &predicate(OTHER, Attestation::Recorded, met));
        let met = ledger.conditions.values().next().and_then(|state| state.met.clone());
        assert_eq!(met, Some((EntryId([5; 32]), "Two quiet days".to_owned())));
    }
}

#[test]
fn by_rules_that_are_not_at_hand_nothing_is_carried() {
    let mut ledger = opened();
    by_rules(&mut ledger, 2, &vote(OTHER, YES));
    by_rules(&mut ledger, 3, &vote(THIRD, YES));
    let yes = [(OTHER, YES), (THIRD, YES)];
    apply(&mut ledger, 4, &ends(told(DecisionKind::Approved, &yes), &[OTHER, THIRD]));
    assert!(ledger.decision(&key(1)).is_none());
}

#[test]
fn what_a_meeting_decided_since_the_question_was_put_no_circular_decides_again() {
    let fourth = 4;
    let before = |mut told: Predicate| {
        let log = LogId { key: KeyId([fourth; 32]), epoch: 1 };
        told.log.seen.insert(log, Head { seq: 1, id: EntryId([0; 32]) });
        told
    };
    for (kind, opened_after, had, carried, why) in [
        (DecisionKind::Rejected, false, &[OTHER, THIRD, fourth][..], false, "a meeting rejected it"),
        (DecisionKind::ApprovedWithConditions, false, &[OTHER, THIRD, fourth], false, "a meeting set conditions"),
        (DecisionKind::NoDecision, false, &[OTHER, THIRD, fourth], true, "no meeting decided"),
        (DecisionKind::Deferred, true, &[OTHER, THIRD, fourth], true, "it was deferred before the question was put"),
        (DecisionKind::Rejected, false, &[OTHER, THIRD], true, "the chair had not heard of it, and the newest counts"),
    ] {
        let mut ledger = Ledger::default();
        by_rules(&mut ledger, 9, &vote(fourth, YES));
        let question = predicate(CHAIR, Attestation::Signed, Body::CircularOpened(body()));
        by_rules(&mut ledger, 1, &if opened_after { before(question) } else { question });
        let decision = Decision { kind, ..decision(1, key(1), 3) };
        let (entry, meeting) = (EntryId([9; 32]), MeetingId(uuid::Uuid::from_u128(10)));
        ledger.decisions.insert(key(1), vec![RecordedDecision { entry, meeting, at: at(8), decision }]);
        by_rules(&mut ledger, 2, &vote(OTHER, YES));
        by_rules(&mut ledger, 3, &vote(THIRD, YES));
        let yes = [(OTHER, YES), (THIRD, YES)];
        by_rules(&mut ledger, 4, &ends(told(DecisionKind::Approved, &yes), had));
        let newest = ledger.decisions[&key(1)].last().expect("there is one");
        assert_eq!(newest.decision.basis == Basis::CircularResolution, carried, "{why}");
        let beside = ledger.decided_beside(&key(1), asked(&ledger)).is_some();
        assert_eq!(beside, !opened_after && kind != DecisionKind::NoDecision, "{why}");
    }
}

#[test]
fn stepping_aside_a_second_time_undoes_nothing_of_what_was_decided() {
    let aside =
        vec![Act { actor: id(OTHER), at: at(9), what: ActKind::Recused { item: 1, reason: "mine".to_owned() } }];
    let mut ledger = opened();
    let first = predicate(OTHER, Attestation::Signed, Body::Running { acts: aside });
    let mut second = first.clone();
    second.log.seq = 2;
    by_rules(&mut ledger, 2, &first);
    by_rules(&mut ledger, 3, &second);
    by_rules(&mut ledger, 5, &vote(THIRD, YES));
    by_rules(&mut ledger, 6, &vote(CHAIR, YES));
    let votes = [(id(THIRD), YES), (id(CHAIR), YES)];
    let policy = Policy::built_in(Strength::Starter);
    let found = resolution(&policy, &board(3), ("CHG", &Involved::default()), &BTreeSet::from([id(OTHER)]), &votes);
    let decision = Decision { quorum: found.quorum, tally: Some(found.tally), ..told(DecisionKind::Approved, &[]) };
    by_rules(&mut ledger, 7, &ends(decision, &[OTHER, THIRD]));
    assert!(ledger.decision(&key(1)).is_some_and(|d| d.decision.kind.approves()), "the chair had the first of them");
}

#[test]
fn silence_ends_without_a_decision_and_nothing_is_approved() {
    let mut ledger = opened();
    by_rules(&mut ledger, 2, &vote(OTHER, YES));
    by_rules(&mut ledger, 3, &ends(told(DecisionKind::NoDecision, &[(OTHER, YES)]), &[OTHER]));
    assert_eq!(ledger.decision(&key(1)).map(|d| d.decision.kind), Some(DecisionKind::NoDecision));
    assert!(ledger.resolved(&key(1)).is_none() && ledger.to_be_ratified().is_empty(), "nothing waits to be ratified");
}

#[test]
fn what_comes_after_the_closing_time_or_the_end_is_kept_and_counts_for_nothing() {
    let mut ledger = opened();
    let mut late = vote(OTHER, YES);
    late.time.claimed = at(13);
    by_rules(&mut ledger, 2, &late);
    assert!(asked(&ledger).answers().is_empty());
    assert!(asked(&ledger).late_votes[&1].contains_key(&id(OTHER)), "it is kept");

    let mut ledger = opened();
    by_rules(&mut ledger, 2, &vote(OTHER, YES));
    by_rules(&mut ledger, 3, &vote(CHAIR, YES));
    let yes = [(OTHER, YES), (CHAIR, YES)];
    by_rules(&mut ledger, 4, &ends(told(DecisionKind::Approved, &yes), &[OTHER]));
    by_rules(&mut ledger, 5, &vote(THIRD, Position::Reject));
    assert!(ledger.decision(&key(1)).is_some_and(|d| d.decision.kind.approves()), "it was decided");
    assert_eq!(asked(&ledger).answers().len(), 2);
    assert!(asked(&ledger).late_votes[&1].contains_key(&id(THIRD)));
}

#[test]
fn only_a_vote_on_this_very_question_counts() {
    let mut ledger = opened();
    let mut other = vote(OTHER, YES);
    other.meeting = Some(MeetingRef { id: meeting_id(), agenda: Digest([2; 32]) });
    by_rules(&mut ledger, 2, &other);
    assert!(asked(&ledger).answers().is_empty() && asked(&ledger).late_votes.is_empty());
    let spoken = vec![(OTHER, ActKind::Voted { item: 1, position: YES })];
    run(&mut ledger, 3, CHAIR, Attestation::Recorded, spoken);
    assert!(asked(&ledger).answers().is_empty(), "nobody's word stands for a member's own key");
}

#[test]
fn a_member_steps_aside_by_the_own_key_alone() {
    let aside = |who| vec![(who, ActKind::Recused { item: 1, reason: "mine".to_owned() })];
    for (keeper, attestation, who, counts) in [
        (OTHER, Attestation::Signed, OTHER, true),
        (OTHER, Attestation::Recorded, OTHER, false),
        (CHAIR, Attestation::Recorded, OTHER, false),
        (CHAIR, Attestation::Signed, OTHER, false),
    ] {
        let mut ledger = opened();
        by_rules(&mut ledger, 2, &vote(OTHER, YES));
        run(&mut ledger, 3, keeper, attestation, aside(who));
        assert_eq!(asked(&ledger).answers().is_empty(), counts, "{keeper} {attestation:?}");
    }
}

#[test]
fn no_meeting_says_that_it_was_resolved_in_writing() {
    let mut ledger = in_session();
    let decision = Decision { basis: Basis::CircularResolution, ..decision(1, key(1), 3) };
    let what = ActKind::Decided { decision: Box::new(decision) };
    run(&mut ledger, 2, CHAIR, Attestation::Recorded, vec![(CHAIR, what)]);
    assert!(ledger.decision(&key(1)).is_none());
}

#[test]
fn the_first_meeting_that_decides_ratifies_it_or_does_not() {
    let next = MeetingId(uuid::Uuid::from_u128(10));
    let later = MeetingId(uuid::Uuid::from_u128(11));
    for (words, wanted) in [
        (vec![], Ratification::Awaited),
        (vec![(next, DecisionKind::NoDecision)], Ratification::Awaited),
        (vec![(next, DecisionKind::Approved)], Ratification::Ratified(next)),
        (vec![(next, DecisionKind::ApprovedWithConditions)], Ratification::Ratified(next)),
        (vec![(next, DecisionKind::Rejected)], Ratification::NotRatified(next, DecisionKind::Rejected)),
        (
            vec![(next, DecisionKind::Approved), (next, DecisionKind::Deferred)],
            Ratification::NotRatified(next, DecisionKind::Deferred),
        ),
        (vec![(next, DecisionKind::NoDecision), (later, DecisionKind::Approved)], Ratification::Ratified(later)),
        (vec![(next, DecisionKind::Approved), (later, DecisionKind::Rejected)], Ratification::Ratified(next)),
    ] {
        let mut ledger = opened();
        by_rules(&mut ledger, 2, &vote(OTHER, YES));
        by_rules(&mut ledger, 3, &vote(THIRD, YES));
        let yes = [(OTHER, YES), (THIRD, YES)];
        by_rules(&mut ledger, 4, &ends(told(DecisionKind::Approved, &yes), &[OTHER, THIRD]));
        for (n, (meeting, kind)) in (5_u8..).zip(&words) {
            let decision = Decision { kind: *kind, ..decision(1, key(1), 3) };
            let recorded = RecordedDecision { entry: EntryId([n; 32]), meeting: *meeting, at: at(11), decision };
            ledger.decisions.get_mut(&key(1)).expect("decided").push(recorded);
        }
        assert_eq!(ledger.resolved(&key(1)).map(|(_, then)| then), Some(wanted), "{words:?}");
        assert_eq!(ledger.to_be_ratified().len(), usize::from(wanted == Ratification::Awaited));
    }
}
