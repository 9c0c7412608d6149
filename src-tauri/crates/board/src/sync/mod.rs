//! Syncing: pull what changed, reconcile what leaves no trace, push what is queued. A guest that
//! reports progress and can be cancelled; no screen waits for it.
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use ticketing::{ReconcileReport, Run, TicketingError};
use tokio_util::sync::CancellationToken;

use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::error::{Answer, BoardError};
use crate::requests::OfWork;
use crate::views::{Noun, WorkKind};
use crate::work::{Voice, Work};

mod link;
mod store_port;

pub(crate) use link::{
    Consents, Link, Notes, adapter, in_ticketing, keep_notes, named, notes_of, of_stored, system_name,
};
pub(crate) use store_port::BoardStore;

/// A census is due after this long: some edits leave no trace in "updated", deletes leave none at all.
const CENSUS_EVERY_HOURS: i64 = 12;
/// Minutes between two tries that nobody asked for, while the server is away.
const AGAIN_WHILE_AWAY: i64 = 2;

/// What a sync did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncReport {
    /// Changes that were new or had changed.
    pub changed: u32,
    /// Changes whose details were read.
    pub details: u32,
    /// Tickets that are gone or out of reach now.
    pub vanished: u32,
    /// Tickets missing at once, so many that a lost permission is likelier: nothing was marked.
    pub suspicious: Option<u32>,
    /// Decisions, and approvals that the chain delegates, written back and verified.
    pub written_back: u32,
    /// Operations that still wait, for the network or for a person.
    pub waiting: u32,
    /// Why the calendar file is not up to date, if one is kept and it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
}

impl SyncReport {
    /// In one line.
    #[must_use]
    pub fn words(&self) -> String {
        let mut parts = vec![match self.changed {
            0 => "Nothing new".to_owned(),
            1 => "1 change is new or different".to_owned(),
            n => format!("{n} changes are new or different"),
        }];
        if self.vanished > 0 {
            parts.push(format!("{} tickets are gone or out of reach", self.vanished));
        }
        if let Some(n) = self.suspicious {
            parts.push(format!("{n} tickets are missing at once: nothing was marked, check the account's rights"));
        }
        match self.written_back {
            0 => {}
            1 => parts.push("1 decision or approval written back".to_owned()),
            n => parts.push(format!("{n} decisions and approvals written back")),
        }
        if self.waiting > 0 {
            parts.push(format!("{} wait in the outbox", self.waiting));
        }
        if let Some(why) = &self.calendar {
            parts.push(format!("the calendar file is not up to date: {why}"));
        }
        format!("{}.", parts.join("; "))
    }
}

impl Cabinet {
    /// Starts pulling, then pushing what is queued. Returns at once; progress arrives as events.
    pub async fn sync(&self) -> Answer<OfWork> {
        let board = self.board()?;
        refuse_unconnected(&board).await?;
        if let Some(work) = self.works().of_kind(WorkKind::Sync) {
            return Ok(OfWork { work });
        }
        let work = self.begin_work(WorkKind::Sync, true, "Connecting");
        let id = work.id().to_owned();
        let cabinet = self.clone();
        tokio::spawn(async move {
            if let Err(error) = cabinet.synced(&board, work).await {
                tracing::info!(%error, "the sync ended early");
            }
        });
        Ok(OfWork { work: id })
    }

    /// Pulls and pushes, and answers when it is done.
    pub async fn sync_now(&self) -> Answer<SyncReport> {
        let board = self.board()?;
        refuse_unconnected(&board).await?;
        let work = self.begin_work(WorkKind::Sync, true, "Connecting");
        // On the heap: it goes through every part of the desk, and whoever waits for it would carry all of that on the stack.
        Box::pin(self.synced(&board, work)).await
    }

    async fn synced(&self, board: &Arc<OpenBoard>, work: Work) -> Answer<SyncReport> {
        let mut outcome = Box::pin(self.pull_and_push(board, &work)).await;
        // Whether the server answered or not: what was decided here since then is in the calendar as well.
        let calendar = Box::pin(self.keep_calendar(board)).await;
        if let Ok(report) = &mut outcome {
            report.calendar = calendar;
        }
        self.changed(&[Noun::Changes, Noun::Connection, Noun::Outbox], &[]);
        work.end(outcome, SyncReport::words)
    }

