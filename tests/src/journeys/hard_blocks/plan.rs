//! What the plan and its ticket must say where a policy makes it a block (R3, R23 to R25, R56, R82, R84, R92, R93, R96,
//! R110): what lacks one of them is not decided, not signed and not handed out; once it is mended it is, and what comes to
//! block after the decision stops the signature, and after that the file.
use board::views::{DecisionKind, GateResult, Role, VotePosition};
use chrono::Duration;
use domain::policy::Strength;
use domain::policy::authored::pack;

use super::super::evidence_gates::attest;
use super::super::gate::{begin, open_window};
use super::required::{unassessed, write};
use super::{Path, Tried, file, free, number, of_change, sign};
use crate::journey::Journey;

/// What the policy makes a block besides those of *starter*, of which R84 is one.
const CLAUSES: [&str; 10] = ["R3", "R23", "R24", "R25", "R82", "R92", "R93", "R96", "R56", "R110"];

const BACKOUT: &str = "Plan: Backout plan";
const TIMING: &str = "Plan: Timing and timescales";
const ROLES: &str = "Plan: Roles and responsibilities";

/// A ticket that leaves nothing out of what is asked, by its fields. It says that it touches a database.
const WHOLE: [(&str, &str); 12] = [
    ("Affected data", "The database of the ledger"),
    ("Deployment method", "pipeline ledger-release"),
    ("Rollback evidence", "Rolled back in staging on 12 November: succeeded in four minutes."),
    ("Plan: Prerequisites", "Check that the replica is healthy. It depends on the service ledger."),
    (
        "Plan: Method of deployment",
        "# Stop the writers and check that none is left\n# Migrate the tables\n# Verify the row counts",
    ),
    (
        BACKOUT,
        "It takes 20 minutes. The procedure is ops/rollback.sh at commit 5f0c3a1. The schema's rollback is versioned. \
         The schema stays backward compatible.",
    ),
    ("Plan: Testing", "Every step was run in staging, and the counts were compared."),
    ("Plan: Communication", "Support is told before and after."),
    (
        TIMING,
        "# 20:00 Hold point: Dora lets it go on\n# 20:30 Migrate the tables, the point of no return\n\
         # 21:00 Verify the counts",
    ),
    ("Plan: Approach", "All of it in one window."),
    (ROLES, "Dora deploys it. Monitoring: the dashboard of the ledger. Alerting: the pager of its team."),
    ("Plan: Risk management", "Known issues: the index is built slowly; mitigation: it is built beforehand."),
];

/// A clause, and what is written in which field so that its gate fails.
const LACKING: [(&str, &str, &str); 10] = [
    ("R84", "Rollback evidence", "Rehearsed in staging; the log is kept."),
    ("R23", BACKOUT, ""),
    ("R24", "Plan: Testing", ""),
    ("R25", "Plan: Communication", " "),
    ("R82", TIMING, "# 20:30 Migrate the tables, the point of no return\n# 21:00 Verify the counts"),
    (
        "R92",
        BACKOUT,
        "It takes 2 hours. The procedure is ops/rollback.sh at commit 5f0c3a1. The schema's rollback is versioned. \
         The schema stays backward compatible.",
    ),
    (
        "R93",
        BACKOUT,
        "It takes 20 minutes. The procedure is ops/rollback.sh, approved by everybody. \
         The schema's rollback is versioned. The schema stays backward compatible.",
    ),
    (
        "R96",
        BACKOUT,
        "It takes 20 minutes. The procedure is ops/rollback.sh at commit 5f0c3a1. The schema's rollback is versioned.",
    ),
    ("R3", "Deployment method", "by hand"),
    ("R110", ROLES, "Dora deploys it. Monitoring: the dashboard of the ledger."),
];

/// What of it is lacking, with a window that opens half a day after its ticket was made.
fn lacking(journey: &Journey, key: &str) -> Vec<(&'static str, &'static str, String)> {
    let made = journey.server.issue(number(key)).expect("the ticket").created_on;
    let near = (made + Duration::hours(12)).format("%Y-%m-%dT%H:%M").to_string();
    let of_the_plan = LACKING.map(|(clause, field, value)| (clause, field, value.to_owned()));
    of_the_plan.into_iter().chain([("R56", "Planned start", near)]).collect()
}

/// *Starter*, where all of them block, a rollback may take half an hour, and a window opens a day after its ticket at the
/// earliest.
fn strict() -> String {
    let text = pack(Strength::Starter).replace("name = \"starter/1\"", "name = \"planned/1\"");
    let clauses = CLAUSES.map(|clause| format!("    \"{clause}\",\n")).concat();
    let text = text.replace("blocking = [\n", &format!("blocking = [\n{clauses}"));
    let types = ["major", "minor", "patch"].map(|of| format!("\n[types.{of}]\nlead_time_days = 1\n")).concat();
    format!("{text}\n[rto]\nstandard = 30\nnormal = 30\n{types}")
}

