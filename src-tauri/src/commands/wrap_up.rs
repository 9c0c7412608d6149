//! Commands: wrap up.
use board::requests::OfMeeting;
use board::views::WrapUp;
use board::{Answer, Cabinet};
use tauri::State;

/// Wrap up.
#[tauri::command]
#[specta::specta]
pub async fn wrap_up(cabinet: State<'_, Cabinet>, request: OfMeeting) -> Answer<WrapUp> {
    cabinet.wrap_up(request).await
}

/// Close meeting.
#[tauri::command]
#[specta::specta]
pub async fn close_meeting(cabinet: State<'_, Cabinet>, request: OfMeeting) -> Answer<WrapUp> {
    cabinet.close_meeting(request).await
}

/// Compose minutes.
#[tauri::command]
#[specta::specta]
pub async fn compose_minutes(cabinet: State<'_, Cabinet>, request: OfMeeting) -> Answer<WrapUp> {
    cabinet.compose_minutes(request).await
}

/// Verify minutes.
#[tauri::command]
#[specta::specta]
pub async fn verify_minutes(cabinet: State<'_, Cabinet>, request: OfMeeting) -> Answer<WrapUp> {
    cabinet.verify_minutes(request).await
}

/// Opens the minutes in the desktop's reader.
#[tauri::command]
#[specta::specta]
pub async fn open_minutes(cabinet: State<'_, Cabinet>, request: OfMeeting) -> Answer<()> {
    let path = cabinet.minutes_path(request).await?;
    crate::windows::open_file(&path)
}
