//! What the sync engine brings.
use domain::change::{Account, Journal, RawText, StatusCategory, TextFormat};
use domain::ids::Digest;

use super::support::*;
use crate::{AgendaCandidate, RawPayload, StoreError, SyncedPage, Tombstone};

#[tokio::test]
async fn a_page_and_its_cursor_stand_or_fall_together() {
    let (_dir, store) = new_store().await;
    with_changes(&store, 0).await;
    let good = SyncedPage {
        connection: connection_id(),
        changes: vec![listed(change(1, "One")), listed(change(2, "Two"))],
        cursor: Some("{\"after\":2}".to_owned()),
    };
    assert_eq!(store.commit_page(&good, at(3)).await.unwrap(), [key(1), key(2)]);
    assert_eq!(store.cursor(connection_id()).await.unwrap(), Some(("{\"after\":2}".to_owned(), at(3))));
    assert_eq!(store.change(&key(1)).await.unwrap().unwrap().change, change(1, "One"));

    // The second row claims a key that belongs to another ticket: the whole page is refused.
    let mut thief = change(1, "Thief");
    thief.remote_id = "99".to_owned();
    let bad = SyncedPage {
        connection: connection_id(),
        changes: vec![listed(change(3, "Three")), listed(thief)],
        cursor: Some("{\"after\":3}".to_owned()),
    };
    let error = store.commit_page(&bad, at(4)).await.unwrap_err();
    assert!(matches!(&error, StoreError::Different { what } if what.contains("CHG-1")), "{error}");
    assert_eq!(store.change(&key(3)).await.unwrap(), None);
    assert_eq!(store.cursor(connection_id()).await.unwrap().unwrap().0, "{\"after\":2}");
    assert_eq!(store.commit_page(&good, at(5)).await.unwrap(), [], "the same page again changes nothing");
}

#[tokio::test]
async fn a_listed_row_keeps_older_details_and_makes_newer_ones_due() {
    let (_dir, store) = new_store().await;
    with_changes(&store, 1).await;
    assert!(store.change(&key(1)).await.unwrap().unwrap().details_due);
    let mut detailed = change(1, "One");
    detailed.details_synced = true;
    detailed.attachments = vec![attachment("8", "plan.pdf", 10)];
    detailed.journals = vec![Journal {
        remote_id: "1".to_owned(),
        author: Account { id: "5".to_owned(), name: "Rosa Quist".to_owned() },
        at: at(9),
        notes: RawText { format: TextFormat::Plain, text: "Looks good".to_owned() },
        details: Vec::new(),
        private: false,
        own: false,
    }];
    let mut synced = listed(detailed.clone());
    synced.details = Some(Digest::of(b"details"));
    let page = |changes| SyncedPage { connection: connection_id(), changes, cursor: None };
    store.commit_page(&page(vec![synced]), at(10)).await.unwrap();
    let kept = store.change(&key(1)).await.unwrap().unwrap();
    assert_eq!((kept.details_due, kept.details_hash), (false, Some(Digest::of(b"details"))));

    store.commit_page(&page(vec![listed(change(1, "One, edited"))]), at(11)).await.unwrap();
    let kept = store.change(&key(1)).await.unwrap().unwrap();
    assert_eq!(kept.change.title, "One, edited");
    assert_eq!(kept.change.journals, detailed.journals);
    assert_eq!(kept.change.attachments, detailed.attachments);
    assert!(kept.change.details_synced && kept.details_due);
    assert_eq!((kept.first_seen, kept.last_synced), (at(1), at(11)));
    assert_eq!(store.details_due(connection_id()).await.unwrap(), ["1"]);
}

