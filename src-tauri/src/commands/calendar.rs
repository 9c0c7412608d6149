//! Commands: calendar.
use board::views::{CalendarRequest, CalendarView, ScheduleRequest, ScheduleView};
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
