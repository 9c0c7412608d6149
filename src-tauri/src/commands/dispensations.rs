//! Commands: what two people set aside. What is said is signed, in the signing window.
use board::requests::OfChange;
use board::{Answer, Cabinet, GateActs, WaitingWords};
use tauri::State;

/// What can be done about the gates of a change, and why not.
#[tauri::command]
#[specta::specta]
pub async fn gate_acts(cabinet: State<'_, Cabinet>, request: OfChange) -> Answer<GateActs> {
    cabinet.gate_acts(request).await
}

/// What waits for the second word of the member at this device.
#[tauri::command]
#[specta::specta]
pub async fn waiting_words(cabinet: State<'_, Cabinet>) -> Answer<WaitingWords> {
    cabinet.waiting_words().await
}