#[tokio::test]
async fn a_downloaded_attachment_keeps_its_digest_through_later_syncs_until_its_size_changes() {
    let (_dir, store) = new_store().await;
    with_changes(&store, 1).await;
    let with_file = |size| {
        let mut change = change(1, "One");
        change.details_synced = true;
        change.attachments = vec![attachment("8", "plan.pdf", size)];
        let mut synced = listed(change);
        synced.details = Some(Digest::of(b"details"));
        SyncedPage { connection: connection_id(), changes: vec![synced], cursor: None }
    };
    store.commit_page(&with_file(4), at(1)).await.unwrap();
    let mut writer = store.blob_writer().unwrap();
    writer.write(b"%PDF").unwrap();
    let staged = writer.finish().unwrap();
    let mut append = store.begin_immediate().await.unwrap();
    append.put_attachment(&key(1), "8", staged, at(2)).await.unwrap();
    let error = append.put_attachment(&key(1), "77", staged, at(2)).await.unwrap_err();
    assert!(matches!(error, StoreError::UnknownAttachment { .. }), "{error}");
    append.commit().await.unwrap();

    let digest = || async { store.change(&key(1)).await.unwrap().unwrap().change.attachments[0].sha256 };
    assert_eq!(digest().await, Some(Digest::of(b"%PDF")));
    store.commit_page(&with_file(4), at(3)).await.unwrap();
    assert_eq!(digest().await, Some(Digest::of(b"%PDF")), "the same file");
    store.commit_page(&with_file(5), at(4)).await.unwrap();
    assert_eq!(digest().await, None, "another file under the same id must be downloaded again");
    let downloads = store.attachments(&key(1)).await.unwrap();
    assert_eq!((downloads.len(), downloads[0].name.as_str()), (1, "plan.pdf"));
}

#[tokio::test]
async fn a_tombstone_marks_and_a_later_sync_lifts_it() {
    let (_dir, store) = new_store().await;
    with_changes(&store, 2).await;
    let moved = Tombstone::MovedOut { to: "Archive".to_owned() };
    let mut append = store.begin_immediate().await.unwrap();
    append.put_index(&[index_row(1, "One"), index_row(2, "Two")]).await.unwrap();
    append.put_tombstone(&key(1), &moved, at(5)).await.unwrap();
    let unknown = append.put_tombstone(&key(9), &Tombstone::Deleted, at(5)).await.unwrap_err();
    assert!(matches!(unknown, StoreError::UnknownChange(k) if k == key(9)));
    append.commit().await.unwrap();
    let kept = store.change(&key(1)).await.unwrap().unwrap();
    assert_eq!((kept.tombstone.as_ref(), kept.tombstoned_at), (Some(&moved), Some(at(5))));
    assert_eq!(kept.change.title, "Change 1", "content stays");
    assert_eq!(store.census_ids(connection_id()).await.unwrap(), ["2"]);
    let known = store.known(connection_id(), &["1".to_owned(), "404".to_owned()]).await.unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!(known["1"].tombstone, Some(moved.clone()));
    // A row of the list that is made again keeps the mark.
    let mut append = store.begin_immediate().await.unwrap();
    append.put_index(&[index_row(1, "One")]).await.unwrap();
    append.commit().await.unwrap();
    let listing = crate::ChangesQuery { with_tombstones: true, limit: 9, ..Default::default() };
    assert_eq!(store.list_changes(&listing).await.unwrap().rows[0].tombstone, Some(moved));

    let again = SyncedPage { connection: connection_id(), changes: vec![listed(change(1, "Change 1"))], cursor: None };
    assert_eq!(store.commit_page(&again, at(6)).await.unwrap(), [key(1)], "its coming back is a change");
    assert_eq!(store.change(&key(1)).await.unwrap().unwrap().tombstone, None);
    assert_eq!(store.list_changes(&listing).await.unwrap().rows[0].tombstone, None);
    assert_eq!(store.census_ids(connection_id()).await.unwrap(), ["1", "2"]);
}

