//! Commands: sign offs.
use board::requests::SigningRequest;
use board::views::{SignRequest, SigningView};
use board::{Answer, Cabinet};
use tauri::{AppHandle, State};

use crate::windows;

/// Signing view.
#[tauri::command]
#[specta::specta]
pub async fn signing_view(cabinet: State<'_, Cabinet>) -> Answer<SigningView> {
    cabinet.signing_view().await
}

/// Sign.
#[tauri::command]
#[specta::specta]
pub async fn sign(cabinet: State<'_, Cabinet>, request: SignRequest) -> Answer<SigningView> {
    cabinet.sign(request).await
}

/// Prepares what is to be signed and opens the signing window on it.
#[tauri::command]
#[specta::specta]
pub async fn request_signing(app: AppHandle, cabinet: State<'_, Cabinet>, request: SigningRequest) -> Answer<()> {
    cabinet.request_signing(request).await?;
    windows::open_signing(&app)
}

/// Puts the signing away and closes its window.
#[tauri::command]
#[specta::specta]
pub async fn close_signing(app: AppHandle, cabinet: State<'_, Cabinet>) -> Answer<()> {
    cabinet.close_signing().await?;
    windows::close_signing(&app);
    Ok(())
}
