//! What comes back after the decision is kept and does not count; in whichever order it is folded.
use super::*;
use crate::risk::AnsweredAssessment;

/// An act by a member's own key, in a log of their own that had the first `had` entries of the chair's.
fn by(actor: u8, seq: u32, had: u32, body: Body) -> Predicate {
    placed(predicate(actor, Attestation::Signed, body), seq, CHAIR, had)
}

/// An entry of the chair's that had the first `had` entries of this member's.
fn by_chair(seq: u32, of: u8, had: u32, body: Body) -> Predicate {
    placed(predicate(CHAIR, Attestation::Recorded, body), seq, of, had)
}

fn placed(mut predicate: Predicate, seq: u32, of: u8, had: u32) -> Predicate {
    predicate.log.seq = seq;
    if had > 0 {
        let log = LogId { key: KeyId([of; 32]), epoch: 1 };
        predicate.log.seen.insert(log, Head { seq: had, id: EntryId([0; 32]) });
    }
    predicate
}

fn running(acts: Vec<(u8, ActKind)>) -> Body {
    Body::Running { acts: acts.into_iter().map(|(who, what)| Act { actor: id(who), at: at(10), what }).collect() }
}

fn decides(kind: DecisionKind) -> Body {
    let decision = Decision { kind, ..decision(1, key(1), 3) };
    running(vec![(CHAIR, ActKind::Decided { decision: Box::new(decision) })])
}

fn sign_off() -> Body {
    Body::SignOff(SignOffBody { item: Some(1), ..approving(Digest([7; 32])) })
}

fn assessed() -> Body {
    let assessment = AnsweredAssessment { answers: BTreeMap::new(), stamp: stamp() };
    Body::Assessment { change: key(1), assessment }
}

fn voted(position: Position) -> Body {
    Body::Vote { item: 1, position }
}

/// The entries folded in both orders that cause and effect allow where neither had the other.
fn folded(first: &Predicate, second: &Predicate) -> [Ledger; 2] {
    [[(2, first), (3, second)], [(3, second), (2, first)]].map(|entries| {
        let mut ledger = in_session();
        for (n, predicate) in entries {
            apply(&mut ledger, n, predicate);
        }
        ledger
    })
}

fn is_late(ledger: &Ledger) -> bool {
    ledger.sign_offs[&key(1)][0].late
}

#[test]
fn a_sign_off_without_which_it_was_decided_does_not_count_and_one_with_the_decision_in_hand_does() {
    for (had_by_chair, had_by_signer, late, why) in [
        (1, 0, false, "it came back before the decision"),
        (0, 3, false, "it was signed with the decision in hand"),
        (0, 1, true, "neither had the other: it came back after the decision"),
    ] {
        let decided = by_chair(3, OTHER, had_by_chair, decides(DecisionKind::Approved));
        let signed = by(OTHER, 1, had_by_signer, sign_off());
        for ledger in folded(&decided, &signed) {
            assert_eq!(is_late(&ledger), late, "{why}");
        }
    }
}

#[test]
fn what_came_too_late_for_one_decision_is_there_for_the_next() {
    let signed = by(OTHER, 1, 1, sign_off());
    for mut ledger in folded(&by_chair(3, OTHER, 0, decides(DecisionKind::Approved)), &signed) {
        assert!(is_late(&ledger));
        let touched = apply(&mut ledger, 4, &by_chair(4, OTHER, 1, decides(DecisionKind::NoDecision)));
        assert!(!is_late(&ledger), "the chair takes the decision back, and there is none to be late for");
        assert!(touched.contains(&Touched::SignOffs(key(1))), "its row is written anew");
        apply(&mut ledger, 5, &by_chair(5, OTHER, 1, decides(DecisionKind::Approved)));
        assert!(!is_late(&ledger), "decided with it in hand");
    }
}

#[test]
fn an_assessment_that_came_after_is_kept_back_from_an_approval_and_from_nothing_else() {
    for (kind, late) in [
        (DecisionKind::Approved, true),
        (DecisionKind::ApprovedWithConditions, true),
        (DecisionKind::Deferred, false),
        (DecisionKind::MoreInformation, false),
    ] {
        for ledger in folded(&by_chair(3, OTHER, 0, decides(kind)), &by(OTHER, 1, 1, assessed())) {
            assert_eq!(ledger.assessments[&key(1)][0].late, late, "{kind:?}");
        }
    }
}

#[test]
fn a_vote_without_which_it_was_decided_leaves_standing_what_was_recorded_in_the_room() {
    let spoken = |position| (OTHER, ActKind::Voted { item: 1, position });
    let decided = decision(1, key(1), 3);
    let in_the_room =
        || running(vec![spoken(Position::Approve), (CHAIR, ActKind::Decided { decision: Box::new(decided.clone()) })]);
    for (had, position, known, late) in
        [(1, Position::Reject, Attestation::Signed, false), (0, Position::Approve, Attestation::Recorded, true)]
    {
        for ledger in folded(&by_chair(3, OTHER, had, in_the_room()), &by(OTHER, 1, 1, voted(Position::Reject))) {
            let meeting = meeting(&ledger);
            let vote = &meeting.votes[&1][&id(OTHER)];
            assert_eq!((vote.position, vote.attestation), (position, known));
            assert_eq!(meeting.late_votes.contains_key(&1), late, "it is kept all the same");
        }
    }
}

#[test]
fn a_vote_without_which_the_meeting_was_closed_does_not_count() {
    let close = || Body::MeetingClosed { heads: BTreeMap::new() };
    for (had, counts) in [(1, true), (0, false)] {
        for ledger in folded(&by_chair(3, OTHER, had, close()), &by(OTHER, 1, 1, voted(Position::Reject))) {
            let meeting = meeting(&ledger);
            let stands = meeting.votes.get(&1).is_some_and(|votes| votes.contains_key(&id(OTHER)));
            assert_eq!((stands, meeting.late_votes.contains_key(&1)), (counts, !counts));
        }
    }
}
