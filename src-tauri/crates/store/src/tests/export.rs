//! Export.
use std::fs;

use super::support::*;
use domain::change::{Account, Journal, RawText, TextFormat};
use domain::ids::Digest;

use crate::{ProjectionRow, StoreError, SyncedChange, csv_cell, csv_line};

fn details_digest() -> Digest {
    Digest::of(b"details")
}

fn journal(remote_id: &str, private: bool) -> Journal {
    Journal {
        remote_id: remote_id.to_owned(),
        author: Account { id: "5".to_owned(), name: "Rosa Quist".to_owned() },
        at: at(9),
        notes: RawText { format: TextFormat::Plain, text: "A word".to_owned() },
        details: Vec::new(),
        private,
        own: false,
    }
}

#[test]
fn what_a_spreadsheet_would_run_becomes_text() {
    for (cell, written) in [
        ("plain", "plain"),
        ("", ""),
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "\"'\r=1\""),
        ("a,b", "\"a,b\""),
        ("say \"no\"", "\"say \"\"no\"\"\""),
        ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
        ("two\nlines", "\"two\nlines\""),
        (" =1", "\" =1\""),
    ] {
        assert_eq!(csv_cell(cell), written, "{cell:?}");
    }
    assert_eq!(csv_line(&["a", "b,c"]), "a,\"b,c\"\r\n");
}

#[tokio::test]
async fn everything_comes_out_in_files_other_programs_read() {
    let (dir, store) = new_store().await;
    with_changes(&store, 2).await;
    let entry = append_one(&store, log(1), "one").await.unwrap();
    let mut append = store.begin_immediate().await.unwrap();
    let mut noted = change(2, "Change 2");
    noted.journals = vec![journal("1", false), journal("2", true)];
    append.put_change(&SyncedChange { details: Some(details_digest()), ..listed(noted) }, at(1)).await.unwrap();
    append.put_index(&[index_row(1, "=cmd|' /C calc'!A0"), index_row(2, "Plain, with a comma")]).await.unwrap();
    append
        .project(&[ProjectionRow { noun: "meeting".into(), id: "a".into(), json: Some("{\"n\":1}".into()) }])
        .await
        .unwrap();
    let blob = append.put_blob("agenda", b"agenda").await.unwrap();
    append.put_roster(1, b"{\"version\":1}").await.unwrap();
    let policy = append.put_policy(b"{}", Some(b"# toml")).await.unwrap();
    append.commit().await.unwrap();

    let to = dir.path().join("export");
    let report = store.export_all(&to).await.unwrap();
    assert_eq!((report.changes, report.entries, report.blobs, report.blobs_lost), (2, 1, 1, 0));
    let csv = fs::read_to_string(to.join("changes.csv")).unwrap();
    let lines: Vec<_> = csv.split("\r\n").collect();
    assert!(lines[0].starts_with("key,title,kind,"));
    assert!(lines[1].starts_with("CHG-1,'=cmd"), "{}", lines[1]);
    assert!(lines[2].starts_with("CHG-2,\"Plain, with a comma\","), "{}", lines[2]);
    let json = fs::read_to_string(to.join("changes.jsonl")).unwrap();
    let first: domain::change::ChangeRequest = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(first, change(1, "Change 1"));
    let second: domain::change::ChangeRequest = serde_json::from_str(json.lines().nth(1).unwrap()).unwrap();
    assert_eq!(second.journals, [journal("1", false)], "private journals stay");
    let projection = fs::read_to_string(to.join("projection.jsonl")).unwrap();
    assert_eq!(projection, "{\"noun\":\"meeting\",\"id\":\"a\",\"row\":{\"n\":1}}\n");
    let out = crate::Folder::new(&to);
    assert_eq!(fs::read(out.entry(log(1), 1)).unwrap(), entry.envelope);
    assert_eq!(fs::read(out.blob(blob)).unwrap(), b"agenda");
    assert_eq!(fs::read(to.join("rosters/1.json")).unwrap(), b"{\"version\":1}");
    assert_eq!(fs::read(to.join(format!("policies/{policy}.toml"))).unwrap(), b"# toml");
    assert!(matches!(store.export_all(&to).await, Err(StoreError::NotEmpty { .. })), "nothing is overwritten");
}
