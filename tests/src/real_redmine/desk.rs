//! A board whose tickets live on a real Redmine.
use std::path::Path;
use std::time::Duration;

use board::views::{DecisionKind, OutboxRow, Role, VotePosition};
use board::{Cabinet, SampleBoard, SampleMember};
use domain::change::ChangeRequest;
use serde_json::Value;
use store::{Folder, Store, StoredChange};

use super::server::Redmine;
use crate::journey::{Journey, now, options};

pub const PREFIX: &str = "CHG";

pub fn key(id: u32) -> String {
    format!("{PREFIX}-{id}")
}

/// The board on `url`, which leads to `server`; its members have no part in any ticket there.
pub fn board_on(server: &Redmine, url: &str, project: &str) -> SampleBoard {
    let members = sample::board::MEMBERS.iter().enumerate().map(|(n, m)| SampleMember {
        name: m.name.to_owned(),
        role: m.role.to_owned(),
        account: format!("{}", 9000 + n),
        pin: m.pin.to_owned(),
    });
    SampleBoard {
        name: sample::board::NAME.to_owned(),
        members: members.collect(),
        url: url.to_owned(),
        api_key: server.key("svc"),
        project: project.to_owned(),
        prefix: PREFIX.to_owned(),
    }
}

/// Made, connected through `url` and synced.
pub async fn desk(server: Redmine, url: &str, project: &str) -> Journey<Redmine> {
    let folder = tempfile::tempdir().expect("a folder");
    let cabinet = Cabinet::open(options(&folder.path().join("data"))).await.expect("the desk opens");
    cabinet.open_sample(board_on(&server, url, project)).await.expect("the board is made, connected and synced");
    Journey { server, cabinet, folder }
}

/// Everything the desk keeps of its changes, as another process reads it from the data folder.
pub async fn kept(data_dir: &Path) -> Vec<StoredChange> {
    let store = Store::open(&Folder::new(data_dir), now()).await.expect("the data folder opens");
    let all = store.changes_after(None, 5000).await.expect("changes");
    store.close().await;
    all
}

/// One of them.
pub async fn kept_change(data_dir: &Path, id: u32) -> ChangeRequest {
    let all = kept(data_dir).await;
    all.into_iter().map(|s| s.change).find(|c| c.remote_id == id.to_string()).expect("the change")
}

/// A meeting approves these changes, the CTO signs them, the chair seals the minutes; the meeting's id.
pub async fn approve(journey: &Journey<Redmine>, ids: &[u32]) -> String {
    let keys: Vec<String> = ids.iter().map(|id| key(*id)).collect();
    let chosen: Vec<&str> = keys.iter().map(String::as_str).collect();
    let meeting = journey.meet(&chosen).await.meeting.id;
    for item in 1..=ids.len() {
        let item = item.to_string();
        journey.all_vote(&meeting, &item, VotePosition::Approve).await;
        journey.decide(&meeting, &item, DecisionKind::Approved, "").await.expect("decided");
    }
    journey.close(&meeting).await;
    let cto = journey.member(Role::Cto).await;
    let (_, refusals) = journey.sign_queue(&meeting, &cto).await;
    assert!(refusals.is_empty(), "the CTO may sign: {refusals:?}");
    journey.seal(&meeting).await.expect("sealed");
    meeting
}

pub async fn outbox(cabinet: &Cabinet) -> Vec<OutboxRow> {
    cabinet.outbox().await.expect("an outbox").rows
}

/// Closes the desk and waits until its folder is free, as when the window is closed. Bounded.
pub async fn closed(journey: Journey<Redmine>) -> (Redmine, tempfile::TempDir) {
    let Journey { server, cabinet, folder } = journey;
    drop(cabinet);
    let data = Folder::new(folder.path().join("data"));
    let free = async {
        let mut again = tokio::time::interval(Duration::from_millis(20));
        while data.lock_exclusive().is_err() {
            again.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), free).await.expect("background work ends and lets the folder go");
    (server, folder)
}

/// The decision's note, status and extract are on the ticket, each exactly once, and the extract is the sealed one.
pub fn stands_once(server: &Redmine, data_dir: &Path, id: u32, status: &str) {
    let ticket = server.issue(id);
    assert_eq!(ticket["status"]["name"], status, "the status of ticket {id}");
    let journals = ticket["journals"].as_array().expect("journals");
    let notes: Vec<&Value> =
        journals.iter().filter(|j| j["notes"].as_str().is_some_and(ticketing::carries_marker)).collect();
    assert_eq!(notes.len(), 1, "one note on ticket {id}: {notes:?}");
    let now = ticket["status"]["id"].to_string();
    let set = |j: &&Value| {
        let details = j["details"].as_array().expect("details");
        details.iter().any(|d| d["name"] == "status_id" && d["new_value"] == now.as_str())
    };
    assert_eq!(journals.iter().filter(set).count(), 1, "the status of ticket {id} was set once: {journals:?}");
    let files = ticket["attachments"].as_array().expect("files");
    let ours: Vec<&Value> =
        files.iter().filter(|f| f["description"].as_str().is_some_and(ticketing::carries_marker)).collect();
    assert_eq!((files.len(), ours.len()), (1, 1), "one extract on ticket {id}: {files:?}");
    let name = ours[0]["filename"].as_str().expect("a name");
    let sealed = std::fs::read(Folder::new(data_dir).minutes().join(name)).expect("the sealed extract");
    let there = server.download("alice", ours[0]["content_url"].as_str().expect("an address"));
    assert!(there == sealed, "the extract on ticket {id} is the sealed one, byte for byte");
}

/// Nothing of Cabinet's is on the ticket.
pub fn untouched(server: &Redmine, id: u32, status: &str) {
    let ticket = server.issue(id);
    let marked = ticket["journals"].as_array().expect("journals").iter();
    assert_eq!(marked.filter(|j| j["notes"].as_str().is_some_and(ticketing::carries_marker)).count(), 0, "{ticket}");
    assert_eq!(ticket["attachments"], serde_json::json!([]), "no file on ticket {id}");
    assert_eq!(ticket["status"]["name"], status);
}
