//! The table of the risk model.
use super::*;
use crate::risk::points_100;

/// The pack with a table at its end.
fn with_risk(table: &str) -> String {
    format!("{}\n{table}", pack(Strength::Starter).replace("name = \"starter/1\"", "name = \"ours/1\""))
}

#[test]
fn the_questions_and_their_answers_are_those_of_the_model() {
    let keys: Vec<&str> = QUESTIONS.iter().map(|question| question.key).collect();
    let model = points_100();
    assert_eq!(keys, model.questions.iter().map(|question| question.id.as_str()).collect::<Vec<_>>());
    for (setting, question) in QUESTIONS.iter().zip(&model.questions) {
        let Kind::Each { keys, .. } = &setting.kind else { panic!("{} has answers", setting.key) };
        let answers: Vec<&str> = question.answers.iter().map(|answer| answer.id.as_str()).collect();
        assert_eq!(keys.to_vec(), answers, "{}", setting.key);
    }
}

#[test]
fn a_model_is_read_and_written_again_and_what_it_does_not_say_is_as_built_in() {
    let text = with_risk(
        "[risk]\nname = \"ours/3\"\n\n[risk.levels]\nhigh = 45\n\n[risk.points.I1]\nlow = 4\nmission_critical = 20\n",
    );
    let policy = parse(&text).unwrap_or_else(|problems| panic!("{}", told(&problems)));
    let model = policy.risk.model().expect("a model");
    assert_eq!((model.name().as_str(), model.max()), ("ours/3", 108));
    assert_eq!(model.levels.iter().map(|bound| bound.from).collect::<Vec<_>>(), [0, 25, 45, 75]);
    assert_eq!(parse(&write(&policy)), Ok(policy));
}

#[test]
fn a_policy_that_says_nothing_of_it_has_the_bytes_it_had() {
    for strength in STRENGTHS {
        let json = serde_json::to_value(Policy::built_in(strength)).expect("a policy is data");
        assert_eq!(json.get("risk"), None);
    }
}

#[test]
fn a_model_that_contradicts_itself_is_told_at_its_line_with_the_mend() {
    let cases = [
        ("[risk]\nname = \"points-100/2\"\n", "name = \"points-100/2\"", "risk.name", "give another name"),
        ("[risk]\nname = \"ours/new\"\n", "name = \"ours/new\"", "risk.name", "a name and a number"),
        (
            "[risk]\nname = \"ours/1\"\n[risk.levels]\nmedium = 60\n",
            "[risk.levels]",
            "risk.levels",
            "let each begin above the one before",
        ),
        (
            "[risk]\nname = \"ours/1\"\n[risk.levels]\ncritical = 101\n",
            "critical = 101",
            "risk.levels.critical",
            "let it begin there or lower",
        ),
        (
            "[risk]\nname = \"ours/1\"\n[risk.points.E4]\nfair_or_unknown = 5\n",
            "[risk.points.E4]",
            "risk.points.E4",
            "a worse answer counts more",
        ),
        ("[risk]\nname = \"ours/1\"\n[risk.levels]\nlow = 1\n", "low = 1", "risk.levels", "is no level above Low"),
    ];
    for (table, line, path, what) in cases {
        let text = with_risk(table);
        let problems = parse(&text).expect_err(table);
        assert_eq!(problems.len(), 1, "{}", told(&problems));
        assert_eq!((problems[0].line, problems[0].path.as_str()), (line_of(&text, line), path), "{table}");
        assert!(problems[0].what.contains(what), "{table}: {}", problems[0].what);
    }
}

#[test]
fn the_examples_of_the_page_are_models_and_are_read_as_they_were_written() {
    let page = include_str!("../../../../../../../docs/policy.md");
    let blocks = page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mut names = Vec::new();
    for block in blocks.filter(|block| block.starts_with("[risk]\n")) {
        let policy = parse(&with_risk(block)).unwrap_or_else(|problems| panic!("{}", told(&problems)));
        let model = policy.risk.model().expect("a model");
        names.push((model.name(), model.max()));
        let text = write(&policy);
        assert_eq!(parse(&text), Ok(policy), "{text}");
    }
    let named = |name: &str, max: u32| (name.to_owned(), max);
    let expected = [("ours/1", 103), ("ours-5x5/1", 25), ("ours-mean/1", 100), ("ours-five/1", 20)];
    assert_eq!(names, expected.map(|(name, max)| named(name, max)));
}

#[test]
fn what_is_wrong_with_a_question_of_ones_own_is_told_at_its_row() {
    let row = |id: &str, points: u32| {
        format!(
            "[[risk.questions]]\nid = \"{id}\"\ntext = \"Why?\"\ncategory = \"impact\"\nanswers = [\n  {{ id = \"a\", words = \
             \"a\", points = 1 }},\n  {{ id = \"b\", words = \"b\", points = {points} }},\n]\n"
        )
    };
    let text = with_risk(&format!("[risk]\nname = \"ours/1\"\nkind = \"mean\"\n{}{}", row("Q1", 2), row("Q2", 1)));
    let problems = parse(&text).expect_err("a worse answer counts no more");
    assert_eq!(problems.len(), 1, "{}", told(&problems));
    assert_eq!(problems[0].path, "risk.questions[2].answers[2].points");
    assert_eq!(problems[0].line, line_of(&text, "id = \"Q2\"") + 5);
}
