//! Corrections of minutes, their answers, the approval, and errata: what counts of them, and that no decision is touched.
use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::correction::{
    CorrectionAnswerBody, CorrectionBody, ErratumBody, ErratumSealedBody, MinutesApprovalBody, MinutesSection,
};
use crate::policy::{MinutesApprovalRule, MinutesRules};

const CLOSED: EntryId = EntryId([3; 32]);
const ASKED: EntryId = EntryId([4; 32]);
const SEALED: Digest = Digest([5; 32]);

/// A policy whose minutes are approved by this rule, corrections within a day.
fn ruled(approval: MinutesApprovalRule) -> Policy {
    let minutes = MinutesRules { approval, correction_days: 1, ..MinutesRules::default() };
    Policy { minutes, ..Policy::built_in(Strength::Starter) }
}

/// What somebody writes at a time under a policy; the number names the entry.
fn says(ledger: &mut Ledger, n: u8, who: u8, when: DateTime<Utc>, policy: &Policy, body: Body) -> Vec<Touched> {
    let mut predicate = predicate(who, Attestation::Signed, body);
    predicate.time = ClaimedTime { claimed: when };
    predicate.log.seq = u32::from(n);
    let roster = board(4);
    let rules = Some(Rules { roster: &roster, policy });
    ledger.apply(Verified { id: EntryId([n; 32]), subject: Digest([1; 32]), predicate: &predicate, rules })
}

/// A meeting that decided its first item and closed at nine.
fn closed() -> Ledger {
    let mut ledger = in_session();
    run(&mut ledger, 2, CHAIR, Attestation::Recorded, vec![(CHAIR, decided(1, key(1), 1))]);
    apply(&mut ledger, 3, &predicate(CHAIR, Attestation::Recorded, Body::MeetingClosed { heads: BTreeMap::new() }));
    ledger
}

fn asks(item: Option<u32>) -> Body {
    let section = item.is_none().then_some(MinutesSection::Actions);
    let (was, wording, reason) = ("Ten".to_owned(), "Two".to_owned(), "misheard".to_owned());
    Body::Correction(CorrectionBody { item, reason, section, was, wording })
}

fn answers(taken: bool) -> Body {
    let wording = if taken { "Two".to_owned() } else { String::new() };
    Body::CorrectionAnswered(CorrectionAnswerBody { correction: ASKED, reason: "so it was".to_owned(), taken, wording })
}

fn approves(deadline: Option<DateTime<Utc>>) -> Body {
    Body::MinutesApproved(MinutesApprovalBody { checkpoint: CLOSED, deadline, meeting: None })
}

fn seals() -> Body {
    Body::MinutesSealed { pdf: SEALED, checkpoint: CLOSED, edition: None, after: None }
}

#[test]
fn a_correction_is_of_a_closed_meeting_an_item_it_had_and_in_time() {
    let at_once = ruled(MinutesApprovalRule::AtOnce);
    let by_deadline = ruled(MinutesApprovalRule::Deadline);
    let day = TimeDelta::days(1);
    for (before, policy, when, body, counts) in [
        (closed(), &at_once, at(10), asks(Some(1)), 1),
        (closed(), &at_once, at(10) + day, asks(None), 1),
        (closed(), &at_once, at(10), asks(Some(77)), 0),
        (in_session(), &at_once, at(10), asks(Some(1)), 0),
        (closed(), &by_deadline, at(9) + day, asks(Some(1)), 1),
        (closed(), &by_deadline, at(10) + day, asks(Some(1)), 0),
    ] {
        let mut ledger = before;
        let decisions = meeting(&ledger).decisions.clone();
        says(&mut ledger, 4, OTHER, when, policy, body.clone());
        assert_eq!(meeting(&ledger).corrections.len(), counts, "{body:?} at {when}");
        assert_eq!(meeting(&ledger).decisions, decisions, "no decision is touched");
    }
    let mut ledger = closed();
    says(&mut ledger, 5, CHAIR, at(10), &at_once, seals());
    says(&mut ledger, 6, OTHER, at(10), &at_once, asks(Some(1)));
    assert!(meeting(&ledger).corrections.is_empty(), "what is sealed an erratum puts right");
}

#[test]
fn the_first_answer_of_who_keeps_the_record_counts() {
    let policy = ruled(MinutesApprovalRule::AtOnce);
    for (who, counts) in [(CHAIR, true), (SECRETARY, true), (OTHER, false)] {
        let mut ledger = closed();
        says(&mut ledger, 4, OTHER, at(10), &policy, asks(Some(1)));
        let decisions = meeting(&ledger).decisions.clone();
        says(&mut ledger, 5, who, at(11), &policy, answers(true));
        says(&mut ledger, 6, CHAIR, at(12), &policy, answers(false));
        let answer = meeting(&ledger).corrections[0].answer.clone().expect("one of them answered");
        assert_eq!(answer.taken.as_deref(), counts.then_some("Two"), "{who}");
        assert_eq!(meeting(&ledger).open_corrections().count(), 0);
        assert_eq!(meeting(&ledger).decisions, decisions, "what was decided stands");
    }
}

