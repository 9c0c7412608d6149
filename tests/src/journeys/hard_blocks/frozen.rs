//! What lies in a freeze that comes again by a rule (R58, R77) is neither decided nor signed nor handed out; once its window
//! is moved out of it, it is, and moved to where the freeze comes next it is not.
use board::views::{DecisionKind, GateResult, Role, VotePosition};
use chrono::Duration;
use domain::calendar::Hardness;

use super::super::calendar::freezing;
use super::super::gate::open_window;
use super::{Path, Tried, file, free, number, of_change, sign};
use crate::gates::code;
use crate::journey::{Journey, now};

const FROZEN: (&str, &str) = ("hard_block", "R77");

/// Plans the change so many days from now, for two hours.
async fn plan(journey: &Journey, key: &str, days: i64) {
    let from = now() + Duration::days(days);
    for (field, at) in [("Planned start", from), ("Planned end", from + Duration::hours(2))] {
        let at = at.format("%Y-%m-%dT%H:%M").to_string();
        journey.server.set_field(number(key), field, &at).expect("a field of the sample");
    }
    journey.cabinet.sync_now().await.expect("synced");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_in_a_freeze_that_repeats_is_approved_signed_and_handed_out_only_outside_of_it() {
    // Three days of every second week: the first of them two weeks and a day ago, and so yesterday again.
    let journey = freezing(Hardness::Hard, 15, "FREQ=WEEKLY;INTERVAL=2").await;
    let key = free(&journey, 1).await.remove(0);
    let evidence = "Rolled back in staging on 12 November: succeeded in four minutes.";
    journey.server.set_field(number(&key), "Rollback evidence", evidence).expect("a field of the sample");
    open_window(&journey, &key).await;
    assert_eq!(journey.gate(&key, "R77").await.0, GateResult::Failed);
    let meeting = journey.meet(&[&key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    let cto = journey.member(Role::Cto).await;
    let mut tried = Tried::default();
    let decided = journey.decide(&meeting, "1", DecisionKind::Approved, "").await;
    tried.refused(&key, Path::Decision, decided, FROZEN);
    tried.refused(&key, Path::Key, sign(&journey, of_change(&key), &cto).await, FROZEN);
    let handed = journey.cabinet.export_approval(&key, &file(&journey, "frozen.json")).await;
    tried.refused(&key, Path::Export, handed, ("undecided", "R30"));
    tried.all(&key, &[Path::Decision, Path::Key, Path::Export]);

    plan(&journey, &key, 10).await;
    assert_eq!(journey.gate(&key, "R77").await.0, GateResult::Passed);
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    journey.close(&meeting).await;
    sign(&journey, of_change(&key), &cto).await.expect("signed");
    journey.cabinet.export_approval(&key, &file(&journey, "free.json")).await.expect("handed out");

    // Where the freeze comes next.
    plan(&journey, &key, 14).await;
    assert_eq!(journey.gate(&key, "R77").await.0, GateResult::Failed);
    let handed = journey.cabinet.export_approval(&key, &file(&journey, "frozen.json")).await;
    assert_eq!(code(&handed), "stale", "its window was moved since it was signed");
    let mut tried = Tried::default();
    tried.refused(&key, Path::Key, sign(&journey, of_change(&key), &cto).await, FROZEN);
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}
