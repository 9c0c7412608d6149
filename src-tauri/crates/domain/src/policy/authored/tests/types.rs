//! What is asked by type of release: what is read, what is told of a faulty one, and how it is put into words.
use super::*;

const TYPES: &str = r#"
[types.major]
coverage_percent = 90
review_approvals = 2
lead_time_days = 10
tests = ["R8", "R62"]

[types.patch]
coverage_percent = 0
"#;

fn starter_with(tables: &str) -> String {
    format!("{}{tables}", pack(Strength::Starter))
}

#[test]
fn types_are_read_with_whatever_they_say_and_nothing_else() {
    let policy = parse(&starter_with(TYPES)).unwrap_or_else(|problems| panic!("{}", told(&problems)));
    let patch = TypeRules { coverage_percent: Some(0), ..TypeRules::default() };
    assert_eq!(policy.types, BTreeMap::from([(ReleaseType::Major, major()), (ReleaseType::Patch, patch)]));
    assert_eq!(parse(&write(&policy)), Ok(policy.clone()));
    assert_eq!(Policy { types: BTreeMap::new(), ..policy }, Policy::built_in(Strength::Starter));
}

#[test]
fn what_is_wrong_in_a_type_is_told_with_its_line_and_the_mend() {
    for (old, new, wanted) in [
        ("[types.major]", "[types.majr]", "types: `majr` is no type of release; did you mean `major`?"),
        (
            "coverage_percent = 90",
            "coverage_percent = 101",
            "types.major.coverage_percent: 101 % can never be reached; give 0 to 100",
        ),
        (
            "review_approvals = 2",
            "review_approvals = 21",
            "types.major.review_approvals: 21 approvals are too many; give 0 to 20",
        ),
        (
            "lead_time_days = 10",
            "lead_time_days = 367",
            "types.major.lead_time_days: 367 days are too many; give 0 to 366",
        ),
        (
            "lead_time_days = 10",
            "lead_time = 10",
            "types.major: `lead_time` is no setting; remove it, or give one of: coverage_percent, review_approvals, \
             lead_time_days, tests",
        ),
        (
            "tests = [\"R8\", \"R62\"]",
            "tests = [\"R8\", \"R42\"]",
            "types.major.tests: `R42` is not known; give one of: R7, R8, R9, R10, R62, R81, R83",
        ),
    ] {
        assert_eq!(TYPES.matches(old).count(), 1, "{old}");
        let text = starter_with(&TYPES.replace(old, new));
        assert_eq!(says(&text), [wanted]);
        let problems = parse(&text).expect_err(new);
        // The pack's comments have the same words further up.
        let line = (1_u32..).zip(text.lines()).filter(|(_, line)| line.contains(new)).map(|(number, _)| number).max();
        assert_eq!(Some(problems[0].line), line, "{}", problems[0]);
    }
    let text = starter_with("\n[types.minor]\n\n[types.patch]\ncoverage_percent = 0\n");
    assert_eq!(
        says(&text),
        ["types.minor: says nothing; set one of its thresholds, or remove [types.minor]"],
        "whoever wrote the header meant something"
    );
    assert_eq!(parse(&text).expect_err("nothing")[0].line, line_of(&text, "[types.minor]"));
}

#[test]
fn what_a_type_follows_from_has_to_be_signed() {
    let text = starter_with(TYPES).replace("    \"version\",               # R39\n", "");
    assert_eq!(says(&text), ["types: types looks at version, which is not in material; name it there"]);
}

#[test]
fn the_example_in_the_shipped_texts_is_one() {
    for strength in STRENGTHS {
        let (_, example) = pack(strength).split_once("# [types.major]\n").expect("an example");
        let lines = example.lines().map_while(|line| line.strip_prefix("# "));
        let example: String = lines.map(|line| format!("{line}\n")).collect();
        let policy = parse(&format!("{}\n[types.major]\n{example}", pack(strength)));
        let types = policy.unwrap_or_else(|problems| panic!("{}", told(&problems))).types;
        assert_eq!(types.keys().copied().collect::<Vec<_>>(), [ReleaseType::Major, ReleaseType::Emergency]);
        assert_eq!(types[&ReleaseType::Major], major());
    }
}

#[test]
fn a_type_is_put_into_words_on_one_line_so_that_a_difference_of_policies_shows_it() {
    let policy = Policy { types: BTreeMap::from([(ReleaseType::Major, major())]), ..full() };
    let said = |policy: &Policy| -> Vec<String> {
        let of_types = describe(policy).into_iter().filter(|section| section.key == "types");
        of_types.flat_map(|section| section.settings).flat_map(|setting| setting.values).collect()
    };
    assert!(said(&full()).is_empty());
    assert_eq!(said(&policy), ["major: coverage percent: 90; lead time days: 10; review approvals: 2; tests: R8, R62"]);
}
