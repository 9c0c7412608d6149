//! Three devices that exchange through a real PostgreSQL (tests/support/postgres), whose superuser does what he likes.
//!
//! Whoever has an entry names it, with its log and the relay, when it is deleted or changed there; what is put there is
//! named and not counted; the order of rows means nothing.
use std::io::Write as _;
use std::process::{Command, Stdio};

use board::views::Role;
use board::{Cabinet, Exchanged, RelaySetting, SecretString};
use serde_json::Value;
use store::StoredEntry;

use super::many_hands::{one_key, one_key_where};
use super::ways::{Way, amounts_to, confirms_one, entries_in, joins_through, spoken_meeting};
use crate::journey::{own_board, sample_board};

mod five_folders;

const TABLE: &str = "public.cabinet_parcel";

/// A database of the test's own, prepared as an administrator would.
struct Database {
    facts: Value,
    name: String,
}

impl Database {
    fn new() -> Self {
        let line = std::env::var("CABINET_POSTGRES")
            .expect("CABINET_POSTGRES must hold what tests/support/postgres/start.sh printed");
        let facts = serde_json::from_str(&line).expect("start.sh prints JSON");
        let database = Self { facts, name: format!("j_{}", uuid::Uuid::now_v7().simple()) };
        database.run_in("postgres", &format!("CREATE DATABASE {}", database.name));
        let account = database.account();
        database.sql(&format!("CREATE ROLE \"{account}\" LOGIN"));
        database.sql(&relay::setup_sql(&[&account]));
        database
    }

    fn account(&self) -> String {
        format!("member_{}", self.name)
    }

    fn text(&self, name: &str) -> String {
        self.facts[name].as_str().expect("a text").to_owned()
    }

    /// The address that members use: INSERT and SELECT, no more.
    fn address(&self) -> SecretString {
        let socket = self.text("socket").replace('/', "%2F");
        format!("postgres://{}@{socket}:{}/{}", self.account(), self.facts["port"], self.name).into()
    }

    /// What the superuser does.
    fn sql(&self, statement: &str) -> String {
        self.run_in(&self.name, statement)
    }

