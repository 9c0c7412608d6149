//! What an incremental run cannot see: silent edits, deletes, moves, lost access.
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::pull::{PageGuard, Stage, details, interpret_rows, unknown_rows};
use super::run::{Progress, Run, count};
use crate::cursor::Position;
use crate::errors::TicketingError;
use crate::mapping::Mapping;
use crate::storage::{SyncStore, Vanished};
use crate::system::{Identity, Presence, TicketingSystem};

/// What a reconcile found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReconcileReport {
    /// Rows the server holds.
    pub rows: u32,
    /// Rows that differed from what was stored.
    pub changed: u32,
    /// Changes whose details were read again.
    pub rechecked: u32,
    /// Ids whose details had changed silently.
    pub silently_edited: Vec<String>,
    /// Ids that are out of reach now, and why.
    pub vanished: Vec<Gone>,
    /// How many ids were missing when that was more than a tenth: nothing was marked.
    pub suspicious: Option<u32>,
}

/// A change that is out of reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Gone {
    /// Its id.
    pub remote_id: String,
    /// Why.
    pub why: Vanished,
}

/// Compares all ids with the server's, asks directly for each missing one, and reads the details of agenda
/// items and open changes again.
///
/// If more than a tenth vanish at once, that is a lost permission or an ignored filter, not a hundred deletions:
/// everything is kept, and the report says so.
///
/// # Errors
/// Whatever the server or store answers; what was committed stays.
pub async fn reconcile<S: SyncStore>(
    system: &dyn TicketingSystem,
    store: &S,
    mapping: &Mapping,
    identity: &Identity,
    run: &Run,
) -> Result<ReconcileReport, TicketingError> {
    mapping.check()?;
    let mut report = ReconcileReport::default();
    // Before the census: what is synced while it runs is not missing.
    let stored: BTreeSet<String> = store.census_ids().await?.into_iter().collect();
    let mut present = BTreeSet::new();
    let mut guard = PageGuard::default();
    let mut at = Position::Census { after: 0 };
    let mut total = None;
    loop {
        guard.admit(system.name(), &at)?;
        let now = run.now();
        let page = run.read(|| system.list(&mapping.scope, &at, now)).await?;
        total = total.or(page.total);
        present.extend(page.rows.iter().map(|r| r.remote_id.clone()));
        report.rows = count(present.len());
        // The mark stays: rows of a census come by id, not by time.
        let rows = unknown_rows(store, &page.rows).await?;
        let rows = interpret_rows(system, mapping, identity, run, &rows).await?;
        report.changed += count(rows.len());
        if !rows.is_empty() {
            store.commit_page(rows, None).await?;
        }
        run.report(Progress::Census { done: report.rows, total });
        match page.next {
            Some(next) => at = next,
            None => break,
        }
    }
    let missing: Vec<&String> = stored.difference(&present).collect();
    let too_many = missing.len() > 3 && missing.len() * 10 > stored.len();
    if too_many || (!missing.is_empty() && missing.len() == stored.len()) {
        report.suspicious = Some(count(missing.len()));
    } else {
        for id in missing {
            if let Presence::Vanished(why) = run.read(|| system.presence(&mapping.scope, id)).await? {
                store.tombstone(id, &why, run.now()).await?;
                report.vanished.push(Gone { remote_id: id.clone(), why });
            }
        }
    }
    let due = store.details_due().await?;
    report.rechecked = details(system, store, mapping, identity, run, &due, Stage::Due).await?.read;
    let fresh: BTreeSet<String> = due.into_iter().collect();
    let recheck: Vec<String> = store
        .details_to_recheck()
        .await?
        .into_iter()
        .filter(|id| !fresh.contains(id) && present.contains(id))
        .collect();
    let read = details(system, store, mapping, identity, run, &recheck, Stage::Recheck).await?;
    report.rechecked += read.read;
    report.silently_edited = read.stored;
    Ok(report)
}
