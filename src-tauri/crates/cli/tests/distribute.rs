//! The program as it is built, handing out what a meeting sealed: into a folder with the draft of a mail, and extracts by
//! a list of changes. What it writes is read by Python's `email` and `csv`.
// The compiler lays a use case out down to the store's innermost future, in one query when nothing is incremental.
#![recursion_limit = "256"]

mod desk;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use board::requests::OfMeeting;
use board::views::{Basis, DecideRequest, DecisionKind};
use serde_json::{Value, json};

use desk::{CHAIR, Cab, in_session, now, number, open_changes, pin, sample_desk};

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

/// A closed meeting that rejected many changes, which needs no sign-off, and one change that it skipped.
async fn closed(server: &sample::Running, data: &Path) -> (Vec<String>, String) {
    let cabinet = sample_desk(server, data).await;
    let changes: Vec<String> = open_changes(&cabinet).await.into_iter().map(|row| row.key).collect();
    let (skipped, changes) = changes.split_first().expect("the sample has changes");
    // Some more than are needed: where too many of the board have a part in a change, there is no quorum.
    let called: Vec<String> = changes.iter().take(MANY + 15).cloned().collect();
    for change in &called {
        server.edit(number(change), |issue| issue.subject = TITLE.to_owned()).expect("renamed");
    }
    cabinet.sync_now().await.expect("synced");
    let (meeting, _) = in_session(&cabinet, MEETING, &called).await;
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
            decided.push(change);
        }
    }
    assert_eq!(decided.len(), MANY, "so many changes of the sample can be rejected");
    cabinet.close_meeting(OfMeeting { meeting }).await.expect("closed");
    cabinet.finish_work().await;
    (decided, skipped.clone())
}

impl Cab {
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
    let cab = Cab::within(folder.path());
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

    cab.done("minutes seal", &[], Some(pin(CHAIR)));
    let to = handed_out(&cab, MANY);
    let mail = names(&to).into_iter().find(|name| name.ends_with(".eml")).expect("a mail");
    many_extracts(&cab, &keys);
    some_lack(&cab, &keys[0], &skipped, &to.join(&mail));

    let again = cab.done("minutes distribute", &["--to", to.to_str().expect("a path")], None);
    assert_eq!((&again["minutes"]["already"], &again["mail"]["already"]), (&json!(true), &json!(true)), "{again}");
    let address = "mail=ingrid.solheim@ostwind.example";
    cab.done("member change", &[CHAIR, "--account", address], Some(pin(CHAIR)));
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
