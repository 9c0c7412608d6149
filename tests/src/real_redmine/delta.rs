//! A later sync brings what was edited, also while it ran.
use serde_json::json;

use super::desk::desk;
use super::equal::equals_the_server;
use super::server::Redmine;

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
    let during: Vec<u32> = ids.iter().skip(1).step_by(2).copied().take(5).collect();
    proxy.clear();
    let (synced, ()) = tokio::join!(journey.cabinet.sync_now(), async {
        proxy.arrival("GET", "/issues.json", 1).await;
        let (server, five) = (server.clone(), during.clone());
        let editing = tokio::task::spawn_blocking(move || {
            for id in five {
                server.edit("alice", id, &json!({"notes": "while the list was read"}));
            }
        });
        editing.await.expect("edited");
    });
    let report = synced.expect("a delta");
    assert!(report.changed >= 45, "{report:?}");
    journey.cabinet.sync_now().await.expect("what was edited meanwhile");
    assert_eq!(equals_the_server(&server, &journey.data_dir(), &project, true).await, 100);
}
