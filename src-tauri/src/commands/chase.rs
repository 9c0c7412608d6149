//! Commands: chasing.
use board::views::ChaseView;
use board::{Answer, Cabinet};
use tauri::State;

/// Who owes an answer, since when, and the text to send them.
#[tauri::command]
#[specta::specta]
pub async fn chase(cabinet: State<'_, Cabinet>) -> Answer<ChaseView> {
    cabinet.chase().await
}
