//! Only the Service Manager declares and binds, each thing is said once, and the first word stays.
use super::*;
use crate::emergency::{PROVISIONAL, tests::body};
use crate::policy::proposal::{Proposal, ProposedSetting};

fn by(role: Option<Role>, body: Body) -> Predicate {
    Predicate { role, ..predicate(OTHER, Attestation::Signed, body) }
}

fn provisional(ledger: &mut Ledger) -> EntryId {
    let declared = Body::EmergencyDeclared(body(ChangeKey::new(PROVISIONAL, 1)));
    assert_eq!(apply(ledger, 2, &by(Some(Role::ServiceManager), declared)).len(), 1);
    EntryId([2; 32])
}

#[test]
fn only_the_service_manager_declares_an_emergency() {
    for role in [None, Some(Role::Chair), Some(Role::Cto)] {
        let mut ledger = Ledger::default();
        let declared = Body::EmergencyDeclared(body(key(1)));
        assert!(apply(&mut ledger, 2, &by(role, declared)).is_empty(), "{role:?}");
        assert!(ledger.emergencies.is_empty(), "{role:?}");
    }
    let mut ledger = Ledger::default();
    let mut lacking = body(key(1));
    lacking.facts.major_impact = false;
    apply(&mut ledger, 2, &by(Some(Role::ServiceManager), Body::EmergencyDeclared(lacking)));
    assert!(ledger.emergencies.is_empty(), "two facts make no emergency");
    apply(&mut ledger, 3, &by(Some(Role::ServiceManager), Body::EmergencyDeclared(body(key(1)))));
    assert_eq!(ledger.emergencies_of(&key(1)).len(), 1);
}

#[test]
fn a_provisional_key_is_bound_once_and_by_the_service_manager() {
    let mut ledger = Ledger::default();
    let declaration = provisional(&mut ledger);
    let to = |n: u32| Body::EmergencyBound { change: key(n), declaration };
    assert!(apply(&mut ledger, 3, &by(Some(Role::Chair), to(1))).is_empty());
    let another = Body::EmergencyBound { change: ChangeKey::new(PROVISIONAL, 2), declaration };
    assert!(apply(&mut ledger, 4, &by(Some(Role::ServiceManager), another)).is_empty());
    assert_eq!(apply(&mut ledger, 5, &by(Some(Role::ServiceManager), to(1))), [Touched::Emergency(declaration)]);
    assert!(apply(&mut ledger, 6, &by(Some(Role::ServiceManager), to(2))).is_empty(), "the first ticket is its ticket");
    let held = ledger.emergencies_of(&key(1));
    assert_eq!(held.first().map(|e| (e.entry, e.body.change.as_str())), Some((declaration, "EMG-1")));
    assert!(ledger.emergencies_of(&key(2)).is_empty());
}

#[test]
fn what_was_owed_is_met_by_the_first_word() {
    let mut ledger = Ledger::default();
    let declaration = provisional(&mut ledger);
    for (n, note) in [(3, "Held on Monday"), (4, "Held on Tuesday")] {
        apply(&mut ledger, n, &by(None, met(declaration, "review", note, None)));
    }
    let held = ledger.emergencies.get(&declaration).expect("declared");
    assert_eq!(held.met.get("review"), Some(&(EntryId([3; 32]), "Held on Monday".to_owned())));
    assert_eq!((&held.bound, &held.proposed), (&None, &None));
}

fn met(declaration: EntryId, owed: &str, note: &str, proposal: Option<Proposal>) -> Body {
    Body::EmergencyMet { declaration, note: note.to_owned(), owed: owed.to_owned(), proposal }
}

fn proposal(words: &str) -> Option<Proposal> {
    let high = ProposedSetting { path: "risk.levels.high".to_owned(), value: "45".to_owned() };
    Some(Proposal { settings: vec![high], words: words.to_owned() })
}

#[test]
fn the_first_review_may_propose_something_for_the_policy_and_nothing_else_does() {
    let mut ledger = Ledger::default();
    let declaration = provisional(&mut ledger);
    let words = |ledger: &Ledger| {
        let proposed = ledger.emergencies[&declaration].proposed.as_ref();
        proposed.map(|one| (one.entry, one.proposal.words.clone()))
    };
    apply(&mut ledger, 3, &by(None, met(declaration, "R28", "On page 4", proposal("Not in a review"))));
    assert_eq!(words(&ledger), None);
    apply(&mut ledger, 4, &by(None, met(declaration, "review", "Held", proposal("It was scored too low"))));
    let held = Some((EntryId([4; 32]), "It was scored too low".to_owned()));
    assert_eq!(words(&ledger), held);
    apply(&mut ledger, 5, &by(None, met(declaration, "review", "Held again", proposal("Or too high"))));
    apply(&mut ledger, 6, &by(None, met(declaration, "R25", "Told", None)));
    assert_eq!(words(&ledger), held, "the first word stays");

    let mut other = Ledger::default();
    let declaration = provisional(&mut other);
    apply(&mut other, 3, &by(None, met(declaration, "review", "Held", proposal(" "))));
    let held = &other.emergencies[&declaration];
    assert!(held.met.contains_key("review") && held.proposed.is_none(), "without words it proposes nothing");
}

#[test]
fn what_was_taken_back_stays_so_until_it_is_revalidated_once() {
    let mut ledger = Ledger::default();
    let told = Body::RolledBack { at: at(23), change: key(1), incident: "INC-8".to_owned() };
    apply(&mut ledger, 2, &by(None, told));
    let open = |ledger: &Ledger| ledger.rollbacks_of(&key(1)).iter().filter(|r| r.revalidated.is_none()).count();
    assert_eq!(open(&ledger), 1);
    let rollback = EntryId([2; 32]);
    for n in [3, 4] {
        let note = format!("Run {n} was green");
        let body = Body::Revalidated { note, rollback, root_cause: "A missing index".to_owned() };
        apply(&mut ledger, n, &by(None, body));
    }
    assert_eq!(open(&ledger), 0);
    let held = ledger.rollbacks.get(&rollback).and_then(|r| r.revalidated.as_ref()).expect("revalidated");
    assert_eq!((held.entry, held.note.as_str()), (EntryId([3; 32]), "Run 3 was green"));
}
