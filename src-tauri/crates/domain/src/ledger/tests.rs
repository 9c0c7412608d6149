//! What an entry can and cannot do to the state, however it was signed.
use std::collections::BTreeMap;

use super::*;
use crate::entry::{
    Act, ActKind, Auth, ClaimedTime, Head, Involved, LogPosition, MeetingRef, RosterRef, SignOffBody, Verdict,
};
use crate::gate::fixture::{at, board, id};
use crate::ids::{BoardId, KeyId, LogId};
use crate::meeting::{
    Agenda, AgendaGroup, AgendaItem, Basis, Brief, Condition, ConditionTime, Decision, Position, QuorumStamp,
};
use crate::policy::{Slot, Strength};
use crate::risk::{Facts, RiskLevel, RiskStamp};
use crate::roster::Role;

mod answers;
mod breaches;
mod circulars;
mod consents;
mod corrections;
mod countersigned;
mod delegated;
mod dispensations;
mod disposals;
mod edits;
mod emergencies;
mod late;
mod seats;

const CHAIR: u8 = 1;
const OTHER: u8 = 2;
const THIRD: u8 = 3;
const SECRETARY: u8 = 4;

fn meeting_id() -> MeetingId {
    MeetingId(uuid::Uuid::from_u128(9))
}

fn predicate(actor: u8, attestation: Attestation, body: Body) -> Predicate {
    Predicate {
        board: BoardId(uuid::Uuid::from_u128(1)),
        actor: id(actor),
        recorder: KeyId([actor; 32]),
        attestation,
        auth: Auth::Device,
        keystore: "memory".to_owned(),
        meaning: "a test".to_owned(),
        role: None,
        policy: Digest([0; 32]),
        roster: RosterRef { version: 1, digest: Digest([0; 32]) },
        meeting: Some(MeetingRef { id: meeting_id(), agenda: Digest([1; 32]) }),
        log: LogPosition { id: LogId { key: KeyId([actor; 32]), epoch: 1 }, seq: 1, prev: None, seen: BTreeMap::new() },
        time: ClaimedTime { claimed: at(9) },
        app: "cabinet/test".to_owned(),
        body,
    }
}

/// Written by somebody who had what the chair wrote.
fn decided_before(mut predicate: Predicate) -> Predicate {
    let log = LogId { key: KeyId([CHAIR; 32]), epoch: 1 };
    predicate.log.seen.insert(log, Head { seq: 1, id: EntryId([0; 32]) });
    predicate
}

fn key(n: u32) -> ChangeKey {
    ChangeKey::new("CHG", n)
}

fn stamp() -> RiskStamp {
    RiskStamp {
        model: "points-100/1".to_owned(),
        model_digest: Digest([0; 32]),
        answers: Digest([0; 32]),
        score: 8,
        level: RiskLevel::Low,
        assumed: 0,
        facts: Facts::default(),
    }
}

fn decision(item: u32, change: ChangeKey, present: u32) -> Decision {
    Decision {
        item,
        change,
        kind: DecisionKind::Approved,
        basis: Basis::Vote,
        rationale: String::new(),
        conditions: Vec::new(),
        deferred_to: String::new(),
        quorum: QuorumStamp {
            formula: "strict majority".to_owned(),
            seats: 3,
            present,
            required: 2,
            missing_mandatory: Vec::new(),
        },
        tally: None,
        content: Digest([7; 32]),
        risk: stamp(),
        brief: Brief {
            kind: None,
            window: None,
            heaviest: Vec::new(),
            floors: Vec::new(),
            gates: Vec::new(),
            gates_passed: 0,
            plan_review: String::new(),
        },
    }
}

/// A ledger with a meeting of two items in session.
fn in_session() -> Ledger {
    let item = |number: u32| AgendaItem {
        number,
        change: key(number),
        title: format!("Change {number}"),
        group: AgendaGroup::Medium,
        level: Some(RiskLevel::Medium),
        minutes: 3,
        content: Digest([7; 32]),
        material_attachments: Vec::new(),
        release: None,
        restricted: None,
    };
    let agenda = Agenda {
        meeting: meeting_id(),
        title: "Weekly".to_owned(),
        place: "Room".to_owned(),
        zone: "UTC".to_owned(),
        called: at(9),
        chair: id(CHAIR),
        secretary: id(SECRETARY),
        items: vec![item(1), item(2)],
    };
    let mut ledger = Ledger::default();
    apply(&mut ledger, 1, &predicate(CHAIR, Attestation::Recorded, Body::AgendaFrozen { agenda }));
    ledger
}

