//! Bytes that an entry disposed of are gone, stay gone, and are no loss.
use domain::ids::{Digest, EntryId};

use super::support::*;
use crate::{Store, StoreError};

const SAYS_SO: EntryId = EntryId([9; 32]);

/// Keeps these bytes as a blob.
async fn kept(store: &Store, bytes: &[u8]) -> Digest {
    let mut append = store.begin_immediate().await.unwrap();
    let digest = append.put_blob("attachment", bytes).await.unwrap();
    append.commit().await.unwrap();
    digest
}

async fn note(store: &Store, digest: Digest) {
    let mut append = store.begin_immediate().await.unwrap();
    append.dispose(digest, SAYS_SO).await.unwrap();
    append.commit().await.unwrap();
}

#[tokio::test]
async fn what_was_disposed_of_is_gone_and_its_neighbour_is_not() {
    let (_dir, store) = new_store().await;
    let (gone, stays) = (kept(&store, b"a name").await, kept(&store, b"a plan").await);
    note(&store, gone).await;
    assert!(store.folder().blob(gone).is_file(), "the file goes after the commit");
    assert_eq!(store.remove_disposed().await.unwrap(), 1);
    assert_eq!(store.remove_disposed().await.unwrap(), 0, "once");
    assert!(!store.folder().blob(gone).exists());
    assert!(matches!(store.blob(gone).await, Err(StoreError::BlobMissing(d)) if d == gone));
    assert_eq!(store.blob(stays).await.unwrap(), b"a plan");
    assert_eq!(store.disposed().await.unwrap().into_iter().collect::<Vec<_>>(), [(gone, SAYS_SO)]);
}

#[tokio::test]
async fn what_was_disposed_of_is_never_written_again() {
    let (_dir, store) = new_store().await;
    let here_before = kept(&store, b"a name").await;
    let never_here = Digest::of(b"another name");
    for digest in [here_before, never_here] {
        note(&store, digest).await;
        note(&store, digest).await;
    }
    store.remove_disposed().await.unwrap();
    for (bytes, digest) in [(&b"a name"[..], here_before), (&b"another name"[..], never_here)] {
        assert_eq!(kept(&store, bytes).await, digest, "whoever brings it is not refused");
        assert!(!store.folder().blob(digest).exists(), "and it is not kept");
        let mut writer = store.blob_writer().unwrap();
        writer.write(bytes).unwrap();
        let staged = writer.finish().unwrap();
        let mut append = store.begin_immediate().await.unwrap();
        assert_eq!(append.adopt_blob("attachment", staged).await.unwrap(), digest, "a download");
        append.commit().await.unwrap();
        assert!(!store.folder().blob(digest).exists());
    }
}

#[tokio::test]
async fn a_crash_between_the_entry_and_the_removal_is_finished_at_the_next_opening() {
    let (_dir, store) = new_store().await;
    let gone = kept(&store, b"a name").await;
    note(&store, gone).await;
    store.close().await;
    assert!(store.folder().blob(gone).is_file(), "killed before the file went");
    let store = Store::open(store.folder(), at(1)).await.unwrap();
    assert!(!store.folder().blob(gone).exists());
    assert_eq!(store.disposed().await.unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_disposes_of_what_an_entry_is_about() {
    let (_dir, store) = new_store().await;
    let about = kept(&store, b"what was shown").await;
    let mut append = store.begin_immediate().await.unwrap();
    // Its subject is the digest of this text.
    append_to(&mut append, log(1), "what was shown").await.unwrap();
    append.commit().await.unwrap();
    note(&store, about).await;
    assert!(store.disposed().await.unwrap().is_empty());
    store.remove_disposed().await.unwrap();
    assert_eq!(store.blob(about).await.unwrap(), b"what was shown");
}

#[tokio::test]
async fn backup_restore_and_export_leave_it_out_and_count_only_the_lost_one_as_lost() {
    let (dir, store) = new_store().await;
    let (gone, lost, stays) =
        (kept(&store, b"a name").await, kept(&store, b"lost").await, kept(&store, b"a plan").await);
    // Not removed yet: it is left out all the same.
    note(&store, gone).await;
    std::fs::remove_file(store.folder().blob(lost)).unwrap();
    let to = dir.path().join("backup");
    let made = store.backup(&to, false, at(2)).await.unwrap();
    assert_eq!((made.blobs_lost.as_slice(), made.disposed.as_slice()), (&[lost][..], &[gone][..]));
    let back = dir.path().join("restored");
    let restored = crate::restore(&to, &back).await.unwrap();
    assert_eq!((restored.blobs_lost, restored.disposed), (vec![lost], vec![gone]));
    let again = Store::open(&crate::Folder::new(&back), at(3)).await.unwrap();
    assert_eq!(again.blob(stays).await.unwrap(), b"a plan");
    assert!(!again.folder().blob(gone).exists());
    let report = store.export_all(&dir.path().join("out")).await.unwrap();
    assert_eq!((report.blobs, report.blobs_lost, report.blobs_disposed), (1, 1, 1));
}
