use super::*;
use crate::change::{RawText, TextFormat};
use crate::gate::fixture::{change, file};
use crate::plan::PlanSection as S;

fn read(format: TextFormat, sections: &[(S, &str)]) -> Runbook {
    let mut change = change();
    change.plan = sections.iter().map(|(s, text)| (*s, RawText { format, text: (*text).to_owned() })).collect();
    Runbook::read(&change)
}

/// The complete plan with one section replaced.
fn with(section: S, text: &str) -> Runbook {
    let mut change = change();
    change.plan.insert(section, RawText { format: TextFormat::Textile, text: text.to_owned() });
    Runbook::read(&change)
}

fn told(runbook: &Runbook) -> Vec<String> {
    runbook.findings().iter().map(|finding| format!("{} {finding}", finding.clause)).collect()
}

#[test]
fn a_complete_plan_has_no_finding() {
    assert_eq!(told(&Runbook::read(&change())), Vec::<String>::new());
}

#[test]
fn what_the_runbook_leaves_out_is_named_with_its_section_and_step() {
    let steps = "# 20:00 Hold point\n# 20:30 Check, the point of no return";
    let cases: [(S, &str, &[&str]); 10] = [
        (S::Prerequisites, "See backout.md.", &["R82 Prerequisites: no dependencies on services"]),
        (S::RiskManagement, "None.", &["R82 Related changes, known errors and problems: no word on known issues"]),
        (S::RiskManagement, "No known issues.", &[]),
        (
            S::RiskManagement,
            "Known issues: the index is built slowly.",
            &["R82 Risk management: known issues without a mitigation"],
        ),
        (
            S::Method,
            "# Stop the writers\n# Migrate the tables\n# Tell support",
            &["R82 Method of deployment, step 2: nothing verifies it (“Migrate the tables”)"],
        ),
        (S::Method, "# Migrate the tables and verify the counts\n# Tell support", &[]),
        (
            S::Timing,
            "# 20:30 Hold point\n# 20:00 Check, the point of no return",
            &["R82 Timing and timescales, step 2: its time lies before that of a step above"],
        ),
        (S::Timing, "# 23:30 Hold point\n# 00:30 Check, the point of no return", &[]),
        (S::Timing, "# 20:00 Check, the point of no return", &["R26 Timing and timescales: no hold point"]),
        (S::Timing, "# 20:00 Hold point", &["R26 Timing and timescales: no point of no return"]),
    ];
    for (section, text, expected) in cases {
        let runbook = with(section, text);
        assert_eq!(told(&runbook), expected, "{text}");
        assert!(runbook.findings().iter().all(|finding| !finding.mend.is_empty()));
    }
    assert_eq!(told(&with(S::Timing, steps)), Vec::<String>::new());
}

#[test]
fn without_steps_or_checks_that_is_what_is_told() {
    let bare = read(TextFormat::Textile, &[(S::Prerequisites, "It depends on nothing. No known issues.")]);
    assert_eq!(
        told(&bare),
        [
            "R82 Prerequisites: no check before the first step",
            "R82 Timing and timescales: no steps",
            "R26 Timing and timescales: no hold point",
            "R26 Timing and timescales: no point of no return",
        ]
    );
    let bullets = read(TextFormat::Textile, &[(S::Method, "* Stop\n* Start")]);
    assert!(told(&bullets).contains(&"R82 Method of deployment: the steps have no order".to_owned()));
}

#[test]
fn steps_are_lists_tables_and_lines_that_begin_with_a_number_or_a_time() {
    for (format, text, steps) in [
        (TextFormat::Textile, "# One\n# Two", 2),
        (TextFormat::Textile, "* One\n* Two", 0),
        (TextFormat::Textile, "|20:00|Stop|\n|20:10|Check|\n|20:20|Start|", 3),
        (TextFormat::Markdown, "1. One\n2. Two\n3. Three", 3),
        (TextFormat::Markdown, "| When | What |\n|---|---|\n| 20:00 | Stop |", 1),
        (TextFormat::Plain, "1. One\n2) Two\n20:05 Three\nand more", 3),
        (TextFormat::Plain, "2026 was a year", 0),
    ] {
        assert_eq!(read(format, &[(S::Method, text)]).steps(), steps, "{text:?}");
    }
}

#[test]
fn the_time_of_the_rollback_is_the_longest_that_is_told() {
    for (text, minutes) in [
        ("It takes 20 minutes.", Some(20)),
        ("It takes 20 min; the restore takes 1 h 30 min.", Some(90)),
        ("It takes 90 s.", Some(2)),
        ("It takes 20 min (RTO: 60 min).", Some(20)),
        ("An error rate above 2 % for 5 minutes triggers it.", None),
        ("It takes long.", None),
    ] {
        assert_eq!(with(S::Backout, text).backout().and_then(|read| read.minutes), minutes, "{text}");
    }
    assert_eq!(read(TextFormat::Plain, &[]).backout(), None);
}

#[test]
fn who_decides_may_stand_among_the_roles() {
    let mut change = change();
    let plain = |text: &str| RawText { format: TextFormat::Plain, text: text.to_owned() };
    change.plan.insert(S::Backout, plain("Run the job."));
    for (text, found) in [("Dora decides to go back.", true), ("Dora decides on lunch.", false)] {
        change.plan.insert(S::Roles, plain(text));
        let read = Runbook::read(&change).backout().expect("the section is there");
        assert_eq!(read.decides.is_some(), found, "{text}");
        assert_eq!((read.trigger, read.path, read.commit), (None, false, false));
    }
}

