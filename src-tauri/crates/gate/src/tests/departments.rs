//! Departments that the change involves, by what was signed.
use domain::chain::{Department, DepartmentField};
use domain::dispensation::{SecondBody, WaiverBody};
use domain::entry::{Auth, Body, Involved, Verdict};
use domain::ids::{Digest, EntryId, MemberId};
use domain::meeting::DecisionKind;
use domain::policy::{Policy, Strength};
use domain::risk::RiskLevel;
use domain::roster::Role;
use record::statement::Subject;
use record::testing::{CHAIR, CTO, Desk, LEAD, id};

use super::Case;
use crate::Reason;
use crate::testing::{Handed, Story, digest_of, fields, key, with};

/// A board whose lead speaks for Payments, which is involved where the service is theirs.
fn begin(blocks: bool) -> Story {
    let row = Department {
        name: "Payments".to_owned(),
        field: Some(DepartmentField::Service),
        says: vec!["pay*".to_owned()],
        level: None,
    };
    begin_with(row, blocks)
}

/// The same with this row.
fn begin_with(row: Department, blocks: bool) -> Story {
    let clause = vec!["R12".to_owned()];
    let policy = Policy {
        name: "departments/1".to_owned(),
        blocking: if blocks { clause.clone() } else { Vec::new() },
        waivable: clause,
        departments: vec![row],
        ..Policy::built_in(Strength::Starter)
    };
    let mut story = Story::of(Desk::open(), &policy);
    let mut next = story.desk.rosters[0].clone();
    next.version = 2;
    let lead = next.members.iter_mut().find(|m| m.id == MemberId(id(LEAD))).expect("a lead");
    lead.departments = vec!["Payments".to_owned()];
    let chair = next.members.iter_mut().find(|m| m.id == MemberId(id(CHAIR))).expect("a chair");
    chair.git = vec!["ada@example.org".to_owned()];
    story.desk.rosters.push(next);
    story.desk.adopt(2, &[CHAIR, CTO]);
    story
}

/// Decided and signed by the CTO, of this service.
fn of_service(story: &mut Story, service: &str) -> std::collections::BTreeMap<String, Vec<u8>> {
    let fields = with("service", service);
    story.decide_on(DecisionKind::Approved, digest_of(&fields), Vec::new());
    story.sign_what(CTO, Verdict::Approve, &fields, |_| {});
    fields
}

/// Decided and signed by the CTO, by the lead for Payments or not, and handed out.
pub(super) fn for_payments(signs: bool) -> Case {
    let mut story = begin(true);
    let fields = of_service(&mut story, "payments");
    if signs {
        story.sign_what(LEAD, Verdict::Approve, &fields, |_| {});
    }
    story.export(Handed::of(&fields));
    Case::of(&story)
}

/// The chair's word that the slot is waived, and the CTO's, where it is seconded.
fn waive(story: &mut Story, gate: &str, content: Digest, seconded: bool) -> EntryId {
    let involved = Involved { author: story.author.clone(), ..Involved::default() };
    let subject = || vec![Subject { name: key().to_string(), sha256: content }];
    let body = WaiverBody {
        change: key(),
        clause: "R12".to_owned(),
        content,
        gate: gate.to_owned(),
        involved: involved.clone(),
        reason: "They are on a plane".to_owned(),
        until: None,
    };
    let waived = story.write(CHAIR, subject(), Body::Waived(body), |p| {
        (p.auth, p.role) = (Auth::Pin, Some(Role::Chair));
    });
    if seconded {
        let body = SecondBody { change: key(), content, entry: waived.id(), involved, reason: String::new() };
        story.write(CTO, subject(), Body::Seconded(body), |p| (p.auth, p.role) = (Auth::Pin, Some(Role::Cto)));
    }
    waived.id()
}

#[test]
fn a_department_signs_before_anything_is_deployed_where_the_policy_blocks_it() {
    let judged = |blocks: bool, service: &str| {
        let mut story = begin(blocks);
        let fields = of_service(&mut story, service);
        story.export(Handed::of(&fields));
        Case::of(&story).codes()
    };
    assert_eq!(judged(true, "payments"), [Reason::DepartmentMissing]);
    assert!(judged(true, "ledger").is_empty(), "it involves nobody");
    assert!(judged(false, "payments").is_empty(), "the policy only warns");
    assert!(for_payments(true).judge().passed());
}

#[test]
fn a_department_that_the_level_involves_signs_whatever_the_ticket_says() {
    let row = |level: RiskLevel| Department {
        name: "Payments".to_owned(),
        field: None,
        says: Vec::new(),
        level: Some(level),
    };
    let missing = vec![Reason::DepartmentMissing];
    for (from, signs, codes) in [
        (RiskLevel::Low, false, missing.clone()),
        (RiskLevel::Medium, false, missing),
        (RiskLevel::Medium, true, vec![]),
        (RiskLevel::High, false, vec![]),
    ] {
        // Decided and signed at Medium.
        let mut story = begin_with(row(from), true);
        let fields = of_service(&mut story, "ledger");
        if signs {
            story.sign_what(LEAD, Verdict::Approve, &fields, |_| {});
        }
        story.export(Handed::of(&fields));
        assert_eq!(Case::of(&story).codes(), codes, "{from:?} {signs}");
    }
    // Two people who lower the level take nothing away of what the score asks for.
    let mut story = begin_with(row(RiskLevel::High), true);
    let fields = of_service(&mut story, "ledger");
    let content = digest_of(&fields);
    let lowered = story.override_level((RiskLevel::High, RiskLevel::Medium), content).id();
    let involved = Involved { author: story.author.clone(), ..Involved::default() };
    let second = SecondBody { change: key(), content, entry: lowered, involved, reason: String::new() };
    let subject = vec![Subject { name: key().to_string(), sha256: content }];
    story.write(CTO, subject, Body::Seconded(second), |p| (p.auth, p.role) = (Auth::Pin, Some(Role::Cto)));
    story.export(Handed::of(&fields));
    assert_eq!(Case::of(&story).codes(), [Reason::DepartmentMissing]);
}

