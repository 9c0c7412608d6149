use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::subsequence;
use serde_json::json;

use super::settings::words::{
    ASKED_FROM, ATTESTATIONS, DAYS, FIELDS, HARDNESS, LETTERS, LEVELS, MATERIAL, RECOVERY, RELEASES, ROLES, ROUTES,
    SECTIONS,
};
use super::settings::{BLOCKABLE, Kind, QUESTIONS, SETTINGS};
use super::*;
use crate::calendar::{Coverage, Freeze, Hardness, Scope, Service, WeekDay};
use crate::chain::{Department, DepartmentField, Hours, Ladder, Letter, Region, ReleaseType, Route};
use crate::emergency::EmergencyRules;
use crate::entry::Attestation;
use crate::plan::PlanSection;
use crate::policy::{AskedFrom, MaterialField, QuorumFormula, RecoveryOf, TESTS, ThresholdFormula, TypeRules};
use crate::risk::{ModelKind, RiskLevel, RiskRules};
use crate::roster::Role;

mod calendar_rows;
mod chain;
mod described;
mod minutes;
mod risk;
mod rows;
mod types;

const STRENGTHS: [Strength; 3] = [Strength::Observe, Strength::Starter, Strength::Full];

/// The text of the pack with one line put in the place of another.
fn with(old: &str, new: &str) -> String {
    let text = pack(Strength::Starter);
    assert_eq!(text.matches(old).count(), 1, "{old}");
    text.replace(old, new)
}

fn line_of(text: &str, part: &str) -> u32 {
    let line = text.lines().position(|line| line.contains(part)).expect("the part is in the text");
    u32::try_from(line).expect("few lines") + 1
}

#[test]
fn each_shipped_pack_is_exactly_the_built_in_policy() {
    for strength in STRENGTHS {
        let policy = parse(pack(strength)).unwrap_or_else(|problems| panic!("{strength:?}: {}", told(&problems)));
        assert_eq!(policy, Policy::built_in(strength));
    }
}

#[test]
fn what_was_written_is_read_as_the_same_policy() {
    let plan_approval = vec![Role::ReleaseManager, Role::TechnicalLead];
    let timed = Policy { rto: recovery(), plan_approval, ..full() };
    for policy in STRENGTHS.map(Policy::built_in).into_iter().chain(STRENGTHS.map(Policy::part_11)).chain([timed]) {
        let text = write(&policy);
        assert_eq!(parse(&text), Ok(policy), "{text}");
    }
}

#[test]
fn everything_a_policy_says_is_a_setting_and_has_its_comment() {
    let every = Policy {
        standing_uncounted: true,
        break_glass: true,
        window_tolerance_minutes: 30,
        coverage_percent: 80,
        review_approvals: 2,
        high_traffic: vec!["payments*".to_owned()],
        named_lead: true,
        chain_binds: true,
        sealed_entries: true,
        circular_any: true,
        freezes: vec![year_end()],
        waivable: vec!["R23".to_owned()],
        dispensation_roles: vec![Role::Chair, Role::Cto],
        rto: recovery(),
        plan_approval: vec![Role::TechnicalLead],
        chains: chains().into_iter().collect(),
        departments: vec![payments()],
        raci: BTreeMap::from([(ReleaseType::Major, BTreeMap::from([(Letter::Accountable, vec![Role::Cto])]))]),
        hours: Hours { zone: "Europe/Berlin".to_owned(), ..Hours::default() },
        ladder: Ladder { answer: 8, ..Ladder::default() },
        owners_from: AskedFrom::High,
        canary_from: AskedFrom::Low,
        after_care: BTreeMap::from([(RiskLevel::High, vec!["Hyper-care for a week".to_owned()])]),
        services: vec![service()],
        coverage: vec![office_hours()],
        regions: vec![berlin()],
        emergency: EmergencyRules { deferrable: Vec::new(), ..EmergencyRules::default() },
        types: BTreeMap::from([(ReleaseType::Major, major())]),
        risk: RiskRules {
            name: "ours/1".to_owned(),
            levels: BTreeMap::from([(RiskLevel::High, 45)]),
            points: BTreeMap::from([("I1".to_owned(), BTreeMap::from([("low".to_owned(), 4)]))]),
            kind: ModelKind::Mean,
            weights: BTreeMap::from([("B1".to_owned(), 3)]),
            questions: Vec::new(),
        },
        minutes: minutes::german_on_letter(),
        ..full()
    };
    let json = serde_json::to_value(&every).expect("a policy is data");
    let keys: BTreeSet<&str> = json.as_object().expect("an object").keys().map(String::as_str).collect();
    let settings: BTreeSet<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
    assert_eq!(keys, settings);
    let text = write(&every);
    assert_eq!(parse(&text), Ok(every));
    for setting in SETTINGS {
        assert!(text.contains(&format!("# {}", setting.says)), "{}", setting.key);
    }
    assert!(text.contains("    \"R42\", # only the main branch is promoted\n"), "{text}");
}