#[test]
fn evidence_of_a_rollback_test_says_that_it_succeeded_and_where() {
    for (text, succeeded, staging) in [
        ("Rolled back in staging on 3 May, took 6 minutes: https://ci.example/rollback/812", true, true),
        ("Rehearsed on staging twice; succeeded both times, no payment was lost.", true, true),
        ("The first run failed. The second one succeeded in staging.", true, true),
        ("Pre-production, run 812: green", true, true),
        ("Staging, run 812", false, true),
        ("Succeeded in the lab", true, false),
        ("Rehearsed in staging and failed; it worked in the lab.", true, false),
        ("It did not succeed in staging.", false, false),
        ("To be rolled back in staging on Friday.", false, false),
        ("Can be rolled back in staging within 5 minutes.", false, false),
        ("Unsuccessful in staging", false, true),
        ("see the log", false, false),
        ("", false, false),
    ] {
        let read = RollbackTest::read(text);
        assert_eq!((read.succeeded, read.staging), (succeeded, staging), "{text}");
        assert_eq!(read.shows(), succeeded && staging, "{text}");
    }
    assert!(!RollbackTest::read(&"ä".repeat(64 * 1024)).shows(), "a long text is read in part");
}

#[test]
fn what_touches_a_database_is_told_from_what_denies_it() {
    for (title, data, touches) in [
        ("Move payments to the new schema", "none", true),
        ("New logo", "none", false),
        ("New logo", "the PostgreSQL of payments", true),
        ("New logo, no database change", "none", false),
        ("The database needs to be restarted", "", true),
    ] {
        let mut change = change();
        change.plan.clear();
        (change.title, change.affected_data) = (title.to_owned(), data.to_owned());
        assert_eq!(touches_database(&change, &Runbook::read(&change)).is_some(), touches, "{title}");
    }
}

#[test]
fn a_roll_out_in_steps_is_read_as_a_whole() {
    let text = "We ramp behind the flag new-ledger: 1 %, 5 %, 25 %, 100 %. Each step is held for 30 minutes. \
                We stop if the error rate is above 2 %. Owner: Dora.";
    let read = with(S::Approach, text).roll_out().expect("a ramp");
    assert_eq!(read.steps, [100, 500, 2_500, 10_000]);
    assert_eq!(read.hold.as_deref(), Some("Each step is held for 30 minutes."));
    assert_eq!(read.criterion.as_deref(), Some("We stop if the error rate is above 2 %."));
    assert!(read.flag.is_some() && read.owner.as_deref() == Some("Owner: Dora."));
    assert_eq!(with(S::Approach, "Big bang, no ramp.").roll_out(), None);
    let bare = with(S::Approach, "A gradual roll-out.").roll_out().expect("it speaks of one");
    assert_eq!(bare, RollOut::default());
}

#[test]
fn a_canary_is_read_with_what_it_is_judged_by() {
    let text = "A canary for an hour. Metrics: latency and error rate. Baseline: the release before. \
                The error rate is at most 1 %. Promoted when it holds, else rejected.";
    let read = with(S::Method, text).canary().expect("a canary");
    assert!(read.metrics.is_some() && read.baseline.is_some() && read.threshold.is_some() && read.verdict.is_some());
    assert_eq!(with(S::Method, "There is no canary.").canary(), None);
    let bare = with(S::Method, "A canary first.").canary().expect("it speaks of one");
    assert_eq!(bare, Canary::default());
}

#[test]
fn a_playbook_is_known_by_its_name_or_since_the_plan_says_so() {
    let mut change = change();
    change.plan.clear();
    change.attachments = vec![file("escalation-plan.pdf", None), file("notes.txt", None)];
    let names = |change: &crate::change::ChangeRequest| -> Vec<String> {
        Runbook::read(change).playbooks(change).into_iter().map(|file| file.name.clone()).collect()
    };
    assert_eq!(names(&change), ["escalation-plan.pdf"]);
    let raw = RawText { format: TextFormat::Plain, text: "The playbook is in notes.txt. See logo.png.".to_owned() };
    change.plan.insert(S::Communication, raw);
    assert_eq!(names(&change), ["escalation-plan.pdf", "notes.txt"]);
    change.attachments.iter_mut().for_each(|file| file.own = true);
    assert!(names(&change).is_empty());
}

#[test]
fn how_the_window_is_watched_is_read_and_a_bare_label_or_what_is_silenced_names_nothing() {
    for (text, monitoring, alerting) in [
        ("Monitoring: dashboard payments. Alerting: the pager of its team.", true, true),
        ("Dora keeps the dashboards open; the error rate pages nobody, an alarm above 2 % calls her.", true, true),
        ("Monitoring and alerting: payments-prod, team Payments.", true, true),
        ("Monitoring during the window:\nAlerting:", false, false),
        ("No monitoring. Alerting: none.", false, false),
        ("Monitoring: TBD. Alerting: n/a.", false, false),
        ("Alerts are muted for two hours. The monitoring is switched off.", false, false),
        ("Monitoring: graphs until sign-off.", true, false),
        ("Nothing is said.", false, false),
    ] {
        for section in [S::Timing, S::Communication] {
            let read = read(TextFormat::Plain, &[(section, text)]).watch().expect("a section that would say it");
            assert_eq!((read.monitoring.is_some(), read.alerting.is_some()), (monitoring, alerting), "{text}");
        }
    }
    assert_eq!(read(TextFormat::Plain, &[(S::Documentation, "Monitoring: the wiki of it.")]).watch(), None);
    assert_eq!(read(TextFormat::Plain, &[]).watch(), None);
}
