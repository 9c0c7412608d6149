//! Commands: plan.
use board::requests::{CommentSectionRequest, OfChange, TickSectionRequest};
use board::views::PlanReview;
use board::{Answer, Cabinet};
use tauri::State;

/// Plan review.
#[tauri::command]
#[specta::specta]
pub async fn plan_review(cabinet: State<'_, Cabinet>, request: OfChange) -> Answer<PlanReview> {
    cabinet.plan_review(request).await
}

/// Tick section.
#[tauri::command]
#[specta::specta]
pub async fn tick_section(cabinet: State<'_, Cabinet>, request: TickSectionRequest) -> Answer<PlanReview> {
    cabinet.tick_section(request).await
}

/// Comment section.
#[tauri::command]
#[specta::specta]
pub async fn comment_section(cabinet: State<'_, Cabinet>, request: CommentSectionRequest) -> Answer<PlanReview> {
    cabinet.comment_section(request).await
}

/// Submit plan review.
#[tauri::command]
#[specta::specta]
pub async fn submit_plan_review(cabinet: State<'_, Cabinet>, request: OfChange) -> Answer<PlanReview> {
    cabinet.submit_plan_review(request).await
}