#[test]
fn the_words_are_those_of_the_types() {
    let roles = [
        Role::Chair,
        Role::Cto,
        Role::TechnicalLead,
        Role::ReleaseManager,
        Role::ServiceManager,
        Role::Security,
        Role::BoardMember,
        Role::Auditor,
    ];
    let levels = [RiskLevel::Low, RiskLevel::Medium, RiskLevel::High, RiskLevel::Critical];
    let attestations = [
        Attestation::Recorded,
        Attestation::Witnessed,
        Attestation::Written,
        Attestation::Confirmed,
        Attestation::Signed,
    ];
    assert_eq!(json!(roles), json!(ROLES));
    assert_eq!(json!(PlanSection::ALL), json!(SECTIONS));
    assert_eq!(json!(levels), json!(LEVELS));
    assert_eq!(json!(attestations), json!(ATTESTATIONS));
    let from = [AskedFrom::Never, AskedFrom::Low, AskedFrom::Medium, AskedFrom::High, AskedFrom::Critical];
    assert_eq!(json!(from), json!(ASKED_FROM));
    assert_eq!([json!(MaterialField::ALL), json!(RecoveryOf::ALL)], [json!(MATERIAL), json!(RECOVERY)]);
    assert_eq!(json!([Hardness::Hard, Hardness::Soft]), json!(HARDNESS));
    assert_eq!([json!(ReleaseType::ALL), json!(WeekDay::ALL)], [json!(RELEASES), json!(DAYS)]);
    assert_eq!(json!([Route::Delegated, Route::Board]), json!(ROUTES));
    assert_eq!(json!([Letter::Responsible, Letter::Accountable, Letter::Consulted, Letter::Informed]), json!(LETTERS));
    let fields = [
        DepartmentField::Service,
        DepartmentField::AffectedSystems,
        DepartmentField::AffectedApplications,
        DepartmentField::AffectedData,
        DepartmentField::Environment,
    ];
    assert_eq!(json!(fields), json!(FIELDS));
    let blockable: BTreeSet<String> = BLOCKABLE.iter().map(|(clause, _)| (*clause).to_owned()).collect();
    let mut strictest: BTreeSet<String> = full().blocking.into_iter().collect();
    for calendar in ["R74", "R76", "R77", "R79", "R110"] {
        assert!(strictest.insert(calendar.to_owned()), "no pack knows a board's calendar, so none blocks for it");
    }
    assert!(strictest.insert("R12".to_owned()), "no pack names departments, so none blocks for them");
    assert!(strictest.insert("R56".to_owned()), "no pack has lead times, so none blocks for them");
    let by_evidence = crate::gate::catalogue().into_iter().map(|gate| gate.clause).filter(|clause| clause != "R6");
    strictest.extend(by_evidence);
    let read = ["R15", "R16", "R46", "R47", "R82", "R92", "R94", "R109", "R111", "R3"];
    assert!(read.iter().all(|clause| strictest.insert((*clause).to_owned())), "what is read of a text only advises");
    assert_eq!(blockable, strictest, "the strictest pack makes all others blocks, but for those that look at evidence");
}

