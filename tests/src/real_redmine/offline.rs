//! The server really stops; the board goes on; the server returns.
use std::process::Command;

use board::requests::{AnswerRiskRequest, OfChange, TickSectionRequest};
use board::views::OutboxState;

use super::desk::{approve, closed, desk, key, outbox, stands_once, untouched};
use super::server::{Redmine, scripts};
use crate::journey::{Journey, options};

/// A Redmine of the test's own, so that it can be stopped; removed in the end.
struct Instance(Redmine);

impl Instance {
    fn started(arguments: &[&str]) -> Redmine {
        let output = Command::new("bash").arg(scripts().join("start.sh")).args(arguments).output().expect("bash runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Redmine::described(String::from_utf8(output.stdout).expect("text").trim())
    }

    fn stop(&self, more: &[&str]) {
        let status = Command::new("bash").arg(scripts().join("stop.sh")).arg(&self.0.dir).args(more).status();
        assert!(status.expect("bash runs").success());
    }

    fn start_again(&self) {
        let port = self.0.url.rsplit(':').next().expect("a port").trim_end_matches('/').to_owned();
        let dir = self.0.dir.to_string_lossy().into_owned();
        assert_eq!(Self::started(&["--dir", &dir, "--port", &port]).url, self.0.url, "where it was");
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let _gone = Command::new("bash").arg(scripts().join("stop.sh")).arg(&self.0.dir).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_redmine_stopped_the_board_reviews_scores_signs_and_seals_and_all_goes_out_in_order_once() {
    let instance = Instance(Instance::started(&[]));
    let server = instance.0.clone();
    let project = server.project();
    let ids: Vec<u32> = (1..=3).map(|n| server.ticket(&project, &format!("Change {n}"), "Authorize")).collect();
    // Not the order of their numbers: the order of the agenda is what counts.
    let agenda = [ids[2], ids[0], ids[1]];
    let proxy = server.proxy().await;
    let journey = desk(server.clone(), &proxy.url(), &project).await;
    instance.stop(&["--keep"]);

    let change = key(ids[0]);
    let walk = journey.cabinet.risk_walk(OfChange { change: change.clone() }).await.expect("the risk walk opens");
    let open = walk.questions.iter().find(|q| q.answer.is_none()).or(walk.questions.first()).expect("a question");
    let answer =
        AnswerRiskRequest { change: change.clone(), question: open.id.clone(), answer: Some(0), note: String::new() };
    journey.cabinet.answer_risk(answer).await.expect("answered");
    journey.cabinet.submit_risk(OfChange { change: change.clone() }).await.expect("scored");
    let tick = TickSectionRequest { change: change.clone(), section: "backout".to_owned(), ticked: true };
    journey.cabinet.tick_section(tick).await.expect("ticked");
    journey.cabinet.submit_plan_review(OfChange { change }).await.expect("reviewed");
    approve(&journey, &agenda).await;
    assert!(journey.cabinet.sync_now().await.is_err(), "the server is gone, and the sync says so");
    let waiting = outbox(&journey.cabinet).await;
    assert_eq!(waiting.len(), 3, "three decisions wait");
    assert!(waiting.iter().all(|r| r.state == OutboxState::Queued), "and wait is all they do: {waiting:?}");

    // Closed on the train, opened at home.
    let (_, folder) = closed(journey).await;
    proxy.clear();
    instance.start_again();
    for id in ids.iter().copied() {
        untouched(&server, id, "Authorize");
    }
    let data_dir = folder.path().join("data");
    let cabinet = board::Cabinet::open(options(&data_dir)).await.expect("the desk opens");
    let journey = Journey { server: server.clone(), cabinet, folder };
    journey.cabinet.sync_now().await.expect("synced");
    let rows = outbox(&journey.cabinet).await;
    assert!(rows.iter().all(|r| r.state == OutboxState::Verified), "{rows:?}");
    let written =
        || -> Vec<String> { proxy.log().into_iter().filter(|l| l.method == "PUT").map(|l| l.target).collect() };
    let expected: Vec<String> = agenda.iter().map(|id| format!("/issues/{id}.json")).collect();
    assert_eq!(written(), expected, "one write per change, in the order of the agenda");
    for id in ids.iter().copied() {
        stands_once(&server, &data_dir, id, "Approved");
    }
    journey.cabinet.sync_now().await.expect("synced again");
    assert_eq!(written(), expected, "a later sync writes nothing more");
}
