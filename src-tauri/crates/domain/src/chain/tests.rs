//! Who is asked, for whom, and how long they have been asked.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::*;
use crate::change::{ChangeKind, ChangeRequest};
use crate::entry::{Attestation, Involved, SignOffBody, Verdict};
use crate::gate::fixture::{at, change, id, member, roster};
use crate::gate::{GateResult, Waiver, departments_gate, owners_gate, waive, waive_slots};
use crate::ids::{ChangeKey, Digest, EntryId};
use crate::policy::{AskedFrom, Policy, Strength};
use crate::risk::{Facts, RiskLevel, RiskStamp};
use crate::roster::{Member, Role, Roster};
use crate::sign_off::{Present, SignOff};

mod timers;

const NOW: Digest = Digest([1; 32]);
const BEFORE: Digest = Digest([2; 32]);

/// Chair 1, CTO 2, lead 3, Payments 4, and the author of the fixture's change, 6.
fn board() -> Roster {
    let mut payments = member(4, &[Role::BoardMember]);
    payments.departments = vec!["Payments".to_owned()];
    roster(vec![
        member(1, &[Role::Chair]),
        member(2, &[Role::Cto]),
        member(3, &[Role::TechnicalLead]),
        payments,
        member(6, &[Role::BoardMember]),
    ])
}

fn row(name: &str, field: DepartmentField, says: &[&str]) -> Department {
    Department {
        name: name.to_owned(),
        field: Some(field),
        says: says.iter().map(|s| (*s).to_owned()).collect(),
        level: None,
    }
}

fn starter() -> Policy {
    Policy::built_in(Strength::Starter)
}

fn of(kind: Option<ChangeKind>, version: &str) -> ChangeRequest {
    ChangeRequest { kind, version: version.to_owned(), ..change() }
}

#[test]
fn the_type_of_a_release_follows_from_the_kind_and_a_version_only_makes_it_larger() {
    use ChangeKind::{Emergency, Normal, Standard};
    use ReleaseType as T;
    for (kind, version, wanted) in [
        (Some(Normal), "4.2.0", T::Minor),
        (Some(Normal), "4.2.1", T::Minor),
        (Some(Normal), "", T::Minor),
        (Some(Normal), "the newest", T::Minor),
        (Some(Normal), "2026.11", T::Minor),
        (Some(Normal), "0.0.0", T::Minor),
        (Some(Normal), "5", T::Minor),
        (Some(Normal), "5.0.0-rc1", T::Minor),
        (Some(Normal), "5.0", T::Major),
        (Some(Normal), "v5.0.0", T::Major),
        (None, "5.0.0", T::Major),
        (None, "", T::Minor),
        (Some(Normal), "registry.example/payments:5.0.0@sha256:00", T::Major),
        (Some(Standard), "5.0.0", T::Patch),
        (Some(Emergency), "5.0.0", T::Emergency),
    ] {
        assert_eq!(ReleaseType::of(&of(kind, version)), wanted, "{kind:?} {version}");
    }
}

#[test]
fn low_is_delegated_and_the_rest_goes_to_the_board_unless_the_policy_says_otherwise() {
    use ReleaseType as T;
    let ours = BTreeMap::from([
        (T::Major, BTreeMap::from([(RiskLevel::Low, Route::Board)])),
        (T::Patch, BTreeMap::from([(RiskLevel::Medium, Route::Delegated)])),
    ]);
    for (release, level, wanted) in [
        (T::Minor, RiskLevel::Low, Route::Delegated),
        (T::Minor, RiskLevel::Medium, Route::Board),
        (T::Minor, RiskLevel::Critical, Route::Board),
        (T::Major, RiskLevel::Low, Route::Board),
        (T::Major, RiskLevel::High, Route::Board),
        (T::Patch, RiskLevel::Low, Route::Delegated),
        (T::Patch, RiskLevel::Medium, Route::Delegated),
        (T::Patch, RiskLevel::High, Route::Board),
    ] {
        assert_eq!(route(&ours, release, level), wanted, "{release:?} {level:?}");
    }
    for release in ReleaseType::ALL {
        for level in [RiskLevel::High, RiskLevel::Critical] {
            let chains = BTreeMap::from([(release, BTreeMap::from([(level, Route::Delegated)]))]);
            assert!(Policy { chains, ..starter() }.check().is_err(), "{release:?} {level:?}: the board is asked");
        }
    }
}

