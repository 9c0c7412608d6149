use super::*;
use crate::gate::fixture::{at, id};
use crate::policy::Strength;

const GIVEN_FOR: Digest = Digest([7; 32]);
const EDITED: Digest = Digest([8; 32]);
const FIRST: u8 = 1;
const OTHER: u8 = 2;
const TWO: &[(u8, Role, bool)] = &[(OTHER, Role::Cto, false)];
const NOBODY: &[(u8, Role, bool)] = &[];

fn policy() -> Policy {
    Policy { waivable: vec!["R23".to_owned()], ..Policy::built_in(Strength::Full) }
}

fn waiver(clause: &str, until: Option<u32>) -> Grant {
    Grant::Waiver(WaiverBody {
        change: ChangeKey::new("CHG", 17),
        clause: clause.to_owned(),
        content: GIVEN_FOR,
        gate: "plan-r23".to_owned(),
        involved: Involved::default(),
        reason: "The vendor restores it".to_owned(),
        until: until.map(at),
    })
}

fn overriding(from: RiskLevel, to: RiskLevel) -> Grant {
    Grant::Override(OverrideBody {
        change: ChangeKey::new("CHG", 17),
        content: GIVEN_FOR,
        from,
        involved: Involved::default(),
        reason: "Rehearsed".to_owned(),
        to,
    })
}

fn exception(until: u32) -> Grant {
    Grant::Exception(ExceptionBody {
        change: ChangeKey::new("CHG", 17),
        content: GIVEN_FOR,
        freeze: "year-end".to_owned(),
        involved: Involved::default(),
        reason: "The law".to_owned(),
        until: at(until),
    })
}

/// Said by the chair; `seconds`: by whom, in which role, and whether taken back.
fn said(grant: Grant, seconds: &[(u8, Role, bool)]) -> Dispensation {
    let second = |(actor, role, withdrawn): &(u8, Role, bool)| Second {
        entry: EntryId([*actor; 32]),
        actor: id(*actor),
        role: Some(*role),
        claimed: at(9),
        reason: String::new(),
        withdrawn: withdrawn.then_some(EntryId([99; 32])),
    };
    Dispensation {
        entry: EntryId([50; 32]),
        actor: id(FIRST),
        role: Some(Role::Chair),
        claimed: at(9),
        grant,
        seconds: seconds.iter().map(second).collect(),
        withdrawn: None,
    }
}

#[test]
fn it_counts_when_two_who_hold_the_right_say_so_of_what_stands_there_and_before_it_is_over() {
    type Case<'a> = (Grant, &'a [(u8, Role, bool)], Digest, Force);
    let (two, nobody) = (TWO, NOBODY);
    let (low, high) = (RiskLevel::Low, RiskLevel::High);
    let cases: &[Case<'_>] = &[
        (waiver("R23", None), two, GIVEN_FOR, Force::InForce),
        (waiver("R23", Some(11)), two, GIVEN_FOR, Force::InForce),
        (waiver("R23", Some(10)), two, GIVEN_FOR, Force::Expired),
        (waiver("R23", None), two, EDITED, Force::Stale),
        (waiver("R23", None), nobody, GIVEN_FOR, Force::NotSeconded),
        (waiver("R23", None), &[(FIRST, Role::Chair, false)], GIVEN_FOR, Force::NotSeconded),
        (waiver("R23", None), &[(OTHER, Role::Cto, true)], GIVEN_FOR, Force::NotSeconded),
        (waiver("R23", None), &[(OTHER, Role::Security, false)], GIVEN_FOR, Force::NotSeconded),
        (
            waiver("R23", None),
            &[(OTHER, Role::Security, false), (3, Role::ServiceManager, false)],
            GIVEN_FOR,
            Force::InForce,
        ),
        // The policy does not list it, or never may.
        (waiver("R24", None), two, GIVEN_FOR, Force::NotAllowed),
        (waiver("R39", None), two, GIVEN_FOR, Force::NotAllowed),
        (overriding(high, low), two, GIVEN_FOR, Force::InForce),
        (overriding(high, low), nobody, GIVEN_FOR, Force::NotSeconded),
        (overriding(high, low), two, EDITED, Force::Stale),
        (overriding(low, high), nobody, GIVEN_FOR, Force::InForce),
        (overriding(low, high), nobody, EDITED, Force::Stale),
        (exception(11), two, GIVEN_FOR, Force::InForce),
        (exception(11), two, EDITED, Force::InForce),
        (exception(10), two, GIVEN_FOR, Force::Expired),
        (exception(11), nobody, GIVEN_FOR, Force::NotSeconded),
    ];
    for (grant, seconds, content, force) in cases {
        let dispensation = said(grant.clone(), seconds);
        assert_eq!(dispensation.force(&policy(), *content, at(10)), *force, "{dispensation:?}");
    }
    let withdrawn = Dispensation { withdrawn: Some(EntryId([99; 32])), ..said(waiver("R23", None), two) };
    assert_eq!(withdrawn.force(&policy(), GIVEN_FOR, at(10)), Force::Withdrawn);
    let without_right = Dispensation { role: Some(Role::BoardMember), ..said(waiver("R23", None), two) };
    assert_eq!(without_right.force(&policy(), GIVEN_FOR, at(10)), Force::NoRight);
}

