//! A change for unit tests.
use domain::change::{Account, ChangeKind, ChangeRequest, Status};
use domain::ids::ConnectionId;

/// A plain change with nothing in it but who wrote it.
pub(crate) fn change(key: &str) -> ChangeRequest {
    ChangeRequest {
        remote_id: "1".into(),
        url: "http://127.0.0.1/issues/1".into(),
        title: "Move the ledger".into(),
        kind: Some(ChangeKind::Normal),
        status: Status { name: "New".into(), category: None },
        author: Some(Account { id: "5".into(), name: "Ada".into() }),
        details_synced: true,
        ..ChangeRequest::bare(key.parse().expect("a key"), ConnectionId(uuid::Uuid::from_u128(1)))
    }
}
