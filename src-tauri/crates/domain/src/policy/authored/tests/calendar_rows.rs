//! Services, coverage and regions as rows: what is read, and what is told of a faulty one.
use super::*;

const ROWS: &str = r#"
[[services]]
name = "payments"
team = "Payments"
depends_on = ["ledger"]

[[coverage]]
name = "Berlin, office hours"
services = ["payments"]
zone = "Europe/Berlin"
days = ["monday", "tuesday", "wednesday", "thursday", "friday"]
from = "08:00"
until = "18:00"
on_call = ["Service desk Berlin"]
"#;

fn starter_with(rows: &str) -> String {
    format!("{}{rows}", pack(Strength::Starter))
}

#[test]
fn services_and_coverage_are_rows_and_are_written_as_they_are_read() {
    let policy = parse(&starter_with(ROWS)).unwrap_or_else(|problems| panic!("{}", told(&problems)));
    assert_eq!(policy.services, [service()]);
    assert_eq!(policy.coverage, [office_hours()]);
    assert_eq!(parse(&write(&policy)), Ok(policy.clone()));
    let bare = Policy { services: Vec::new(), coverage: Vec::new(), ..policy };
    assert_eq!(bare, Policy::built_in(Strength::Starter));
    for key in ["services", "coverage"] {
        let example = SETTINGS.iter().find(|setting| setting.key == key).expect("a setting").example;
        assert!(ROWS.contains(example), "{example}");
    }
}

#[test]
fn what_is_wrong_in_a_row_is_told_with_its_line_its_row_and_the_mend() {
    let twice = "[[services]]\nname = \"Payments\"\n\n[[coverage]]";
    for (old, new, wanted, line) in [
        ("name = \"payments\"\n", "", "services[1].name: is missing; add it, for example `name = \"payments\"`", None),
        (
            "\"monday\", ",
            "\"mondy\", ",
            "coverage[1].days: `mondy` is not known; did you mean `monday`?",
            Some("mondy"),
        ),
        (
            "from = \"08:00\"",
            "from = \"8:00\"",
            "coverage[1].from: its from is no time of the day; write it as 08:00",
            Some("8:00\""),
        ),
        (
            "until = \"18:00\"",
            "until = \"24:00\"",
            "coverage[1].until: its until is no time of the day; write it as 08:00",
            Some("24:00"),
        ),
        (
            "zone = \"Europe/Berlin\"",
            "zone = \"Berlin\"",
            "coverage[1].zone: \"Berlin\" is not an IANA time zone such as Europe/Berlin",
            Some("zone = \"Berlin\""),
        ),
        (
            "on_call = [\"Service desk Berlin\"]",
            "on_call = []",
            "coverage[1].on_call: is empty; name one at least",
            Some("on_call = []"),
        ),
        ("[[coverage]]", twice, "services: services names payments twice", None),
    ] {
        assert_eq!(ROWS.matches(old).count(), 1, "{old}");
        let text = starter_with(&ROWS.replace(old, new));
        assert_eq!(says(&text), [wanted]);
        if let Some(part) = line {
            let problems = parse(&text).expect_err(new);
            let lines: Vec<&str> = text.lines().collect();
            let told = lines.get(problems[0].line as usize - 1).copied().unwrap_or_default();
            assert!(told.contains(part), "{} is told at {told}", problems[0]);
        }
    }
}

const REGIONS: &str = r#"
[[regions]]
name = "Berlin"
zone = "Europe/Berlin"
days = ["monday", "tuesday", "wednesday", "thursday", "friday"]
from = "08:00"
until = "18:00"
holidays = ["2026-12-25"]
"#;

#[test]
fn regions_are_rows_and_what_is_wrong_in_one_is_told_at_it() {
    let policy = parse(&starter_with(REGIONS)).unwrap_or_else(|problems| panic!("{}", told(&problems)));
    assert_eq!(policy.regions, [berlin()]);
    assert_eq!(parse(&write(&policy)), Ok(policy));
    let example = SETTINGS.iter().find(|setting| setting.key == "regions").expect("a setting").example;
    assert!(REGIONS.contains(example), "{example}");
    for (old, new, wanted) in [
        ("Europe/Berlin", "Berlin", "regions[1].zone: \"Berlin\" is not an IANA time zone such as Europe/Berlin"),
        ("\"08:00\"", "\"8:00\"", "regions[1].from: from is \"8:00\", which is no time of day; write it as \"09:00\""),
        (
            "\"2026-12-25\"",
            "\"Christmas\"",
            "regions[1].holidays: holidays names \"Christmas\", which is no day; write it as \"2026-12-25\"",
        ),
    ] {
        assert_eq!(REGIONS.matches(old).count(), 1, "{old}");
        assert_eq!(says(&starter_with(&REGIONS.replace(old, new))), [wanted]);
    }
    let twice = format!("{REGIONS}{}", REGIONS.replace("\"Berlin\"", "\"berlin\""));
    assert_eq!(says(&starter_with(&twice)), ["regions: regions names berlin twice"]);
}