fn apply(ledger: &mut Ledger, n: u8, predicate: &Predicate) -> Vec<Touched> {
    ledger.apply(Verified { id: EntryId([n; 32]), subject: Digest([1; 32]), predicate, rules: None })
}

fn run(ledger: &mut Ledger, n: u8, keeper: u8, attestation: Attestation, acts: Vec<(u8, ActKind)>) -> Vec<Touched> {
    let acts = acts.into_iter().map(|(who, what)| Act { actor: id(who), at: at(10), what }).collect();
    apply(ledger, n, &predicate(keeper, attestation, Body::Running { acts }))
}

fn decided(item: u32, change: ChangeKey, present: u32) -> ActKind {
    ActKind::Decided { decision: Box::new(decision(item, change, present)) }
}

/// A sign-off that approves the first change with this content.
fn approving(content: Digest) -> SignOffBody {
    SignOffBody {
        change: key(1),
        item: None,
        verdict: Verdict::Approve,
        reason: String::new(),
        sections: BTreeMap::new(),
        content,
        involved: Involved::default(),
        risk: stamp(),
        written: None,
    }
}

fn meeting(ledger: &Ledger) -> &Meeting {
    ledger.meetings.get(&meeting_id()).expect("in session")
}

#[test]
fn what_is_assessed_after_an_approval_lowers_nothing_of_how_a_sign_off_must_be_known() {
    use Attestation::{Confirmed, Written};
    use DecisionKind::{Approved, ApprovedWithConditions, Deferred, Rejected};
    use RiskLevel::{High, Low, Medium};
    let full = Policy::built_in(Strength::Full);
    let decide = |ledger: &mut Ledger, n: u8, kind: DecisionKind, level: RiskLevel| {
        let mut said = decision(1, key(1), 3);
        (said.kind, said.risk.level) = (kind, level);
        run(ledger, n, CHAIR, Attestation::Signed, vec![(CHAIR, ActKind::Decided { decision: Box::new(said) })]);
    };
    for (kind, at, newest, binding, least) in [
        (Approved, High, Low, High, Confirmed),
        (ApprovedWithConditions, High, Medium, High, Confirmed),
        (Approved, High, High, High, Confirmed),
        (Approved, Low, High, High, Confirmed),
        (Approved, Medium, Low, Medium, Written),
        (Approved, Low, Low, Low, Written),
        // Nothing was approved at that level: whatever comes is decided at its own.
        (Deferred, High, Low, Low, Written),
        (Rejected, High, Low, Low, Written),
    ] {
        let mut ledger = in_session();
        decide(&mut ledger, 2, kind, at);
        assert!(ledger.decision(&key(1)).is_some(), "decided");
        let found = (ledger.binding_level(&key(1), newest), ledger.least(&full, &key(1), newest));
        assert_eq!(found, (binding, least), "{kind:?} at {at:?}, {newest:?} since");
        assert_eq!(ledger.least(&full, &key(2), newest), full.least(Slot::SignOff, newest), "another change");
    }
    let mut ledger = in_session();
    decide(&mut ledger, 2, Approved, High);
    decide(&mut ledger, 3, Approved, Low);
    assert_eq!(ledger.least(&full, &key(1), Low), Written, "the board decided anew");
}

#[test]
fn a_written_sign_off_does_not_carry_what_was_decided_higher_however_low_it_is_assessed_since() {
    use Attestation::{Signed, Written};
    use RiskLevel::{High, Low, Medium};
    use Standing::{Approved, AwaitingSignOff};
    use Strength::{Full, Starter};
    const DECIDED: Digest = Digest([7; 32]);
    let board = crate::gate::fixture::roster(vec![
        crate::gate::fixture::member(CHAIR, &[Role::Chair]),
        crate::gate::fixture::member(OTHER, &[Role::Cto]),
    ]);
    for (strength, decided_at, known, wanted) in [
        (Full, High, Written, AwaitingSignOff),
        (Full, High, Signed, Approved),
        (Full, Medium, Written, Approved),
        (Starter, High, Written, Approved),
    ] {
        let mut ledger = in_session();
        let mut said = decision(1, key(1), 3);
        said.risk.level = decided_at;
        run(&mut ledger, 2, CHAIR, Signed, vec![(CHAIR, ActKind::Decided { decision: Box::new(said) })]);
        let signed = predicate(OTHER, known, Body::SignOff(approving(DECIDED)));
        apply(&mut ledger, 3, &decided_before(Predicate { role: Some(Role::Cto), ..signed }));
        let now = ledger.present(&key(1), DECIDED, Low);
        let least = ledger.least(&Policy::built_in(strength), &key(1), now.level);
        let stands = ledger.standing(&board, &key(1), &now, least);
        assert_eq!(stands, wanted, "{strength:?}, decided at {decided_at:?}, {known:?}");
    }
}

