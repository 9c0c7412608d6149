//! Pulling: the list first, then details; page and cursor together.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, SubsecRound as _, Utc};
use domain::change::Attachment;
use domain::ids::Digest;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::run::{Progress, Run, count};
use crate::cursor::{Cursor, Position};
use crate::errors::TicketingError;
use crate::mapping::{DryRun, Mapping, summarise};
use crate::storage::{RawPayload, SyncStore, SyncedDetails, SyncedRow};
use crate::system::{Identity, Page, Presence, RawDetails, RawRow, Source, TicketingSystem};

/// More pages than any project has: a server that never ends its list is stopped here.
const PAGE_CAP: usize = 20_000;
/// Details whose linked issues are asked for together.
const DETAILS_TOGETHER: usize = 50;

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SyncReport {
    /// Pages of the list read.
    pub pages: u32,
    /// Rows read.
    pub rows: u32,
    /// Rows that were new or changed.
    pub changed: u32,
    /// Changes whose details were read.
    pub details: u32,
    /// Ids that turned out to be out of reach while their details were read.
    pub vanished: Vec<String>,
}

/// Guards against servers whose list never ends.
#[derive(Debug, Default)]
pub(super) struct PageGuard {
    seen: BTreeSet<Position>,
}

impl PageGuard {
    pub(super) fn admit(&mut self, system: &'static str, at: &Position) -> Result<(), TicketingError> {
        let protocol = |why: String| TicketingError::Protocol { system, what: "the list".into(), why };
        if self.seen.len() >= PAGE_CAP {
            return Err(protocol(format!("more than {PAGE_CAP} pages")));
        }
        if !self.seen.insert(at.clone()) {
            return Err(protocol(format!("the list comes back to where it was ({at:?})")));
        }
        Ok(())
    }
}

/// Brings what changed since the last run: the list, then details.
///
/// Rows already known by (id, updated, hash) are skipped before their details are fetched. A run that is killed
/// or cancelled goes on from the last committed page; details still due are asked for again.
///
/// # Errors
/// Whatever the server or store answers; what was committed stays.
pub async fn sync<S: SyncStore>(
    system: &dyn TicketingSystem,
    store: &S,
    mapping: &Mapping,
    identity: &Identity,
    run: &Run,
) -> Result<SyncReport, TicketingError> {
    mapping.check()?;
    let mut report = SyncReport::default();
    let overlap = Duration::milliseconds(i64::from(system.capabilities().updated_resolution_ms));
    let mut cursor = store.cursor().await?;
    let mut at = Position::From { bound: cursor.as_ref().map(|c| c.lower_bound(overlap)) };
    let mut guard = PageGuard::default();
    let mut newest = Newest::default();
    let mut total = None;
    run.report(Progress::Listing { done: 0, total });
    loop {
        guard.admit(system.name(), &at)?;
        let now = run.now();
        let page = run.read(|| system.list(&mapping.scope, &at, now)).await?;
        total = total.or(page.total);
        report.pages += 1;
        report.rows += count(page.rows.len());
        page.rows.iter().for_each(|row| newest.see(row));
        let changed = commit(system, store, mapping, identity, run, &page, &mut cursor).await?;
        report.changed += changed;
        run.report(Progress::Listing { done: report.rows, total: total.map(|t| t.max(report.rows)) });
        match page.next {
            Some(next) => at = next,
            None => break,
        }
    }
    let due = store.details_due().await?;
    let read = details(system, store, mapping, identity, run, &due, Stage::Due).await?;
    report.details = read.read;
    report.vanished = read.vanished;
    if let Some(cursor) = cursor {
        report.details += settle(system, store, mapping, identity, run, cursor, &due, &newest).await?;
    }
    Ok(report)
}

/// The rows of the newest second of a list. Every older second was over when the list was made, by the server's
/// own clock.
#[derive(Debug, Default)]
struct Newest {
    at: Option<DateTime<Utc>>,
    ids: BTreeSet<String>,
}

impl Newest {
    fn see(&mut self, row: &RawRow) {
        if self.at < Some(row.updated) {
            self.at = Some(row.updated);
            self.ids.clear();
        }
        if self.at == Some(row.updated) {
            self.ids.insert(row.remote_id.clone());
        }
    }
}

/// A second that has passed for us has passed for the server too, however far its clock is off.
const SETTLED_AFTER: Duration = Duration::seconds(2);
/// An edit so long ago, by our clock, is not looked at twice: only a clock that is off by more could matter.
const LONG_AGO: Duration = Duration::minutes(10);

