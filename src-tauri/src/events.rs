//! Events of the desk on their way to the windows.
use board::EventSink;
use board::views::CabinetEvent;
use tauri::{AppHandle, Emitter as _};

/// The name of the one event that windows listen to.
pub const EVENT: &str = "cabinet-event";

/// Sends what happened to every window. Until the shell has started there is nobody to tell.
#[derive(Default)]
pub struct Windows {
    app: std::sync::OnceLock<AppHandle>,
}

impl Windows {
    /// From now on events reach the windows of `app`.
    pub fn attach(&self, app: AppHandle) {
        // A second shell in one process does not exist; if it did, the first would keep the events.
        let _ = self.app.set(app);
    }
}

impl EventSink for Windows {
    fn emit(&self, event: CabinetEvent) {
        let Some(app) = self.app.get() else { return };
        if let Err(error) = app.emit(EVENT, event) {
            tracing::warn!(%error, "an event did not reach the windows");
        }
    }
}
