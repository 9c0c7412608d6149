//! Files on demand (c29).
use domain::ids::Digest;
use serde_json::json;

use super::memory::Memory;
use super::server::{Desk, Server};
use crate::testing::{Fault, Rule};
use crate::{ErrorClass, TicketingError, classify, fetch_attachment};

async fn fetched(desk: &Desk, store: &Memory, id: u32, nth: usize) -> Result<Digest, TicketingError> {
    let attachment = store.change(id).attachments[nth].clone();
    fetch_attachment(&desk.system, store, &id.to_string(), &attachment, &desk.run).await
}

#[tokio::test]
async fn c29_files_arrive_byte_for_byte_whatever_their_name_or_size() {
    let server = Server::given();
    let project = server.project().await;
    let id = server.create(&project, json!({})).await;
    let large: Vec<u8> = (0..20u32 << 20).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let files: [(&str, &str, Vec<u8>); 6] = [
        ("plan.pdf", "application/pdf", b"%PDF-1.4\n%%EOF\n".to_vec()),
        ("empty.txt", "text/plain", Vec::new()),
        ("../../x", "application/octet-stream", b"climber".to_vec()),
        ("twice.txt", "text/plain", b"one".to_vec()),
        ("twice.txt", "text/plain", b"two".to_vec()),
        ("page.html", "text/html", b"<html><body>a real page</body></html>".to_vec()),
    ];
    for (name, media_type, bytes) in &files {
        server.attach(id, name, media_type, bytes.clone()).await;
    }
    server.attach(id, "large.bin", "application/octet-stream", large.clone()).await;
    let desk = server.desk(&project).await;
    let store = Memory::new();
    desk.sync(&store).await.expect("a sync");
    let attachments = store.change(id).attachments;
    let expected: Vec<&Vec<u8>> = files.iter().map(|(_, _, b)| b).filter(|b| !b.is_empty()).chain([&large]).collect();
    // Redmine takes an empty upload or refuses it; what it lists is what counts.
    let listed: Vec<_> = attachments.iter().enumerate().filter(|(_, a)| a.size > 0).collect();
    assert_eq!(listed.len(), expected.len(), "{attachments:?}");
    for ((nth, attachment), bytes) in listed.into_iter().zip(expected) {
        assert!(!attachment.name.contains(['/', '\\']), "{}", attachment.name);
        let digest = fetched(&desk, &store, id, nth).await.expect("the file");
        assert_eq!(digest, Digest::of(bytes), "{}", attachment.name);
        assert_eq!(&store.inner.lock().unwrap().files[&attachment.remote_id], bytes);
    }
    for (nth, _) in attachments.iter().enumerate().filter(|(_, a)| a.size == 0) {
        assert_eq!(fetched(&desk, &store, id, nth).await.expect("an empty file"), Digest::of(b""));
    }
}

#[tokio::test]
async fn c29_a_page_for_people_a_cut_off_or_an_oversized_file_is_never_kept() {
    let server = Server::given();
    let project = server.project().await;
    let id = server.create(&project, json!({})).await;
    server.attach(id, "plan.pdf", "application/pdf", b"%PDF-1.4 the real plan".to_vec()).await;
    let proxy = server.proxy().await;
    let desk = server.desk_behind(&proxy, &project).await;
    let store = Memory::new();
    desk.sync(&store).await.expect("a sync");
    let redirect =
        |to: &str| Fault::Answer { status: 302, headers: vec![("Location".into(), to.into())], body: Vec::new() };
    for (fault, class) in [
        (Fault::ok("text/html", "<html>Please log in</html>"), ErrorClass::Protocol),
        (Fault::ok("application/pdf", "%PDF-1.4 another plan"), ErrorClass::Protocol),
        (redirect("http://127.0.0.1:1/login?back_url=x"), ErrorClass::Auth),
        (redirect("http://127.0.0.1:1/elsewhere"), ErrorClass::Protocol),
        (Fault::status(401), ErrorClass::Auth),
        (Fault::status(403), ErrorClass::Forbidden),
        (Fault::status(404), ErrorClass::Gone),
        (Fault::Truncate, ErrorClass::Transient),
        (Fault::Reset, ErrorClass::Transient),
    ] {
        proxy.clear();
        proxy.rule(Rule::always("GET", "/attachments/", fault.clone()));
        let error = fetched(&desk, &store, id, 0).await.expect_err("refused");
        assert_eq!(classify(&error), class, "{fault:?}: {error}");
        assert!(store.inner.lock().unwrap().files.is_empty(), "{fault:?}");
        let asked = proxy.log();
        assert_eq!(asked.len(), if class == ErrorClass::Transient { 4 } else { 1 }, "{fault:?}");
    }
    proxy.clear();
    fetched(&desk, &store, id, 0).await.expect("the file at last");
}
