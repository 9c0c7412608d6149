//! Commands: attested answers.
use board::requests::AttestAnswer;
use board::{Answer, Cabinet, GateActs};
use tauri::State;

/// Attests an answer as the member at this device.
#[tauri::command]
#[specta::specta]
pub async fn attest(cabinet: State<'_, Cabinet>, request: AttestAnswer) -> Answer<GateActs> {
    cabinet.attest_shown(request).await
}