/// Reads once more what was read in the second of its last edit, and remembers for the next run what was now.
#[allow(clippy::too_many_arguments)] // The run's own things, and what this run has found.
async fn settle<S: SyncStore>(
    system: &dyn TicketingSystem,
    store: &S,
    mapping: &Mapping,
    identity: &Identity,
    run: &Run,
    mut cursor: Cursor,
    just_read: &[String],
    newest: &Newest,
) -> Result<u32, TicketingError> {
    let again: Vec<String> = cursor.unsettled.keys().filter(|id| !just_read.contains(id)).cloned().collect();
    let read = details(system, store, mapping, identity, run, &again, Stage::Recheck).await?;
    let now = run.now();
    let recent = newest.at.is_some_and(|at| at > now - LONG_AGO);
    let mut unsettled: BTreeMap<String, DateTime<Utc>> = again
        .iter()
        .filter(|id| !read.vanished.contains(id))
        .filter_map(|id| Some((id.clone(), *cursor.unsettled.get(id)?)))
        .filter(|(_, since)| now - *since < SETTLED_AFTER)
        .collect();
    if recent {
        unsettled.extend(just_read.iter().filter(|id| newest.ids.contains(*id)).map(|id| (id.clone(), now)));
    }
    if unsettled != cursor.unsettled {
        cursor.unsettled = unsettled;
        store.commit_page(Vec::new(), Some(&cursor)).await?;
    }
    Ok(read.read)
}

/// Commits the changed rows of a page together with the mark they move.
pub(super) async fn commit<S: SyncStore>(
    system: &dyn TicketingSystem,
    store: &S,
    mapping: &Mapping,
    identity: &Identity,
    run: &Run,
    page: &Page,
    cursor: &mut Option<Cursor>,
) -> Result<u32, TicketingError> {
    let changed = unknown_rows(store, &page.rows).await?;
    let rows = interpret_rows(system, mapping, identity, run, &changed).await?;
    let now = run.now();
    let mut moved = cursor.clone();
    for row in &page.rows {
        // A row "updated" in the future must not hide the edits until then. Our clock only ever lowers the mark.
        let updated = row.updated.min(now.trunc_subsecs(0));
        if moved.as_ref().is_none_or(|mark| mark.is_before(updated, &row.remote_id)) {
            let unsettled = moved.map(|mark| mark.unsettled).unwrap_or_default();
            moved = Some(Cursor { updated, remote_id: row.remote_id.clone(), unsettled });
        }
    }
    let count = count(rows.len());
    if count > 0 || moved != *cursor {
        store.commit_page(rows, moved.as_ref()).await?;
        *cursor = moved;
    }
    Ok(count)
}

/// Rows that the store does not know in this form.
pub(super) async fn unknown_rows<'p, S: SyncStore>(
    store: &S,
    rows: &'p [RawRow],
) -> Result<Vec<&'p RawRow>, TicketingError> {
    let ids: Vec<String> = rows.iter().map(|r| r.remote_id.clone()).collect();
    let known = store.known(&ids).await?;
    Ok(rows
        .iter()
        .filter(|row| {
            known
                .get(&row.remote_id)
                .is_none_or(|k| k.tombstoned || k.updated != row.updated || k.row_sha256 != row.payload.sha256)
        })
        .collect())
}

pub(super) async fn interpret_rows(
    system: &dyn TicketingSystem,
    mapping: &Mapping,
    identity: &Identity,
    run: &Run,
    rows: &[&RawRow],
) -> Result<Vec<SyncedRow>, TicketingError> {
    let payloads: Vec<&RawPayload> = rows.iter().map(|r| &r.payload).collect();
    if !payloads.is_empty() {
        run.read(|| system.meet(mapping, &payloads)).await?;
    }
    rows.iter()
        .map(|row| {
            let change = system.interpret(mapping, identity, Source::Row(&row.payload))?;
            Ok(SyncedRow { change, payload: row.payload.clone() })
        })
        .collect()
}

/// Why details are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// They are due.
    Due,
    /// To find silent edits: stored only when they differ.
    Recheck,
}

/// What reading details came to.
#[derive(Debug, Default)]
pub(super) struct DetailsRead {
    pub(super) read: u32,
    pub(super) stored: Vec<String>,
    pub(super) vanished: Vec<String>,
}

