//! What is read, and that nothing of it is changed on the way.
use chrono::Utc;
use domain::ids::Digest;
use serde_json::{Value, json};

use super::memory::Memory;
use super::server::Server;
use crate::{Position, TicketingSystem as _};

#[tokio::test]
async fn c22_more_than_a_hundred_comments_and_files_arrive() {
    let server = Server::given();
    let project = server.project().await;
    let id = server.create(&project, json!({})).await;
    let many = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 130)";
    server.sql(&format!(
        "{many} insert into journals (journalized_id, journalized_type, user_id, notes, created_on, private_notes) \
         select {id}, 'Issue', 5, 'comment ' || i, '2026-03-01 00:00:00', 0 from n"
    ));
    server.sql(&format!(
        "{many} insert into attachments (container_id, container_type, filename, disk_filename, filesize, content_type, \
         digest, downloads, author_id, created_on) select {id}, 'Issue', 'file-' || i, 'x', i, 'text/plain', '', 0, 5, \
         '2026-03-01 00:00:00' from n"
    ));
    let desk = server.desk(&project).await;
    let store = Memory::new();
    desk.sync(&store).await.expect("a sync");
    let change = store.change(id);
    assert_eq!((change.journals.len(), change.attachments.len()), (130, 130));
    let notes: Vec<&str> = change.journals.iter().map(|j| j.notes.text.as_str()).collect();
    assert_eq!((notes[0], notes[129]), ("comment 1", "comment 130"), "one second, kept in the order of ids");
}

#[tokio::test]
async fn c23_private_comments_are_known_as_private() {
    let server = Server::given();
    let project = server.project().await;
    let id = server.create(&project, json!({})).await;
    server.edit("admin", id, json!({"notes": "between us", "private_notes": true})).await;
    server.edit("alice", id, json!({"notes": "for all"})).await;
    let desk = server.desk(&project).await;
    let store = Memory::new();
    desk.sync(&store).await.expect("a sync");
    let journals = store.change(id).journals;
    let seen: Vec<(&str, bool)> = journals.iter().map(|j| (j.notes.text.as_str(), j.private)).collect();
    assert_eq!(seen, [("between us", true), ("for all", false)]);
}

#[tokio::test]
async fn c26_c27_text_in_any_script_and_hostile_markup_stays_what_it_is() {
    let server = Server::given();
    let project = server.project().await;
    let texts = [
        "Überprüfung 💶 – 年度決算, Ελλάδα, İstanbul, \u{202e}trof\u{202c} and a\u{200b}b",
        "line one\r\nline two\rline three\n\n\ttabbed",
        "<script>alert(1)</script><img src=x onerror=alert(1)><iframe src=//e></iframe>",
        "\"x\":javascript:alert(1) !http://t.example/p.gif! {{macro}} [[Wiki]] #1",
        "e\u{301} and \u{e9}",
    ];
    let desk = server.desk(&project).await;
    let store = Memory::new();
    let mut ids = Vec::new();
    for text in texts {
        let plan = json!([{"id": desk.field("plan.backout"), "value": text}]);
        ids.push(
            server
                .create(
                    &project,
                    json!({"description": text, "subject": format!("Text {}", ids.len()), "custom_fields": plan}),
                )
                .await,
        );
    }
    desk.sync(&store).await.expect("a sync");
    for (id, text) in ids.iter().zip(texts) {
        use unicode_normalization::UnicodeNormalization;
        let expected: String = text.replace("\r\n", "\n").replace('\r', "\n").nfc().collect();
        let change = store.change(*id);
        assert_eq!(change.description.text, expected);
        assert_eq!(change.plan[&domain::plan::PlanSection::Backout].text, expected);
    }
}

#[tokio::test]
async fn a_description_of_five_megabytes_arrives_and_the_run_goes_on() {
    let server = Server::given();
    let project = server.project().await;
    let ids = server.create_many(&project, 3).await;
    server.sql(&format!(
        "update issues set description = replace(hex(zeroblob(2621440)), '0', 'y') where id = {}",
        ids[1]
    ));
    let desk = server.desk(&project).await;
    let store = Memory::new();
    desk.sync(&store).await.expect("a sync");
    assert_eq!(store.change(ids[1]).description.text.len(), 5 << 20);
    assert!(store.change(ids[2]).details_synced);
}

#[tokio::test]
async fn c30_raw_bytes_are_those_of_the_wire() {
    let server = Server::given();
    let project = server.project().await;
    let id = server.create(&project, json!({"description": "a\r\n\"b\" \u{1f4b6} \\ / \u{7f}"})).await;
    let desk = server.desk(&project).await;
    let details = desk.system.details(&id.to_string(), Utc::now()).await.expect("details");
    let wire = server.bytes("svc", &format!("issues/{id}.json?include=journals,relations,attachments")).await;
    assert_eq!(details.payload.bytes, wire);
    assert_eq!(details.payload.sha256, Digest::of(&wire));
    assert!(!details.payload.request.contains(&server.key("svc")), "no credential in the evidence");

    let page =
        desk.system.list(&desk.mapping.scope, &Position::From { bound: None }, Utc::now()).await.expect("a page");
    let wire = server.bytes("svc", &format!("issues.json?project_id={project}&status_id=*")).await;
    let row = &page.rows[0].payload;
    assert!(
        wire.windows(row.bytes.len()).any(|w| w == row.bytes),
        "the row's bytes stand on the wire as they are kept"
    );
    let parsed: Value = serde_json::from_slice(&row.bytes).expect("JSON");
    assert_eq!(parsed["id"], id);
}

#[tokio::test]
async fn probing_tells_who_we_are_and_what_we_see() {
    let server = Server::given();
    let report = server.system_at(&server.url, "svc").probe(Utc::now()).await.expect("a probe");
    assert_eq!((report.account_name.as_str(), report.administrator), ("Cabinet Service", false));
    let names: Vec<&str> = report.projects.iter().map(|p| p.identifier.as_str()).collect();
    assert!(names.contains(&"change-mgmt") && !names.contains(&"change-archive"), "{names:?}");
    let admin = server.system_at(&server.url, "admin").probe(Utc::now()).await.expect("a probe");
    assert!(admin.administrator && admin.warnings.iter().any(|w| w.contains("administrator")));
}
