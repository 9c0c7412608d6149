//! Commands: emergencies, and what they owe.
use board::requests::MeetOwed;
use board::{Answer, Cabinet, EmergenciesView, EmergencyView};
use tauri::State;

/// Emergencies, what they owe by when, and what was taken back.
#[tauri::command]
#[specta::specta]
pub async fn emergencies(cabinet: State<'_, Cabinet>) -> Answer<EmergenciesView> {
    cabinet.emergencies_view().await
}

/// Records that something an emergency owed is done.
#[tauri::command]
#[specta::specta]
pub async fn meet_owed(cabinet: State<'_, Cabinet>, request: MeetOwed) -> Answer<EmergencyView> {
    cabinet.meet_owed_with(request).await
}
