//! Commands: the pages of a document.
use board::views::DocumentPageRequest;
use board::{Answer, Cabinet};
use tauri::State;
use tauri::ipc::{InvokeResponseBody, IpcResponse};

/// Bytes of a document: they cross to the window as they are, not as JSON.
#[derive(Debug, specta::Type)]
pub struct RawBytes(Vec<u8>);

impl IpcResponse for RawBytes {
    fn body(self) -> tauri::Result<InvokeResponseBody> {
        Ok(InvokeResponseBody::Raw(self.0))
    }
}

/// A page of a document; for one that was verified no board need be open.
#[tauri::command]
#[specta::specta]
pub async fn document_page(cabinet: State<'_, Cabinet>, request: DocumentPageRequest) -> Answer<RawBytes> {
    cabinet.document_page(request).await.map(RawBytes)
}
