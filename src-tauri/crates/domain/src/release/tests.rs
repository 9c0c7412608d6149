use proptest::prelude::*;

use super::*;

fn key(n: u32) -> ChangeKey {
    ChangeKey::new("CHG", n)
}

const R: &str = "Winter 2026";

/// A change of the release with these levels, of which each of the release's own questions has this answer.
fn part(n: u32, (lowest, highest): (RiskLevel, RiskLevel), own: [Option<&str>; 3]) -> Part {
    let answers = Question::OF_A_RELEASE.into_iter().zip(own).filter_map(|(question, word)| {
        let choice = choices(question).iter().find(|choice| Some(choice.word) == word)?;
        Some((question, attested(R, choice, "as discussed", None).value))
    });
    Part { change: key(n), lowest, highest, answers: answers.collect() }
}

#[test]
fn a_release_is_known_by_its_name_on_one_line() {
    for (text, expected) in [
        ("Winter 2026", Some("Winter 2026")),
        ("  Winter\t2026\n", Some("Winter 2026")),
        ("", None),
        (" \u{2003}\n", None),
    ] {
        assert_eq!(name(text).as_deref(), expected, "{text:?}");
    }
    assert_eq!(name(&"x".repeat(5_000)).map(|name| name.chars().count()), Some(LONGEST_NAME));
}

#[test]
fn the_risk_of_a_release_is_the_worst_of_its_changes_with_its_own_answers_as_floors() {
    use RiskLevel::{Critical, High, Low, Medium};
    let easy = [Some("low"), Some("independent"), Some("each")];
    let settled = |n, level| part(n, (level, level), easy);
    let cases = [
        ("no change", vec![], (Low, Low), "Low", vec![]),
        ("one", vec![settled(1, Medium)], (Medium, Medium), "Medium", vec![1]),
        (
            "the worst counts",
            vec![settled(1, Low), settled(2, High), settled(3, High)],
            (High, High),
            "High",
            vec![2, 3],
        ),
        (
            "an unassessed change",
            vec![settled(1, Low), part(2, (Low, High), easy)],
            (Low, High),
            "Low to High",
            vec![2],
        ),
        (
            "it goes at once or not at all",
            vec![part(1, (Low, Low), [Some("low"), Some("together"), Some("each")])],
            (High, High),
            "High",
            vec![],
        ),
        (
            "no way back",
            vec![part(1, (Medium, Medium), [Some("low"), Some("independent"), Some("impossible")])],
            (High, High),
            "High",
            vec![],
        ),
        (
            "an answer never lowers a change",
            vec![part(1, (Critical, Critical), easy)],
            (Critical, Critical),
            "Critical",
            vec![1],
        ),
        ("nobody answered", vec![part(1, (Low, Low), [None; 3])], (Low, Critical), "Low to Critical, 3 open", vec![]),
        (
            "a change came after the answers",
            vec![part(1, (Low, Low), [Some("medium"), Some("ordered"), Some("each")]), part(2, (Low, Low), [None; 3])],
            (Medium, Critical),
            "Medium to Critical, 3 open",
            vec![],
        ),
        (
            "the worst of two answers",
            vec![part(1, (Low, Low), easy), part(2, (Low, Low), [Some("critical"), Some("independent"), Some("each")])],
            (Critical, Critical),
            "Critical",
            vec![],
        ),
    ];
    for (case, parts, levels, words, worst) in cases {
        let risk = risk(R, &parts);
        assert_eq!((risk.lowest, risk.highest), levels, "{case}");
        assert_eq!(risk.words(), words, "{case}");
        assert_eq!(risk.worst, worst.into_iter().map(key).collect::<Vec<_>>(), "{case}");
    }
}

