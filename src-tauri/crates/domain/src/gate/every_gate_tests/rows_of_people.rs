//! The gates that look at people: the decision, who wrote and committed it, departments and owners, and emergencies.
use chrono::Duration;

use super::{Blocks, HARD, Row, Waiving, Without, fails, passes, policy, unclear, waiver};
use crate::chain::{Department, Involvement, Slot, SlotState};
use crate::change::{ChangeKind, ChangeRequest};
use crate::emergency::tests::declared;
use crate::emergency::{Owed, Revalidation, Rollback};
use crate::gate::fixture::{account, at, board, change, id};
use crate::gate::{
    GateOutcome, GateResult, decision_gate, declaration_gate, delegation_gate, departments_gate, duties_gate,
    owed_gate, own_code_gate, owners_gate, redeployment_gate, waive_slots,
};
use crate::ids::EntryId;
use crate::meeting::DecisionKind;
use crate::policy::{Policy, Strength};
use crate::risk::RiskLevel;
use crate::sign_off::Authority;

/// Whether anybody could show not to be the author, of a change whose code is told to be by nobody of the roster's.
fn duties(policy: &Policy, spoil: fn(&mut ChangeRequest)) -> GateOutcome {
    let mut change = ChangeRequest { unknown_committers: Some(0), ..change() };
    spoil(&mut change);
    duties_gate(&change, &board(3), &Policy { shared_accounts: vec!["CHG:99".to_owned()], ..policy.clone() })
}

/// Signed off by these, of whom Member 2 committed.
fn own_code(signers: &[u8]) -> GateOutcome {
    let mut roster = board(4);
    for member in roster.members.iter_mut().filter(|member| member.id == id(2)) {
        member.git = vec!["two@example.org".to_owned()];
    }
    let change = ChangeRequest { committers: vec!["two@example.org".to_owned()], ..change() };
    let signers: Vec<_> = signers.iter().map(|n| id(*n)).collect();
    own_code_gate(&change, &roster, &signers).expect("one of them committed")
}

fn slot(department: &str, clause: &'static str, state: SlotState) -> Slot {
    let involvement =
        Involvement { department: department.to_owned(), because: "the policy says so".to_owned(), clause };
    Slot { involvement, state, signer: None, holders: Vec::new(), waived: None }
}

/// A policy with a department.
fn with_department(policy: &Policy) -> Policy {
    let level = Some(RiskLevel::Low);
    let payments = Department { name: "Payments".to_owned(), field: None, says: Vec::new(), level };
    Policy { departments: vec![payments], ..policy.clone() }
}

fn department(policy: &Policy, state: SlotState) -> GateOutcome {
    departments_gate(&[slot("Payments", "R12", state)], &with_department(policy))
}

fn urgent() -> ChangeRequest {
    ChangeRequest { kind: Some(ChangeKind::Emergency), ..change() }
}

/// A review that was due this many hours ago.
fn owed_since(hours: i64) -> GateOutcome {
    let owed = Owed {
        declaration: EntryId([1; 32]),
        change: change().key,
        id: "review".to_owned(),
        clause: "R66".to_owned(),
        what: "The review after it".to_owned(),
        due: at(12),
        met: None,
    };
    owed_gate(&[owed], false, at(12) + Duration::hours(hours))
}

fn taken_back(revalidated: bool) -> GateOutcome {
    let again = Revalidation {
        entry: EntryId([2; 32]),
        actor: id(1),
        claimed: at(23),
        root_cause: "A missing index".to_owned(),
        note: "Run 9 was green".to_owned(),
    };
    let rollback = Rollback {
        entry: EntryId([1; 32]),
        actor: id(1),
        change: change().key,
        incident: "INC-8".to_owned(),
        at: at(23),
        revalidated: revalidated.then_some(again),
    };
    redeployment_gate(&[&rollback], &[])
}

/// Why what the record holds has no outcome without evidence.
const RECORDED: Without =
    Without::Never("what the record does not hold was not done, and there is nothing else to look at");

