use std::time::Duration as Wait;

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Options, Running, serve};
use crate::{Fault, Gate, Rule, SERVICE_KEY};

fn now() -> DateTime<Utc> {
    "2026-11-21T20:00:00Z".parse().unwrap()
}

async fn running() -> Running {
    serve(Options::at(now())).await.unwrap()
}

/// The raw answer: status, headers in lower case, body; an error when the connection broke.
async fn call(port: u16, method: &str, target: &str, body: &str) -> std::io::Result<(u16, String, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let request = format!(
        "{method} {target} HTTP/1.1\r\nhost: sample\r\nx-redmine-api-key: {SERVICE_KEY}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut raw = Vec::new();
    stream.read_to_end(&mut raw).await?;
    let text = String::from_utf8_lossy(&raw).into_owned();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return Err(std::io::Error::new(std::io::ErrorKind::UnexpectedEof, format!("{} bytes", raw.len())));
    };
    let status = head.split_whitespace().nth(1).and_then(|s| s.parse().ok()).unwrap();
    Ok((status, head.to_lowercase(), body.to_owned()))
}

fn note(text: &str) -> String {
    json!({ "issue": { "notes": text } }).to_string()
}

fn notes(server: &Running, text: &str) -> usize {
    server.issue(101).unwrap().journals.iter().filter(|j| j.notes == text).count()
}

#[tokio::test]
async fn it_answers_on_a_free_port_of_loopback() {
    let server = running().await;
    assert!(server.url().starts_with("http://127.0.0.1:"));
    let (status, _, body) = call(server.port(), "GET", "/issues/101.json?include=attachments", "").await.unwrap();
    assert_eq!(status, 200);
    let issue: Value = serde_json::from_str(&body).unwrap();
    let url = issue["issue"]["attachments"][0]["content_url"].as_str().unwrap();
    assert!(url.starts_with(server.url()));
    let log = server.requests();
    assert_eq!((log.len(), log[0].path.as_str(), log[0].status), (1, "/issues/101.json", Some(200)));
    assert_eq!((log[0].query.as_str(), log[0].authenticated), ("include=attachments", true));
    server.stop().await;
}

#[tokio::test]
async fn its_clock_runs_from_now_and_can_be_set_ahead() {
    let server = running().await;
    assert!(server.now() >= now() && server.now() < now() + Duration::minutes(5));
    server.advance(Duration::hours(9));
    call(server.port(), "PUT", "/issues/101.json", &note("later")).await.unwrap();
    assert!(server.issue(101).unwrap().updated_on >= now() + Duration::hours(9));
}

#[tokio::test]
async fn a_drop_after_commit_writes_and_says_nothing() {
    let server = running().await;
    server.fail_next(Rule::next("PUT", "/issues/101", Fault::DropAfterCommit));
    assert!(call(server.port(), "PUT", "/issues/101.json", &note("once")).await.is_err());
    assert_eq!(notes(&server, "once"), 1);
    assert_eq!(server.requests()[0].status, None);
    assert_eq!(call(server.port(), "GET", "/issues/101.json", "").await.unwrap().0, 200, "the next one is answered");
}

#[tokio::test]
async fn a_drop_before_commit_and_a_reset_write_nothing() {
    let server = running().await;
    server.fail_next(Rule::next("PUT", "", Fault::DropBeforeCommit));
    assert!(call(server.port(), "PUT", "/issues/101.json", &note("lost")).await.is_err());
    server.fail_next(Rule::next("PUT", "", Fault::Reset));
    let error = call(server.port(), "PUT", "/issues/101.json", &note("lost")).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(notes(&server, "lost"), 0);
}

#[tokio::test]
async fn statuses_html_empty_and_broken_bodies_are_served_as_ordered() {
    let server = running().await;
    let port = server.port();
    let busy = Fault::Status { code: 503, retry_after: Some("7".to_owned()), body: "busy".to_owned() };
    server.fail_next(Rule::next("GET", "/issues.json", busy).after(1).times(2));
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(call(port, "GET", "/issues.json", "").await.unwrap());
    }
    assert_eq!(seen.iter().map(|(status, _, _)| *status).collect::<Vec<_>>(), [200, 503, 503, 200]);
    assert!(seen[1].1.contains("retry-after: 7"));
    server.fail_next(Rule::next("", "", Fault::Html));
    let (status, head, body) = call(port, "GET", "/issues.json", "").await.unwrap();
    assert!(status == 200 && head.contains("text/html") && body.contains("Sign in"));
    server.fail_next(Rule::next("", "", Fault::Empty));
    assert_eq!(call(port, "GET", "/issues.json", "").await.unwrap().2, "");
    server.fail_next(Rule::next("", "", Fault::BadJson));
    assert!(serde_json::from_str::<Value>(&call(port, "GET", "/issues.json", "").await.unwrap().2).is_err());
    server.fail_next(Rule::next("", "", Fault::Redirect("http://elsewhere.example/".to_owned())));
    let (status, head, _) = call(port, "GET", "/issues.json", "").await.unwrap();
    assert!(status == 302 && head.contains("location: http://elsewhere.example/"));
}

