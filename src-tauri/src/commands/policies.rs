//! Commands: the policy.
use board::requests::FileText;
use board::views::{LookBack, PolicyChecked, PolicyView, SimulatePolicyRequest};
use board::{Answer, Cabinet, PolicyFare, PolicySimulation};
use tauri::State;

/// The policy in force, and what another could begin with.
#[tauri::command]
#[specta::specta]
pub async fn policy(cabinet: State<'_, Cabinet>) -> Answer<PolicyView> {
    cabinet.policy_view().await
}

/// What a draft of a policy is, with every mistake at its line.
#[tauri::command]
#[specta::specta]
pub async fn check_policy(cabinet: State<'_, Cabinet>, request: FileText) -> Answer<PolicyChecked> {
    cabinet.policy_checked(request).await
}

/// What a draft of a policy would do to past changes.
#[tauri::command]
#[specta::specta]
pub async fn simulate_policy(cabinet: State<'_, Cabinet>, request: SimulatePolicyRequest) -> Answer<PolicySimulation> {
    cabinet.simulate_policy(&request.text, request.days).await
}

/// How past changes would have fared under each shipped strength, and which to switch on.
#[tauri::command]
#[specta::specta]
pub async fn policy_fare(cabinet: State<'_, Cabinet>, request: LookBack) -> Answer<PolicyFare> {
    cabinet.how_they_would_have_fared(request.days).await
}
