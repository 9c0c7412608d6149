//! The program as it is built, handing out what a meeting sealed: into a folder with the draft of a mail, and extracts by
//! a list of changes. What it writes is read by Python's `email` and `csv`.
// The compiler lays a use case out down to the store's innermost future, in one query when nothing is incremental.
#![recursion_limit = "256"]

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use board::requests::{AttendanceRequest, MeetingChangeRequest, OfMeeting};
use board::views::{
    Basis, ChangeColumn, ChangesQuery, ChangesQuerySort, ChangesQueryView, CreateMeetingRequest, DecideRequest,
    DecisionKind,
};
use board::{Cabinet, Network, Options, SampleBoard, SampleMember, Silent, VaultChoice};
use serde_json::{Value, json};

const CHAIR: &str = "Ingrid Solheim";
/// So many extracts are asked for at once.
const MANY: usize = 25;
/// A title that would like to be a header.
const MEETING: &str = "Änderungsbeirat\r\nBcc: eve@evil.example\r\n\r\n=?utf-8?q?CAB?=";
/// A title that would like to be a formula.
const TITLE: &str = "=HYPERLINK(\"https://evil.example\";\"Öffnen\"), now";

/// Reads a mail and a table as others do.
const READS: &str = "\
import sys, json, csv, email, email.policy, hashlib
m = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)
raw = open(sys.argv[1], 'rb').read()
table = list(csv.DictReader(open(sys.argv[2], encoding='utf-8', newline=''))) if len(sys.argv) > 2 else []
print(json.dumps({
    'headers': m.keys(), 'unsent': m['X-Unsent'], 'subject': m['Subject'],
    'to': [a.addr_spec for a in m['To'].addresses], 'body': m.get_body().get_content(),
    'defects': [str(d) for p in m.walk() for d in p.defects],
    'long': max(len(line) for line in raw.split(b'\\r\\n')), 'bare': raw.replace(b'\\r\\n', b'').count(b'\\n'),
    'attached': [[p.get_content_type(), p.get_filename(), hashlib.sha256(p.get_content()).hexdigest()]
                 for p in m.iter_attachments()], 'table': table}))
";

#[expect(clippy::disallowed_methods, reason = "tests are hosts")]
fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}

fn sample_board(server: &sample::Running) -> SampleBoard {
    let members = sample::board::MEMBERS.iter().map(|m| SampleMember {
        name: m.name.to_owned(),
        role: m.role.to_owned(),
        account: m.account.to_owned(),
        pin: m.pin.to_owned(),
    });
    SampleBoard {
        name: sample::board::NAME.to_owned(),
        members: members.collect(),
        url: server.url().to_owned(),
        api_key: server.api_key().to_owned(),
        project: sample::board::PROJECT.to_owned(),
        prefix: sample::board::PREFIX.to_owned(),
    }
}

fn chairs_pin() -> Option<&'static str> {
    sample::board::MEMBERS.iter().find(|m| m.name == CHAIR).map(|m| m.pin)
}

/// Open changes of the sample, by key.
async fn open_changes(cabinet: &Cabinet) -> Vec<String> {
    let query = ChangesQuery {
        text: String::new(),
        kinds: Vec::new(),
        levels: Vec::new(),
        view: ChangesQueryView::Open,
        sort: ChangesQuerySort { column: ChangeColumn::Key, descending: false },
        offset: 0,
        limit: 200,
    };
    cabinet.list_changes(query).await.expect("a list").rows.into_iter().map(|row| row.key).collect()
}

