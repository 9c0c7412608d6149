//! Commands: calendar.
use board::views::{
    CalendarRequest, CalendarView, FreezesOfFile, FreezesProposed, FreezesRequest, FreezesView, RescheduleRequest,
    RescheduleView, ScheduleRequest, ScheduleView,
};
use board::{Answer, Cabinet};
use tauri::State;

/// What is planned and frozen over some days.
#[tauri::command]
#[specta::specta]
pub async fn calendar(cabinet: State<'_, Cabinet>, request: CalendarRequest) -> Answer<CalendarView> {
    cabinet.calendar(request).await
}

/// A change's schedule.
#[tauri::command]
#[specta::specta]
pub async fn schedule(cabinet: State<'_, Cabinet>, request: ScheduleRequest) -> Answer<ScheduleView> {
    cabinet.schedule(request).await
}

/// What follows from moving a window.
#[tauri::command]
#[specta::specta]
pub async fn preview_reschedule(cabinet: State<'_, Cabinet>, request: RescheduleRequest) -> Answer<RescheduleView> {
    cabinet.preview_reschedule(request).await
}

/// Records that a window is moved, and why.
#[tauri::command]
#[specta::specta]
pub async fn reschedule(cabinet: State<'_, Cabinet>, request: RescheduleRequest) -> Answer<RescheduleView> {
    cabinet.reschedule(request).await
}

/// Every freeze of the policy.
#[tauri::command]
#[specta::specta]
pub async fn freezes(cabinet: State<'_, Cabinet>, request: FreezesRequest) -> Answer<FreezesView> {
    cabinet.freezes(request).await
}

/// What a calendar's file comes to as freezes.
#[tauri::command]
#[specta::specta]
pub async fn preview_freezes(cabinet: State<'_, Cabinet>, request: FreezesOfFile) -> Answer<FreezesProposed> {
    cabinet.preview_freezes(request).await
}
