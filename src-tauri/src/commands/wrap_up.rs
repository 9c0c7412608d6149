//! Commands: wrap up.
use board::requests::{
    ExtractsByList, HandOutMinutesRequest, OfAnnex, OfMeeting, SettleNextMeeting, SignatoriesRequest,
};
use board::views::{
    AnnexesView, BesideView, CorrectionsView, ExtractsWritten, MinutesHandedOut, SignatoriesView, WrapUp,
};
use board::{Answer, Cabinet};
use tauri::State;

/// Wrap up.
#[tauri::command]
#[specta::specta]
pub async fn wrap_up(cabinet: State<'_, Cabinet>, request: OfMeeting) -> Answer<WrapUp> {
    cabinet.wrap_up(request).await
}

/// Close meeting.
#[tauri::command]
#[specta::specta]
pub async fn close_meeting(cabinet: State<'_, Cabinet>, request: OfMeeting) -> Answer<WrapUp> {
    cabinet.close_meeting(request).await
}

/// Compose minutes.
#[tauri::command]
#[specta::specta]
pub async fn compose_minutes(cabinet: State<'_, Cabinet>, request: OfMeeting) -> Answer<WrapUp> {
    cabinet.compose_minutes(request).await
}

/// Verify minutes.
#[tauri::command]
#[specta::specta]
pub async fn verify_minutes(cabinet: State<'_, Cabinet>, request: OfMeeting) -> Answer<WrapUp> {
    cabinet.verify_minutes(request).await
}

/// Opens the minutes in the desktop's reader.
#[tauri::command]
#[specta::specta]
pub async fn open_minutes(cabinet: State<'_, Cabinet>, request: OfMeeting) -> Answer<()> {
    let path = cabinet.minutes_path(request).await?;
    crate::windows::open_file(&path)
}

/// The annexes to the minutes, and what one would tell now.
#[tauri::command]
#[specta::specta]
pub async fn annexes(cabinet: State<'_, Cabinet>, request: OfMeeting) -> Answer<AnnexesView> {
    cabinet.annexes(request).await
}

/// Opens an annex in the desktop's reader.
#[tauri::command]
#[specta::specta]
pub async fn open_annex(cabinet: State<'_, Cabinet>, request: OfAnnex) -> Answer<()> {
    let path = cabinet.annex_path(request).await?;
    crate::windows::open_file(&path)
}

/// How far the minutes are: what was asked to be corrected, and by what they are approved.
#[tauri::command]
#[specta::specta]
pub async fn corrections(cabinet: State<'_, Cabinet>, request: OfMeeting) -> Answer<CorrectionsView> {
    cabinet.corrections(request).await
}

/// The circulated edition and the errata, and what could be sealed now.
#[tauri::command]
#[specta::specta]
pub async fn beside_minutes(cabinet: State<'_, Cabinet>, request: OfMeeting) -> Answer<BesideView> {
    cabinet.beside_minutes(request).await
}

/// Opens the circulated edition in the desktop's reader.
#[tauri::command]
#[specta::specta]
pub async fn open_circulated(cabinet: State<'_, Cabinet>, request: OfMeeting) -> Answer<()> {
    let path = cabinet.circulated_path(request).await?;
    crate::windows::open_file(&path)
}

/// Opens an erratum in the desktop's reader.
#[tauri::command]
#[specta::specta]
pub async fn open_erratum(cabinet: State<'_, Cabinet>, request: OfAnnex) -> Answer<()> {
    let path = cabinet.erratum_path(request).await?;
    crate::windows::open_file(&path)
}

/// Hands sealed minutes, or a draft of them, out into a folder.
#[tauri::command]
#[specta::specta]
pub async fn hand_out_minutes(cabinet: State<'_, Cabinet>, request: HandOutMinutesRequest) -> Answer<MinutesHandedOut> {
    cabinet.hand_out_minutes(request).await
}

/// Who signs the minutes after the chair, and who else could.
#[tauri::command]
#[specta::specta]
pub async fn signatories(cabinet: State<'_, Cabinet>, request: OfMeeting) -> Answer<SignatoriesView> {
    cabinet.signatories_of(request).await
}

/// Chooses who signs the minutes after the chair.
#[tauri::command]
#[specta::specta]
pub async fn choose_signatories(cabinet: State<'_, Cabinet>, request: SignatoriesRequest) -> Answer<SignatoriesView> {
    cabinet.choose_signatories_of(request).await
}

/// Settles when and where the board meets next.
#[tauri::command]
#[specta::specta]
pub async fn settle_next_meeting(cabinet: State<'_, Cabinet>, request: SettleNextMeeting) -> Answer<WrapUp> {
    cabinet.settle_next(request).await
}

/// Writes the sealed extracts of a pasted list of changes into a folder.
#[tauri::command]
#[specta::specta]
pub async fn write_extracts(cabinet: State<'_, Cabinet>, request: ExtractsByList) -> Answer<ExtractsWritten> {
    cabinet.write_extracts(request).await
}
