//! Lists that lose nothing: pages, bulk edits, edits between pages, clocks.
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use chrono::{Duration, Utc};
use serde_json::json;

use super::memory::Memory;
use super::server::Server;
use crate::testing::{Fault, Rule};
use crate::{Run, TicketingError};

/// The proxy asks the server for smaller pages than the adapter does.
fn page_of(rows: u32) -> Rule {
    Rule::always("GET", "limit=100", Fault::Rewrite { from: "limit=100".into(), to: format!("limit={rows}") })
}

#[tokio::test]
async fn c01_an_empty_project_is_one_request_and_no_row() {
    let server = Server::given();
    let proxy = server.proxy().await;
    let desk = server.desk_behind(&proxy, &server.project().await).await;
    let store = Memory::new();
    let report = desk.sync(&store).await.expect("a sync");
    assert_eq!((report.rows, report.pages), (0, 1));
    assert_eq!(proxy.log().len(), 1, "{:?}", proxy.log());
    assert!(store.inner.lock().unwrap().cursor.is_none());
}

#[tokio::test]
async fn c03_c04_any_page_size_and_an_exact_multiple_bring_every_row_once() {
    let server = Server::given();
    let project = server.project().await;
    let ids = server.create_many(&project, 20).await;
    let proxy = server.proxy().await;
    let desk = server.desk_behind(&proxy, &project).await;
    for rows in [1, 5, 19, 20, 21, 1000] {
        proxy.clear();
        proxy.rule(page_of(rows));
        let store = Memory::list_only();
        desk.sync(&store).await.unwrap_or_else(|e| panic!("pages of {rows}: {e}"));
        assert_eq!(store.ids(), ids, "pages of {rows}");
    }
}

#[tokio::test]
async fn c05_a_bulk_edit_of_one_second_that_fills_pages_loses_nothing() {
    let server = Server::given();
    let project = server.project().await;
    let ids = server.create_many(&project, 16).await;
    let all = ids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    let proxy = server.proxy().await;
    let desk = server.desk_behind(&proxy, &project).await;
    // As Redmine's own bulk edit leaves it; then with fractions in an order against the ids; then mixed.
    for times in [
        "'2026-03-04 05:06:07'".to_owned(),
        "'2026-03-04 05:06:07.' || (999999 - id)".to_owned(),
        "case id % 2 when 0 then '2026-03-04 05:06:07' else '2026-03-04 05:06:08.5' end".to_owned(),
    ] {
        server.sql(&format!("update issues set updated_on = {times} where id in ({all})"));
        for rows in [5, 8] {
            proxy.clear();
            proxy.rule(page_of(rows));
            let store = Memory::list_only();
            desk.sync(&store).await.unwrap_or_else(|e| panic!("{times}, pages of {rows}: {e}"));
            assert_eq!(store.ids(), ids, "{times}, pages of {rows}");
            // And a later edit is found from there.
            server.edit("alice", ids[3], json!({"subject": format!("{times} {rows}")})).await;
            desk.sync(&store).await.expect("a delta");
            assert_eq!(store.change(ids[3]).title, format!("{times} {rows}"));
            server.sql(&format!("update issues set updated_on = {times} where id = {}", ids[3]));
        }
    }
}

#[tokio::test]
async fn c06_c07_c08_edits_deletes_and_new_tickets_between_pages_lose_nothing() {
    let server = Server::given();
    let project = server.project().await;
    let ids = server.create_many(&project, 18).await;
    let proxy = server.proxy().await;
    let desk = server.desk_behind(&proxy, &project).await;
    proxy.rule(page_of(5));
    let made = Arc::new(Mutex::new(Vec::new()));
    let mut store = Memory::list_only();
    let (other, targets, new, name) = (server.clone(), ids.clone(), Arc::clone(&made), project.clone());
    store.after_commit = Some(Box::new(move |commit| {
        let (server, ids, made, project) = (other.clone(), targets.clone(), Arc::clone(&new), name.clone());
        Box::pin(async move {
            if commit == 1 {
                // Read rows move to the end, a read row goes (which shifts offsets), an unread one too, a new one comes.
                for id in &ids[0..3] {
                    server.edit("alice", *id, json!({"subject": "Touched between pages"})).await;
                }
                server.delete(ids[4]).await;
                server.delete(ids[12]).await;
                let id = server.create(&project, json!({"subject": "Made between pages"})).await;
                made.lock().unwrap().push(id);
            }
        })
    }));
    desk.sync(&store).await.expect("a sync");
    let expected: BTreeSet<u32> =
        ids.iter().copied().filter(|id| *id != ids[12]).chain(made.lock().unwrap().iter().copied()).collect();
    assert_eq!(
        store.ids().into_iter().collect::<BTreeSet<_>>(),
        expected,
        "only what was deleted before it was read is absent"
    );
    for id in &ids[0..3] {
        assert_eq!(store.change(*id).title, "Touched between pages");
    }
}

