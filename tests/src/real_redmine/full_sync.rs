//! A first sync brings everything, and the list shows it.
use board::views::{ChangeColumn, ChangesQuery, ChangesQuerySort, ChangesQueryView};

use super::desk::{desk, kept};
use super::equal::equals_the_server;
use super::server::Redmine;

#[tokio::test(flavor = "multi_thread")]
async fn a_full_sync_equals_what_the_server_holds_field_by_field() {
    let server = Redmine::given();
    let url = server.url.clone();
    let journey = desk(server.clone(), &url, "change-mgmt").await;
    let compared = equals_the_server(&server, &journey.data_dir(), "change-mgmt", true).await;
    assert!(compared >= 500, "{compared} changes");

    // The list of the window, page by page, holds each once.
    let kept = kept(&journey.data_dir()).await;
    let mut rows = Vec::new();
    loop {
        let page = journey
            .cabinet
            .list_changes(ChangesQuery {
                text: String::new(),
                kinds: Vec::new(),
                levels: Vec::new(),
                view: ChangesQueryView::All,
                sort: ChangesQuerySort { column: ChangeColumn::Key, descending: false },
                offset: u32::try_from(rows.len()).expect("small"),
                limit: 200,
            })
            .await
            .expect("a page");
        if page.rows.is_empty() {
            break;
        }
        rows.extend(page.rows);
    }
    assert_eq!(rows.len(), kept.len());
    for stored in kept {
        let change = stored.change;
        let row = rows.iter().find(|r| r.key == change.key.as_str()).expect("in the list");
        assert_eq!(row.title, board::mark_invisible(&change.title));
        assert_eq!(row.remote_status, change.status.name);
        assert_eq!(chrono::DateTime::parse_from_rfc3339(&row.updated_at).expect("a time").to_utc(), change.updated);
    }

    // Nothing changed, nothing is read again.
    let proxy = server.proxy().await;
    let connect = super::desk::board_on(&server, &proxy.url(), "change-mgmt");
    journey.cabinet.open_sample(connect).await.expect("the same server by another way");
    proxy.clear();
    let report = journey.cabinet.sync_now().await.expect("synced");
    assert_eq!((report.changed, report.details), (0, 0), "{report:?}");
    let requests = proxy.log().len();
    assert!(requests <= 2, "a sync without changes asks {requests} times: {:?}", proxy.log());
}
