//! Freezes as rows: what is read, and what is told of a faulty one.
use super::*;

/// Two rows; the second with what TOML has for times.
const ROWS: &str = r#"
[[freezes]]
id = "first"
name = "Year end"
hardness = "hard"
scope = { environment = "*" }
start = "2026-12-18T18:00"
end = "2027-01-05T06:00"
zone = "America/New_York"
reason = "Closing of the books"

[[freezes]]
id = "second"
name = "Maintenance"
hardness = "soft"
scope = { environment = "prod*", services = ["ledger"] }
start = 2026-11-01T00:00:00
end = "2026-11-02T00:00"
zone = "Etc/UTC"
reason = "The provider works on its network"
"#;

fn starter_with(rows: &str) -> String {
    format!("{}{rows}", pack(Strength::Starter))
}

/// The two rows with one line put in the place of another.
fn spoiled(old: &str, new: &str) -> String {
    assert_eq!(ROWS.matches(old).count(), 1, "{old}");
    starter_with(&ROWS.replace(old, new))
}

/// How a freeze looks, as every text shows it that has none.
fn example() -> (&'static str, String) {
    let example = SETTINGS.iter().find(|setting| setting.key == "freezes").expect("a setting").example;
    (example, example.lines().map(|line| format!("# {line}\n")).collect())
}

#[test]
fn freezes_are_rows_with_local_times() {
    let policy = parse(&starter_with(ROWS)).unwrap_or_else(|problems| panic!("{}", told(&problems)));
    let found: Vec<_> = policy.freezes.iter().map(|f| (f.id.as_str(), f.hardness, f.start.to_string())).collect();
    assert_eq!(
        found,
        [
            ("first", Hardness::Hard, "2026-12-18 18:00:00".to_owned()),
            ("second", Hardness::Soft, "2026-11-01 00:00:00".to_owned()),
        ]
    );
    let services: Vec<_> = policy.freezes.iter().map(|f| f.scope.services.len()).collect();
    assert_eq!(services, [0, 1]);
    assert_eq!(Policy { freezes: Vec::new(), ..policy }, Policy::built_in(Strength::Starter));
}

#[test]
fn the_example_in_every_text_without_freezes_is_one() {
    let (example, comment) = example();
    let mut texts = STRENGTHS.map(|strength| pack(strength).to_owned()).to_vec();
    texts.push(write(&full()));
    for text in texts {
        assert_eq!(text.matches(&comment).count(), 1, "{text}");
        let policy = parse(&text.replace(&comment, example)).unwrap_or_else(|problems| panic!("{}", told(&problems)));
        assert_eq!(policy.freezes, [year_end()]);
    }
    assert!(!write(&Policy { freezes: vec![year_end()], ..full() }).contains(&comment));
    assert_eq!(freeze_rows(&[year_end()]).trim_end(), example);
}

#[test]
fn what_is_wrong_in_a_row_is_told_with_its_line_its_row_and_the_mend() {
    let (start, end, zone) = ("start = 2026-11-01T00:00:00", "end = \"2026-11-02T00:00\"", "zone = \"Etc/UTC\"");
    let scope = "scope = { environment = \"prod*\", services = [\"ledger\"] }";
    let no_time = |given: &str| {
        format!(
            "freezes[2].start: `{given}` is no local time to the minute; write it as \"2026-12-20T00:00\", with no offset"
        )
    };
    let cases = [
        (
            "id = \"second\"",
            "id = \"first\" # again",
            "freezes[2].id: is the id of freezes[1] too; give it another".to_owned(),
        ),
        (
            "reason = \"The provider",
            "reasn = \"The provider",
            "freezes[2]: `reasn` is no setting; did you mean `reason`?".to_owned(),
        ),
        (
            zone,
            "colour = \"red\"\nzone = \"Etc/UTC\"",
            "freezes[2]: `colour` is no setting; remove it, or give one of: id, name, hardness, scope, start, end, zone, reason, repeats"
                .to_owned(),
        ),
        (
            "hardness = \"soft\"",
            "hardness = \"firm\"",
            "freezes[2].hardness: `firm` is not known; give one of: hard, soft".to_owned(),
        ),
        (
            scope,
            "scope = \"production\"",
            "freezes[2].scope: is a text; give a table, [freezes.scope]".to_owned(),
        ),
        (
            scope,
            "scope = { services = [\"ledger\"] }",
            "freezes[2].scope.environment: is missing; add it, for example `environment = \"prod*\"`".to_owned(),
        ),
        (
            "services = [\"ledger\"]",
            "services = [\"\"]",
            "freezes[2].scope.services: is empty; it must say something".to_owned(),
        ),
        (start, "start = 2026-11-01", no_time("2026-11-01")),
        (start, "start = 2026-11-01T00:00:00Z", no_time("2026-11-01T00:00:00Z")),
        (start, "start = \"2026-11-01T00:00:30\"", no_time("2026-11-01T00:00:30")),
        (start, "start = \"2026-11-31T00:00\"", no_time("2026-11-31T00:00")),
        (start, "start = \"2026-11-1T00:00\"", no_time("2026-11-1T00:00")),
        (
            start,
            "start = 20261101",
            "freezes[2].start: is a number; give a local time, as \"2026-12-20T00:00\"".to_owned(),
        ),
        (
            end,
            "end = \"2026-11-01T00:00\"",
            "freezes[2].end: it is over before it begins; give an end after its start".to_owned(),
        ),
        (
            zone,
            "zone = \"Mars/Olympus\"",
            "freezes[2].zone: \"Mars/Olympus\" is not an IANA time zone such as Europe/Berlin".to_owned(),
        ),
        (
            "reason = \"The provider works on its network\"",
            "reason = \"\" # none",
            "freezes[2].reason: is empty; it must say something".to_owned(),
        ),
    ];
    for (old, new, wanted) in cases {
        let text = spoiled(old, new);
        assert_eq!(says(&text), [wanted]);
        let problems = parse(&text).expect_err(new);
        let first = new.lines().next().expect("a line");
        assert_eq!(problems[0].line, line_of(&text, first), "{}", problems[0]);
    }
}

