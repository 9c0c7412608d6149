//! The record: append-only, gapless, and the same for two writers.
use domain::entry::Head;

use super::support::*;
use crate::{NewEntry, ProjectionRow, Store, StoreError, Taken};

#[tokio::test]
async fn what_was_appended_is_read_back_in_order() {
    let (_dir, store) = new_store().await;
    let mut append = store.begin_immediate().await.unwrap();
    let first = append_to(&mut append, log(1), "one").await.unwrap();
    let second = append_to(&mut append, log(1), "two").await.unwrap();
    let other = append_to(&mut append, log(2), "three").await.unwrap();
    let committed = append.commit().await.unwrap();
    assert_eq!(committed.entries, [first.id, second.id, other.id]);
    assert_eq!(committed.copies_missing, 0);

    let all = store.all_entries().await.unwrap();
    assert_eq!(all.iter().map(|e| e.id).collect::<Vec<_>>(), [first.id, second.id, other.id]);
    assert_eq!(all[1].envelope, second.envelope);
    assert_eq!((all[1].kind.as_str(), all[1].subject, all[1].claimed), ("running", second.subject, second.claimed));
    assert_eq!(store.entry_count().await.unwrap(), 3);
    let heads = store.heads().await.unwrap();
    assert_eq!(heads[&log(1)], Head { seq: 2, id: second.id });
    assert_eq!(heads[&log(2)], Head { seq: 1, id: other.id });
    assert_eq!(store.head(log(3)).await.unwrap(), None);
    assert_eq!(store.entry(other.id).await.unwrap().unwrap().seq, 1);
    assert_eq!(store.entries_of(log(1), 1, 10).await.unwrap().len(), 1);
    assert_eq!(store.entries_about(&key(17)).await.unwrap().len(), 3);
    let since = store.entries_after(all[0].position, 1).await.unwrap();
    assert_eq!(since[0].id, second.id, "paged by arrival");
    assert_eq!(store.last_position().await.unwrap(), all[2].position);
}

#[tokio::test]
async fn the_record_refuses_to_be_changed() {
    let (_dir, store) = new_store().await;
    let mut append = store.begin_immediate().await.unwrap();
    append_to(&mut append, log(1), "one").await.unwrap();
    append.put_roster(1, b"{}").await.unwrap();
    append.put_policy(b"{}", Some(b"x = 1")).await.unwrap();
    append.put_blob("agenda", b"agenda").await.unwrap();
    append.commit().await.unwrap();
    with_changes(&store, 17).await;
    let mut append = store.begin_immediate().await.unwrap();
    let payload = crate::RawPayload { bytes: b"raw".to_vec(), fetched_at: at(1), request: "GET /".to_owned() };
    append.put_payload(&key(17), &payload).await.unwrap();
    append.dispose(domain::ids::Digest([1; 32]), domain::ids::EntryId([1; 32])).await.unwrap();
    append.commit().await.unwrap();

    for attempt in [
        "UPDATE entry SET kind = 'vote'",
        "DELETE FROM entry",
        "INSERT OR REPLACE INTO entry SELECT * FROM entry",
        "INSERT OR REPLACE INTO entry (log, seq, id, kind, subject, claimed, envelope) \
         SELECT log, seq, substr(id, 2) || 'f', kind, subject, claimed, x'00' FROM entry",
        "UPDATE OR IGNORE roster SET bytes = x'00'",
        "DELETE FROM roster",
        "INSERT OR REPLACE INTO roster SELECT version, digest, x'00' FROM roster",
        "UPDATE policy SET bytes = x'00'",
        "DELETE FROM policy",
        "INSERT OR REPLACE INTO policy SELECT digest, x'00', NULL FROM policy",
        "UPDATE blob SET size = 1",
        "DELETE FROM blob",
        "INSERT OR REPLACE INTO blob SELECT digest, 1, kind FROM blob",
        "UPDATE disposed SET entry = lower(entry)",
        "DELETE FROM disposed",
        "INSERT OR REPLACE INTO disposed SELECT digest, entry FROM disposed",
        "UPDATE raw_payload SET bytes = x'00'",
        "DELETE FROM raw_payload",
        "INSERT OR REPLACE INTO raw_payload SELECT digest, x'00', 1, fetched_at, request FROM raw_payload",
    ] {
        let refused = raw(&store, attempt).await.expect_err(attempt);
        assert!(
            matches!(StoreError::from(refused), StoreError::AppendOnly(why) if why.contains("append-only")),
            "{attempt}"
        );
    }
    assert_eq!(store.entry_count().await.unwrap(), 1);
}

