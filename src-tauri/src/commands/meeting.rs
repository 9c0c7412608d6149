//! Commands: meeting.
use board::requests::{
    AssignActionRequest, AttendanceRequest, MeetingChangeRequest, NoteRequest, OfItem, OfMeeting, RecuseRequest,
    TimerRequest, UnrecuseRequest, VoteRequest,
};
use board::views::{ConsoleItem, DecideReleaseRequest, DecideRequest, MeetingView, ReleaseDecided};
use board::{Answer, Cabinet};
use tauri::State;

/// Meeting.
#[tauri::command]
#[specta::specta]
pub async fn meeting(cabinet: State<'_, Cabinet>, request: OfMeeting) -> Answer<MeetingView> {
    cabinet.meeting(request).await
}

/// Meeting item.
#[tauri::command]
#[specta::specta]
pub async fn meeting_item(cabinet: State<'_, Cabinet>, request: OfItem) -> Answer<ConsoleItem> {
    cabinet.meeting_item(request).await
}

/// Set current item.
#[tauri::command]
#[specta::specta]
pub async fn set_current_item(cabinet: State<'_, Cabinet>, request: OfItem) -> Answer<MeetingView> {
    cabinet.set_current_item(request).await
}

/// Set attendance.
#[tauri::command]
#[specta::specta]
pub async fn set_attendance(cabinet: State<'_, Cabinet>, request: AttendanceRequest) -> Answer<MeetingView> {
    cabinet.set_attendance(request).await
}

/// Recuse.
#[tauri::command]
#[specta::specta]
pub async fn recuse(cabinet: State<'_, Cabinet>, request: RecuseRequest) -> Answer<ConsoleItem> {
    cabinet.recuse(request).await
}

/// Unrecuse.
#[tauri::command]
#[specta::specta]
pub async fn unrecuse(cabinet: State<'_, Cabinet>, request: UnrecuseRequest) -> Answer<ConsoleItem> {
    cabinet.unrecuse(request).await
}

/// Vote.
#[tauri::command]
#[specta::specta]
pub async fn vote(cabinet: State<'_, Cabinet>, request: VoteRequest) -> Answer<ConsoleItem> {
    cabinet.vote(request).await
}

/// Record consent.
#[tauri::command]
#[specta::specta]
pub async fn record_consent(cabinet: State<'_, Cabinet>, request: OfItem) -> Answer<ConsoleItem> {
    cabinet.record_consent(request).await
}

/// Decide.
#[tauri::command]
#[specta::specta]
pub async fn decide(cabinet: State<'_, Cabinet>, request: DecideRequest) -> Answer<ConsoleItem> {
    cabinet.decide(request).await
}

/// Decides the items of a release together, each by its own gates.
#[tauri::command]
#[specta::specta]
pub async fn decide_release(cabinet: State<'_, Cabinet>, request: DecideReleaseRequest) -> Answer<ReleaseDecided> {
    cabinet.decide_release(request).await
}

/// Set note.
#[tauri::command]
#[specta::specta]
pub async fn set_note(cabinet: State<'_, Cabinet>, request: NoteRequest) -> Answer<ConsoleItem> {
    cabinet.set_note(request).await
}

/// Set timer.
#[tauri::command]
#[specta::specta]
pub async fn set_timer(cabinet: State<'_, Cabinet>, request: TimerRequest) -> Answer<ConsoleItem> {
    cabinet.set_timer(request).await
}

/// Admit late.
#[tauri::command]
#[specta::specta]
pub async fn admit_late(cabinet: State<'_, Cabinet>, request: MeetingChangeRequest) -> Answer<MeetingView> {
    cabinet.admit_late(request).await
}

/// Gives a member an action.
#[tauri::command]
#[specta::specta]
pub async fn assign_action(cabinet: State<'_, Cabinet>, request: AssignActionRequest) -> Answer<MeetingView> {
    cabinet.assign_action(request).await
}
