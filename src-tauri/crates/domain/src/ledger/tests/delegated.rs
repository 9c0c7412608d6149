//! What the policy's chain delegates, and the board has not decided (R61).
use super::breaches::{recorded, signed};
use super::*;
use crate::chain::{Chains, ReleaseType, Route};
use crate::entry::Verdict;
use crate::meeting::DecisionKind;

#[test]
fn what_is_delegated_is_approved_by_an_authority_until_the_board_decides_on_it() {
    let lead = || signed(OTHER, Role::TechnicalLead, 10);
    let member = || signed(OTHER, Role::BoardMember, 10);
    let spoken = || SignOff { attestation: Attestation::Recorded, ..lead() };
    let for_the_board = || {
        let mut at_medium = lead();
        at_medium.body.risk.level = RiskLevel::Medium;
        at_medium
    };
    let against = || {
        let mut rejecting = lead();
        rejecting.body.verdict = Verdict::Reject;
        rejecting
    };
    let (now, edited) = (Digest([8; 32]), Digest([9; 32]));
    for (sign_off, decision, content, delegated, wanted) in [
        (None, None, now, true, Standing::Undecided),
        (Some(lead()), None, now, true, Standing::Approved),
        (Some(lead()), None, now, false, Standing::Undecided),
        (Some(member()), None, now, true, Standing::Undecided),
        // Nobody else was there: the recorder's word alone approves nothing.
        (Some(spoken()), None, now, true, Standing::Undecided),
        // It was signed for the board, and the risk was assessed lower afterwards.
        (Some(for_the_board()), None, now, true, Standing::Undecided),
        (Some(against()), None, now, true, Standing::Rejected),
        (Some(lead()), None, edited, true, Standing::Stale),
        (Some(lead()), Some(DecisionKind::NoDecision), now, true, Standing::Approved),
        (Some(lead()), Some(DecisionKind::Deferred), now, true, Standing::Deferred),
        (Some(lead()), Some(DecisionKind::Rejected), now, true, Standing::Rejected),
    ] {
        let mut ledger = in_session();
        ledger.sign_offs.insert(key(1), sign_off.into_iter().collect());
        ledger.decisions.insert(key(1), decision.map(|kind| recorded(9, kind, 11)).into_iter().collect());
        let present = Present { delegated, ..Present::of(content, RiskLevel::Low) };
        let found = ledger.standing(&board(4), &key(1), &present, Attestation::Recorded);
        assert_eq!(found, wanted, "{decision:?} {delegated}");
    }
}

#[test]
fn the_first_sign_off_that_carries_it_is_the_one_approval_that_is_told() {
    let lead = || signed(OTHER, Role::TechnicalLead, 10);
    let cto = || signed(THIRD, Role::Cto, 11);
    let again = || SignOff { entry: EntryId([21; 32]), ..signed(OTHER, Role::TechnicalLead, 12) };
    let withdrawn = || SignOff { withdrawn: Some(EntryId([22; 32])), ..lead() };
    let of_before = || {
        let mut before = lead();
        before.body.content = Digest([5; 32]);
        before
    };
    let found = |sign_offs: Vec<SignOff>, decision: Option<DecisionKind>, delegated: bool| {
        let mut ledger = in_session();
        ledger.sign_offs.insert(key(1), sign_offs);
        ledger.decisions.insert(key(1), decision.map(|kind| recorded(9, kind, 11)).into_iter().collect());
        let present = Present { delegated, ..Present::of(Digest([8; 32]), RiskLevel::Low) };
        ledger.delegated_approval(&board(4), &key(1), &present, Attestation::Recorded).map(|s| s.entry)
    };
    for (sign_offs, decision, delegated, wanted) in [
        (vec![], None, true, None),
        (vec![lead()], None, true, Some(OTHER)),
        (vec![lead()], None, false, None),
        (vec![lead(), cto()], None, true, Some(OTHER)),
        (vec![lead(), cto(), again()], None, true, Some(OTHER)),
        (vec![withdrawn(), cto()], None, true, Some(THIRD)),
        (vec![of_before(), again()], None, true, Some(21)),
        (vec![of_before()], None, true, None),
        (vec![lead()], Some(DecisionKind::NoDecision), true, Some(OTHER)),
        (vec![lead()], Some(DecisionKind::Approved), true, None),
        (vec![lead()], Some(DecisionKind::Rejected), true, None),
    ] {
        let count = sign_offs.len();
        let wanted = wanted.map(|n| EntryId([n; 32]));
        assert_eq!(found(sign_offs, decision, delegated), wanted, "{count} sign-offs, {decision:?}, {delegated}");
    }
}

