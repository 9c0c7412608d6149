//! Ticket text that would like to be more than text.
use crate::journey::Journey;

const HOSTILE: &str = "h1. Look\n\n<script>alert(1)</script> <img src=x onerror=alert(2)> <iframe src=\"https://evil.example\"></iframe>\n\n\"click\":javascript:alert(3)\n\nadmin\u{202e}nimda and zero\u{200b}width";

#[tokio::test(flavor = "multi_thread")]
async fn script_handlers_frames_and_bidi_controls_arrive_as_visible_harmless_text() {
    let journey = Journey::begin().await;
    let key = journey.approvable().await.first().expect("a change").clone();
    let number: u32 = key.rsplit('-').next().expect("a number").parse().expect("a number");
    journey.server.edit(number, |issue| issue.description = HOSTILE.to_owned()).expect("edited");
    journey.cabinet.sync_now().await.expect("the sync goes on");
    let shown = serde_json::to_string(&journey.change(&key).await.description).expect("json");
    assert!(shown.contains("<script>alert(1)</script>"), "the words are shown as words: {shown}");
    assert!(shown.contains("code_point") && shown.contains("U+202E"), "controls are visible marks: {shown}");
    assert!(!shown.contains("\"target\":\"javascript"), "no link leads to a script: {shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_description_of_five_megabytes_is_synced_and_shown_in_part() {
    let journey = Journey::begin().await;
    let key = journey.approvable().await.first().expect("a change").clone();
    let number: u32 = key.rsplit('-').next().expect("a number").parse().expect("a number");
    let line = "A very long description that somebody pasted from a log file.\n";
    let text = line.repeat(5 * 1024 * 1024 / line.len());
    journey.server.edit(number, |issue| issue.description = text.clone()).expect("edited");
    journey.cabinet.sync_now().await.expect("the sync goes on");
    let view = journey.change(&key).await;
    let shown = serde_json::to_string(&view.description).expect("json");
    assert!(shown.len() < 2 * 1024 * 1024, "what crosses to the window is bounded: {} bytes", shown.len());
    assert!(shown.contains("very long description"), "and readable");
}