/// A closed meeting that rejected many changes, which needs no sign-off, and one change that it skipped.
async fn closed(server: &sample::Running, data: &Path) -> (Vec<String>, String) {
    let options = Options {
        network: Network::default(),
        data_dir: data.to_owned(),
        evidence_folder: None,
        calendar_file: None,
        vault: VaultChoice::Sample,
        clock: Arc::new(now),
        events: Arc::new(Silent),
    };
    let cabinet = Cabinet::open(options).await.expect("the desk opens");
    cabinet.open_sample(sample_board(server)).await.expect("the sample board is made and read");
    let changes = open_changes(&cabinet).await;
    let (skipped, changes) = changes.split_first().expect("the sample has changes");
    // Some more than are needed: where too many of the board have a part in a change, there is no quorum.
    let called: Vec<&String> = changes.iter().take(MANY + 15).collect();
    for change in &called {
        let number = change.rsplit('-').next().and_then(|n| n.parse::<u32>().ok()).expect("a number");
        server.edit(number, |issue| issue.subject = TITLE.to_owned()).expect("renamed");
    }
    cabinet.sync_now().await.expect("synced");
    let request = CreateMeetingRequest {
        title: MEETING.to_owned(),
        starts_at: now().to_rfc3339(),
        zone: "Europe/Berlin".to_owned(),
        place: String::new(),
    };
    let meeting = cabinet.create_meeting(request).await.expect("a meeting").id;
    for change in &called {
        let item = MeetingChangeRequest { meeting: meeting.clone(), change: (*change).clone() };
        cabinet.add_agenda_item(item).await.expect("an item");
    }
    let session = cabinet.call_to_order(OfMeeting { meeting: meeting.clone() }).await.expect("in session");
    for seat in session.seats {
        let request = AttendanceRequest { meeting: meeting.clone(), member: seat.member.id, present: true };
        cabinet.set_attendance(request).await.expect("present");
    }
    let mut decided = Vec::new();
    for (item, change) in (1_usize..).zip(called) {
        let decide = DecideRequest {
            meeting: meeting.clone(),
            item: item.to_string(),
            kind: DecisionKind::Rejected,
            basis: Basis::ChairRuling,
            rationale: "The window is too short.".to_owned(),
            conditions: Vec::new(),
            deferred_to: None,
        };
        if decided.len() < MANY && cabinet.decide(decide).await.is_ok() {
            decided.push(change.clone());
        }
    }
    assert_eq!(decided.len(), MANY, "so many changes of the sample can be rejected");
    cabinet.close_meeting(OfMeeting { meeting }).await.expect("closed");
    cabinet.finish_work().await;
    (decided, skipped.clone())
}

/// `cab` on a data folder.
struct Cab {
    home: PathBuf,
    data: PathBuf,
}

impl Cab {
    /// Runs a verb; a PIN goes in by standard input.
    fn run(&self, verb: &str, arguments: &[&str], pin: Option<&str>) -> (Option<i32>, Value) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cab"));
        command.args(verb.split(' ')).args(arguments);
        command.args(["--json", "--vault", "sample", "--data-dir"]).arg(&self.data);
        if pin.is_some() {
            command.args(["--pin-fd", "0"]);
        }
        for variable in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"] {
            command.env(variable, &self.home);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("cab starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        writeln!(stdin, "{}", pin.unwrap_or_default()).ok();
        drop(stdin);
        let output = child.wait_with_output().expect("cab ends");
        let said = serde_json::from_slice(&output.stdout).unwrap_or_else(|why| {
            panic!("{verb} {arguments:?}: {why}: {}", String::from_utf8_lossy(&output.stderr));
        });
        (output.status.code(), said)
    }

    fn done(&self, verb: &str, arguments: &[&str], pin: Option<&str>) -> Value {
        let (exit, said) = self.run(verb, arguments, pin);
        assert_eq!(exit, Some(0), "cab {verb} {arguments:?}: {said}");
        said["result"].clone()
    }

    /// The verb is refused with this number and, by a rule, this code.
    fn refused(&self, verb: &str, arguments: &[&str], number: i32, code: Option<&str>) -> Value {
        let (exit, said) = self.run(verb, arguments, None);
        let detail = said["refusal"]["detail"].clone();
        assert_eq!((exit, detail["code"].as_str()), (Some(number), code), "cab {verb} {arguments:?}: {said}");
        detail
    }

    /// A folder to hand out to, and its name.
    fn folder(&self, name: &str) -> (PathBuf, String) {
        let path = self.home.join(name);
        let text = path.to_str().expect("a path in plain letters").to_owned();
        (path, text)
    }

    /// Sealed files in the data folder, by digest.
    fn sealed(&self) -> BTreeSet<String> {
        let files = std::fs::read_dir(self.data.join("minutes")).expect("sealed files");
        files.map(|file| sha256(&file.expect("a file").path())).collect()
    }
}

fn sha256(path: &Path) -> String {
    let told = Command::new("sha256sum").arg(path).output().expect("sha256sum runs");
    String::from_utf8_lossy(&told.stdout).split(' ').next().unwrap_or_default().to_owned()
}

