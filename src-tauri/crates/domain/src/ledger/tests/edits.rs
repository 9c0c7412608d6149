//! What was edited since it was decided or signed, and goes on speaking all the same.
use super::*;

#[test]
fn an_edit_ruled_immaterial_by_two_keeps_the_approval_and_a_further_edit_does_not() {
    const DECIDED: Digest = Digest([7; 32]);
    const EDITED: Digest = Digest([8; 32]);
    let board = crate::gate::fixture::roster(vec![
        crate::gate::fixture::member(CHAIR, &[Role::Chair]),
        crate::gate::fixture::member(OTHER, &[Role::Cto]),
        crate::gate::fixture::member(THIRD, &[Role::Security]),
    ]);
    let mut ledger = in_session();
    run(&mut ledger, 2, CHAIR, Attestation::Recorded, vec![(CHAIR, decided(1, key(1), 3))]);
    let of =
        |who: u8, role: Role, body: Body| Predicate { role: Some(role), ..predicate(who, Attestation::Signed, body) };
    let signed = approving(DECIDED);
    apply(&mut ledger, 3, &decided_before(of(OTHER, Role::Cto, Body::SignOff(signed))));
    let stands = |ledger: &Ledger, content| {
        let now = ledger.present(&key(1), content, RiskLevel::Low);
        ledger.standing(&board, &key(1), &now, Attestation::Written)
    };
    assert_eq!((stands(&ledger, DECIDED), stands(&ledger, EDITED)), (Standing::Approved, Standing::Stale));

    let ruling = || {
        Body::RuledImmaterial(crate::ruling::RulingBody {
            change: key(1),
            fields: vec!["title".to_owned()],
            from: DECIDED,
            involved: Involved::default(),
            reason: "A typing error".to_owned(),
            to: EDITED,
        })
    };
    apply(&mut ledger, 4, &of(CHAIR, Role::Chair, ruling()));
    assert_eq!(stands(&ledger, EDITED), Standing::Stale, "the chair alone rules nothing");
    apply(&mut ledger, 5, &of(THIRD, Role::Security, ruling()));
    assert_eq!(stands(&ledger, EDITED), Standing::Approved);
    assert_eq!(stands(&ledger, Digest([9; 32])), Standing::Stale, "a further edit is judged anew");
    let take_back =
        |who| predicate(who, Attestation::Signed, Body::Withdrawal { entry: EntryId([5; 32]), reason: String::new() });
    apply(&mut ledger, 6, &take_back(CHAIR));
    assert_eq!(stands(&ledger, EDITED), Standing::Approved, "nobody takes another's word back");
    let touched = apply(&mut ledger, 7, &take_back(THIRD));
    assert_eq!(touched, [Touched::Rulings(key(1))]);
    assert_eq!(stands(&ledger, EDITED), Standing::Stale);
}

#[test]
fn a_sign_off_over_an_edit_that_was_ruled_immaterial_settles_what_was_decided_before_it() {
    const DECIDED: Digest = Digest([7; 32]);
    const EDITED: Digest = Digest([8; 32]);
    let board = crate::gate::fixture::roster(vec![
        crate::gate::fixture::member(CHAIR, &[Role::Chair]),
        crate::gate::fixture::member(OTHER, &[Role::Cto]),
    ]);
    let mut ledger = in_session();
    run(&mut ledger, 2, CHAIR, Attestation::Recorded, vec![(CHAIR, decided(1, key(1), 3))]);
    let of =
        |who: u8, role: Role, body: Body| Predicate { role: Some(role), ..predicate(who, Attestation::Signed, body) };
    let signed = approving(EDITED);
    apply(&mut ledger, 3, &decided_before(of(OTHER, Role::Cto, Body::SignOff(signed))));
    let settled = |ledger: &Ledger| {
        let decision = &ledger.decision(&key(1)).expect("decided").decision;
        ledger.standing_of(&board, decision, Attestation::Written)
    };
    assert_eq!(settled(&ledger), Standing::Stale);
    for (n, who, role) in [(4, CHAIR, Role::Chair), (5, OTHER, Role::Cto)] {
        let body = crate::ruling::RulingBody {
            change: key(1),
            fields: vec!["title".to_owned()],
            from: DECIDED,
            involved: Involved::default(),
            reason: "A typing error".to_owned(),
            to: EDITED,
        };
        apply(&mut ledger, n, &of(who, role, Body::RuledImmaterial(body)));
    }
    assert_eq!(settled(&ledger), Standing::Approved);
}