/// Who is asked, as number of the member and part.
fn asked(change: &ChangeRequest, level: RiskLevel, policy: &Policy, roster: &Roster) -> Vec<(u8, Part)> {
    let number = |asked: &Asked| (1..=9).find(|n| id(*n) == asked.member).expect("a small board");
    resolve(change, (level, level), policy, roster).asked.iter().map(|a| (number(a), a.part)).collect()
}

#[test]
fn everybody_is_asked_in_order_and_whose_own_change_it_is_is_not() {
    use Part::{Advises, Decides, Signs};
    let board = board();
    let policy = Policy { departments: vec![row("Payments", DepartmentField::Service, &["pay*"])], ..starter() };
    let advice = [(1, Advises), (2, Advises), (3, Advises), (4, Advises)];
    let with = |first: &[(u8, Part)], last: (u8, Part)| -> Vec<(u8, Part)> {
        first.iter().copied().chain(advice).chain([last]).collect()
    };
    let delegated = vec![(3, Decides)];
    assert_eq!(asked(&change(), RiskLevel::Low, &starter(), &board), delegated);
    assert_eq!(asked(&change(), RiskLevel::Medium, &starter(), &board), with(&[], (3, Decides)));
    assert_eq!(asked(&change(), RiskLevel::High, &starter(), &board), with(&[], (2, Decides)));
    assert_eq!(asked(&change(), RiskLevel::Critical, &policy, &board), with(&[(4, Signs)], (2, Decides)));
    assert_eq!(asked(&change(), RiskLevel::Low, &policy, &board), [(4, Signs), (3, Decides)]);
}

#[test]
fn each_is_told_the_reason() {
    let said = |level, roster: &Roster| {
        let chain = resolve(&change(), (level, level), &starter(), roster);
        (chain.asked.last().map(|a| a.reason.clone()), chain.vacant)
    };
    let words = |text: &str| (Some(text.to_owned()), Vec::<String>::new());
    assert_eq!(
        said(RiskLevel::Low, &board()),
        words("Low risk: the decision is delegated to the Technical Development Lead (R61)")
    );
    assert_eq!(said(RiskLevel::High, &board()), words("High risk: the CTO decides (R61)"));
    assert_eq!(said(RiskLevel::Medium, &board()), words("Medium risk: the Technical Development Lead decides (R31)"));
    let only = |n: u8, role: Role| roster(vec![member(n, &[role])]);
    assert_eq!(
        said(RiskLevel::Low, &only(2, Role::Cto)),
        words("Low risk: the CTO decides, as no Technical Development Lead of the project may (R31)")
    );
    assert_eq!(
        said(RiskLevel::High, &only(3, Role::TechnicalLead)),
        words("High risk: the Technical Development Lead decides, as no CTO may (R31)")
    );
    let (_, vacant) = said(RiskLevel::High, &only(1, Role::Chair));
    assert_eq!(vacant, ["Neither a Technical Development Lead of payments nor a CTO may sign (R31)"]);
}

#[test]
fn a_lead_decides_on_the_projects_of_the_scope() {
    for (scope, project, wanted) in [
        (vec![], "group/payments", true),
        (vec![], "", true),
        (vec!["group/payments"], "group/payments", true),
        (vec!["GROUP/*"], "group/payments", true),
        (vec!["other/*", "group/pay*"], "group/payments", true),
        (vec!["group/payments"], "group/payments-api", false),
        (vec!["group/payments"], "", false),
        (vec!["*"], "", false),
    ] {
        let scope: Vec<String> = scope.into_iter().map(str::to_owned).collect();
        assert_eq!(decides_for(&scope, project), wanted, "{scope:?} {project}");
    }
    assert_eq!(project_of_change("https://git.example/group/payments.git"), "group/payments");
    assert_eq!(project_of_change(" "), "");
    // Of two leads the one whose project it is is asked.
    let mut other = member(8, &[Role::TechnicalLead]);
    other.scope = vec!["somewhere/else".to_owned()];
    let both = roster(vec![member(3, &[Role::TechnicalLead]), other]);
    assert_eq!(asked(&change(), RiskLevel::Low, &starter(), &both), [(3, Part::Decides)]);
}

