//! Commands: risk.
use board::requests::{AnswerRiskRequest, OfChange};
use board::views::RiskWalk;
use board::{Answer, Cabinet};
use tauri::State;

/// Risk walk.
#[tauri::command]
#[specta::specta]
pub async fn risk_walk(cabinet: State<'_, Cabinet>, request: OfChange) -> Answer<RiskWalk> {
    cabinet.risk_walk(request).await
}

/// Answer risk.
#[tauri::command]
#[specta::specta]
pub async fn answer_risk(cabinet: State<'_, Cabinet>, request: AnswerRiskRequest) -> Answer<RiskWalk> {
    cabinet.answer_risk(request).await
}

/// Submit risk.
#[tauri::command]
#[specta::specta]
pub async fn submit_risk(cabinet: State<'_, Cabinet>, request: OfChange) -> Answer<RiskWalk> {
    cabinet.submit_risk(request).await
}