#[tokio::test]
async fn a_truncated_answer_promises_more_than_it_sends() {
    let server = running().await;
    server.fail_next(Rule::next("GET", "/issues.json", Fault::Truncate(900)));
    let (status, head, body) = call(server.port(), "GET", "/issues.json?limit=100", "").await.unwrap();
    assert_eq!(status, 200);
    let promised =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse::<usize>().unwrap();
    assert!(promised > 10_000 && body.len() < 900, "{promised} promised, {} sent", body.len());
}

#[tokio::test]
async fn a_gate_holds_a_request_until_it_is_opened() {
    let server = running().await;
    let gate = Gate::closed();
    server.fail_next(Rule::next("PUT", "", Fault::HoldAfter(gate.clone())));
    let port = server.port();
    let held = tokio::spawn(async move { call(port, "PUT", "/issues/101.json", &note("held")).await });
    gate.arrived(1).await;
    assert_eq!(notes(&server, "held"), 1, "committed, not yet answered");
    assert_eq!(call(port, "GET", "/issues/101.json", "").await.unwrap().0, 200, "others pass");
    assert!(!held.is_finished());
    gate.open();
    assert_eq!(held.await.unwrap().unwrap().0, 204);
}

#[tokio::test]
async fn offline_refuses_and_ends_connections_and_comes_back_on_the_same_port_with_its_data() {
    let server = running().await;
    let port = server.port();
    call(port, "PUT", "/issues/101.json", &note("before")).await.unwrap();
    let mut idle = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    idle.write_all(b"GET /issues.json HTTP/1.1\r\nhost: sample\r\n").await.unwrap();
    // A full exchange on another connection shows that the idle one was accepted before it.
    call(port, "GET", "/trackers.json", "").await.unwrap();
    server.go_offline().await;
    let error = call(port, "GET", "/issues.json", "").await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Wait::from_secs(10), idle.read_to_end(&mut rest)).await;
    assert!(ended.is_ok() && rest.is_empty(), "the old connection is ended");
    server.come_back().unwrap();
    server.come_back().unwrap();
    assert_eq!(call(port, "GET", "/issues/101.json", "").await.unwrap().0, 200);
    assert_eq!(notes(&server, "before"), 1);
}

#[tokio::test]
async fn edits_behind_the_api_move_the_time_stamp_where_redmine_moves_it() {
    let server = running().await;
    let stamp = |id| server.issue(id).unwrap().updated_on;
    let at = |minutes| {
        server.advance(Duration::minutes(minutes));
        server.now()
    };
    let start = at(1);
    server.set_field(101, "Version", "gateway 8.14.1").unwrap();
    let edited = stamp(101);
    assert!(edited >= start);
    at(1);
    let journal = server.issue(101).unwrap().journals.iter().find(|j| !j.notes.is_empty()).unwrap().id;
    server.rewrite_note(101, journal, "rewritten").unwrap();
    let relation = server.relate(101, 102, "relates").unwrap();
    server.unrelate(relation);
    let file = server.issue(101).unwrap().attachments[0].id;
    server.detach(101, file).unwrap();
    assert_eq!(stamp(101), edited, "notes, relations and deleted files move nothing");
    server.comment(101, 20, "new").unwrap();
    assert!(stamp(101) > edited);
    let commented = stamp(101);
    at(1);
    server.attach(101, "late.txt", b"late").unwrap();
    assert!(stamp(101) > commented);
    server.move_to(101, "change-archive").unwrap();
    assert_eq!(call(server.port(), "GET", "/issues/101.json", "").await.unwrap().0, 403);
    server.delete(102).unwrap();
    assert_eq!(call(server.port(), "GET", "/issues/102.json", "").await.unwrap().0, 404);
    server.set_access("change-mgmt", 5, false).unwrap();
    assert_eq!(call(server.port(), "GET", "/issues/103.json", "").await.unwrap().0, 403);
    assert!(server.set_field(103, "Colour", "red").is_err() && server.delete(4_000_000).is_err());
}
