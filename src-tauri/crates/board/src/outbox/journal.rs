//! The engine's states of an operation as states of the outbox, each durable before the next step.
use chrono::{DateTime, Duration, Utc};
use domain::ids::OperationId;
use store::{OutboxState, Store, Transition};
use ticketing::{PushJournal, PushState, StorageError};
use tokio::sync::Mutex;

use super::write_back::Base;
use crate::cabinet::Cabinet;

/// First wait after a try that did not go through, in seconds; doubled each time.
const FIRST_WAIT: i64 = 30;
/// Longest wait, in seconds.
const LONGEST_WAIT: i64 = 3_600;

/// How long an operation rests after so many tries.
pub(super) fn rest(attempts: u32) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1_i64.checked_shl(attempts.min(10)).unwrap_or(i64::MAX));
    Duration::seconds(doubled.min(LONGEST_WAIT))
}

/// Saves the states of one operation.
pub(super) struct Journal<'a> {
    pub cabinet: &'a Cabinet,
    pub store: &'a Store,
    pub base: Base,
    pub at: Mutex<At>,
}

/// Where the operation stands in the store.
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    pub state: OutboxState,
    pub attempts: u32,
}

/// The state of the outbox that an engine's state is.
pub(super) fn outbox_state(state: &PushState) -> OutboxState {
    match state {
        PushState::Planned { .. } => OutboxState::Queued,
        PushState::Sending { .. } => OutboxState::Sending,
        PushState::Unknown { .. } => OutboxState::Unknown,
        PushState::Verified { .. } => OutboxState::Verified,
        PushState::Failed { .. } => OutboxState::Failed,
        PushState::Blocked { .. } => OutboxState::Blocked,
    }
}

impl Journal<'_> {
    fn transition(&self, state: &PushState, attempts: u32, now: DateTime<Utc>) -> Result<Transition, StorageError> {
        let later = Some(now + rest(attempts));
        Ok(match state {
            PushState::Planned { upload } => {
                Transition { upload_token: upload.clone(), not_before: later, ..Transition::default() }
            }
            PushState::Sending { upload } => {
                Transition { attempted: true, upload_token: upload.clone(), ..Transition::default() }
            }
            PushState::Unknown { upload, why } => Transition {
                upload_token: upload.clone(),
                not_before: later,
                error: Some(why.clone()),
                ..Transition::default()
            },
            PushState::Verified { receipt } => {
                let base = Base { receipt: Some(receipt.clone()), ..self.base.clone() };
                let base = serde_json::to_string(&base).map_err(StorageError::new)?;
                Transition { base: Some(base), ..Transition::default() }
            }
            PushState::Failed { reason } | PushState::Blocked { reason } => {
                Transition { error: Some(reason.clone()), ..Transition::default() }
            }
        })
    }
}

impl PushJournal for Journal<'_> {
    async fn save(&self, operation: &OperationId, state: &PushState) -> Result<(), StorageError> {
        let mut at = self.at.lock().await;
        let now = self.cabinet.now();
        let to = outbox_state(state);
        if !at.state.may_become(to) {
            if at.state == to {
                return Ok(());
            }
            // Found on the ticket before anything was sent: an earlier try of ours, or another device's.
            let through = Transition::default();
            self.store
                .transition(*operation, at.state, OutboxState::Sending, &through, now)
                .await
                .map_err(StorageError::new)?;
            at.state = OutboxState::Sending;
        }
        let with = self.transition(state, at.attempts, now)?;
        let moved = self.store.transition(*operation, at.state, to, &with, now).await.map_err(StorageError::new)?;
        if !moved {
            return Err(StorageError::new("another program took this operation up"));
        }
        at.state = to;
        at.attempts += u32::from(with.attempted);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_rests_longer_each_time_but_never_for_ever() {
        let waits: Vec<i64> = [0, 1, 2, 6, 7, 40].into_iter().map(|n| rest(n).num_seconds()).collect();
        assert_eq!(waits, [30, 60, 120, 1920, 3600, 3600]);
    }

    #[test]
    fn every_state_of_the_engine_has_its_place() {
        let states = [
            PushState::Planned { upload: None },
            PushState::Sending { upload: None },
            PushState::Unknown { upload: None, why: String::new() },
            PushState::Failed { reason: String::new() },
            PushState::Blocked { reason: String::new() },
        ];
        let settled: Vec<bool> = states
            .iter()
            .map(|s| matches!(outbox_state(s), OutboxState::Failed | OutboxState::Blocked | OutboxState::Verified))
            .collect();
        let engine: Vec<bool> = states.iter().map(PushState::is_settled).collect();
        assert_eq!(settled, engine, "what the engine goes on with, the outbox goes on with");
    }
}
