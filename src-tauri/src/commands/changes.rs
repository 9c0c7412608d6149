//! Commands: changes.
use board::requests::{HandOutRequest, MeetCondition, OfAttachment, OfChange, ReturnRequest};
use board::views::{Attachment, ChangeView, ChangesPage, ChangesQuery, ReturnRow};
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

/// What would be asked of requesters on their tickets.
#[tauri::command]
#[specta::specta]
pub async fn preview_returns(cabinet: State<'_, Cabinet>, request: ReturnRequest) -> Answer<Vec<ReturnRow>> {
    cabinet.preview_returns(request).await
}

/// Returns changes to their requesters.
#[tauri::command]
#[specta::specta]
pub async fn return_to_requester(cabinet: State<'_, Cabinet>, request: ReturnRequest) -> Answer<Vec<ReturnRow>> {
    cabinet.return_to_requester(request).await
}