#[test]
fn what_does_not_show_the_service_does_not_show_that_nobody_is_involved() {
    let mut story = begin(true);
    story.decide(DecisionKind::Approved);
    story.sign(CTO, Verdict::Approve);
    story.export(Handed::of(&fields()));
    assert_eq!(Case::of(&story).codes(), [Reason::DepartmentMissing], "the field is not among what was signed");

    let mut story = begin(true);
    let fields = of_service(&mut story, "ledger");
    story.export(Handed::of(&fields));
    let mut bundle = story.extract(&[]);
    let service = bundle.manifests[0].lines().iter().find(|l| l.field == "service").expect("a field").sha256;
    bundle.blobs.remove(&service);
    let case = Case { approval: bundle.to_bytes().expect("writable"), ..Case::of(&story) };
    assert_eq!(case.codes(), [Reason::Withheld]);
}

#[test]
fn a_waiver_of_that_departments_slot_by_two_lets_it_pass() {
    let payments = digest_of(&with("service", "payments"));
    for (gate, content, seconded, codes) in [
        ("departments:Payments", payments, true, vec![]),
        ("departments:Payments", payments, false, vec![Reason::DepartmentMissing]),
        ("departments:Legal", payments, true, vec![Reason::DepartmentMissing]),
        ("departments", payments, true, vec![Reason::DepartmentMissing]),
        ("departments:Payments", digest_of(&fields()), true, vec![Reason::DepartmentMissing]),
    ] {
        let mut story = begin(true);
        let fields = of_service(&mut story, "payments");
        waive(&mut story, gate, content, seconded);
        story.export(Handed::of(&fields));
        let verdict = Case::of(&story).judge();
        assert_eq!(verdict.codes(), codes, "{gate} {seconded}: {}", verdict.text(false));
    }
}

#[test]
fn what_somebody_waived_who_committed_the_code_is_not_waived() {
    for (committer, codes) in [("zoe@example.org", vec![]), ("Ada@example.org", vec![Reason::DepartmentMissing])] {
        let mut story = begin(true);
        let fields = with("service", "payments");
        story.decide_on(DecisionKind::Approved, digest_of(&fields), Vec::new());
        // The merge request came after the waiver was prepared: the sign-off names who committed, the waiver nobody.
        story.sign_what(CTO, Verdict::Approve, &fields, |body| body.involved.committers = vec![committer.to_owned()]);
        waive(&mut story, "departments:Payments", digest_of(&fields), true);
        story.export(Handed::of(&fields));
        let verdict = Case::of(&story).judge();
        assert_eq!(verdict.codes(), codes, "{committer}: {}", verdict.text(false));
    }
}

#[test]
fn what_a_department_or_one_of_the_two_takes_back_is_seen_in_the_newer_file() {
    let mut story = begin(true);
    let fields = of_service(&mut story, "payments");
    let signed = story.sign_what(LEAD, Verdict::Approve, &fields, |_| {});
    story.export(Handed::of(&fields));
    let case = Case::of(&story);
    assert!(case.judge().passed(), "{}", case.judge().text(false));
    story.withdraw(LEAD, signed.id());
    assert_eq!(case.fresh(&story).codes(), [Reason::DepartmentMissing]);

    let mut story = begin(true);
    let fields = of_service(&mut story, "payments");
    let waived = waive(&mut story, "departments:Payments", digest_of(&fields), true);
    story.export(Handed::of(&fields));
    let case = Case::of(&story);
    assert!(case.judge().passed(), "{}", case.judge().text(false));
    story.withdraw(CHAIR, waived);
    assert_eq!(case.fresh(&story).codes(), [Reason::DepartmentMissing]);
}

#[test]
fn a_waiver_by_whom_the_roster_shows_to_have_a_part_in_the_change_or_to_share_an_account_covers_nothing() {
    // The author of the change has account 7.
    for (member, account, codes, why) in [
        (CHAIR, "8", vec![], "another account of their own"),
        (CHAIR, "7", vec![Reason::DepartmentMissing], "the chair wrote the change"),
        (LEAD, "1", vec![Reason::DepartmentMissing], "the chair's account is another's as well"),
    ] {
        let mut story = begin(true);
        let fields = of_service(&mut story, "payments");
        waive(&mut story, "departments:Payments", digest_of(&fields), true);
        let mut next = story.desk.rosters.last().expect("one").clone();
        next.version = 3;
        let changed = next.members.iter_mut().find(|m| m.id == MemberId(id(member))).expect("a member");
        changed.accounts.insert("CHG".to_owned(), account.to_owned());
        story.desk.rosters.push(next);
        story.desk.adopt(3, &[CHAIR, CTO]);
        story.export(Handed::of(&fields));
        let verdict = Case::of(&story).judge();
        assert_eq!(verdict.codes(), codes, "{why}: {}", verdict.text(false));
    }
}
