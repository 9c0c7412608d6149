//! Commands: the pages of a document.
use board::views::DocumentAsked;
use board::{Answer, Cabinet};
use tauri::State;
use tauri::ipc::{InvokeResponseBody, IpcResponse};

/// The bytes of a document: they cross to the window as they are, not as JSON.
#[derive(Debug, specta::Type)]
pub struct RawBytes(Vec<u8>);

impl IpcResponse for RawBytes {
    fn body(self) -> tauri::Result<InvokeResponseBody> {
        Ok(InvokeResponseBody::Raw(self.0))
    }
}

/// The bytes of a document, for its pages; for one that was verified no board need be open.
#[tauri::command]
#[specta::specta]
pub async fn document_bytes(cabinet: State<'_, Cabinet>, request: DocumentAsked) -> Answer<RawBytes> {
    cabinet.document_bytes(request).await.map(RawBytes)
}