#[test]
fn a_delegated_approval_that_is_stale_is_the_newest_that_an_authority_gave() {
    let of_before = |n: u8, role: Role| {
        let mut before = signed(n, role, 10);
        before.body.content = Digest([5; 32]);
        before
    };
    let lead = || of_before(OTHER, Role::TechnicalLead);
    let cto = || of_before(THIRD, Role::Cto);
    let withdrawn = || SignOff { withdrawn: Some(EntryId([22; 32])), ..cto() };
    let against = || {
        let mut rejecting = lead();
        rejecting.body.verdict = Verdict::Reject;
        rejecting
    };
    let at_medium = || {
        let mut for_the_board = cto();
        for_the_board.body.risk.level = RiskLevel::Medium;
        for_the_board
    };
    let now = signed(OTHER, Role::TechnicalLead, 12);
    for (sign_offs, decision, delegated, wanted) in [
        (vec![lead()], None, true, Some(OTHER)),
        (vec![lead(), cto()], None, true, Some(THIRD)),
        (vec![lead(), withdrawn()], None, true, Some(OTHER)),
        (vec![lead(), at_medium()], None, true, Some(OTHER)),
        (vec![lead(), of_before(THIRD, Role::BoardMember)], None, true, Some(OTHER)),
        (vec![lead()], Some(DecisionKind::NoDecision), true, Some(OTHER)),
        // Nobody ever approved, it is approved, nothing is delegated, or the board's word counts.
        (vec![against()], None, true, None),
        (vec![now], None, true, None),
        (vec![lead()], None, false, None),
        (vec![lead()], Some(DecisionKind::Approved), true, None),
    ] {
        let count = sign_offs.len();
        let mut ledger = in_session();
        ledger.sign_offs.insert(key(1), sign_offs);
        ledger.decisions.insert(key(1), decision.map(|kind| recorded(9, kind, 11)).into_iter().collect());
        let present = Present { delegated, ..Present::of(Digest([8; 32]), RiskLevel::Low) };
        let found = ledger.delegated_stale(&board(4), &key(1), &present, Attestation::Recorded).map(|s| s.entry);
        let wanted = wanted.map(|n| EntryId([n; 32]));
        assert_eq!(found, wanted, "{count} sign-offs, {decision:?}, {delegated}");
    }
}

const WATCH: &str = "Watch the dashboards";

/// A policy whose chain binds, and that asks for after-care at Low.
fn careful() -> Policy {
    Policy {
        chain_binds: true,
        after_care: BTreeMap::from([(RiskLevel::Low, vec![WATCH.to_owned()])]),
        ..Policy::built_in(Strength::Starter)
    }
}

/// The member signs under the policy, in the entry of this number.
fn signs(ledger: &mut Ledger, n: u8, role: Role, policy: &Policy, body: SignOffBody) -> Vec<Touched> {
    let said = predicate(OTHER, Attestation::Signed, Body::SignOff(body));
    let said = Predicate { role: Some(role), meeting: None, ..said };
    let roster = board(4);
    let rules = Some(Rules { roster: &roster, policy });
    ledger.apply(Verified { id: EntryId([n; 32]), subject: Digest([1; 32]), predicate: &said, rules })
}

fn takes_back(ledger: &mut Ledger, n: u8, target: u8) {
    let body = Body::Withdrawal { entry: EntryId([target; 32]), reason: String::new() };
    apply(ledger, n, &predicate(OTHER, Attestation::Signed, body));
}

/// The after-care that stands: the entry that opened it, and whether it is met.
fn owed(ledger: &Ledger) -> Vec<(u8, bool)> {
    let all = ledger.conditions.values().filter(|state| !state.void && state.change == key(1));
    all.map(|state| (state.opened.0[0], state.met.is_some())).collect()
}

const NOW: Digest = Digest([8; 32]);

