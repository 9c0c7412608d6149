//! Commands: what pipelines may repeat, and what they left owing.
use board::requests::{BringReceipt, MeetObligation, OfChange, SuspendStanding};
use board::{Answer, Brought, Cabinet, ObligationView, PipelinesView, StandingView};
use tauri::State;

/// What pipelines may repeat of a change, and what they left owing.
#[tauri::command]
#[specta::specta]
pub async fn pipelines(cabinet: State<'_, Cabinet>, request: OfChange) -> Answer<PipelinesView> {
    cabinet.pipelines(request).await
}

/// Stops a standing approval.
#[tauri::command]
#[specta::specta]
pub async fn suspend_standing(cabinet: State<'_, Cabinet>, request: SuspendStanding) -> Answer<StandingView> {
    cabinet.suspend_standing(&request.standing, &request.reason).await
}

/// Records that what was owed is done.
#[tauri::command]
#[specta::specta]
pub async fn meet_obligation(cabinet: State<'_, Cabinet>, request: MeetObligation) -> Answer<ObligationView> {
    cabinet.meet_obligation(&request.obligation, &request.note).await
}

/// Takes in what a pipeline's gate wrote.
#[tauri::command]
#[specta::specta]
pub async fn bring_receipt(cabinet: State<'_, Cabinet>, request: BringReceipt) -> Answer<Brought> {
    cabinet.bring_receipt(request).await
}