#[test]
fn a_mistake_is_told_with_its_line_its_setting_and_the_mend() {
    let formula = "formula = \"strict_majority\"";
    let clauses = BLOCKABLE.map(|(clause, _)| clause).join(", ");
    let no_gate = format!("blocking: `R99` has no gate that could block; give of: {clauses}");
    let cases = [
        ("strength = \"starter\"", "stregnth = \"starter\"", "`stregnth` is no setting; did you mean `strength`?"),
        (
            "strength = \"starter\"",
            "strength = \"strict\"",
            "strength: `strict` is not known; give one of: observe, starter, full",
        ),
        ("strength = \"starter\"", "strength = 3", "strength: is a number; give a word in quotes"),
        (
            "schema = \"urn:x-cabinet:policy:1\"",
            "schema = \"urn:x-cabinet:policy:2\"",
            "schema: `urn:x-cabinet:policy:2` is not known; did you mean `urn:x-cabinet:policy:1`?",
        ),
        (
            "name = \"starter/1\"",
            "name = \"ours\"",
            "name: `ours` has no version; write a name and a version, as \"ours/1\"",
        ),
        (
            "name = \"starter/1\"",
            "name = \"ours/\\u0000 1\"",
            "name: has a character that nobody sees: `ours/⟦U+0000⟧ 1`; remove it",
        ),
        (
            "name = \"starter/1\"",
            "name = \"ours\\u202E/1\"",
            "name: has a character that nobody sees: `ours⟦U+202E⟧/1`; remove it",
        ),
        ("environment = \"prod*\"", "environment = \"\"", "environment: is empty; it must say something"),
        ("branch = \"main\"", "branch = \" main\"", "branch: begins or ends with a blank; remove it"),
        (
            formula,
            "formula = { at_least_percent = { percent = 140 } }",
            "quorum.formula.at_least_percent.percent: 140 % can never be reached; give 0 to 100",
        ),
        (
            formula,
            "formula = { at_least_percent = { percent = -1 } }",
            "quorum.formula.at_least_percent.percent: -1 % can never be reached; give 0 to 100",
        ),
        (
            formula,
            "formula = { at_least_percent = { } }",
            "quorum.formula.at_least_percent.percent: is missing; add it, for example `percent = 60`",
        ),
        (formula, "formula = \"majority\"", "quorum.formula: `majority` is not known; give one of: strict_majority"),
        (
            formula,
            "formula = 60",
            "quorum.formula: is a number; give a word in quotes, or { at_least_percent = { percent = 60 } }",
        ),
        (
            "mandatory_seats = true",
            "mandatory_seats = \"yes\"",
            "quorum.mandatory_seats: is a text; give true or false",
        ),
        (
            "fresh_until_hours = 24",
            "fresh_until_hours = 0",
            "fresh_until_hours: 0 hours is no age an approval may have; give 1 to 8760",
        ),
        (
            "fresh_until_hours = 24",
            "fresh_until_hours = 1.5",
            "fresh_until_hours: is a number with a fraction; give a whole number",
        ),
        (
            "shared_accounts = []",
            "shared_accounts = [\"bot\"]",
            "shared_accounts: `bot` names no ticketing system; write its prefix and the account, as \"CHG:build-bot\"",
        ),
        (
            "shared_accounts = []",
            "shared_accounts = [\"A:b\", \"A:b\"]",
            "shared_accounts: names \"A:b\" twice; once is enough",
        ),
        ("shared_accounts = []", "shared_accounts = {}", "shared_accounts: is a table; give a list, [\"…\", \"…\"]"),
        ("    \"R42\", #", "    \"R30\", #", "blocking: R30 blocks in every policy; leave it out"),
        (
            "    \"R42\", #",
            "    \"R18\", #",
            "blocking: R18 only advises; of the plan's sections R23, R24 and R25 can block",
        ),
        ("    \"R42\", #", "    \"R99\", #", no_gate.as_str()),
        ("    \"version\", ", "    \"verson\", ", "material: `verson` is not known; did you mean `version`?"),
        ("waivable = []", "waivable = [\"R30\"]", "waivable: R30 blocks in every policy; leave it out"),
        ("waivable = []", "waivable = [\"R39\"]", "waivable: R39 is never waived in starter and full; leave it out"),
        (
            "waivable = []",
            "waivable = [\"R77\"]",
            "waivable: R77 is set aside by an exception to the freeze, not by a waiver; leave it out",
        ),
        (
            "dispensation_roles = []",
            "dispensation_roles = [\"auditor\"]",
            "dispensation_roles: an auditor decides nothing; leave it out",
        ),
        ("[quorum]", "[qorum]", "`qorum` is no setting; did you mean `quorum`?"),
    ];
    for (old, new, says) in cases {
        let text = with(old, new);
        let problems = parse(&text).expect_err(new);
        assert_eq!(problems.len(), 1, "{}", told(&problems));
        let problem = &problems[0];
        assert_eq!(problem.line, line_of(&text, new), "{problem}");
        let path = if problem.path.is_empty() { String::new() } else { format!("{}: ", problem.path) };
        assert_eq!(format!("{path}{}", problem.what), says);
        let full = format!("line {}, column {}: {says}", problem.line, problem.column);
        assert_eq!(problem.to_string(), full);
    }
}