#[test]
fn a_word_of_the_ticket_involves_a_department_once() {
    use DepartmentField as F;
    let rows = vec![
        row("Payments", F::Service, &["payments"]),
        row("Payments", F::AffectedApplications, &["checkout"]),
        row("Legal", F::AffectedData, &["customer*", "personal data"]),
        row("Operations", F::Environment, &["prod*"]),
    ];
    let policy = Policy { departments: rows, ..starter() };
    let found = |change: &ChangeRequest| -> Vec<String> {
        departments_involved(change, RiskLevel::Low, &policy).into_iter().map(|i| i.department).collect()
    };
    assert_eq!(found(&change()), ["Payments", "Operations"]);
    let data = |text: &str| ChangeRequest { affected_data: text.to_owned(), ..change() };
    assert_eq!(found(&data("orders; Customer names\n")), ["Payments", "Legal", "Operations"]);
    assert_eq!(found(&data("no personal data")), ["Payments", "Operations"], "an item as a whole");
    assert_eq!(found(&ChangeRequest { environment: String::new(), ..change() }), ["Payments"]);
    let why = departments_involved(&change(), RiskLevel::Low, &policy).remove(0).because;
    assert_eq!(why, "service on the ticket: “payments”");
}

fn signed(n: u8, verdict: Verdict, content: Digest) -> SignOff {
    SignOff {
        entry: EntryId([n; 32]),
        actor: id(n),
        role: Some(Role::BoardMember),
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
                level: RiskLevel::Medium,
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

#[test]
fn a_department_is_signed_for_by_who_speaks_for_it_and_a_no_outweighs() {
    let speaks = |n: u8, departments: &[&str]| Member {
        departments: departments.iter().map(|d| (*d).to_owned()).collect(),
        ..member(n, &[Role::BoardMember])
    };
    let board = roster(vec![
        speaks(1, &["payments "]),
        speaks(2, &["Payments"]),
        speaks(3, &["Legal"]),
        speaks(6, &["Payments"]),
    ]);
    let mut policy =
        Policy { departments: vec![row("Payments", DepartmentField::Service, &["payments"])], ..starter() };
    let now = Present::of(NOW, RiskLevel::Medium);
    let withdrawn = SignOff { withdrawn: Some(EntryId([9; 32])), ..signed(1, Verdict::Approve, NOW) };
    let weak = SignOff { attestation: Attestation::Recorded, ..signed(1, Verdict::Approve, NOW) };
    let (yes, no) = (Verdict::Approve, Verdict::Reject);
    for (sign_offs, state, result) in [
        (vec![], SlotState::Open, GateResult::Failed),
        (vec![signed(1, yes, NOW)], SlotState::Signed, GateResult::Passed),
        (vec![signed(3, yes, NOW)], SlotState::Open, GateResult::Failed),
        // The author, whose sign-off says that somebody else is.
        (vec![signed(6, yes, NOW)], SlotState::Open, GateResult::Failed),
        (vec![signed(1, yes, BEFORE)], SlotState::Stale, GateResult::Failed),
        (vec![signed(1, yes, BEFORE), signed(2, yes, NOW)], SlotState::Signed, GateResult::Passed),
        (vec![signed(1, no, NOW), signed(2, yes, NOW)], SlotState::Rejected, GateResult::Failed),
        (vec![signed(1, no, NOW), signed(1, yes, NOW)], SlotState::Signed, GateResult::Passed),
        (vec![withdrawn], SlotState::Open, GateResult::Failed),
        (vec![weak], SlotState::Open, GateResult::Failed),
    ] {
        policy.blocking.retain(|clause| clause != "R12");
        let change = change();
        let matter = Matter::of(&change, RiskLevel::Medium);
        let matrix = slots(&matter, &policy, &board, &sign_offs, Attestation::Written, &now);
        assert_eq!(matrix.iter().map(|s| s.state).collect::<Vec<_>>(), [state], "{sign_offs:?}");
        assert_eq!(matrix[0].holders, [id(1), id(2)], "the author of a change signs for nobody (R89)");
        let advises = departments_gate(&matrix, &policy);
        let warned = if result == GateResult::Failed { GateResult::Warned } else { result };
        assert_eq!((advises.result, advises.blocks), (warned, false), "a policy that does not block R12 warns");
        policy.blocking.push("R12".to_owned());
        let blocks = departments_gate(&matrix, &policy);
        assert_eq!((blocks.result, blocks.blocks), (result, result == GateResult::Failed));
        assert_eq!(blocks.satisfied_by.is_empty(), result == GateResult::Passed);
    }
    let none = departments_gate(&[], &policy);
    assert_eq!((none.result, none.blocks), (GateResult::NotApplicable, false), "it involves none");
    let none = departments_gate(&[], &starter());
    assert_eq!((none.result, none.why.as_str()), (GateResult::NotApplicable, "the policy names no departments"));
}

#[test]
fn a_waiver_covers_the_slot_of_one_department_and_not_what_it_does_not_name() {
    let both = vec![
        row("Payments", DepartmentField::Service, &["payments"]),
        row("Operations", DepartmentField::Environment, &["*"]),
    ];
    let policy = Policy {
        departments: both,
        blocking: vec!["R12".to_owned()],
        waivable: vec!["R12".to_owned()],
        ..Policy::built_in(Strength::Observe)
    };
    let waiver = |gate: &str, clause: &str| Waiver {
        gate: gate.to_owned(),
        clause: clause.to_owned(),
        by: "Ada".to_owned(),
        second: "Grace".to_owned(),
        reason: "Nobody is there".to_owned(),
    };
    let judged = |policy: &Policy, waivers: &[Waiver]| {
        let now = Present::of(NOW, RiskLevel::Medium);
        let change = change();
        let matter = Matter::of(&change, RiskLevel::Medium);
        let open = slots(&matter, policy, &board(), &[], Attestation::Written, &now);
        let left = waive_slots(open, waivers, policy);
        // What waives the whole gate says of no department what it covers.
        let gate = waive(vec![departments_gate(&left, policy)], waivers, policy).remove(0);
        (left.iter().map(Slot::is_open).collect::<Vec<_>>(), gate)
    };
    let (payments, operations) = (waiver("departments:Payments", "R12"), waiver("departments:Operations", "R12"));
    for (waivers, open, result) in [
        (vec![], [true, true], GateResult::Failed),
        (vec![payments.clone()], [false, true], GateResult::Failed),
        (vec![payments.clone(), operations.clone()], [false, false], GateResult::Waived),
        (vec![waiver("departments", "R12")], [true, true], GateResult::Failed),
        (vec![waiver("departments:Legal", "R12")], [true, true], GateResult::Failed),
        (vec![waiver("departments:Payments", "R39")], [true, true], GateResult::Failed),
    ] {
        let (left, gate) = judged(&policy, &waivers);
        assert_eq!((left.as_slice(), gate.result), (open.as_slice(), result), "{waivers:?}");
        assert_eq!(gate.blocks, result == GateResult::Failed);
    }
    let (_, gate) = judged(&policy, std::slice::from_ref(&payments));
    assert!(gate.why.starts_with("not signed for Operations; Payments: waived by Ada, seconded by Grace"), "{gate:?}");
    assert!(!gate.satisfied_by.contains("Payments"), "{gate:?}");
    let unlisted = Policy { waivable: Vec::new(), ..policy };
    assert_eq!(judged(&unlisted, &[payments, operations]).0, [true, true], "the policy lets nobody waive it");
}

#[test]
fn owners_of_services_upstream_and_downstream_sign_and_silence_about_the_service_is_no_way_around() {
    let service = |name: &str, on: &[&str], owner: &str| crate::calendar::Service {
        name: name.to_owned(),
        team: String::new(),
        depends_on: on.iter().map(|on| (*on).to_owned()).collect(),
        owner: owner.to_owned(),
    };
    let services = vec![
        service("payments", &["ledger", "vault"], "Payments"),
        service("ledger", &[], "Books"),
        service("web", &["Payments"], "Web"),
        service("vault", &[], " books"),
        service("mail", &["ledger"], "Mail"),
    ];
    let speaks = |n: u8, department: &str| Member {
        departments: vec![department.to_owned()],
        ..member(n, &[Role::BoardMember])
    };
    let board = roster(vec![speaks(1, "Books"), speaks(2, "Web")]);
    let blocking = Policy { services, blocking: vec!["R76".to_owned()], owners_from: AskedFrom::Never, ..starter() };
    let involved = owners_involved(&change(), RiskLevel::Low, &blocking).into_iter();
    let asked: Vec<_> = involved.map(|one| (one.department, one.because, one.clause)).collect();
    let owned = |department: &str, because: &str| (department.to_owned(), because.to_owned(), "R76");
    assert_eq!(
        asked,
        [
            owned("Books", "it owns “ledger”, on which “payments” depends"),
            owned("Web", "it owns “web”, which depends on “payments”"),
        ]
    );
    let now = Present::of(NOW, RiskLevel::Medium);
    let (yes, no) = (Verdict::Approve, Verdict::Reject);
    for (sign_offs, result, says) in [
        (vec![], GateResult::Failed, "not signed for Books, Web"),
        (vec![signed(1, yes, NOW)], GateResult::Failed, "not signed for Web"),
        (vec![signed(1, yes, NOW), signed(2, yes, BEFORE)], GateResult::Failed, "edited since it was signed for Web"),
        (vec![signed(1, yes, NOW), signed(2, no, NOW)], GateResult::Failed, "rejected for Web"),
        (
            vec![signed(1, yes, NOW), signed(2, yes, NOW)],
            GateResult::Passed,
            "signed for every service whose owner is asked",
        ),
    ] {
        let change = change();
        let matter = Matter::of(&change, RiskLevel::Low);
        let matrix = slots(&matter, &blocking, &board, &sign_offs, Attestation::Written, &now);
        let outcome = owners_gate(&change, &matrix, &blocking);
        assert_eq!((outcome.result, outcome.why.as_str()), (result, says));
        assert_eq!(outcome.blocks, result == GateResult::Failed);
        let warns = owners_gate(&change, &matrix, &Policy { blocking: Vec::new(), ..blocking.clone() });
        assert_eq!(warns.result == GateResult::Warned, result == GateResult::Failed);
    }
    let silent = ChangeRequest { service: " ".to_owned(), ..change() };
    assert!(owners_gate(&silent, &[], &blocking).blocks);
    let alone = ChangeRequest { service: "fax".to_owned(), ..change() };
    assert_eq!(owners_gate(&alone, &[], &blocking).result, GateResult::NotApplicable);
    assert!(owners_named(&blocking) && !owners_named(&starter()));
    let chain = resolve(&change(), (RiskLevel::Medium, RiskLevel::Medium), &blocking, &board);
    let owners: Vec<_> = chain.asked.iter().filter(|asked| asked.clause == "R76").map(|asked| asked.member).collect();
    assert_eq!(owners, [id(1), id(2)]);
}

#[test]
fn from_its_level_on_a_department_is_involved_whatever_the_ticket_says() {
    let by_level =
        |name: &str, level| Department { name: name.to_owned(), field: None, says: Vec::new(), level: Some(level) };
    let payments = Department { level: Some(RiskLevel::High), ..row("Payments", DepartmentField::Service, &["mail"]) };
    let rows = vec![by_level("Security", RiskLevel::Critical), payments, by_level("Business", RiskLevel::Critical)];
    let policy = Policy { departments: rows, ..starter() };
    let found = |change: &ChangeRequest, level: RiskLevel| -> Vec<(String, String)> {
        departments_involved(change, level, &policy).into_iter().map(|i| (i.department, i.because)).collect()
    };
    let pair = |name: &str, because: &str| (name.to_owned(), because.to_owned());
    assert!(found(&change(), RiskLevel::Medium).is_empty(), "neither a word nor the level");
    let high = pair("Payments", "High risk, asked from High on (R85)");
    assert_eq!(found(&change(), RiskLevel::High), [high]);
    assert_eq!(
        found(&change(), RiskLevel::Critical),
        [
            pair("Security", "Critical risk, asked from Critical on (R85)"),
            pair("Payments", "Critical risk, asked from High on (R85)"),
            pair("Business", "Critical risk, asked from Critical on (R85)"),
        ]
    );
    let mail = ChangeRequest { service: "mail".to_owned(), ..change() };
    let word = pair("Payments", "service on the ticket: “mail”");
    assert_eq!(found(&mail, RiskLevel::Low), [word], "a word involves it at every level");
    // The chain asks with the level by which gates ask, also where an override lowered the one that counts.
    let chain = resolve(&change(), (RiskLevel::Medium, RiskLevel::Critical), &policy, &board());
    let signs: Vec<_> = chain.asked.iter().filter(|asked| asked.part == Part::Signs).map(|a| a.member).collect();
    assert_eq!(signs, [id(4)], "Payments");
    assert_eq!(
        chain.vacant,
        [
            "Nobody on the roster speaks for Security and may sign (R12)",
            "Nobody on the roster speaks for Business and may sign (R12)",
        ]
    );
    let gate = |level: RiskLevel| {
        let change = change();
        let matter = Matter::of(&change, level);
        let open = slots(&matter, &policy, &board(), &[], Attestation::Written, &Present::of(NOW, level));
        departments_gate(&open, &policy)
    };
    assert_eq!(gate(RiskLevel::Medium).result, GateResult::NotApplicable);
    let warned = gate(RiskLevel::Critical);
    assert_eq!((warned.result, warned.blocks), (GateResult::Warned, false), "starter shows it, and blocks nothing");
    assert_eq!(warned.why, "not signed for Security, Payments, Business");
}

#[test]
fn from_the_level_of_the_policy_on_the_owner_of_the_service_itself_signs_as_well() {
    let service = |name: &str, on: &[&str], owner: &str| crate::calendar::Service {
        name: name.to_owned(),
        team: String::new(),
        depends_on: on.iter().map(|on| (*on).to_owned()).collect(),
        owner: owner.to_owned(),
    };
    let services = vec![service("Payments", &["ledger"], "Payments"), service("ledger", &[], "Books")];
    let policy = Policy { services, owners_from: AskedFrom::Medium, ..starter() };
    let found = |level: RiskLevel, policy: &Policy| -> Vec<(String, String)> {
        owners_involved(&change(), level, policy).into_iter().map(|i| (i.department, i.because)).collect()
    };
    let books = ("Books".to_owned(), "it owns “ledger”, on which “payments” depends".to_owned());
    assert_eq!(
        found(RiskLevel::Low, &policy),
        std::slice::from_ref(&books),
        "who is beside it signs at every level (R76)"
    );
    let own = ("Payments".to_owned(), "Medium risk, and it owns “Payments” (R85)".to_owned());
    assert_eq!(found(RiskLevel::Medium, &policy), [own, books.clone()]);
    let never = Policy { owners_from: AskedFrom::Never, ..policy };
    assert_eq!(found(RiskLevel::Critical, &never), [books]);
}

#[test]
fn the_letters_of_a_release_are_people_of_the_roster() {
    let raci = BTreeMap::from([(
        ReleaseType::Major,
        BTreeMap::from([(Letter::Informed, vec![Role::Auditor]), (Letter::Accountable, vec![Role::Cto, Role::Chair])]),
    )]);
    let lines: Vec<_> = raci_of(&raci, ReleaseType::Major, &board())
        .into_iter()
        .map(|line| (line.letter, line.role, line.people.join(", ")))
        .collect();
    assert_eq!(
        lines,
        [
            (Letter::Accountable, Role::Cto, "Member 2".to_owned()),
            (Letter::Accountable, Role::Chair, "Member 1".to_owned()),
            (Letter::Informed, Role::Auditor, String::new()),
        ]
    );
    assert!(raci_of(&raci, ReleaseType::Minor, &board()).is_empty());
}

fn time(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("an instant").with_timezone(&Utc)
}