#[test]
fn only_who_keeps_the_meeting_writes_its_running_record() {
    let mut ledger = in_session();
    let touched = run(&mut ledger, 2, OTHER, Attestation::Signed, vec![(CHAIR, decided(1, key(1), 3))]);
    assert!(touched.is_empty(), "another member's running record changes nothing");
    assert!(ledger.decision(&key(1)).is_none());
}

#[test]
fn somebody_elses_act_is_never_better_known_than_recorded() {
    let mut ledger = in_session();
    let vote = |p| ActKind::Voted { item: 1, position: p };
    run(
        &mut ledger,
        2,
        CHAIR,
        Attestation::Signed,
        vec![(OTHER, vote(Position::Approve)), (CHAIR, vote(Position::Reject))],
    );
    let votes = &meeting(&ledger).votes[&1];
    assert_eq!(votes[&id(OTHER)].attestation, Attestation::Recorded, "on the recorder's word");
    assert_eq!(votes[&id(CHAIR)].attestation, Attestation::Signed, "one's own");
}

#[test]
fn a_members_own_signed_vote_is_not_overwritten_by_the_record() {
    let mut ledger = in_session();
    let own = Body::Vote { item: 1, position: Position::Reject };
    apply(&mut ledger, 2, &predicate(OTHER, Attestation::Signed, own));
    let spoken = ActKind::Voted { item: 1, position: Position::Approve };
    run(&mut ledger, 3, CHAIR, Attestation::Recorded, vec![(OTHER, spoken)]);
    assert_eq!(meeting(&ledger).votes[&1][&id(OTHER)].position, Position::Reject);
}

#[test]
fn a_quorum_that_only_the_decision_claims_decides_nothing() {
    let (roster, policy) = (board(3), Policy::built_in(Strength::Starter));
    let arrived = |who: u8| (who, ActKind::Arrived { delegate_for: None });
    for (there, counts) in [(vec![CHAIR], false), (vec![CHAIR, OTHER], true)] {
        let mut ledger = in_session();
        let acts: Vec<(u8, ActKind)> =
            there.iter().copied().map(arrived).chain([(CHAIR, decided(1, key(1), 3))]).collect();
        let acts = acts.into_iter().map(|(who, what)| Act { actor: id(who), at: at(10), what }).collect();
        let predicate = predicate(CHAIR, Attestation::Recorded, Body::Running { acts });
        let rules = Some(Rules { roster: &roster, policy: &policy });
        ledger.apply(Verified { id: EntryId([2; 32]), subject: Digest([1; 32]), predicate: &predicate, rules });
        assert_eq!(ledger.decision(&key(1)).is_some(), counts, "it says 3 of 3, {there:?} were there");
    }
}

#[test]
fn a_decision_counts_only_from_the_chair_about_its_own_item_with_a_quorum() {
    for (who, item, change, present, counts, why) in [
        (CHAIR, 1, key(1), 2, true, "the chair, its own item, quorum"),
        (OTHER, 1, key(1), 2, false, "not the chair"),
        (CHAIR, 1, key(2), 2, false, "another change under this item's number"),
        (CHAIR, 3, key(3), 2, false, "no such item"),
        (CHAIR, 1, key(1), 1, false, "short of quorum by its own numbers (R30)"),
    ] {
        let mut ledger = in_session();
        run(&mut ledger, 2, CHAIR, Attestation::Recorded, vec![(who, decided(item, change.clone(), present))]);
        assert_eq!(ledger.decision(&change).is_some(), counts, "{why}");
    }
}

