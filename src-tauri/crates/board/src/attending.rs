//! An ear on the relays while the program runs: what another device puts there is taken in when it comes, not at the next
//! look (`record.md`, *How entries travel*: LISTEN/NOTIFY).
use std::sync::Arc;
use std::time::Duration;

use relay::Relay;
use tokio::task::JoinSet;

use crate::cabinet::Cabinet;
use crate::error::Answer;
use crate::exchange::{open, relays_of};

/// How long the relays are listened to before it is read again which there are.
const ATTENTION: Duration = Duration::from_secs(20);

impl Cabinet {
    /// Listens for the life of the program. What cannot be reached now is tried again later; the host's own clock
    /// exchanges besides ([`Cabinet::keep_exchanging`]).
    pub async fn attend(&self) {
        loop {
            let begun = tokio::time::Instant::now();
            match self.attend_once(ATTENTION).await {
                Ok(true) => {}
                // Nothing came, or nothing can be heard: where that was at once, no busy loop.
                Ok(false) => tokio::time::sleep_until(begun + ATTENTION).await,
                Err(error) => {
                    tracing::debug!(%error, "no ear on the relays now");
                    tokio::time::sleep_until(begun + ATTENTION).await;
                }
            }
        }
    }

    /// Waits until one of the relays has something new and takes it in; `false` where none had within `until`.
    ///
    /// # Errors
    /// [`crate::BoardError`] where no board is open, or it cannot be read.
    pub async fn attend_once(&self, until: Duration) -> Answer<bool> {
        let board = self.board()?;
        let mut waiting = JoinSet::new();
        for setting in relays_of(&board).await? {
            let relay: Arc<dyn Relay> = match open(&board, &setting).await {
                Ok(relay) => relay,
                Err(error) => {
                    tracing::debug!(relay = %setting.name(), %error, "not heard");
                    continue;
                }
            };
            let name = setting.name();
            waiting.spawn(async move { (name, relay.wait(until).await) });
        }
        while let Some(first) = waiting.join_next().await {
            match first {
                Ok((_, Ok(true))) => {
                    // Where not all could be reached, it is tried again after a pause.
                    return Ok(self.exchange_heard().await?.unreachable.is_empty());
                }
                Ok((_, Ok(false))) => {}
                Ok((name, Err(error))) => {
                    tracing::debug!(relay = %name, %error, "not heard");
                    board.relays.lock().await.remove(&name);
                }
                Err(stopped) => tracing::warn!(%stopped, "an ear on a relay stopped"),
            }
        }
        Ok(false)
    }
}