pub(super) async fn details<S: SyncStore>(
    system: &dyn TicketingSystem,
    store: &S,
    mapping: &Mapping,
    identity: &Identity,
    run: &Run,
    ids: &[String],
    stage: Stage,
) -> Result<DetailsRead, TicketingError> {
    let total = count(ids.len());
    let report = |done: u32| match stage {
        Stage::Due => Progress::Details { done, total },
        Stage::Recheck => Progress::Rechecking { done, total },
    };
    let mut outcome = DetailsRead::default();
    // Linked issues as read in this run; each is asked for once.
    let mut linked: BTreeMap<String, RawPayload> = BTreeMap::new();
    let mut asked: BTreeSet<String> = BTreeSet::new();
    for some in ids.chunks(DETAILS_TOGETHER) {
        let mut raw: Vec<(String, RawDetails)> = Vec::with_capacity(some.len());
        for id in some {
            let now = run.now();
            match run.read(|| system.details(id, now)).await {
                Ok(read) => raw.push((id.clone(), read)),
                Err(TicketingError::Gone { .. } | TicketingError::Forbidden { .. }) => {
                    if let Presence::Vanished(why) = run.read(|| system.presence(&mapping.scope, id)).await? {
                        store.tombstone(id, &why, run.now()).await?;
                        outcome.vanished.push(id.clone());
                    }
                }
                Err(other) => return Err(other),
            }
            outcome.read += 1;
            run.report(report(outcome.read));
        }
        let new: BTreeSet<String> =
            raw.iter().flat_map(|(_, d)| d.linked.iter()).filter(|id| !asked.contains(*id)).cloned().collect();
        if !new.is_empty() {
            let now = run.now();
            linked.extend(run.read(|| system.linked(&new, now)).await?);
            asked.extend(new);
        }
        let known = store.known(some).await?;
        let mut changed = Vec::new();
        let mut payloads = Vec::new();
        for (id, read) in &raw {
            let rows: BTreeMap<String, RawPayload> =
                read.linked.iter().filter_map(|l| Some((l.clone(), linked.get(l)?.clone()))).collect();
            let digest = details_digest(&read.payload, &rows);
            if stage == Stage::Due || known.get(id).is_none_or(|k| k.details != Some(digest)) {
                payloads.push(&read.payload);
                changed.push((id, read, rows, digest));
            }
        }
        if changed.is_empty() {
            continue;
        }
        run.read(|| system.meet(mapping, &payloads)).await?;
        let mut synced = Vec::with_capacity(changed.len());
        for (id, read, rows, digest) in changed {
            let change = system.interpret(mapping, identity, Source::Details(&read.payload, &rows))?;
            outcome.stored.push(id.clone());
            synced.push(SyncedDetails {
                change,
                payload: read.payload.clone(),
                linked: rows.into_values().collect(),
                digest,
            });
        }
        store.put_details(synced).await?;
    }
    Ok(outcome)
}

/// Over the direct read and the linked rows, in the order of their ids.
fn details_digest(payload: &RawPayload, linked: &BTreeMap<String, RawPayload>) -> Digest {
    let mut bytes = payload.sha256.0.to_vec();
    for row in linked.values() {
        bytes.extend_from_slice(&row.sha256.0);
    }
    Digest::of(&bytes)
}

/// What a mapping makes of the newest changes, before it is adopted.
///
/// # Errors
/// Whatever the server answers.
pub async fn dry_run(
    system: &dyn TicketingSystem,
    mapping: &Mapping,
    identity: &Identity,
    changes: u32,
    run: &Run,
) -> Result<DryRun, TicketingError> {
    mapping.check()?;
    let now = run.now();
    let rows = run.read(|| system.newest(&mapping.scope, changes, now)).await?;
    let mut read = Vec::with_capacity(rows.len());
    let mut linked = BTreeSet::new();
    for (done, row) in rows.iter().enumerate() {
        let details = run.read(|| system.details(&row.remote_id, now)).await?;
        linked.extend(details.linked.iter().cloned());
        read.push(details);
        run.report(Progress::Details { done: count(done + 1), total: count(rows.len()) });
    }
    let linked = run.read(|| system.linked(&linked, now)).await?;
    let payloads: Vec<&RawPayload> = read.iter().map(|d| &d.payload).collect();
    run.read(|| system.meet(mapping, &payloads)).await?;
    let mapped: Result<Vec<_>, _> =
        payloads.iter().map(|payload| system.interpret(mapping, identity, Source::Details(payload, &linked))).collect();
    Ok(summarise(mapping, &mapped?))
}

/// Brings a file's content and stores it under its digest.
///
/// # Errors
/// Whatever the server answers; a page for people instead of the file is refused.
pub async fn fetch_attachment<S: SyncStore>(
    system: &dyn TicketingSystem,
    store: &S,
    remote_id: &str,
    attachment: &Attachment,
    run: &Run,
) -> Result<Digest, TicketingError> {
    let file = run.read(|| system.download(attachment)).await?;
    store.put_attachment_content(remote_id, &attachment.remote_id, file.sha256, &file.bytes).await?;
    Ok(file.sha256)
}
