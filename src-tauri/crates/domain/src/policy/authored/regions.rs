//! What is wrong with the business hours of a region: each is told at its row.
use toml::de::DeTable;

use super::Report;
use super::read::{join, row};
use crate::chain::{HoursFault, Region};

/// Tells of every region whose hours cannot be reckoned with.
pub(super) fn check(root: &DeTable<'_>, regions: &[Region], report: &mut Report<'_>) {
    let Some(rows) = root.get("regions").and_then(|rows| rows.get_ref().as_array()) else { return };
    for (number, (found, region)) in (1_usize..).zip(rows.iter().zip(regions)) {
        let Err(why) = region.working() else { continue };
        let said = why.to_string();
        let field = match why {
            HoursFault::Zone(_) => "zone",
            HoursFault::NoDay | HoursFault::DayTwice => "days",
            HoursFault::Time { field, .. } => field,
            HoursFault::Holiday { .. } => "holidays",
        };
        let value = found.get_ref().as_table().and_then(|settings| settings.get(field));
        let at = value.map_or_else(|| found.span().start, |value| value.span().start);
        report.at(at, &join(&row("regions", number), field), said);
    }
}