#[tokio::test]
async fn an_entry_that_does_not_continue_its_log_is_refused() {
    let (_dir, store) = new_store().await;
    let first = append_one(&store, log(1), "one").await.unwrap();
    let mut append = store.begin_immediate().await.unwrap();
    let again = append.insert_entry(first.clone()).await.unwrap_err();
    assert!(matches!(again, StoreError::OutOfPlace { seq: 1, expected: 2, .. }), "{again}");
    let gap = NewEntry { seq: 3, prev: Some(first.id), ..first.clone() };
    assert!(matches!(append.insert_entry(gap).await, Err(StoreError::OutOfPlace { seq: 3, expected: 2, .. })));
    let orphan = NewEntry { seq: 2, prev: None, ..first.clone() };
    assert!(matches!(append.insert_entry(orphan).await, Err(StoreError::OutOfPlace { .. })));
    let twice = NewEntry { seq: 2, prev: Some(first.id), ..first };
    assert!(matches!(append.insert_entry(twice).await, Err(StoreError::AppendOnly(_))), "an id stands once");
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing() {
    let (_dir, store) = new_store().await;
    let mut append = store.begin_immediate().await.unwrap();
    let entry = append_to(&mut append, log(1), "never").await.unwrap();
    append.project(&[ProjectionRow { noun: "n".into(), id: "1".into(), json: Some("{}".into()) }]).await.unwrap();
    drop(append);
    assert_eq!(store.entry_count().await.unwrap(), 0);
    assert!(!store.folder().entry(entry.log, entry.seq).exists(), "no plain copy of what was not committed");
    assert_eq!(append_one(&store, log(1), "one").await.unwrap().seq, 1, "the next writer starts anew");
}

#[tokio::test]
async fn every_entry_has_a_plain_copy_and_a_missing_one_is_written_again_at_opening() {
    let (_dir, store) = new_store().await;
    let entry = append_one(&store, log(1), "one").await.unwrap();
    let copy = store.folder().entry(log(1), 1);
    assert_eq!(std::fs::read(&copy).unwrap(), entry.envelope);
    std::fs::remove_file(&copy).unwrap();
    store.close().await;
    let store = Store::open(store.folder(), at(1)).await.unwrap();
    assert_eq!(std::fs::read(&copy).unwrap(), entry.envelope);
    assert_eq!(store.heal_copies().await.unwrap(), 0, "nothing left to heal");
}

#[tokio::test]
async fn a_plain_copy_the_database_does_not_know_is_found() {
    let (_dir, store) = new_store().await;
    append_one(&store, log(1), "one").await.unwrap();
    let newer = store.folder().entry(log(1), 2);
    std::fs::write(&newer, b"from before the database was put back").unwrap();
    let strays = store.stray_copies().await.unwrap();
    assert_eq!(strays.len(), 1);
    assert_eq!((strays[0].log, strays[0].seq), (log(1), 2));
    assert_eq!(strays[0].envelope, b"from before the database was put back");
}

#[tokio::test]
async fn entries_are_read_from_their_plain_copies_when_the_database_is_gone() {
    let (_dir, store) = new_store().await;
    let mut envelopes = Vec::new();
    for n in 0..12 {
        envelopes.push(append_one(&store, log(1), &format!("{n}")).await.unwrap().envelope);
    }
    envelopes.push(append_one(&store, log(2), "other").await.unwrap().envelope);
    store.close().await;
    std::fs::write(store.folder().database(), b"").unwrap();
    let copies = crate::plain_copies(store.folder()).await.unwrap();
    assert_eq!(copies.iter().map(|c| c.envelope.clone()).collect::<Vec<_>>(), envelopes, "by log, then position");
}

#[tokio::test]
async fn two_writers_of_one_log_wait_for_each_other_instead_of_forking_it() {
    let (_dir, store) = new_store().await;
    // Another program's connections: the same folder, opened again.
    let guest = Store::open(store.folder(), at(1)).await.unwrap();
    let write = |store: Store, who: &'static str| async move {
        for n in 0..40 {
            append_one(&store, log(1), &format!("{who} {n}")).await.unwrap();
        }
    };
    let window = tokio::spawn(write(store.clone(), "window"));
    let beside = tokio::spawn(write(guest, "guest"));
    window.await.unwrap();
    beside.await.unwrap();
    assert_eq!(assert_chain(&store.all_entries().await.unwrap()), 80);
}

