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

/// A change set of CloudFormation with these changes.
fn change_set(status: &str, changes: &str) -> String {
    format!(
        r#"{{"ChangeSetId":"arn:1","ChangeSetName":"release","StackName":"pay","Status":"{status}","StatusReason":null,"ExecutionStatus":"AVAILABLE","Changes":[{changes}]}}"#
    )
}

fn resource(name: &str, action: &str, replacement: &str) -> String {
    format!(
        r#"{{"Type":"Resource","ResourceChange":{{"Action":"{action}","LogicalResourceId":"{name}","ResourceType":"AWS::SQS::Queue"{replacement}}}}}"#
    )
}

#[test]
fn a_change_set_says_what_it_makes_and_names_what_it_takes_away_or_may() {
    let changes = [
        resource("New", "Add", ""),
        resource("Edited", "Modify", r#","Replacement":"False""#),
        resource("Moved", "Modify", r#","Replacement":"True""#),
        resource("Perhaps", "Modify", r#","Replacement":"Conditional""#),
        resource("Gone", "Remove", ""),
        resource("Taken", "Import", ""),
        r#"{"Type":"Hook","HookInvocationCount":1}"#.to_owned(),
    ];
    let evidence = read("changes.json", change_set("CREATE_COMPLETE", &changes.join(",")).as_bytes()).expect("read");
    assert_eq!(evidence.provenance.format, Format::CloudformationChangeSet);
    assert_eq!(evidence.says.to_string(), "1 to create, 2 to update, 1 to delete, 2 to replace");
    let Says::PlannedChanges(planned) = evidence.says else { panic!("a plan") };
    assert_eq!(planned.deletions, ["Moved", "Perhaps", "Gone"]);
}

#[test]
fn a_change_set_that_failed_or_goes_on_is_refused_and_one_of_no_change_says_so() {
    assert_eq!(refused("c.json", change_set("FAILED", "")).fault, Fault::Unfinished);
    assert_eq!(refused("c.json", change_set("CREATE_IN_PROGRESS", "")).fault, Fault::Unfinished);
    let nothing = change_set("FAILED", "").replace(
        "\"StatusReason\":null",
        "\"StatusReason\":\"The submitted information didn't contain changes. Submit different information.\"",
    );
    assert_eq!(says("c.json", nothing).to_string(), "0 to create, 0 to update, 0 to delete, 0 to replace");
    let whole = change_set("CREATE_COMPLETE", &resource("A", "Add", ""));
    let paged = whole.replace("\"StackName\"", "\"NextToken\":\"t\",\"StackName\"");
    assert_eq!(refused("c.json", paged).fault.code(), "evidence_disagrees");
    let unknown = change_set("CREATE_COMPLETE", &resource("A", "Destroy", ""));
    assert_eq!(refused("c.json", unknown).fault.code(), "evidence_malformed");
}

#[test]
fn a_preview_of_a_program_counts_each_replacement_once_and_one_that_failed_is_refused() {
    let step = |op: &str, urn: &str| format!(r#"{{"op":"{op}","urn":"urn:pulumi:{urn}","newState":{{}}}}"#);
    let steps = [
        step("same", "a"),
        step("create", "b"),
        step("update", "c"),
        step("delete", "d"),
        step("create-replacement", "e"),
        step("replace", "e"),
        step("delete-replaced", "e"),
    ]
    .join(",");
    let preview = |diagnostics: &str| {
        format!(r#"{{"steps":[{steps}],"duration":1,"changeSummary":{{"create":1}},"diagnostics":[{diagnostics}]}}"#)
    };
    let evidence = read("preview.json", preview("").as_bytes()).expect("it is read");
    assert_eq!(evidence.provenance.format, Format::PulumiPreview);
    let Says::PlannedChanges(planned) = evidence.says else { panic!("a plan") };
    assert_eq!((planned.create, planned.update, planned.delete, planned.replace), (1, 1, 1, 1));
    assert_eq!(planned.deletions, ["urn:pulumi:d", "urn:pulumi:e"]);
    let failed = preview(r#"{"severity":"error","message":"no"}"#);
    assert_eq!(refused("preview.json", failed).fault, Fault::Unfinished);
    let unknown = preview("").replace("\"same\"", "\"explode\"");
    assert_eq!(refused("preview.json", unknown).fault.code(), "evidence_malformed");
}

/// As Python's difflib writes it: `unified_diff(before, after, "queues.conf", "queues.conf", …)`.
const DIFFLIB: &str = "--- queues.conf\t2026-01-01\n+++ queues.conf\t2026-01-02\n@@ -1,3 +1,3 @@\n a\n--- b\n+++ c\n \n\
                       --- /dev/null\n+++ new.conf\n@@ -0,0 +1 @@\n+a\n--- old.conf\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n";

const GIT: &str = "diff --git a/one.tf b/one.tf\nindex 1..2 100644\n--- a/one.tf\n+++ b/one.tf\n@@ -1 +1 @@ resource\n-a\n+b\n\
                   \\ No newline at end of file\ndiff --git a/two.tf b/three.tf\nsimilarity index 100%\nrename from two.tf\n\
                   rename to three.tf\ndiff --git a/x.bin b/x.bin\nnew file mode 100644\nindex 0..1\n\
                   Binary files /dev/null and b/x.bin differ\ndiff --git a/y.tf b/y.tf\ndeleted file mode 100644\n--- a/y.tf\n\
                   +++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n";

#[test]
fn a_diff_says_which_files_it_makes_changes_and_takes_away_whoever_wrote_it() {
    let evidence = read("queues.diff", DIFFLIB.as_bytes()).expect("it is read");
    assert_eq!(evidence.provenance.format, Format::UnifiedDiff);
    assert_eq!(evidence.says.to_string(), "1 to create, 1 to update, 1 to delete, 0 to replace");
    let Says::PlannedChanges(planned) = evidence.says else { panic!("a plan") };
    assert_eq!(planned.deletions, ["old.conf"]);
    let Says::PlannedChanges(planned) = says("git.diff", GIT) else { panic!("a plan") };
    assert_eq!((planned.create, planned.update, planned.delete, planned.replace), (1, 1, 1, 1));
    assert_eq!(planned.deletions, ["two.tf", "y.tf"]);
}

#[test]
fn a_diff_that_was_cut_or_is_none_is_refused_at_its_line() {
    for (text, line) in [
        ("--- a\n+++ b\n@@ -1,2 +1,2 @@\n a\n", None),
        ("--- a\n", None),
        ("--- a\nnothing\n", Some(2)),
        ("--- a\n+++ b\n@@ -1 +1 @@\n-a\n-b\n", Some(5)),
        ("--- a\n+++ b\n@@ -x +1 @@\n", Some(3)),
        ("--- a\n+++ b\n@@ -1,1 +1,1 @@\nhello\n", Some(4)),
        ("diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+b\n--- x\n+++ /dev/null\n", Some(7)),
        ("diff -u a b\nnew file mode 1\n", Some(2)),
        ("diff -u a b\n", None),
        ("--- a\n+++ b\n@@ -1,99999999999 +1 @@\n", Some(3)),
    ] {
        let error = refused("cut.diff", text);
        assert_eq!(error.fault.code(), "evidence_malformed", "{text}: {error}");
        assert_eq!(error.place, line.map_or(Place::Whole, Place::Line), "{text}: {error}");
    }
    let long = format!("--- a\n{}", "\n".repeat(10_000_000));
    assert_eq!(refused("long.diff", long).place, Place::Line(2));
}