#[test]
fn a_role_and_a_level_are_named_as_what_they_are() {
    let text = with("[least.sign_off]\nlow", "[least.sign_off]\nlows");
    assert_eq!(says(&text), ["least.sign_off: `lows` is no level of risk; did you mean `low`?"]);
    let text = with("service_manager =", "dba =");
    let roles = ROLES.join(", ");
    assert_eq!(says(&text), [format!("sections: `dba` is no role; remove it, or give one of: {roles}")]);
}

#[test]
fn everything_that_is_wrong_is_told_at_once_in_the_order_of_the_text() {
    let text = with("strength = \"starter\"", "strength = \"x\"").replace("branch = \"main\"", "branch = \"\"");
    let text = text.replace("casting_vote = true\n", "");
    let problems = parse(&text).expect_err("three mistakes");
    let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["strength", "branch", "threshold.casting_vote"]);
    assert_eq!(problems[2].line, line_of(&text, "[threshold]"), "what is missing is told where it belongs");
    assert!(problems.is_sorted_by_key(|problem| (problem.line, problem.column)));
}

#[test]
fn what_is_no_toml_is_told_where_it_breaks() {
    let text = with("branch = \"main\"", "branch = \"main");
    let problems = parse(&text).expect_err("a quote is open");
    assert!(problems.iter().all(|problem| problem.what.starts_with("this is no TOML: ")), "{}", told(&problems));
    let broken = line_of(&text, "branch = \"main");
    assert!(problems.iter().any(|problem| problem.line == broken), "{}", told(&problems));
    let text = with("branch = \"main\"", "branch = \"main\"\nbranch = \"next\"");
    let problems = parse(&text).expect_err("a setting stands twice");
    assert_eq!(problems[0].line, line_of(&text, "branch = \"next\""));
    assert!(problems[0].what.contains("duplicate key"), "{}", problems[0]);
}

#[test]
fn nothing_is_hidden_in_a_comment_and_nothing_endless_is_read() {
    let text = with("# The form of this file.", "# The form\u{202E} of this file.");
    let problems = parse(&text).expect_err("an override");
    assert_eq!((problems[0].line, problems[0].column), (line_of(&text, "# The form"), 11));
    assert!(problems[0].what.contains("U+202E"), "{}", problems[0]);
    let long = format!("{}#{}", pack(Strength::Full), "x".repeat(MOST_BYTES));
    assert!(says(&long)[0].contains("256 KiB at most"));
    let many = format!("#{}", "\u{200B}".repeat(200));
    let problems = parse(&many).expect_err("nothing to see");
    assert_eq!(problems.len(), MOST_PROBLEMS + 1);
    assert_eq!(problems[MOST_PROBLEMS].what, "and 150 more; mend those above first");
    let deep = format!("name = {}", "[".repeat(10_000));
    assert!(parse(&deep).is_err());
}