#[test]
fn a_deadline_approves_once_it_passed_with_nothing_open_and_by_the_policys_rule_alone() {
    let day = TimeDelta::days(1);
    let until = at(9) + day;
    for (rule, named, when, open, counts, why) in [
        (MinutesApprovalRule::Deadline, until, until, false, true, "it passed"),
        (MinutesApprovalRule::Deadline, until, at(8) + day, false, false, "before it"),
        (MinutesApprovalRule::Deadline, at(9), until, false, false, "not the policy's"),
        (MinutesApprovalRule::Deadline, until, until, true, false, "a correction is open"),
        (MinutesApprovalRule::AtOnce, until, until, false, false, "the policy sets none"),
        (MinutesApprovalRule::NextMeeting, until, until, false, false, "a meeting approves"),
    ] {
        let policy = ruled(rule);
        let mut ledger = closed();
        says(&mut ledger, 4, OTHER, at(9), &policy, asks(Some(1)));
        if !open {
            says(&mut ledger, 5, CHAIR, at(9), &policy, answers(false));
        }
        // Who approves had what was asked.
        let mut predicate = predicate(CHAIR, Attestation::Signed, approves(Some(named)));
        predicate.time = ClaimedTime { claimed: when };
        predicate.log.seen.insert(LogId { key: KeyId([OTHER; 32]), epoch: 1 }, Head { seq: 4, id: ASKED });
        let (roster, id) = (board(4), EntryId([6; 32]));
        let rules = Some(Rules { roster: &roster, policy: &policy });
        ledger.apply(Verified { id, subject: Digest([1; 32]), predicate: &predicate, rules });
        assert_eq!(meeting(&ledger).approved.is_some(), counts, "{why}");
    }
}

#[test]
fn a_correction_that_the_approver_did_not_have_takes_no_approval_back() {
    let policy = ruled(MinutesApprovalRule::Deadline);
    let until = at(9) + TimeDelta::days(1);
    let mut ledger = closed();
    says(&mut ledger, 4, OTHER, at(9), &policy, asks(Some(1)));
    says(&mut ledger, 6, CHAIR, until, &policy, approves(Some(until)));
    assert!(meeting(&ledger).approved.is_some());
    assert_eq!(meeting(&ledger).open_corrections().count(), 1, "and it stays open on the page");
}

#[test]
fn a_later_meeting_approves_and_neither_the_same_nor_one_that_nobody_called() {
    let policy = ruled(MinutesApprovalRule::NextMeeting);
    let next = MeetingId(uuid::Uuid::from_u128(10));
    for (meeting_named, called, counts) in [(next, true, true), (next, false, false), (meeting_id(), true, false)] {
        let mut ledger = closed();
        if called {
            let held = meeting(&ledger).agenda.clone();
            let agenda = Agenda { meeting: next, called: held.called + TimeDelta::days(7), ..held };
            let mut frozen = predicate(CHAIR, Attestation::Recorded, Body::AgendaFrozen { agenda });
            frozen.meeting = Some(MeetingRef { id: next, agenda: Digest([1; 32]) });
            apply(&mut ledger, 4, &frozen);
        }
        let body = MinutesApprovalBody { checkpoint: CLOSED, deadline: None, meeting: Some(meeting_named) };
        says(&mut ledger, 5, CHAIR, at(12), &policy, Body::MinutesApproved(body));
        assert_eq!(meeting(&ledger).approved.is_some(), counts, "{meeting_named}, called: {called}");
    }
}

#[test]
fn an_erratum_is_the_chairs_word_on_minutes_that_are_sealed_and_is_told_once() {
    let policy = ruled(MinutesApprovalRule::AtOnce);
    let (right, wrong) = ("Two".to_owned(), "Ten".to_owned());
    let states = |minutes| Body::Erratum(ErratumBody { minutes, right: right.clone(), wrong: wrong.clone() });
    for (who, minutes, counts) in [(CHAIR, SEALED, 1), (OTHER, SEALED, 0), (CHAIR, Digest([8; 32]), 0)] {
        let mut ledger = closed();
        says(&mut ledger, 4, CHAIR, at(10), &policy, seals());
        says(&mut ledger, 5, who, at(11), &policy, states(minutes));
        assert_eq!(meeting(&ledger).untold_errata().len(), counts, "{who}");
        let errata = vec![EntryId([5; 32])];
        let (checkpoint, pdf) = (CLOSED, Digest([9; 32]));
        let body = Body::ErratumSealed(ErratumSealedBody { checkpoint, errata, minutes, pdf });
        says(&mut ledger, 6, CHAIR, at(12), &policy, body);
        assert!(meeting(&ledger).untold_errata().is_empty(), "{who}");
        let sealed = usize::from(minutes == SEALED);
        assert_eq!(meeting(&ledger).errata_sealed.len(), sealed, "it belongs to minutes that were sealed");
    }
}
