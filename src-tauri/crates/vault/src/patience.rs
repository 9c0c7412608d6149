//! Waiting for a keyring: a locked one with a display blocks until its prompt is answered.
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::error::VaultError;

/// Stops waiting, from any thread.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Whoever waits with this stops waiting, with [`VaultError::Cancelled`].
    pub fn cancel(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether it was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// How long a call may take, and who is told while it does.
#[derive(Clone)]
pub struct Patience {
    /// After this the user is told that the keyring waits for its prompt.
    pub notify_after: Duration,
    /// After this nobody waits any more.
    pub give_up_after: Duration,
    /// Told once per call, from the waiting thread.
    pub waiting: Option<Arc<dyn Fn() + Send + Sync>>,
    /// Stops waiting.
    pub cancel: Cancel,
}

impl fmt::Debug for Patience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patience")
            .field("notify_after", &self.notify_after)
            .field("give_up_after", &self.give_up_after)
            .finish_non_exhaustive()
    }
}

impl Default for Patience {
    /// 3 s, then "waiting for the prompt"; 120 s at most.
    fn default() -> Self {
        Self {
            notify_after: Duration::from_secs(3),
            give_up_after: Duration::from_secs(120),
            waiting: None,
            cancel: Cancel::default(),
        }
    }
}

impl Patience {
    /// The same patience, telling `waiting` when a prompt is waited for.
    #[must_use]
    pub fn telling(self, waiting: impl Fn() + Send + Sync + 'static) -> Self {
        Self { waiting: Some(Arc::new(waiting)), ..self }
    }
}

/// Set once nobody waits for a call any more: a write must then not happen late, behind the user's back.
#[derive(Debug, Clone, Default)]
pub(crate) struct Abandoned(Arc<AtomicBool>);

impl Abandoned {
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// How often a waiting thread looks whether it was cancelled.
const LOOK: Duration = Duration::from_millis(50);

/// Runs `work` on a thread of its own and waits for it with `patience`. The thread of a call that was
/// given up lives on until its prompt is closed; [`Abandoned`] tells it not to write any more.
pub(crate) fn wait_for<T: Send + 'static>(
    patience: &Patience,
    work: impl FnOnce(&Abandoned) -> Result<T, VaultError> + Send + 'static,
) -> Result<T, VaultError> {
    let abandoned = Abandoned::default();
    let (sender, receiver) = mpsc::sync_channel(1);
    let flag = abandoned.clone();
    std::thread::Builder::new()
        .name("vault".to_owned())
        .spawn(move || {
            // Nobody listens any more where the call was given up.
            let _ = sender.send(work(&flag));
        })
        .map_err(|error| VaultError::io("starting the vault's thread", error))?;
    let started = Instant::now();
    let mut told = false;
    loop {
        match receiver.recv_timeout(LOOK) {
            Ok(result) => return result,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(VaultError::corrupt("the keyring's client ended unexpectedly"));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        if patience.cancel.is_cancelled() {
            abandoned.0.store(true, Ordering::SeqCst);
            return Err(VaultError::Cancelled);
        }
        if started.elapsed() >= patience.give_up_after {
            abandoned.0.store(true, Ordering::SeqCst);
            return Err(VaultError::TimedOut { seconds: patience.give_up_after.as_secs() });
        }
        if !told && started.elapsed() >= patience.notify_after {
            told = true;
            tracing::info!("waiting for the keyring's prompt");
            if let Some(waiting) = &patience.waiting {
                waiting();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short() -> Patience {
        let milliseconds = Duration::from_millis;
        Patience { notify_after: milliseconds(60), give_up_after: milliseconds(400), ..Patience::default() }
    }

    #[test]
    fn a_quick_answer_tells_nobody() {
        let told = Arc::new(AtomicBool::new(false));
        let flag = told.clone();
        let patience = Patience::default().telling(move || flag.store(true, Ordering::SeqCst));
        assert_eq!(wait_for(&patience, |_| Ok(7)).expect("answers"), 7);
        assert!(!told.load(Ordering::SeqCst));
    }

    #[test]
    fn a_call_that_never_answers_is_told_then_given_up_and_knows_it() {
        let (told, tell) = mpsc::channel();
        let (release, wait) = mpsc::channel::<()>();
        let (report, reported) = mpsc::channel();
        let patience = short().telling(move || told.send(()).expect("listened to"));
        let result = wait_for(&patience, move |abandoned| {
            let _ = wait.recv();
            report.send(abandoned.is_set()).expect("listened to");
            Ok(())
        });
        assert!(matches!(result, Err(VaultError::TimedOut { .. })));
        tell.try_recv().expect("told while it waited");
        assert!(tell.try_recv().is_err(), "once");
        drop(release);
        assert!(reported.recv().expect("the thread ends"), "it must not write any more");
    }

    #[test]
    fn waiting_can_be_cancelled() {
        let patience = Patience::default();
        let cancel = patience.cancel.clone();
        let (_release, wait) = mpsc::channel::<()>();
        let result = wait_for(&patience, move |_| {
            cancel.cancel();
            let _ = wait.recv();
            Ok(())
        });
        assert!(matches!(result, Err(VaultError::Cancelled)));
    }
}
