//! From an approval on the desk to a pipeline that may go on: exported, judged without a server, and stopped when the
//! ticket was edited since.
use board::HandedOut;
use board::views::{DecisionKind, OutboxState, Role, VotePosition};
use chrono::{DateTime, Duration, Utc};
use gate::Reason;

use crate::gates::{asks, code};
use crate::journey::{Journey, now, own_board, sample_board};

/// A board that is no sample on the sample's server.
pub(super) async fn begin() -> Journey {
    let server = sample::serve(sample::Options::at(now())).await.expect("the sample server starts");
    let folder = tempfile::tempdir().expect("a folder");
    let cabinet = own_board(&folder.path().join("data"), sample_board(&server)).await;
    Journey { server, cabinet, folder }
}

/// A change whose window is on now; its key and number.
pub(super) async fn change_with_a_window(journey: &Journey) -> (String, u32) {
    let key = journey.approvable().await.first().expect("a change that can be approved").clone();
    let number = open_window(journey, &key).await;
    (key, number)
}

/// Opens the change's window now; its number.
pub(super) async fn open_window(journey: &Journey, key: &str) -> u32 {
    let number: u32 = key.rsplit('-').next().and_then(|n| n.parse().ok()).expect("a number");
    let minute = |t: DateTime<Utc>| t.format("%Y-%m-%dT%H:%M").to_string();
    for (field, value) in [
        ("Time zone", "Etc/UTC".to_owned()),
        ("Planned start", minute(now() - Duration::hours(1))),
        ("Planned end", minute(now() + Duration::hours(3))),
    ] {
        journey.server.set_field(number, field, &value).expect("a field of the sample");
    }
    journey.cabinet.sync_now().await.expect("synced");
    number
}

