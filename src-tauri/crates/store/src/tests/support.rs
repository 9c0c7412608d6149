//! Folders, entries and changes for the tests.
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use chrono::{DateTime, TimeZone as _, Utc};
use domain::change::{
    Account, Attachment, ChangeKind, ChangeRequest, RawText, Status, StatusCategory, TextFormat, Window,
};
use domain::ids::{ChangeKey, ConnectionId, Digest, EntryId, KeyId, LogId, MemberId, OperationId};
use domain::risk::RiskLevel;
use domain::sign_off::Standing;
use tempfile::TempDir;
use uuid::Uuid;

use crate::{Append, Connection, Folder, IndexRow, NewEntry, Store, StoredEntry, SyncedChange};

/// Second `n` of the tests' time.
pub(crate) fn at(n: u32) -> DateTime<Utc> {
    Utc.timestamp_opt(1_800_000_000 + i64::from(n), 0).single().expect("a time")
}

pub(crate) fn log(n: u8) -> LogId {
    LogId { key: KeyId([n; 32]), epoch: 1 }
}

pub(crate) fn member(n: u128) -> MemberId {
    MemberId(Uuid::from_u128(n))
}

pub(crate) fn connection_id() -> ConnectionId {
    ConnectionId(Uuid::from_u128(7))
}

pub(crate) fn operation_id(n: u128) -> OperationId {
    OperationId(Uuid::from_u128(n))
}

pub(crate) fn key(n: u32) -> ChangeKey {
    ChangeKey::new("CHG", n)
}

pub(crate) async fn new_store() -> (TempDir, Store) {
    let dir = TempDir::new().expect("a temporary folder");
    let store = Store::create(&Folder::new(dir.path().join("board")), at(0)).await.expect("a new board");
    (dir, store)
}

/// Appends one entry to a log as a host does: head, "signature" over it, insert. Its bytes name the one before.
pub(crate) async fn append_to(append: &mut Append, log: LogId, text: &str) -> crate::Result<NewEntry> {
    let head = append.head(log).await?;
    let seq = head.map_or(1, |h| h.seq + 1);
    let prev = head.map(|h| h.id);
    let named = prev.map_or("-".to_owned(), |p| p.to_string());
    let envelope = format!("{log}\n{seq}\n{named}\n{text}").into_bytes();
    let entry = NewEntry {
        log,
        seq,
        prev,
        id: EntryId::of(&envelope),
        kind: "running".to_owned(),
        subject: Digest::of(text.as_bytes()),
        change: Some(key(17)),
        meeting: None,
        claimed: at(seq),
        envelope,
    };
    append.insert_entry(entry.clone()).await?;
    Ok(entry)
}

pub(crate) async fn append_one(store: &Store, log: LogId, text: &str) -> crate::Result<NewEntry> {
    let mut append = store.begin_immediate().await?;
    let entry = append_to(&mut append, log, text).await?;
    append.commit().await?;
    Ok(entry)
}

/// Asserts that the entries of a log are a chain without a gap, and that ids fit bytes; answers its length.
pub(crate) fn assert_chain(entries: &[StoredEntry]) -> u32 {
    let mut prev: Option<EntryId> = None;
    for (n, entry) in entries.iter().enumerate() {
        assert_eq!(entry.seq as usize, n + 1, "a log has no gap");
        assert_eq!(entry.id, EntryId::of(&entry.envelope), "an id is the digest of the bytes");
        let text = String::from_utf8(entry.envelope.clone()).expect("text");
        let named = text.lines().nth(2).expect("the third line names the entry before");
        assert_eq!(named, prev.map_or("-".to_owned(), |p| p.to_string()), "each entry names the one before");
        prev = Some(entry.id);
    }
    u32::try_from(entries.len()).expect("few entries")
}

pub(crate) fn connection() -> Connection {
    Connection {
        id: connection_id(),
        prefix: "CHG".to_owned(),
        kind: "redmine".to_owned(),
        url: "https://tickets.example".to_owned(),
        project: "change".to_owned(),
        mapping: "{}".to_owned(),
        consents: "{}".to_owned(),
        created_at: at(0),
    }
}