#[tokio::test]
async fn c09_a_run_cut_off_between_pages_goes_on_without_reading_committed_pages_again() {
    let server = Server::given();
    let project = server.project().await;
    let ids = server.create_many(&project, 20).await;
    let proxy = server.proxy().await;
    let desk = server.desk_behind(&proxy, &project).await;
    proxy.rule(page_of(5));
    let mut store = Memory::list_only();
    let cancel = desk.run.cancel.clone();
    store.after_commit = Some(Box::new(move |commit| {
        let cancel = cancel.clone();
        Box::pin(async move {
            if commit == 2 {
                cancel.cancel();
            }
        })
    }));
    let ended = desk.sync(&store).await;
    assert!(matches!(ended, Err(TicketingError::Cancelled)), "{ended:?}");
    let before = store.ids().len();
    assert!((6..20).contains(&before), "{before}");
    store.after_commit = None;
    let again = server.desk_behind(&proxy, &project).await;
    proxy.rule(page_of(5));
    let report = again.sync(&store).await.expect("the rest");
    assert_eq!(store.ids(), ids);
    assert!(report.rows as usize <= 20 - before + 8, "{} rows read again after {before}: {report:?}", report.rows);
}

#[tokio::test]
async fn c10_a_run_without_changes_is_one_request() {
    let server = Server::given();
    let project = server.project().await;
    server.create_many(&project, 6).await;
    let proxy = server.proxy().await;
    let desk = server.desk_behind(&proxy, &project).await;
    let store = Memory::new();
    desk.sync(&store).await.expect("a sync");
    for _ in 0..2 {
        let before = proxy.log().len();
        let report = desk.sync(&store).await.expect("a sync");
        assert_eq!((report.changed, report.details), (0, 0));
        assert_eq!(proxy.log().len() - before, 1, "{:?}", &proxy.log()[before..]);
    }
}

#[tokio::test]
async fn c11_c80_a_delta_reads_what_changed_and_little_else() {
    let server = Server::given();
    let project = server.project().await;
    let ids = server.create_many(&project, 30).await;
    let proxy = server.proxy().await;
    let desk = server.desk_behind(&proxy, &project).await;
    let store = Memory::new();
    desk.sync(&store).await.expect("a sync");
    for id in ids.iter().step_by(3) {
        server.edit("alice", *id, json!({"notes": "a word"})).await;
    }
    let before = proxy.log().len();
    let report = desk.sync(&store).await.expect("a delta");
    assert_eq!((report.changed, report.details), (10, 10));
    assert!(proxy.log().len() - before <= 12, "{:?}", &proxy.log()[before..]);
}

#[tokio::test]
async fn c12_a_row_that_reaches_the_boundary_second_after_it_was_read_is_found() {
    let server = Server::given();
    let project = server.project().await;
    let ids = server.create_many(&project, 4).await;
    let all = ids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    server.sql(&format!("update issues set updated_on = '2026-03-04 05:06:07.1' where id in ({all})"));
    let desk = server.desk(&project).await;
    let store = Memory::list_only();
    desk.sync(&store).await.expect("a sync");
    // Two more edits inside the very second of the mark, one of them to the row with the lowest id.
    server.sql(&format!(
        "update issues set subject = 'Late', updated_on = '2026-03-04 05:06:07.9' where id in ({}, {})",
        ids[0], ids[2]
    ));
    desk.sync(&store).await.expect("a delta");
    assert_eq!(store.change(ids[0]).title, "Late");
    assert_eq!(store.change(ids[2]).title, "Late");
}

