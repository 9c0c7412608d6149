//! Commands: sign offs.
use board::requests::{AskInWriting, OfChange, SigningRequest};
use board::views::{SignRequest, SigningView, WrittenView};
use board::{Answer, Asking, Cabinet};
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

/// Who can be asked in writing, and which comments of the ticket answer.
#[tauri::command]
#[specta::specta]
pub async fn written(cabinet: State<'_, Cabinet>, request: OfChange) -> Answer<WrittenView> {
    cabinet.written(request).await
}

/// What to ask a member for who has no key here.
#[tauri::command]
#[specta::specta]
pub async fn ask_in_writing(cabinet: State<'_, Cabinet>, request: AskInWriting) -> Answer<Asking> {
    cabinet.ask_in_writing(&request.change, &request.member).await
}