#[test]
fn only_who_keeps_the_meeting_closes_it_and_nothing_follows_the_close() {
    let mut ledger = in_session();
    let close = || Body::MeetingClosed { heads: BTreeMap::new() };
    apply(&mut ledger, 2, &predicate(OTHER, Attestation::Recorded, close()));
    assert!(meeting(&ledger).closed.is_none(), "another member cannot close it");
    apply(&mut ledger, 3, &predicate(CHAIR, Attestation::Recorded, close()));
    assert!(meeting(&ledger).closed.is_some());
    run(&mut ledger, 4, CHAIR, Attestation::Recorded, vec![(CHAIR, decided(1, key(1), 3))]);
    assert!(ledger.decision(&key(1)).is_none(), "closed is closed");
}

#[test]
fn an_agenda_is_frozen_once() {
    let mut ledger = in_session();
    let mut other = meeting(&ledger).agenda.clone();
    other.items.clear();
    apply(&mut ledger, 2, &predicate(CHAIR, Attestation::Recorded, Body::AgendaFrozen { agenda: other }));
    assert_eq!(meeting(&ledger).agenda.items.len(), 2, "a second freeze changes nothing");
}

#[test]
fn a_superseding_decision_voids_open_conditions_and_erases_nothing() {
    let mut ledger = in_session();
    let condition = ConditionId(uuid::Uuid::from_u128(4));
    let mut first = decision(1, key(1), 3);
    first.kind = DecisionKind::ApprovedWithConditions;
    first.conditions.push(Condition {
        id: condition,
        text: "Rehearse".to_owned(),
        owner: "Ops".to_owned(),
        due: String::new(),
        when: ConditionTime::Before,
    });
    let act = ActKind::Decided { decision: Box::new(first) };
    run(&mut ledger, 2, CHAIR, Attestation::Recorded, vec![(CHAIR, act)]);
    assert_eq!(ledger.open_before(&key(1)).len(), 1);
    run(&mut ledger, 3, CHAIR, Attestation::Recorded, vec![(CHAIR, decided(1, key(1), 3))]);
    assert!(ledger.open_before(&key(1)).is_empty(), "what was superseded binds nobody");
    assert_eq!(ledger.decisions[&key(1)].len(), 2, "both stay in the record");
    assert_eq!(meeting(&ledger).superseded.len(), 1);
}

#[test]
fn a_witness_must_have_been_there_and_cannot_vouch_for_the_own_word() {
    let witness = || Body::Witness { entries: vec![EntryId([2; 32])] };
    let arrived = |n| (n, ActKind::Arrived { delegate_for: None });
    for (keeper, who, raises, why) in [
        (CHAIR, OTHER, true, "was there"),
        (CHAIR, THIRD, false, "came later"),
        (CHAIR, CHAIR, false, "vouches for the own word"),
        (SECRETARY, SECRETARY, false, "vouches for the own word"),
        (SECRETARY, CHAIR, true, "vouches for the secretary's"),
    ] {
        let mut ledger = in_session();
        let here = vec![arrived(CHAIR), arrived(OTHER), arrived(SECRETARY)];
        run(&mut ledger, 2, keeper, Attestation::Recorded, here);
        run(&mut ledger, 3, CHAIR, Attestation::Recorded, vec![arrived(THIRD)]);
        apply(&mut ledger, 4, &predicate(who, Attestation::Signed, witness()));
        let level = meeting(&ledger).running[&EntryId([2; 32])].attestation;
        assert_eq!(level == Attestation::Witnessed, raises, "{why}");
    }
}

#[test]
fn of_spoken_votes_the_latest_counts_even_if_the_earlier_was_witnessed() {
    let mut ledger = in_session();
    let spoken = |position| (OTHER, ActKind::Voted { item: 1, position });
    let arrived = (SECRETARY, ActKind::Arrived { delegate_for: None });
    run(&mut ledger, 2, CHAIR, Attestation::Recorded, vec![arrived, spoken(Position::Approve)]);
    let witness = Body::Witness { entries: vec![EntryId([2; 32])] };
    apply(&mut ledger, 3, &predicate(SECRETARY, Attestation::Signed, witness));
    assert_eq!(meeting(&ledger).votes[&1][&id(OTHER)].attestation, Attestation::Witnessed);
    run(&mut ledger, 4, CHAIR, Attestation::Recorded, vec![spoken(Position::Reject)]);
    let vote = &meeting(&ledger).votes[&1][&id(OTHER)];
    assert_eq!((vote.position, vote.attestation), (Position::Reject, Attestation::Recorded));
}