#[tokio::test]
async fn a_listed_row_keeps_what_comments_filled_in() {
    let (_dir, store) = new_store().await;
    with_changes(&store, 1).await;
    let mut detailed = change(1, "One");
    detailed.journals = vec![Journal {
        remote_id: "1".to_owned(),
        author: Account { id: "5".to_owned(), name: "Rosa Quist".to_owned() },
        at: at(9),
        notes: RawText { format: TextFormat::Plain, text: "R23 Backout plan\n\nRestore the snapshot.".to_owned() },
        details: Vec::new(),
        private: false,
        own: false,
    }];
    domain::template::fill(&mut detailed);
    let mut synced = listed(detailed.clone());
    synced.details = Some(Digest::of(b"details"));
    let page = |changes| SyncedPage { connection: connection_id(), changes, cursor: None };
    store.commit_page(&page(vec![synced]), at(10)).await.unwrap();
    store.commit_page(&page(vec![listed(change(1, "One, edited"))]), at(11)).await.unwrap();
    let kept = store.change(&key(1)).await.unwrap().unwrap().change;
    assert_eq!(kept.plan.len(), 1, "the premise: the comment fills one section");
    assert_eq!((kept.title.as_str(), kept.plan), ("One, edited", detailed.plan));
}

#[tokio::test]
async fn details_of_candidates_come_first_and_closed_changes_are_not_rechecked() {
    let (_dir, store) = new_store().await;
    with_changes(&store, 4).await;
    let mut closed = change(4, "Done");
    closed.status.category = Some(StatusCategory::Closed);
    let mut append = store.begin_immediate().await.unwrap();
    append.put_change(&listed(closed), at(9)).await.unwrap();
    append.put_candidate(&AgendaCandidate { change: key(1), rank: None, added_at: at(9) }).await.unwrap();
    append.commit().await.unwrap();
    assert_eq!(store.details_due(connection_id()).await.unwrap(), ["1", "3", "2", "4"]);
    assert_eq!(store.details_to_recheck(connection_id()).await.unwrap(), ["1", "3", "2"]);
    assert_eq!(store.key_of(connection_id(), "3").await.unwrap(), Some(key(3)));
    assert_eq!(store.key_of(connection_id(), "33").await.unwrap(), None);
}

#[tokio::test]
async fn a_payload_is_kept_once_byte_for_byte_and_linked() {
    let (_dir, store) = new_store().await;
    with_changes(&store, 2).await;
    let bytes = b"{\"issue\":{\"id\":17}}".repeat(1000);
    let payload = |at_second| RawPayload {
        bytes: bytes.clone(),
        fetched_at: at(at_second),
        request: "GET /issues/1.json".to_owned(),
    };
    let mut append = store.begin_immediate().await.unwrap();
    let digest = append.put_payload(&key(1), &payload(1)).await.unwrap();
    append.put_payload(&key(1), &payload(2)).await.unwrap();
    append.put_payload(&key(2), &payload(3)).await.unwrap();
    append.commit().await.unwrap();
    assert_eq!(store.payloads_of(&key(1)).await.unwrap(), [digest]);
    assert_eq!(store.payloads_of(&key(2)).await.unwrap(), [digest]);
    let kept = store.payload(digest).await.unwrap().unwrap();
    assert_eq!((kept.bytes, kept.fetched_at), (bytes, at(1)));
    assert_eq!(store.payload(Digest([0; 32])).await.unwrap(), None);
}

#[tokio::test]
async fn a_connection_keeps_its_prefix_and_a_prefix_its_connection() {
    let (_dir, store) = new_store().await;
    with_changes(&store, 0).await;
    let mut append = store.begin_immediate().await.unwrap();
    let moved = crate::Connection { url: "https://new.example".to_owned(), ..connection() };
    append.put_connection(&moved).await.unwrap();
    let renamed = crate::Connection { prefix: "RFC".to_owned(), ..connection() };
    assert!(matches!(append.put_connection(&renamed).await, Err(StoreError::Different { .. })));
    let other = crate::Connection { id: domain::ids::ConnectionId(uuid::Uuid::from_u128(8)), ..connection() };
    assert!(matches!(append.put_connection(&other).await, Err(StoreError::Different { .. })));
    append.commit().await.unwrap();
    assert_eq!(store.connection(connection_id()).await.unwrap(), Some(moved));
    assert_eq!(store.connections().await.unwrap().len(), 1);
}
