//! What needs a data folder: signing off, and taking in what others wrote.
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use board::{Cabinet, Options, RelaySetting, Silent, VaultChoice};
use domain::change::{Account, ChangeKind, ChangeRequest, RawText, Status, StatusCategory, TextFormat};
use domain::ids::{ConnectionId, Digest, OperationId};
use record::duties::judge_duties;
use record::entry::Entry;
use record::roster::RosterChain;
use record::verify::{Context, change_of, verify_entry};
use relay::{FolderRelay, Parcel, Relay as _};
use store::{Connection, Folder, NewEntry, NewOperation, ProjectionRow, Store, SyncedChange};
use uuid::Uuid;

use crate::paper::{Outcome, Paper, Set, change, time};

/// The entries that adopt roster and policy.
const FOUNDING: usize = 3;

pub fn row_of(entry: &Entry) -> NewEntry {
    let log = entry.log();
    let predicate = entry.predicate();
    NewEntry {
        log: log.id,
        seq: log.seq,
        prev: log.prev,
        id: entry.id(),
        kind: entry.statement().kind().to_owned(),
        subject: entry.statement().subjects.first().map_or(Digest([0; 32]), |subject| subject.sha256),
        change: predicate.and_then(|p| change_of(&p.body)).cloned(),
        meeting: None,
        claimed: predicate.map_or_else(|| time(0), |p| p.time.claimed),
        envelope: entry.bytes().to_vec(),
    }
}

/// A data folder that holds these entries, as if they had been written there.
async fn folder_with(data: &Path, set: &Set, entries: &[Entry]) -> Outcome<Store> {
    let store = Store::create(&Folder::new(data), time(0)).await?;
    let mut tx = store.begin_immediate().await?;
    tx.put_roster(1, &set.roster).await?;
    tx.put_policy(&set.policy, None).await?;
    tx.take_entries(entries.iter().map(row_of).collect()).await?;
    tx.commit().await?;
    Ok(store)
}

/// Sign-offs as a use case writes them, each timed: begin, head, sign, judge, insert with projection and outbox, commit,
/// plain copy.
pub async fn sign(set: Set, data: &Path, acts: usize) -> Outcome<Vec<Duration>> {
    let entries = set.envelopes.iter().map(|bytes| Entry::parse(bytes)).collect::<Result<Vec<_>, _>>()?;
    let store = folder_with(data, &set, &entries).await?;
    let mut tx = store.begin_immediate().await?;
    tx.put_connection(&connection()).await?;
    let synced = SyncedChange { change: ticket(), remote_hash: None, details: None, payloads: Vec::new() };
    tx.put_change(&synced, time(0)).await?;
    tx.commit().await?;
    let rosters = RosterChain::verify(std::slice::from_ref(&set.roster), &entries[..FOUNDING])?;
    let context = Context { duties: Some(&judge_duties), ..Context::of(&rosters) };
    let paper = Paper::after(&entries)?;
    let log = paper.log(0);
    let mut took = Vec::with_capacity(acts);
    for n in 0..acts {
        let number = set.envelopes.len() + n;
        let began = Instant::now();
        let mut tx = store.begin_immediate().await?;
        let head = tx.head(log).await?;
        let entry = paper.sign_off(number, head)?;
        verify_entry(entry.bytes(), &context)?;
        tx.insert_entry(row_of(&entry)).await?;
        let json = serde_json::to_string(&entry.predicate().map(|p| &p.body))?;
        let row = ProjectionRow { noun: "sign_off".to_owned(), id: number.to_string(), json: Some(json) };
        tx.project(&[row]).await?;
        tx.enqueue(&operation(number)).await?;
        let committed = tx.commit().await?;
        took.push(began.elapsed());
        if committed.copies_missing > 0 {
            return Err("a plain copy is missing".into());
        }
    }
    store.close().await;
    Ok(took)
}

/// Takes everything from a shared folder, as a device does that was away for long.
pub async fn merge(set: Set, data: &Path) -> Outcome<Duration> {
    let first = set.envelopes[..FOUNDING].iter().map(|bytes| Entry::parse(bytes)).collect::<Result<Vec<_>, _>>()?;
    let here = data.join("data");
    folder_with(&here, &set, &first).await?.close().await;
    let shared = data.join("shared");
    std::fs::create_dir_all(&shared)?;
    let board = Paper::new()?.board;
    let documents = [Parcel::of(set.roster.clone()), Parcel::of(set.policy.clone())];
    FolderRelay::open(&shared, board)?.offer(&documents).await?;
    // As other devices left them there, long ago.
    let entries = shared.join(format!("cabinet-{board}")).join("entries");
    let count = set.envelopes.len();
    for bytes in set.envelopes {
        let name = Digest::of(&bytes).to_string();
        let shelf = entries.join(&name[..2]);
        std::fs::create_dir_all(&shelf)?;
        std::fs::write(shelf.join(name), bytes)?;
    }
    let cabinet = Cabinet::open(Options {
        network: board::Network::default(),
        data_dir: here,
        evidence_folder: None,
        calendar_file: None,
        vault: VaultChoice::Memory(Arc::default()),
        clock: Arc::new(|| time(0)),
        events: Arc::new(Silent),
    })
    .await?;
    cabinet.set_relays(vec![RelaySetting::Folder { path: shared }]).await?;
    let began = Instant::now();
    let done = cabinet.exchange().await?;
    let took = began.elapsed();
    let problems = cabinet.problems().await?;
    if done.came as usize + FOUNDING != count || !done.refused.is_empty() || !problems.is_empty() {
        return Err(format!("{} of {count} came: {:?} {:?}", done.came, done.unreachable, problems.first()).into());
    }
    Ok(took)
}

fn connection_id() -> ConnectionId {
    ConnectionId(Uuid::from_u128(7))
}

fn connection() -> Connection {
    Connection {
        id: connection_id(),
        prefix: "CHG".to_owned(),
        kind: "redmine".to_owned(),
        url: "https://tickets.example".to_owned(),
        project: "change".to_owned(),
        mapping: "{}".to_owned(),
        consents: "{}".to_owned(),
        created_at: time(0),
    }
}

fn operation(n: usize) -> NewOperation {
    NewOperation {
        id: OperationId(Uuid::from_u128(n as u128)),
        change: change(1),
        kind: "write_back".to_owned(),
        payload: "{}".to_owned(),
        base: "{}".to_owned(),
        marker: format!("[cab {n:08x}]"),
        not_before: time(0),
        created_at: time(n),
    }
}

/// A ticket, so that something can be queued for it.
fn ticket() -> ChangeRequest {
    let some = |text: &str| text.to_owned();
    ChangeRequest {
        remote_id: some("1"),
        url: some("https://tickets.example/issues/1"),
        title: some("Replace the certificate"),
        kind: Some(ChangeKind::Normal),
        status: Status { name: some("Authorize"), category: Some(StatusCategory::Awaiting) },
        author: Some(Account { id: some("7"), name: some("Rosa Quist") }),
        description: RawText { format: TextFormat::Plain, text: some("It expires.") },
        reason: some("It expires."),
        affected_systems: some("gateway"),
        version: some("4.2.1"),
        security_scan_status: some("passed"),
        environment: some("prod-eu-1"),
        source_branch: some("main"),
        service: some("Payments"),
        created: time(0),
        updated: time(0),
        ..ChangeRequest::bare(change(1), connection_id())
    }
}
