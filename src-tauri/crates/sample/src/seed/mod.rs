//! The sample organisation's data, the same for the same `now`.
pub(crate) mod catalogue;
mod files;
mod issues;
pub(crate) mod people;
mod prose;
mod services;
mod source;
mod window;
mod wordings;

#[cfg(test)]
mod tests;

pub use catalogue::{RISK, RiskField, SECTIONS};

use chrono::{DateTime, Utc};

use crate::error::SampleError;
use crate::world::World;

/// The files of changes, in the order of their numbers.
const CHANGES: [(&str, &str); 6] = [
    ("payments.txt", include_str!("../../data/payments.txt")),
    ("warehouse.txt", include_str!("../../data/warehouse.txt")),
    ("platform.txt", include_str!("../../data/platform.txt")),
    ("merchant.txt", include_str!("../../data/merchant.txt")),
    ("workplace.txt", include_str!("../../data/workplace.txt")),
    ("edges.txt", include_str!("../../data/edges.txt")),
];

/// Bugs, features and incidents.
const DELIVERY: (&str, &str) = ("delivery.txt", include_str!("../../data/delivery.txt"));

/// The number of the first change request.
pub const FIRST_CHANGE: u32 = 101;

/// The whole world around `now`, with at least `changes` change requests.
///
/// # Errors
/// [`SampleError::Data`] when a data file is malformed.
pub fn world(now: DateTime<Utc>, changes: u32) -> Result<World, SampleError> {
    let mut world = World::default();
    catalogue::set_up(&mut world);
    people::set_up(&mut world, now);
    let names = issues::delivery(&mut world, source::blocks(DELIVERY.0, DELIVERY.1)?, now)?;
    for (file, text) in CHANGES {
        for block in source::blocks(file, text)? {
            issues::change(&mut world, &block, &names, now)?;
        }
    }
    issues::bulk_edit(&mut world, now);
    issues::multiply(&mut world, changes);
    Ok(world)
}
