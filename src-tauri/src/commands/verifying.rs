//! Commands: verifying a document that somebody brought.
use board::views::{DocumentVerdict, VerifyDocumentRequest};
use board::{Answer, Cabinet};
use tauri::State;

/// Verifies a sealed document, of this board or another's; no board need be open.
#[tauri::command]
#[specta::specta]
pub async fn verify_document(cabinet: State<'_, Cabinet>, request: VerifyDocumentRequest) -> Answer<DocumentVerdict> {
    cabinet.verify_document(request).await
}