#[tokio::test]
async fn what_another_program_wrote_is_noticed_and_what_we_wrote_is_not() {
    let (_dir, store) = new_store().await;
    let guest = Store::open(store.folder(), at(1)).await.unwrap();
    store.others_wrote().await.unwrap();
    append_one(&store, log(1), "ours").await.unwrap();
    assert!(!store.others_wrote().await.unwrap(), "our own commit");
    append_one(&guest, log(2), "theirs").await.unwrap();
    assert!(store.others_wrote().await.unwrap());
    assert!(!store.others_wrote().await.unwrap(), "told once");
    assert_eq!(store.entries_after(1, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_roster_version_and_a_policy_are_kept_once() {
    let (_dir, store) = new_store().await;
    let mut append = store.begin_immediate().await.unwrap();
    let digest = append.put_roster(1, b"{\"v\":1}").await.unwrap();
    assert_eq!(append.put_roster(1, b"{\"v\":1}").await.unwrap(), digest);
    assert!(matches!(append.put_roster(1, b"{\"v\":9}").await, Err(StoreError::Different { .. })));
    append.put_roster(2, b"{\"v\":2}").await.unwrap();
    let policy = append.put_policy(b"{}", None).await.unwrap();
    assert_eq!(append.put_policy(b"{}", None).await.unwrap(), policy);
    assert_eq!(append.roster().await.unwrap().unwrap().version, 2);
    append.commit().await.unwrap();
    assert_eq!(store.roster().await.unwrap().unwrap().bytes, b"{\"v\":2}");
    assert_eq!(store.roster_version(1).await.unwrap().unwrap().digest, digest);
    assert_eq!(store.rosters().await.unwrap().len(), 2);
    assert_eq!(store.policy(policy).await.unwrap().unwrap().bytes, b"{}");
}

#[tokio::test]
async fn the_projection_has_the_same_digest_after_it_was_made_again() {
    let (_dir, store) = new_store().await;
    let row = |noun: &str, id: &str, json: &str| ProjectionRow {
        noun: noun.to_owned(),
        id: id.to_owned(),
        json: Some(json.to_owned()),
    };
    let rows = [row("meeting", "b", "{\"n\":2}"), row("decision", "CHG-1", "[]"), row("meeting", "a", "{\"n\":1}")];
    let mut append = store.begin_immediate().await.unwrap();
    append.project(&rows).await.unwrap();
    append.project(&[row("meeting", "c", "{}")]).await.unwrap();
    append.project(&[ProjectionRow { json: None, ..row("meeting", "c", "") }]).await.unwrap();
    append.commit().await.unwrap();
    let before = store.projection_digest().await.unwrap();

    let mut append = store.begin_immediate().await.unwrap();
    append.clear_projection().await.unwrap();
    assert_ne!(append.projection_digest().await.unwrap(), before);
    let mut backwards = rows.to_vec();
    backwards.reverse();
    append.project(&backwards).await.unwrap();
    assert_eq!(append.projection_digest().await.unwrap(), before);
    append.commit().await.unwrap();
    assert_eq!(store.projection_digest().await.unwrap(), before);
    assert_eq!(store.projection("meeting", "a").await.unwrap().unwrap(), "{\"n\":1}");
    assert_eq!(store.projections("meeting").await.unwrap().len(), 2);

    let mut append = store.begin_immediate().await.unwrap();
    append.project(&[row("meeting", "a", "{\"n\":3}")]).await.unwrap();
    append.commit().await.unwrap();
    assert_ne!(store.projection_digest().await.unwrap(), before, "one digit changes it");
}

/// An entry at a place of a log, as another device wrote it.
fn foreign(n: u8, seq: u32, text: &str) -> NewEntry {
    let envelope = format!("{n} {seq} {text}").into_bytes();
    NewEntry {
        log: log(n),
        seq,
        prev: None,
        id: domain::ids::EntryId::of(&envelope),
        kind: "running".to_owned(),
        subject: domain::ids::Digest::of(text.as_bytes()),
        change: seq.is_multiple_of(2).then(|| key(seq)),
        meeting: None,
        claimed: at(seq),
        envelope,
    }
}

#[tokio::test]
async fn many_are_taken_as_one_after_the_other_would_be() {
    // More than one statement carries; known ones, doubles and forks among them.
    let many: Vec<NewEntry> = (0..350u32).map(|n| foreign(u8::try_from(n % 3).unwrap(), n / 3 + 1, "first")).collect();
    let mut mixed: Vec<NewEntry> = Vec::new();
    for (n, entry) in many.iter().enumerate() {
        mixed.push(entry.clone());
        if n % 7 == 0 {
            mixed.push(entry.clone());
        }
        if n % 50 == 0 {
            mixed.push(NewEntry { id: foreign(9, entry.seq, "second").id, ..entry.clone() });
        }
    }
    mixed.reverse();
    let (_one_dir, one) = new_store().await;
    let (_other_dir, other) = new_store().await;
    for store in [&one, &other] {
        let mut append = store.begin_immediate().await.unwrap();
        append.take_entries(many[..20].to_vec()).await.unwrap();
        append.commit().await.unwrap();
    }
    let mut append = one.begin_immediate().await.unwrap();
    let taken = append.take_entries(mixed.clone()).await.unwrap();
    let committed = append.commit().await.unwrap();
    let mut append = other.begin_immediate().await.unwrap();
    let mut singly = Vec::new();
    for entry in mixed {
        singly.push(append.take_entry(entry).await.unwrap());
    }
    append.commit().await.unwrap();
    assert_eq!(taken, singly);
    assert_eq!(one.all_entries().await.unwrap(), other.all_entries().await.unwrap());
    let count = |wanted| taken.iter().filter(|t| **t == wanted).count();
    assert_eq!((count(Taken::New), count(Taken::Rival)), (330, 7), "who comes first holds the place");
    assert_eq!(committed.copies_missing, 0);
    assert_eq!(
        crate::plain_copies(one.folder()).await.unwrap().len(),
        350,
        "a plain copy of each that holds its place"
    );
}
