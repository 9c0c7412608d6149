//! Planted secrets are looked for in everything a journey writes: the data folder, an export, a backup, the logs.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use board::config::Config;
use board::requests::SigningRequest;
use board::views::{DecisionKind, Role, SigningSubject, TestConnectionRequest, TicketingSystemKind, VotePosition};

use crate::journey::{Journey, approving, now};

const WRONG_PIN: &str = "canary-pin-8f3a61";
const WRONG_KEY: &str = "canarykey5b0e44c2a97d1f6083";

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder that can be read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, into);
        } else {
            into.push(path);
        }
    }
}

/// The files below a folder that hold the text as it stands.
fn holding(folder: &Path, text: &str) -> Vec<PathBuf> {
    let mut all = Vec::new();
    files(folder, &mut all);
    all.retain(|path| {
        let bytes = std::fs::read(path).expect("a file that can be read");
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    });
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn no_pin_and_no_api_key_is_found_in_anything_a_journey_writes() {
    let logs = tempfile::tempdir().expect("a folder");
    let out = tempfile::tempdir().expect("a folder");
    let flags = BTreeMap::from([("log.level".to_owned(), "trace".to_owned())]);
    let config = Config::load(&flags, &BTreeMap::new(), None, logs.path()).expect("usable");
    let guard = board::logs::start(logs.path(), &config, "journey").expect("logs");

    let mut journey = Journey::begin().await;
    let changes = journey.approvable().await;
    let chosen: Vec<&str> = changes.iter().take(1).map(String::as_str).collect();
    let meeting = journey.meet(&chosen).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    journey.close(&meeting).await;
    let cto = journey.member(Role::Cto).await;

    // What goes wrong is logged; what was typed is not.
    let subject = SigningSubject::Queue { meeting: meeting.clone() };
    journey.cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
    let statement = journey.cabinet.signing_view().await.expect("a view").statements[0].id.clone();
    let wrong = approving(statement, &cto, Some(WRONG_PIN.to_owned()));
    assert!(!format!("{wrong:?}").contains(WRONG_PIN), "a request that is printed hides its PIN");
    let refused = journey.cabinet.sign(wrong).await.expect_err("a wrong PIN");
    assert!(!format!("{refused:?} {refused}").contains(WRONG_PIN));
    journey.cabinet.close_signing().await.expect("closed");
    let url = journey.server.url().to_owned();
    let wrong = TestConnectionRequest {
        system: TicketingSystemKind::Redmine,
        url,
        api_key: Some(WRONG_KEY.to_owned()),
        allow_http: false,
    };
    assert!(!format!("{wrong:?}").contains(WRONG_KEY), "a request that is printed hides its key");
    let refused = journey.cabinet.test_connection(wrong).await.expect_err("a wrong key");
    assert!(!format!("{refused:?} {refused}").contains(WRONG_KEY));

    let (_, refusals) = journey.sign_queue(&meeting, &cto).await;
    assert!(refusals.is_empty(), "{refusals:?}");
    journey.seal(&meeting).await.expect("sealed");
    journey.cabinet.sync_now().await.expect("synced");
    journey.server.go_offline().await;
    journey.cabinet.sync_now().await.expect_err("the server is gone");
    journey.reopen().await;
    board::export_all(&journey.data_dir(), &out.path().join("export"), now()).await.expect("exported");
    board::backup(&journey.data_dir(), &out.path().join("backup"), true, now()).await.expect("copied");
    drop(guard);

    let places = [logs.path().to_owned(), journey.data_dir(), out.path().to_owned()];
    assert!(!holding(logs.path(), "a PIN was refused").is_empty(), "the logs were on, and are searched");
    assert!(!holding(&journey.data_dir(), sample::board::NAME).is_empty(), "the data folder is searched");
    assert!(!holding(&out.path().join("export"), sample::board::NAME).is_empty(), "the export is searched");
    let pins = sample::board::MEMBERS.iter().map(|m| m.pin);
    for secret in pins.chain([WRONG_PIN, WRONG_KEY, journey.server.api_key()]) {
        for place in &places {
            let found = holding(place, secret);
            assert!(found.is_empty(), "{secret} stands in {found:?}");
        }
    }
}
