//! Blobs are whole, durable and compared with their digest.
use domain::ids::Digest;

use super::support::*;
use crate::StoreError;

#[tokio::test]
async fn a_blob_is_kept_once_under_its_digest() {
    let (_dir, store) = new_store().await;
    let mut append = store.begin_immediate().await.unwrap();
    let digest = append.put_blob("manifest", b"bytes").await.unwrap();
    assert_eq!(append.put_blob("agenda", b"bytes").await.unwrap(), digest);
    append.commit().await.unwrap();
    assert_eq!(digest, Digest::of(b"bytes"));
    assert_eq!(store.blob(digest).await.unwrap(), b"bytes");
    let info = store.blob_info(digest).await.unwrap().unwrap();
    assert_eq!((info.size, info.kind.as_str()), (5, "manifest"));
    assert!(store.folder().blob(digest).starts_with(store.folder().blobs().join(&digest.to_string()[..2])));
    assert_eq!(store.blobs().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_missing_or_altered_blob_is_said_to_be_so() {
    let (_dir, store) = new_store().await;
    let mut append = store.begin_immediate().await.unwrap();
    let digest = append.put_blob("manifest", b"bytes").await.unwrap();
    append.commit().await.unwrap();
    std::fs::write(store.folder().blob(digest), b"bytez").unwrap();
    assert!(matches!(store.blob(digest).await, Err(StoreError::BlobDamaged(d)) if d == digest));
    std::fs::remove_file(store.folder().blob(digest)).unwrap();
    assert!(matches!(store.blob(digest).await, Err(StoreError::BlobMissing(d)) if d == digest));
}

#[tokio::test]
async fn a_large_blob_is_taken_in_by_pieces_and_adopted_later() {
    let (_dir, store) = new_store().await;
    let mut writer = store.blob_writer().unwrap();
    let mut whole = Vec::new();
    for n in 0..50u8 {
        writer.write(&[n; 4096]).unwrap();
        whole.extend([n; 4096]);
    }
    assert_eq!(writer.size(), 50 * 4096);
    let staged = writer.finish().unwrap();
    assert_eq!(staged.digest, Digest::of(&whole));
    assert_eq!(store.blob_info(staged.digest).await.unwrap(), None, "not part of the record yet");
    let mut append = store.begin_immediate().await.unwrap();
    append.adopt_blob("attachment", staged).await.unwrap();
    append.commit().await.unwrap();
    assert_eq!(store.blob(staged.digest).await.unwrap(), whole);

    let gone = crate::StagedBlob { digest: Digest([9; 32]), size: 1 };
    let mut append = store.begin_immediate().await.unwrap();
    assert!(matches!(append.adopt_blob("attachment", gone).await, Err(StoreError::BlobMissing(_))));
}

#[tokio::test]
async fn a_broken_download_leaves_no_file() {
    let (_dir, store) = new_store().await;
    let mut writer = store.blob_writer().unwrap();
    writer.write(b"half").unwrap();
    drop(writer);
    assert_eq!(std::fs::read_dir(store.folder().blobs()).unwrap().count(), 0);
}