#[test]
fn confirming_one_of_two_votes_in_an_entry_does_not_confirm_the_other() {
    let mut ledger = in_session();
    let spoken = |position| (OTHER, ActKind::Voted { item: 1, position });
    run(&mut ledger, 2, CHAIR, Attestation::Recorded, vec![spoken(Position::Approve), spoken(Position::Reject)]);
    let act = |n| crate::entry::ActRef { entry: EntryId([2; 32]), act: Some(n) };
    let affirmed = |confirmed, contested| Body::Affirmation { confirmed, contested, seats: Vec::new() };
    let contest = crate::entry::Contest { act: act(1), reason: "I was for it".to_owned() };
    apply(&mut ledger, 3, &predicate(OTHER, Attestation::Signed, affirmed(vec![act(0)], vec![contest])));
    let vote = &meeting(&ledger).votes[&1][&id(OTHER)];
    assert_eq!(
        (vote.position, vote.attestation),
        (Position::Reject, Attestation::Recorded),
        "contested, not confirmed"
    );
}

#[test]
fn a_meeting_that_skips_the_item_leaves_the_earlier_decision_in_force() {
    let mut ledger = in_session();
    let decided = |kind| {
        let decision = Decision { kind, ..decision(1, key(1), 3) };
        (CHAIR, ActKind::Decided { decision: Box::new(decision) })
    };
    run(&mut ledger, 2, CHAIR, Attestation::Recorded, vec![decided(DecisionKind::Approved)]);
    apply(&mut ledger, 3, &predicate(CHAIR, Attestation::Recorded, Body::MeetingClosed { heads: BTreeMap::new() }));
    let mut second = meeting(&ledger).agenda.clone();
    second.meeting = MeetingId(uuid::Uuid::from_u128(10));
    let frozen = Body::AgendaFrozen { agenda: second };
    let in_second = |body| {
        let mut predicate = predicate(CHAIR, Attestation::Recorded, body);
        predicate.meeting.as_mut().expect("set").id = MeetingId(uuid::Uuid::from_u128(10));
        predicate
    };
    apply(&mut ledger, 4, &in_second(frozen));
    let act = |(who, what)| Act { actor: id(who), at: at(11), what };
    let skipped = Body::Running { acts: vec![act(decided(DecisionKind::NoDecision))] };
    apply(&mut ledger, 5, &in_second(skipped));
    let in_force = ledger.decision(&key(1)).expect("decided");
    assert_eq!(in_force.decision.kind, DecisionKind::Approved);
    let taken_back =
        Body::Running { acts: vec![act(decided(DecisionKind::Rejected)), act(decided(DecisionKind::NoDecision))] };
    apply(&mut ledger, 6, &in_second(taken_back));
    assert_eq!(ledger.decision(&key(1)).expect("decided").decision.kind, DecisionKind::Approved, "taken back at once");
}

#[test]
fn a_sign_off_recorded_for_somebody_is_confirmed_or_disowned_by_them_alone() {
    let by = |who, confirmed: bool| {
        let at = crate::entry::ActRef { entry: EntryId([2; 32]), act: None };
        let contest = crate::entry::Contest { act: at, reason: "never said so".to_owned() };
        let body = if confirmed {
            Body::Affirmation { confirmed: vec![at], contested: Vec::new(), seats: Vec::new() }
        } else {
            Body::Affirmation { confirmed: Vec::new(), contested: vec![contest], seats: Vec::new() }
        };
        predicate(who, Attestation::Signed, body)
    };
    let body = approving(Digest([7; 32]));
    for (who, confirmed, level, stands) in [
        (OTHER, true, Attestation::Confirmed, true),
        (OTHER, false, Attestation::Recorded, false),
        (THIRD, true, Attestation::Recorded, true),
        (THIRD, false, Attestation::Recorded, true),
    ] {
        let mut ledger = in_session();
        apply(&mut ledger, 2, &predicate(OTHER, Attestation::Recorded, Body::SignOff(body.clone())));
        apply(&mut ledger, 3, &by(who, confirmed));
        let kept = &ledger.sign_offs[&key(1)][0];
        assert_eq!((kept.attestation, kept.withdrawn.is_none()), (level, stands), "{who} {confirmed}");
        let open = ledger.unanswered_sign_offs(id(OTHER)).len();
        assert_eq!(open, usize::from(who != OTHER), "asked until they answer themselves");
        assert_eq!(ledger.contested_sign_offs().len(), usize::from(!stands), "what was not so heads the next agenda");
    }
}

