//! Commands: connections.
use board::requests::{DryRunRequest, OfDraftProject, OfWork};
use board::views::{
    ConnectionTest, ConnectionView, DryRun, MappingProposal, SaveConnectionRequest, TestConnectionRequest,
};
use board::{Answer, Cabinet};
use tauri::State;

/// The connection to the ticketing system.
#[tauri::command]
#[specta::specta]
pub async fn connection(cabinet: State<'_, Cabinet>) -> Answer<Option<ConnectionView>> {
    cabinet.connection().await
}

/// Tests an address and key before anything is kept.
#[tauri::command]
#[specta::specta]
pub async fn test_connection(cabinet: State<'_, Cabinet>, request: TestConnectionRequest) -> Answer<ConnectionTest> {
    cabinet.test_connection(request).await
}

/// Proposes a mapping from the server's own fields.
#[tauri::command]
#[specta::specta]
pub async fn propose_mapping(cabinet: State<'_, Cabinet>, request: OfDraftProject) -> Answer<MappingProposal> {
    cabinet.propose_mapping(request).await
}

/// Tries a mapping on recent changes.
#[tauri::command]
#[specta::specta]
pub async fn dry_run_mapping(cabinet: State<'_, Cabinet>, request: DryRunRequest) -> Answer<DryRun> {
    cabinet.dry_run_mapping(request).await
}

/// Keeps the connection.
#[tauri::command]
#[specta::specta]
pub async fn save_connection(cabinet: State<'_, Cabinet>, request: SaveConnectionRequest) -> Answer<ConnectionView> {
    cabinet.save_connection(request).await
}

/// Starts to pull, then to push what is queued.
#[tauri::command]
#[specta::specta]
pub async fn sync(cabinet: State<'_, Cabinet>) -> Answer<OfWork> {
    cabinet.sync().await
}
