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
        let (name, row) = numbered(part);
        let Some(value) = table.and_then(|settings| settings.get(name)) else { break };
        at = value.span().start;
        table = value.get_ref().as_table();
        // Rows are counted from 1.
        let rows = value.get_ref().as_array();
        if let Some(found) = rows.zip(row).and_then(|(rows, row)| rows.get(row.checked_sub(1)?)) {
            at = found.span().start;
            table = found.get_ref().as_table();
        }
    }
    let path = if why.path.is_empty() { "risk".to_owned() } else { join("risk", &why.path) };
    report.at(at, &path, why.what);
}

/// A setting and the number of its row, of `questions[2]`.
fn numbered(part: &str) -> (&str, Option<usize>) {
    let row = part.strip_suffix(']').and_then(|part| part.split_once('['));
    row.map_or((part, None), |(name, number)| (name, number.parse().ok()))
}
