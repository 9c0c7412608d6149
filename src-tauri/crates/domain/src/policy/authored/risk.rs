//! What is wrong with the risk model of a policy: told at the setting that says so.
use toml::de::DeTable;

use super::Report;
use super::read::join;
use crate::risk::RiskRules;

/// Tells of a model that contradicts itself.
pub(super) fn check(root: &DeTable<'_>, rules: &RiskRules, report: &mut Report<'_>) {
    let Some(found) = root.get("risk") else { return };
    let Err(why) = rules.model() else { return };
    // The deepest setting of its path that the text has.
    let mut at = found.span().start;
    let mut table = found.get_ref().as_table();
    for part in why.path.split('.') {
        let Some(value) = table.and_then(|settings| settings.get(part)) else { break };
        at = value.span().start;
        table = value.get_ref().as_table();
    }
    let path = if why.path.is_empty() { "risk".to_owned() } else { join("risk", &why.path) };
    report.at(at, &path, why.what);
}
