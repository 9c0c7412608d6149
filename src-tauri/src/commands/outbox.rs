//! Commands: outbox.
use board::requests::OfOperation;
use board::views::Outbox;
use board::{Answer, Cabinet};
use tauri::State;

/// Outbox.
#[tauri::command]
#[specta::specta]
pub async fn outbox(cabinet: State<'_, Cabinet>) -> Answer<Outbox> {
    cabinet.outbox().await
}

/// Retry outbox.
#[tauri::command]
#[specta::specta]
pub async fn retry_outbox(cabinet: State<'_, Cabinet>, request: OfOperation) -> Answer<Outbox> {
    cabinet.retry_outbox(request).await
}