/// A meeting approves it, the CTO signs, the minutes are sealed; how many voted.
pub(super) async fn approve(journey: &Journey, key: &str) -> usize {
    let meeting = journey.meet(&[key]).await.meeting.id;
    let voted = journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    journey.close(&meeting).await;
    let refused = journey.cabinet.export_approval(key, &journey.folder.path().join("x.json")).await;
    assert_eq!(code(&refused), "awaiting_sign_off", "votes advise; without the authority's sign-off nothing goes out");
    let cto = journey.member(Role::Cto).await;
    let (_, refusals) = journey.sign_queue(&meeting, &cto).await;
    assert!(refusals.is_empty(), "{refusals:?}");
    journey.seal(&meeting).await.expect("sealed");
    voted.votes.iter().filter(|v| v.position.is_some()).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_goes_from_the_desk_through_the_gate_and_an_edit_stops_the_next_one() {
    let journey = begin().await;
    let (key, number) = change_with_a_window(&journey).await;
    let file = |name: &str| journey.folder.path().join(name);
    assert_eq!(code(&journey.cabinet.export_approval(&key, &file("a.json")).await), "undecided");
    assert_eq!(code(&journey.cabinet.export_approval("CHG-99999", &file("a.json")).await), "not_found");
    let voted = approve(&journey, &key).await;

    let handed = journey.cabinet.export_approval(&key, &file("approval.json")).await.expect("handed out");
    assert_eq!(handed.artifacts.len(), 2, "commit and digest of the ticket: {handed:?}");
    assert_eq!(handed.artifacts.iter().filter(|a| a.starts_with("sha256:")).count(), 1, "{handed:?}");
    let verdict = asks(&handed, None);
    assert!(verdict.passed(), "{}", verdict.text(false));
    let shown = verdict.shown.clone().expect("verified");
    assert_eq!(shown.sign_offs.len(), 1);
    assert!(shown.record.is_some_and(|(_, size)| size >= handed.entries), "it is a part of the record, with proof");
    let votes: u32 = shown.votes.values().sum();
    assert!(voted > 0);
    assert_eq!(votes as usize, voted, "all votes are in the file: {:?}", shown.votes);

    // What is not material, our own write-back included, changes nothing.
    journey.cabinet.sync_now().await.expect("the decision goes to its ticket");
    let outbox = journey.cabinet.outbox().await.expect("an outbox").rows;
    assert_eq!(outbox.iter().map(|r| r.state).collect::<Vec<_>>(), [OutboxState::Verified]);
    journey.server.comment(number, 20, "Only a comment").expect("commented");
    journey.cabinet.sync_now().await.expect("our own note, status and file come back, and the comment");
    let same = journey.cabinet.export_snapshot(&key, &file("same.json")).await.expect("told");
    let verdict = asks(&handed, Some(&same));
    assert!(verdict.passed(), "{}", verdict.text(false));
    let again = journey.cabinet.export_approval(&key, &file("again.json")).await.expect("handed out again");
    assert!(asks(&again, None).passed() && asks(&handed, Some(&again)).passed());
    assert_eq!(asks(&again, Some(&handed)).codes(), [Reason::FreshOlder], "an older file is not fresh");
    let as_approval = HandedOut { artifacts: handed.artifacts.clone(), ..same.clone() };
    assert_eq!(asks(&as_approval, None).codes(), [Reason::Snapshot], "a snapshot allows nothing");

    journey.server.set_field(number, "Version", "4.2.1-edited").expect("edited");
    journey.cabinet.sync_now().await.expect("synced");
    assert_eq!(code(&journey.cabinet.export_approval(&key, &file("b.json")).await), "stale");
    assert!(!file("b.json").exists(), "and no file is written");
    let edited = journey.cabinet.export_snapshot(&key, &file("edited.json")).await.expect("told");
    assert_eq!(asks(&handed, Some(&edited)).codes(), [Reason::FreshContent]);
    assert!(asks(&handed, None).passed(), "without a newer file it is judged as of its own time, which it says first");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}

/// Every material field that the sample's tickets carry as a field of their own.
const MATERIAL: [&str; 12] = [
    "Change reason",
    "Affected systems",
    "Affected applications",
    "Affected data",
    "Version",
    "Security scan results",
    "Environment",
    "Source branch",
    "Repository",
    "Commit",
    "Artifact digest",
    "Rollback evidence",
];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_material_field_is_edited_nothing_more_goes_out_and_a_snapshot_stops_the_old_file() {
    let journey = begin().await;
    let (key, number) = change_with_a_window(&journey).await;
    approve(&journey, &key).await;
    let file = |name: &str| journey.folder.path().join(name);
    let handed = journey.cabinet.export_approval(&key, &file("approval.json")).await.expect("handed out");
    let field_of = |name: &str| journey.server.world().field(name).map(|f| f.id).expect("a field of the sample");
    let before = journey.server.issue(number).expect("the ticket");
    for name in MATERIAL {
        journey.server.set_field(number, name, "edited afterwards").expect("edited");
        journey.cabinet.sync_now().await.expect("synced");
        let refused = journey.cabinet.export_approval(&key, &file("b.json")).await;
        assert_eq!(code(&refused), "stale", "{name}");
        let edited = journey.cabinet.export_snapshot(&key, &file("edited.json")).await.expect("told");
        assert_eq!(asks(&handed, Some(&edited)).codes(), [Reason::FreshContent], "{name}");
        let value = before.custom.get(&field_of(name)).cloned().unwrap_or_default();
        journey.server.set_field(number, name, &value).expect("edited back");
        journey.cabinet.sync_now().await.expect("synced");
        let back = journey.cabinet.export_snapshot(&key, &file("back.json")).await.expect("told");
        assert!(asks(&handed, Some(&back)).passed(), "{name}: what was signed stands again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_boards_approval_is_handed_out_and_opens_no_gate() {
    let journey = Journey::begin().await;
    let (key, _) = change_with_a_window(&journey).await;
    approve(&journey, &key).await;
    let handed =
        journey.cabinet.export_approval(&key, &journey.folder.path().join("a.json")).await.expect("handed out");
    assert_eq!(asks(&handed, None).codes(), [Reason::SampleBoard]);
}