#[tokio::test]
async fn c12_a_comment_in_the_second_whose_details_were_read_is_found_and_then_the_run_is_one_request_again() {
    let server = Server::given();
    let project = server.project().await;
    let ids = server.create_many(&project, 3).await;
    // A row just edited, and read at once.
    let second = "strftime('%Y-%m-%d %H:%M:%S', 'now')";
    server.sql(&format!("update issues set updated_on = {second} || '.1' where id = {}", ids[1]));
    let proxy = server.proxy().await;
    let mut desk = server.desk_behind(&proxy, &project).await;
    let store = Memory::new();
    desk.sync(&store).await.expect("a sync");
    // A comment within the same second: nothing in the list's row tells of it.
    server.sql(&format!(
        "insert into journals (journalized_id, journalized_type, user_id, notes, created_on, private_notes) \
         values ({0}, 'Issue', 5, 'a moment later', datetime('now'), 0); \
         update issues set updated_on = substr(updated_on, 1, 19) || '.9' where id = {0}",
        ids[1]
    ));
    desk.run = Run::new(|| Utc::now() + Duration::seconds(5), || 1000);
    let report = desk.sync(&store).await.expect("a delta");
    assert_eq!(report.changed, 0, "{report:?}");
    assert!(store.change(ids[1]).journals.iter().any(|j| j.notes.text == "a moment later"));
    let before = proxy.log().len();
    desk.sync(&store).await.expect("a delta");
    assert_eq!(proxy.log().len() - before, 1, "settled: {:?}", &proxy.log()[before..]);
}

#[tokio::test]
async fn c13_accounts_in_other_zones_see_the_same_delta() {
    let server = Server::given();
    let project = server.project().await;
    let ids = server.create_many(&project, 5).await;
    // The desk's account lives in Berlin, alice in New York; the server stores UTC.
    for who in ["svc", "alice", "reader"] {
        let desk = server.desk_at(&server.url, who, &project).await;
        let store = Memory::list_only();
        desk.sync(&store).await.expect("a sync");
        assert_eq!(store.ids(), ids, "{who}");
        server.edit("alice", ids[2], json!({"subject": format!("Seen by {who}")})).await;
        let report = desk.sync(&store).await.expect("a delta");
        assert_eq!(store.change(ids[2]).title, format!("Seen by {who}"));
        assert!(report.changed >= 1, "{who}: {report:?}");
    }
}

#[tokio::test]
async fn c14_a_clock_of_ours_that_is_days_off_loses_nothing() {
    let server = Server::given();
    let project = server.project().await;
    let ids = server.create_many(&project, 5).await;
    for days in [-2, 2] {
        let mut desk = server.desk(&project).await;
        desk.run = Run::new(move || Utc::now() + Duration::days(days), || 1000);
        let store = Memory::list_only();
        desk.sync(&store).await.expect("a sync");
        assert_eq!(store.ids(), ids);
        server.edit("alice", ids[1], json!({"subject": format!("{days} days")})).await;
        desk.sync(&store).await.expect("a delta");
        assert_eq!(store.change(ids[1]).title, format!("{days} days"));
    }
}

#[tokio::test]
async fn c15_a_row_updated_in_the_future_hides_no_edit() {
    let server = Server::given();
    let project = server.project().await;
    let ids = server.create_many(&project, 4).await;
    server.sql(&format!("update issues set updated_on = '2099-01-01 00:00:00' where id = {}", ids[3]));
    let desk = server.desk(&project).await;
    let store = Memory::list_only();
    desk.sync(&store).await.expect("a sync");
    server.edit("alice", ids[0], json!({"subject": "After the future"})).await;
    desk.sync(&store).await.expect("a delta");
    assert_eq!(store.change(ids[0]).title, "After the future");
}

#[tokio::test]
async fn c21_closed_tickets_are_included() {
    let server = Server::given();
    let project = server.project().await;
    let ids = server.create_many(&project, 3).await;
    server.sql(&format!("update issues set status_id = 7 where id = {}", ids[1]));
    let desk = server.desk(&project).await;
    let store = Memory::list_only();
    desk.sync(&store).await.expect("a sync");
    assert_eq!(store.ids(), ids);
    assert_eq!(store.change(ids[1]).status.name, "Closed");
}

#[tokio::test]
async fn c28_a_filter_that_the_server_ignores_ends_the_run() {
    let server = Server::given();
    let project = server.project().await;
    let ids = server.create_many(&project, 3).await;
    server.sql(&format!("update issues set updated_on = '2026-01-01 00:00:00' where id = {}", ids[2]));
    let proxy = server.proxy().await;
    let desk = server.desk_behind(&proxy, &project).await;
    let store = Memory::list_only();
    desk.sync(&store).await.expect("a sync");
    for (part, nonsense) in
        [("updated_on=", "updated_at="), ("project_id=", "projekt_id="), ("sort=updated_on", "sort=nothing")]
    {
        proxy.clear();
        proxy.rule(Rule::always("GET", "", Fault::Rewrite { from: part.into(), to: nonsense.into() }));
        if part != "updated_on=" {
            // From the beginning: only there rows of others, or an order that was not kept, can come.
            store.inner.lock().unwrap().cursor = None;
        }
        let ended = desk.sync(&store).await;
        assert!(matches!(ended, Err(TicketingError::Protocol { .. })), "{part}: {ended:?}");
    }
}