#[test]
fn what_an_authority_approves_by_itself_owes_the_after_care_of_its_level_once() {
    let mut ledger = in_session();
    let first = signs(&mut ledger, 20, Role::Cto, &careful(), approving(NOW));
    assert_eq!(first.len(), 2, "the sign-off and the condition: {first:?}");
    let roster = board(4);
    let name = |n: u8| roster.member(id(n)).map(|member| member.name.clone());
    let state = ledger.conditions.values().next().expect("owed").clone();
    assert_eq!((state.condition.text.as_str(), state.condition.when), (WATCH, ConditionTime::After));
    assert_eq!(Some(state.condition.owner.clone()), name(OTHER), "nobody deploys: who signed owes it");
    assert!(ledger.open_before(&key(1)).is_empty(), "and it holds up nothing");

    // Again over the same content: the same thing is owed.
    let again = signs(&mut ledger, 21, Role::TechnicalLead, &careful(), approving(NOW));
    assert_eq!((again.len(), owed(&ledger)), (1, vec![(20, false)]));
    // Under a policy that delegates more it is owed of more.
    let chains = BTreeMap::from([(ReleaseType::Minor, BTreeMap::from([(RiskLevel::Low, Route::Board)]))]);
    let fewer = Policy { chains, ..careful() };
    let mut other = in_session();
    signs(&mut other, 20, Role::Cto, &fewer, approving(NOW));
    let stands = |ledger: &Ledger| ledger.conditions.values().any(|state| state.stands(ReleaseType::Minor));
    assert!(!stands(&other), "a minor release goes to the board");
    signs(&mut other, 21, Role::Cto, &careful(), approving(NOW));
    assert!(stands(&other), "and does no longer");
    // Another content is another deployment.
    signs(&mut ledger, 22, Role::Cto, &careful(), approving(Digest([5; 32])));
    assert_eq!(owed(&ledger), [(22, false)]);

    let deployer = roster.member(id(CHAIR)).and_then(|member| member.accounts.get("CHG").cloned());
    let body = SignOffBody { involved: Involved { deployer, ..Involved::default() }, ..approving(NOW) };
    let mut ledger = in_session();
    signs(&mut ledger, 20, Role::Cto, &careful(), body);
    let owner = ledger.conditions.values().next().map(|state| state.condition.owner.clone());
    assert_eq!(owner, name(CHAIR), "whoever deploys owes it");
}

#[test]
fn after_care_ends_with_the_approval_and_what_is_met_stays_met() {
    let mut ledger = in_session();
    signs(&mut ledger, 20, Role::Cto, &careful(), approving(NOW));
    takes_back(&mut ledger, 21, 20);
    assert!(owed(&ledger).is_empty(), "nothing is approved");
    signs(&mut ledger, 22, Role::Cto, &careful(), approving(NOW));
    assert_eq!(owed(&ledger).len(), 1, "it is again");
    let condition = *ledger.conditions.keys().next().expect("owed");
    let met = Body::ConditionMet { condition, note: "Two quiet days".to_owned() };
    apply(&mut ledger, 23, &predicate(OTHER, Attestation::Recorded, met));
    takes_back(&mut ledger, 24, 22);
    assert_eq!(owed(&ledger), [(20, true)], "what was done is done");
}

/// Written at this place of its own log, by somebody who had what the other had written so far, or nothing of it.
fn placed(mut said: Predicate, seq: u32, had: Option<(u8, u32)>) -> Predicate {
    said.log.seq = seq;
    if let Some((other, seq)) = had {
        let log = LogId { key: KeyId([other; 32]), epoch: 1 };
        said.log.seen.insert(log, Head { seq, id: EntryId([0; 32]) });
    }
    said
}

/// The texts that are owed, and not met.
fn texts(ledger: &Ledger) -> BTreeSet<String> {
    let open = ledger.conditions.values().filter(|state| !state.void && state.met.is_none());
    open.map(|state| state.condition.text.clone()).collect()
}

