//! Commands: members.
use board::requests::FileText;
use board::views::{DelegationsView, InvitationMade, InvitationRequest, RecordView, SpokenView};
use board::{Answer, Cabinet};
use tauri::State;

/// Writes an invitation file.
#[tauri::command]
#[specta::specta]
pub async fn invite(cabinet: State<'_, Cabinet>, request: InvitationRequest) -> Answer<InvitationMade> {
    cabinet.write_invitation(request).await
}

/// Takes an enrolment that was handed over as a file.
#[tauri::command]
#[specta::specta]
pub async fn receive_enrolment(cabinet: State<'_, Cabinet>, request: FileText) -> Answer<RecordView> {
    cabinet.take_enrolment(request).await
}

/// What was recorded in the name of the member at this device.
#[tauri::command]
#[specta::specta]
pub async fn spoken(cabinet: State<'_, Cabinet>) -> Answer<SpokenView> {
    cabinet.spoken_view().await
}

/// Who sits in whose seat, then and now.
#[tauri::command]
#[specta::specta]
pub async fn delegations(cabinet: State<'_, Cabinet>) -> Answer<DelegationsView> {
    cabinet.delegations_view().await
}