#[test]
fn what_waits_in_an_emergency_is_read_and_what_never_may_is_told() {
    let table = "[emergency]\nbind_hours = 12\ndeferrable = [\"R28\"]\ndeferred_days = 3\nreview_days = 2\n\
                 repeat_days = 90\n\n[sections]\n";
    let text = without_emergency().replace("[sections]\n", table);
    let expected = EmergencyRules {
        bind_hours: 12,
        deferrable: vec!["R28".to_owned()],
        deferred_days: 3,
        review_days: 2,
        repeat_days: 90,
    };
    let policy = parse(&text).unwrap_or_else(|problems| panic!("{}", told(&problems)));
    assert_eq!(policy.emergency, expected);
    assert_eq!(parse(&write(&policy)), Ok(policy));
    assert_eq!(parse(&without_emergency()).map(|p| p.emergency), Ok(EmergencyRules::default()));
    for (wrong, what) in [
        (text.replace("\"R28\"", "\"R36\""), "emergency.deferrable: `R36` is not known"),
        (text.replace("review_days = 2", "review_days = 0"), "emergency.review_days: 0 days is no time to wait"),
        (text.replace("bind_hours = 12\n", ""), "emergency.bind_hours: is missing"),
    ] {
        let problems = parse(&wrong).expect_err("something is wrong");
        assert!(told(&problems).contains(what), "{what}: {}", told(&problems));
    }
}

/// The strictest pack without its table of emergencies.
fn without_emergency() -> String {
    let text = pack(Strength::Full);
    let (before, rest) = text.split_once("[emergency]\n").expect("the pack has it");
    let (_, after) = rest.split_once("[sections]\n").expect("it is followed by the sections");
    format!("{before}[sections]\n{after}")
}

#[test]
fn a_text_of_an_editor_elsewhere_is_read_too() {
    let text = format!("\u{FEFF}{}", pack(Strength::Full).replace('\n', "\r\n"));
    assert_eq!(parse(&text), Ok(full()));
    let moved = "casting_vote = true\n";
    let dotted = pack(Strength::Full).replace("[threshold]\nformula = \"simple_majority\"\n", "[threshold]\n");
    let dotted = dotted.replace(moved, &format!("{moved}formula.at_least_percent.percent = 0x43\n"));
    assert_eq!(parse(&dotted).map(|p| p.threshold.formula), Ok(ThresholdFormula::AtLeastPercent { percent: 67 }));
}

/// A page that a chair reads must not promise a setting that is not there, nor forget one.
#[test]
fn the_page_of_the_policy_names_every_setting_and_every_clause() {
    let page = include_str!("../../../../../../docs/policy.md");
    for setting in SETTINGS {
        assert!(page.contains(&format!("`{}`", setting.key)), "docs/policy.md says nothing of {}", setting.key);
        assert!(page.contains(setting.clause), "docs/policy.md does not name {}", setting.clause);
    }
    for (clause, asks) in BLOCKABLE {
        assert!(page.contains(&format!("| {clause} | {asks} |")), "docs/policy.md does not say what {clause} asks for");
    }
}

fn full() -> Policy {
    Policy::built_in(Strength::Full)
}

fn payments() -> Department {
    Department {
        name: "Payments".to_owned(),
        field: Some(DepartmentField::Service),
        says: vec!["payments*".to_owned(), "ledger".to_owned()],
        level: None,
    }
}

