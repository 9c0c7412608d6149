//! What is wrong with a row of coverage as a whole: each is told at its row.
use toml::de::DeTable;

use super::Report;
use super::read::{join, row};
use crate::calendar::{Coverage, CoverageError};

/// Tells of every coverage that cannot be followed.
pub(super) fn check(root: &DeTable<'_>, coverage: &[Coverage], report: &mut Report<'_>) {
    let Some(rows) = root.get("coverage").and_then(|rows| rows.get_ref().as_array()) else { return };
    for (number, (found, coverage)) in (1_usize..).zip(rows.iter().zip(coverage)) {
        let Err(why) = coverage.check() else { continue };
        let said = why.to_string();
        let field = match why {
            CoverageError::Empty { field } | CoverageError::Clock { field } => field,
            CoverageError::Local(_) => "zone",
        };
        let value = found.get_ref().as_table().and_then(|settings| settings.get(field));
        let at = value.map_or_else(|| found.span().start, |value| value.span().start);
        report.at(at, &join(&row("coverage", number), field), said);
    }
}
