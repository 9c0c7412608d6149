//! Commands: questions that are put to all members between meetings.
use board::requests::EndCircular;
use board::{Answer, Cabinet, CircularView};
use tauri::State;

/// Questions that were put in writing, the newest first: who has answered, and what came of each.
#[tauri::command]
#[specta::specta]
pub async fn circulars(cabinet: State<'_, Cabinet>) -> Answer<Vec<CircularView>> {
    cabinet.circulars().await
}

/// Ends a circular, as its chair: carried by a majority of all who are entitled, or left to the next meeting.
#[tauri::command]
#[specta::specta]
pub async fn end_circular(cabinet: State<'_, Cabinet>, request: EndCircular) -> Answer<CircularView> {
    cabinet.end_circular(&request.circular, &request.instead).await
}