#[test]
fn a_seat_is_given_away_by_its_own_member_alone_and_until_they_take_it_back() {
    let delegation =
        Body::Delegation { to: id(THIRD), from: at(8), until: at(18), meeting: None, reason: String::new() };
    let arrived = |of: u8| (THIRD, ActKind::Arrived { delegate_for: Some(id(of)) });
    let back = |who| (who, Body::Withdrawal { entry: EntryId([2; 32]), reason: String::new() });
    for (before, sits_for, why) in [
        (None, None, "nobody let them"),
        (Some((OTHER, delegation.clone())), Some(id(OTHER)), "their own signature"),
        (Some((CHAIR, delegation.clone())), None, "the chair's is not theirs"),
    ] {
        let mut ledger = in_session();
        if let Some((who, body)) = before {
            apply(&mut ledger, 2, &predicate(who, Attestation::Signed, body));
        }
        run(&mut ledger, 3, CHAIR, Attestation::Recorded, vec![arrived(OTHER)]);
        assert_eq!(meeting(&ledger).attendance[&id(THIRD)][0].delegate_for, sits_for, "{why}");
    }
    for (by, sits_for) in [(OTHER, None), (THIRD, Some(id(OTHER)))] {
        let mut ledger = in_session();
        apply(&mut ledger, 2, &predicate(OTHER, Attestation::Signed, delegation.clone()));
        let (who, body) = back(by);
        apply(&mut ledger, 3, &predicate(who, Attestation::Signed, body));
        run(&mut ledger, 4, CHAIR, Attestation::Recorded, vec![arrived(OTHER)]);
        assert_eq!(meeting(&ledger).attendance[&id(THIRD)][0].delegate_for, sits_for, "taken back by {by}");
    }
}

#[test]
fn an_action_belongs_to_the_one_item_that_its_entry_tells_of() {
    let agreed = || {
        let (action, due) = ("Rehearse".to_owned(), String::new());
        (CHAIR, ActKind::ActionAssigned { action, owner: id(OTHER), due })
    };
    let voted = |item| (OTHER, ActKind::Voted { item, position: Position::Approve });
    let noted = |item| (CHAIR, ActKind::Noted { item, text: "Seen".to_owned() });
    let aside = |item| (THIRD, ActKind::Recused { item, reason: String::new() });
    let mut ledger = in_session();
    for (n, acts, item) in [
        (2, vec![agreed()], None),
        (3, vec![voted(1), agreed(), noted(Some(1))], Some(1)),
        (4, vec![voted(1), agreed(), voted(2)], None),
        (5, vec![aside(2), aside(3), agreed(), noted(Some(1)), noted(None)], Some(1)),
        (6, vec![aside(2), agreed()], None),
    ] {
        run(&mut ledger, n, CHAIR, Attestation::Recorded, acts);
        assert_eq!(meeting(&ledger).actions.last().map(|action| action.item), Some(item), "entry {n}");
    }
    let kept: Vec<Option<u32>> = meeting(&ledger).actions.iter().map(|action| action.item).collect();
    assert_eq!(kept, [None, Some(1), None, Some(1), None], "an entry says nothing of the actions of another");
}

#[test]
fn an_annex_belongs_to_minutes_that_were_sealed_and_to_their_meeting() {
    let sealed = Digest([5; 32]);
    let after = |body| {
        let mut ledger = in_session();
        apply(&mut ledger, 2, &predicate(CHAIR, Attestation::Recorded, Body::MeetingClosed { heads: BTreeMap::new() }));
        let minutes = Body::MinutesSealed { pdf: sealed, checkpoint: EntryId([2; 32]), edition: None, after: None };
        apply(&mut ledger, 3, &predicate(CHAIR, Attestation::Signed, minutes));
        apply(&mut ledger, 4, &predicate(CHAIR, Attestation::Signed, body));
        meeting(&ledger).annexes.iter().map(|annex| annex.answers.clone()).collect::<Vec<_>>()
    };
    let answers = vec![EntryId([8; 32])];
    let annex = |minutes, checkpoint| Body::AnnexSealed {
        minutes,
        pdf: Digest([6; 32]),
        answers: answers.clone(),
        checkpoint: EntryId([checkpoint; 32]),
    };
    for (minutes, checkpoint, counts, why) in [
        (sealed, 2, 1, "the meeting's own"),
        (Digest([7; 32]), 2, 0, "minutes that nobody sealed"),
        (sealed, 9, 0, "another closing"),
    ] {
        assert_eq!(after(annex(minutes, checkpoint)), vec![answers.clone(); counts], "{why}");
    }
}
