//! Commands: status.
use board::requests::{OfMember, OfWork};
use board::views::{AppStatus, MemberRow, Preferences};
use board::{Answer, Cabinet};
use tauri::State;

/// Where the desk stands.
#[tauri::command]
#[specta::specta]
pub async fn app_status(cabinet: State<'_, Cabinet>) -> Answer<AppStatus> {
    cabinet.app_status().await
}

/// The preferences of this device.
#[tauri::command]
#[specta::specta]
pub async fn preferences(cabinet: State<'_, Cabinet>) -> Answer<Preferences> {
    cabinet.preferences().await
}

/// Changes the preferences.
#[tauri::command]
#[specta::specta]
pub async fn set_preferences(cabinet: State<'_, Cabinet>, request: Preferences) -> Answer<Preferences> {
    cabinet.set_preferences(request).await
}

/// The roster in force.
#[tauri::command]
#[specta::specta]
pub async fn members(cabinet: State<'_, Cabinet>) -> Answer<Vec<MemberRow>> {
    cabinet.members().await
}

/// Whose eyes are these?
#[tauri::command]
#[specta::specta]
pub async fn set_me(cabinet: State<'_, Cabinet>, request: OfMember) -> Answer<AppStatus> {
    cabinet.set_me(request).await
}

/// Cancels long work.
#[tauri::command]
#[specta::specta]
pub async fn cancel_work(cabinet: State<'_, Cabinet>, request: OfWork) -> Answer<()> {
    cabinet.cancel_work(request).await
}

/// The person did something: keeps an unlocked session open.
#[tauri::command]
#[specta::specta]
pub fn touch(cabinet: State<'_, Cabinet>) {
    cabinet.input();
}