#[test]
fn what_the_board_decided_is_the_chairs_word_and_depends_on_what_the_chairs_does() {
    use crate::plan::PlanSection as S;
    const DECIDED: Digest = Digest([7; 32]);
    let board = crate::gate::fixture::roster(vec![
        crate::gate::fixture::member(CHAIR, &[Role::Chair]),
        crate::gate::fixture::member(OTHER, &[Role::Cto]),
    ]);
    let mut ledger = in_session();
    run(&mut ledger, 2, CHAIR, Attestation::Recorded, vec![(CHAIR, decided(1, key(1), 3))]);
    let signed = approving(DECIDED);
    let signed = Predicate { role: Some(Role::Cto), ..predicate(OTHER, Attestation::Signed, Body::SignOff(signed)) };
    apply(&mut ledger, 3, &decided_before(signed));
    let stands = |chair: &[S], cto: &[S]| {
        let now = Present {
            edited: BTreeMap::from([(DECIDED, [S::Training].into())]),
            depends: BTreeMap::from([(Role::Chair, chair.to_vec()), (Role::Cto, cto.to_vec())]),
            ..ledger.present(&key(1), Digest([8; 32]), RiskLevel::Low)
        };
        ledger.standing(&board, &key(1), &now, Attestation::Written)
    };
    assert_eq!(stands(&[S::Backout], &[S::Method]), Standing::Approved);
    assert_eq!(stands(&[S::Training], &[S::Method]), Standing::Stale, "the board decided on what was edited");
    assert_eq!(stands(&[S::Backout], &[S::Training]), Standing::Stale, "the CTO signed what was edited");
}

#[test]
fn a_window_is_moved_from_where_it_was_decided_and_onto_no_other_approved_change() {
    use crate::change::Window;
    use crate::policy::Strength;
    let minutes = |n: i64| at(12) + chrono::Duration::minutes(n);
    let window = |start, end| Window { start: minutes(start), end: minutes(end), zone: "UTC".to_owned() };
    let decide = |item: u32, kind: DecisionKind, window: Window| {
        let mut decision = decision(item, key(item), 3);
        decision.kind = kind;
        decision.brief.window = Some(window);
        (CHAIR, ActKind::Decided { decision: Box::new(decision) })
    };
    let policy = Policy { window_tolerance_minutes: 30, ..Policy::built_in(Strength::Starter) };
    let decided = Digest([7; 32]);
    // The kind of both decisions, the other's window, where it lies now, whether that is tolerated.
    use DecisionKind::{Approved, Rejected};
    for (kinds, other, now, holds, why) in [
        ((Approved, Approved), window(300, 400), window(20, 80), true, "nothing else is near"),
        ((Approved, Approved), window(300, 400), window(40, 100), false, "further than the policy tolerates"),
        ((Approved, Approved), window(70, 400), window(20, 80), false, "onto an approved change"),
        ((Approved, Approved), window(50, 400), window(20, 80), true, "which it met before as well"),
        ((Approved, Approved), window(80, 400), window(20, 80), true, "up to its beginning"),
        ((Approved, Rejected), window(70, 400), window(20, 80), true, "the other was rejected"),
        ((Rejected, Approved), window(300, 400), window(20, 80), false, "nothing was approved"),
    ] {
        let mut ledger = in_session();
        let acts = vec![decide(1, kinds.0, window(0, 60)), decide(2, kinds.1, other)];
        run(&mut ledger, 2, CHAIR, Attestation::Recorded, acts);
        let moved = |policy: &Policy, with: Option<Digest>| ledger.moved(&key(1), &now, policy, |_| with);
        assert_eq!(moved(&policy, Some(decided)).is_some(), holds, "{why}");
        assert!(moved(&policy, Some(Digest([8; 32]))).is_none(), "more was edited: {why}");
        assert!(moved(&policy, None).is_none(), "the window is not material: {why}");
        assert!(moved(&Policy::built_in(Strength::Starter), Some(decided)).is_none(), "no tolerance: {why}");
    }
}