/// A major release goes to the board at every level.
fn chains() -> Vec<(ReleaseType, BTreeMap<RiskLevel, Route>)> {
    vec![(ReleaseType::Major, BTreeMap::from([(RiskLevel::Low, Route::Board)]))]
}

fn year_end() -> Freeze {
    Freeze {
        id: "year-end-2026".to_owned(),
        name: "Year end".to_owned(),
        hardness: Hardness::Hard,
        scope: Scope { environment: "production".to_owned(), services: vec!["payments".to_owned()] },
        start: "2026-12-20T00:00:00".parse().expect("a time"),
        end: "2027-01-04T06:00:00".parse().expect("a time"),
        zone: "Europe/Berlin".to_owned(),
        reason: "Closing of the books".to_owned(),
        repeats: String::new(),
    }
}

fn major() -> TypeRules {
    TypeRules {
        coverage_percent: Some(90),
        review_approvals: Some(2),
        lead_time_days: Some(10),
        tests: ["R8", "R62"].map(str::to_owned).to_vec(),
    }
}

fn recovery() -> BTreeMap<RecoveryOf, u32> {
    BTreeMap::from([(RecoveryOf::Normal, 60), (RecoveryOf::Emergency, 30), (RecoveryOf::Major, 120)])
}

fn service() -> Service {
    Service {
        name: "payments".to_owned(),
        team: "Payments".to_owned(),
        depends_on: vec!["ledger".to_owned()],
        owner: String::new(),
    }
}

fn office_hours() -> Coverage {
    Coverage {
        name: "Berlin, office hours".to_owned(),
        services: vec!["payments".to_owned()],
        zone: "Europe/Berlin".to_owned(),
        days: WeekDay::ALL.into_iter().take(5).collect(),
        from: "08:00".to_owned(),
        until: "18:00".to_owned(),
        on_call: vec!["Service desk Berlin".to_owned()],
    }
}

fn berlin() -> Region {
    Region {
        name: "Berlin".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        days: WeekDay::ALL.into_iter().take(5).collect(),
        from: "08:00".to_owned(),
        until: "18:00".to_owned(),
        holidays: vec!["2026-12-25".to_owned()],
    }
}

fn told(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn says(text: &str) -> Vec<String> {
    let problems = parse(text).expect_err("something is wrong");
    problems
        .iter()
        .map(|p| if p.path.is_empty() { p.what.clone() } else { format!("{}: {}", p.path, p.what) })
        .collect()
}

fn attestation() -> impl Strategy<Value = Attestation> {
    prop_oneof![
        Just(Attestation::Recorded),
        Just(Attestation::Witnessed),
        Just(Attestation::Written),
        Just(Attestation::Confirmed),
        Just(Attestation::Signed),
    ]
}

fn level() -> impl Strategy<Value = RiskLevel> {
    prop_oneof![Just(RiskLevel::Low), Just(RiskLevel::Medium), Just(RiskLevel::High), Just(RiskLevel::Critical)]
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Chair), Just(Role::Security), Just(Role::BoardMember), Just(Role::Auditor)]
}

/// A freeze that can be followed, but for its id.
fn freeze() -> impl Strategy<Value = Freeze> {
    let text = "[a-z\"\\\\'#=ä]{1,12}";
    let zones = prop::sample::select(vec!["Etc/UTC", "Europe/Berlin", "Asia/Kathmandu"]);
    let times = (0..500_000_i64, 1_440..100_000_i64);
    ((text, text, text), any::<bool>(), prop::collection::btree_set(text, 0..3), times, zones).prop_map(
        |((name, environment, reason), hard, services, (after, minutes), zone)| {
            let start = year_end().start + chrono::Duration::minutes(after);
            Freeze {
                id: String::new(),
                name,
                hardness: if hard { Hardness::Hard } else { Hardness::Soft },
                scope: Scope { environment, services: services.into_iter().collect() },
                start,
                end: start + chrono::Duration::minutes(minutes),
                zone: zone.to_owned(),
                reason,
                repeats: String::new(),
            }
        },
    )
}

