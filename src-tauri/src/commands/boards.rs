//! Commands: boards.
use board::views::{AppStatus, CreateBoardRequest, EnrolmentTerms};
use board::{Answer, Cabinet};
use tauri::State;

use crate::sample_board::Sample;

/// What a member accepts with a PIN.
#[tauri::command]
#[specta::specta]
pub async fn enrolment_terms(cabinet: State<'_, Cabinet>) -> Answer<EnrolmentTerms> {
    Ok(cabinet.enrolment_terms())
}

/// Makes the board.
#[tauri::command]
#[specta::specta]
pub async fn create_board(cabinet: State<'_, Cabinet>, request: CreateBoardRequest) -> Answer<AppStatus> {
    cabinet.create_board(request).await
}

/// Makes the sample board with its own ticketing server, and reads it.
#[tauri::command]
#[specta::specta]
pub async fn open_sample_board(cabinet: State<'_, Cabinet>, sample: State<'_, Sample>) -> Answer<AppStatus> {
    sample.open(&cabinet).await?;
    cabinet.app_status().await
}
