//! What is wrong with a freeze as a whole: each is told at its row.
use std::collections::BTreeMap;

use toml::de::DeTable;

use super::Report;
use super::read::{join, row};
use crate::calendar::{Freeze, FreezeError, LocalError};

/// Tells of every freeze that cannot be followed, and of ids that stand twice.
pub(super) fn check(root: &DeTable<'_>, freezes: &[Freeze], report: &mut Report<'_>) {
    let Some(rows) = root.get("freezes").and_then(|rows| rows.get_ref().as_array()) else { return };
    let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, (found, freeze)) in (1_usize..).zip(rows.iter().zip(freezes)) {
        let mut tell = |field: &str, what: String| {
            let value = found.get_ref().as_table().and_then(|settings| settings.get(field));
            let at = value.map_or_else(|| found.span().start, |value| value.span().start);
            let place = row("freezes", number);
            report.at(at, &if field.is_empty() { place } else { join(&place, field) }, what);
        };
        if let Some(first) = ids.insert(&freeze.id, number) {
            tell("id", format!("is the id of {} too; give it another", row("freezes", first)));
        }
        if let Err(why) = freeze.check() {
            match field_of(&why) {
                Some("end") => tell("end", format!("{why}; give an end after its start")),
                Some(field) => tell(field, why.to_string()),
                None => tell("", why.to_string()),
            }
        }
    }
}

/// The setting that a freeze's own check speaks of; none where it is the row. What is empty or has seconds was told as it
/// was read.
fn field_of(why: &FreezeError) -> Option<&'static str> {
    match why {
        FreezeError::Order => Some("end"),
        FreezeError::Local(LocalError::Zone { .. }) => Some("zone"),
        FreezeError::Rule(_) | FreezeError::First { .. } | FreezeError::Long => Some("repeats"),
        FreezeError::Local(
            LocalError::Gap { .. }
            | LocalError::Fold { .. }
            | LocalError::Offset { .. }
            | LocalError::Order { .. }
            | LocalError::Range { .. },
        )
        | FreezeError::Empty { .. }
        | FreezeError::Minute { .. } => None,
    }
}