    async fn pull_and_push(&self, board: &Arc<OpenBoard>, work: &Work) -> Answer<SyncReport> {
        let _alone = board.syncing.lock().await;
        let run = self.run_of(&work.token()).reporting_to({
            let voice = work.voice();
            move |progress| tell(&voice, progress)
        });
        let mut report = SyncReport::default();
        for connection in board.store.connections().await.map_err(stored)? {
            let link = Link::open(board, connection.id).await?;
            let pulled = self.pull(board, &link, &run, &mut report).await;
            // What this one told counts, whether the next one answers or not. A desk on which nobody is named yet writes
            // nothing; the next one does.
            if let Err(error) = self.suspend_failed(board).await {
                tracing::warn!(%error, "a standing approval could not be suspended");
            }
            self.note_outcome(board, &link, pulled.as_ref().err()).await?;
            pulled.map_err(|e| in_ticketing(&link, &e))?;
        }
        self.queue_write_backs(board).await?;
        let drained = self.drain(board, &run, crate::outbox::Eager::Everything).await?;
        report.written_back = drained.verified;
        report.waiting = drained.waiting;
        Ok(report)
    }

    async fn pull(
        &self,
        board: &Arc<OpenBoard>,
        link: &Link,
        run: &Run,
        report: &mut SyncReport,
    ) -> Result<(), TicketingError> {
        let remap = link.notes(board).await.map_err(ticketing_storage)?.remap;
        let store = BoardStore::new(self.clone(), board.clone(), link.connection.id).reading_again(remap);
        let first = board.store.cursor(link.connection.id).await.is_ok_and(|c| c.is_none());
        let pulled = ticketing::sync(link.system.as_ref(), &store, &link.mapping, &link.identity, run).await?;
        report.changed += pulled.changed;
        report.details += pulled.details;
        report.vanished += count(pulled.vanished.len());
        let now = self.now();
        let mut notes = link.notes(board).await.map_err(ticketing_storage)?;
        let due = notes.last_census.is_none_or(|at| now - at > Duration::hours(CENSUS_EVERY_HOURS));
        // The first sync has just read every row: that was the census.
        if due && !first {
            let found = ticketing::reconcile(link.system.as_ref(), &store, &link.mapping, &link.identity, run).await?;
            add(report, &found);
            notes.suspicious = found.suspicious;
        }
        if due {
            notes.last_census = Some(now);
        }
        notes.last_synced = Some(now);
        notes.remap = false;
        link.keep(board, &notes).await.map_err(ticketing_storage)
    }

    /// Compares everything with the server now (nightly, and before a meeting).
    pub async fn reconcile_now(&self) -> Answer<SyncReport> {
        let board = self.board()?;
        refuse_unconnected(&board).await?;
        let work = self.begin_work(WorkKind::Reconcile, true, "Comparing with the server");
        let outcome = async {
            let _alone = board.syncing.lock().await;
            let voice = work.voice();
            let run = self.run_of(&work.token()).reporting_to(move |progress| tell(&voice, progress));
            let mut report = SyncReport::default();
            for connection in board.store.connections().await.map_err(stored)? {
                let link = Link::open(&board, connection.id).await?;
                let store = BoardStore::new(self.clone(), board.clone(), connection.id);
                let found =
                    ticketing::reconcile(link.system.as_ref(), &store, &link.mapping, &link.identity, &run).await;
                self.note_outcome(&board, &link, found.as_ref().err()).await?;
                let found = found.map_err(|e| in_ticketing(&link, &e))?;
                add(&mut report, &found);
                let mut notes = link.notes(&board).await?;
                notes.suspicious = found.suspicious;
                notes.last_census = Some(self.now());
                link.keep(&board, &notes).await?;
            }
            Ok(report)
        }
        .await;
        self.changed(&[Noun::Changes, Noun::Connection], &[]);
        work.end(outcome, SyncReport::words)
    }