pub(crate) fn change(n: u32, title: &str) -> ChangeRequest {
    let text = |t: &str| RawText { format: TextFormat::Plain, text: t.to_owned() };
    ChangeRequest {
        remote_id: n.to_string(),
        url: format!("https://tickets.example/issues/{n}"),
        title: title.to_owned(),
        kind: Some(ChangeKind::Normal),
        status: Status { name: "Submitted".to_owned(), category: Some(StatusCategory::Awaiting) },
        requester: Some(Account { id: "5".to_owned(), name: "Rosa Quist".to_owned() }),
        description: text("Replace the certificate."),
        reason: "It expires.".to_owned(),
        affected_systems: "gateway".to_owned(),
        version: "4.2.1".to_owned(),
        security_scan_status: "passed".to_owned(),
        environment: "prod-eu-1".to_owned(),
        source_branch: "main".to_owned(),
        service: "Payments".to_owned(),
        created: at(0),
        updated: at(n),
        ..ChangeRequest::bare(key(n), connection_id())
    }
}

pub(crate) fn attachment(remote_id: &str, name: &str, size: u32) -> Attachment {
    Attachment {
        remote_id: remote_id.to_owned(),
        name: name.to_owned(),
        size,
        content_type: "application/octet-stream".to_owned(),
        sha256: None,
        own: false,
    }
}

/// As the list brings it: without details.
pub(crate) fn listed(change: ChangeRequest) -> SyncedChange {
    let hash = Digest::of(format!("{} {}", change.title, change.updated).as_bytes());
    SyncedChange { change, remote_hash: Some(hash), details: None, payloads: Vec::new() }
}

/// Keeps the connection and changes `1..=n`.
pub(crate) async fn with_changes(store: &Store, n: u32) {
    let mut append = store.begin_immediate().await.expect("begin");
    append.put_connection(&connection()).await.expect("connection");
    for n in 1..=n {
        append.put_change(&listed(change(n, &format!("Change {n}"))), at(n)).await.expect("change");
    }
    append.commit().await.expect("commit");
}

pub(crate) fn index_row(n: u32, title: &str) -> IndexRow {
    IndexRow {
        key: key(n),
        connection: connection_id(),
        remote_id: n.to_string(),
        title: title.to_owned(),
        kind: Some(ChangeKind::Normal),
        status: "Submitted".to_owned(),
        category: Some(StatusCategory::Awaiting),
        requester: "Rosa Quist".to_owned(),
        author: "Ulf Brandt".to_owned(),
        service: "Payments".to_owned(),
        systems: "gateway".to_owned(),
        environment: "prod-eu-1".to_owned(),
        window: Some(Window { start: at(n), end: at(n + 60), zone: "Europe/Berlin".to_owned() }),
        updated: at(n),
        content: Digest::of(title.as_bytes()),
        assessed: false,
        level: None,
        level_low: RiskLevel::Low,
        level_high: RiskLevel::Critical,
        score_low: 5,
        score_high: 95,
        open_questions: 9,
        standing: Standing::Undecided,
        decision: None,
        gates_failed: 0,
        gates_blocking: 0,
        gates_warned: 0,
        plan_ticked: 0,
        plan_total: 13,
        stale: false,
        attention: false,
        release: String::new(),
        search: String::new(),
    }
}

/// The SQLite command a test uses to look past the store: a second connection of the same library.
pub(crate) async fn raw(store: &Store, sql: &'static str) -> std::result::Result<u64, sqlx::Error> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(store.folder().database());
    let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await?;
    let rows = sqlx::query(sql).execute(&mut connection).await?.rows_affected();
    // Dropped, it would close some time later, and move what was written from one file of the database to another.
    sqlx::Connection::close(connection).await?;
    Ok(rows)
}

/// Set for a child process that shall commit with `synchronous=NORMAL`: the control of the simulated power cuts.
pub(crate) const WEAKENED: &str = "CABINET_STORE_TEST_SYNCHRONOUS_NORMAL";

/// Environment of a child process: what it shall do, and where.
pub(crate) const CHILD_FOLDER: &str = "CABINET_STORE_TEST_FOLDER";

/// This test binary again, running only the ignored test `name` on `folder`.
pub(crate) fn child(name: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this test binary"));
    command
        .args(["--exact", name, "--ignored", "--nocapture", "--test-threads=1"])
        .env(CHILD_FOLDER, folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// The folder this child was started for.
pub(crate) fn child_folder() -> PathBuf {
    std::env::var_os(CHILD_FOLDER).map(PathBuf::from).expect("only started by another test")
}