async fn adopt(journey: &Journey, text: &str) {
    let chair = journey.member(Role::Chair).await;
    journey.adopt(text, &chair).await.expect("the chair holds root");
}

async fn synced(journey: &Journey) {
    journey.cabinet.sync_now().await.expect("synced");
}

async fn says(journey: &Journey, key: &str, question: &str, value: &str, evidence: Option<&str>) {
    attest(journey, key, question, value, evidence).await.expect("attested");
}

/// What is approved and tested, of the ticket as it is: an edit ends what was attested before.
async fn attested(journey: &Journey, key: &str) {
    says(journey, key, "rollback_approved", "yes, by the operations board", None).await;
    says(journey, key, "schema_rollback", "yes, on a copy", Some("rolled back")).await;
}

/// The authority cannot sign it off.
async fn unsigned(journey: &Journey, key: &str, clause: &'static str) {
    let cto = journey.member(Role::Cto).await;
    Tried::default().refused(key, Path::Key, sign(journey, of_change(key), &cto).await, ("hard_block", clause));
}

async fn undecided(journey: &Journey, (meeting, key): (&str, &str), clause: &'static str) {
    let answer = journey.decide(meeting, "1", DecisionKind::Approved, "").await;
    Tried::default().refused(key, Path::Decision, answer, ("hard_block", clause));
    unsigned(journey, key, clause).await;
    unexported(journey, key, ("undecided", "R30")).await;
}

async fn unexported(journey: &Journey, key: &str, expected: (&str, &str)) {
    let to = file(journey, "lacking.json");
    let answer = journey.cabinet.export_approval(key, &to).await;
    Tried::default().refused(key, Path::Export, answer, expected);
    assert!(!to.exists(), "{key}: no file is written");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_plan_lacks_is_approved_once_it_is_mended_and_stopped_again_after_the_decision() {
    let journey = begin().await;
    let key = free(&journey, 1).await.remove(0);
    open_window(&journey, &key).await;
    unassessed(&journey, &key);
    adopt(&journey, &strict()).await;
    for (field, value) in WHOLE {
        write(&journey, &key, field, value);
    }
    synced(&journey).await;
    let lacking = lacking(&journey, &key);
    let meeting = journey.meet(&[&key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;

    // The plan says all that a plan can; what is approved and tested is a member's to attest.
    undecided(&journey, (&meeting, &key), "R93").await;
    says(&journey, &key, "rollback_approved", "yes, by the operations board", None).await;
    undecided(&journey, (&meeting, &key), "R96").await;
    says(&journey, &key, "schema_rollback", "yes, on a copy", Some("rolled back")).await;
    for &(clause, field, ref value) in &lacking {
        let before = write(&journey, &key, field, value);
        synced(&journey).await;
        attested(&journey, &key).await;
        assert_eq!(journey.gate(&key, clause).await.0, GateResult::Failed, "{clause}, {field}");
        undecided(&journey, (&meeting, &key), clause).await;
        write(&journey, &key, field, &before);
    }
    synced(&journey).await;
    undecided(&journey, (&meeting, &key), "R93").await;
    attested(&journey, &key).await;
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("nothing is lacking any more");
    journey.close(&meeting).await;

    // What comes to block between the decision and the signature.
    says(&journey, &key, "rollback_approved", "no, it was withdrawn", None).await;
    unsigned(&journey, &key, "R93").await;
    says(&journey, &key, "rollback_approved", "yes, again", None).await;
    for &(clause, field, ref value) in &lacking {
        let before = write(&journey, &key, field, value);
        synced(&journey).await;
        attested(&journey, &key).await;
        unsigned(&journey, &key, clause).await;
        write(&journey, &key, field, &before);
    }
    synced(&journey).await;
    attested(&journey, &key).await;
    let cto = journey.member(Role::Cto).await;
    sign(&journey, of_change(&key), &cto).await.expect("signed");

    // And after it: an edit makes the signature stale, and what is attested needs no edit to stop the file.
    for (question, clause) in [("rollback_approved", "R93"), ("schema_rollback", "R96")] {
        says(&journey, &key, question, "no, it failed", Some("an error")).await;
        unexported(&journey, &key, ("hard_block", clause)).await;
        says(&journey, &key, question, "yes, mended", Some("rolled back")).await;
    }
    for (_, field, value) in &lacking {
        let before = write(&journey, &key, field, value);
        synced(&journey).await;
        unexported(&journey, &key, ("stale", "R30")).await;
        write(&journey, &key, field, &before);
    }
    synced(&journey).await;
    journey.cabinet.export_approval(&key, &file(&journey, "mended.json")).await.expect("what was signed stands there");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
    journey.cabinet.finish_work().await;
}
