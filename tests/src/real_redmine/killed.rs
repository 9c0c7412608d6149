//! Killed while it writes back: started again, the decision is on its ticket exactly once.
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use board::Cabinet;
use board::views::OutboxState;
use ticketing::testing::{Fault, FaultProxy, Rule};

use super::desk::{approve, closed, desk, outbox, stands_once, untouched};
use super::server::Redmine;
use crate::journey::{Journey, options};

const CHILD: &str = "CABINET_TEST_WRITING_CHILD";

/// The child: opens the desk and syncs, which writes back; it is killed on the way.
#[tokio::test(flavor = "multi_thread")]
async fn child_that_writes_back_until_it_is_killed() {
    let Some(data_dir) = std::env::var_os(CHILD) else { return };
    let cabinet = Cabinet::open(options(Path::new(&data_dir))).await.expect("the desk opens");
    let ended = cabinet.sync_now().await;
    panic!("it should have been killed: {ended:?}");
}

fn spawn(data_dir: &Path) -> Child {
    Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "real_redmine::killed::child_that_writes_back_until_it_is_killed", "--test-threads=1"])
        .env(CHILD, data_dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the child starts")
}

/// Returns once the request has arrived; a test that waits in vain says for what.
async fn arrival(proxy: &FaultProxy, method: &str, part: &str, requests: usize) {
    let waiting = tokio::time::timeout(Duration::from_secs(90), proxy.arrival(method, part, requests));
    waiting.await.unwrap_or_else(|_| panic!("no {method} {part}; what came: {:?}", proxy.log()));
}

/// As [`several_waiting_to_be_written`], one.
async fn waiting_to_be_written() -> (Redmine, FaultProxy, u32, tempfile::TempDir) {
    let (server, proxy, ids, folder) = several_waiting_to_be_written(1).await;
    (server, proxy, ids[0], folder)
}

/// Changes approved, signed and sealed while the server was away: their write-backs wait, and nobody is at work.
async fn several_waiting_to_be_written(count: u32) -> (Redmine, FaultProxy, Vec<u32>, tempfile::TempDir) {
    let server = Redmine::given();
    let project = server.project();
    let ids: Vec<u32> = (1..=count).map(|n| server.ticket(&project, &format!("Killed {n}"), "Authorize")).collect();
    let proxy = server.proxy().await;
    let journey = desk(server, &proxy.url(), &project).await;
    proxy.clear();
    proxy.rule(Rule::always("", "/", Fault::Reset));
    approve(&journey, &ids).await;
    let (server, folder) = closed(journey).await;
    for id in ids.iter().copied() {
        untouched(&server, id, "Authorize");
    }
    proxy.clear();
    (server, proxy, ids, folder)
}

fn killed(mut child: Child) {
    // On Unix this is SIGKILL: no destructor runs, nothing is flushed.
    child.kill().expect("killed");
    let status = child.wait().expect("gone");
    assert!(!status.success() && status.code().is_none(), "killed, not ended: {status:?}");
}

