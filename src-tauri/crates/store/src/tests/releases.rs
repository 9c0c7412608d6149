use domain::change::{Account, ChangeRequest, Window};

use super::support::*;
use crate::{IndexRow, Tombstone};

/// A row of a release, whose window begins so many seconds after the tests' beginning.
fn row(n: u32, release: &str, start: Option<u32>) -> IndexRow {
    let window = start.map(|start| Window { start: at(start), end: at(start + 60), zone: "Europe/Berlin".to_owned() });
    IndexRow { release: release.to_owned(), window, ..index_row(n, "Renew the certificate") }
}

#[tokio::test]
async fn the_changes_of_a_release_are_found_by_its_name_in_the_order_of_their_windows() {
    let (_dir, store) = new_store().await;
    with_changes(&store, 6).await;
    let owned = ChangeRequest {
        milestone: "Instant pay-outs".to_owned(),
        release_manager: Some(Account { id: "7".to_owned(), name: "Ria Maas".to_owned() }),
        updated: at(500),
        ..change(2, "Renew the certificate")
    };
    let rows = [
        row(1, "Winter", Some(200)),
        row(2, "Winter", Some(100)),
        row(3, "Winter", None),
        row(4, "Autumn \"26\"", Some(50)),
        row(5, "", Some(10)),
        // Gone from the server.
        row(6, "Winter", Some(1)),
    ];
    let mut append = store.begin_immediate().await.unwrap();
    append.put_change(&listed(owned), at(500)).await.unwrap();
    append.put_index(&rows).await.unwrap();
    append.put_tombstone(&key(6), &Tombstone::Deleted, at(500)).await.unwrap();
    append.commit().await.unwrap();

    let keys = |found: &[crate::ReleasedChange]| found.iter().map(|c| c.row.key.number()).collect::<Vec<_>>();
    assert_eq!(keys(&store.released(None, 100).await.unwrap()), [4, 2, 1, 3]);
    assert_eq!(keys(&store.released(None, 2).await.unwrap()), [4, 2]);
    let winter = store.released(Some("Winter"), 100).await.unwrap();
    assert_eq!(keys(&winter), [2, 1, 3]);
    assert_eq!(winter[1].row, rows[0], "the whole row, as the list has it");
    let told: Vec<(&str, &str)> = winter.iter().map(|c| (c.milestone.as_str(), c.manager.as_str())).collect();
    assert_eq!(told, [("Instant pay-outs", "Ria Maas"), ("", ""), ("", "")]);
    let other = store.released(Some("winter"), 100).await.unwrap();
    assert!(other.is_empty(), "another name is another release: {other:?}");
    assert_eq!(keys(&store.released(Some("Autumn \"26\""), 100).await.unwrap()), [4]);
}
