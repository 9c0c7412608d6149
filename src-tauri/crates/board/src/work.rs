//! Long work: what runs, how far it is, and how a person stops it.
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};
use crate::requests::OfWork;
use crate::views::{CabinetEvent, Progress, ProgressState, WorkKind};

/// What is running in this process. `cab` beside a window has its own: a guest never cancels the
/// window's work.
#[derive(Debug, Default)]
pub(crate) struct Works {
    running: Mutex<BTreeMap<String, (WorkKind, CancellationToken)>>,
}

impl Works {
    fn with<T>(&self, f: impl FnOnce(&mut BTreeMap<String, (WorkKind, CancellationToken)>) -> T) -> T {
        f(&mut self.running.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The work of this kind that is under way.
    pub fn of_kind(&self, kind: WorkKind) -> Option<String> {
        self.with(|running| running.iter().find(|(_, (k, _))| *k == kind).map(|(id, _)| id.clone()))
    }

    fn begin(&self, kind: WorkKind) -> (String, CancellationToken) {
        let id = uuid::Uuid::now_v7().to_string();
        let cancel = CancellationToken::new();
        self.with(|running| running.insert(id.clone(), (kind, cancel.clone())));
        (id, cancel)
    }

    fn end(&self, id: &str) {
        self.with(|running| running.remove(id));
    }

    /// Asks the work to stop; `false` if it is not running (any more).
    fn cancel(&self, id: &str) -> bool {
        self.with(|running| running.get(id).map(|(_, cancel)| cancel.cancel()).is_some())
    }

    /// Asks everything to stop: the board is being closed.
    pub fn cancel_all(&self) {
        self.with(|running| running.values().for_each(|(_, cancel)| cancel.cancel()));
    }
}

/// One piece of long work. Dropped without [`Work::end`], it counts as failed: nothing stays
/// "running" on the screen for ever.
pub(crate) struct Work {
    cabinet: Cabinet,
    id: String,
    kind: WorkKind,
    cancellable: bool,
    cancel: CancellationToken,
    last: Mutex<(u32, Option<u32>)>,
    ended: bool,
}

impl Work {
    /// Its name in events and for `cancel_work`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Is cancelled when the person says so.
    pub fn token(&self) -> CancellationToken {
        self.cancel.clone()
    }

    /// Tells how far it is. `total` is `None` while it is not known.
    pub fn progress(&self, done: u32, total: Option<u32>, step: impl Into<String>) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = (done, total);
        self.tell(ProgressState::Running, step.into());
    }

    fn tell(&self, state: ProgressState, step: String) {
        let (done, total) = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        self.cabinet.emit(CabinetEvent::Progress {
            progress: Progress {
                work: self.id.clone(),
                kind: self.kind,
                state,
                done,
                total,
                step,
                cancellable: self.cancellable && state == ProgressState::Running,
            },
        });
    }

    /// Ends the work and tells how it ended; hands the outcome through.
    pub fn end<T>(mut self, outcome: Answer<T>, done: impl FnOnce(&T) -> String) -> Answer<T> {
        self.ended = true;
        match &outcome {
            Ok(what) => self.tell(ProgressState::Done, done(what)),
            Err(BoardError::Cancelled) => {
                self.tell(ProgressState::Cancelled, "Cancelled; what had arrived was kept.".to_owned());
            }
            Err(error) => self.tell(ProgressState::Failed, error.to_string()),
        }
        outcome
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.cabinet.works().end(&self.id);
        if !self.ended {
            self.tell(ProgressState::Failed, "It ended before it was done.".to_owned());
        }
    }
}

impl Cabinet {
    /// Begins long work; the first event goes out at once.
    pub(crate) fn begin_work(&self, kind: WorkKind, cancellable: bool, step: &str) -> Work {
        let (id, cancel) = self.works().begin(kind);
        let work = Work {
            cabinet: self.clone(),
            id,
            kind,
            cancellable,
            cancel,
            last: Mutex::new((0, None)),
            ended: false,
        };
        work.tell(ProgressState::Running, step.to_owned());
        work
    }

    /// Stops a piece of work. What was committed stays; work that is over already is no error.
    pub async fn cancel_work(&self, request: OfWork) -> Answer<()> {
        self.works().cancel(&request.work);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cancelling_reaches_the_token_of_that_work_alone() {
        let works = Works::default();
        let (a, token_a) = works.begin(WorkKind::Sync);
        let (_, token_b) = works.begin(WorkKind::Push);
        assert!(works.cancel(&a), "it is running");
        assert!(token_a.is_cancelled() && !token_b.is_cancelled(), "only the one that was named");
        works.end(&a);
        assert!(!works.cancel(&a), "it is over");
        assert_eq!(works.of_kind(WorkKind::Sync), None, "and no longer listed");
    }
}