/// Started again: written once, and nothing more by later starts.
async fn comes_back(server: Redmine, proxy: &FaultProxy, id: u32, folder: tempfile::TempDir, puts: usize) {
    proxy.clear();
    let data_dir = folder.path().join("data");
    let cabinet = Cabinet::open(options(&data_dir)).await.expect("the desk opens after the kill");
    let rows = outbox(&cabinet).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(rows[0].state, OutboxState::Unknown, "what may have arrived is looked for first: {rows:?}");
    let journey = Journey { server: server.clone(), cabinet, folder };
    journey.cabinet.sync_now().await.expect("synced");
    let rows = outbox(&journey.cabinet).await;
    assert_eq!(rows[0].state, OutboxState::Verified, "{rows:?}");
    assert_eq!(proxy.count("PUT", "/issues/"), puts, "{:?}", proxy.log());
    stands_once(&server, &data_dir, id, "Approved");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");

    let (_, folder) = closed(journey).await;
    let cabinet = Cabinet::open(options(&data_dir)).await.expect("the desk opens once more");
    cabinet.sync_now().await.expect("synced once more");
    assert_eq!(proxy.count("PUT", "/issues/"), puts, "a later start writes nothing");
    stands_once(&server, &data_dir, id, "Approved");
    drop(folder);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_cut_off_and_a_kill_at_that_moment_leave_the_decision_on_its_ticket_exactly_once() {
    let (server, proxy, id, folder) = waiting_to_be_written().await;
    proxy.rule(Rule::once("PUT", "/issues/", Fault::DropAfterCommit));
    let child = spawn(&folder.path().join("data"));
    arrival(&proxy, "PUT", "/issues/", 1).await;
    // The server is still at work on it: whatever the program asks about its ticket now finds no answer.
    let ticket = format!("/issues/{id}.json");
    let asked = proxy.count("GET", &ticket);
    proxy.rule(Rule::always("GET", &ticket, Fault::Hang));
    arrival(&proxy, "GET", &ticket, asked + 1).await;
    killed(child);
    stands_once(&server, &folder.path().join("data"), id, "Approved");
    comes_back(server, &proxy, id, folder, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_while_the_server_is_still_writing_leaves_the_decision_exactly_once() {
    let (server, proxy, id, folder) = waiting_to_be_written().await;
    proxy.rule(Rule::once("PUT", "/issues/", Fault::DropAfterCommit));
    let child = spawn(&folder.path().join("data"));
    arrival(&proxy, "PUT", "/issues/", 1).await;
    killed(child);
    comes_back(server, &proxy, id, folder, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_before_the_write_reached_the_server_lets_the_next_start_send_it_once() {
    let (server, proxy, id, folder) = waiting_to_be_written().await;
    proxy.rule(Rule::once("PUT", "/issues/", Fault::Hang));
    let child = spawn(&folder.path().join("data"));
    arrival(&proxy, "PUT", "/issues/", 1).await;
    killed(child);
    untouched(&server, id, "Authorize");
    comes_back(server, &proxy, id, folder, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_after_the_extract_was_uploaded_leaves_one_extract() {
    let (server, proxy, id, folder) = waiting_to_be_written().await;
    proxy.rule(Rule::once("POST", "/uploads", Fault::DropAfterCommit));
    // It asks once more, and is killed while it waits for the answer.
    proxy.rule(Rule::always("POST", "/uploads", Fault::Hang));
    let child = spawn(&folder.path().join("data"));
    arrival(&proxy, "POST", "/uploads", 2).await;
    killed(child);
    untouched(&server, id, "Authorize");
    proxy.clear();
    let data_dir = folder.path().join("data");
    let cabinet = Cabinet::open(options(&data_dir)).await.expect("the desk opens after the kill");
    cabinet.sync_now().await.expect("synced");
    assert_eq!(outbox(&cabinet).await[0].state, OutboxState::Verified);
    assert_eq!(proxy.count("PUT", "/issues/"), 1, "{:?}", proxy.log());
    stands_once(&server, &data_dir, id, "Approved");
}

/// The program is killed as its first request arrives, started again, killed as the second one arrives, and so on
/// until it gets through: whatever it was about to do, every decision is on its ticket exactly once.
#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_every_request_leaves_every_decision_exactly_once() {
    let (server, proxy, ids, folder) = several_waiting_to_be_written(3).await;
    let data_dir = folder.path().join("data");
    let mut kills = 0;
    let mut during_writing = 0;
    let mut through = false;
    for requests in 1..=40 {
        proxy.clear();
        let mut child = spawn(&data_dir);
        let mut look = tokio::time::interval(Duration::from_millis(2));
        let moment = async {
            while proxy.log().len() < requests && child.try_wait().expect("a child").is_none() {
                look.tick().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(90), moment).await.expect("it asks, or ends");
        through = child.try_wait().expect("a child").is_some();
        if through {
            break;
        }
        killed(child);
        kills += 1;
        during_writing += u32::from(proxy.count("POST", "/uploads") + proxy.count("PUT", "/issues/") > 0);
    }
    assert!(through, "it gets through in the end");
    assert!(kills >= 5 && during_writing >= 2, "{kills} kills, {during_writing} of them after something was sent");
    let cabinet = Cabinet::open(options(&data_dir)).await.expect("the desk opens");
    cabinet.sync_now().await.expect("synced");
    let rows = outbox(&cabinet).await;
    assert!(rows.len() == ids.len() && rows.iter().all(|r| r.state == OutboxState::Verified), "{rows:?}");
    assert!(cabinet.problems().await.expect("a record").is_empty(), "the record holds");
    for id in ids {
        stands_once(&server, &data_dir, id, "Approved");
    }
}
