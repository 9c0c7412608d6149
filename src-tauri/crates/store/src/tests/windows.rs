use domain::change::{Account, Deployment, DeploymentState, Window};

use super::support::*;
use crate::{IndexRow, SyncedChange, Tombstone};

/// A row whose window begins and ends so many seconds after the tests' beginning.
fn row(n: u32, window: Option<(u32, u32)>) -> IndexRow {
    let window = window.map(|(start, end)| Window { start: at(start), end: at(end), zone: "Europe/Berlin".to_owned() });
    IndexRow { window, ..index_row(n, "Renew the certificate") }
}

#[tokio::test]
async fn windows_of_a_span_are_found_in_the_order_in_which_they_begin() {
    let (_dir, store) = new_store().await;
    with_changes(&store, 7).await;
    let told = |state, seconds| Deployment { state, at: at(seconds), by: "Tom".to_owned(), source: "State".to_owned() };
    let account = |name: &str| Some(Account { id: "7".to_owned(), name: name.to_owned() });
    let with_people = domain::change::ChangeRequest {
        deployer: account("Dora Lind"),
        assignee: account("Tom Berg"),
        team: "Payments".to_owned(),
        depends_on: "ledger, vault".to_owned(),
        deployments: vec![told(DeploymentState::Started, 60), told(DeploymentState::Failed, 90)],
        updated: at(500),
        ..change(2, "Renew the certificate")
    };
    let rows = [
        row(1, Some((150, 250))),
        row(2, Some((50, 101))),
        // Touches the span and no more, before it and after it.
        row(3, Some((50, 100))),
        row(4, Some((200, 300))),
        row(5, None),
        // Around all of it, and gone.
        row(6, Some((0, 1_000))),
        row(7, Some((0, 1_000))),
    ];
    let mut append = store.begin_immediate().await.unwrap();
    let synced: SyncedChange = listed(with_people);
    append.put_change(&synced, at(500)).await.unwrap();
    append.put_index(&rows).await.unwrap();
    append.put_tombstone(&key(7), &Tombstone::Deleted, at(500)).await.unwrap();
    append.commit().await.unwrap();

    let found = store.windows_between(at(100), at(200), 100).await.unwrap();
    let keys: Vec<u32> = found.iter().map(|p| p.row.key.number()).collect();
    assert_eq!(keys, [6, 2, 1]);
    assert_eq!(found[0].row, rows[5], "the whole row, as the list has it");
    let people: Vec<Vec<String>> = found.iter().map(|p| p.people.clone()).collect();
    assert_eq!(people, [Vec::new(), vec!["Dora Lind".to_owned(), "Tom Berg".to_owned()], Vec::new()]);
    let (first, second) = (&found[0], &found[1]);
    assert_eq!((first.team.as_str(), first.depends_on.as_str(), &first.deployment), ("", "", &None));
    assert_eq!((second.team.as_str(), second.depends_on.as_str()), ("Payments", "ledger, vault"));
    assert_eq!(second.deployment, Some(told(DeploymentState::Failed, 90)), "the last one");
    assert_eq!(store.windows_between(at(100), at(200), 2).await.unwrap().len(), 2);
    assert!(store.windows_between(at(2_000), at(3_000), 100).await.unwrap().is_empty());
}