fn names(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// What Python reads in a mail, and in a table if there is one.
fn read(mail: &Path, table: Option<&Path>) -> Value {
    let done = Command::new("python3").args(["-c", READS]).arg(mail).args(table).output().expect("python3 runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).expect("python3 tells what it read")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// Minutes and extracts lie in the folder as they were sealed, and the mail has the minutes.
fn handed_out(cab: &Cab, extracts: usize) -> PathBuf {
    let (to, folder) = cab.folder("out");
    let handed = cab.done("minutes distribute", &["--to", &folder], None);
    assert_eq!(handed["extracts"].as_array().map(Vec::len), Some(extracts), "{handed}");
    assert_eq!(names(&to).len(), extracts + 2, "the minutes, the extracts, the mail and nothing else");
    let mail = to.join(text(&handed["mail"]["file"]));
    let sealed = cab.sealed();
    for file in handed["extracts"].as_array().into_iter().flatten().chain([&handed["minutes"]]) {
        assert_eq!(sha256(&to.join(text(&file["file"]))), file["sha256"]);
        assert!(sealed.contains(text(&file["sha256"])), "as it was sealed: {file}");
    }
    let (name, digest) = (&handed["minutes"]["file"], &handed["minutes"]["sha256"]);
    assert!(text(name).ends_with("-minutes-änderungsbeirat-u-000d-bcc-eve-evil-example-u-000d-u-000d-u.pdf"), "{name}");
    cab.done("minutes verify", &[to.join(text(name)).to_str().expect("a path")], None);

    let found = read(&mail, None);
    let headers = ["MIME-Version", "X-Unsent", "Date", "To", "Subject", "Content-Type"];
    assert_eq!((&found["headers"], &found["unsent"]), (&json!(headers), &json!("1")), "no title adds a header");
    assert_eq!((&found["defects"], &found["bare"]), (&json!([]), &json!(0)), "CR LF ends every line");
    assert!(found["long"].as_u64().is_some_and(|n| n <= 76), "{}", found["long"]);
    assert_eq!(found["to"], json!([]), "the roster has no address");
    let subject = text(&found["subject"]);
    assert!(subject.starts_with("Minutes of ") && subject.contains("Änderungsbeirat"), "{subject}");
    assert!(subject.contains("=?utf-8?q?CAB?=") && !subject.contains(['\r', '\n']), "as it is, on one line: {subject}");
    assert!(text(&found["body"]).contains(text(digest)), "{}", found["body"]);
    assert_eq!(found["attached"], json!([["application/pdf", name, digest]]));
    to
}

/// Each extract is one change's, and the index tells of each.
fn many_extracts(cab: &Cab, keys: &[String]) {
    let (to, folder) = cab.folder("extracts");
    let (list, from) = cab.folder("keys.txt");
    let (first, rest) = keys.split_at(10);
    std::fs::write(&list, rest.join("\n").to_lowercase() + "\r\n\n" + &first[0]).expect("written");
    let mut arguments: Vec<&str> = first.iter().map(String::as_str).collect();
    arguments.extend(["--keys-from", from.as_str(), "--to", folder.as_str()]);
    let collected = cab.done("minutes extracts", &arguments, None);
    let rows = collected["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), MANY, "each change once: {collected}");
    assert_eq!(names(&to).len(), MANY + 2, "the extracts and the index as both");
    for (key, row) in keys.iter().zip(rows) {
        let (file, reason) = (to.join(text(&row["file"])), &row["reason"]);
        assert_eq!((&row["key"], &row["decision"], reason), (&json!(key), &json!("rejected"), &Value::Null));
        assert_eq!(sha256(&file), row["sha256"]);
        let pdf = std::fs::read(&file).expect("readable");
        let evidence = board::evidence_inside(&pdf).expect("it carries its evidence");
        let evidence: Value = serde_json::from_slice(&evidence).expect("JSON");
        assert_eq!(evidence["scope"]["change"], json!(key), "one change's and no other's");
    }
    assert_eq!(rows[0]["title"], TITLE);
    let index: Value =
        serde_json::from_slice(&std::fs::read(to.join("index.json")).expect("an index")).expect("it is JSON");
    assert_eq!(index["rows"], collected["rows"]);
}

/// What there is none of is named with the reason, and takes nothing from the others.
fn some_lack(cab: &Cab, key: &str, skipped: &str, mail: &Path) {
    let (to, folder) = cab.folder("some");
    let asked = [key, "CHG-999999", skipped, "=1+1", key, "--to", folder.as_str()];
    let told = cab.refused("minutes extracts", &asked, 3, None);
    let rows = told["rows"].as_array().expect("rows");
    let reasons: Vec<&Value> = rows.iter().map(|row| &row["reason"]).collect();
    assert_eq!(json!(reasons), json!([null, "unknown_change", "no_decision", "unknown_change"]));
    let file = text(&rows[0]["file"]);
    assert_eq!(names(&to), [file, "index.csv", "index.json"]);
    let table = &read(mail, Some(&to.join("index.csv")))["table"];
    assert_eq!(table.as_array().map(Vec::len), Some(4), "a row each, whatever stands in it: {table}");
    assert_eq!(table[0]["title"], format!("'{TITLE}"), "a spreadsheet shows it and does not run it");
    assert_eq!((&table[0]["file"], &table[0]["sha256"]), (&rows[0]["file"], &rows[0]["sha256"]));
    assert_eq!((&table[3]["key"], &table[3]["reason"]), (&json!("'=1+1"), &json!("unknown_change")));
    assert!(!text(&table[2]["why"]).is_empty(), "{table}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_meeting_sealed_is_handed_out_with_a_mail_and_by_a_list_of_changes() {
    let server = sample::serve(sample::Options::at(now())).await.expect("the sample server starts");
    let folder = tempfile::tempdir().expect("a folder");
    let cab = Cab { home: folder.path().to_owned(), data: folder.path().join("data") };
    let (keys, skipped) = closed(&server, &cab.data).await;
    let (early, early_folder) = cab.folder("early");
    cab.refused("minutes distribute", &["--to", &early_folder], 1, Some("not_sealed"));
    assert!(!early.exists(), "a draft is handed out as one alone");
    let told = cab.refused("minutes extracts", &[&keys[0], "--to", &early_folder], 3, None);
    assert_eq!(told["rows"][0]["reason"], "not_sealed", "{told}");

    let (draft, draft_folder) = cab.folder("draft");
    let drafted = cab.done("minutes distribute", &["--draft", "--to", &draft_folder], None);
    assert_eq!(names(&draft).len(), 2, "the draft, which the close composed, and the mail");
    let found = read(&draft.join(text(&drafted["mail"]["file"])), None);
    assert!(text(&found["subject"]).starts_with("Draft minutes of "), "{found}");
    assert!(text(&found["body"]).contains("Corrections are taken until the chair seals the minutes."), "{found}");
    assert_eq!(found["attached"][0][1], drafted["minutes"]["file"]);

    cab.done("minutes seal", &[], chairs_pin());
    let to = handed_out(&cab, MANY);
    let mail = names(&to).into_iter().find(|name| name.ends_with(".eml")).expect("a mail");
    many_extracts(&cab, &keys);
    some_lack(&cab, &keys[0], &skipped, &to.join(&mail));

    let again = cab.done("minutes distribute", &["--to", to.to_str().expect("a path")], None);
    assert_eq!((&again["minutes"]["already"], &again["mail"]["already"]), (&json!(true), &json!(true)), "{again}");
    let address = "mail=ingrid.solheim@ostwind.example";
    cab.done("member change", &[CHAIR, "--account", address], chairs_pin());
    let before = std::fs::read(to.join(&mail)).expect("a mail");
    cab.refused("minutes distribute", &["--to", to.to_str().expect("a path")], 1, Some("file_there"));
    assert_eq!(std::fs::read(to.join(&mail)).expect("a mail"), before, "nothing is written over");
    let (addressed, addressed_folder) = cab.folder("addressed");
    let handed = cab.done("minutes distribute", &["--to", &addressed_folder], None);
    let found = read(&addressed.join(text(&handed["mail"]["file"])), None);
    assert_eq!((&found["to"], &found["defects"]), (&json!(["ingrid.solheim@ostwind.example"]), &json!([])));

    let extract = std::fs::read_dir(cab.data.join("minutes"))
        .expect("sealed files")
        .map(|file| file.expect("a file").path())
        .find(|path| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(&format!("{}-", keys[1]))))
        .expect("the extract of the second change");
    std::fs::write(&extract, b"%PDF-1.7").expect("damaged");
    let (_, damaged) = cab.folder("damaged");
    let told = cab.refused("minutes extracts", &[&keys[0], &keys[1], "--to", &damaged], 7, None);
    assert_eq!((&told["rows"][0]["reason"], &told["rows"][1]["reason"]), (&Value::Null, &json!("damaged")));
    cab.refused("minutes distribute", &["--to", &damaged], 7, Some("digest"));
    server.stop().await;
}