#[test]
fn after_care_outlasts_a_decision_that_approves_the_same_and_ends_with_every_other() {
    let more = Policy { after_care: BTreeMap::from([(RiskLevel::Low, vec!["Report".to_owned()])]), ..careful() };
    let roster = board(4);
    let owed = |said: Decision, had: bool| {
        let mut ledger = in_session();
        signs(&mut ledger, 20, Role::Cto, &careful(), approving(NOW));
        let what = ActKind::Decided { decision: Box::new(said) };
        let acts = vec![Act { actor: id(CHAIR), at: at(10), what }];
        let decides = predicate(CHAIR, Attestation::Signed, Body::Running { acts });
        apply(&mut ledger, 21, &placed(decides, 2, had.then_some((OTHER, 1))));
        let after = texts(&ledger);
        // What is signed with the decision in hand is signed for the board.
        let said = predicate(OTHER, Attestation::Signed, Body::SignOff(approving(NOW)));
        let said = placed(Predicate { role: Some(Role::Cto), meeting: None, ..said }, 2, Some((CHAIR, 2)));
        let rules = Some(Rules { roster: &roster, policy: &more });
        ledger.apply(Verified { id: EntryId([22; 32]), subject: Digest([1; 32]), predicate: &said, rules });
        (after, texts(&ledger))
    };
    let says = |kind: DecisionKind, content: Digest| Decision { kind, content, ..decision(1, key(1), 3) };
    let watch = || BTreeSet::from([WATCH.to_owned()]);
    for (kind, content, had, stands) in [
        (DecisionKind::Approved, NOW, true, true),
        (DecisionKind::ApprovedWithConditions, NOW, true, true),
        (DecisionKind::Approved, Digest([5; 32]), true, false),
        (DecisionKind::Rejected, NOW, true, false),
        (DecisionKind::Deferred, NOW, true, false),
        (DecisionKind::MoreInformation, NOW, true, false),
        (DecisionKind::Withdrawn, NOW, true, false),
        // Neither had the other: the sign-off came too late for it.
        (DecisionKind::Approved, NOW, false, false),
    ] {
        let wanted = if stands { watch() } else { BTreeSet::new() };
        let found = owed(says(kind, content), had);
        assert_eq!(found, (wanted.clone(), wanted), "{kind:?} of {}, {had}", content.short());
    }
    // A skipped item decides nothing.
    let both = BTreeSet::from([WATCH.to_owned(), "Report".to_owned()]);
    assert_eq!(owed(says(DecisionKind::NoDecision, NOW), true), (watch(), both));
    // What the board asks for in the same words it is owed once, by the board's decision.
    let asked = |when: ConditionTime| Condition {
        id: ConditionId(uuid::Uuid::from_u128(5)),
        text: format!(" {} ", WATCH.to_uppercase()),
        owner: "Tom".to_owned(),
        due: String::new(),
        when,
    };
    for (when, count) in [(ConditionTime::After, 1), (ConditionTime::Before, 2)] {
        let said = says(DecisionKind::ApprovedWithConditions, NOW);
        let (after, _) = owed(Decision { conditions: vec![asked(when)], ..said }, true);
        assert_eq!(after.len(), count, "{when:?}: {after:?}");
    }
}

#[test]
fn nobody_ends_after_care_by_signing_the_same_once_more() {
    let at = |level: RiskLevel, content: Digest, verdict: Verdict| {
        let mut body = SignOffBody { verdict, ..approving(content) };
        body.risk.level = level;
        body
    };
    let (yes, no) = (Verdict::Approve, Verdict::Reject);
    let asks_nothing = || Policy { after_care: BTreeMap::new(), ..careful() };
    let to_the_board = || ReleaseType::ALL.map(|release| (release, BTreeMap::from([(RiskLevel::Low, Route::Board)])));
    let delegates_nothing = || Policy { chains: to_the_board().into_iter().collect(), ..careful() };
    let low = RiskLevel::Low;
    for (who, role, policy, body, stands, why) in [
        (OTHER, Role::Cto, careful(), at(low, NOW, yes), true, "the same again"),
        (OTHER, Role::Cto, asks_nothing(), at(low, NOW, yes), true, "under a policy that asks for nothing"),
        (OTHER, Role::Cto, delegates_nothing(), at(low, NOW, yes), true, "under a policy that delegates nothing"),
        (OTHER, Role::BoardMember, careful(), at(low, NOW, yes), true, "in a role that approves nothing"),
        (OTHER, Role::Cto, careful(), at(RiskLevel::High, NOW, yes), true, "at a level that is the board's"),
        (THIRD, Role::TechnicalLead, asks_nothing(), at(low, NOW, yes), true, "another authority"),
        (THIRD, Role::BoardMember, careful(), at(low, NOW, no), true, "advice against it"),
        (SECRETARY, Role::TechnicalLead, careful(), at(low, NOW, no), true, "a lead of other projects, maybe"),
        (OTHER, Role::Cto, careful(), at(low, NOW, no), false, "who approved it rejects it"),
        (OTHER, Role::BoardMember, careful(), at(low, NOW, no), false, "who approved it advises against it"),
        (THIRD, Role::Cto, careful(), at(low, NOW, no), false, "another authority rejects it"),
        (THIRD, Role::TechnicalLead, careful(), at(low, NOW, no), false, "a lead of every project rejects it"),
        (THIRD, Role::Cto, asks_nothing(), at(low, Digest([5; 32]), yes), false, "another content is signed"),
    ] {
        let mut roster = board(4);
        for member in roster.members.iter_mut().filter(|member| member.id == id(SECRETARY)) {
            member.scope = vec!["group/payments".to_owned()];
        }
        let mut ledger = in_session();
        signs(&mut ledger, 20, Role::Cto, &careful(), approving(NOW));
        let said = predicate(who, Attestation::Signed, Body::SignOff(body));
        let said = Predicate { role: Some(role), meeting: None, ..said };
        let rules = Some(Rules { roster: &roster, policy: &policy });
        ledger.apply(Verified { id: EntryId([21; 32]), subject: Digest([1; 32]), predicate: &said, rules });
        assert_eq!(owed(&ledger).contains(&(20, false)), stands, "{why}");
        if stands {
            let all = |state: &ConditionState| ReleaseType::ALL.iter().all(|release| state.stands(*release));
            assert!(ledger.conditions.values().all(all), "{why}: of every type of release");
        }
    }
}

