//! Reading through a bad network.
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use secrecy::SecretString;
use serde_json::json;

use super::memory::Memory;
use super::server::{Desk, Server};
use crate::testing::{Fault, FaultProxy, Rule};
use crate::{Endpoint, ErrorClass, Redmine, TicketingError, classify};

struct Behind {
    server: Server,
    proxy: FaultProxy,
    desk: Desk,
    ids: Vec<u32>,
}

async fn behind(changes: usize) -> Behind {
    let server = Server::given();
    let project = server.project().await;
    let ids = server.create_many(&project, changes).await;
    let proxy = server.proxy().await;
    let desk = server.desk_behind(&proxy, &project).await;
    Behind { server, proxy, desk, ids }
}

fn with_header(status: u16, name: &str, value: &str) -> Fault {
    Fault::Answer { status, headers: vec![(name.into(), value.into())], body: Vec::new() }
}

const LIST: &str = "/issues.json";
const DETAIL: &str = "include=journals";

#[tokio::test]
async fn c50_c51_a_refused_key_is_never_tried_again_and_what_was_read_stays() {
    let it = behind(4).await;
    it.proxy.rule(Rule::always("GET", LIST, Fault::status(401)));
    let store = Memory::new();
    assert_eq!(classify(&it.desk.sync(&store).await.expect_err("refused")), ErrorClass::Auth);
    assert_eq!(it.proxy.log().len(), 1);
    // The key ends while details are read.
    it.proxy.clear();
    it.proxy.rule(Rule::always("GET", DETAIL, Fault::status(401)).after(2));
    assert_eq!(classify(&it.desk.sync(&store).await.expect_err("refused")), ErrorClass::Auth);
    assert_eq!(it.proxy.count("GET", DETAIL), 3);
    assert_eq!(store.ids(), it.ids, "the list is on the screen");
    it.proxy.clear();
    it.desk.sync(&store).await.expect("a new key");
    assert!(it.ids.iter().all(|id| store.change(*id).details_synced));
}