#[test]
fn what_a_row_lacks_is_told_at_its_header_and_both_rows_are_told_at_once() {
    let text = spoiled("zone = \"Etc/UTC\"\n", "");
    assert_eq!(says(&text), ["freezes[2].zone: is missing; add it, for example `zone = \"Europe/Berlin\"`"]);
    let problems = parse(&text).expect_err("a zone is missing");
    assert_eq!((problems[0].line, problems[0].column), (line_of(&text, "id = \"second\"") - 1, 1));
    let text = spoiled("America/New_York", "New York").replace("Etc/UTC", "Zulu time");
    assert_eq!(
        says(&text),
        [
            "freezes[1].zone: \"New York\" is not an IANA time zone such as Europe/Berlin",
            "freezes[2].zone: \"Zulu time\" is not an IANA time zone such as Europe/Berlin",
        ]
    );
}

#[test]
fn what_is_no_rows_is_told_how_they_are_written() {
    let branch = "branch = \"main\"";
    let cases = [
        ("freezes = 3", "freezes: is a number; give tables, each under its own [[freezes]]"),
        ("freezes = [\"Christmas\"]", "freezes[1]: is a text; give a table, [[freezes]]"),
    ];
    for (line, wanted) in cases {
        assert_eq!(says(&with(branch, &format!("{branch}\n{line}"))), [wanted]);
    }
    let none = with(branch, &format!("{branch}\nfreezes = []"));
    assert_eq!(parse(&none), Ok(Policy::built_in(Strength::Starter)));
}

/// As the calendar reckons: where the clocks jump over a time, the moment they jump counts.
#[test]
fn a_time_that_the_clocks_skip_can_begin_a_freeze() {
    let text = spoiled("start = \"2026-12-18T18:00\"", "start = \"2026-03-08T02:30\"");
    let policy = parse(&text).unwrap_or_else(|problems| panic!("{}", told(&problems)));
    assert_eq!(policy.freezes[0].instants().expect("instants").0.to_rfc3339(), "2026-03-08T07:00:00+00:00");
}

#[test]
fn a_freeze_may_repeat_by_a_rule_and_one_that_cannot_be_followed_is_told_at_it() {
    let reason = "reason = \"The provider works on its network\"";
    let with = |rule: &str| spoiled(reason, &format!("{reason}\nrepeats = \"{rule}\""));
    let policy = parse(&with("FREQ=MONTHLY;BYDAY=1SU")).unwrap_or_else(|problems| panic!("{}", told(&problems)));
    assert_eq!(policy.freezes[1].repeats, "FREQ=MONTHLY;BYDAY=1SU");
    assert_eq!(parse(&write(&policy)), Ok(policy));
    for (rule, wanted) in [
        (
            "FREQ=MONTHLY;BYDAY=1MO",
            "freezes[2].repeats: it does not name the freeze's own first day, 2026-11-01; move the start, or mend the rule",
        ),
        (
            "FREQ=MONTHLY;COUNT=2",
            "freezes[2].repeats: \"COUNT=2\" is no part of it; write parts of FREQ, INTERVAL, BYMONTH, BYMONTHDAY, BYDAY and \
             UNTIL, as FREQ=YEARLY",
        ),
        ("", "freezes[2].repeats: is empty; it must say something"),
    ] {
        let text = with(rule);
        assert_eq!(says(&text), [wanted]);
        let problems = parse(&text).expect_err(rule);
        assert_eq!(problems[0].line, line_of(&text, "repeats = "), "{}", problems[0]);
    }
}
