//! Long work: what runs, how far it is, and how a person stops it.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};
use crate::requests::OfWork;
use crate::views::{Progress, ProgressState, WorkKind};

/// What is running in this process. `cab` beside a window has its own: a guest never cancels the
/// window's work.
#[derive(Debug, Default)]
pub(crate) struct Works {
    running: Mutex<BTreeMap<String, (WorkKind, CancellationToken)>>,
    /// What nobody needs to see: it only keeps a command that ends from ending first.
    quiet: Mutex<u32>,
    /// Told whenever a piece of work ends.
    ended: tokio::sync::Notify,
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
        self.ended.notify_waiters();
    }

    /// Asks the work to stop; `false` if it is not running (any more).
    fn cancel(&self, id: &str) -> bool {
        self.with(|running| running.get(id).map(|(_, cancel)| cancel.cancel()).is_some())
    }
}

/// Tells how far a piece of work is; cheap to clone into whatever does the work.
#[derive(Clone)]
pub(crate) struct Voice {
    cabinet: Cabinet,
    id: String,
    kind: WorkKind,
    cancellable: bool,
    last: Arc<Mutex<Last>>,
}

struct Last {
    done: u32,
    total: Option<u32>,
    step: String,
    at: Option<Instant>,
}

/// More often than this nobody can read it.
const BETWEEN: Duration = Duration::from_millis(100);

impl Voice {
    /// Tells how far it is. `total` is `None` while it is not known. What comes faster than it can be
    /// read is left out, never the first or last of a step.
    pub fn progress(&self, done: u32, total: Option<u32>, step: &str) {
        {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            let same_step = last.step == step;
            let soon = last.at.is_some_and(|at| at.elapsed() < BETWEEN);
            (last.done, last.total) = (done, total);
            if same_step && soon && total != Some(done) {
                return;
            }
            step.clone_into(&mut last.step);
            last.at = Some(Instant::now());
        }
        self.tell(ProgressState::Running, step.to_owned());
    }

    fn tell(&self, state: ProgressState, step: String) {
        let (done, total) = {
            let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            (last.done, last.total)
        };
        self.cabinet.progressed(Progress {
            work: self.id.clone(),
            kind: self.kind,
            state,
            done,
            total,
            step,
            cancellable: self.cancellable && state == ProgressState::Running,
        });
    }
}

/// One piece of long work. Dropped without [`Work::end`], it counts as failed: nothing stays
/// "running" on the screen for ever.
pub(crate) struct Work {
    voice: Voice,
    cancel: CancellationToken,
    ended: bool,
}

impl Work {
    /// Its name in events and for `cancel_work`.
    pub fn id(&self) -> &str {
        &self.voice.id
    }

    /// Is cancelled when the person says so.
    pub fn token(&self) -> CancellationToken {
        self.cancel.clone()
    }

    /// For whoever does the work.
    pub fn voice(&self) -> Voice {
        self.voice.clone()
    }

    /// Ends the work and tells how it ended; hands the outcome through.
    pub fn end<T>(mut self, outcome: Answer<T>, done: impl FnOnce(&T) -> String) -> Answer<T> {
        self.ended = true;
        match &outcome {
            Ok(what) => self.voice.tell(ProgressState::Done, done(what)),
            Err(BoardError::Cancelled) => {
                self.voice.tell(ProgressState::Cancelled, "Cancelled; what had arrived was kept.".to_owned());
            }
            Err(error) => self.voice.tell(ProgressState::Failed, error.to_string()),
        }
        outcome
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.voice.cabinet.works().end(&self.voice.id);
        if !self.ended {
            self.voice.tell(ProgressState::Failed, "It ended before it was done.".to_owned());
        }
    }
}

/// Work that no screen shows.
pub(crate) struct QuietWork(Cabinet);

impl Drop for QuietWork {
    fn drop(&mut self) {
        let works = self.0.works();
        *works.quiet.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        works.ended.notify_waiters();
    }
}

impl Cabinet {
    /// Begins work that no screen shows; it ends when what this returns is dropped.
    pub(crate) fn begin_quiet_work(&self) -> QuietWork {
        *self.works().quiet.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        QuietWork(self.clone())
    }

    /// Begins long work; the first event goes out at once.
    pub(crate) fn begin_work(&self, kind: WorkKind, cancellable: bool, step: &str) -> Work {
        let (id, cancel) = self.works().begin(kind);
        let last = Last { done: 0, total: None, step: String::new(), at: None };
        let voice = Voice { cabinet: self.clone(), id, kind, cancellable, last: Arc::new(Mutex::new(last)) };
        voice.progress(0, None, step);
        Work { voice, cancel, ended: false }
    }

    /// Waits until nothing is under way in this process: a command that ends lets what it began in the
    /// background end first, instead of cutting off a write whose answer is on its way.
    pub async fn finish_work(&self) {
        loop {
            let ended = self.works().ended.notified();
            tokio::pin!(ended);
            // Listening before looking: an end in between is not missed.
            ended.as_mut().enable();
            let quiet = *self.works().quiet.lock().unwrap_or_else(PoisonError::into_inner) == 0;
            if quiet && self.works().with(|running| running.is_empty()) {
                return;
            }
            ended.await;
        }
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
