//! Commands: joining.
use board::requests::{FilePath, FileText};
use board::views::{AppStatus, InvitationView, JoinBoardRequest, JoiningView};
use board::{Answer, Cabinet};
use tauri::State;

/// What an invitation says; nothing is made yet.
#[tauri::command]
#[specta::specta]
pub fn read_invitation(cabinet: State<'_, Cabinet>, request: FileText) -> Answer<InvitationView> {
    cabinet.read_invitation(&request)
}

/// Joins a board from an invitation: own keys, on this device, under an own PIN.
#[tauri::command]
#[specta::specta]
pub async fn join_board(cabinet: State<'_, Cabinet>, request: JoinBoardRequest) -> Answer<AppStatus> {
    cabinet.join_board(request).await
}

/// Whether this device waits to be admitted, and with which words.
#[tauri::command]
#[specta::specta]
pub async fn joining(cabinet: State<'_, Cabinet>) -> Answer<Option<JoiningView>> {
    cabinet.joining().await
}

/// Writes the enrolment to a file for the chair, where no folder is shared.
#[tauri::command]
#[specta::specta]
pub async fn save_enrolment(cabinet: State<'_, Cabinet>, request: FilePath) -> Answer<JoiningView> {
    cabinet.save_enrolment(request).await
}
