//! What is wrong with a type of release as a whole: it is told at its header.
use toml::de::DeTable;

use super::Report;
use super::read::join;
use crate::policy::{TypeRules, Types};

/// Tells of every type of release of which nothing is said.
pub(super) fn check(root: &DeTable<'_>, types: &Types, report: &mut Report<'_>) {
    let Some(found) = root.get("types").and_then(|types| types.get_ref().as_table()) else { return };
    for (key, said) in found {
        let name: &str = key.get_ref();
        if types.iter().any(|(release, rules)| release.word() == name && *rules == TypeRules::default()) {
            let what = format!("says nothing; set one of its thresholds, or remove [types.{name}]");
            report.at(said.span().start, &join("types", name), what);
        }
    }
}