    /// One look at what is due, for a host that stays open: what waits in the outbox goes out when its time has
    /// come, and the ticketing system is asked again now and then; sooner while it is away, so that what was
    /// signed on a plane travels out by itself after landing.
    ///
    /// `interval_minutes` is the setting `sync.interval_minutes`; with 0 nothing is asked or tried again by itself.
    pub async fn keep_in_touch(&self, interval_minutes: u32) -> Answer<()> {
        if interval_minutes == 0 {
            return Ok(());
        }
        let again = i64::from(interval_minutes);
        let Ok(board) = self.board() else { return Ok(()) };
        let now = self.now();
        for connection in board.store.connections().await.map_err(stored)? {
            let notes = notes_of(&board, connection.id).await?;
            if notes.stopped.is_some() {
                continue;
            }
            let wait = if notes.problem.is_some() { again.min(AGAIN_WHILE_AWAY) } else { again };
            let tried = later(notes.last_synced, notes.last_tried);
            // A clock that was set back would otherwise silence this for as long.
            if tried.is_none_or(|at| now < at || now - at >= Duration::minutes(wait)) {
                self.sync().await?;
                return Ok(());
            }
        }
        if !board.store.next_due(now, 1).await.map_err(stored)?.is_empty() {
            self.push_in_background(&board);
        }
        Ok(())
    }

    /// What every run needs from here: the clock, some randomness, and how it is cancelled.
    pub(crate) fn run_of(&self, cancel: &CancellationToken) -> Run {
        let cabinet = self.clone();
        let mut run = Run::new(move || cabinet.now(), jitter);
        run.cancel = cancel.clone();
        run
    }
}

fn add(report: &mut SyncReport, found: &ReconcileReport) {
    report.changed += found.changed + count(found.silently_edited.len());
    report.details += found.rechecked;
    report.vanished += count(found.vanished.len());
    report.suspicious = report.suspicious.or(found.suspicious);
}

async fn refuse_unconnected(board: &OpenBoard) -> Answer<()> {
    if board.store.connections().await.map_err(stored)?.is_empty() {
        return Err(BoardError::refused(
            "not_connected",
            "There is no connection to a ticketing system yet.",
            Some("R1"),
            "Connect one first, under Settings.",
        ));
    }
    Ok(())
}

fn ticketing_storage(error: BoardError) -> TicketingError {
    TicketingError::Storage(ticketing::StorageError::new(error))
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Thousandths between 700 and 1300, so that clients do not come back in step. Without randomness: 1000.
fn jitter() -> u32 {
    let mut bytes = [0u8; 2];
    match getrandom::fill(&mut bytes) {
        Ok(()) => 700 + u32::from(u16::from_be_bytes(bytes)) % 601,
        Err(_) => 1000,
    }
}

fn tell(voice: &Voice, progress: ticketing::Progress) {
    use ticketing::Progress as P;
    match progress {
        P::Listing { done, total } => voice.progress(done, total, "Reading the list"),
        P::Details { done, total } => voice.progress(done, Some(total), "Reading details"),
        P::Census { done, total } => voice.progress(done, total, "Comparing with the server"),
        P::Rechecking { done, total } => voice.progress(done, Some(total), "Looking for silent edits"),
        P::Waiting { seconds, why } => voice.progress(0, None, &format!("Waiting {seconds} s: {why}")),
    }
}

/// The later of two moments, where either may not have been.
pub(crate) fn later(a: Option<DateTime<Utc>>, b: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    a.max(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_stays_within_its_bounds() {
        for _ in 0..200 {
            assert!((700..=1300).contains(&jitter()));
        }
    }

    #[test]
    fn a_report_says_what_matters_in_one_line() {
        assert_eq!(SyncReport::default().words(), "Nothing new.");
        let report = SyncReport { changed: 2, written_back: 1, waiting: 3, ..SyncReport::default() };
        let said = "2 changes are new or different; 1 decision or approval written back; 3 wait in the outbox.";
        assert_eq!(report.words(), said);
        let several = SyncReport { written_back: 2, ..SyncReport::default() };
        assert_eq!(several.words(), "Nothing new; 2 decisions and approvals written back.");
        let calendar = Some("/srv/board.ics: its folder is not there".to_owned());
        let said = SyncReport { calendar, ..SyncReport::default() }.words();
        assert_eq!(said, "Nothing new; the calendar file is not up to date: /srv/board.ics: its folder is not there.");
    }
}
