//! Plans as *JSON Output Format* describes them.
use super::*;

fn plan(changes: &str) -> String {
    format!(
        r#"{{"format_version":"1.2","terraform_version":"1.9.5","planned_values":{{"root_module":{{}}}},"resource_changes":[{changes}],"errored":false}}"#
    )
}

fn change(address: &str, actions: &str) -> String {
    format!(
        r#"{{"address":"{address}","mode":"managed","change":{{"actions":{actions},"before":null,"after":{{"n":1e3}}}}}}"#
    )
}

#[test]
fn a_plan_says_what_it_makes_and_names_what_it_takes_away() {
    let changes = [
        change("a.new", r#"["create"]"#),
        change("a.edited", r#"["update"]"#),
        change("a.gone", r#"["delete"]"#),
        change("a.moved", r#"["delete","create"]"#),
        change("a.moved_gently", r#"["create","delete"]"#),
        change("a.kept", r#"["no-op"]"#),
        change("data.read", r#"["read"]"#),
        change("a.forgotten", r#"["forget"]"#),
    ];
    let evidence = read("plan.json", plan(&changes.join(",")).as_bytes()).expect("it is read");
    assert_eq!(evidence.provenance.tools[0].to_string(), "terraform 1.9.5");
    assert_eq!(evidence.says.to_string(), "1 to create, 1 to update, 1 to delete, 2 to replace");
    let Says::PlannedChanges(planned) = evidence.says else { panic!("a plan") };
    assert_eq!(planned.deletions, ["a.gone", "a.moved", "a.moved_gently"]);
}

#[test]
fn a_plan_that_changes_nothing_says_so_and_one_that_broke_off_is_refused() {
    let nothing = r#"{"format_version":"1.2","terraform_version":"1.9.5","planned_values":{}}"#;
    assert_eq!(says("plan.json", nothing).to_string(), "0 to create, 0 to update, 0 to delete, 0 to replace");
    let broken = plan("").replace("\"errored\":false", "\"errored\":true");
    assert_eq!(refused("plan.json", broken).fault, Fault::Unfinished);
}

#[test]
fn actions_that_no_plan_has_are_refused_rather_than_counted_somewhere() {
    for actions in [r#"["destroy"]"#, r#"["update","delete"]"#, "[]", r#"["delete","create","delete"]"#] {
        let error = refused("plan.json", plan(&change("a.b", actions)));
        assert_eq!(error.fault.code(), "evidence_malformed", "{actions}: {error}");
    }
}
