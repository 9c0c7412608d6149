//! When an approval holds (R30, R31, R89).
use std::collections::BTreeMap;

use super::*;
use crate::entry::Involved;
use crate::gate::fixture::{at, id, member, roster};
use crate::ids::ChangeKey;
use crate::risk::{Facts, RiskStamp};

const NOW: Digest = Digest([1; 32]);
const BEFORE: Digest = Digest([2; 32]);

fn board() -> Roster {
    roster(vec![
        member(1, &[Role::Chair]),
        member(2, &[Role::Cto]),
        member(3, &[Role::TechnicalLead]),
        member(4, &[Role::BoardMember]),
    ])
}

fn account(roster: &Roster, n: u8) -> Option<String> {
    roster.member(id(n)).and_then(|m| m.accounts.get("CHG").cloned())
}

fn sign_off(n: u8, role: Role, verdict: Verdict, content: Digest, level: RiskLevel) -> SignOff {
    SignOff {
        entry: EntryId([n; 32]),
        actor: id(n),
        role: Some(role),
        attestation: Attestation::Signed,
        manifest: content,
        meaning: String::new(),
        claimed: at(10),
        body: SignOffBody {
            change: ChangeKey::new("CHG", 17),
            item: None,
            verdict,
            reason: String::new(),
            sections: BTreeMap::new(),
            content,
            involved: Involved::default(),
            risk: RiskStamp {
                model: "points-100/1".to_owned(),
                model_digest: Digest([0; 32]),
                answers: Digest([0; 32]),
                score: 30,
                level,
                assumed: 0,
                facts: Facts::default(),
            },
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

fn judged(sign_offs: &[SignOff]) -> Authority {
    authority_holds(&board(), sign_offs, Attestation::Written, &Present::of(NOW, RiskLevel::Medium))
}

#[test]
fn the_cto_or_the_lead_is_authority_and_others_only_advise() {
    let medium = RiskLevel::Medium;
    for (role, wanted) in [
        (Role::Cto, Authority::Holds),
        (Role::TechnicalLead, Authority::Holds),
        (Role::Chair, Authority::Missing),
        (Role::Security, Authority::Missing),
        (Role::BoardMember, Authority::Missing),
    ] {
        assert_eq!(judged(&[sign_off(2, role, Verdict::Approve, NOW, medium)]), wanted, "{role:?}");
    }
}

#[test]
fn a_rejecting_authority_outweighs_an_approving_one() {
    let approve = sign_off(2, Role::Cto, Verdict::Approve, NOW, RiskLevel::Medium);
    let reject = sign_off(3, Role::TechnicalLead, Verdict::Reject, NOW, RiskLevel::Medium);
    assert_eq!(judged(&[approve, reject]), Authority::Rejected);
}

#[test]
fn content_or_a_rise_in_level_makes_it_stale_and_a_fall_does_not() {
    let of = |content, level| judged(&[sign_off(2, Role::Cto, Verdict::Approve, content, level)]);
    assert_eq!(of(BEFORE, RiskLevel::Medium), Authority::Stale, "the content changed");
    assert_eq!(of(NOW, RiskLevel::Low), Authority::Stale, "the level rose from low to medium");
    assert_eq!(of(NOW, RiskLevel::High), Authority::Holds, "the level fell");
}

#[test]
fn an_edit_that_was_ruled_immaterial_leaves_it_standing_and_a_risen_level_does_not() {
    let signed = |level| [sign_off(2, Role::Cto, Verdict::Approve, BEFORE, level)];
    let judged = |ruled: &[Digest], level| {
        let now = Present { ruled: ruled.iter().copied().collect(), ..Present::of(NOW, level) };
        authority_holds(&board(), &signed(RiskLevel::Medium), Attestation::Written, &now)
    };
    assert_eq!(judged(&[], RiskLevel::Medium), Authority::Stale);
    assert_eq!(judged(&[BEFORE], RiskLevel::Medium), Authority::Holds);
    assert_eq!(judged(&[Digest([3; 32])], RiskLevel::Medium), Authority::Stale, "another edit");
    assert_eq!(judged(&[BEFORE], RiskLevel::High), Authority::Stale, "a ruling is about the edit, not about the risk");
}

#[test]
fn where_the_chain_binds_only_the_cto_is_authority_from_high_on_and_low_is_delegated() {
    use RiskLevel::{Critical, High, Low, Medium};
    let minor = Some(ReleaseType::Minor);
    for (binds, level, binding, release, lead, delegated) in [
        (false, Low, Low, minor, Authority::Holds, false),
        (false, High, High, minor, Authority::Holds, false),
        (true, Low, Low, minor, Authority::Holds, true),
        (true, Low, Low, None, Authority::Holds, false),
        (true, Medium, Medium, minor, Authority::Holds, false),
        (true, High, High, minor, Authority::Missing, false),
        (true, Critical, Critical, minor, Authority::Missing, false),
        // It was decided at High, and assessed lower since.
        (true, Medium, High, minor, Authority::Missing, false),
    ] {
        let policy = Policy { chain_binds: binds, ..Policy::built_in(crate::policy::Strength::Starter) };
        let now = Present::of(NOW, level).bound(&policy, release, binding);
        let signed = |n: u8, role: Role| [sign_off(n, role, Verdict::Approve, NOW, level)];
        let found = authority_holds(&board(), &signed(3, Role::TechnicalLead), Attestation::Written, &now);
        assert_eq!((found, now.delegated), (lead, delegated), "{binds} {level:?} {binding:?}");
        let cto = authority_holds(&board(), &signed(2, Role::Cto), Attestation::Written, &now);
        assert_eq!(cto, Authority::Holds, "the CTO decides at every level");
    }
}

#[test]
fn where_the_ticket_names_a_lead_no_other_is_authority_and_the_cto_still_is() {
    let (yes, no) = (Verdict::Approve, Verdict::Reject);
    for (role, account, verdict, named, wanted) in [
        (Role::TechnicalLead, Some("3"), yes, Some("3"), Authority::Holds),
        (Role::TechnicalLead, Some("3"), yes, None, Authority::Holds),
        (Role::TechnicalLead, Some("3"), yes, Some("8"), Authority::Missing),
        (Role::TechnicalLead, Some("3"), no, Some("8"), Authority::Missing),
        (Role::TechnicalLead, None, yes, Some("3"), Authority::Missing),
        // What could not be read names nobody who could sign.
        (Role::TechnicalLead, Some(""), yes, Some(""), Authority::Missing),
        (Role::Cto, None, yes, Some("8"), Authority::Holds),
        (Role::Cto, None, no, Some("8"), Authority::Rejected),
    ] {
        let now = Present { lead: named.map(str::to_owned), ..Present::of(NOW, RiskLevel::Medium) };
        let account = account.map(str::to_owned);
        let signed = SignOff { account, ..sign_off(3, role, verdict, NOW, RiskLevel::Medium) };
        let found = authority_holds(&board(), &[signed], Attestation::Written, &now);
        assert_eq!(found, wanted, "{role:?} {verdict:?} {named:?}");
    }
}

#[test]
fn a_lead_is_authority_on_the_projects_of_the_scope_and_the_cto_on_every_one() {
    let judged = |role: Role, n: u8, verdict: Verdict, scope: &[&str], project: Option<&str>| {
        let now = Present { project: project.map(str::to_owned), ..Present::of(NOW, RiskLevel::Medium) };
        let scope = scope.iter().map(|s| (*s).to_owned()).collect();
        let signed = SignOff { scope, ..sign_off(n, role, verdict, NOW, RiskLevel::Medium) };
        (
            authority_holds(&board(), std::slice::from_ref(&signed), Attestation::Written, &now),
            carrying(&[signed], Attestation::Written, &now).len(),
        )
    };
    let lead = |verdict, scope: &[&str], project| judged(Role::TechnicalLead, 3, verdict, scope, project);
    let (yes, no) = (Verdict::Approve, Verdict::Reject);
    for (verdict, scope, project, wanted) in [
        (yes, vec![], Some("group/payments"), Authority::Holds),
        (yes, vec!["group/*"], Some("group/payments"), Authority::Holds),
        (yes, vec!["other/*"], Some("group/payments"), Authority::Missing),
        (yes, vec!["group/*"], Some(""), Authority::Missing),
        (yes, vec!["other/*"], None, Authority::Holds),
        (no, vec!["group/*"], Some("group/payments"), Authority::Rejected),
        (no, vec!["other/*"], Some("group/payments"), Authority::Missing),
    ] {
        let (authority, carried) = lead(verdict, &scope, project);
        assert_eq!(authority, wanted, "{verdict:?} {scope:?} {project:?}");
        assert_eq!(carried, usize::from(wanted == Authority::Holds));
    }
    assert_eq!(judged(Role::Cto, 2, yes, &["other/*"], Some("group/payments")).0, Authority::Holds);
}

#[test]
fn an_edit_of_sections_on_which_the_role_does_not_depend_leaves_it_standing() {
    use crate::plan::PlanSection as S;
    let judged = |signed: Digest, edited: &[S], depends: &[(Role, Vec<S>)]| {
        let now = Present {
            edited: BTreeMap::from([(BEFORE, edited.iter().copied().collect())]),
            depends: depends.iter().cloned().collect(),
            ..Present::of(NOW, RiskLevel::Medium)
        };
        let sign_offs = [sign_off(2, Role::Cto, Verdict::Approve, signed, RiskLevel::Medium)];
        authority_holds(&board(), &sign_offs, Attestation::Written, &now)
    };
    let all = || vec![(Role::Cto, S::ALL.to_vec())];
    let backout = || vec![(Role::Cto, vec![S::Backout]), (Role::TechnicalLead, Vec::new())];
    assert_eq!(judged(BEFORE, &[S::Training], &backout()), Authority::Holds);
    assert_eq!(judged(BEFORE, &[S::Training, S::Roles], &backout()), Authority::Holds);
    assert_eq!(judged(BEFORE, &[S::Backout], &backout()), Authority::Stale);
    assert_eq!(judged(BEFORE, &[S::Training, S::Backout], &backout()), Authority::Stale, "one of them is enough");
    assert_eq!(judged(BEFORE, &[S::Training], &all()), Authority::Stale, "as the built-in policies have it");
    assert_eq!(judged(BEFORE, &[S::Training], &[]), Authority::Stale, "a policy that says nothing means all");
    assert_eq!(judged(Digest([3; 32]), &[S::Training], &backout()), Authority::Stale, "more than the plan was edited");
}

#[test]
fn what_was_withdrawn_or_known_too_weakly_does_not_count() {
    let mut withdrawn = sign_off(2, Role::Cto, Verdict::Approve, NOW, RiskLevel::Medium);
    withdrawn.withdrawn = Some(EntryId([9; 32]));
    assert_eq!(judged(&[withdrawn]), Authority::Missing);
    let mut spoken = sign_off(2, Role::Cto, Verdict::Approve, NOW, RiskLevel::Medium);
    spoken.attestation = Attestation::Recorded;
    assert_eq!(judged(&[spoken]), Authority::Missing, "spoken on the recorder's word");
}

#[test]
fn a_later_sign_off_of_the_same_person_replaces_the_earlier() {
    let first = sign_off(2, Role::Cto, Verdict::Reject, NOW, RiskLevel::Medium);
    let mut second = sign_off(2, Role::Cto, Verdict::Approve, NOW, RiskLevel::Medium);
    second.entry = EntryId([8; 32]);
    assert_eq!(judged(&[first, second]), Authority::Holds);
}

#[test]
fn whoever_deploys_is_not_the_only_approver() {
    let roster = board();
    let deployer = account(&roster, 3);
    assert!(deployer.is_some(), "the fixture's members have accounts");
    let by = |n, role| {
        let mut s = sign_off(n, role, Verdict::Approve, NOW, RiskLevel::Medium);
        s.body.involved.deployer.clone_from(&deployer);
        s
    };
    let alone = [by(3, Role::TechnicalLead)];
    assert_eq!(judged(&alone), Authority::Missing, "R89: the deployer alone");
    let beside = [by(3, Role::TechnicalLead), by(2, Role::Cto)];
    assert_eq!(judged(&beside), Authority::Holds, "beside another approver");
}

#[test]
fn somebodys_word_for_it_does_not_displace_what_was_signed() {
    let signed = sign_off(2, Role::Cto, Verdict::Approve, NOW, RiskLevel::Medium);
    let mut spoken = sign_off(2, Role::Cto, Verdict::Reject, NOW, RiskLevel::Medium);
    spoken.attestation = Attestation::Recorded;
    assert_eq!(judged(&[signed.clone(), spoken.clone()]), Authority::Holds, "known too weakly to say anything");
    spoken.attestation = Attestation::Written;
    assert_eq!(judged(&[signed, spoken]), Authority::Rejected, "the person's own later word");
}

#[test]
fn what_came_after_the_decision_neither_approves_nor_rejects_nor_displaces() {
    let in_time = sign_off(2, Role::Cto, Verdict::Approve, NOW, RiskLevel::Medium);
    let mut after = sign_off(3, Role::TechnicalLead, Verdict::Reject, NOW, RiskLevel::Medium);
    after.late = true;
    assert_eq!(judged(&[in_time.clone(), after.clone()]), Authority::Holds, "another's refusal came too late");
    after.actor = in_time.actor;
    assert_eq!(judged(&[in_time, after.clone()]), Authority::Holds, "so did their own");
    after.body.verdict = Verdict::Approve;
    assert_eq!(judged(&[after]), Authority::Missing, "and what came too late does not approve");
}

#[test]
fn a_shift_of_the_window_that_the_policy_tolerates_leaves_it_standing_and_a_risen_level_does_not() {
    use crate::shift::Shift;
    let minutes = |n| Shift { start: chrono::Duration::minutes(n), end: chrono::Duration::minutes(n) };
    let judged = |signed, from: Option<Digest>, level| {
        let moved = from.map(|from| Moved { from, shift: minutes(20) });
        let now = Present { moved, ..Present::of(NOW, level) };
        let sign_offs = [sign_off(2, Role::Cto, Verdict::Approve, signed, RiskLevel::Medium)];
        authority_holds(&board(), &sign_offs, Attestation::Written, &now)
    };
    let other = Digest([3; 32]);
    for (signed, from, level, wanted, why) in [
        (BEFORE, None, RiskLevel::Medium, Authority::Stale, "an edit"),
        (BEFORE, Some(BEFORE), RiskLevel::Medium, Authority::Holds, "moved since it was decided and signed"),
        (NOW, Some(BEFORE), RiskLevel::Medium, Authority::Holds, "signed after it was moved"),
        (other, Some(BEFORE), RiskLevel::Medium, Authority::Stale, "signed in between, over what nobody decided"),
        (BEFORE, Some(BEFORE), RiskLevel::High, Authority::Stale, "the risk rose with it"),
    ] {
        assert_eq!(judged(signed, from, level), wanted, "{why}");
    }
}
