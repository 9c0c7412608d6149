//! What is known of sealed parcels in a relay.
use domain::ids::Digest;

use super::support::*;
use crate::SealedParcel;

#[tokio::test]
async fn what_is_known_of_a_sealed_parcel_is_the_relays_own_and_stays_known() {
    let (_dir, store) = new_store().await;
    let of = |text: &str| Digest::of(text.as_bytes());
    let opened = SealedParcel { sealed: of("a"), plain: Some(of("entry")), recipients: of("both") };
    let closed = SealedParcel { sealed: of("b"), plain: None, recipients: of("others") };
    let mut append = store.begin_immediate().await.unwrap();
    append.put_sealed_parcels("folder /mnt/board", &[opened, closed]).await.unwrap();
    append.put_sealed_mark("folder /mnt/board", Some(of("both"))).await.unwrap();
    append.commit().await.unwrap();
    let mut expected = vec![opened, closed];
    expected.sort();
    assert_eq!(store.sealed_parcels("folder /mnt/board").await.unwrap(), expected);
    assert_eq!(store.sealed_parcels("folder /mnt/other").await.unwrap(), []);
    assert_eq!(store.sealed_mark("folder /mnt/other").await.unwrap(), None);
    assert_eq!(store.sealed_mark("folder /mnt/board").await.unwrap(), Some(of("both")));

    let mut append = store.begin_immediate().await.unwrap();
    let found = SealedParcel { plain: Some(of("blob")), ..closed };
    append.put_sealed_parcels("folder /mnt/board", &[SealedParcel { plain: None, ..opened }, found]).await.unwrap();
    append.put_sealed_mark("folder /mnt/board", None).await.unwrap();
    append.commit().await.unwrap();
    let mut expected = vec![opened, found];
    expected.sort();
    assert_eq!(store.sealed_parcels("folder /mnt/board").await.unwrap(), expected, "what was opened stays so");
    assert_eq!(store.sealed_mark("folder /mnt/board").await.unwrap(), None, "plain from here on");
}