#[test]
fn after_care_is_met_while_it_is_owed_and_by_what_shows_it() {
    let mut ledger = in_session();
    signs(&mut ledger, 20, Role::Cto, &careful(), approving(NOW));
    let condition = *ledger.conditions.keys().next().expect("owed");
    let says = |ledger: &mut Ledger, n: u8, note: &str| {
        let met = Body::ConditionMet { condition, note: note.to_owned() };
        apply(ledger, n, &predicate(OTHER, Attestation::Recorded, met)).len()
    };
    assert_eq!((says(&mut ledger, 21, " "), owed(&ledger)), (0, vec![(20, false)]), "nothing shows it");
    takes_back(&mut ledger, 22, 20);
    assert_eq!(says(&mut ledger, 23, "Two quiet days"), 0, "nothing is owed");
    signs(&mut ledger, 24, Role::Cto, &careful(), approving(NOW));
    assert_eq!(owed(&ledger), [(20, false)], "it is again, and nobody has done it");
    assert_eq!((says(&mut ledger, 25, "Two quiet days"), owed(&ledger)), (1, vec![(20, true)]));
}

#[test]
fn no_after_care_follows_from_a_word_that_approves_nothing_by_itself() {
    let at = |level: RiskLevel| {
        let mut body = approving(NOW);
        body.risk.level = level;
        body
    };
    let against = || SignOffBody { verdict: Verdict::Reject, ..approving(NOW) };
    let at_high = || Policy { after_care: BTreeMap::from([(RiskLevel::High, vec![WATCH.to_owned()])]), ..careful() };
    let chains = |all: &[ReleaseType]| -> Chains {
        let board = || BTreeMap::from([(RiskLevel::Low, Route::Board)]);
        all.iter().map(|release| (*release, board())).collect()
    };
    for (role, policy, body, wanted) in [
        (Role::Cto, careful(), approving(NOW), 1),
        (Role::TechnicalLead, careful(), approving(NOW), 1),
        (Role::BoardMember, careful(), approving(NOW), 0),
        (Role::Cto, careful(), against(), 0),
        (Role::Cto, careful(), at(RiskLevel::Medium), 0),
        (Role::Cto, at_high(), at(RiskLevel::High), 0),
        (Role::Cto, Policy { chain_binds: false, ..careful() }, approving(NOW), 0),
        (Role::Cto, Policy { chains: chains(&ReleaseType::ALL), ..careful() }, approving(NOW), 0),
        (Role::Cto, Policy { chains: chains(&[ReleaseType::Major]), ..careful() }, approving(NOW), 1),
    ] {
        let mut ledger = in_session();
        signs(&mut ledger, 20, role, &policy, body);
        assert_eq!(owed(&ledger).len(), wanted, "{role:?}, binds: {}", policy.chain_binds);
    }
    // Of a release that the chain does not delegate the same sign-off is one for the board.
    let mut ledger = in_session();
    let policy = Policy { chains: chains(&[ReleaseType::Major]), ..careful() };
    signs(&mut ledger, 20, Role::Cto, &policy, approving(NOW));
    let state = ledger.conditions.values().next().expect("owed of the others");
    assert!(!state.stands(ReleaseType::Major) && state.stands(ReleaseType::Minor));
}
