//! Commands: changes.
use board::requests::{HandOutRequest, MeetCondition, OfAttachment, OfChange};
use board::views::{Attachment, ChangeView, ChangesPage, ChangesQuery};
use board::{Answer, Cabinet, HandedOut};
use tauri::State;

/// A page of the list.
#[tauri::command]
#[specta::specta]
pub async fn list_changes(cabinet: State<'_, Cabinet>, request: ChangesQuery) -> Answer<ChangesPage> {
    cabinet.list_changes(request).await
}

/// One change.
#[tauri::command]
#[specta::specta]
pub async fn change(cabinet: State<'_, Cabinet>, request: OfChange) -> Answer<ChangeView> {
    cabinet.change(request).await
}

/// "I have seen this".
#[tauri::command]
#[specta::specta]
pub async fn mark_looked(cabinet: State<'_, Cabinet>, request: OfChange) -> Answer<()> {
    cabinet.mark_looked(request).await
}

/// Downloads an attachment and keeps its digest.
#[tauri::command]
#[specta::specta]
pub async fn download_attachment(cabinet: State<'_, Cabinet>, request: OfAttachment) -> Answer<Attachment> {
    cabinet.download_attachment(request).await
}

/// Records that a condition is met.
#[tauri::command]
#[specta::specta]
pub async fn meet_condition(cabinet: State<'_, Cabinet>, request: MeetCondition) -> Answer<()> {
    cabinet.meet_condition(request).await
}

/// Hands an approval out for a pipeline.
#[tauri::command]
#[specta::specta]
pub async fn hand_out(cabinet: State<'_, Cabinet>, request: HandOutRequest) -> Answer<HandedOut> {
    cabinet.hand_out(request).await
}
