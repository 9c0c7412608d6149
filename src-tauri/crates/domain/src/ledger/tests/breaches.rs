//! Which answers came late, by what a ledger knows.
use super::*;
use crate::chain::{Department, DepartmentField, Ended, Hours, breaches};
use crate::meeting::DecisionKind;
use crate::policy::Policy;

/// A sign-off on the first change, of the content that was decided.
pub(super) fn signed(actor: u8, role: Role, hour: u32) -> SignOff {
    SignOff {
        entry: EntryId([actor; 32]),
        actor: id(actor),
        role: Some(role),
        attestation: Attestation::Signed,
        manifest: Digest([7; 32]),
        meaning: String::new(),
        claimed: at(hour),
        body: SignOffBody {
            change: key(1),
            item: None,
            verdict: Verdict::Approve,
            reason: String::new(),
            sections: BTreeMap::new(),
            content: Digest([8; 32]),
            involved: Involved::default(),
            risk: stamp(),
            written: None,
        },
        withdrawn: None,
        recorder: None,
        answer: None,
        late: false,
        scope: Vec::new(),
        account: None,
        care: None,
    }
}

pub(super) fn recorded(meeting: u128, kind: DecisionKind, hour: u32) -> RecordedDecision {
    RecordedDecision {
        entry: EntryId([9; 32]),
        meeting: MeetingId(uuid::Uuid::from_u128(meeting)),
        at: at(hour),
        decision: Decision { kind, ..decision(1, key(1), 3) },
    }
}

/// Who was late on what, by how many minutes, at this hour; an answer is expected within one hour of any day.
fn found(ledger: &Ledger, hour: u32) -> Vec<(Option<String>, bool, i64)> {
    let whole_day = Hours {
        days: crate::calendar::WeekDay::ALL.to_vec(),
        from: "00:00".to_owned(),
        until: "00:00".to_owned(),
        ..Hours::default()
    };
    let mut roster = board(4);
    for member in roster.members.iter_mut().filter(|member| member.id == id(THIRD)) {
        member.departments = vec!["Payments".to_owned()];
    }
    let row = Department {
        name: "Payments".to_owned(),
        field: Some(DepartmentField::Service),
        says: vec!["payments".to_owned()],
        level: None,
    };
    let mut policy = Policy { departments: vec![row], ..Policy::built_in(Strength::Starter) };
    policy.ladder.answer = 1;
    let hours = whole_day.working().expect("hours");
    let all = breaches(ledger, (&policy, &roster), &hours, at(hour)).expect("reckoned");
    all.into_iter().map(|b| (b.department, matches!(b.late.ended, Ended::Open), b.late.minutes)).collect()
}

#[test]
fn an_authority_is_late_from_the_agenda_on_until_it_signs_or_the_board_decides_anew() {
    use DecisionKind::{Approved, Deferred, NoDecision, Rejected};
    let day = |decided: &[(u128, DecisionKind, u32)], signs: &[u32]| {
        let mut ledger = in_session();
        let all = decided.iter().map(|(meeting, kind, hour)| recorded(*meeting, *kind, *hour));
        ledger.decisions.insert(key(1), all.collect());
        ledger.sign_offs.insert(key(1), signs.iter().map(|hour| signed(OTHER, Role::Cto, *hour)).collect());
        found(&ledger, 14)
    };
    // The agenda is called at 9 o'clock; it is two in the afternoon.
    for (decided, signs, wanted) in [
        (vec![(9, Approved, 9)], vec![], vec![(None, true, 240)]),
        (vec![(9, Approved, 9)], vec![10], vec![]),
        (vec![(9, Approved, 9)], vec![12, 13], vec![(None, false, 120)]),
        (vec![(9, Approved, 9)], vec![15], vec![(None, true, 240)]),
        (vec![(9, Approved, 9), (10, Rejected, 11)], vec![], vec![(None, false, 60)]),
        (vec![(9, Approved, 9), (9, Deferred, 11)], vec![], vec![]),
        (vec![(9, Approved, 9), (9, NoDecision, 11)], vec![], vec![(None, true, 240)]),
        (vec![(9, Rejected, 9)], vec![], vec![]),
    ] {
        assert_eq!(day(&decided, &signs), wanted, "{decided:?} {signs:?}");
    }
}

#[test]
fn a_department_that_signs_late_is_told_once_and_its_first_word_counts() {
    let with = |hours: &[u32]| {
        let mut ledger = in_session();
        let signed = hours.iter().map(|hour| signed(THIRD, Role::BoardMember, *hour));
        ledger.sign_offs.insert(key(1), signed.collect());
        found(&ledger, 14)
    };
    let payments = || Some("Payments".to_owned());
    assert!(with(&[]).is_empty(), "what is still owed follows from the ticket");
    assert!(with(&[10]).is_empty());
    assert!(with(&[10, 13]).is_empty(), "it had answered");
    assert_eq!(with(&[12, 13]), [(payments(), false, 120)]);
}