pub(super) const ROWS: &[Row] = &[
    Row {
        id: "decision",
        clause: "R30",
        passes: passes(
            |_| decision_gate(Some(DecisionKind::Approved), Authority::Holds),
            "decided in favour and signed off",
        ),
        breaks: fails(
            |_| decision_gate(Some(DecisionKind::Rejected), Authority::Holds),
            "the decision is: Rejected",
            "decide it again in a meeting",
        ),
        without: Without::Shown(unclear(
            |_| decision_gate(None, Authority::Holds),
            "the board has not decided",
            "decide it in a meeting",
        )),
        blocks: Blocks::Always,
        waiver: HARD,
    },
    // The same gate where the chain delegates the decision.
    Row {
        id: "decision",
        clause: "R30",
        passes: passes(|_| delegation_gate(Authority::Holds), "delegated, and an authority signed it off (R61)"),
        breaks: fails(
            |_| delegation_gate(Authority::Rejected),
            "an authority rejects it",
            "the authority whom the chain names signs it off (R61), or the board decides it in a meeting",
        ),
        without: Without::Shown(unclear(
            |_| delegation_gate(Authority::Missing),
            "delegated, not signed off",
            "the authority whom the chain names signs it off (R61), or the board decides it in a meeting",
        )),
        blocks: Blocks::Always,
        waiver: HARD,
    },
    Row {
        id: "duties",
        clause: "R89",
        passes: passes(
            |p| duties(p, |_| ()),
            "the author is one identified account; author and requester may not vote or sign",
        ),
        breaks: fails(
            |p| duties(p, |c| c.author = Some(account("99", "Ops"))),
            "the author's account 99 is shared or a service account (R89)",
            "have the ticket written by an identified person's own account",
        ),
        without: Without::Shown(unclear(
            |p| duties(p, |c| c.author = None),
            "the change names no author, so nobody can show not to be it (R89)",
            "sync the change again, or have its author named in the ticket",
        )),
        blocks: Blocks::Always,
        waiver: HARD,
    },
    Row {
        id: "own-code",
        clause: "R89",
        passes: passes(|_| own_code(&[2, 4]), "an authority who committed none of its code signed it off"),
        breaks: fails(
            |_| own_code(&[2]),
            "nobody signed it off who did not commit its code (R89)",
            "another authority signs it off as well",
        ),
        without: Without::Never("where nobody who signed is told to have committed there is no such gate"),
        blocks: Blocks::Always,
        waiver: HARD,
    },
    Row {
        id: "departments",
        clause: "R12",
        passes: passes(|p| department(p, SlotState::Signed), "signed for every department involved"),
        breaks: fails(
            |p| department(p, SlotState::Open),
            "not signed for Payments",
            "a member who speaks for each signs the change off: Payments",
        ),
        without: RECORDED,
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::SlotBySlot,
    },
    Row {
        id: "owners",
        clause: "R76",
        passes: passes(
            |p| owners_gate(&change(), &[slot("Books", "R76", SlotState::Signed)], p),
            "signed for every service whose owner is asked",
        ),
        breaks: fails(
            |p| owners_gate(&change(), &[slot("Books", "R76", SlotState::Rejected)], p),
            "rejected for Books",
            "whoever speaks for Books signs what the change says now",
        ),
        without: RECORDED,
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::ByTwo,
    },
    Row {
        id: "emergency",
        clause: "R49",
        passes: passes(
            |p| declaration_gate(&urgent(), Some(&declared(1, change().key, at(22))), p),
            "declared: it corrects an error, in the current release, with major impact",
        ),
        breaks: fails(
            |p| declaration_gate(&urgent(), None, p),
            "the ticket says emergency, and the Service Manager has not declared one",
            "the Service Manager declares it: `cab emergency declare`",
        ),
        without: RECORDED,
        blocks: Blocks::AsThePolicySays,
        waiver: Waiving::ByTwo,
    },
    Row {
        id: "emergency-owed",
        clause: "R53",
        passes: passes(|_| owed_since(0), "nothing is overdue"),
        breaks: fails(
            |_| owed_since(1),
            "overdue: The review after it (due 2026-03-04 12:00 UTC)",
            "do it and say so: `cab emergency review`, `cab obligation met`; the next agenda begins with it",
        ),
        without: RECORDED,
        blocks: Blocks::Always,
        waiver: Waiving::ByTwo,
    },
    Row {
        id: "rolled-back",
        clause: "R95",
        passes: passes(|_| taken_back(true), "each was revalidated"),
        breaks: fails(
            |_| taken_back(false),
            "taken back on 2026-03-04 23:00 UTC, incident “INC-8”",
            "find the root cause, show that it works, and say so: `cab emergency revalidate`",
        ),
        without: RECORDED,
        blocks: Blocks::Always,
        waiver: Waiving::ByTwo,
    },
];

#[test]
fn departments_are_waived_slot_by_slot_and_the_gate_says_of_each_by_whom() {
    let both = vec![slot("Payments", "R12", SlotState::Open), slot("Legal", "R12", SlotState::Stale)];
    let [payments, legal] = ["departments:Payments", "departments:Legal"].map(|gate| waiver(gate, "R12"));
    let word = "waived by Ann, seconded by Ben (R69): “once”";
    for strength in [Strength::Observe, Strength::Starter, Strength::Full] {
        let listing = with_department(&policy(strength, "R12"));
        let one = departments_gate(&waive_slots(both.clone(), std::slice::from_ref(&payments), &listing), &listing);
        assert_eq!((one.result, one.blocks), (GateResult::Failed, true), "{strength:?}");
        assert_eq!(one.why, format!("edited since it was signed for Legal; Payments: {word}"));
        assert_eq!(one.satisfied_by, "it is signed again for Legal");
        let left = waive_slots(both.clone(), &[payments.clone(), legal.clone()], &listing);
        let all = departments_gate(&left, &listing);
        assert_eq!((all.result, all.blocks, all.satisfied_by.as_str()), (GateResult::Waived, false, ""));
        assert_eq!(all.why, format!("Payments: {word}; Legal: {word}"));
        // Neither the gate's own name nor a policy that does not list it covers a slot.
        let silent = Policy { waivable: Vec::new(), ..listing.clone() };
        assert_eq!(waive_slots(both.clone(), &[waiver("departments", "R12")], &listing), both);
        assert_eq!(waive_slots(both.clone(), &[payments.clone(), legal.clone()], &silent), both);
    }
}
