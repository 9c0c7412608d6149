//! Chains, departments, hours and the ladder: what is read, and what is told of a faulty one.
use super::*;

const TABLES: &str = r#"
[chains]
major = { low = "board" }
patch = { medium = "delegated" }

[raci.minor]
responsible = ["release_manager"]
informed = ["service_manager", "security"]

[hours]
zone = "Australia/Lord_Howe"
days = ["monday", "tuesday", "wednesday", "thursday", "friday"]
from = "08:30"
until = "16:30"
holidays = ["2026-12-25"]

[ladder]
answer = 8
remind = 4
deputy = 8
chair = 12

[[departments]]
name = "Payments"
field = "service"
says = ["payments*", "ledger"]
"#;

fn starter_with(tables: &str) -> String {
    format!("{}{tables}", pack(Strength::Starter))
}

#[test]
fn chains_departments_hours_and_the_ladder_are_read() {
    let policy = parse(&starter_with(TABLES)).unwrap_or_else(|problems| panic!("{}", told(&problems)));
    assert_eq!(policy.chains[&ReleaseType::Patch][&RiskLevel::Medium], Route::Delegated);
    assert_eq!(policy.chains[&ReleaseType::Major][&RiskLevel::Low], Route::Board);
    assert_eq!(policy.departments, [payments()]);
    assert_eq!(policy.raci[&ReleaseType::Minor][&Letter::Informed], [Role::ServiceManager, Role::Security]);
    assert_eq!((policy.hours.from.as_str(), policy.hours.days.len()), ("08:30", 5));
    assert_eq!(policy.ladder, Ladder { answer: 8, remind: 4, deputy: 8, chair: 12 });
    assert_eq!(parse(&write(&policy)), Ok(policy));
}

#[test]
fn a_department_by_level_and_the_levels_of_owners_and_canary_are_read_and_written() {
    let row = "\n[[departments]]\nname = \"Security\"\nlevel = \"critical\"\n";
    let text = starter_with(row).replace("owners_from = \"medium\"", "owners_from = \"never\"");
    let policy = parse(&text).unwrap_or_else(|problems| panic!("{}", told(&problems)));
    let security =
        Department { name: "Security".to_owned(), field: None, says: Vec::new(), level: Some(RiskLevel::Critical) };
    assert_eq!(policy.departments, [security]);
    assert_eq!((policy.owners_from, policy.canary_from), (AskedFrom::Never, AskedFrom::Critical));
    let written = write(&policy);
    assert!(written.contains("owners_from = \"never\"\n"), "{written}");
    assert_eq!(parse(&written), Ok(policy));
    let problems = parse(&starter_with("\n[[departments]]\nname = \"Security\"\n")).expect_err("it says no when");
    assert!(told(&problems).contains("departments: Security says neither words nor a level"), "{}", told(&problems));
}

/// Entries name a policy by its bytes: what a policy does not say must not be in them.
#[test]
fn what_is_left_out_is_in_no_policys_bytes() {
    for strength in STRENGTHS {
        let json = serde_json::to_value(Policy::built_in(strength)).expect("a policy is data");
        for key in ["chains", "departments", "raci", "hours", "ladder"] {
            assert!(json.get(key).is_none(), "{key}");
        }
    }
}

#[test]
fn the_example_of_a_department_is_one_in_every_text_without() {
    let example = SETTINGS.iter().find(|setting| setting.key == "departments").expect("a setting").example;
    let comment: String = example.lines().map(|line| format!("# {line}\n")).collect();
    let mut texts = STRENGTHS.map(|strength| pack(strength).to_owned()).to_vec();
    texts.push(write(&full()));
    for text in texts {
        assert_eq!(text.matches(&comment).count(), 1, "{text}");
        let policy = parse(&text.replace(&comment, &format!("{example}\n")));
        assert_eq!(policy.unwrap_or_else(|problems| panic!("{}", told(&problems))).departments, [payments()]);
    }
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_the_mend() {
    let cases = [
        (
            "patch = { medium = \"delegated\" }",
            "patch = { high = \"delegated\" }",
            "chains: chains: a patch release at High risk cannot be delegated (R61); write \"board\"",
            "[chains]",
        ),
        (
            "major = { low = \"board\" }",
            "majr = { low = \"board\" }",
            "chains: `majr` is no type of release; did you mean `major`?",
            "majr",
        ),
        (
            "major = { low = \"board\" }",
            "major = { low = \"bord\" }",
            "chains.major.low: `bord` is not known; did you mean `board`?",
            "bord",
        ),
        (
            "from = \"08:30\"",
            "from = \"8.30\"",
            "hours: hours: from is \"8.30\", which is no time of day; write it as \"09:00\"",
            "[hours]",
        ),
        (
            "zone = \"Australia/Lord_Howe\"",
            "zone = \"Lord Howe\"",
            "hours: hours: \"Lord Howe\" is not an IANA time zone such as Europe/Berlin",
            "[hours]",
        ),
        (
            "holidays = [\"2026-12-25\"]",
            "holidays = [\"Christmas\"]",
            "hours: hours: holidays names \"Christmas\", which is no day; write it as \"2026-12-25\"",
            "[hours]",
        ),
        (
            "deputy = 8",
            "deputy = 3",
            "ladder: ladder: the rungs are not in order; give remind ≤ deputy ≤ chair",
            "[ladder]",
        ),
        (
            "answer = 8",
            "answer = 0",
            "ladder: ladder: answer is 0: nobody can answer in no time; give 1 at least",
            "[ladder]",
        ),
        (
            "field = \"service\"",
            "field = \"services\"",
            "departments[1].field: `services` is not known; did you mean `service`?",
            "services",
        ),
    ];
    for (old, new, wanted, at) in cases {
        assert_eq!(TABLES.matches(old).count(), 1, "{old}");
        let text = starter_with(&TABLES.replace(old, new));
        assert_eq!(says(&text), [wanted]);
        let problems = parse(&text).expect_err(new);
        // The pack's comments have the same words further up.
        let line = (1_u32..).zip(text.lines()).filter(|(_, line)| line.contains(at)).map(|(number, _)| number).max();
        assert_eq!(Some(problems[0].line), line, "{}", problems[0]);
    }
}
