//! Attachments whose bytes were disposed of after the approval.
use domain::disposal::{DisposalBody, Ground};
use domain::entry::{Auth, Body, Verdict};
use domain::ids::Digest;
use domain::meeting::DecisionKind;
use record::statement::Subject;
use record::testing::{CHAIR, CTO};

use super::Case;
use crate::testing::{Handed, Story, digest_of, key, with};

const FILE: &str = "attachment.backout.md";

/// CHG-17 with a file that the plan names, decided and signed; then a root holder disposes of its content.
fn story() -> Story {
    let content = Digest::of(b"the backout plan, with a name in it");
    let fields = with(FILE, &format!("{{\"name\":\"backout.md\",\"sha256\":\"{content}\",\"size\":35}}"));
    let mut story = Story::begin();
    story.decide_on(DecisionKind::Approved, digest_of(&fields), Vec::new());
    story.sign_what(CTO, Verdict::Approve, &fields, |_| {});
    let reason = "It named a patient".to_owned();
    let body = DisposalBody { blobs: vec![content], change: Some(key()), ground: Ground::Erasure, reason };
    let subject = Subject { name: "disposal".to_owned(), sha256: Digest::of(b"disposal") };
    story.write(CHAIR, vec![subject], Body::Disposed(body), |p| {
        p.auth = Auth::Pin;
        p.meeting = None;
    });
    story.export(Handed::of(&fields));
    story
}

#[test]
fn an_approval_stands_after_an_attachment_was_disposed_of_and_says_so() {
    let verdict = Case::of(&story()).judge();
    let text = verdict.text(false);
    assert!(verdict.passed(), "{text}");
    assert!(text.contains("Disposed of since, the digests stand: backout.md; by Ada, "), "{text}");
    assert!(text.contains("erasure: It named a patient"), "{text}");
    let receipt = verdict.receipt(false);
    assert_eq!(receipt["shown"]["disposed"][0]["files"][0], "backout.md");
    assert_eq!(receipt["shown"]["disposed"][0]["ground"], "erasure");
}

#[test]
fn an_approval_whose_line_itself_is_gone_stands_as_well() {
    let mut story = story();
    let line = story.manifests[0].lines().iter().find(|line| line.field == FILE).expect("shown").sha256;
    story.blobs.remove(&line);
    let verdict = Case::of(&story).judge();
    let text = verdict.text(false);
    assert!(verdict.passed(), "{text}");
    assert!(text.contains("Disposed of since, the digests stand: 1 blob; by Ada, "), "{text}");
}

#[test]
fn where_nothing_was_disposed_of_nothing_is_said() {
    let verdict = Case::of(&Story::approved()).judge();
    assert!(!verdict.text(false).contains("Disposed"), "{}", verdict.text(false));
    assert!(verdict.receipt(false)["shown"].get("disposed").is_none());
}
