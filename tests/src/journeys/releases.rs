//! A release: its changes from the tickets' target version, its risk, its days in the calendar, and the one question in
//! the meeting, of which each change still has its own decision.
use std::process::Command;

use board::requests::{OfMeeting, OfRelease};
use board::views::{
    AssessReleaseRequest, Basis, CalendarRequest, DecideReleaseRequest, DecisionKind, ReleaseDecided, ReleaseView,
};
use board::{Answer, RiskLevel};
use chrono::Duration;

use crate::gates::code;
use crate::journey::{Journey, now};

const TRAIN: &str = "Train 7";

fn number(key: &str) -> u32 {
    key.rsplit('-').next().and_then(|n| n.parse().ok()).expect("a number")
}

async fn release(journey: &Journey, name: &str) -> ReleaseView {
    journey.cabinet.release(OfRelease { release: name.to_owned() }).await.expect("a release")
}

/// Whoever plans releases puts a ticket under this version.
async fn goes_with(journey: &Journey, key: &str, version: &str) {
    journey.server.set_version(number(key), version).expect("a version");
    journey.cabinet.sync_now().await.expect("synced");
}

async fn assess(journey: &Journey, impact: &str) -> Answer<ReleaseView> {
    let request = AssessReleaseRequest {
        release: TRAIN.to_owned(),
        impact: Some(impact.to_owned()),
        complexity: Some("independent".to_owned()),
        rollback: Some("each".to_owned()),
        reason: "Rehearsed one by one".to_owned(),
    };
    journey.cabinet.assess_release(request).await
}

async fn together(journey: &Journey, meeting: &str, kind: DecisionKind, why: &str) -> Answer<ReleaseDecided> {
    let request = DecideReleaseRequest {
        meeting: meeting.to_owned(),
        release: TRAIN.to_owned(),
        kind,
        rationale: why.to_owned(),
        deferred_to: None,
        without: Vec::new(),
    };
    journey.cabinet.decide_release(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_is_assessed_and_taken_together_and_a_blocked_change_blocks_only_itself() {
    let journey = Journey::begin().await;
    let portal = release(&journey, "Merchant portal 10").await;
    assert_eq!((portal.release.changes, portal.changes.len()), (3, 3), "the sample's tickets say so");
    assert_eq!(portal.release.milestone.as_deref(), Some("Self-service for merchants"));
    let blocked = portal.changes.iter().find(|row| row.gates_blocking > 0).expect("one has an open defect").key.clone();
    let free: Vec<String> = journey.approvable().await.into_iter().filter(|key| *key != blocked).take(3).collect();
    for key in [&free[0], &free[1], &blocked] {
        goes_with(&journey, key, TRAIN).await;
    }
    assert_eq!(release(&journey, "Merchant portal 10").await.release.changes, 2, "a ticket goes out with one release");

    // Open until it is answered, and again once another change joins.
    let open = release(&journey, TRAIN).await;
    assert_eq!(open.release.high_level, RiskLevel::Critical);
    assert!(open.questions.iter().all(|question| question.open.len() == 3), "{:?}", open.questions);
    assert_eq!(code(&assess(&journey, "harmless").await), "invalid");
    let assessed = assess(&journey, "critical").await.expect("answered");
    assert!(assessed.questions.iter().all(|question| question.open.is_empty()), "{:?}", assessed.questions);
    assert_eq!((assessed.release.level, assessed.release.approved), (Some(RiskLevel::Critical), 0));
    goes_with(&journey, &free[2], TRAIN).await;
    let joined = release(&journey, TRAIN).await;
    assert!(joined.questions.iter().all(|question| question.open == [free[2].clone()]), "{:?}", joined.questions);

    let day = |days: i64| Some((now() + Duration::days(days)).format("%Y-%m-%d").to_string());
    let request = CalendarRequest { from: day(-60), to: day(200), zone: None };
    let calendar = journey.cabinet.calendar(request).await.expect("a calendar");
    let shown = calendar.releases.iter().find(|one| one.name == TRAIN).expect("its changes have windows");
    assert_eq!(shown.changes, 4);
    assert!(calendar.items.iter().any(|item| item.key == free[0] && item.release.as_deref() == Some(TRAIN)));

    let view = journey.meet(&[&free[0], &blocked, &free[1]]).await;
    let meeting = view.meeting.id;
    assert!(view.items.iter().all(|item| item.release.as_deref() == Some(TRAIN)), "{:?}", view.items);
    let refused = together(&journey, &meeting, DecisionKind::ApprovedWithConditions, "Yes").await;
    assert_eq!(code(&refused), "invalid", "conditions belong to one change");
    let done = together(&journey, &meeting, DecisionKind::Approved, "").await.expect("two can be decided");
    assert_eq!(done.decided, [free[0].clone(), free[1].clone()]);
    let left: Vec<_> = done.left.iter().map(|one| (one.change.as_str(), one.refusal.code.as_str())).collect();
    assert_eq!(left, [(blocked.as_str(), "hard_block")]);
    for key in &free[..2] {
        let decision = journey.change(key).await.decision.expect("its own decision, in the record");
        assert_eq!((decision.kind, decision.basis), (DecisionKind::Approved, Basis::Consent));
        let both = format!("Asked together as release \u{201c}{TRAIN}\u{201d}: {}, {}.", free[0], free[1]);
        assert!(decision.rationale.starts_with(&both), "{}", decision.rationale);
        let risk = "Risk of the release: Critical, 3 answers assumed at their worst (R80).";
        assert!(decision.rationale.ends_with(risk), "{}", decision.rationale);
    }
    assert!(journey.change(&blocked).await.decision.is_none(), "it blocks itself, and nothing is decided for it");
    assert_eq!(code(&together(&journey, &meeting, DecisionKind::Deferred, " ").await), "reason_missing");
    let later = together(&journey, &meeting, DecisionKind::Deferred, "Once the defect is closed").await;
    assert_eq!(later.expect("deferred").decided, std::slice::from_ref(&blocked));

    let of = || OfMeeting { meeting: meeting.clone() };
    journey.close(&meeting).await;
    journey.cabinet.compose_minutes(of()).await.expect("composed");
    journey.cabinet.finish_work().await;
    let minutes = journey.cabinet.minutes_path(of()).await.expect("minutes");
    let output = Command::new("pdftotext").arg("-layout").arg(&minutes).arg("-").env("LC_ALL", "C.UTF-8").output();
    let output = output.expect("pdftotext runs; tests/support/pdf/install.sh installs it");
    let text = String::from_utf8(output.stdout).expect("text");
    let told = text.lines().filter(|line| line.contains("Release") && line.trim_end().ends_with(TRAIN)).count();
    assert_eq!(told, 3, "each item names its release\n{text}");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}