    fn run_in(&self, database: &str, statement: &str) -> String {
        let mut child = Command::new("psql")
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", &self.text("socket")])
            .args(["-p", &self.facts["port"].to_string(), "-U", &self.text("superuser"), "-d", database])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("psql starts");
        child.stdin.take().expect("piped").write_all(statement.as_bytes()).expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// The row of an entry, by what its bytes are.
    fn row_of(entry: &StoredEntry) -> String {
        format!("digest = '\\x{}'", domain::ids::Digest::of(&entry.envelope))
    }
}

/// The relay's own name on a device.
async fn relay_of(cabinet: &Cabinet) -> String {
    let relays = cabinet.relays().await.expect("readable");
    relays.iter().find(|r| matches!(r, RelaySetting::Postgres { .. })).expect("a table").name()
}

/// One of the lines names the entry, its log and the relay; and the window's Record says the same.
async fn named(cabinet: &Cabinet, done: &Exchanged, entry: &StoredEntry, what: &str) {
    let relay = relay_of(cabinet).await;
    let names = |line: &&String| {
        line.starts_with(&relay)
            && line.contains(&format!("entry {}", entry.id.short()))
            && line.contains(&format!("log {}:{}", entry.log.key.short(), entry.log.epoch))
    };
    let line = done.refused.iter().find(names).unwrap_or_else(|| panic!("{what}: {:?}", done.refused));
    let shown = cabinet.record().await.expect("readable").last_exchange.expect("just now");
    assert!(shown.told.contains(line), "{what}: the window tells it too: {:?}", shown.told);
}

fn in_order(done: &Exchanged, what: &str) {
    assert!(done.refused.is_empty() && done.unreachable.is_empty(), "{what}: {done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_superuser_who_deletes_changes_or_puts_rows_is_named_by_every_device_that_has_the_entry() {
    let database = Database::new();
    let way = Way::Postgres(database.address());
    let (journey, _) = one_key().await;
    journey.cabinet.set_relays(Vec::new()).await.expect("no folder");
    way.taken(&journey.cabinet).await;
    spoken_meeting(&journey).await;
    let home = journey.folder.path().to_owned();
    let (lead, lead_id) = joins_through(&journey, Role::TechnicalLead, &home.join("lead"), &way).await;
    let (security, _) = joins_through(&journey, Role::Security, &home.join("security"), &way).await;
    confirms_one(&lead, &lead_id).await;
    // Nothing goes on in the background that would look before us.
    for device in [&lead, &journey.cabinet, &security] {
        device.finish_work().await;
    }
    let devices = [("the author", &lead), ("a peer", &journey.cabinet), ("another peer", &security)];
    for (_, device) in devices.iter().chain(&devices) {
        device.exchange().await.expect("exchanged");
    }
    for (who, device) in devices {
        in_order(&device.exchange().await.expect("exchanged"), who);
    }
    let before = amounts_to(&lead).await;
    let mut written = entries_in(&home.join("lead")).await;
    written.retain(|entry| entry.kind == "affirmation");
    let [own] = written.as_slice() else { panic!("one entry of the lead's own: {written:?}") };
    let row = Database::row_of(own);

    // Deleted, once for each who has it: the first who looks names it and gives it again.
    for (who, device) in devices {
        database.sql(&format!("DELETE FROM {TABLE} WHERE {row}"));
        named(device, &device.exchange().await.expect("exchanged"), own, &format!("deleted, {who}")).await;
        in_order(&device.exchange().await.expect("exchanged"), &format!("given again by {who}"));
    }
    // Everything at once.
    database.sql(&format!("TRUNCATE {TABLE}"));
    named(&lead, &lead.exchange().await.expect("exchanged"), own, "all rows deleted").await;
    for (who, device) in devices.iter().chain(&devices) {
        device.exchange().await.unwrap_or_else(|error| panic!("{who}: {error}"));
    }

    // Changed: one letter of the signature. What stands there now is refused, and what stood there is missed.
    let at = "octet_length(bytes) - 10";
    for (who, device) in devices {
        let changed = database.sql(&format!(
            "UPDATE {TABLE} SET bytes = set_byte(bytes, {at}, CASE get_byte(bytes, {at}) WHEN 65 THEN 66 ELSE 65 END)
             WHERE {row} RETURNING seq"
        ));
        let done = device.exchange().await.expect("exchanged");
        named(device, &done, own, &format!("changed, {who}")).await;
        let codes = ["(der,", "(high-s,", "(signature,"];
        let refused = done.refused.iter().filter(|line| codes.iter().any(|code| line.contains(code))).count();
        assert_eq!(refused, 1, "{who} refuses what stands there now: {:?}", done.refused);
        database.sql(&format!("DELETE FROM {TABLE} WHERE seq = {}", changed.trim()));
    }

    // Put there: an entry of another board, and bytes that are nothing.
    let other = tempfile::tempdir().expect("a folder");
    let strange = own_board(&other.path().join("data"), sample_board(&journey.server)).await;
    strange.finish_work().await;
    let foreign = entries_in(&other.path().join("data")).await.remove(0);
    let board = database.sql(&format!("SELECT DISTINCT board FROM {TABLE}")).trim().to_owned();
    let hex: String = foreign.envelope.iter().map(|byte| format!("{byte:02x}")).collect();
    database.sql(&format!(
        "INSERT INTO {TABLE} (board, kind, bytes) VALUES ('{board}', 'entry', '\\x{hex}'), ('{board}', 'entry', 'x')"
    ));
    for (who, device) in devices {
        let done = device.exchange().await.expect("exchanged");
        let relay = relay_of(device).await;
        let row = done.refused.iter().any(|line| line.starts_with(&relay) && line.contains("cabinet_parcel, row "));
        assert!(row, "{who} names the row that is nothing: {:?}", done.refused);
        let held = device.record().await.expect("readable").held;
        let place = format!("entry {}", foreign.id.short());
        let kept = held.iter().find(|kept| kept.why.contains(&place)).unwrap_or_else(|| panic!("{who}: {held:?}"));
        assert!(kept.why.starts_with(&relay) && kept.why.contains("log "), "{who}: {kept:?}");
        assert_eq!(kept.plainly, "The board does not know who signed it yet.", "{who}");
    }

    // Put in another order: nothing comes, nothing is missed.
    database.sql(&format!("UPDATE {TABLE} SET tx = (1000000 - seq)::text::xid8"));
    for (who, device) in devices {
        let done = device.exchange().await.expect("exchanged");
        assert_eq!((done.came, done.went), (0, 0), "{who}: {done:?}");
        assert!(!done.refused.iter().any(|line| line.contains("gone from it")), "{who}: {:?}", done.refused);
    }
    let (newcomer, _) = joins_through(&journey, Role::Cto, &home.join("newcomer"), &way).await;
    assert!(newcomer.problems().await.expect("readable").is_empty(), "who comes later reads the same");

    // Changed under its old digest, which takes the table apart: whoever has the entry names it all the same.
    database.sql(&format!(
        "ALTER TABLE {TABLE} ALTER COLUMN digest DROP EXPRESSION;
         CREATE FUNCTION say() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN NEW.digest := sha256(NEW.bytes); RETURN NEW; END $$;
         CREATE TRIGGER say BEFORE INSERT ON {TABLE} FOR EACH ROW EXECUTE FUNCTION say()"
    ));
    database.sql(&format!("UPDATE {TABLE} SET bytes = bytes || ' ' WHERE {row}"));
    for (who, device) in devices {
        let done = device.exchange().await.expect("exchanged");
        named(device, &done, own, &format!("changed under its digest, {who}")).await;
        let said = done.unreachable.iter().any(|line| line.contains("somebody changed them there"));
        assert!(said, "{who} cannot put it back, and says so: {:?}", done.unreachable);
    }
    // And nothing of all this has changed the record.
    for (who, device) in devices {
        assert!(device.problems().await.expect("readable").is_empty(), "{who}");
        assert!(counts(device, own).await, "{who} has the entry");
    }
    assert_eq!(amounts_to(&journey.cabinet).await, amounts_to(&security).await);
    assert_eq!(before, amounts_to(&lead).await, "an admission is no part of what is projected");
    journey.cabinet.finish_work().await;
}

/// Whether the device still counts what the entry says.
async fn counts(cabinet: &Cabinet, entry: &StoredEntry) -> bool {
    let details = cabinet.record().await.expect("readable").details;
    details.logs.iter().any(|log| log.key == entry.log.key.to_string() && log.length >= entry.seq)
}

#[tokio::test(flavor = "multi_thread")]
async fn sealed_entries_are_read_by_members_alone_and_missed_where_a_superuser_deletes_them() {
    let database = Database::new();
    let way = Way::Postgres(database.address());
    let (journey, _) = one_key_where(true).await;
    journey.cabinet.set_relays(Vec::new()).await.expect("no folder");
    way.taken(&journey.cabinet).await;
    spoken_meeting(&journey).await;
    let data = journey.folder.path().join("lead");
    let (lead, lead_id) = joins_through(&journey, Role::TechnicalLead, &data, &way).await;
    confirms_one(&lead, &lead_id).await;
    let devices = [("the author", &lead), ("a peer", &journey.cabinet)];
    for (_, device) in devices {
        device.finish_work().await;
    }
    for (_, device) in devices.iter().chain(&devices) {
        device.exchange().await.expect("exchanged");
    }
    for (who, device) in devices {
        let done = device.exchange().await.expect("exchanged");
        in_order(&done, who);
        assert_eq!((done.came, done.went, done.not_ours), (0, 0, 0), "{who}: {done:?}");
    }
    assert_eq!(amounts_to(&lead).await, amounts_to(&journey.cabinet).await);
    // `payload`, which each entry has in it.
    let readable = database.sql(&format!(
        "SELECT count(*) FROM {TABLE} WHERE kind = 'entry' OR kind = 'blob' AND position('\\x7061796c6f6164'::bytea IN bytes) > 0"
    ));
    assert_eq!(readable.trim(), "0", "whoever reads the table reads no entry");

    let mut written = entries_in(&data).await;
    written.retain(|entry| entry.kind == "affirmation");
    let [own] = written.as_slice() else { panic!("one entry of the lead's own: {written:?}") };
    database.sql(&format!("DELETE FROM {TABLE} WHERE kind = 'blob'"));
    named(&lead, &lead.exchange().await.expect("exchanged"), own, "all sealed rows deleted").await;
    in_order(&journey.cabinet.exchange().await.expect("exchanged"), "given again");
    journey.cabinet.finish_work().await;
}