#[test]
fn no_hard_clause_is_waived_whatever_a_policy_or_an_entry_says() {
    for clause in HARD_CLAUSES {
        let listed = Policy { waivable: vec![clause.to_owned()], ..policy() };
        let dispensation = said(waiver(clause, None), &[(OTHER, Role::Cto, false)]);
        assert_eq!(dispensation.force(&listed, GIVEN_FOR, at(10)), Force::NotAllowed, "{clause}");
        assert_eq!(dispensation.grant.check(), Err(NoDispensation::Hard { clause: clause.to_owned() }));
    }
}

#[test]
fn the_policy_says_who_may() {
    let only = |roles: Vec<Role>| Policy { dispensation_roles: roles, ..policy() };
    let dispensation = said(waiver("R23", None), &[(OTHER, Role::Security, false)]);
    for (roles, force) in [
        (vec![], Force::NotSeconded),
        (vec![Role::Chair, Role::Security], Force::InForce),
        (vec![Role::Security], Force::NoRight),
    ] {
        assert_eq!(dispensation.force(&only(roles.clone()), GIVEN_FOR, at(10)), force, "{roles:?}");
    }
    assert!(only(vec![Role::Chair, Role::Auditor]).check().is_err(), "an auditor decides nothing");
}

#[test]
fn each_says_what_it_sets_aside_and_why() {
    let blank = " \u{2003}\n".to_owned();
    let (Grant::Waiver(waiver), Grant::Exception(exception)) = (waiver("R23", None), exception(11)) else {
        unreachable!("as they were made")
    };
    let cases = [
        (Grant::Waiver(waiver.clone()), Ok(())),
        (Grant::Waiver(WaiverBody { gate: blank.clone(), ..waiver.clone() }), Err(NoDispensation::Nothing)),
        (Grant::Waiver(WaiverBody { clause: String::new(), ..waiver.clone() }), Err(NoDispensation::Nothing)),
        (Grant::Waiver(WaiverBody { reason: blank.clone(), ..waiver }), Err(NoDispensation::NoReason)),
        (overriding(RiskLevel::High, RiskLevel::High), Err(NoDispensation::SameLevel)),
        (Grant::Exception(ExceptionBody { freeze: blank.clone(), ..exception.clone() }), Err(NoDispensation::Nothing)),
        (Grant::Exception(ExceptionBody { reason: blank, ..exception }), Err(NoDispensation::NoReason)),
    ];
    for (grant, expected) in cases {
        assert_eq!(grant.check(), expected, "{grant:?}");
    }
}

#[test]
fn a_level_is_raised_freely_and_lowered_only_from_what_it_was_given_for_and_never_below_a_floor() {
    use RiskLevel::{Critical, High, Low, Medium};
    for (from, to, level, floor, counts) in [
        (Medium, High, Medium, Low, Some(High)),
        // The score has risen since: nobody lowers it by having raised it less.
        (Medium, High, Critical, Low, None),
        (Medium, High, Low, Low, Some(High)),
        (High, Low, High, Low, Some(Low)),
        (High, Low, High, Medium, Some(Medium)),
        (High, Low, High, High, None),
        // Given for High: it says nothing of Critical, nor of Medium.
        (High, Low, Critical, Low, None),
        (High, Low, Medium, Low, None),
    ] {
        let one = said(overriding(from, to), &[]);
        let found = overridden(std::iter::once(&one), level, floor).map(|(level, _)| level);
        assert_eq!(found, counts, "{from:?} to {to:?}, of {level:?} with floor {floor:?}");
    }
    let counts = |all: &[Dispensation], level| overridden(all.iter(), level, Low).map(|(level, _)| level);
    let raised = || said(overriding(Low, Critical), &[]);
    let all = [raised(), said(overriding(Low, High), &[])];
    assert_eq!(counts(&all, Low), Some(Critical), "nobody takes back by a lower word what another raised");
    let all = [said(overriding(Low, Medium), &[]), said(overriding(High, Low), &[])];
    assert_eq!(counts(&all, High), None, "nor do two lower it while a raise stands");
    assert_eq!(counts(&[said(overriding(High, Medium), &[]), said(overriding(High, Low), &[])], High), Some(Low));
}
