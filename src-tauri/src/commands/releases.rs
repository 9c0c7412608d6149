//! Commands: releases.
use board::requests::OfRelease;
use board::views::{AssessReleaseRequest, ReleaseView, ReleasesView};
use board::{Answer, Cabinet};
use tauri::State;

/// The releases that the tickets name, the next one first.
#[tauri::command]
#[specta::specta]
pub async fn releases(cabinet: State<'_, Cabinet>) -> Answer<ReleasesView> {
    cabinet.releases().await
}

/// One release with its changes, its risk and its plan.
#[tauri::command]
#[specta::specta]
pub async fn release(cabinet: State<'_, Cabinet>, request: OfRelease) -> Answer<ReleaseView> {
    cabinet.release(request).await
}

/// Answers what is asked of the release itself.
#[tauri::command]
#[specta::specta]
pub async fn assess_release(cabinet: State<'_, Cabinet>, request: AssessReleaseRequest) -> Answer<ReleaseView> {
    cabinet.assess_release(request).await
}
