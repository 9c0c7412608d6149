//! A policy in words.
use super::*;

fn all(policy: &Policy) -> Vec<SettingInWords> {
    describe(policy).into_iter().flat_map(|section| section.settings).collect()
}

fn values(policy: &Policy, path: &str) -> Vec<String> {
    let found = all(policy).into_iter().find(|setting| setting.path == path);
    found.unwrap_or_else(|| panic!("no setting {path}")).values
}

#[test]
fn every_setting_is_in_one_group_also_where_the_text_leaves_it_out() {
    for strength in STRENGTHS {
        let policy = Policy::built_in(strength);
        let paths: Vec<String> = all(&policy).into_iter().map(|setting| setting.path).collect();
        for setting in SETTINGS {
            let within = format!("{}.", setting.key);
            let told = paths.iter().any(|path| path == setting.key || path.starts_with(&within));
            assert!(told, "{strength:?} says nothing of {}", setting.key);
        }
        let mut once = paths.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), paths.len(), "{paths:?}");
    }
}

#[test]
fn what_is_set_is_said_in_words_and_a_clause_with_what_it_asks_for() {
    let mut policy = Policy::built_in(Strength::Starter);
    assert!(values(&policy, "blocking").contains(&"R36, a description".to_owned()));
    assert_eq!(values(&policy, "strength"), ["starter"]);
    assert_eq!(values(&policy, "environment"), ["prod*"]);
    assert_eq!(values(&policy, "pin_every_act"), ["no"]);
    assert_eq!(values(&policy, "break_glass"), ["no"], "left out");
    assert_eq!(values(&policy, "window_tolerance_minutes"), ["0"], "left out");
    assert_eq!(values(&policy, "quorum.formula"), ["strict majority"]);
    assert!(values(&policy, "freezes").is_empty());
    assert!(values(&policy, "least.sign_off").contains(&"critical: written".to_owned()));
    policy.quorum.formula = QuorumFormula::AtLeastPercent { percent: 60 };
    assert_eq!(values(&policy, "quorum.formula"), ["at least 60 %, rounded up"]);
}

#[test]
fn the_groups_come_in_the_order_of_the_text_with_their_clauses() {
    let sections = describe(&Policy::built_in(Strength::Full));
    let keys: Vec<&str> = sections.iter().map(|section| section.key.as_str()).collect();
    let place = |key: &str| keys.iter().position(|found| *found == key);
    assert!(place("policy") < place("gates") && place("gates") < place("quorum"), "{keys:?}");
    let freezes = sections.iter().find(|section| section.key == "freezes").map(|section| section.clause.as_str());
    assert_eq!(freezes, Some("R58, R77"));
}
