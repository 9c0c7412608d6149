//! Commands: review packs.
use board::requests::FilePath;
use board::views::{MakePackRequest, OpenPackRequest, OpenedPack, PackFile, PacksView};
use board::{Answer, Cabinet};
use tauri::State;

/// What can go into a pack, and the one that was opened here.
#[tauri::command]
#[specta::specta]
pub async fn packs(cabinet: State<'_, Cabinet>) -> Answer<PacksView> {
    cabinet.packs().await
}

/// Makes a pack, sealed to a member, and writes it to a file.
#[tauri::command]
#[specta::specta]
pub async fn make_pack(cabinet: State<'_, Cabinet>, request: MakePackRequest) -> Answer<PackFile> {
    cabinet.write_pack(request).await
}

/// Opens a pack: one to be reviewed, or an answer that came back.
#[tauri::command]
#[specta::specta]
pub async fn open_pack(cabinet: State<'_, Cabinet>, request: OpenPackRequest) -> Answer<OpenedPack> {
    cabinet.open_pack_file(request).await
}

/// Writes the answer to the pack that was opened last.
#[tauri::command]
#[specta::specta]
pub async fn save_answer(cabinet: State<'_, Cabinet>, request: FilePath) -> Answer<PackFile> {
    cabinet.save_answer(request).await
}

/// Opens the pack's PDF in the desktop's reader.
#[tauri::command]
#[specta::specta]
pub async fn open_pack_pdf(cabinet: State<'_, Cabinet>) -> Answer<()> {
    let path = cabinet.pack_pdf_path().await?;
    crate::windows::open_file(&path)
}