fn rules() -> impl Strategy<Value = TypeRules> {
    let number = || prop::option::of(0..=20_u32);
    let tests = subsequence(TESTS.to_vec(), 0..=TESTS.len());
    (number(), number(), number(), tests).prop_map(|(coverage_percent, review_approvals, lead_time_days, tests)| {
        let tests = tests.into_iter().map(str::to_owned).collect();
        TypeRules { coverage_percent, review_approvals, lead_time_days, tests }
    })
}

proptest! {
    #[test]
    fn any_policy_that_can_be_adopted_survives_being_written(
        name in "[a-z\"\\\\'#=]{1,12}/[0-9]{1,3}",
        branch in "[A-Za-z0-9/._'\"\\\\-]{1,20}",
        blocking in subsequence(BLOCKABLE.map(|(clause, _)| clause.to_owned()).to_vec(), 0..=BLOCKABLE.len()),
        material in subsequence(MaterialField::ALL.to_vec(), 1..=MaterialField::ALL.len()),
        sections in prop::collection::btree_map(role(), subsequence(PlanSection::ALL.to_vec(), 0..=13), 0..4),
        least in (
            prop::collection::btree_map(level(), attestation(), 0..4),
            prop::collection::btree_map(level(), attestation(), 0..4),
        ),
        lists in (
            prop::collection::btree_set("[A-Z]{2,5}:[a-z0-9\"\\\\'#@.]{1,12}", 0..4),
            prop::collection::vec(freeze(), 0..3),
        ),
        percents in (prop::option::of(0..=100_u32), prop::option::of(0..=100_u32)),
        flags in any::<[bool; 7]>(),
        numbers in (1..=8760_u32, 0..=1440_u32),
        chain in (
            any::<bool>(),
            any::<bool>(),
            1..=100_u32,
            prop::collection::btree_map(prop::sample::select(ReleaseType::ALL.to_vec()), rules(), 0..4),
        ),
    ) {
        let [mandatory_seats, casting_vote, pin_every_act, standing_uncounted, break_glass, ..] = flags;
        let [.., sealed_entries, circular_any] = flags;
        let (accounts, freezes) = lists;
        let named = |(n, freeze): (u32, Freeze)| Freeze { id: format!("freeze \"{n}\""), ..freeze };
        let freezes: Vec<Freeze> = (1_u32..).zip(freezes).map(named).collect();
        let mut policy = Policy {
            name,
            branch,
            blocking,
            material,
            sections,
            pin_every_act,
            standing_uncounted,
            break_glass,
            sealed_entries,
            circular_any,
            fresh_until_hours: numbers.0,
            window_tolerance_minutes: numbers.1,
            coverage_percent: percents.0.unwrap_or_default(),
            shared_accounts: accounts.into_iter().collect(),
            freezes,
            chains: chains().into_iter().filter(|_| chain.0).collect(),
            departments: if chain.1 { vec![payments()] } else { Vec::new() },
            ladder: Ladder { answer: chain.2, ..Ladder::default() },
            types: chain.3.into_iter().filter(|(_, rules)| *rules != TypeRules::default()).collect(),
            ..full()
        };
        // What a type follows from is among what is signed.
        if ![MaterialField::Kind, MaterialField::Version].iter().all(|field| policy.material.contains(field)) {
            policy.types.clear();
        }
        (policy.least.vote, policy.least.sign_off) = least;
        policy.quorum.mandatory_seats = mandatory_seats;
        policy.threshold.casting_vote = casting_vote;
        if let Some(percent) = percents.0 {
            policy.quorum.formula = QuorumFormula::AtLeastPercent { percent };
        }
        if let Some(percent) = percents.1 {
            policy.threshold.formula = ThresholdFormula::AtLeastPercent { percent };
        }
        let text = write(&policy);
        prop_assert_eq!(parse(&text).map_err(|problems| told(&problems)), Ok(policy));
    }
}
