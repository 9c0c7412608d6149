//! Commands: record.
use board::requests::{RecoveryRequest, RelayFolders};
use board::views::{ExchangeAnswer, RecordView};
use board::{Answer, Cabinet};
use tauri::State;

/// Members, exchange and details.
#[tauri::command]
#[specta::specta]
pub async fn record(cabinet: State<'_, Cabinet>) -> Answer<RecordView> {
    cabinet.record().await
}

/// Sets the folders through which this device exchanges.
#[tauri::command]
#[specta::specta]
pub async fn set_relay_folders(cabinet: State<'_, Cabinet>, request: RelayFolders) -> Answer<RecordView> {
    cabinet.set_relay_folders(request).await
}

/// Exchanges with every relay now.
#[tauri::command]
#[specta::specta]
pub async fn exchange(cabinet: State<'_, Cabinet>) -> Answer<ExchangeAnswer> {
    cabinet.exchange_and_tell().await
}

/// Gives up what an older copy of the folder lacks, where nobody's own signature is among it.
#[tauri::command]
#[specta::specta]
pub async fn recover(cabinet: State<'_, Cabinet>, request: RecoveryRequest) -> Answer<RecordView> {
    cabinet.recover_device(request).await
}
