//! One run: how it is cancelled, how it reports, how it waits and tries again.
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;
use tokio_util::sync::CancellationToken;

use crate::errors::TicketingError;
use crate::system::Answer;

/// Where a run stands, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Progress {
    /// Reading the list.
    Listing {
        /// Rows read.
        done: u32,
        /// Rows there are, if the server says.
        total: Option<u32>,
    },
    /// Reading details.
    Details {
        /// Changes read.
        done: u32,
        /// Changes due.
        total: u32,
    },
    /// Comparing ids with the server's.
    Census {
        /// Rows read.
        done: u32,
        /// Rows there are, if the server says.
        total: Option<u32>,
    },
    /// Reading details again to find silent edits.
    Rechecking {
        /// Changes read.
        done: u32,
        /// Changes to read.
        total: u32,
    },
    /// Waiting before the next try.
    Waiting {
        /// How long, rounded up.
        seconds: u32,
        /// Why, in words.
        why: String,
    },
}

/// Tries of a read, or of a write that certainly had no effect.
pub(super) const TRIES: u32 = 4;
/// A longer wish to wait ends the run, which is parked by whoever started it.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What a run needs from its host.
#[derive(Clone)]
pub struct Run {
    /// Ends the run within a second.
    pub cancel: CancellationToken,
    /// Called at each step.
    pub progress: Arc<dyn Fn(Progress) + Send + Sync>,
    /// The host's clock, for "fetched at".
    pub now: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    /// A factor for waits in thousandths, 700 to 1300, so that clients do not come back in step.
    pub jitter: Arc<dyn Fn() -> u32 + Send + Sync>,
    /// The first wait without a wish of the server; doubled at each try.
    pub backoff: Duration,
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("cancelled", &self.cancel.is_cancelled())
            .field("backoff", &self.backoff)
            .finish_non_exhaustive()
    }
}

impl Run {
    /// A run with the host's clock and randomness, half a second of first wait, and no listener.
    #[must_use]
    pub fn new(
        now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
        jitter: impl Fn() -> u32 + Send + Sync + 'static,
    ) -> Self {
        Self {
            cancel: CancellationToken::new(),
            progress: Arc::new(|_| {}),
            now: Arc::new(now),
            jitter: Arc::new(jitter),
            backoff: Duration::from_millis(500),
        }
    }

    /// The same run with a listener.
    #[must_use]
    pub fn reporting_to(mut self, progress: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.progress = Arc::new(progress);
        self
    }

    pub(super) fn report(&self, progress: Progress) {
        (self.progress)(progress);
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        (self.now)()
    }

    /// Awaits one answer, unless cancelled first: then the request is dropped.
    pub(super) async fn once<T>(&self, answer: Answer<'_, T>) -> Result<T, TicketingError> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(TicketingError::Cancelled),
            answer = answer => answer,
        }
    }

    /// Tries a read up to four times. 401, refusals and foreign answers are never tried again.
    pub(super) async fn read<'a, T>(&self, mut ask: impl FnMut() -> Answer<'a, T>) -> Result<T, TicketingError> {
        let mut tried = 1;
        loop {
            match self.once(ask()).await {
                Err(error) if tried < TRIES && worth_another_try(&error) => {
                    self.wait_for(&error, tried).await?;
                    tried += 1;
                }
                settled => return settled,
            }
        }
    }

    /// Waits as the server asked, or longer at each try; gives the error back when the wish is too long.
    pub(super) async fn wait_for(&self, error: &TicketingError, tried: u32) -> Result<(), TicketingError> {
        let wished = error.wait();
        if let Some(wait) = wished.filter(|wait| *wait > LONGEST_WAIT) {
            return Err(TicketingError::RateLimited {
                what: format!("it asks to wait {} s", wait.as_secs()),
                wait: Some(wait),
            });
        }
        let base = wished.unwrap_or_else(|| self.backoff.saturating_mul(1 << tried.min(6)) / 2);
        let factor = (self.jitter)().clamp(700, 1300);
        // Never sooner than the server asked.
        let factor = if wished.is_some() { factor.max(1000) } else { factor };
        let wait = base.saturating_mul(factor) / 1000;
        let seconds = u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX);
        tracing::info!(seconds, %error, "waiting before the next try");
        self.report(Progress::Waiting { seconds, why: error.to_string() });
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(TicketingError::Cancelled),
            () = tokio::time::sleep(wait) => Ok(()),
        }
    }
}

pub(super) fn worth_another_try(error: &TicketingError) -> bool {
    matches!(error, TicketingError::RateLimited { .. } | TicketingError::Transient { .. })
}

/// Counts for people and IPC.
pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