#[test]
fn an_answer_counts_for_the_release_that_it_names_and_for_no_other() {
    let question = Question::ReleaseRollback;
    let whole = choices(question)[1];
    for release in [R, "A \"quoted\" one", "A”: x", "Grüße, 5.0", "a: \"b\": c"] {
        let value = attested(release, &whole, "one snapshot", None).value;
        assert_eq!(given(question, release, &value), Some(&choices(question)[1]), "{value}");
        for other in ["A", "Winter", "a", "", "Grüße"] {
            assert_eq!(given(question, other, &value), None, "{value} is none of {other}");
        }
        assert_eq!(given(Question::ReleaseImpact, release, &value), None, "another question has other answers");
        assert_eq!(given(Question::PeerReview, release, &value), None);
    }
    for text in ["", "whole", "whole for release Winter 2026: why", "wholesale for release \"Winter 2026\": why"] {
        assert_eq!(given(question, R, text), None, "{text}");
    }
}

#[test]
fn every_question_of_a_release_has_answers_and_no_other_has() {
    for question in Question::ALL {
        assert_eq!(!choices(question).is_empty(), Question::OF_A_RELEASE.contains(&question), "{question:?}");
        for pair in choices(question).windows(2) {
            assert!(pair[0].least <= pair[1].least && pair[0].word != pair[1].word, "{pair:?}");
        }
    }
}

#[test]
fn what_tickets_say_alike_is_one_thing_and_a_silent_one_does_not_contradict() {
    let said = |all: &[&str]| Said::of((1u32..).zip(all).map(|(n, value)| (key(n), (*value).to_owned())));
    assert_eq!(said(&[]).one(), None);
    assert_eq!(said(&["", " "]).one(), None);
    assert_eq!(said(&["Ria Maas", "Ria  Maas", ""]).one(), Some("Ria Maas"));
    assert_eq!(said(&["Ria Maas", ""]).silent, [key(2)]);
    assert_eq!(said(&["Ria Maas", ""]).disagree("Release Manager"), None);
    let two = said(&["Ria Maas", "Ole Berg", "Ria Maas"]);
    assert_eq!(two.one(), None);
    assert_eq!(
        two.disagree("Release Manager").as_deref(),
        Some("The tickets disagree about the Release Manager: Ole Berg (CHG-2); Ria Maas (CHG-1, CHG-3).")
    );
}

#[test]
fn what_belongs_together_stands_together_at_the_place_of_its_first() {
    let of = |item: &&str| item.split_once('/').map(|(release, _)| release.to_owned());
    let order = |items: &[&'static str]| side_by_side(items.to_vec(), of).join(" ");
    assert_eq!(order(&[]), "");
    assert_eq!(order(&["1", "a/2", "3", "b/4", "a/5", "6", "b/7"]), "1 a/2 a/5 3 b/4 b/7 6");
    assert_eq!(order(&["3", "2", "1"]), "3 2 1");
}

fn levels() -> impl Strategy<Value = RiskLevel> {
    prop_oneof![Just(RiskLevel::Low), Just(RiskLevel::Medium), Just(RiskLevel::High), Just(RiskLevel::Critical)]
}

proptest! {
    #[test]
    fn a_release_is_never_below_any_of_its_changes_and_answering_never_raises_what_counts(
        all in proptest::collection::vec((levels(), levels(), 0..5_usize), 1..6),
    ) {
        let words = [None, Some("low"), Some("medium"), Some("high"), Some("critical")];
        let parts: Vec<Part> = (1u32..)
            .zip(&all)
            .map(|(n, (a, b, answer))| part(n, (*a.min(b), *a.max(b)), [words[*answer], None, None]))
            .collect();
        let found = risk(R, &parts);
        prop_assert!(found.lowest <= found.highest);
        for part in &parts {
            prop_assert!(found.highest >= part.highest && found.lowest >= part.lowest);
        }
        let answered: Vec<Part> = parts
            .iter()
            .zip(1u32..)
            .map(|(was, n)| {
                let worst = [Some("critical"), Some("together"), Some("impossible")];
                let mut now = part(n, (was.lowest, was.highest), worst);
                now.answers.extend(was.answers.clone());
                now
            })
            .collect();
        prop_assert!(risk(R, &answered).highest <= found.highest);
    }
}
