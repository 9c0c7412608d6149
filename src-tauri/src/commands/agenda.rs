//! Commands: agenda.
use board::requests::{
    AgendaOnPaper, BuildAgendaRequest, ItemMinutesRequest, MeetingChangeRequest, MoveItemRequest, OfItem, OfMeeting,
    RestrictItemRequest,
};
use board::views::{AgendaView, AgendaWritten, CreateMeetingRequest, MeetingHead, MeetingView};
use board::{Answer, Cabinet};
use tauri::State;

/// List meetings.
#[tauri::command]
#[specta::specta]
pub async fn list_meetings(cabinet: State<'_, Cabinet>) -> Answer<Vec<MeetingHead>> {
    cabinet.list_meetings().await
}

/// Create meeting.
#[tauri::command]
#[specta::specta]
pub async fn create_meeting(cabinet: State<'_, Cabinet>, request: CreateMeetingRequest) -> Answer<MeetingHead> {
    cabinet.create_meeting(request).await
}

/// Agenda.
#[tauri::command]
#[specta::specta]
pub async fn agenda(cabinet: State<'_, Cabinet>, request: OfMeeting) -> Answer<AgendaView> {
    cabinet.agenda(request).await
}

/// Build agenda.
#[tauri::command]
#[specta::specta]
pub async fn build_agenda(cabinet: State<'_, Cabinet>, request: BuildAgendaRequest) -> Answer<AgendaView> {
    cabinet.build_agenda(request).await
}

/// Add agenda item.
#[tauri::command]
#[specta::specta]
pub async fn add_agenda_item(cabinet: State<'_, Cabinet>, request: MeetingChangeRequest) -> Answer<AgendaView> {
    cabinet.add_agenda_item(request).await
}

/// Remove agenda item.
#[tauri::command]
#[specta::specta]
pub async fn remove_agenda_item(cabinet: State<'_, Cabinet>, request: OfItem) -> Answer<AgendaView> {
    cabinet.remove_agenda_item(request).await
}

/// `to` is the new place, from 1.
#[tauri::command]
#[specta::specta]
pub async fn move_agenda_item(cabinet: State<'_, Cabinet>, request: MoveItemRequest) -> Answer<AgendaView> {
    cabinet.move_agenda_item(request).await
}

/// Set item minutes.
#[tauri::command]
#[specta::specta]
pub async fn set_item_minutes(cabinet: State<'_, Cabinet>, request: ItemMinutesRequest) -> Answer<AgendaView> {
    cabinet.set_item_minutes(request).await
}

/// Marks an item as restricted, or takes the mark back.
#[tauri::command]
#[specta::specta]
pub async fn restrict_agenda_item(cabinet: State<'_, Cabinet>, request: RestrictItemRequest) -> Answer<AgendaView> {
    cabinet.restrict_agenda_item(request).await
}

/// Freezes the agenda.
#[tauri::command]
#[specta::specta]
pub async fn call_to_order(cabinet: State<'_, Cabinet>, request: OfMeeting) -> Answer<MeetingView> {
    cabinet.call_to_order(request).await
}

/// Writes the agenda to a file, alone or with what is to be read for it.
#[tauri::command]
#[specta::specta]
pub async fn write_agenda(cabinet: State<'_, Cabinet>, request: AgendaOnPaper) -> Answer<AgendaWritten> {
    cabinet.write_agenda(request).await
}
