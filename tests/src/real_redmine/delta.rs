//! A later sync brings what was edited, also while it ran.
use serde_json::json;
use ticketing::testing::{Fault, Rule};

use super::desk::desk;
use super::equal::equals_the_server;
use super::server::Redmine;

/// The part of a target that pages of the list have in common, and what is asked by number does not have.
const PAGES: &str = "limit=100&sort=";

#[tokio::test(flavor = "multi_thread")]
async fn a_delta_after_fifty_scattered_edits_equals_the_server_again() {
    let server = Redmine::given();
    let project = server.project();
    let first = server.ticket(&project, "The first", "Authorize");
    let ids = server.copies(first, 99);
    let proxy = server.proxy().await;
    let journey = desk(server.clone(), &proxy.url(), &project).await;
    assert_eq!(equals_the_server(&server, &journey.data_dir(), &project, true).await, 100);

    let field = server.fields()["Plan: Testing"];
    let scattered: Vec<u32> = ids.iter().step_by(2).copied().take(45).collect();
    for (n, id) in scattered.iter().enumerate() {
        let edit = match n % 3 {
            0 => json!({"notes": format!("edit {n}")}),
            1 => json!({"subject": format!("Edited {n}")}),
            _ => json!({"custom_fields": [{"id": field, "value": format!("Edited {n}\nagain")}]}),
        };
        server.edit("alice", *id, &edit);
    }
    let ten = scattered[..10].iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    server.sql(&format!("update issues set updated_on = (select max(updated_on) from issues) where id in ({ten})"));
    // Between two pages: one that was read already, one that is still to come, and three that nobody had edited.
    let quiet = ids.iter().skip(1).step_by(2).copied().take(3);
    let during: Vec<u32> = [scattered[10], scattered[40]].into_iter().chain(quiet).collect();
    proxy.clear();
    proxy.rule(Rule::always("GET", PAGES, Fault::Rewrite { from: "limit=100".into(), to: "limit=10".into() }));
    let held = proxy.hold(PAGES, 1);
    let (synced, ()) = tokio::join!(journey.cabinet.sync_now(), async {
        proxy.arrival("GET", PAGES, 2).await;
        let (server, five) = (server.clone(), during.clone());
        let editing = tokio::task::spawn_blocking(move || {
            for id in five {
                server.edit("alice", id, &json!({"notes": "between two pages"}));
            }
        });
        editing.await.expect("edited");
        assert_eq!(proxy.count("GET", PAGES), 2, "the second page waited for the edits: {:?}", proxy.log());
        drop(held);
    });
    let report = synced.expect("a delta");
    let pages = proxy.count("GET", PAGES);
    assert!(pages >= 5, "48 rows and more by ten, but {pages} pages: {:?}", proxy.log());
    assert!(report.changed >= 48, "45 that were edited before and 3 only between two pages: {report:?}");
    assert_eq!(equals_the_server(&server, &journey.data_dir(), &project, true).await, 100, "by that one delta");
}