#[tokio::test]
async fn c52_c53_c61_refusals_are_told_apart_and_not_repeated() {
    let it = behind(1).await;
    for (status, class) in [
        (400, ErrorClass::Invalid),
        (403, ErrorClass::Forbidden),
        (404, ErrorClass::Gone),
        (409, ErrorClass::Conflict),
        (410, ErrorClass::Gone),
        (412, ErrorClass::Conflict),
        (422, ErrorClass::Conflict),
    ] {
        it.proxy.clear();
        it.proxy.rule(Rule::always("GET", LIST, Fault::status(status)));
        let error = it.desk.sync(&Memory::new()).await.expect_err("refused");
        assert_eq!(classify(&error), class, "{status}");
        assert_eq!(it.proxy.log().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn c57_c59_c60_c63_c64_a_passing_failure_of_list_or_detail_is_overcome() {
    let it = behind(3).await;
    for fault in [
        Fault::status(500),
        Fault::status(502),
        Fault::status(503),
        with_header(503, "Retry-After", "1"),
        with_header(429, "Retry-After", "1"),
        Fault::status(429),
        Fault::status(408),
        Fault::Reset,
        Fault::DropAfterCommit,
        Fault::Truncate,
    ] {
        for part in [LIST, DETAIL] {
            it.proxy.clear();
            it.proxy.rule(Rule::once("GET", part, fault.clone()));
            let store = Memory::new();
            it.desk.sync(&store).await.unwrap_or_else(|e| panic!("{fault:?} at {part}: {e}"));
            assert_eq!(store.ids(), it.ids);
            assert!(it.ids.iter().all(|id| store.change(*id).details_synced), "{fault:?} at {part}");
        }
    }
}

#[tokio::test]
async fn c59_a_failure_that_lasts_ends_after_four_tries() {
    let it = behind(1).await;
    it.proxy.rule(Rule::always("GET", LIST, Fault::status(500)));
    let error = it.desk.sync(&Memory::new()).await.expect_err("away");
    assert_eq!(classify(&error), ErrorClass::Transient);
    assert_eq!(it.proxy.log().len(), 4);
}

#[tokio::test]
async fn c57_the_servers_wish_to_wait_is_kept_and_a_long_one_ends_the_run() {
    let it = behind(1).await;
    it.proxy.rule(Rule::once("GET", LIST, with_header(429, "Retry-After", "2")));
    let began = Instant::now();
    it.desk.sync(&Memory::new()).await.expect("a sync");
    assert!(began.elapsed() >= Duration::from_secs(2));
    it.proxy.clear();
    it.proxy.rule(Rule::once("GET", LIST, with_header(429, "Retry-After", "86400")));
    let error = it.desk.sync(&Memory::new()).await.expect_err("parked");
    assert_eq!(error.wait(), Some(Duration::from_secs(3600)), "clamped, for whoever tries again later");
    assert_eq!(it.proxy.log().len(), 1);
}

#[tokio::test]
async fn c61_a_server_that_is_not_there_is_said_to_be_away() {
    let server = Server::given();
    let project = server.project().await;
    let mut desk = server.desk(&project).await;
    for address in ["http://127.0.0.1:1/", "http://nowhere.localhost:1/"] {
        desk.system = server.system_at(address, "svc");
        let error = desk.sync(&Memory::new()).await.expect_err("away");
        assert_eq!(classify(&error), ErrorClass::Transient, "{error}");
    }
    // A server that speaks no TLS where https was asked for.
    desk.system = server.system_at(&server.url.replace("http://", "https://"), "svc");
    let error = desk.sync(&Memory::new()).await.expect_err("no TLS");
    assert!(matches!(classify(&error), ErrorClass::Transient | ErrorClass::Fatal), "{error}");
}

fn impatient(server: &Server, address: &str, change: impl FnOnce(&mut Endpoint)) -> Redmine {
    let mut endpoint = Endpoint::at(address);
    change(&mut endpoint);
    Redmine::new(&endpoint, &SecretString::from(server.key("svc"))).expect("a client")
}

#[tokio::test]
async fn c62_c69_silence_and_a_slow_drip_end_in_time() {
    let mut it = behind(1).await;
    it.desk.system = impatient(&it.server, &it.proxy.url(), |e| e.limits.idle = Duration::from_millis(300));
    it.proxy.rule(Rule::always("GET", LIST, Fault::Hang));
    let began = Instant::now();
    let error = it.desk.sync(&Memory::new()).await.expect_err("silent");
    assert_eq!(classify(&error), ErrorClass::Transient);
    assert!(began.elapsed() < Duration::from_secs(10));
    // A byte now and then is never idle: the total limit ends it.
    it.desk.system = impatient(&it.server, &it.proxy.url(), |e| e.limits.total = Duration::from_millis(600));
    it.proxy.clear();
    it.proxy.rule(Rule::always("GET", LIST, Fault::Drip { pause_ms: 20 }));
    let error = it.desk.sync(&Memory::new()).await.expect_err("too slow");
    assert_eq!(classify(&error), ErrorClass::Transient);
    assert_eq!(it.proxy.log().len(), 4);
}

#[tokio::test]
async fn c65_c66_c67_c68_answers_that_are_not_redmines_are_protocol_errors() {
    let it = behind(1).await;
    for body in [
        Fault::ok("application/json", "{\"issues\":[{\"id\":"),
        Fault::ok("application/json", ""),
        Fault::ok("application/json", "[]"),
        Fault::ok("application/json", "{\"error\":\"hibernating\"}"),
        Fault::ok("application/json", "{\"issues\":[{\"id\":\"seventeen\"}]}"),
        Fault::ok("application/json", "<html>"),
        Fault::ok("text/html", "<html><form action=login></html>"),
        Fault::ok("text/plain", "ok"),
        Fault::Answer { status: 200, headers: Vec::new(), body: Vec::new() },
        Fault::Answer { status: 204, headers: Vec::new(), body: Vec::new() },
    ] {
        it.proxy.clear();
        it.proxy.rule(Rule::always("GET", LIST, body.clone()));
        let store = Memory::new();
        let error = it.desk.sync(&store).await.expect_err("no Redmine");
        assert_eq!(classify(&error), ErrorClass::Protocol, "{body:?}: {error}");
        assert!(store.ids().is_empty());
    }
}

#[tokio::test]
async fn c70_bombs_and_towers_of_json_are_capped() {
    let mut it = behind(1).await;
    let zipped = Command::new("sh")
        .args(["-c", "head -c 50000000 /dev/zero | tr '\\0' ' ' | gzip -9"])
        .stdout(Stdio::piped())
        .output()
        .expect("gzip runs");
    assert!(zipped.status.success() && zipped.stdout.len() < 200_000);
    let bomb = Fault::Answer {
        status: 200,
        headers: vec![("Content-Type".into(), "application/json".into()), ("Content-Encoding".into(), "gzip".into())],
        body: zipped.stdout,
    };
    let tower = Fault::ok("application/json", format!("{{\"issues\":{}", "[".repeat(200_000)));
    let huge = Fault::ok("application/json", vec![b' '; 34 << 20]);
    for fault in [bomb, tower, huge] {
        it.proxy.clear();
        it.proxy.rule(Rule::always("GET", LIST, fault));
        let error = it.desk.sync(&Memory::new()).await.expect_err("too much");
        assert!(matches!(error, TicketingError::TooLarge { .. }), "{error}");
        assert_eq!(it.proxy.log().len(), 1);
    }
    // A real answer beyond a smaller cap.
    it.desk.system = impatient(&it.server, &it.proxy.url(), |e| e.limits.json_bytes = 100);
    it.proxy.clear();
    let error = it.desk.sync(&Memory::new()).await.expect_err("too much");
    assert!(matches!(error, TicketingError::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn c71_c72_c73_c75_lists_that_repeat_stall_or_miscount_end() {
    let it = behind(3).await;
    let page = it
        .server
        .bytes("svc", &format!("issues.json?project_id={}&sort=updated_on,id&limit=100", it.desk.mapping.scope.project))
        .await;
    let page = String::from_utf8(page).expect("text");
    // The same page for ever, always with more to come.
    let more = page.replace("\"total_count\":3", "\"total_count\":300");
    it.proxy.rule(Rule::always("GET", LIST, Fault::ok("application/json", more)));
    let error = it.desk.sync(&Memory::list_only()).await.expect_err("endless");
    assert_eq!(classify(&error), ErrorClass::Protocol, "{error}");
    assert!(it.proxy.log().len() < 20, "{} requests", it.proxy.log().len());
    // An empty page with more to come.
    it.proxy.clear();
    let empty = "{\"issues\":[],\"total_count\":9,\"offset\":0,\"limit\":100}";
    it.proxy.rule(Rule::always("GET", LIST, Fault::ok("application/json", empty)));
    let error = it.desk.sync(&Memory::list_only()).await.expect_err("stalled");
    assert_eq!(classify(&error), ErrorClass::Protocol, "{error}");
    // No total at all: the length of the page decides.
    it.proxy.clear();
    it.proxy.rule(Rule::always(
        "GET",
        LIST,
        Fault::Replace { from: "\"total_count\":3".into(), to: "\"total_count\":null".into() },
    ));
    let store = Memory::list_only();
    it.desk.sync(&store).await.expect("a sync");
    assert_eq!(store.ids(), it.ids);
}

#[tokio::test]
async fn c76_a_redirect_to_another_origin_is_not_followed_and_takes_no_key_along() {
    let it = behind(1).await;
    let other = it.server.proxy().await;
    for status in [301, 302, 303, 307, 308] {
        it.proxy.clear();
        let away = with_header(status, "Location", &format!("{}issues.json", other.url()));
        it.proxy.rule(Rule::always("GET", LIST, away));
        let error = it.desk.sync(&Memory::new()).await.expect_err("redirected");
        assert_eq!(classify(&error), ErrorClass::Protocol);
        assert!(error.to_string().contains("not followed"), "{error}");
        assert!(!error.to_string().contains(&it.server.key("svc")));
    }
    assert!(other.log().is_empty(), "nobody asked there");
}

#[tokio::test]
async fn c77_a_full_disk_ends_the_run_and_the_next_one_goes_on() {
    let it = behind(6).await;
    it.proxy.rule(Rule::always("GET", "limit=100", Fault::Rewrite { from: "limit=100".into(), to: "limit=2".into() }));
    let mut store = Memory::new();
    store.full_after = Some(1);
    let error = it.desk.sync(&store).await.expect_err("full");
    assert!(matches!(error, TicketingError::Storage(_)), "{error}");
    store.full_after = None;
    it.desk.sync(&store).await.expect("room again");
    assert_eq!(store.ids(), it.ids);
}

#[tokio::test]
async fn c79_cancel_is_honoured_within_a_second_wherever_the_run_is() {
    for (part, fault) in [
        (LIST, Fault::Hang),
        (DETAIL, Fault::Hang),
        (LIST, Fault::Drip { pause_ms: 100 }),
        (LIST, with_header(429, "Retry-After", "30")),
    ] {
        let it = behind(1).await;
        it.proxy.rule(Rule::always("GET", part, fault.clone()));
        let (store, cancel) = (Memory::new(), it.desk.run.cancel.clone());
        let (ended, waited) = tokio::join!(async { (it.desk.sync(&store).await, Instant::now()) }, async {
            it.proxy.arrival("GET", part, 1).await;
            cancel.cancel();
            Instant::now()
        });
        assert!(matches!(ended.0, Err(TicketingError::Cancelled)), "{fault:?}: {:?}", ended.0);
        assert!(ended.1 - waited < Duration::from_secs(1), "{fault:?}");
    }
}

#[tokio::test]
async fn c59_a_locked_database_is_overcome() {
    let it = behind(2).await;
    let locked = Fault::Answer {
        status: 500,
        headers: vec![("Content-Type".into(), "text/html".into())],
        body: b"<html>SQLite3::BusyException: database is locked</html>".to_vec(),
    };
    it.proxy.rule(Rule::once("GET", DETAIL, locked).times(2));
    let store = Memory::new();
    it.desk.sync(&store).await.expect("a sync");
    it.server.edit("alice", it.ids[0], json!({"notes": "still there"})).await;
    assert_eq!(it.desk.sync(&store).await.expect("a delta").changed, 1);
}
