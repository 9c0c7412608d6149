//! The language and the paper of minutes: what is read, what is left out, and what is told of an unknown word.
use super::super::settings::words::{APPROVALS, COUNTERSIGNERS, LANGUAGES, PAPERS};
use super::*;
use crate::policy::{Countersigner, MinutesApprovalRule, MinutesLanguage, MinutesPaper, MinutesRules};

/// Rules of which neither is as built in.
pub(super) fn german_on_letter() -> MinutesRules {
    MinutesRules { language: MinutesLanguage::German, paper: MinutesPaper::Letter, ..MinutesRules::default() }
}

fn starter_with(table: &str) -> String {
    format!("{}\n[minutes]\n{table}", pack(Strength::Starter))
}

#[test]
fn the_words_of_minutes_are_those_of_the_types() {
    assert_eq!(json!([MinutesLanguage::English, MinutesLanguage::German]), json!(LANGUAGES));
    assert_eq!(json!([MinutesPaper::A4, MinutesPaper::Letter]), json!(PAPERS));
    let rules = [MinutesApprovalRule::AtOnce, MinutesApprovalRule::Deadline, MinutesApprovalRule::NextMeeting];
    assert_eq!(json!(rules), json!(APPROVALS));
    let countersigners = [
        Countersigner::Secretary,
        Countersigner::Cto,
        Countersigner::TechnicalLead,
        Countersigner::ReleaseManager,
        Countersigner::ServiceManager,
        Countersigner::Security,
        Countersigner::BoardMember,
        Countersigner::Auditor,
    ];
    assert_eq!(json!(countersigners), json!(COUNTERSIGNERS));
    let roles: Vec<_> = countersigners.iter().filter_map(|one| one.role()).collect();
    assert_eq!(json!(roles), json!(COUNTERSIGNERS[1..]), "each word is its role's");
}

#[test]
fn each_word_may_be_left_out_and_what_is_as_built_in_is_no_other_policy() {
    let built_in = Policy::built_in(Strength::Starter);
    let german = MinutesRules { language: MinutesLanguage::German, ..MinutesRules::default() };
    let deadline = |correction_days| MinutesRules {
        approval: MinutesApprovalRule::Deadline,
        correction_days,
        ..MinutesRules::default()
    };
    let letter = MinutesRules { paper: MinutesPaper::Letter, ..MinutesRules::default() };
    let signed = MinutesRules {
        countersign: vec![Countersigner::Secretary, Countersigner::TechnicalLead],
        ..MinutesRules::default()
    };
    for (table, minutes, canonical) in [
        ("", MinutesRules::default(), None),
        ("language = \"en\"\npaper = \"a4\"\n", MinutesRules::default(), None),
        ("language = \"de\"\n", german, Some(json!({"language": "de"}))),
        ("paper = \"letter\"\n", letter, Some(json!({"paper": "letter"}))),
        ("approval = \"at_once\"\ncorrection_days = 0\n", MinutesRules::default(), None),
        ("approval = \"deadline\"\n", deadline(0), Some(json!({"approval": "deadline"}))),
        (
            "approval = \"deadline\"\ncorrection_days = 3\n",
            deadline(3),
            Some(json!({"approval": "deadline", "correction_days": 3})),
        ),
        ("countersign = []\n", MinutesRules::default(), None),
        (
            "countersign = [\"secretary\", \"technical_lead\"]\n",
            signed,
            Some(json!({"countersign": ["secretary", "technical_lead"]})),
        ),
        (
            "language = \"de\"\npaper = \"letter\"\n",
            german_on_letter(),
            Some(json!({"language": "de", "paper": "letter"})),
        ),
    ] {
        let policy = parse(&starter_with(table)).unwrap_or_else(|problems| panic!("{table}: {}", told(&problems)));
        assert_eq!(policy, Policy { minutes, ..built_in.clone() }, "{table}");
        let json = serde_json::to_value(&policy).expect("a policy is data");
        assert_eq!(json.get("minutes").cloned(), canonical, "{table}");
        assert_eq!(parse(&write(&policy)), Ok(policy), "{table}");
    }
}

#[test]
fn an_unknown_word_is_refused_with_its_key_the_value_and_what_may_be_said() {
    for (table, wanted) in [
        ("language = \"fr\"\n", "minutes.language: `fr` is not known; give one of: en, de"),
        ("language = \"De\"\n", "minutes.language: `De` is not known; did you mean `de`?"),
        ("countersign = [\"chair\"]\n", "minutes.countersign: `chair` is not known"),
        ("paper = \"legal\"\n", "minutes.paper: `legal` is not known; give one of: a4, letter"),
        (
            "tongue = \"de\"\n",
            "minutes: `tongue` is no setting; remove it, or give one of: \
             language, paper, countersign, approval, correction_days",
        ),
        (
            "approval = \"never\"\n",
            "minutes.approval: `never` is not known; give one of: at_once, deadline, next_meeting",
        ),
        ("correction_days = 91\n", "minutes.correction_days: 91 days is no time for corrections; give 0 to 90"),
    ] {
        let problems = parse(&starter_with(table)).expect_err(table);
        let found = told(&problems);
        let key = wanted.split_once(": ").map_or("", |(_, what)| what);
        assert!(found.contains(key) && found.contains("minutes"), "{table}: {found}");
    }
    let mut json = serde_json::to_value(Policy::built_in(Strength::Starter)).expect("a policy is data");
    json["minutes"] = json!({"language": "fr"});
    assert!(serde_json::from_value::<Policy>(json).is_err(), "nor in the canonical form");
}

#[test]
fn a_policy_in_words_says_the_language_and_the_paper() {
    let policy = Policy { minutes: german_on_letter(), ..Policy::built_in(Strength::Starter) };
    let said = describe(&policy).into_iter().find(|section| section.key == "minutes").expect("a section");
    let values: Vec<(String, Vec<String>)> = said.settings.into_iter().map(|one| (one.path, one.values)).collect();
    let as_said = |wanted: [(&str, &str); 2]| wanted.map(|(path, value)| (path.to_owned(), vec![value.to_owned()]));
    assert_eq!(values[..2], as_said([("minutes.language", "de"), ("minutes.paper", "letter")]));
    assert_eq!(values[2].0, "minutes.countersign");
    assert_eq!(values[3..], as_said([("minutes.approval", "at_once"), ("minutes.correction_days", "0")]));
}
