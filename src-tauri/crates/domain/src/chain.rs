//! Who is asked about a change, in which order, and why (R12, R31, R56, R59, R61, R63, R64, R85).
//!
//! The chain follows from the type of release, the level of risk and the policy, and nobody writes it down: whoever looks
//! at the same change under the same policy and roster sees the same people with the same reasons. Departments sign for what
//! is theirs, the board's votes advise, and an authority decides.
mod breaches;
mod departments;
mod due;
mod hours;
mod raci;
mod release;
mod resolve;
mod scope;
#[cfg(test)]
mod tests;

pub use breaches::{Breach, Ended, Late, breaches, late};
pub use departments::{
    Department, DepartmentField, Involvement, Matter, OWNERS, Slot, SlotState, departments_involved, involved,
    owners_involved, owners_named, slots, speaks_for,
};
pub use due::{Due, Ladder, LadderFault, Rung, asked_at, due};
pub use hours::{Hours, HoursFault, Region, business_hours};
pub use raci::{Letter, Raci, RaciLine, raci_of};
pub use release::{Chains, ReleaseType, Route, route};
pub use resolve::{Asked, Chain, Part, resolve};
pub use scope::{decides_for, is_named, lead_named, project_of_change};
