//! The storage port in memory, with the rules that its documentation states.
use std::collections::BTreeMap;
use std::sync::Mutex;

use chrono::{DateTime, Utc};
use domain::change::ChangeRequest;
use domain::ids::{Digest, OperationId};
use futures_util::future::BoxFuture;

use crate::{
    Cursor, KnownRow, PushJournal, PushState, RawPayload, StorageError, SyncStore, SyncedDetails, SyncedRow, Vanished,
};

#[derive(Debug, Clone)]
pub struct Stored {
    pub change: ChangeRequest,
    pub row: RawPayload,
    pub details: Option<SyncedDetails>,
    pub due: bool,
    pub tombstone: Option<Vanished>,
}

#[derive(Debug, Default)]
pub struct Inner {
    pub rows: BTreeMap<String, Stored>,
    pub cursor: Option<Cursor>,
    pub commits: u32,
    pub files: BTreeMap<String, Vec<u8>>,
}

/// Called after a page was committed, with the number of commits so far.
pub type AfterCommit = Box<dyn Fn(u32) -> BoxFuture<'static, ()> + Send + Sync>;

pub struct Memory {
    pub inner: Mutex<Inner>,
    pub after_commit: Option<AfterCommit>,
    /// The disk is full from this commit on.
    pub full_after: Option<u32>,
    pub want_details: bool,
}

impl Memory {
    pub fn new() -> Self {
        Self { inner: Mutex::new(Inner::default()), after_commit: None, full_after: None, want_details: true }
    }

    /// A store that never asks for details.
    pub fn list_only() -> Self {
        Self { want_details: false, ..Self::new() }
    }

    pub fn change(&self, id: u32) -> ChangeRequest {
        self.inner.lock().unwrap().rows[&id.to_string()].change.clone()
    }

    pub fn ids(&self) -> Vec<u32> {
        let inner = self.inner.lock().unwrap();
        let mut ids: Vec<u32> =
            inner.rows.iter().filter(|(_, s)| s.tombstone.is_none()).map(|(id, _)| id.parse().unwrap()).collect();
        ids.sort_unstable();
        ids
    }

    pub fn tombstone_of(&self, id: u32) -> Option<Vanished> {
        self.inner.lock().unwrap().rows[&id.to_string()].tombstone.clone()
    }
}

impl SyncStore for Memory {
    async fn cursor(&self) -> Result<Option<Cursor>, StorageError> {
        Ok(self.inner.lock().unwrap().cursor.clone())
    }

    async fn known(&self, ids: &[String]) -> Result<BTreeMap<String, KnownRow>, StorageError> {
        let inner = self.inner.lock().unwrap();
        let known = ids.iter().filter_map(|id| {
            let stored = inner.rows.get(id)?;
            let known = KnownRow {
                updated: stored.change.updated,
                row_sha256: stored.row.sha256,
                details: stored.details.as_ref().map(|d| d.digest),
                tombstoned: stored.tombstone.is_some(),
            };
            Some((id.clone(), known))
        });
        Ok(known.collect())
    }

    async fn commit_page(&self, rows: Vec<SyncedRow>, cursor: Option<&Cursor>) -> Result<(), StorageError> {
        let commits = {
            let mut inner = self.inner.lock().unwrap();
            if self.full_after.is_some_and(|n| inner.commits >= n) {
                return Err(StorageError::new("No space left on device"));
            }
            for row in rows {
                assert!(!row.change.details_synced);
                let details = inner.rows.get(&row.change.remote_id).and_then(|s| s.details.clone());
                inner.rows.insert(
                    row.change.remote_id.clone(),
                    Stored { change: row.change, row: row.payload, details, due: true, tombstone: None },
                );
            }
            if let Some(cursor) = cursor {
                inner.cursor = Some(cursor.clone());
            }
            inner.commits += 1;
            inner.commits
        };
        if let Some(hook) = &self.after_commit {
            hook(commits).await;
        }
        Ok(())
    }

    async fn details_due(&self) -> Result<Vec<String>, StorageError> {
        let inner = self.inner.lock().unwrap();
        Ok(inner
            .rows
            .iter()
            .filter(|(_, s)| self.want_details && s.due && s.tombstone.is_none())
            .map(|(id, _)| id.clone())
            .collect())
    }

    async fn put_details(&self, details: Vec<SyncedDetails>) -> Result<(), StorageError> {
        let mut inner = self.inner.lock().unwrap();
        for one in details {
            assert!(one.change.details_synced);
            let stored = inner.rows.get_mut(&one.change.remote_id).expect("details follow their row");
            stored.change = one.change.clone();
            stored.details = Some(one);
            stored.due = false;
        }
        Ok(())
    }

    async fn details_to_recheck(&self) -> Result<Vec<String>, StorageError> {
        let inner = self.inner.lock().unwrap();
        Ok(inner.rows.iter().filter(|(_, s)| s.tombstone.is_none()).map(|(id, _)| id.clone()).collect())
    }

    async fn census_ids(&self) -> Result<Vec<String>, StorageError> {
        self.details_to_recheck().await
    }

    async fn tombstone(&self, remote_id: &str, why: &Vanished, _: DateTime<Utc>) -> Result<(), StorageError> {
        self.inner.lock().unwrap().rows.get_mut(remote_id).expect("known").tombstone = Some(why.clone());
        Ok(())
    }

    async fn put_attachment_content(
        &self,
        _: &str,
        attachment_id: &str,
        sha256: Digest,
        bytes: &[u8],
    ) -> Result<(), StorageError> {
        assert_eq!(Digest::of(bytes), sha256);
        self.inner.lock().unwrap().files.insert(attachment_id.to_owned(), bytes.to_vec());
        Ok(())
    }
}

/// The outbox in memory: all states, in order.
#[derive(Debug, Default)]
pub struct Outbox {
    pub states: Mutex<Vec<(OperationId, PushState)>>,
}

impl Outbox {
    pub fn last(&self) -> PushState {
        self.states.lock().unwrap().last().expect("a state").1.clone()
    }
}

impl PushJournal for Outbox {
    async fn save(&self, operation: &OperationId, state: &PushState) -> Result<(), StorageError> {
        self.states.lock().unwrap().push((*operation, state.clone()));
        Ok(())
    }
}
